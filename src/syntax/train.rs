//! The Rust end of training: lemmas learnt from treebanks, packed with the network that `config/models/training/syntax` trains.

use super::analyzer::ModelError;
use super::conllu::Gold;
use super::lemma::Lemmas;
use super::model;

/// The packed model of `network` and `tags`, as the training program exports them, with the lemmas of `gold`.
///
/// # Errors
/// Where the parts do not fit each other.
pub fn train(gold: &[Gold], tags: &str, network: &[u8]) -> Result<Vec<u8>, ModelError> {
    let words = gold.iter().flat_map(|s| s.tokens.iter().map(|t| (t.span.of(&s.text), t.upos, t.xpos, t.lemma.as_str())));
    model::pack(tags, &Lemmas::learn(words), network)
}
