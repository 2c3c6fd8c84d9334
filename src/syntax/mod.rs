//! `Article` to [`Document`]: sentences, tokens, tags, lemmas and dependency trees.

mod analyzer;
mod arcs;
pub mod conllu;
mod document;
pub mod drawing;
mod features;
pub(crate) mod kernel;
pub(crate) mod lanes;
mod lemma;
mod memo;
mod model;
mod network;
mod scheme;
pub mod score;
mod segment;
mod tokenize;
pub mod train;
mod tree;
mod vocabulary;
mod weights;
mod word;

pub use analyzer::{Analyzer, ModelError, Scratch};
pub use document::{Document, Sentence, SentenceKind, Token};
pub use model::Parts;
pub use scheme::{Deprel, Feats, Upos, Xpos};
