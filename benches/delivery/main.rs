//! What delivery costs, on one broker of this machine and one topic, in one run: a plain copy loop of the Kafka client beside the service
//! with a coder that does nothing, both at least once and exactly once; the service in full; its latency at half that load; its memory with
//! a large backlog before it.
//!
//!     tests/kafka/fetch && cargo bench --features kafka-tests --bench delivery -- --help

use std::process::ExitCode;

use clap::Parser;
use comfy_table::Table;

#[path = "../../tests/delivery/articles.rs"]
#[allow(dead_code, reason = "the delivery tests use the rest")]
mod articles;
#[path = "../../tests/delivery/checks.rs"]
#[allow(dead_code, reason = "the delivery tests use the rest")]
mod checks;
#[path = "../../tests/delivery/cluster.rs"]
#[allow(dead_code, reason = "the delivery tests use the rest")]
mod cluster;
mod copy;
mod cpu;
mod latency;
mod load;
mod memory;
#[path = "../../tests/delivery/proxy.rs"]
#[allow(dead_code, reason = "the delivery tests use the rest")]
mod proxy;
mod served;
#[path = "../../tests/delivery/service.rs"]
#[allow(dead_code, reason = "the delivery tests use the rest")]
mod service;
#[path = "../../tests/delivery/topics.rs"]
#[allow(dead_code, reason = "the delivery tests use the rest")]
mod topics;

use entente::config::Delivery;

use crate::cluster::Cluster;
use crate::load::{Load, Run};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(name = "delivery")]
struct Args {
    /// Articles for the copy loops and the service with a coder that does nothing.
    #[arg(long, default_value_t = 100_000)]
    articles: usize,
    /// Articles for the service in full.
    #[arg(long, default_value_t = 10_000)]
    coded: usize,
    /// Rounds of the former, taken in turn; the median counts.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Seconds of the measurement of latency; 0 leaves it out.
    #[arg(long, default_value_t = 20)]
    latency: u64,
    /// MiB of articles that wait while memory is measured; 0 leaves it out.
    #[arg(long, default_value_t = 3072)]
    backlog: usize,
    /// Given by `cargo bench`.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let cluster = Cluster::single();
    let mut table = Table::new();
    table.set_header(["measured", "value", "compared", "target", "CPU an article, ours + the broker's"]);
    let load = Load::padded(&cluster, "bench", args.articles);
    let [copy_loose, copy_exact, loose, exact] = throughputs(&cluster, &load, args.rounds);
    let share = |part: Run, whole: Run, of: &str| format!("{:.0} % of {of}", 100.0 * part.rate / whole.rate);
    let mut row = |name: &str, run: Run, compared: &str, target: &str| {
        table.add_row([name, &format!("{:.0} articles/s", run.rate), compared, target, &run.cpu.to_string()]);
    };
    row("copy loop, at least once", copy_loose, "", "");
    row("service, no-op coder, at least once", loose, &share(loose, copy_loose, "it"), "90 % or more");
    row("copy loop, transactions", copy_exact, "", "");
    row("service, no-op coder, exactly once", exact, &share(exact, copy_exact, "it"), "90 % or more");
    row("exactly once, commit every 100 ms", exact, &share(exact, loose, "our at least once"), "85 % or more");
    let full = served::full(&cluster, &Load::plain(&cluster, "full", args.coded));
    row("service in full, exactly once", full, "", "");
    if args.latency > 0 {
        let load = full.rate / 2.0;
        let [p50, p99] = latency::measure(&cluster, load, args.latency);
        let half = format!("at {load:.0} articles/s");
        table.add_row(["article in to event visible, p50", &format!("{p50:.0} ms"), &half, ""]);
        table.add_row(["article in to event visible, p99", &format!("{p99:.0} ms"), &half, "below 250 ms"]);
    }
    if args.backlog > 0 {
        let (waiting, peak) = memory::measure(&cluster, args.backlog);
        let waited = format!("{waiting} MiB waiting");
        table.add_row(["resident memory of `entente run`, peak", &format!("{peak} MiB"), &waited, "below 256 MiB"]);
    }
    println!("{table}");
    ExitCode::SUCCESS
}

/// The four in turn, so that a machine that is busy for a while slows all of them.
fn throughputs(cluster: &Cluster, load: &Load, rounds: usize) -> [Run; 4] {
    let mut all: [Vec<Run>; 4] = Default::default();
    for round in 0..rounds.max(1) {
        let runs = [
            copy::run(cluster, load, Delivery::AtLeastOnce, round),
            copy::run(cluster, load, Delivery::ExactlyOnce, round),
            served::idle_coder(cluster, load, Delivery::AtLeastOnce, round),
            served::idle_coder(cluster, load, Delivery::ExactlyOnce, round),
        ];
        let shown: Vec<String> = runs.iter().map(|run| format!("{:.0}/s ({})", run.rate, run.cpu)).collect();
        eprintln!("round {}: {}", round + 1, shown.join(", "));
        all.iter_mut().zip(runs).for_each(|(all, run)| all.push(run));
    }
    all.map(|mut runs| {
        runs.sort_by(|a, b| a.rate.total_cmp(&b.rate));
        runs[runs.len() / 2]
    })
}
