//! [`Outgoing`]: a record to be sent, and how events and rejections become records. Everything that depends on where and when an article was
//! read goes into headers, so that the value of a replayed event is byte-identical.

use std::time::{SystemTime, UNIX_EPOCH};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::envelope::Envelope;
use super::state::{Entry, Told};
use crate::config::Retractions;
use crate::event::Event;
use crate::ops::trace::Trace;
use crate::record::{Origin, Reason, Record, Rejection, Stage};

/// Where a record goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    Events,
    Dead,
    State,
}

/// A record to be sent.
#[derive(Clone, Debug)]
pub struct Outgoing {
    pub topic: Topic,
    pub key: Option<Vec<u8>>,
    pub payload: Option<Vec<u8>>,
    /// Milliseconds since the Unix epoch; `None` leaves it to the broker.
    pub timestamp_ms: Option<i64>,
    pub headers: Envelope,
}

impl Outgoing {
    /// Bytes of key, value and headers.
    pub fn size(&self) -> usize {
        self.key.as_ref().map_or(0, Vec::len) + self.payload.as_ref().map_or(0, Vec::len) + self.headers.size()
    }
}

/// How much of a dead letter is sent: less each time the broker found it too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Room {
    Whole,
    /// At most this many bytes of the payload.
    Bytes(usize),
}

/// Bytes of an event.
const USUAL: usize = 1536;
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// An event that no longer holds: a later version of its article does not report it, or the publisher withdrew the article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "entente.retraction/1")]
pub struct Retraction {
    pub schema: String,
    /// The event's.
    pub id: String,
    /// The event's. Also the Kafka key.
    pub dyad: String,
    /// Always true.
    pub retracted: bool,
    pub article: RetractedBy,
    /// Version of the coder.
    pub coder: String,
}

/// The article, in the version that no longer reports the event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RetractedBy {
    pub id: String,
    pub version: u32,
    /// The publisher took the article back.
    pub withdrawn: bool,
}

/// The value of [`Retraction::schema`].
pub const RETRACTION: &str = "entente.retraction/1";

/// An event as a record: CloudEvents 1.0 in binary mode.
///
/// # Errors
/// Where the event cannot be written as JSON: a number that is not finite.
pub fn event(event: &Event, record: &Record, retractions: Retractions, trace: Option<&Trace>) -> Result<Outgoing, Rejection> {
    let mut payload = Vec::with_capacity(USUAL);
    serde_json::to_writer(&mut payload, event).map_err(|error| {
        Rejection::new(Stage::Publish, Reason::InvalidField, format!("event {} cannot be written as JSON: {error}", event.id))
    })?;
    let key = match retractions {
        Retractions::Record => &event.dyad,
        Retractions::Tombstone => &event.id,
    };
    Ok(Outgoing {
        topic: Topic::Events,
        key: Some(key.clone().into_bytes()),
        payload: Some(payload),
        timestamp_ms: record.timestamp_ms,
        headers: cloud_event(record, &event.schema, &event.id, &event.dyad, trace),
    })
}

/// Marks what a near-copy gave with the article that it is a copy of.
pub fn mark_copy(outgoing: &mut Outgoing, original: &str) {
    outgoing.headers.push("entente.duplicate_of", Some(original.as_bytes()));
}

/// Takes an event back that an earlier version of the article gave.
pub fn retraction(told: &Told, entry: &Entry, record: &Record, retractions: Retractions, trace: Option<&Trace>) -> Outgoing {
    let value = Retraction {
        schema: RETRACTION.to_owned(),
        id: told.id.clone(),
        dyad: told.dyad.clone(),
        retracted: true,
        article: RetractedBy { id: entry.id.clone(), version: entry.version, withdrawn: entry.withdrawn },
        coder: VERSION.to_owned(),
    };
    let (key, payload) = match retractions {
        // Texts and numbers always are JSON.
        Retractions::Record => (&told.dyad, serde_json::to_vec(&value).ok()),
        Retractions::Tombstone => (&told.id, None),
    };
    Outgoing {
        topic: Topic::Events,
        key: Some(key.clone().into_bytes()),
        payload,
        timestamp_ms: record.timestamp_ms,
        headers: cloud_event(record, RETRACTION, &told.id, &told.dyad, trace),
    }
}

/// What is to be remembered of an article.
pub fn memory(entry: &Entry) -> Outgoing {
    Outgoing {
        topic: Topic::State,
        key: Some(entry.id.clone().into_bytes()),
        // Texts and numbers always are JSON.
        payload: serde_json::to_vec(entry).ok(),
        timestamp_ms: Some(entry.time),
        headers: Envelope::default(),
    }
}

fn cloud_event(record: &Record, kind: &str, id: &str, dyad: &str, trace: Option<&Trace>) -> Envelope {
    let mut headers = Envelope::with_capacity(12);
    headers.push("ce_specversion", Some(b"1.0"));
    headers.push("ce_type", Some(kind.as_bytes()));
    headers.push_display("ce_source", format_args!("/entente/{}", place(record).0));
    headers.push("ce_id", Some(id.as_bytes()));
    headers.push("ce_subject", Some(dyad.as_bytes()));
    headers.push("content-type", Some(b"application/json"));
    headers.push_display("entente.coded_at", now_ms());
    position(&mut headers, record);
    if let Some(trace) = trace {
        headers.push_display("traceparent", trace.here);
        if let Some(state) = &trace.state {
            headers.push("tracestate", Some(state.as_bytes()));
        }
    }
    headers
}

/// A rejected record as a dead letter: key, payload, timestamp and headers as they came, and what was wrong.
pub fn dead_letter(record: &Record, rejection: &Rejection, room: Room) -> Outgoing {
    let mut headers = Envelope::from(&record.headers);
    for (name, value) in [
        ("entente.error.stage", rejection.stage.as_str()),
        ("entente.error.reason", rejection.reason.as_str()),
        ("entente.error.message", &rejection.message),
    ] {
        headers.push(name, Some(value.as_bytes()));
    }
    position(&mut headers, record);
    headers.push("entente.version", Some(VERSION.as_bytes()));
    let mut payload = record.payload.clone();
    if let (Room::Bytes(most), Some(bytes)) = (room, payload.as_mut())
        && bytes.len() > most
    {
        headers.push_display("entente.error.truncated", bytes.len());
        bytes.truncate(most);
    }
    Outgoing { topic: Topic::Dead, key: record.key.clone(), payload, timestamp_ms: record.timestamp_ms, headers }
}

/// Topic, partition and offset of the article, before it became a dead letter if it did.
fn place(record: &Record) -> (&str, i32, i64) {
    match &record.origin {
        Some(Origin { topic, partition, offset }) => (topic, *partition, *offset),
        None => (&record.topic, record.partition, record.offset),
    }
}

fn position(headers: &mut Envelope, record: &Record) {
    let (topic, partition, offset) = place(record);
    headers.push("entente.topic", Some(topic.as_bytes()));
    headers.push_display("entente.partition", partition);
    headers.push_display("entente.offset", offset);
}

/// Milliseconds since the Unix epoch.
pub fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_millis() as i64)
}

/// Nanoseconds since the Unix epoch.
pub fn now_ns() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_nanos())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Headers;

    fn record() -> Record {
        Record {
            topic: "articles.raw".into(),
            partition: 3,
            offset: 41,
            timestamp_ms: Some(1_700_000_000_000),
            key: Some(b"k".to_vec()),
            payload: Some(vec![b'x'; 100]),
            headers: [("traceparent", Some(&b"00-1"[..])), ("content-type", None)].into_iter().collect(),
            origin: None,
        }
    }

    fn header(out: &Outgoing, name: &str) -> Option<String> {
        String::from_utf8(Headers::from(&out.headers).get(name)?.to_vec()).ok()
    }

    #[test]
    fn a_dead_letter_keeps_the_record_and_says_what_was_wrong() {
        let rejection = Rejection::new(Stage::Decode, Reason::MalformedJson, "line 1: expected `}`");
        let out = dead_letter(&record(), &rejection, Room::Whole);
        assert_eq!((out.key, out.payload, out.timestamp_ms), (record().key, record().payload, record().timestamp_ms));
        assert!(out.headers.iter().take(2).eq(record().headers.iter()));
        let out = dead_letter(&record(), &rejection, Room::Whole);
        let names = ["entente.error.stage", "entente.error.reason", "entente.topic", "entente.partition", "entente.offset"];
        assert_eq!(
            names.map(|name| header(&out, name)),
            ["decode", "malformed-json", "articles.raw", "3", "41"].map(|value| Some(value.to_owned()))
        );
    }

    #[test]
    fn a_dead_letter_that_is_cut_says_so() {
        let rejection = Rejection::new(Stage::Decode, Reason::PayloadTooLarge, "too large");
        let out = dead_letter(&record(), &rejection, Room::Bytes(10));
        assert_eq!(out.payload.as_ref().map(Vec::len), Some(10));
        assert_eq!(header(&out, "entente.error.truncated").as_deref(), Some("100"));
    }
}
