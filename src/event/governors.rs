//! What stands above an act and says whether it took place: "is *expected* to visit", "*denied* that it had attacked", "*plans* for talks".

use super::clause::DEPTH;
use super::codes::{self, Voice};
use super::cues::Roles;
use super::ontology::{Act, Quad, Status};
use super::status::{StatusReader, Told, is_verbal};
use crate::syntax::{Deprel, Upos, Xpos};

impl StatusReader<'_> {
    /// Climbs from the trigger and lets every governor that has a say change what was told.
    pub fn governed(&self, trigger: u32, noun: bool, act: Act, told: Told) -> Told {
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
            let verb = clauses.is_verb(head)
                || clauses.child(head, |relation| relation == Deprel::Cop).is_some()
                || self.is_misread_verb(head);
            // "It is too early to sign": nobody does yet.
            if self.is_too_much(head) && clauses.has_child(at, Deprel::Mark, &["to"]) && !matches!(told.status, Status::Denied) {
                return Told { status: Status::Negated, bare: false, ..told }.by(head);
            }
            // "The first to recognise it", "became the 118th state to do so": done, unless it is still ahead to be one.
            if matches!(relation, Deprel::Acl | Deprel::Advcl) && !nominal && told.bare && self.is_ranked(head) {
                let own = self.clause(head, Act::Consult);
                let status = if matches!(own.status, Status::Ongoing) { Status::Occurred } else { own.status };
                told = Told { status, bare: own.bare, ..told };
                at = head;
                nominal = !verb;
                continue;
            }
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
                // "Ordered them to leave *for questioning* the vote": the reason is there before.
                Deprel::Advcl
                    if !nominal
                        && clauses.xpos(at) == Xpos::Vbg
                        && clauses.has_child(at, Deprel::Mark, &["for"])
                        && !roles.has(Roles::FAIL.or(Roles::COMMIT)) =>
                {
                    let status = if matches!(told.status, Status::Negated) { told.status } else { Status::Occurred };
                    return Told { status, bare: false, ..told };
                }
                Deprel::Advcl | Deprel::AdvclRelcl => {
                    let purpose = clauses.has_child(at, Deprel::Mark, &["to"]);
                    // "Refrained *from* shelling", "stopped short *of* it": what the governor's preposition brings in.
                    let steered = clauses.markers(at).any(|marker| self.roles(marker).has(Roles::STEER));
                    // "Closed the frontier *to support* its ally", "called him *to congratulate* him": what is done to one thing for the
                    // sake of another is neither left undone nor expected.
                    let object = || clauses.child(head, |relation| relation == Deprel::Obj).is_some_and(|object| object < at);
                    let said = is_verbal(act) && !matches!(act, Act::Consult | Act::Agree);
                    let weighs = match purpose && object() {
                        true if said => Roles::COMMIT.or(Roles::DENY),
                        true => Roles::COMMIT.or(Roles::DENY).or(Roles::EXPECT),
                        false => Roles::COMMIT.or(Roles::EXPECT).or(Roles::FAIL).or(Roles::DENY).or(Roles::SHORT),
                    };
                    // "Denies *backing* the rebels": what parsers take for a clause beside.
                    let denied = roles.has(Roles::DENY)
                        && at > head
                        && clauses.xpos(at) == Xpos::Vbg
                        && (head..at).all(|between| clauses.lemma(between) != ",")
                        && clauses.child(head, |relation| relation == Deprel::Obj).is_none();
                    if denied || (purpose || steered) && roles.has(weighs) {
                        told = self.complement(head, roles, act, told);
                    } else if !purpose || told.bare && told.status == Status::Anticipated && self.is_done_by(head, act) {
                        told = self.inherit(head, act, told);
                    }
                    at = head;
                    nominal = !verb;
                    continue;
                }
                Deprel::Acl if !told.bare => break,
                // "Poland, condemning the attack, called for talks": what describes somebody happens when he acts.
                Deprel::Acl if !nominal && roles == Roles::default() && clauses.xpos(at) == Xpos::Vbg => {
                    if let Some(verb) = clauses.ancestors(at).find(|above| clauses.is_verb(*above)) {
                        let own = self.tense(verb, Act::Consult);
                        if own.status == Status::Occurred {
                            told = Told { status: own.status, bare: own.bare, background: own.background, ..told };
                        }
                    }
                    break;
                }
                _ => {}
            }
            told = if nominal {
                let weighs = [Roles::HOLD, Roles::BEGIN, Roles::EXPECT, Roles::COMMIT, Roles::FAIL, Roles::DENY, Roles::CLAIM];
                let presupposed = verb && (!told.bare || !weighs.into_iter().any(|role| roles.has(role)));
                let told = self.argument(at, head, relation, roles, verb, act, told);
                // "Refused to condemn the seizure": the ship was seized, whatever is refused.
                if presupposed && !told.bare && matches!(told.status, Status::Occurred | Status::Ongoing) {
                    return told;
                }
                told
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

    /// Whether an act that is the purpose of `head` is done with it: "telephoned Baku *to condemn* the killing", "formed a chain *to protest*",
    /// "sent sappers *to help*".
    fn is_done_by(&self, head: u32, act: Act) -> bool {
        is_verbal(act) || act == Act::Protest || act == Act::Aid && self.roles(head).has(Roles::ERRAND)
    }

    /// "Egypt, which *supports* the eastern camp, warned": what is told of somebody beside the news, in the present tense, goes on.
    pub fn goes_on_beside(&self, trigger: u32, act: Act) -> bool {
        matches!(act, Act::Support | Act::Aid | Act::Cooperate | Act::Coerce | Act::Mobilize)
            && self.clauses.deprel(trigger) == Deprel::AclRelcl
            && matches!(self.clauses.xpos(trigger), Xpos::Vbz | Xpos::Vbp)
            && !self.roles(trigger).has(Roles::SAY)
    }

    /// "Too early", "too weak".
    fn is_too_much(&self, head: u32) -> bool {
        matches!(self.clauses.upos(head), Upos::Adj | Upos::Adv) && self.clauses.has_child(head, Deprel::Advmod, &["too"])
    }

    /// Whether a noun says of somebody which one of several it is.
    fn is_ranked(&self, head: u32) -> bool {
        let rank = |at: u32| {
            let lemma = self.clauses.lemma(at);
            let numbered = lemma.starts_with(|c: char| c.is_ascii_digit()) && lemma.ends_with(|c: char| c.is_ascii_lowercase());
            numbered || self.cues.of(lemma).has(Roles::RANK)
        };
        rank(head) || self.clauses.children(head).any(|child| self.clauses.deprel(child) == Deprel::Amod && rank(child))
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
        // "Has yet to answer", "has still to answer": it has not.
        if told.bare && told.status == Status::Anticipated && self.clauses.lemma(head) == "have" {
            let yet = self.clauses.children(head).find(|child| self.cues.of(self.clauses.lemma(*child)).has(Roles::YET));
            if let Some(yet) = yet {
                return Told { bare: false, ..Told { status: Status::Negated, ..told } }.by(yet);
            }
        }
        if roles.has(Roles::CLAIM) {
            return told;
        }
        // "Is close to signing" will perhaps, where "came close" did not.
        if roles.has(Roles::SHORT) && self.clauses.child(head, |relation| relation == Deprel::Cop).is_some() {
            return Told { status: Status::Anticipated, bare: false, ..told }.by(head);
        }
        if roles.has(Roles::FAIL.or(Roles::SHORT)) {
            let status = if negated.is_some() { Status::Occurred } else { Status::Negated };
            return Told { status, bare: false, ..told }.by(head);
        }
        // "Wishes to express its appreciation", "would like to thank": said by saying so.
        if is_verbal(act) && act != Act::Consult && act != Act::Agree && roles.has(Roles::WISH) {
            return Told { status: Status::Occurred, bare: false, ..told };
        }
        // "Decided to break off relations": to decide so is the act, where nobody has to travel for it.
        let decreed = matches!(act, Act::Sanction | Act::Reject | Act::Request | Act::Accuse);
        if roles.has(Roles::DECIDE) && decreed && negated.is_none() && told.bare {
            return Told { bare: false, ..self.inherit(head, Act::Consult, told) };
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
            // "Wrote to thank them": thanked in the writing.
            let in_words = is_verbal(act) && !matches!(act, Act::Consult | Act::Agree);
            return if in_words { self.inherit(head, act, told) } else { Told { bare: false, ..told } };
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
        // An accusation that is denied was made.
        let said = matches!(act, Act::Accuse | Act::Request | Act::Threaten);
        if roles.has(Roles::DENY) && !said && !negated && (verb || roles.has(Roles::CLAIM)) && self.denied(at, head) {
            return Told { status: Status::Denied, ..told }.by(head);
        }
        if settled || !told.bare {
            return told;
        }
        let subject = matches!(relation, Deprel::Nsubj | Deprel::NsubjPass | Deprel::NsubjOuter);
        let passive = relation == Deprel::NsubjPass;
        // "Declined a Finnish request": the request was made.
        let answered = matches!(act, Act::Request | Act::Agree | Act::Accuse | Act::Threaten) && roles.has(Roles::ANSWER);
        if roles.has(Roles::FAIL) && answered {
            return Told { bare: false, ..told };
        }
        // "Prevented them *with French help*", "ruled out sanctions *despite a threat*": what stands beside what is left undone.
        let beside = relation == Deprel::Obl && {
            let markers = || self.clauses.markers(at).map(|marker| self.roles(marker));
            markers().next().is_some()
                && !markers().any(|roles| roles.has(Roles::AIM) || roles.has(Roles::STEER) && !roles.has(Roles::BEHIND))
        };
        if roles.has(Roles::FAIL) && !beside && (!subject || passive || self.intransitive(head)) {
            let status = if negated { Status::Occurred } else { Status::Negated };
            return Told { status, bare: false, ..told }.by(head);
        }
        // "Is considering American requests": they were made.
        let considered =
            matches!(act, Act::Request | Act::Accuse | Act::Threaten) && roles.has(Roles::COMMIT) && relation == Deprel::Obj;
        if considered && roles.has(Roles::PONDER) {
            return Told { bare: false, ..told };
        }
        // "Agreed to a request": it was made.
        let granted =
            matches!(act, Act::Request | Act::Accuse | Act::Threaten) && self.clauses.has_child(at, Deprel::Case, &["to"]);
        if granted && relation == Deprel::Obl && roles.has(Roles::COMMIT) && !negated {
            return Told { bare: false, ..told };
        }
        // "Agreed *on* talks", but "agreed, *with* talks behind them".
        let aside = relation == Deprel::Obl && {
            let markers = || self.clauses.markers(at).map(|marker| self.roles(marker));
            markers().next().is_some() && !markers().any(|roles| roles.has(Roles::AIM))
        };
        if !aside && (roles.has(Roles::EXPECT) || (roles.has(Roles::COMMIT) && (!subject || passive))) {
            let status = if negated { Status::Negated } else { Status::Anticipated };
            let voice = if roles.has(Roles::COMMIT) && !passive { Voice::Own } else { Voice::Other };
            return Told { status, voice, bare: !verb, ..told }.by(head);
        }
        // "Travels to Taipei next week *for talks*": they are held if the journey is made.
        let purpose = act == Act::Consult && relation == Deprel::Obl && self.clauses.has_child(at, Deprel::Case, &["for"]);
        if purpose && verb {
            return self.inherit(head, act, told);
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
        let strict = self.roles(head).has(Roles::REBUT);
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

    /// Whether an "if" or "unless" clause, or a proviso, hangs on `at` itself.
    pub fn is_conditioned(&self, at: u32) -> bool {
        let clauses = self.clauses;
        let introduced = |at: u32| clauses.markers(at).any(|marker| self.roles(marker).has(Roles::CONDITION));
        clauses.children(at).any(|child| match clauses.deprel(child) {
            // "Provided Russia does the same": a participle that parsers take for a verb.
            Deprel::Advcl => introduced(child) || clauses.xpos(child) == Xpos::Vbn && self.roles(child).has(Roles::CONDITION),
            // "Subject to a vote", "in the event of an attack", "on condition that".
            Deprel::Obl | Deprel::Nmod => introduced(child) || self.roles(child).has(Roles::PROVISO),
            _ => false,
        })
    }

    /// Whether a condition hangs on the trigger's clause or on what governs it.
    pub fn conditional(&self, trigger: u32) -> bool {
        let clauses = self.clauses;
        let conditioned = |at: u32| self.is_conditioned(at);
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
