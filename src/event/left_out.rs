//! [`LeftOut`]: whether a predicate that finds a party missing in its sentence leaves it to the reader: where its frame lets it ("rejected
//! the charge"), and where it asks for the party in words: "the Americans applauded", "Brussels promised 30 million euros", "sanctions on
//! Iran remain".
//!
//! Who is meant is the likeliest of the [`super::cast::Cast`]; a logistic model over the predicate and that actor tells how likely an act
//! between the two is told at all. Its weights are data, `config/models/left_out.tsv`, fitted by `entente train left-out`.

use super::candidate::{Hold, PartyRef, Reach};
use super::focus::Told;
use super::frame::{Kind, Place};
use super::fusion::{Property, probability};
use super::matcher::{Anchors, Match, Matcher, Site};
use super::ontology::Act;
use super::predicates::Reading;
use super::reach::{Parties, Party};
use super::weights;
use crate::actor::ActorCode;
use crate::lexicon::LexiconError;
use crate::span::Span;
use crate::syntax::{Deprel, Upos};

mod look;

pub use look::{WEIGHTS, name};

const FILE: &str = "left_out.tsv";

/// From this probability on the act is told.
const LEAST: f64 = 0.35;

/// Readings of a predicate that are tried.
const READINGS: usize = 3;

/// The weights.
#[derive(Clone, Debug)]
pub struct LeftOut {
    weights: Vec<f64>,
    /// From this probability on the act is told.
    pub least: f64,
}

/// What a predicate leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Target,
    Source,
    /// One that its frame lets it leave out.
    Open,
}

/// A predicate that was found to name one party only.
#[derive(Clone, Debug)]
pub struct Closed {
    reading: Reading,
    word: u32,
    anchors: Anchors,
    support: Option<u32>,
    lacks: Side,
    /// Whom it names.
    known: Parties,
}

/// One that was looked at: for whoever fits the weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Looked {
    pub trigger: Span,
    pub act: Act,
    /// Whom the predicate names, and who is meant the likeliest.
    pub known: ActorCode,
    pub meant: ActorCode,
    pub lacks: Side,
    pub properties: Vec<Property>,
}

impl LeftOut {
    pub fn embedded() -> Result<Self, LexiconError> {
        let names: Vec<String> = (0..WEIGHTS).map(name).collect();
        let weights = weights::read(FILE, include_str!("../../config/models/left_out.tsv"), &names)?;
        Ok(Self { weights, least: LEAST })
    }
}

impl Closed {
    pub fn new(reading: Reading, site: &Site<'_>, lacks: Side, known: Parties) -> Self {
        Self { reading, word: site.word, anchors: site.anchors, support: site.support, lacks, known }
    }
}

impl Matcher<'_> {
    /// What the first of a predicate's `readings` tells that is likely enough.
    pub fn fill_any(&self, readings: &[Closed], told: &[Match]) -> Vec<Match> {
        let mut filled = readings.iter().take(READINGS).map(|closed| self.fill(closed, told));
        filled.find(|found| !found.is_empty()).unwrap_or_default()
    }

    /// What `closed` tells where the discourse gives what it lacks, if it is likely to leave it to the reader. `told` are the sentence's
    /// matches.
    fn fill(&self, closed: &Closed, told: &[Match]) -> Vec<Match> {
        let mut matches = Vec::new();
        let Some(gate) = self.left_out else { return matches };
        let frame = self.lexicon.frame(closed.reading);
        let site = Site { frame, word: closed.word, anchors: closed.anchors, support: closed.support };
        // A frame that asks for a doer of a kind must have it: "a *shell* killed two".
        // "Syrian shelling": whose the noun is does it.
        let owned = || frame.kind == Kind::Noun && self.leading(site.word).is_some();
        if closed.lacks == Side::Source && (!frame.source.heads.is_empty() || self.done_by_another(&site) || owned()) {
            return matches;
        }
        if closed.lacks != Side::Source && self.turns_to_another(&site) {
            return matches;
        }
        if matches!(frame.act, Act::Agree | Act::Support) && self.is_spoken_of(&site) {
            return matches;
        }
        for known in closed.known.iter() {
            let Some(chosen) = self.counterpart(known.party, frame.act, told, &closed.known, true) else { continue };
            let (party, share) = self.likeliest(&site, [known.party, chosen], told, &closed.known);
            let meant = Party { party, reach: Reach::Discourse };
            let (source, target) = match closed.lacks {
                Side::Target | Side::Open => (known, meant),
                Side::Source => (meant, known),
            };
            // Of what was told of the two already this is hardly another.
            let again = self.told_before(known.party, party).any(|told| told.act == frame.act);
            let own = frame.act == Act::Request && self.turns_to(site.word, known.party.actor);
            let suffers = closed.lacks == Side::Source && self.holds_actor(&site, party.actor);
            if again || own || suffers || !self.fits(frame, source, target) {
                continue;
            }
            if self.is_likely(gate, &site, closed.lacks, [known, meant], share, told) {
                let other = (closed.lacks != Side::Source).then(|| self.other_side(&site, source, party, told)).flatten();
                let other = other.map(|party| Party { party, reach: Reach::Discourse });
                for target in std::iter::once(target).chain(other) {
                    let mut filled = self.candidate(&site, source, target);
                    filled.candidate.reciprocal &= frame.binds_both();
                    filled.candidate.reciprocal &= frame.act != Act::Agree;
                    filled.candidate.hold = Hold::Closed;
                    matches.push(filled);
                }
            }
        }
        matches
    }

    /// Whether an act between whom the predicate names and who is `meant` with the probability `share` is told at all.
    pub fn is_likely(
        &self,
        gate: &LeftOut,
        site: &Site<'_>,
        lacks: Side,
        [known, meant]: [Party; 2],
        share: f32,
        told: &[Match],
    ) -> bool {
        let properties = self.look(site, lacks, known, meant.party, share, told);
        let likely = probability(&gate.weights, &properties) >= gate.least;
        if let Some(looked) = &self.looked {
            let [known, meant] = [known.party.actor, meant.party.actor];
            let trigger = self.trigger_span(site);
            looked.borrow_mut().push(Looked { trigger, act: site.frame.act, known, meant, lacks, properties });
        }
        likely
    }

    /// "*Moscow, Idaho*, is to host the finals", "wild *geese* have arrived": a name that is no actor acts for itself, and so does a thing
    /// through which no state acts.
    fn done_by_another(&self, site: &Site<'_>) -> bool {
        let tree = self.tree;
        let subject = tree.surface_subject(site.word).map(|subject| subject.token).filter(|_| !tree.is_passive(site.word));
        let other = |subject: u32| {
            self.surface.covering(subject).is_none()
                && match tree.upos(subject) {
                    Upos::Propn => true,
                    Upos::Noun => !tree.among(tree.core(subject), &tree.words.standing),
                    _ => false,
                }
        };
        // "A *disputed* temple": by whom is no matter there.
        let described = || tree.deprel(site.word) == Deprel::Amod;
        site.frame.kind == Kind::Verb && (subject.is_some_and(other) || described())
    }

    /// "Criticised Somalia over *the deal*": one that was told before, by whomever it was made; "the deal *announced on Monday*" is told here.
    pub fn is_spoken_of(&self, site: &Site<'_>) -> bool {
        let told = || self.tree.child(site.word, |relation| relation == Deprel::Acl).is_some();
        site.frame.kind == Kind::Noun && site.frame.reciprocal && self.surface.refers_back(site.word) && !told()
    }

    /// "Told *reporters* of the decision": what stands where the frame wants its target is somebody else.
    fn turns_to_another(&self, site: &Site<'_>) -> bool {
        let tree = self.tree;
        let wanted = |place: &Place| matches!(place, Place::Object | Place::Recipient);
        let other = |child: u32| {
            matches!(tree.deprel(child), Deprel::Obj | Deprel::Iobj)
                && tree.upos(child) == Upos::Noun
                && self.surface.covering(child).is_none()
        };
        site.frame.kind == Kind::Verb
            && site.frame.target.itself
            && site.frame.target.places.iter().any(wanted)
            && tree.children(site.word).any(other)
    }

    /// "A *Polish driver* was killed": whose words of the predicate are of `actor` does not do it.
    fn holds_actor(&self, site: &Site<'_>, actor: ActorCode) -> bool {
        let held = |anchor: &u32| self.surface.mention(self.surface.covering(*anchor)?);
        site.anchors.tokens().iter().filter_map(held).any(|mention| mention.actors.contains(&actor))
    }

    /// Whether what stands as the object is of `actor` itself: "France advised *Frenchmen* to leave".
    fn turns_to(&self, word: u32, actor: ActorCode) -> bool {
        let objects = self.tree.children(word).filter(|child| matches!(self.tree.deprel(*child), Deprel::Obj | Deprel::Iobj));
        let mentions = objects.filter_map(|object| self.surface.mention(self.surface.covering(object)?));
        mentions.into_iter().any(|mention| mention.actors.contains(&actor))
    }

    /// What the article has told of the two.
    fn told_before(&self, one: PartyRef, other: PartyRef) -> impl Iterator<Item = &Told> {
        self.focus.told().iter().filter(move |told| told.other(one).is_some_and(|found| found.actor == other.actor))
    }
}
