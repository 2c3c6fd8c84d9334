//! What those who operate the service see: probes, metrics, traces.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read as _, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use serde_json::Value;

use crate::articles::{article, slow_article};
use crate::checks::{LARGE, assert_exactly_once, broker, network, patience};
use crate::door::Door;
use crate::service::{Options, SESSION, Service};
use crate::topics::{Input, await_end, configure, lag, make, produce, produce_as, read_all};

/// A worker with its side door open.
fn options(group: &str, instance: &str, door: &Door) -> Options {
    Options { extra: vec![door.setting()], ..Options::new(group, instance) }
}

fn wait(most: Duration, otherwise: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + most;
    while !done() {
        assert!(Instant::now() < deadline, "{otherwise} within {most:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn ready_turns_503_within_ten_seconds_of_losing_the_broker_and_live_stays_for_a_while() {
    let broker = broker();
    let topics = make(broker, "probes", LARGE);
    let door = Door::new();
    let _network = network();
    let mut options = options("probes", "a", &door);
    options.extra.push(("KAFKA__BROKERS", broker.proxied_address()));
    // Twice this is how long a service waits for brokers.
    options.extra.push(("SERVICE__MAX_POLL_INTERVAL", "6s".to_owned()));
    let mut service = Service::start(broker, &topics, &options);
    produce(broker, &topics.articles, (0..40).map(article));
    wait(patience(), "the service does not become ready", || door.status("/ready") == Some(200));
    assert_eq!(door.sum("entente_ready"), 1.0);
    broker.black_hole(true);
    wait(Duration::from_secs(10), "the broker is not missed", || {
        assert_eq!(door.status("/live"), Some(200));
        door.status("/ready") == Some(503)
    });
    assert_eq!(door.sum("entente_ready"), 0.0);
    assert_eq!(service.wait(Duration::from_secs(20)).code(), Some(4), "{}", service.log());
    assert!(service.log().contains("no broker has answered for 12 s"), "{}", service.log());
    broker.black_hole(false);
    produce(broker, &topics.articles, (40..80).map(article));
    let mut service = Service::start(broker, &topics, &options);
    await_end(broker, "probes", &topics.articles, patience(), &mut service);
    assert_eq!(service.stop(), Some(0), "{}", service.log());
    assert_exactly_once(broker, &topics, 80);
}

/// Articles that wait, by partition, as the service says.
fn lags(door: &Door) -> BTreeMap<String, i64> {
    let partition = |series: &str| {
        Some(series.strip_prefix("entente_lag_records{")?.split_once("partition=\"")?.1.split('"').next()?.to_owned())
    };
    door.metrics().into_iter().filter_map(|(series, value)| Some((partition(&series)?, value as i64))).collect()
}

#[test]
fn the_lag_metric_says_what_the_broker_says_and_forgets_what_was_revoked() {
    let broker = broker();
    let topics = make(broker, "lags", LARGE);
    let door = Door::new();
    // One slow article holds up those behind it.
    produce(broker, &topics.articles, [slow_article(0, 4000)].into_iter().chain((1..=50).map(|number| article(number * 4))));
    let mut first = Service::start(broker, &topics, &options("lags", "a", &door));
    let waiting = |zeroth| (0..4).map(|partition| (partition.to_string(), if partition == 0 { zeroth } else { 0 })).collect();
    wait(Duration::from_secs(20), "the lag of what waits is not told", || {
        door.get("/metrics").is_some() && lags(&door) == waiting(51)
    });
    assert_eq!(lag(broker, "lags", &topics.articles), 51);
    await_end(broker, "lags", &topics.articles, patience(), &mut first);
    wait(Duration::from_secs(3), "the lag of an idle worker is not told", || lags(&door) == waiting(0));
    let before = first.log().len();
    let mut second = Service::start(broker, &topics, &Options::new("lags", "b"));
    first.await_log("\"revoked\"");
    let told = lags(&door);
    let revoked = first.log()[before..].lines().find(|line| line.contains("\"revoked\"")).map(str::to_owned).expect("it says so");
    let revoked = revoked.split_once('[').and_then(|(_, rest)| rest.split_once(']')).expect("partitions").0.to_owned();
    let revoked: Vec<&str> = revoked.split(", ").collect();
    assert!(!revoked.is_empty() && revoked.iter().all(|partition| !told.contains_key(*partition)), "{revoked:?} of {told:?}");
    // Statistics of before come late, if they come.
    std::thread::sleep(Duration::from_millis(1500));
    let told = lags(&door);
    assert!(
        told.len() + revoked.len() == 4 && revoked.iter().all(|partition| !told.contains_key(*partition)),
        "{revoked:?} of {told:?}"
    );
    assert_eq!((first.stop(), second.stop()), (Some(0), Some(0)));
}

#[test]
fn every_article_is_counted_once_with_one_outcome_after_faults() {
    let broker = broker();
    let topics = make(broker, "counts", LARGE);
    let door = Door::new();
    // The topic of events refuses what comes, and batches are aborted.
    configure(broker, &topics.events, "message.timestamp.before.max.ms", "86400000");
    let french = serde_json::json!({"text": "Le ministre des affaires étrangères du Chili a rencontré lundi son homologue du Pérou, a annoncé le gouvernement.", "language": "fr"});
    let bad = [Some(b"{\"text\": 7".to_vec()), None, Some(french.to_string().into_bytes())];
    let sound = 200;
    let inputs = (0..sound).map(article).chain(bad.into_iter().cycle().take(9).map(|payload| (1, payload)));
    produce(broker, &topics.articles, inputs);
    let mut service = Service::start(broker, &topics, &options("counts", "a", &door));
    service.await_log("aborted a batch");
    configure(broker, &topics.events, "message.timestamp.before.max.ms", "9223372036854775807");
    await_end(broker, "counts", &topics.articles, patience(), &mut service);
    // And the partitions are lost while an article is being coded.
    produce(broker, &topics.articles, [slow_article(0, 2000), article(1), article(2)]);
    std::thread::sleep(Duration::from_millis(700));
    service.signal(Signal::SIGSTOP);
    std::thread::sleep(SESSION + SESSION / 3);
    service.signal(Signal::SIGCONT);
    service.await_log("\"lost\"");
    await_end(broker, "counts", &topics.articles, patience(), &mut service);
    let all = (sound + 9 + 3) as f64;
    wait(Duration::from_secs(5), "the last articles are not counted", || door.sum("entente_articles_in_total") >= all);
    let metrics = door.metrics();
    let outcome = |name: &str| metrics.get(&format!("entente_articles_total{{outcome=\"{name}\"}}")).copied().unwrap_or(0.0);
    assert!(door.sum("entente_aborts_total") >= 2.0, "there were no faults");
    assert_eq!(metrics.get("entente_articles_in_total"), Some(&all));
    assert_eq!(door.sum("entente_articles_total"), all, "in = with events + without + passed + rejected");
    assert_eq!((outcome("passed"), outcome("rejected")), (6.0, 3.0));
    assert_eq!((door.sum("entente_passed_total"), door.sum("entente_rejections_total")), (6.0, 3.0));
    assert_eq!(door.sum("entente_events_total"), read_all(broker, &topics.events).len() as f64);
    assert_eq!(read_all(broker, &topics.dead).len(), 3);
    assert_eq!(service.stop(), Some(0), "{}", service.log());
}

/// A collector of traces; what it is sent.
fn collector() -> (String, mpsc::Receiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port can be bound");
    let url = format!("http://{}", listener.local_addr().expect("a bound port has an address"));
    let (give, take) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            if let Some(body) = answer(stream) {
                let _ = give.send(body);
            }
        }
    });
    (url, take)
}

fn answer(mut stream: TcpStream) -> Option<Value> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").ok()?;
    serde_json::from_slice(&body).ok()
}

#[test]
fn a_trace_goes_from_the_article_to_its_events_and_to_the_collector() {
    let broker = broker();
    let topics = make(broker, "traces", LARGE);
    let (url, spans) = collector();
    let (trace, parent) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7");
    let headers = vec![("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"), ("tracestate", "vendor=1")];
    let payload = serde_json::json!({"id": "traced", "text": "Chile condemned Peru on Monday.", "published_at": "2024-11-07", "language": "en"});
    produce_as(
        broker,
        &topics.articles,
        [Input {
            partition: 2,
            key: "traced".to_owned(),
            payload: Some(payload.to_string().into_bytes()),
            headers,
            ..Input::default()
        }],
    );
    let options = Options { extra: vec![("OPS__TRACES", url)], ..Options::new("traces", "a") };
    let mut service = Service::start(broker, &topics, &options);
    await_end(broker, "traces", &topics.articles, patience(), &mut service);
    let events = read_all(broker, &topics.events);
    assert_eq!(events.len(), 1);
    let told = events[0].header("traceparent").expect("the event has a trace");
    let fields: Vec<&str> = told.split('-').collect();
    assert_eq!((fields[1], fields[3]), (trace, "01"), "{told}");
    assert_ne!(fields[2], parent, "the event's parent is a span of ours");
    assert_eq!(events[0].header("tracestate").as_deref(), Some("vendor=1"));
    let sent = spans.recv_timeout(Duration::from_secs(20)).expect("the collector is told");
    let span = &sent["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
    assert_eq!((span["traceId"].as_str(), span["parentSpanId"].as_str()), (Some(trace), Some(parent)), "{sent}");
    assert_eq!(span["spanId"].as_str(), Some(fields[2]), "the span is the parent of the event");
    assert_eq!(service.stop(), Some(0), "{}", service.log());
}
