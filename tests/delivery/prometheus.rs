//! [`Prometheus`]: a real one, over services of the tests, with the alerts that ship. A minute of the rules is a second here, so that a test
//! need not wait for them: every `for`, window and offset is a sixtieth, and so are the ten minutes by which `EntenteLagGrows` multiplies a
//! rate. How often and how much, seconds of latency and of commits, and memory are as they ship.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::checks::patience;
use crate::door::Door;

pub struct Prometheus {
    child: Child,
    door: Door,
    folder: tempfile::TempDir,
    /// Since when all services have been watched.
    since: Instant,
}

/// An alert and the service it is about; without one where it is about all.
pub type Fired = (String, String);

impl Prometheus {
    /// Watches these services; `None` where there is no Prometheus.
    pub fn start(services: &[&Door]) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/prometheus/alerts.yml");
        let rules = hurried(&fs::read_to_string(rules).expect("the rules can be read"));
        let scrape = "global: { scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 500ms }\nrule_files: [alerts.yml]\n\
                      scrape_configs: [{ job_name: entente, file_sd_configs: [{ files: [targets.json], refresh_interval: 1s }] }]\n";
        for (name, text) in [("alerts.yml", rules.as_str()), ("prometheus.yml", scrape), ("targets.json", &targets(services))] {
            fs::write(folder.path().join(name), text).expect("the folder is writable");
        }
        let door = Door::new();
        let log = fs::File::create(folder.path().join("log")).expect("the folder is writable");
        let mut command = Command::new("prometheus");
        command.current_dir(folder.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        command.args(["--config.file=prometheus.yml", "--storage.tsdb.path=data"]);
        command.arg(format!("--web.listen-address={}", door.address()));
        let mut started = Self { child: command.spawn().ok()?, door, folder, since: Instant::now() };
        started.await_up();
        // It takes its time to look for services, and finds none until then.
        started.await_watched(services.len());
        started.since = Instant::now();
        Some(started)
    }

    /// Watches these services from now on, and no others.
    pub fn watch(&self, services: &[&Door]) {
        // In one step, so that it is never read by half.
        fs::write(self.folder.path().join("next"), targets(services)).expect("the folder is writable");
        fs::rename(self.folder.path().join("next"), self.folder.path().join("targets.json")).expect("the folder is writable");
        self.await_watched(services.len());
    }

    /// The alerts that fire, or did since the start.
    pub fn fired(&self) -> BTreeSet<Fired> {
        let window = self.since.elapsed().as_millis().max(1);
        let series = self.ask(&format!("max_over_time(ALERTS{{alertstate=\"firing\"}}[{window}ms])"));
        let label = |series: &Value, name: &str| series["metric"][name].as_str().unwrap_or_default().to_owned();
        series.iter().map(|series| (label(series, "alertname"), label(series, "instance"))).collect()
    }

    /// The series that a query gives.
    fn ask(&self, query: &str) -> Vec<Value> {
        let query: String = query.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let Some((200, body)) = self.door.get(&format!("/api/v1/query?query={query}")) else { return Vec::new() };
        let answer: Value = serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}"));
        answer["data"]["result"].as_array().cloned().unwrap_or_default()
    }

    /// Waits until that many services are watched.
    fn await_watched(&self, count: usize) {
        let deadline = Instant::now() + patience();
        while self.ask("up == 1").len() != count {
            assert!(Instant::now() < deadline, "Prometheus does not watch {count} services: {:?}", self.ask("up"));
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Waits until this alert has fired about this service; about all where there is none.
    pub fn await_alert(&self, name: &str, service: Option<&Door>) {
        let wanted = (name.to_owned(), service.map(Door::address).unwrap_or_default());
        let started = Instant::now();
        while !self.fired().contains(&wanted) {
            assert!(started.elapsed() < Duration::from_secs(60), "{wanted:?} did not fire; {:?} did", self.fired());
            std::thread::sleep(Duration::from_millis(250));
        }
        println!("{name} fired {:.1} s after the wait for it began", started.elapsed().as_secs_f64());
    }

    fn await_up(&self) {
        let deadline = Instant::now() + patience();
        while self.door.status("/-/ready") != Some(200) {
            let log = || fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            assert!(Instant::now() < deadline, "Prometheus does not become ready:\n{}", log());
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

fn targets(services: &[&Door]) -> String {
    let addresses: Vec<String> = services.iter().map(|door| door.address()).collect();
    serde_json::json!([{ "targets": addresses }]).to_string()
}

/// Rules in which minutes are seconds.
fn hurried(rules: &str) -> String {
    let mut text = rules.replace("[1h]", "[60s]").replace("> 600 *", "> 10 *");
    for minutes in 1..=30 {
        for (before, after) in [("[", "]"), ("for: ", "\n"), ("offset ", "\n"), ("offset ", ")")] {
            text = text.replace(&format!("{before}{minutes}m{after}"), &format!("{before}{minutes}s{after}"));
        }
    }
    let is_left = |word: &str| word.ends_with('m') && word.trim_end_matches('m').parse::<u32>().is_ok();
    let left = text.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| is_left(word));
    assert_eq!(left, None, "a time that was not hurried");
    text
}
