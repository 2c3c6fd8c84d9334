//! `Article` to [`Document`]: sentences, tokens, tags, lemmas and dependency trees.

mod document;
mod scheme;

pub use document::{Document, Sentence, SentenceKind, Token};
pub use scheme::{Deprel, Feats, Upos, Xpos};
