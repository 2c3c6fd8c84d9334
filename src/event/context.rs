//! [`Topics`]: what an act is about, from the words of its clause. Vocabulary: `config/lexicon/contexts.tsv`.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use super::clause::Clauses;
use super::ontology::Context;
use crate::lexicon::{self, LexiconError};
use crate::syntax::{Deprel, Upos};

pub(super) struct Topics {
    words: HashMap<Box<str>, Context, FxBuildHasher>,
}

impl Topics {
    pub fn embedded() -> Result<Self, LexiconError> {
        let mut words = HashMap::default();
        for row in lexicon::rows("contexts.tsv", include_str!("../../config/lexicon/contexts.tsv"), 2)? {
            let context = row.parse(1, "a context", Context::parse)?;
            if words.insert(row.fields[0].into(), context).is_some() {
                return Err(row.error(format!("`{}` stands twice", row.fields[0])));
            }
        }
        Ok(Self { words })
    }

    /// The contexts of the clause around `trigger`, added to those in `contexts`; each once, in the vocabulary's order.
    pub fn read(&self, clauses: &Clauses<'_>, trigger: u32, contexts: &mut Vec<Context>) {
        let top = clause_head(clauses, trigger);
        let mut lower = String::new();
        for at in clauses.tokens().filter(|at| matches!(clauses.upos(*at), Upos::Noun | Upos::Adj | Upos::Verb | Upos::Propn)) {
            let lemma = clauses.lemma(at);
            let context = if lemma.bytes().any(|byte| byte.is_ascii_uppercase()) {
                lower.clear();
                lower.extend(lemma.chars().map(|c| c.to_ascii_lowercase()));
                self.words.get(lower.as_str())
            } else {
                self.words.get(lemma)
            };
            let Some(context) = context else { continue };
            if clauses.within(at, top) && clause_head(clauses, at) == top {
                contexts.push(*context);
            }
        }
        contexts.sort_unstable();
        contexts.dedup();
    }
}

/// The head of the clause that `at` stands in: the nearest verb at or above it, infinitives counted with what governs them.
pub(super) fn clause_head(clauses: &Clauses<'_>, at: u32) -> u32 {
    let mut top = at;
    for ancestor in std::iter::once(at).chain(clauses.ancestors(at)) {
        top = ancestor;
        let own = matches!(
            clauses.deprel(ancestor),
            Deprel::Root | Deprel::Ccomp | Deprel::Parataxis | Deprel::AclRelcl | Deprel::Csubj | Deprel::List
        );
        let conjunct =
            clauses.deprel(ancestor) == Deprel::Conj && clauses.is_verb(ancestor) && clauses.subject(ancestor).is_some();
        let adverbial = clauses.deprel(ancestor) == Deprel::Advcl && clauses.subject(ancestor).is_some();
        if own || conjunct || adverbial {
            break;
        }
    }
    top
}
