//! Corrections and near-copies: what is remembered of articles, through crashes and from worker to worker.

use std::collections::BTreeMap;
use std::time::Duration;

use nix::sys::signal::Signal;

use crate::checks::{LARGE, broker, patience};
use crate::cluster::Cluster;
use crate::service::{Options, SESSION, Service};
use crate::topics::{Input, Read, Topics, await_end, make, produce, produce_as, read_all};

/// An article of ours; long enough for its copies to be told from others.
fn story(id: &str, version: u32, lead: &str, end: &str) -> Option<Vec<u8>> {
    let text = format!(
        "{lead} The ministry's spokesman told reporters in the capital that the decision had been taken after weeks of deliberation and that no \
         further comment would be made before the end of the week. Shopkeepers in the old town said they had hardly noticed the news, and prices \
         on the market square remained steady throughout the afternoon as rain fell over most of the province. {end}"
    );
    let json = serde_json::json!({"id": id, "version": version, "text": text, "published_at": "2024-11-07", "language": "en"});
    Some(json.to_string().into_bytes())
}

const CONDEMNS: &str = "Chile condemned Peru on Monday.";
const SANCTIONS: &str = "Chile imposed sanctions on Peru on Monday.";

/// What a downstream that upserts by id ends with: id to act.
fn table(events: &[Read]) -> BTreeMap<String, String> {
    let mut table = BTreeMap::new();
    for event in events {
        let value: serde_json::Value = serde_json::from_slice(event.payload.as_deref().expect("a value")).expect("JSON");
        let id = value["id"].as_str().expect("an id").to_owned();
        if value["retracted"] == true {
            assert_eq!(value["schema"], "entente.retraction/1");
            assert_eq!(event.key.as_deref(), value["dyad"].as_str().map(str::as_bytes), "a retraction goes where its event went");
            assert!(table.remove(&id).is_some(), "what was not told cannot be taken back: {value}");
        } else {
            table
                .insert(id, format!("{} {}", value["dyad"].as_str().unwrap_or(""), value["event"]["act"].as_str().unwrap_or("")));
        }
    }
    table
}

fn acts(events: &[Read]) -> Vec<String> {
    table(events).into_values().collect()
}

fn run_to_end(broker: &Cluster, topics: &Topics, options: &Options) {
    let mut service = Service::start(broker, topics, options);
    await_end(broker, &options.group, &topics.articles, patience(), &mut service);
    assert_eq!(service.stop(), Some(0), "{}", service.log());
}

#[test]
fn a_correction_takes_back_what_no_longer_holds_whatever_partition_it_comes_in() {
    let broker = broker();
    let topics = make(broker, "corrections", LARGE);
    let options = Options::new("corrections", "a");
    produce(broker, &topics.articles, [(0, story("x", 1, CONDEMNS, ""))]);
    run_to_end(broker, &topics, &options);
    assert_eq!(acts(&read_all(broker, &topics.events)), ["CHL-PER ACCUSE"]);
    // Another process and another partition; the memory comes from the topic.
    produce(broker, &topics.articles, [(3, story("x", 2, SANCTIONS, ""))]);
    run_to_end(broker, &topics, &options);
    let corrected = read_all(broker, &topics.events);
    assert_eq!(acts(&corrected), ["CHL-PER SANCTION"]);
    // The older version comes late, the newer again: nothing changes, and the newer gives the very same records again.
    produce(broker, &topics.articles, [(1, story("x", 1, CONDEMNS, "")), (1, story("x", 2, SANCTIONS, ""))]);
    run_to_end(broker, &topics, &options);
    let again = read_all(broker, &topics.events);
    let values = |reads: &[Read]| reads.iter().map(|read| read.payload.clone()).collect::<Vec<_>>();
    assert_eq!(values(&again[corrected.len()..]), values(&corrected[1..]), "the second version's retraction and event");
    // Withdrawn.
    let gone = serde_json::json!({"id": "x", "version": 2, "status": "withdrawn"}).to_string();
    produce(broker, &topics.articles, [(2, Some(gone.into_bytes())), (2, story("x", 2, SANCTIONS, ""))]);
    run_to_end(broker, &topics, &options);
    let all = read_all(broker, &topics.events);
    let last = all.last().and_then(|read| read.payload.as_deref()).map(|value| String::from_utf8_lossy(value).into_owned());
    assert!(last.as_deref().is_some_and(|last| last.contains("\"retracted\":true")), "{last:?}");
    assert_eq!(
        all.len(),
        again.len() + 1,
        "the sanctions are taken back, and do not come back with the version that was withdrawn"
    );
}

#[test]
fn a_near_copy_tells_nothing_twice_and_only_what_is_new() {
    let broker = broker();
    let topics = make(broker, "copies", LARGE);
    let options = Options::new("copies", "a");
    let inputs = [
        (0, story("wire", 1, SANCTIONS, "")),
        (1, story("paper", 1, SANCTIONS, "Additional reporting by our own staff.")),
        (2, story("gazette", 1, SANCTIONS, "France thanked Kenya on Monday.")),
    ];
    // One after the other, so that it is known which is the original.
    for input in inputs.clone() {
        produce(broker, &topics.articles, [input]);
        run_to_end(broker, &topics, &options);
    }
    let events = read_all(broker, &topics.events);
    let mut told = acts(&events);
    told.sort();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("CHL-PER SANCTION") && told[1].starts_with("FRA-KEN"), "{told:?}");
    assert_eq!(events[1].header("entente.duplicate_of").as_deref(), Some("wire"));
    // All again: the decisions stand, and the events are the same.
    produce(broker, &topics.articles, inputs);
    run_to_end(broker, &topics, &options);
    let again = read_all(broker, &topics.events);
    assert_eq!((again.len(), table(&again)), (2 * events.len(), table(&events)));
    // The original's own later version is no copy.
    produce(broker, &topics.articles, [(1, story("wire", 2, CONDEMNS, ""))]);
    run_to_end(broker, &topics, &options);
    assert_eq!(acts(&read_all(broker, &topics.events)).iter().filter(|act| *act == "CHL-PER ACCUSE").count(), 1);
}

#[test]
fn copies_are_published_and_retractions_are_tombstones_where_configured() {
    let broker = broker();
    let topics = make(broker, "published", LARGE);
    let extra = vec![("STATE__DUPLICATES", "publish".to_owned()), ("STATE__RETRACTIONS", "tombstone".to_owned())];
    let options = Options { extra, ..Options::new("published", "a") };
    for input in [story("wire", 1, SANCTIONS, ""), story("paper", 1, SANCTIONS, ""), story("wire", 2, CONDEMNS, "")] {
        produce(broker, &topics.articles, [(0, input)]);
    }
    run_to_end(broker, &topics, &options);
    let events = read_all(broker, &topics.events);
    let shape: Vec<_> = events.iter().map(|read| (read.payload.is_some(), read.header("entente.duplicate_of"))).collect();
    assert_eq!(shape, [(true, None), (true, Some("wire".to_owned())), (false, None), (true, None)]);
    assert_eq!(events[0].key, events[2].key, "the tombstone has the key of what it removes");
    assert_eq!(events[0].key.as_deref(), events[0].header("ce_id").as_deref().map(str::as_bytes));
}

/// Versions of many articles, each telling one act and the next version another.
fn versions(articles: usize, version: u32) -> Vec<(i32, Option<Vec<u8>>)> {
    let lead = if version % 2 == 1 { CONDEMNS } else { SANCTIONS };
    let one = |number: usize| {
        let json = serde_json::json!({"id": format!("a{number}"), "version": version, "text": lead, "published_at": "2024-11-07", "language": "en"});
        // The next version comes in another partition.
        ((number + version as usize) as i32 % 4, Some(json.to_string().into_bytes()))
    };
    (0..articles).map(one).collect()
}

#[test]
fn corrections_survive_kills_and_moves_between_workers() {
    let broker = broker();
    let topics = make(broker, "moves", LARGE);
    let articles = 400;
    let mut pauses = [700, 1900, 2600, 3400, 1200, 4100].into_iter();
    for version in 1..=4 {
        produce(broker, &topics.articles, versions(articles, version));
        let first = Service::start(broker, &topics, &Options::new("moves", "a"));
        let second = Service::start(broker, &topics, &Options::new("moves", "b"));
        std::thread::sleep(Duration::from_millis(pauses.next().unwrap_or(1000)));
        first.kill();
        std::thread::sleep(Duration::from_millis(pauses.next().unwrap_or(1000)));
        second.signal(Signal::SIGSTOP);
        // Both are gone for the group; a third worker takes what they had, with what they remembered.
        let mut third = Service::start(broker, &topics, &Options::new("moves", "c"));
        std::thread::sleep(SESSION * 2);
        second.signal(Signal::SIGCONT);
        await_end(broker, "moves", &topics.articles, patience(), &mut third);
        assert_eq!(third.stop(), Some(0), "{}", third.log());
        drop(second);
        // `table` fails where something is taken back that was not told.
        let told = acts(&read_all(broker, &topics.events));
        let wanted = if version % 2 == 1 { "CHL-PER ACCUSE" } else { "CHL-PER SANCTION" };
        assert_eq!(told.len(), articles, "one event an article after version {version}");
        assert!(told.iter().all(|act| act == wanted), "after version {version}: {told:?}");
    }
    let records = read_all(broker, &topics.events).len();
    assert_eq!(records, articles * (1 + 3 * 2), "each version told once, each but the first with one retraction");
}

#[test]
fn a_tombstone_takes_back_what_the_article_of_its_key_told() {
    let broker = broker();
    let topics = make(broker, "deleted", LARGE);
    let options = Options::new("deleted", "a");
    let input = |key: &str, payload| Input { key: key.to_owned(), payload, ..Input::default() };
    let told = [input("x", story("x", 1, CONDEMNS, "")), input("y", story("y", 1, "France thanked Kenya on Monday.", ""))];
    produce_as(broker, &topics.articles, told);
    run_to_end(broker, &topics, &options);
    assert_eq!(acts(&read_all(broker, &topics.events)).len(), 2);
    // By a worker that only remembers; a key that is no article's means nothing.
    produce_as(broker, &topics.articles, [input("z", None), input("x", None)]);
    run_to_end(broker, &topics, &options);
    let left = acts(&read_all(broker, &topics.events));
    assert!(left.len() == 1 && left[0].starts_with("FRA-KEN"), "{left:?}");
}
