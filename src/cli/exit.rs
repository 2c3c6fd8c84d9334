//! Exit codes, for scripts, supervisors and whoever is on call. They are part of the contract: add, never renumber.
//!
//! | code | meaning | what a supervisor should do |
//! |---|---|---|
//! | 0 | done, or stopped as asked | nothing |
//! | 1 | the command failed: unreadable file, some articles rejected, a bug | look |
//! | 2 | the command line is wrong | mend the call |
//! | 3 | the configuration is wrong; every error is listed | mend the configuration |
//! | 4 | Kafka cannot be reached or refuses what is needed | restart with back-off |
//! | 5 | fenced: another worker runs under the same `transactional.id` | look, do not restart |
//! | 6 | too large a share of records was rejected | look at the dead letters first |
//! | 7 | stopped by a second signal, or the grace time ran out; what was in flight is read again | restart |
//! | 8 | the state store's disk is full or broken | make room, restart: it is made anew |

use std::fmt;
use std::process::ExitCode;

/// A failure with an exit code of its own; carried inside an [`anyhow::Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    Configuration,
    Kafka,
    Fenced,
    TooManyRejections,
    Interrupted,
    Store,
}

impl Failure {
    /// The exit code.
    pub fn code(self) -> u8 {
        match self {
            Failure::Configuration => 3,
            Failure::Kafka => 4,
            Failure::Fenced => 5,
            Failure::TooManyRejections => 6,
            Failure::Interrupted => 7,
            Failure::Store => 8,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Failure::Configuration => "the configuration is wrong",
            Failure::Kafka => "Kafka cannot be used",
            Failure::Fenced => "fenced by another worker",
            Failure::TooManyRejections => "too many records were rejected",
            Failure::Interrupted => "stopped before all work was done",
            Failure::Store => "the state store cannot be used",
        })
    }
}

impl std::error::Error for Failure {}

/// The exit code of an error: that of the [`Failure`] in its chain, else 1.
pub fn code_of(error: &anyhow::Error) -> ExitCode {
    let failure = error.chain().find_map(|cause| cause.downcast_ref::<Failure>());
    // `context(Failure)` puts it outside the chain of plain causes.
    let failure = failure.or_else(|| error.downcast_ref::<Failure>());
    failure.map_or(ExitCode::FAILURE, |failure| ExitCode::from(failure.code()))
}
