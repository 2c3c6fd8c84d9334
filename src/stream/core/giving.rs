//! What one article gives: chosen, counted, and sent in its turn.

use super::super::letters::{self, Became};
use super::super::outgoing::{self, Outgoing, Room};
use super::super::pool::Finished;
use super::super::sabotage::{self, Bug};
use super::super::sink::{Place, Sink, SinkError};
use super::super::state::verdict::Verdict;
use super::super::written::{Written, WrittenEvent};
use super::{Core, Stop};
use crate::ops::telemetry;
use crate::ops::trace::Trace;
use crate::pipeline::Passed;
use crate::record::{Reason, Record, Rejection, Stage};

/// A dead letter that a broker with default limits takes, headers included.
const SMALL_LETTER: usize = 768 << 10;

impl<S: Sink> Core<S> {
    /// Sends what one article gave. The outer error ends the service, the inner one the batch.
    pub(super) fn send(&mut self, place: Place, finished: Finished) -> Result<Result<(), SinkError>, Stop> {
        let Finished { record, result, trace, started_ns, .. } = finished;
        self.batch.add(&record);
        let tries = self.too_large.get(&place).copied().unwrap_or(0);
        let (result, tries) = match result {
            Ok(_) if tries > 0 => {
                let message = "an event of this article is larger than the output topic takes: raise `max.message.bytes` there and `limits.record_bytes` here";
                (Err(Rejection::new(Stage::Publish, Reason::EventTooLarge, message)), tries - 1)
            }
            result => (result, tries),
        };
        let outgoing = match result {
            Ok(written) => Ok(self.choose(&record, written, trace.as_ref())?),
            Err(rejection) => Err(rejection),
        };
        if self.traces.is_some() {
            let gave = outgoing.as_ref().map(|told| (told.outcome, told.events));
            self.batch.note_span(&record, trace, started_ns, gave);
        }
        if let Some(replay) = &self.settings.replay {
            let (records, became) = match outgoing {
                Ok(told) => {
                    (told.records, Became { outcome: told.outcome.to_owned(), events: told.events, message: String::new() })
                }
                Err(rejection) => {
                    *self.batch.counts.rejected.entry((rejection.stage.as_str(), rejection.reason.as_str())).or_default() += 1;
                    (Vec::new(), Became { outcome: "rejected".to_owned(), events: 0, message: rejection.to_string() })
                }
            };
            let note = letters::note(&record, replay, &became);
            return Ok(records.into_iter().chain([note]).try_for_each(|out| self.sink.send(out, place)));
        }
        let reason = outgoing.as_ref().err().map(|rejection| rejection.reason.as_str());
        self.breaker.note(reason)?;
        match outgoing {
            Ok(told) => Ok(told.records.into_iter().try_for_each(|out| self.sink.send(out, place))),
            Err(rejection) => {
                telemetry::rejected(&record.topic, place.0, place.1, &rejection);
                *self.batch.counts.rejected.entry((rejection.stage.as_str(), rejection.reason.as_str())).or_default() += 1;
                let huge = record.size() + (64 << 10) > self.settings.record_bytes;
                let room = match tries {
                    0 if !huge => Room::Whole,
                    0 | 1 => Room::Bytes(SMALL_LETTER.min(self.settings.record_bytes / 2)),
                    _ => Room::Bytes(0),
                };
                Ok(self.sink.send(outgoing::dead_letter(&record, &rejection, room), place))
            }
        }
    }

    /// What of an article's records goes out, counted.
    fn choose(&mut self, record: &Record, written: Written, trace: Option<&Trace>) -> Result<Told, Stop> {
        let Written { article, passed, mut events } = written;
        self.batch.published.extend(article.as_ref().and_then(|article| article.published_at));
        let article = match (&mut self.state, passed) {
            (Some(state), Some(Passed::Tombstone)) => article.or(state.withdrawal(record.key.as_deref())?),
            _ => article,
        };
        let verdict = match (&mut self.state, &article) {
            (Some(state), Some(article)) => {
                let found = events.iter_mut().filter_map(|event| event.told.take()).collect();
                Some(state.judge(article, record.timestamp_ms.unwrap_or(0), found)?)
            }
            _ => None,
        };
        let mut out = Vec::with_capacity(events.len());
        let found = !events.is_empty();
        let mut copy = false;
        match verdict {
            Some(Verdict::Superseded) => {
                *self.batch.counts.passed.entry("superseded").or_default() += 1;
                return Ok(Told { records: out, events: 0, outcome: "superseded" });
            }
            Some(Verdict::Tell(tell)) => {
                let retractions = self.settings.retractions;
                out.extend(
                    tell.entry.retracted.iter().map(|told| outgoing::retraction(told, &tell.entry, record, retractions, trace)),
                );
                out.extend(tell.changed.then(|| outgoing::memory(&tell.entry)));
                self.batch.counts.retracted += tell.entry.retracted.len() as u64;
                if let Some(original) = &tell.entry.duplicate_of {
                    copy = true;
                    self.batch.counts.duplicates += 1;
                    events.iter_mut().for_each(|event| outgoing::mark_copy(&mut event.record, original));
                }
                let mut publish = tell.publish.into_iter();
                events.retain(|_| publish.next().unwrap_or(true));
            }
            None => {}
        }
        let told = events.len();
        for WrittenEvent { act, status, record, .. } in events {
            *self.batch.counts.events.entry((act, status)).or_default() += 1;
            out.push(record);
        }
        let outcome = match passed {
            Some(passed) => name(passed),
            None if told > 0 => "events",
            None if copy && found => "duplicate",
            None => "no-events",
        };
        match outcome {
            "events" if sabotage::on(Bug::Uncounted) => {}
            "events" => self.batch.counts.with_events += 1,
            "no-events" => self.batch.counts.without_events += 1,
            reason => *self.batch.counts.passed.entry(reason).or_default() += 1,
        }
        Ok(Told { records: out, events: told, outcome })
    }
}

/// What an article that was not rejected gave.
struct Told {
    records: Vec<Outgoing>,
    /// How many of them are events.
    events: usize,
    outcome: &'static str,
}

fn name(passed: Passed) -> &'static str {
    match passed {
        Passed::Tombstone => "tombstone",
        Passed::Language => "language",
        Passed::Withdrawn => "withdrawn",
    }
}
