//! [`Context`]: what the consumer calls back from inside a poll. Partitions come and go: what is in flight of one that is revoked is finished and
//! committed first, of one that is lost it is voided. And statistics tell how far articles wait, and whether a broker still answers.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::TopicPartitionList;
use rdkafka::client::ClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, Rebalance};
use rdkafka::statistics::{Partition, Statistics};

use super::core::{Core, Stop};
use super::kafka_sink::KafkaSink;
use super::outgoing::now_ms;
use super::sabotage::{self, Bug};
use crate::ops::{Health, Lags, telemetry};

/// What the consumer calls back: rebalances and statistics.
pub struct Context {
    pub core: Mutex<Core<KafkaSink<Context>>>,
    /// What went wrong in a callback, for the loop to end with.
    pub failed: Mutex<Option<Stop>>,
    /// Others may have remembered what is not known here.
    pub behind: AtomicBool,
    pub lags: Arc<Lags>,
    pub health: Arc<Health>,
    pub rebalance_time: Duration,
    /// A client that hears no broker for longer than this may never again, whatever has healed meanwhile: see the state topic's reader.
    pub most_silence: Duration,
    pub topic: String,
}

impl Context {
    /// What goes wrong in a callback ends the loop.
    fn fail(&self, stop: Stop) {
        *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(stop);
    }

    /// The loop never holds this while it polls, so a callback finds it free.
    pub fn core(&self) -> MutexGuard<'_, Core<KafkaSink<Context>>> {
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClientContext for Context {
    fn stats(&self, statistics: Statistics) {
        // A connection counts as up until its requests time out; only what it says counts here.
        let up = statistics.brokers.values().filter(|broker| broker.state == "UP" && broker.rxidle >= 0);
        if let Some(idle) = up.map(|broker| broker.rxidle as u64).min() {
            // Statistics may have waited for a loop that was busy. They tell their age in whole seconds.
            let waited = (now_ms() / 1000 - statistics.time).max(0) as u64;
            self.health.brokers_heard(Duration::from_micros(idle) + Duration::from_secs(waited));
        }
        let silence = self.health.silence();
        if silence > self.most_silence {
            self.fail(Stop::Broken(format!("no broker has answered for {} s: a new start may find them", silence.as_secs())));
        }
        let Some(topic) = statistics.topics.get(&self.topic) else { return };
        // The library only knows what the consumer itself commits; with transactions that is nothing.
        let core = self.core();
        for partition in topic.partitions.values().filter(|partition| partition.fetch_state == "active") {
            // Of a partition of which none was read yet, what is fetched ahead waits too.
            let next = partition.next_offset - partition.fetchq_cnt.max(0);
            let done = core
                .position(partition.partition)
                .unwrap_or_else(|| partition.committed_offset.max(partition.app_offset).max(next));
            if done >= 0 && partition.ls_offset >= 0 {
                self.lags.set(&self.topic, partition.partition, (partition.ls_offset - done).max(0));
            }
        }
        drop(core);
        let held = |count: fn(&Partition) -> u64| topic.partitions.values().map(count).sum::<u64>();
        telemetry::prefetched(held(|partition| partition.fetchq_cnt.max(0) as u64), held(|partition| partition.fetchq_size));
        if self.lags.total() == 0 {
            self.health.progress();
        }
    }
}

impl ConsumerContext for Context {
    fn pre_rebalance(&self, consumer: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        let partitions =
            |list: &TopicPartitionList| list.elements().iter().map(|element| element.partition()).collect::<Vec<_>>();
        let done = match rebalance {
            Rebalance::Assign(list) => {
                let partitions = partitions(list);
                telemetry::rebalanced("assigned", &partitions);
                partitions.iter().for_each(|partition| self.lags.hold(&self.topic, *partition));
                if !partitions.is_empty() {
                    self.behind.store(true, Ordering::Release);
                }
                Ok(())
            }
            Rebalance::Revoke(list) => {
                let partitions = partitions(list);
                partitions.iter().for_each(|partition| self.lags.remove(&self.topic, *partition));
                if consumer.assignment_lost() {
                    telemetry::rebalanced("lost", &partitions);
                    if sabotage::on(Bug::CommitOfLost) { Ok(()) } else { self.core().lose(&partitions) }
                } else {
                    telemetry::rebalanced("revoked", &partitions);
                    // What cannot be judged yet cannot be finished.
                    if self.behind.load(Ordering::Acquire) {
                        self.core().lose(&partitions)
                    } else {
                        self.core().revoke(&partitions, Instant::now() + self.rebalance_time)
                    }
                }
            }
            Rebalance::Error(error) => {
                tracing::warn!(%error, "rebalance failed");
                Ok(())
            }
        };
        if let Err(stop) = done {
            self.fail(stop);
        }
    }

    fn post_rebalance(&self, consumer: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        // librdkafka keeps a partition paused that was lost while it was, and comes back.
        if let Rebalance::Assign(list) = rebalance
            && let Err(error) = consumer.resume(list)
        {
            tracing::warn!(%error, "partitions that were paused when they were lost may stay so");
        }
    }
}
