//! [`Feed`]: the state topic, read to its end and followed.
//!
//! "To its end" means: what any transaction that had begun to write when the question was asked has settled. A partition that comes from
//! another worker brings along what that worker committed last, and that must be known before the first of its articles is judged.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, Message};
use rdkafka::types::RDKafkaErrorCode as Code;
use rdkafka::{Offset, TopicPartitionList};

use super::super::client;
use super::super::core::Stop;
use super::entry::Entry;
use crate::config::Config;
use crate::ops::telemetry;

const PATIENCE: Duration = Duration::from_secs(20);
/// Enough for writing in parallel; every worker reads them all.
const MOST_PARTITIONS: usize = 12;
/// Time for reading to the end before the consumer must be looked after again.
pub const ATTEMPT: Duration = Duration::from_secs(3);
/// Between two questions where the first had no answer.
const BREATH: Duration = Duration::from_millis(200);
/// A reader that had no broker may never have one again, whatever has healed: librdkafka (2.12) gives up brokers that the metadata leave out, and
/// where that comes together with an answer to another question, it forgets to begin anew with those it was configured with.
const DEAF: Duration = Duration::from_secs(10);
/// Entries handed over at once.
const CHUNK: usize = 1000;

pub struct Feed {
    reader: BaseConsumer,
    /// The reader's.
    properties: ClientConfig,
    /// Sees what is not committed yet, to know what there is to wait for.
    ends: BaseConsumer,
    topic: String,
    /// The offset to read next, by partition.
    next: BTreeMap<i32, i64>,
    /// Since when the reader has no broker, as far as is known.
    deaf_since: Option<Instant>,
    /// How long a start may go without getting on: transactions of the dead take their time to settle.
    patience: Duration,
}

/// Takes entries that were read.
pub type Take<'a> = dyn FnMut(Vec<Entry>) -> Result<(), Stop> + 'a;

impl Feed {
    /// A reader of `topics.state`; `None` where nothing is remembered.
    ///
    /// # Errors
    /// Where the topic does not exist or Kafka cannot be used.
    pub fn new(config: &Config) -> Result<Option<Self>, Stop> {
        let topic = config.topics.state.clone();
        if topic.is_empty() {
            return Ok(None);
        }
        let mut properties = client::consumer(config);
        properties
            .set("group.id", format!("{}.state", config.kafka.group))
            .set("enable.partition.eof", "true")
            .set("queued.max.messages.kbytes", "4096")
            .set("fetch.max.bytes", "4194304")
            // The end of a partition is told by an answer without records, which the broker holds back for this long.
            .set("fetch.wait.max.ms", "100")
            .set("statistics.interval.ms", "0");
        let (reader, ends) = clients(&properties)?;
        let deadline = Instant::now() + config.service.max_poll_interval / 2;
        let partitions = loop {
            match reader.fetch_metadata(Some(&topic), PATIENCE) {
                Ok(metadata) => {
                    break metadata.topics().iter().flat_map(|topic| topic.partitions()).map(|p| p.id()).collect::<Vec<_>>();
                }
                Err(error) if Instant::now() < deadline => tracing::warn!(%error, "the state topic cannot be asked for yet"),
                Err(error) => return Err(broken(error)),
            }
        };
        let partitions = if partitions.is_empty() { create(config, &reader, &topic, deadline)? } else { partitions };
        let next = partitions.into_iter().map(|partition| (partition, 0)).collect();
        let patience = config.service.transaction_timeout * 2 + PATIENCE;
        Ok(Some(Self { reader, properties, ends, topic, next, deaf_since: None, patience }))
    }

    /// Reads all that was committed, or about to be, when this was called. `false` where that took longer than `most` or the brokers are
    /// away: what was read until then need not be read again.
    ///
    /// # Errors
    /// Where no reader can be made, or what `take` says.
    pub fn catch_up(&mut self, most: Duration, take: &mut Take<'_>) -> Result<bool, Stop> {
        let started = Instant::now();
        let deadline = started + most;
        if !self.settle(deadline)? {
            return Ok(false);
        }
        let settled = started.elapsed();
        // A new reader, because the end is told once: one that stands there already would say nothing, and where it stands, markers of
        // transactions included, it does not tell.
        self.reopen()?;
        let mut left: BTreeSet<i32> = self.next.keys().copied().collect();
        let (mut entries, mut read) = (Vec::new(), 0u64);
        while !left.is_empty() && Instant::now() < deadline {
            match self.reader.poll(Duration::from_millis(20)) {
                None => {}
                Some(Ok(message)) => {
                    entries.extend(entry(&mut self.next, &message));
                    read += 1;
                }
                Some(Err(KafkaError::PartitionEOF(partition))) => drop(left.remove(&partition)),
                Some(Err(error)) => tracing::warn!(%error, "reading the state topic"),
            }
            if entries.len() >= CHUNK {
                take(std::mem::take(&mut entries))?;
            }
        }
        take(entries)?;
        if left.is_empty() {
            telemetry::restored(read, settled, started.elapsed());
        }
        Ok(left.is_empty())
    }

    /// Goes on with a new reader. The old one is closed aside.
    fn reopen(&mut self) -> Result<(), Stop> {
        let mut list = TopicPartitionList::new();
        for (partition, next) in &self.next {
            list.add_partition_offset(&self.topic, *partition, Offset::Offset(*next)).map_err(broken)?;
        }
        let reader = self.properties.create().map_err(broken)?;
        let old = std::mem::replace(&mut self.reader, reader);
        thread::spawn(move || drop(old));
        self.deaf_since = None;
        self.reader.assign(&list).map_err(broken)
    }

    /// As [`Feed::catch_up`], for a start: tries until `stop` is set.
    ///
    /// # Errors
    /// Where the brokers do not answer for too long, or what `take` says.
    pub fn restore(&mut self, stop: &AtomicBool, take: &mut Take<'_>) -> Result<(), Stop> {
        let deadline = Instant::now() + self.patience;
        let mut read = self.next.clone();
        let mut moved = Instant::now();
        while !stop.load(Ordering::Relaxed) && !self.catch_up(ATTEMPT, take)? {
            if self.next != read {
                (read, moved) = (self.next.clone(), Instant::now());
            }
            if Instant::now() > deadline && moved.elapsed() > self.patience {
                return Err(Stop::Broken(format!("`{}` cannot be read to its end", self.topic)));
            }
        }
        Ok(())
    }

    /// Waits until every transaction that has written to the topic has ended. `false` where that is not known at the deadline.
    ///
    /// # Errors
    /// Where no client can be made.
    fn settle(&mut self, deadline: Instant) -> Result<bool, Stop> {
        self.settled(deadline).or_else(|error| {
            tracing::warn!(%error, "the state topic cannot be asked for its end yet");
            // A client that asked while the topic had no leader goes on to answer from that memory; a new one asks anew.
            let (reader, ends) = clients(&self.properties)?;
            let old = (std::mem::replace(&mut self.reader, reader), std::mem::replace(&mut self.ends, ends));
            thread::spawn(move || drop(old));
            thread::sleep(BREATH);
            Ok(false)
        })
    }

    fn settled(&self, deadline: Instant) -> Result<bool, KafkaError> {
        let answer = || deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(100));
        let mut open = BTreeMap::new();
        for partition in self.next.keys() {
            let (_, end) = self.ends.fetch_watermarks(&self.topic, *partition, answer())?;
            open.insert(*partition, end);
        }
        loop {
            for (partition, end) in std::mem::take(&mut open) {
                // With read_committed the end is the last stable offset.
                let (_, stable) = self.reader.fetch_watermarks(&self.topic, partition, answer())?;
                if stable < end {
                    open.insert(partition, end);
                }
            }
            if open.is_empty() || Instant::now() > deadline {
                return Ok(open.is_empty());
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// What came since the last call, as far as it is here.
    ///
    /// # Errors
    /// Where no reader can be made.
    pub fn poll(&mut self) -> Result<Vec<Entry>, Stop> {
        if self.deaf_since.is_some_and(|since| since.elapsed() > DEAF) {
            self.reopen()?;
        }
        let mut entries = Vec::new();
        while entries.len() < CHUNK {
            match self.reader.poll(Duration::ZERO) {
                None => break,
                Some(Ok(message)) => entries.extend(entry(&mut self.next, &message)),
                Some(Err(KafkaError::PartitionEOF(_))) => {}
                Some(Err(error)) => {
                    if error.rdkafka_error_code() == Some(Code::AllBrokersDown) {
                        self.deaf_since.get_or_insert_with(Instant::now);
                    }
                    tracing::warn!(%error, "reading the state topic");
                }
            }
        }
        Ok(entries)
    }
}

/// The reader, and the client that sees what is not committed yet.
fn clients(properties: &ClientConfig) -> Result<(BaseConsumer, BaseConsumer), Stop> {
    let reader = properties.create().map_err(broken)?;
    let ends = properties.clone().set("isolation.level", "read_uncommitted").create().map_err(broken)?;
    Ok((reader, ends))
}

/// The entry in a record; `None` where it is none of ours, or says that an article is to be forgotten, which the bound on the store does.
fn entry(next: &mut BTreeMap<i32, i64>, message: &BorrowedMessage<'_>) -> Option<Entry> {
    next.insert(message.partition(), message.offset() + 1);
    let value = message.payload()?;
    match serde_json::from_slice(value) {
        Ok(entry) => Some(entry),
        Err(error) => {
            tracing::warn!(partition = message.partition(), offset = message.offset(), %error, "not an entry of the state topic");
            None
        }
    }
}

/// Makes the topic, with as many partitions as the articles have. Several workers may try at once.
fn create(config: &Config, reader: &BaseConsumer, topic: &str, deadline: Instant) -> Result<Vec<i32>, Stop> {
    let hint = |error: String| {
        Stop::Broken(format!(
            "`{topic}` does not exist and cannot be made ({error}): make it with cleanup.policy=compact, or set `topics.state` to \"\" to \
             remember nothing"
        ))
    };
    let articles = reader.fetch_metadata(Some(&config.topics.articles), PATIENCE).map_err(broken)?;
    let count = articles.topics().iter().map(|topic| topic.partitions().len()).sum::<usize>().clamp(1, MOST_PARTITIONS);
    let admin: AdminClient<DefaultClientContext> = client::common(config).create().map_err(broken)?;
    // Replication as the broker has it by default.
    let wanted = NewTopic::new(topic, count as i32, TopicReplication::Fixed(-1)).set("cleanup.policy", "compact");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| hint(error.to_string()))?;
    let options = AdminOptions::new().request_timeout(Some(PATIENCE));
    let made = runtime.block_on(admin.create_topics([&wanted], &options)).map_err(broken)?;
    for made in made {
        match made {
            Ok(_) => tracing::info!(topic, partitions = count, "made the state topic"),
            Err((_, Code::TopicAlreadyExists)) => {}
            Err((_, code)) => return Err(hint(code.to_string())),
        }
    }
    loop {
        let metadata = reader.fetch_metadata(Some(topic), PATIENCE).map_err(broken)?;
        let there: Vec<i32> =
            metadata.topics().iter().flat_map(|topic| topic.partitions()).map(|partition| partition.id()).collect();
        if !there.is_empty() {
            return Ok(there);
        }
        if Instant::now() > deadline {
            return Err(hint("it was made and does not appear".to_owned()));
        }
        thread::sleep(Duration::from_millis(100));
    }
}

fn broken(error: KafkaError) -> Stop {
    Stop::Broken(format!("the state topic cannot be used: {error}"))
}
