//! [`Batch`]: the open batch's accounts: what became of its articles, when they came, and how they were traced. Told when it has committed.

use std::time::{Duration, Instant};

use super::outgoing;
use crate::ops::otlp::{Exporter, Span};
use crate::ops::telemetry::{self, Counts};
use crate::ops::trace::Trace;
use crate::record::{Record, Rejection};

#[derive(Default)]
pub struct Batch {
    pub counts: Counts,
    /// When its articles were published, by their own account, in seconds.
    pub published: Vec<i64>,
    timestamps: Vec<i64>,
    spans: Vec<Span>,
    sent: usize,
    /// When the oldest outcome was sent.
    opened: Option<Instant>,
    /// When its end began.
    closing: Option<Instant>,
}

impl Batch {
    /// Counts an article whose outcome is sent.
    pub fn add(&mut self, record: &Record) {
        self.opened.get_or_insert_with(Instant::now);
        self.sent += 1;
        self.counts.bytes += record.size() as u64;
        self.timestamps.extend(record.timestamp_ms);
    }

    /// Articles whose outcome is sent.
    pub fn sent(&self) -> usize {
        self.sent
    }

    /// Whether the first of them was sent so long ago.
    pub fn is_older_than(&self, age: Duration) -> bool {
        self.opened.is_some_and(|opened| opened.elapsed() >= age)
    }

    /// Ends it; since when it ends. What was sent may still be under way, and the time until it has arrived is part of the commit.
    pub fn close(&mut self) -> Instant {
        *self.closing.get_or_insert_with(Instant::now)
    }

    /// Keeps the span of an article that gave so many events, or was rejected.
    pub fn note_span(
        &mut self,
        record: &Record,
        trace: Option<Trace>,
        start_ns: u128,
        gave: Result<(&'static str, usize), &Rejection>,
    ) {
        let Some(trace) = trace.filter(|trace| trace.here.sampled()) else { return };
        let (outcome, events, error) = match gave {
            Ok((outcome, events)) => (outcome, events, None),
            Err(rejection) => ("rejected", 0, Some(rejection.to_string())),
        };
        let (topic, partition, offset) = (record.topic.to_string(), record.partition, record.offset);
        self.spans.push(Span { trace, topic, partition, offset, start_ns, end_ns: start_ns, outcome, events, error });
    }

    /// It was committed, which took so long.
    pub fn committed(self, took: Duration, traces: Option<&Exporter>) {
        let now = outgoing::now_ms();
        let latencies: Vec<f64> = self.timestamps.iter().map(|at| (now - at).max(0) as f64 / 1000.0).collect();
        let by_event: Vec<f64> = self.published.iter().map(|at| (now / 1000 - at).max(0) as f64).collect();
        telemetry::committed(&self.counts, took, &latencies, &by_event);
        if let Some(traces) = traces {
            let end_ns = outgoing::now_ns();
            self.spans.into_iter().for_each(|span| traces.export(Span { end_ns, ..span }));
        }
    }
}
