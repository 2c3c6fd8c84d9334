//! The service, in this process, on a load: with a coder that gives every article the same event at once, or in full.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

use entente::config::{Config, Delivery, Source};
use entente::ops::{Health, Lags};
use entente::pipeline::{Coded, Outcome, Pipeline};
use entente::record::Record;
use entente::stream::pool::{self, Code};
use entente::stream::service;

use crate::checks::pipeline;
use crate::cluster::Cluster;
use crate::cpu;
use crate::load::{self, Began, Load, Run, padded};
use crate::topics::Topics;

pub fn idle_coder(cluster: &Cluster, load: &Load, delivery: Delivery, round: usize) -> Run {
    let payload = padded(0).1.unwrap_or_default();
    let events = pipeline().process(&Record::from_payload(payload)).expect("the article is sound");
    let event = events.into_iter().next().expect("it holds an event");
    let group = format!("idle-{delivery:?}-{round}");
    // A copy loop remembers nothing, so the service need not either.
    run(
        cluster,
        load,
        [&group, ""],
        delivery,
        Arc::new(move |_: &Record| Ok(Outcome { coded: Coded::Events(vec![event.clone()]), article: None })),
    )
}

pub fn full(cluster: &Cluster, load: &Load) -> Run {
    run(cluster, load, ["full", "full.state"], Delivery::ExactlyOnce, coder())
}

/// The coder that the service runs with.
pub fn coder() -> Arc<Code> {
    pool::coder(Pipeline::embedded().expect("the coder loads"))
}

fn run(cluster: &Cluster, load: &Load, names: [&str; 2], delivery: Delivery, code: Arc<Code>) -> Run {
    let began = Arc::new(OnceLock::new());
    let first = Arc::clone(&began);
    let broker = cpu::broker(cluster);
    let code = Arc::new(move |record: &Record| {
        first.get_or_init(|| Began::now(broker));
        code(record)
    });
    let service = Running::start(cluster, &load.topics, names, delivery, code);
    let began = loop {
        match began.get() {
            Some(began) => break *began,
            None => thread::sleep(Duration::from_millis(1)),
        }
    };
    let run = load::run(cluster, load, names[0], began);
    service.stop();
    run
}

/// A service on a thread of its own.
pub struct Running {
    stop: Arc<AtomicBool>,
    thread: thread::JoinHandle<()>,
}

impl Running {
    /// With the configuration that ships, but for the names: those of the group and of the topic where it remembers articles, if it does.
    pub fn start(cluster: &Cluster, topics: &Topics, [group, state]: [&str; 2], delivery: Delivery, code: Arc<Code>) -> Self {
        let delivery = if delivery == Delivery::ExactlyOnce { "exactly-once" } else { "at-least-once" };
        let environment = [
            ("ENTENTE_KAFKA__BROKERS", cluster.address()),
            ("ENTENTE_KAFKA__GROUP", group.to_owned()),
            ("ENTENTE_TOPICS__ARTICLES", topics.articles.clone()),
            ("ENTENTE_TOPICS__EVENTS", topics.events.clone()),
            ("ENTENTE_TOPICS__DEAD", topics.dead.clone()),
            ("ENTENTE_TOPICS__STATE", state.to_owned()),
            ("ENTENTE_SERVICE__DELIVERY", delivery.to_owned()),
            ("ENTENTE_SERVICE__INSTANCE", "bench".to_owned()),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value)).to_vec();
        let config = Config::load(&Source { file: None, environment }).expect("the configuration is right");
        let stop = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            let health = Arc::new(Health::new(config.ops.stall_after));
            service::run(Arc::new(config), code, health, Arc::new(Lags::default()), &told).expect("the service runs");
        });
        Self { stop, thread }
    }

    pub fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().expect("the service ends");
    }
}
