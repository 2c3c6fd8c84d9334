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
use crate::load::Load;

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
    table.set_header(["measured", "value", "compared", "target"]);
    let load = Load::padded(&cluster, "bench", args.articles);
    let [copy_loose, copy_exact, loose, exact] = throughputs(&cluster, &load, args.rounds);
    let share = |part: f64, whole: f64| format!("{:.0} % of it", 100.0 * part / whole);
    table.add_row(["copy loop, at least once", &rate(copy_loose), "", ""]);
    table.add_row(["service, no-op coder, at least once", &rate(loose), &share(loose, copy_loose), "90 % or more"]);
    table.add_row(["copy loop, transactions", &rate(copy_exact), "", ""]);
    table.add_row(["service, no-op coder, exactly once", &rate(exact), &share(exact, copy_exact), "90 % or more"]);
    let own = format!("{:.0} % of our at least once", 100.0 * exact / loose);
    table.add_row(["exactly once, commit every 100 ms", &rate(exact), &own, "85 % or more"]);
    let full = served::full(&cluster, &Load::plain(&cluster, "full", args.coded));
    table.add_row(["service in full, exactly once", &rate(full), "", ""]);
    if args.latency > 0 {
        let [p50, p99] = latency::measure(&cluster, full / 2.0, args.latency);
        let half = format!("at {:.0} articles/s", full / 2.0);
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

fn rate(articles: f64) -> String {
    format!("{articles:.0} articles/s")
}

/// The four in turn, so that a machine that is busy for a while slows all of them.
fn throughputs(cluster: &Cluster, load: &Load, rounds: usize) -> [f64; 4] {
    let mut all: [Vec<f64>; 4] = Default::default();
    for round in 0..rounds.max(1) {
        let rates = [
            copy::run(cluster, load, Delivery::AtLeastOnce, round),
            copy::run(cluster, load, Delivery::ExactlyOnce, round),
            served::idle_coder(cluster, load, Delivery::AtLeastOnce, round),
            served::idle_coder(cluster, load, Delivery::ExactlyOnce, round),
        ];
        eprintln!("round {}: {rates:.0?}", round + 1);
        all.iter_mut().zip(rates).for_each(|(all, rate)| all.push(rate));
    }
    all.map(|mut rates| {
        rates.sort_by(f64::total_cmp);
        rates[rates.len() / 2]
    })
}
