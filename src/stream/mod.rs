//! Kafka around the pure coder: articles in, events and dead letters out, each exactly once. The only place that names `rdkafka`.
//!
//! [`service::run`] makes the parts. One thread owns the consumer and runs the [`reader`]; [`rebalance`] is what the consumer calls back; coders
//! ([`pool`]) turn records into what goes out for them ([`written`]), in any order; the [`ledger`] puts it back into the order of its partition;
//! the [`sink`] publishes a batch together with the input offsets. [`core::Core`] joins the last three and holds every promise that does not
//! need a broker, so that it is tested without one. What is remembered of earlier articles is in [`state`].

pub mod backfill;
mod batch;
mod bounded;
mod breaker;
mod client;
mod clock;
pub mod core;
pub mod embedded;
mod envelope;
mod kafka_sink;
pub mod ledger;
pub mod letters;
mod outbox;
pub mod outgoing;
pub mod pool;
pub mod probe;
mod reader;
mod rebalance;
pub mod sabotage;
pub mod service;
pub mod sink;
pub mod state;
mod stop;
mod watchdog;
pub mod written;
