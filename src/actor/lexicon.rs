//! The tables under `config/lexicon/actors/`: tab-separated lines, `#` begins a comment line, `|` separates alternatives.
//!
//! [`lines`] reads any of them; [`Entry`] is what their lines become. A table that cannot be read right is an error with its name and
//! line, never a line silently dropped.

use super::mention::{ActorCode, Sector};

/// A table of the lexicon, or a user's own file, cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LexiconError {
    #[error("{file}:{line}: {message}")]
    Line { file: String, line: usize, message: String },
    #[error("{file}: {source}")]
    Read { file: String, source: std::io::Error },
}

/// What a name of the gazetteer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// Russia.
    State,
    /// Russian, US: also one national.
    Adjective,
    /// Russians, a Frenchman.
    People,
    /// A capital: Moscow. Stands for its state when it acts.
    Capital,
    /// A building or quarter that stands for a government: the Kremlin.
    Seat,
    /// Lahore, California, Crimea: where something is, never who acts.
    City,
    Province,
    Person,
    /// A named part of a state: the Pentagon, the IRGC, the Duma.
    Organ,
    /// An international organisation.
    Organisation,
    /// A party, a rebel or another non-state group: Hamas.
    Group,
    /// A post, a body or people that become an actor by what they attach to. See [`RoleClass`].
    Role,
    /// Words that look like an actor and are none: Turkish Airlines.
    Exclusion,
}

impl Kind {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "state" => Kind::State,
            "adjective" => Kind::Adjective,
            "people" => Kind::People,
            "capital" => Kind::Capital,
            "seat" => Kind::Seat,
            "city" => Kind::City,
            "province" => Kind::Province,
            "person" => Kind::Person,
            "organ" => Kind::Organ,
            "organisation" => Kind::Organisation,
            "group" => Kind::Group,
            "exclusion" => Kind::Exclusion,
            _ => return None,
        })
    }
}

/// How the holder of a role is counted and referred to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum RoleClass {
    /// One person: foreign minister.
    Person,
    /// Several persons: foreign ministers, officials, troops.
    People,
    /// A body of persons: government, army, delegation.
    Body,
}

/// What stands behind one or more names of the gazetteer.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub kind: Kind,
    /// None for roles and exclusions.
    pub code: Option<ActorCode>,
    pub sector: Option<Sector>,
    /// The usual name; for a role, the role in the singular.
    pub name: Box<str>,
    pub class: RoleClass,
    /// Posts of a person, in the order of the table.
    pub terms: Vec<Term>,
}

/// A post somebody held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub code: ActorCode,
    pub sector: Option<Sector>,
    pub role: Option<Box<str>>,
    pub from: Option<Month>,
    /// The last month; `None` while it lasts.
    pub to: Option<Month>,
}

/// Months since the year 0, so that terms compare as numbers.
pub(super) type Month = i32;

pub(super) fn month(year: i16, month: i8) -> Month {
    i32::from(year) * 12 + i32::from(month) - 1
}

/// A line of a table, split at its tabs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub file: &'a str,
    pub number: usize,
    text: &'a str,
}

/// The lines of a table that hold something.
pub(super) fn lines<'a>(file: &'a str, text: &'a str) -> impl Iterator<Item = Line<'a>> {
    let held = |(i, text): (usize, &'a str)| Line { file, number: i + 1, text: text.trim_end_matches(['\r', '\n']) };
    text.lines().enumerate().map(held).filter(|line| !line.text.trim().is_empty() && !line.text.starts_with('#'))
}

impl<'a> Line<'a> {
    /// The column, trimmed; empty where the line ends before it.
    pub fn column(&self, index: usize) -> &'a str {
        self.text.split('\t').nth(index).unwrap_or("").trim()
    }

    /// The alternatives of a column.
    pub fn alternatives(&self, index: usize) -> impl Iterator<Item = &'a str> {
        self.column(index).split('|').map(str::trim).filter(|name| !name.is_empty())
    }

    pub fn error(&self, message: impl Into<String>) -> LexiconError {
        LexiconError::Line { file: self.file.to_owned(), line: self.number, message: message.into() }
    }

    pub fn code(&self, index: usize) -> Result<ActorCode, LexiconError> {
        let text = self.column(index);
        ActorCode::new(text).ok_or_else(|| self.error(format!("`{text}` is not an actor code: up to 8 capitals, digits or `_`")))
    }

    pub fn kind(&self, index: usize) -> Result<Kind, LexiconError> {
        let text = self.column(index);
        Kind::parse(text).ok_or_else(|| self.error(format!("`{text}` is not a kind of actor")))
    }

    pub fn sector(&self, index: usize) -> Result<Option<Sector>, LexiconError> {
        let text = self.column(index);
        match Sector::parse(text) {
            Some(sector) => Ok(Some(sector)),
            None if text.is_empty() => Ok(None),
            None => Err(self.error(format!("`{text}` is not a sector"))),
        }
    }

    /// A month written `2012` or `2012-05`. A year alone is its first month, or its last where `closing`.
    pub fn month(&self, index: usize, closing: bool) -> Result<Option<Month>, LexiconError> {
        let text = self.column(index);
        if text.is_empty() {
            return Ok(None);
        }
        let (year, of_year) = text.split_once('-').unwrap_or((text, if closing { "12" } else { "1" }));
        match (year.parse(), of_year.parse()) {
            (Ok(year @ 1000..=9999), Ok(of_year @ 1..=12)) => Ok(Some(month(year, of_year))),
            _ => Err(self.error(format!("`{text}` is not a year or a month: write 2012 or 2012-05"))),
        }
    }
}
