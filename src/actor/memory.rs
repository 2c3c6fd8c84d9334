//! [`Memory`]: what an article has said so far about its actors, and what "he", "the two countries" or a surname refers to in its light.
//!
//! Pronouns look for the subject of the clauses above them, then for that of the sentence before. A subject that is no actor stops the
//! search: after "The analyst spoke on Monday." "he" is the analyst. Rather no referent than a wrong one.

use super::gazetteer::Gazetteer;
use super::lexicon::{Class, Reference};
use super::mention::{ActorCode, Mention, MentionKind, Mentions, Sector};
use super::phrase::{Open, Phrase};
use super::view::View;
use crate::syntax::{Deprel, Token, Upos};

/// Mentions looked back on, and sentences.
const BACK: usize = 48;
const SENTENCES: u32 = 3;
/// Tokens looked at for the subject of a verb, on either side.
const WINDOW: u32 = 40;

/// What is known of a mention beyond what it publishes.
#[derive(Clone, Copy, Debug)]
struct Trait {
    class: Class,
    female: Option<bool>,
    subject: bool,
}

#[derive(Debug, Default)]
pub(super) struct Memory {
    traits: Vec<Trait>,
    /// Surnames of persons introduced by their full name, with the mention that did.
    surnames: Vec<(String, u32)>,
}

impl Memory {
    /// Whether no person has been introduced by name yet.
    pub fn is_empty(&self) -> bool {
        self.surnames.is_empty()
    }

    /// Resolves what `phrase` leaves open and writes it down as a mention, unless nobody is meant.
    pub fn record(&mut self, view: View, gazetteer: &Gazetteer, phrase: Phrase, out: &mut Mentions) {
        let mut phrase = phrase;
        let Some(antecedent) = self.resolve(view, gazetteer, &mut phrase, out) else { return };
        if phrase.actors.is_empty() {
            return;
        }
        let index = out.all.len() as u32;
        if let Some(name) = phrase.name.as_deref().filter(|_| phrase.class == Class::Person) {
            self.remember(name, &phrase.actors, index);
        }
        let head = view.token(phrase.head);
        let subject = head.is_some_and(|token| is_subject(token.deprel));
        self.traits.push(Trait { class: phrase.class, female: phrase.female, subject });
        out.all.push(Mention {
            span: view.span(phrase.first, phrase.last),
            sentence: view.index,
            head: phrase.head,
            kind: phrase.kind,
            actors: phrase.actors,
            sector: phrase.sector,
            role: phrase.role,
            name: phrase.name,
            antecedent,
        });
    }

    /// Fills in the phrase. `None` where nobody is found; otherwise the mention that tells, if there is one.
    fn resolve(&self, view: View, gazetteer: &Gazetteer, phrase: &mut Phrase, out: &Mentions) -> Option<Option<u32>> {
        match phrase.open {
            Open::Nothing => Some(phrase.known),
            Open::Refers(Reference::Pair) => self.several(view, gazetteer, phrase, 2, out),
            Open::Refers(Reference::Three) => self.several(view, gazetteer, phrase, 3, out),
            Open::Refers(reference @ (Reference::Former | Reference::Latter)) => self.former(phrase, reference, out),
            Open::Refers(reference) => {
                let found = match reference {
                    Reference::Man | Reference::Woman | Reference::Thing | Reference::Several => {
                        self.pronoun(view, phrase.head, reference, out)
                    }
                    _ => self.named_again(view, gazetteer, reference, out),
                }?;
                let referent = out.all.get(found as usize)?;
                phrase.actors.clone_from(&referent.actors);
                phrase.sector = referent.sector;
                phrase.female = self.traits.get(found as usize).and_then(|traits| traits.female);
                if matches!(reference, Reference::Man | Reference::Woman) {
                    phrase.role.clone_from(&referent.role);
                    phrase.name.clone_from(&referent.name);
                }
                if reference == Reference::Several && referent.actors.len() == 1 {
                    self.join_coordinated(found, phrase, out);
                }
                Some(Some(found))
            }
            Open::Possessed(pronoun) => {
                let reference = if view.is(pronoun, &["its"]) {
                    Reference::Thing
                } else if view.is(pronoun, &["their"]) {
                    Reference::Several
                } else if view.is(pronoun, &["her"]) {
                    Reference::Woman
                } else {
                    Reference::Man
                };
                let found = self.pronoun(view, pronoun, reference, out)?;
                phrase.actors.clone_from(&out.all.get(found as usize)?.actors);
                if reference == Reference::Several && phrase.actors.len() == 1 {
                    self.join_coordinated(found, phrase, out);
                }
                Some(Some(found))
            }
            Open::Counterpart => {
                let person = (0..out.all.len()).rev().take(BACK).find(|index| {
                    let mention = &out.all[*index];
                    mention.role.is_some() && mention.sentence + SENTENCES >= view.index && mention.actors != phrase.actors
                });
                let referent = person.and_then(|index| out.all.get(index));
                if let Some(referent) = referent {
                    phrase.role.clone_from(&referent.role);
                    phrase.sector = referent.sector;
                }
                Some(person.map(|index| index as u32))
            }
            Open::Neighbour(reference) => self.neighbour(view, gazetteer, phrase, reference, out),
            Open::Bare(body) => self.bare(view, gazetteer, phrase, body, out),
        }
    }

    /// "he", "it", "they" and their possessives.
    fn pronoun(&self, view: View, token: u32, reference: Reference, out: &Mentions) -> Option<u32> {
        if view.deprel(token) == Some(Deprel::Expl) {
            return None;
        }
        let governor = view.token(token).map_or(Token::ROOT, |token| token.head);
        let possessive = view.deprel(token) == Some(Deprel::NmodPoss);
        // Up through the clauses: their subjects, if they stand before the pronoun.
        let mut verb = governor;
        for step in 0..8 {
            let Some(above) = view.token(verb) else { break };
            let subject = subject_of(view, verb).filter(|subject| *subject < token);
            // The subject of its own verb is somebody else: "Lavrov met him".
            let own = step == 0 && !possessive;
            if let Some(subject) = subject.filter(|_| !own) {
                match self.at(view, subject, out) {
                    Some(found) if self.agrees(found, reference, out) => return Some(found),
                    Some(_) => {}
                    None if blocks(view, subject, reference) => return None,
                    None => {}
                }
            }
            verb = above.head;
        }
        self.subject_before(view, token, reference, out)
    }

    /// The subject of the sentence before, else what else there agrees.
    fn subject_before(&self, view: View, token: u32, reference: Reference, out: &Mentions) -> Option<u32> {
        let start = view.sentence.span.start;
        // Earlier in this sentence, nothing governs: take what agrees, the latest first, for persons only.
        let candidates = (0..out.all.len()).rev().take(BACK).filter(|index| {
            let mention = &out.all[*index];
            mention.head < token && mention.sentence + SENTENCES > view.index && self.agrees(*index as u32, reference, out)
        });
        let mut best: Option<(u32, u32)> = None;
        for index in candidates {
            let mention = &out.all[index];
            let back = view.index - mention.sentence;
            if back == 0 && mention.span.start >= start && reference == Reference::Thing {
                continue;
            }
            let subject = self.traits.get(index).is_some_and(|traits| traits.subject);
            let cost = back * 4 + if subject { 0 } else { 3 };
            if best.is_none_or(|(least, _)| cost < least) {
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
            root_subject(other).is_some_and(|subject| self.at(other, subject, out).is_none() && blocks(other, subject, reference))
        });
        if stopped { None } else { Some(found) }
    }

    /// The mention that a token heads or lies in.
    fn at(&self, view: View, token: u32, out: &Mentions) -> Option<u32> {
        let span = view.token(token)?.span;
        let recent = (0..out.all.len()).rev().take(BACK);
        recent.into_iter().find(|index| out.all[*index].span.contains(span)).map(|index| index as u32)
    }

    fn agrees(&self, index: u32, reference: Reference, out: &Mentions) -> bool {
        let (Some(mention), Some(traits)) = (out.all.get(index as usize), self.traits.get(index as usize)) else { return false };
        let one = mention.actors.len() == 1;
        match reference {
            Reference::Man => traits.class == Class::Person && traits.female != Some(true),
            Reference::Woman => traits.class == Class::Person && traits.female != Some(false),
            Reference::Thing => traits.class == Class::Body && one,
            Reference::Several => traits.class == Class::People || !one || traits.class == Class::Body,
            _ => true,
        }
    }

    /// "they" after "Iran and Oman": the actors that stand beside the found one.
    fn join_coordinated(&self, found: u32, phrase: &mut Phrase, out: &Mentions) {
        let Some(referent) = out.all.get(found as usize) else { return };
        for mention in out.all.iter().rev().take(BACK).filter(|mention| mention.sentence == referent.sentence) {
            let near = mention.span.start <= referent.span.end + 8 && mention.span.start > referent.span.end;
            if near && let Some(code) = mention.actors.first().filter(|code| !phrase.actors.contains(code)) {
                phrase.actors.push(*code);
            }
        }
    }

    /// "the two countries": the latest distinct actors, those of this sentence first.
    fn several(
        &self,
        view: View,
        gazetteer: &Gazetteer,
        phrase: &mut Phrase,
        count: usize,
        out: &Mentions,
    ) -> Option<Option<u32>> {
        let mut actors: Vec<ActorCode> = Vec::new();
        let mut told = None;
        for (index, mention) in out.all.iter().enumerate().rev().take(BACK) {
            if mention.sentence + 2 * SENTENCES < view.index || actors.len() >= count {
                break;
            }
            // A place is no party, unless nothing else is at hand.
            if mention.kind == MentionKind::Place && !self.traits.get(index).is_some_and(|traits| traits.subject) {
                continue;
            }
            for code in &mention.actors {
                if actors.len() < count && !actors.contains(code) && gazetteer.is_state(*code) {
                    actors.push(*code);
                    told = Some(index as u32);
                }
            }
        }
        if actors.len() < count {
            return None;
        }
        actors.sort();
        phrase.actors = actors;
        Some(told)
    }

    /// "the former", "the latter": of the two actors named last.
    fn former(&self, phrase: &mut Phrase, reference: Reference, out: &Mentions) -> Option<Option<u32>> {
        let latter = out.all.len().checked_sub(1)?;
        let former = (0..latter).rev().take(BACK).find(|index| out.all[*index].actors != out.all[latter].actors)?;
        let meant = if reference == Reference::Former { former } else { latter };
        phrase.actors.clone_from(&out.all[meant].actors);
        phrase.sector = out.all[meant].sector;
        Some(Some(meant as u32))
    }

    /// "the country", "the group", "the bloc".
    fn named_again(&self, view: View, gazetteer: &Gazetteer, reference: Reference, out: &Mentions) -> Option<u32> {
        let fits = |mention: &Mention| {
            let code = mention.actors.first().copied();
            let state = code.is_some_and(|code| gazetteer.is_state(code));
            match reference {
                Reference::Country => state && mention.actors.len() == 1 && mention.kind != MentionKind::Person,
                Reference::Group => mention.kind == MentionKind::Organisation && matches!(mention.sector, Some(Sector::Reb)),
                Reference::Bloc => {
                    code.is_some_and(|code| matches!(code.as_str(), "EU" | "ASEAN" | "MERCOSUR" | "ECOWAS" | "BRICS" | "G7"))
                }
                Reference::Alliance => code.is_some_and(|code| matches!(code.as_str(), "NATO" | "CSTO" | "AUKUS")),
                _ => mention.kind == MentionKind::Organisation && !state,
            }
        };
        let recent = out.all.iter().enumerate().rev().take(BACK);
        let mut near =
            recent.take_while(|(_, mention)| mention.sentence + SENTENCES > view.index).filter(|(_, mention)| fits(mention));
        let (latest, mention) = near.next()?;
        // Of several in the sentence before, the subject.
        let subject = |(index, other): &(usize, &Mention)| {
            other.sentence == mention.sentence
                && mention.sentence < view.index
                && self.traits.get(*index).is_some_and(|traits| traits.subject)
        };
        Some(near.find(subject).map_or(latest, |(index, _)| index) as u32)
    }

    /// "its southern neighbour": a state that borders on the possessor, in that direction, and that the article names; or the only one.
    fn neighbour(
        &self,
        view: View,
        gazetteer: &Gazetteer,
        phrase: &mut Phrase,
        reference: Reference,
        out: &Mentions,
    ) -> Option<Option<u32>> {
        let Reference::Neighbour(wind) = reference else { return None };
        let owner = match phrase.actors.first() {
            Some(owner) => *owner,
            None => {
                let before = phrase.first.checked_sub(1)?;
                let pronoun = self.pronoun(view, before, Reference::Thing, out)?;
                *out.all.get(pronoun as usize)?.actors.first()?
            }
        };
        let named = |code: &ActorCode| out.all.iter().rposition(|mention| mention.actors.contains(code));
        let mut beside: Vec<(Option<usize>, ActorCode)> =
            gazetteer.neighbours(owner, wind).map(|code| (named(&code), code)).collect();
        beside.sort();
        let (index, code) = match beside.as_slice() {
            [only] => *only,
            [.., latest] if latest.0.is_some() => *latest,
            _ => return None,
        };
        phrase.actors = vec![code];
        Some(index.map(|index| index as u32))
    }

    /// "the foreign minister", "the army": whoever held that role before, else that of the actor the sentence or the one before is about.
    fn bare(
        &self,
        view: View,
        gazetteer: &Gazetteer,
        phrase: &mut Phrase,
        body: Option<u32>,
        out: &Mentions,
    ) -> Option<Option<u32>> {
        let role = phrase.role.as_deref()?;
        let recent = || out.all.iter().enumerate().rev().take(BACK);
        // "FO spokesperson": whose foreign office was it before?
        let body = body.map(|entry| &*gazetteer.entry(entry).name).filter(|name| !name.is_empty());
        if let Some(body) = body {
            let (index, mention) =
                recent().find(|(_, mention)| mention.role.as_deref() == Some(body) && mention.actors.len() == 1)?;
            phrase.actors.clone_from(&mention.actors);
            return Some(Some(index as u32));
        }
        let same = |held: &str| held == role || (!role.contains(' ') && held.ends_with(role));
        let held = recent().find(|(_, mention)| mention.actors.len() == 1 && mention.role.as_deref().is_some_and(same));
        if let Some((index, mention)) = held {
            phrase.actors.clone_from(&mention.actors);
            phrase.sector = mention.sector.or(phrase.sector);
            if phrase.class == Class::Person && phrase.name.is_none() {
                phrase.name.clone_from(&mention.name);
            }
            return Some(Some(index as u32));
        }
        let public =
            matches!(phrase.sector, Some(Sector::Gov | Sector::Mil | Sector::Leg | Sector::Spy | Sector::Jud | Sector::Cop));
        if !public || phrase.class == Class::Body && phrase.sector == Some(Sector::Bus) {
            return None;
        }
        let near = |mention: &Mention| mention.sentence + 1 >= view.index && mention.actors.len() == 1;
        let mut states = recent()
            .filter(|(_, mention)| near(mention) && mention.actors.first().copied().is_some_and(|code| gazetteer.is_state(code)));
        let (index, mention) = states.next()?;
        // Two states at hand leave it open.
        if states.any(|(_, other)| other.actors != mention.actors) {
            return None;
        }
        phrase.actors.clone_from(&mention.actors);
        Some(Some(index as u32))
    }

    /// Keeps the surname of a person introduced by name.
    fn remember(&mut self, name: &str, actors: &[ActorCode], mention: u32) {
        let mut words = name.split_whitespace();
        let (Some(first), Some(last)) = (words.next(), words.next_back()) else { return };
        let family_first =
            actors.first().is_some_and(|code| matches!(code.as_str(), "CHN" | "PRK" | "KOR" | "VNM" | "TWN" | "KHM"));
        for word in [Some(last), family_first.then_some(first)].into_iter().flatten() {
            if word.len() > 1 && !self.surnames.iter().any(|(known, _)| known == word) {
                self.surnames.push((word.to_owned(), mention));
            }
        }
    }

    /// The mention that introduced the person whose surname stands at the head of `text`, and the surname's length.
    pub fn surname(&self, text: &str) -> Option<(u32, usize)> {
        let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric());
        let known = self.surnames.iter().find(|(surname, _)| text.strip_prefix(surname.as_str()).is_some_and(ends));
        known.map(|(surname, mention)| (*mention, surname.len()))
    }

    /// A phrase for a person known by surname.
    pub fn person(&self, mention: u32, out: &Mentions) -> Option<Phrase> {
        let known = out.all.get(mention as usize)?;
        Some(Phrase {
            first: 0,
            last: 0,
            head: 0,
            kind: MentionKind::Person,
            actors: known.actors.clone(),
            sector: known.sector,
            role: known.role.clone(),
            name: known.name.clone(),
            female: self.traits.get(mention as usize).and_then(|traits| traits.female),
            class: Class::Person,
            open: Open::Nothing,
            known: None,
        })
    }
}

fn is_subject(deprel: Deprel) -> bool {
    matches!(deprel, Deprel::Nsubj | Deprel::NsubjPass | Deprel::NsubjOuter)
}

/// The subject of a verb, near it.
fn subject_of(view: View, verb: u32) -> Option<u32> {
    let tokens = view.tokens();
    let window = tokens.start.max(verb.saturating_sub(WINDOW))..tokens.end.min(verb.saturating_add(WINDOW));
    window.into_iter().find(|index| view.token(*index).is_some_and(|token| token.head == verb && is_subject(token.deprel)))
}

fn root_subject(view: View) -> Option<u32> {
    let root = view
        .tokens()
        .take(4 * WINDOW as usize)
        .find(|index| view.token(*index).is_some_and(|token| token.head == Token::ROOT))?;
    subject_of(view, root)
}

/// Whether a subject that is no actor could be what the pronoun refers to.
fn blocks(view: View, subject: u32, reference: Reference) -> bool {
    match view.upos(subject) {
        Some(Upos::Propn) => true,
        Some(Upos::Noun) => matches!(reference, Reference::Thing | Reference::Man | Reference::Woman),
        _ => false,
    }
}
