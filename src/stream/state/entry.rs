//! [`Entry`]: what is known of one article. The record of the state topic, and the value in the local store.

use serde::{Deserialize, Serialize};

use crate::article::Signature;
use crate::event::Event;

/// The value of [`Entry::schema`].
pub const SCHEMA: &str = "entente.state/1";

/// The newest version of an article that was read, and what it gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub schema: String,
    /// The article's. Also the Kafka key.
    pub id: String,
    pub version: u32,
    #[serde(default, skip_serializing_if = "is_false")]
    pub withdrawn: bool,
    /// Grows with each change of this entry: of two readings of the state topic, the greater is the later.
    pub revision: u64,
    /// Log time of the first version read, in milliseconds.
    pub first: i64,
    /// Log time of the newest version; what was changed longest ago is forgotten first.
    pub time: i64,
    /// Published and still valid.
    pub events: Vec<Told>,
    /// Taken back by this version.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub retracted: Vec<Told>,
    /// The article that this one is a near-copy of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<String>,
    /// What the original tells already, and this one is not to tell again: [`Told::what`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub covered: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
}

/// An event that was published, as far as it must be known to take it back or to tell it from others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    pub id: String,
    pub dyad: String,
    pub act: String,
    pub status: String,
}

impl Told {
    pub fn of(event: &Event) -> Self {
        Self {
            id: event.id.clone(),
            dyad: event.dyad.clone(),
            act: event.event.act.as_str().to_owned(),
            status: event.status.as_str().to_owned(),
        }
    }

    /// What two reports of one thing have in common, whichever words they use.
    pub fn what(&self) -> String {
        format!("{} {} {}", self.dyad, self.act, self.status)
    }
}

fn is_false(value: &bool) -> bool {
    !value
}
