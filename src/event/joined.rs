//! [`Joined`]: words that the lexicon writes with a hyphen and that stand in a text as two: "cease-fire", "patrol boat", "good offices".

use super::frame::Symbol;
use crate::syntax::{Deprel, Document};

/// By the symbol of a last part: the first parts with which it is another word, and the symbols of those words.
#[derive(Clone, Debug, Default)]
pub struct Joined {
    parts: Vec<Vec<(Box<str>, Symbol)>>,
}

impl Joined {
    /// Adds a word of two parts, the last with its symbol.
    pub fn add(&mut self, first: &str, last: Symbol, whole: Symbol) {
        let at = last as usize;
        if self.parts.len() <= at {
            self.parts.resize(at + 1, Vec::new());
        }
        self.parts[at].push((first.into(), whole));
    }

    /// The word that `at`, whose symbol is `last`, makes with what stands before it; 0 where it makes none.
    pub fn with_what_precedes(&self, document: &Document, at: u32, last: Symbol) -> Symbol {
        let Some(parts) = self.parts.get(last as usize).filter(|parts| !parts.is_empty()) else { return 0 };
        let Some(before) = at.checked_sub(1) else { return 0 };
        let hyphen = matches!(document.lemma(before), "-" | "‑");
        let Some(before) = before.checked_sub(u32::from(hyphen)) else { return 0 };
        let Some(token) = document.tokens.get(before as usize) else { return 0 };
        let described = matches!(token.deprel, Deprel::Compound | Deprel::Amod | Deprel::Flat);
        if !hyphen && !described {
            return 0;
        }
        let lemma = document.lemma(before);
        parts.iter().find(|(first, _)| first.eq_ignore_ascii_case(lemma)).map_or(0, |(_, whole)| *whole)
    }
}
