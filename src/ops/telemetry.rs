//! Metrics and the log lines that go with them. Names are part of the contract with dashboards: add, never rename.
//!
//! Counts of articles are made when their batch has committed, so that `entente_articles_in_total` equals the sum of
//! `entente_articles_total` over its outcomes.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use metrics::{Histogram, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use super::Health;
use crate::event::Tally;
use crate::pipeline::Step;
use crate::record::Rejection;

/// What became of articles in one committed batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Articles whose places in the log were committed, whatever became of them. Counted apart from their outcomes: the two must agree.
    pub read: u64,
    pub with_events: u64,
    pub without_events: u64,
    pub passed: BTreeMap<&'static str, u64>,
    /// By stage and reason.
    pub rejected: BTreeMap<(&'static str, &'static str), u64>,
    /// By act and status.
    pub events: BTreeMap<(&'static str, &'static str), u64>,
    pub bytes: u64,
    /// Near-copies, whatever became of them; not an outcome.
    pub duplicates: u64,
    /// Events taken back.
    pub retracted: u64,
}

impl Counts {
    /// Adds those of another batch.
    pub fn add(&mut self, other: &Self) {
        self.read += other.read;
        self.with_events += other.with_events;
        self.without_events += other.without_events;
        self.bytes += other.bytes;
        self.duplicates += other.duplicates;
        self.retracted += other.retracted;
        other.passed.iter().for_each(|(key, count)| *self.passed.entry(key).or_default() += count);
        other.rejected.iter().for_each(|(key, count)| *self.rejected.entry(*key).or_default() += count);
        other.events.iter().for_each(|(key, count)| *self.events.entry(*key).or_default() += count);
    }

    /// Articles of which it is known what became of them.
    pub fn outcomes(&self) -> u64 {
        self.with_events + self.without_events + self.passed.values().sum::<u64>() + self.rejected.values().sum::<u64>()
    }
}

/// "12 articles: 7 with events (9), 3 without, 1 passed over, 1 rejected".
impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sum = |counts: &BTreeMap<(&str, &str), u64>| counts.values().sum::<u64>();
        write!(f, "{} articles: {} with events ({})", self.read, self.with_events, sum(&self.events))?;
        write!(f, ", {} without, {} passed over", self.without_events, self.passed.values().sum::<u64>())?;
        write!(f, ", {} rejected; {} events taken back", sum(&self.rejected), self.retracted)
    }
}

const LAG: &str = "entente_lag_records";
const MEMORY: &str = "process_resident_memory_bytes";
const STARTED: &str = "process_start_time_seconds";
const READY: &str = "entente_ready";

/// Every metric with what it counts; a test holds the documentation to this list.
pub const METRICS: [(&str, &str); 36] = [
    ("entente_articles_in_total", "articles read and finished, whatever became of them"),
    ("entente_articles_total", "the same by outcome: with_events, without_events, passed, rejected"),
    ("entente_passed_total", "articles passed over, by reason"),
    ("entente_rejections_total", "articles sent to the dead letters, by stage and reason"),
    ("entente_events_total", "events published, by act and status"),
    ("entente_duplicates_total", "near-copies of earlier articles"),
    ("entente_retractions_total", "events taken back, because a later version of their article does not report them"),
    ("entente_article_bytes_total", "bytes of the articles finished"),
    ("entente_coding_seconds", "time to code one article"),
    ("entente_step_seconds", "the same by step: decode, signature, syntax, actor, event"),
    ("entente_latency_seconds", "from an article's log timestamp to its commit"),
    ("entente_event_latency_seconds", "from the moment of publication, as the article itself gives it, to its commit"),
    ("entente_commits_total", "batches committed"),
    ("entente_commit_seconds", "time a commit took"),
    ("entente_aborts_total", "batches aborted and read again"),
    ("entente_producer_resets_total", "producers dropped because the outcome of a transaction was unknown"),
    ("entente_rebalances_total", "partitions assigned, revoked or lost, by kind"),
    ("entente_in_flight_records", "articles read but not yet committed"),
    ("entente_in_flight_bytes", "their bytes"),
    ("entente_in_flight_limit_records", "articles that may be in flight; reading pauses beyond"),
    ("entente_in_flight_limit_bytes", "their bytes"),
    ("entente_coding_queue_records", "articles that wait for a coder"),
    ("entente_prefetched_records", "articles that the Kafka client has fetched ahead"),
    ("entente_prefetched_bytes", "their bytes"),
    ("entente_spans_total", "spans for the collector, by result: sent, failed, dropped"),
    (LAG, "articles that wait, by partition held"),
    (MEMORY, "resident memory"),
    (STARTED, "when the process began, in seconds since 1970"),
    (READY, "1 where /ready answers 200, else 0"),
    ("entente_remembered_articles", "articles in the state store"),
    ("entente_restore_seconds", "time to read the state topic to its end"),
    ("entente_judge_sentences_total", "sentences that name an actor, by whether the judge read them"),
    ("entente_judge_pairs_total", "pairs of actors that the judge was asked about, whom a sentence leaves out among them"),
    ("entente_judge_cut_total", "those whose sentence was too long to be read whole"),
    ("entente_judge_events_total", "events that the judge proposed, before they are weighed and those told twice are merged"),
    ("entente_judged_article_seconds", "time from mentions to events in an article in which the judge was asked something"),
];

/// Starts the recorder of this process, once; a second call gives `None`.
pub fn start() -> Option<PrometheusHandle> {
    let buckets = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.25, 0.5, 1.0, 3.0, 10.0, 30.0];
    // Seconds to a week: a wire is minutes behind, a weekly days, an archive years.
    let ages = [1.0, 10.0, 60.0, 300.0, 900.0, 3600.0, 14_400.0, 43_200.0, 86_400.0, 259_200.0, 604_800.0];
    let aged = Matcher::Full("entente_event_latency_seconds".to_owned());
    let builder = PrometheusBuilder::new().set_buckets(&buckets).ok()?.set_buckets_for_metric(aged, &ages).ok()?;
    let handle = builder.install_recorder().ok()?;
    for (name, help) in METRICS {
        if name.ends_with("_total") {
            describe_counter!(name, help);
        } else if name.ends_with("_seconds") && name != STARTED {
            describe_histogram!(name, help);
        } else {
            describe_gauge!(name, help);
        }
    }
    gauge!(STARTED).set(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64());
    begin();
    Some(handle)
}

/// Counters begin at zero and not with their first count: from nothing to one is no increase to a rate.
fn begin() {
    for name in ["entente_articles_in_total", "entente_commits_total", "entente_aborts_total", "entente_producer_resets_total"] {
        counter!(name).increment(0);
    }
    for outcome in ["with_events", "without_events", "passed", "rejected"] {
        counter!("entente_articles_total", "outcome" => outcome).increment(0);
    }
    for kind in ["assigned", "revoked", "lost"] {
        counter!("entente_rebalances_total", "kind" => kind).increment(0);
    }
}

pub fn committed(counts: &Counts, took: Duration, latencies: &[f64], by_event: &[f64]) {
    counter!("entente_commits_total").increment(1);
    histogram!("entente_commit_seconds").record(took);
    let latency = histogram!("entente_latency_seconds");
    latencies.iter().for_each(|seconds| latency.record(*seconds));
    let latency = histogram!("entente_event_latency_seconds");
    by_event.iter().for_each(|seconds| latency.record(*seconds));
    counter!("entente_articles_in_total").increment(counts.read);
    if counts.read != counts.outcomes() {
        tracing::error!(articles = counts.read, outcomes = counts.outcomes(), "the accounts of a batch disagree: this is a bug");
    }
    let outcomes = [
        ("with_events", counts.with_events),
        ("without_events", counts.without_events),
        ("passed", counts.passed.values().sum()),
        ("rejected", counts.rejected.values().sum()),
    ];
    for (outcome, count) in outcomes {
        counter!("entente_articles_total", "outcome" => outcome).increment(count);
    }
    for (reason, count) in &counts.passed {
        counter!("entente_passed_total", "reason" => *reason).increment(*count);
    }
    for ((stage, reason), count) in &counts.rejected {
        counter!("entente_rejections_total", "stage" => *stage, "reason" => *reason).increment(*count);
    }
    for ((act, status), count) in &counts.events {
        counter!("entente_events_total", "act" => *act, "status" => *status).increment(*count);
    }
    counter!("entente_duplicates_total").increment(counts.duplicates);
    counter!("entente_retractions_total").increment(counts.retracted);
    counter!("entente_article_bytes_total").increment(counts.bytes);
    tracing::debug!(articles = counts.read, took_ms = took.as_millis() as u64, "committed");
}

/// For the time that each of several articles took to code.
pub fn coding() -> Histogram {
    histogram!("entente_coding_seconds")
}

/// A step of coding one article is done.
pub fn step(step: Step, took: Duration) {
    histogram!("entente_step_seconds", "step" => step.as_str()).record(took);
}

/// The state topic was read to its end; `settled` of the time went by until transactions that were open had ended.
pub fn restored(entries: u64, settled: Duration, took: Duration) {
    histogram!("entente_restore_seconds").record(took);
    let (settled_ms, took_ms) = (settled.as_millis() as u64, took.as_millis() as u64);
    tracing::info!(entries, settled_ms, took_ms, "read the state topic to its end");
}

pub fn remembered(articles: u64) {
    gauge!("entente_remembered_articles").set(articles as f64);
}

/// What the judge was asked in an article, and how long its events took where it was asked anything.
pub fn judged(tally: &Tally, took: Duration) {
    if tally.sentences > 0 {
        counter!("entente_judge_sentences_total", "read" => "yes").increment(tally.read);
        counter!("entente_judge_sentences_total", "read" => "no").increment(tally.sentences - tally.read);
    }
    if tally.read > 0 {
        counter!("entente_judge_pairs_total").increment(tally.pairs);
        counter!("entente_judge_cut_total").increment(tally.cut);
        counter!("entente_judge_events_total").increment(tally.added);
        histogram!("entente_judged_article_seconds").record(took);
    }
}

pub fn rejected(topic: &str, partition: i32, offset: i64, rejection: &Rejection) {
    let (stage, reason) = (rejection.stage.as_str(), rejection.reason.as_str());
    tracing::warn!(topic, partition, offset, stage, reason, detail = rejection.message, "rejected");
}

pub fn aborted(reason: &str) {
    counter!("entente_aborts_total").increment(1);
    tracing::warn!(reason, "aborted a batch; its articles are read again");
}

pub fn producer_reset(reason: &str) {
    counter!("entente_producer_resets_total").increment(1);
    tracing::warn!(reason, "going on with a new producer, from the committed offsets");
}

pub fn rebalanced(kind: &'static str, partitions: &[i32]) {
    counter!("entente_rebalances_total", "kind" => kind).increment(1);
    tracing::info!(kind, ?partitions, "rebalance");
}

pub fn limits(records: usize, bytes: usize) {
    gauge!("entente_in_flight_limit_records").set(records as f64);
    gauge!("entente_in_flight_limit_bytes").set(bytes as f64);
}

pub fn prefetched(records: u64, bytes: u64) {
    gauge!("entente_prefetched_records").set(records as f64);
    gauge!("entente_prefetched_bytes").set(bytes as f64);
}

pub fn spans(result: &'static str, count: usize) {
    counter!("entente_spans_total", "result" => result).increment(count as u64);
}

pub fn in_flight(records: usize, bytes: usize, queued: usize) {
    gauge!("entente_coding_queue_records").set(queued as f64);
    gauge!("entente_in_flight_records").set(records as f64);
    gauge!("entente_in_flight_bytes").set(bytes as f64);
}

/// Resident memory of this process, where the system tells (Linux).
pub fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    resident.map_or_else(String::new, |kib| {
        format!("# HELP {MEMORY} resident memory\n# TYPE {MEMORY} gauge\n{MEMORY} {}\n", kib * 1024)
    })
}

/// What `/ready` says.
pub fn ready(health: &Health) -> String {
    let ready = i32::from(health.ready().is_ok());
    format!("# HELP {READY} 1 where /ready answers 200, else 0\n# TYPE {READY} gauge\n{READY} {ready}\n")
}

/// Articles that wait in each partition held now. Kept apart from the other metrics because a partition that was revoked must be gone at
/// the next scrape.
#[derive(Default)]
pub struct Lags(Mutex<BTreeMap<(String, i32), Option<i64>>>);

impl Lags {
    /// The partition is held now; what waits in it is not known yet.
    pub fn hold(&self, topic: &str, partition: i32) {
        self.lock().entry((topic.to_owned(), partition)).or_default();
    }

    /// Of a partition that is not held nothing is noted: statistics may be older than the rebalance that took it.
    pub fn set(&self, topic: &str, partition: i32, lag: i64) {
        if let Some(known) = self.lock().get_mut(&(topic.to_owned(), partition)) {
            *known = Some(lag);
        }
    }

    pub fn remove(&self, topic: &str, partition: i32) {
        self.lock().remove(&(topic.to_owned(), partition));
    }

    pub fn total(&self) -> i64 {
        self.lock().values().flatten().sum()
    }

    pub fn render(&self) -> String {
        let mut text = format!("# HELP {LAG} articles that wait, by partition held\n# TYPE {LAG} gauge\n");
        for ((topic, partition), lag) in self.lock().iter().filter_map(|(place, lag)| Some((place, (*lag)?))) {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{LAG}{{topic=\"{topic}\",partition=\"{partition}\"}} {lag}");
        }
        text
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<(String, i32), Option<i64>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revoked_partition_is_gone_at_the_next_scrape() {
        let lags = Lags::default();
        [0, 1, 2].into_iter().for_each(|partition| lags.hold("articles.raw", partition));
        lags.set("articles.raw", 0, 7);
        lags.set("articles.raw", 1, 5);
        lags.remove("articles.raw", 0);
        // Statistics from before it was revoked.
        lags.set("articles.raw", 0, 7);
        assert_eq!(lags.total(), 5);
        let text = lags.render();
        assert!(
            text.contains("partition=\"1\"} 5") && !text.contains("partition=\"0\"") && !text.contains("partition=\"2\""),
            "{text}"
        );
    }

    #[test]
    fn every_article_has_one_outcome() {
        let rejected = [(("decode", "malformed-json"), 4)].into();
        let counts =
            Counts { with_events: 2, without_events: 3, passed: [("language", 1)].into(), rejected, ..Counts::default() };
        assert_eq!(counts.outcomes(), 10);
    }
}
