//! [`KafkaSink`]: batches as Kafka transactions, or, for at-least-once, as acknowledged records followed by an offset commit.
//!
//! Every delivery of a batch is awaited before the transaction commits: librdkafka's own flush waits in steps of 100 ms. An error after
//! which nobody knows whether the transaction committed makes the sink drop its producer and start another with the same transactional
//! id, which settles the old one; librdkafka has no transactions v2 (KIP-890), and a late answer to the old one must not meet a new one.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

use rdkafka::ClientContext;
use rdkafka::TopicPartitionList;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseRecord, DeliveryResult, Producer, ProducerContext, PurgeConfig, ThreadedProducer};
use rdkafka::{Offset, types::RDKafkaErrorCode as Code};

use super::bounded::Bounded;
use super::client;
use super::outgoing::{Outgoing, Topic};
use super::sabotage::{self, Bug};
use super::sink::{Place, Sink, SinkError};
use crate::config::{Config, Delivery};

/// The consumer whose offsets the sink commits. Set once the consumer exists; weak, because the consumer's callbacks own the sink.
pub type ConsumerSlot<C> = Arc<OnceLock<Weak<BaseConsumer<C>>>>;

type Transactor = ThreadedProducer<Deliveries>;

/// Time for finding the group's coordinator and adding the offsets to the transaction: what takes longer is sooner done anew.
const OFFSETS: Duration = Duration::from_secs(5);
/// A call that is over its own time by this much does not come back.
const OVERDUE: Duration = Duration::from_secs(1);

pub struct KafkaSink<C: ConsumerContext + 'static> {
    config: Arc<Config>,
    consumer: ConsumerSlot<C>,
    producer: Option<Bounded<Transactor>>,
    /// Whether whoever had this transactional id before is fenced. Until then nothing is sent.
    ready: bool,
    deliveries: Deliveries,
    /// Place of every record of the open batch, by the number its delivery report carries.
    places: Vec<Place>,
    /// Since when a batch is open.
    open: Option<Instant>,
    /// Await each record alone until the next commit. A broker that finds a record too large refuses all that travelled with it; sent alone,
    /// the one that is too large is known.
    careful: bool,
    /// What is to stand beside the committed offset of a partition.
    notes: BTreeMap<i32, String>,
}

/// Delivery reports of the open batch.
#[derive(Clone, Default)]
struct Deliveries(Arc<Reports>);

#[derive(Default)]
struct Reports {
    outstanding: AtomicUsize,
    failures: Mutex<Vec<(usize, KafkaError)>>,
    settled: Condvar,
}

impl Deliveries {
    fn failures(&self) -> MutexGuard<'_, Vec<(usize, KafkaError)>> {
        self.0.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until every record is acknowledged or failed; `false` where that took longer than `most`.
    fn settle(&self, most: Duration) -> bool {
        let deadline = Instant::now() + most;
        let mut failures = self.failures();
        while self.0.outstanding.load(Ordering::Acquire) > 0 {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let waited = self.0.settled.wait_timeout(failures, left.min(Duration::from_millis(100)));
            failures = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}

impl ClientContext for Deliveries {}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = Box<usize>;

    fn delivery(&self, result: &DeliveryResult<'_>, number: Box<usize>) {
        if let Err((error, _)) = result
            && !sabotage::on(Bug::SwallowedDelivery)
        {
            self.failures().push((*number, error.clone()));
        }
        if self.0.outstanding.fetch_sub(1, Ordering::AcqRel) == 1 {
            // Taking the lock orders this after a waiter's last look.
            drop(self.failures());
            self.0.settled.notify_all();
        }
    }
}

impl<C: ConsumerContext + 'static> KafkaSink<C> {
    /// Connects; with exactly-once, fences whoever had this transactional id before.
    ///
    /// # Errors
    /// Where no producer can be made, or the transaction coordinator cannot be reached in time.
    pub fn new(config: Arc<Config>, consumer: ConsumerSlot<C>) -> Result<Self, SinkError> {
        let deliveries = Deliveries::default();
        let mut sink = Self {
            config,
            consumer,
            producer: None,
            ready: false,
            deliveries,
            places: Vec::new(),
            open: None,
            careful: false,
            notes: BTreeMap::new(),
        };
        sink.start()?;
        // A broker that restarts takes a while. A start that takes longer than this is for a supervisor to try again.
        let deadline = Instant::now() + sink.config.service.max_poll_interval / 2;
        while !sink.recover()? {
            if Instant::now() > deadline {
                return Err(SinkError::Broken("transactions cannot be used: their coordinator does not answer".to_owned()));
            }
        }
        Ok(sink)
    }

    /// The same, with a note beside the committed offset of each partition.
    pub fn with_notes(self, notes: BTreeMap<i32, String>) -> Self {
        Self { notes, ..self }
    }

    fn exactly_once(&self) -> bool {
        self.config.service.delivery == Delivery::ExactlyOnce
    }

    /// Time for one blocking call of a transaction.
    fn patience(&self) -> Duration {
        self.config.service.transaction_timeout
    }

    /// Makes a producer; [`Sink::recover`] makes it ready.
    fn start(&mut self) -> Result<(), SinkError> {
        self.deliveries = Deliveries::default();
        self.places.clear();
        self.open = None;
        let broken = |error: KafkaError| SinkError::Broken(format!("no producer could be made: {error}"));
        let producer: ThreadedProducer<Deliveries> =
            client::producer(&self.config).create_with_context(self.deliveries.clone()).map_err(broken)?;
        self.producer = Some(Bounded::new(producer));
        self.ready = !self.exactly_once();
        Ok(())
    }

    /// Drops the producer and makes another. The error says that it was needed, and why.
    fn reset(&mut self, reason: String) -> SinkError {
        if let Some(producer) = self.producer.take() {
            producer.purge(PurgeConfig::default().queue().inflight());
        }
        match self.start() {
            Ok(()) => SinkError::Unknown(reason),
            Err(error) => error,
        }
    }

    /// Runs a call of a transaction that takes its time as its last argument. The outer error is that of one that does not come back.
    fn call(
        &mut self,
        most: Duration,
        call: impl FnOnce(&Transactor, Duration) -> KafkaResult<()> + Send + 'static,
    ) -> Result<KafkaResult<()>, SinkError> {
        let answer = self.producer()?.call(most + OVERDUE, move |producer| call(producer, most));
        answer.ok_or_else(|| self.reset("a call of the transaction does not come back".to_owned()))
    }

    fn producer(&self) -> Result<&Bounded<Transactor>, SinkError> {
        self.producer.as_ref().ok_or_else(|| SinkError::Broken("there is no producer".to_owned()))
    }

    fn consumer(&self) -> Result<Arc<BaseConsumer<C>>, SinkError> {
        self.consumer.get().and_then(Weak::upgrade).ok_or_else(|| SinkError::Broken("the consumer is gone".to_owned()))
    }

    fn begin(&mut self) -> Result<(), SinkError> {
        if self.open.is_some() {
            return Ok(());
        }
        if self.exactly_once()
            && let Err(error) = self.producer()?.begin_transaction()
        {
            return Err(self.judge("a transaction could not be begun", error));
        }
        self.open = Some(Instant::now());
        Ok(())
    }

    /// What an error of a transaction call means for the batch.
    fn judge(&mut self, what: &str, error: KafkaError) -> SinkError {
        let reason = format!("{what}: {error}");
        let fencing = |code| matches!(code, Code::Fenced | Code::InvalidProducerEpoch | Code::ProducerFenced);
        if error.rdkafka_error_code().is_some_and(fencing) || self.fatal().is_some_and(fencing) {
            // A batch open for longer than a transaction may live was fenced by the broker (this process was stopped, or the broker was
            // away); any other by a worker that has this one's identity now.
            let expired = self.open.is_some_and(|since| since.elapsed() > self.patience());
            return if expired { self.reset(reason) } else { SinkError::Fenced(reason) };
        }
        let KafkaError::Transaction(inner) = &error else { return self.reset(reason) };
        if inner.txn_requires_abort() { SinkError::Aborted(reason) } else { self.reset(reason) }
    }

    /// As [`KafkaSink::judge`]; there is nothing left to abort.
    fn judge_abort(&mut self, error: KafkaError) -> SinkError {
        match self.judge("the transaction could not be aborted", error) {
            SinkError::Aborted(reason) => self.reset(reason),
            other => other,
        }
    }

    fn fatal(&self) -> Option<RDKafkaErrorCode> {
        self.producer.as_ref()?.client().fatal_error().map(|(code, _)| code)
    }

    /// The first failed delivery, if any.
    fn failure(&mut self) -> Option<SinkError> {
        let failures = std::mem::take(&mut *self.deliveries.failures());
        let too_large = failures.iter().find(|(_, error)| error.rdkafka_error_code() == Some(Code::MessageSizeTooLarge));
        if let Some((number, _)) = too_large {
            if self.careful {
                return self.places.get(*number).map(|place| SinkError::TooLarge(*place));
            }
            self.careful = true;
            return Some(SinkError::Aborted(
                "a record is too large for its topic; sending them one by one to find it".to_owned(),
            ));
        }
        let (number, error) = failures.into_iter().next()?;
        let place = self.places.get(number).copied().unwrap_or_default();
        let reason = format!("what the article at partition {}, offset {} gave was not delivered: {error}", place.0, place.1);
        Some(if self.fatal().is_some() { self.judge(&reason, error) } else { SinkError::Aborted(reason) })
    }

    /// Waits until all that was sent is acknowledged.
    fn settle(&mut self) -> Result<(), SinkError> {
        if !self.deliveries.settle(self.patience()) {
            return Err(self.reset("the broker did not acknowledge all records in time".to_owned()));
        }
        self.failure().map_or(Ok(()), Err)
    }

    fn list(&self, offsets: &[(i32, i64)]) -> Result<TopicPartitionList, SinkError> {
        let mut list = TopicPartitionList::with_capacity(offsets.len());
        for (partition, offset) in offsets {
            let mut element = list.add_partition(&self.config.topics.articles, *partition);
            element.set_offset(Offset::Offset(*offset)).map_err(|error| {
                SinkError::Broken(format!("offset {offset} of partition {partition} cannot be committed: {error}"))
            })?;
            if let Some(note) = self.notes.get(partition) {
                element.set_metadata(note);
            }
        }
        Ok(list)
    }

    fn commit_transaction(&mut self, list: &TopicPartitionList) -> Result<(), SinkError> {
        let consumer = self.consumer()?;
        let Some(group) = consumer.group_metadata() else {
            return Err(SinkError::Aborted("the consumer is not in its group".to_owned()));
        };
        // In this order: metadata of after a loss may name no member at all, and the broker would take that for a client without a group.
        if consumer.assignment_lost() {
            return Err(SinkError::Aborted("the partitions were lost to another worker".to_owned()));
        }
        let (list, group) = (list.clone(), sabotage::group(group));
        let patience = self.patience();
        let add = move |producer: &Transactor, most| producer.send_offsets_to_transaction(&list, &group, most);
        if let Err(error) = self.call(patience.min(OFFSETS), add)? {
            return Err(self.judge("the offsets could not be added to the transaction", error));
        }
        if let Err(error) = self.call(patience, |producer, most| producer.commit_transaction(most))? {
            return Err(self.judge("the transaction could not be committed", error));
        }
        Ok(())
    }

    fn commit_offsets(&mut self, list: &TopicPartitionList) -> Result<(), SinkError> {
        match self.consumer()?.commit(list, CommitMode::Sync) {
            Ok(()) => Ok(()),
            Err(error) => Err(SinkError::Aborted(format!("the offsets could not be committed: {error}"))),
        }
    }
}

impl<C: ConsumerContext + 'static> Sink for KafkaSink<C> {
    fn send(&mut self, outgoing: &Outgoing, place: Place) -> Result<(), SinkError> {
        self.begin()?;
        let number = self.places.len();
        self.places.push(place);
        let topic = match outgoing.topic {
            Topic::Events => &self.config.topics.events,
            Topic::Dead => &self.config.topics.dead,
            Topic::State => &self.config.topics.state,
        };
        let mut headers = OwnedHeaders::new_with_capacity(outgoing.headers.len());
        for (key, value) in &outgoing.headers {
            headers = headers.insert(Header { key, value: value.as_deref() });
        }
        let mut record: BaseRecord<'_, [u8], [u8], Box<usize>> =
            BaseRecord::with_opaque_to(topic, Box::new(number)).headers(headers);
        if let Some(key) = &outgoing.key {
            record = record.key(key);
        }
        if let Some(payload) = &outgoing.payload {
            record = record.payload(payload);
        }
        if let Some(timestamp) = outgoing.timestamp_ms {
            record = record.timestamp(timestamp);
        }
        let deadline = Instant::now() + self.patience() / 2;
        let producer = self.producer()?;
        self.deliveries.0.outstanding.fetch_add(1, Ordering::AcqRel);
        loop {
            match producer.send(record) {
                Ok(()) => break,
                // The queue is full: the broker is slower than we are. The reader pauses meanwhile.
                Err((KafkaError::MessageProduction(Code::QueueFull), back)) if Instant::now() < deadline => {
                    record = back;
                    std::thread::sleep(Duration::from_millis(2));
                }
                Err((error, _)) => {
                    self.deliveries.0.outstanding.fetch_sub(1, Ordering::AcqRel);
                    return Err(match error {
                        KafkaError::MessageProduction(Code::MessageSizeTooLarge) => SinkError::TooLarge(place),
                        error => SinkError::Aborted(format!("a record could not be sent: {error}")),
                    });
                }
            }
        }
        if self.careful {
            self.settle()?;
        }
        Ok(())
    }

    fn commit(&mut self, offsets: &[(i32, i64)]) -> Result<(), SinkError> {
        self.begin()?;
        let list = self.list(offsets)?;
        if sabotage::on(Bug::OffsetsFirst) {
            let _ = self.commit_offsets(&list);
        }
        self.settle()?;
        if self.exactly_once() {
            self.commit_transaction(&list)?;
        } else {
            self.commit_offsets(&list)?;
        }
        self.places.clear();
        self.open = None;
        self.careful = false;
        Ok(())
    }

    fn abort(&mut self) -> Result<(), SinkError> {
        if self.exactly_once() && self.open.is_some() {
            self.producer()?.purge(PurgeConfig::default().queue());
            if let Err(error) = self.call(self.patience(), |producer, most| producer.abort_transaction(most))? {
                return Err(self.judge_abort(error));
            }
        }
        // Records of the batch that are still under way (at least once) report before the next batch counts.
        if !self.deliveries.settle(self.patience()) {
            return Err(self.reset("records of an aborted batch are still under way".to_owned()));
        }
        self.deliveries.failures().clear();
        self.places.clear();
        self.open = None;
        Ok(())
    }

    fn recover(&mut self) -> Result<bool, SinkError> {
        if self.ready {
            return Ok(true);
        }
        // A call that ran out of time is taken up again by the next; the consumer must be polled in between.
        let most = self.patience().min(Duration::from_secs(5));
        let answer = match self.call(most, |producer, most| producer.init_transactions(most)) {
            Err(SinkError::Unknown(reason)) => {
                tracing::warn!(reason, "the transaction coordinator is not there yet");
                return Ok(false);
            }
            answer => answer?,
        };
        match answer {
            Ok(()) => self.ready = true,
            Err(KafkaError::Transaction(error)) if error.is_retriable() => {
                tracing::warn!(%error, "the transaction coordinator is not there yet");
            }
            Err(error) => return Err(SinkError::Broken(format!("transactions cannot be used: {error}"))),
        }
        Ok(self.ready)
    }

    fn close(&mut self) {
        let Some(producer) = self.producer.take() else { return };
        producer.purge(PurgeConfig::default().queue().inflight());
        let most = self.patience().min(Duration::from_secs(5));
        if self.exactly_once() && self.open.take().is_some() {
            let error = match producer.call(most + OVERDUE, move |producer| producer.abort_transaction(most)) {
                Some(Ok(())) => None,
                Some(Err(error)) => Some(error.to_string()),
                None => Some("the call does not come back".to_owned()),
            };
            if let Some(error) = error {
                tracing::warn!(error, "the open transaction could not be aborted; the broker aborts it in time");
            }
        }
        producer.end(most);
    }
}
