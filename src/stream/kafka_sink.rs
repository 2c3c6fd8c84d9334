//! [`KafkaSink`]: batches as Kafka transactions, or, for at-least-once, as acknowledged records followed by an offset commit.
//!
//! Every delivery of a batch is awaited before the transaction commits: librdkafka's own flush waits in steps of 100 ms. At least once, nobody
//! stands still for the offsets, which a broker takes its time with: the next batch is sent meanwhile, and its own offsets wait for them.
//!
//! An error after which nobody knows whether the transaction committed makes the sink drop its producer and start another with the same
//! transactional id, which settles the old one; librdkafka has no transactions v2 (KIP-890), and a late answer to the old one must not meet
//! a new one.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock, Weak};
use std::time::{Duration, Instant};

use rdkafka::TopicPartitionList;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::producer::{Producer, PurgeConfig};
use rdkafka::{Offset, types::RDKafkaErrorCode as Code};

use super::bounded::{Answer, Bounded};
use super::client;
use super::outbox::{Outbox, Transactor, Undelivered};
use super::outgoing::Outgoing;
use super::sabotage::{self, Bug};
use super::sink::{Place, Sink, SinkError};
use crate::config::{Config, Delivery};

/// The consumer whose offsets the sink commits. Set once the consumer exists; weak, because the consumer's callbacks own the sink.
pub type ConsumerSlot<C> = Arc<OnceLock<Weak<BaseConsumer<C>>>>;

/// Time for finding the group's coordinator and adding the offsets to the transaction: what takes longer is sooner done anew.
const OFFSETS: Duration = Duration::from_secs(5);
/// A call that is over its own time by this much does not come back.
const OVERDUE: Duration = Duration::from_secs(1);

pub struct KafkaSink<C: ConsumerContext + 'static> {
    config: Arc<Config>,
    consumer: ConsumerSlot<C>,
    outbox: Option<Outbox>,
    /// Whether whoever had this transactional id before is fenced. Until then nothing is sent.
    ready: bool,
    /// Since when a batch is open.
    open: Option<Instant>,
    /// Since when the open batch is complete.
    settling: Option<Instant>,
    /// At least once: what becomes of the offsets of the batch before.
    offsets: Option<Answer<KafkaResult<()>>>,
    /// Await each record alone until the next commit. A broker that finds a record too large refuses all that travelled with it; sent alone,
    /// the one that is too large is known.
    careful: bool,
    /// What is to stand beside the committed offset of a partition.
    notes: BTreeMap<i32, String>,
}

impl<C: ConsumerContext + 'static> KafkaSink<C> {
    /// Connects; with exactly-once, fences whoever had this transactional id before.
    ///
    /// # Errors
    /// Where no producer can be made, or the transaction coordinator cannot be reached in time.
    pub fn new(config: Arc<Config>, consumer: ConsumerSlot<C>) -> Result<Self, SinkError> {
        let mut sink = Self {
            config,
            consumer,
            outbox: None,
            ready: false,
            open: None,
            settling: None,
            offsets: None,
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
        (self.open, self.settling, self.offsets) = (None, None, None);
        let broken = |error: KafkaError| SinkError::Broken(format!("no producer could be made: {error}"));
        self.outbox = Some(Outbox::new(&client::producer(&self.config)).map_err(broken)?);
        self.ready = !self.exactly_once();
        Ok(())
    }

    /// Drops the producer and makes another. The error says that it was needed, and why.
    fn reset(&mut self, reason: String) -> SinkError {
        if let Some(outbox) = self.outbox.take() {
            outbox.producer().purge(PurgeConfig::default().queue().inflight());
        }
        match self.start() {
            Ok(()) => SinkError::Unknown(reason),
            Err(error) => error,
        }
    }

    fn outbox(&mut self) -> Result<(&mut Outbox, &Config), SinkError> {
        let outbox = self.outbox.as_mut().ok_or_else(|| SinkError::Broken("there is no producer".to_owned()))?;
        Ok((outbox, &self.config))
    }

    fn producer(&mut self) -> Result<&Bounded<Transactor>, SinkError> {
        Ok(self.outbox()?.0.producer())
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
        self.outbox.as_ref()?.producer().client().fatal_error().map(|(code, _)| code)
    }

    /// The first failed delivery, if any.
    fn failure(&mut self) -> Option<SinkError> {
        let failures = self.outbox.as_ref()?.failures();
        let too_large = failures.iter().find(|failed| failed.error.rdkafka_error_code() == Some(Code::MessageSizeTooLarge));
        if let Some(failed) = too_large {
            if self.careful {
                return Some(SinkError::TooLarge(failed.place));
            }
            self.careful = true;
            return Some(SinkError::Aborted(
                "a record is too large for its topic; sending them one by one to find it".to_owned(),
            ));
        }
        let Undelivered { place, error } = failures.into_iter().next()?;
        let reason = format!("what the article at partition {}, offset {} gave was not delivered: {error}", place.0, place.1);
        Some(if self.fatal().is_some() { self.judge(&reason, error) } else { SinkError::Aborted(reason) })
    }

    /// Sends the rest and waits until all is acknowledged.
    fn settle(&mut self) -> Result<(), SinkError> {
        let patience = self.patience();
        let (outbox, config) = self.outbox()?;
        if !outbox.flush(&config.topics, patience).map_err(unsent)? {
            return Err(self.late());
        }
        self.failure().map_or(Ok(()), Err)
    }

    fn late(&mut self) -> SinkError {
        self.reset("the broker did not acknowledge all records in time".to_owned())
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

    fn commit_transaction(&mut self, list: TopicPartitionList) -> Result<(), SinkError> {
        let consumer = self.consumer()?;
        let Some(group) = consumer.group_metadata() else {
            return Err(SinkError::Aborted("the consumer is not in its group".to_owned()));
        };
        // In this order: metadata of after a loss may name no member at all, and the broker would take that for a client without a group.
        if consumer.assignment_lost() {
            return Err(SinkError::Aborted("the partitions were lost to another worker".to_owned()));
        }
        let group = sabotage::group(group);
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

    /// Starts to commit offsets; [`Sink::confirm`] tells what became of them.
    fn commit_offsets(&mut self, list: TopicPartitionList) -> Result<(), SinkError> {
        let consumer = self.consumer()?;
        self.offsets = Some(self.producer()?.start(move |_| consumer.commit(&list, CommitMode::Sync)));
        Ok(())
    }
}

/// What a record that did not leave means for the batch.
fn unsent(failed: Undelivered) -> SinkError {
    match failed.error {
        KafkaError::MessageProduction(Code::MessageSizeTooLarge) => SinkError::TooLarge(failed.place),
        error => SinkError::Aborted(format!("a record could not be sent: {error}")),
    }
}

impl<C: ConsumerContext + 'static> Sink for KafkaSink<C> {
    fn send(&mut self, outgoing: Outgoing, place: Place) -> Result<(), SinkError> {
        self.begin()?;
        let patience = self.patience() / 2;
        let (outbox, config) = self.outbox()?;
        outbox.push(outgoing, place, &config.topics, patience).map_err(unsent)?;
        if self.careful { self.settle() } else { Ok(()) }
    }

    fn settled(&mut self, wait: Duration) -> Result<bool, SinkError> {
        if sabotage::on(Bug::OffsetsFirst) {
            return Ok(true);
        }
        let patience = self.patience();
        let since = *self.settling.get_or_insert_with(Instant::now);
        let (outbox, config) = self.outbox()?;
        if outbox.settled(&config.topics, wait, patience).map_err(unsent)? {
            return Ok(true);
        }
        if since.elapsed() > patience { Err(self.late()) } else { Ok(false) }
    }

    fn commit(&mut self, offsets: &[(i32, i64)]) -> Result<(), SinkError> {
        self.begin()?;
        let list = self.list(offsets)?;
        if sabotage::on(Bug::OffsetsFirst) {
            let _ = self.commit_offsets(list.clone()).and_then(|()| self.confirm());
        }
        self.settle()?;
        if self.exactly_once() {
            self.commit_transaction(list)?;
        } else {
            self.confirm()?;
            self.commit_offsets(list)?;
        }
        self.outbox()?.0.clear();
        (self.open, self.settling) = (None, None);
        self.careful = false;
        Ok(())
    }

    fn confirm(&mut self) -> Result<(), SinkError> {
        let Some(offsets) = self.offsets.take() else { return Ok(()) };
        match offsets.within(self.patience() + OVERDUE) {
            Some(Ok(())) => Ok(()),
            Some(Err(error)) => Err(SinkError::Aborted(format!("the offsets could not be committed: {error}"))),
            None => Err(self.reset("the call that commits offsets does not come back".to_owned())),
        }
    }

    fn abort(&mut self) -> Result<(), SinkError> {
        let patience = self.patience();
        self.outbox()?.0.discard();
        if self.exactly_once() && self.open.is_some() {
            self.producer()?.purge(PurgeConfig::default().queue());
            if let Err(error) = self.call(patience, |producer, most| producer.abort_transaction(most))? {
                return Err(self.judge_abort(error));
            }
        }
        // Records of the batch that are still under way (at least once) report before the next batch counts.
        if !self.outbox()?.0.settle(patience) {
            return Err(self.reset("records of an aborted batch are still under way".to_owned()));
        }
        let (outbox, _) = self.outbox()?;
        outbox.failures();
        outbox.clear();
        (self.open, self.settling) = (None, None);
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
        let Some(outbox) = self.outbox.take() else { return };
        let producer = outbox.into_producer();
        producer.purge(PurgeConfig::default().queue().inflight());
        let most = self.patience().min(Duration::from_secs(5));
        if let Some(offsets) = self.offsets.take() {
            // Whatever became of them, there is nothing left to do.
            let _ = offsets.within(most);
        }
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
