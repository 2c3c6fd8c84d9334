//! [`Confidence`]: the probability that an event's dyad and act are right, from what made it. The weights are data,
//! `config/models/confidence.tsv`, fitted on development articles so that among events at 0.8 eight in ten are right.

use super::assemble::Explained;
use super::candidate::{Candidate, Hold, PartyRef, Reach};
use super::fusion::Property;
use super::ontology::{Act, Quad, Status};
use super::subject::{self, About};
use super::weights;
use crate::actor::{ActorCode, Mention, MentionKind, Mentions};
use crate::lexicon::LexiconError;
use crate::syntax::{Document, SentenceKind, Upos};

const FILE: &str = "confidence.tsv";

/// What an event's probability is read from.
pub(super) struct Signs<'a> {
    pub candidate: &'a Candidate,
    pub source: &'a Mention,
    pub target: &'a Mention,
    pub trigger: Upos,
    pub status: Status,
    pub kind: SentenceKind,
    /// The mentions of the sentence.
    pub nearby: &'a [Mention],
    /// The PLOVER class that follows from act and status.
    pub class: Act,
    /// The act that the judge holds most likely, where it has read along.
    pub judged: Option<Act>,
    pub about: About,
}

/// Names of the signs, in the order in which the file's weights are held; the first always holds; those of
/// [`subject::SIGNS`] follow, which are a matter of degree.
pub const SIGNS: [&str; 60] = [
    "bias",
    "reach=argument",
    "reach=inside",
    "reach=shared",
    "reach=anaphor",
    "reach=near",
    "reach=discourse",
    "trigger=verb",
    "trigger=noun",
    "trigger=other",
    "mention=demonym",
    "mention=anaphor",
    "mention=place",
    "mention=organisation",
    "status=plain",
    "status=read",
    "headline",
    "reciprocal",
    "mode",
    "quad=verbal-cooperation",
    "quad=material-cooperation",
    "quad=verbal-conflict",
    "quad=material-conflict",
    "judge=agrees",
    "judge=related",
    "judge=differs",
    "source=argument",
    "source=inside",
    "source=shared",
    "source=anaphor",
    "source=near",
    "source=discourse",
    "source=elsewhere",
    "frame=open",
    "frame=fallback",
    "frame=closed",
    "others=0",
    "others=1",
    "others=2",
    "others=more",
    "negated",
    "anticipated",
    "source=organisation",
    "target=person",
    "act=agree",
    "act=consult",
    "act=support",
    "act=concede",
    "act=cooperate",
    "act=aid",
    "act=retreat",
    "act=request",
    "act=accuse",
    "act=reject",
    "act=threaten",
    "act=protest",
    "act=sanction",
    "act=mobilize",
    "act=coerce",
    "act=assault",
];

/// How many weights there are.
pub const WEIGHTS: usize = SIGNS.len() + subject::SIGNS.len();

/// The name of a weight.
pub fn name(at: usize) -> &'static str {
    SIGNS.iter().chain(&subject::SIGNS).nth(at).copied().unwrap_or_default()
}

/// Below this an event is likelier to mislead than to help, and is not told: a false one costs as much as a missed one.
pub const FLOOR: f64 = 0.34;

pub(super) struct Confidence {
    weights: Vec<f64>,
}

impl Confidence {
    pub fn embedded() -> Result<Self, LexiconError> {
        let names: Vec<&str> = (0..WEIGHTS).map(name).collect();
        Ok(Self { weights: weights::read(FILE, include_str!("../../config/models/confidence.tsv"), &names)? })
    }

    /// The probability, as it is told.
    pub fn of(&self, signs: &Signs<'_>) -> f64 {
        let sum: f64 = present(signs).zip(&self.weights).map(|(much, weight)| much * weight).sum();
        told(1.0 / (1.0 + (-sum).exp()))
    }
}

/// A probability as an event tells it: to two decimals, never quite 0 or 1.
pub(super) fn told(probability: f64) -> f64 {
    ((100.0 * probability).round() / 100.0).clamp(0.01, 0.99)
}

/// Which signs an event shows, and how much of each: what its confidence was read from.
pub fn signs(explained: &Explained, document: &Document, mentions: &Mentions) -> Vec<Property> {
    let shown = read_from(explained, document, mentions).map(|signs| present(&signs).enumerate().collect::<Vec<_>>());
    shown.into_iter().flatten().filter(|(_, much)| *much != 0.0).collect()
}

fn read_from<'a>(explained: &'a Explained, document: &Document, mentions: &'a Mentions) -> Option<Signs<'a>> {
    let Explained { event, candidate, .. } = explained;
    let mention = |party: PartyRef| mentions.all.get(party.mention as usize);
    Some(Signs {
        candidate,
        source: mention(candidate.source)?,
        target: mention(candidate.target)?,
        trigger: document.tokens.get(candidate.trigger as usize).map_or(Upos::X, |token| token.upos),
        status: event.status,
        class: event.event.plover,
        judged: explained.judged.as_ref().map(|judged| judged.best().0),
        kind: document.sentences.get(candidate.sentence as usize).map_or(SentenceKind::Body, |sentence| sentence.kind),
        nearby: super::assemble::in_sentence(mentions, candidate.sentence),
        about: explained.about,
    })
}

/// How many actors the sentence names beside the two.
fn others(signs: &Signs<'_>) -> usize {
    let parties = [signs.candidate.source.actor, signs.candidate.target.actor];
    let mut others: Vec<ActorCode> =
        signs.nearby.iter().flat_map(|mention| &mention.actors).copied().filter(|actor| !parties.contains(actor)).collect();
    others.sort_unstable();
    others.dedup();
    others.len()
}

/// How much there is of each sign, in the order of their weights.
pub(super) fn present(signs: &Signs<'_>) -> impl Iterator<Item = f64> {
    let reach = signs.candidate.source_path.max(signs.candidate.target_path);
    let mentions = |kind: MentionKind| signs.source.kind == kind || signs.target.kind == kind;
    let (verb, noun) = (matches!(signs.trigger, Upos::Verb | Upos::Aux), matches!(signs.trigger, Upos::Noun | Upos::Propn));
    let plain = matches!(signs.status, Status::Occurred | Status::Ongoing);
    let quad = super::codes::quad(signs.candidate.act);
    let agrees = signs.judged == Some(signs.candidate.act);
    let related = !agrees && signs.judged.is_some_and(|act| super::codes::quad(act) == quad);
    let differs = signs.judged.is_some() && !agrees && !related;
    let source = signs.candidate.source_path;
    let told = signs.candidate.act;
    let others = others(signs);
    [
        true,
        reach == Reach::Argument,
        reach == Reach::Inside,
        reach == Reach::Shared,
        reach == Reach::Anaphor,
        reach == Reach::Near,
        reach == Reach::Discourse,
        verb,
        noun,
        !verb && !noun,
        mentions(MentionKind::Demonym),
        mentions(MentionKind::Anaphor),
        mentions(MentionKind::Place),
        mentions(MentionKind::Organisation),
        plain,
        !plain,
        signs.kind == SentenceKind::Headline,
        signs.candidate.reciprocal,
        signs.candidate.mode.is_some(),
        quad == Quad::VerbalCooperation,
        quad == Quad::MaterialCooperation,
        quad == Quad::VerbalConflict,
        quad == Quad::MaterialConflict,
        agrees,
        related,
        differs,
        source == Reach::Argument,
        source == Reach::Inside,
        source == Reach::Shared,
        source == Reach::Anaphor,
        source == Reach::Near,
        source == Reach::Discourse,
        signs.source.sentence != signs.candidate.sentence,
        signs.candidate.hold == Hold::Open,
        signs.candidate.hold == Hold::Fallback,
        signs.candidate.hold == Hold::Closed,
        others == 0,
        others == 1,
        others == 2,
        others > 2,
        signs.status == Status::Negated,
        signs.status == Status::Anticipated,
        signs.source.kind == MentionKind::Organisation,
        signs.target.kind == MentionKind::Person,
    ]
    .into_iter()
    .chain(Act::ALL.iter().map(move |act| *act == told))
    .map(|holds| f64::from(u8::from(holds)))
    .chain(signs.about.signs())
}
