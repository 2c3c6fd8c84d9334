//! The check at the end, in constant memory: events stand in the order of the articles of each partition, as many for each article as the
//! coder gives, and none is missing. Every hundredth article's events are compared byte by byte.

use std::collections::BTreeMap;

use crate::articles::{article, expected};
use crate::checks::pipeline;
use crate::cluster::Cluster;
use crate::topics::{IN_PARTITIONS, Read, Topics, for_each};

/// How many events article number `number` gives. Articles of the same states and pattern give the same.
#[derive(Default)]
struct Counts(BTreeMap<[usize; 3], usize>);

impl Counts {
    fn of(&mut self, number: usize) -> usize {
        let pattern = [number % 12, (number / 12 + number + 1) % 12, number % 5];
        *self.0.entry(pattern).or_insert_with(|| events(number).len())
    }
}

fn events(number: usize) -> Vec<Vec<u8>> {
    expected(pipeline(), &article(number).1.expect("no tombstones"))
}

/// Where the check stands in one partition.
#[derive(Default)]
struct Lane {
    /// The article whose events are coming, as an offset.
    offset: usize,
    /// Its events so far.
    seen: usize,
}

fn number(partition: i32, offset: usize) -> usize {
    offset * IN_PARTITIONS as usize + partition as usize
}

/// Events found.
pub fn exactly_once(cluster: &Cluster, topics: &Topics, articles: usize) -> usize {
    let mut counts = Counts::default();
    let mut lanes: Vec<Lane> = (0..IN_PARTITIONS).map(|_| Lane::default()).collect();
    let mut total = 0;
    for_each(cluster, &topics.events, &mut |event| {
        let (partition, offset) = event.place();
        let lane = &mut lanes[partition as usize];
        go_to(&mut counts, lane, partition, offset as usize);
        compare(&event, number(partition, lane.offset), lane.seen);
        lane.seen += 1;
        total += 1;
    });
    for (partition, lane) in lanes.iter_mut().enumerate() {
        let end = articles.saturating_sub(partition).div_ceil(IN_PARTITIONS as usize);
        go_to(&mut counts, lane, partition as i32, end);
    }
    for_each(cluster, &topics.dead, &mut |letter| panic!("a sound article became a dead letter: {letter:?}"));
    total
}

/// Moves on to the article at `offset`; those before it must be complete.
fn go_to(counts: &mut Counts, lane: &mut Lane, partition: i32, offset: usize) {
    assert!(offset >= lane.offset, "partition {partition}: an event of offset {offset} came after one of {}", lane.offset);
    while lane.offset < offset {
        let wanted = counts.of(number(partition, lane.offset));
        assert_eq!(lane.seen, wanted, "events of the article at partition {partition}, offset {}", lane.offset);
        *lane = Lane { offset: lane.offset + 1, seen: 0 };
    }
}

fn compare(event: &Read, number: usize, nth: usize) {
    let payload = event.payload.as_deref().unwrap_or_default();
    let id = format!("\"id\":\"article-{number}\"");
    assert!(memchr::memmem::find(payload, id.as_bytes()).is_some(), "an event of another article stands for number {number}");
    if number.is_multiple_of(100) {
        assert_eq!(Some(payload), events(number).get(nth).map(Vec::as_slice), "event {nth} of article {number}");
    }
}
