//! [`Dictionaries`]: the files of a user's own that are merged into the gazetteer when it is loaded.
//!
//! Tables in our format win over what the program brings: their lines come later. Dictionaries in the PETRARCH format add to it: a name
//! that is known for the same actor keeps what we know about it (that it is a capital, what posts a person held), a name that is
//! known for another keeps what it is and changes its actor.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::cameo::Codes;
use super::gazetteer::Gazetteer;
use super::lexicon::{Class, Entry, GazetteerError, Kind, Term, lines};
use super::mention::Sector;
use super::names::Scan;
use super::petrarch::{self, Actor, Agent, Read, Skipped};

/// Files to merge, in this order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dictionaries {
    /// In the format of `config/lexicon/actors/organs.tsv` and `leaders.tsv`.
    pub actors: Vec<PathBuf>,
    pub petrarch_actors: Vec<PathBuf>,
    pub petrarch_agents: Vec<PathBuf>,
}

/// What one file brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    pub file: PathBuf,
    /// Actors or agents added or changed.
    pub added: usize,
    /// Actors or agents known already.
    pub known: usize,
    /// Lines that are understood and of no use, in the PETRARCH format only.
    pub skipped: Vec<Skipped>,
}

/// All that is wrong with a user's files.
#[derive(Debug)]
pub struct DictionaryErrors(pub Vec<GazetteerError>);

impl fmt::Display for DictionaryErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 20;
        let count = self.0.len();
        write!(f, "{count} error{} in the dictionaries:", if count == 1 { "" } else { "s" })?;
        self.0.iter().take(SHOWN).try_for_each(|error| write!(f, "\n  {error}"))?;
        if count > SHOWN { write!(f, "\n  and {} more", count - SHOWN) } else { Ok(()) }
    }
}

impl std::error::Error for DictionaryErrors {}

impl Gazetteer {
    /// Merges a user's own files, and tells what each brought.
    ///
    /// # Errors
    /// Every file that cannot be read and every line that is not in its format.
    pub fn with_dictionaries(mut self, files: &Dictionaries) -> Result<(Self, Vec<Merged>), DictionaryErrors> {
        let codes = Codes::read(super::gazetteer::table!("cameo_codes.tsv")).map_err(|error| DictionaryErrors(vec![error]))?;
        let (mut merged, mut errors) = (Vec::new(), Vec::new());
        type Merge = fn(&mut Gazetteer, &str, &str, &Codes) -> Result<Merged, Vec<GazetteerError>>;
        let kinds: [(&[PathBuf], Merge); 3] = [
            (&files.actors, |gazetteer, file, text, _| gazetteer.merge_table(file, text)),
            (&files.petrarch_actors, |gazetteer, file, text, codes| {
                gazetteer.merge(file, petrarch::actors(file, text), |gazetteer, actor| gazetteer.merge_actor(actor, codes))
            }),
            (&files.petrarch_agents, |gazetteer, file, text, codes| {
                gazetteer.merge(file, petrarch::agents(file, text), |gazetteer, agent| gazetteer.merge_agent(agent, codes))
            }),
        ];
        for (paths, merge) in kinds {
            for path in paths {
                let file = path.display().to_string();
                match read(path) {
                    Err(source) => errors.push(GazetteerError::Read { file, source }),
                    Ok(text) => match merge(&mut self, &file, &text, &codes) {
                        Ok(brought) => merged.push(brought),
                        Err(wrong) => errors.extend(wrong),
                    },
                }
            }
        }
        if errors.is_empty() { Ok((self, merged)) } else { Err(DictionaryErrors(errors)) }
    }

    fn merge_table(&mut self, file: &str, text: &str) -> Result<Merged, Vec<GazetteerError>> {
        let mut errors = Vec::new();
        let mut added = 0;
        for line in lines(file, text) {
            match self.read_actor(&line) {
                Ok(()) => added += 1,
                Err(error) => errors.push(error),
            }
        }
        let merged = Merged { file: file.into(), added, known: 0, skipped: Vec::new() };
        if errors.is_empty() { Ok(merged) } else { Err(errors) }
    }

    fn merge<T>(
        &mut self,
        file: &str,
        read: Read<T>,
        merge: impl Fn(&mut Self, &T) -> Result<bool, Skipped>,
    ) -> Result<Merged, Vec<GazetteerError>> {
        if !read.errors.is_empty() {
            return Err(read.errors);
        }
        let mut merged = Merged { file: file.into(), added: 0, known: 0, skipped: read.skipped };
        for held in &read.held {
            match merge(self, held) {
                Ok(true) => merged.added += 1,
                Ok(false) => merged.known += 1,
                Err(skipped) => merged.skipped.push(skipped),
            }
        }
        Ok(merged)
    }

    /// `false` where nothing of the actor is new.
    fn merge_actor(&mut self, actor: &Actor, codes: &Codes) -> Result<bool, Skipped> {
        let mut terms: Vec<Term> = Vec::new();
        let mut undated = 0;
        // The dictionaries put what holds best first and what holds without days last; we look from the end.
        for dated in actor.codes.iter().rev() {
            let Some((code, sector)) = codes.actor(&dated.code, |code| self.is_state(code)) else { continue };
            let term = Term { code, sector, role: None, from: dated.from, to: dated.to };
            if dated.from.is_none() && dated.to.is_none() {
                terms.insert(undated, term);
                undated += 1;
            } else {
                terms.push(term);
            }
        }
        let Some(first) = terms.last().cloned() else {
            let written = actor.codes.iter().map(|dated| dated.code.as_str()).collect::<Vec<_>>().join(", ");
            return Err(Skipped {
                line: actor.line,
                why: format!("`{written}` is neither a state nor an organisation that we know"),
            });
        };
        let person = terms.len() > undated;
        let kind = match first.sector {
            _ if person => Kind::Person,
            _ if !self.is_state(first.code) => Kind::Organisation,
            None => Kind::State,
            Some(Sector::Reb | Sector::Opp | Sector::Pty) => Kind::Group,
            Some(_) => Kind::Organ,
        };
        let mut scan = Scan::default();
        let mut added = false;
        let mut own = None;
        for name in &actor.names {
            let held =
                self.exactly(name, &mut scan).map(|entry| (entry.kind, entry.code, entry.terms.first().map(|term| term.code)));
            let kind = match held {
                None => kind,
                // A word of the language, or what looks like an actor and is none.
                Some((Kind::Role(_) | Kind::Anaphor(_) | Kind::Cue(_) | Kind::Exclusion, ..)) => continue,
                Some((_, code, _)) if code == Some(first.code) => continue,
                Some((Kind::Person, _, code)) if terms.iter().any(|term| Some(term.code) == code) => continue,
                Some((Kind::Person, ..)) if !person => continue,
                Some((held, ..)) if person || held == Kind::Person => kind,
                Some((held, ..)) => held,
            };
            // Names of one kind share an entry.
            let entry = match own {
                Some((held, entry)) if held == kind => entry,
                _ => {
                    let mut entry = Entry { code: Some(first.code), sector: first.sector, ..Entry::new(kind, &actor.names[0]) };
                    if kind == Kind::Person {
                        entry.terms.clone_from(&terms);
                    }
                    self.add_entry(entry)
                }
            };
            own = Some((kind, entry));
            added |= self.add_name(name, entry);
        }
        Ok(added)
    }

    /// `false` where the words are known with the same sector.
    fn merge_agent(&mut self, agent: &Agent, codes: &Codes) -> Result<bool, Skipped> {
        let Some(sector) = codes.sector(&agent.code) else {
            return Err(Skipped { line: agent.line, why: format!("`~{}` is no sector that we know", agent.code) });
        };
        let mut scan = Scan::default();
        let mut added = false;
        for (names, plural) in [(&agent.singular, false), (&agent.plural, true)] {
            for name in names {
                // A word that we have no class for is of the class of its last: a "water ministry" is a ministry.
                let last = name.rsplit(' ').next().unwrap_or(name);
                let head = self.exactly(last, &mut scan).map(|entry| entry.kind);
                let (class, written) = match self.exactly(name, &mut scan) {
                    Some(entry) => match entry.kind {
                        Kind::Role(_) if entry.sector == Some(sector) => continue,
                        Kind::Role(class) => (class, entry.name.clone()),
                        _ => continue,
                    },
                    None => match head {
                        Some(Kind::Role(class)) => (class, "".into()),
                        _ if plural => (Class::People, "".into()),
                        _ => (Class::Person, "".into()),
                    },
                };
                let entry = self.add_entry(Entry { sector: Some(sector), ..Entry::new(Kind::Role(class), &written) });
                added |= self.add_name(name, entry);
            }
        }
        Ok(added)
    }
}

/// The text of a file; bytes that are no UTF-8, as old dictionaries have them, become U+FFFD.
fn read(path: &Path) -> std::io::Result<String> {
    fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}
