//! The promises.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use entente::pipeline::Pipeline;
use nix::sys::signal::Signal;

use crate::articles::{article, expected};
use crate::broker::Broker;
use crate::service::{Options, SESSION, Service};
use crate::topics::{Read, Topics, await_end, make, produce, read_all};

pub const LARGE: &str = "33554432";
const LONG: Duration = Duration::from_secs(90);

/// One broker for all tests but those that break it; one test at a time, because the machine has few cores.
pub fn broker() -> MutexGuard<'static, Broker> {
    static BROKER: OnceLock<Mutex<Broker>> = OnceLock::new();
    BROKER.get_or_init(|| Mutex::new(Broker::start())).lock().unwrap_or_else(PoisonError::into_inner)
}

/// A small generator (Knuth's MMIX), so that kills fall at other moments each time but the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, least: u64, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        least + (self.0 >> 33) % (most - least)
    }
}

/// Everything came out once: what the coder gives for each article, and in the order of the articles of each partition.
fn assert_exactly_once(broker: &Broker, topics: &Topics, count: usize) {
    let pipeline = Pipeline::embedded().expect("the coder loads");
    let mut wanted: BTreeMap<i32, Vec<Vec<u8>>> = BTreeMap::new();
    for number in 0..count {
        let (partition, payload) = article(number);
        wanted.entry(partition).or_default().extend(expected(&pipeline, &payload.expect("no tombstones")));
    }
    let total: usize = wanted.values().map(Vec::len).sum();
    assert!(total > count / 2, "the articles give too few events for this to mean anything: {total}");
    let read = read_all(broker, &topics.events);
    assert_eq!(read.len(), total, "events that came out, and that should have");
    let mut got: BTreeMap<i32, Vec<Vec<u8>>> = BTreeMap::new();
    for event in &read {
        got.entry(event.place().0).or_default().push(event.payload.clone().expect("an event has a value"));
    }
    for (partition, wanted) in &wanted {
        let got = got.get(partition).map_or(&[][..], Vec::as_slice);
        if let Some(at) = (0..wanted.len()).find(|at| got.get(*at) != wanted.get(*at)) {
            let show = |bytes: Option<&Vec<u8>>| bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
            panic!("partition {partition}, event {at}: got {:?}, wanted {:?}", show(got.get(at)), show(wanted.get(at)));
        }
    }
    assert_eq!(read_all(broker, &topics.dead), [], "sound articles give no dead letters");
}

#[test]
fn ten_thousand_articles_give_what_extract_gives_once_and_in_order() {
    let broker = broker();
    let topics = make(&broker, "plain", LARGE);
    produce(&broker, &topics.articles, (0..10_000).map(article));
    let mut service = Service::start(&broker, &topics, &Options::new("plain", "a"));
    await_end(&broker, "plain", &topics.articles, LONG, &mut service);
    assert_eq!(service.stop(), Some(0), "{}", service.log());
    assert_exactly_once(&broker, &topics, 10_000);
}

#[test]
fn at_least_once_delivers_the_same_when_nothing_fails() {
    let broker = broker();
    let topics = make(&broker, "atleast", LARGE);
    produce(&broker, &topics.articles, (0..2_000).map(article));
    let mut service = Service::start(&broker, &topics, &Options { delivery: "at-least-once", ..Options::new("atleast", "a") });
    await_end(&broker, "atleast", &topics.articles, LONG, &mut service);
    assert_eq!(service.stop(), Some(0), "{}", service.log());
    assert_exactly_once(&broker, &topics, 2_000);
}

#[test]
fn at_least_once_loses_nothing_to_kills() {
    let broker = broker();
    let topics = make(&broker, "atleastkills", LARGE);
    let options = Options { delivery: "at-least-once", ..Options::new("atleastkills", "a") };
    let mut dice = Dice(3);
    for round in 0..5 {
        produce(&broker, &topics.articles, (round * 400..(round + 1) * 400).map(article));
        let service = Service::start(&broker, &topics, &options);
        std::thread::sleep(Duration::from_millis(dice.roll(500, 4000)));
        service.kill();
    }
    let mut service = Service::start(&broker, &topics, &options);
    await_end(&broker, "atleastkills", &topics.articles, LONG, &mut service);
    assert_eq!(service.stop(), Some(0));
    let pipeline = Pipeline::embedded().expect("the coder loads");
    let read = read_all(&broker, &topics.events);
    let mut got: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    read.into_iter().for_each(|event| *got.entry(event.payload.unwrap_or_default()).or_default() += 1);
    for number in 0..2_000 {
        for event in expected(&pipeline, &article(number).1.unwrap_or_default()) {
            assert!(got.contains_key(&event), "article {number} was lost");
        }
    }
}

#[test]
fn twenty_kills_lose_nothing_and_double_nothing() {
    let broker = broker();
    let topics = make(&broker, "kills", LARGE);
    let mut dice = Dice(1);
    let mut made = 0;
    for kill in 0..20 {
        let more = 10_000 * (kill + 1) / 20;
        produce(&broker, &topics.articles, (made..more).map(article));
        made = more;
        let service = Service::start(&broker, &topics, &Options::new("kills", "a"));
        // From before the group is joined, through coding, to idle: a dead member keeps its partitions for the session's timeout.
        std::thread::sleep(Duration::from_millis(dice.roll(200, 2 * SESSION.as_millis() as u64)));
        service.kill();
    }
    let mut service = Service::start(&broker, &topics, &Options::new("kills", "a"));
    await_end(&broker, "kills", &topics.articles, LONG, &mut service);
    assert_eq!(service.stop(), Some(0), "{}", service.log());
    assert_exactly_once(&broker, &topics, 10_000);
}

#[test]
fn a_zombie_is_fenced() {
    let broker = broker();
    let topics = make(&broker, "zombie", LARGE);
    let count = 6_000;
    let zombie = Service::start(&broker, &topics, &Options::new("zombie", "a"));
    produce(&broker, &topics.articles, (0..count / 2).map(article));
    // Caught in the middle of its work, with a transaction open.
    std::thread::sleep(Duration::from_millis(1500));
    zombie.signal(Signal::SIGSTOP);
    produce(&broker, &topics.articles, (count / 2..count).map(article));
    let mut heir = Service::start(&broker, &topics, &Options::new("zombie", "b"));
    std::thread::sleep(SESSION * 2);
    zombie.signal(Signal::SIGCONT);
    await_end(&broker, "zombie", &topics.articles, LONG, &mut heir);
    std::thread::sleep(SESSION);
    assert_eq!(heir.stop(), Some(0), "{}", heir.log());
    drop(zombie);
    assert_exactly_once(&broker, &topics, count);
}

#[test]
fn a_second_worker_of_the_same_name_fences_the_first() {
    let broker = broker();
    let topics = make(&broker, "twins", LARGE);
    let mut first = Service::start(&broker, &topics, &Options::new("twins", "a"));
    produce(&broker, &topics.articles, (0..50).map(article));
    await_end(&broker, "twins", &topics.articles, LONG, &mut first);
    let mut second = Service::start(&broker, &topics, &Options::new("twins", "a"));
    std::thread::sleep(Duration::from_secs(3));
    produce(&broker, &topics.articles, (50..2_000).map(article));
    assert_eq!(first.wait(Duration::from_secs(60)).code(), Some(5), "{}", first.log());
    await_end(&broker, "twins", &topics.articles, LONG, &mut second);
    assert_eq!(second.stop(), Some(0), "{}", second.log());
    assert_exactly_once(&broker, &topics, 2_000);
}

#[test]
fn workers_that_join_and_leave_hand_over_cleanly() {
    let broker = broker();
    let topics = make(&broker, "joining", LARGE);
    let mut dice = Dice(2);
    let mut stable = Service::start(&broker, &topics, &Options::new("joining", "stable"));
    let mut made = 0;
    for round in 0..6 {
        produce(&broker, &topics.articles, (made..made + 800).map(article));
        made += 800;
        let mut guest = Service::start(&broker, &topics, &Options::new("joining", &format!("guest-{}", round % 2)));
        std::thread::sleep(Duration::from_millis(dice.roll(500, 3000)));
        assert_eq!(guest.stop(), Some(0), "{}", guest.log());
    }
    await_end(&broker, "joining", &topics.articles, LONG, &mut stable);
    assert_eq!(stable.stop(), Some(0), "{}", stable.log());
    assert_exactly_once(&broker, &topics, made);
}

#[test]
fn sigterm_under_load_hands_over_at_once() {
    let broker = broker();
    let topics = make(&broker, "sigterm", LARGE);
    produce(&broker, &topics.articles, (0..8_000).map(article));
    let mut first = Service::start(&broker, &topics, &Options::new("sigterm", "a"));
    std::thread::sleep(Duration::from_millis(1200));
    assert_eq!(first.stop(), Some(0), "{}", first.log());
    let started = std::time::Instant::now();
    let mut second = Service::start(&broker, &topics, &Options::new("sigterm", "b"));
    let before = crate::topics::lag(&broker, "sigterm", &topics.articles);
    while crate::topics::lag(&broker, "sigterm", &topics.articles) == before && before > 0 {
        assert!(started.elapsed() < SESSION * 4, "the second worker got nothing; its log:\n{}", second.log());
        std::thread::sleep(Duration::from_millis(50));
    }
    await_end(&broker, "sigterm", &topics.articles, LONG, &mut second);
    assert_eq!(second.stop(), Some(0), "{}", second.log());
    assert_exactly_once(&broker, &topics, 8_000);
}

#[test]
fn a_broker_that_restarts_in_the_middle_costs_nothing() {
    let mut broker = Broker::start();
    let topics = make(&broker, "restart", LARGE);
    produce(&broker, &topics.articles, (0..6_000).map(article));
    let mut service = Service::start(&broker, &topics, &Options::new("restart", "a"));
    for pause in [900, 2_500] {
        std::thread::sleep(Duration::from_millis(pause));
        broker.kill();
        std::thread::sleep(Duration::from_millis(500));
        broker.boot();
    }
    await_end(&broker, "restart", &topics.articles, LONG, &mut service);
    assert_eq!(service.stop(), Some(0), "{}", service.log());
    assert_exactly_once(&broker, &topics, 6_000);
}

/// What a dead letter must say of an input.
struct Bad {
    name: &'static str,
    payload: Vec<u8>,
    stage: &'static str,
    reasons: &'static [&'static str],
}

fn bad_inputs() -> Vec<Bad> {
    let bad = |name, payload: &[u8], stage, reasons| Bad { name, payload: payload.to_vec(), stage, reasons };
    let deep = format!("{{\"text\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let large = format!("{{\"text\":\"{}\"}}", "Talks went on. ".repeat(20_000_000 / 15));
    let bomb = format!("<html><body>{}talks{}</body></html>", "<div>".repeat(200_000), "</div>".repeat(200_000));
    vec![
        bad(
            "truncated JSON, first in its batch",
            b"{\"id\": \"x\", \"text\": \"Chile and Peru met",
            "decode",
            &["malformed-json"],
        ),
        bad("empty payload", b"", "decode", &["empty-payload"]),
        bad(
            "invalid UTF-8",
            b"{\"text\": \"talks \xff\xfe\x80\xc3\x28 held\"}",
            "decode",
            &["invalid-encoding", "malformed-json"],
        ),
        bad("10,000-deep JSON", deep.as_bytes(), "decode", &["json-too-deep"]),
        bad("20 MB article", large.as_bytes(), "decode", &["payload-too-large"]),
        bad("missing text", b"{\"id\": \"y\", \"title\": null}", "decode", &["missing-text"]),
        bad(
            "absurd date",
            b"{\"text\": \"Chile thanked Peru on Monday.\", \"published_at\": \"2024-99-99\"}",
            "decode",
            &["invalid-date"],
        ),
        bad("bomb of nested HTML", bomb.as_bytes(), "decode", &["html-too-deep"]),
        bad("payload that makes the coder panic", b"delivery test: panic", "code", &["coder-panicked"]),
    ]
}

#[test]
fn every_bad_input_becomes_one_dead_letter_and_costs_no_other_article() {
    let broker = broker();
    let topics = make(&broker, "bad", LARGE);
    let bad = bad_inputs();
    // The bad ones first, a tombstone and sound ones after them, all in one partition.
    let sound: Vec<_> = (0..20).map(|number| (0, article(number).1)).collect();
    let inputs = bad.iter().map(|bad| (0, Some(bad.payload.clone()))).chain([(0, None)]).chain(sound.clone());
    produce(&broker, &topics.articles, inputs);
    let mut service = Service::start(&broker, &topics, &Options::new("bad", "a"));
    await_end(&broker, "bad", &topics.articles, LONG, &mut service);
    assert_eq!(service.stop(), Some(0), "{}", service.log());

    let dead = read_all(&broker, &topics.dead);
    assert_eq!(
        dead.len(),
        bad.len(),
        "one dead letter for each bad input, none for the tombstone: {:?}",
        dead.iter().map(Read::place).collect::<Vec<_>>()
    );
    for (offset, (bad, letter)) in bad.iter().zip(&dead).enumerate() {
        let name = bad.name;
        assert_eq!(letter.place(), (0, offset as i64), "{name}");
        assert!(letter.payload.as_deref().unwrap_or_default() == bad.payload, "{name}: the payload is as it came");
        assert_eq!(letter.key.as_deref(), Some(format!("key-{offset}").as_bytes()), "{name}");
        assert_eq!(letter.timestamp, Some(1_700_000_000_000 + offset as i64), "{name}");
        assert_eq!(letter.header("origin").as_deref(), Some("test"), "{name}: its headers are kept");
        assert_eq!(letter.header("entente.topic").as_deref(), Some(topics.articles.as_str()), "{name}");
        assert!(letter.header("entente.version").is_some(), "{name}");
        assert!(letter.header("entente.error.message").is_some_and(|message| message.len() > 10), "{name}");
        let (stage, reason) =
            (letter.header("entente.error.stage").unwrap_or_default(), letter.header("entente.error.reason").unwrap_or_default());
        assert!(bad.reasons.contains(&reason.as_str()), "{name}: `{reason}`, not one of {:?}", bad.reasons);
        assert_eq!(stage, bad.stage, "{name}");
    }
    let pipeline = Pipeline::embedded().expect("the coder loads");
    let wanted: Vec<_> =
        sound.iter().flat_map(|(_, payload)| expected(&pipeline, payload.as_deref().unwrap_or_default())).collect();
    let got: Vec<_> = read_all(&broker, &topics.events).into_iter().map(|event| event.payload.unwrap_or_default()).collect();
    assert!(got == wanted && !got.is_empty(), "the sound articles after them come out: {} of {}", got.len(), wanted.len());
}

#[test]
fn an_event_larger_than_its_topic_takes_is_a_dead_letter_and_the_rest_goes_on() {
    let broker = broker();
    let topics = make(&broker, "toolarge", "4000");
    // Evidence is cut to size, a title is not.
    let title = format!("Chile condemns Peru{}", " over a dispute that has lasted for many years".repeat(200));
    let long = serde_json::json!({"id": "long", "title": title, "text": "Chile condemned Peru on Monday.", "published_at": "2024-11-07", "language": "en"});
    let long = long.to_string();
    let inputs = (0..10)
        .map(|number| (0, article(number).1))
        .chain([(0, Some(long.into_bytes()))])
        .chain((10..20).map(|number| (0, article(number).1)));
    produce(&broker, &topics.articles, inputs);
    let mut service = Service::start(&broker, &topics, &Options::new("toolarge", "a"));
    await_end(&broker, "toolarge", &topics.articles, LONG, &mut service);
    assert_eq!(service.stop(), Some(0), "{}", service.log());
    let dead = read_all(&broker, &topics.dead);
    assert_eq!(dead.len(), 1);
    assert_eq!((dead[0].place(), dead[0].header("entente.error.reason").as_deref()), ((0, 10), Some("event-too-large")));
    let pipeline = Pipeline::embedded().expect("the coder loads");
    let wanted: usize = (0..20).map(|number| expected(&pipeline, &article(number).1.unwrap_or_default()).len()).sum();
    assert_eq!(read_all(&broker, &topics.events).len(), wanted);
}

#[test]
fn too_many_rejections_stop_the_service_before_the_topic_is_drained() {
    let broker = broker();
    let topics = make(&broker, "rejections", LARGE);
    produce(&broker, &topics.articles, (0..5_000).map(|number| (number % 4, Some(b"{\"text\": 7".to_vec()))));
    let extra = vec![("SERVICE__REJECTION_SHARE", "0.5".to_owned()), ("SERVICE__REJECTION_WINDOW", "200".to_owned())];
    let mut service = Service::start(&broker, &topics, &Options { extra, ..Options::new("rejections", "a") });
    assert_eq!(service.wait(Duration::from_secs(60)).code(), Some(6), "{}", service.log());
    assert!(service.log().contains("of the last 200 articles were rejected"), "{}", service.log());
    assert!(read_all(&broker, &topics.dead).len() <= 200);
}
