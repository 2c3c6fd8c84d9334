//! [`Reader`]: the loop that owns the consumer. It reads records, hands them to the [`Core`](super::core::Core), pumps it, pauses where too much is
//! in flight, and seeks back where a batch failed.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, Headers, Message};
use rdkafka::types::RDKafkaErrorCode as Code;
use rdkafka::{Offset, TopicPartitionList};

use super::core::{Rewind, Stop};
use super::rebalance::Context;
use super::sabotage::{self, Bug};
use super::state::feed::{ATTEMPT, Feed};
use super::watchdog::Watchdog;
use crate::record::{self, Record};

/// Records read before outcomes are looked after again.
const BURST: usize = 128;
/// A reader that is full waits this long without a poll before it pauses its partitions: pausing throws away what was fetched ahead.
const PATIENCE_WHEN_FULL: Duration = Duration::from_millis(500);
const BLOCKING_CALL: Duration = Duration::from_secs(5);

/// The consumer's owner.
pub struct Reader<'a> {
    consumer: &'a BaseConsumer<Context>,
    topic: Arc<str>,
    feed: Option<Feed>,
    full_since: Option<Instant>,
    paused: bool,
    commits: u64,
}

impl<'a> Reader<'a> {
    pub fn new(consumer: &'a BaseConsumer<Context>, topic: &str, feed: Option<Feed>) -> Self {
        Self { consumer, topic: topic.into(), feed, full_since: None, paused: false, commits: 0 }
    }

    /// Reads, sends and commits until `stop` is set.
    pub fn run(&mut self, stop: &AtomicBool, watchdog: &Watchdog) -> Result<(), Stop> {
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
    pub fn remember(&mut self) -> Result<bool, Stop> {
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

/// A record as it came off the log.
pub fn record(topic: &Arc<str>, message: &BorrowedMessage<'_>) -> Record {
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
