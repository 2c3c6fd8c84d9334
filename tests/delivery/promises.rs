//! What is promised when nothing fails, and at least once when something does.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::articles::{article, expected};
use crate::checks::{Dice, LARGE, assert_exactly_once, broker, patience, pipeline};
use crate::service::{Options, Service};
use crate::topics::{await_end, make, produce, read_all};

#[test]
fn ten_thousand_articles_give_what_extract_gives_once_and_in_order() {
    let broker = broker();
    let topics = make(broker, "plain", LARGE);
    produce(broker, &topics.articles, (0..10_000).map(article));
    let mut service = Service::start(broker, &topics, &Options::new("plain", "a"));
    await_end(broker, "plain", &topics.articles, patience(), &mut service);
    assert_eq!(service.stop(), Some(0), "{}", service.log());
    assert_exactly_once(broker, &topics, 10_000);
}

#[test]
fn at_least_once_delivers_the_same_when_nothing_fails() {
    let broker = broker();
    let topics = make(broker, "atleast", LARGE);
    produce(broker, &topics.articles, (0..2_000).map(article));
    let mut service = Service::start(broker, &topics, &Options { delivery: "at-least-once", ..Options::new("atleast", "a") });
    await_end(broker, "atleast", &topics.articles, patience(), &mut service);
    assert_eq!(service.stop(), Some(0), "{}", service.log());
    assert_exactly_once(broker, &topics, 2_000);
}

#[test]
fn at_least_once_loses_nothing_to_kills() {
    let broker = broker();
    let topics = make(broker, "atleastkills", LARGE);
    let options = Options { delivery: "at-least-once", ..Options::new("atleastkills", "a") };
    let mut dice = Dice(3);
    for round in 0..5 {
        produce(broker, &topics.articles, (round * 400..(round + 1) * 400).map(article));
        let service = Service::start(broker, &topics, &options);
        std::thread::sleep(Duration::from_millis(dice.roll(500, 4000)));
        service.kill();
    }
    let mut service = Service::start(broker, &topics, &options);
    await_end(broker, "atleastkills", &topics.articles, patience(), &mut service);
    assert_eq!(service.stop(), Some(0));
    let read = read_all(broker, &topics.events);
    let mut got: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    read.into_iter().for_each(|event| *got.entry(event.payload.unwrap_or_default()).or_default() += 1);
    for number in 0..2_000 {
        for event in expected(pipeline(), &article(number).1.unwrap_or_default()) {
            assert!(got.contains_key(&event), "article {number} was lost");
        }
    }
}
