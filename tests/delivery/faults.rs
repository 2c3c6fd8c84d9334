//! Workers and brokers that are killed, stopped, restarted, joined and sent away: nothing is lost, doubled or out of order.

use std::time::Duration;

use entente::stream::sabotage::Bug;
use nix::sys::signal::Signal;

use crate::articles::{article, slow_article};
use crate::checks::{Dice, LARGE, assert_exactly_once, assert_once_and_in_order, broker, patience};
use crate::cluster::Cluster;
use crate::service::{Options, SESSION, Service};
use crate::topics::{IN_PARTITIONS, await_end, make, produce};

#[test]
fn twenty_kills_lose_nothing_and_double_nothing() {
    let broker = broker();
    let topics = make(broker, "kills", LARGE);
    let mut dice = Dice(1);
    let mut made = 0;
    for kill in 0..20 {
        let more = 10_000 * (kill + 1) / 20;
        produce(broker, &topics.articles, (made..more).map(article));
        made = more;
        let service = Service::start(broker, &topics, &Options::new("kills", "a"));
        // From before the group is joined, through coding, to idle: a dead member keeps its partitions for the session's timeout.
        std::thread::sleep(Duration::from_millis(dice.roll(200, 2 * SESSION.as_millis() as u64)));
        service.kill();
    }
    let mut service = Service::start(broker, &topics, &Options::new("kills", "a"));
    await_end(broker, "kills", &topics.articles, patience(), &mut service);
    assert_eq!(service.stop(), Some(0), "{}", service.log());
    assert_exactly_once(broker, &topics, 10_000);
}

#[test]
fn a_zombie_is_fenced() {
    let broker = broker();
    let topics = make(broker, "zombie", LARGE);
    let count = 6_000;
    let zombie = Service::start(broker, &topics, &Options::new("zombie", "a"));
    produce(broker, &topics.articles, (0..count / 2).map(article));
    // Caught in the middle of its work, with a transaction open.
    std::thread::sleep(Duration::from_millis(1500));
    zombie.signal(Signal::SIGSTOP);
    produce(broker, &topics.articles, (count / 2..count).map(article));
    let mut heir = Service::start(broker, &topics, &Options::new("zombie", "b"));
    std::thread::sleep(SESSION * 2);
    zombie.signal(Signal::SIGCONT);
    await_end(broker, "zombie", &topics.articles, patience(), &mut heir);
    std::thread::sleep(SESSION);
    assert_eq!(heir.stop(), Some(0), "{}", heir.log());
    drop(zombie);
    assert_exactly_once(broker, &topics, count);
}

#[test]
fn what_a_zombie_still_has_in_its_coder_is_not_committed() {
    zombie_that_codes("coding", None);
}

pub fn zombie_that_codes(test: &str, bug: Option<Bug>) {
    let broker = broker();
    let topics = make(broker, test, LARGE);
    let slow = IN_PARTITIONS as usize;
    let articles = || (0..200).map(|number| if number < slow { slow_article(number, 8000) } else { article(number) });
    produce(broker, &topics.articles, articles());
    // Without the memory of articles: a worker that reads its topic again starts from what is committed, which would hide a commit of what was lost.
    let extra = vec![("SERVICE__WORKERS", IN_PARTITIONS.to_string()), ("TOPICS__STATE", String::new())];
    let worker =
        |instance| Service::start(broker, &topics, &Options { extra: extra.clone(), ..Options::new(test, instance).with(bug) });
    let zombie = worker("a");
    zombie.await_log("[0, 1, 2, 3]");
    std::thread::sleep(Duration::from_millis(500));
    // Nothing of it is in a transaction yet, so that no transaction's end can fence it: only its membership.
    zombie.signal(Signal::SIGSTOP);
    let mut heir = worker("b");
    heir.await_log("[0, 1, 2, 3]");
    zombie.signal(Signal::SIGCONT);
    await_end(broker, test, &topics.articles, patience(), &mut heir);
    // Time for the zombie to finish what it was coding when it was stopped.
    std::thread::sleep(Duration::from_secs(9));
    assert_eq!(heir.stop(), Some(0), "{}", heir.log());
    drop(zombie);
    assert_once_and_in_order(broker, &topics, articles());
}

#[test]
fn a_second_worker_of_the_same_name_fences_the_first() {
    let broker = broker();
    let topics = make(broker, "twins", LARGE);
    let mut first = Service::start(broker, &topics, &Options::new("twins", "a"));
    produce(broker, &topics.articles, (0..50).map(article));
    await_end(broker, "twins", &topics.articles, patience(), &mut first);
    let mut second = Service::start(broker, &topics, &Options::new("twins", "a"));
    std::thread::sleep(Duration::from_secs(3));
    produce(broker, &topics.articles, (50..2_000).map(article));
    assert_eq!(first.wait(Duration::from_secs(60)).code(), Some(5), "{}", first.log());
    await_end(broker, "twins", &topics.articles, patience(), &mut second);
    assert_eq!(second.stop(), Some(0), "{}", second.log());
    assert_exactly_once(broker, &topics, 2_000);
}

#[test]
fn workers_that_join_and_leave_hand_over_cleanly() {
    joining_and_leaving("joining", None);
}

pub fn joining_and_leaving(test: &str, bug: Option<Bug>) {
    let broker = broker();
    let topics = make(broker, test, LARGE);
    let mut dice = Dice(2);
    let mut stable = Service::start(broker, &topics, &Options::new(test, "stable").with(bug));
    let mut made = 0;
    for round in 0..6 {
        produce(broker, &topics.articles, (made..made + 800).map(article));
        made += 800;
        let mut guest = Service::start(broker, &topics, &Options::new(test, &format!("guest-{}", round % 2)).with(bug));
        std::thread::sleep(Duration::from_millis(dice.roll(500, 3000)));
        assert_eq!(guest.stop(), Some(0), "{}", guest.log());
    }
    await_end(broker, test, &topics.articles, patience(), &mut stable);
    assert_eq!(stable.stop(), Some(0), "{}", stable.log());
    assert_exactly_once(broker, &topics, made);
}

#[test]
fn sigterm_under_load_hands_over_at_once() {
    let broker = broker();
    let topics = make(broker, "sigterm", LARGE);
    produce(broker, &topics.articles, (0..8_000).map(article));
    let mut first = Service::start(broker, &topics, &Options::new("sigterm", "a"));
    std::thread::sleep(Duration::from_millis(1200));
    assert_eq!(first.stop(), Some(0), "{}", first.log());
    let started = std::time::Instant::now();
    let mut second = Service::start(broker, &topics, &Options::new("sigterm", "b"));
    let before = crate::topics::lag(broker, "sigterm", &topics.articles);
    while crate::topics::lag(broker, "sigterm", &topics.articles) == before && before > 0 {
        assert!(started.elapsed() < SESSION * 4, "the second worker got nothing; its log:\n{}", second.log());
        std::thread::sleep(Duration::from_millis(50));
    }
    await_end(broker, "sigterm", &topics.articles, patience(), &mut second);
    assert_eq!(second.stop(), Some(0), "{}", second.log());
    assert_exactly_once(broker, &topics, 8_000);
}

#[test]
fn a_broker_that_restarts_in_the_middle_costs_nothing() {
    let mut broker = Cluster::single();
    let topics = make(&broker, "restart", LARGE);
    produce(&broker, &topics.articles, (0..6_000).map(article));
    let mut service = Service::start(&broker, &topics, &Options::new("restart", "a"));
    service.await_log("[0, 1, 2, 3]");
    for pause in [300, 2_500] {
        std::thread::sleep(Duration::from_millis(pause));
        broker.kill(0);
        std::thread::sleep(Duration::from_millis(500));
        broker.boot(0);
    }
    await_end(&broker, "restart", &topics.articles, patience(), &mut service);
    assert_eq!(service.stop(), Some(0), "{}", service.log());
    assert_exactly_once(&broker, &topics, 6_000);
}
