//! Which date phrase of a sentence belongs to an act: the one that hangs nearest to its trigger in the tree, without leaving what
//! is said for the saying of it.

use super::Phrase;
use crate::event::clause::{Clauses, DEPTH};
use crate::syntax::Deprel;

/// A clause that they open happens when the one above it does.
const SAME_TIME: [&str; 3] = ["when", "as", "while"];
/// What they introduce has a date of its own: "after the war of 2014", "ahead of Friday's vote".
const OTHER_TIME: [&str; 8] = ["before", "after", "ahead", "since", "until", "following", "over", "despite"];
/// "The early hours of Friday" are on Friday; but "the war of 2014" is not when it is spoken of.
const TIMES: [&str; 13] =
    ["hour", "day", "morning", "afternoon", "evening", "night", "week", "month", "half", "part", "start", "end", "eve"];

/// Acts that happen when their object comes to be.
const MAKING: [&str; 12] =
    ["sign", "broker", "conclude", "reach", "strike", "hold", "host", "mediate", "initial", "negotiate", "attend", "convene"];

/// Beyond this many steps a phrase belongs to something else.
const FARTHEST: u32 = 7;

/// The phrase that dates `trigger`.
pub(in crate::event) fn attached<'p>(clauses: &Clauses<'_>, trigger: u32, phrases: &'p [Phrase]) -> Option<&'p Phrase> {
    let at = clauses.token(trigger)?.span;
    let mut best: Option<((u32, u32), &Phrase)> = None;
    for phrase in phrases {
        let Some(top) = clauses.top(phrase.span) else { continue };
        if phrase.modifies && !is_dated_by(clauses, trigger, top) {
            continue;
        }
        let Some(steps) = steps(clauses, trigger, top).filter(|steps| *steps <= FARTHEST) else { continue };
        let gap = if phrase.span.start >= at.end { phrase.span.start - at.end } else { at.start.saturating_sub(phrase.span.end) };
        if best.is_none_or(|(held, _)| (steps, gap) < held) {
            best = Some(((steps, gap), phrase));
        }
    }
    best.map(|(_, phrase)| phrase)
}

/// The phrase that dates the saying of what `trigger` tells, where the sentence has no other: "said on Wednesday that it would leave".
pub(in crate::event) fn announced<'p>(clauses: &Clauses<'_>, trigger: u32, phrases: &'p [Phrase]) -> Option<&'p Phrase> {
    let said = std::iter::once(trigger).chain(clauses.ancestors(trigger));
    let said = said.into_iter().find(|at| matches!(clauses.deprel(*at), Deprel::Ccomp | Deprel::Parataxis))?;
    let saying = match clauses.deprel(said) {
        Deprel::Parataxis => said,
        _ => clauses.head(said)?,
    };
    // "They will meet, a spokesman said on Tuesday": the saying stands beside.
    let beside = clauses.child(saying, |relation| relation == Deprel::Parataxis);
    attached(clauses, saying, phrases).or_else(|| attached(clauses, beside?, phrases))
}

/// "The 2015 attack": the act itself; "brokered the 2015 accord": an act that makes what bears the year.
fn is_dated_by(clauses: &Clauses<'_>, trigger: u32, year: u32) -> bool {
    let dated = clauses.head(year);
    let makes = || MAKING.contains(&clauses.lemma(trigger)) && dated.and_then(|dated| clauses.head(dated)) == Some(trigger);
    dated == Some(trigger) || makes()
}

/// Steps between an act and the head of a date phrase; `None` where a border of clauses that date apart stands between them.
fn steps(clauses: &Clauses<'_>, trigger: u32, date: u32) -> Option<u32> {
    let above: Vec<u32> = std::iter::once(trigger).chain(clauses.ancestors(trigger)).take(DEPTH).collect();
    let mut down = 0;
    let mut at = date;
    for _ in 0..DEPTH {
        if let Some(position) = above.iter().position(|ancestor| *ancestor == at) {
            let up: Option<u32> = above.iter().take(position).map(|step| upwards(clauses, *step, date)).sum();
            return Some(up? + down);
        }
        down += downwards(clauses, at, trigger)?;
        if at != date && clauses.markers(at).any(|marker| OTHER_TIME.contains(&clauses.lemma(marker))) {
            return None;
        }
        at = clauses.head(at)?;
    }
    None
}

/// The cost of leaving `at` for its governor on the way up from the act.
fn upwards(clauses: &Clauses<'_>, at: u32, date: u32) -> Option<u32> {
    let own_subject = clauses.subject(at).is_some();
    let together = || clauses.children(at).any(|child| SAME_TIME.contains(&clauses.lemma(child)) && child < at);
    match clauses.deprel(at) {
        // "Said on Saturday that they met": the day of saying.
        Deprel::Ccomp | Deprel::Parataxis | Deprel::List | Deprel::Csubj => None,
        // "In 2021, when it recalled its envoys".
        Deprel::AclRelcl | Deprel::Advcl | Deprel::AdvclRelcl if clauses.head(at) == Some(date) => Some(1),
        Deprel::AclRelcl => None,
        Deprel::Advcl | Deprel::AdvclRelcl if own_subject && together() => Some(3),
        Deprel::Advcl | Deprel::AdvclRelcl => (!own_subject).then_some(2),
        Deprel::Conj => Some(if own_subject { 4 } else { 2 }),
        _ => Some(1),
    }
}

/// The cost of entering `at` from its governor on the way down to the date.
fn downwards(clauses: &Clauses<'_>, at: u32, trigger: u32) -> Option<u32> {
    let own_subject = clauses.subject(at).is_some();
    let head = clauses.head(at);
    let of = || clauses.markers(at).any(|marker| clauses.lemma(marker) == "of");
    match clauses.deprel(at) {
        Deprel::Ccomp | Deprel::Parataxis | Deprel::List | Deprel::Csubj => None,
        // "The summit that was held in May": its date is the summit's, and nobody else's.
        Deprel::Acl | Deprel::AclRelcl => (head == Some(trigger)).then_some(2),
        Deprel::Nmod if of() && head != Some(trigger) => {
            head.is_some_and(|head| TIMES.contains(&clauses.lemma(head)) || clauses.is_verb(head)).then_some(1)
        }
        Deprel::Advcl | Deprel::AdvclRelcl => (!own_subject).then_some(3),
        Deprel::Conj if clauses.is_verb(at) => Some(if own_subject { 5 } else { 3 }),
        _ => Some(1),
    }
}
