//! [`Codes`]: what the actor codes of CAMEO, as PETRARCH dictionaries hold them, become here. By `config/lexicon/actors/cameo_codes.tsv`.

use rustc_hash::FxHashMap;

use super::lexicon::{GazetteerError, lines};
use super::mention::{ActorCode, Sector};

/// What CAMEO codes stand for.
#[derive(Debug, Default)]
pub(super) struct Codes {
    states: FxHashMap<Box<str>, ActorCode>,
    organisations: FxHashMap<Box<str>, ActorCode>,
    sectors: FxHashMap<Box<str>, Sector>,
}

impl Codes {
    /// Reads `cameo_codes.tsv`: CAMEO code, what it is (state, organisation, sector), ours, example.
    pub fn read((file, text): (&str, &str)) -> Result<Self, GazetteerError> {
        let mut codes = Self::default();
        for line in lines(file, text) {
            line.example(3)?;
            for code in line.alternatives(0) {
                match line.column(1) {
                    "state" => drop(codes.states.insert(code.into(), line.code(2)?)),
                    "organisation" => drop(codes.organisations.insert(code.into(), line.code(2)?)),
                    "sector" => drop(codes.sectors.insert(code.into(), line.parse(2, "a sector", Sector::parse)?)),
                    other => return Err(line.error(format!("`{other}` is not state, organisation or sector"))),
                }
            }
        }
        Ok(codes)
    }

    /// Country or organisation, and sector, of `USAGOVMIL` or `IGOUNOHLHWHO`: the state it begins with, else the last organisation in
    /// it, else the first state.
    pub fn actor(&self, code: &str, is_state: impl Fn(ActorCode) -> bool) -> Option<(ActorCode, Option<Sector>)> {
        let state = |part: &str| self.states.get(part).copied().or_else(|| ActorCode::new(part).filter(|code| is_state(*code)));
        let parts: Vec<&str> = parts(code).collect();
        let sector = self.sector(code);
        if let Some(state) = parts.first().and_then(|first| state(first)) {
            return Some((state, sector));
        }
        if let Some(held) = parts.iter().rev().find_map(|part| self.organisations.get(*part)) {
            return Some((*held, sector.or(Some(Sector::Igo))));
        }
        parts.iter().find_map(|part| state(part)).map(|state| (state, sector))
    }

    /// The first sector in a code.
    pub fn sector(&self, code: &str) -> Option<Sector> {
        parts(code).find_map(|part| self.sectors.get(part).copied())
    }
}

/// A CAMEO code in its threes.
fn parts(code: &str) -> impl Iterator<Item = &str> {
    (0..code.len() / 3).filter_map(move |at| code.get(3 * at..3 * at + 3))
}
