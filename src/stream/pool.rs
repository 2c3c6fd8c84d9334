//! [`Pool`]: coder threads. Portions of records in, what they give out, in any order; a coder that panics costs its record a rejection and
//! nothing else. Where coding takes no longer than handing over, whoever submits does it himself: what has just been read is then still at
//! hand, which counts for more than a second core.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};

use super::outgoing::now_ns;
use super::written::{Writer, Written};
use crate::ops::telemetry;
use crate::ops::trace::Trace;
use crate::pipeline::{Outcome, Pipeline, Scratch, Step};
use crate::record::{Reason, Record, Rejection, Stage};

/// What codes a record: the pipeline, or something in its place for tests and benchmarks.
pub type Code = dyn Fn(&Record) -> Result<Outcome, Rejection> + Send + Sync;

/// The coder of a pipeline: times its steps, and keeps buffers for each thread.
pub fn coder(pipeline: Pipeline) -> Arc<Code> {
    thread_local! {
        static SCRATCH: RefCell<Scratch> = RefCell::default();
    }
    Arc::new(move |record: &Record| {
        // Taken out, so that a coder that panics leaves none half-written.
        let mut scratch = SCRATCH.take();
        let mut lap = Instant::now();
        let mut coding = Duration::ZERO;
        let outcome = pipeline.examine(record, &mut scratch, &mut |step| {
            let took = lap.elapsed();
            telemetry::step(step, took);
            if step == Step::Event {
                coding = took;
            }
            lap = Instant::now();
        });
        if coding > Duration::ZERO {
            telemetry::judged(&scratch.tally(), coding);
        }
        SCRATCH.set(scratch);
        outcome
    })
}

/// A record and what became of it. `epoch` tells outcomes of before a rewind from those after.
pub struct Finished {
    pub epoch: u64,
    pub record: Record,
    pub trace: Option<Trace>,
    /// When coding began, in nanoseconds since the Unix epoch; 0 where nobody is to know.
    pub started_ns: u128,
    pub result: Result<Written, Rejection>,
}

pub struct Pool {
    jobs: Option<Sender<(u64, Vec<Record>)>>,
    #[expect(clippy::vec_box, reason = "outcomes go from hand to hand one by one, and are large")]
    results: Receiver<Vec<Box<Finished>>>,
    shared: Arc<Shared>,
    /// For whoever submits.
    here: Worker,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    /// Records that wait for a thread.
    queued: AtomicUsize,
    /// Nanoseconds that a record takes, as far as the last portions tell; 0 before the first.
    pace: AtomicU64,
    /// Records of earlier epochs need no coding: nobody waits for what they give.
    epoch: AtomicU64,
}

/// A portion should take about so long: short beside any latency that counts, long beside a hand-over.
const PORTION: Duration = Duration::from_millis(1);
const LARGEST_PORTION: u64 = 64;
/// Articles that take no longer are coded by whoever submits them.
const QUICK: Duration = Duration::from_micros(10);
/// One that takes longer after all is the last of its portion to be.
const SLOW: Duration = Duration::from_micros(200);

impl Pool {
    /// Starts `workers` threads. The channels are not bounded: who submits is, by the ledger.
    pub fn start(workers: usize, code: Arc<Code>, writer: Writer) -> Self {
        let (jobs, taken) = unbounded::<(u64, Vec<Record>)>();
        let (give, results) = unbounded();
        let shared = Arc::new(Shared::default());
        let worker = Worker { code, writer, shared: Arc::clone(&shared), give };
        let threads = (0..workers.max(1)).map(|_| {
            let (taken, worker) = (taken.clone(), worker.clone());
            thread::spawn(move || taken.into_iter().try_for_each(|(epoch, records)| worker.work(epoch, records)).unwrap_or(()))
        });
        Self { threads: threads.collect(), jobs: Some(jobs), results, shared, here: worker }
    }

    /// Records that wait for a thread.
    pub fn queued(&self) -> usize {
        self.shared.queued.load(Ordering::Relaxed)
    }

    /// Records to submit at once.
    pub fn portion(&self) -> usize {
        match self.shared.pace.load(Ordering::Relaxed) {
            0 => 1,
            pace => (PORTION.as_nanos() as u64 / pace).clamp(1, LARGEST_PORTION) as usize,
        }
    }

    /// Records of before this epoch need not be coded any more.
    pub fn void_before(&self, epoch: u64) {
        self.shared.epoch.store(epoch, Ordering::Relaxed);
    }

    /// Takes records to be coded; what has become of them already.
    pub fn submit(&self, epoch: u64, records: Vec<Record>) -> Vec<Box<Finished>> {
        let (mut records, mut done) = (records.into_iter(), Vec::new());
        if (1..=QUICK.as_nanos() as u64).contains(&self.shared.pace.load(Ordering::Relaxed)) {
            done = self.here.quickly(epoch, &mut records);
        }
        if let (Some(jobs), false) = (&self.jobs, records.as_slice().is_empty()) {
            self.shared.queued.fetch_add(records.len(), Ordering::Relaxed);
            // The threads hold the other end for as long as `self` lives.
            let _ = jobs.send((epoch, records.collect()));
        }
        done
    }

    /// Outcomes, if there are some within `wait`. In boxes: they are handed on several times and large.
    pub fn finished(&self, wait: Duration) -> Option<Vec<Box<Finished>>> {
        if wait.is_zero() {
            return self.results.try_recv().ok();
        }
        self.results.recv_timeout(wait).ok()
    }
}

#[derive(Clone)]
struct Worker {
    code: Arc<Code>,
    writer: Writer,
    shared: Arc<Shared>,
    #[expect(clippy::vec_box, reason = "outcomes go from hand to hand one by one, and are large")]
    give: Sender<Vec<Box<Finished>>>,
}

/// Nobody takes outcomes any more.
struct Gone;

impl Worker {
    fn work(&self, epoch: u64, records: Vec<Record>) -> Result<(), Gone> {
        self.shared.queued.fetch_sub(records.len(), Ordering::Relaxed);
        let coding = telemetry::coding();
        let mut done = Vec::with_capacity(records.len());
        let (began, count) = (Instant::now(), records.len());
        let (mut lap, mut given) = (began, began);
        for record in records {
            if epoch < self.shared.epoch.load(Ordering::Relaxed) {
                return Ok(());
            }
            done.push(self.code(epoch, record));
            let now = Instant::now();
            coding.record(now - lap);
            lap = now;
            // What a slow article comes after need not wait for it, nor what comes after it.
            if now - given > 2 * PORTION {
                given = now;
                self.give.send(std::mem::take(&mut done)).map_err(|_| Gone)?;
            }
        }
        self.keep_pace(lap - began, count);
        if done.is_empty() { Ok(()) } else { self.give.send(done).map_err(|_| Gone) }
    }

    /// Codes records up to one that takes long.
    #[expect(clippy::vec_box, reason = "outcomes go from hand to hand one by one, and are large")]
    fn quickly(&self, epoch: u64, records: &mut std::vec::IntoIter<Record>) -> Vec<Box<Finished>> {
        let coding = telemetry::coding();
        let mut done = Vec::with_capacity(records.len());
        let began = Instant::now();
        let mut lap = began;
        for record in records {
            done.push(self.code(epoch, record));
            let now = Instant::now();
            let took = now - lap;
            coding.record(took);
            lap = now;
            if took > SLOW {
                break;
            }
        }
        self.keep_pace(lap - began, done.len());
        done
    }

    fn keep_pace(&self, took: Duration, count: usize) {
        let pace = took.as_nanos() as u64 / count.max(1) as u64;
        self.shared.pace.store(pace.max(1), Ordering::Relaxed);
    }

    fn code(&self, epoch: u64, record: Record) -> Box<Finished> {
        let trace = self.writer.trace(&record);
        let started_ns = if trace.as_ref().is_some_and(|trace| trace.here.sampled()) { now_ns() } else { 0 };
        let result = self.guarded(&record, trace.as_ref());
        Box::new(Finished { epoch, record, trace, started_ns, result })
    }

    fn guarded(&self, record: &Record, trace: Option<&Trace>) -> Result<Written, Rejection> {
        let attempt = || (self.code)(record).and_then(|outcome| self.writer.write(record, outcome, trace));
        catch_unwind(AssertUnwindSafe(attempt)).unwrap_or_else(|panic| {
            let message =
                panic.downcast_ref::<&str>().map(|text| (*text).to_owned()).or_else(|| panic.downcast_ref::<String>().cloned());
            let message = message.unwrap_or_else(|| "no message".to_owned());
            Err(Rejection::new(
                Stage::Code,
                Reason::CoderPanicked,
                format!("the coder panicked: {message}; this is a bug worth reporting"),
            ))
        })
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            // A coder's panic was caught; there is nothing left to report.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
#[path = "pool_tests.rs"]
mod tests;
