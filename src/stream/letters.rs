//! Dead letters, read back: everything on the dead-letter topic that a filter lets through, and a letter made an article again.
//!
//! What became of a letter that was replayed stands on the same topic, as a note without payload, written in the transaction that published what
//! the letter gave. A letter that was rejected again gets a note too and no second letter.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::types::RDKafkaErrorCode as Code;
use rdkafka::{Offset, TopicPartitionList};

use super::client;
use super::envelope::Envelope;
use super::outgoing::{Outgoing, Topic};
use super::reader::record;
use crate::config::Config;
use crate::record::{Origin, Reason, Record, Rejection, Stage};

const PATIENCE: Duration = Duration::from_secs(20);
/// How long a letter was before it was cut.
const CUT: &str = "entente.error.truncated";
/// What else the service adds to a rejected record.
const OURS: [&str; 7] = [
    "entente.error.stage",
    "entente.error.reason",
    "entente.error.message",
    "entente.topic",
    "entente.partition",
    "entente.offset",
    "entente.version",
];

/// The headers of a note: which letter, in which replay, and what became of it.
const NOTE_LETTER: &str = "entente.replay.letter";
const NOTE_NAME: &str = "entente.replay.name";
const NOTE_OUTCOME: &str = "entente.replay.outcome";
const NOTE_EVENTS: &str = "entente.replay.events";
const NOTE_MESSAGE: &str = "entente.replay.message";
const NOTE_VERSION: &str = "entente.replay.version";

/// What became of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Became {
    /// `events`, `no-events`, the reason why it was passed over, or `rejected`.
    pub outcome: String,
    pub events: usize,
    /// Why it was rejected again.
    pub message: String,
}

impl Became {
    /// Whether there is nothing left to do.
    pub fn settled(&self) -> bool {
        self.outcome != "rejected"
    }
}

impl std::fmt::Display for Became {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.outcome.as_str() {
            "events" => write!(f, "replayed: {} events", self.events),
            "rejected" => f.write_str("rejected again"),
            other => write!(f, "replayed: {other}"),
        }
    }
}

/// The record that says what became of a letter.
pub fn note(letter: &Record, replay: &str, became: &Became) -> Outgoing {
    let mut headers = Envelope::with_capacity(6);
    headers.push_display(NOTE_LETTER, format_args!("{}:{}", letter.partition, letter.offset));
    headers.push(NOTE_NAME, Some(replay.as_bytes()));
    headers.push(NOTE_OUTCOME, Some(became.outcome.as_bytes()));
    headers.push_display(NOTE_EVENTS, became.events);
    headers.push(NOTE_VERSION, Some(env!("CARGO_PKG_VERSION").as_bytes()));
    if !became.message.is_empty() {
        headers.push(NOTE_MESSAGE, Some(became.message.as_bytes()));
    }
    Outgoing { topic: Topic::Dead, key: letter.key.clone(), payload: Some(Vec::new()), timestamp_ms: None, headers }
}

/// The letter that a record is a note on, and what it says; `None` for a letter.
pub fn read_note(record: &Record) -> Option<((i32, i64), Became)> {
    let (partition, offset) = std::str::from_utf8(record.header(NOTE_LETTER)?).ok()?.split_once(':')?;
    let became = Became {
        outcome: header(record, NOTE_OUTCOME),
        events: header(record, NOTE_EVENTS).parse().unwrap_or(0),
        message: header(record, NOTE_MESSAGE),
    };
    Some(((partition.parse().ok()?, offset.parse().ok()?), became))
}

/// What became of each letter that was ever replayed; the last replay counts.
///
/// # Errors
/// Where Kafka cannot be used, or stops answering.
pub fn became(config: &Config) -> KafkaResult<BTreeMap<(i32, i64), Became>> {
    let mut all = BTreeMap::new();
    read(config, None, &mut |record| {
        all.extend(read_note(&record));
        true
    })?;
    Ok(all)
}

/// Which letters are wanted; what is `None` does not matter.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub stage: Option<String>,
    pub reason: Option<String>,
    /// Log timestamps in milliseconds: from this one, and before that one.
    pub from_ms: Option<i64>,
    pub before_ms: Option<i64>,
}

impl Filter {
    pub fn takes(&self, letter: &Record) -> bool {
        let is = |wanted: &Option<String>, name: &str| wanted.as_ref().is_none_or(|wanted| header(letter, name) == *wanted);
        let time = letter.timestamp_ms.unwrap_or(0);
        letter.header(NOTE_LETTER).is_none()
            && is(&self.stage, "entente.error.stage")
            && is(&self.reason, "entente.error.reason")
            && self.from_ms.is_none_or(|from| time >= from)
            && self.before_ms.is_none_or(|before| time < before)
    }
}

/// A header as text; empty where it is not there.
pub fn header(letter: &Record, name: &str) -> String {
    letter.header(name).map(|value| String::from_utf8_lossy(value).into_owned()).unwrap_or_default()
}

/// The article as it came in, at the letter's place, knowing its own. A letter that was cut still says so.
pub fn restore(mut letter: Record) -> Record {
    let number = |name: &str| header(&letter, name).parse::<i64>().ok();
    if let (Some(partition), Some(offset)) = (number("entente.partition"), number("entente.offset")) {
        let topic = header(&letter, "entente.topic").into();
        letter.origin = Some(Origin { topic, partition: partition as i32, offset });
    }
    letter.headers.retain(|name| !OURS.contains(&name));
    letter
}

/// Refuses what is left of a letter that was cut.
///
/// # Errors
/// Where it was.
pub fn whole(letter: &Record) -> Result<(), Rejection> {
    if letter.header(CUT).is_none() {
        return Ok(());
    }
    let message = "the letter was cut when it was written: get the article from where it came from";
    Err(Rejection::new(Stage::Decode, Reason::LetterCut, message))
}

/// Reads the dead-letter topic from its beginning, or from one place, to where it ends now; `take` says whether to go on.
///
/// # Errors
/// Where Kafka cannot be used, or stops answering.
pub fn read(config: &Config, place: Option<(i32, i64)>, take: &mut dyn FnMut(Record) -> bool) -> KafkaResult<()> {
    let topic = config.topics.dead.as_str();
    let mut properties = client::consumer(config);
    properties.set("enable.partition.eof", "true");
    let consumer: BaseConsumer = properties.create()?;
    let metadata = consumer.fetch_metadata(Some(topic), PATIENCE)?;
    let there = metadata.topics().iter().flat_map(|topic| topic.partitions()).map(|partition| partition.id());
    let (mut list, mut left) = (TopicPartitionList::new(), BTreeSet::new());
    for partition in there.filter(|partition| place.is_none_or(|(wanted, _)| wanted == *partition)) {
        let from = place.map_or(Offset::Beginning, |(_, offset)| Offset::Offset(offset));
        list.add_partition_offset(topic, partition, from)?;
        left.insert(partition);
    }
    consumer.assign(&list)?;
    let name = Arc::from(topic);
    let mut heard = Instant::now();
    while !left.is_empty() {
        match consumer.poll(Duration::from_millis(100)) {
            None if heard.elapsed() > PATIENCE => return Err(KafkaError::MessageConsumption(Code::OperationTimedOut)),
            None => continue,
            Some(Ok(message)) => {
                if !take(record(&name, &message)) {
                    return Ok(());
                }
            }
            Some(Err(KafkaError::PartitionEOF(partition))) => {
                left.remove(&partition);
            }
            Some(Err(error)) => return Err(error),
        }
        heard = Instant::now();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::outgoing::{Room, dead_letter};

    fn letter(room: Room) -> (Record, Record) {
        let article = Record {
            topic: "articles.raw".into(),
            partition: 2,
            offset: 77,
            payload: Some(b"0123456789".to_vec()),
            headers: [("content-type", Some(&b"text/plain"[..]))].into_iter().collect(),
            ..Record::default()
        };
        let out = dead_letter(&article, &Rejection::new(Stage::Decode, Reason::InvalidDate, "no day 99"), room);
        (article, Record { payload: out.payload, headers: (&out.headers).into(), timestamp_ms: Some(5), ..Record::default() })
    }

    #[test]
    fn a_letter_becomes_the_article_it_was() {
        let (article, letter) = letter(Room::Whole);
        let restored = restore(letter);
        assert_eq!(whole(&restored), Ok(()));
        assert_eq!((restored.payload, restored.headers), (article.payload, article.headers));
        assert_eq!(restored.origin, Some(Origin { topic: "articles.raw".into(), partition: 2, offset: 77 }));
        assert!(whole(&restore(self::letter(Room::Bytes(4)).1)).is_err(), "a letter that was cut is not an article");
    }

    #[test]
    fn a_filter_takes_what_it_says() {
        let (_, letter) = letter(Room::Whole);
        let by = |reason: &str, from_ms| Filter { reason: Some(reason.to_owned()), from_ms, ..Filter::default() };
        assert!(by("invalid-date", Some(5)).takes(&letter));
        assert!(!by("invalid-date", Some(6)).takes(&letter));
        assert!(!by("missing-text", None).takes(&letter));
    }

    #[test]
    fn a_note_is_read_as_it_was_written_and_is_no_letter() {
        let letter = Record { partition: 3, offset: 17, ..Record::default() };
        let became = Became { outcome: "rejected".to_owned(), events: 0, message: "no day 99".to_owned() };
        let out = note(&letter, "again", &became);
        let record = Record { headers: (&out.headers).into(), payload: out.payload, ..Record::default() };
        assert_eq!(read_note(&record), Some(((3, 17), became)));
        assert!(!Filter::default().takes(&record));
        assert_eq!(read_note(&letter), None);
    }
}
