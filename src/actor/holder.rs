//! Who holds a role: the name before or after it, known to the gazetteer or not.

use super::lexicon::Kind;
use super::phrase::Builder;
use super::view::{Item, is_subject};
use super::words::List;
use crate::syntax::{Deprel, Upos};

/// Longest name of a person, in tokens.
const NAME: u32 = 6;

/// The name of a role's holder, with its tokens.
pub(super) struct Name {
    pub first: u32,
    pub last: u32,
    pub name: String,
    /// In the gazetteer, if it is known.
    pub entry: Option<u32>,
}

impl Builder<'_> {
    /// The holder's name after the role: "Sergei Lavrov" or ", Valentina Matvienko,".
    pub(super) fn name_after(&self, at: usize, last: u32) -> Option<Name> {
        let comma = self.view.is(last + 1, &[","]);
        let start = last + 1 + u32::from(comma);
        // "Speaking to the Iranian minister, *Dr. Abdelatty underscored*": who acts himself is another.
        if comma && self.acts_apart(last, start) {
            return None;
        }
        if let Some(found) = self.known_person(start) {
            return Some(found);
        }
        let found = self.unknown_person(start)?;
        if comma {
            let apart = found.last > found.first;
            let closed = self.view.upos(found.last + 1).is_none_or(|upos| matches!(upos, Upos::Punct | Upos::Verb | Upos::Aux));
            return Some(found).filter(|_| apart && closed);
        }
        // "PM Shehbaz": part of the name of the one in office.
        let role = self.gazetteer.entry(self.items[at].entry).name.to_string();
        let holder = self.gazetteer.holder(self.view.word(found.last), &role, self.month);
        match holder {
            Some(entry) => Some(Name { name: self.gazetteer.entry(entry).name.to_string(), entry: Some(entry), ..found }),
            None => Some(found).filter(|_| !self.view.is_headline()),
        }
    }

    /// Whether the name that begins at `start` is the subject of a clause to which the role before it, under a preposition, does not belong.
    fn acts_apart(&self, role: u32, start: u32) -> bool {
        let subject = |token: &u32| self.view.deprel(*token).is_some_and(is_subject);
        let oblique = self.view.deprel(role) == Some(Deprel::Obl);
        let run = || (start..start + NAME).take_while(|token| self.view.is_name_word(*token));
        oblique && run().any(|token| subject(&token)) && run().last().is_some_and(|last| !self.view.is(last + 1, &[","]))
    }

    /// The holder's name before the role: "Sergei Lavrov, Russia's foreign minister".
    pub(super) fn name_before(&self, first: u32) -> Option<Name> {
        let mut at = first.checked_sub(1)?;
        if self.view.upos(at) == Some(Upos::Det) {
            at = at.checked_sub(1)?;
        }
        if !self.view.is(at, &[","]) {
            return None;
        }
        let last = at.checked_sub(1)?;
        if let Some(at) = self.ending(last) {
            return self.known_person(self.items[at].first);
        }
        let run = (0..NAME).map_while(|back| last.checked_sub(back)).take_while(|token| self.is_free_name_word(*token));
        let start = run.last().filter(|start| *start < last)?;
        Some(Name { first: start, last, name: self.view.span(start, last).of(self.view.text).to_owned(), entry: None })
    }

    fn known_person(&self, start: u32) -> Option<Name> {
        let item = self.starting(start).map(|at| self.items[at]).filter(|item| item.kind == Kind::Person && !item.taken)?;
        // "Minister Kim Yung-ho" is another than the Kim who is known by that name alone.
        if item.first == item.last && self.is_free_name_word(item.last + 1) && self.view.joined(item.last, item.last + 1) {
            return None;
        }
        let name = self.gazetteer.entry(item.entry).name.to_string();
        Some(Name { first: item.first, last: item.last, name, entry: Some(item.entry) })
    }

    /// Capitalised words that nothing else explains; between them "bin", "al", "de" and the like.
    fn unknown_person(&self, start: u32) -> Option<Name> {
        if !self.is_free_name_word(start) {
            return None;
        }
        let mut last = start;
        for token in start + 1..start + NAME {
            if self.is_free_name_word(token) {
                last = token;
            } else if !self.view.is_in(token, List::NameParticle) {
                break;
            }
        }
        Some(Name { first: start, last, name: self.view.span(start, last).of(self.view.text).to_owned(), entry: None })
    }

    fn is_free_name_word(&self, token: u32) -> bool {
        let explained = |item: &Item| !matches!(item.kind, Kind::Cue(_) | Kind::Person);
        self.view.is_name_word(token) && !self.covering(token).is_some_and(explained)
    }
}
