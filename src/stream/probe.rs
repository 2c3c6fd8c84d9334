//! [`probe`]: can the brokers be reached, and may the topics be read and written? For `entente check`.

use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::producer::{BaseProducer, Producer};
use rdkafka::types::RDKafkaErrorCode as Code;

use super::client;
use crate::config::{Config, Delivery, Topics};

/// One thing that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub what: String,
    /// What was found, or what is wrong and what would mend it.
    pub outcome: Result<String, String>,
}

/// Tries everything the service needs, without reading or writing a record.
pub fn probe(config: &Config, patience: Duration) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut note = |what: String, outcome: Result<String, String>| findings.push(Finding { what, outcome });
    let consumer: BaseConsumer = match client::consumer(config).create() {
        Ok(consumer) => consumer,
        Err(error) => {
            note("Kafka properties".to_owned(), Err(error.to_string()));
            return findings;
        }
    };
    let metadata = match consumer.fetch_metadata(None, patience) {
        Ok(metadata) => metadata,
        Err(error) => {
            let hint = "are `kafka.brokers` and `kafka.security` right, and is the broker running?";
            note(format!("brokers {}", config.kafka.brokers), Err(format!("{error}; {hint}")));
            return findings;
        }
    };
    note(format!("brokers {}", config.kafka.brokers), Ok(format!("{} reached", metadata.brokers().len())));
    let Topics { articles, events, dead, state } = &config.topics;
    let topics = [(articles, "read"), (events, "write"), (dead, "write"), (state, "read and write")];
    for (topic, use_) in topics.into_iter().filter(|(topic, _)| !topic.is_empty()) {
        let found = consumer.fetch_metadata(Some(topic), patience).map_err(|error| error.to_string());
        let outcome = found.and_then(|metadata| {
            let found = metadata.topics().iter().find(|found| found.name() == topic.as_str());
            let error = found.and_then(|found| found.error()).map(Code::from);
            match (found.map_or(0, |found| found.partitions().len()), error) {
                (_, Some(Code::TopicAuthorizationFailed)) => Err(format!("not authorized to {use_} it: grant the ACL")),
                (0, _) | (_, Some(Code::UnknownTopicOrPartition)) if topic == state => {
                    Ok("will be made at the first start".to_owned())
                }
                (0, _) | (_, Some(Code::UnknownTopicOrPartition)) => Err("does not exist: create it".to_owned()),
                (_, Some(code)) => Err(code.to_string()),
                (partitions, None) => Ok(format!("exists, {partitions} partitions")),
            }
        });
        let exists = outcome.is_ok();
        note(format!("topic {topic}"), outcome);
        if exists && use_ == "read" {
            let readable = consumer.fetch_watermarks(topic, 0, patience);
            note(
                format!("read {topic}"),
                readable
                    .map(|(low, high)| format!("partition 0 holds offsets {low} to {high}"))
                    .map_err(|error| error.to_string()),
            );
        }
    }
    if config.service.delivery == Delivery::ExactlyOnce {
        // The id of a worker that may be running now must not be taken from it: another of the same prefix asks for the same right.
        let mut properties = client::producer(config);
        properties.set("transactional.id", format!("{}.check", client::transactional_id(config)));
        let outcome =
            properties.create::<BaseProducer>().and_then(|producer| producer.init_transactions(patience).map(|()| producer));
        let outcome = outcome.map(|_producer| "may be used".to_owned());
        note(
            "transactions".to_owned(),
            outcome.map_err(|error| format!("{error}; the principal needs WRITE and DESCRIBE on the transactional id")),
        );
    }
    findings
}
