//! What is looked at where a predicate lacks a party: the predicate and its surroundings, who is meant the likeliest, and what the sentence
//! and the article tell of the two.

use super::Side;
use crate::actor::{ActorCode, MentionKind};
use crate::event::candidate::{PartyRef, Reach};
use crate::event::frame::{Kind, Place};
use crate::event::fusion::Property;
use crate::event::matcher::{Match, Matcher, Site};
use crate::event::ontology::{Act, Mode};
use crate::event::reach::Party;
use crate::syntax::{Deprel, Upos, Xpos};

/// Names of what is looked at; an act's name follows for each act.
const SIGNS: [&str; 85] = [
    "bias",
    // How likely the actor is whom the predicate means, and the logarithm of it.
    "share",
    "share=log",
    "verb",
    "noun",
    "frame=fallback",
    "frame=open",
    "frame=named",
    "frame=reciprocal",
    "frame=itself",
    "frame=headed",
    "frame=prepositions",
    "frame=body",
    "frame=visit",
    "lacks-preposition",
    "leaves-open",
    "passive",
    "support",
    "recipient",
    "clause",
    "complement",
    "oblique",
    "negated",
    // What stands as the object.
    "object=none",
    "object=pronoun",
    "object=actor",
    "object=anchor",
    "object=headed",
    "object=noun",
    "object=name",
    "object=number",
    "object=other",
    "object=definite",
    "object=act",
    // The word belongs to another predicate that told something.
    "inside",
    "refers-back",
    "actor=state",
    "actor=demonym",
    "actor=person",
    "actor=role",
    "actor=place",
    "actor=pronoun",
    "actor=organisation",
    // How many others the sentence names.
    "others=0",
    "others=1",
    "others=2",
    "others=more",
    "meant=here",
    "meant=dealt-with",
    "meant=organisation",
    "told-here",
    "line",
    // The sentence tells such an act of the actor; the article tells something of the two before.
    "act=here",
    "pair=before",
    // In how many ways the lexicon reads the word, and as how many acts.
    "acts=1",
    "acts=2",
    "readings=1",
    "readings=2",
    "readings=many",
    // How the one who acts was found, and how the word stands in its clause.
    "reach=argument",
    "reach=shared",
    "reach=near",
    "finite",
    "participle",
    "gerund",
    "infinitive",
    "clause=main",
    "clause=content",
    "clause=relative",
    "clause=adverbial",
    "conjunct",
    "noun=part",
    "noun=subject",
    "noun=object",
    // What the frame asks for is there as the tree has it; its object is another; it has none; how much it asks for.
    "strict",
    "headed-otherwise",
    "headed-nothing",
    "weight=1",
    "weight=many",
    // A verb's subject, or what does the verb that carries a noun.
    "subject=none",
    "subject=actor",
    "subject=other",
    "subject=standing",
    "subject=pronoun",
    "by",
];

const EACH: usize = SIGNS.len() + Act::ALL.len();
const SIDES: [&str; 3] = ["target", "source", "open"];
/// How many weights there are.
pub const WEIGHTS: usize = SIDES.len() * EACH;

/// The name of a weight.
pub fn name(at: usize) -> String {
    let side = SIDES.get(at / EACH).copied().unwrap_or_default();
    match (at % EACH).checked_sub(SIGNS.len()).and_then(|at| Act::ALL.get(at)) {
        Some(act) => format!("{side}:act={}", act.as_str().to_ascii_lowercase()),
        None => format!("{side}:{}", SIGNS.get(at % EACH).copied().unwrap_or_default()),
    }
}

impl Matcher<'_> {
    /// What is looked at.
    pub(super) fn look(
        &self,
        site: &Site<'_>,
        lacks: Side,
        known: Party,
        meant: PartyRef,
        share: f32,
        told: &[Match],
    ) -> Vec<Property> {
        let (tree, frame, word, actor) = (self.tree, site.frame, site.word, known.party);
        let object = tree.object(word).map(|object| object.token);
        let core = object.map(|object| tree.core(object));
        let thing = core.map(|core| self.thing(site, object.unwrap_or(core), core));
        let is = |wanted: Thing| thing == Some(wanted);
        let has = |relation: Deprel| tree.child(word, |deprel| deprel == relation).is_some();
        let kind = self.reacher.mentions.all.get(actor.mention as usize).map(|mention| mention.kind);
        let by = |wanted: MentionKind| kind == Some(wanted);
        let others = self.others(actor.actor);
        let deals = |found: &Match| {
            let (a, b) = (found.candidate.source.actor, found.candidate.target.actor);
            (a, b) == (actor.actor, meant.actor) || (b, a) == (actor.actor, meant.actor)
        };
        let by_actor = |found: &Match| [found.candidate.source.actor, found.candidate.target.actor].contains(&actor.actor);
        let verb = frame.kind == Kind::Verb;
        let readings = self.lexicon.readings(tree.symbol(word)).iter().map(|reading| self.lexicon.frame(*reading));
        let readings: Vec<_> = readings.filter(|other| other.kind == frame.kind).map(|frame| frame.act).collect();
        let mut acts = readings.clone();
        acts.sort_unstable();
        acts.dedup();
        let (readings, acts) = (readings.len(), acts.len());
        let relation = tree.deprel(tree.phrase(word));
        let doing = if verb { Some(word) } else { site.support };
        let subject = doing.and_then(|verb| tree.surface_subject(verb)).map(|subject| subject.token);
        let signs = [
            verb,
            frame.kind == Kind::Noun,
            frame.fallback,
            frame.open,
            frame.named,
            frame.reciprocal,
            frame.target.itself,
            !frame.target.heads.is_empty(),
            frame.target.places.iter().all(|place| matches!(place, Place::Preposition(_))),
            frame.body,
            frame.mode == Some(Mode::Visit),
            self.lacks_preposition(site),
            self.leaves_open(site),
            verb && tree.is_passive(word),
            site.support.is_some(),
            has(Deprel::Iobj),
            has(Deprel::Ccomp),
            has(Deprel::Xcomp),
            has(Deprel::Obl),
            tree.children(word).any(|child| matches!(tree.document.lemma(child), "not" | "never" | "no")),
            thing.is_none(),
            is(Thing::Pronoun),
            is(Thing::Actor),
            is(Thing::Anchor),
            is(Thing::Headed),
            is(Thing::Noun),
            is(Thing::Name),
            is(Thing::Number),
            is(Thing::Other),
            object.is_some_and(|object| self.surface.refers_back(object)),
            core.is_some_and(|core| (self.reacher.act_noun)(tree.symbol(core))),
            told.iter().any(|found| found.anchors.tokens().contains(&word)),
            self.surface.refers_back(word),
            by(MentionKind::State),
            by(MentionKind::Demonym),
            by(MentionKind::Person),
            by(MentionKind::Role),
            by(MentionKind::Place),
            by(MentionKind::Anaphor),
            by(MentionKind::Organisation),
            others == 0,
            others == 1,
            others == 2,
            others > 2,
            self.surface.names(meant.actor),
            told.iter().any(deals),
            meant.actor.as_str().len() != 3,
            !told.is_empty(),
            self.surface.is_line(),
            told.iter().any(|found| found.candidate.act == frame.act && by_actor(found)),
            self.told_before(actor, meant).next().is_some(),
            acts == 1,
            acts == 2,
            readings == 1,
            matches!(readings, 2 | 3),
            readings > 6,
            known.reach == Reach::Argument,
            known.reach == Reach::Shared,
            known.reach == Reach::Near,
            matches!(tree.xpos(word), Xpos::Vbd | Xpos::Vbz | Xpos::Vbp),
            tree.xpos(word) == Xpos::Vbn,
            tree.xpos(word) == Xpos::Vbg,
            tree.xpos(word) == Xpos::Vb,
            verb && relation == Deprel::Root,
            verb && matches!(relation, Deprel::Ccomp | Deprel::Parataxis),
            verb && matches!(relation, Deprel::Acl | Deprel::AclRelcl),
            verb && relation == Deprel::Advcl,
            relation == Deprel::Conj,
            !verb && matches!(relation, Deprel::Compound | Deprel::Amod),
            !verb && matches!(relation, Deprel::Nsubj | Deprel::NsubjPass),
            !verb && relation == Deprel::Obj,
            frame.tests.iter().all(|test| !test.wanted || self.holds(test, &mut self.open_site(frame, word))),
            !frame.target.heads.is_empty() && object.is_some() && !is(Thing::Headed),
            !frame.target.heads.is_empty() && object.is_none(),
            frame.weight(0) < 2,
            frame.weight(0) > 5,
            subject.is_none(),
            subject.is_some_and(|subject| self.surface.covering(subject).is_some()),
            subject.is_some_and(|subject| self.surface.covering(subject).is_none()),
            subject.is_some_and(|subject| tree.among(tree.core(subject), &tree.words.standing)),
            subject.is_some_and(|subject| self.surface.covering(subject).is_none() && tree.upos(subject) == Upos::Pron),
            self.surface.after(word).any(|at| tree.symbol(at) == tree.words.by),
        ];
        let share = f64::from(share);
        let first = lacks as usize * EACH;
        let mut properties = vec![(first, 1.0), (first + 1, share), (first + 2, share.max(1e-3).ln())];
        properties.extend(signs.iter().enumerate().filter(|(_, holds)| **holds).map(|(at, _)| (first + at + 3, 1.0)));
        let act = Act::ALL.iter().position(|act| *act == frame.act);
        properties.extend(act.map(|act| (first + SIGNS.len() + act, 1.0)));
        properties
    }

    fn thing(&self, site: &Site<'_>, object: u32, core: u32) -> Thing {
        let heads = &site.frame.target.heads;
        match self.surface.covering(object) {
            Some(extent) if self.surface.is_anaphor(extent.mention) => return Thing::Pronoun,
            Some(_) => return Thing::Actor,
            None => {}
        }
        if site.anchors.tokens().contains(&core) {
            return Thing::Anchor;
        }
        if self.tree.among(core, heads) {
            return Thing::Headed;
        }
        match self.tree.upos(core) {
            Upos::Noun => Thing::Noun,
            Upos::Propn => Thing::Name,
            Upos::Num => Thing::Number,
            _ => Thing::Other,
        }
    }

    /// How many actors the sentence names beside `actor`.
    fn others(&self, actor: ActorCode) -> usize {
        let mentions = self.surface.extents().iter().filter_map(|extent| self.surface.mention(*extent));
        let mut others: Vec<ActorCode> =
            mentions.flat_map(|mention| &mention.actors).copied().filter(|other| *other != actor).collect();
        others.sort_unstable();
        others.dedup();
        others.len()
    }
}

/// What stands as a predicate's object.
#[derive(Clone, Copy, PartialEq)]
enum Thing {
    Pronoun,
    Actor,
    Anchor,
    Headed,
    Noun,
    Name,
    Number,
    Other,
}
