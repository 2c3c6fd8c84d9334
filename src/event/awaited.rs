//! What its clause only waits for: "will sign *once Paris pays*", "*should Chad invade*", "in the event that *Turkey attacks*". Such a clause
//! has the present tense, or that of "had" and "were", and nothing in it has taken place.

use super::clause::DEPTH;
use super::cues::Roles;
use super::ontology::Status;
use super::status::StatusReader;
use crate::syntax::{Deprel, Upos, Xpos};

impl StatusReader<'_> {
    /// The status of an act in a clause of time or condition that another clause waits for; `None` where it stands in no such clause.
    pub fn awaited(&self, trigger: u32) -> Option<Status> {
        let clauses = self.clauses;
        let mut at = trigger;
        for _ in 0..DEPTH {
            let (relation, head) = (clauses.deprel(at), clauses.head(at)?);
            let clause = matches!(relation, Deprel::Advcl | Deprel::Acl | Deprel::AclRelcl | Deprel::Ccomp);
            if clause && clauses.is_verb(at) {
                return self.of_clause(at, head);
            }
            at = head;
        }
        None
    }

    /// The same of the clause headed by `verb`, which hangs on `head`.
    fn of_clause(&self, verb: u32, head: u32) -> Option<Status> {
        let clauses = self.clauses;
        // "Provided that Oslo pays", "in the event that Oslo pays".
        let that = clauses.markers(verb).any(|marker| clauses.lemma(marker) == "that");
        if that && self.roles(head).has(Roles::CONDITION.or(Roles::PROVISO)) {
            return Some(Status::Conditional);
        }
        if clauses.deprel(verb) != Deprel::Advcl {
            return None;
        }
        let opens = |child: u32| matches!(clauses.deprel(child), Deprel::Mark | Deprel::Advmod) && child < verb;
        let introduced = |role: Roles| {
            let mut openers = clauses.children(verb).filter(|child| opens(*child));
            openers.any(|child| self.cues.of(clauses.lemma(child)).has(role))
        };
        // "As soon as Oslo pays": the clause hangs on the adverb.
        let soon = clauses.upos(head) == Upos::Adv && self.cues.of(clauses.lemma(head)).has(Roles::AWAIT);
        let main = if soon { clauses.head(head)? } else { head };
        let (waits, time) = (soon || introduced(Roles::AWAIT), introduced(Roles::TIME));
        let modal = |role: Roles| {
            let mut auxiliaries = clauses.children(main).filter(|child| clauses.deprel(*child) == Deprel::Aux);
            auxiliaries.any(|child| self.cues.of(clauses.lemma(child)).has(role))
        };
        // "Is to sign", "agreed to sign".
        let promised = clauses.markers(main).any(|marker| clauses.lemma(marker) == "to");
        let ahead = modal(Roles::COMING) || promised;
        match (waits, time) {
            (true, _) if ahead && (self.is_present(verb) || modal(Roles::WOULD)) => Some(Status::Conditional),
            (_, true) if ahead && self.is_present(verb) => Some(Status::Anticipated),
            _ => None,
        }
    }

    /// "Pays", "has paid", "is paid".
    fn is_present(&self, verb: u32) -> bool {
        let present = |at: u32| matches!(self.clauses.xpos(at), Xpos::Vbz | Xpos::Vbp);
        let carried = |child: &u32| matches!(self.clauses.deprel(*child), Deprel::Aux | Deprel::AuxPass | Deprel::Cop);
        let mut auxiliaries = self.clauses.children(verb).filter(carried).peekable();
        match auxiliaries.peek() {
            Some(_) => auxiliaries.any(present),
            None => present(verb),
        }
    }

    /// The comma that closes a condition without a conjunction at the head of the sentence: "*should* Oslo pay, ...", "*had* Oslo paid, ...", "*were*
    /// Oslo to pay, ...".
    pub fn inversion(&self) -> Option<u32> {
        let clauses = self.clauses;
        let tokens = clauses.tokens();
        let (first, last) = (tokens.start, tokens.end.saturating_sub(1));
        let opens = clauses.upos(first) == Upos::Aux
            && self.cues.of(clauses.lemma(first)).has(Roles::INVERT)
            && !matches!(clauses.xpos(first), Xpos::Vbz | Xpos::Vbp)
            && clauses.lemma(last) != "?";
        if opens { (first + 1..last).find(|at| clauses.lemma(*at) == ",") } else { None }
    }

    /// "Had been due to meet", "had hoped to sign": what was to come when something else came.
    pub fn has_lapsed(&self, cue: u32) -> bool {
        let had = |child: u32| {
            self.clauses.lemma(child) == "have"
                && self.clauses.xpos(child) == Xpos::Vbd
                && self.clauses.deprel(child) == Deprel::Aux
        };
        self.cues.of(self.clauses.lemma(cue)).has(Roles::LAPSE) && self.clauses.children(cue).any(had)
    }
}
