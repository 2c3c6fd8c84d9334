//! [`View`]: a sentence as the actor reader looks at it. [`Item`]: a name of the gazetteer found in it.

use std::ops::Range;

use super::lexicon::Kind;
use super::mention::ActorCode;
use crate::span::Span;
use crate::syntax::{Deprel, Document, Sentence, SentenceKind, Token, Upos, Xpos};

/// A name found in a sentence, with the tokens it covers (indices into the document, both inclusive).
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub span: Span,
    pub first: u32,
    pub last: u32,
    pub kind: Kind,
    /// Index into the gazetteer.
    pub entry: u32,
    pub code: Option<ActorCode>,
    /// Part of a phrase, or struck out by its context.
    pub taken: bool,
}

impl Item {
    /// Whether the name says by itself which actor is meant.
    pub fn is_actor(&self) -> bool {
        !self.taken && self.code.is_some()
    }
}

/// A sentence and its tokens.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub text: &'a str,
    pub document: &'a Document,
    pub sentence: &'a Sentence,
    pub index: u32,
}

impl<'a> View<'a> {
    pub fn tokens(&self) -> Range<u32> {
        self.sentence.tokens.clone()
    }

    /// The token, if it is one of the sentence.
    pub fn token(&self, index: u32) -> Option<&'a Token> {
        if self.sentence.tokens.contains(&index) { self.document.tokens.get(index as usize) } else { None }
    }

    pub fn word(&self, index: u32) -> &'a str {
        self.token(index).map_or("", |token| token.span.of(self.text))
    }

    pub fn is(&self, index: u32, words: &[&str]) -> bool {
        let word = self.word(index);
        words.iter().any(|other| word.eq_ignore_ascii_case(other))
    }

    pub fn upos(&self, index: u32) -> Option<Upos> {
        self.token(index).map(|token| token.upos)
    }

    pub fn deprel(&self, index: u32) -> Option<Deprel> {
        self.token(index).map(|token| token.deprel)
    }

    /// The `'s` of a possessor.
    pub fn is_possessive(&self, index: u32) -> bool {
        self.token(index).is_some_and(|token| token.xpos == Xpos::Pos) || self.is(index, &["'s", "’s"])
    }

    /// Whether one of two tokens governs the other.
    pub fn joined(&self, one: u32, other: u32) -> bool {
        let heads = |token: u32, head: u32| self.token(token).is_some_and(|token| token.head == head);
        heads(one, other) || heads(other, one)
    }

    pub fn is_headline(&self) -> bool {
        self.sentence.kind == SentenceKind::Headline
    }

    /// A word that could be part of a person's name.
    pub fn is_name_word(&self, index: u32) -> bool {
        let capital = self.word(index).chars().next().is_some_and(char::is_uppercase);
        capital && matches!(self.upos(index), Some(Upos::Propn | Upos::X))
    }

    /// What stands in the article right before `span`.
    pub fn before(&self, span: Span) -> &'a str {
        self.text.get(..span.start as usize).unwrap_or("")
    }

    pub fn after(&self, span: Span) -> &'a str {
        self.text.get(span.end as usize..).unwrap_or("")
    }

    /// The token among `first..=last` that governs the others: its governor is outside. The last such token of a run without tree.
    pub fn head(&self, first: u32, last: u32) -> u32 {
        let outside = |index: &u32| self.token(*index).is_some_and(|token| !(first..=last).contains(&token.head));
        (first..=last).find(outside).unwrap_or(last)
    }

    /// The span from the first to the last of these tokens.
    pub fn span(&self, first: u32, last: u32) -> Span {
        match (self.token(first), self.token(last)) {
            (Some(first), Some(last)) => first.span.cover(last.span),
            _ => Span::default(),
        }
    }
}
