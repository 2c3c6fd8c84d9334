//! What stands above a predicate: "*halted* its attacks", "*refused* to meet", "*threatened* to bomb", "*demanded* that troops leave".

use super::candidate::Candidate;
use super::cues::Roles;
use super::frame::Kind;
use super::matcher::{Match, Matcher};
use super::ontology::{Act, Mode};
use super::operator::Operator;
use super::reach::Wanted;
use super::trace::Dropped;
use super::tree::DEPTH;
use crate::syntax::{Deprel, Feats, Xpos};

impl Matcher<'_> {
    /// Turns a match into the act that its governors make of it, or says why nothing is left. `unreal` are the sentence's words
    /// whose complement is not told as a fact, `told` its verbs that tell an act: "called them to offer help" offers it.
    pub fn operate(&self, found: &mut Match, unreal: &[u32], told: &[(u32, Act)]) -> Option<Dropped> {
        let tree = self.tree;
        if self.is_aim(found) {
            return Some(Dropped::Unreal);
        }
        let mut at = tree.phrase(found.word);
        let mut near = true;
        // "Asked for help towards the end *of the abductions* by Chad": what another noun is about has happened.
        let made = matches!(found.candidate.act, Act::Assault | Act::Coerce) && found.kind == Kind::Noun;
        let definite =
            made && tree.children(at).any(|child| tree.deprel(child) == Deprel::Det && tree.document.lemma(child) == "the");
        let mut nested = 0;
        for _ in 0..2 * DEPTH {
            let head = tree.head(at)?;
            let relation = tree.deprel(at);
            match relation {
                Deprel::Advcl if self.is_condition(at) => return Some(Dropped::Unreal),
                Deprel::AclRelcl | Deprel::Appos | Deprel::Parataxis | Deprel::List | Deprel::NsubjOuter => return None,
                Deprel::Advcl if !tree.under(at, tree.words.r#for) && self.is_finite(at) => return None,
                // "After shutting the mission they asked for talks", "urged calm, accusing Seoul": told for itself.
                Deprel::Advcl if tree.xpos(at) == Xpos::Vbg && !self.is_steered(at) => return None,
                // "Lifted a ban *imposed* in May": to lift it is told by itself.
                Deprel::Acl if at == found.word && tree.xpos(at) == Xpos::Vbn && !self.is_finite(at) => {
                    let above = tree.head(head);
                    if told.iter().any(|(verb, act)| Some(*verb) == above && matches!(act, Act::Retreat | Act::Concede)) {
                        return None;
                    }
                }
                _ if self.is_aside(relation, at, head) => return None,
                Deprel::Nmod if definite && self.operator(head).is_none() => nested += 1,
                _ if nested > 1 => return None,
                _ => {}
            }
            if relation != Deprel::Conj && self.is_complement(relation, at, head) {
                let mut turned = false;
                match self.operator(head) {
                    Some(Operator::Unreal) if relation == Deprel::Advcl && told.contains(&(head, Act::Consult)) => {}
                    Some(Operator::Unreal) => return Some(Dropped::Unreal),
                    // "The stay ended": it took place.
                    Some(Operator::End) if relation == Deprel::Nsubj => {}
                    Some(Operator::Do) | None => {}
                    Some(operator) if near && !found.anchors.tokens().contains(&head) => {
                        let same = self.subject_is(head, &found.candidate);
                        match turn(operator, &mut found.candidate, same) {
                            Turned::Kept => {}
                            Turned::Changed => {
                                turned = true;
                                found.candidate.trigger = head;
                                found.candidate.trigger_span = self.cover(head, found);
                                // The turned act stands: what is above it may still make it unreal.
                                near = false;
                            }
                            Turned::Lost => return Some(Dropped::Unreal),
                        }
                    }
                    Some(_) => {}
                }
                if !turned && unreal.contains(&head) && head != found.word && !found.anchors.tokens().contains(&head) {
                    return Some(Dropped::Unreal);
                }
            }
            let carries = relation == Deprel::Conj
                || matches!(relation, Deprel::Xcomp | Deprel::Acl)
                || (tree.kind(head) == Some(Kind::Verb) && self.is_operator(head, Operator::Do));
            near &= carries;
            at = if tree.kind(head) == Some(Kind::Noun) { tree.phrase(head) } else { head };
        }
        None
    }

    /// What talks and visits are for is not done yet: "met to strengthen ties", "focusing on enhancing trade".
    fn is_aim(&self, found: &Match) -> bool {
        let tree = self.tree;
        if found.candidate.act != Act::Cooperate || found.kind != Kind::Verb {
            return false;
        }
        match tree.xpos(found.word) {
            Xpos::Vb => {
                let head = tree.head(found.word);
                matches!(tree.deprel(found.word), Deprel::Advcl | Deprel::Acl)
                    && head.is_some_and(|head| tree.mention(head).is_none())
            }
            Xpos::Vbg => tree.child(found.word, |relation| matches!(relation, Deprel::Mark | Deprel::Case)).is_some(),
            _ => false,
        }
    }

    /// "*On a visit to Ankara* he asked", "urged calm *during the talks*", "Rahmon, *whose trip to Osh was his first*, invited": told for
    /// itself, whatever becomes of what it hangs on.
    fn is_aside(&self, relation: Deprel, at: u32, head: u32) -> bool {
        let tree = self.tree;
        if relation == Deprel::Obl && tree.kind(head) == Some(Kind::Verb) {
            let case = |child: &u32| tree.deprel(*child) == Deprel::Case;
            let beside = || tree.children(at).filter(case).any(|child| tree.words.beside.contains(&tree.symbol(child)));
            // "Cancelled a trip *in solidarity* with Oslo" ends none.
            let why = tree.under(at, tree.words.r#in) && self.is_operator(head, Operator::End);
            return why || at < head && tree.deprel(head) != Deprel::Acl && tree.has_case(at) || beside();
        }
        let opens = |subject: u32| {
            let behind_comma = |word: u32| word > self.first && tree.document.lemma(word - 1) == ",";
            let whose = tree.child(subject, |relation| relation == Deprel::NmodPoss);
            whose.is_some_and(|whose| tree.words.relative.contains(&tree.symbol(whose)) && behind_comma(whose))
        };
        relation == Deprel::Ccomp && at < head && tree.own_subject(at).is_some_and(opens)
    }

    fn is_complement(&self, relation: Deprel, at: u32, head: u32) -> bool {
        match relation {
            Deprel::Xcomp | Deprel::Ccomp | Deprel::Obj | Deprel::NsubjPass | Deprel::Csubj | Deprel::CsubjPass => true,
            Deprel::Obl | Deprel::Nmod => true,
            Deprel::Nsubj => self.tree.deprel(head) == Deprel::Ccomp,
            Deprel::Acl => self.tree.xpos(at) == Xpos::Vb,
            Deprel::Advcl => true,
            _ => false,
        }
    }

    /// "Unless the memorandum is torn up": what another's deed waits for.
    pub fn is_condition(&self, clause: u32) -> bool {
        self.tree.children(clause).any(|child| {
            self.tree.deprel(child) == Deprel::Mark && self.cues.of(self.tree.document.lemma(child)).has(Roles::CONDITION)
        })
    }

    /// Whether a participle is brought in by a preposition of its governor's: "accused *of* shelling".
    fn is_steered(&self, clause: u32) -> bool {
        let tree = self.tree;
        let introduces = |child: &u32| matches!(tree.deprel(*child), Deprel::Mark | Deprel::Case);
        tree.children(clause).filter(introduces).any(|child| self.cues.of(tree.document.lemma(child)).has(Roles::STEER))
    }

    fn is_finite(&self, verb: u32) -> bool {
        self.tree.document.tokens.get(verb as usize).is_some_and(|token| token.feats.has(Feats::FINITE))
            || self.tree.child(verb, |relation| matches!(relation, Deprel::Aux | Deprel::Nsubj | Deprel::NsubjPass)).is_some()
    }

    fn subject_is(&self, operator: u32, candidate: &Candidate) -> bool {
        match self.tree.subject(operator) {
            Some(subject) => {
                let parties = self.reacher.parties(subject.token, Wanted::Actor);
                parties.is_empty()
                    || parties.iter().any(|party| {
                        party.party.actor == candidate.source.actor
                            || (candidate.reciprocal && party.party.actor == candidate.target.actor)
                    })
            }
            None => true,
        }
    }

    fn cover(&self, head: u32, found: &Match) -> crate::span::Span {
        let Some(token) = self.tree.document.tokens.get(head as usize) else { return found.candidate.trigger_span };
        let cover = token.span.cover(found.candidate.trigger_span);
        if cover.len() <= 60 { cover } else { token.span }
    }
}

enum Turned {
    Kept,
    Changed,
    Lost,
}

/// `same`: the operator's subject is the one who acts, as far as can be seen.
fn turn(operator: Operator, candidate: &mut Candidate, same: bool) -> Turned {
    use Act::*;
    let act = candidate.act;
    let (act, mode) = match operator {
        Operator::End if !same => return Turned::Kept,
        Operator::End => match act {
            Consult => (Sanction, Some(Mode::Withdraw)),
            Support | Cooperate | Aid => (Sanction, Some(Mode::Discontinue)),
            Agree => (Reject, None),
            Sanction | Coerce => (Retreat, None),
            Mobilize => (Retreat, Some(Mode::Withdraw)),
            Assault => (Retreat, Some(Mode::Ceasefire)),
            Accuse | Threaten | Request | Protest => (Concede, None),
            Concede | Retreat | Reject => return Turned::Lost,
        },
        Operator::Refuse if !same => return Turned::Kept,
        Operator::Refuse => match act {
            Consult => (Reject, Some(Mode::Meet)),
            Aid | Cooperate => (Reject, Some(Mode::Assist)),
            Agree | Support => (Reject, None),
            Retreat | Concede => (Reject, Some(Mode::Yield)),
            _ => return Turned::Lost,
        },
        Operator::Threaten => match act {
            _ if !same => return Turned::Lost,
            Assault | Mobilize => (Threaten, Some(Mode::Violence)),
            Sanction if candidate.mode == Some(Mode::Expel) => (Threaten, Some(Mode::Expel)),
            Sanction if candidate.mode.is_some() => (Threaten, Some(Mode::Relations)),
            Sanction => (Threaten, Some(Mode::Restrict)),
            Coerce => match candidate.mode {
                Some(Mode::Arrest) => (Threaten, Some(Mode::Arrest)),
                Some(Mode::Ban) => (Threaten, Some(Mode::Ban)),
                Some(Mode::Seize) => (Threaten, Some(Mode::Territory)),
                _ => (Threaten, Some(Mode::Restrict)),
            },
            Reject | Retreat | Protest | Accuse => (Threaten, None),
            _ => return Turned::Kept,
        },
        Operator::Do | Operator::Unreal => return Turned::Kept,
    };
    candidate.act = act;
    candidate.mode = mode;
    candidate.status = None;
    candidate.reciprocal = false;
    Turned::Changed
}
