//! An output topic that refuses what is sent: nothing is passed over, and it all comes once the topic takes it again.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use entente::stream::sabotage::Bug;

use crate::articles::{article, expected};
use crate::checks::{LARGE, assert_exactly_once, broker, patience, pipeline};
use crate::service::{Options, Service};
use crate::topics::{Topics, await_end, configure, lag, make, produce, read_all};

const ARTICLES: usize = 400;

/// A service, with a bug where one is given, whose output topic refuses every record for a while, from the start.
fn refused(test: &str, delivery: &'static str, bug: Option<Bug>) -> Topics {
    let broker = broker();
    let topics = make(broker, test, LARGE);
    // The articles were logged long ago, and events carry their time. (Markers of transactions are of today.)
    configure(broker, &topics.events, "message.timestamp.before.max.ms", "86400000");
    produce(broker, &topics.articles, (0..ARTICLES).map(article));
    let mut service = Service::start(broker, &topics, &Options { delivery, ..Options::new(test, "a").with(bug) });
    service.await_log("aborted a batch");
    let until = Instant::now() + Duration::from_secs(2);
    while Instant::now() < until {
        let lag = lag(broker, test, &topics.articles);
        // The first articles may give no event, and those may be committed.
        assert!(lag + 8 > ARTICLES as i64, "articles were passed over: {lag} of {ARTICLES} are left");
        assert!(service.runs(), "{}", service.log());
    }
    configure(broker, &topics.events, "message.timestamp.before.max.ms", "9223372036854775807");
    await_end(broker, test, &topics.articles, patience(), &mut service);
    assert_eq!(service.stop(), Some(0), "{}", service.log());
    topics
}

#[test]
fn exactly_once_passes_over_nothing_that_its_topic_refuses() {
    exactly_once("refused", None);
}

pub fn exactly_once(test: &str, bug: Option<Bug>) {
    let topics = refused(test, "exactly-once", bug);
    assert_exactly_once(broker(), &topics, ARTICLES);
}

#[test]
fn at_least_once_passes_over_nothing_that_its_topic_refuses() {
    at_least_once("refusedatleast", None);
}

pub fn at_least_once(test: &str, bug: Option<Bug>) {
    let topics = refused(test, "at-least-once", bug);
    let got: BTreeSet<_> = read_all(broker(), &topics.events).into_iter().filter_map(|event| event.payload).collect();
    for number in 0..ARTICLES {
        for event in expected(pipeline(), &article(number).1.unwrap_or_default()) {
            assert!(got.contains(&event), "article {number} was lost");
        }
    }
}
