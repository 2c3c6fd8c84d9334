//! What every test rests on: one broker for all, the coder to compare with, and the check that everything came out once and in order.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use entente::pipeline::Pipeline;

use crate::articles::{article, expected};
use crate::cluster::Cluster;
use crate::topics::{Topics, read_all};

pub const LARGE: &str = "33554432";

thread_local!(static PATIENCE: Cell<Duration> = const { Cell::new(Duration::from_secs(120)) });

/// How long a test waits for what must come.
pub fn patience() -> Duration {
    PATIENCE.get()
}

/// Has the tests of this thread wait no longer than this, for those in which something must not come.
pub fn wait_at_most(patience: Duration) {
    PATIENCE.set(patience);
}

/// Says, past the capture of a test's output, that it did not run: nobody shall take this for a pass.
pub fn skipped(test: &str, why: &str) {
    let _ = writeln!(std::io::stderr(), "skipped: {test}: {why}");
}

/// One broker for all tests but those that break it. Tests run beside each other, each with topics and groups of its own: they wait more than
/// they work.
pub fn broker() -> &'static Cluster {
    static BROKER: OnceLock<Cluster> = OnceLock::new();
    BROKER.get_or_init(Cluster::single)
}

/// The network before the broker that all share, for one test at a time: for workers that go by [`Cluster::proxied_address`]. It is sound,
/// whatever a test that failed has left behind.
pub fn network() -> MutexGuard<'static, ()> {
    static NETWORK: Mutex<()> = Mutex::new(());
    let network = NETWORK.lock().unwrap_or_else(PoisonError::into_inner);
    broker().slow_down(Duration::ZERO);
    broker().black_hole(false);
    network
}

pub fn pipeline() -> &'static Pipeline {
    static PIPELINE: OnceLock<Pipeline> = OnceLock::new();
    PIPELINE.get_or_init(|| Pipeline::embedded().expect("the coder loads"))
}

/// A small generator (Knuth's MMIX), so that kills fall at other moments each time but the same in each run.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, least: u64, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        least + (self.0 >> 33) % (most - least)
    }
}

/// Articles `0..count` of the ordinary kind came out, once and in order.
pub fn assert_exactly_once(broker: &Cluster, topics: &Topics, count: usize) {
    assert_once_and_in_order(broker, topics, (0..count).map(article));
}

/// Everything came out once: what the coder gives for each article, and in the order of the articles of each partition.
pub fn assert_once_and_in_order(
    broker: &Cluster,
    topics: &Topics,
    articles: impl ExactSizeIterator<Item = (i32, Option<Vec<u8>>)>,
) {
    let count = articles.len();
    let mut wanted: BTreeMap<i32, Vec<Vec<u8>>> = BTreeMap::new();
    for (partition, payload) in articles {
        wanted.entry(partition).or_default().extend(expected(pipeline(), &payload.expect("no tombstones")));
    }
    let total: usize = wanted.values().map(Vec::len).sum();
    assert!(total > count / 2, "the articles give too few events for this to mean anything: {total}");
    let read = read_all(broker, &topics.events);
    let mut got: BTreeMap<i32, Vec<Vec<u8>>> = BTreeMap::new();
    for event in &read {
        got.entry(event.place().0).or_default().push(event.payload.clone().expect("an event has a value"));
    }
    for (partition, wanted) in &wanted {
        let got = got.get(partition).map_or(&[][..], Vec::as_slice);
        if let Some(at) = (0..wanted.len().max(got.len())).find(|at| got.get(*at) != wanted.get(*at)) {
            let show = |bytes: Option<&Vec<u8>>| bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
            panic!(
                "{} events came out and {total} should have; partition {partition}, event {at}: got {:?}, wanted {:?}",
                read.len(),
                show(got.get(at)),
                show(wanted.get(at))
            );
        }
    }
    assert_eq!(read.len(), total, "events that came out, and that should have");
    assert_eq!(read_all(broker, &topics.dead), [], "sound articles give no dead letters");
}
