//! [`Links`]: the words that tell which act of a sentence a date belongs to, `config/lexicon/dating.tsv`.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use crate::lexicon::{self, LexiconError};

const FILE: &str = "dating.tsv";

/// What a word does; see the head of `dating.tsv`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    Together,
    Apart,
    Within,
    Stretch,
    Make,
    Held,
    Topic,
}

pub(in crate::event) struct Links {
    /// The links of each lemma, as bits.
    words: HashMap<Box<str>, u8, FxBuildHasher>,
}

impl Links {
    pub fn embedded() -> Result<Self, LexiconError> {
        let mut words: HashMap<Box<str>, u8, FxBuildHasher> = HashMap::default();
        for row in lexicon::rows(FILE, include_str!("../../../config/lexicon/dating.tsv"), 2)? {
            let link = bit(row.parse(1, "a role", link)?);
            let held = words.entry(row.fields[0].into()).or_default();
            if *held & link != 0 {
                return Err(row.error(format!("`{}` stands twice as {}", row.fields[0], row.fields[1])));
            }
            *held |= link;
        }
        Ok(Self { words })
    }

    pub(super) fn is(&self, lemma: &str, link: Link) -> bool {
        self.words.get(lemma).is_some_and(|held| held & bit(link) != 0)
    }
}

fn bit(link: Link) -> u8 {
    1 << link as u8
}

fn link(text: &str) -> Option<Link> {
    Some(match text {
        "together" => Link::Together,
        "apart" => Link::Apart,
        "within" => Link::Within,
        "stretch" => Link::Stretch,
        "make" => Link::Make,
        "held" => Link::Held,
        "topic" => Link::Topic,
        _ => return None,
    })
}
