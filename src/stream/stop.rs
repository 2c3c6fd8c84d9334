//! [`Stop`]: why the service ends before it is told to. What it says is what the operator reads.

use super::state::StoreError;

/// Why the service ends.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    #[error(
        "fenced: {0}. Another worker runs with the same group and `service.instance`; give each worker an instance of its own, and do not restart \
         this one before the other is gone"
    )]
    Fenced(String),
    #[error("{0}")]
    Broken(String),
    #[error("{0}. It is made anew at the next start, in `state.folder`: make room there")]
    Store(String),
    #[error(
        "{rejected} of the last {window} articles were rejected, most often as `{reason}`: stopped before more goes to the dead letters. Look at \
         them (`entente.error.message`), mend the producer of the articles, or raise `service.rejection_share`"
    )]
    TooManyRejections { rejected: usize, window: usize, reason: &'static str },
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Stop::Store(error.to_string())
    }
}
