//! [`Plan`]: what a backfill is to read, by partition, and where that is noted: beside the offsets that its group has committed.

use std::collections::BTreeMap;

use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer, DefaultConsumerContext};
use rdkafka::error::KafkaResult;
use rdkafka::{Offset, TopicPartitionList};

use super::super::client;
use super::super::core::Stop;
use super::{PATIENCE, broken, patiently};
use crate::config::Config;

/// What part of the topic is wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Log timestamps, in milliseconds: from this one, and before that one.
    pub from_ms: Option<i64>,
    pub before_ms: Option<i64>,
    /// Only these partitions; empty for all.
    pub partitions: Vec<i32>,
    /// First offset and the one after the last, by partition; goes before the times.
    pub offsets: BTreeMap<i32, (i64, i64)>,
}

/// What is to be read of one partition: `next` up to, not including, `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub start: i64,
    pub next: i64,
    pub end: i64,
}

impl Stretch {
    /// Offsets that are left to read. Fewer records may stand there: a log has gaps.
    pub fn left(self) -> i64 {
        (self.end - self.next).max(0)
    }
}

/// What is to be read, by partition, and whether an earlier run has begun with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub stretches: BTreeMap<i32, Stretch>,
    pub resumed: bool,
}

impl Plan {
    pub fn left(&self) -> i64 {
        self.stretches.values().map(|stretch| stretch.left()).sum()
    }
}

/// Finds out what there is to read. Writes nothing.
///
/// # Errors
/// Where Kafka cannot be asked, or a partition does not exist.
pub fn plan(config: &Config, wanted: &Wanted) -> Result<Plan, Stop> {
    let consumer: BaseConsumer = client::consumer(config).create().map_err(broken)?;
    let topic = config.topics.articles.as_str();
    let there = partitions(&consumer, topic)?;
    // What is written to a topic that is not there fails only after a while, and for a reason that nobody understands.
    for output in [&config.topics.events, &config.topics.dead] {
        partitions(&consumer, output)?;
    }
    let named = wanted.partitions.iter().chain(wanted.offsets.keys());
    if let Some(missing) = named.into_iter().find(|partition| !there.contains(partition)) {
        return Err(Stop::Broken(format!("`{topic}` has no partition {missing}")));
    }
    let chosen = |partition: &i32| match (wanted.partitions.is_empty(), wanted.offsets.is_empty()) {
        (true, true) => true,
        _ => wanted.partitions.contains(partition) || wanted.offsets.contains_key(partition),
    };
    let known = patiently(PATIENCE, || known(&consumer, topic, &there)).map_err(broken)?;
    if !known.is_empty() {
        return Ok(Plan { stretches: known, resumed: true });
    }
    let mut stretches = BTreeMap::new();
    for partition in there.into_iter().filter(chosen) {
        let (low, high) = consumer.fetch_watermarks(topic, partition, PATIENCE).map_err(broken)?;
        let at = |time: Option<i64>, otherwise| match time {
            None => Ok(otherwise),
            Some(time) => offset_at(&consumer, topic, partition, time).map(|found| found.unwrap_or(high)),
        };
        let (start, end) = match wanted.offsets.get(&partition) {
            Some(range) => *range,
            None => (at(wanted.from_ms, low).map_err(broken)?, at(wanted.before_ms, high).map_err(broken)?),
        };
        let start = start.clamp(low, high);
        stretches.insert(partition, Stretch { start, next: start, end: end.clamp(start, high) });
    }
    Ok(Plan { stretches, resumed: false })
}

/// The partitions of a topic.
fn partitions(consumer: &BaseConsumer, topic: &str) -> Result<Vec<i32>, Stop> {
    let metadata = consumer.fetch_metadata(Some(topic), PATIENCE).map_err(broken)?;
    let there: Vec<i32> = metadata.topics().iter().flat_map(|topic| topic.partitions()).map(|partition| partition.id()).collect();
    if there.is_empty() { Err(Stop::Broken(format!("`{topic}` does not exist"))) } else { Ok(there) }
}

/// The first offset whose record is of that time or later; `None` where there is none.
fn offset_at(consumer: &BaseConsumer, topic: &str, partition: i32, time_ms: i64) -> KafkaResult<Option<i64>> {
    let mut list = TopicPartitionList::new();
    list.add_partition_offset(topic, partition, Offset::Offset(time_ms))?;
    let found = consumer.offsets_for_times(list, PATIENCE)?;
    let Some(element) = found.find_partition(topic, partition) else { return Ok(None) };
    element.error()?;
    Ok(match element.offset() {
        Offset::Offset(offset) => Some(offset),
        _ => None,
    })
}

/// The stretches an earlier run of the same name noted.
pub(super) fn known(consumer: &BaseConsumer, topic: &str, partitions: &[i32]) -> KafkaResult<BTreeMap<i32, Stretch>> {
    let mut list = TopicPartitionList::new();
    for partition in partitions {
        list.add_partition(topic, *partition);
    }
    let committed = consumer.committed_offsets(list, PATIENCE)?;
    let mut known = BTreeMap::new();
    for element in committed.elements() {
        element.error()?;
        if let (Offset::Offset(next), Some((start, end))) = (element.offset(), read_note(element.metadata())) {
            known.insert(element.partition(), Stretch { start, next, end });
        }
    }
    Ok(known)
}

pub(super) fn note(stretch: Stretch) -> String {
    format!("backfill {} {}", stretch.start, stretch.end)
}

fn read_note(note: &str) -> Option<(i64, i64)> {
    let (start, end) = note.strip_prefix("backfill ")?.split_once(' ')?;
    Some((start.parse().ok()?, end.parse().ok()?))
}

/// What there is to read now that any earlier run of the same name is fenced: what that had committed since the plan was made is done.
pub(super) fn settle(
    consumer: &BaseConsumer<DefaultConsumerContext>,
    topic: &str,
    plan: &Plan,
) -> Result<BTreeMap<i32, Stretch>, Stop> {
    let there = partitions(consumer, topic)?;
    let known = patiently(PATIENCE, || known(consumer, topic, &there)).map_err(broken)?;
    if !known.is_empty() {
        return Ok(known);
    }
    patiently(PATIENCE, || fix(consumer, topic, &plan.stretches)).map_err(broken)?;
    Ok(plan.stretches.clone())
}

/// Notes where each stretch stands. Done before anything is read, so that a run that is killed at once has an end too.
pub(super) fn fix(consumer: &BaseConsumer, topic: &str, stretches: &BTreeMap<i32, Stretch>) -> KafkaResult<()> {
    let mut list = TopicPartitionList::new();
    for (partition, stretch) in stretches {
        let mut element = list.add_partition(topic, *partition);
        element.set_offset(Offset::Offset(stretch.next))?;
        element.set_metadata(note(*stretch));
    }
    consumer.commit(&list, CommitMode::Sync)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_as_it_was_written() {
        let stretch = Stretch { start: 3, next: 5, end: 90 };
        assert_eq!(read_note(&note(stretch)), Some((3, 90)));
        assert_eq!(read_note("somebody else's"), None);
        assert_eq!(stretch.left(), 85);
    }
}
