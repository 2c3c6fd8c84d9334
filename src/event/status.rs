//! [`StatusReader`]: did it happen? Reads the status of an act from the words around its trigger.
//!
//! First the trigger's own clause (tense, aspect, modal verbs, negation; for a noun its modifiers and preposition), then what governs
//! it, upwards: "is *expected* to visit", "*denied* that it had attacked", "*plans* for talks". A governor passes on its own tense and
//! negation where the act happens as it does ("held talks", "began to help"), and leaves it alone where it presupposes it
//! ("condemned the seizure"). Vocabulary: `config/lexicon/status.tsv`.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use super::candidate::Candidate;
use super::clause::{Clauses, DEPTH};
use super::codes::{self, Voice};
use super::ontology::{Act, Quad, Status};
use crate::lexicon::{self, LexiconError};
use crate::syntax::{Deprel, SentenceKind, Xpos};

/// What a word says about the act it governs, modifies or introduces; see the head of `status.tsv`. A set, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Roles(u16);

impl Roles {
    pub const COMMIT: Roles = Roles(1);
    pub const EXPECT: Roles = Roles(1 << 1);
    pub const FAIL: Roles = Roles(1 << 2);
    pub const DENY: Roles = Roles(1 << 3);
    pub const CLAIM: Roles = Roles(1 << 4);
    pub const BEGIN: Roles = Roles(1 << 5);
    pub const HOLD: Roles = Roles(1 << 6);
    pub const STATE: Roles = Roles(1 << 7);
    pub const SAY: Roles = Roles(1 << 8);
    pub const ANONYMOUS: Roles = Roles(1 << 9);
    pub const CONDITION: Roles = Roles(1 << 10);
    pub const AHEAD: Roles = Roles(1 << 11);
    pub const WITHOUT: Roles = Roles(1 << 12);

    pub fn has(self, role: Roles) -> bool {
        self.0 & role.0 != 0
    }

    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "commit" => Self::COMMIT,
            "expect" => Self::EXPECT,
            "fail" => Self::FAIL,
            "deny" => Self::DENY,
            "claim" => Self::CLAIM,
            "begin" => Self::BEGIN,
            "hold" => Self::HOLD,
            "state" => Self::STATE,
            "say" => Self::SAY,
            "anonymous" => Self::ANONYMOUS,
            "condition" => Self::CONDITION,
            "ahead" => Self::AHEAD,
            "without" => Self::WITHOUT,
            _ => return None,
        })
    }
}

/// The words of `status.tsv`.
pub(super) struct Cues {
    roles: HashMap<Box<str>, Roles, FxBuildHasher>,
}

impl Cues {
    pub fn embedded() -> Result<Self, LexiconError> {
        let mut roles: HashMap<Box<str>, Roles, FxBuildHasher> = HashMap::default();
        for row in lexicon::rows("status.tsv", include_str!("../../config/lexicon/status.tsv"), 2)? {
            let role = row.parse(1, "a role", Roles::parse)?;
            let held = roles.entry(row.fields[0].into()).or_default();
            if held.has(role) {
                return Err(row.error(format!("`{}` stands twice as {}", row.fields[0], row.fields[1])));
            }
            held.0 |= role.0;
        }
        Ok(Self { roles })
    }

    pub fn of(&self, lemma: &str) -> Roles {
        self.roles.get(lemma).copied().unwrap_or_default()
    }
}

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
struct Told {
    status: Status,
    voice: Voice,
    cue: Option<u32>,
    background: bool,
    present: bool,
    /// Neither tense nor auxiliary of its own: the governor's hold.
    bare: bool,
}

impl Told {
    fn plain(status: Status) -> Self {
        Told { status, voice: Voice::Other, cue: None, background: false, present: false, bare: false }
    }

    fn by(self, cue: u32) -> Self {
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
        if told.bare && told.status == Status::Ongoing && self.clauses.xpos(trigger) == Xpos::Vbg {
            told = self.as_the_clause(trigger, told);
        }
        if self.conditional(trigger) && matches!(told.status, Status::Anticipated | Status::Ongoing) {
            told.status = Status::Conditional;
        }
        if let Some(implied) = candidate.status
            && matches!(told.status, Status::Occurred | Status::Ongoing)
        {
            // A willingness in a frame ("ready to help") is the actor's own word.
            let voice = if implied == Status::Anticipated { Voice::Own } else { told.voice };
            told = Told { status: implied, voice, ..told };
        }
        let Told { status, voice, cue, background, present, .. } = told;
        Reading { status, voice, cue, background, present }
    }

    /// A participle has the tense of the clause it stands in: "meeting in Pokhara, they settled the dispute".
    fn as_the_clause(&self, trigger: u32, told: Told) -> Told {
        let tense = |at: u32| Some(self.tense(at, Act::Consult)).filter(|told| !told.bare && self.clauses.is_verb(at));
        match self.clauses.ancestors(trigger).find_map(tense) {
            Some(own) if own.status == Status::Occurred => Told { status: Status::Occurred, ..told },
            _ => told,
        }
    }

    fn roles(&self, at: u32) -> Roles {
        self.cues.of(self.clauses.lemma(at))
    }

    fn negation(&self, at: u32) -> Option<u32> {
        self.clauses.children(at).find(|child| {
            let lemma = self.clauses.lemma(*child);
            match self.clauses.deprel(*child) {
                Deprel::Advmod | Deprel::Aux | Deprel::Cc | Deprel::CcPreconj | Deprel::Mark => {
                    matches!(lemma, "not" | "n't" | "n’t" | "never" | "neither" | "nor")
                        || (lemma == "long" && self.clauses.has_child(*child, Deprel::Advmod, &["no"]))
                        || (lemma == "longer" && self.clauses.has_child(*child, Deprel::Advmod, &["no"]))
                }
                Deprel::Nsubj | Deprel::NsubjPass => {
                    matches!(lemma, "nobody" | "none" | "neither")
                        || self.clauses.has_child(*child, Deprel::Det, &["no", "neither"])
                }
                _ => false,
            }
        })
    }

    /// Tense, aspect, modal verbs and negation of the clause that `verb` heads.
    fn clause(&self, verb: u32, act: Act) -> Told {
        let clauses = self.clauses;
        let mut told = self.tense(verb, act);
        if let Some(cue) = self.negation(verb) {
            told = Told { status: Status::Negated, ..told }.by(cue);
        } else if let Some(object) = clauses.child(verb, |relation| relation == Deprel::Obj)
            && clauses.has_child(object, Deprel::Det, &["no"])
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

    fn tense(&self, verb: u32, act: Act) -> Told {
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
                        _ if clauses.xpos(child) == Xpos::Md || is_modal(lemma) => modal = Some(child),
                        _ => {}
                    }
                }
                Deprel::Mark if lemma == "to" => to = Some(child),
                _ => {}
            }
        }
        if let Some(modal) = modal {
            return self.modal(modal, have.is_some());
        }
        let xpos = clauses.xpos(verb);
        if have.is_some() {
            let going = xpos == Xpos::Vbg && !past;
            let status = if going { Status::Ongoing } else { Status::Occurred };
            return Told { background: past, bare: to.is_some(), ..Told::plain(status) };
        }
        match xpos {
            Xpos::Vbd => Told::plain(Status::Occurred),
            Xpos::Vbg => match be {
                Some(_) if past => Told::plain(Status::Occurred),
                Some(_) => Told { present: true, ..Told::plain(Status::Ongoing) },
                None => Told { bare: true, ..Told::plain(Status::Ongoing) },
            },
            // A participle with "is" may be a state or the headline's present; without, it leans on what governs it.
            Xpos::Vbn if be.is_none() && to.is_none() => Told { bare: true, ..Told::plain(Status::Occurred) },
            Xpos::Vbn if to.is_some() => Told { bare: true, ..Told::plain(Status::Anticipated) },
            Xpos::Vbn => Told::plain(Status::Occurred),
            Xpos::Vbz | Xpos::Vbp if self.kind == SentenceKind::Body => {
                let state = self.roles(verb).has(Roles::STATE) || act == Act::Cooperate;
                let status = if state { Status::Ongoing } else { Status::Occurred };
                Told { present: true, ..Told::plain(status) }
            }
            Xpos::Vbz | Xpos::Vbp => Told { present: true, ..Told::plain(Status::Occurred) },
            Xpos::Vb => match to {
                // "Lavrov to visit Islamabad": a headline's future.
                Some(to) if self.stands_alone(verb) => Told { voice: Voice::Own, ..Told::plain(Status::Anticipated) }.by(to),
                Some(_) => Told { bare: true, ..Told::plain(Status::Anticipated) },
                // Taggers read a headline's "seize" as a bare form as well.
                None if clauses.subject(verb).is_some() && self.stands_alone(verb) => Told::plain(Status::Occurred),
                None => Told { bare: true, ..Told::plain(Status::Occurred) },
            },
            // A predicate noun or adjective has the tense of its "be".
            _ if be.is_some() && !past => Told { present: true, ..Told::plain(Status::Ongoing) },
            _ => Told::plain(Status::Occurred),
        }
    }

    fn stands_alone(&self, verb: u32) -> bool {
        matches!(self.clauses.deprel(verb), Deprel::Root | Deprel::Parataxis)
    }

    fn modal(&self, modal: u32, perfect: bool) -> Told {
        let told = match (self.clauses.lemma(modal), perfect) {
            ("will" | "shall" | "wo" | "'ll" | "’ll", _) => Told { voice: Voice::Own, ..Told::plain(Status::Anticipated) },
            // "Would have attacked": it did not.
            ("would" | "'d" | "’d" | "should", true) => Told::plain(Status::Negated),
            ("would" | "'d" | "’d", false) => Told { voice: Voice::Own, ..Told::plain(Status::Anticipated) },
            // "May have attacked": reported, not certain.
            (_, true) => Told::plain(Status::Occurred),
            _ => Told::plain(Status::Anticipated),
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
            let modifies = matches!(relation, Deprel::Amod | Deprel::Compound | Deprel::Acl | Deprel::Advmod);
            let roles = if modifies { self.modifier(child) } else { Roles::default() };
            if (relation == Deprel::Det && clauses.lemma(child) == "no") || roles.has(Roles::FAIL) {
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
                && matches!(clauses.lemma(child), "after" | "following" | "since" | "during" | "amid")
            {
                // What something else came after has taken place.
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

    /// Climbs from the trigger and lets every governor that has a say change what was told.
    fn governed(&self, trigger: u32, noun: bool, act: Act, told: Told) -> Told {
        let clauses = self.clauses;
        let (mut at, mut told) = (trigger, told);
        // Whether `at` stands for the act still: its governor's words hold for it.
        let mut nominal = noun;
        for _ in 0..DEPTH {
            let Some(head) = clauses.head(at) else { break };
            // What stands behind a semicolon is told for itself.
            if (at.min(head)..at.max(head)).any(|between| clauses.lemma(between) == ";") {
                break;
            }
            let relation = clauses.deprel(at);
            let roles = self.roles(head);
            let verb = clauses.is_verb(head) || clauses.child(head, |relation| relation == Deprel::Cop).is_some();
            match relation {
                Deprel::Conj => {
                    if told.bare && !nominal {
                        told = self.inherit(head, act, told);
                    }
                    at = head;
                    continue;
                }
                Deprel::AclRelcl | Deprel::Parataxis | Deprel::List | Deprel::Discourse => break,
                Deprel::Advcl | Deprel::AdvclRelcl if !told.bare => break,
                Deprel::Advcl | Deprel::AdvclRelcl => {
                    let purpose = clauses.has_child(at, Deprel::Mark, &["to"]);
                    if !purpose {
                        told = self.inherit(head, act, told);
                    } else if roles.has(Roles::COMMIT) || roles.has(Roles::EXPECT) || roles.has(Roles::FAIL) {
                        told = self.complement(head, roles, act, told);
                    } else if is_verbal(act) && told.bare && told.status == Status::Anticipated {
                        // "Telephoned Baku to condemn the killing": said in the call.
                        told = self.inherit(head, act, told);
                    }
                    at = head;
                    nominal = !verb;
                    continue;
                }
                Deprel::Acl if !told.bare => break,
                _ => {}
            }
            told = if nominal {
                self.argument(at, head, relation, roles, verb, act, told)
            } else {
                self.complement(head, roles, act, told)
            };
            if told.status == Status::Denied {
                break;
            }
            nominal = !verb;
            at = head;
        }
        told
    }

    /// A clause or infinitive under `head`.
    fn complement(&self, head: u32, roles: Roles, act: Act, told: Told) -> Told {
        let negated = self.negation(head);
        let settled = matches!(told.status, Status::Negated | Status::Denied | Status::Conditional);
        if roles.has(Roles::DENY) && negated.is_none() {
            return Told { status: Status::Denied, ..told }.by(head);
        }
        if settled {
            return told;
        }
        if roles.has(Roles::CLAIM) {
            return told;
        }
        if roles.has(Roles::FAIL) {
            let status = if negated.is_some() { Status::Occurred } else { Status::Negated };
            return Told { status, bare: false, ..told }.by(head);
        }
        // "Wishes to express its appreciation", "would like to thank": said by saying so.
        if is_verbal(act) && act != Act::Consult && act != Act::Agree && matches!(self.clauses.lemma(head), "wish" | "like") {
            return Told { status: Status::Occurred, bare: false, ..told };
        }
        if roles.has(Roles::COMMIT) || roles.has(Roles::EXPECT) {
            // A clause with its own past tense is no plan: "expects that they met".
            if !told.bare && told.status == Status::Occurred {
                return told;
            }
            if let Some(negation) = negated {
                let voice = if roles.has(Roles::COMMIT) { Voice::Own } else { told.voice };
                return Told { status: Status::Negated, voice, bare: false, ..told }.by(negation);
            }
            // Passive or impersonal plans are somebody's expectation: "is planned to", "is likely to".
            let passive = self.clauses.child(head, |relation| matches!(relation, Deprel::AuxPass | Deprel::NsubjPass)).is_some();
            let voice = if roles.has(Roles::COMMIT) && !passive { Voice::Own } else { Voice::Other };
            let (voice, cue) = match (told.status, told.cue) {
                (Status::Anticipated, Some(cue)) => (told.voice, cue),
                _ => (voice, head),
            };
            return Told { status: Status::Anticipated, voice, bare: false, ..told }.by(cue);
        }
        if roles.has(Roles::BEGIN) {
            let own = self.clause(head, Act::Consult);
            if own.bare || own.status == Status::Occurred {
                return Told {
                    status: if own.present { Status::Ongoing } else { told.status_if_infinitive() },
                    bare: own.bare,
                    ..told
                };
            }
            return Told { cue: own.cue.or(told.cue), ..own };
        }
        // "Is to visit".
        if self.clauses.lemma(head) == "be" && told.bare {
            return Told { voice: Voice::Own, bare: false, ..told }.by(head);
        }
        if roles.has(Roles::SAY) && told.bare {
            return Told { bare: false, ..told };
        }
        // "Managed to meet", "helped free": as the governor goes.
        if told.bare && self.clauses.is_verb(head) {
            return self.inherit(head, Act::Consult, told);
        }
        told
    }

    /// A noun that stands for the act, under `head`.
    #[allow(clippy::too_many_arguments)]
    fn argument(&self, at: u32, head: u32, relation: Deprel, roles: Roles, verb: bool, act: Act, told: Told) -> Told {
        let settled = matches!(told.status, Status::Negated | Status::Denied | Status::Conditional);
        let negated = self.negation(head).is_some();
        if roles.has(Roles::DENY) && !negated && (verb || roles.has(Roles::CLAIM)) && self.denied(at, head) {
            return Told { status: Status::Denied, ..told }.by(head);
        }
        if settled || !told.bare {
            return told;
        }
        let subject = matches!(relation, Deprel::Nsubj | Deprel::NsubjPass | Deprel::NsubjOuter);
        let passive = relation == Deprel::NsubjPass;
        // "Declined a Finnish request": the request was made.
        let answered = matches!(act, Act::Request | Act::Agree | Act::Accuse | Act::Threaten)
            && matches!(
                self.clauses.lemma(head),
                "decline" | "refuse" | "reject" | "ignore" | "dismiss" | "skip" | "boycott" | "rebuff"
            );
        if roles.has(Roles::FAIL) && answered {
            return Told { bare: false, ..told };
        }
        if roles.has(Roles::FAIL) && (!subject || passive || self.intransitive(head)) {
            let status = if negated { Status::Occurred } else { Status::Negated };
            return Told { status, bare: false, ..told }.by(head);
        }
        if roles.has(Roles::EXPECT) || (roles.has(Roles::COMMIT) && (!subject || passive)) {
            let status = if negated { Status::Negated } else { Status::Anticipated };
            let voice = if roles.has(Roles::COMMIT) && !passive { Voice::Own } else { Voice::Other };
            return Told { status, voice, bare: !verb, ..told }.by(head);
        }
        // Cooperation follows the verb it is the subject of ("the visit will help"); an attack that will have effects has happened.
        let cooperative = matches!(codes::quad(act), Quad::VerbalCooperation | Quad::MaterialCooperation);
        if verb && (roles.has(Roles::HOLD) || roles.has(Roles::BEGIN) || (subject && cooperative)) {
            let own = self.clause(head, act);
            let going = roles.has(Roles::BEGIN) && own.present;
            let status = if going && own.status == Status::Occurred { Status::Ongoing } else { own.status };
            return Told { status, ..own };
        }
        // Presupposed: "condemned the seizure".
        if verb { Told { bare: false, ..told } } else { told }
    }

    /// Whether what is denied is the act: its own clause, or a noun that stands for it or claims it ("denied the attack").
    fn denied(&self, at: u32, head: u32) -> bool {
        let relation = self.clauses.deprel(at);
        // "Rejected a visit" refuses; only claims are rejected as untrue.
        let strict = matches!(self.clauses.lemma(head), "reject" | "dismiss" | "dispute");
        matches!(relation, Deprel::Obj | Deprel::NsubjPass | Deprel::Obl | Deprel::Nmod)
            && (!strict || self.cues.of(self.clauses.lemma(at)).has(Roles::CLAIM))
    }

    fn intransitive(&self, verb: u32) -> bool {
        self.clauses.child(verb, |relation| matches!(relation, Deprel::Obj | Deprel::Xcomp | Deprel::Ccomp)).is_none()
    }

    /// The tense and negation of `head` for something below it that has none of its own.
    fn inherit(&self, head: u32, act: Act, told: Told) -> Told {
        let own = self.clause(head, act);
        let status = match (told.status, own.status) {
            (Status::Negated | Status::Denied | Status::Conditional, _) => told.status,
            (_, inherited) => inherited,
        };
        Told { status, cue: own.cue.or(told.cue), ..own }
    }

    /// Whether an "if" or "unless" clause hangs on the trigger's clause or on what governs it.
    fn conditional(&self, trigger: u32) -> bool {
        let clauses = self.clauses;
        let conditioned = |at: u32| {
            clauses
                .children(at)
                .filter(|child| clauses.deprel(*child) == Deprel::Advcl)
                .any(|clause| clauses.markers(clause).any(|marker| self.roles(marker).has(Roles::CONDITION)))
        };
        let mut at = trigger;
        for _ in 0..DEPTH {
            if conditioned(at) {
                return true;
            }
            match clauses.head(at) {
                Some(head) if matches!(clauses.deprel(at), Deprel::Xcomp | Deprel::Obj | Deprel::Conj) => at = head,
                Some(head) if clauses.deprel(at) == Deprel::Ccomp && !self.roles(head).has(Roles::SAY) => at = head,
                // "If the crew were held, it said, Moscow would respond."
                Some(head) if clauses.deprel(at) == Deprel::Ccomp => return conditioned(head),
                _ => return false,
            }
        }
        false
    }
}

impl Told {
    /// An infinitive under a verb of beginning in the past has begun.
    fn status_if_infinitive(self) -> Status {
        if self.status == Status::Anticipated { Status::Occurred } else { self.status }
    }
}

/// Acts done in words.
fn is_verbal(act: Act) -> bool {
    matches!(codes::quad(act), Quad::VerbalCooperation | Quad::VerbalConflict)
}

fn is_modal(lemma: &str) -> bool {
    matches!(
        lemma,
        "will"
            | "shall"
            | "would"
            | "may"
            | "might"
            | "could"
            | "can"
            | "should"
            | "must"
            | "ought"
            | "'ll"
            | "’ll"
            | "'d"
            | "’d"
            | "wo"
    )
}
