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
    let topics = make(&broker, "backfill", LARGE);
    produce(&broker, &topics.articles, (0..3_000).map(article));
    let planned = done(entente(&broker, &topics, &["backfill", "plan", "--name", "one"]));
    assert!(String::from_utf8_lossy(&planned.stdout).contains("3000 offsets left"), "{planned:?}");
    let arguments = ["backfill", "run", "--name", "one", "--rate", "700"];
    for kill in 0..3 {
        let mut child = entente(&broker, &topics, &arguments).stderr(Stdio::null()).spawn().expect("the binary runs");
        let begun =
            || entente(&broker, &topics, &["backfill", "plan", "--name", "one"]).output().expect("the binary runs").stderr;
        while !String::from_utf8_lossy(&begun()).contains("begun before") {
            assert!(child.try_wait().expect("a child").is_none(), "it ended before it had begun");
        }
        std::thread::sleep(Duration::from_millis(600 + 400 * kill));
        child.kill().expect("it can be killed");
        child.wait().expect("it can be waited for");
        // What comes later is not part of it: the end was decided at the first start.
        produce(&broker, &topics.articles, (3_000..3_050).map(article));
    }
    done(entente(&broker, &topics, &arguments));
    let mut wanted: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    for number in 0..3_000 {
        let events = expected(pipeline(), &article(number).1.unwrap_or_default());
        events.into_iter().for_each(|event| *wanted.entry(event).or_default() += 1);
    }
    let got = values(&broker, &topics.events);
    assert!(got == wanted, "{} events, {} wanted", got.values().sum::<usize>(), wanted.values().sum::<usize>());
    assert_eq!(lag(&broker, "backfill", &topics.articles), 3_150, "the live group has read nothing");
}

#[test]
fn dead_letters_are_listed_shown_and_replayed_once() {
    let broker = broker();
    let topics = make(&broker, "letters", LARGE);
    // An article that was cut off by its producer's limit, which a later version of the configuration lets through.
    let sound = article(1).1.expect("no tombstone");
    produce(&broker, &topics.articles, [(0, Some(b"{\"text\": 7".to_vec())), (0, Some(sound.clone()))]);
    // The smallest limit makes the sound article a dead letter too, if it is padded beyond it.
    let padded = [sound.clone(), vec![b' '; 4096]].concat();
    produce(&broker, &topics.articles, [(0, Some(padded.clone()))]);
    let small = vec![("LIMITS__ARTICLE_BYTES", "4096".to_owned())];
    let mut service = Service::start(&broker, &topics, &Options { extra: small, ..Options::new("letters", "a") });
    await_end(&broker, "letters", &topics.articles, Duration::from_secs(60), &mut service);
    assert_eq!(service.stop(), Some(0), "{}", service.log());
    let listed = done(entente(&broker, &topics, &["dlq", "list", "--reason", "payload-too-large"]));
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert_eq!(listed.lines().count(), 1, "{listed}");
    let place = listed.split('\t').next().expect("a line has columns").to_owned();
    assert_eq!(done(entente(&broker, &topics, &["dlq", "show", &place])).stdout, padded);

    let before = values(&broker, &topics.events);
    let replay = ["dlq", "replay", "--name", "again", "--reason", "payload-too-large"];
    done(entente(&broker, &topics, &replay));
    done(entente(&broker, &topics, &replay));
    let mut wanted = before;
    expected(pipeline(), &padded).into_iter().for_each(|event| *wanted.entry(event).or_default() += 1);
    assert!(values(&broker, &topics.events) == wanted, "the article's events came once, however often it was replayed");
    assert_eq!(read_all(&broker, &topics.dead).len(), 2, "nothing was rejected again");
}
