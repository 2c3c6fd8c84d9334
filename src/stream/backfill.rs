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

use rdkafka::consumer::{BaseConsumer, Consumer, DefaultConsumerContext};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::message::Message;
use rdkafka::{Offset, TopicPartitionList};

use super::client;
use super::core::{Core, Rewind, Settings, Stop};
use super::kafka_sink::KafkaSink;
use super::pool::{Code, Pool};
use super::reader::record;
use super::service::{Ended, ended, settings, traces};
use super::state::State;
use super::state::feed::Feed;
use super::written::Writer;
use crate::config::Config;
use crate::ops::telemetry::Counts;
use crate::record::Record;

mod live;
mod plan;

use live::Live;
pub use plan::{Plan, Stretch, Wanted, plan};
use plan::{fix, known, note, settle};

const PATIENCE: Duration = Duration::from_secs(20);
const UNHURRIED: Duration = Duration::from_secs(3600);

/// How it is to be read.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    /// Articles a second at most.
    pub rate: Option<f64>,
    /// Hold while this group lags by more than [`LAG`](live::LAG) articles on the topic.
    pub yield_to: Option<String>,
    /// Name of the replay of dead letters that this is: see [`Settings::replay`](super::core::Settings::replay).
    pub replay: Option<String>,
}

/// A configuration under which a backfill of that name runs: its own group and its own transactional id.
pub fn config(live: &Config, name: &str) -> Config {
    let mut config = live.clone();
    config.kafka.group = format!("{}.backfill.{name}", live.kafka.group);
    config.service.instance = "backfill".to_owned();
    config
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
