//! Which date phrase of a sentence belongs to an act: the one that hangs nearest to its trigger in the tree, without leaving what
//! is said for the saying of it.

use super::Phrase;
use crate::event::clause::{Clauses, DEPTH};
use crate::syntax::Deprel;

/// Beyond this many steps a phrase belongs to something else.
const FARTHEST: u32 = 7;

/// The phrase that dates `trigger`.
pub(in crate::event) fn attached<'p>(clauses: &Clauses<'_>, trigger: u32, phrases: &'p [Phrase]) -> Option<&'p Phrase> {
    let at = clauses.token(trigger)?.span;
    let mut best: Option<((u32, u32), &Phrase)> = None;
    for phrase in phrases {
        let Some(top) = clauses.top(phrase.span) else { continue };
        let Some(steps) = steps(clauses, trigger, top).filter(|steps| *steps <= FARTHEST) else { continue };
        let gap = if phrase.span.start >= at.end { phrase.span.start - at.end } else { at.start.saturating_sub(phrase.span.end) };
        if best.is_none_or(|(held, _)| (steps, gap) < held) {
            best = Some(((steps, gap), phrase));
        }
    }
    best.map(|(_, phrase)| phrase)
}

/// Steps between an act and the head of a date phrase; `None` where a border of clauses that date apart stands between them.
fn steps(clauses: &Clauses<'_>, trigger: u32, date: u32) -> Option<u32> {
    let above: Vec<u32> = std::iter::once(trigger).chain(clauses.ancestors(trigger)).take(DEPTH).collect();
    let mut down = 0;
    let mut at = date;
    for _ in 0..DEPTH {
        if let Some(position) = above.iter().position(|ancestor| *ancestor == at) {
            let up: Option<u32> = above.iter().take(position).map(|step| upwards(clauses, *step)).sum();
            return Some(up? + down);
        }
        down += downwards(clauses, at)?;
        at = clauses.head(at)?;
    }
    None
}

/// The cost of leaving `at` for its governor on the way up from the act.
fn upwards(clauses: &Clauses<'_>, at: u32) -> Option<u32> {
    let own_subject = clauses.subject(at).is_some();
    match clauses.deprel(at) {
        // "Said on Saturday that they met": the day of saying.
        Deprel::Ccomp | Deprel::Parataxis | Deprel::List | Deprel::Csubj => None,
        Deprel::AclRelcl => None,
        Deprel::Advcl | Deprel::AdvclRelcl => (!own_subject).then_some(2),
        Deprel::Conj => Some(if own_subject { 4 } else { 2 }),
        _ => Some(1),
    }
}

/// The cost of entering `at` from its governor on the way down to the date.
fn downwards(clauses: &Clauses<'_>, at: u32) -> Option<u32> {
    let own_subject = clauses.subject(at).is_some();
    match clauses.deprel(at) {
        Deprel::Ccomp | Deprel::Parataxis | Deprel::List | Deprel::Csubj => None,
        // "The summit that was held in May": its date is the summit's.
        Deprel::AclRelcl => Some(3),
        Deprel::Advcl | Deprel::AdvclRelcl => (!own_subject).then_some(3),
        Deprel::Conj if clauses.is_verb(at) => Some(if own_subject { 5 } else { 3 }),
        _ => Some(1),
    }
}
