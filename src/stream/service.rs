//! [`run`]: the loop that owns the consumer. It reads, hands on, pumps, seeks back after an aborted batch, and answers rebalances.
//!
//! One thread does all of that, so that a rebalance never meets a half-finished commit. Calls that block (commits, seeks) are bounded well
//! below `max.poll.interval.ms`; a watchdog ends the process where one hangs all the same.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use rdkafka::client::ClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, Rebalance};
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, Headers, Message};
use rdkafka::statistics::{Partition, Statistics};
use rdkafka::types::RDKafkaErrorCode as Code;
use rdkafka::{Offset, TopicPartitionList};

use super::core::{Core, Rewind, Settings, Stop};
use super::kafka_sink::KafkaSink;
use super::outgoing::now_ms;
use super::pool::{Code as Coder, Pool};
use super::sabotage::{self, Bug};
use super::sink::SinkError;
use super::state::State;
use super::state::feed::{ATTEMPT, Feed};
use super::written::Writer;
use super::{client, clock};
use crate::config::Config;
use crate::ops::otlp::{Exporter, Who};
use crate::ops::{Health, Lags, telemetry};
use crate::record::{self, Record};

/// How the service ended when nothing was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All that was read is committed.
    Drained,
    /// The grace time ran out first; what was in flight will be read again.
    Cut,
}

/// Records read before outcomes are looked after again.
const BURST: usize = 128;
/// A reader that is full waits this long without a poll before it pauses its partitions: pausing throws away what was fetched ahead.
const PATIENCE_WHEN_FULL: Duration = Duration::from_millis(500);
const BLOCKING_CALL: Duration = Duration::from_secs(5);

/// Runs until `stop` is set.
///
/// # Errors
/// What ended the service before that.
pub fn run(
    config: Arc<Config>,
    code: Arc<Coder>,
    health: Arc<Health>,
    lags: Arc<Lags>,
    stop: &AtomicBool,
) -> Result<Ended, Stop> {
    let slot = Arc::new(OnceLock::new());
    let sink = KafkaSink::new(Arc::clone(&config), Arc::clone(&slot)).map_err(ended)?;
    let pool = Pool::start(config.service.workers, code, Writer::of(&config));
    let mut core = Core::new(sink, pool, settings(&config)).with_state(State::from_config(&config).map_err(Stop::from)?);
    telemetry::limits(config.limits.in_flight_records + config.service.commit_records, config.limits.in_flight_bytes);
    core = core.with_traces(traces(&config));
    // Before the group is joined: nobody waits for this worker yet.
    let mut feed = Feed::new(&config)?;
    if let Some(feed) = &mut feed {
        feed.restore(stop, &mut |entries| core.learn(entries))?;
    }
    let context = Context {
        core: Mutex::new(core),
        failed: Mutex::new(None),
        behind: AtomicBool::new(false),
        lags: Arc::clone(&lags),
        health: Arc::clone(&health),
        rebalance_time: config.service.grace.min(config.service.session_timeout / 2),
        most_silence: config.service.max_poll_interval * 2,
        topic: config.topics.articles.clone(),
    };
    let consumer: BaseConsumer<Context> = client::consumer(&config)
        .create_with_context(context)
        .map_err(|error| Stop::Broken(format!("no consumer could be made: {error}")))?;
    let consumer = Arc::new(consumer);
    // The slot is empty: it was made above.
    let _: Result<(), Weak<_>> = slot.set(Arc::downgrade(&consumer));
    consumer
        .subscribe(&[&config.topics.articles])
        .map_err(|error| Stop::Broken(format!("`{}` cannot be read: {error}", config.topics.articles)))?;
    tracing::info!(topic = config.topics.articles, group = config.kafka.group, instance = config.service.instance, "reading");

    clock::watch(Arc::downgrade(&consumer));
    let watchdog = Watchdog::start(config.service.max_poll_interval);
    let mut reader = Reader {
        consumer: &consumer,
        topic: config.topics.articles.as_str().into(),
        feed,
        full_since: None,
        paused: false,
        commits: 0,
    };
    let ended = reader.run(stop, &watchdog).and_then(|()| {
        health.stopping();
        tracing::info!("stopping: finishing what is in flight");
        let until = Instant::now() + config.service.grace / 2;
        while !reader.remember()? {
            if Instant::now() < until {
                continue;
            }
            tracing::warn!("what was in flight is read again: other workers' memory of its articles is not known yet");
            return Ok(Ended::Cut);
        }
        let drained = consumer.context().core().drain(Instant::now() + config.service.grace)?;
        tracing::info!(drained, "leaving the group");
        Ok(if drained { Ended::Drained } else { Ended::Cut })
    });
    // Leaving the group revokes the partitions; nothing is left for that to commit.
    consumer.context().core().abandon();
    ended
}

/// Sends spans where the configuration says.
pub(super) fn traces(config: &Config) -> Option<Exporter> {
    let who = Who { group: config.kafka.group.clone(), instance: config.service.instance.clone() };
    config.ops.traces.clone().map(|endpoint| Exporter::start(endpoint, config.ops.trace_share, who))
}

pub(super) fn ended(error: SinkError) -> Stop {
    match error {
        SinkError::Fenced(reason) => Stop::Fenced(reason),
        error => Stop::Broken(error.to_string()),
    }
}

pub(super) fn settings(config: &Config) -> Settings {
    Settings {
        commit_interval: config.service.commit_interval,
        commit_records: config.service.commit_records,
        in_flight_records: config.limits.in_flight_records,
        in_flight_bytes: config.limits.in_flight_bytes,
        record_bytes: config.limits.record_bytes,
        retractions: config.state.retractions,
        replay: None,
        rejection_share: config.service.rejection_share,
        rejection_window: config.service.rejection_window,
    }
}

struct Reader<'a> {
    consumer: &'a BaseConsumer<Context>,
    topic: Arc<str>,
    feed: Option<Feed>,
    full_since: Option<Instant>,
    paused: bool,
    commits: u64,
}

impl Reader<'_> {
    /// Reads, sends and commits until `stop` is set.
    fn run(&mut self, stop: &AtomicBool, watchdog: &Watchdog) -> Result<(), Stop> {
        while !stop.load(Ordering::Relaxed) {
            watchdog.alive();
            let read = self.read()?;
            if self.remember()? {
                self.pump(if read > 0 { Duration::ZERO } else { Duration::from_millis(1) })?;
            }
        }
        Ok(())
    }

    /// Reads a burst of records; how many.
    fn read(&mut self) -> Result<usize, Stop> {
        let context = self.consumer.context();
        let (full, idle) = {
            let core = context.core();
            (core.full(), core.idle())
        };
        self.hold(full)?;
        if self.full_since.is_some_and(|since| since.elapsed() < PATIENCE_WHEN_FULL) && !self.paused {
            return Ok(0);
        }
        let mut wait = if idle { Duration::from_millis(100) } else { Duration::ZERO };
        let mut read = 0;
        while read < BURST {
            match self.consumer.poll(wait) {
                None => break,
                Some(Ok(message)) => {
                    // Partitions that came while reading was paused are not paused.
                    self.paused = false;
                    let mut core = context.core();
                    core.accept(record(&self.topic, &message));
                    read += 1;
                    if core.full() {
                        break;
                    }
                }
                Some(Err(error)) => self.complain(&error)?,
            }
            wait = Duration::ZERO;
        }
        match context.failed.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(stop) => Err(stop),
            None => Ok(read),
        }
    }

    /// Takes what other workers remembered. `false` where partitions came from one, or nobody knows how a batch ended, and what was committed
    /// is not all known yet: no article may be judged before.
    fn remember(&mut self) -> Result<bool, Stop> {
        let Some(feed) = &mut self.feed else { return Ok(true) };
        let context = self.consumer.context();
        if !context.behind.load(Ordering::Acquire) {
            let entries = feed.poll()?;
            context.core().learn(entries)?;
            return Ok(true);
        }
        {
            let mut core = context.core();
            core.commit()?;
            if core.rewinding() {
                // Going back comes first, and that needs no judgement.
                return Ok(true);
            }
        }
        let known = feed.catch_up(ATTEMPT, &mut |entries| context.core().learn(entries))?;
        context.behind.store(!known, Ordering::Release);
        Ok(known)
    }

    /// Pauses and resumes reading.
    fn hold(&mut self, full: bool) -> Result<(), Stop> {
        let broken = |error: KafkaError| Stop::Broken(format!("reading cannot be paused or resumed: {error}"));
        if full {
            let since = *self.full_since.get_or_insert_with(Instant::now);
            if !self.paused && since.elapsed() >= PATIENCE_WHEN_FULL {
                self.consumer.pause(&self.consumer.assignment().map_err(broken)?).map_err(broken)?;
                self.paused = true;
            }
        } else if !self.paused {
            self.full_since = None;
        } else if self.consumer.context().core().roomy() {
            self.unpause().map_err(broken)?;
        }
        Ok(())
    }

    /// Sends what is finished, commits when it is time, and seeks back where a batch failed.
    fn pump(&mut self, wait: Duration) -> Result<(), Stop> {
        let context = self.consumer.context();
        let rewind = {
            let mut core = context.core();
            core.pump(wait)?;
            if core.commits() > self.commits {
                self.commits = core.commits();
                context.health.progress();
            }
            core.take_rewind()?
        };
        match rewind {
            Some(rewind) if !sabotage::on(Bug::NoRewind) => {
                if rewind.ask_broker {
                    context.behind.store(true, Ordering::Release);
                }
                self.go_back(rewind)
            }
            _ => Ok(()),
        }
    }

    /// Seeks. Where that fails because the broker is away, the loop comes back to it, and polls in between.
    fn go_back(&mut self, rewind: Rewind) -> Result<(), Stop> {
        if let Err(error) = self.unpause().and_then(|()| self.seek(&rewind)) {
            tracing::warn!(%error, "cannot go back yet");
            self.consumer.context().core().put_back(rewind);
            thread::sleep(Duration::from_millis(200));
        }
        Ok(())
    }

    fn unpause(&mut self) -> Result<(), KafkaError> {
        if self.paused {
            self.consumer.resume(&self.consumer.assignment()?)?;
            (self.paused, self.full_since) = (false, None);
        }
        Ok(())
    }

    fn seek(&self, rewind: &Rewind) -> Result<(), KafkaError> {
        let topic = &*self.topic;
        let assigned: BTreeSet<i32> = self.consumer.assignment()?.elements().iter().map(|element| element.partition()).collect();
        let mut list = TopicPartitionList::new();
        for (partition, offset) in rewind.positions.iter().filter(|(partition, _)| assigned.contains(partition)) {
            list.add_partition_offset(topic, *partition, Offset::Offset(*offset))?;
        }
        if list.count() == 0 {
            return Ok(());
        }
        if rewind.ask_broker {
            let known = self.consumer.committed_offsets(list.clone(), BLOCKING_CALL)?;
            for element in known.elements() {
                element.error()?;
                if !matches!(element.offset(), Offset::Offset(_)) {
                    continue;
                }
                list.set_partition_offset(topic, element.partition(), element.offset())?;
            }
        }
        tracing::info!(positions = ?list.elements().iter().map(|e| (e.partition(), e.offset())).collect::<Vec<_>>(), "reading again");
        let sought = self.consumer.seek_partitions(list, BLOCKING_CALL)?;
        let mut core = self.consumer.context().core();
        for element in sought.elements() {
            element.error()?;
            if let Offset::Offset(offset) = element.offset() {
                core.resumed(element.partition(), offset);
            }
        }
        Ok(())
    }

    /// Most consumer errors pass; a fatal one ends the service.
    fn complain(&self, error: &KafkaError) -> Result<(), Stop> {
        if let Some((code, reason)) = self.consumer.client().fatal_error() {
            return Err(match code {
                Code::FencedInstanceId | Code::Fenced => Stop::Fenced(reason),
                _ => Stop::Broken(format!("the consumer failed: {reason}")),
            });
        }
        match error.rdkafka_error_code() {
            Some(Code::PartitionEOF) => {}
            Some(Code::TopicAuthorizationFailed | Code::GroupAuthorizationFailed) => {
                return Err(Stop::Broken(format!("not allowed to read: {error}")));
            }
            _ => tracing::warn!(%error, "the consumer complains"),
        }
        Ok(())
    }
}

pub(super) fn record(topic: &Arc<str>, message: &BorrowedMessage<'_>) -> Record {
    let mut headers = record::Headers::default();
    if let Some(theirs) = message.headers() {
        headers = record::Headers::with_capacity(theirs.count());
        theirs.iter().for_each(|header| headers.push(header.key, header.value));
    }
    Record {
        topic: Arc::clone(topic),
        partition: message.partition(),
        offset: message.offset(),
        timestamp_ms: message.timestamp().to_millis(),
        key: message.key().map(<[u8]>::to_vec),
        payload: message.payload().map(<[u8]>::to_vec),
        headers,
        origin: None,
    }
}

/// What the consumer calls back: rebalances and statistics.
struct Context {
    core: Mutex<Core<KafkaSink<Context>>>,
    /// What went wrong in a callback, for the loop to end with.
    failed: Mutex<Option<Stop>>,
    /// Others may have remembered what is not known here.
    behind: AtomicBool,
    lags: Arc<Lags>,
    health: Arc<Health>,
    rebalance_time: Duration,
    /// A client that hears no broker for longer than this may never again, whatever has healed meanwhile: see the state topic's reader.
    most_silence: Duration,
    topic: String,
}

impl Context {
    /// What goes wrong in a callback ends the loop.
    fn fail(&self, stop: Stop) {
        *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(stop);
    }

    /// The loop never holds this while it polls, so a callback finds it free.
    fn core(&self) -> MutexGuard<'_, Core<KafkaSink<Context>>> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClientContext for Context {
    fn stats(&self, statistics: Statistics) {
        // A connection counts as up until its requests time out; only what it says counts here.
        let up = statistics.brokers.values().filter(|broker| broker.state == "UP" && broker.rxidle >= 0);
        if let Some(idle) = up.map(|broker| broker.rxidle as u64).min() {
            // Statistics may have waited for a loop that was busy. They tell their age in whole seconds.
            let waited = (now_ms() / 1000 - statistics.time).max(0) as u64;
            self.health.brokers_heard(Duration::from_micros(idle) + Duration::from_secs(waited));
        }
        let silence = self.health.silence();
        if silence > self.most_silence {
            self.fail(Stop::Broken(format!("no broker has answered for {} s: a new start may find them", silence.as_secs())));
        }
        let Some(topic) = statistics.topics.get(&self.topic) else { return };
        // The library only knows what the consumer itself commits; with transactions that is nothing.
        let core = self.core();
        for partition in topic.partitions.values().filter(|partition| partition.fetch_state == "active") {
            // Of a partition of which none was read yet, what is fetched ahead waits too.
            let next = partition.next_offset - partition.fetchq_cnt.max(0);
            let done = core
                .position(partition.partition)
                .unwrap_or_else(|| partition.committed_offset.max(partition.app_offset).max(next));
            if done >= 0 && partition.ls_offset >= 0 {
                self.lags.set(&self.topic, partition.partition, (partition.ls_offset - done).max(0));
            }
        }
        drop(core);
        let held = |count: fn(&Partition) -> u64| topic.partitions.values().map(count).sum::<u64>();
        telemetry::prefetched(held(|partition| partition.fetchq_cnt.max(0) as u64), held(|partition| partition.fetchq_size));
        if self.lags.total() == 0 {
            self.health.progress();
        }
    }
}

impl ConsumerContext for Context {
    fn pre_rebalance(&self, consumer: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        let partitions =
            |list: &TopicPartitionList| list.elements().iter().map(|element| element.partition()).collect::<Vec<_>>();
        let done = match rebalance {
            Rebalance::Assign(list) => {
                let partitions = partitions(list);
                telemetry::rebalanced("assigned", &partitions);
                partitions.iter().for_each(|partition| self.lags.hold(&self.topic, *partition));
                if !partitions.is_empty() {
                    self.behind.store(true, Ordering::Release);
                }
                Ok(())
            }
            Rebalance::Revoke(list) => {
                let partitions = partitions(list);
                partitions.iter().for_each(|partition| self.lags.remove(&self.topic, *partition));
                if consumer.assignment_lost() {
                    telemetry::rebalanced("lost", &partitions);
                    if sabotage::on(Bug::CommitOfLost) { Ok(()) } else { self.core().lose(&partitions) }
                } else {
                    telemetry::rebalanced("revoked", &partitions);
                    // What cannot be judged yet cannot be finished.
                    if self.behind.load(Ordering::Acquire) {
                        self.core().lose(&partitions)
                    } else {
                        self.core().revoke(&partitions, Instant::now() + self.rebalance_time)
                    }
                }
            }
            Rebalance::Error(error) => {
                tracing::warn!(%error, "rebalance failed");
                Ok(())
            }
        };
        if let Err(stop) = done {
            self.fail(stop);
        }
    }

    fn post_rebalance(&self, consumer: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        // librdkafka keeps a partition paused that was lost while it was, and comes back.
        if let Rebalance::Assign(list) = rebalance
            && let Err(error) = consumer.resume(list)
        {
            tracing::warn!(%error, "partitions that were paused when they were lost may stay so");
        }
    }
}

/// Ends the process where the loop hangs in a call that should have come back: the broker hands its partitions to others then, and nothing
/// it still did would count.
struct Watchdog {
    started: Instant,
    /// Milliseconds from `started`: no clock that can be set.
    seen: Arc<AtomicU64>,
}

impl Watchdog {
    fn start(most: Duration) -> Self {
        let started = Instant::now();
        let seen = Arc::new(AtomicU64::new(0));
        let watched = Arc::downgrade(&seen);
        thread::spawn(move || {
            while let Some(seen) = watched.upgrade() {
                let silent = (started.elapsed().as_millis() as u64).saturating_sub(seen.load(Ordering::Relaxed));
                drop(seen);
                if silent > most.as_millis() as u64 * 2 {
                    tracing::error!(silent_ms = silent, "a call to Kafka hangs; ending the process");
                    std::process::exit(4);
                }
                thread::sleep(Duration::from_secs(1));
            }
        });
        Self { started, seen }
    }

    fn alive(&self) {
        self.seen.store(self.started.elapsed().as_millis() as u64, Ordering::Relaxed);
    }
}
