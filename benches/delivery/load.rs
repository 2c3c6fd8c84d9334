//! [`Load`]: a topic full of articles, and the clock that measures how long a group takes to be done with it.

use std::time::{Duration, Instant};

use rdkafka::TopicPartitionList;
use rdkafka::consumer::{BaseConsumer, Consumer};

use crate::articles::article;
use crate::cluster::Cluster;
use crate::cpu::{self, Cpu};
use crate::topics::{IN_PARTITIONS, Input, Topics, client, make, produce, produce_as};

pub const LARGE: &str = "33554432";

pub struct Load {
    pub topics: Topics,
    pub articles: usize,
}

impl Load {
    /// The articles of the delivery tests.
    pub fn plain(cluster: &Cluster, name: &str, articles: usize) -> Self {
        let topics = make(cluster, name, LARGE);
        produce(cluster, &topics.articles, (0..articles).map(article));
        Self { topics, articles }
    }

    /// The same, each with some paragraphs of no interest and the headers of a CloudEvents producer: as many bytes and headers come in as
    /// go out with the event that comes of it, so that a loop that copies them moves what the service moves.
    pub fn padded(cluster: &Cluster, name: &str, articles: usize) -> Self {
        let topics = make(cluster, name, LARGE);
        let input = |number: usize| {
            let (partition, payload) = padded(number);
            Input { partition, key: format!("key-{number}"), payload, headers: HEADERS.to_vec(), ..Input::default() }
        };
        produce_as(cluster, &topics.articles, (0..articles).map(input));
        Self { topics, articles }
    }
}

/// Besides the one that every record of a test has.
const HEADERS: [(&str, &str); 9] = [
    ("ce_type", "article.published"),
    ("ce_source", "/feeds/gazette"),
    ("ce_id", "01jc3m5v9q8w7e6r5t4y3u2i1o"),
    ("ce_subject", "foreign"),
    ("ce_time", "2024-11-07T09:30:00Z"),
    ("content-type", "application/json"),
    ("gazette.section", "world"),
    ("gazette.priority", "4"),
    ("gazette.fetched_at", "1730971800000"),
];

/// Text without an event in it.
const ORDINARY: &str = " Farmers in the valley expect a good harvest this year. Rain fell in most provinces, and prices at the weekly \
     market are steady. The road to the coast has been repaired, and a second bus runs in the morning. A school will open after the holidays.";

pub fn padded(number: usize) -> (i32, Option<Vec<u8>>) {
    let (partition, payload) = article(number);
    let text = String::from_utf8(payload.unwrap_or_default()).expect("an article is UTF-8");
    // Before the text's closing quote.
    let padded = text.replacen("\",\"published_at\"", &format!("{ORDINARY}{ORDINARY}{ORDINARY}\",\"published_at\""), 1);
    let padded = if padded == text { text.replacen(".\"", &format!(".{ORDINARY}{ORDINARY}{ORDINARY}\""), 1) } else { padded };
    (partition, Some(padded.into_bytes()))
}

/// What a run through all of a load took.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// Articles a second.
    pub rate: f64,
    pub cpu: Cpu,
}

/// When a run read its first article.
#[derive(Clone, Copy)]
pub struct Began(Instant, Cpu);

impl Began {
    pub fn now(broker: u32) -> Self {
        Self(Instant::now(), Cpu::now(broker))
    }
}

/// The run that `began`, when the group has committed all of it.
pub fn run(cluster: &Cluster, load: &Load, group: &str, began: Began) -> Run {
    let mut config = client(cluster);
    // Asked for what is committed and not for what is about to be, the broker answers at once. One client for all questions: to make one
    // takes as long as thousands of articles do.
    config.set("group.id", group).set("isolation.level", "read_uncommitted");
    let consumer: BaseConsumer = config.create().expect("a consumer");
    let deadline = Instant::now() + Duration::from_secs(600);
    loop {
        let mut list = TopicPartitionList::new();
        for partition in 0..IN_PARTITIONS {
            list.add_partition(&load.topics.articles, partition);
        }
        let committed = consumer.committed_offsets(list, Duration::from_secs(5)).expect("the broker answers");
        let done: i64 = committed.elements().iter().filter_map(|element| element.offset().to_raw()).map(|at| at.max(0)).sum();
        if done == load.articles as i64 {
            let rate = load.articles as f64 / began.0.elapsed().as_secs_f64();
            return Run { rate, cpu: Cpu::now(cpu::broker(cluster)).since(began.1, load.articles) };
        }
        assert!(Instant::now() < deadline, "{group} does not come to an end");
        std::thread::sleep(Duration::from_millis(10));
    }
}
