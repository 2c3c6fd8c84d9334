//! Gold annotations as the files hold them, and when a coded event answers one. The fields are described, with the guidelines
//! for annotators, in `tests/gold/README.md`.

use std::path::Path;

use anyhow::Context;
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::event::{Act, Event, Mode, Status};
use crate::record::Record;

#[derive(Debug, Deserialize)]
pub struct GoldArticle {
    pub id: String,
    published_at: Option<String>,
    publisher: Option<String>,
    title: Option<String>,
    text: String,
    pub events: Vec<GoldEvent>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct GoldEvent {
    /// The two codes in alphabetical order, as in an event.
    pub dyad: String,
    /// The acts accepted, the likeliest first.
    pub roots: Vec<Act>,
    /// Who does it; `None` where both do it to each other.
    pub source: Option<String>,
    /// The statuses accepted; none given accepts all.
    #[serde(default)]
    pub status: Vec<Status>,
    pub date: Option<(Date, Date)>,
    pub mode: Option<Mode>,
    /// False: may be coded, need not be.
    #[serde(default = "yes")]
    pub must: bool,
    /// The words: as they stand (`quote`) or as the annotator put them (`note`).
    #[serde(default, alias = "quote")]
    pub note: String,
}

fn yes() -> bool {
    true
}

/// How often an article counts in fitting in which nothing is to be told: a false event there is worse than one among many.
pub const QUIET: usize = 4;

impl GoldArticle {
    /// How often it counts in fitting, where one in which nothing is to be told counts `quiet` times.
    pub fn times(&self, quiet: usize) -> usize {
        if self.events.is_empty() { quiet } else { 1 }
    }

    /// The article as it would come off the log, without its annotation.
    pub fn record(&self) -> Record {
        let article = json!({
            "id": self.id,
            "title": self.title,
            "text": self.text,
            "published_at": self.published_at,
            "publisher": self.publisher,
        });
        Record::from_payload(article.to_string())
    }

    /// The article cut to its first sentences, as a brief would have them, with the events that they tell by a quote; `None` where they
    /// tell none.
    pub fn brief(&self) -> Option<GoldArticle> {
        let (first, _) = self.text.split_once("\n\n")?;
        let events: Vec<GoldEvent> =
            self.events.iter().filter(|event| !event.note.is_empty() && first.contains(&event.note)).cloned().collect();
        (!events.is_empty()).then(|| GoldArticle {
            id: self.id.clone(),
            published_at: self.published_at.clone(),
            publisher: self.publisher.clone(),
            title: None,
            text: first.to_owned(),
            events,
        })
    }
}

impl GoldEvent {
    /// Same dyad, and act or PLOVER class among those accepted.
    pub fn same_class(&self, event: &Event) -> bool {
        self.dyad == event.dyad && (self.roots.contains(&event.event.act) || self.roots.contains(&event.event.plover))
    }

    /// [`Self::same_class`], and status and direction right.
    pub fn same_reading(&self, event: &Event) -> bool {
        self.same_class(event) && self.same_status(event) && self.same_direction(event)
    }

    pub fn same_status(&self, event: &Event) -> bool {
        self.status.is_empty() || self.status.contains(&event.status)
    }

    /// An annotation without a source is of something both do; any direction is right then.
    pub fn same_direction(&self, event: &Event) -> bool {
        self.source.as_ref().is_none_or(|source| !event.reciprocal && *source == event.source.country)
    }

    /// Both ends right; `None` where the words settle no date.
    pub fn same_date(&self, event: &Event) -> Option<bool> {
        let gold = self.date?;
        Some(event.date.as_ref().is_some_and(|date| (date.start, date.end) == gold))
    }

    /// `None` where the words settle no mode.
    pub fn same_mode(&self, event: &Event) -> Option<bool> {
        self.mode.map(|mode| event.event.mode == Some(mode))
    }
}

/// Reads a file of JSON objects, one a line or spread over several.
pub fn read_all<T: DeserializeOwned>(file: &Path) -> anyhow::Result<Vec<T>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let objects = serde_json::Deserializer::from_str(&text).into_iter();
    objects.collect::<Result<_, _>>().with_context(|| format!("cannot read {}", file.display()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn gold(name: &str) -> Vec<GoldArticle> {
        read_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gold").join(name)).unwrap()
    }

    #[test]
    fn the_gold_set_is_well_formed_and_its_parts_share_no_article() {
        let mut ids = BTreeSet::new();
        let parts = [
            "dev.jsonl",
            "test.jsonl",
            "learn.jsonl",
            "fresh.jsonl",
            "agency.jsonl",
            "agency_fresh.jsonl",
            "desk.jsonl",
            "world.jsonl",
            "wire.jsonl",
            "abroad.jsonl",
            "dense.jsonl",
        ];
        for article in parts.into_iter().flat_map(gold) {
            assert!(ids.insert(article.id.clone()), "{} stands twice", article.id);
            for event in &article.events {
                let (first, second) = event.dyad.split_once('-').unwrap();
                assert!(first < second, "{}: {}", article.id, event.dyad);
                assert!(event.source.as_ref().is_none_or(|source| source == first || source == second), "{}", event.note);
                assert!(!event.roots.is_empty() && !event.status.is_empty(), "{}: {}", article.id, event.note);
                assert!(event.date.is_none_or(|(start, end)| start <= end), "{}: {}", article.id, event.note);
            }
        }
        assert!(ids.len() >= 60);
    }

    #[test]
    fn both_halves_cover_every_status_and_every_act() {
        for name in ["dev.jsonl", "test.jsonl"] {
            let articles = gold(name);
            let events = || articles.iter().flat_map(|article| &article.events).filter(|event| event.must);
            let acts: BTreeSet<Act> = events().flat_map(|event| event.roots.iter().copied()).collect();
            let statuses: BTreeSet<Status> = events().flat_map(|event| event.status.iter().copied()).collect();
            assert_eq!((acts.len(), statuses.len()), (Act::ALL.len(), Status::ALL.len()), "{name}");
        }
    }
}
