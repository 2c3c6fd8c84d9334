//! Who "the two countries", "the kingdom", "his hosts" and "its southern neighbour" are in the light of an article so far.
//!
//! Each asks which states the text is about at this point ([`Memory::weights`]), those aside that cannot be meant: who does something
//! to "the two countries" is neither of them, and "the country" is not the one that the clause is already about.

use super::gazetteer::Gazetteer;
use super::lexicon::Reference;
use super::memory::{BACK, Memory};
use super::mention::{ActorCode, MentionKind, Mentions};
use super::phrase::Phrase;
use super::view::{View, is_subject};
use super::words::List;
use crate::syntax::{Deprel, Token};

/// How much a mention counts by how many sentences back it stands.
const BY_DISTANCE: [u32; 7] = [40, 10, 6, 4, 3, 2, 1];

/// How much the text is about a state.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weight {
    pub weight: u32,
    pub actor: ActorCode,
    /// The mention that tells.
    pub mention: u32,
}

impl Memory {
    /// "the two countries": the states that the last sentences are most about, those of this sentence first. Who speaks to both is
    /// neither: "Togo offered to mediate between the two countries", "Washington urged both sides".
    pub(super) fn several(
        &self,
        view: View,
        gazetteer: &Gazetteer,
        phrase: &mut Phrase,
        count: usize,
        out: &Mentions,
    ) -> Option<Option<u32>> {
        let third = third_party(view, phrase.head).and_then(|doer| self.at(view, doer, out));
        let third = third.map_or_else(Vec::new, |index| self.beside(index, out));
        // "The two agreed to open centres in both capitals", "Kyiv and Chisinau talked of a plant for both countries": their own.
        let own = third.len() == count
            && third.iter().all(|actor| gazetteer.is_state(*actor) && gazetteer.is_among(phrase.among, *actor));
        if own
            && view.token(phrase.head).is_some_and(|token| matches!(token.deprel, Deprel::Obl | Deprel::Nmod))
            && (phrase.first.saturating_sub(1)..phrase.head).any(|link| view.is(link, &["in", "for"]))
        {
            phrase.actors = third;
            phrase.actors.sort();
            return Some(None);
        }
        // "Angola stopped mediating between Congo and Rwanda after the two presidents met": the two named in one breath.
        if count == 2
            && phrase.among.is_none()
            && let Some((told, actors)) = self.listed(view, gazetteer, 2, out)
            && out.all.get(told as usize).is_some_and(|mention| mention.sentence == view.index)
            && actors.iter().all(|actor| !third.contains(actor))
        {
            phrase.actors = actors;
            return Some(Some(told));
        }
        if count > 2
            && phrase.among.is_none()
            && let Some((told, actors)) = self.listed(view, gazetteer, count, out)
        {
            phrase.actors = actors;
            return Some(Some(told));
        }
        let of = |but: &[ActorCode]| {
            let mut weights = self.weights(view, gazetteer, but, out);
            weights.retain(|weight| gazetteer.is_among(phrase.among, weight.actor));
            weights
        };
        let weights = of(&third);
        // Where nobody else is at hand, who speaks is one of the two.
        let mut weights = if weights.len() < count { of(&[]) } else { weights };
        if weights.len() < count {
            // "The three Baltic states": there are no others.
            let members = phrase.among.map(|entry| &gazetteer.entry(entry).members).filter(|members| members.len() == count)?;
            phrase.actors.clone_from(members);
            return Some(None);
        }
        // "The two neighbours": the first two that border on each other.
        if count == 2 && self.says_neighbours(view, phrase) {
            let beside = |one: &Weight, other: &Weight| gazetteer.neighbours(one.actor, None).any(|code| code == other.actor);
            let pairs = (1..weights.len().min(5)).flat_map(|second| (0..second).map(move |first| (first, second)));
            if let Some((first, second)) = pairs.into_iter().find(|(first, second)| beside(&weights[*first], &weights[*second])) {
                weights = vec![weights[first], weights[second]];
            }
        }
        weights.truncate(count);
        let told = weights.iter().map(|weight| weight.mention).min();
        phrase.actors = weights.into_iter().map(|weight| weight.actor).collect();
        phrase.actors.sort();
        Some(told)
    }

    fn says_neighbours(&self, view: View, phrase: &Phrase) -> bool {
        (phrase.first..=phrase.last).any(|token| view.word(token).to_ascii_lowercase().starts_with("neighbo"))
    }

    /// The last so many states that were named in one breath: "Japan, South Korea and the United States".
    fn listed(&self, view: View, gazetteer: &Gazetteer, count: usize, out: &Mentions) -> Option<(u32, Vec<ActorCode>)> {
        const BEFORE: u32 = 4;
        let recent = (0..out.all.len()).rev().take(BACK).take_while(|index| out.all[*index].sentence + BEFORE >= view.index);
        recent.into_iter().find_map(|index| {
            let opens = index.checked_sub(1).is_none_or(|before| self.coordinated(before as u32, out).is_none());
            let mut actors = if opens { self.beside(index as u32, out) } else { Vec::new() };
            actors.sort();
            actors.dedup();
            (actors.len() == count && actors.iter().all(|actor| gazetteer.is_state(*actor))).then_some((index as u32, actors))
        })
    }

    /// The actors of a mention and of those that stand beside it.
    fn beside(&self, index: u32, out: &Mentions) -> Vec<ActorCode> {
        let mut actors = out.all.get(index as usize).map_or_else(Vec::new, |mention| mention.actors.clone());
        let mut last = index;
        while let Some(actor) = self.coordinated(last, out) {
            actors.push(actor);
            last += 1;
        }
        actors
    }

    /// The two states that the text is about, where no third comes near them.
    pub(super) fn clear_pair(
        &self,
        view: View,
        gazetteer: &Gazetteer,
        phrase: &mut Phrase,
        out: &Mentions,
    ) -> Option<Option<u32>> {
        let weights = self.weights(view, gazetteer, &[], out);
        let third = weights.get(2).map_or(0, |third| third.weight);
        let clear = weights.get(1).is_some_and(|second| second.weight >= 2 * third);
        if clear { self.several(view, gazetteer, phrase, 2, out) } else { None }
    }

    /// How much the text is about each state at this point, those of `but` aside: the heaviest first. What stands near counts most, what
    /// the whole article is about decides among the rest.
    pub(super) fn weights(&self, view: View, gazetteer: &Gazetteer, but: &[ActorCode], out: &Mentions) -> Vec<Weight> {
        let mut weights: Vec<Weight> = Vec::new();
        let mut counted: Vec<(ActorCode, u32)> = Vec::new();
        for (index, mention) in out.all.iter().enumerate().rev().take(BACK) {
            let Some(weight) = BY_DISTANCE.get((view.index - mention.sentence) as usize) else { break };
            let subject = self.traits.get(index).is_some_and(|traits| traits.subject);
            // Each item of a round-up or a live blog is a paragraph of its own.
            let weight = if paragraph(view, mention.sentence) == view.sentence.paragraph { *weight } else { weight.div_ceil(2) };
            let weight = match mention.kind {
                // A place is no party, unless nothing else is at hand.
                MentionKind::Place if !subject && !acted_upon(view, mention) => 1,
                _ if subject => weight * 3 / 2,
                _ => weight,
            };
            for actor in mention.actors.iter().filter(|actor| gazetteer.is_state(**actor) && !but.contains(actor)) {
                let again = counted.contains(&(*actor, mention.sentence));
                counted.push((*actor, mention.sentence));
                let weight = if again { weight / 2 } else { weight };
                match weights.iter_mut().find(|held| held.actor == *actor) {
                    Some(held) => held.weight += weight,
                    None => weights.push(Weight { weight, actor: *actor, mention: index as u32 }),
                }
            }
        }
        for (actor, topic) in self.topics.iter().filter(|(actor, _)| gazetteer.is_state(*actor) && !but.contains(actor)) {
            match weights.iter_mut().find(|held| held.actor == *actor) {
                Some(held) => held.weight += topic.weight(),
                None => weights.push(Weight { weight: topic.weight(), actor: *actor, mention: topic.last }),
            }
        }
        // The sort is stable: among equals the one named last comes first.
        weights.sort_by_key(|held| std::cmp::Reverse(held.weight));
        weights
    }

    /// "the country", "the kingdom": the state that the text is most about, but not who does something to it.
    pub(super) fn country(&self, view: View, gazetteer: &Gazetteer, phrase: &mut Phrase, out: &Mentions) -> Option<Option<u32>> {
        // "Safadi said that the kingdom was ready": who speaks of what it will do may be its own.
        let subject = view.deprel(phrase.head).is_some_and(is_subject);
        let own = if subject && phrase.among.is_some() { Vec::new() } else { self.acting(view, phrase.head, out) };
        let mut weights = self.weights(view, gazetteer, &own, out);
        weights.retain(|weight| gazetteer.is_among(phrase.among, weight.actor));
        let found = weights.first()?;
        phrase.actors = vec![found.actor];
        Some(Some(found.mention))
    }

    /// "his hosts", "the other side": the state that the text is most about beside the one that acts.
    pub(super) fn partner(&self, view: View, gazetteer: &Gazetteer, phrase: &mut Phrase, out: &Mentions) -> Option<Option<u32>> {
        let own = self.acting(view, phrase.head, out);
        if own.is_empty() {
            return None;
        }
        let found = *self.weights(view, gazetteer, &own, out).first()?;
        phrase.actors = vec![found.actor];
        Some(Some(found.mention))
    }

    /// The actors of who acts in the clause of `token` or the nearest above it, with those that stand beside them.
    fn acting(&self, view: View, token: u32, out: &Mentions) -> Vec<ActorCode> {
        let mut verb = view.token(token).map_or(Token::ROOT, |token| token.head);
        for _ in 0..4 {
            let doer = view.doer_of(verb).filter(|doer| *doer != token);
            if let Some(found) = doer.and_then(|doer| self.at(view, doer, out)) {
                return self.beside(found, out);
            }
            match view.token(verb) {
                Some(above) => verb = above.head,
                None => break,
            }
        }
        Vec::new()
    }

    /// "its southern neighbour": a state that borders on the possessor, in that direction, and that the article names; or the only one.
    /// Where the possessor has none there, the possessor is another: one of the subjects before.
    pub(super) fn neighbour(
        &self,
        view: View,
        gazetteer: &Gazetteer,
        phrase: &mut Phrase,
        reference: Reference,
        out: &Mentions,
    ) -> Option<Option<u32>> {
        let Reference::Neighbour(wind) = reference else { return None };
        let mut owners: Vec<ActorCode> = phrase.actors.clone();
        let mut own = owners.clone();
        if owners.is_empty() {
            let pronoun = phrase.first.checked_sub(1).and_then(|before| {
                [Reference::Thing, Reference::Several].into_iter().find_map(|kind| self.pronoun(view, before, kind, out))
            });
            owners.extend(pronoun.and_then(|index| out.all.get(index as usize)?.actors.first()));
            let near = out.all.iter().enumerate().rev().take(BACK).take_while(|(_, mention)| mention.sentence + 2 > view.index);
            let subjects = near.filter(|(index, _)| self.traits.get(*index).is_some_and(|traits| traits.subject));
            owners.extend(subjects.filter_map(|(_, mention)| mention.actors.first()));
            let here = out.all.iter().rev().take(BACK).take_while(|mention| mention.sentence == view.index);
            owners.extend(here.filter_map(|mention| mention.actors.first()));
            own = self.acting(view, phrase.head, out);
        }
        let weights = self.weights(view, gazetteer, &own, out);
        let beside = |owner: ActorCode| {
            let own = &own;
            gazetteer.neighbours(owner, wind).filter(move |code| !own.contains(code) && *code != owner)
        };
        let named = |owner: &ActorCode| {
            let beside: Vec<ActorCode> = beside(*owner).collect();
            weights.iter().find(|weight| beside.contains(&weight.actor)).map(|named| (Some(named.mention), named.actor))
        };
        let only = |owner: &ActorCode| {
            let mut beside = beside(*owner);
            beside.next().filter(|_| beside.next().is_none()).map(|only| (None, only))
        };
        let (told, code) = owners.iter().find_map(named).or_else(|| owners.iter().find_map(only))?;
        phrase.actors = vec![code];
        Some(told)
    }
}

/// Who acts on the pair that `head` heads, as its object or between its two.
fn third_party(view: View, head: u32) -> Option<u32> {
    let token = view.token(head)?;
    let between = |token: u32| {
        let word = view.word(token).to_lowercase();
        view.words.of(List::BetweenPair).any(|stem| word.starts_with(stem))
    };
    let acts = match token.deprel {
        Deprel::Obj | Deprel::Iobj => !view.is_in(token.head, List::WithinPair),
        Deprel::Obl | Deprel::Nmod => between(token.head) || faced(view, token, head),
        _ => false,
    };
    acts.then(|| {
        let doer = view.doer_of(token.head).or_else(|| view.token(token.head).and_then(|above| view.doer_of(above.head)));
        doer.filter(|doer| !view.is(*doer, &["which", "who", "that"])).or_else(|| view.root_subject())
    })?
}

/// "Talks with the two leaders", "restraint on both sides", "stakes in both countries": they stand over against who does it.
fn faced(view: View, token: &Token, head: u32) -> bool {
    (head.saturating_sub(6)..head).any(|link| {
        view.token(link).is_some_and(|case| case.head == head && case.deprel == Deprel::Case) && view.is_in(link, List::Facing)
    }) && token.head < head
}

/// Whether a town is what a verb acts upon, not where: "rebuked *Pristina*".
fn acted_upon(view: View, mention: &super::mention::Mention) -> bool {
    let token = view.document.tokens.get(mention.head as usize);
    token.is_some_and(|token| matches!(token.deprel, Deprel::Obj | Deprel::Iobj))
}

fn paragraph(view: View, sentence: u32) -> u32 {
    view.document.sentences.get(sentence as usize).map_or(0, |sentence| sentence.paragraph)
}
