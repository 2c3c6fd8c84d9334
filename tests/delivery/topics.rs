//! Topics of a test: made, written, and read back as a downstream with `read_committed` sees them.

use std::time::{Duration, Instant};

use rdkafka::admin::{AdminClient, AdminOptions, AlterConfig, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::{Header, Headers, Message, OwnedHeaders};
use rdkafka::producer::{BaseRecord, DefaultProducerContext, Producer, ThreadedProducer};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};

use crate::cluster::Cluster;
use crate::service::Service;

pub const IN_PARTITIONS: i32 = 4;
const LARGE: &str = "33554432";

/// Names of a test's topics.
pub struct Topics {
    pub articles: String,
    pub events: String,
    pub dead: String,
}

/// A record as read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    pub key: Option<Vec<u8>>,
    pub payload: Option<Vec<u8>>,
    pub timestamp: Option<i64>,
    pub headers: Vec<(String, Option<Vec<u8>>)>,
}

impl Read {
    pub fn header(&self, name: &str) -> Option<String> {
        let value = self.headers.iter().find(|(key, _)| key == name)?.1.clone()?;
        String::from_utf8(value).ok()
    }

    /// Partition and offset of the article it came from.
    pub fn place(&self) -> (i32, i64) {
        let number = |name| {
            self.header(name).and_then(|text| text.parse::<i64>().ok()).unwrap_or_else(|| panic!("{name} is missing: {self:?}"))
        };
        (number("entente.partition") as i32, number("entente.offset"))
    }
}

/// Makes the three topics. Output topics have one partition, so that their order is the order of publication.
pub fn make(broker: &Cluster, test: &str, largest_event: &str) -> Topics {
    let topics = Topics { articles: format!("{test}.raw"), events: format!("{test}.events"), dead: format!("{test}.dead") };
    let admin: AdminClient<DefaultClientContext> = client(broker).create().expect("an admin client");
    let specs = [(&topics.articles, IN_PARTITIONS, LARGE), (&topics.events, 1, largest_event), (&topics.dead, 1, LARGE)].map(
        |(name, partitions, largest)| {
            NewTopic::new(name, partitions, TopicReplication::Fixed(broker.size().min(3) as i32))
                .set("max.message.bytes", largest)
        },
    );
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let made = runtime.block_on(admin.create_topics(&specs, &AdminOptions::new())).expect("topics can be made");
    for topic in made {
        topic.expect("the topic is made");
    }
    topics
}

pub fn client(broker: &Cluster) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", broker.address());
    config
}

/// Sets the one configuration of a topic that differs from the broker's.
pub fn configure(broker: &Cluster, topic: &str, key: &str, value: &str) {
    let admin: AdminClient<DefaultClientContext> = client(broker).create().expect("an admin client");
    let wanted = AlterConfig::new(ResourceSpecifier::Topic(topic)).set(key, value);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let altered = runtime.block_on(admin.alter_configs([&wanted], &AdminOptions::new())).expect("topics can be configured");
    altered.into_iter().for_each(|topic| drop(topic.expect("the topic is configured")));
}

/// Payload `None` is a tombstone.
pub fn produce(broker: &Cluster, topic: &str, records: impl IntoIterator<Item = (i32, Option<Vec<u8>>)>) {
    let numbered = records.into_iter().enumerate();
    produce_as(
        broker,
        topic,
        numbered.map(|(number, (partition, payload))| Input {
            partition,
            key: format!("key-{number}"),
            payload,
            ..Input::default()
        }),
    );
}

/// A record to be written.
#[derive(Default)]
pub struct Input {
    /// Milliseconds since the Unix epoch; without one it is long ago.
    pub timestamp_ms: Option<i64>,
    pub partition: i32,
    pub key: String,
    pub payload: Option<Vec<u8>>,
    pub headers: Vec<(&'static str, &'static str)>,
}

/// The same with keys and headers of the test's own.
pub fn produce_as(broker: &Cluster, topic: &str, records: impl IntoIterator<Item = Input>) {
    let producer: ThreadedProducer<DefaultProducerContext> = client(broker)
        .set("message.max.bytes", LARGE)
        .set("linger.ms", "5")
        .set("compression.type", "zstd")
        .set("enable.idempotence", "true")
        .create()
        .expect("a producer");
    for (number, Input { timestamp_ms, partition, key, payload, headers: more }) in records.into_iter().enumerate() {
        loop {
            let headers = OwnedHeaders::new().insert(Header { key: "origin", value: Some("test") });
            let headers = more.iter().fold(headers, |headers, (key, value)| headers.insert(Header { key, value: Some(*value) }));
            let mut record = BaseRecord::to(topic)
                .partition(partition)
                .key(&key)
                .headers(headers)
                .timestamp(timestamp_ms.unwrap_or(1_700_000_000_000 + number as i64));
            if let Some(payload) = &payload {
                record = record.payload(payload);
            }
            match producer.send(record) {
                Ok(()) => break,
                Err((error, _)) if error.rdkafka_error_code() == Some(rdkafka::types::RDKafkaErrorCode::QueueFull) => {
                    std::thread::sleep(Duration::from_millis(5));
                }
                Err((error, _)) => panic!("cannot produce: {error}"),
            }
        }
    }
    producer.flush(Duration::from_secs(180)).expect("all is acknowledged");
}

/// All committed records of a topic of one partition.
pub fn read_all(broker: &Cluster, topic: &str) -> Vec<Read> {
    let mut read = Vec::new();
    for_each(broker, topic, &mut |record| read.push(record));
    read
}

/// Every committed record of a topic of one partition.
pub fn for_each(broker: &Cluster, topic: &str, take: &mut dyn FnMut(Read)) {
    let mut config = client(broker);
    config
        .set("group.id", "reader")
        .set("isolation.level", "read_committed")
        .set("enable.auto.commit", "false")
        .set("enable.partition.eof", "true");
    config.set("fetch.message.max.bytes", LARGE);
    let consumer: BaseConsumer = config.create().expect("a consumer");
    let mut list = TopicPartitionList::new();
    list.add_partition_offset(topic, 0, Offset::Beginning).expect("a partition");
    consumer.assign(&list).expect("assigned");
    let mut deadline = Instant::now() + Duration::from_secs(60);
    loop {
        match consumer.poll(Duration::from_millis(200)) {
            Some(Ok(message)) => {
                let headers =
                    message.headers().map(|all| all.iter().map(|h| (h.key.to_owned(), h.value.map(<[u8]>::to_vec))).collect());
                deadline = Instant::now() + Duration::from_secs(60);
                take(Read {
                    key: message.key().map(<[u8]>::to_vec),
                    payload: message.payload().map(<[u8]>::to_vec),
                    timestamp: message.timestamp().to_millis(),
                    headers: headers.unwrap_or_default(),
                });
            }
            Some(Err(rdkafka::error::KafkaError::PartitionEOF(_))) => return,
            Some(Err(error)) if Instant::now() > deadline => panic!("{topic} cannot be read: {error}"),
            _ => assert!(Instant::now() < deadline, "{topic} has no end"),
        }
    }
}

/// Whether every replica of the topics is in sync.
pub fn in_sync(broker: &Cluster, topics: &Topics) -> bool {
    let consumer: BaseConsumer = client(broker).create().expect("a consumer");
    let replicas = broker.size().min(3);
    [&topics.articles, &topics.events, &topics.dead].into_iter().all(|topic| {
        let metadata = consumer.fetch_metadata(Some(topic), Duration::from_secs(5));
        metadata.is_ok_and(|metadata| {
            metadata.topics().iter().flat_map(|topic| topic.partitions()).all(|partition| partition.isr().len() == replicas)
        })
    })
}

/// Articles of the group that are not committed yet.
pub fn lag(broker: &Cluster, group: &str, topic: &str) -> i64 {
    let consumer: BaseConsumer = client(broker).set("group.id", group).create().expect("a consumer");
    let mut list = TopicPartitionList::new();
    for partition in 0..IN_PARTITIONS {
        list.add_partition(topic, partition);
    }
    let Ok(committed) = consumer.committed_offsets(list, Duration::from_secs(5)) else { return i64::MAX };
    let mut lag = 0;
    for element in committed.elements() {
        let Ok((low, high)) = consumer.fetch_watermarks(topic, element.partition(), Duration::from_secs(5)) else {
            return i64::MAX;
        };
        lag += high - element.offset().to_raw().filter(|offset| *offset >= 0).unwrap_or(low);
    }
    lag
}

/// Waits until the group has committed all of the topic.
pub fn await_end(broker: &Cluster, group: &str, topic: &str, most: Duration, worker: &mut Service) {
    let deadline = Instant::now() + most;
    loop {
        let left = lag(broker, group, topic);
        if left == 0 {
            return;
        }
        assert!(worker.runs(), "the service ended; its log:\n{}", worker.log());
        assert!(
            Instant::now() < deadline,
            "{left} articles are still waiting after {most:?}; the service's log:\n{}",
            worker.log()
        );
        std::thread::sleep(Duration::from_millis(100));
    }
}
