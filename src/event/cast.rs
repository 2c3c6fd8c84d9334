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

/// What may hold of an actor, and for how many hundredths of a logit that speaks; of what is counted, for each e-fold.
pub const SIGNS: [(&str, f32); 15] = [
    // The sentence names it; the one before; the one after; headline or lead.
    ("here", 250.0),
    ("before", 55.0),
    ("next", 60.0),
    ("lead", 60.0),
    // The one who acts has dealt with it in this sentence.
    ("here-told", 45.0),
    // The course of the text leads to it (`Focus::counterpart`).
    ("chosen", 50.0),
    // It did what was told last.
    ("last-doer", 45.0),
    // Nothing has named it yet; it was named last more than four sentences before.
    ("unnamed", -200.0),
    ("far", -90.0),
    // Its mentions.
    ("often", 95.0),
    // The acts of the last sentences that join the two.
    ("near", 90.0),
    // What the one who acts has done to it so far.
    ("done-to", -100.0),
    // The hostile acts between the two, where this is another.
    ("quarrel", 65.0),
    // Those who did the same to it just now.
    ("alike", 80.0),
    // What was done to it so far.
    ("target", 55.0),
];

/// How much of each of [`SIGNS`] holds of an actor.
pub type Signs = [f32; SIGNS.len()];

/// Headline and lead.
const OPENING: u32 = 2;
/// Sentences back within which acts are recent, and within which one does as another did.
const RECENT: u32 = 3;
const ALIKE: u32 = 2;
/// Sentences back from which an actor is far.
const FAR: u32 = 4;
/// Points of a logit.
const LOGIT: f32 = 100.0;
/// Who is meant with a smaller probability is not named: more of such guesses are wrong than help.
pub const LEAST: f32 = 0.35;

/// An actor that may be meant.
pub struct Choice {
    pub party: PartyRef,
    /// The probability that it is.
    pub share: f32,
    pub signs: Signs,
}

pub struct Cast {
    /// In the order of their first mention.
    roles: Vec<Role>,
    /// The actors with the positions of their roles, in the order of their codes.
    index: Vec<(ActorCode, usize)>,
}

struct Role {
    actor: ActorCode,
    first: u32,
    lead: bool,
    /// Times that the article names it, other than by a pronoun.
    named: u32,
}

/// What holds of one role at a predicate.
#[derive(Clone, Copy, Default)]
struct Tally {
    /// Its first mention in the sentence, and in the one before.
    here: Option<u32>,
    before: Option<u32>,
    next: bool,
    /// One of the sentences before names it that are not far.
    back: bool,
    near: u32,
    done_to: u32,
    quarrel: u32,
    alike: u32,
    target: u32,
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
        let mut index: Vec<(ActorCode, usize)> = roles.iter().enumerate().map(|(at, role)| (role.actor, at)).collect();
        index.sort_unstable();
        Self { roles, index }
    }

    /// Whom a predicate means most likely, by all that was `told` before it, and with which probability.
    pub fn likeliest(&self, mentions: &Mentions, told: &[Told], scene: &Scene<'_>) -> (PartyRef, f32) {
        let mut best = (scene.chosen, 0.0);
        for choice in self.choices(mentions, told, scene) {
            if choice.share > best.1 {
                best = (choice.party, choice.share);
            }
        }
        if best.1 == 0.0 { (scene.chosen, 1.0) } else { best }
    }

    /// Every actor that may be meant, in the order of their first mention.
    pub fn choices(&self, mentions: &Mentions, told: &[Told], scene: &Scene<'_>) -> Vec<Choice> {
        let mut tallies = vec![Tally::default(); self.roles.len()];
        self.count_mentions(mentions, scene, &mut tallies);
        self.count_acts(told, scene, &mut tallies);
        let last_doer = told.last().map(|told| told.source.actor);
        let mut choices = Vec::with_capacity(self.roles.len());
        for (role, tally) in self.roles.iter().zip(&tallies).filter(|(role, _)| !(scene.but)(role.actor)) {
            let unnamed = mentions.all.get(role.first as usize).is_none_or(|mention| mention.sentence >= scene.sentence);
            let signs = role.signs(tally, unnamed, last_doer, scene);
            let points: f32 = signs.iter().zip(SIGNS).map(|(much, (_, points))| much * points).sum();
            let mention = tally.here.or(tally.before).unwrap_or(role.first);
            let party = PartyRef { mention, actor: role.actor };
            let party = if role.actor == scene.chosen.actor { scene.chosen } else { party };
            choices.push(Choice { party, share: (points / LOGIT).exp(), signs });
        }
        let sum: f32 = choices.iter().map(|choice| choice.share).sum();
        choices.iter_mut().for_each(|choice| choice.share /= sum);
        choices
    }

    fn tally<'t>(&self, actor: ActorCode, tallies: &'t mut [Tally]) -> Option<&'t mut Tally> {
        let at = self.index.binary_search_by_key(&actor, |(actor, _)| *actor).ok()?;
        tallies.get_mut(self.index[at].1)
    }

    fn count_mentions(&self, mentions: &Mentions, scene: &Scene<'_>, tallies: &mut [Tally]) {
        for sentence in scene.sentence.saturating_sub(FAR)..=scene.sentence + 1 {
            for (index, mention) in in_sentence(mentions, sentence) {
                for actor in &mention.actors {
                    let Some(tally) = self.tally(*actor, tallies) else { continue };
                    if sentence > scene.sentence {
                        tally.next = true;
                    } else if sentence == scene.sentence {
                        tally.here.get_or_insert(index);
                    } else {
                        tally.back = true;
                        if sentence + 1 == scene.sentence {
                            tally.before.get_or_insert(index);
                        }
                    }
                }
            }
        }
    }

    fn count_acts(&self, told: &[Told], scene: &Scene<'_>, tallies: &mut [Tally]) {
        let hostile = |act: Act| act != Act::Request && matches!(quad(act), Quad::VerbalConflict | Quad::MaterialConflict);
        let quarrels = hostile(scene.act);
        for told in told {
            let within = |reach: u32| told.sentence + reach >= scene.sentence;
            if let Some(tally) = self.tally(told.target.actor, tallies) {
                tally.target += 1;
                let other = told.source.actor != scene.actor.actor;
                tally.alike += u32::from(within(ALIKE) && told.act == scene.act && other);
                tally.done_to += u32::from(!other);
            }
            if let Some(tally) = told.other(scene.actor).and_then(|other| self.tally(other.actor, tallies)) {
                tally.near += u32::from(within(RECENT));
                tally.quarrel += u32::from(quarrels && hostile(told.act));
            }
        }
    }
}

impl Role {
    /// What speaks for this actor. `unnamed`: nothing has named it before the predicate's sentence.
    fn signs(&self, tally: &Tally, unnamed: bool, last_doer: Option<ActorCode>, scene: &Scene<'_>) -> Signs {
        let absent = tally.here.is_none();
        let holds = |yes: bool| f32::from(u8::from(yes));
        let e_folds = |count: u32| (count as f32).ln_1p();
        [
            holds(!absent),
            holds(tally.before.is_some()),
            holds(tally.next),
            holds(self.lead),
            holds((scene.here)(self.actor)),
            holds(self.actor == scene.chosen.actor),
            holds(last_doer == Some(self.actor)),
            holds(absent && unnamed),
            holds(absent && !unnamed && !tally.back),
            e_folds(self.named),
            e_folds(tally.near),
            e_folds(tally.done_to),
            e_folds(tally.quarrel),
            e_folds(tally.alike),
            e_folds(tally.target),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::Mention;

    /// Whom an act of the second sentence by XA means, where the first names all of `codes`.
    fn meant(codes: &[&str]) -> Option<String> {
        let mentions = Mentions { all: codes.iter().map(|code| Mention::of_states(&[code], 0)).collect() };
        let party = |at: usize| PartyRef { mention: at as u32, actor: mentions.all[at].actors[0] };
        let (actor, chosen) = (party(0), party(1));
        let scene = Scene { sentence: 1, act: Act::Request, actor, chosen, here: &|_| false, but: &|code| code == actor.actor };
        let (party, share) = Cast::new(&mentions).likeliest(&mentions, &[], &scene);
        (share >= LEAST).then(|| party.actor.to_string())
    }

    #[test]
    fn of_two_the_one_that_the_text_leads_to_is_meant() {
        assert_eq!(meant(&["XA", "XB", "XC"]), Some("XB".to_owned()));
    }

    #[test]
    fn where_nobody_stands_out_nobody_is_meant() {
        assert_eq!(meant(&["XA", "XB", "XC", "XD", "XE", "XF", "XG", "XH"]), None);
    }
}
