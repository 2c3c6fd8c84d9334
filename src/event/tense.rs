//! What the tense of a verb says: whether its act took place, goes on or is ahead, from its form and its auxiliaries.

use super::codes::Voice;
use super::cues::Roles;
use super::ontology::{Act, Status};
use super::status::{StatusReader, Told, is_verbal};
use crate::syntax::{Deprel, SentenceKind, Upos, Xpos};

impl StatusReader<'_> {
    /// Tense, aspect and modal verbs of `verb`, as they tell `act`.
    pub fn tense(&self, verb: u32, act: Act) -> Told {
        let clauses = self.clauses;
        let (mut have, mut be, mut past, mut modal, mut to, mut does) = (None, None, false, None, None, false);
        for child in clauses.children(verb) {
            let lemma = clauses.lemma(child);
            match clauses.deprel(child) {
                Deprel::Aux | Deprel::AuxPass | Deprel::Cop => {
                    past |= clauses.xpos(child) == Xpos::Vbd;
                    match lemma {
                        "have" => have = Some(child),
                        "be" | "get" if clauses.xpos(child) == Xpos::Vbn => {}
                        "be" | "get" => be = Some(child),
                        "do" => does = matches!(clauses.xpos(child), Xpos::Vbz | Xpos::Vbp),
                        _ if clauses.xpos(child) == Xpos::Md || self.cues.of(lemma).has(Roles::MODAL) => modal = Some(child),
                        _ => {}
                    }
                }
                Deprel::Mark if lemma == "to" => to = Some(child),
                _ => {}
            }
        }
        let xpos = clauses.xpos(verb);
        if let Some(modal) = modal {
            // "He'd lobbied for it": taggers read "would".
            let had = have.is_none() && be.is_none() && matches!(xpos, Xpos::Vbn | Xpos::Vbd);
            if !(had && self.cues.of(clauses.lemma(modal)).has(Roles::WOULD)) {
                return self.modal(modal, have.is_some());
            }
            (have, past) = (Some(modal), true);
        }
        if have.is_some() {
            // "Has mediated since May": what is a state goes on.
            let since = || {
                let begun =
                    |child: &u32| clauses.deprel(*child) == Deprel::Obl && clauses.has_child(*child, Deprel::Case, &["since"]);
                clauses.children(verb).any(|child| begun(&child))
            };
            let going = !past && (xpos == Xpos::Vbg || self.roles(verb).has(Roles::STATE) && since());
            let status = if going { Status::Ongoing } else { Status::Occurred };
            return Told { background: past, bare: to.is_some(), ..Told::plain(status) };
        }
        let going = matches!(xpos, Xpos::Vbz | Xpos::Vbp) || xpos == Xpos::Vbg && be.is_some() && !past;
        if going && self.kind == SentenceKind::Body && self.is_soon(verb) {
            return Told { present: true, ..Told::plain(Status::Anticipated) };
        }
        match xpos {
            Xpos::Vbd => Told::plain(Status::Occurred),
            Xpos::Vbg => match be {
                // "Said it was sheltering thousands", "said it was still talking": the telling has moved the tense.
                Some(_) if past && self.is_reported(verb) && (self.lasts(verb, act) || self.talks(verb, act)) => {
                    Told::plain(Status::Ongoing)
                }
                Some(_) if past => Told::plain(Status::Occurred),
                Some(_) => Told { present: true, ..Told::plain(Status::Ongoing) },
                None => Told { bare: true, ..Told::plain(Status::Ongoing) },
            },
            // "Seamen held in Yemen": what describes somebody has been done to him, whatever is told of him.
            Xpos::Vbn if be.is_none() && to.is_none() && clauses.deprel(verb) == Deprel::Acl => Told::plain(Status::Occurred),
            // A participle with "is" may be a state or the headline's present; without, it leans on what governs it.
            Xpos::Vbn if be.is_none() && to.is_none() => Told { bare: true, ..Told::plain(Status::Occurred) },
            Xpos::Vbn if to.is_some() => Told { bare: true, ..Told::plain(Status::Anticipated) },
            Xpos::Vbn if self.kind == SentenceKind::Body && self.stays_so(verb, act, past) => {
                Told { present: !past, ..Told::plain(Status::Ongoing) }
            }
            Xpos::Vbn => Told::plain(Status::Occurred),
            Xpos::Vbz | Xpos::Vbp if self.kind == SentenceKind::Body => {
                let status = if self.lasts(verb, act) || self.is_habit(verb) { Status::Ongoing } else { Status::Occurred };
                Told { present: true, ..Told::plain(status) }
            }
            Xpos::Vbz | Xpos::Vbp => Told { present: true, ..Told::plain(Status::Occurred) },
            // "Does not recognise".
            Xpos::Vb if does => Told { present: true, ..Told::plain(Status::Occurred) },
            Xpos::Vb => match to {
                // "Lavrov to visit Islamabad": a headline's future.
                Some(to) if self.stands_alone(verb) || self.follows_headline(verb) => {
                    Told { voice: Voice::Own, ..Told::plain(Status::Anticipated) }.by(to)
                }
                Some(_) => Told { bare: true, ..Told::plain(Status::Anticipated) },
                None if self.subject_is_to(verb) => Told { voice: Voice::Own, ..Told::plain(Status::Anticipated) },
                // Taggers read a headline's "seize" as a bare form as well.
                None if clauses.subject(verb).is_some() && self.stands_alone(verb) => Told::plain(Status::Occurred),
                None => Told { bare: true, ..Told::plain(Status::Occurred) },
            },
            Xpos::Jj if self.is_misread_verb(verb) => Told { present: true, ..Told::plain(Status::Occurred) },
            // A predicate noun or adjective has the tense of its "be".
            _ if be.is_some() && !past => Told { present: true, ..Told::plain(Status::Ongoing) },
            _ => Told::plain(Status::Occurred),
        }
    }

    /// Whether what is told in the present tense is no single deed: a state, trade, help that is given all along; "gives it 20 lorries" is one.
    fn lasts(&self, verb: u32, act: Act) -> bool {
        let (clauses, roles) = (self.clauses, self.roles(verb));
        let numbered = |object: u32| clauses.child(object, |relation| relation == Deprel::Nummod).is_some();
        let once = || {
            roles.has(Roles::ONCE)
                || act == Act::Aid && clauses.children(verb).any(|child| clauses.deprel(child) == Deprel::Obj && numbered(child))
        };
        roles.has(Roles::STATE) || matches!(act, Act::Cooperate | Act::Aid) && !once()
    }

    /// Whether it tells talks rather than a journey.
    fn talks(&self, verb: u32, act: Act) -> bool {
        act == Act::Consult && !self.roles(verb).has(Roles::ERRAND)
    }

    /// A passive that tells no single deed: "are *still* held", "is *backed* by", "is *being* dug".
    fn stays_so(&self, verb: u32, act: Act, past: bool) -> bool {
        let clauses = self.clauses;
        let being = || clauses.children(verb).any(|child| clauses.lemma(child) == "be" && clauses.xpos(child) == Xpos::Vbg);
        let lasting = || self.lasts(verb, act) || self.is_habit(verb);
        !is_verbal(act) && (being() && (!past || self.is_reported(verb)) || !past && lasting())
            || act == Act::Support && !past && self.roles(verb).has(Roles::STATE)
    }

    /// "Meet *every month*", "*regularly* praises": what is done again and again goes on.
    fn is_habit(&self, verb: u32) -> bool {
        let clauses = self.clauses;
        clauses.children(verb).any(|child| match clauses.deprel(child) {
            Deprel::Advmod => self.cues.of(clauses.lemma(child)).has(Roles::HABIT),
            Deprel::Obl | Deprel::OblUnmarked => self.has(child, Deprel::Det, Roles::HABIT),
            _ => false,
        })
    }

    /// Whether a clause is what somebody said in the past.
    fn is_reported(&self, verb: u32) -> bool {
        let clauses = self.clauses;
        let teller = clauses.head(verb).filter(|_| clauses.deprel(verb) == Deprel::Ccomp);
        teller.is_some_and(|teller| clauses.xpos(teller) == Xpos::Vbd && self.roles(teller).has(Roles::SAY))
    }

    /// "Lifts the ban *within* two days", "leaves *soon*": the present tells what is ahead.
    fn is_soon(&self, verb: u32) -> bool {
        let clauses = self.clauses;
        clauses.children(verb).any(|child| match clauses.deprel(child) {
            Deprel::Advmod => self.cues.of(clauses.lemma(child)).has(Roles::SOON),
            Deprel::Obl => self.has(child, Deprel::Case, Roles::SOON),
            _ => false,
        })
    }

    /// "*Belgium* to recognise Palestine": what a headline's only noun will do.
    fn follows_headline(&self, verb: u32) -> bool {
        let clauses = self.clauses;
        let described = clauses.head(verb).filter(|_| clauses.deprel(verb) == Deprel::Acl);
        self.kind == SentenceKind::Headline
            && described.is_some_and(|noun| {
                matches!(clauses.deprel(noun), Deprel::Root | Deprel::Nsubj) && clauses.upos(noun) == Upos::Propn
            })
    }

    /// "Belgium to recognise Palestine, *slap* duties on others": the second of two plans.
    fn subject_is_to(&self, verb: u32) -> bool {
        let clauses = self.clauses;
        let planned = |noun: u32| {
            clauses.children(noun).any(|child| {
                clauses.deprel(child) == Deprel::Acl
                    && clauses.has_child(child, Deprel::Mark, &["to"])
                    && self.follows_headline(child)
            })
        };
        clauses.subject(verb).is_some_and(planned)
    }

    /// "Talks *open* on Monday": what taggers take for an adjective is the verb of a sentence that has no other.
    pub fn is_misread_verb(&self, word: u32) -> bool {
        let clauses = self.clauses;
        let helped = |relation: Deprel| matches!(relation, Deprel::Cop | Deprel::Aux | Deprel::AuxPass);
        self.kind == SentenceKind::Body
            && clauses.xpos(word) == Xpos::Jj
            && self.stands_alone(word)
            && clauses.child(word, |relation| relation == Deprel::Nsubj).is_some()
            && clauses.child(word, helped).is_none()
    }

    fn stands_alone(&self, verb: u32) -> bool {
        matches!(self.clauses.deprel(verb), Deprel::Root | Deprel::Parataxis)
    }

    fn modal(&self, modal: u32, perfect: bool) -> Told {
        let roles = self.cues.of(self.clauses.lemma(modal));
        let told = if roles.has(Roles::WILL) || roles.has(Roles::WOULD) && !perfect {
            Told { voice: Voice::Own, ..Told::plain(Status::Anticipated) }
        } else if perfect {
            // "Would have attacked": it did not. "May have attacked": reported, not certain.
            Told::plain(if roles.has(Roles::UNDONE) { Status::Negated } else { Status::Occurred })
        } else {
            Told::plain(Status::Anticipated)
        };
        told.by(modal)
    }
}
