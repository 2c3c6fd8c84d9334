//! Notices a clock that was set back. librdkafka waits by the wall clock, so its threads would sleep on until the clock has caught up,
//! heartbeats included. Any question wakes them, and they wait anew by the clock as it is now.

use std::sync::Weak;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};

/// Less is slewing, and costs no more than it says.
const STEP: f64 = 0.5;

/// Watches for as long as the consumer lives.
pub fn watch<C: ConsumerContext + 'static>(consumer: Weak<BaseConsumer<C>>) {
    thread::spawn(move || {
        let (started, mut wall) = (Instant::now(), Wall::default());
        loop {
            thread::sleep(Duration::from_millis(500));
            let Some(consumer) = consumer.upgrade() else { return };
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0.0, |elapsed| elapsed.as_secs_f64());
            if let Some(seconds) = wall.set_back(now - started.elapsed().as_secs_f64()) {
                tracing::warn!(seconds, "the clock was set back");
                // Asked for the question's sake.
                let _ = consumer.assignment();
            }
        }
    });
}

/// How far the wall clock is ahead of one that cannot be set, in seconds.
#[derive(Default)]
struct Wall {
    ahead: Option<f64>,
}

impl Wall {
    /// By how many seconds the clock was set back since the last call.
    fn set_back(&mut self, ahead: f64) -> Option<f64> {
        let before = self.ahead.replace(ahead)?;
        Some(before - ahead).filter(|back| *back > STEP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_back_is_noticed_once_and_one_set_forward_is_not() {
        let mut wall = Wall::default();
        let seen = [1000.0, 1000.1, 4600.0, 1000.0, 1000.2].map(|ahead| wall.set_back(ahead));
        assert_eq!(seen, [None, None, None, Some(3600.0), None]);
    }
}
