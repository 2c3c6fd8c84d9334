//! [`Analyzer`]: the steps of `syntax` in order, and the model file they read.

use super::document::{Document, Sentence, SentenceKind, Token};
use super::lemma::Lemmas;
use super::parser;
use super::perceptron::Model;
use super::scheme::{Deprel, Feats, Upos, Xpos};
use super::segment;
use super::tagger::{self, Known, Tags, Word};
use super::tokenize::Tokenizer;
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

/// What training makes and the model file holds.
pub struct Parts {
    pub tags: Tags,
    pub known: Known,
    pub lemmas: Lemmas,
    pub tagger: Model,
    pub parser: parser::Models,
}

/// What a worker keeps between articles.
#[derive(Default)]
pub struct Scratch {
    tokens: Vec<Span>,
    lengths: Vec<usize>,
    words: Vec<Word>,
    classes: Vec<u16>,
    features: Vec<u32>,
    scores: Vec<i32>,
    lower: String,
    state: parser::State,
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
        let Scratch { tokens, words, classes, features, scores, lower, state, .. } = scratch;
        let Some(tokens) = tokens.get(range).filter(|tokens| !tokens.is_empty()) else { return };
        let parts = &self.parts;
        words.clear();
        words.extend(tokens.iter().map(|token| Word::of(token.of(text), |hash| parts.known.of(hash))));
        tagger::tag(&parts.tagger, words, classes, features, scores);
        parser::parse(&parts.parser, words, classes, state);

        let first = document.tokens.len() as u32;
        for ((span, class), arc) in tokens.iter().zip(classes.iter()).zip(&state.arcs) {
            let form = span.of(text);
            let (upos, xpos) = parts.tags.get(usize::from(*class)).copied().unwrap_or((Upos::X, Xpos::Fw));
            let start = document.lemmas.len();
            parts.lemmas.lemma(form, upos, xpos, lower, &mut document.lemmas);
            document.tokens.push(Token {
                span: *span,
                lemma: Span::new(start, document.lemmas.len()),
                head: if arc.head as usize >= tokens.len() { Token::ROOT } else { first + arc.head },
                deprel: Deprel::ALL.get(usize::from(arc.label)).copied().unwrap_or(Deprel::Dep),
                upos,
                xpos,
                feats: Feats::default(),
            });
        }
        let sentence = first..document.tokens.len() as u32;
        for at in sentence.clone() {
            let feats = features_of(document, at, &sentence);
            document.tokens[at as usize].feats = feats;
        }
        document.sentences.push(Sentence { span: tokens[0].cover(tokens[tokens.len() - 1]), tokens: sentence, kind, paragraph });
    }
}

/// Morphological features, from the Penn tag, the lemma and the relations around the word.
fn features_of(document: &Document, at: u32, sentence: &std::ops::Range<u32>) -> Feats {
    let token = document.tokens[at as usize];
    let mut feats = match token.xpos {
        Xpos::Vbd => Feats::PAST.with(Feats::FINITE),
        Xpos::Vbn => Feats::PAST.with(Feats::PARTICIPLE),
        Xpos::Vbg => Feats::PRESENT.with(if token.upos == Upos::Noun { Feats::GERUND } else { Feats::PARTICIPLE }),
        Xpos::Vbz => Feats::PRESENT.with(Feats::FINITE).with(Feats::SINGULAR),
        Xpos::Vbp => Feats::PRESENT.with(Feats::FINITE),
        Xpos::Vb => Feats::INFINITIVE,
        Xpos::Md => Feats::FINITE,
        Xpos::Nn | Xpos::Nnp => Feats::SINGULAR,
        Xpos::Nns | Xpos::Nnps => Feats::PLURAL,
        Xpos::Pos | Xpos::Prps | Xpos::Wps => Feats::POSSESSIVE,
        _ => Feats::default(),
    };
    if matches!(document.lemma(at), "not" | "n't" | "no" | "never" | "neither" | "nor") {
        feats = feats.with(Feats::NEGATIVE);
    }
    // A passive shows in its dependents; they stand close by, and a bound keeps long sentences linear.
    const REACH: u32 = 40;
    if token.xpos == Xpos::Vbn {
        let near = at.saturating_sub(REACH).max(sentence.start)..(at + REACH).min(sentence.end);
        let passive = |other: u32| {
            let other = &document.tokens[other as usize];
            other.head == at && matches!(other.deprel, Deprel::AuxPass | Deprel::NsubjPass | Deprel::CsubjPass | Deprel::OblAgent)
        };
        if matches!(token.deprel, Deprel::Acl) || near.into_iter().any(passive) {
            feats = feats.with(Feats::PASSIVE);
        }
    }
    feats
}

/// First bytes of the model file, before packing.
const MAGIC: &[u8] = b"entente syntax 1\n";
/// No model is as large; a damaged file asks for no more.
const LARGEST: usize = 256 << 20;

impl Parts {
    pub fn pack(&self, weights: [&[i16]; 3]) -> Result<Vec<u8>, ModelError> {
        let mut plain = MAGIC.to_vec();
        let mut section = |bytes: &[u8]| {
            plain.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
            plain.extend_from_slice(bytes);
        };
        let tags: Vec<String> = self.tags.iter().map(|(upos, xpos)| format!("{upos} {xpos}")).collect();
        section(tags.join("\n").as_bytes());
        section(
            &self.known.0.iter().flat_map(|(hash, class)| [hash.to_le_bytes(), class.to_le_bytes()].concat()).collect::<Vec<_>>(),
        );
        section(self.lemmas.write().as_bytes());
        for weights in weights {
            section(&weights.iter().flat_map(|weight| weight.to_le_bytes()).collect::<Vec<_>>());
        }
        Ok(zstd::encode_all(plain.as_slice(), 19)?)
    }

    pub fn unpack(file: &[u8]) -> Result<Self, ModelError> {
        let plain = zstd::bulk::decompress(file, LARGEST)?;
        let mut rest = plain.strip_prefix(MAGIC).ok_or(ModelError::Damaged("it is of another kind or version"))?;
        let mut section = || {
            let short = ModelError::Damaged("it is cut short");
            let (length, after) = rest.split_first_chunk::<4>().ok_or(ModelError::Damaged("it is cut short"))?;
            let (bytes, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or(short)?;
            rest = after;
            Ok::<&[u8], ModelError>(bytes)
        };
        let text = |bytes| std::str::from_utf8(bytes).map_err(|_| ModelError::Damaged("a table is not UTF-8"));
        let tags = text(section()?)?
            .lines()
            .map(|line| line.split_once(' ').and_then(|(upos, xpos)| Some((Upos::parse(upos)?, Xpos::parse(xpos)?))));
        let tags: Tags = tags.collect::<Option<_>>().ok_or(ModelError::Damaged("it has an unknown tag"))?;
        let number = |bytes: &[u8]| bytes.first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
        let known = Known(section()?.chunks_exact(8).map(|pair| (number(pair), number(&pair[4..]))).collect());
        let lemmas = Lemmas::read(text(section()?)?).ok_or(ModelError::Damaged("a lemma's line is damaged"))?;
        let weights = |bytes: &[u8]| bytes.as_chunks().0.iter().map(|bytes| i16::from_le_bytes(*bytes)).collect::<Vec<_>>();
        let tagger =
            Model::new(tags.len(), weights(section()?)).ok_or(ModelError::Damaged("the tagger's weights do not fit its tags"))?;
        let moves = Model::new(parser::MOVES, weights(section()?))
            .ok_or(ModelError::Damaged("the parser's weights do not fit its moves"))?;
        let labels = Model::new(parser::LABELS, weights(section()?))
            .ok_or(ModelError::Damaged("the parser's weights do not fit its labels"))?;
        let parser = parser::Models { moves, labels };
        Ok(Self { tags, known, lemmas, tagger, parser })
    }
}
