//! Latency: from an article's log timestamp to the moment when a downstream with `read_committed` has its event.

use std::thread;
use std::time::{Duration, Instant};

use entente::config::Delivery;
use entente::stream::outgoing::now_ms;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::producer::{BaseRecord, DefaultProducerContext, Producer, ThreadedProducer};
use rdkafka::{Message, Offset, TopicPartitionList};

use crate::articles::article;
use crate::cluster::Cluster;
use crate::load::LARGE;
use crate::served::{Running, coder};
use crate::topics::{Topics, client, make};

/// Median and 99th percentile in milliseconds, at so many articles a second.
pub fn measure(cluster: &Cluster, rate: f64, seconds: u64) -> [f64; 2] {
    let topics = make(cluster, "latency", LARGE);
    let service = Running::start(cluster, &topics, ["latency", "latency.state"], Delivery::ExactlyOnce, coder());
    let consumer = follow(cluster, &topics);
    // What waits while the group is joined is no part of the load: the writing starts when a first event has come through.
    write(&client(cluster), &topics.articles, 200.0, 1);
    let joined = Instant::now() + Duration::from_secs(60);
    while !matches!(consumer.poll(Duration::from_millis(50)), Some(Ok(_))) {
        assert!(Instant::now() < joined, "no event within a minute");
    }
    let writer = {
        let (config, topic) = (client(cluster), topics.articles.clone());
        thread::spawn(move || write(&config, &topic, rate, seconds))
    };
    // The first seconds warm caches and the broker.
    let warm = Instant::now() + Duration::from_secs(5);
    let mut latencies = Vec::new();
    let mut last = Instant::now();
    while !writer.is_finished() || last.elapsed() < Duration::from_secs(2) {
        let Some(Ok(message)) = consumer.poll(Duration::from_millis(50)) else { continue };
        last = Instant::now();
        if last > warm {
            latencies.push((now_ms() - message.timestamp().to_millis().unwrap_or(0)) as f64);
        }
    }
    writer.join().expect("articles are written");
    service.stop();
    latencies.sort_by(f64::total_cmp);
    [0.5, 0.99].map(|share| latencies[((latencies.len() - 1) as f64 * share) as usize])
}

fn follow(cluster: &Cluster, topics: &Topics) -> BaseConsumer {
    let mut config = client(cluster);
    config.set("group.id", "follower").set("isolation.level", "read_committed").set("fetch.wait.max.ms", "10");
    let consumer: BaseConsumer = config.create().expect("a consumer");
    let mut list = TopicPartitionList::new();
    list.add_partition_offset(&topics.events, 0, Offset::Beginning).expect("a partition");
    consumer.assign(&list).expect("assigned");
    consumer
}

fn write(config: &rdkafka::ClientConfig, topic: &str, rate: f64, seconds: u64) {
    let producer: ThreadedProducer<DefaultProducerContext> = config.clone().set("linger.ms", "1").create().expect("a producer");
    let started = Instant::now();
    let mut written = 0;
    while started.elapsed() < Duration::from_secs(seconds) {
        while (written as f64) < started.elapsed().as_secs_f64() * rate {
            let (partition, payload) = article(written);
            let payload = payload.unwrap_or_default();
            let record: BaseRecord<'_, [u8], [u8]> =
                BaseRecord::to(topic).partition(partition).payload(&payload[..]).timestamp(now_ms());
            producer.send(record).map_err(|(error, _)| error).expect("an article is written");
            written += 1;
        }
        thread::sleep(Duration::from_millis(1));
    }
    producer.flush(Duration::from_secs(30)).expect("all is acknowledged");
}
