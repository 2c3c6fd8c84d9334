//! [`Bounded`]: calls that are given up when they do not come back.
//!
//! librdkafka bounds its transaction calls by the time it is told, but not always. `rd_kafka_send_offsets_to_transaction()` looks for the
//! group's coordinator in a step (`rd_kafka_coord_req`, 2.12) that goes on only when a connection changes its state, and whose own time limit
//! is never looked at: where the coordinator moved and all connections stay as they are, it waits for ever. So each such call runs on a
//! thread of its own. One that is given up keeps that thread, and the value it was made on, until it does come back.

use std::ops::Deref;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

type Call<T> = Box<dyn FnOnce(&T) + Send>;

pub struct Bounded<T> {
    value: Arc<T>,
    calls: mpsc::Sender<Call<T>>,
    /// Closes when the thread has ended.
    ended: mpsc::Receiver<()>,
}

impl<T: Send + Sync + 'static> Bounded<T> {
    pub fn new(value: T) -> Self {
        let (calls, made) = mpsc::channel::<Call<T>>();
        let value = Arc::new(value);
        let theirs = Arc::clone(&value);
        let (end, ended) = mpsc::channel();
        thread::spawn(move || {
            made.into_iter().for_each(|call| call(&theirs));
            drop(theirs);
            drop(end);
        });
        Self { value, calls, ended }
    }

    /// Drops the value, and waits for that up to `most`: a process that exits in the middle of it may not exit in peace.
    pub fn end(self, most: Duration) {
        let Self { value, calls, ended } = self;
        drop(value);
        drop(calls);
        // Nothing is ever sent.
        let _ = ended.recv_timeout(most);
    }

    /// Starts a call. Calls run one after another.
    pub fn start<R: Send + 'static>(&self, call: impl FnOnce(&T) -> R + Send + 'static) -> Answer<R> {
        let (answer, answered) = mpsc::sync_channel(1);
        // Nobody listens any more to a call that was given up. Where the thread is gone there will be no answer, which the caller notices.
        let _ = self.calls.send(Box::new(move |value| drop(answer.send(call(value)))));
        Answer(answered)
    }

    /// What `call` gives; `None` where it takes longer than `most`. After that this value is of no more use: further calls wait behind it.
    pub fn call<R: Send + 'static>(&self, most: Duration, call: impl FnOnce(&T) -> R + Send + 'static) -> Option<R> {
        self.start(call).within(most)
    }
}

/// What a call that was started will give.
pub struct Answer<R>(mpsc::Receiver<R>);

impl<R> Answer<R> {
    /// `None` where it takes longer than `most` from now: see [`Bounded::call`].
    pub fn within(self, most: Duration) -> Option<R> {
        self.0.recv_timeout(most).ok()
    }
}

impl<T> Deref for Bounded<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Dropped(mpsc::Sender<&'static str>);

    impl Drop for Dropped {
        fn drop(&mut self) {
            let _ = self.0.send("dropped");
        }
    }

    #[test]
    fn a_call_that_does_not_come_back_is_given_up_and_keeps_what_it_works_on() {
        let (told, heard) = mpsc::channel();
        let (release, released) = mpsc::channel::<()>();
        let bounded = Bounded::new(Dropped(told));
        assert_eq!(bounded.call(Duration::from_secs(60), |_| 7), Some(7));
        let started = [1, 2].map(|number| bounded.start(move |_| number));
        assert_eq!(started.map(|answer| answer.within(Duration::from_secs(60))), [Some(1), Some(2)]);
        let hangs = bounded.call(Duration::from_millis(20), move |value| {
            released.recv().expect("the test goes on");
            value.0.send("came back").expect("the test listens");
        });
        assert_eq!(hangs, None);
        drop(bounded);
        assert_eq!(heard.try_recv(), Err(mpsc::TryRecvError::Empty), "the call still uses it");
        release.send(()).expect("the call waits");
        assert_eq!((heard.recv(), heard.recv()), (Ok("came back"), Ok("dropped")));
    }

    #[test]
    fn at_the_end_the_value_is_gone() {
        let (told, heard) = mpsc::channel();
        Bounded::new(Dropped(told)).end(Duration::from_secs(60));
        assert_eq!(heard.try_recv(), Ok("dropped"));
    }
}
