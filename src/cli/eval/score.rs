//! How well coded events answer annotated ones: precision, recall and F1 at two levels, and what went wrong.
//!
//! The rule. Within an article, annotated and coded events are paired one to one by a maximum matching, annotations that must
//! be found before optional ones. At the level *class* a pair needs the same dyad and the coded act, or its PLOVER class, among
//! the acts accepted; at the level *reading* also an accepted status and the right direction. The matching is made anew at each
//! level. A coded event paired with an optional annotation counts neither for nor against; one that is paired with nothing is a
//! false alarm, also where it repeats a right one. An optional annotation that is not found is not missed.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use super::annotation::GoldEvent;
use super::matching::Matching;
use crate::event::{Act, Event};

/// Confidence from which [`Score::sure`] counts.
pub const SURE: f64 = 0.8;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Annotations that must be found.
    pub expected: usize,
    /// Coded events, without those that an optional annotation absorbs.
    pub coded: usize,
    pub right: usize,
}

impl Counts {
    pub fn precision(self) -> f64 {
        ratio(self.right, self.coded)
    }

    pub fn recall(self) -> f64 {
        ratio(self.right, self.expected)
    }

    pub fn f1(self) -> f64 {
        ratio(2 * self.right, self.expected + self.coded)
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.expected += other.expected;
        self.coded += other.coded;
        self.right += other.right;
    }
}

/// How many of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    pub of: usize,
    pub right: usize,
}

impl Share {
    fn add(&mut self, right: bool) {
        self.of += 1;
        self.right += usize::from(right);
    }

    pub fn value(self) -> f64 {
        ratio(self.right, self.of)
    }
}

/// NaN where there is nothing to divide by.
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

/// Scores of any number of articles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Score {
    pub articles: usize,
    pub class: Counts,
    pub reading: Counts,
    /// The class level by act: annotations under their likeliest act, false alarms under the act coded.
    pub acts: BTreeMap<Act, Counts>,
    /// Of the pairs at class level with an annotation that must be found.
    pub status: Share,
    pub direction: Share,
    pub date: Share,
    pub mode: Share,
    /// Of the coded events with a confidence of [`SURE`] or more that are not absorbed, those right at class level.
    pub sure: Share,
}

/// What went wrong, by position in the annotated and the coded events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Missed {
        gold: usize,
    },
    FalseAlarm {
        coded: usize,
    },
    /// Class right, status or direction not.
    Misread {
        gold: usize,
        coded: usize,
    },
}

impl Score {
    /// Adds one article and says what went wrong in it.
    pub fn add(&mut self, gold: &[GoldEvent], coded: &[Event]) -> Vec<Fault> {
        self.articles += 1;
        let class = pair(gold, coded, GoldEvent::same_class);
        let reading = pair(gold, coded, GoldEvent::same_reading);
        self.class += count(gold, coded, &class);
        self.reading += count(gold, coded, &reading);
        self.add_acts(gold, coded, &class);
        self.faults(gold, coded, &class)
    }

    fn add_acts(&mut self, gold: &[GoldEvent], coded: &[Event], pairs: &[Option<usize>]) {
        for (annotation, found) in gold.iter().zip(pairs).filter(|(annotation, _)| annotation.must) {
            let Some(act) = annotation.roots.first() else { continue };
            let counts = self.acts.entry(*act).or_default();
            counts.expected += 1;
            counts.right += usize::from(found.is_some());
            counts.coded += usize::from(found.is_some());
        }
        for alarm in unpaired(coded.len(), pairs) {
            self.acts.entry(coded[alarm].event.act).or_default().coded += 1;
        }
    }

    fn faults(&mut self, gold: &[GoldEvent], coded: &[Event], pairs: &[Option<usize>]) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (at, (annotation, found)) in gold.iter().zip(pairs).enumerate().filter(|(_, (annotation, _))| annotation.must) {
            let Some(found) = *found else {
                faults.push(Fault::Missed { gold: at });
                continue;
            };
            let event = &coded[found];
            self.status.add(annotation.same_status(event));
            self.direction.add(annotation.same_direction(event));
            annotation.same_date(event).into_iter().for_each(|right| self.date.add(right));
            annotation.same_mode(event).into_iter().for_each(|right| self.mode.add(right));
            if event.confidence >= SURE {
                self.sure.add(true);
            }
            if !annotation.same_reading(event) {
                faults.push(Fault::Misread { gold: at, coded: found });
            }
        }
        for alarm in unpaired(coded.len(), pairs) {
            if coded[alarm].confidence >= SURE {
                self.sure.add(false);
            }
            faults.push(Fault::FalseAlarm { coded: alarm });
        }
        faults
    }
}

/// For each annotation the coded event paired with it. Where there is a choice, pairs in which status, direction, mode and date
/// are right come first, so that a fault is reported against the event that was meant.
fn pair(gold: &[GoldEvent], coded: &[Event], fits: fn(&GoldEvent, &Event) -> bool) -> Vec<Option<usize>> {
    let fit = |g: usize, c: usize| fits(&gold[g], &coded[c]);
    let exact = |g: usize, c: usize| fit(g, c) && exactly(&gold[g], &coded[c]);
    let mut matching = Matching::new(coded.len());
    for must in [true, false] {
        let annotations = (0..gold.len()).filter(|at| gold[*at].must == must);
        matching.add(annotations.clone(), exact);
        matching.add(annotations, fit);
    }
    matching.settle(fit, |g, c| usize::from(exact(g, c)) * (1 + usize::from(gold[g].must)));
    matching.partners(gold.len())
}

/// For each coded event the annotation that it answers at the level *class*.
pub fn answered<'g>(gold: &'g [GoldEvent], coded: &[Event]) -> Vec<Option<&'g GoldEvent>> {
    let mut answered = vec![None; coded.len()];
    for (annotation, found) in gold.iter().zip(pair(gold, coded, GoldEvent::same_class)) {
        if let Some(found) = found {
            answered[found] = Some(annotation);
        }
    }
    answered
}

fn exactly(annotation: &GoldEvent, event: &Event) -> bool {
    annotation.same_reading(event) && annotation.same_date(event) != Some(false) && annotation.same_mode(event) != Some(false)
}

fn count(gold: &[GoldEvent], coded: &[Event], pairs: &[Option<usize>]) -> Counts {
    let paired = |must: bool| gold.iter().zip(pairs).filter(|(g, found)| g.must == must && found.is_some()).count();
    Counts { expected: gold.iter().filter(|g| g.must).count(), coded: coded.len() - paired(false), right: paired(true) }
}

fn unpaired(coded: usize, pairs: &[Option<usize>]) -> Vec<usize> {
    let mut free = vec![true; coded];
    for found in pairs.iter().flatten() {
        free[*found] = false;
    }
    (0..coded).filter(|at| free[*at]).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn gold(annotation: Value) -> GoldEvent {
        serde_json::from_value(annotation).unwrap()
    }

    fn event(source: &str, target: &str, act: &str, plover: &str, status: &str) -> Event {
        let mut dyad = [source, target];
        dyad.sort_unstable();
        let party = |code: &str| json!({"country": code, "text": code, "span": [0, 3]});
        serde_json::from_value(json!({
            "schema": crate::event::SCHEMA, "id": "x", "dyad": dyad.join("-"), "source": party(source), "target": party(target),
            "reciprocal": false, "status": status, "quantities": [], "confidence": 0.9, "evidence": [], "coder": "0",
            "event": {"act": act, "contexts": [], "plover": plover, "cameo": "036", "quad": "verbal-cooperation", "score": 4.0,
                "trigger": {"text": "visit", "span": [0, 5]}},
            "article": {"id": "a", "version": 1, "url": null, "title": null, "publisher": null, "published_at": null,
                "language": "en"},
        }))
        .unwrap()
    }

    fn visit(must: bool) -> GoldEvent {
        gold(json!({"dyad": "PAK-RUS", "roots": ["CONSULT"], "source": "RUS", "status": ["anticipated"], "must": must}))
    }

    fn score(gold: &[GoldEvent], coded: &[Event]) -> (Score, Vec<Fault>) {
        let mut score = Score::default();
        let faults = score.add(gold, coded);
        (score, faults)
    }

    #[test]
    fn a_class_is_right_when_the_act_or_the_plover_class_is_accepted() {
        let agree = gold(json!({"dyad": "PAK-RUS", "roots": ["AGREE"]}));
        let (score, faults) = score(&[agree], &[event("RUS", "PAK", "CONSULT", "AGREE", "anticipated")]);
        assert_eq!(score.class, Counts { expected: 1, coded: 1, right: 1 });
        assert_eq!(faults, []);
    }

    #[test]
    fn wrong_status_or_direction_counts_at_the_class_level_only() {
        for coded in
            [event("RUS", "PAK", "CONSULT", "CONSULT", "occurred"), event("PAK", "RUS", "CONSULT", "AGREE", "anticipated")]
        {
            let (score, faults) = score(&[visit(true)], &[coded]);
            assert_eq!(score.class, Counts { expected: 1, coded: 1, right: 1 });
            assert_eq!(score.reading, Counts { expected: 1, coded: 1, right: 0 });
            assert_eq!(faults, [Fault::Misread { gold: 0, coded: 0 }]);
        }
    }

    #[test]
    fn an_optional_annotation_absorbs_an_event_and_is_never_missed() {
        let (absorbed, faults) = score(&[visit(false)], &[event("RUS", "PAK", "CONSULT", "AGREE", "anticipated")]);
        assert_eq!((absorbed.class, faults), (Counts::default(), vec![]));
        let (missed, faults) = score(&[visit(false)], &[]);
        assert_eq!((missed.class, faults), (Counts::default(), vec![]));
    }

    #[test]
    fn what_must_be_found_has_precedence_over_what_may_be() {
        let (score, faults) = score(&[visit(false), visit(true)], &[event("RUS", "PAK", "CONSULT", "CONSULT", "occurred")]);
        assert_eq!(score.class, Counts { expected: 1, coded: 1, right: 1 });
        assert_eq!(faults, [Fault::Misread { gold: 1, coded: 0 }]);
    }

    #[test]
    fn a_repeated_event_is_a_false_alarm() {
        let coded = event("RUS", "PAK", "CONSULT", "AGREE", "anticipated");
        let (score, faults) = score(&[visit(true)], &[coded.clone(), coded]);
        assert_eq!(score.class, Counts { expected: 1, coded: 2, right: 1 });
        assert_eq!(faults, [Fault::FalseAlarm { coded: 1 }]);
        assert_eq!(score.acts[&Act::Consult], Counts { expected: 1, coded: 2, right: 1 });
        assert_eq!(score.sure, Share { of: 2, right: 1 });
    }

    #[test]
    fn events_are_paired_with_the_annotation_they_answer_best() {
        let occurred = gold(json!({"dyad": "PAK-RUS", "roots": ["CONSULT"], "source": "PAK", "status": ["occurred"]}));
        let coded =
            [event("PAK", "RUS", "CONSULT", "CONSULT", "occurred"), event("RUS", "PAK", "CONSULT", "AGREE", "anticipated")];
        let (score, faults) = score(&[visit(true), occurred], &coded);
        assert_eq!(score.reading, Counts { expected: 2, coded: 2, right: 2 });
        assert_eq!(faults, []);
    }
}
