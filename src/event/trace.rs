//! [`Trace`]: what the frames found in a document, kept or dropped, and why: for `entente extract --explain`.

use super::candidate::Candidate;
use super::left_out::Looked;
use crate::span::Span;

/// Why a reading of a predicate came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dropped {
    /// Nobody who acts was found.
    NoSource,
    /// Nobody acted upon was found.
    NoTarget,
    /// Both parties are the same state.
    SameParty,
    /// Stands in what another predicate wants, fears or alleges.
    Unreal,
    /// Part of a light verb or another predicate that tells the same act.
    Absorbed,
    /// The sentence is about sport, markets, weather, food or shows.
    Domain,
    /// The lexicon says that the words mean no act here.
    Muted,
    /// Done by or between people and firms, not by states.
    Private,
}

impl Dropped {
    pub fn as_str(self) -> &'static str {
        match self {
            Dropped::NoSource => "no source",
            Dropped::NoTarget => "no target",
            Dropped::SameParty => "source and target are one",
            Dropped::Unreal => "not told as a fact",
            Dropped::Absorbed => "told by another predicate",
            Dropped::Domain => "not about relations between states",
            Dropped::Private => "not the doing of a state",
            Dropped::Muted => "no act in these words",
        }
    }
}

/// One reading of one trigger.
#[derive(Clone, Debug, PartialEq)]
pub struct Traced {
    pub sentence: u32,
    pub trigger: Span,
    pub frame: &'static str,
    /// The candidate, and why it was dropped if it was. A reading that lacks a party never became a candidate.
    pub candidate: Option<Candidate>,
    pub dropped: Option<Dropped>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    pub readings: Vec<Traced>,
    /// The predicates for which a party was looked for that their frames ask for.
    pub looked: Vec<Looked>,
}
