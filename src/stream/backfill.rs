//! Backfill: a fixed stretch of a topic coded again, outside any live group, exactly once and resumable.
//!
//! A backfill has a name. Its own group (`GROUP.backfill.NAME`, which nobody joins) holds its position, committed in the same transactions
//! as the events; the end of each partition, decided at the first start, stands in the commit's metadata, so that a backfill that was
//! killed goes on where it stopped and ends where it was to end. Two of the same name fence each other.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer, DefaultConsumerContext};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::message::Message;
use rdkafka::{Offset, TopicPartitionList};

use super::client;
use super::core::{Core, Rewind, Settings, Stop};
use super::kafka_sink::KafkaSink;
use super::pool::{Code, Pool};
use super::service::{Ended, ended, record, settings, traces};
use super::state::State;
use super::state::feed::Feed;
use super::written::Writer;
use crate::config::Config;
use crate::ops::telemetry::Counts;
use crate::record::Record;

const PATIENCE: Duration = Duration::from_secs(20);
const UNHURRIED: Duration = Duration::from_secs(3600);

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

/// How it is to be read.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    /// Articles a second at most.
    pub rate: Option<f64>,
    /// Hold while this group lags by more than [`LAG`] articles on the topic.
    pub yield_to: Option<String>,
    /// Name of the replay of dead letters that this is: see [`Settings::replay`](super::core::Settings::replay).
    pub replay: Option<String>,
}

/// A live group that lags by fewer articles than this is not held up by a backfill.
const LAG: i64 = 1000;

/// A configuration under which a backfill of that name runs: its own group and its own transactional id.
pub fn config(live: &Config, name: &str) -> Config {
    let mut config = live.clone();
    config.kafka.group = format!("{}.backfill.{name}", live.kafka.group);
    config.service.instance = "backfill".to_owned();
    config
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

fn broken(error: KafkaError) -> Stop {
    Stop::Broken(format!("Kafka cannot be used: {error}"))
}

/// Tries again for that long: a coordinator that moves or is just starting answers with errors that pass.
fn patiently<T>(most: Duration, attempt: impl Fn() -> KafkaResult<T>) -> KafkaResult<T> {
    let deadline = Instant::now() + most;
    loop {
        match attempt() {
            Err(error) if Instant::now() < deadline => tracing::debug!(%error, "trying again"),
            outcome => return outcome,
        }
        thread::sleep(Duration::from_millis(200));
    }
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
fn known(consumer: &BaseConsumer, topic: &str, partitions: &[i32]) -> KafkaResult<BTreeMap<i32, Stretch>> {
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

fn note(stretch: Stretch) -> String {
    format!("backfill {} {}", stretch.start, stretch.end)
}

fn read_note(note: &str) -> Option<(i64, i64)> {
    let (start, end) = note.strip_prefix("backfill ")?.split_once(' ')?;
    Some((start.parse().ok()?, end.parse().ok()?))
}

/// Reads what `plan` says, and counts what became of it. `prepare` may pass over a record (`None`) or change it, all but its place.
/// `progress` is called now and then with the offsets left.
///
/// # Errors
/// What ended the backfill before its end.
pub fn run(
    config: Arc<Config>,
    code: Arc<Code>,
    plan: &Plan,
    pace: &Pace,
    prepare: &dyn Fn(Record) -> Option<Record>,
    progress: &mut dyn FnMut(i64),
    stop: &AtomicBool,
) -> Result<(Ended, Counts), Stop> {
    let slot = Arc::new(OnceLock::new());
    let sink = KafkaSink::new(Arc::clone(&config), Arc::clone(&slot)).map_err(ended)?;
    let mut properties = client::consumer(&config);
    properties.set("enable.partition.eof", "true");
    let consumer: BaseConsumer<DefaultConsumerContext> = properties.create().map_err(broken)?;
    let consumer = Arc::new(consumer);
    // The slot is empty: it was made above.
    let _ = slot.set(Arc::downgrade(&consumer));
    let stretches = settle(&consumer, &config.topics.articles, plan)?;
    let sink = sink.with_notes(stretches.iter().map(|(partition, stretch)| (*partition, note(*stretch))).collect());
    let pool = Pool::start(config.service.workers, code, Writer::of(&config));
    let settings = Settings { replay: pace.replay.clone(), ..settings(&config) };
    let mut core = Core::new(sink, pool, settings).with_state(State::from_config(&config).map_err(Stop::from)?);
    core = core.with_traces(traces(&config));
    let mut feed = Feed::new(&config)?;
    if let Some(feed) = &mut feed {
        feed.restore(stop, &mut |entries| core.learn(entries))?;
    }
    let live = pace.yield_to.as_ref().map(|group| Live::new(&config, group)).transpose().map_err(broken)?;
    let topic = Arc::from(config.topics.articles.as_str());
    let mut backfill = Backfill { consumer: &consumer, topic, core, feed, left: stretches.clone() };
    backfill.left.retain(|_, stretch| stretch.left() > 0);
    let finished = backfill.read(pace.rate, live, prepare, progress, stop);
    let finished = finished.and_then(|()| {
        // Only one that was told to stop is in a hurry.
        let most = if stop.load(Ordering::Relaxed) { config.service.grace } else { UNHURRIED };
        backfill.finish(Instant::now() + most, prepare, stop)
    });
    backfill.core.abandon();
    let ended = finished?;
    if ended == Ended::Drained {
        // What stands at the end of a stretch may be no record: marks of transactions, or what was compacted away.
        let done = |stretch: Stretch| Stretch { next: stretch.end, ..stretch };
        let done = stretches.into_iter().map(|(partition, stretch)| (partition, done(stretch))).collect();
        patiently(PATIENCE, || fix(&consumer, &config.topics.articles, &done)).map_err(broken)?;
    }
    Ok((ended, backfill.core.totals().clone()))
}

/// What there is to read now that any earlier run of the same name is fenced: what that had committed since the plan was made is done.
fn settle(consumer: &BaseConsumer<DefaultConsumerContext>, topic: &str, plan: &Plan) -> Result<BTreeMap<i32, Stretch>, Stop> {
    let there = partitions(consumer, topic)?;
    let known = patiently(PATIENCE, || known(consumer, topic, &there)).map_err(broken)?;
    if !known.is_empty() {
        return Ok(known);
    }
    patiently(PATIENCE, || fix(consumer, topic, &plan.stretches)).map_err(broken)?;
    Ok(plan.stretches.clone())
}

/// Notes where each stretch stands. Done before anything is read, so that a run that is killed at once has an end too.
fn fix(consumer: &BaseConsumer, topic: &str, stretches: &BTreeMap<i32, Stretch>) -> KafkaResult<()> {
    let mut list = TopicPartitionList::new();
    for (partition, stretch) in stretches {
        let mut element = list.add_partition(topic, *partition);
        element.set_offset(Offset::Offset(stretch.next))?;
        element.set_metadata(note(*stretch));
    }
    consumer.commit(&list, CommitMode::Sync)
}

struct Backfill<'a> {
    consumer: &'a BaseConsumer<DefaultConsumerContext>,
    topic: Arc<str>,
    core: Core<KafkaSink<DefaultConsumerContext>>,
    feed: Option<Feed>,
    /// What is still to be read.
    left: BTreeMap<i32, Stretch>,
}

impl Backfill<'_> {
    fn read(
        &mut self,
        rate: Option<f64>,
        mut live: Option<Live>,
        prepare: &dyn Fn(Record) -> Option<Record>,
        progress: &mut dyn FnMut(i64),
        stop: &AtomicBool,
    ) -> Result<(), Stop> {
        self.assign()?;
        let started = Instant::now();
        let (mut read, mut shown) = (0u64, Instant::now());
        while !self.left.is_empty() && !stop.load(Ordering::Relaxed) {
            let early = rate.is_some_and(|rate| read as f64 > started.elapsed().as_secs_f64() * rate);
            let held = early || self.core.full() || live.as_mut().is_some_and(Live::lags);
            if !held {
                read += u64::from(self.step(prepare)?);
            }
            self.pump(if held { Duration::from_millis(5) } else { Duration::ZERO })?;
            if shown.elapsed() >= Duration::from_millis(500) {
                shown = Instant::now();
                progress(self.left.values().map(|stretch| stretch.left()).sum());
            }
        }
        Ok(())
    }

    /// Commits what is in flight; reads again what failed meanwhile.
    fn finish(
        &mut self,
        deadline: Instant,
        prepare: &dyn Fn(Record) -> Option<Record>,
        stop: &AtomicBool,
    ) -> Result<Ended, Stop> {
        loop {
            let drained = self.core.drain(deadline)?;
            if !self.core.rewinding() {
                let whole = drained && self.left.is_empty();
                return Ok(if whole { Ended::Drained } else { Ended::Cut });
            }
            if Instant::now() > deadline {
                return Ok(Ended::Cut);
            }
            let Some(rewind) = self.core.take_rewind()? else { continue };
            self.go_back(rewind)?;
            while !self.left.is_empty() && !stop.load(Ordering::Relaxed) {
                self.step(prepare)?;
                self.pump(Duration::ZERO)?;
            }
        }
    }

    /// Reads from where each stretch stands.
    fn assign(&self) -> Result<(), Stop> {
        let mut list = TopicPartitionList::new();
        for (partition, stretch) in &self.left {
            list.add_partition_offset(&self.topic, *partition, Offset::Offset(stretch.next)).map_err(broken)?;
        }
        self.consumer.assign(&list).map_err(broken)?;
        // A partition that was done before a batch failed is paused.
        self.consumer.resume(&list).map_err(broken)
    }

    /// Reads one record, if there is one; whether it was taken.
    fn step(&mut self, prepare: &dyn Fn(Record) -> Option<Record>) -> Result<bool, Stop> {
        match self.consumer.poll(Duration::from_millis(5)) {
            None => Ok(false),
            Some(Ok(message)) => {
                let (partition, offset) = (message.partition(), message.offset());
                let Some(stretch) = self.left.get_mut(&partition) else { return Ok(false) };
                if offset < stretch.end {
                    stretch.next = offset + 1;
                    if let Some(record) = prepare(record(&self.topic, &message)) {
                        self.core.accept(record);
                    }
                }
                if offset + 1 >= stretch.end {
                    self.done(partition)?;
                }
                Ok(offset < self.left.get(&partition).map_or(i64::MAX, |stretch| stretch.end))
            }
            Some(Err(KafkaError::PartitionEOF(partition))) => self.done(partition).map(|()| false),
            Some(Err(error)) if self.consumer.client().fatal_error().is_some() => Err(broken(error)),
            Some(Err(error)) => {
                tracing::warn!(%error, "the consumer complains");
                Ok(false)
            }
        }
    }

    /// A partition's end is reached.
    fn done(&mut self, partition: i32) -> Result<(), Stop> {
        self.left.remove(&partition);
        let mut list = TopicPartitionList::new();
        list.add_partition(&self.topic, partition);
        self.consumer.pause(&list).map_err(broken)
    }

    fn pump(&mut self, wait: Duration) -> Result<(), Stop> {
        if let Some(feed) = &mut self.feed {
            let entries = feed.poll()?;
            self.core.learn(entries)?;
        }
        self.core.pump(wait)?;
        match self.core.take_rewind()? {
            Some(rewind) => self.go_back(rewind),
            None => Ok(()),
        }
    }

    /// After a batch that failed: what the broker has committed counts, else what is known here.
    fn go_back(&mut self, rewind: Rewind) -> Result<(), Stop> {
        if let Some(feed) = self.feed.as_mut().filter(|_| rewind.ask_broker) {
            feed.restore(&AtomicBool::new(false), &mut |entries| self.core.learn(entries))?;
        }
        let partitions: Vec<i32> = rewind.positions.iter().map(|(partition, _)| *partition).collect();
        let known = patiently(PATIENCE * 6, || known(self.consumer, &self.topic, &partitions)).map_err(broken)?;
        // Every partition has a committed position: `fix` made sure of it.
        self.left.extend(known.into_iter().filter(|(_, stretch)| stretch.left() > 0));
        self.assign()
    }
}

/// The live group, looked at now and then.
struct Live {
    consumer: BaseConsumer,
    topic: String,
    group: String,
    looked: Option<Instant>,
    lags: bool,
}

impl Live {
    fn new(config: &Config, group: &str) -> KafkaResult<Self> {
        let consumer = client::common(config).set("group.id", group).create()?;
        Ok(Self { consumer, topic: config.topics.articles.clone(), group: group.to_owned(), looked: None, lags: false })
    }

    fn lags(&mut self) -> bool {
        if self.looked.is_none_or(|looked| looked.elapsed() > Duration::from_secs(5)) {
            self.looked = Some(Instant::now());
            let before = self.lags;
            // A lag that cannot be told is not a reason to go on.
            self.lags = match self.lag() {
                Ok(lag) => self.tell(before, lag),
                Err(error) => {
                    tracing::warn!(%error, group = self.group, "holding: nobody says how far the live group lags");
                    true
                }
            };
        }
        self.lags
    }

    /// Says so where it turns; whether the group lags.
    fn tell(&self, before: bool, lag: Option<i64>) -> bool {
        let lags = lag.is_none_or(|lag| lag > LAG);
        match lag {
            None if !before => tracing::warn!(
                group = self.group,
                topic = self.topic,
                "holding: this group has not committed anything of the topic; is that its name?"
            ),
            Some(lag) if lags && !before => tracing::info!(group = self.group, lag, "holding while the live group lags"),
            Some(lag) if before && !lags => tracing::info!(group = self.group, lag, "going on"),
            _ => {}
        }
        lags
    }

    /// Articles that wait for the group; `None` where it has committed nothing.
    fn lag(&self) -> KafkaResult<Option<i64>> {
        let metadata = self.consumer.fetch_metadata(Some(&self.topic), PATIENCE)?;
        let mut list = TopicPartitionList::new();
        for partition in metadata.topics().iter().flat_map(|topic| topic.partitions()) {
            list.add_partition(&self.topic, partition.id());
        }
        let (mut lag, mut begun) = (0, false);
        for element in self.consumer.committed_offsets(list, PATIENCE)?.elements() {
            let (low, high) = self.consumer.fetch_watermarks(&self.topic, element.partition(), PATIENCE)?;
            begun |= matches!(element.offset(), Offset::Offset(_));
            lag += high - element.offset().to_raw().filter(|offset| *offset >= low).unwrap_or(low);
        }
        // Where nothing waits, it does not matter whether the group has begun.
        Ok((begun || lag == 0).then_some(lag))
    }
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
