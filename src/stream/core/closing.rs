//! The end of a batch: committed, or failed, and then the place from which to read again.

use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

use super::super::batch::Batch;
use super::super::sink::{Sink, SinkError};
use super::{Core, Stop};
use crate::ops::telemetry;

/// Batches that may fail in a row.
const MOST_FAILURES: u32 = 30;

/// From where to read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewind {
    /// For each partition, where its last committed batch ended as far as this worker knows.
    pub positions: Vec<(i32, i64)>,
    /// The broker may know better: the outcome of a batch is unknown, so its committed offsets count, and `positions` only where it has none.
    pub ask_broker: bool,
}

impl<S: Sink> Core<S> {
    /// Commits what was sent, be it time or not.
    ///
    /// # Errors
    /// Where the service cannot go on.
    pub fn commit(&mut self) -> Result<(), Stop> {
        let offsets = self.ledger.offsets();
        if offsets.is_empty() {
            return Ok(());
        }
        let started = self.batch.close();
        match self.sink.commit(&offsets) {
            Ok(()) => {
                let read = self.ledger.committed();
                if let Some(state) = &mut self.state {
                    state.commit()?;
                    telemetry::remembered(state.articles());
                }
                self.failures = 0;
                self.commits += 1;
                // What was too large is behind us.
                self.too_large.retain(|(partition, offset), _| offsets.iter().all(|(p, next)| p != partition || offset >= next));
                let mut batch = std::mem::take(&mut self.batch);
                batch.counts.read = read as u64;
                self.totals.add(&batch.counts);
                batch.committed(started.elapsed(), self.traces.as_ref());
                Ok(())
            }
            Err(error) => self.fail(error),
        }
    }

    /// Voids the batch; reading starts again where the last one ended.
    pub(super) fn fail(&mut self, error: SinkError) -> Result<(), Stop> {
        let mut error = error;
        if let SinkError::TooLarge(place) = error {
            let tries = self.too_large.entry(place).or_default();
            *tries += 1;
            if *tries > 3 {
                return Err(Stop::Broken(format!("not even an empty dead letter for {place:?} fits into its topic")));
            }
        }
        if matches!(error, SinkError::TooLarge(_) | SinkError::Aborted(_))
            && let Err(worse) = self.sink.abort()
        {
            error = worse;
        }
        let ask_broker = match &error {
            SinkError::Fenced(reason) => return Err(Stop::Fenced(reason.clone())),
            SinkError::Broken(reason) => return Err(Stop::Broken(reason.clone())),
            SinkError::Unknown(reason) => {
                telemetry::producer_reset(reason);
                true
            }
            SinkError::TooLarge(_) | SinkError::Aborted(_) => {
                telemetry::aborted(&error.to_string());
                false
            }
        };
        if let Some(state) = &mut self.state {
            state.abort()?;
        }
        self.failures += 1;
        if self.failures > MOST_FAILURES {
            return Err(Stop::Broken(format!("{MOST_FAILURES} batches in a row failed; the last: {error}")));
        }
        if self.failures > 1 && !matches!(error, SinkError::TooLarge(_)) {
            thread::sleep(Duration::from_millis(50 << self.failures.min(6)));
        }
        // A rewind that was not carried out yet still says where reading must start.
        let mut positions: BTreeMap<i32, i64> = self.ledger.rewind().into_iter().collect();
        let earlier = self.rewind.take();
        let ask_broker = ask_broker || earlier.as_ref().is_some_and(|earlier| earlier.ask_broker);
        for (partition, offset) in earlier.into_iter().flat_map(|earlier| earlier.positions) {
            let known = positions.entry(partition).or_insert(offset);
            *known = offset.min(*known);
        }
        self.rewind = Some(Rewind { positions: positions.into_iter().collect(), ask_broker });
        self.breaker.forget();
        self.void();
        Ok(())
    }

    /// Nothing that was read counts any more.
    pub(super) fn void(&mut self) {
        self.epoch += 1;
        self.pool.void_before(self.epoch);
        self.pending.clear();
        self.pending_bytes = 0;
        self.batch = Batch::default();
    }

    /// Whether a batch failed and reading has not gone back yet. What is read meanwhile comes again.
    pub fn rewinding(&self) -> bool {
        self.rewind.is_some()
    }

    /// From where to read again, if a batch failed; not before the sink has recovered, because until then nobody knows.
    ///
    /// # Errors
    /// Where the service cannot go on.
    pub fn take_rewind(&mut self) -> Result<Option<Rewind>, Stop> {
        if self.rewind.is_none() {
            return Ok(None);
        }
        match self.sink.recover() {
            Ok(true) => Ok(self.rewind.take()),
            Ok(false) => Ok(None),
            Err(SinkError::Fenced(reason)) => Err(Stop::Fenced(reason)),
            Err(error) => Err(Stop::Broken(error.to_string())),
        }
    }

    /// Going back did not succeed; it is to be tried again.
    pub fn put_back(&mut self, rewind: Rewind) {
        self.rewind = Some(rewind);
    }
}
