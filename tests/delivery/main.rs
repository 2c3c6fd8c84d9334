//! Delivery tests: the real binary against a real Apache Kafka. Each is named after the promise it holds; `tests/run` runs them.

mod articles;
mod bad_input;
mod bugs;
mod checks;
mod clock;
mod cluster;
mod faults;
mod outage;
mod promises;
mod proxy;
mod replay;
mod service;
mod topics;
