//! [`Core`]: the service without its consumer. Takes records as they are read, has them coded, sends what they gave in order, commits in
//! batches, and after a batch that failed says from where to read again.
//!
//! Promises, whatever the sink does: what an article gave is sent after what the articles before it in its partition gave; a committed
//! offset is never ahead of what was sent in the same batch; a batch that did not commit is read again from where the last one ended.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::batch::Batch;
use super::breaker::Breaker;
use super::ledger::Ledger;
use super::pool::{Finished, Pool};
use super::sink::{Place, Sink, SinkError};
use super::state::{Entry, State};
pub use super::stop::Stop;
use crate::config::Retractions;
use crate::ops::otlp::Exporter;
use crate::ops::telemetry::{self, Counts};
use crate::record::Record;

mod closing;
mod giving;

pub use closing::Rewind;

#[derive(Clone, Debug)]
pub struct Settings {
    pub commit_interval: Duration,
    pub commit_records: usize,
    pub in_flight_records: usize,
    pub in_flight_bytes: usize,
    pub record_bytes: usize,
    pub retractions: Retractions,
    /// Name of the replay of dead letters that this is: what is rejected gets a note, not another letter.
    pub replay: Option<String>,
    pub rejection_share: f64,
    pub rejection_window: usize,
}

pub struct Core<S> {
    sink: S,
    pool: Pool,
    settings: Settings,
    /// `None` where nothing is remembered: every article is then the first version of an original.
    state: Option<State>,
    /// Where spans go; `None` for nowhere.
    traces: Option<Exporter>,
    ledger: Ledger<Box<Finished>>,
    /// Read, and not yet handed to the coders.
    pending: Vec<Record>,
    /// Their bytes.
    pending_bytes: usize,
    epoch: u64,
    /// Articles whose outcome did not fit into a record, and how often.
    too_large: BTreeMap<Place, usize>,
    batch: Batch,
    /// Of all batches that were committed.
    totals: Counts,
    breaker: Breaker,
    rewind: Option<Rewind>,
    /// Where reading went back to last, by partition.
    resumed: BTreeMap<i32, i64>,
    failures: u32,
    commits: u64,
}

/// Bytes of articles handed over together at most.
const PORTION: usize = 256 << 10;
/// Outcomes sent between two looks at the clock.
const LOOK: usize = 32;

impl<S: Sink> Core<S> {
    pub fn new(sink: S, pool: Pool, settings: Settings) -> Self {
        let breaker = Breaker::new(settings.rejection_share, settings.rejection_window);
        Self {
            sink,
            pool,
            settings,
            state: None,
            traces: None,
            breaker,
            ledger: Ledger::default(),
            pending: Vec::new(),
            pending_bytes: 0,
            epoch: 0,
            too_large: BTreeMap::new(),
            batch: Batch::default(),
            totals: Counts::default(),
            rewind: None,
            resumed: BTreeMap::new(),
            failures: 0,
            commits: 0,
        }
    }

    /// The same, with a memory of earlier articles.
    pub fn with_state(self, state: Option<State>) -> Self {
        Self { state, ..self }
    }

    /// The same, with spans for a collector.
    pub fn with_traces(self, traces: Option<Exporter>) -> Self {
        Self { traces, ..self }
    }

    /// Takes what was read from the state topic.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn learn(&mut self, entries: Vec<Entry>) -> Result<(), Stop> {
        match &mut self.state {
            Some(state) if !entries.is_empty() => Ok(state.learn(entries)?),
            _ => Ok(()),
        }
    }

    /// Takes a record that was read.
    pub fn accept(&mut self, record: Record) {
        // A batch failed inside a rebalance, and reading has not gone back yet: this record comes again, after those before it.
        if let Some(rewind) = &mut self.rewind {
            if rewind.positions.iter().all(|(partition, _)| *partition != record.partition) {
                rewind.positions.push((record.partition, record.offset));
            }
            return;
        }
        let size = record.size();
        if self.ledger.read(record.partition, record.offset, size) {
            self.pending.push(record);
            self.pending_bytes += size;
            if self.pending.len() >= self.pool.portion() || self.pending_bytes >= PORTION {
                self.hand_over();
            }
        }
    }

    /// Gives the coders what was read. A hand-over wakes a thread, so articles that are coded quickly share one.
    fn hand_over(&mut self) {
        if !self.pending.is_empty() {
            self.pending_bytes = 0;
            let portion = std::mem::replace(&mut self.pending, Vec::with_capacity(self.pool.portion()));
            let finished = self.pool.submit(self.epoch, portion);
            self.note(finished);
        }
    }

    /// Takes outcomes down in the ledger.
    #[expect(clippy::vec_box, reason = "outcomes go from hand to hand one by one, and are large")]
    fn note(&mut self, portion: Vec<Box<Finished>>) {
        for finished in portion.into_iter().filter(|finished| finished.epoch == self.epoch) {
            let (partition, offset) = (finished.record.partition, finished.record.offset);
            self.ledger.done(partition, offset, finished);
        }
    }

    /// Whether reading should pause.
    pub fn full(&self) -> bool {
        self.rewinding()
            || self.ledger.waiting() >= self.settings.in_flight_records
            || self.ledger.bytes() >= self.settings.in_flight_bytes
    }

    /// Whether reading may go on after a pause.
    pub fn roomy(&self) -> bool {
        !self.rewinding()
            && self.ledger.waiting() <= self.settings.in_flight_records / 2
            && self.ledger.bytes() <= self.settings.in_flight_bytes / 2
    }

    /// Whether anything is in flight.
    pub fn idle(&self) -> bool {
        self.ledger.records() == 0
    }

    /// Takes outcomes that are there, waiting up to `wait` for the first, sends what may leave, and commits when it is time.
    ///
    /// # Errors
    /// Where the service cannot go on.
    pub fn pump(&mut self, wait: Duration) -> Result<(), Stop> {
        self.hand_over();
        // While what was sent is under way, the coders go on; only what they give has to wait.
        self.collect(if self.due() { Duration::ZERO } else { wait })?;
        if self.due() {
            self.batch.close();
            match self.sink.settled(wait) {
                Ok(false) => {}
                Ok(true) => self.commit()?,
                Err(error) => self.fail(error)?,
            }
        }
        telemetry::in_flight(self.ledger.records(), self.ledger.bytes(), self.pool.queued());
        Ok(())
    }

    fn due(&self) -> bool {
        self.batch.sent() >= self.settings.commit_records || self.batch.is_older_than(self.settings.commit_interval)
    }

    /// Finishes and commits all that is in flight. `false` where `deadline` came first: what is left will be read again.
    ///
    /// # Errors
    /// Where the service cannot go on.
    pub fn drain(&mut self, deadline: Instant) -> Result<bool, Stop> {
        while self.ledger.waiting() > 0 && self.rewind.is_none() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            self.pump(left.min(Duration::from_millis(50)))?;
        }
        self.commit()?;
        if let Err(error) = self.sink.confirm() {
            self.fail(error)?;
        }
        Ok(self.ledger.records() == 0 && !self.rewinding())
    }

    /// These partitions go to another worker: finishes what can be finished before `deadline`, commits, forgets the rest.
    ///
    /// # Errors
    /// Where the service cannot go on.
    pub fn revoke(&mut self, partitions: &[i32], deadline: Instant) -> Result<(), Stop> {
        self.drain(deadline)?;
        self.forget(partitions);
        Ok(())
    }

    /// These partitions went to another worker already: what is in flight must not be committed.
    ///
    /// # Errors
    /// Where the service cannot go on.
    pub fn lose(&mut self, partitions: &[i32]) -> Result<(), Stop> {
        self.fail(SinkError::Aborted("partitions were lost to another worker".to_owned()))?;
        self.forget(partitions);
        Ok(())
    }

    fn forget(&mut self, partitions: &[i32]) {
        partitions.iter().for_each(|partition| self.ledger.forget(*partition));
        self.resumed.retain(|partition, _| !partitions.contains(partition));
        self.pending.retain(|record| !partitions.contains(&record.partition));
        if let Some(rewind) = &mut self.rewind {
            rewind.positions.retain(|(partition, _)| !partitions.contains(partition));
        }
    }

    /// Voids what is in flight, for good: nothing of it may be committed while the consumer leaves its group. Downstream need not wait
    /// for the open transaction to time out.
    pub fn abandon(&mut self) {
        self.void();
        self.ledger.rewind();
        self.sink.close();
    }

    /// What comes after the last committed article of a partition, if one of it was read. After a batch that failed it is where reading goes
    /// back to: what was read beyond that waits again.
    pub fn position(&self, partition: i32) -> Option<i64> {
        let back = self.rewind.as_ref().and_then(|rewind| rewind.positions.iter().find(|(back, _)| *back == partition));
        let back = back.map(|(_, offset)| *offset).or_else(|| self.resumed.get(&partition).copied());
        self.ledger.restart(partition).or(back)
    }

    /// Reading of a partition has gone back to this offset.
    pub fn resumed(&mut self, partition: i32, offset: i64) {
        self.resumed.insert(partition, offset);
    }

    /// Batches committed so far.
    pub fn commits(&self) -> u64 {
        self.commits
    }

    /// What became of all articles committed so far.
    pub fn totals(&self) -> &Counts {
        &self.totals
    }

    fn collect(&mut self, wait: Duration) -> Result<(), Stop> {
        let mut next = self.pool.finished(wait);
        while let Some(portion) = next {
            self.note(portion);
            next = self.pool.finished(Duration::ZERO);
        }
        // Not at each of them: to look at the clock costs as much as to take one.
        while !self.due() {
            for _ in 0..LOOK {
                let Some((partition, offset, finished)) = self.ledger.take() else { return Ok(()) };
                if let Err(error) = self.send((partition, offset), *finished)? {
                    return self.fail(error);
                }
                if self.batch.sent() >= self.settings.commit_records {
                    break;
                }
            }
        }
        Ok(())
    }

    #[cfg(test)]
    pub fn sink(&mut self) -> &mut S {
        &mut self.sink
    }
}

#[cfg(test)]
#[path = "core_tests.rs"]
mod tests;
