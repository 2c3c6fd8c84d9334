//! The tables under `config/lexicon/actors/`: tab-separated lines, `#` begins a comment line, `|` separates alternatives.
//!
//! [`lines`] reads any of them; [`Entry`] is what their lines become. A table that cannot be read right is an error with its name and
//! line, never a line silently dropped.

use super::mention::{ActorCode, Sector};

/// A table of actors, embedded or a user's own, cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum GazetteerError {
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
    /// Moscow. Stands for its state when it acts.
    Capital,
    /// The Kremlin: a building or quarter that stands for a government.
    Seat,
    /// Lahore, California, Crimea: where something is.
    Province,
    Person,
    /// The Pentagon, the IRGC, the Duma: a named part of a state.
    Organ,
    /// NATO.
    Organisation,
    /// Hamas: a party, rebels or another non-state group.
    Group,
    /// Sino-: an adjective before a hyphen.
    Combining,
    /// The E3: a name for these states together.
    Union,
    /// A post, a body or people that become an actor by what they attach to.
    Role(Class),
    /// "he", "the two countries": refers to an actor named elsewhere.
    Anaphor(Reference),
    /// A word that tells what the words beside it are about.
    Cue(Cue),
    /// Turkish Airlines: looks like an actor and is none.
    Exclusion,
}

impl Kind {
    /// The kinds that a table of named actors may give.
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "state" => Kind::State,
            "adjective" => Kind::Adjective,
            "people" => Kind::People,
            "capital" => Kind::Capital,
            "seat" => Kind::Seat,
            "city" | "province" => Kind::Province,
            "person" | "woman" => Kind::Person,
            "organ" => Kind::Organ,
            "organisation" => Kind::Organisation,
            "group" => Kind::Group,
            "combining" => Kind::Combining,
            "exclusion" => Kind::Exclusion,
            _ => return None,
        })
    }
}

/// How the holders of a role are counted and referred to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Class {
    /// One person: foreign minister.
    Person,
    /// Several persons: foreign ministers, officials, troops.
    People,
    /// A body of persons, or a thing they man: government, army, delegation, warship.
    Body,
}

impl Class {
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "person" => Class::Person,
            "people" => Class::People,
            "body" => Class::Body,
            _ => return None,
        })
    }
}

/// What an anaphor refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Reference {
    Man,
    Woman,
    /// "it": a state, an organ, a body.
    Thing,
    /// "they": more than one, or people.
    Several,
    /// "the two countries".
    Pair,
    Three,
    Four,
    Former,
    Latter,
    /// "the North", "the Fund": this actor, where the article has named it.
    Known(ActorCode),
    /// "the court", "the judges": an international one.
    Court,
    /// "the country", "the kingdom".
    Country,
    /// "we", "our": who speaks.
    Speaker,
    /// "the group": one that is not a state.
    Group,
    /// "the agency", "the bloc", "the alliance": an international organisation.
    Organisation,
    Bloc,
    Alliance,
    /// "his hosts": the other side.
    Partner,
    /// "the visitor": who came from elsewhere to where the text is written.
    Visitor,
    /// "its southern neighbour".
    Neighbour(Option<Wind>),
}

/// A direction of the compass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Wind {
    North,
    East,
    South,
    West,
}

/// The directions in which a neighbour lies: south and east for the south-east.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Winds(u8);

impl Winds {
    /// Parses `n`, `se` and the like.
    pub fn parse(text: &str) -> Option<Self> {
        let bit = |c| "nesw".find(c).map(|at| 1 << at);
        text.chars().try_fold(0, |held, c| bit(c).map(|bit| held | bit)).filter(|held| *held != 0).map(Self)
    }

    pub fn blow(self, wind: Wind) -> bool {
        self.0 & 1 << wind as u8 != 0
    }
}

impl Reference {
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "man" => Reference::Man,
            "woman" => Reference::Woman,
            "thing" => Reference::Thing,
            "several" => Reference::Several,
            "pair" => Reference::Pair,
            "three" => Reference::Three,
            "four" => Reference::Four,
            "court" => Reference::Court,
            "former" => Reference::Former,
            "latter" => Reference::Latter,
            "country" => Reference::Country,
            "speaker" => Reference::Speaker,
            "group" => Reference::Group,
            "organisation" => Reference::Organisation,
            "bloc" => Reference::Bloc,
            "alliance" => Reference::Alliance,
            "partner" => Reference::Partner,
            "visitor" => Reference::Visitor,
            "neighbour" => Reference::Neighbour(None),
            "neighbour-n" => Reference::Neighbour(Some(Wind::North)),
            "neighbour-e" => Reference::Neighbour(Some(Wind::East)),
            "neighbour-s" => Reference::Neighbour(Some(Wind::South)),
            "neighbour-w" => Reference::Neighbour(Some(Wind::West)),
            _ => Reference::Known(ActorCode::new(text.strip_prefix("known-")?)?),
        })
    }
}

/// What a word says about those beside it. `config/lexicon/actors/cues.tsv` tells what follows from each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Cue {
    Sport,
    Culture,
    Backed,
    Company,
    Market,
    Fiction,
    Game,
    Everyday,
    Trade,
}

impl Cue {
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "sport" => Cue::Sport,
            "culture" => Cue::Culture,
            "backed" => Cue::Backed,
            "company" => Cue::Company,
            "market" => Cue::Market,
            "fiction" => Cue::Fiction,
            "game" => Cue::Game,
            "everyday" => Cue::Everyday,
            "trade" => Cue::Trade,
            _ => return None,
        })
    }
}

/// What stands behind one or more names of the gazetteer.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub kind: Kind,
    /// None for roles, anaphors, cues and exclusions.
    pub code: Option<ActorCode>,
    pub sector: Option<Sector>,
    /// The usual name. For a role, how it is reported: empty for "as written".
    pub name: Box<str>,
    pub female: bool,
    /// The states that a union is, or that an anaphor may refer to; empty for any.
    pub members: Vec<ActorCode>,
    /// Posts of a person, in the order of the table.
    pub terms: Vec<Term>,
}

impl Entry {
    pub fn new(kind: Kind, name: &str) -> Self {
        Self { kind, code: None, sector: None, name: name.into(), female: false, members: Vec::new(), terms: Vec::new() }
    }
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

impl Term {
    /// Whether the post was held in that month; a table gives no days, so the month of a change belongs to both.
    pub fn covers(&self, month: Month) -> bool {
        self.from.is_none_or(|from| from <= month) && self.to.is_none_or(|to| month <= to)
    }
}

/// Months since the year 0, so that terms compare as numbers.
pub(super) type Month = i32;

pub(super) fn month(year: i16, month: i8) -> Month {
    i32::from(year) * 12 + i32::from(month) - 1
}

/// A line of a table, split at its tabs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    file: &'a str,
    number: usize,
    text: &'a str,
}

/// The lines of a table that hold something.
pub(super) fn lines<'a>(file: &'a str, text: &'a str) -> impl Iterator<Item = Line<'a>> {
    let held = move |(i, text): (usize, &'a str)| Line { file, number: i + 1, text };
    text.lines().enumerate().map(held).filter(|line| !line.text.trim().is_empty() && !line.text.starts_with('#'))
}

impl<'a> Line<'a> {
    /// The column, trimmed; empty where it holds `-` or the line ends before it.
    pub fn column(&self, index: usize) -> &'a str {
        let text = self.text.split('\t').nth(index).unwrap_or("").trim();
        if text == "-" { "" } else { text }
    }

    /// The alternatives of a column.
    pub fn alternatives(&self, index: usize) -> impl Iterator<Item = &'a str> {
        self.column(index).split('|').map(str::trim).filter(|name| !name.is_empty())
    }

    pub fn error(&self, message: impl Into<String>) -> GazetteerError {
        GazetteerError::Line { file: self.file.to_owned(), line: self.number, message: message.into() }
    }

    pub fn code(&self, index: usize) -> Result<ActorCode, GazetteerError> {
        self.parse(index, "an actor code: up to 8 capitals, digits or `_`", ActorCode::new)
    }

    pub fn kind(&self, index: usize) -> Result<Kind, GazetteerError> {
        self.parse(index, "a kind of actor", Kind::parse)
    }

    pub fn sector(&self, index: usize) -> Result<Option<Sector>, GazetteerError> {
        if self.column(index).is_empty() { Ok(None) } else { self.parse(index, "a sector", Sector::parse).map(Some) }
    }

    /// Parses a column with `parse`; `what` names the vocabulary in the error.
    pub fn parse<T>(&self, index: usize, what: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, GazetteerError> {
        let text = self.column(index);
        parse(text).ok_or_else(|| self.error(format!("`{text}` is not {what}")))
    }

    /// The last column, which must show an entry in use.
    pub fn example(&self, index: usize) -> Result<&'a str, GazetteerError> {
        Some(self.column(index)).filter(|example| !example.is_empty()).ok_or_else(|| self.error("an example is missing"))
    }

    /// A month written `2012` or `2012-05`. A year alone is its first month, or its last where `closing`.
    pub fn month(&self, index: usize, closing: bool) -> Result<Option<Month>, GazetteerError> {
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
