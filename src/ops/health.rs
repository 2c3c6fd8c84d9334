//! [`Health`]: is the service alive, and is it of use? Alive is a process that answers; ready is one that hears its brokers and gets on
//! with what waits.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long brokers may be unheard before the service is not ready: the slowest of our regular requests is the heartbeat, every 3 s.
const BROKER_SILENCE: Duration = Duration::from_secs(8);

pub struct Health {
    stall_after: Duration,
    state: Mutex<State>,
}

struct State {
    started: Instant,
    brokers_heard: Option<Instant>,
    /// When something was last committed, or there was nothing to do.
    progress: Instant,
    stopping: bool,
}

impl Health {
    pub fn new(stall_after: Duration) -> Self {
        let now = Instant::now();
        Self { stall_after, state: Mutex::new(State { started: now, brokers_heard: None, progress: now, stopping: false }) }
    }

    /// A broker answered, that long ago.
    pub fn brokers_heard(&self, ago: Duration) {
        // An answer from before the machine was started is none.
        let at = Instant::now().checked_sub(ago);
        self.with(|state| state.brokers_heard = at.max(state.brokers_heard));
    }

    /// For how long no broker has answered.
    pub fn silence(&self) -> Duration {
        self.with(|state| state.brokers_heard.unwrap_or(state.started).elapsed())
    }

    /// Articles were finished, or none waits.
    pub fn progress(&self) {
        self.with(|state| state.progress = Instant::now());
    }

    pub fn stopping(&self) {
        self.with(|state| state.stopping = true);
    }

    /// `Err` says why the service is not ready.
    pub fn ready(&self) -> Result<(), String> {
        self.with(|state| match state.brokers_heard {
            _ if state.stopping => Err("stopping".to_owned()),
            None => Err("no broker has answered yet".to_owned()),
            Some(heard) if heard.elapsed() > BROKER_SILENCE => {
                Err(format!("no broker has answered for {} s", heard.elapsed().as_secs()))
            }
            Some(_) if state.progress.elapsed() > self.stall_after => {
                Err(format!("articles wait and none was finished for {} s", state.progress.elapsed().as_secs()))
            }
            Some(_) => Ok(()),
        })
    }

    fn with<T>(&self, read: impl FnOnce(&mut State) -> T) -> T {
        read(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ready_needs_a_broker_and_progress() {
        let health = Health::new(Duration::from_millis(30));
        assert!(health.ready().is_err(), "no broker has been heard");
        health.brokers_heard(BROKER_SILENCE * 2);
        assert!(health.ready().expect_err("long ago").contains("no broker has answered for 16 s"));
        assert_eq!(health.silence().as_secs(), 16);
        health.brokers_heard(Duration::from_secs(1));
        health.brokers_heard(BROKER_SILENCE * 2);
        health.progress();
        assert_eq!(health.ready(), Ok(()), "what is heard of late counts, whatever is told after it");
        std::thread::sleep(Duration::from_millis(60));
        assert!(health.ready().expect_err("stalled").contains("none was finished"));
        health.stopping();
        assert_eq!(health.ready(), Err("stopping".to_owned()));
    }
}
