//! [`Core`]: the service without its consumer. Takes records as they are read, has them coded, sends what they gave in order, commits in
//! batches, and after a batch that failed says from where to read again.
//!
//! Promises, whatever the sink does: what an article gave is sent after what the articles before it in its partition gave; a committed
//! offset is never ahead of what was sent in the same batch; a batch that did not commit is read again from where the last one ended.

use std::collections::{BTreeMap, VecDeque};
use std::thread;
use std::time::{Duration, Instant};

use super::ledger::Ledger;
use super::letters::{self, Became};
use super::outgoing::{self, Outgoing, Room};
use super::pool::{Finished, Pool};
use super::sink::{Place, Sink, SinkError};
use super::state::verdict::Verdict;
use super::state::{Entry, State, StoreError};
use crate::config::Retractions;
use crate::event::Event;
use crate::ops::otlp::{Exporter, Span};
use crate::ops::telemetry::{self, Counts};
use crate::ops::trace::Trace;
use crate::pipeline::{Coded, Outcome, Passed};
use crate::record::{Reason, Record, Rejection, Stage};

/// Why the service ends.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    #[error(
        "fenced: {0}. Another worker runs with the same group and `service.instance`; give each worker an instance of its own, and do not restart \
         this one before the other is gone"
    )]
    Fenced(String),
    #[error("{0}")]
    Broken(String),
    #[error("{0}. It is made anew at the next start, in `state.folder`: make room there")]
    Store(String),
    #[error(
        "{rejected} of the last {window} articles were rejected, most often as `{reason}`: stopped before more goes to the dead letters. Look at \
         them (`entente.error.message`), mend the producer of the articles, or raise `service.rejection_share`"
    )]
    TooManyRejections { rejected: usize, window: usize, reason: &'static str },
}

#[derive(Clone, Debug)]
pub struct Settings {
    pub commit_interval: Duration,
    pub commit_records: usize,
    pub in_flight_records: usize,
    pub in_flight_bytes: usize,
    pub record_bytes: usize,
    pub min_confidence: f64,
    pub retractions: Retractions,
    /// Name of the replay of dead letters that this is: what is rejected gets a note, not another letter.
    pub replay: Option<String>,
    pub rejection_share: f64,
    pub rejection_window: usize,
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Stop::Store(error.to_string())
    }
}

/// From where to read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewind {
    /// For each partition, where its last committed batch ended as far as this worker knows.
    pub positions: Vec<(i32, i64)>,
    /// The broker may know better: the outcome of a batch is unknown, so its committed offsets count, and `positions` only where it has none.
    pub ask_broker: bool,
}

pub struct Core<S> {
    sink: S,
    pool: Pool,
    settings: Settings,
    /// `None` where nothing is remembered: every article is then the first version of an original.
    state: Option<State>,
    /// Where spans go; `None` for nowhere.
    traces: Option<Exporter>,
    /// Of the open batch.
    spans: Vec<Span>,
    ledger: Ledger<Finished>,
    epoch: u64,
    /// Articles whose outcome did not fit into a record, and how often.
    too_large: BTreeMap<Place, usize>,
    counts: Counts,
    /// Of all batches that were committed.
    totals: Counts,
    timestamps: Vec<i64>,
    /// By the articles' own account, in seconds.
    published: Vec<i64>,
    sent: usize,
    /// When the oldest outcome of the open batch was sent.
    opened: Option<Instant>,
    breaker: Breaker,
    rewind: Option<Rewind>,
    failures: u32,
    commits: u64,
}

/// A dead letter that a broker with default limits takes, headers included.
const SMALL_LETTER: usize = 768 << 10;
/// Batches that may fail in a row.
const MOST_FAILURES: u32 = 30;

impl<S: Sink> Core<S> {
    pub fn new(sink: S, pool: Pool, settings: Settings) -> Self {
        let breaker = Breaker::new(settings.rejection_share, settings.rejection_window);
        Self {
            sink,
            pool,
            settings,
            state: None,
            traces: None,
            spans: Vec::new(),
            breaker,
            ledger: Ledger::default(),
            epoch: 0,
            too_large: BTreeMap::new(),
            counts: Counts::default(),
            totals: Counts::default(),
            timestamps: Vec::new(),
            published: Vec::new(),
            sent: 0,
            opened: None,
            rewind: None,
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

    /// Commits what was sent, before its time.
    ///
    /// # Errors
    /// Where the service cannot go on.
    pub fn flush(&mut self) -> Result<(), Stop> {
        self.commit()
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
        if self.ledger.read(record.partition, record.offset, record.size()) {
            self.pool.submit(self.epoch, record);
        }
    }

    /// Whether reading should pause.
    pub fn full(&self) -> bool {
        self.rewinding()
            || self.ledger.records() >= self.settings.in_flight_records
            || self.ledger.bytes() >= self.settings.in_flight_bytes
    }

    /// Whether reading may go on after a pause.
    pub fn roomy(&self) -> bool {
        !self.rewinding()
            && self.ledger.records() <= self.settings.in_flight_records / 2
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
        self.collect(wait)?;
        if self.due() {
            self.commit()?;
        }
        telemetry::in_flight(self.ledger.records(), self.ledger.bytes(), self.pool.queued());
        Ok(())
    }

    fn due(&self) -> bool {
        self.sent >= self.settings.commit_records
            || self.opened.is_some_and(|opened| opened.elapsed() >= self.settings.commit_interval)
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
        if let Some(rewind) = &mut self.rewind {
            rewind.positions.retain(|(partition, _)| !partitions.contains(partition));
        }
    }

    /// Voids what is in flight, for good: nothing of it may be committed while the consumer leaves its group. Downstream need not wait
    /// for the open transaction to time out.
    pub fn abandon(&mut self) {
        self.epoch += 1;
        self.ledger.rewind();
        self.open_batch();
        self.sink.close();
    }

    /// What comes after the last committed article of a partition, if one of it was read.
    pub fn position(&self, partition: i32) -> Option<i64> {
        self.ledger.restart(partition)
    }

    /// Batches committed so far.
    pub fn commits(&self) -> u64 {
        self.commits
    }

    /// What became of all articles committed so far.
    pub fn totals(&self) -> &Counts {
        &self.totals
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

    fn collect(&mut self, wait: Duration) -> Result<(), Stop> {
        let mut next = self.pool.finished(wait);
        while let Some(finished) = next {
            if finished.epoch == self.epoch {
                let (partition, offset) = (finished.record.partition, finished.record.offset);
                self.ledger.done(partition, offset, finished);
            }
            next = self.pool.finished(Duration::ZERO);
        }
        while !self.due() {
            let Some((partition, offset, finished)) = self.ledger.take() else { break };
            if let Err(error) = self.send((partition, offset), finished)? {
                return self.fail(error);
            }
        }
        Ok(())
    }

    /// Sends what one article gave. The outer error ends the service, the inner one the batch.
    fn send(&mut self, place: Place, finished: Finished) -> Result<Result<(), SinkError>, Stop> {
        let Finished { record, result, started_ns, .. } = finished;
        let (parent, state) = (record.header("traceparent"), record.header("tracestate"));
        let trace = Trace::of(parent, state, self.traces.is_some(), self.traces.as_ref().map_or(0.0, |traces| traces.share));
        self.opened.get_or_insert_with(Instant::now);
        self.sent += 1;
        self.counts.bytes += record.size() as u64;
        self.timestamps.extend(record.timestamp_ms);

        let tries = self.too_large.get(&place).copied().unwrap_or(0);
        let (result, tries) = match result {
            Ok(_) if tries > 0 => {
                let message = "an event of this article is larger than the output topic takes: raise `max.message.bytes` there and `limits.record_bytes` here";
                (Err(Rejection::new(Stage::Publish, Reason::EventTooLarge, message)), tries - 1)
            }
            result => (result, tries),
        };
        let outgoing = match result {
            Ok(outcome) => self.events(&record, outcome, trace.as_ref())?,
            Err(rejection) => Err(rejection),
        };
        self.note_span(&record, trace, started_ns, &outgoing);
        if let Some(replay) = &self.settings.replay {
            let (records, became) = match outgoing {
                Ok(told) => {
                    (told.records, Became { outcome: told.outcome.to_owned(), events: told.events, message: String::new() })
                }
                Err(rejection) => {
                    *self.counts.rejected.entry((rejection.stage.as_str(), rejection.reason.as_str())).or_default() += 1;
                    (Vec::new(), Became { outcome: "rejected".to_owned(), events: 0, message: rejection.to_string() })
                }
            };
            let note = letters::note(&record, replay, &became);
            return Ok(records.iter().chain([&note]).try_for_each(|out| self.sink.send(out, place)));
        }
        let reason = outgoing.as_ref().err().map(|rejection| rejection.reason.as_str());
        self.breaker.note(reason)?;
        match outgoing {
            Ok(told) => Ok(told.records.iter().try_for_each(|out| self.sink.send(out, place))),
            Err(rejection) => {
                telemetry::rejected(&record.topic, place.0, place.1, &rejection);
                *self.counts.rejected.entry((rejection.stage.as_str(), rejection.reason.as_str())).or_default() += 1;
                let huge = record.size() + (64 << 10) > self.settings.record_bytes;
                let room = match tries {
                    0 if !huge => Room::Whole,
                    0 | 1 => Room::Bytes(SMALL_LETTER.min(self.settings.record_bytes / 2)),
                    _ => Room::Bytes(0),
                };
                Ok(self.sink.send(&outgoing::dead_letter(&record, &rejection, room), place))
            }
        }
    }

    /// The records for what an article gave, counted. The outer error ends the service, the inner one is the article's.
    fn events(&mut self, record: &Record, outcome: Outcome, trace: Option<&Trace>) -> Result<Result<Told, Rejection>, Stop> {
        let deleted = match (&mut self.state, &outcome.coded) {
            (Some(state), Coded::Passed(Passed::Tombstone)) => state.withdrawal(record.key.as_deref())?,
            _ => None,
        };
        let (events, passed) = match outcome.coded {
            Coded::Events(events) => (events, None),
            Coded::Passed(passed) => (Vec::new(), Some(name(passed))),
        };
        self.published.extend(outcome.article.as_ref().and_then(|article| article.published_at));
        let sure: Vec<&Event> = events.iter().filter(|event| event.confidence >= self.settings.min_confidence).collect();
        let retractions = self.settings.retractions;
        let written = sure.iter().map(|event| outgoing::event(event, record, retractions, trace)).collect::<Result<Vec<_>, _>>();
        let mut written = match written {
            Ok(written) => written,
            Err(rejection) => return Ok(Err(rejection)),
        };
        let verdict = match (&mut self.state, outcome.article.as_ref().or(deleted.as_ref())) {
            (Some(state), Some(article)) => Some(state.judge(article, record.timestamp_ms.unwrap_or(0), &sure)?),
            _ => None,
        };
        let mut out = Vec::new();
        let mut publish = vec![true; sure.len()];
        let mut copy = false;
        match verdict {
            Some(Verdict::Superseded) => {
                *self.counts.passed.entry("superseded").or_default() += 1;
                return Ok(Ok(Told { records: out, events: 0, outcome: "superseded" }));
            }
            Some(Verdict::Tell(tell)) => {
                out.extend(
                    tell.entry.retracted.iter().map(|told| outgoing::retraction(told, &tell.entry, record, retractions, trace)),
                );
                out.extend(tell.changed.then(|| outgoing::memory(&tell.entry)));
                self.counts.retracted += tell.entry.retracted.len() as u64;
                if let Some(original) = &tell.entry.duplicate_of {
                    copy = true;
                    self.counts.duplicates += 1;
                    written.iter_mut().for_each(|event| outgoing::mark_copy(event, original));
                }
                publish = tell.publish;
            }
            None => {}
        }
        let found = !sure.is_empty();
        let mut told = 0;
        for ((event, written), _) in sure.into_iter().zip(written).zip(publish).filter(|(_, publish)| *publish) {
            *self.counts.events.entry((event.event.act.as_str(), event.status.as_str())).or_default() += 1;
            out.push(written);
            told += 1;
        }
        let outcome = match passed {
            Some(reason) => reason,
            None if told > 0 => "events",
            None if copy && found => "duplicate",
            None => "no-events",
        };
        match outcome {
            "events" => self.counts.with_events += 1,
            "no-events" => self.counts.without_events += 1,
            reason => *self.counts.passed.entry(reason).or_default() += 1,
        }
        Ok(Ok(Told { records: out, events: told, outcome }))
    }

    /// Keeps the span of an article until its batch is committed.
    fn note_span(&mut self, record: &Record, trace: Option<Trace>, start_ns: u128, gave: &Result<Told, Rejection>) {
        let Some(trace) = trace.filter(|trace| self.traces.is_some() && trace.here.sampled()) else { return };
        let (outcome, events, error) = match gave {
            Ok(told) => (told.outcome, told.events, None),
            Err(rejection) => ("rejected", 0, Some(rejection.to_string())),
        };
        let (topic, partition, offset) = (record.topic.to_string(), record.partition, record.offset);
        self.spans.push(Span { trace, topic, partition, offset, start_ns, end_ns: start_ns, outcome, events, error });
    }

    fn commit(&mut self) -> Result<(), Stop> {
        let offsets = self.ledger.offsets();
        if offsets.is_empty() {
            return Ok(());
        }
        let started = Instant::now();
        match self.sink.commit(&offsets) {
            Ok(()) => {
                self.ledger.committed();
                if let Some(state) = &mut self.state {
                    state.commit()?;
                    telemetry::remembered(state.articles());
                }
                self.failures = 0;
                self.commits += 1;
                // What was too large is behind us.
                self.too_large.retain(|(partition, offset), _| offsets.iter().all(|(p, next)| p != partition || offset >= next));
                let now = outgoing::now_ms();
                let latencies: Vec<f64> = self.timestamps.iter().map(|at| (now - at).max(0) as f64 / 1000.0).collect();
                self.totals.add(&self.counts);
                let by_event: Vec<f64> = self.published.iter().map(|at| (now / 1000 - at).max(0) as f64).collect();
                telemetry::committed(&self.counts, started.elapsed(), &latencies, &by_event);
                if let Some(traces) = &self.traces {
                    let end_ns = outgoing::now_ns();
                    self.spans.drain(..).for_each(|span| traces.export(Span { end_ns, ..span }));
                }
                self.open_batch();
                Ok(())
            }
            Err(error) => self.fail(error),
        }
    }

    fn open_batch(&mut self) {
        self.counts = Counts::default();
        self.timestamps.clear();
        self.published.clear();
        self.spans.clear();
        self.sent = 0;
        self.opened = None;
    }

    /// Voids the batch; reading starts again where the last one ended.
    fn fail(&mut self, error: SinkError) -> Result<(), Stop> {
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
        self.epoch += 1;
        self.breaker.forget();
        self.open_batch();
        Ok(())
    }

    #[cfg(test)]
    pub fn sink(&mut self) -> &mut S {
        &mut self.sink
    }
}

/// What an article that was not rejected gave.
struct Told {
    records: Vec<Outgoing>,
    /// How many of them are events.
    events: usize,
    outcome: &'static str,
}

fn name(passed: Passed) -> &'static str {
    match passed {
        Passed::Tombstone => "tombstone",
        Passed::Language => "language",
        Passed::Withdrawn => "withdrawn",
    }
}

/// Watches the share of rejections in a window of articles.
struct Breaker {
    share: f64,
    window: usize,
    recent: VecDeque<Option<&'static str>>,
    rejected: usize,
}

impl Breaker {
    fn new(share: f64, window: usize) -> Self {
        Self { share, window, recent: VecDeque::new(), rejected: 0 }
    }

    /// Notes an article, rejected for a reason or not.
    fn note(&mut self, reason: Option<&'static str>) -> Result<(), Stop> {
        self.recent.push_back(reason);
        self.rejected += usize::from(reason.is_some());
        if self.recent.len() > self.window
            && let Some(Some(_)) = self.recent.pop_front()
        {
            self.rejected -= 1;
        }
        let full = self.recent.len() == self.window;
        if !full || self.share >= 1.0 || self.rejected as f64 <= self.share * self.window as f64 {
            return Ok(());
        }
        let mut reasons: BTreeMap<&'static str, usize> = BTreeMap::new();
        self.recent.iter().flatten().for_each(|reason| *reasons.entry(reason).or_default() += 1);
        let reason = reasons.into_iter().max_by_key(|(_, count)| *count).map_or("", |(reason, _)| reason);
        Err(Stop::TooManyRejections { rejected: self.rejected, window: self.window, reason })
    }

    fn forget(&mut self) {
        self.recent.clear();
        self.rejected = 0;
    }
}

#[cfg(test)]
#[path = "core_tests.rs"]
mod tests;
