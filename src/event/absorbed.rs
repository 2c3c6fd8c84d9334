//! Which of a sentence's matches tell nothing of their own, since another tells it with them: the noun of a light verb, a visit within an
//! arrival, a denial beside the deed that it denies.

use super::candidate::Candidate;
use super::frame::Kind;
use super::matcher::Match;
use super::ontology::Act;
use super::tree::Tree;
use crate::actor::ActorCode;
use crate::syntax::{Deprel, Xpos};

/// A match is told by another that holds its word, where both join the same two actors: "imposed sanctions" by "imposed", "agreed to
/// cooperate" by "agreed".
pub fn is_absorbed(tree: &Tree<'_>, matched: &[Match], denials: &[bool], at: usize) -> bool {
    let this = &matched[at];
    matched.iter().zip(denials).any(|(other, denial)| {
        if is_purpose(tree, this, other) {
            return true;
        }
        other.word != this.word
            && !denial
            && other.anchors.tokens().contains(&this.word)
            && !(this.kind == Kind::Verb && other.kind == Kind::Noun)
            && dyad(&other.candidate) == dyad(&this.candidate)
            // "Telephoned him to thank him": a call, and what is said in it.
            && !(other.candidate.act == Act::Consult && this.candidate.act != Act::Consult && this.kind == Kind::Verb)
            // "Declined a Finnish request": two acts, each by another.
            && (other.candidate.reciprocal
                || this.candidate.reciprocal
                // "Offers Turkey condolences": what the verb gives is no other act of the one it is given to.
                || given(tree, this, other)
                || other.candidate.source.actor == this.candidate.source.actor)
    })
}

/// "Sent doctors *to help fight* cholera": what help is given for is that help.
fn is_purpose(tree: &Tree<'_>, this: &Match, other: &Match) -> bool {
    let helps = this.candidate.act == Act::Aid && matches!(other.candidate.act, Act::Aid | Act::Agree);
    if !helps || this.kind != Kind::Verb || dyad(&other.candidate) != dyad(&this.candidate) {
        return false;
    }
    // "Pledged money *for rebuilding* schools".
    let purpose = match tree.xpos(this.word) {
        Xpos::Vb => tree.words.to,
        Xpos::Vbg => tree.words.r#for,
        _ => return false,
    };
    if !matches!(tree.deprel(this.word), Deprel::Advcl | Deprel::Acl | Deprel::Xcomp) || !tree.under(this.word, purpose) {
        return false;
    }
    let above = tree.head(this.word);
    let given = above.filter(|head| tree.kind(*head) == Some(Kind::Noun)).and_then(|noun| tree.head(noun));
    above == Some(other.word) || given == Some(other.word)
}

/// Whether `noun` names what `verb` gives, of which it may seem the giver to whom it is given.
fn given(tree: &Tree<'_>, noun: &Match, verb: &Match) -> bool {
    let phrase = tree.phrase(noun.word);
    (noun.kind, verb.kind) == (Kind::Noun, Kind::Verb)
        && noun.candidate.act == verb.candidate.act
        && matches!(noun.candidate.act, Act::Support | Act::Consult)
        && (tree.deprel(phrase), tree.head(phrase)) == (Deprel::Obj, Some(verb.word))
}

/// A denial whose denied deed is coded itself: "denied bombing Chad" is the deed, denied.
pub fn is_denial(matched: &[Match], at: usize) -> bool {
    let this = &matched[at];
    let inside = |other: &&Match| other.word != this.word && this.anchors.tokens().contains(&other.word);
    this.candidate.act == Act::Reject
        && this.denies
        && matched.iter().filter(inside).any(|other| {
            dyad(&other.candidate) == dyad(&this.candidate)
                && other.candidate.source.actor == this.candidate.source.actor
                // "Denied backing the rebels" is no friendly word that was not said.
                && !matches!(other.candidate.act, Act::Support | Act::Agree | Act::Cooperate)
        })
}

/// The two, in the order of their codes.
pub fn dyad(candidate: &Candidate) -> (ActorCode, ActorCode) {
    let (a, b) = (candidate.source.actor, candidate.target.actor);
    (a.min(b), a.max(b))
}
