//! [`Written`]: what an article gives, as the records that go out for it. A [`Writer`] makes it on the coder's thread, so that the one thread
//! that knows the order has nothing left to do but to choose.

use super::outgoing::{self, Outgoing};
use super::state::Told;
use crate::config::{Config, Retractions};
use crate::ops::trace::Trace;
use crate::pipeline::{Coded, Identity, Outcome, Passed};
use crate::record::{Record, Rejection};

/// How events become records.
#[derive(Clone, Debug)]
pub struct Writer {
    /// Less sure events are left out.
    pub min_confidence: f64,
    pub retractions: Retractions,
    /// Share of the articles that came without a trace for which a sampled one begins here; `None` where none begins.
    pub traces: Option<f64>,
}

/// An article that was not rejected.
pub struct Written {
    /// Which article, where it is known.
    pub article: Option<Identity>,
    /// Why it was passed over.
    pub passed: Option<Passed>,
    /// Its events, in order.
    pub events: Vec<WrittenEvent>,
}

pub struct WrittenEvent {
    pub act: &'static str,
    pub status: &'static str,
    pub record: Outgoing,
    /// The event as it is remembered, where the article is.
    pub told: Option<Told>,
}

impl Writer {
    pub fn of(config: &Config) -> Self {
        Self {
            min_confidence: config.coder.min_confidence,
            retractions: config.state.retractions,
            traces: config.ops.traces.as_ref().map(|_| config.ops.trace_share),
        }
    }

    /// The trace that an article belongs to.
    pub fn trace(&self, record: &Record) -> Option<Trace> {
        let parent = record.header("traceparent");
        if parent.is_none() && self.traces.is_none() {
            return None;
        }
        Trace::of(parent, record.header("tracestate"), self.traces.is_some(), self.traces.unwrap_or(0.0))
    }

    /// # Errors
    /// Where an event cannot be written as JSON.
    pub fn write(&self, record: &Record, outcome: Outcome, trace: Option<&Trace>) -> Result<Written, Rejection> {
        let Outcome { coded, article } = outcome;
        let (events, passed) = match coded {
            Coded::Events(events) => (events, None),
            Coded::Passed(passed) => (Vec::new(), Some(passed)),
        };
        let sure = events.iter().filter(|event| event.confidence >= self.min_confidence);
        let written = sure.map(|event| {
            Ok(WrittenEvent {
                act: event.event.act.as_str(),
                status: event.status.as_str(),
                record: outgoing::event(event, record, self.retractions, trace)?,
                told: article.is_some().then(|| Told::of(event)),
            })
        });
        let events = written.collect::<Result<_, Rejection>>()?;
        Ok(Written { article, passed, events })
    }
}
