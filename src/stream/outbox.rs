//! [`Outbox`]: the records of the open batch on their way to the broker, and what became of them.
//!
//! With idempotence librdkafka has one request of a partition under way, and where another is ready meanwhile, its thread spins until the
//! answer comes, which costs more than all else about a record. So no more is handed to it than one request and the greater part of the
//! next, which is not ready before `linger.ms` is over or more comes; the rest gathers here. When a batch is to be committed, what the
//! library still holds back is asked for.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::message::Message;
use rdkafka::producer::{BaseRecord, DeliveryResult, Producer, ProducerContext, ThreadedProducer};
use rdkafka::types::RDKafkaErrorCode as Code;
use rdkafka::{ClientConfig, ClientContext};

use super::bounded::Bounded;
use super::outgoing::{Outgoing, Topic};
use super::sabotage::{self, Bug};
use super::sink::Place;
use crate::config::Topics;

/// Bytes that may be handed on and not acknowledged: less than two requests of the library's `batch.size`.
const UNDER_WAY: usize = 1_900_000;
/// Bytes that may gather meanwhile before whoever sends has to wait.
const GATHERED: usize = 1 << 20;
/// For so long the library is asked for what it holds back; its thread wakes within that time.
const NUDGE: Duration = Duration::from_micros(100);
/// And so often.
const NUDGES: Duration = Duration::from_millis(2);

/// What sends, and is asked for transactions.
pub type Transactor = ThreadedProducer<Deliveries>;

pub struct Outbox {
    producer: Bounded<Transactor>,
    deliveries: Deliveries,
    gathered: VecDeque<Outgoing>,
    gathered_bytes: usize,
    nudged: Option<Instant>,
    /// Place of every record of the open batch, by the number its delivery report carries.
    places: Vec<Place>,
}

/// A record that did not leave, or was not delivered.
pub struct Undelivered {
    pub place: Place,
    pub error: KafkaError,
}

impl Outbox {
    /// # Errors
    /// Where no producer can be made.
    pub fn new(properties: &ClientConfig) -> KafkaResult<Self> {
        let deliveries = Deliveries::default();
        let producer = Bounded::new(properties.create_with_context(deliveries.clone())?);
        Ok(Self { producer, deliveries, gathered: VecDeque::new(), gathered_bytes: 0, nudged: None, places: Vec::new() })
    }

    pub fn producer(&self) -> &Bounded<Transactor> {
        &self.producer
    }

    pub fn into_producer(self) -> Bounded<Transactor> {
        self.producer
    }

    /// Takes a record. Waits where the broker is slower than we are; the reader pauses meanwhile.
    ///
    /// # Errors
    /// One that did not leave, this or an earlier one.
    pub fn push(&mut self, outgoing: Outgoing, place: Place, topics: &Topics, patience: Duration) -> Result<(), Undelivered> {
        self.gathered_bytes += outgoing.size();
        self.gathered.push_back(outgoing);
        self.places.push(place);
        self.hand_on(topics, patience)?;
        if self.gathered_bytes <= GATHERED {
            return Ok(());
        }
        let deadline = Instant::now() + patience;
        while self.gathered_bytes > GATHERED {
            if !self.wait(UNDER_WAY, deadline) {
                return Err(Undelivered { place, error: KafkaError::MessageProduction(Code::QueueFull) });
            }
            self.hand_on(topics, patience)?;
        }
        Ok(())
    }

    /// Sends what is gathered and waits until all is acknowledged or failed; `false` where that took too long.
    ///
    /// # Errors
    /// One that did not leave.
    pub fn flush(&mut self, topics: &Topics, patience: Duration) -> Result<bool, Undelivered> {
        let deadline = Instant::now() + patience;
        self.hand_on(topics, patience)?;
        while !self.gathered.is_empty() {
            if !self.wait(UNDER_WAY, deadline) {
                return Ok(false);
            }
            self.hand_on(topics, patience)?;
        }
        Ok(self.wait(0, deadline))
    }

    /// Whether all has arrived that was pushed, or some of it never will; hands on what may be, and waits up to `wait`.
    ///
    /// # Errors
    /// One that did not leave.
    pub fn settled(&mut self, topics: &Topics, wait: Duration, patience: Duration) -> Result<bool, Undelivered> {
        self.hand_on(topics, patience)?;
        if self.gathered.is_empty() {
            self.nudge(0);
            self.deliveries.settle(0, wait);
        } else {
            self.deliveries.settle(UNDER_WAY, wait);
        }
        Ok((self.gathered.is_empty() && self.deliveries.under_way() == 0) || !self.deliveries.failures().is_empty())
    }

    /// Hands on what may be.
    fn hand_on(&mut self, topics: &Topics, patience: Duration) -> Result<(), Undelivered> {
        while self.deliveries.under_way() <= UNDER_WAY
            && let Some(outgoing) = self.gathered.pop_front()
        {
            self.gathered_bytes -= outgoing.size();
            let number = self.places.len() - self.gathered.len() - 1;
            self.send(outgoing, number, topics, patience)?;
        }
        Ok(())
    }

    /// Waits until no more than `most` bytes are under way; `false` where that took too long.
    fn wait(&mut self, most: usize, deadline: Instant) -> bool {
        while self.deliveries.under_way() > most {
            self.nudge(most);
            if !self.deliveries.settle(most, NUDGES) && Instant::now() > deadline {
                return false;
            }
        }
        true
    }

    /// Asks the library for what it holds back, unless no more than `most` bytes are under way.
    fn nudge(&mut self, most: usize) {
        if self.nudged.is_some_and(|nudged| nudged.elapsed() < NUDGES) {
            return;
        }
        // The library does not wait for `linger.ms` while somebody is in this call, which rdkafka leaves at once.
        let nudged = Instant::now();
        self.nudged = Some(nudged);
        while nudged.elapsed() < NUDGE && self.deliveries.under_way() > most {
            // That something is left is what it complains of.
            let _ = self.producer.flush(Duration::ZERO);
        }
    }

    fn send(&self, outgoing: Outgoing, number: usize, topics: &Topics, patience: Duration) -> Result<(), Undelivered> {
        let topic = match outgoing.topic {
            Topic::Events => &topics.events,
            Topic::Dead => &topics.dead,
            Topic::State => &topics.state,
        };
        let mut record: BaseRecord<'_, [u8], [u8], usize> = BaseRecord::with_opaque_to(topic, number);
        if let Some(headers) = outgoing.headers.into_headers() {
            record = record.headers(headers);
        }
        if let Some(key) = &outgoing.key {
            record = record.key(key);
        }
        if let Some(payload) = &outgoing.payload {
            record = record.payload(payload);
        }
        if let Some(timestamp) = outgoing.timestamp_ms {
            record = record.timestamp(timestamp);
        }
        let weight = weight(outgoing.key.as_deref(), outgoing.payload.as_deref());
        self.deliveries.0.under_way.fetch_add(weight, Ordering::AcqRel);
        let mut refused = None;
        loop {
            match self.producer.send(record) {
                Ok(()) => return Ok(()),
                Err((KafkaError::MessageProduction(Code::QueueFull), back))
                    if refused.get_or_insert_with(Instant::now).elapsed() < patience =>
                {
                    record = back;
                    std::thread::sleep(Duration::from_millis(2));
                }
                Err((error, _)) => {
                    self.deliveries.0.under_way.fetch_sub(weight, Ordering::AcqRel);
                    return Err(Undelivered { place: self.places.get(number).copied().unwrap_or_default(), error });
                }
            }
        }
    }

    /// Takes back what has not left yet.
    pub fn discard(&mut self) {
        self.gathered.clear();
        self.gathered_bytes = 0;
    }

    /// Waits until nothing is under way; `false` where that took longer than `patience`.
    pub fn settle(&self, patience: Duration) -> bool {
        self.deliveries.settle(0, patience)
    }

    /// What was not delivered since the last call, in the order in which it failed.
    pub fn failures(&self) -> Vec<Undelivered> {
        let failures = std::mem::take(&mut *self.deliveries.failures());
        let place = |number: usize| self.places.get(number).copied().unwrap_or_default();
        failures.into_iter().map(|(number, error)| Undelivered { place: place(number), error }).collect()
    }

    /// The batch is over.
    pub fn clear(&mut self) {
        self.places.clear();
    }
}

/// What a record counts while it is under way. Never nothing.
fn weight(key: Option<&[u8]>, payload: Option<&[u8]>) -> usize {
    1 + key.map_or(0, <[u8]>::len) + payload.map_or(0, <[u8]>::len)
}

/// Delivery reports of the open batch.
#[derive(Clone, Default)]
pub struct Deliveries(Arc<Reports>);

#[derive(Default)]
struct Reports {
    under_way: AtomicUsize,
    failures: Mutex<Vec<(usize, KafkaError)>>,
    settled: Condvar,
}

impl Deliveries {
    fn failures(&self) -> MutexGuard<'_, Vec<(usize, KafkaError)>> {
        self.0.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn under_way(&self) -> usize {
        self.0.under_way.load(Ordering::Acquire)
    }

    /// Waits until no more than `most` bytes are under way; `false` where that took too long.
    fn settle(&self, most: usize, patience: Duration) -> bool {
        let deadline = Instant::now() + patience;
        let mut failures = self.failures();
        while self.under_way() > most {
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
    type DeliveryOpaque = usize;

    fn delivery(&self, result: &DeliveryResult<'_>, number: usize) {
        let message = match result {
            Ok(message) => message,
            Err((error, message)) => {
                if !sabotage::on(Bug::SwallowedDelivery) {
                    self.failures().push((number, error.clone()));
                }
                message
            }
        };
        let weight = weight(message.key(), message.payload());
        let before = self.0.under_way.fetch_sub(weight, Ordering::AcqRel);
        let left = before - weight;
        if left == 0 || (before > UNDER_WAY && left <= UNDER_WAY) {
            // Taking the lock orders this after a waiter's last look.
            drop(self.failures());
            self.0.settled.notify_all();
        }
    }
}
