//! The party that a predicate leaves out: whether it may, and who is meant then, by what the article has told before.

use super::candidate::{PartyRef, Reach};
use super::cast::{LEAST, Scene};
use super::frame::{Kind, Place, Symbol};
use super::left_out::Side;
use super::matcher::{Match, Matcher, Site};
use super::ontology::Act;
use super::reach::{Parties, Party};
use super::surface::Extent;
use crate::actor::{ActorCode, MentionKind, Sector};
use crate::syntax::{Deprel, Upos, Xpos};

impl Matcher<'_> {
    /// Whether the predicate leaves its target to the reader: it has no object, or one that is no actor and that its frame takes.
    pub fn leaves_open(&self, site: &Site<'_>) -> bool {
        let frame = site.frame;
        // Who builds with whom must be said.
        if frame.named || frame.reciprocal && frame.act == Act::Cooperate {
            return false;
        }
        match frame.kind {
            Kind::Adjective => return true,
            Kind::Noun => return false,
            Kind::Verb => {}
        }
        if frame.target.itself && self.tree.object(site.word).is_none() {
            return false;
        }
        if self.tree.is_passive(site.word) || self.lacks_preposition(site) {
            return false;
        }
        // "Advised its citizens to leave": its own are told.
        if frame.act == Act::Request
            && let Some(addressed) = self.tree.child(site.word, |deprel| deprel == Deprel::Iobj)
            && let Some(extent) = self.surface.covering(addressed)
        {
            return self.surface.is_anaphor(extent.mention);
        }
        let object = self.tree.object(site.word);
        // A frame that asks for a word must have it: "called for the *withdrawal*", "sent tanks to the *border*".
        let heads = &frame.target.heads;
        let elsewhere = || frame.target.places.iter().all(|place| matches!(place, Place::Preposition(_)));
        if !heads.is_empty()
            && (object.is_none() || elsewhere())
            && !self.surface.after(site.word).any(|at| self.tree.among(at, heads))
        {
            return false;
        }
        let Some(object) = object else {
            return !self.surface.after(site.word).is_empty() || frame.target.optional;
        };
        let core = self.tree.core(object.token);
        if let Some(extent) = self.surface.covering(object.token) {
            let mention = frame.target.heads.is_empty()
                && self.surface.mention(extent).is_some_and(|mention| mention.kind == MentionKind::Anaphor);
            // Nobody is received or phoned who is an "it".
            return mention && !(frame.target.itself && self.tree.document.lemma(object.token) == "it");
        }
        if frame.open {
            return true;
        }
        let symbol = self.tree.symbol(core);
        // A frame that asks for no word in particular tells too little: "put their names to a pact on training".
        if frame.fallback && !frame.target.optional {
            return false;
        }
        let anchored = site.anchors.tokens().contains(&core) || site.anchors.tokens().contains(&object.token);
        let headed = |at: u32| self.tree.among(at, &frame.target.heads);
        if anchored || (symbol != 0 && headed(core)) || (site.word + 1..site.word + 5).any(headed) {
            return true;
        }
        let pronoun = self.tree.upos(core) == Upos::Pron && frame.target.heads.is_empty();
        let free = frame.target.heads.is_empty() && !frame.target.itself && self.tree.upos(core) != Upos::Propn;
        free || pronoun && self.surface.refers_back(object.token)
    }

    /// "Bahrain and Kuwait reopened *their* skies": each its own, not the other's.
    pub fn is_own(&self, source: Party, target: Party) -> bool {
        let own = |extent: &&Extent| extent.mention == target.party.mention;
        self.surface.extents().iter().find(own).is_some_and(|extent| {
            let possessive = (extent.first..=extent.last).any(|at| self.tree.xpos(at) == Xpos::Prps);
            possessive && self.surface.mention(*extent).is_some_and(|mention| mention.actors.contains(&source.party.actor))
        })
    }

    /// "Evacuated *its citizens* from Lebanon": those who are helped are the doer's own people, wherever they stay.
    pub fn helps_its_own(&self, site: &Site<'_>) -> bool {
        if site.frame.act != Act::Aid {
            return false;
        }
        let Some(object) = self.tree.object(site.word).map(|object| self.tree.core(object.token)) else { return false };
        let people = self.surface.covering(object).and_then(|extent| self.surface.mention(extent));
        let whose = self.tree.child(object, |relation| relation == Deprel::NmodPoss);
        people.is_some_and(|mention| mention.sector == Some(Sector::Cvl))
            && whose.is_some_and(|whose| self.tree.xpos(whose) == Xpos::Prps)
    }

    /// A frame that is told by its preposition alone must have it: "called on", not "called".
    pub fn lacks_preposition(&self, site: &Site<'_>) -> bool {
        let frame = site.frame;
        let bare = !frame.open && frame.tests.iter().all(|test| !test.wanted || test.words.is_empty());
        let preposition = |place: &Place| match place {
            Place::Preposition(preposition) => Some(*preposition),
            _ => None,
        };
        let asked: Vec<Symbol> = frame.target.places.iter().filter_map(preposition).collect();
        bare && asked.len() == frame.target.places.len() && !self.surface.after(site.word).any(|at| self.tree.among(at, &asked))
    }

    /// Whether a passive leaves its agent to the reader: "lorries have been let through".
    pub fn agent_open(&self, site: &Site<'_>) -> bool {
        let tree = self.tree;
        let told = tree.children(site.word).any(|child| {
            matches!(tree.deprel(child), Deprel::Aux | Deprel::AuxPass)
                && matches!(tree.xpos(child), Xpos::Vbd | Xpos::Vbz | Xpos::Vbp | Xpos::Md)
        });
        let frame = site.frame;
        let left_out = match frame.act {
            Act::Sanction
            | Act::Coerce
            | Act::Retreat
            | Act::Reject
            | Act::Agree
            | Act::Support
            | Act::Aid
            | Act::Cooperate
            | Act::Request => true,
            // "The envoy was summoned": by the state to which it is posted.
            Act::Accuse => {
                let asked = frame.tests.iter().filter(|test| test.wanted).flat_map(|test| &test.words);
                asked.chain(&frame.target.heads).any(|word| tree.words.posted.contains(word))
            }
            _ => false,
        };
        told && left_out
            && !frame.reciprocal
            && tree.is_passive(site.word)
            && !self.surface.after(site.word).any(|at| tree.symbol(at) == tree.words.by)
    }

    /// Whom `actor` deals with here. One who had no part in a conflict that was just told speaks of it: condemns the doer, consoles the
    /// other.
    pub fn counterpart(&self, actor: PartyRef, act: Act, told: &[Match], known: &Parties, acting: bool) -> Option<PartyRef> {
        let known = |code: ActorCode| known.holds(code);
        let here = told.iter().rev().find_map(|found| {
            let (a, b) = (found.candidate.source, found.candidate.target);
            match actor.actor {
                code if code == a.actor && !known(b.actor) => Some(b),
                code if code == b.actor && !known(a.actor) => Some(a),
                _ => None,
            }
        });
        if here.is_some() {
            return here;
        }
        // "Canada's ambassador *in Port-au-Prince*": whom it is accredited to.
        if let Some(host) = self.surface.host(actor.mention)
            && !known(host.actor)
        {
            return Some(host);
        }
        if let Some((doer, victim)) = self.focus.conflict(self.sentence)
            && doer.actor != actor.actor
            && victim.actor != actor.actor
        {
            match act {
                Act::Accuse => return Some(doer),
                Act::Support | Act::Aid => return Some(victim),
                _ => {}
            }
        }
        let other = if acting { self.only_other(&known) } else { None };
        let chosen = other.or_else(|| self.focus.counterpart(actor, act, self.sentence, &known))?;
        if acting {
            return Some(chosen);
        }
        let here = |_: ActorCode| false;
        self.focus.meant(&Scene { sentence: self.sentence, act, actor, chosen, here: &here, but: &known })
    }

    /// Whom `actor` means, where the course of the text leads to `chosen`: by all that the article says of its actors.
    pub fn meant(&self, site: &Site<'_>, actor: Party, chosen: PartyRef, told: &[Match], known: &Parties) -> Option<PartyRef> {
        let (party, share) = self.likeliest(site, [actor.party, chosen], told, known);
        // "Accused Cotonou of helping them, which Benin *denies*": an answer to whoever charged it here.
        let charged = |found: &Match| {
            let charge = &found.candidate;
            charge.act == Act::Accuse && (charge.source.actor, charge.target.actor) == (party.actor, actor.party.actor)
        };
        if site.frame.act == Act::Reject && told.iter().any(charged) {
            return Some(party);
        }
        let likely = match self.left_out {
            Some(gate) => {
                let meant = Party { party, reach: Reach::Discourse };
                self.is_likely(gate, site, Side::Open, [actor, meant], share, told)
            }
            None => share >= LEAST,
        };
        likely.then_some(party)
    }

    /// Whom the one who acts means most likely, and with which probability. `chosen`: where the course of the text leads.
    pub fn likeliest(&self, site: &Site<'_>, [actor, chosen]: [PartyRef; 2], told: &[Match], known: &Parties) -> (PartyRef, f32) {
        let here = |code: ActorCode| {
            told.iter().any(|found| {
                let (a, b) = (found.candidate.source.actor, found.candidate.target.actor);
                a == actor.actor && b == code || b == actor.actor && a == code
            })
        };
        let alike = self.doing_alike(site);
        let forums = self.surface.extents().iter().filter(|extent| self.is_forum(site, **extent));
        let forums = forums.filter_map(|extent| self.surface.mention(*extent));
        let forums: Vec<ActorCode> = forums.flat_map(|mention| mention.actors.iter().copied()).collect();
        let apart = |code: ActorCode| known.holds(code) || alike.contains(&code) || forums.contains(&code);
        let act = site.frame.act;
        self.focus.likeliest(&Scene { sentence: self.sentence, act, actor, chosen, here: &here, but: &apart })
    }

    /// Who does the same in another clause, and so is hardly whom it is done to: "Spain has set up a field hospital, and *Ukraine* has sent
    /// rescuers".
    fn doing_alike(&self, site: &Site<'_>) -> Vec<ActorCode> {
        let tree = self.tree;
        let mut alike = Vec::new();
        let mut add = |extent: Extent| {
            alike.extend(self.surface.mention(extent).into_iter().flat_map(|mention| mention.actors.iter().copied()))
        };
        if site.frame.kind != Kind::Verb {
            return alike;
        }
        self.surface.gapped(site.word).iter().flat_map(|gap| &gap.subjects).for_each(|subject| add(*subject));
        if matches!(site.frame.act, Act::Aid | Act::Support) {
            let act = |verb: u32| {
                let mut readings = self.lexicon.readings(tree.symbol(verb)).iter();
                readings.any(|reading| {
                    self.lexicon.frame(*reading).act == site.frame.act && self.lexicon.frame(*reading).kind == Kind::Verb
                })
            };
            for extent in self.surface.extents() {
                let verb = (extent.first..=extent.last).find(|at| tree.deprel(*at) == Deprel::Nsubj).and_then(|at| tree.head(at));
                if verb.is_some_and(|verb| verb != site.word && !site.anchors.tokens().contains(&verb) && act(verb)) {
                    add(*extent);
                }
            }
        }
        alike
    }

    /// The one other state that the sentence names, wherever it stands.
    pub fn only_other(&self, known: &dyn Fn(ActorCode) -> bool) -> Option<PartyRef> {
        let mut found: Option<PartyRef> = None;
        for extent in self.surface.extents() {
            let Some(mention) = self.surface.mention(*extent) else { continue };
            // "Danish fertiliser", "Colombian cocaine": where it comes from, not who is meant.
            let described = mention.kind == MentionKind::Demonym && !self.surface.stands_for(*extent);
            if described || self.surface.located(*extent) || mention.kind == MentionKind::Organisation {
                continue;
            }
            for actor in mention.actors.iter().filter(|actor| !known(**actor)) {
                match found {
                    Some(held) if held.actor != *actor => return None,
                    Some(_) => {}
                    None => found = Some(PartyRef { mention: extent.mention, actor: *actor }),
                }
            }
        }
        found
    }
}
