//! What stands under `deploy/` names things of the code: metrics, labels, configuration keys, topics, exit codes. Each name is held to the code
//! here, so that a rename on one side fails on the other.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use entente::config::{Config, Source};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is readable") {
        let path = entry.expect("the folder is readable").path();
        if path.is_dir() {
            files(&path, ending, found);
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
}

/// Every source file, without its tests' modules.
fn sources() -> String {
    let mut found = Vec::new();
    files(&root().join("src"), ".rs", &mut found);
    found.iter().map(|path| fs::read_to_string(path).expect("sources are readable")).collect()
}

/// Words of letters, digits and `_` that begin with one of the prefixes metrics have.
fn metrics_in(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let prefixed = words.filter(|word| word.starts_with("entente_") || word.starts_with("process_"));
    prefixed.map(str::to_owned).collect()
}

/// The metric behind a series: histograms have three.
fn base(series: &str) -> &str {
    ["_bucket", "_sum", "_count"].iter().find_map(|part| series.strip_suffix(part)).unwrap_or(series)
}

/// Label matchers `label="value"`, in whatever quotes the file needs; templates and patterns are left out.
fn matchers(text: &str) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices("=\"").chain(text.match_indices("=\\\"")) {
        let label: String = text[..at].chars().rev().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        let value = text[at + 1..].trim_start_matches(['\\', '"']);
        let value: String = value.chars().take_while(|c| !matches!(c, '"' | '\\')).collect();
        found.insert((label.chars().rev().collect(), value));
    }
    found
}

const BOARD: &str = "deploy/grafana/dashboards/entente.json";
const ALERTS: &str = "deploy/prometheus/alerts.yml";
const RULE_TESTS: &str = "deploy/prometheus/alerts_test.yml";

#[test]
fn every_metric_of_dashboard_and_alerts_exists_in_the_code() {
    let made = metrics_in(&sources());
    for file in [BOARD, ALERTS, RULE_TESTS] {
        let named = metrics_in(&read(file));
        assert!(named.len() >= 8, "{file} names only {named:?}");
        let unknown: Vec<_> = named.iter().filter(|name| !made.contains(base(name))).collect();
        assert!(unknown.is_empty(), "{file} names metrics that nothing makes: {unknown:?}");
    }
}

#[test]
fn every_label_value_of_dashboard_and_alerts_exists_in_the_code() {
    let sources = sources();
    let mut checked = 0;
    for file in [BOARD, ALERTS] {
        for (label, value) in matchers(&read(file)) {
            // Those that Prometheus and Grafana give.
            if matches!(label.as_str(), "job" | "instance" | "alertstate" | "le") {
                continue;
            }
            assert!(sources.contains(&format!("\"{label}\"")), "{file}: nothing has a label `{label}`");
            assert!(sources.contains(&format!("\"{value}\"")), "{file}: `{label}` is never \"{value}\"");
            checked += 1;
        }
    }
    assert!(checked >= 3, "only {checked} label values were found to check");
}

#[test]
fn every_alert_has_a_rule_test_in_which_it_fires() {
    let names: Vec<String> =
        read(ALERTS).lines().filter_map(|line| line.trim().strip_prefix("- alert: ").map(str::to_owned)).collect();
    let tests = read(RULE_TESTS);
    assert!(names.len() >= 10, "found {names:?}");
    for name in names {
        assert!(tests.contains(&format!("ALERTS{{alertname=\"{name}\",alertstate=\"firing\"")), "no rule test sees {name} fire");
    }
}

/// Loads a configuration text as the service would, with variables set.
fn load(text: &str, environment: &[(String, String)]) -> Config {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("entente.toml");
    fs::write(&file, text).expect("the folder is writable");
    Config::load(&Source { file: Some(file), environment: environment.to_vec() }).unwrap_or_else(|errors| panic!("{errors}"))
}

#[test]
fn the_configuration_of_the_manifests_loads() {
    let manifest = read("deploy/kubernetes/configmap.yaml");
    let (_, block) = manifest.split_once("entente.toml: |\n").expect("the ConfigMap holds entente.toml");
    let text: String = block.lines().map(|line| format!("{}\n", line.strip_prefix("    ").unwrap_or(line))).collect();
    let stateful = read("deploy/kubernetes/statefulset.yaml");
    // The folder that is mounted there need not be on this machine.
    assert!(
        stateful.contains("mountPath: /var/lib/entente") && text.contains("folder = \"/var/lib/entente\""),
        "a writable folder"
    );
    let config = load(&text.replace("/var/lib/entente", env!("CARGO_MANIFEST_DIR")), &[]);
    assert!(stateful.contains(&format!("containerPort: {}", port(&config))), "the port of the probes");
    let pause = stateful.split("terminationGracePeriodSeconds: ").nth(1).and_then(|rest| rest.split_whitespace().next());
    let pause: u64 = pause.and_then(|number| number.parse().ok()).expect("a grace period");
    assert!(
        pause > config.service.grace.as_secs(),
        "Kubernetes kills after {pause} s, the drain may take {:?}",
        config.service.grace
    );
}

fn port(config: &Config) -> &str {
    config.ops.listen.rsplit(':').next().unwrap_or("")
}

#[test]
fn the_autoscaler_watches_the_topic_and_group_that_the_service_reads() {
    let config = load("", &[]);
    let scaler = read("deploy/kubernetes/scaledobject.yaml");
    for line in [format!("consumerGroup: {}", config.kafka.group), format!("topic: {}", config.topics.articles)] {
        assert!(scaler.lines().any(|found| found.trim() == line), "scaledobject.yaml lacks `{line}`");
    }
}

#[test]
fn variables_that_containers_set_are_read() {
    for file in ["deploy/compose.yaml", "deploy/Dockerfile", "deploy/systemd/entente.service"] {
        let text = read(file);
        let words = text.split(|c: char| !(c.is_ascii_uppercase() || c == '_'));
        let names: BTreeSet<&str> = words.filter(|word| word.starts_with("ENTENTE_") && word.contains("__")).collect();
        assert!(!names.is_empty(), "{file} sets nothing");
        for name in names {
            let value = match name {
                "ENTENTE_OPS__LISTEN" => "0.0.0.0:9464",
                "ENTENTE_OPS__LOG_FORMAT" => "json",
                "ENTENTE_STATE__FOLDER" => env!("CARGO_MANIFEST_DIR"),
                "ENTENTE_KAFKA__BROKERS" => "kafka:9092",
                // A file that can be read, whatever is in it.
                "ENTENTE_KAFKA__SASL_PASSWORD_FILE" => concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
                other => panic!("{file} sets {other}: say here what it is set to"),
            };
            load("", &[(name.to_owned(), value.to_owned())]);
        }
    }
}

#[test]
fn the_topics_made_are_those_of_the_configuration() {
    let config = load("", &[]);
    let script = read("deploy/topics");
    for topic in [&config.topics.articles, &config.topics.events, &config.topics.dead, &config.topics.state] {
        assert!(script.contains(&format!("make {topic} ")), "deploy/topics does not make {topic}");
    }
    let largest = format!("max.message.bytes={}", config.limits.record_bytes);
    assert_eq!(script.matches(&largest).count(), 3, "each topic takes a record of `limits.record_bytes`, {largest}");
    for sink in ["deploy/sinks/postgres/sink.properties", "deploy/sinks/clickhouse/kafka.sql"] {
        assert!(read(sink).contains(&config.topics.events), "{sink} reads another topic than {}", config.topics.events);
        assert!(!sink.ends_with("properties") || read(sink).contains("read_committed"), "{sink} reads what may be aborted");
    }
}

#[test]
fn the_supervisor_does_not_restart_what_wants_a_person() {
    // The table at the top of exit.rs: a code's advice begins with "mend", or says not to restart.
    let exits = read("src/cli/exit.rs");
    let rows = exits.lines().filter_map(|line| line.strip_prefix("//! | ")).filter_map(|row| {
        let mut cells = row.split(" | ");
        Some((cells.next()?.parse::<u8>().ok()?, cells.last()?.to_owned()))
    });
    let person = |advice: &str| advice.starts_with("mend") || advice.contains("do not restart") || advice.contains("first");
    let wanted: Vec<String> = rows.filter(|(_, advice)| person(advice)).map(|(code, _)| code.to_string()).collect();
    assert_eq!(wanted, ["2", "3", "5", "6"], "the table of exit codes reads differently now");
    let line = format!("RestartPreventExitStatus={}", wanted.join(" "));
    assert!(read("deploy/systemd/entente.service").lines().any(|found| found == line), "the unit lacks `{line}`");
}
