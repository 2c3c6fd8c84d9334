//! What the first of two phrases does to the second, as a learned model holds it: [`Judge`] is the seam, `pairs + trees -> class
//! scores`, batched and optional; behind it stand models from the cheapest to the dearest.
//!
//! A model sees what the frames found and is not bound by it. It gives probabilities only: what is coded from them, and which
//! status it has, is for the caller to decide.

mod classify;
mod features;
pub mod hash;
mod linear;
mod reader;
mod template;
pub mod train;
mod words;

pub use classify::{Classifier, Reader, Verdict};
pub use features::Features;
pub use linear::{Linear, NONE, OUTPUTS, Weights, output};
pub use words::{WIDTH, Words};

use super::ontology::{Act, Mode, Quad, Status, likeliest};
use crate::span::Span;
use crate::syntax::Document;

/// A phrase that one party is named by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// In bytes of [`Pair::text`].
    pub span: Span,
    /// Index into the document's tokens: the word that governs the others.
    pub head: u32,
}

/// What a frame found between two phrases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    pub act: Act,
    pub mode: Option<Mode>,
    pub status: Status,
    /// The PLOVER class that follows from act and status.
    pub class: Act,
    /// Index into the document's tokens.
    pub trigger: u32,
    pub reciprocal: bool,
    /// The frame's triggers and template, for the explanation.
    pub frame: &'static str,
}

/// A question: what does the source do to the target?
#[derive(Clone, Copy, Debug)]
pub struct Pair<'a> {
    /// The text that `document` is the analysis of.
    pub text: &'a str,
    pub document: &'a Document,
    /// Index of the sentence in which the source is named.
    pub sentence: u32,
    pub source: Phrase,
    pub target: Phrase,
    /// What the frames say the source does to the target, and the target to the source.
    pub hit: Option<Hit>,
    pub back: Option<Hit>,
}

/// Number of classes: the acts, and none.
pub const CLASSES: usize = Act::ALL.len() + 1;

/// The probability of each class, which sum to 1. Acts are PLOVER classes here: a planned visit is AGREE.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scores(
    /// In the order of [`Act::ALL`]; none comes last.
    pub [f32; CLASSES],
);

impl Scores {
    pub fn of(&self, class: Act) -> f32 {
        self.0[class as usize]
    }

    /// The probability that the one does nothing to the other.
    pub fn none(&self) -> f32 {
        self.0[CLASSES - 1]
    }

    /// The likeliest act, none left out; of two that are as likely the one that [`Act::ALL`] names first.
    pub fn best(&self) -> (Act, f32) {
        likeliest(&self.0)
    }

    /// The probability of a quad class.
    pub fn quad(&self, quad: Quad) -> f32 {
        Act::ALL.iter().filter(|act| super::codes::quad(**act) == quad).map(|act| self.of(*act)).sum()
    }
}

/// A model of what the first of two phrases does to the second.
pub trait Judge: Send + Sync {
    /// Appends one [`Scores`] for each pair to `out`, in the order of `pairs`. A pair's scores do not depend on the others in its
    /// batch. Pairs may come from any number of documents.
    fn judge(&self, pairs: &[Pair<'_>], out: &mut Vec<Scores>);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_act_is_never_none_and_quads_add_up() {
        let mut scores = Scores([0.02; CLASSES]);
        scores.0[CLASSES - 1] = 0.38;
        scores.0[Act::Aid as usize] = 0.3;
        assert_eq!(scores.best(), (Act::Aid, 0.3));
        let quads = [Quad::VerbalCooperation, Quad::MaterialCooperation, Quad::VerbalConflict, Quad::MaterialConflict];
        let sum: f32 = quads.iter().map(|quad| scores.quad(*quad)).sum();
        assert!((sum + scores.none() - 0.98).abs() < 1e-4, "{sum}");
        assert_eq!(Scores([0.0; CLASSES]).best().0, Act::ALL[0]);
    }
}
