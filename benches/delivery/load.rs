//! [`Load`]: a topic full of articles, and the clock that measures how long a group takes to be done with it.

use std::time::{Duration, Instant};

use crate::articles::article;
use crate::cluster::Cluster;
use crate::topics::{Topics, lag, make, produce};

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

    /// The same, each with some paragraphs of no interest: about 1 kB, as large as the event that comes of it.
    pub fn padded(cluster: &Cluster, name: &str, articles: usize) -> Self {
        let topics = make(cluster, name, LARGE);
        produce(cluster, &topics.articles, (0..articles).map(padded));
        Self { topics, articles }
    }
}

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

/// Articles a second, from when `began` until the group has committed all of it.
pub fn rate(cluster: &Cluster, load: &Load, group: &str, began: Instant) -> f64 {
    let deadline = Instant::now() + Duration::from_secs(600);
    while lag(cluster, group, &load.topics.articles) > 0 {
        assert!(Instant::now() < deadline, "{group} does not come to an end");
        std::thread::sleep(Duration::from_millis(20));
    }
    load.articles as f64 / began.elapsed().as_secs_f64()
}
