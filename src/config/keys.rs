//! Every key with its default and its limits, in the order of `config/entente.toml`.

use std::thread;
use std::time::Duration;

use url::Url;

use super::reader::Reader;
use super::{
    Coder, Config, Delivery, Duplicates, Kafka, Limits, LogFormat, Ops, Retractions, Secret, Security, Service, State, Topics,
};
use crate::actor::Dictionaries;

/// librdkafka properties that the service sets itself, because its guarantees rest on them.
const OURS: [&str; 17] = [
    "bootstrap.servers",
    "group.id",
    "client.id",
    "enable.auto.commit",
    "enable.auto.offset.store",
    "isolation.level",
    "partition.assignment.strategy",
    "transactional.id",
    "enable.idempotence",
    "acks",
    "max.in.flight.requests.per.connection",
    "transaction.timeout.ms",
    "session.timeout.ms",
    "max.poll.interval.ms",
    "message.timeout.ms",
    "statistics.interval.ms",
    "message.max.bytes",
];

/// Where each of them can be set, for the error message.
fn instead(property: &str) -> &'static str {
    match property {
        "bootstrap.servers" => "use `kafka.brokers`",
        "group.id" => "use `kafka.group`",
        "client.id" | "transactional.id" => "it is made from `kafka.group` and `service.instance`",
        "transaction.timeout.ms" | "message.timeout.ms" => "use `service.transaction_timeout`",
        "session.timeout.ms" => "use `service.session_timeout`",
        "max.poll.interval.ms" => "use `service.max_poll_interval`",
        "message.max.bytes" => "use `limits.record_bytes`",
        _ => "the delivery guarantee rests on it",
    }
}

/// Reads every key; errors stay in the reader.
pub fn read(r: &mut Reader) -> Config {
    let config = Config {
        kafka: kafka(r),
        topics: topics(r),
        service: service(r),
        limits: limits(r),
        coder: coder(r),
        state: state(r),
        ops: ops(r),
    };
    across(r, &config);
    config
}

fn kafka(r: &mut Reader) -> Kafka {
    let brokers = r.needed_text("kafka.brokers", "localhost:9092");
    let group = r.needed_text("kafka.group", "entente");
    let security = security(r);
    let mut tables = [const { std::collections::BTreeMap::new() }; 3];
    for (table, key) in tables.iter_mut().zip(["kafka.properties", "kafka.consumer_properties", "kafka.producer_properties"]) {
        *table = r.properties(key);
        for property in table.keys().filter(|property| OURS.contains(&property.as_str())) {
            r.error(&format!("{key}.\"{property}\""), format!("cannot be passed through: {}", instead(property)));
        }
        for property in table.keys().filter(|property| property.ends_with("password")) {
            r.error(
                &format!("{key}.\"{property}\""),
                "a secret does not belong in this file: use the `…_file` keys or the environment",
            );
        }
    }
    let [properties, consumer_properties, producer_properties] = tables;
    Kafka { brokers, group, security, properties, consumer_properties, producer_properties }
}

fn security(r: &mut Reader) -> Security {
    let protocol = r.choice(
        "kafka.security",
        "plaintext",
        &[("plaintext", "plaintext"), ("ssl", "ssl"), ("sasl_plaintext", "sasl_plaintext"), ("sasl_ssl", "sasl_ssl")],
    );
    let mechanisms = ["", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"].map(|name| (name, name));
    let mechanism = r.choice("kafka.sasl_mechanism", "", &mechanisms);
    let username = r.text("kafka.sasl_username", "");
    let password = secret(r, "kafka.sasl_password_file", "ENTENTE_SASL_PASSWORD");
    let key_password = secret(r, "kafka.key_password_file", "ENTENTE_KEY_PASSWORD");
    let sasl = protocol.starts_with("sasl");
    if sasl && mechanism.is_empty() {
        r.error("kafka.sasl_mechanism", format!("must be set, because `kafka.security` is \"{protocol}\""));
    }
    if sasl && mechanism != "OAUTHBEARER" && (username.is_empty() || password.0.is_empty()) {
        r.error(
            "kafka.sasl_username",
            "user name and password (`kafka.sasl_password_file` or ENTENTE_SASL_PASSWORD) are needed for SASL",
        );
    }
    if !sasl && !mechanism.is_empty() {
        r.error(
            "kafka.sasl_mechanism",
            format!("has no effect while `kafka.security` is \"{protocol}\": set that to \"sasl_ssl\""),
        );
    }
    Security {
        protocol: protocol.to_owned(),
        mechanism: mechanism.to_owned(),
        username,
        password,
        ca_file: r.path("kafka.ca_file"),
        certificate_file: r.path("kafka.certificate_file"),
        key_file: r.path("kafka.key_file"),
        key_password,
    }
}

/// A secret from the file that `key` names, else from the environment; its last line end is not part of it.
fn secret(r: &mut Reader, key: &str, variable: &str) -> Secret {
    let Some(path) = r.path(key) else { return Secret(std::env::var(variable).unwrap_or_default()) };
    match std::fs::read_to_string(&path) {
        Ok(text) => Secret(text.trim_end_matches(['\r', '\n']).to_owned()),
        Err(error) => {
            r.error(key, format!("cannot read `{}`: {error}", path.display()));
            Secret::default()
        }
    }
}

fn topics(r: &mut Reader) -> Topics {
    let topics = Topics {
        articles: r.needed_text("topics.articles", "articles.raw"),
        events: r.needed_text("topics.events", "relations.events"),
        dead: r.needed_text("topics.dead", "articles.dead"),
        state: r.text("topics.state", "articles.state"),
    };
    if [&topics.articles, &topics.events, &topics.dead].contains(&&topics.state) {
        r.error("topics.state", "must differ from the other topics");
    }
    if topics.articles == topics.events || topics.articles == topics.dead {
        r.error("topics.articles", "must differ from `topics.events` and `topics.dead`: the service would read what it writes");
    }
    topics
}

fn service(r: &mut Reader) -> Service {
    let host =
        || std::fs::read_to_string("/etc/hostname").ok().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    let instance = r.text("service.instance", "");
    Service {
        delivery: r.choice(
            "service.delivery",
            "exactly-once",
            &[("exactly-once", Delivery::ExactlyOnce), ("at-least-once", Delivery::AtLeastOnce)],
        ),
        instance: if instance.is_empty() { host().unwrap_or_else(|| "entente".to_owned()) } else { instance },
        workers: match r.whole("service.workers", 0, 0..=1024) {
            0 => thread::available_parallelism().map_or(1, |cores| cores.get()),
            workers => workers,
        },
        commit_interval: r.duration("service.commit_interval", "100ms"),
        commit_records: r.whole("service.commit_records", 20_000, 1..=1_000_000),
        grace: r.duration("service.grace", "20s"),
        session_timeout: r.duration("service.session_timeout", "45s"),
        transaction_timeout: r.duration("service.transaction_timeout", "40s"),
        max_poll_interval: r.duration("service.max_poll_interval", "5m"),
        rejection_share: r.share("service.rejection_share", 0.5),
        rejection_window: r.whole("service.rejection_window", 1000, 10..=1_000_000),
    }
}

fn limits(r: &mut Reader) -> Limits {
    Limits {
        article_bytes: r.bytes("limits.article_bytes", "8MiB", 1 << 10),
        in_flight_bytes: r.bytes("limits.in_flight_bytes", "32MiB", 1 << 20),
        in_flight_records: r.whole("limits.in_flight_records", 10_000, 1..=10_000_000),
        prefetch_bytes: r.bytes("limits.prefetch_bytes", "32MiB", 1 << 20),
        record_bytes: r.bytes("limits.record_bytes", "32MiB", 1 << 10),
    }
}

fn coder(r: &mut Reader) -> Coder {
    let usual = Coder::default();
    Coder {
        min_confidence: r.share("coder.min_confidence", usual.min_confidence),
        judge: r.choice("coder.judge", if usual.judge { "on" } else { "off" }, &[("on", true), ("off", false)]),
        dictionaries: Dictionaries {
            actors: r.paths("coder.actors"),
            petrarch_actors: r.paths("coder.petrarch_actors"),
            petrarch_agents: r.paths("coder.petrarch_agents"),
        },
    }
}

fn state(r: &mut Reader) -> State {
    State {
        folder: r.folder("state.folder"),
        articles: r.whole("state.articles", 200_000, 100..=100_000_000),
        duplicates: r.choice("state.duplicates", "drop", &[("drop", Duplicates::Drop), ("publish", Duplicates::Publish)]),
        window: r.duration("state.window", "72h"),
        similarity: r.share("state.similarity", 0.7),
        retractions: r.choice(
            "state.retractions",
            "record",
            &[("record", Retractions::Record), ("tombstone", Retractions::Tombstone)],
        ),
    }
}

fn ops(r: &mut Reader) -> Ops {
    let listen = r.text("ops.listen", "127.0.0.1:9464");
    if !listen.is_empty() && listen.parse::<std::net::SocketAddr>().is_err() {
        r.error("ops.listen", format!("`{listen}` is not an address and a port, as in \"0.0.0.0:9464\"; empty for none"));
    }
    Ops {
        listen,
        log: r.text("ops.log", "info"),
        log_format: r.choice(
            "ops.log_format",
            "auto",
            &[("auto", LogFormat::Auto), ("text", LogFormat::Text), ("json", LogFormat::Json)],
        ),
        traces: traces(r),
        trace_share: r.share("ops.trace_share", 1.0),
        stall_after: r.duration("ops.stall_after", "10s"),
    }
}

fn traces(r: &mut Reader) -> Option<Url> {
    let text = r.text("ops.traces", "");
    let url = text.parse::<Url>().ok().filter(|url| url.scheme() == "http" && url.has_host());
    if !text.is_empty() && url.is_none() {
        let wrong =
            "is no http address, as in \"http://localhost:4318\"; for a collector behind TLS put another beside the service";
        r.error("ops.traces", format!("`{text}` {wrong}"));
    }
    url
}

/// What must hold between keys.
fn across(r: &mut Reader, config: &Config) {
    let service = &config.service;
    if service.commit_interval >= service.transaction_timeout {
        r.error("service.commit_interval", "must be shorter than `service.transaction_timeout`");
    }
    if service.transaction_timeout < Duration::from_secs(2) {
        r.error("service.transaction_timeout", "must be 2s or more: a delivery is given half of it");
    }
    if service.session_timeout <= service.transaction_timeout {
        r.error(
            "service.session_timeout",
            "must be longer than `service.transaction_timeout`, or a dead worker's open transaction outlives its membership",
        );
    }
    if service.max_poll_interval < service.session_timeout {
        r.error("service.max_poll_interval", "must not be shorter than `service.session_timeout`");
    }
    if service.max_poll_interval < service.transaction_timeout * 2 {
        r.error(
            "service.max_poll_interval",
            "must be twice `service.transaction_timeout` or more: a commit may block for that long",
        );
    }
    if config.limits.article_bytes > config.limits.in_flight_bytes {
        r.error("limits.in_flight_bytes", "must not be smaller than `limits.article_bytes`");
    }
}
