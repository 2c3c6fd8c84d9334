//! [`Candidate`]: a predicate with its two parties as the frames found it, before status, date and place are read.

use super::ontology::{Act, Context, Mode, Status};
use crate::actor::ActorCode;
use crate::span::Span;

/// One party: a mention, and which of its actors ("the two countries" has several).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartyRef {
    /// Index into [`crate::actor::Mentions::all`].
    pub mention: u32,
    pub actor: ActorCode,
}

/// What a frame found in a tree: who, to whom, which act, and on which words it rests.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub sentence: u32,
    /// Index into the document's tokens: the head of the predicate, from which tense, modality, negation and dates are read.
    /// For a light verb ("lodged a protest") the verb, for a nominalization the noun.
    pub trigger: u32,
    /// The words that name the act, for the reader.
    pub trigger_span: Span,
    pub source: PartyRef,
    pub target: PartyRef,
    /// Both do it to each other.
    pub reciprocal: bool,
    pub act: Act,
    pub mode: Option<Mode>,
    /// Contexts that the frame itself implies; more are read from the sentence.
    pub contexts: Vec<Context>,
    /// A status that the frame itself implies ("close to a deal" is anticipated) and that the words around it may not raise.
    pub status: Option<Implied>,
    /// Name of the frame, for the explanation.
    pub frame: &'static str,
    /// How the parties were reached from the trigger, for the explanation and the confidence: one step for each party.
    pub source_path: Reach,
    pub target_path: Reach,
    pub hold: Hold,
}

/// What a frame itself says of the status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Implied {
    /// The words around may lower it.
    AtMost(Status),
    /// To say so is the act, however it is told: "will not return the file" refuses.
    Said,
}

/// How much its frame asks of what stands around a trigger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hold {
    #[default]
    Firm,
    /// The target may stand anywhere, or nowhere.
    Open,
    /// A party that must be told is left out all the same ([`super::left_out`]).
    Closed,
    /// For want of a closer reading.
    Fallback,
}

/// By which kind of step a party was reached from the trigger, from the surest to the least sure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// An argument of the trigger itself: subject, object, oblique, possessive.
    Argument,
    /// Inside an argument: "the capital of Mali", "Iranian officials".
    Inside,
    /// Shared through coordination, control, raising or a relative clause.
    Shared,
    /// An anaphor, resolved.
    Anaphor,
    /// Where it would stand in a plain clause, though the tree does not lead there.
    Near,
    /// The actor of the sentence or the paragraph, where the predicate leaves its own out.
    Discourse,
}
