//! [`Document`]: an article's text as sentences of tokens, each token with tags, lemma and its place in a dependency tree.

use std::ops::Range;

use super::scheme::{Deprel, Feats, Upos, Xpos};
use crate::span::Span;

/// Sentences and tokens of one article, in text order. Owns no article text: spans point into [`crate::article::Article::text`].
/// A document can be cleared and filled again, so that a worker allocates once.
#[derive(Clone, Debug, Default)]
pub struct Document {
    pub sentences: Vec<Sentence>,
    pub tokens: Vec<Token>,
    /// All lemmas end to end; [`Token::lemma`] points into it.
    pub lemmas: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    pub span: Span,
    /// Indices into [`Document::tokens`].
    pub tokens: Range<u32>,
    pub kind: SentenceKind,
    /// Counts from 0; a headline is paragraph 0.
    pub paragraph: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SentenceKind {
    #[default]
    Body,
    Headline,
}

/// A syntactic word. `Russia's` is two: `Russia` and `'s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    pub span: Span,
    /// Into [`Document::lemmas`].
    pub lemma: Span,
    /// Index into [`Document::tokens`] of the governor, or [`Token::ROOT`].
    pub head: u32,
    pub deprel: Deprel,
    pub upos: Upos,
    pub xpos: Xpos,
    pub feats: Feats,
}

impl Token {
    /// The `head` of a sentence's root.
    pub const ROOT: u32 = u32::MAX;
}

impl Document {
    pub fn clear(&mut self) {
        self.sentences.clear();
        self.tokens.clear();
        self.lemmas.clear();
    }

    /// Lower-cased dictionary form, except for proper nouns, which keep their case.
    pub fn lemma(&self, token: u32) -> &str {
        self.tokens[token as usize].lemma.of(&self.lemmas)
    }
}
