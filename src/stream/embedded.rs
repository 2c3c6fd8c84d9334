//! [`EmbeddedBroker`]: a stand-in for Kafka inside this process, librdkafka's mock cluster. For the demo and for tests that need no guarantee:
//! it shows uncommitted data and fences nobody, so nothing about delivery may be concluded from it.

use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::Message;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::mocking::MockCluster;
use rdkafka::producer::{BaseRecord, DefaultProducerContext, Producer, ThreadedProducer};
use rdkafka::{Offset, TopicPartitionList};

use super::reader::record;
use crate::record::Record;

/// A broker that lives as long as this value.
pub struct EmbeddedBroker {
    cluster: MockCluster<'static, DefaultProducerContext>,
}

#[derive(Debug, thiserror::Error)]
#[error("the embedded broker failed: {0}")]
pub struct EmbeddedError(#[from] rdkafka::error::KafkaError);

impl EmbeddedBroker {
    /// Starts a broker with these topics, of `partitions` partitions each.
    ///
    /// # Errors
    /// Where no port can be bound.
    pub fn start(topics: &[&str], partitions: i32) -> Result<Self, EmbeddedError> {
        let cluster = MockCluster::new(1)?;
        for topic in topics {
            cluster.create_topic(topic, partitions, 1)?;
        }
        Ok(Self { cluster })
    }

    pub fn brokers(&self) -> String {
        self.cluster.bootstrap_servers()
    }

    /// Something that writes to the broker.
    ///
    /// # Errors
    /// Where no producer can be made.
    pub fn feeder(&self) -> Result<Feeder, EmbeddedError> {
        Ok(Feeder(ClientConfig::new().set("bootstrap.servers", self.brokers()).set("linger.ms", "1").create()?))
    }

    /// Something that reads all partitions of `topics` from their beginning.
    ///
    /// # Errors
    /// Where no consumer can be made.
    pub fn follower(&self, topics: &[&str], partitions: i32) -> Result<Follower, EmbeddedError> {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", self.brokers()).set("group.id", "entente-demo-view").set("enable.auto.commit", "false");
        let consumer: BaseConsumer = config.create()?;
        let mut list = TopicPartitionList::new();
        for topic in topics {
            for partition in 0..partitions {
                list.add_partition_offset(topic, partition, Offset::Beginning)?;
            }
        }
        consumer.assign(&list)?;
        Ok(Follower(consumer))
    }
}

pub struct Feeder(ThreadedProducer<DefaultProducerContext>);

impl Feeder {
    /// Sends a record without waiting for its acknowledgement.
    ///
    /// # Errors
    /// Where it cannot even be queued.
    pub fn send(
        &self,
        topic: &str,
        key: Option<&[u8]>,
        payload: Option<&[u8]>,
        headers: &[(&str, &str)],
    ) -> Result<(), EmbeddedError> {
        let mut record: BaseRecord<'_, [u8], [u8]> = BaseRecord::to(topic);
        if let Some(key) = key {
            record = record.key(key);
        }
        if let Some(payload) = payload {
            record = record.payload(payload);
        }
        if !headers.is_empty() {
            let headers =
                headers.iter().fold(OwnedHeaders::new(), |all, (key, value)| all.insert(Header { key, value: Some(*value) }));
            record = record.headers(headers);
        }
        self.0.send(record).map_err(|(error, _)| EmbeddedError(error))
    }

    /// Waits until all that was sent is acknowledged.
    ///
    /// # Errors
    /// Where that takes longer than `patience`.
    pub fn flush(&self, patience: Duration) -> Result<(), EmbeddedError> {
        Ok(self.0.flush(patience)?)
    }
}

pub struct Follower(BaseConsumer);

impl Follower {
    /// The next record, if one comes within `patience`.
    pub fn next(&self, patience: Duration) -> Option<Record> {
        let message = self.0.poll(patience)?.ok()?;
        Some(record(&message.topic().into(), &message))
    }
}
