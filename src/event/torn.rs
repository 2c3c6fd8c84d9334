//! Conjuncts that open a clause of their own, where the parser hung them on a noun of the clause before: "a hospital in Iskenderun, and
//! *Ukraine* has dispatched rescuers".

use super::tree::Tree;
use crate::syntax::{Deprel, Upos, Xpos};

/// Words between the conjunct and its verb.
const NEAR: u32 = 12;

impl Tree<'_> {
    /// The verb whose subject `conjunct` is, though the tree makes it the fellow of a noun before it.
    pub fn torn(&self, conjunct: u32) -> Option<u32> {
        if self.deprel(conjunct) != Deprel::Conj || self.mention(conjunct).is_none() {
            return None;
        }
        let (joined, comma) = self.behind_and(conjunct);
        // "A vessel, and Lithuania and *Latvia* have": what stands beside a subject shares its verb.
        let shares = || self.head(conjunct).is_some_and(|head| head < conjunct && self.torn(head).is_some());
        if !joined || shares() {
            return None;
        }
        // "Expelled two diplomats and *Moscow vowed*": without a comma the verb stands right behind its subject.
        let (mut beside, mut fellow) = (true, false);
        for at in conjunct + 1..conjunct + NEAR {
            // "Lent a vessel, and *Lithuania* and Latvia have sent": two that share a verb.
            if comma && !fellow && self.document.lemma(at) == "and" && at <= conjunct + 4 {
                fellow = true;
                continue;
            }
            if self.upos(at) == Upos::Cconj || self.document.tokens.get(at as usize).is_none() || self.stops(at) {
                return None;
            }
            if matches!(self.xpos(at), Xpos::Vbd | Xpos::Vbz | Xpos::Vbp | Xpos::Md) {
                let main = match self.head(at) {
                    Some(head) if matches!(self.deprel(at), Deprel::Aux | Deprel::AuxPass | Deprel::Cop) => head,
                    _ => at,
                };
                let own =
                    comma || beside && self.deprel(main) == Deprel::Conj && self.head(main).is_some_and(|head| head < conjunct);
                return (own && main > conjunct && self.own_subject(main).is_none()).then_some(main);
            }
            beside &= matches!(self.upos(at), Upos::Adv | Upos::Part | Upos::Propn);
        }
        None
    }

    /// The conjunct before `verb` that is its subject all the same.
    pub fn torn_subject(&self, verb: u32) -> Option<u32> {
        (verb.saturating_sub(NEAR)..verb).find(|at| self.torn(*at) == Some(verb))
    }

    /// "A step *Tashkent* welcomed": the subject of a relative clause that the parser took for what explains its noun.
    pub fn lost_subject(&self, verb: u32) -> Option<u32> {
        let noun = self.head(verb)?;
        let finite = matches!(self.xpos(verb), Xpos::Vbd | Xpos::Vbz | Xpos::Vbp);
        let beside = |child: &u32| self.deprel(*child) == Deprel::Appos && *child + 1 == verb && self.mention(*child).is_some();
        self.children(noun).find(beside).filter(|_| finite && self.mention(noun).is_none())
    }

    /// "The presidents *conferred* by telephone": in a whole sentence a past tense without an auxiliary and without an agent is no passive,
    /// whatever the parser makes of its subject.
    pub fn acts_after_all(&self, verb: u32) -> bool {
        let bare = self.children(verb).all(|child| !matches!(self.deprel(child), Deprel::Aux | Deprel::AuxPass));
        let past = matches!(self.xpos(verb), Xpos::Vbd | Xpos::Vbn) && self.deprel(verb) == Deprel::Root;
        let agent = || self.preposition(verb, self.words.by).any(|by| self.mention(by).is_some());
        past && bare && self.is_full(verb) && !agent()
    }

    fn stops(&self, at: u32) -> bool {
        matches!(self.document.lemma(at), ";" | ":" | "." | "!" | "?")
    }

    /// Whether an "and" stands before the phrase of `token`, and a comma before that.
    fn behind_and(&self, token: u32) -> (bool, bool) {
        let mut at = token;
        while at > 0 && token - at < 4 && matches!(self.upos(at - 1), Upos::Det | Upos::Adj | Upos::Propn) {
            at -= 1;
        }
        let joined = at >= 2 && self.document.lemma(at - 1) == "and";
        (joined, joined && self.document.lemma(at - 2) == ",")
    }
}
