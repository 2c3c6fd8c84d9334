//! How an article calls again whom it has introduced: a person by surname, a body by the letters that stood in brackets behind its name.

use super::lexicon::Class;
use super::memory::Memory;
use super::mention::{ActorCode, MentionKind, Mentions};
use super::phrase::{Open, Phrase};
use super::view::View;
use super::words::List;

/// One word of the name of a person introduced in full.
#[derive(Debug)]
pub(super) struct Known {
    word: String,
    mention: u32,
    /// Not the surname: given up when a second person bears it.
    given: bool,
}

impl Memory {
    /// Keeps the words of the name of a person introduced in full.
    pub(super) fn remember(&mut self, view: View, name: &str, actors: &[ActorCode], mention: u32) {
        let mut words: Vec<&str> = name.split_whitespace().collect();
        let (Some(last), Some(first)) = (words.pop(), words.first()) else { return };
        let family_first = actors.first().is_some_and(|code| view.words.hold(List::FamilyNameFirst, code.as_str()));
        for word in [Some(last), family_first.then_some(*first)].into_iter().flatten() {
            if word.len() > 1 && !self.names.iter().any(|known| known.word == word && !known.given) {
                self.names.push(Known { word: word.to_owned(), mention, given: false });
            }
        }
        let proper = |word: &&str| word.len() > 3 && word.starts_with(char::is_uppercase);
        for word in words.into_iter().skip(usize::from(family_first)).filter(proper) {
            match self.names.iter().position(|known| known.word == word) {
                // A second Mohammed: neither is called so alone.
                Some(at) if self.names[at].given && self.names[at].mention != mention => self.names[at].word.clear(),
                Some(_) => {}
                None => self.names.push(Known { word: word.to_owned(), mention, given: true }),
            }
        }
    }

    /// "The Joint Chiefs of Staff (JCS)": what stands in brackets behind a body is its name from here on.
    pub(super) fn remember_short_form(&mut self, view: View, last: u32, mention: u32) {
        let short = view.word(last + 2);
        if is_short_form(short)
            && view.is(last + 1, &["("])
            && view.is(last + 3, &[")"])
            && !self.names.iter().any(|known| known.word == short)
        {
            self.names.push(Known { word: short.to_owned(), mention, given: false });
        }
    }

    /// The mention that introduced the person one of whose names stands at the head of `text`, and the length of that name.
    pub fn called(&self, text: &str) -> Option<(u32, usize)> {
        let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric());
        let heads = |known: &&Known| !known.word.is_empty() && text.strip_prefix(known.word.as_str()).is_some_and(ends);
        let known = self.names.iter().filter(heads).min_by_key(|known| known.given)?;
        Some((known.mention, known.word.len()))
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
            class: self.traits.get(mention as usize).map_or(Class::Person, |traits| traits.class),
            open: Open::Nothing,
            known: None,
            among: None,
        })
    }
}

/// Two to eight capitals or digits.
pub(super) fn is_short_form(word: &str) -> bool {
    (2..=8).contains(&word.len())
        && word.starts_with(|c: char| c.is_ascii_uppercase())
        && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}
