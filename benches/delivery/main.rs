//! What delivery costs, on one broker of this machine and one topic, in one run: a plain copy loop of the Kafka client beside the service
//! with a coder that does nothing, both at least once and exactly once; the service in full; its latency at half that load; its memory with
//! a large backlog before it.
//!
//! * The copy loop reads a record, writes it to another topic as it came and commits every 100 ms, all on one thread and in as little code as
//!   that takes: what the Kafka client itself costs.
//! * The service with a no-op coder is the whole service but for the coding: records to the coder and back (on the reader's own
//!   thread, as with every coder that takes no longer than a hand-over), the order of each partition, an event as JSON under its ten headers,
//!   batches, counts. Its coder gives every article the same event.
//! * Both read the same topic and write to another with one partition. An article of it is as large as the event that comes of it, and has as
//!   many headers, so that both move the same number of records and nearly the same bytes, in and out. Neither remembers articles: a copy
//!   loop has no memory, and what the service's costs is in the service in full.
//!
//! Each pair is taken one after the other, round by round, and the median of the rounds counts, for rates as for shares: a machine that is
//! busy for a while slows both of a pair. The clock runs from the first record read until the broker says that all of it is committed.
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
#[path = "../../tests/delivery/port.rs"]
mod port;
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
    let rounds = throughputs(&cluster, &load, args.rounds);
    let [copy_loose, loose, copy_exact, exact] =
        [0, 1, 2, 3].map(|at| median(&rounds, |round| round[at].rate, |round| round[at]));
    let share = |part: usize, whole: usize, of: &str| {
        let share = |round: &[Run; 4]| round[part].rate / round[whole].rate;
        format!("{:.0} % of {of}", 100.0 * median(&rounds, share, share))
    };
    let mut row = |name: &str, run: Run, compared: &str, target: &str| {
        table.add_row([name, &format!("{:.0} articles/s", run.rate), compared, target, &run.cpu.to_string()]);
    };
    row("copy loop, at least once", copy_loose, "", "");
    row("service, no-op coder, at least once", loose, &share(1, 0, "it"), "90 % or more");
    row("copy loop, transactions", copy_exact, "", "");
    row("service, no-op coder, exactly once", exact, &share(3, 2, "it"), "90 % or more");
    row("exactly once, commit every 100 ms", exact, &share(3, 1, "our at least once"), "85 % or more");
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

/// Copy loop and service at least once, and both exactly once, round by round.
fn throughputs(cluster: &Cluster, load: &Load, rounds: usize) -> Vec<[Run; 4]> {
    let one = |round: usize| {
        let runs = [
            copy::run(cluster, load, Delivery::AtLeastOnce, round),
            served::idle_coder(cluster, load, Delivery::AtLeastOnce, round),
            copy::run(cluster, load, Delivery::ExactlyOnce, round),
            served::idle_coder(cluster, load, Delivery::ExactlyOnce, round),
        ];
        let shown: Vec<String> = runs.iter().map(|run| format!("{:.0}/s ({})", run.rate, run.cpu)).collect();
        eprintln!("round {}: {}", round + 1, shown.join(", "));
        runs
    };
    (0..rounds.max(1)).map(one).collect()
}

/// What the middle one of the rounds gives, in the order of `key`.
fn median<T>(rounds: &[[Run; 4]], key: impl Fn(&[Run; 4]) -> f64, give: impl Fn(&[Run; 4]) -> T) -> T {
    let mut rounds: Vec<&[Run; 4]> = rounds.iter().collect();
    rounds.sort_by(|a, b| key(a).total_cmp(&key(b)));
    give(rounds[rounds.len() / 2])
}
