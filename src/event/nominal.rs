//! [`nominal_start`]: where the words of a mention begin.

use crate::actor::Mention;
use crate::syntax::{Deprel, Document, Upos};

/// Where a mention's words begin, past a verb that it swallowed: "telephoned *President Joe Biden*".
pub fn nominal_start(document: &Document, mention: &Mention) -> u32 {
    let token = |at: u32| document.tokens.get(at as usize);
    let held = |at: u32| token(at).is_some_and(|token| mention.span.contains(token.span));
    let mut first = mention.head;
    while first > 0 && held(first - 1) {
        first -= 1;
    }
    let verb = |at: u32| {
        token(at).is_some_and(|token| {
            matches!(token.upos, Upos::Verb | Upos::Aux) && !matches!(token.deprel, Deprel::Amod | Deprel::Compound)
        })
    };
    while verb(first) && held(first + 1) {
        first += 1;
    }
    first
}
