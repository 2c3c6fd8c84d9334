//! The soak: workers and a cluster of three brokers under faults, one after the other in random order, while articles keep coming. In the
//! end nothing may be lost, doubled or out of order for a downstream with `read_committed`.
//!
//! Without options it takes two minutes, in an order that has a black hole right after a rolling restart: connections are new then, and calls wait for
//! coordinators that just moved. `cargo test --release --features kafka-tests --test soak -- --long` is a million articles with 100 kills and 50
//! stops of workers and 20 kills of brokers. `--help` tells of every option.

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;

#[path = "../delivery/articles.rs"]
#[allow(dead_code, reason = "the delivery tests use the rest")]
mod articles;
mod check;
#[path = "../delivery/checks.rs"]
#[allow(dead_code, reason = "the delivery tests use the rest")]
mod checks;
#[path = "../delivery/cluster.rs"]
#[allow(dead_code, reason = "the delivery tests use the rest")]
mod cluster;
#[path = "../delivery/door.rs"]
#[allow(dead_code, reason = "the delivery tests use the rest")]
mod door;
mod fault;
#[path = "../delivery/port.rs"]
mod port;
#[path = "../delivery/proxy.rs"]
#[allow(dead_code, reason = "the delivery tests use the rest")]
mod proxy;
#[path = "../delivery/service.rs"]
#[allow(dead_code, reason = "the delivery tests use the rest")]
mod service;
#[path = "../delivery/topics.rs"]
#[allow(dead_code, reason = "the delivery tests use the rest")]
mod topics;
mod workers;

/// Faults by kind, and how many articles come meanwhile.
#[derive(Parser)]
#[command(name = "soak")]
pub struct Args {
    /// 1,000,000 articles, 100 kills and 50 stops of workers, 20 broker kills, 2 rolling restarts, 4 black holes, 20 guests.
    #[arg(long)]
    long: bool,
    #[arg(long, default_value_t = 6_000)]
    articles: usize,
    /// Workers killed with SIGKILL and started again.
    #[arg(long, default_value_t = 3)]
    kills: usize,
    /// Workers stopped with SIGSTOP, most for longer than their session, and let go on.
    #[arg(long, default_value_t = 1)]
    stops: usize,
    /// Brokers killed and started again.
    #[arg(long, default_value_t = 1)]
    broker_kills: usize,
    /// Restarts of all brokers, one after the other, each handing over first.
    #[arg(long, default_value_t = 1)]
    rolling: usize,
    /// The network between workers and brokers swallows everything for longer than any timeout.
    #[arg(long, default_value_t = 1)]
    black_holes: usize,
    /// Workers that join and leave again.
    #[arg(long, default_value_t = 1)]
    guests: usize,
    /// Workers that stay.
    #[arg(long, default_value_t = 2)]
    workers: usize,
    /// Another seed, another order and other moments.
    #[arg(long, default_value_t = 3)]
    seed: u64,
    /// As for other tests: the soak runs if its name holds one of these.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    filter: Vec<String>,
}

impl Args {
    fn scaled(self) -> Self {
        if !self.long {
            return self;
        }
        Self { articles: 1_000_000, kills: 100, stops: 50, broker_kills: 20, rolling: 2, black_holes: 4, guests: 20, ..self }
    }

    /// Whether a filter leaves the soak out.
    fn left_out(&self) -> bool {
        let names: Vec<_> = self.filter.iter().filter(|word| !word.starts_with('-')).collect();
        !names.is_empty() && !names.iter().any(|name| "soak".contains(name.as_str()))
    }
}

fn main() -> ExitCode {
    let args = Args::parse().scaled();
    if args.left_out() {
        return ExitCode::SUCCESS;
    }
    let started = Instant::now();
    let told = fault::storm(&args);
    println!("{told}");
    println!("soak: {} articles, nothing lost, doubled or out of order, in {} s", args.articles, started.elapsed().as_secs());
    ExitCode::SUCCESS
}
