//! [`Sink`]: where outcomes go. Batches: what is sent becomes visible together with the input offsets, or not at all.

use std::time::Duration;

use super::outgoing::Outgoing;

/// The place of an article on the input topic.
pub type Place = (i32, i64);

/// Why a batch did not commit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SinkError {
    /// What this article gave does not fit into a record of the output topic.
    #[error("what the article at partition {}, offset {} gave is too large for its topic", .0.0, .0.1)]
    TooLarge(Place),
    /// The batch is void and the sink is as before it.
    #[error("{0}")]
    Aborted(String),
    /// Nobody knows whether the batch was committed. The sink makes a new start; after [`Sink::recover`] the committed offsets tell.
    #[error("{0}")]
    Unknown(String),
    /// Another worker has taken this one's identity.
    #[error("{0}")]
    Fenced(String),
    /// The sink is of no more use.
    #[error("{0}")]
    Broken(String),
}

pub trait Sink {
    /// Sends a record as part of the open batch, opening one if need be.
    ///
    /// # Errors
    /// The batch cannot be committed any more; the caller aborts it.
    fn send(&mut self, outgoing: Outgoing, place: Place) -> Result<(), SinkError>;

    /// Whether all of the batch has arrived, or some of it never will, so that a commit need not wait for that; waits up to `wait`. Nothing is
    /// sent from the first time that this is asked until the batch is committed or aborted.
    ///
    /// # Errors
    /// The batch cannot be committed any more; the caller aborts it.
    fn settled(&mut self, wait: Duration) -> Result<bool, SinkError>;

    /// Makes the batch visible together with the offsets of the input topic it comes from.
    ///
    /// # Errors
    /// The batch was not committed, or nobody knows. After [`SinkError::TooLarge`] the caller aborts it.
    fn commit(&mut self, offsets: &[(i32, i64)]) -> Result<(), SinkError>;

    /// Waits until nothing of what was committed is still under way: at least once, the offsets of the last batch may be.
    ///
    /// # Errors
    /// They were not committed, or nobody knows: some of what was sent may come again.
    fn confirm(&mut self) -> Result<(), SinkError>;

    /// Voids the open batch.
    ///
    /// # Errors
    /// [`SinkError::Unknown`] where a new start was needed, or worse.
    fn abort(&mut self) -> Result<(), SinkError>;

    /// Carries on with a new start, where one is under way. `false` where the other side is not there yet: try again, and until then send
    /// nothing and trust no committed offset, because what was sent before may still be committed.
    ///
    /// # Errors
    /// [`SinkError::Broken`] or [`SinkError::Fenced`].
    fn recover(&mut self) -> Result<bool, SinkError>;

    /// Voids the open batch where that can still be done, and makes no new start. Nothing is sent or committed afterwards.
    fn close(&mut self);
}
