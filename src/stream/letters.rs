//! Dead letters, read back: everything on the dead-letter topic that a filter lets through, and a letter made an article again.

use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::types::RDKafkaErrorCode as Code;
use rdkafka::{Offset, TopicPartitionList};

use super::client;
use super::service::record;
use crate::config::Config;
use crate::record::Record;

const PATIENCE: Duration = Duration::from_secs(20);
/// What the service adds to a rejected record.
const OURS: [&str; 8] = [
    "entente.error.stage",
    "entente.error.reason",
    "entente.error.message",
    "entente.error.truncated",
    "entente.topic",
    "entente.partition",
    "entente.offset",
    "entente.version",
];

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
        is(&self.stage, "entente.error.stage")
            && is(&self.reason, "entente.error.reason")
            && self.from_ms.is_none_or(|from| time >= from)
            && self.before_ms.is_none_or(|before| time < before)
    }
}

/// A header as text; empty where it is not there.
pub fn header(letter: &Record, name: &str) -> String {
    letter.header(name).map(|value| String::from_utf8_lossy(value).into_owned()).unwrap_or_default()
}

/// The article as it came in, at the letter's place. `None` where the letter was cut: what is left of it must not be coded.
pub fn restore(mut letter: Record) -> Option<Record> {
    if letter.header("entente.error.truncated").is_some() {
        return None;
    }
    letter.headers.retain(|(name, _)| !OURS.contains(&name.as_str()));
    Some(letter)
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
    let (mut list, mut left) = (TopicPartitionList::new(), std::collections::BTreeSet::new());
    for partition in there.filter(|partition| place.is_none_or(|(wanted, _)| wanted == *partition)) {
        let from = place.map_or(Offset::Beginning, |(_, offset)| Offset::Offset(offset));
        list.add_partition_offset(topic, partition, from)?;
        left.insert(partition);
    }
    consumer.assign(&list)?;
    let name = std::sync::Arc::from(topic);
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
    use crate::record::{Reason, Rejection, Stage};
    use crate::stream::outgoing::{Room, dead_letter};

    fn letter(room: Room) -> (Record, Record) {
        let article = Record {
            payload: Some(b"0123456789".to_vec()),
            headers: vec![("content-type".to_owned(), Some(b"text/plain".to_vec()))],
            ..Record::default()
        };
        let out = dead_letter(&article, &Rejection::new(Stage::Decode, Reason::InvalidDate, "no day 99"), room);
        (article, Record { payload: out.payload, headers: out.headers, timestamp_ms: Some(5), ..Record::default() })
    }

    #[test]
    fn a_letter_becomes_the_article_it_was() {
        let (article, letter) = letter(Room::Whole);
        let restored = restore(letter).expect("it is whole");
        assert_eq!((restored.payload, restored.headers), (article.payload, article.headers));
        assert_eq!(restore(self::letter(Room::Bytes(4)).1), None, "a letter that was cut is not an article");
    }

    #[test]
    fn a_filter_takes_what_it_says() {
        let (_, letter) = letter(Room::Whole);
        let by = |reason: &str, from_ms| Filter { reason: Some(reason.to_owned()), from_ms, ..Filter::default() };
        assert!(by("invalid-date", Some(5)).takes(&letter));
        assert!(!by("invalid-date", Some(6)).takes(&letter));
        assert!(!by("missing-text", None).takes(&letter));
    }
}
