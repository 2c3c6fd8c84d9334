//! `deploy/OPERATIONS.md` names every configuration key, exit code, metric and alert that there is, and none that there is not.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use entente::ops::telemetry::METRICS;
use entente::record::Reason;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// First cells of the table rows below a heading, without their backquotes.
fn table(page: &str, heading: &str) -> BTreeSet<String> {
    let (_, section) = page.split_once(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("no section `{heading}`"));
    let section = section.split("\n## ").next().unwrap_or("");
    let cells = section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).map(str::to_owned);
    cells.collect()
}

fn assert_same(what: &str, page: &BTreeSet<String>, code: &BTreeSet<String>) {
    let (lacks, invents): (Vec<_>, Vec<_>) = (code.difference(page).collect(), page.difference(code).collect());
    assert!(lacks.is_empty() && invents.is_empty(), "{what}: the page lacks {lacks:?} and has too much {invents:?}");
    assert!(!code.is_empty(), "{what}: nothing was found to compare");
}

#[test]
fn every_metric_is_documented() {
    let page = table(&read("deploy/OPERATIONS.md"), "Metrics");
    assert_same("metrics", &page, &METRICS.iter().map(|(name, _)| (*name).to_owned()).collect());
    // And every metric that any code emits is in that list.
    let source = read("src/ops/telemetry.rs");
    let emitted = ["counter!(\"", "gauge!(\"", "histogram!(\""].iter().flat_map(|call| source.split(call).skip(1));
    let emitted: BTreeSet<String> = emitted.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect();
    let aside = ["entente_lag_records", "entente_ready", "process_resident_memory_bytes", "process_start_time_seconds"]
        .map(str::to_owned);
    assert_same("metrics emitted", &page, &emitted.into_iter().chain(aside).collect());
}

#[test]
fn every_exit_code_is_documented() {
    let page = table(&read("deploy/OPERATIONS.md"), "Exit codes");
    let source = read("src/cli/exit.rs");
    let codes = source.lines().filter(|line| line.trim_start().starts_with("Failure::") && line.contains("=> "));
    let codes = codes.filter_map(|line| line.split("=> ").nth(1)?.trim_end_matches(',').parse::<u8>().ok());
    // 0, 1 and 2 are those of every command line program.
    assert_same("exit codes", &page, &codes.chain(0..=2).map(|code| code.to_string()).collect());
}

#[test]
fn every_configuration_key_is_documented() {
    let page = table(&read("deploy/OPERATIONS.md"), "Configuration");
    let file: toml::Table = read("config/entente.toml").parse().expect("the shipped file is TOML");
    let keys = file.iter().flat_map(|(section, table)| {
        let keys = table.as_table().expect("keys stand in sections").keys();
        keys.map(move |key| format!("{section}.{key}"))
    });
    assert_same("configuration", &page, &keys.collect());
}

#[test]
fn every_reason_for_a_dead_letter_is_documented() {
    let page = table(&read("deploy/OPERATIONS.md"), "Reasons of dead letters");
    assert_same("reasons", &page, &Reason::ALL.iter().map(|reason| reason.as_str().to_owned()).collect());
}

#[test]
fn every_alert_is_documented() {
    let page = table(&read("deploy/OPERATIONS.md"), "Alerts");
    let rules = read("deploy/prometheus/alerts.yml");
    let named = rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ").map(str::to_owned));
    assert_same("alerts", &page, &named.collect());
}
