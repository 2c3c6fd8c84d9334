use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::super::outgoing::{Outgoing, Topic};
use super::super::pool::{Code, Pool};
use super::super::written::Writer;
use super::*;
use crate::record::{Headers, Reason, Rejection, Stage};

/// A sink in memory that fails where it is told to.
#[derive(Default)]
struct MemorySink {
    open: Vec<(Place, Outgoing)>,
    committed: Vec<(Place, Outgoing)>,
    offsets: BTreeMap<i32, i64>,
    /// What the next commits end with: `true` for a commit whose answer is lost, and whether it took place.
    script: Vec<Option<(SinkError, bool)>>,
    /// Payloads longer than this are too large.
    largest: Option<usize>,
    /// How often it is asked until it has recovered.
    away: usize,
    /// How often it is asked until all has arrived that was sent.
    under_way: usize,
}

impl Sink for MemorySink {
    fn send(&mut self, outgoing: Outgoing, place: Place) -> Result<(), SinkError> {
        if self.largest.is_some_and(|largest| outgoing.payload.as_ref().is_some_and(|payload| payload.len() > largest)) {
            return Err(SinkError::TooLarge(place));
        }
        self.open.push((place, outgoing));
        Ok(())
    }

    fn settled(&mut self, _: Duration) -> Result<bool, SinkError> {
        self.under_way = self.under_way.saturating_sub(1);
        Ok(self.under_way == 0)
    }

    fn commit(&mut self, offsets: &[(i32, i64)]) -> Result<(), SinkError> {
        let (error, took_place) = match self.script.pop().flatten() {
            Some((error, took_place)) => (Some(error), took_place),
            None => (None, true),
        };
        if took_place {
            self.committed.append(&mut self.open);
            self.offsets.extend(offsets.iter().copied());
        }
        self.open.clear();
        error.map_or(Ok(()), Err)
    }

    fn confirm(&mut self) -> Result<(), SinkError> {
        Ok(())
    }

    fn close(&mut self) {
        self.open.clear();
    }

    fn abort(&mut self) -> Result<(), SinkError> {
        self.open.clear();
        Ok(())
    }

    fn recover(&mut self) -> Result<bool, SinkError> {
        self.away = self.away.saturating_sub(1);
        Ok(self.away == 0)
    }
}

fn settings() -> Settings {
    Settings {
        commit_interval: Duration::ZERO,
        commit_records: 7,
        in_flight_records: 50,
        in_flight_bytes: 1 << 20,
        record_bytes: 1 << 20,
        retractions: Retractions::Record,
        replay: None,
        rejection_share: 1.0,
        rejection_window: 10,
    }
}

/// A coder that rejects every article, so that each gives one dead letter to follow; it takes uneven time and panics on `panic`.
fn coder() -> Arc<Code> {
    Arc::new(|record: &Record| {
        let payload = record.payload.clone().unwrap_or_default();
        std::thread::sleep(Duration::from_micros(u64::from(payload.first().copied().unwrap_or(0)) % 97));
        assert!(payload != b"panic", "told to");
        Err(Rejection::new(Stage::Decode, Reason::MissingText, "no text"))
    })
}

fn record(partition: i32, offset: i64, payload: &[u8]) -> Record {
    Record { topic: "in".into(), partition, offset, payload: Some(payload.to_vec()), ..Record::default() }
}

fn core(settings: Settings, sink: MemorySink) -> Core<MemorySink> {
    Core::new(
        sink,
        Pool::start(3, coder(), Writer { min_confidence: 0.0, retractions: Retractions::Record, traces: None }),
        settings,
    )
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

#[test]
fn a_coder_that_panics_costs_its_article_a_dead_letter_and_nothing_else() {
    let mut core = core(settings(), MemorySink::default());
    core.accept(record(0, 0, b"panic"));
    core.accept(record(0, 1, b"fine"));
    assert!(core.drain(soon()).expect("the service goes on"));
    let sink = core.sink();
    let reasons: Vec<_> = sink
        .committed
        .iter()
        .map(|(_, out)| Headers::from(&out.headers).get("entente.error.reason").map(<[u8]>::to_vec))
        .collect();
    assert_eq!(reasons, [Some(b"coder-panicked".to_vec()), Some(b"missing-text".to_vec())]);
    assert_eq!(sink.offsets, [(0, 2)].into());
}

#[test]
fn an_outcome_too_large_for_its_topic_is_cut_and_the_rest_of_the_batch_survives() {
    let mut core = core(settings(), MemorySink { largest: Some(100), ..MemorySink::default() });
    let articles = [record(0, 0, b"a"), record(0, 1, &[7; 500]), record(0, 2, b"c")];
    let mut log = articles.to_vec();
    for _ in 0..10 {
        for article in log.drain(..) {
            core.accept(article);
        }
        core.drain(soon()).expect("the service goes on");
        let Some(rewind) = core.take_rewind().expect("the service goes on") else { break };
        for (partition, offset) in rewind.positions {
            log.extend(articles.iter().filter(|r| r.partition == partition && r.offset >= offset).cloned());
        }
    }
    let sink = core.sink();
    let sizes: Vec<_> = sink.committed.iter().map(|(place, out)| (place.1, out.payload.as_ref().map_or(0, Vec::len))).collect();
    assert_eq!(sizes, [(0, 1), (1, 0), (2, 1)]);
    assert!(sink.committed.iter().all(|(_, out)| out.topic == Topic::Dead));
}

#[test]
fn too_large_a_share_of_rejections_stops_the_service() {
    let mut core = core(
        Settings {
            rejection_share: 0.5,
            rejection_window: 10,
            commit_records: 1000,
            commit_interval: Duration::from_secs(60),
            ..settings()
        },
        MemorySink::default(),
    );
    for offset in 0..20 {
        core.accept(record(0, offset, b"x"));
    }
    let stop = core.drain(soon()).expect_err("everything is rejected");
    assert_eq!(stop, Stop::TooManyRejections { rejected: 10, window: 10, reason: "missing-text" });
    assert!(core.sink().committed.is_empty(), "nothing of the window went out");
}

#[test]
fn lost_partitions_are_not_committed() {
    let mut core = core(Settings { commit_interval: Duration::from_secs(60), ..settings() }, MemorySink::default());
    core.accept(record(0, 0, b"a"));
    core.accept(record(1, 0, b"b"));
    core.lose(&[0]).expect("the service goes on");
    assert_eq!(core.take_rewind(), Ok(Some(Rewind { positions: vec![(1, 0)], ask_broker: false })));
    core.accept(record(1, 0, b"b"));
    core.drain(soon()).expect("the service goes on");
    assert_eq!(core.sink().offsets, [(1, 1)].into());
}

#[test]
fn articles_of_a_batch_that_failed_wait_again() {
    let failure = Some((SinkError::Aborted("told to".to_owned()), false));
    let mut core = core(settings(), MemorySink { script: vec![failure], ..MemorySink::default() });
    (5..8).for_each(|offset| core.accept(record(0, offset, b"a")));
    core.drain(soon()).expect("the service goes on");
    assert_eq!(core.position(0), Some(5), "reading will go back");
    let rewind = core.take_rewind().expect("the service goes on").expect("the batch failed");
    rewind.positions.iter().for_each(|(partition, offset)| core.resumed(*partition, *offset));
    assert_eq!(core.position(0), Some(5), "reading has gone back, and none was read yet");
    (5..8).for_each(|offset| core.accept(record(0, offset, b"a")));
    assert!(core.drain(soon()).expect("the service goes on"));
    assert_eq!(core.position(0), Some(8));
    core.revoke(&[0], soon()).expect("the service goes on");
    assert_eq!(core.position(0), None, "the partition is another worker's");
}

#[test]
fn what_is_read_after_a_failed_hand_over_and_before_going_back_is_not_skipped_to() {
    let script = vec![Some((SinkError::Aborted("told to".to_owned()), false))];
    let mut core =
        core(Settings { commit_interval: Duration::from_secs(60), ..settings() }, MemorySink { script, ..MemorySink::default() });
    core.accept(record(0, 0, b"a"));
    core.accept(record(1, 0, b"b"));
    core.revoke(&[1], soon()).expect("the service goes on");
    // Still on its way from the consumer when the batch failed; the second partition has just come.
    core.accept(record(0, 1, b"c"));
    core.accept(record(2, 7, b"d"));
    core.accept(record(2, 8, b"e"));
    let rewind = core.take_rewind().expect("the service goes on").expect("the commit failed");
    assert_eq!(rewind.positions, [(0, 0), (2, 7)]);
    for (partition, offset) in [(0, 0), (0, 1), (2, 7), (2, 8)] {
        core.accept(record(partition, offset, b"again"));
    }
    assert!(core.drain(soon()).expect("the service goes on"));
    assert_eq!(core.sink().offsets, [(0, 2), (2, 9)].into());
    assert_eq!(core.sink().committed.len(), 4);
}

#[test]
fn while_a_batch_is_under_way_articles_are_read_and_coded_and_nothing_more_is_sent() {
    let mut core = core(Settings { commit_records: 2, ..settings() }, MemorySink { under_way: 4, ..MemorySink::default() });
    (0..5).for_each(|offset| core.accept(record(0, offset, b"a")));
    let mut pumped = 0;
    while core.sink().committed.is_empty() {
        core.pump(Duration::from_secs(20)).expect("the service goes on");
        assert!(core.sink().open.len() <= 2, "the batch is closed");
        pumped += 1;
    }
    assert!(pumped >= 4, "it was asked and nobody waited for the answer");
    assert_eq!(core.sink().offsets, [(0, 2)].into());
    core.accept(record(0, 5, b"a"));
    assert!(core.drain(soon()).expect("the service goes on"));
    assert_eq!(core.sink().offsets, [(0, 6)].into());
}

#[test]
fn reading_pauses_and_goes_back_only_after_the_sink_has_recovered() {
    let script = vec![Some((SinkError::Unknown("told to".to_owned()), false))];
    let mut core = core(settings(), MemorySink { script, away: 3, ..MemorySink::default() });
    core.accept(record(0, 0, b"a"));
    assert!(!core.drain(soon()).expect("the service goes on"), "the batch failed");
    for _ in 0..2 {
        assert_eq!(core.take_rewind(), Ok(None), "who asked now might be told of a position that is about to change");
        assert!(core.full() && !core.roomy());
        core.accept(record(0, 1, b"b"));
    }
    let rewind = core.take_rewind().expect("the service goes on").expect("it has recovered");
    assert_eq!(rewind, Rewind { positions: vec![(0, 0)], ask_broker: true });
    core.put_back(rewind.clone());
    assert_eq!(core.take_rewind(), Ok(Some(rewind)), "what could not be gone back to is not forgotten");
    assert!(!core.full());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]
    #[test]
    fn every_article_comes_out_once_and_in_order_whatever_commits_do(script in prop::collection::vec(0u8..6, 0..12), lanes in 1i32..4, count in 1i64..60) {
        let script = script.into_iter().map(|step| match step {
            0 => Some((SinkError::Aborted("told to".to_owned()), false)),
            1 => Some((SinkError::Unknown("told to".to_owned()), false)),
            2 => Some((SinkError::Unknown("told to".to_owned()), true)),
            _ => None,
        });
        let mut core = core(settings(), MemorySink { script: script.collect(), ..MemorySink::default() });
        let mut next: BTreeMap<i32, i64> = (0..lanes).map(|lane| (lane, 0)).collect();
        for _ in 0..10_000 {
            if core.sink().offsets.values().sum::<i64>() == count * i64::from(lanes) {
                break;
            }
            for (lane, next) in &mut next {
                if *next < count && !core.full() {
                    core.accept(record(*lane, *next, &[*next as u8, *lane as u8]));
                    *next += 1;
                }
            }
            core.pump(Duration::from_micros(200)).expect("the service goes on");
            if let Some(rewind) = core.take_rewind().expect("the service goes on") {
                let committed = core.sink().offsets.clone();
                for (lane, offset) in rewind.positions {
                    let known = committed.get(&lane).copied().filter(|_| rewind.ask_broker);
                    next.insert(lane, known.unwrap_or(offset));
                }
            }
        }
        for lane in 0..lanes {
            let out: Vec<i64> = core.sink().committed.iter().filter(|((partition, _), _)| *partition == lane).map(|((_, offset), _)| *offset).collect();
            prop_assert_eq!(out, (0..count).collect::<Vec<_>>());
        }
        let totals = core.totals();
        prop_assert_eq!(totals.read, totals.outcomes(), "what was read and what became of it are counted apart, and agree");
    }
}
