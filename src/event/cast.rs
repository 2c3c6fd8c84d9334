//! [`Cast`]: the actors of an article, weighed as the one whom a predicate means that leaves a party out: "rejected the charge",
//! "Beijing delivered water cannon".
//!
//! What speaks for an actor has its points, and the actor with the most is meant. The points are those of a conditional logit over the
//! 1,571 such predicates of `tests/gold/learn.jsonl` whose party is annotated, rounded; parted by article, they find four in five.

use super::candidate::PartyRef;
use super::focus::in_sentence;
use crate::actor::{ActorCode, MentionKind, Mentions};

/// The sentence names it.
const HERE: i32 = 210;
/// Headline or lead names it.
const LEAD: i32 = 130;
/// The sentence before names it.
const BEFORE: i32 = 100;
/// The one who acts has dealt with it in this sentence.
const TOLD: i32 = 90;
/// For each e-fold of its mentions.
const OFTEN: f64 = 120.0;
/// The course of the text leads to it ([`super::focus::Focus::counterpart`]).
const CHOSEN: i32 = 90;

/// Headline and lead.
const OPENING: u32 = 2;

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

    /// Whom a predicate of `sentence` means. `chosen` is where the course of the text leads, `told` tells whom the one who acts has dealt
    /// with in this sentence, `but` who is not meant.
    pub fn meant(
        &self,
        mentions: &Mentions,
        sentence: u32,
        chosen: PartyRef,
        told: &dyn Fn(ActorCode) -> bool,
        but: &dyn Fn(ActorCode) -> bool,
    ) -> PartyRef {
        let named = |at: u32, actor: ActorCode| {
            in_sentence(mentions, at).find(|(_, mention)| mention.actors.contains(&actor)).map(|(index, _)| index)
        };
        let mut best = (i32::MIN, chosen);
        for role in self.roles.iter().filter(|role| !but(role.actor)) {
            let here = named(sentence, role.actor);
            let before = sentence.checked_sub(1).and_then(|before| named(before, role.actor));
            let often = (OFTEN * f64::from(role.named).ln_1p()).round() as i32;
            let signs = [
                (here.is_some(), HERE),
                (role.lead, LEAD),
                (before.is_some(), BEFORE),
                (told(role.actor), TOLD),
                (role.actor == chosen.actor, CHOSEN),
            ];
            let points = often + signs.iter().filter(|(holds, _)| *holds).map(|(_, points)| points).sum::<i32>();
            if points > best.0 {
                let party = PartyRef { mention: here.or(before).unwrap_or(role.first), actor: role.actor };
                best = (points, if role.actor == chosen.actor { chosen } else { party });
            }
        }
        best.1
    }
}
