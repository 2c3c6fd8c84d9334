//! Delivery tests: the real binary against a real Apache Kafka. Each is named after the promise it holds; `tests/run` runs them.

mod alerts;
mod articles;
mod bad_input;
mod bugs;
mod checks;
mod clock;
#[allow(dead_code, reason = "the soak uses the rest")]
mod cluster;
mod disk;
mod door;
mod faults;
mod memory;
mod operations;
mod outage;
mod port;
mod prometheus;
mod promises;
#[allow(dead_code, reason = "the soak uses the rest")]
mod proxy;
mod replay;
#[allow(dead_code, reason = "the benchmark uses the rest")]
mod service;
#[allow(dead_code, reason = "the soak uses the rest")]
mod topics;
