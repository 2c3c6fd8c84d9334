//! What pronouns refer to in the light of an article so far. "The two countries" and the like are worked out in [`super::parties`].
//!
//! They look for who does what the clauses above them say, then for the subject of the sentence before. A subject that is no actor
//! stops the search: after "The analyst spoke on Monday." "he" is the analyst. Rather no referent than a wrong one.

use super::lexicon::{Class, Reference};
use super::memory::{BACK, Memory, SENTENCES};
use super::mention::{ActorCode, Mentions};
use super::phrase::Phrase;
use super::view::{View, is_subject};
use super::words::List;
use crate::syntax::{Deprel, Token, Upos, Xpos};

impl Memory {
    /// "he", "it", "they" and their possessives.
    pub(super) fn pronoun(&self, view: View, token: u32, reference: Reference, out: &Mentions) -> Option<u32> {
        if view.is_dummy(token) || is_cataphoric(view, token) || may_be_thing(view, token, reference, out) {
            return None;
        }
        let governor = view.token(token).map_or(Token::ROOT, |token| token.head);
        let possessive = view.deprel(token) == Some(Deprel::NmodPoss);
        if possessive && let Some(thanked) = self.thanked(view, token, reference, out) {
            return Some(thanked);
        }
        // The one who does it is somebody else: "Lavrov met him", "Oslo voiced support for it".
        let mut own = !possessive && !view.deprel(token).is_some_and(is_subject);
        let mut barred = None;
        let (mut other, mut acted) = (false, false);
        // Up through the clauses: who does what they say, if they stand before the pronoun.
        let mut verb = governor;
        for _ in 0..8 {
            let Some(above) = view.token(verb) else { break };
            let doer = view.doer_of(verb).filter(|doer| *doer < token && !view.is(*doer, &["which", "who", "that"]));
            if let Some(doer) = doer {
                acted = true;
                let found = self.at(view, doer, out);
                if own {
                    (barred, own) = (found, false);
                } else {
                    match found {
                        Some(found) if self.same(Some(found), barred, out) => {}
                        Some(found) if self.agrees(found, reference, out) => return Some(found),
                        Some(_) => other = true,
                        // "The tone was softer: Fico complained, but *he* repeated it": who acts in between is nearer.
                        None if blocks(view, doer, reference) && !(possessive && is_one(view, doer, reference)) => {
                            return self.acts_between(view, doer, token, reference, out);
                        }
                        None => {}
                    }
                }
            }
            verb = above.head;
        }
        if possessive && (other || !acted) && reference == Reference::Thing {
            // "They voiced concern at the situation in Chad and urged its authorities": not theirs, so that of the state just named. "Latvia
            // shuts its sky", in a line that the parser takes for none.
            let before = |index: &usize| out.all[*index].sentence == view.index && out.all[*index].head < token;
            let named = (0..out.all.len()).rev().take_while(|index| out.all[*index].sentence == view.index).filter(before);
            if let Some(found) = named.map(|index| index as u32).find(|index| self.agrees(*index, reference, out)) {
                return Some(found);
            }
        }
        self.subject_before(view, token, reference, barred, out)
    }

    /// Whom the words between two tokens name as a subject, the last that agrees.
    fn acts_between(&self, view: View, from: u32, to: u32, reference: Reference, out: &Mentions) -> Option<u32> {
        let here = (0..out.all.len()).rev().take_while(|index| out.all[*index].sentence == view.index);
        let mut between = here.filter(|index| (from..to).contains(&out.all[*index].head));
        let subject = |index: &usize| self.traits.get(*index).is_some_and(|traits| traits.subject);
        between.find(|index| subject(index) && self.agrees(*index as u32, reference, out)).map(|index| index as u32)
    }

    /// "Lima thanked Oslo *for its* help", "blamed Iran for its part": whose it is stands right before "for".
    fn thanked(&self, view: View, token: u32, reference: Reference, out: &Mentions) -> Option<u32> {
        let link = token.checked_sub(1).filter(|link| view.is(*link, &["for"]))?;
        let last = out.all.len().checked_sub(1)?;
        let mention = out.all.get(last).filter(|mention| mention.sentence == view.index)?;
        let adjacent = view.token(link).is_some_and(|link| link.span.start <= mention.span.end + 6);
        let object = !self.traits.get(last).is_some_and(|traits| traits.subject);
        // Of "the Netherlands and Australia" the first tells.
        let first = last.checked_sub(1).filter(|first| self.coordinated(*first as u32, out).is_some()).unwrap_or(last);
        (adjacent && object)
            .then_some([first, last])?
            .into_iter()
            .map(|index| index as u32)
            .find(|index| self.agrees(*index, reference, out))
    }

    /// Whether two mentions are of the same actors.
    fn same(&self, one: Option<u32>, other: Option<u32>, out: &Mentions) -> bool {
        let actors = |index: Option<u32>| index.and_then(|index| out.all.get(index as usize)).map(|mention| &mention.actors);
        actors(one).is_some_and(|held| Some(held) == actors(other))
    }

    /// The subject of the sentence before, else what else there agrees.
    fn subject_before(&self, view: View, token: u32, reference: Reference, barred: Option<u32>, out: &Mentions) -> Option<u32> {
        let starts = view.deprel(token).is_some_and(is_subject);
        // Earlier in this sentence, nothing governs: take what agrees, the latest first; for a thing only one subject after another.
        let candidates = (0..out.all.len()).rev().take(BACK).filter(|index| {
            let mention = &out.all[*index];
            mention.head < token
                && mention.sentence + SENTENCES > view.index
                && self.agrees(*index as u32, reference, out)
                && !self.same(Some(*index as u32), barred, out)
        });
        let mut best: Option<(u32, u32)> = None;
        for index in candidates {
            let mention = &out.all[index];
            let back = view.index - mention.sentence;
            let subject = self.traits.get(index).is_some_and(|traits| traits.subject);
            if back == 0 && reference == Reference::Thing && !(subject && starts) {
                continue;
            }
            let cost = back * 4 + if subject { 0 } else { 3 };
            // Of several subjects of a sentence the first, of others the last.
            if best.is_none_or(|(least, _)| cost < least || subject && cost == least) {
                best = Some((cost, index as u32));
            }
        }
        let (_, found) = best?;
        let from = out.all.get(found as usize)?.sentence;
        // Between the two, a subject of its own stops the search.
        let passed = from + 1..view.index;
        let stopped = passed.into_iter().chain((from < view.index).then_some(from)).any(|index| {
            let Some(sentence) = view.document.sentences.get(index as usize) else { return false };
            let other = View { sentence, index, ..view };
            let subject = other.root_subject().filter(|subject| self.at(other, *subject, out).is_none());
            subject.is_some_and(|subject| {
                let unresolved = other.is(subject, &["he", "she", "it", "they"]) && !other.is_dummy(subject);
                unresolved || blocks(other, subject, reference)
            })
        });
        if stopped { None } else { Some(found) }
    }

    /// The mention that a token heads or lies in.
    pub(super) fn at(&self, view: View, token: u32, out: &Mentions) -> Option<u32> {
        let span = view.token(token)?.span;
        let recent = (0..out.all.len()).rev().take(BACK);
        recent.into_iter().find(|index| out.all[*index].span.contains(span)).map(|index| index as u32)
    }

    /// The last mention of the sentence before `token`.
    pub(super) fn before(&self, view: View, token: u32, out: &Mentions) -> Option<u32> {
        let last = out.all.iter().rposition(|mention| mention.head < token)?;
        (out.all[last].sentence == view.index && token - out.all[last].head < 6).then_some(last as u32)
    }

    fn agrees(&self, index: u32, reference: Reference, out: &Mentions) -> bool {
        let (Some(mention), Some(traits)) = (out.all.get(index as usize), self.traits.get(index as usize)) else { return false };
        let one = mention.actors.len() == 1;
        match reference {
            Reference::Man => traits.class == Class::Person && traits.female != Some(true),
            Reference::Woman => traits.class == Class::Person && traits.female != Some(false),
            Reference::Thing => traits.class == Class::Body && one,
            // "Iran and Oman": a state is several only together with another.
            Reference::Several => traits.class == Class::People || !one || self.coordinated(index, out).is_some(),
            _ => true,
        }
    }

    /// The actor of the mention that stands right behind a state: "Iran and *Oman*".
    pub(super) fn coordinated(&self, index: u32, out: &Mentions) -> Option<ActorCode> {
        let one = out.all.get(index as usize)?;
        let next = out.all.get(index as usize + 1).filter(|next| next.sentence == one.sentence)?;
        let near = next.span.start > one.span.end && self.traits.get(index as usize + 1).is_some_and(|traits| traits.joined);
        let alike = next.kind == one.kind && next.actors != one.actors;
        if near && alike { next.actors.first().copied() } else { None }
    }

    /// "they" after "Iran, Iraq and Oman": the actors that stand beside the found one.
    pub(super) fn join_coordinated(&self, found: u32, phrase: &mut Phrase, out: &Mentions) {
        let mut at = found;
        while let Some(before) = at.checked_sub(1).filter(|before| self.coordinated(*before, out).is_some()) {
            at = before;
            if let Some(actors) = out.all.get(at as usize).map(|mention| &mention.actors) {
                actors.iter().for_each(|code| {
                    if !phrase.actors.contains(code) {
                        phrase.actors.push(*code)
                    }
                });
            }
        }
        while let Some(code) = self.coordinated(at, out) {
            if !phrase.actors.contains(&code) {
                phrase.actors.push(code);
            }
            at += 1;
        }
    }
}

/// "In her address the president recalled": the subject that tells is still to come.
fn is_cataphoric(view: View, token: u32) -> bool {
    let opening = token < view.tokens().start + 3 && view.deprel(token) == Some(Deprel::NmodPoss);
    let owned = view.token(token).map(|token| token.head);
    let later = |subject: u32| subject > token && Some(subject) != owned && view.upos(subject) != Some(Upos::Pron);
    opening && view.root_subject().is_some_and(later)
}

/// "France pressed for *it*", "vetoed *them*": what the sentence has named before may be a thing, not an actor.
fn may_be_thing(view: View, token: u32, reference: Reference, out: &Mentions) -> bool {
    let number = match reference {
        Reference::Thing => [Xpos::Nn, Xpos::Nn],
        Reference::Several => [Xpos::Nns, Xpos::Nnps],
        _ => return false,
    };
    let governed = !view.deprel(token).is_some_and(|deprel| is_subject(deprel) || deprel == Deprel::NmodPoss);
    if matches!(view.deprel(token), Some(Deprel::Obj | Deprel::Iobj)) {
        let verb = view.token(token).map_or(Token::ROOT, |token| token.head);
        let verb = if view.tokens().contains(&verb) { view.document.lemma(verb) } else { "" };
        // Nobody asks or thanks a thing; what is denied or announced is no actor.
        if view.words.hold(List::Addressing, verb) {
            return false;
        }
        if reference == Reference::Thing && view.words.hold(List::Uttering, verb) {
            return true;
        }
    }
    let mentioned = |index: u32| {
        let span = view.token(index).map_or_else(Default::default, |token| token.span);
        out.all
            .iter()
            .rev()
            .take(BACK)
            .take_while(|mention| mention.sentence == view.index)
            .any(|mention| mention.span.contains(span))
    };
    let thing = |index: &u32| view.token(*index).is_some_and(|token| number.contains(&token.xpos)) && !mentioned(*index);
    governed && (view.tokens().start.max(token.saturating_sub(30))..token).any(|index| thing(&index))
}

/// "The Kunene, which forms part of *their* border": one name is not several.
fn is_one(view: View, subject: u32, reference: Reference) -> bool {
    let alone = || view.dependent(subject, |deprel| deprel == Deprel::Conj).is_none();
    reference == Reference::Several && view.token(subject).is_some_and(|token| token.xpos == Xpos::Nnp) && alone()
}

/// Whether a subject that is no actor could be what the pronoun refers to.
fn blocks(view: View, subject: u32, reference: Reference) -> bool {
    match view.upos(subject) {
        Some(Upos::Propn) => true,
        Some(Upos::Noun) => matches!(reference, Reference::Thing | Reference::Man | Reference::Woman),
        _ => false,
    }
}
