//! Replay: backfill and dead letters, beside the live group.

use std::collections::BTreeMap;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use crate::articles::{article, expected};
use crate::checks::{LARGE, broker, pipeline};
use crate::cluster::Cluster;
use crate::service::{Options, Service};
use crate::topics::{Topics, await_end, lag, make, produce, read_all};

fn entente(broker: &Cluster, topics: &Topics, arguments: &[&str]) -> Command {
    let mut command = Service::command(broker, topics, &Options::new(topics.articles.trim_end_matches(".raw"), "a"));
    command.args(arguments).stdin(Stdio::null());
    command
}

fn done(mut command: Command) -> Output {
    let output = command.output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// What came out, as a multiset of values.
fn values(broker: &Cluster, topic: &str) -> BTreeMap<Vec<u8>, usize> {
    let mut values = BTreeMap::new();
    read_all(broker, topic).into_iter().for_each(|event| *values.entry(event.payload.unwrap_or_default()).or_default() += 1);
    values
}

#[test]
fn a_backfill_that_is_killed_goes_on_and_leaves_the_live_group_alone() {
    let broker = broker();
    let topics = make(broker, "backfill", LARGE);
    produce(broker, &topics.articles, (0..3_000).map(article));
    let planned = done(entente(broker, &topics, &["backfill", "plan", "--name", "one"]));
    assert!(String::from_utf8_lossy(&planned.stdout).contains("3000 offsets left"), "{planned:?}");
    let arguments = ["backfill", "run", "--name", "one", "--rate", "700"];
    for kill in 0..3 {
        let mut child = entente(broker, &topics, &arguments).stderr(Stdio::null()).spawn().expect("the binary runs");
        let begun = || entente(broker, &topics, &["backfill", "plan", "--name", "one"]).output().expect("the binary runs").stderr;
        while !String::from_utf8_lossy(&begun()).contains("begun before") {
            assert!(child.try_wait().expect("a child").is_none(), "it ended before it had begun");
        }
        std::thread::sleep(Duration::from_millis(600 + 400 * kill));
        child.kill().expect("it can be killed");
        child.wait().expect("it can be waited for");
        // What comes later is not part of it: the end was decided at the first start.
        produce(broker, &topics.articles, (3_000..3_050).map(article));
    }
    done(entente(broker, &topics, &arguments));
    let mut wanted: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    for number in 0..3_000 {
        let events = expected(pipeline(), &article(number).1.unwrap_or_default());
        events.into_iter().for_each(|event| *wanted.entry(event).or_default() += 1);
    }
    let got = values(broker, &topics.events);
    assert!(got == wanted, "{} events, {} wanted", got.values().sum::<usize>(), wanted.values().sum::<usize>());
    assert_eq!(lag(broker, "backfill", &topics.articles), 3_150, "the live group has read nothing");
}

#[test]
fn a_second_backfill_of_the_same_name_fences_the_first_and_doubles_nothing() {
    let broker = broker();
    let topics = make(broker, "same", LARGE);
    produce(broker, &topics.articles, (0..1_000).map(article));
    let run = |rate| entente(broker, &topics, &["backfill", "run", "--name", "same", "--rate", rate]);
    let mut first = run("100").stderr(Stdio::null()).spawn().expect("the binary runs");
    let begun = || entente(broker, &topics, &["backfill", "plan", "--name", "same"]).output().expect("the binary runs").stderr;
    while !String::from_utf8_lossy(&begun()).contains("begun before") {
        assert!(first.try_wait().expect("a child").is_none(), "it ended before it had begun");
    }
    // The first goes on while the second makes its plan and loads its models.
    done(run("1000"));
    assert_eq!(first.wait().expect("it can be waited for").code(), Some(5));
    let mut wanted: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    for number in 0..1_000 {
        let events = expected(pipeline(), &article(number).1.unwrap_or_default());
        events.into_iter().for_each(|event| *wanted.entry(event).or_default() += 1);
    }
    let got = values(broker, &topics.events);
    assert!(got == wanted, "{} events, {} wanted", got.values().sum::<usize>(), wanted.values().sum::<usize>());
}

#[test]
fn dead_letters_are_listed_shown_and_replayed_once() {
    let broker = broker();
    let topics = make(broker, "letters", LARGE);
    // An article that was cut off by its producer's limit, which a later version of the configuration lets through.
    let sound = article(1).1.expect("no tombstone");
    produce(broker, &topics.articles, [(0, Some(b"{\"text\": 7".to_vec())), (0, Some(sound.clone()))]);
    // The smallest limit makes the sound article a dead letter too, if it is padded beyond it.
    let padded = [sound.clone(), vec![b' '; 4096]].concat();
    produce(broker, &topics.articles, [(0, Some(padded.clone()))]);
    let small = vec![("LIMITS__ARTICLE_BYTES", "4096".to_owned())];
    let mut service = Service::start(broker, &topics, &Options { extra: small, ..Options::new("letters", "a") });
    await_end(broker, "letters", &topics.articles, Duration::from_secs(60), &mut service);
    assert_eq!(service.stop(), Some(0), "{}", service.log());
    let listed = done(entente(broker, &topics, &["dlq", "list", "--reason", "payload-too-large"]));
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert_eq!(listed.lines().count(), 1, "{listed}");
    let place = listed.split('\t').next().expect("a line has columns").to_owned();
    assert_eq!(done(entente(broker, &topics, &["dlq", "show", &place])).stdout, padded);

    let before = values(broker, &topics.events);
    let replay = ["dlq", "replay", "--name", "again", "--reason", "payload-too-large"];
    done(entente(broker, &topics, &replay));
    let again = done(entente(broker, &topics, &replay));
    assert!(String::from_utf8_lossy(&again.stderr).contains("take another name"), "{again:?}");
    let mut wanted = before;
    expected(pipeline(), &padded).into_iter().for_each(|event| *wanted.entry(event).or_default() += 1);
    assert!(values(broker, &topics.events) == wanted, "the article's events came once, however often it was replayed");
    assert_eq!(read_all(broker, &topics.dead).len(), 3, "two letters, and a note on what became of one");

    let replayed = read_all(broker, &topics.events).into_iter().next_back().expect("an event");
    assert_eq!(replayed.place(), (0, 2), "the article's place, not the letter's");
    assert_eq!(replayed.header("entente.topic").as_ref(), Some(&topics.articles));

    // Under another name: what came through is passed over, what is rejected again gets a note and no second letter.
    done(entente(broker, &topics, &["dlq", "replay", "--name", "more"]));
    assert!(values(broker, &topics.events) == wanted, "what came through before is not told again");
    assert_eq!(read_all(broker, &topics.dead).len(), 4);
    let listed = done(entente(broker, &topics, &["dlq", "list"]));
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let became: Vec<(&str, &str)> =
        listed.lines().map(|line| line.split('\t').collect::<Vec<_>>()).map(|columns| (columns[3], columns[4])).collect();
    let events = expected(pipeline(), &padded).len();
    let replayed = format!("replayed: {events} events");
    assert_eq!(became, [("malformed-json", "rejected again"), ("payload-too-large", replayed.as_str())], "{listed}");
}

#[test]
fn two_replays_are_byte_identical_and_change_nothing_downstream() {
    let broker = broker();
    let topics = make(broker, "twice", LARGE);
    // Two versions of one article, so that a retraction is among what is replayed.
    let version = |version: u32, lead: &str| {
        let json =
            serde_json::json!({"id": "v", "version": version, "text": lead, "published_at": "2024-11-07", "language": "en"});
        (0, Some(json.to_string().into_bytes()))
    };
    let inputs =
        (0..500).map(article).chain([version(1, "Chile condemned Peru on Monday."), version(2, "Chile thanked Peru on Monday.")]);
    produce(broker, &topics.articles, inputs);
    let mut service = Service::start(broker, &topics, &Options::new("twice", "a"));
    await_end(broker, "twice", &topics.articles, Duration::from_secs(60), &mut service);
    assert_eq!(service.stop(), Some(0), "{}", service.log());
    let live = read_all(broker, &topics.events);
    let mut replays = Vec::new();
    for name in ["first", "second"] {
        done(entente(broker, &topics, &["backfill", "run", "--name", name, "--from", "2023-01-01", "--yield-to-lag", "twice"]));
        let all = read_all(broker, &topics.events);
        let before = live.len() + replays.iter().map(Vec::len).sum::<usize>();
        let mut of_partition: Vec<_> =
            all[before..].iter().map(|read| (read.place(), read.key.clone(), read.payload.clone())).collect();
        // Partitions are read side by side.
        of_partition.sort();
        replays.push(of_partition);
    }
    assert!(replays[0] == replays[1] && replays[0].len() > 400);
    // Upserted by id, everything together gives what the live run gave.
    let table = |reads: &[crate::topics::Read]| {
        let mut table = BTreeMap::new();
        for read in reads {
            let value: serde_json::Value = serde_json::from_slice(read.payload.as_deref().expect("a value")).expect("JSON");
            let id = value["id"].as_str().unwrap_or_default().to_owned();
            if value["retracted"] == true {
                table.remove(&id)
            } else {
                table.insert(id, read.payload.clone())
            };
        }
        table
    };
    assert!(table(&live) == table(&read_all(broker, &topics.events)));
}

#[test]
fn a_backfill_reads_what_it_was_told_to_and_writes_where_it_was_told_to() {
    let broker = broker();
    let topics = make(broker, "chosen", LARGE);
    let other = make(broker, "chosenout", LARGE);
    produce(broker, &topics.articles, (0..400).map(article));
    let arguments = ["--offsets", "1:10-19", "--partition", "2", "--output", other.events.as_str(), "--name", "some"];
    let planned = done(entente(broker, &topics, &[&["backfill", "plan"], &arguments[..]].concat()));
    assert!(String::from_utf8_lossy(&planned.stdout).contains("110 offsets left"), "{planned:?}");
    done(entente(broker, &topics, &[&["backfill", "run"], &arguments[..]].concat()));
    assert_eq!(read_all(broker, &topics.events), []);
    // A name that was used means what it meant then; an output that is not there, and a stretch that is none, are told at once.
    let again = done(entente(broker, &topics, &["backfill", "run", "--name", "some"]));
    assert!(String::from_utf8_lossy(&again.stderr).contains("take another name"), "{again:?}");
    for (wrong, code, told) in [
        (["--output", "nosuch", "--name", "none"], 4, "`nosuch` does not exist"),
        (["--from=2024-11-02", "--to=2024-11-01", "--name", "none"], 1, "nothing between"),
    ] {
        let failed = entente(broker, &topics, &[&["backfill", "run"], &wrong[..]].concat()).output().expect("the binary runs");
        let said = String::from_utf8_lossy(&failed.stderr).into_owned();
        assert!(failed.status.code() == Some(code) && said.contains(told), "{code}: {failed:?}");
    }
    let chosen = (0..400).filter(|number| number % 4 == 2 || (number % 4 == 1 && (10..20).contains(&(number / 4))));
    let wanted: usize = chosen.map(|number| expected(pipeline(), &article(number).1.unwrap_or_default()).len()).sum();
    assert_eq!(read_all(broker, &other.events).len(), wanted);
}

#[test]
fn a_backfill_waits_for_a_live_group_that_lags() {
    let broker = broker();
    let topics = make(broker, "yields", LARGE);
    let other = make(broker, "yieldsout", LARGE);
    let count = 1_500;
    produce(broker, &topics.articles, (0..count).map(article));
    // The live group has not begun.
    let arguments = ["backfill", "run", "--name", "later", "--output", &other.events, "--yield-to-lag", "yields"];
    let mut child = entente(broker, &topics, &arguments).stderr(Stdio::null()).spawn().expect("the binary runs");
    std::thread::sleep(Duration::from_secs(4));
    assert!(child.try_wait().expect("a child").is_none(), "it did not wait");
    assert_eq!(read_all(broker, &other.events).len(), 0, "it went ahead of the live group");
    let mut live = Service::start(broker, &topics, &Options::new("yields", "live"));
    await_end(broker, "yields", &topics.articles, Duration::from_secs(60), &mut live);
    assert_eq!(live.stop(), Some(0), "{}", live.log());
    let ended = child.wait().expect("it can be waited for");
    assert_eq!(ended.code(), Some(0));
    assert_eq!(values(broker, &other.events), values(broker, &topics.events), "both read the same");
}
