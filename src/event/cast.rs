//! [`Cast`]: the actors of an article, weighed as the one whom a predicate means that leaves a party out: "rejected the charge",
//! "Beijing delivered water cannon".
//!
//! What speaks for an actor has its points, and the actor with the most is meant. The points are those of a conditional logit over the
//! 1,422 such predicates of `tests/gold/learn.jsonl` whose party is annotated, rounded; parted by article, they find 85 in a hundred.

use super::candidate::PartyRef;
use super::codes::quad;
use super::focus::{Told, in_sentence};
use super::ontology::{Act, Quad};
use crate::actor::{ActorCode, MentionKind, Mentions};

/// Hundredths of a logit for each thing that may hold of an actor.
mod points {
    /// The sentence names it.
    pub const HERE: f32 = 250.0;
    /// The sentence before names it.
    pub const BEFORE: f32 = 55.0;
    /// The sentence after names it.
    pub const NEXT: f32 = 60.0;
    /// Headline or lead names it.
    pub const LEAD: f32 = 60.0;
    /// For each e-fold of its mentions.
    pub const OFTEN: f32 = 95.0;
    /// The one who acts has dealt with it in this sentence.
    pub const HERE_TOLD: f32 = 45.0;
    /// The course of the text leads to it ([`super::super::focus::Focus::counterpart`]).
    pub const CHOSEN: f32 = 50.0;
    /// For each e-fold of the acts of the last sentences that join the two.
    pub const NEAR: f32 = 90.0;
    /// For each e-fold of what the one who acts has done to it so far.
    pub const DONE_TO: f32 = -100.0;
    /// For each e-fold of the hostile acts between the two, where this is another.
    pub const QUARREL: f32 = 65.0;
    /// For each e-fold of those who did the same to it just now.
    pub const ALIKE: f32 = 80.0;
    /// For each e-fold of what was done to it so far.
    pub const TARGET: f32 = 55.0;
    /// It did what was told last.
    pub const LAST_DOER: f32 = 45.0;
    /// Nothing has named it yet.
    pub const UNNAMED: f32 = -200.0;
    /// It was named last more than four sentences before.
    pub const FAR: f32 = -90.0;
}

/// Headline and lead.
const OPENING: u32 = 2;
/// Sentences back within which acts are recent, and within which one does as another did.
const RECENT: u32 = 3;
const ALIKE: u32 = 2;
/// Sentences back from which an actor is far.
const FAR: u32 = 4;
/// Acts told that are looked back on.
const BACK: usize = 64;

pub struct Cast {
    /// In the order of their first mention.
    roles: Vec<Role>,
}

struct Role {
    actor: ActorCode,
    first: u32,
    lead: bool,
    /// Times that the article names it, other than by a pronoun.
    named: u32,
}

/// A predicate that leaves a party out.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    pub sentence: u32,
    pub act: Act,
    /// The party that it does name.
    pub actor: PartyRef,
    /// Where the course of the text leads.
    pub chosen: PartyRef,
    /// Whom the one who acts has dealt with in this sentence.
    pub here: &'a dyn Fn(ActorCode) -> bool,
    /// Who is not meant.
    pub but: &'a dyn Fn(ActorCode) -> bool,
}

impl Cast {
    pub fn new(mentions: &Mentions) -> Self {
        let mut roles: Vec<Role> = Vec::new();
        for (index, mention) in mentions.all.iter().enumerate() {
            let named = u32::from(mention.kind != MentionKind::Anaphor);
            let lead = mention.sentence < OPENING;
            for actor in &mention.actors {
                match roles.iter_mut().find(|role| role.actor == *actor) {
                    Some(role) => role.named += named,
                    None => roles.push(Role { actor: *actor, first: index as u32, lead, named }),
                }
            }
        }
        Self { roles }
    }

    /// Whom a predicate means, by all that was `told` before it.
    pub fn meant(&self, mentions: &Mentions, told: &[Told], scene: &Scene<'_>) -> PartyRef {
        let told = told.get(told.len().saturating_sub(BACK)..).unwrap_or(told);
        let mut best = (f32::MIN, scene.chosen);
        for role in self.roles.iter().filter(|role| !(scene.but)(role.actor)) {
            let (points, mention) = role.weigh(mentions, told, scene);
            if points > best.0 {
                let party = PartyRef { mention, actor: role.actor };
                best = (points, if role.actor == scene.chosen.actor { scene.chosen } else { party });
            }
        }
        best.1
    }
}

impl Role {
    /// What speaks for this actor, and the mention of it that stands nearest.
    fn weigh(&self, mentions: &Mentions, told: &[Told], scene: &Scene<'_>) -> (f32, u32) {
        let named =
            |at: u32| in_sentence(mentions, at).find(|(_, mention)| mention.actors.contains(&self.actor)).map(|(index, _)| index);
        let sentence = scene.sentence;
        let here = named(sentence);
        let back = (1..=FAR).find_map(|back| named(sentence.checked_sub(back)?).map(|mention| (back, mention)));
        let before = back.filter(|(back, _)| *back == 1).map(|(_, mention)| mention);
        let unnamed = mentions.all.get(self.first as usize).is_none_or(|mention| mention.sentence >= sentence);

        let hostile = |act: Act| act != Act::Request && matches!(quad(act), Quad::VerbalConflict | Quad::MaterialConflict);
        let with = |told: &&Told| told.other(scene.actor).is_some_and(|other| other.actor == self.actor);
        let to = |told: &&Told| told.target.actor == self.actor;
        let within = |reach: u32| told.iter().rev().take_while(move |told| told.sentence + reach >= sentence);
        let e_folds = |count: usize| (count as f32).ln_1p();
        let alike = |told: &&Told| to(told) && told.act == scene.act && told.source.actor != scene.actor.actor;
        let quarrel = if hostile(scene.act) { told.iter().filter(|told| with(told) && hostile(told.act)).count() } else { 0 };

        let signs = [
            (here.is_some(), points::HERE),
            (before.is_some(), points::BEFORE),
            (named(sentence + 1).is_some(), points::NEXT),
            (self.lead, points::LEAD),
            ((scene.here)(self.actor), points::HERE_TOLD),
            (self.actor == scene.chosen.actor, points::CHOSEN),
            (told.last().is_some_and(|told| told.source.actor == self.actor), points::LAST_DOER),
            (here.is_none() && unnamed, points::UNNAMED),
            (here.is_none() && !unnamed && back.is_none(), points::FAR),
        ];
        let counts = [
            (self.named as usize, points::OFTEN),
            (within(RECENT).filter(with).count(), points::NEAR),
            (told.iter().filter(|told| with(told) && to(told)).count(), points::DONE_TO),
            (quarrel, points::QUARREL),
            (within(ALIKE).filter(alike).count(), points::ALIKE),
            (told.iter().filter(to).count(), points::TARGET),
        ];
        let points = signs.iter().filter(|(holds, _)| *holds).map(|(_, points)| points).sum::<f32>()
            + counts.iter().map(|(count, points)| e_folds(*count) * points).sum::<f32>();
        (points, here.or(before).unwrap_or(self.first))
    }
}
