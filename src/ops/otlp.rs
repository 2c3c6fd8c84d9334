//! [`Exporter`]: spans to an OpenTelemetry collector, OTLP over HTTP in its JSON encoding
//! (<https://opentelemetry.io/docs/specs/otlp/#otlphttp>), from a thread of its own. A collector that is slow or away costs spans, never articles.
//!
//! Written by hand: one kind of span to one address needs none of the three dozen crates of the SDK. Only plain HTTP; a collector beside the
//! service speaks TLS to whatever is farther away.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use serde_json::{Value, json};
use url::Url;

use super::telemetry;
use super::trace::Trace;

/// One article's way from being coded to being committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    pub trace: Trace,
    pub topic: String,
    pub partition: i32,
    pub offset: i64,
    /// Nanoseconds since the Unix epoch.
    pub start_ns: u128,
    pub end_ns: u128,
    pub outcome: &'static str,
    pub events: usize,
    /// Why it was rejected.
    pub error: Option<String>,
}

/// Who sends: the resource of every span.
#[derive(Clone, Debug)]
pub struct Who {
    pub group: String,
    pub instance: String,
}

pub struct Exporter {
    spans: Option<Sender<Span>>,
    thread: Option<JoinHandle<()>>,
    /// Share of the traces that begin here to be sampled.
    pub share: f64,
}

/// Spans that may wait; more are dropped and counted.
const WAITING: usize = 8192;
const BATCH: usize = 512;
const PAUSE: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(5);

impl Exporter {
    /// Sends to `endpoint`, which is `http://HOST:PORT` with or without a path; without one it is `/v1/traces`.
    pub fn start(endpoint: Url, share: f64, who: Who) -> Self {
        let (give, take) = bounded(WAITING);
        let thread = thread::spawn(move || work(&endpoint, &who, &take));
        Self { spans: Some(give), thread: Some(thread), share }
    }

    pub fn export(&self, span: Span) {
        let sent = self.spans.as_ref().is_some_and(|spans| spans.try_send(span).is_ok());
        if !sent {
            telemetry::spans("dropped", 1);
        }
    }
}

impl Drop for Exporter {
    fn drop(&mut self) {
        self.spans = None;
        if let Some(thread) = self.thread.take() {
            // It sends what is left, and takes no longer than its patience.
            let _ = thread.join();
        }
    }
}

fn work(endpoint: &Url, who: &Who, spans: &Receiver<Span>) {
    let mut complained: Option<Instant> = None;
    let mut open = true;
    while open {
        let mut batch = Vec::new();
        let until = Instant::now() + PAUSE;
        while batch.len() < BATCH && open {
            match spans.recv_deadline(until) {
                Ok(span) => batch.push(span),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => open = false,
            }
        }
        if batch.is_empty() {
            continue;
        }
        match post(endpoint, &document(who, &batch).to_string()) {
            Ok(()) => telemetry::spans("sent", batch.len()),
            Err(error) => {
                telemetry::spans("failed", batch.len());
                if complained.is_none_or(|at| at.elapsed() > Duration::from_secs(60)) {
                    complained = Some(Instant::now());
                    tracing::warn!(%endpoint, %error, "spans cannot be sent");
                }
                if !open {
                    return;
                }
            }
        }
    }
}

/// A batch as `ExportTraceServiceRequest`.
fn document(who: &Who, spans: &[Span]) -> Value {
    let text = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
    let whole = |key: &str, value: i64| json!({"key": key, "value": {"intValue": value.to_string()}});
    let version = env!("CARGO_PKG_VERSION");
    let one = |span: &Span| {
        let mut attributes = vec![
            text("messaging.system", "kafka"),
            text("messaging.operation.type", "process"),
            text("messaging.operation.name", "process"),
            text("messaging.destination.name", &span.topic),
            text("messaging.destination.partition.id", &span.partition.to_string()),
            text("messaging.consumer.group.name", &who.group),
            whole("messaging.kafka.offset", span.offset),
            text("entente.outcome", span.outcome),
            whole("entente.events", span.events as i64),
        ];
        let mut value = json!({
            "traceId": format!("{:032x}", span.trace.here.trace),
            "spanId": format!("{:016x}", span.trace.here.span),
            "flags": span.trace.here.flags,
            "name": format!("process {}", span.topic),
            // CONSUMER
            "kind": 5,
            "startTimeUnixNano": span.start_ns.to_string(),
            "endTimeUnixNano": span.end_ns.to_string(),
            "status": {},
        });
        if let Some(parent) = span.trace.parent {
            value["parentSpanId"] = format!("{parent:016x}").into();
        }
        if let Some(state) = &span.trace.state {
            value["traceState"] = state.as_str().into();
        }
        if let Some(error) = &span.error {
            // ERROR
            value["status"] = json!({"code": 2, "message": error});
            attributes.push(text("error.type", error.split(": ").nth(1).unwrap_or("rejected")));
        }
        value["attributes"] = attributes.into();
        value
    };
    let resource =
        [text("service.name", "entente"), text("service.version", version), text("service.instance.id", &who.instance)];
    json!({"resourceSpans": [{
        "resource": {"attributes": resource},
        "scopeSpans": [{"scope": {"name": "entente", "version": version}, "spans": spans.iter().map(one).collect::<Vec<_>>()}],
    }]})
}

fn post(endpoint: &Url, body: &str) -> io::Result<()> {
    let host = endpoint.host_str().unwrap_or("localhost");
    let port = endpoint.port_or_known_default().unwrap_or(4318);
    let address = (host.trim_matches(['[', ']']), port).to_socket_addrs()?.next();
    let address = address.ok_or_else(|| io::Error::other(format!("{host} has no address")))?;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let path = if endpoint.path() == "/" { "/v1/traces" } else { endpoint.path() };
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut status = String::new();
    BufReader::new(stream).read_line(&mut status)?;
    match status.split(' ').nth(1) {
        Some(code) if code.starts_with('2') => Ok(()),
        _ => Err(io::Error::other(format!("the collector answers `{}`", status.trim()))),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::net::TcpListener;

    use super::*;
    use crate::ops::trace::Context;

    fn span() -> Span {
        let here = Context { trace: 0x4bf9, span: 0xb7, flags: 1 };
        Span {
            trace: Trace { parent: Some(7), here, state: None },
            topic: "articles.raw".to_owned(),
            partition: 3,
            offset: 41,
            start_ns: 1_700_000_000_000_000_000,
            end_ns: 1_700_000_000_100_000_000,
            outcome: "rejected",
            events: 0,
            error: Some("decode: malformed-json: line 1".to_owned()),
        }
    }

    /// Answers one request with `status`; its head and its body.
    fn collector(status: &'static str) -> (Url, JoinHandle<(String, Value)>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let answering = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if let Some(value) = line.strip_prefix("Content-Length: ") {
                    length = value.trim().parse().unwrap();
                }
                if line.trim().is_empty() {
                    break;
                }
                head += &line;
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\n{{}}").unwrap();
            (head, serde_json::from_slice(&body).unwrap())
        });
        (url, answering)
    }

    #[test]
    fn a_collector_receives_the_span_as_the_protocol_writes_it() {
        let (url, collector) = collector("200 OK");
        let who = Who { group: "g".to_owned(), instance: "a".to_owned() };
        let exporter = Exporter::start(url, 1.0, who);
        exporter.export(span());
        drop(exporter);
        let (head, body) = collector.join().unwrap();
        assert!(head.starts_with("POST /v1/traces HTTP/1.1\r\n") && head.contains("Content-Type: application/json"), "{head}");
        let sent = &body["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
        assert_eq!(sent["traceId"], "00000000000000000000000000004bf9");
        assert_eq!((&sent["spanId"], &sent["parentSpanId"]), (&json!("00000000000000b7"), &json!("0000000000000007")));
        assert_eq!((&sent["kind"], &sent["endTimeUnixNano"]), (&json!(5), &json!("1700000000100000000")));
        assert_eq!(sent["status"]["code"], 2);
        assert!(
            sent["attributes"]
                .as_array()
                .unwrap()
                .contains(&json!({"key": "messaging.kafka.offset", "value": {"intValue": "41"}}))
        );
        assert_eq!(body["resourceSpans"][0]["resource"]["attributes"][0]["value"]["stringValue"], "entente");
    }

    #[test]
    fn a_collector_that_refuses_is_told_from_one_that_takes() {
        let (url, collector) = collector("503 Service Unavailable");
        let error = post(&url, "{}").expect_err("refused").to_string();
        assert!(error.contains("503"), "{error}");
        collector.join().unwrap();
    }

    #[test]
    fn nobody_waits_for_a_collector_that_is_away() {
        let exporter =
            Exporter::start("http://127.0.0.1:9".parse().unwrap(), 1.0, Who { group: String::new(), instance: String::new() });
        let started = Instant::now();
        (0..2 * WAITING).for_each(|_| exporter.export(span()));
        assert!(started.elapsed() < Duration::from_secs(2));
    }
}
