//! The yardstick: the shortest loop of the Kafka client that reads a record, writes it to another topic as it came (key, value, headers,
//! timestamp) and commits every 100 ms. The consumer has the properties that the service sets; the producer those with which this loop is
//! fastest: it sends by itself every 5 ms, where the service holds back until it commits.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use entente::config::Delivery;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::BorrowedMessage;
use rdkafka::producer::{BaseRecord, DeliveryResult, Producer, ProducerContext, ThreadedProducer};
use rdkafka::types::RDKafkaErrorCode as Code;
use rdkafka::{ClientContext, Message, Offset, TopicPartitionList};

use crate::cluster::Cluster;
use crate::cpu;
use crate::load::{self, Began, Load, Run};
use crate::topics::{IN_PARTITIONS, client};

#[derive(Clone, Default)]
struct Outstanding(Arc<AtomicUsize>);

impl ClientContext for Outstanding {}

impl ProducerContext for Outstanding {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        assert!(result.is_ok(), "a record was not delivered");
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

pub fn run(cluster: &Cluster, load: &Load, delivery: Delivery, round: usize) -> Run {
    let group = format!("copy-{delivery:?}-{round}");
    let exactly_once = delivery == Delivery::ExactlyOnce;
    let mut consuming = client(cluster);
    consuming
        .set("group.id", &group)
        .set("auto.offset.reset", "earliest")
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("isolation.level", "read_committed")
        .set("partition.assignment.strategy", "cooperative-sticky")
        .set("queued.min.messages", "10000")
        .set("queued.max.messages.kbytes", "32768")
        .set("fetch.max.bytes", "16777216")
        .set("fetch.wait.max.ms", "50")
        .set("fetch.queue.backoff.ms", "10");
    let consumer: BaseConsumer = consuming.create().expect("a consumer");
    let mut producing = client(cluster);
    producing.set("linger.ms", "5").set("enable.idempotence", "true").set("acks", "all");
    if exactly_once {
        producing.set("transactional.id", &group);
    }
    let outstanding = Outstanding::default();
    let producer: ThreadedProducer<Outstanding> = producing.create_with_context(outstanding.clone()).expect("a producer");
    if exactly_once {
        producer.init_transactions(Duration::from_secs(30)).expect("transactions can be used");
        producer.begin_transaction().expect("a transaction begins");
    }
    consumer.subscribe(&[&load.topics.articles]).expect("the topic can be read");
    let broker = cpu::broker(cluster);
    let (mut copied, mut began, mut committed) = (0, None, Instant::now());
    let mut next = [0i64; IN_PARTITIONS as usize];
    while copied < load.articles {
        if let Some(message) = consumer.poll(Duration::from_millis(10)) {
            let message = message.expect("the topic can be read");
            began.get_or_insert_with(|| Began::now(broker));
            send(&producer, &outstanding, &load.topics.events, &message);
            next[message.partition() as usize] = message.offset() + 1;
            copied += 1;
        }
        if copied == load.articles || committed.elapsed() >= Duration::from_millis(100) {
            commit(&consumer, &producer, &outstanding, &load.topics.articles, &next, exactly_once);
            committed = Instant::now();
        }
    }
    load::run(cluster, load, &group, began.expect("something was read"))
}

fn send(producer: &ThreadedProducer<Outstanding>, outstanding: &Outstanding, topic: &str, message: &BorrowedMessage<'_>) {
    outstanding.0.fetch_add(1, Ordering::AcqRel);
    let mut record: BaseRecord<'_, [u8], [u8]> =
        BaseRecord::to(topic).key(message.key().unwrap_or_default()).payload(message.payload().unwrap_or_default());
    if let Some(headers) = message.headers() {
        record = record.headers(headers.detach());
    }
    if let Some(timestamp) = message.timestamp().to_millis() {
        record = record.timestamp(timestamp);
    }
    loop {
        match producer.send(record) {
            Ok(()) => return,
            Err((KafkaError::MessageProduction(Code::QueueFull), back)) => {
                record = back;
                std::thread::sleep(Duration::from_millis(1));
            }
            Err((error, _)) => panic!("a record cannot be sent: {error}"),
        }
    }
}

fn commit(
    consumer: &BaseConsumer,
    producer: &ThreadedProducer<Outstanding>,
    outstanding: &Outstanding,
    topic: &str,
    next: &[i64],
    exactly_once: bool,
) {
    while outstanding.0.load(Ordering::Acquire) > 0 {
        std::thread::sleep(Duration::from_micros(200));
    }
    let mut offsets = TopicPartitionList::new();
    for (partition, offset) in next.iter().enumerate().filter(|(_, offset)| **offset > 0) {
        offsets.add_partition_offset(topic, partition as i32, Offset::Offset(*offset)).expect("an offset");
    }
    if offsets.count() == 0 {
        return;
    }
    if exactly_once {
        let group = consumer.group_metadata().expect("the consumer is in its group");
        producer.send_offsets_to_transaction(&offsets, &group, Duration::from_secs(30)).expect("offsets are added");
        producer.commit_transaction(Duration::from_secs(30)).expect("the transaction commits");
        producer.begin_transaction().expect("a transaction begins");
    } else {
        consumer.commit(&offsets, CommitMode::Sync).expect("offsets are committed");
    }
}
