//! Memory of the real binary, with its own configuration, while a large backlog waits.

use std::fs;
use std::time::{Duration, Instant};

use crate::checks::Dice;
use crate::cluster::Cluster;
use crate::load::{LARGE, padded};
use crate::service::Service;
use crate::topics::{make, produce};

const WATCHED: Duration = Duration::from_secs(30);

/// Bytes of an article, so that the backlog grows quickly.
const LONG: usize = 20_000;

/// Sentences of the gold articles that need no escape in JSON: what waits must pack no better than news does, for a fetch is unpacked whole.
fn sentences() -> Vec<&'static str> {
    include_str!("../../tests/gold/learn.jsonl")
        .split(". ")
        .filter(|sentence| !sentence.contains(['"', '\\', '\n']) && sentence.len() > 40)
        .collect()
}

fn filling(sentences: &[&str], number: usize) -> String {
    let mut dice = Dice(number as u64 + 1);
    let mut text = String::with_capacity(LONG + 400);
    while text.len() < LONG {
        text.push_str(sentences[dice.roll(0, sentences.len() as u64) as usize]);
        text.push_str(". ");
    }
    text
}

/// MiB that waited, and the peak of the resident memory in MiB.
pub fn measure(cluster: &Cluster, mebibytes: usize) -> (usize, u64) {
    let topics = make(cluster, "backlog", LARGE);
    let sentences = sentences();
    let long = |number: usize| {
        let (partition, payload) = padded(number);
        let text = String::from_utf8(payload.unwrap_or_default()).expect("an article is UTF-8");
        let text = text.replacen("A school will open", &format!("{}A school will open", filling(&sentences, number)), 1);
        (partition, Some(text.into_bytes()))
    };
    let size = long(0).1.map_or(1, |payload| payload.len());
    let count = (mebibytes << 20) / size;
    produce(cluster, &topics.articles, (0..count).map(long));
    let mut command = Service::plain_command(cluster, &topics);
    let mut service = command.arg("run").spawn().expect("the service starts");
    let until = Instant::now() + WATCHED;
    let mut peak = 0;
    while Instant::now() < until {
        let status = fs::read_to_string(format!("/proc/{}/status", service.id())).expect("this is Linux, and the service runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
        peak = line.trim().trim_end_matches(" kB").trim().parse().unwrap_or(peak);
        std::thread::sleep(Duration::from_millis(500));
    }
    service.kill().expect("the service can be killed");
    service.wait().expect("the service can be waited for");
    ((count * size) >> 20, peak / 1024)
}
