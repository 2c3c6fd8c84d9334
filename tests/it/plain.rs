//! Plain sentences, one by one: what any newspaper would say so is told so, with its status, and what only looks like it is not.

use entente::event::{Act, Event, Quad, Status, quad};
use entente::pipeline::Pipeline;
use entente::record::Record;

/// Of all sentences at least this share.
const FLOOR: f64 = 0.96;

struct Line {
    parties: Option<(&'static str, &'static str)>,
    acts: Vec<Act>,
    /// Empty: any.
    statuses: Vec<Status>,
    sentence: &'static str,
}

impl Line {
    fn read(line: &'static str) -> Self {
        let fields: Vec<&str> = line.split('\t').collect();
        let [parties, acts, statuses, sentence] = fields[..] else { panic!("four fields in {line}") };
        let words = |field: &'static str| field.split('/').filter(|word| !matches!(*word, "-" | "*"));
        Line {
            parties: parties.split_once('>'),
            acts: words(acts).map(|act| Act::parse(act).unwrap_or_else(|| panic!("no act {act}"))).collect(),
            statuses: words(statuses).map(|status| Status::parse(status).expect("a status")).collect(),
            sentence,
        }
    }

    fn is_right(&self, events: &[Event]) -> bool {
        let Some((source, target)) = self.parties else {
            let conflict = |event: &Event| matches!(quad(event.event.act), Quad::VerbalConflict | Quad::MaterialConflict);
            return !events.iter().any(conflict);
        };
        events.iter().any(|event| {
            let both = [&*event.source.country, &*event.target.country];
            (both == [source, target] || event.reciprocal && both == [target, source])
                && (self.acts.contains(&event.event.act) || self.acts.contains(&event.event.plover))
                && (self.statuses.is_empty() || self.statuses.contains(&event.status))
        })
    }
}

#[test]
fn plain_sentences_are_told_as_they_are_meant() {
    let pipeline = Pipeline::embedded().expect("the coder loads");
    let text = include_str!("../gold/plain.tsv");
    let lines: Vec<Line> = text.lines().filter(|line| !line.starts_with('#')).map(Line::read).collect();
    assert!(lines.len() > 1_000);
    let mut wrong = Vec::new();
    for line in &lines {
        let record = Record::from_payload(&*serde_json::json!({"published_at": "2025-03-10", "text": line.sentence}).to_string());
        let events = pipeline.process(&record).expect("a sound article");
        if !line.is_right(&events) {
            wrong.push(line.sentence);
        }
    }
    let share = 1.0 - wrong.len() as f64 / lines.len() as f64;
    assert!(share >= FLOOR, "{share:.3} of {}: {wrong:#?}", lines.len());
}
