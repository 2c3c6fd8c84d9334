//! [`StatusReader`]: did it happen? Reads the status of an act from the words around its trigger.
//!
//! First the trigger's own clause (tense, aspect, modal verbs, negation; for a noun its modifiers and preposition), then what governs
//! it, upwards: "is *expected* to visit", "*denied* that it had attacked", "*plans* for talks". A governor passes on its own tense and
//! negation where the act happens as it does ("held talks", "began to help"), and leaves it alone where it presupposes it
//! ("condemned the seizure"). Vocabulary: `config/lexicon/status.tsv`.

use super::candidate::{Candidate, Implied};
use super::clause::Clauses;
use super::codes::{self, Voice};
use super::cues::{Cues, Roles};
use super::ontology::{Act, Quad, Status};
use crate::syntax::{Deprel, SentenceKind, Upos, Xpos};

/// The status of an act and how it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    pub status: Status,
    pub voice: Voice,
    /// The word that decided, for the explanation.
    pub cue: Option<u32>,
    /// Told with "had": it lies behind what the article reports, so it is not the news.
    pub background: bool,
    /// Present progressive or present tense: a date ahead makes it a plan.
    pub present: bool,
}

/// What a clause's own words say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub status: Status,
    pub voice: Voice,
    pub cue: Option<u32>,
    pub background: bool,
    pub present: bool,
    /// Neither tense nor auxiliary of its own: the governor's hold.
    pub bare: bool,
}

impl Told {
    fn plain(status: Status) -> Self {
        Told { status, voice: Voice::Other, cue: None, background: false, present: false, bare: false }
    }

    pub fn by(self, cue: u32) -> Self {
        Told { cue: Some(cue), ..self }
    }
}

pub(super) struct StatusReader<'a> {
    pub cues: &'a Cues,
    pub clauses: &'a Clauses<'a>,
    pub kind: SentenceKind,
}

impl StatusReader<'_> {
    pub fn read(&self, candidate: &Candidate) -> Reading {
        let trigger = candidate.trigger;
        let noun = !self.clauses.is_verb(trigger) && self.clauses.child(trigger, |relation| relation == Deprel::Cop).is_none();
        let mut told = if noun { self.noun(trigger, candidate.act) } else { self.clause(trigger, candidate.act) };
        told = self.governed(trigger, noun, candidate.act, told);
        // "Talks are planned", "is preparing an attack": the noun is told by a verb that only means to.
        let carrier = candidate.frame.starts_with("n ") && self.clauses.is_verb(trigger);
        let means = self.roles(trigger);
        if carrier
            && means.has(Roles::COMMIT)
            && !means.has(Roles::HOLD)
            && matches!(told.status, Status::Occurred | Status::Ongoing)
        {
            told = Told { status: Status::Anticipated, ..told }.by(trigger);
        }
        if told.bare && told.status == Status::Ongoing && self.clauses.xpos(trigger) == Xpos::Vbg {
            told = self.as_the_clause(trigger, told);
        }
        if told.status == Status::Occurred && self.goes_on_beside(trigger, candidate.act) {
            told.status = Status::Ongoing;
        }
        if told.status == Status::Anticipated && told.cue.is_some_and(|cue| self.has_lapsed(cue)) {
            told.status = Status::Negated;
        }
        let inversion = self.inversion();
        let inverted = inversion.filter(|comma| trigger < *comma).map(|_| Status::Conditional);
        if let Some(status) = inverted.or_else(|| self.awaited(trigger))
            && !matches!(told.status, Status::Negated | Status::Denied)
        {
            told.status = status;
        }
        let conditional = self.conditional(trigger) || inversion.is_some_and(|comma| trigger > comma);
        if conditional && matches!(told.status, Status::Anticipated | Status::Ongoing) {
            told.status = Status::Conditional;
        }
        if candidate.status == Some(Implied::Said) {
            told.status = Status::Occurred;
        }
        // "Threatened to leave unless", "will not sign if": what is threatened or refused waits for the other.
        let said = candidate.status == Some(Implied::Said) || candidate.act == Act::Threaten;
        if said && told.status == Status::Occurred && (conditional || self.promises_on_condition(trigger)) {
            told.status = Status::Conditional;
        }
        if let Some(Implied::AtMost(implied)) = candidate.status
            && matches!(told.status, Status::Occurred | Status::Ongoing)
        {
            // A willingness in a frame ("open to talks") is the actor's own word.
            let voice = if implied == Status::Anticipated { Voice::Own } else { told.voice };
            told = Told { status: implied, voice, ..told };
        }
        let Told { status, voice, cue, background, present, .. } = told;
        Reading { status, voice, cue, background, present }
    }

    /// "Threatened to *leave unless*": the condition hangs on what is threatened.
    fn promises_on_condition(&self, trigger: u32) -> bool {
        let complement = |relation: Deprel| matches!(relation, Deprel::Xcomp | Deprel::Ccomp);
        self.clauses.child(trigger, complement).is_some_and(|clause| self.is_conditioned(clause))
    }

    /// A participle has the tense of the clause it stands in: "meeting in Pokhara, they settled the dispute".
    fn as_the_clause(&self, trigger: u32, told: Told) -> Told {
        let tense = |at: u32| Some(self.tense(at, Act::Consult)).filter(|told| !told.bare && self.clauses.is_verb(at));
        match self.clauses.ancestors(trigger).find_map(tense) {
            Some(own) if own.status == Status::Occurred => Told { status: Status::Occurred, ..told },
            _ => told,
        }
    }

    pub fn roles(&self, at: u32) -> Roles {
        let lemma = self.clauses.lemma(at);
        // "Is going to visit", not "went to ask"; "is set to visit", not "was set free".
        let plain = match lemma {
            "go" => self.clauses.xpos(at) != Xpos::Vbg,
            "set" => match self.clauses.child(at, |relation| relation == Deprel::Xcomp) {
                Some(free) => !self.clauses.is_verb(free),
                // "The killing set off a riot".
                None => self.clauses.child(at, |relation| relation == Deprel::CompoundPrt).is_some(),
            },
            _ => false,
        };
        if plain { Roles::default() } else { self.cues.of(lemma) }
    }

    pub fn negation(&self, at: u32) -> Option<u32> {
        self.clauses.children(at).find(|child| {
            let roles = self.cues.of(self.clauses.lemma(*child));
            match self.clauses.deprel(*child) {
                Deprel::Advmod | Deprel::Aux | Deprel::Cc | Deprel::CcPreconj | Deprel::Mark => {
                    roles.has(Roles::NEGATE.or(Roles::ALMOST))
                        || (roles.has(Roles::LONGER) && self.has(*child, Deprel::Advmod, Roles::NO))
                }
                // "*Neither* Chile nor Peru has": who is denied together.
                Deprel::Nsubj | Deprel::NsubjPass => self.is_none(*child) || self.has(*child, Deprel::CcPreconj, Roles::NEGATE),
                // "Has *no* plans to break relations".
                Deprel::Det => roles.has(Roles::NO),
                _ => false,
            }
        })
    }

    /// "No ransom", "nothing".
    fn is_none(&self, noun: u32) -> bool {
        self.cues.of(self.clauses.lemma(noun)).has(Roles::NOBODY) || self.has(noun, Deprel::Det, Roles::NO)
    }

    /// Whether a child in `relation` has one of `roles`.
    pub fn has(&self, at: u32, relation: Deprel, roles: Roles) -> bool {
        self.clauses
            .children(at)
            .any(|child| self.clauses.deprel(child) == relation && self.cues.of(self.clauses.lemma(child)).has(roles))
    }

    /// Tense, aspect, modal verbs and negation of the clause that `verb` heads.
    pub fn clause(&self, verb: u32, act: Act) -> Told {
        let clauses = self.clauses;
        let mut told = self.tense(verb, act);
        if let Some(cue) = self.negation(verb) {
            told = Told { status: Status::Negated, ..told }.by(cue);
        } else if let Some(object) =
            clauses.children(verb).find(|child| clauses.deprel(*child) == Deprel::Obj && self.is_none(*child))
        {
            told = Told { status: Status::Negated, ..told }.by(object);
        }
        for marker in clauses.markers(verb) {
            let roles = self.roles(marker);
            if roles.has(Roles::WITHOUT) {
                told = Told { status: Status::Negated, bare: false, ..told }.by(marker);
            } else if roles.has(Roles::CONDITION) {
                told = Told { status: Status::Conditional, bare: false, ..told }.by(marker);
            } else if roles.has(Roles::AHEAD) && clauses.xpos(verb) == Xpos::Vbg {
                told = Told { status: Status::Anticipated, bare: false, ..told }.by(marker);
            }
        }
        told
    }

    pub fn tense(&self, verb: u32, act: Act) -> Told {
        let clauses = self.clauses;
        let (mut have, mut be, mut past, mut modal, mut to) = (None, None, false, None, None);
        for child in clauses.children(verb) {
            let lemma = clauses.lemma(child);
            match clauses.deprel(child) {
                Deprel::Aux | Deprel::AuxPass | Deprel::Cop => {
                    past |= clauses.xpos(child) == Xpos::Vbd;
                    match lemma {
                        "have" => have = Some(child),
                        "be" | "get" if clauses.xpos(child) == Xpos::Vbn => {}
                        "be" | "get" => be = Some(child),
                        "do" => {}
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
                // "Said it was sheltering thousands": the telling has moved the tense.
                Some(_) if past && self.roles(verb).has(Roles::STATE) && self.is_reported(verb) => Told::plain(Status::Ongoing),
                Some(_) if past => Told::plain(Status::Occurred),
                Some(_) => Told { present: true, ..Told::plain(Status::Ongoing) },
                None => Told { bare: true, ..Told::plain(Status::Ongoing) },
            },
            // "Seamen held in Yemen": what describes somebody has been done to him, whatever is told of him.
            Xpos::Vbn if be.is_none() && to.is_none() && clauses.deprel(verb) == Deprel::Acl => Told::plain(Status::Occurred),
            // A participle with "is" may be a state or the headline's present; without, it leans on what governs it.
            Xpos::Vbn if be.is_none() && to.is_none() => Told { bare: true, ..Told::plain(Status::Occurred) },
            Xpos::Vbn if to.is_some() => Told { bare: true, ..Told::plain(Status::Anticipated) },
            Xpos::Vbn => Told::plain(Status::Occurred),
            Xpos::Vbz | Xpos::Vbp if self.kind == SentenceKind::Body => {
                let roles = self.roles(verb);
                let state = roles.has(Roles::STATE) || act == Act::Cooperate && !roles.has(Roles::ONCE) || self.is_habit(verb);
                let status = if state { Status::Ongoing } else { Status::Occurred };
                Told { present: true, ..Told::plain(status) }
            }
            Xpos::Vbz | Xpos::Vbp => Told { present: true, ..Told::plain(Status::Occurred) },
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
            // A predicate noun or adjective has the tense of its "be".
            _ if be.is_some() && !past => Told { present: true, ..Told::plain(Status::Ongoing) },
            _ => Told::plain(Status::Occurred),
        }
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

    /// What the modifiers and the preposition of a nominal trigger say.
    fn noun(&self, noun: u32, act: Act) -> Told {
        let clauses = self.clauses;
        let state = act == Act::Cooperate && self.roles(noun).has(Roles::STATE);
        let mut told = Told { bare: true, ..Told::plain(if state { Status::Ongoing } else { Status::Occurred }) };
        for child in clauses.children(noun) {
            let relation = clauses.deprel(child);
            // "Criticism *for failing to act*": what it is about.
            let about = || clauses.markers(child).any(|marker| clauses.lemma(marker) != "to");
            let modifies =
                matches!(relation, Deprel::Amod | Deprel::Compound | Deprel::Advmod) || relation == Deprel::Acl && !about();
            let roles = if modifies { self.modifier(child) } else { Roles::default() };
            if (relation == Deprel::Det && self.cues.of(clauses.lemma(child)).has(Roles::NO)) || roles.has(Roles::FAIL) {
                return Told { bare: false, ..Told::plain(Status::Negated) }.by(child);
            } else if roles.has(Roles::EXPECT) {
                return Told { bare: false, ..Told::plain(Status::Anticipated) }.by(child);
            } else if roles.has(Roles::BEGIN) {
                told = Told { bare: false, ..Told::plain(Status::Ongoing) }.by(child);
            } else if relation == Deprel::Case && self.roles(child).has(Roles::AHEAD) {
                return Told { bare: false, ..Told::plain(Status::Anticipated) }.by(child);
            } else if relation == Deprel::Case && self.roles(child).has(Roles::WITHOUT) {
                return Told { bare: false, ..Told::plain(Status::Negated) }.by(child);
            } else if relation == Deprel::Case
                && (self.cues.of(clauses.lemma(child)).has(Roles::BEHIND) || act == Act::Request && clauses.lemma(child) == "at")
            {
                // What something else came after has taken place, as has the request at which it is done.
                told.bare = false;
            }
        }
        told
    }

    /// The roles of a modifier: as it is written first ("planned", "cancelled"), then its lemma.
    fn modifier(&self, at: u32) -> Roles {
        let lemma = self.clauses.lemma(at);
        let roles = self.cues.of(lemma);
        if roles == Roles::default() || self.clauses.xpos(at) != Xpos::Vbn {
            return roles;
        }
        // A participle of a committing verb modifies what is still to come: "the planned visit".
        if roles.has(Roles::COMMIT) { Roles::EXPECT } else { roles }
    }
}

impl Told {
    /// An infinitive under a verb of beginning in the past has begun.
    pub fn status_if_infinitive(self) -> Status {
        if matches!(self.status, Status::Anticipated | Status::Ongoing) { Status::Occurred } else { self.status }
    }
}

/// Acts done in words.
pub(super) fn is_verbal(act: Act) -> bool {
    matches!(codes::quad(act), Quad::VerbalCooperation | Quad::VerbalConflict)
}
