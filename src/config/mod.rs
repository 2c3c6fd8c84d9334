//! [`Config`]: what a run of the service needs to know. Made from a TOML file, `ENTENTE_SECTION__KEY` environment variables on top,
//! every error reported at once.

mod keys;
mod load;
mod reader;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

pub use load::{ConfigErrors, Source};

use crate::actor::Dictionaries;

/// The configuration, checked: every value is in range and fits the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    pub kafka: Kafka,
    pub topics: Topics,
    pub service: Service,
    pub limits: Limits,
    pub coder: Coder,
    pub state: State,
    pub ops: Ops,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Kafka {
    pub brokers: String,
    pub group: String,
    pub security: Security,
    /// librdkafka properties for consumer and producer, as given.
    pub properties: BTreeMap<String, String>,
    pub consumer_properties: BTreeMap<String, String>,
    pub producer_properties: BTreeMap<String, String>,
}

/// How to prove who we are. Secrets come from files or the environment and are never printed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Security {
    pub protocol: String,
    pub mechanism: String,
    pub username: String,
    pub password: Secret,
    pub ca_file: Option<PathBuf>,
    pub certificate_file: Option<PathBuf>,
    pub key_file: Option<PathBuf>,
    pub key_password: Secret,
}

/// A text that does not show in logs.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_empty() { "unset" } else { "(hidden)" })
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Topics {
    pub articles: String,
    pub events: String,
    pub dead: String,
    /// What is remembered of articles; empty for nothing.
    pub state: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    ExactlyOnce,
    AtLeastOnce,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    pub delivery: Delivery,
    /// Names this worker among those of its group; the transactional id is made from group and instance.
    pub instance: String,
    /// Coder threads.
    pub workers: usize,
    pub commit_interval: Duration,
    /// Records after which a batch is committed before its time.
    pub commit_records: usize,
    /// How long a stop may take: what is in flight is finished and committed within it.
    pub grace: Duration,
    pub session_timeout: Duration,
    pub transaction_timeout: Duration,
    pub max_poll_interval: Duration,
    /// Rejected share of the last `rejection_window` records beyond which the service stops; 1 never stops it.
    pub rejection_share: f64,
    pub rejection_window: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Bytes of an article beyond which it is a dead letter.
    pub article_bytes: usize,
    pub in_flight_bytes: usize,
    pub in_flight_records: usize,
    /// Bytes librdkafka may fetch ahead.
    pub prefetch_bytes: usize,
    /// Bytes of the largest record to send; what is larger is cut and marked (dead letters) or rejected (events).
    pub record_bytes: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Coder {
    /// Events below are not published.
    pub min_confidence: f64,
    /// Whether the judge reads along and is weighed with the frames.
    pub judge: bool,
    /// Actors of the user's own.
    pub dictionaries: Dictionaries,
}

impl Default for Coder {
    fn default() -> Self {
        Self { min_confidence: 0.0, judge: false, dictionaries: Dictionaries::default() }
    }
}

/// What is remembered of earlier articles, and what for.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Where the local store's file lies; `None` for the system's folder for temporary files.
    pub folder: Option<PathBuf>,
    /// Articles remembered at most.
    pub articles: usize,
    pub duplicates: Duplicates,
    /// Log time between an original and its near-copy.
    pub window: Duration,
    /// Resemblance from which a text is a near-copy, 0 to 1.
    pub similarity: f64,
    pub retractions: Retractions,
}

/// What becomes of near-copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duplicates {
    /// What the original tells is not told again.
    Drop,
    /// All is told, marked with the original.
    Publish,
}

/// How an event is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retractions {
    /// By a record; events are keyed by dyad.
    Record,
    /// By a tombstone; events are keyed by id.
    Tombstone,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Ops {
    /// Where metrics and health are served; empty for nowhere.
    pub listen: String,
    pub log: String,
    pub log_format: LogFormat,
    /// Where spans go, OTLP over HTTP; `None` for nowhere.
    pub traces: Option<Url>,
    /// Share of the articles that come without a trace for which one begins here.
    pub trace_share: f64,
    /// Without progress for this long while articles wait, the service is not ready.
    pub stall_after: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Text on a terminal, else JSON.
    Auto,
    Text,
    Json,
}
