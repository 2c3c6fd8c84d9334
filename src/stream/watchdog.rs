//! [`Watchdog`]: ends the process where the loop that reads hangs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Ends the process where the loop hangs in a call that should have come back: the broker hands its partitions to others then, and nothing
/// it still did would count.
pub struct Watchdog {
    started: Instant,
    /// Milliseconds from `started`: no clock that can be set.
    seen: Arc<AtomicU64>,
}

impl Watchdog {
    pub fn start(most: Duration) -> Self {
        let started = Instant::now();
        let seen = Arc::new(AtomicU64::new(0));
        let watched = Arc::downgrade(&seen);
        thread::spawn(move || {
            while let Some(seen) = watched.upgrade() {
                let silent = (started.elapsed().as_millis() as u64).saturating_sub(seen.load(Ordering::Relaxed));
                drop(seen);
                if silent > most.as_millis() as u64 * 2 {
                    tracing::error!(silent_ms = silent, "a call to Kafka hangs; ending the process");
                    std::process::exit(4);
                }
                thread::sleep(Duration::from_secs(1));
            }
        });
        Self { started, seen }
    }

    pub fn alive(&self) {
        self.seen.store(self.started.elapsed().as_millis() as u64, Ordering::Relaxed);
    }
}
