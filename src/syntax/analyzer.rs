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

/// Words that are analysed together, or a few more: enough to use the processor well, few enough for its caches.
const BATCH: usize = 192;

/// What a worker keeps between articles.
#[derive(Default)]
pub struct Scratch {
    tokens: Vec<Span>,
    lengths: Vec<usize>,
    pending: Vec<Pending>,
    words: Vec<Looks>,
    classes: Vec<u16>,
    heads: Vec<u32>,
    labels: Vec<u8>,
    room: Activations,
    search: Search,
    lower: String,
}

/// A sentence whose tokens are known.
struct Pending {
    length: usize,
    kind: SentenceKind,
    paragraph: u32,
}

/// A sentence's tokens and what the network said of them.
struct Said<'a> {
    tokens: &'a [Span],
    classes: &'a [u16],
    /// Governors, which count from the document's token `base`, or [`Token::ROOT`].
    heads: &'a [u32],
    labels: &'a [u8],
    base: u32,
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
            let before = scratch.tokens.len();
            self.tokenizer.cut(text, span, &mut scratch.tokens);
            let tokens = &scratch.tokens[before..];
            if tokens.is_empty() {
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
                    let (whole, rest) = (tokens.len() / segment::LONGEST, tokens.len() % segment::LONGEST);
                    scratch.lengths.extend(std::iter::repeat_n(segment::LONGEST, whole).chain((rest > 0).then_some(rest)));
                }
                SentenceKind::Body => segment::sentences(&self.tokenizer, text, tokens, &mut scratch.lengths),
            }
            let pending = scratch.lengths.iter().map(|length| Pending { length: *length, kind, paragraph });
            scratch.pending.extend(pending);
            paragraph += 1;
            if scratch.tokens.len() >= BATCH {
                self.finish(text, scratch, document);
            }
        }
        self.finish(text, scratch, document);
    }

    /// Tags and parses a sentence whose tokens are given, as spans of `text`. For text that is cut into tokens already.
    pub fn analyze_tokens(&self, text: &str, tokens: &[Span], scratch: &mut Scratch, document: &mut Document) {
        scratch.tokens.extend_from_slice(tokens);
        scratch.pending.push(Pending { length: tokens.len(), kind: SentenceKind::Body, paragraph: 0 });
        self.finish(text, scratch, document);
    }

    /// Analyses the sentences that are pending.
    fn finish(&self, text: &str, scratch: &mut Scratch, document: &mut Document) {
        let Scratch { tokens, lengths, pending, words, classes, heads, labels, room, search, lower } = scratch;
        let (mut tokens_left, mut pending_left) = (tokens.as_slice(), pending.as_slice());
        while !pending_left.is_empty() {
            lengths.clear();
            words.clear();
            while let Some(next) = pending_left.get(lengths.len()).filter(|_| words.len() < BATCH) {
                let (from, length) = (words.len(), next.length);
                let tokens = tokens_left.iter().skip(from).take(length).enumerate();
                words.extend(tokens.map(|(at, token)| Looks::of(token.of(text), at == 0, lower)));
                lengths.push(length);
            }
            self.parts.network.run(words, lengths, room);
            self.parts.network.tag(room, classes);
            heads.clear();
            let mut start = 0;
            for length in &*lengths {
                self.parts.network.score(start..start + length, room);
                search.run(&room.scores);
                let own =
                    search.heads.iter().map(|head| if *head as usize == *length { Token::ROOT } else { start as u32 + head });
                heads.extend(own);
                start += length;
            }
            self.parts.network.label(heads, room, labels);
            let (mut start, base) = (0, document.tokens.len() as u32);
            for pending in &pending_left[..lengths.len()] {
                let range = start..start + pending.length;
                start = range.end;
                let said = Said {
                    tokens: &tokens_left[range.clone()],
                    classes: &classes[range.clone()],
                    heads: &heads[range.clone()],
                    labels: &labels[range],
                    base,
                };
                self.sentence(text, pending, &said, lower, document);
            }
            tokens_left = &tokens_left[start..];
            pending_left = &pending_left[lengths.len()..];
        }
        tokens.clear();
        pending.clear();
    }

    /// Adds a sentence with what the network said of its words.
    fn sentence(&self, text: &str, pending: &Pending, said: &Said<'_>, lower: &mut String, document: &mut Document) {
        let Said { tokens, classes, heads, labels, base } = *said;
        let (Some(first_token), Some(last_token)) = (tokens.first(), tokens.last()) else { return };
        let Parts { tags, lemmas, .. } = &self.parts;
        let first = document.tokens.len() as u32;
        for (((span, class), head), label) in tokens.iter().zip(classes).zip(heads).zip(labels) {
            let form = span.of(text);
            let (upos, xpos) = tags.get(usize::from(*class)).copied().unwrap_or((Upos::X, Xpos::Fw));
            let start = document.lemmas.len();
            lemmas.lemma(form, upos, xpos, lower, &mut document.lemmas);
            document.tokens.push(Token {
                span: *span,
                lemma: Span::new(start, document.lemmas.len()),
                head: if *head == Token::ROOT { Token::ROOT } else { base + head },
                deprel: relation(*label, *head == Token::ROOT),
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
        let span = first_token.cover(*last_token);
        document.sentences.push(Sentence { span, tokens: sentence, kind: pending.kind, paragraph: pending.paragraph });
    }
}

/// The root's relation is its own alone; the network tells it apart in all but scraps of punctuation.
fn relation(label: u8, root: bool) -> Deprel {
    match Deprel::ALL.get(usize::from(label)) {
        _ if root => Deprel::Root,
        None | Some(Deprel::Root) => Deprel::Dep,
        Some(relation) => *relation,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_has_the_same_tree_whatever_was_read_before_or_beside_it() {
        let analyzer = Analyzer::embedded().expect("the model is whole");
        let sentences = [
            "Kenya and Ethiopia agreed on Tuesday to reopen the crossing at Moyale, officials in Nairobi said.",
            "Who?",
            "Somalia condemned the accord and recalled its ambassador from Kenya (again).",
        ];
        let text = sentences.repeat(40).join("\n");
        let (mut scratch, mut document) = (Scratch::default(), Document::default());
        analyzer.analyze(&text, None, &mut scratch, &mut document);
        assert_eq!(document.sentences.len(), 120);
        for (at, sentence) in document.sentences.iter().enumerate() {
            let mut alone = Document::default();
            analyzer.analyze(sentences[at % 3], None, &mut Scratch::default(), &mut alone);
            let first = sentence.tokens.start;
            let tokens = &document.tokens[first as usize..sentence.tokens.end as usize];
            assert_eq!(tokens.len(), alone.tokens.len());
            for (token, other) in tokens.iter().zip(&alone.tokens) {
                let head = if token.head == Token::ROOT { Token::ROOT } else { token.head - first };
                assert_eq!((token.xpos, token.deprel, head), (other.xpos, other.deprel, other.head), "{at}");
            }
        }
    }
}
