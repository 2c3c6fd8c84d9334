//! The judge: a small encoder that reads a sentence and says of two phrases in it what the first does to the second, where the rules
//! are not sure. It is a MiniLM (Wang et al. 2020) of our own training with weights in eight bits; `config/models/judge.md` is its card.
//!
//! Same sentence and spans, same probabilities: whatever else is in the batch, and on every machine. Products are integers, and the
//! few real-valued steps round one way in a fixed order.

mod arithmetic;
mod forward;
mod linear;
mod model;
mod pieces;

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use forward::{Ends, Sequence, Work};
pub use model::Asking;
use model::{Damaged, Model, OUTPUTS};
use pieces::{Piece, Word};

use super::ontology::{Act, likeliest};
use super::relation::{CLASSES, Judge, Pair, Scores};
use crate::lexicon::LexiconError;
use crate::span::Span;

const FILE: &str = "judge.zst";
/// Pieces of one sentence that are looked at to find the phrases.
const CUT: usize = 512;
/// Pieces that are read together, over several sentences: more would not fit the processor's caches.
const BATCH: usize = 160;
/// Pieces before the phrases that are kept where a sentence is too long to be read whole.
const BEFORE: usize = 12;

/// Two phrases of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked<'a> {
    /// The sentence.
    pub text: &'a str,
    /// In bytes of `text`.
    pub source: Span,
    pub target: Span,
}

/// What the judge holds: probabilities.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verdict {
    /// Which act joins the two, if one does, in the order of [`Act::ALL`].
    pub acts: [f32; OUTPUTS[0]],
    /// That nothing happens between the two; that the first acts on the second; the second on the first; each on the other.
    pub ties: [f32; OUTPUTS[1]],
    /// In the order of [`super::ontology::Status::ALL`].
    pub statuses: [f32; OUTPUTS[2]],
    /// The sentence was too long to be read whole.
    pub cut: bool,
}

impl Verdict {
    /// The likeliest act, and its probability given that there is one.
    pub fn act(&self) -> (Act, f32) {
        likeliest(&self.acts)
    }

    /// The probability that the first acts on the second, be it alone or mutually.
    pub fn acting(&self) -> f32 {
        self.ties[1] + self.ties[3]
    }
}

/// The judge. Shared read-only by all workers.
pub struct Encoder {
    model: Model,
    /// Buffers that no worker uses at the moment.
    idle: Mutex<Vec<Work>>,
}

impl Encoder {
    /// The judge that ships inside the binary.
    pub fn embedded() -> Result<Self, LexiconError> {
        let model = Model::unpack(include_bytes!("../../../config/models/judge.zst")).map_err(damaged)?;
        Ok(Self { model, idle: Mutex::default() })
    }

    /// The same with another branch for articles.
    pub fn with_branch(self, bytes: &[u8]) -> Result<Self, LexiconError> {
        Ok(Self { model: self.model.with_branch(bytes).map_err(damaged)?, ..self })
    }

    /// Appends a verdict for each question to `out`, in order. Questions about one sentence that stand together share its reading.
    pub fn judge(&self, asking: Asking, asked: &[Asked<'_>], out: &mut Vec<Verdict>) {
        let mut word = Word::default();
        let mut pieces = Vec::new();
        let mut batch: Vec<Sequence> = Vec::new();
        let mut cuts: Vec<bool> = Vec::with_capacity(asked.len());
        let mut answers = Vec::with_capacity(asked.len());
        let mut length = 0;
        let mut work = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        for group in asked.chunk_by(|a, b| std::ptr::eq(a.text, b.text)) {
            let Some(first) = group.first() else { continue };
            pieces.clear();
            let all = self.model.pieces.cut(first.text, 0, CUT, &mut word, &mut pieces);
            let room = self.model.longest - 2;
            if pieces.len() <= room {
                let pairs = group.iter().map(|one| ends(&pieces, one)).collect();
                batch.push(self.sequence(&pieces, pairs));
                length += pieces.len() + 2;
                cuts.extend(group.iter().map(|_| !all));
            } else {
                for some in group.chunk_by(|a, b| window(&pieces, a, room) == window(&pieces, b, room)) {
                    let Some(first) = some.first() else { continue };
                    let pieces = pieces.get(window(&pieces, first, room)).unwrap_or(&[]);
                    batch.push(self.sequence(pieces, some.iter().map(|one| ends(pieces, one)).collect()));
                    length += pieces.len() + 2;
                    cuts.extend(some.iter().map(|_| true));
                }
            }
            if length >= BATCH {
                forward::run(&self.model, asking, &batch, &mut work, &mut answers);
                batch.clear();
                length = 0;
            }
        }
        forward::run(&self.model, asking, &batch, &mut work, &mut answers);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(work);
        let [acts, ties] = self.model.way(asking).sharpness;
        out.extend(answers.iter().zip(cuts).map(|(answer, cut)| {
            let (for_acts, rest) = answer.split_at(OUTPUTS[0]);
            let (for_ties, for_statuses) = rest.split_at(OUTPUTS[1]);
            Verdict {
                acts: forward::probabilities(for_acts, acts),
                ties: forward::probabilities(for_ties, ties),
                statuses: forward::probabilities(for_statuses, 1.0),
                cut,
            }
        }));
    }

    fn sequence(&self, pieces: &[Piece], pairs: Vec<Ends>) -> Sequence {
        let known = &self.model.pieces;
        let mut ids = Vec::with_capacity(pieces.len() + 2);
        ids.push(known.start);
        ids.extend(pieces.iter().map(|piece| piece.id));
        ids.push(known.end);
        Sequence { ids, pairs }
    }
}

impl Judge for Encoder {
    fn judge(&self, pairs: &[Pair<'_>], out: &mut Vec<Scores>) {
        let asked = pairs.iter().map(|pair| {
            let whole = pair.document.sentences.get(pair.sentence as usize).map_or(Span::default(), |sentence| sentence.span);
            Asked { text: whole.of(pair.text), source: pair.source.span.within(whole), target: pair.target.span.within(whole) }
        });
        let mut verdicts = Vec::with_capacity(pairs.len());
        self.judge(Asking::Pairs, &asked.collect::<Vec<_>>(), &mut verdicts);
        out.extend(verdicts.iter().map(|verdict| {
            let mut scores = Scores([1.0 - verdict.acting(); CLASSES]);
            for (score, act) in scores.0.iter_mut().zip(verdict.acts) {
                *score = verdict.acting() * act;
            }
            scores
        }));
    }
}

fn damaged(error: Damaged) -> LexiconError {
    LexiconError { file: FILE, line: 0, message: error.to_string() }
}

/// Where the phrases stand among the pieces, counted with the sequence's start; a phrase that is not among them is the start itself.
fn ends(pieces: &[Piece], asked: &Asked<'_>) -> Ends {
    let of = |span: Span| {
        let found = inside(pieces, span);
        if found.is_empty() { 0..1 } else { found.start + 1..found.end + 1 }
    };
    Ends { source: of(asked.source), target: of(asked.target) }
}

/// The pieces that a span touches.
fn inside(pieces: &[Piece], span: Span) -> Range<usize> {
    let start = pieces.partition_point(|piece| piece.span.end <= span.start);
    let end = pieces.partition_point(|piece| piece.span.start < span.end);
    start..end.max(start)
}

/// The part of too long a sentence that is read: from a little before the first phrase.
fn window(pieces: &[Piece], asked: &Asked<'_>, room: usize) -> Range<usize> {
    let (source, target) = (inside(pieces, asked.source), inside(pieces, asked.target));
    let last = source.end.max(target.end);
    let first = source.start.min(target.start);
    let from = if last <= room { 0 } else { first.saturating_sub(BEFORE).min(pieces.len() - room) };
    from..from + room
}

#[cfg(test)]
mod tests;
