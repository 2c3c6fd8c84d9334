//! Classic bugs of a read–process–write loop, for the delivery tests to switch on: a test that cannot fail proves nothing.
//!
//! All of it needs the feature `kafka-tests`. Without it [`on`] is constantly false and the compiler leaves no trace of the bugs; a release
//! is built so.

#[cfg(feature = "kafka-tests")]
use std::sync::{Arc, OnceLock};

use rdkafka::consumer::ConsumerGroupMetadata;

/// A bug that is switched on with `ENTENTE_TEST_BUG=NAME`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    /// Input offsets are committed before the events are acknowledged.
    OffsetsFirst,
    /// The first group metadata are used for good, whatever rebalances come.
    StaleGroup,
    /// After a batch that failed, reading goes on where it was.
    NoRewind,
    /// What is in flight of a partition that was lost is committed all the same.
    CommitOfLost,
    /// A record that was not delivered counts as delivered.
    SwallowedDelivery,
    /// What became of an article is left out of the accounts.
    Uncounted,
}

impl Bug {
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::OffsetsFirst, "offsets-first"),
        (Self::StaleGroup, "stale-group"),
        (Self::NoRewind, "no-rewind"),
        (Self::CommitOfLost, "commit-of-lost"),
        (Self::SwallowedDelivery, "swallowed-delivery"),
        (Self::Uncounted, "uncounted"),
    ];
}

/// Whether the bug is switched on in this process.
#[cfg(feature = "kafka-tests")]
pub fn on(bug: Bug) -> bool {
    static ON: OnceLock<Option<Bug>> = OnceLock::new();
    let on = ON.get_or_init(|| {
        let name = std::env::var("ENTENTE_TEST_BUG").ok()?;
        let known = Bug::ALL.into_iter().find(|(_, known)| *known == name);
        Some(known.unwrap_or_else(|| panic!("ENTENTE_TEST_BUG: `{name}` is none of {:?}", Bug::ALL)).0)
    });
    *on == Some(bug)
}

#[cfg(not(feature = "kafka-tests"))]
pub const fn on(_: Bug) -> bool {
    false
}

/// The group metadata to commit with: those just fetched, or with the bug those fetched first.
#[cfg(feature = "kafka-tests")]
pub(super) fn group(fresh: ConsumerGroupMetadata) -> Arc<ConsumerGroupMetadata> {
    static FIRST: OnceLock<Arc<ConsumerGroupMetadata>> = OnceLock::new();
    if on(Bug::StaleGroup) { Arc::clone(FIRST.get_or_init(|| Arc::new(fresh))) } else { Arc::new(fresh) }
}

#[cfg(not(feature = "kafka-tests"))]
pub(super) fn group(fresh: ConsumerGroupMetadata) -> ConsumerGroupMetadata {
    fresh
}

/// What a marked article tells the coder to do: `delivery test: panic` at its start, or `delivery test: slow N` anywhere for N milliseconds
/// of work. The time a stopped process stands still does not count.
#[cfg(feature = "kafka-tests")]
pub fn obey(payload: Option<&[u8]>) {
    let payload = payload.unwrap_or_default();
    assert!(!payload.starts_with(b"delivery test: panic"), "told to by a test");
    let Some(at) = memchr::memmem::find(payload, b"delivery test: slow ") else { return };
    let digits: Vec<u8> = payload[at + 20..].iter().copied().take_while(u8::is_ascii_digit).collect();
    let steps: u64 = std::str::from_utf8(&digits).ok().and_then(|digits| digits.parse().ok()).unwrap_or(0) / 10;
    (0..steps).for_each(|_| std::thread::sleep(std::time::Duration::from_millis(10)));
}
