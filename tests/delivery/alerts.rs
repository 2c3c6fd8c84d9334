//! The alerts that ship, evaluated by a real Prometheus over a running service: silent while all is well, firing in a fault. A minute of the
//! rules is a second here, so that a test need not wait for them.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::articles::article;
use crate::checks::{LARGE, broker, patience, skipped};
use crate::cluster::Cluster;
use crate::door::Door;
use crate::service::{Options, Service};
use crate::topics::{Input, Topics, make, produce_as};

/// A Prometheus that scrapes one service.
struct Prometheus {
    child: Child,
    door: Door,
    folder: tempfile::TempDir,
}

impl Prometheus {
    /// `None` where there is no Prometheus.
    fn start(service: &Door) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/prometheus/alerts.yml");
        let rules = hurried(&fs::read_to_string(rules).expect("the rules can be read"));
        let scrape = format!(
            "global: {{ scrape_interval: 250ms, scrape_timeout: 250ms, evaluation_interval: 250ms }}\nrule_files: [alerts.yml]\n\
             scrape_configs: [{{ job_name: entente, static_configs: [{{ targets: [\"{}\"] }}] }}]\n",
            service.address()
        );
        for (name, text) in [("alerts.yml", rules), ("prometheus.yml", scrape)] {
            fs::write(folder.path().join(name), text).expect("the folder is writable");
        }
        let door = Door::new();
        let log = fs::File::create(folder.path().join("log")).expect("the folder is writable");
        let mut command = Command::new("prometheus");
        command.current_dir(folder.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        command.args(["--config.file=prometheus.yml", "--storage.tsdb.path=data"]);
        command.arg(format!("--web.listen-address={}", door.address()));
        Some(Self { child: command.spawn().ok()?, door, folder })
    }

    /// Names of the alerts that fire.
    fn firing(&self) -> Vec<String> {
        let Some((200, body)) = self.door.get("/api/v1/alerts") else { return Vec::new() };
        // The answer may come in chunks, whose sizes stand between.
        let body = &body[body.find('{').unwrap_or(0)..=body.rfind('}').unwrap_or(0)];
        let answer: serde_json::Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body}"));
        let alerts = answer["data"]["alerts"].as_array().cloned().unwrap_or_default();
        let firing = alerts.into_iter().filter(|alert| alert["state"] == "firing");
        firing.filter_map(|alert| Some(alert["labels"]["alertname"].as_str()?.to_owned())).collect()
    }

    fn await_up(&self) {
        let deadline = Instant::now() + patience();
        while self.door.status("/-/ready") != Some(200) {
            let mut log = String::new();
            let _ = fs::File::open(self.folder.path().join("log")).and_then(|mut file| file.read_to_string(&mut log));
            assert!(Instant::now() < deadline, "Prometheus does not become ready:\n{log}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn await_alert(&self, name: &str) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while !self.firing().iter().any(|firing| firing == name) {
            assert!(Instant::now() < deadline, "{name} does not fire; {:?} do", self.firing());
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Rules in which minutes are seconds.
fn hurried(rules: &str) -> String {
    let mut text = rules.replace("[1h]", "[60s]");
    for minutes in 1..=30 {
        for (before, after) in [("[", "]"), ("for: ", "\n"), ("offset ", "\n"), ("offset ", ")")] {
            text = text.replace(&format!("{before}{minutes}m{after}"), &format!("{before}{minutes}s{after}"));
        }
    }
    let left = text.lines().find(|line| line.contains("for: ") && line.ends_with('m'));
    assert_eq!(left, None, "a time that was not hurried");
    text
}

/// Articles of now.
fn send(broker: &Cluster, topics: &Topics, payloads: impl IntoIterator<Item = Option<Vec<u8>>>) {
    let now = std::time::SystemTime::now().duration_since(std::time::SystemTime::UNIX_EPOCH).expect("after 1970").as_millis();
    let input = |payload| Input { payload, key: "k".to_owned(), timestamp_ms: Some(now as i64), ..Input::default() };
    produce_as(broker, &topics.articles, payloads.into_iter().map(input));
}

#[test]
fn alerts_are_silent_while_all_is_well_and_fire_in_faults() {
    let door = Door::new();
    let Some(prometheus) = Prometheus::start(&door) else {
        return skipped("alerts_are_silent_while_all_is_well_and_fire_in_faults", "no prometheus is installed");
    };
    let broker = broker();
    let topics = make(&broker, "alerts", LARGE);
    let service = Service::start(&broker, &topics, &Options { extra: vec![door.setting()], ..Options::new("alerts", "a") });
    prometheus.await_up();
    let started = Instant::now();
    while door.status("/ready") != Some(200) {
        assert!(started.elapsed() < patience(), "{}", service.log());
        std::thread::sleep(Duration::from_millis(100));
    }
    // What fired while the service was starting is over.
    std::thread::sleep(Duration::from_secs(2));
    for round in 0..16 {
        send(&broker, &topics, (round * 5..round * 5 + 5).map(|number| article(number).1));
        assert_eq!(prometheus.firing(), Vec::<String>::new(), "in a quiet run");
        std::thread::sleep(Duration::from_millis(250));
    }
    // A producer of articles has gone mad.
    let bad = || Some(b"{\"text\": 7".to_vec());
    send(&broker, &topics, [Some(b"delivery test: panic".to_vec())].into_iter().chain((0..100).map(|_| bad())));
    prometheus.await_alert("EntenteCoderPanics");
    prometheus.await_alert("EntenteRejectsMany");
    // The worker hangs.
    service.signal(Signal::SIGSTOP);
    prometheus.await_alert("EntenteDown");
}
