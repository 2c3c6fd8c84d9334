//! [`run`]: the service. It makes the parts, lets the [`Reader`] read until it is told to stop, finishes what is in flight, and leaves the group.
//!
//! One thread reads, sends, commits and answers rebalances, so that a rebalance never meets a half-finished commit. Calls that block (commits,
//! seeks) are bounded well below `max.poll.interval.ms`; a watchdog ends the process where one hangs all the same.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::time::Instant;

use rdkafka::consumer::{BaseConsumer, Consumer};

use super::core::{Core, Settings, Stop};
use super::kafka_sink::KafkaSink;
use super::pool::{Code as Coder, Pool};
use super::reader::Reader;
use super::rebalance::Context;
use super::sink::SinkError;
use super::state::State;
use super::state::feed::Feed;
use super::watchdog::Watchdog;
use super::written::Writer;
use super::{client, clock};
use crate::config::Config;
use crate::ops::otlp::{Exporter, Who};
use crate::ops::{Health, Lags, telemetry};

/// How the service ended when nothing was wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All that was read is committed.
    Drained,
    /// The grace time ran out first; what was in flight will be read again.
    Cut,
}

/// Runs until `stop` is set.
///
/// # Errors
/// What ended the service before that.
pub fn run(
    config: Arc<Config>,
    code: Arc<Coder>,
    health: Arc<Health>,
    lags: Arc<Lags>,
    stop: &AtomicBool,
) -> Result<Ended, Stop> {
    let slot = Arc::new(OnceLock::new());
    let sink = KafkaSink::new(Arc::clone(&config), Arc::clone(&slot)).map_err(ended)?;
    let pool = Pool::start(config.service.workers, code, Writer::of(&config));
    let mut core = Core::new(sink, pool, settings(&config)).with_state(State::from_config(&config).map_err(Stop::from)?);
    telemetry::limits(config.limits.in_flight_records + config.service.commit_records, config.limits.in_flight_bytes);
    core = core.with_traces(traces(&config));
    // Before the group is joined: nobody waits for this worker yet.
    let mut feed = Feed::new(&config)?;
    if let Some(feed) = &mut feed {
        feed.restore(stop, &mut |entries| core.learn(entries))?;
    }
    let context = Context {
        core: Mutex::new(core),
        failed: Mutex::new(None),
        behind: AtomicBool::new(false),
        lags: Arc::clone(&lags),
        health: Arc::clone(&health),
        rebalance_time: config.service.grace.min(config.service.session_timeout / 2),
        most_silence: config.service.max_poll_interval * 2,
        topic: config.topics.articles.clone(),
    };
    let consumer: BaseConsumer<Context> = client::consumer(&config)
        .create_with_context(context)
        .map_err(|error| Stop::Broken(format!("no consumer could be made: {error}")))?;
    let consumer = Arc::new(consumer);
    // The slot is empty: it was made above.
    let _: Result<(), Weak<_>> = slot.set(Arc::downgrade(&consumer));
    consumer
        .subscribe(&[&config.topics.articles])
        .map_err(|error| Stop::Broken(format!("`{}` cannot be read: {error}", config.topics.articles)))?;
    tracing::info!(topic = config.topics.articles, group = config.kafka.group, instance = config.service.instance, "reading");

    clock::watch(Arc::downgrade(&consumer));
    let watchdog = Watchdog::start(config.service.max_poll_interval);
    let mut reader = Reader::new(&consumer, &config.topics.articles, feed);
    let ended = reader.run(stop, &watchdog).and_then(|()| {
        health.stopping();
        tracing::info!("stopping: finishing what is in flight");
        let until = Instant::now() + config.service.grace / 2;
        while !reader.remember()? {
            if Instant::now() < until {
                continue;
            }
            tracing::warn!("what was in flight is read again: other workers' memory of its articles is not known yet");
            return Ok(Ended::Cut);
        }
        let drained = consumer.context().core().drain(Instant::now() + config.service.grace)?;
        tracing::info!(drained, "leaving the group");
        Ok(if drained { Ended::Drained } else { Ended::Cut })
    });
    // Leaving the group revokes the partitions; nothing is left for that to commit.
    consumer.context().core().abandon();
    ended
}

/// Sends spans where the configuration says.
pub(super) fn traces(config: &Config) -> Option<Exporter> {
    let who = Who { group: config.kafka.group.clone(), instance: config.service.instance.clone() };
    config.ops.traces.clone().map(|endpoint| Exporter::start(endpoint, config.ops.trace_share, who))
}

pub(super) fn ended(error: SinkError) -> Stop {
    match error {
        SinkError::Fenced(reason) => Stop::Fenced(reason),
        error => Stop::Broken(error.to_string()),
    }
}

pub(super) fn settings(config: &Config) -> Settings {
    Settings {
        commit_interval: config.service.commit_interval,
        commit_records: config.service.commit_records,
        in_flight_records: config.limits.in_flight_records,
        in_flight_bytes: config.limits.in_flight_bytes,
        record_bytes: config.limits.record_bytes,
        retractions: config.state.retractions,
        replay: None,
        rejection_share: config.service.rejection_share,
        rejection_window: config.service.rejection_window,
    }
}
