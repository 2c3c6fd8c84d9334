//! [`Mention`]: words of a document that refer to an actor.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::span::Span;

/// ISO 3166-1 alpha-3 (plus XKX, PSE, TWN) or the code of an international organisation (`NATO`, `UN`, `EU` …): at most eight
/// upper-case ASCII letters, digits or `_`, held inline so that mentions are `Copy`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActorCode([u8; 8]);

impl ActorCode {
    /// `None` where `code` is empty, longer than eight bytes or has other characters.
    pub fn new(code: &str) -> Option<Self> {
        let bytes = code.as_bytes();
        let fits = (1..=8).contains(&bytes.len());
        let clean = bytes.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_');
        if !fits || !clean {
            return None;
        }
        let mut held = [0; 8];
        held[..bytes.len()].copy_from_slice(bytes);
        Some(Self(held))
    }

    pub fn as_str(&self) -> &str {
        let end = self.0.iter().position(|b| *b == 0).unwrap_or(8);
        std::str::from_utf8(&self.0[..end]).unwrap_or("")
    }
}

impl fmt::Debug for ActorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for ActorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What part of a society acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Sector {
    Gov,
    Mil,
    Leg,
    Jud,
    Spy,
    Pty,
    Opp,
    Reb,
    Cvl,
    Bus,
    Med,
    Ngo,
    Cop,
    Igo,
}

impl Sector {
    pub const ALL: [Sector; 14] = [
        Sector::Gov,
        Sector::Mil,
        Sector::Leg,
        Sector::Jud,
        Sector::Spy,
        Sector::Pty,
        Sector::Opp,
        Sector::Reb,
        Sector::Cvl,
        Sector::Bus,
        Sector::Med,
        Sector::Ngo,
        Sector::Cop,
        Sector::Igo,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Sector::Gov => "GOV",
            Sector::Mil => "MIL",
            Sector::Leg => "LEG",
            Sector::Jud => "JUD",
            Sector::Spy => "SPY",
            Sector::Pty => "PTY",
            Sector::Opp => "OPP",
            Sector::Reb => "REB",
            Sector::Cvl => "CVL",
            Sector::Bus => "BUS",
            Sector::Med => "MED",
            Sector::Ngo => "NGO",
            Sector::Cop => "COP",
            Sector::Igo => "IGO",
        }
    }

    /// The sector written `text`, or `None` where there is no such sector.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sector| sector.as_str() == text)
    }
}

/// How the words refer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MentionKind {
    /// Russia, the United States.
    State,
    /// Russian, French.
    Demonym,
    /// Islamabad, the Kremlin: stands for its state when it acts, else it is a place.
    Place,
    /// Sergei Lavrov.
    Person,
    /// the foreign minister, a 55-member trade delegation, the navy.
    Role,
    /// NATO, the IAEA.
    Organisation,
    /// he, it, the two countries, both sides.
    Anaphor,
}

/// Words that refer to one actor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// From the first to the last word of the mention, for the reader: "Russian Foreign Minister Sergei Lavrov".
    pub span: Span,
    pub sentence: u32,
    /// Index into the document's tokens: the word of the mention that governs the others.
    pub head: u32,
    pub kind: MentionKind,
    /// More than one for "the two countries", "both sides"; never none.
    pub actors: Vec<ActorCode>,
    pub sector: Option<Sector>,
    pub role: Option<String>,
    /// The person's full name as the article first gives it.
    pub name: Option<String>,
    /// Where the words themselves do not say who is meant ("he", "the two countries", a surname): the index in [`Mentions::all`] of
    /// the mention that does.
    pub antecedent: Option<u32>,
}

impl Mention {
    /// Whether it names an office, a force, a court, a party in power or out of it, or an organisation of states: whoever acts for one.
    pub fn is_office(&self) -> bool {
        let acts = |sector| !matches!(sector, Sector::Cvl | Sector::Bus | Sector::Med | Sector::Ngo | Sector::Cop);
        self.sector.map_or(self.kind == MentionKind::Organisation, acts)
    }

    /// For tests: the mention of states, of which nothing else matters.
    #[cfg(test)]
    pub fn of_states(codes: &[&str], sentence: u32) -> Self {
        let (kind, actors) = (MentionKind::State, codes.iter().filter_map(|code| ActorCode::new(code)).collect());
        let (span, head) = (Span::default(), 0);
        Self { span, sentence, head, kind, actors, sector: None, role: None, name: None, antecedent: None }
    }
}

/// The mentions of one document in text order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mentions {
    pub all: Vec<Mention>,
}
