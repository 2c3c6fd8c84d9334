//! librdkafka's properties for a configuration: ours, on which the guarantees rest, over those the user passes through.

use rdkafka::ClientConfig;

use crate::config::{Config, Delivery};

/// What consumer, producer and probes share.
pub fn common(config: &Config) -> ClientConfig {
    let kafka = &config.kafka;
    let mut client = ClientConfig::new();
    // A peer that is gone is noticed in seconds, not after the kernel's quarter of an hour; the user may say otherwise.
    client
        .set("socket.keepalive.enable", "true")
        .set("socket.timeout.ms", "20000")
        .set("socket.connection.setup.timeout.ms", "10000");
    client.set("reconnect.backoff.max.ms", "2000");
    for (name, value) in &kafka.properties {
        client.set(name, value);
    }
    client.set("bootstrap.servers", &kafka.brokers).set("client.id", format!("entente-{}", config.service.instance));
    let security = &kafka.security;
    client.set("security.protocol", &security.protocol);
    if !security.mechanism.is_empty() {
        client.set("sasl.mechanism", &security.mechanism);
    }
    if !security.username.is_empty() {
        client.set("sasl.username", &security.username).set("sasl.password", &security.password.0);
    }
    let files = [
        ("ssl.ca.location", &security.ca_file),
        ("ssl.certificate.location", &security.certificate_file),
        ("ssl.key.location", &security.key_file),
    ];
    for (name, file) in files {
        if let Some(file) = file {
            client.set(name, file.display().to_string());
        }
    }
    if !security.key_password.0.is_empty() {
        client.set("ssl.key.password", &security.key_password.0);
    }
    client
}

pub fn consumer(config: &Config) -> ClientConfig {
    let service = &config.service;
    let mut client = common(config);
    let prefetch = config.limits.prefetch_bytes;
    client
        .set("auto.offset.reset", "earliest")
        .set("queued.min.messages", "10000")
        .set("queued.max.messages.kbytes", (prefetch / 1024).to_string())
        // What one fetch brings is unpacked whole, whatever the prefetch limit: the less it may bring, the less a batch that was packed
        // to a hundredth takes.
        .set("fetch.max.bytes", (prefetch / 8).clamp(1 << 20, 16 << 20).to_string())
        .set("fetch.message.max.bytes", "262144")
        .set("fetch.wait.max.ms", "50")
        // A queue that was full is looked at again so soon, not after the library's second, which a quick coder would spend idle.
        .set("fetch.queue.backoff.ms", "10");
    for (name, value) in &config.kafka.consumer_properties {
        client.set(name, value);
    }
    client
        .set("group.id", &config.kafka.group)
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("isolation.level", "read_committed")
        .set("partition.assignment.strategy", "cooperative-sticky")
        .set("session.timeout.ms", service.session_timeout.as_millis().to_string())
        .set("heartbeat.interval.ms", (service.session_timeout.as_millis() / 5).clamp(100, 3000).to_string())
        .set("max.poll.interval.ms", service.max_poll_interval.as_millis().to_string())
        .set("statistics.interval.ms", "1000");
    client
}

pub fn producer(config: &Config) -> ClientConfig {
    let (service, limits) = (&config.service, &config.limits);
    let mut client = common(config);
    // No commit waits for it: see `outbox`.
    client.set("linger.ms", "25").set("queue.buffering.max.kbytes", ((2 * limits.record_bytes).max(64 << 20) / 1024).to_string());
    for (name, value) in &config.kafka.producer_properties {
        client.set(name, value);
    }
    let transaction = service.transaction_timeout.as_millis();
    // librdkafka wants an answer to a request to be given up before the transaction is; what the user asked for is kept where it may be.
    let socket = client.get("socket.timeout.ms").and_then(|value| value.parse::<u128>().ok()).unwrap_or(20_000);
    client.set("socket.timeout.ms", socket.min(transaction).to_string());
    client
        .set("enable.idempotence", "true")
        .set("acks", "all")
        .set("message.max.bytes", limits.record_bytes.to_string())
        // A delivery gets half of the transaction's time, so that its failure is known while the transaction can still be aborted.
        .set("message.timeout.ms", (transaction / 2).to_string());
    if service.delivery == Delivery::ExactlyOnce {
        client.set("transactional.id", transactional_id(config)).set("transaction.timeout.ms", transaction.to_string());
    }
    client
}

/// Stable across restarts, so that a worker that starts again fences its dead self; different for every worker of a group.
pub fn transactional_id(config: &Config) -> String {
    format!("{}.{}", config.kafka.group, config.service.instance)
}
