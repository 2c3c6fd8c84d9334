//! [`Cpu`]: the processor time that a measurement costs, in this process and in the broker's. On a machine that others use too it says more
//! than the clock on the wall.

use std::fs;

use crate::cluster::Cluster;

/// Microseconds since the processes began.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cpu {
    pub ours: f64,
    pub brokers: f64,
}

impl Cpu {
    pub fn now(broker: u32) -> Self {
        Self { ours: of(std::process::id()), brokers: of(broker) }
    }

    /// Since `earlier`, for each of so many articles.
    pub fn since(self, earlier: Self, articles: usize) -> Self {
        let each = |now: f64, then: f64| (now - then) / articles as f64;
        Self { ours: each(self.ours, earlier.ours), brokers: each(self.brokers, earlier.brokers) }
    }
}

impl std::fmt::Display for Cpu {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.1} + {:.1} µs", self.ours, self.brokers)
    }
}

/// The broker's process.
pub fn broker(cluster: &Cluster) -> u32 {
    cluster.process().expect("the broker runs")
}

/// User and system time of a process. The kernel counts in hundredths of a second on every Linux there is.
fn of(process: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).expect("this is Linux, and the process runs");
    // The name, in brackets, may hold spaces.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks: f64 = fields[11..13].iter().filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
    ticks * 1e4
}
