//! [`Record`]: one message as it came off the log. [`Rejection`]: why one could not be coded.
//!
//! A rejection is about the *record* (bad bytes, no text, an absurd date) and sends it to the dead letters. A world that is
//! broken (broker gone, disk full) is never a rejection: it is an error that ends the run.

use std::fmt;
use std::sync::Arc;

mod headers;

pub use headers::Headers;

/// One message of the input topic, untouched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    pub topic: Arc<str>,
    pub partition: i32,
    pub offset: i64,
    /// Milliseconds since the Unix epoch, as the log has it.
    pub timestamp_ms: Option<i64>,
    pub key: Option<Vec<u8>>,
    /// `None` is a tombstone.
    pub payload: Option<Vec<u8>>,
    pub headers: Headers,
    /// Where the article was that this dead letter holds; `None` for what was read from its own topic.
    pub origin: Option<Origin>,
}

/// A place on the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub topic: Arc<str>,
    pub partition: i32,
    pub offset: i64,
}

impl Record {
    /// A record that never was on a log: a file, standard input, a test.
    pub fn from_payload(payload: impl Into<Vec<u8>>) -> Self {
        Self { payload: Some(payload.into()), ..Self::default() }
    }

    /// As [`Headers::get`].
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.headers.get(name)
    }

    /// Bytes this record holds in memory: key, payload and headers.
    pub fn size(&self) -> usize {
        self.key.as_ref().map_or(0, Vec::len) + self.payload.as_ref().map_or(0, Vec::len) + self.headers.size()
    }
}

/// The step at which a record was rejected: `entente.error.stage`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    Decode,
    Article,
    Code,
    Publish,
}

impl Stage {
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Decode => "decode",
            Stage::Article => "article",
            Stage::Code => "code",
            Stage::Publish => "publish",
        }
    }
}

/// Stable reason codes, `entente.error.reason`. Operators filter and alert on them: add, never rename.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    EmptyPayload,
    PayloadTooLarge,
    InvalidEncoding,
    MalformedJson,
    JsonTooDeep,
    UnknownShape,
    SeveralArticles,
    MalformedHtml,
    HtmlTooDeep,
    MissingText,
    InvalidDate,
    InvalidField,
    CoderPanicked,
    EventTooLarge,
    LetterCut,
}

impl Reason {
    pub const ALL: [Reason; 15] = [
        Reason::EmptyPayload,
        Reason::PayloadTooLarge,
        Reason::InvalidEncoding,
        Reason::MalformedJson,
        Reason::JsonTooDeep,
        Reason::UnknownShape,
        Reason::SeveralArticles,
        Reason::MalformedHtml,
        Reason::HtmlTooDeep,
        Reason::MissingText,
        Reason::InvalidDate,
        Reason::InvalidField,
        Reason::CoderPanicked,
        Reason::EventTooLarge,
        Reason::LetterCut,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Reason::EmptyPayload => "empty-payload",
            Reason::PayloadTooLarge => "payload-too-large",
            Reason::InvalidEncoding => "invalid-encoding",
            Reason::MalformedJson => "malformed-json",
            Reason::JsonTooDeep => "json-too-deep",
            Reason::UnknownShape => "unknown-shape",
            Reason::SeveralArticles => "several-articles",
            Reason::MalformedHtml => "malformed-html",
            Reason::HtmlTooDeep => "html-too-deep",
            Reason::MissingText => "missing-text",
            Reason::InvalidDate => "invalid-date",
            Reason::InvalidField => "invalid-field",
            Reason::CoderPanicked => "coder-panicked",
            Reason::EventTooLarge => "event-too-large",
            Reason::LetterCut => "letter-cut",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a record went to the dead letters. `message` says what was wrong, where, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {reason}: {message}", stage.as_str())]
pub struct Rejection {
    pub stage: Stage,
    pub reason: Reason,
    pub message: String,
}

impl Rejection {
    pub fn new(stage: Stage, reason: Reason, message: impl Into<String>) -> Self {
        Self { stage, reason, message: message.into() }
    }
}
