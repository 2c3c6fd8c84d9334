//! [`Memory`]: what an article has said so far about its actors, and whose "the foreign minister" or a surname is in its light. What
//! pronouns and "the two countries" refer to is worked out in [`super::anaphora`].

use super::called::Known;
use super::gazetteer::Gazetteer;
use super::lexicon::{Class, Reference};
use super::mention::{ActorCode, Mention, MentionKind, Mentions, Sector};
use super::phrase::{Open, Phrase};
use super::view::{View, is_subject};
use super::words::List;

/// Mentions looked back on, and sentences.
pub(super) const BACK: usize = 48;
pub(super) const SENTENCES: u32 = 3;

/// What is known of a mention beyond what it publishes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trait {
    pub class: Class,
    pub female: Option<bool>,
    pub subject: bool,
    /// Nothing but "and", commas and articles stands between the mention before and this one.
    pub joined: bool,
}

/// How much the article so far is about an actor.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Topic {
    mentions: u32,
    headline: bool,
    /// The last mention.
    pub last: u32,
}

impl Topic {
    /// A state named all along, or in the headline, weighs less than one in this sentence and as much as one in the sentence before.
    pub fn weight(self) -> u32 {
        self.mentions.min(16) * 3 / 2 + if self.headline { 9 } else { 0 }
    }
}

#[derive(Debug, Default)]
pub(super) struct Memory {
    /// By mention.
    pub traits: Vec<Trait>,
    /// How often each actor was mentioned so far.
    pub topics: Vec<(ActorCode, Topic)>,
    /// Names by which the article may call again whom it introduced by full name, with the mention that did.
    pub(super) names: Vec<Known>,
    /// The state whose city the dateline names. "The government" in what follows is likely its own.
    pub(super) home: Option<ActorCode>,
    /// Whose statement the article is, where a state or an organisation publishes it.
    author: Option<ActorCode>,
}

impl Memory {
    /// The memory of an article written in `home` and published by `author`.
    pub fn at_home(home: Option<ActorCode>, author: Option<ActorCode>) -> Self {
        Self { home, author, ..Self::default() }
    }

    /// How often an actor was mentioned so far.
    pub(super) fn named(&self, code: ActorCode) -> u32 {
        self.topics.iter().find(|(held, _)| *held == code).map_or(0, |(_, topic)| topic.mentions)
    }

    pub fn author(&self) -> Vec<ActorCode> {
        self.author.into_iter().collect()
    }

    /// Whether no person has been introduced by name yet.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
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
            self.remember(view, name, &phrase.actors, index);
        }
        if phrase.class == Class::Body && phrase.actors.len() == 1 {
            self.remember_short_form(view, phrase.last, index);
        }
        let head = view.token(phrase.head);
        let subject = head.is_some_and(|token| is_subject(token.deprel));
        for actor in &phrase.actors {
            let at = self.topics.iter().position(|(held, _)| held == actor).unwrap_or_else(|| {
                self.topics.push((*actor, Topic::default()));
                self.topics.len() - 1
            });
            let topic = &mut self.topics[at].1;
            topic.mentions += 1;
            topic.headline |= view.is_headline();
            topic.last = index;
        }
        let joined = out.all.last().is_some_and(|before| before.sentence == view.index && joins(view, before, phrase.first));
        self.traits.push(Trait { class: phrase.class, female: phrase.female, subject, joined });
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
            Open::Nothing => {
                self.settle_seat(gazetteer, phrase);
                Some(phrase.known)
            }
            Open::Refers(Reference::Pair) => self.several(view, gazetteer, phrase, 2, out),
            Open::Refers(Reference::Three) => self.several(view, gazetteer, phrase, 3, out),
            Open::Refers(Reference::Four) => self.several(view, gazetteer, phrase, 4, out),
            Open::Refers(Reference::Partner) => self.partner(view, gazetteer, phrase, out),
            Open::Refers(Reference::Country) => self.country(view, gazetteer, phrase, out),
            Open::Refers(Reference::Speaker) => None,
            Open::Refers(reference @ (Reference::Former | Reference::Latter)) => self.former(phrase, reference, out),
            Open::Refers(reference) => {
                let found = match reference {
                    Reference::Man | Reference::Woman | Reference::Thing | Reference::Several => {
                        self.pronoun(view, phrase.head, reference, out)
                    }
                    Reference::Visitor => self.visitor(gazetteer, out),
                    _ => self.named_again(view, gazetteer, reference, phrase.among, out),
                }?;
                let referent = out.all.get(found as usize)?;
                phrase.actors.clone_from(&referent.actors);
                phrase.sector = referent.sector;
                phrase.female = self.traits.get(found as usize).and_then(|traits| traits.female);
                if matches!(reference, Reference::Man | Reference::Woman | Reference::Visitor) {
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
            Open::Whose => {
                let found = self.before(view, phrase.first, out)?;
                phrase.actors.clone_from(&out.all.get(found as usize)?.actors);
                Some(Some(found))
            }
            Open::Posted(host) => {
                // A ministry's own writing speaks of its own mission.
                if let Some(author) = self.author.filter(|author| *author != host) {
                    phrase.actors = vec![author];
                    return Some(None);
                }
                let sender = self.weights(view, gazetteer, &[host], out).into_iter().next()?;
                phrase.actors = vec![sender.actor];
                Some(Some(sender.mention))
            }
            Open::Neighbour(reference) => self.neighbour(view, gazetteer, phrase, reference, out),
            Open::Bare(body) => self.bare(view, gazetteer, phrase, body, out),
        }
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
    fn named_again(
        &self,
        view: View,
        gazetteer: &Gazetteer,
        reference: Reference,
        among: Option<u32>,
        out: &Mentions,
    ) -> Option<u32> {
        if let Reference::Known(code) = reference {
            let index = out.all.iter().rposition(|mention| mention.actors == [code])?;
            return Some(index as u32);
        }
        let fits = |mention: &Mention| {
            let code = mention.actors.first().copied();
            let state = code.is_some_and(|code| gazetteer.is_state(code));
            let called = |list| code.is_some_and(|code| view.words.hold(list, code.as_str()));
            match reference {
                Reference::Group => mention.kind == MentionKind::Organisation && matches!(mention.sector, Some(Sector::Reb)),
                Reference::Bloc => called(List::Bloc),
                Reference::Court => called(List::Court),
                Reference::Alliance => called(List::Alliance),
                _ => {
                    mention.kind == MentionKind::Organisation
                        && !state
                        && code.is_some_and(|code| gazetteer.is_among(among, code))
                }
            }
        };
        let recent = out.all.iter().enumerate().rev().take(BACK);
        let mut near =
            recent.take_while(|(_, mention)| mention.sentence + SENTENCES > view.index).filter(|(_, mention)| fits(mention));
        let Some((latest, mention)) = near.next() else {
            // Further back, the only one of its kind in the article.
            let mut all = out.all.iter().enumerate().rev().filter(|(_, mention)| fits(mention));
            let (latest, mention) = all.next()?;
            return all.all(|(_, other)| other.actors == mention.actors).then_some(latest as u32);
        };
        // Of several in the sentence before, the subject.
        let subject = |(index, other): &(usize, &Mention)| {
            other.sentence == mention.sentence
                && mention.sentence < view.index
                && self.traits.get(*index).is_some_and(|traits| traits.subject)
        };
        Some(near.find(subject).map_or(latest, |(index, _)| index) as u32)
    }

    /// "the foreign minister", "the army": whoever held that role before, else that of the state at hand.
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
        let held_body = body
            .and_then(|body| recent().find(|(_, mention)| mention.role.as_deref() == Some(body) && mention.actors.len() == 1));
        if let Some((index, mention)) = held_body {
            phrase.actors.clone_from(&mention.actors);
            return Some(Some(index as u32));
        }
        // A ministry's own writing: "the Prime Minister" is the one it opened with, whoever else holds such an office.
        let formal = phrase.class != Class::People && phrase.name.is_none();
        let formal = formal && view.word(phrase.last).starts_with(char::is_uppercase) && !view.is_headline();
        if formal {
            let first = out.all.iter().position(|mention| mention.actors.len() == 1 && mention.role.as_deref() == Some(role));
            if let Some(index) = first {
                phrase.actors.clone_from(&out.all[index].actors);
                phrase.sector = out.all[index].sector.or(phrase.sector);
                phrase.name.clone_from(&out.all[index].name);
                return Some(Some(index as u32));
            }
            // "The Ministry recalled": that of the state which writes, or where it is written, unless another is named before it.
            let named = out.all.iter().rev().take_while(|mention| mention.sentence == view.index);
            let free = named.into_iter().all(|mention| !mention.actors.iter().any(|code| gazetteer.is_state(*code)));
            if let Some(home) = self.author.or(self.home.filter(|_| free)).filter(|_| is_office(view, role)) {
                phrase.actors = vec![home];
                return Some(None);
            }
        }
        // "The presidents decided": those of the two states that the text is about, where it is clear which.
        if phrase.class == Class::People && view.is_in(phrase.last, List::PairRole) {
            return self.clear_pair(view, gazetteer, phrase, out);
        }
        // "the minister" after "the foreign minister"; but "the ship" is not "the patrol ship" before.
        let same = |held: &str| held == role || (phrase.class != Class::Body && !role.contains(' ') && held.ends_with(role));
        let other_person = |mention: &Mention| match (&phrase.name, &mention.name) {
            (Some(name), Some(held)) => !name.split(' ').any(|word| held.split(' ').any(|other| word == other)),
            _ => false,
        };
        // "Portugal called on the authorities": not its own.
        let own = self.faced(view, phrase, out);
        let fits = |(_, mention): &(usize, &Mention)| {
            let other = mention.actors.first().is_none_or(|code| !own.contains(code));
            other && mention.actors.len() == 1 && mention.role.as_deref().is_some_and(same) && !other_person(mention)
        };
        // Further back, the only one of its kind: "the junta".
        let only = || {
            let mut all = out.all.iter().enumerate().rev().filter(fits);
            let first = all.next().filter(|_| phrase.class == Class::Body)?;
            all.all(|(_, other)| other.actors == first.1.actors).then_some(first)
        };
        let held = recent().find(fits).or_else(only);
        if let Some((index, mention)) = held {
            phrase.actors.clone_from(&mention.actors);
            phrase.sector = mention.sector.or(phrase.sector);
            if phrase.class == Class::Person && phrase.name.is_none() {
                phrase.name.clone_from(&mention.name);
            }
            return Some(Some(index as u32));
        }
        let office = is_office(view, role);
        if !office && phrase.name.is_none() || phrase.sector == Some(Sector::Reb) {
            return None;
        }
        let at_hand = self.state_at_hand(view, gazetteer, phrase.first, out).map(|held| {
            let other = || self.weights(view, gazetteer, &own, out).first().map(|weight| (weight.mention, weight.actor));
            if own.contains(&held.1) { other().unwrap_or(held) } else { held }
        });
        // "The emir", "the junta": of the states that have one.
        let has_one = |(_, code): &(u32, ActorCode)| gazetteer.may_have(*code, role);
        let other = || {
            let weights = self.weights(view, gazetteer, &[], out);
            weights.into_iter().map(|weight| (weight.mention, weight.actor)).find(has_one)
        };
        let (index, code) = at_hand.filter(has_one).or_else(|| at_hand.and_then(|_| other()))?;
        phrase.actors = vec![code];
        Some(Some(index))
    }

    /// The state that a sentence is about at `token`: the home of the article if it names that; the only one named before in the
    /// sentence, or the subject among several; the home that the article has named before; the same of the sentence before.
    fn state_at_hand(&self, view: View, gazetteer: &Gazetteer, token: u32, out: &Mentions) -> Option<(u32, ActorCode)> {
        let states = |sentence: u32| {
            let held = out.all.iter().enumerate().rev().take(BACK).filter(move |(_, mention)| {
                mention.sentence == sentence && mention.kind != MentionKind::Anaphor && !is_quoted(view, mention)
            });
            held.filter_map(|(index, mention)| match mention.actors.as_slice() {
                [only] if gazetteer.is_state(*only) => Some((index as u32, *only)),
                _ => None,
            })
        };
        let one = |sentence: u32| {
            let (index, code) = states(sentence).next()?;
            if states(sentence).all(|(_, other)| other == code) {
                return Some((index, code));
            }
            states(sentence).find(|(index, _)| self.traits.get(*index as usize).is_some_and(|traits| traits.subject))
        };
        let home = self.home.and_then(|home| {
            let index = out.all.iter().rposition(|mention| mention.actors.contains(&home))?;
            Some((index as u32, home))
        });
        if let Some((index, home)) = home
            && (states(view.index).any(|(_, code)| code == home) || states(view.index).next().is_none())
        {
            return Some((index, home));
        }
        let here = one(view.index).filter(|(index, _)| out.all.get(*index as usize).is_some_and(|mention| mention.head < token));
        here.or(home).or_else(|| one(view.index.checked_sub(1)?))
    }
}

/// Whether what stands between a mention and the word `first` joins the two: "Egypt *and the* Sudan", not "Egypt *invited* Sudan".
fn joins(view: View, before: &Mention, first: u32) -> bool {
    let start = view.token(first).map_or(0, |token| token.span.start);
    let between = view.text.get(before.span.end as usize..start.max(before.span.end) as usize).unwrap_or("");
    let mut words = between.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
    between.len() <= 10 && words.all(|word| matches!(word, "and" | "&" | "the" | "or" | "both" | "then" | "its"))
}

/// Whether a state has one of these.
fn is_office(view: View, role: &str) -> bool {
    view.words.of(List::Office).any(|office| role.ends_with(office))
}

/// Whether a mention of this sentence stands between quotation marks: it is what somebody speaks of, not who speaks.
fn is_quoted(view: View, mention: &Mention) -> bool {
    let from = view.sentence.span.start;
    let before = view.text.get(from as usize..mention.span.start.max(from) as usize).unwrap_or("");
    mention.sentence == view.index && before.matches(['"', '“', '”']).count() % 2 == 1
}
