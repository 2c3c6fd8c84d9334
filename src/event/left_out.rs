//! [`LeftOut`]: whether a predicate whose frame asks for a target in words, and finds none in its sentence, leaves it to the reader all the
//! same: "the Americans applauded", "Brussels promised 30 million euros". Who is meant is the one of the [`super::cast::Cast`] that is the
//! likeliest; a logistic model over the predicate and that actor tells how likely an act between the two is told at all. Its weights are
//! data, `config/models/left_out.tsv`, fitted by `entente train left-out`.

use super::candidate::{Candidate, Hold, PartyRef, Reach};
use super::focus::Told;
use super::frame::{Kind, Place};
use super::fusion::{Property, probability};
use super::matcher::{Anchors, Match, Matcher, Site};
use super::ontology::{Act, Mode};
use super::predicates::Reading;
use super::reach::{Parties, Party};
use crate::actor::{ActorCode, MentionKind};
use crate::lexicon::LexiconError;
use crate::span::Span;
use crate::syntax::{Deprel, Upos, Xpos};

const FILE: &str = "left_out.tsv";

/// From this probability on the act is told.
const LEAST: f64 = 0.4;

/// Names of what is looked at; an act's name follows for each act.
const SIGNS: [&str; 79] = [
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
];

/// How many weights there are.
pub const WEIGHTS: usize = SIGNS.len() + Act::ALL.len();

/// The name of a weight.
pub fn name(at: usize) -> String {
    match at.checked_sub(SIGNS.len()).and_then(|at| Act::ALL.get(at)) {
        Some(act) => format!("act={}", act.as_str().to_ascii_lowercase()),
        None => SIGNS.get(at).copied().unwrap_or_default().to_owned(),
    }
}

/// The weights.
#[derive(Clone, Debug)]
pub struct LeftOut {
    weights: Vec<f64>,
    /// From this probability on the act is told.
    pub least: f64,
}

/// A predicate that was found to name no target, with whoever acts.
#[derive(Clone, Debug)]
pub struct Closed {
    reading: Reading,
    word: u32,
    anchors: Anchors,
    support: Option<u32>,
    sources: Parties,
}

/// One that was looked at: for whoever fits the weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Looked {
    pub trigger: Span,
    pub act: Act,
    pub source: ActorCode,
    /// The one who is meant the likeliest.
    pub target: ActorCode,
    pub properties: Vec<Property>,
}

impl LeftOut {
    pub fn embedded() -> Result<Self, LexiconError> {
        let text = include_str!("../../config/models/left_out.tsv");
        let mut weights = vec![None; WEIGHTS];
        let names: Vec<String> = (0..WEIGHTS).map(name).collect();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#') && !line.trim().is_empty()) {
            let error = |message: String| LexiconError { file: FILE, line: index + 1, message };
            let (name, weight) = line.split_once('\t').ok_or_else(|| error("expected a sign and its weight".to_owned()))?;
            let at = names.iter().position(|known| known == name).ok_or_else(|| error(format!("`{name}` is no sign")))?;
            weights[at] = Some(weight.trim().parse().map_err(|_| error(format!("`{weight}` is no number")))?);
        }
        let missing = |name: &str| LexiconError { file: FILE, line: 0, message: format!("no weight for {name}") };
        let weights = weights.into_iter().zip(&names).map(|(weight, name)| weight.ok_or_else(|| missing(name)));
        Ok(Self { weights: weights.collect::<Result<_, _>>()?, least: LEAST })
    }
}

impl Closed {
    pub fn new(reading: Reading, site: &Site<'_>, sources: Parties) -> Self {
        Self { reading, word: site.word, anchors: site.anchors, support: site.support, sources }
    }
}

impl Matcher<'_> {
    /// What `closed` tells where the discourse gives what it lacks, if it is likely to leave it to the reader. `told` are the sentence's
    /// matches.
    pub fn fill(&self, closed: &Closed, told: &[Match], looked: &mut Vec<Looked>) -> Vec<Match> {
        let mut matches = Vec::new();
        let Some(gate) = self.left_out else { return matches };
        let frame = self.lexicon.frame(closed.reading);
        let site = Site { frame, word: closed.word, anchors: closed.anchors, support: closed.support };
        let sources = &closed.sources;
        for source in sources.iter() {
            let Some(chosen) = self.counterpart(source.party, frame.act, told, sources, true) else { continue };
            let (party, share) = self.ask(&site, [source.party, chosen], told, sources, |scene| self.focus.likeliest(scene));
            let target = Party { party, reach: Reach::Discourse };
            // Of what was told of the two already this is hardly another.
            let again = self.told_before(source.party, party).any(|told| told.act == frame.act);
            if again || !self.fits(frame, source, target) {
                continue;
            }
            let properties = self.look(&site, source, party, share, told);
            let mut filled = self.candidate(&site, source, target);
            filled.candidate.reciprocal &= frame.act != Act::Agree;
            filled.candidate.hold = Hold::Closed;
            let sure = probability(&gate.weights, &properties);
            let Candidate { trigger_span: trigger, act, .. } = filled.candidate;
            looked.push(Looked { trigger, act, source: source.party.actor, target: party.actor, properties });
            if sure >= gate.least {
                matches.push(filled);
            }
        }
        matches
    }

    /// What the article has told of the two.
    fn told_before(&self, one: PartyRef, other: PartyRef) -> impl Iterator<Item = &Told> {
        self.focus.told().iter().filter(move |told| told.other(one).is_some_and(|found| found.actor == other.actor))
    }

    /// What is looked at.
    fn look(&self, site: &Site<'_>, source: Party, meant: PartyRef, share: f32, told: &[Match]) -> Vec<Property> {
        let (tree, frame, word, actor) = (self.tree, site.frame, site.word, source.party);
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
            source.reach == Reach::Argument,
            source.reach == Reach::Shared,
            source.reach == Reach::Near,
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
        ];
        let share = f64::from(share);
        let mut properties = vec![(0, 1.0), (1, share), (2, share.max(1e-3).ln())];
        properties.extend(signs.iter().enumerate().filter(|(_, holds)| **holds).map(|(at, _)| (at + 3, 1.0)));
        let act = Act::ALL.iter().position(|act| *act == frame.act);
        properties.extend(act.map(|act| (SIGNS.len() + act, 1.0)));
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
        if heads.contains(&self.tree.symbol(core)) {
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
