//! Delivery tests: the real binary against a real Apache Kafka. Each is named after the promise it holds; `tests/run` runs them.

mod articles;
mod broker;
mod promises;
mod replay;
mod service;
mod topics;
