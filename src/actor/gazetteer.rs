//! [`Gazetteer`]: every name by which an actor is known, and what a user adds. Loaded once, read by all.
//!
//! The tables are embedded in the binary. [`Gazetteer::with_dictionaries`] merges a user's own. A name given later wins over the same
//! name given before.

use rustc_hash::FxHashMap;

use super::lexicon::{Class, Cue, Entry, GazetteerError, Kind, Line, Month, Reference, Term, Wind, Winds, lines};
use super::mention::{ActorCode, Sector};
use super::names::{Found, Names, Scan, fold};
use super::words::Words;

/// Names of actors and of their roles, and what they stand for.
#[derive(Debug, Default)]
pub struct Gazetteer {
    names: Names,
    pub(super) words: Words,
    entries: Vec<Entry>,
    /// By each word of a person's name, folded: the persons. For "PM Shehbaz" and "President Xi".
    bearers: FxHashMap<Box<str>, Vec<u32>>,
    /// Roles that only some states have: "emir", "junta".
    offices: FxHashMap<Box<str>, Vec<ActorCode>>,
    /// Every state, with those it borders on by land, then those across the sea.
    states: FxHashMap<ActorCode, Vec<(ActorCode, Winds)>>,
}

macro_rules! table {
    ($name:literal) => {
        (concat!("config/lexicon/actors/", $name), include_str!(concat!("../../config/lexicon/actors/", $name)))
    };
}

pub(super) use table;

impl Gazetteer {
    /// The gazetteer that comes with the program.
    ///
    /// # Errors
    /// A table under `config/lexicon/actors/` has a line that cannot be read.
    pub fn embedded() -> Result<Self, GazetteerError> {
        let mut gazetteer = Self::default();
        // In ascending order of precedence: "House of Commons" is a role of any parliament, then Britain's.
        gazetteer.read_roles(table!("roles.tsv"))?;
        gazetteer.read_words(table!("anaphora.tsv"), "a reference", |text| Reference::parse(text).map(Kind::Anaphor))?;
        gazetteer.words = Words::read(table!("words.tsv"))?;
        gazetteer.read_regions(table!("regions.tsv"))?;
        gazetteer.read_words(table!("cues.tsv"), "a cue", |text| Cue::parse(text).map(Kind::Cue))?;
        gazetteer.read_actors(table!("cities.tsv"))?;
        gazetteer.read_actors(table!("places.tsv"))?;
        gazetteer.read_actors(table!("groups.tsv"))?;
        gazetteer.read_states(table!("states.tsv"))?;
        gazetteer.read_actors(table!("organisations.tsv"))?;
        gazetteer.read_unions(table!("unions.tsv"))?;
        gazetteer.read_actors(table!("organs.tsv"))?;
        gazetteer.read_actors(table!("leaders.tsv"))?;
        gazetteer.read_exclusions(table!("exclusions.tsv"))?;
        gazetteer.read_borders(table!("borders.tsv"))?;
        gazetteer.read_borders(table!("straits.tsv"))?;
        Ok(gazetteer)
    }

    fn read_actors(&mut self, (file, text): (&str, &str)) -> Result<(), GazetteerError> {
        lines(file, text).try_for_each(|line| self.read_actor(&line))
    }

    /// Columns: names, code, kind, sector, role, from, to. An exclusion needs no code. A seat has no role but, perhaps, another state whose
    /// capital it is.
    pub(super) fn read_actor(&mut self, line: &Line) -> Result<(), GazetteerError> {
        let (kind, sector) = (line.kind(2)?, line.sector(3)?);
        let name = line.alternatives(0).next().ok_or_else(|| line.error("no name"))?;
        if kind == Kind::Exclusion {
            return self.add(Entry::new(kind, ""), line.alternatives(0), line);
        }
        let code = line.code(1)?;
        let mut entry = Entry { code: Some(code), sector, ..Entry::new(kind, name) };
        if kind == Kind::State {
            self.states.entry(code).or_default();
        }
        if kind == Kind::Seat {
            entry.members.extend(ActorCode::new(line.column(4)));
        }
        if kind == Kind::Person {
            let role = Some(line.column(4)).filter(|role| !role.is_empty()).map(Into::into);
            let term = Term { code, sector, role, from: line.month(5, false)?, to: line.month(6, true)? };
            // Further lines of the same person are further posts.
            if let Some(last) = self.entries.last_mut().filter(|last| last.kind == kind && *last.name == *name) {
                last.terms.push(term);
                return Ok(());
            }
            entry.female = line.column(2) == "woman";
            entry.terms.push(term);
        }
        self.add(entry, line.alternatives(0), line)
    }

    fn add_bearer(&mut self, name: &str) {
        let index = self.entries.len() as u32;
        let mut folded = String::new();
        for word in name.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 2) {
            fold(word, &mut folded);
            self.bearers.entry(folded.as_str().into()).or_default().push(index);
        }
    }

    /// Columns: code, names, adjectives, people, capitals.
    fn read_states(&mut self, (file, text): (&str, &str)) -> Result<(), GazetteerError> {
        for line in lines(file, text) {
            let code = line.code(0)?;
            self.states.entry(code).or_default();
            for (column, kind) in [(1, Kind::State), (2, Kind::Adjective), (3, Kind::People), (4, Kind::Capital)] {
                let Some(name) = line.alternatives(column).next() else { continue };
                self.add(Entry { code: Some(code), ..Entry::new(kind, name) }, line.alternatives(column), &line)?;
            }
        }
        Ok(())
    }

    /// Columns: role reported, singular forms, plural forms, class, sector, example.
    fn read_roles(&mut self, (file, text): (&str, &str)) -> Result<(), GazetteerError> {
        for line in lines(file, text) {
            let class = line.parse(3, "a class of roles: person, people or body", Class::parse)?;
            let sector = line.sector(4)?;
            line.example(5)?;
            let plural = if class == Class::Person { Class::People } else { class };
            for (column, class) in [(1, class), (2, plural)] {
                let entry = Entry { sector, ..Entry::new(Kind::Role(class), line.column(0)) };
                self.add(entry, line.alternatives(column), &line)?;
            }
        }
        Ok(())
    }

    /// Columns: words, what they are, example.
    fn read_words(
        &mut self,
        (file, text): (&str, &str),
        what: &str,
        kind: impl Fn(&str) -> Option<Kind>,
    ) -> Result<(), GazetteerError> {
        for line in lines(file, text) {
            let kind = line.parse(1, what, &kind)?;
            line.example(2)?;
            self.add(Entry::new(kind, line.column(0)), line.alternatives(0), &line)?;
        }
        Ok(())
    }

    /// Columns: names, example.
    fn read_exclusions(&mut self, (file, text): (&str, &str)) -> Result<(), GazetteerError> {
        for line in lines(file, text) {
            line.example(1)?;
            self.add(Entry::new(Kind::Exclusion, ""), line.alternatives(0), &line)?;
        }
        Ok(())
    }

    /// Columns: code, neighbours as `CODE:wind`.
    fn read_borders(&mut self, (file, text): (&str, &str)) -> Result<(), GazetteerError> {
        for line in lines(file, text) {
            let code = line.code(0)?;
            for beside in line.alternatives(1) {
                let neighbour =
                    beside.split_once(':').and_then(|(code, winds)| Some((ActorCode::new(code)?, Winds::parse(winds)?)));
                let neighbour = neighbour.ok_or_else(|| line.error(format!("`{beside}` is not a neighbour: write PAK:se")))?;
                self.states.entry(code).or_default().push(neighbour);
            }
        }
        Ok(())
    }

    pub(super) fn add<'a>(
        &mut self,
        entry: Entry,
        names: impl Iterator<Item = &'a str>,
        line: &Line,
    ) -> Result<(), GazetteerError> {
        let index = self.add_entry(entry);
        for name in names {
            if !self.add_name(name, index) {
                return Err(line.error(format!("`{name}` is not a name: between 1 and 16 words")));
            }
        }
        Ok(())
    }

    pub(super) fn add_entry(&mut self, entry: Entry) -> u32 {
        let index = self.entries.len() as u32;
        if entry.kind == Kind::Person {
            self.add_bearer(&entry.name);
        }
        self.entries.push(entry);
        index
    }

    /// `false` where the name has no word or more than 16.
    pub(super) fn add_name(&mut self, name: &str, entry: u32) -> bool {
        self.names.insert(name, entry)
    }

    /// What stands behind `text` when all of it is a name.
    pub(super) fn exactly(&self, text: &str, scan: &mut Scan) -> Option<&Entry> {
        self.names.scan(text, 0, scan);
        let [only] = scan.found.as_slice() else { return None };
        let whole = only.span.start == 0 && only.span.end as usize == text.len();
        self.names.entries(*only).next().filter(|_| whole).map(|entry| self.entry(entry))
    }

    /// Whether the code is that of a state, not of an organisation.
    pub fn is_state(&self, code: ActorCode) -> bool {
        self.states.contains_key(&code)
    }

    /// Whether `code` may be meant by the anaphor `entry`, where that is bound to some states.
    pub(super) fn is_among(&self, entry: Option<u32>, code: ActorCode) -> bool {
        entry.is_none_or(|entry| self.entry(entry).members.contains(&code))
    }

    pub(super) fn add_office(&mut self, role: &str, states: &[ActorCode]) {
        self.offices.insert(role.into(), states.to_vec());
    }

    /// Whether a state may have such a role; all have most.
    pub(super) fn may_have(&self, code: ActorCode, role: &str) -> bool {
        self.offices.get(role).is_none_or(|states| states.contains(&code))
    }

    /// The states that border on `code`, by land first, those that lie in that direction.
    pub(super) fn neighbours(&self, code: ActorCode, wind: Option<Wind>) -> impl Iterator<Item = ActorCode> {
        let beside = self.states.get(&code).map_or(&[][..], Vec::as_slice).iter();
        beside.filter(move |(_, winds)| wind.is_none_or(|wind| winds.blow(wind))).map(|(code, _)| *code)
    }

    pub(super) fn scan(&self, text: &str, base: u32, scan: &mut Scan) {
        self.names.scan(text, base, scan);
    }

    pub(super) fn entry(&self, index: u32) -> &Entry {
        &self.entries[index as usize]
    }

    /// What a found name stands for: the entry added last, but among namesakes the person in office in `month`.
    pub(super) fn meant(&self, found: Found, month: Option<Month>) -> Option<u32> {
        let first = self.names.entries(found).next()?;
        let in_office = |index: &u32| self.entry(*index).terms.iter().any(|term| month.is_some_and(|month| term.covers(month)));
        if self.entry(first).kind != Kind::Person || in_office(&first) {
            return Some(first);
        }
        let persons = self.names.entries(found).filter(|index| self.entry(*index).kind == Kind::Person);
        Some(persons.into_iter().find(in_office).unwrap_or(first))
    }

    /// The person with `word` in the name who held `role` in `month`, if there is just one.
    pub(super) fn holder(&self, word: &str, role: &str, month: Option<Month>) -> Option<u32> {
        let mut folded = String::new();
        fold(word, &mut folded);
        let holds = |term: &Term| term.role.as_deref() == Some(role) && month.is_none_or(|month| term.covers(month));
        let mut holders = self.bearers.get(folded.as_str())?.iter().filter(|index| self.entry(**index).terms.iter().any(holds));
        match (holders.next(), holders.next()) {
            (Some(only), None) => Some(*only),
            _ => None,
        }
    }

    /// Country, sector and role of a person in `month`: the post held then, the last one before as "former", else just the country.
    pub(super) fn post(&self, entry: u32, month: Option<Month>) -> (Option<ActorCode>, Option<Sector>, Option<String>) {
        let entry = self.entry(entry);
        let terms = &entry.terms;
        let written = |term: &Term| term.role.as_deref().map(str::to_owned);
        let held = match month {
            Some(month) => terms.iter().rev().find(|term| term.covers(month)),
            None => terms.last(),
        };
        if let Some(term) = held {
            return (Some(term.code), term.sector, written(term));
        }
        let ended = |term: &&Term| term.to.is_some_and(|to| month.is_some_and(|month| to < month));
        match (terms.iter().rev().find(ended), terms.first()) {
            (Some(term), _) => (Some(term.code), None, written(term).map(|role| format!("former {role}"))),
            (None, Some(term)) => (Some(term.code), None, None),
            (None, None) => (entry.code, None, None),
        }
    }
}
