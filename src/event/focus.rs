//! [`Focus`]: whom an actor deals with at a point of the article, for predicates that leave a party out: "demanded an apology", "rejected
//! the charge", "the ambassador was summoned".
//!
//! The nearest act told before that joins the actor with another names that other; else the other actor of the sentence or of those
//! before it, else the one that the article's opening names with it.

use std::cmp::Reverse;

use rustc_hash::FxHashMap;

use super::candidate::{Candidate, Hold, PartyRef};
use super::cast::{Cast, Choice, LEAST, Scene};
use super::codes::quad;
use super::ontology::{Act, Quad};
use crate::actor::{ActorCode, Mention, MentionKind, Mentions};

/// An act further back than this many sentences is no longer what the text speaks of.
const NEAR: u32 = 3;
/// Sentences further back than this are not looked at for another actor.
const MEMORY: u32 = 6;
/// Acts that are looked back on; an article of news tells fewer, and a hostile one costs no more for each.
pub const LOOKED: usize = 256;
/// The opening: headline and lead.
const OPENING: u32 = 3;

pub struct Focus<'a> {
    mentions: &'a Mentions,
    cast: Cast,
    /// States with how often the article names each alone and with its first such mention, the most named first.
    named: Vec<(ActorCode, u32, u32)>,
    /// In text order.
    told: Vec<Told>,
}

/// An act that was told.
pub struct Told {
    pub sentence: u32,
    trigger: u32,
    pub act: Act,
    pub source: PartyRef,
    pub target: PartyRef,
    pub mutual: bool,
}

impl<'a> Focus<'a> {
    pub fn new(mentions: &'a Mentions) -> Self {
        Self { mentions, cast: Cast::new(mentions), named: named(mentions), told: Vec::new() }
    }

    /// Remembers an act that was told. What was but likely is not built upon.
    pub fn note(&mut self, candidate: &Candidate) {
        if candidate.hold == Hold::Closed {
            return;
        }
        let Candidate { sentence, trigger, act, source, target, reciprocal: mutual, .. } = *candidate;
        self.told.push(Told { sentence, trigger, act, source, target, mutual });
    }

    /// The acts of late, in text order.
    pub fn told(&self) -> &[Told] {
        &self.told[self.told.len().saturating_sub(LOOKED)..]
    }

    /// What the last predicate told, in `sentence` or right before it.
    pub fn last_told(&self, sentence: u32) -> &[Told] {
        let Some(last) = self.told.last().filter(|told| told.sentence + 1 >= sentence) else { return &[] };
        let apart = |told: &Told| (told.sentence, told.trigger) != (last.sentence, last.trigger);
        let from = self.told.iter().rposition(apart).map_or(0, |at| at + 1);
        &self.told[from..]
    }

    /// Whom `actor` deals with in `sentence`, those of `but` aside.
    pub fn counterpart(&self, actor: PartyRef, act: Act, sentence: u32, but: &dyn Fn(ActorCode) -> bool) -> Option<PartyRef> {
        let told = |reach: u32| {
            let looked = self.told.iter().rev().take(LOOKED);
            let recent = looked.take_while(move |told| told.sentence.saturating_add(reach) >= sentence);
            recent.filter_map(|told| told.other(actor)).find(|party| !but(party.actor))
        };
        let named = |at: u32| self.named_with(actor, at, but);
        // One who enters does to the same as the one before: "Argentina sent 60 firefighters, Brazil a plane".
        let parallel = || {
            let recent = self.told.iter().rev().take_while(|told| told.sentence + 1 >= sentence);
            let fits = |told: &&Told| told.target.actor != actor.actor && !but(told.target.actor);
            let fitting: Vec<&Told> = recent.filter(fits).collect();
            let alike = fitting.iter().find(|told| told.act == act).map(|told| told.target);
            alike.or_else(|| self.protagonist(sentence, actor, but)).or_else(|| fitting.first().map(|told| told.target))
        };
        // Of several it dealt with just now, the one it dealt with most.
        let often = |party: &PartyRef| {
            let recent = self.told.iter().rev().take_while(|told| told.sentence + MEMORY >= sentence);
            recent.filter_map(|told| told.other(actor)).filter(|other| other.actor == party.actor).count()
        };
        let near = {
            let recent = self.told.iter().rev().take_while(|told| told.sentence + NEAR >= sentence);
            let others = recent.filter_map(|told| told.other(actor)).filter(|party| !but(party.actor));
            others.fold(None, |most: Option<PartyRef>, party| match most {
                Some(held) if often(&held) >= often(&party) => Some(held),
                _ => Some(party),
            })
        };
        near.or_else(parallel)
            .or_else(|| (sentence.saturating_sub(MEMORY)..sentence).rev().find_map(named))
            .or_else(|| told(u32::MAX))
            .or_else(|| (0..sentence.min(OPENING)).find_map(named))
            .or_else(|| self.only_named(sentence.checked_sub(1)?, actor, but))
            .or_else(|| self.most_named(actor, but))
    }

    /// Whom a predicate means that leaves a party out; `None` where nobody stands out.
    pub fn meant(&self, scene: &Scene<'_>) -> Option<PartyRef> {
        let (party, share) = self.likeliest(scene);
        (share >= LEAST).then_some(party)
    }

    /// Whom it means most likely, and with which probability.
    pub fn likeliest(&self, scene: &Scene<'_>) -> (PartyRef, f32) {
        self.cast.likeliest(self.mentions, self.told(), scene)
    }

    /// Every actor that may be meant.
    pub fn choices(&self, scene: &Scene<'_>) -> Vec<Choice> {
        self.cast.choices(self.mentions, self.told(), scene)
    }

    /// Those who stood with `other` when the text last told what it has to do with `actor`: an answer to one of "Britain, France and
    /// Germany" is an answer to all.
    pub fn companions(&self, actor: PartyRef, other: PartyRef, sentence: u32) -> impl Iterator<Item = PartyRef> + '_ {
        let recent = &self.told[self.told.partition_point(|told| told.sentence + NEAR < sentence)..];
        let last = recent.iter().rev().filter(|told| told.other(actor).is_some()).find(|told| told.joins_two(actor, other));
        let same = move |told: &&Told| last.is_some_and(|last| (told.sentence, told.trigger) == (last.sentence, last.trigger));
        let others = recent.iter().filter(same).filter_map(move |told| told.other(actor));
        others.filter(move |party| party.actor != other.actor)
    }

    /// Who has most to do with `party` of late, `third` aside; where it is `made`, by something that the two did together.
    pub fn beside(&self, party: PartyRef, third: ActorCode, sentence: u32, made: bool) -> Option<PartyRef> {
        let mut counts: Vec<(PartyRef, u32, bool)> = Vec::new();
        for told in self.told().iter().rev() {
            let weight = if told.sentence + MEMORY >= sentence { 3 } else { 1 };
            let Some(other) = told.other(party).filter(|other| other.actor != third) else { continue };
            match counts.iter_mut().find(|(held, ..)| held.actor == other.actor) {
                Some((_, count, mutual)) => (*count, *mutual) = (*count + weight, *mutual || self.is_mutual(told)),
                None => counts.push((other, weight, self.is_mutual(told))),
            }
        }
        counts.retain(|(_, _, mutual)| *mutual || !made);
        let most = counts.iter().fold(None, |most: Option<&(PartyRef, u32, bool)>, held| match most {
            Some(most) if most.1 >= held.1 => Some(most),
            _ => Some(held),
        });
        most.map(|(other, ..)| *other)
    }

    /// Whether two do something with each other, or each gives the other something: "Peru lifted its ban, and Chile dropped its demand".
    fn is_mutual(&self, told: &Told) -> bool {
        let friendly = |told: &Told| matches!(quad(told.act), Quad::VerbalCooperation | Quad::MaterialCooperation);
        let answers =
            |other: &Told| (other.source.actor, other.target.actor) == (told.target.actor, told.source.actor) && friendly(other);
        let all = self.told();
        let here = all.iter().skip(all.partition_point(|other| other.sentence < told.sentence));
        told.mutual || friendly(told) && here.take_while(|other| other.sentence == told.sentence).any(answers)
    }

    /// The one state that a sentence names.
    fn only_named(&self, sentence: u32, actor: PartyRef, but: &dyn Fn(ActorCode) -> bool) -> Option<PartyRef> {
        let mut found: Option<PartyRef> = None;
        for (index, mention) in in_sentence(self.mentions, sentence) {
            for code in mention.actors.iter().filter(|code| code.as_str().len() == 3 && **code != actor.actor && !but(**code)) {
                match found {
                    Some(held) if held.actor != *code => return None,
                    Some(_) => {}
                    None => found = Some(PartyRef { mention: index, actor: *code }),
                }
            }
        }
        found
    }

    /// The other state that the article speaks of most, where no third one comes near.
    fn most_named(&self, actor: PartyRef, but: &dyn Fn(ActorCode) -> bool) -> Option<PartyRef> {
        let mut others = self.named.iter().filter(|(code, ..)| *code != actor.actor && !but(*code));
        let (code, count, first) = *others.next()?;
        let second = others.next().map_or(0, |(_, count, _)| *count);
        (count >= 3 && count >= 2 * second).then_some(PartyRef { mention: first, actor: code })
    }

    /// Who has a part in most of what was told of late, where no other has as large a one.
    fn protagonist(&self, sentence: u32, actor: PartyRef, but: &dyn Fn(ActorCode) -> bool) -> Option<PartyRef> {
        let mut counts: Vec<(PartyRef, u32)> = Vec::new();
        for told in self.told.iter().rev().take_while(|told| told.sentence + MEMORY >= sentence) {
            for party in [told.source, told.target] {
                match counts.iter_mut().find(|(held, _)| held.actor == party.actor) {
                    Some((_, count)) => *count += 1,
                    None => counts.push((party, 1)),
                }
            }
        }
        counts.retain(|(party, _)| party.actor != actor.actor && !but(party.actor));
        counts.sort_by_key(|(_, count)| Reverse(*count));
        let (party, count) = *counts.first()?;
        let second = counts.get(1).map_or(0, |(_, count)| *count);
        (count > second).then_some(party)
    }

    /// The two that most of what was told of late joins, where something was told in `sentence` or right before it.
    pub fn pair(&self, sentence: u32) -> Option<(PartyRef, PartyRef)> {
        let last = self.told.last().filter(|told| told.sentence + 1 >= sentence)?;
        let recent = || self.told.iter().rev().take_while(|told| told.sentence + MEMORY >= sentence);
        let times = |pair: &Told| recent().filter(|told| told.joins(pair)).count();
        let most = recent().fold(last, |most, told| if times(told) > times(most) { told } else { most });
        Some((most.source, most.target))
    }

    /// The parties of the last violence told up to `sentence`, the doer first: whom one who had no part in it condemns or
    /// consoles.
    pub fn conflict(&self, sentence: u32) -> Option<(PartyRef, PartyRef)> {
        let recent = self.told.iter().rev().take_while(|told| told.sentence + NEAR >= sentence);
        let mut conflicts = recent.filter(|told| told.act == Act::Assault);
        conflicts.next().map(|told| (told.source, told.target))
    }

    /// The one other state that a sentence names beside `actor`.
    fn named_with(&self, actor: PartyRef, sentence: u32, but: &dyn Fn(ActorCode) -> bool) -> Option<PartyRef> {
        let mut found: Option<PartyRef> = None;
        let mut named = false;
        for (index, mention) in in_sentence(self.mentions, sentence) {
            for code in &mention.actors {
                if *code == actor.actor {
                    named = true;
                } else if code.as_str().len() == 3 && mention.kind != MentionKind::Organisation && !but(*code) {
                    match found {
                        Some(held) if held.actor != *code => return None,
                        Some(_) => {}
                        None => found = Some(PartyRef { mention: index, actor: *code }),
                    }
                }
            }
        }
        found.filter(|_| named)
    }
}

impl Told {
    fn joins(&self, other: &Told) -> bool {
        let (a, b) = (self.source.actor, self.target.actor);
        (a, b) == (other.source.actor, other.target.actor) || (b, a) == (other.source.actor, other.target.actor)
    }

    fn joins_two(&self, one: PartyRef, other: PartyRef) -> bool {
        self.other(one).is_some_and(|found| found.actor == other.actor)
    }

    pub fn other(&self, actor: PartyRef) -> Option<PartyRef> {
        match actor.actor {
            code if code == self.source.actor => Some(self.target),
            code if code == self.target.actor => Some(self.source),
            _ => None,
        }
    }
}

fn named(mentions: &Mentions) -> Vec<(ActorCode, u32, u32)> {
    let mut counts: FxHashMap<ActorCode, (u32, u32)> = FxHashMap::default();
    for (index, mention) in mentions.all.iter().enumerate() {
        let [code] = mention.actors.as_slice() else { continue };
        if code.as_str().len() == 3 && mention.kind != MentionKind::Anaphor {
            counts.entry(*code).or_insert((0, index as u32)).0 += 1;
        }
    }
    let mut named: Vec<_> = counts.into_iter().map(|(code, (count, first))| (code, count, first)).collect();
    named.sort_unstable_by_key(|(_, count, first)| (Reverse(*count), *first));
    named
}

pub fn in_sentence(mentions: &Mentions, sentence: u32) -> impl Iterator<Item = (u32, &Mention)> {
    let start = mentions.all.partition_point(|mention| mention.sentence < sentence);
    let rest = mentions.all.get(start..).unwrap_or(&[]);
    (start as u32..).zip(rest.iter().take_while(move |mention| mention.sentence == sentence))
}
