//! From the names of a sentence to the phrases they head: "Russian Foreign Minister Sergei Lavrov" is one.
//!
//! A role takes its actors from what stands before it ("Russian", "Pakistan's", "French and German"), after it ("of Iran", "from
//! China") or, where neither names one, from the person it introduces. Roles are read from right to left, so that what follows an
//! "of" is already a phrase. What no role took becomes a phrase by itself.

use super::gazetteer::Gazetteer;
use super::lexicon::{Class, Kind, Month, Reference};
use super::mention::{ActorCode, MentionKind, Sector};
use super::view::{Item, View};
use crate::syntax::{Deprel, Upos};

/// Words of a sentence that refer to an actor, before what they leave open is resolved.
#[derive(Clone, Debug)]
pub(super) struct Phrase {
    pub first: u32,
    pub last: u32,
    pub head: u32,
    pub kind: MentionKind,
    pub actors: Vec<ActorCode>,
    pub sector: Option<Sector>,
    pub role: Option<String>,
    pub name: Option<String>,
    pub female: Option<bool>,
    /// One person, several, or a body; bodies for states.
    pub class: Class,
    pub open: Open,
    /// The mention that introduced a person called by surname.
    pub known: Option<u32>,
    /// The entry of an anaphor that only some states can be meant by: "the kingdom", "the two Nordic leaders"; of a seat that is another's
    /// capital: "Brussels".
    pub among: Option<u32>,
}

/// What a phrase leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Open {
    Nothing,
    /// Words that always refer elsewhere.
    Refers(Reference),
    /// "its foreign minister": the actor is the possessor's; the token is the pronoun.
    Possessed(u32),
    /// "his Russian counterpart": the role is the possessor's.
    Counterpart,
    /// "whose police": of the actor named just before.
    Whose,
    /// "its southern neighbour", "Lesotho's neighbour".
    Neighbour(Reference),
    /// "the embassy in Antananarivo": of another state than the one where it is.
    Posted(ActorCode),
    /// "the foreign minister": whose must be known from before. With the entry of a role it belongs to, as in "FO spokesperson".
    Bare(Option<u32>),
}

/// Builds the phrases of one sentence, in text order.
pub(super) fn phrases(gazetteer: &Gazetteer, view: View, month: Option<Month>, items: &mut [Item]) -> Vec<Phrase> {
    let mut builder = Builder { gazetteer, view, month, items, built: Vec::new() };
    for at in (0..builder.items.len()).rev() {
        let item = builder.items[at];
        match item.kind {
            _ if item.taken => {}
            Kind::Role(class) => builder.role(at, class),
            Kind::Anaphor(reference @ Reference::Neighbour(_)) => builder.neighbour(at, reference),
            _ => {}
        }
    }
    for at in 0..builder.items.len() {
        if !builder.items[at].taken {
            builder.alone(at);
        }
    }
    let mut built = builder.built;
    built.sort_by_key(|phrase| (phrase.first, phrase.last));
    built
}

pub(super) struct Builder<'a> {
    pub gazetteer: &'a Gazetteer,
    pub view: View<'a>,
    pub month: Option<Month>,
    pub items: &'a mut [Item],
    pub built: Vec<Phrase>,
}

impl Builder<'_> {
    /// "its southern neighbour": open, unless the state is named right after ("its neighbour Iran").
    fn neighbour(&mut self, at: usize, reference: Reference) {
        let item = self.items[at];
        let named = self.items.get(at + 1).is_some_and(|next| next.kind == Kind::State && next.first <= item.last + 2);
        let before = self.look_before(item.first, Class::Person);
        if named || (before.pronoun.is_none() && before.owners.is_empty()) {
            self.items[at].taken = true;
            return;
        }
        let actors = before.owners.iter().filter_map(|owner| self.items[*owner].code).take(1).collect();
        // The possessor stays a mention of its own: it is another actor.
        self.items[at].taken = true;
        self.built.push(Phrase {
            first: item.first,
            last: item.last,
            head: self.view.head(item.first, item.last),
            kind: MentionKind::Anaphor,
            actors,
            sector: None,
            role: None,
            name: None,
            female: None,
            class: Class::Body,
            open: Open::Neighbour(reference),
            known: None,
            among: None,
        });
    }

    /// A name that no role took.
    fn alone(&mut self, at: usize) {
        let item = self.items[at];
        let entry = self.gazetteer.entry(item.entry);
        let mut phrase = Phrase {
            first: item.first,
            last: item.last,
            head: self.view.head(item.first, item.last),
            kind: MentionKind::State,
            actors: item.code.into_iter().collect(),
            sector: entry.sector,
            role: None,
            name: None,
            female: None,
            class: Class::Body,
            open: Open::Nothing,
            known: None,
            among: None,
        };
        phrase.kind = match item.kind {
            Kind::State => MentionKind::State,
            Kind::Union => {
                phrase.actors.clone_from(&entry.members);
                phrase.class = Class::People;
                MentionKind::State
            }
            Kind::Adjective | Kind::Combining => MentionKind::Demonym,
            Kind::People => {
                phrase.class = Class::People;
                MentionKind::Demonym
            }
            Kind::Capital | Kind::Seat | Kind::Province => {
                phrase.among = Some(item.entry).filter(|_| item.kind == Kind::Seat && !entry.members.is_empty());
                MentionKind::Place
            }
            Kind::Organ | Kind::Organisation | Kind::Group => {
                self.lend_owner(&item, &mut phrase);
                MentionKind::Organisation
            }
            Kind::Person => {
                let (code, sector, role) = self.post(item.entry);
                phrase.actors = code.into_iter().collect();
                (phrase.sector, phrase.role) = (sector, role);
                phrase.name = Some(entry.name.to_string());
                (phrase.female, phrase.class) = (Some(entry.female), Class::Person);
                MentionKind::Person
            }
            // "His Majesty the King".
            Kind::Anaphor(Reference::Man | Reference::Woman)
                if item.first < item.last && self.view.is(item.last + 1, &["the", "King", "Queen", "Sultan", "Emir"]) =>
            {
                return;
            }
            // "Both countries", "each of them": another word says what they are.
            Kind::Anaphor(Reference::Pair) if item.first == item.last && !self.stands_alone(item.first) => return,
            // "The two other trawlers".
            Kind::Anaphor(_)
                if self.view.is(item.last, &["two", "three", "four"])
                    && matches!(self.view.upos(item.last + 1), Some(Upos::Noun | Upos::Propn | Upos::Adj | Upos::Num)) =>
            {
                return;
            }
            // "The Secretary-General of NATO".
            Kind::Anaphor(Reference::Known(_)) if self.view.is(item.last + 1, &["of", "Sea", "Pole", "West", "East"]) => return,
            Kind::Anaphor(reference) => {
                phrase.open = Open::Refers(reference);
                phrase.among = Some(item.entry).filter(|_| !entry.members.is_empty());
                phrase.class = match reference {
                    Reference::Man | Reference::Woman | Reference::Visitor => Class::Person,
                    Reference::Several | Reference::Pair | Reference::Three | Reference::Four => Class::People,
                    _ => Class::Body,
                };
                MentionKind::Anaphor
            }
            Kind::Role(_) | Kind::Cue(_) | Kind::Exclusion => return,
        };
        self.built.push(phrase);
    }

    /// Whether "both" or "each" is a phrase of its own.
    fn stands_alone(&self, token: u32) -> bool {
        let next = self.view.upos(token + 1);
        let noun = matches!(next, Some(Upos::Noun | Upos::Propn | Upos::Adj | Upos::Det | Upos::Num | Upos::Pron));
        let place = matches!(
            self.view.deprel(token),
            Some(Deprel::Nsubj | Deprel::NsubjPass | Deprel::Obj | Deprel::Iobj | Deprel::Obl | Deprel::Nmod)
        );
        place && !noun && !self.view.is(token + 1, &["of", "-", "other"])
    }

    /// "Canada's House of Commons": an organ whose name several states use is that of the state before it.
    fn lend_owner(&self, item: &Item, phrase: &mut Phrase) {
        if item.kind != Kind::Organ || item.first < 2 {
            return;
        }
        let owner = if self.view.is_possessive(item.first - 1) { item.first - 2 } else { item.first - 1 };
        let state = |other: &&Item| matches!(other.kind, Kind::State | Kind::Adjective);
        if let Some(code) = self.ending(owner).map(|at| &self.items[at]).filter(state).and_then(|other| other.code) {
            phrase.actors = vec![code];
        }
    }

    /// Country, sector and role of a person in the month of the article.
    pub(super) fn post(&self, entry: u32) -> (Option<ActorCode>, Option<Sector>, Option<String>) {
        self.gazetteer.post(entry, self.month)
    }

    /// Marks what lies in these tokens as part of a phrase, and drops the phrases that it swallows: phrases are built from right to
    /// left, so those are the latest.
    pub(super) fn take(&mut self, first: u32, last: u32) {
        let start = self.items.partition_point(|item| item.first < first);
        for item in self.items.iter_mut().skip(start).take_while(|item| item.last <= last) {
            item.taken = true;
        }
        while self.built.last().is_some_and(|phrase| phrase.first <= last) {
            self.built.pop();
        }
    }

    /// The item whose last token that is. Items stand in text order and do not overlap.
    pub(super) fn ending(&self, token: u32) -> Option<usize> {
        self.items.binary_search_by(|item| item.last.cmp(&token)).ok()
    }

    pub(super) fn starting(&self, token: u32) -> Option<usize> {
        self.items.binary_search_by(|item| item.first.cmp(&token)).ok()
    }

    pub(super) fn covering(&self, token: u32) -> Option<&Item> {
        let at = self.items.partition_point(|item| item.last < token);
        self.items.get(at).filter(|item| item.first <= token)
    }
}
