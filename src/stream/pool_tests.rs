use std::sync::Mutex;
use std::thread::ThreadId;

use super::*;
use crate::config::Retractions;
use crate::pipeline::{Coded, Passed};

/// Records of which the coder notes the thread; one whose payload is `slow` takes long.
fn pool(seen: &Arc<Mutex<Vec<(i64, ThreadId)>>>) -> Pool {
    let seen = Arc::clone(seen);
    let code = move |record: &Record| {
        if record.payload.as_deref() == Some(b"slow") {
            thread::sleep(Duration::from_millis(20));
        }
        seen.lock().expect("no coder panics").push((record.offset, thread::current().id()));
        Ok(Outcome { coded: Coded::Passed(Passed::Language), article: None })
    };
    Pool::start(2, Arc::new(code), Writer { min_confidence: 0.0, retractions: Retractions::Record, traces: None })
}

fn record(offset: i64, payload: &[u8]) -> Record {
    Record { offset, payload: Some(payload.to_vec()), ..Record::default() }
}

#[test]
fn a_slow_article_among_quick_ones_holds_up_none_of_those_behind_it() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let pool = pool(&seen);
    let wait = Duration::from_secs(20);
    // A machine that is busy may make a quick article seem slow, but not for ever.
    let quick = (0..1000).find(|_| {
        pool.submit(0, vec![record(-1, b"")]);
        while pool.finished(Duration::from_millis(1)).is_some() {}
        (1..=QUICK.as_nanos() as u64).contains(&pool.shared.pace.load(Ordering::Relaxed))
    });
    assert!(quick.is_some(), "what takes no time is quick");
    seen.lock().expect("no coder panics").clear();
    let here = pool.submit(0, vec![record(0, b""), record(1, b"slow"), record(2, b""), record(3, b"")]);
    let mut offsets: Vec<i64> = here.iter().map(|finished| finished.record.offset).collect();
    assert!(!here.is_empty() && here.len() <= 2, "none after the slow one is coded here");
    while offsets.len() < 4 {
        offsets.extend(pool.finished(wait).expect("the rest is coded").iter().map(|finished| finished.record.offset));
    }
    offsets.sort_unstable();
    assert_eq!(offsets, [0, 1, 2, 3], "each is coded once");
    let seen = seen.lock().expect("no coder panics");
    let coded_here = seen.iter().filter(|(_, by)| *by == thread::current().id()).map(|(offset, _)| *offset);
    assert!(coded_here.eq(here.iter().map(|finished| finished.record.offset)));
}
