//! [`Pipeline::process`]: a record in, coded events out. The steps in order and nothing else: pure, synchronous, deterministic.

use crate::event::Event;
use crate::record::{Record, Rejection};

/// Everything coding needs, loaded once and shared read-only by all workers.
pub struct Pipeline {}

/// What became of a record that was not rejected.
#[derive(Clone, Debug, PartialEq)]
pub enum Coded {
    Events(Vec<Event>),
    /// Read and understood, but not coded; counted, never dead-lettered.
    Passed(Passed),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Passed {
    /// A record without a value: the key's article was deleted upstream.
    Tombstone,
    /// The article's language has no coder yet.
    Language,
    /// The publisher withdrew the article.
    Withdrawn,
}

/// Why the coder could not be loaded: a lexicon or a model that ships inside the binary, or one the user added, is broken.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {}

impl Pipeline {
    /// The pipeline with the lexicons and models that ship inside the binary.
    pub fn embedded() -> Result<Self, LoadError> {
        Ok(Self {})
    }

    /// The same, with other limits on what an article may be.
    #[must_use]
    pub fn with_limits(self, _limits: crate::article::Limits) -> Self {
        self
    }

    /// Codes one record and says, where there are no events, whether it was passed over and why.
    pub fn code(&self, _record: &Record) -> Result<Coded, Rejection> {
        Ok(Coded::Events(Vec::new()))
    }

    /// Codes one record.
    pub fn process(&self, record: &Record) -> Result<Vec<Event>, Rejection> {
        match self.code(record)? {
            Coded::Events(events) => Ok(events),
            Coded::Passed(_) => Ok(Vec::new()),
        }
    }
}
