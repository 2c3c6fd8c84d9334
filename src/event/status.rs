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
use crate::syntax::{Deprel, SentenceKind, Xpos};

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
    pub fn plain(status: Status) -> Self {
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
        // "Is weighing a ban": nothing is banned yet.
        if candidate.act == Act::Threaten && means.has(Roles::PONDER) && matches!(told.status, Status::Occurred | Status::Ongoing)
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
            // "Does not recognise the border": who is without it stays so.
            let stands = told.present && told.status == Status::Negated && self.roles(trigger).has(Roles::ASSENT);
            told.status = if stands { Status::Ongoing } else { Status::Occurred };
        }
        // "Threatened to leave unless", "will not sign if": what is threatened or refused waits for the other; so does what one offers or is
        // ready to do now.
        let said = candidate.status == Some(Implied::Said) || candidate.act == Act::Threaten;
        let offers = candidate.act == Act::Agree && inversion.is_none() && (told.present || !self.clauses.is_verb(trigger));
        let made = told.status == Status::Occurred || offers && told.status == Status::Ongoing;
        if (said || offers) && made && (conditional || self.promises_on_condition(trigger)) {
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

    /// "*Has* not recognised": it may still do so, and has not said that it will not; what it has *never* done it will not do.
    pub fn is_still_open(&self, verb: u32) -> bool {
        let perfect = self.clauses.children(verb).any(|child| {
            self.clauses.deprel(child) == Deprel::Aux
                && self.clauses.lemma(child) == "have"
                && matches!(self.clauses.xpos(child), Xpos::Vbz | Xpos::Vbp)
        });
        perfect && !self.clauses.has_child(verb, Deprel::Advmod, &["never"])
    }

    /// What the modifiers and the preposition of a nominal trigger say.
    fn noun(&self, noun: u32, act: Act) -> Told {
        let clauses = self.clauses;
        let state = act == Act::Cooperate && self.roles(noun).has(Roles::STATE);
        let mut told = Told { bare: true, ..Told::plain(if state { Status::Ongoing } else { Status::Occurred }) };
        for child in clauses.children(noun) {
            let relation = clauses.deprel(child);
            // "Criticism *for failing to act*", "a request *to allow* flights": what it is about.
            let worded = is_verbal(act) && act != Act::Consult;
            let about = || clauses.markers(child).any(|marker| worded || clauses.lemma(marker) != "to");
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
