//! `Article` to [`Document`]: sentences, tokens, tags, lemmas and dependency trees.

mod analyzer;
pub mod conllu;
mod document;
mod lemma;
mod parser;
mod perceptron;
mod scheme;
pub mod score;
mod segment;
mod tagger;
mod tokenize;
pub mod train;

pub use analyzer::{Analyzer, ModelError, Parts, Scratch};
pub use document::{Document, Sentence, SentenceKind, Token};
pub use scheme::{Deprel, Feats, Upos, Xpos};
