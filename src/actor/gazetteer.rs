//! [`Gazetteer`]: every name by which an actor is known, the borders of states, and what a user adds. Loaded once, read by all.
//!
//! The tables are embedded in the binary. [`Gazetteer::with_overlay`] merges a user's own: a name given later wins over the same
//! name given before.

use std::fs;
use std::path::Path;

use super::lexicon::{Entry, Kind, LexiconError, Line, RoleClass, Term, lines};
use super::mention::{ActorCode, Sector};
use super::names::{Found, Names, Scan};

/// The embedded tables of named actors, in ascending order of precedence where two give the same name.
const ACTORS: &[(&str, &str)] = &[
    ("actors/places.tsv", include_str!("../../config/lexicon/actors/places.tsv")),
    ("actors/groups.tsv", include_str!("../../config/lexicon/actors/groups.tsv")),
    ("actors/organisations.tsv", include_str!("../../config/lexicon/actors/organisations.tsv")),
    ("actors/organs.tsv", include_str!("../../config/lexicon/actors/organs.tsv")),
    ("actors/leaders.tsv", include_str!("../../config/lexicon/actors/leaders.tsv")),
];
const STATES: (&str, &str) = ("actors/states.tsv", include_str!("../../config/lexicon/actors/states.tsv"));
const ROLES: (&str, &str) = ("actors/roles.tsv", include_str!("../../config/lexicon/actors/roles.tsv"));
const EXCLUSIONS: (&str, &str) = ("actors/exclusions.tsv", include_str!("../../config/lexicon/actors/exclusions.tsv"));

/// Names of actors and what they stand for.
#[derive(Debug, Default)]
pub struct Gazetteer {
    names: Names,
    entries: Vec<Entry>,
}

impl Gazetteer {
    /// The gazetteer that comes with the program.
    ///
    /// # Errors
    /// A table under `config/lexicon/actors/` has a line that cannot be read.
    pub fn embedded() -> Result<Self, LexiconError> {
        let mut gazetteer = Self::default();
        gazetteer.read_actors(ACTORS[0].0, ACTORS[0].1)?;
        gazetteer.read_states(STATES.0, STATES.1)?;
        for (file, text) in &ACTORS[1..] {
            gazetteer.read_actors(file, text)?;
        }
        gazetteer.read_roles(ROLES.0, ROLES.1)?;
        gazetteer.read_exclusions(EXCLUSIONS.0, EXCLUSIONS.1)?;
        Ok(gazetteer)
    }

    /// Merges a user's own actors from a file, or from all files of a folder in the order of their names: `.tsv` in the format of
    /// `config/lexicon/actors/organs.tsv`, anything else in the PETRARCH format.
    ///
    /// # Errors
    /// The file cannot be read, or a line of it is not in its format.
    pub fn with_overlay(mut self, path: impl AsRef<Path>) -> Result<Self, LexiconError> {
        self.overlay(path.as_ref())?;
        Ok(self)
    }

    fn overlay(&mut self, path: &Path) -> Result<(), LexiconError> {
        let file = path.display().to_string();
        let failed = |source| LexiconError::Read { file: file.clone(), source };
        if path.is_dir() {
            let mut files = fs::read_dir(path)
                .and_then(|held| held.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>())
                .map_err(failed)?;
            files.sort();
            return files.iter().filter(|path| path.is_file()).try_for_each(|path| self.overlay(path));
        }
        let text = fs::read_to_string(path).map_err(failed)?;
        match path.extension().is_some_and(|extension| extension == "tsv") {
            true => self.read_actors(&file, &text),
            false => Ok(()),
        }
    }

    /// Columns: names, code, kind, sector, role, from, to.
    fn read_actors(&mut self, file: &str, text: &str) -> Result<(), LexiconError> {
        for line in lines(file, text) {
            let (code, kind, sector) = (line.code(1)?, line.kind(2)?, line.sector(3)?);
            let role = Some(line.column(4)).filter(|role| !role.is_empty());
            let name = line.alternatives(0).next().ok_or_else(|| line.error("no name"))?;
            let term = Term { code, sector, role: role.map(Into::into), from: line.month(5, false)?, to: line.month(6, true)? };
            let continued =
                self.entries.last_mut().filter(|last| kind == Kind::Person && last.kind == kind && *last.name == *name);
            if let Some(last) = continued {
                last.terms.push(term);
                continue;
            }
            let terms = if kind == Kind::Person { vec![term] } else { Vec::new() };
            let class = if kind == Kind::Person { RoleClass::Person } else { RoleClass::Body };
            self.add(Entry { kind, code: Some(code), sector, name: name.into(), class, terms }, line.alternatives(0), &line)?;
        }
        Ok(())
    }

    /// Columns: code, names, adjectives, people, capitals.
    fn read_states(&mut self, file: &str, text: &str) -> Result<(), LexiconError> {
        for line in lines(file, text) {
            let code = line.code(0)?;
            for (column, kind) in [(1, Kind::State), (2, Kind::Adjective), (3, Kind::People), (4, Kind::Capital)] {
                let Some(name) = line.alternatives(column).next() else { continue };
                let entry =
                    Entry { kind, code: Some(code), sector: None, name: name.into(), class: RoleClass::Body, terms: Vec::new() };
                self.add(entry, line.alternatives(column), &line)?;
            }
        }
        Ok(())
    }

    /// Columns: singular forms, plural forms, class, sector, example.
    fn read_roles(&mut self, file: &str, text: &str) -> Result<(), LexiconError> {
        for line in lines(file, text) {
            let name = line.alternatives(0).next().ok_or_else(|| line.error("no role"))?;
            let class = match line.column(2) {
                "person" => RoleClass::Person,
                "people" => RoleClass::People,
                "body" => RoleClass::Body,
                other => return Err(line.error(format!("`{other}` is not a class of roles: person, people or body"))),
            };
            let entry =
                Entry { kind: Kind::Role, code: None, sector: line.sector(3)?, name: name.into(), class, terms: Vec::new() };
            let plural = Entry { class: if class == RoleClass::Person { RoleClass::People } else { class }, ..entry.clone() };
            self.add(entry, line.alternatives(0), &line)?;
            self.add(plural, line.alternatives(1), &line)?;
        }
        Ok(())
    }

    /// Columns: names, example.
    fn read_exclusions(&mut self, file: &str, text: &str) -> Result<(), LexiconError> {
        for line in lines(file, text) {
            let name = line.alternatives(0).next().ok_or_else(|| line.error("nothing to exclude"))?;
            let entry = Entry {
                kind: Kind::Exclusion,
                code: None,
                sector: None,
                name: name.into(),
                class: RoleClass::Body,
                terms: Vec::new(),
            };
            self.add(entry, line.alternatives(0), &line)?;
        }
        Ok(())
    }

    fn add<'a>(&mut self, entry: Entry, names: impl Iterator<Item = &'a str>, line: &Line) -> Result<(), LexiconError> {
        let index = self.entries.len() as u32;
        self.entries.push(entry);
        for name in names {
            if !self.names.insert(name, index) {
                return Err(line.error(format!("`{name}` is not a name: between 1 and 16 words")));
            }
        }
        Ok(())
    }

    pub(super) fn scan(&self, text: &str, base: u32, scan: &mut Scan) {
        self.names.scan(text, base, scan);
    }

    /// What a found name stands for; the one added last where there are several.
    pub(super) fn entry(&self, found: Found) -> Option<(u32, &Entry)> {
        self.names.entries(found).next().and_then(|index| self.entries.get(index as usize).map(|entry| (index, entry)))
    }
}

/// What a sector is called for by a code of the PETRARCH family, which writes them after the country: `RUSGOVMIL`.
pub(super) fn code_and_sector(code: &str) -> Option<(ActorCode, Option<Sector>)> {
    let country = ActorCode::new(code.get(..3)?)?;
    Some((country, code.get(3..6).and_then(Sector::parse)))
}
