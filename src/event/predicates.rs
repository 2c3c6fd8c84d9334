//! [`Lexicon`]: the frames of `config/lexicon/frames`, indexed by trigger, and the words that walks through a tree look for.
//! [`super::frame_files`] reads it.

use rustc_hash::FxHashMap;

use super::domain::Domain;
use super::frame::{Frame, Kind, Symbol};
use super::joined::Joined;
use super::ontology::Act;
use super::operator::Operator;
use super::word_files::Words;

/// One line of the lexicon, for those who check it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub file: &'static str,
    pub line: usize,
    pub triggers: &'static str,
    pub example: &'static str,
    /// `None` for an entry that keeps its triggers from being coded.
    pub act: Option<Act>,
    /// Index into [`Lexicon::frames`].
    pub frame: u16,
}

/// A frame as a trigger finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    pub frame: u16,
    /// 0 where the trigger stands alone.
    pub particle: Symbol,
}

#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    pub frames: Vec<Frame>,
    pub entries: Vec<Entry>,
    pub(super) symbols: FxHashMap<Box<str>, Symbol>,
    /// By symbol.
    pub(super) readings: Vec<Vec<Reading>>,
    pub(super) operators: Vec<Vec<(Kind, Operator, Symbol)>>,
    pub(super) domains: Vec<Option<(Domain, u8)>>,
    pub(super) words: Words,
    /// Words of two parts.
    pub(super) joined: Joined,
}

impl Lexicon {
    pub fn joined(&self) -> &Joined {
        &self.joined
    }

    /// Learns which of the lexicon's words may stand in a text as two.
    pub(super) fn join(&mut self) {
        let parts = self.symbols.iter().filter_map(|(word, symbol)| {
            let (first, last) = word.rsplit_once('-')?;
            (!first.contains('-')).then(|| (first.to_owned(), last.to_owned(), *symbol))
        });
        let mut parts: Vec<_> = parts.collect();
        parts.sort_unstable();
        for (first, last, whole) in parts {
            let last = self.intern(&last);
            self.joined.add(&first, last, whole);
        }
    }

    pub fn words(&self) -> &Words {
        &self.words
    }

    /// Symbols run from 1 to this.
    pub fn symbol_count(&self) -> usize {
        self.symbols.len()
    }

    /// The symbol of a lemma, 0 where the lexicon does not hold it.
    pub fn symbol(&self, lemma: &str) -> Symbol {
        self.symbols.get(lemma).copied().unwrap_or(0)
    }

    /// Every word of the lexicon with its symbol, in no order.
    pub fn lemmas(&self) -> impl Iterator<Item = (&str, Symbol)> {
        self.symbols.iter().map(|(lemma, symbol)| (&**lemma, *symbol))
    }

    pub fn readings(&self, symbol: Symbol) -> &[Reading] {
        self.readings.get(symbol as usize).map_or(&[], Vec::as_slice)
    }

    /// The operators that `symbol` is as a word of some class, each with the particle it needs (0: none).
    pub fn operators(&self, symbol: Symbol) -> &[(Kind, Operator, Symbol)] {
        self.operators.get(symbol as usize).map_or(&[], Vec::as_slice)
    }

    /// The domain a word speaks of, and how strongly: 2 alone decides, 1 needs company.
    pub fn domain(&self, symbol: Symbol) -> Option<(Domain, u8)> {
        *self.domains.get(symbol as usize)?
    }

    pub fn frame(&self, reading: Reading) -> &Frame {
        &self.frames[reading.frame as usize]
    }

    /// Triggers in all: one for each word of each template.
    pub fn predicates(&self) -> usize {
        self.entries.iter().filter(|entry| entry.act.is_some()).map(|entry| entry.triggers.split(' ').count()).sum()
    }

    pub fn intern(&mut self, word: &str) -> Symbol {
        if let Some(symbol) = self.symbols.get(word) {
            return *symbol;
        }
        let symbol = self.symbols.len() as Symbol + 1;
        self.symbols.insert(word.into(), symbol);
        symbol
    }
}
