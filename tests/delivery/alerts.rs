//! The alerts that ship, evaluated by a real Prometheus over running services: silent while all is well, and each firing in its fault. Each
//! fault has a service of its own, and all of them happen at once.
//!
//! No fault from outside makes the accounts disagree. `EntenteCountsDisagree` fires over a service with a bug that is switched on, and over no other.

use std::thread::{scope, sleep};
use std::time::{Duration, Instant, SystemTime};

use entente::stream::sabotage::Bug;
use nix::sys::signal::Signal;
use rdkafka::consumer::{BaseConsumer, Consumer};

use crate::articles::{article, slow_article};
use crate::checks::{LARGE, broker, network, patience, skipped};
use crate::cluster::Cluster;
use crate::door::Door;
use crate::prometheus::Prometheus;
use crate::service::{Options, SESSION, Service};
use crate::topics::{Input, Topics, client, configure, make, produce, produce_as};

type Settings = Vec<(&'static str, String)>;

/// A service with its side door, on topics of its own.
struct Worker {
    broker: &'static Cluster,
    topics: Topics,
    door: Door,
    options: Options,
    service: Service,
}

impl Worker {
    fn start(name: &str, settings: Settings) -> Self {
        let topics = make(broker(), name, LARGE);
        Self::on(topics, name, settings)
    }

    fn on(topics: Topics, name: &str, settings: Settings) -> Self {
        Self::with(topics, name, settings, None)
    }

    /// The same with a bug, where one is given.
    fn with(topics: Topics, name: &str, settings: Settings, bug: Option<Bug>) -> Self {
        let (broker, door) = (broker(), Door::new());
        let extra = settings.into_iter().chain([door.setting()]).collect();
        let options = Options { extra, ..Options::new(name, "a") }.with(bug);
        let service = Service::start(broker, &topics, &options);
        Self { broker, topics, door, options, service }
    }

    fn await_ready(&self) {
        let started = Instant::now();
        while self.door.status("/ready") != Some(200) {
            assert!(started.elapsed() < patience(), "not ready; its log:\n{}", self.service.log());
            sleep(Duration::from_millis(100));
        }
    }

    /// As a crash and a supervisor would.
    fn restart(&mut self) {
        self.service.signal(Signal::SIGKILL);
        self.service.wait(Duration::from_secs(5));
        self.service = Service::start(self.broker, &self.topics, &self.options);
        let started = Instant::now();
        while self.door.status("/live") != Some(200) {
            assert!(started.elapsed() < patience(), "not alive; its log:\n{}", self.service.log());
            sleep(Duration::from_millis(50));
        }
    }

    /// Articles that were logged that long ago.
    fn send(&self, ago: Duration, payloads: impl IntoIterator<Item = Option<Vec<u8>>>) {
        let logged = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970") - ago;
        let input =
            |payload| Input { payload, key: "k".to_owned(), timestamp_ms: Some(logged.as_millis() as i64), ..Input::default() };
        produce_as(self.broker, &self.topics.articles, payloads.into_iter().map(input));
    }

    fn send_slow(&self, count: usize, milliseconds: usize) {
        produce(self.broker, &self.topics.articles, (0..count).map(|number| slow_article(number, milliseconds)));
    }
}

#[test]
fn alerts_are_silent_while_all_is_well_and_each_fires_in_its_fault() {
    let mut steady = Worker::start("alerts", Vec::new());
    steady.await_ready();
    let Some(prometheus) = Prometheus::start(&[&steady.door]) else {
        return skipped("alerts_are_silent_while_all_is_well_and_each_fires_in_its_fault", "no prometheus is installed");
    };
    quiet(&prometheus, &steady);

    let _network = network();
    let stopped = Worker::start("alertstop", vec![("SERVICE__COMMIT_INTERVAL", "1s".to_owned())]);
    let refused = Worker::start("alertrefuse", vec![("OPS__STALL_AFTER", "3s".to_owned())]);
    let slowed = Worker::start("alertslow", slow_network());
    let laden = Worker::start("alertladen", vec![("LIMITS__IN_FLIGHT_BYTES", "2GiB".to_owned())]);
    let moving = Worker::start("alertmove", Vec::new());
    let forgetful = Worker::with(make(broker(), "alertforget", LARGE), "alertforget", Vec::new(), Some(Bug::Uncounted));
    let all = [&stopped, &refused, &slowed, &laden, &moving, &forgetful];
    all.into_iter().for_each(Worker::await_ready);
    let doors: Vec<Door> = all.iter().map(|worker| worker.door).chain([steady.door]).collect();
    prometheus.watch(&doors.iter().collect::<Vec<_>>());
    scope(|scope| {
        scope.spawn(|| bad_articles_and_crashes(&prometheus, &mut steady));
        scope.spawn(|| standstill(&prometheus, &stopped));
        scope.spawn(|| an_output_that_refuses(&prometheus, &refused));
        scope.spawn(|| slow_acknowledgements(&prometheus, &slowed));
        scope.spawn(|| much_in_flight(&prometheus, laden));
        scope.spawn(|| coming_and_going(&prometheus, &moving));
        scope.spawn(|| accounts_that_disagree(&prometheus, &forgetful));
    });
    let fired = prometheus.fired();
    let disagree = |(name, instance): &(String, String)| name == "EntenteCountsDisagree" && *instance != forgetful.door.address();
    assert!(!fired.iter().any(disagree), "{fired:?}");
    // Prometheus has lost its targets.
    prometheus.watch(&[]);
    prometheus.await_alert("EntenteAbsent", None);
}

/// A quarter of an hour, as the rules see it.
fn quiet(prometheus: &Prometheus, steady: &Worker) {
    for round in 0..60 {
        steady.send(Duration::ZERO, (round * 5..round * 5 + 5).map(|number| article(number).1));
        assert_eq!(prometheus.fired().len(), 0, "in a quiet run: {:?}; its log:\n{}", prometheus.fired(), steady.service.log());
        sleep(Duration::from_millis(250));
    }
    assert!(steady.door.sum("entente_articles_in_total") > 200.0, "the quiet run was none: {}", steady.service.log());
}

/// A producer of articles has gone mad, and then the worker crashes again and again.
fn bad_articles_and_crashes(prometheus: &Prometheus, worker: &mut Worker) {
    let bad = || Some(b"{\"text\": 7".to_vec());
    worker.send(Duration::ZERO, [Some(b"delivery test: panic".to_vec())].into_iter().chain((0..200).map(|_| bad())));
    prometheus.await_alert("EntenteCoderPanics", Some(&worker.door));
    prometheus.await_alert("EntenteRejectsMany", None);
    for _ in 0..3 {
        worker.restart();
        // For as long as it takes to be seen.
        sleep(Duration::from_millis(700));
    }
    prometheus.await_alert("EntenteRestarting", Some(&worker.door));
}

/// A worker hangs for longer than its session and its transactions, again and again.
fn standstill(prometheus: &Prometheus, worker: &Worker) {
    worker.send_slow(2_000, 50);
    let fired = |name: &str| prometheus.fired().contains(&(name.to_owned(), worker.door.address()));
    for _ in 0..6 {
        // With a transaction open.
        sleep(Duration::from_millis(2_500));
        worker.service.signal(Signal::SIGSTOP);
        sleep(SESSION + Duration::from_millis(1_200));
        worker.service.signal(Signal::SIGCONT);
        if fired("EntentePartitionsLost") && fired("EntenteProducerResets") {
            break;
        }
    }
    prometheus.await_alert("EntenteDown", Some(&worker.door));
    prometheus.await_alert("EntentePartitionsLost", Some(&worker.door));
    prometheus.await_alert("EntenteProducerResets", Some(&worker.door));
}

/// The topic of events takes nothing.
fn an_output_that_refuses(prometheus: &Prometheus, worker: &Worker) {
    configure(worker.broker, &worker.topics.events, "message.timestamp.before.max.ms", "86400000");
    produce(worker.broker, &worker.topics.articles, (0..40).map(article));
    for name in ["EntenteStalled", "EntenteNotReady", "EntenteAborts"] {
        prometheus.await_alert(name, Some(&worker.door));
    }
}

fn slow_network() -> Settings {
    vec![
        ("KAFKA__BROKERS", broker().proxied_address()),
        ("SERVICE__TRANSACTION_TIMEOUT", "12s".to_owned()),
        ("SERVICE__SESSION_TIMEOUT", "15s".to_owned()),
    ]
}

/// Every packet takes 0.45 s, and a commit ten of them.
fn slow_acknowledgements(prometheus: &Prometheus, worker: &Worker) {
    worker.send_slow(1_000, 100);
    worker.broker.slow_down(Duration::from_millis(450));
    prometheus.await_alert("EntenteCommitsSlow", Some(&worker.door));
    worker.broker.slow_down(Duration::ZERO);
}

/// More than 900 MiB wait for the article before them.
fn much_in_flight(prometheus: &Prometheus, worker: Worker) {
    let large = |number| (0, article(number).1.map(|payload| [payload, vec![b' '; 8_000_000]].concat()));
    let first = (0, slow_article(0, 60_000).1);
    produce(worker.broker, &worker.topics.articles, [first].into_iter().chain((1..130).map(large)));
    prometheus.await_alert("EntenteMemoryHigh", Some(&worker.door));
    worker.service.kill();
}

/// What became of articles with events is not counted.
fn accounts_that_disagree(prometheus: &Prometheus, worker: &Worker) {
    produce(worker.broker, &worker.topics.articles, (0..40).map(article));
    prometheus.await_alert("EntenteCountsDisagree", Some(&worker.door));
    assert!(worker.service.log().contains("the accounts of a batch disagree"), "its log:\n{}", worker.service.log());
}

/// Somebody joins the group and leaves it, again and again.
fn coming_and_going(prometheus: &Prometheus, worker: &Worker) {
    let started = Instant::now();
    while !prometheus.fired().contains(&("EntenteRebalancesOften".to_owned(), worker.door.address())) {
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "{:?} fired; its log:\n{}",
            prometheus.fired(),
            worker.service.log()
        );
        let mut config = client(worker.broker);
        config.set("group.id", &worker.options.group).set("partition.assignment.strategy", "cooperative-sticky");
        let guest: BaseConsumer = config.set("session.timeout.ms", "3000").create().expect("a consumer");
        guest.subscribe(&[&worker.topics.articles]).expect("subscribed");
        let joined = Instant::now();
        while joined.elapsed() < SESSION && guest.assignment().is_ok_and(|assigned| assigned.count() == 0) {
            guest.poll(Duration::from_millis(100));
        }
    }
}

#[test]
fn alerts_fire_where_articles_are_late_too_many_and_tell_nothing() {
    let one_coder = vec![("SERVICE__WORKERS", "1".to_owned())];
    let worker = Worker::start("alertlate", one_coder);
    worker.await_ready();
    let Some(prometheus) = Prometheus::start(&[&worker.door]) else {
        return skipped("alerts_fire_where_articles_are_late_too_many_and_tell_nothing", "no prometheus is installed");
    };
    let empty = |number: usize| {
        let text = format!("Farmers expect a good harvest this year, report {number} says.");
        let json = serde_json::json!({"id": format!("empty-{number}"), "text": text, "published_at": "2024-11-07", "language": "en",
            "publisher": "delivery test: slow 10"});
        Some(json.to_string().into_bytes())
    };
    let wanted = ["EntenteNoEvents", "EntenteLatencyHigh", "EntenteLagGrows"].map(|name| (name.to_owned(), String::new()));
    let started = Instant::now();
    let mut made = 0;
    while !wanted.iter().all(|alert| prometheus.fired().contains(alert)) {
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "{:?} fired; its log:\n{}",
            prometheus.fired(),
            worker.service.log()
        );
        // Some six times as many as one coder can do, logged a minute before they are sent.
        worker.send(Duration::from_secs(60), (made..made + 150).map(empty));
        made += 150;
        sleep(Duration::from_millis(250));
    }
}
