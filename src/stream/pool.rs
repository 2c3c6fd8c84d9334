//! [`Pool`]: coder threads. Records in, outcomes out, in any order; a coder that panics costs its record a rejection and nothing else.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, unbounded};

use super::outgoing::now_ns;
use crate::ops::telemetry;
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
    /// When coding began, in nanoseconds since the Unix epoch.
    pub started_ns: u128,
    pub result: Result<Outcome, Rejection>,
}

pub struct Pool {
    jobs: Option<Sender<(u64, Record)>>,
    results: Receiver<Finished>,
    threads: Vec<JoinHandle<()>>,
}

impl Pool {
    /// Starts `workers` threads. The channels are not bounded: who submits is, by the ledger.
    pub fn start(workers: usize, code: Arc<Code>) -> Self {
        let (jobs, taken) = unbounded::<(u64, Record)>();
        let (give, results) = unbounded();
        let threads = (0..workers.max(1)).map(|_| {
            let (taken, give, code) = (taken.clone(), give.clone(), Arc::clone(&code));
            thread::spawn(move || {
                for (epoch, record) in taken {
                    let (started, started_ns) = (Instant::now(), now_ns());
                    let result = guarded(&*code, &record);
                    telemetry::coded(started.elapsed());
                    if give.send(Finished { epoch, record, started_ns, result }).is_err() {
                        return;
                    }
                }
            })
        });
        Self { threads: threads.collect(), jobs: Some(jobs), results }
    }

    /// Records that wait for a thread.
    pub fn queued(&self) -> usize {
        self.jobs.as_ref().map_or(0, Sender::len)
    }

    pub fn submit(&self, epoch: u64, record: Record) {
        if let Some(jobs) = &self.jobs {
            // The threads hold the other end for as long as `self` lives.
            let _ = jobs.send((epoch, record));
        }
    }

    /// An outcome, if there is one within `wait`.
    pub fn finished(&self, wait: Duration) -> Option<Finished> {
        if wait.is_zero() {
            return self.results.try_recv().ok();
        }
        self.results.recv_timeout(wait).ok()
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

fn guarded(code: &Code, record: &Record) -> Result<Outcome, Rejection> {
    catch_unwind(AssertUnwindSafe(|| code(record))).unwrap_or_else(|panic| {
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
