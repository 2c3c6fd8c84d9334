//! [`Analyzer`]: the steps of `syntax` in order, and the model file they read.

use super::document::{Document, Sentence, SentenceKind, Token};
use super::features;
use super::model::Parts;
use super::network::Activations;
use super::scheme::{Deprel, Feats, Upos, Xpos};
use super::segment;
use super::tokenize::Tokenizer;
use super::tree::Search;
use super::word::Looks;
use crate::lexicon::LexiconError;
use crate::span::Span;

/// Why the analyzer could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    #[error(transparent)]
    Lexicon(#[from] LexiconError),
    #[error("the syntax model cannot be unpacked: {0}")]
    Packing(#[from] std::io::Error),
    #[error("the syntax model is damaged: {0}; train it again with `entente train syntax`")]
    Damaged(&'static str),
}

/// Tokenizer, tagger, lemmas and parser. Shared read-only by all workers.
pub struct Analyzer {
    tokenizer: Tokenizer,
    parts: Parts,
}

/// What a worker keeps between articles.
#[derive(Default)]
pub struct Scratch {
    tokens: Vec<Span>,
    lengths: Vec<usize>,
    words: Vec<Looks>,
    classes: Vec<u16>,
    labels: Vec<u8>,
    room: Activations,
    search: Search,
    lower: String,
}

impl Analyzer {
    /// The analyzer with the model that ships inside the binary.
    ///
    /// # Errors
    /// Where a table or the model is damaged.
    pub fn embedded() -> Result<Self, ModelError> {
        Self::with(Parts::unpack(include_bytes!("../../config/models/syntax.zst"))?)
    }

    pub fn with(parts: Parts) -> Result<Self, ModelError> {
        Ok(Self { tokenizer: Tokenizer::embedded()?, parts })
    }

    /// Analyses `text`, of which `headline` is a part that is one sentence, into `document`, whose former content goes.
    pub fn analyze(&self, text: &str, headline: Option<Span>, scratch: &mut Scratch, document: &mut Document) {
        document.clear();
        let mut from = 0;
        let mut paragraph = 0;
        for line in text.split('\n') {
            let span = Span::new(from, from + line.len());
            from += line.len() + 1;
            scratch.tokens.clear();
            self.tokenizer.cut(text, span, &mut scratch.tokens);
            if scratch.tokens.is_empty() {
                continue;
            }
            let kind = if headline.is_some_and(|headline| headline.overlaps(span)) {
                SentenceKind::Headline
            } else {
                SentenceKind::Body
            };
            scratch.lengths.clear();
            match kind {
                SentenceKind::Headline => {
                    let (whole, rest) = (scratch.tokens.len() / segment::LONGEST, scratch.tokens.len() % segment::LONGEST);
                    scratch.lengths.extend(std::iter::repeat_n(segment::LONGEST, whole).chain((rest > 0).then_some(rest)));
                }
                SentenceKind::Body => segment::sentences(&self.tokenizer, text, &scratch.tokens, &mut scratch.lengths),
            }
            let mut at = 0;
            for index in 0..scratch.lengths.len() {
                let length = scratch.lengths[index];
                self.sentence(text, at..at + length, kind, paragraph, scratch, document);
                at += length;
            }
            paragraph += 1;
        }
    }

    /// Tags and parses a sentence whose tokens are given, as spans of `text`. For text that is cut into tokens already.
    pub fn analyze_tokens(&self, text: &str, tokens: &[Span], scratch: &mut Scratch, document: &mut Document) {
        scratch.tokens.clear();
        scratch.tokens.extend_from_slice(tokens);
        self.sentence(text, 0..tokens.len(), SentenceKind::Body, 0, scratch, document);
    }

    fn sentence(
        &self,
        text: &str,
        range: std::ops::Range<usize>,
        kind: SentenceKind,
        paragraph: u32,
        scratch: &mut Scratch,
        document: &mut Document,
    ) {
        let Scratch { tokens, words, classes, labels, room, search, lower, .. } = scratch;
        let Some(tokens) = tokens.get(range).filter(|tokens| !tokens.is_empty()) else { return };
        let Parts { tags, lemmas, network } = &self.parts;
        words.clear();
        words.extend(tokens.iter().enumerate().map(|(at, token)| Looks::of(token.of(text), at == 0, lower)));
        network.run(words, room);
        network.tag(room, classes);
        search.run(&room.scores);
        network.label(&search.heads, room, labels);

        let first = document.tokens.len() as u32;
        for (((span, class), head), label) in tokens.iter().zip(classes.iter()).zip(&search.heads).zip(labels.iter()) {
            let form = span.of(text);
            let (upos, xpos) = tags.get(usize::from(*class)).copied().unwrap_or((Upos::X, Xpos::Fw));
            let start = document.lemmas.len();
            lemmas.lemma(form, upos, xpos, lower, &mut document.lemmas);
            document.tokens.push(Token {
                span: *span,
                lemma: Span::new(start, document.lemmas.len()),
                head: if *head as usize >= tokens.len() { Token::ROOT } else { first + head },
                deprel: Deprel::ALL.get(usize::from(*label)).copied().unwrap_or(Deprel::Dep),
                upos,
                xpos,
                feats: Feats::default(),
            });
        }
        let sentence = first..document.tokens.len() as u32;
        for at in sentence.clone() {
            let feats = features::of(document, at, &sentence);
            document.tokens[at as usize].feats = feats;
        }
        document.sentences.push(Sentence { span: tokens[0].cover(tokens[tokens.len() - 1]), tokens: sentence, kind, paragraph });
    }
}
