//! Clauses that leave out a verb told before: "Russia expelled two diplomats, *Latvia three*", "Uzbekistan has sent pumps, *Kyrgyzstan tents*".

use super::candidate::{PartyRef, Reach};
use super::matcher::{Match, Matcher};
use super::surface::{Extent, Surface};
use crate::actor::MentionKind;
use crate::syntax::{Deprel, Upos, Xpos};

/// Words behind a verb within which clauses without a verb are looked for.
const REACH: u32 = 30;

/// A clause without a verb: who acts, and the words after.
#[derive(Clone, Debug)]
pub struct Gap {
    pub subjects: Vec<Extent>,
    pub end: u32,
}

impl Gap {
    pub fn holds(&self, mention: u32) -> bool {
        self.subjects.iter().any(|subject| subject.mention == mention)
    }

    fn opens(&self) -> u32 {
        self.subjects.last().map_or(0, |subject| subject.last + 1)
    }
}

impl Surface<'_> {
    /// The clauses after `verb` that mean it again.
    pub fn gapped(&self, verb: u32) -> Vec<Gap> {
        let mut gaps = Vec::new();
        if self.extents().len() < 2 {
            return gaps;
        }
        let mut at = verb + 1;
        while at < self.tokens.end.min(verb + 1 + REACH) {
            if self.is_finite(at) || self.is_relative(at) {
                break;
            }
            match self.gap(verb, at) {
                Some(gap) => {
                    at = gap.end;
                    gaps.push(gap);
                }
                None => at += 1,
            }
        }
        gaps
    }

    /// The clause that opens with the comma or conjunction `at`, where the clause of `verb` has an object before it.
    pub fn gap(&self, verb: u32, at: u32) -> Option<Gap> {
        if !matches!(self.lemma(at), "," | ";" | "and" | "while") {
            return None;
        }
        let object = |at: u32| matches!(self.tree.upos(at), Upos::Noun | Upos::Num | Upos::Propn);
        if !(verb + 1..at).any(object) {
            return None;
        }
        let mut first = at + 1;
        if matches!(self.lemma(first), "and" | "while" | "but") {
            first += 1;
        }
        if self.tree.upos(first) == Upos::Det {
            first += 1;
        }
        let subject = self.extents().iter().copied().find(|extent| extent.first == first)?;
        let named = |extent: &Extent| {
            self.mention(*extent).is_some_and(|mention| matches!(mention.kind, MentionKind::State | MentionKind::Place))
        };
        let subjects = self.coordinated(subject);
        if !subjects.iter().all(named) {
            return None;
        }
        let opens = subjects.last()?.last + 1;
        let closes = |at: &u32| matches!(self.lemma(*at), "," | ";" | "." | "and" | "while" | "but" | ":");
        let end = (opens..self.tokens.end).find(closes).unwrap_or(self.tokens.end);
        let verbal = |at: u32| {
            matches!(self.tree.upos(at), Upos::Verb | Upos::Aux | Upos::Sconj)
                || self.is_relative(at)
                || self.tree.xpos(at) == Xpos::Pos
        };
        if opens >= end || (opens..end).any(verbal) {
            return None;
        }
        // "Will visit Guatemala and Belize this week": when, not what.
        let noun = (opens..end).find(|at| self.tree.upos(*at) == Upos::Noun);
        let time = noun.is_some_and(|at| matches!(self.tree.deprel(at), Deprel::OblUnmarked | Deprel::NmodUnmarked));
        if time {
            return None;
        }
        // "The Emirates *$1 billion*".
        let counted = matches!(self.tree.upos(opens), Upos::Det | Upos::Num | Upos::Sym);
        let things = (opens..end).take_while(|at| matches!(self.tree.upos(*at), Upos::Noun | Upos::Adj | Upos::Num)).last();
        let many = things.is_some_and(|at| self.tree.xpos(at) == Xpos::Nns);
        (counted || many).then_some(Gap { subjects, end })
    }
}

impl Matcher<'_> {
    /// Who acts in a clause of its own is not acted upon in this one.
    pub fn keep_apart(&self, gaps: &[Gap], matches: &mut Vec<Match>) {
        let apart = |mention: u32| gaps.iter().any(|gap| gap.holds(mention));
        matches.retain(|found| !apart(found.candidate.target.mention) && !apart(found.candidate.source.mention));
    }

    /// Whoever is named in place of a verb's subject does the same: to the same, or to whom its own clause names.
    pub fn share(&self, gaps: &[Gap], matches: &mut Vec<Match>) {
        let Some(first) = matches.first().map(|found| found.candidate.source.actor) else { return };
        let same = |found: &&Match| found.candidate.source.actor == first && !found.candidate.reciprocal;
        let told: Vec<Match> = matches.iter().filter(same).cloned().collect();
        for gap in gaps {
            let own = self.surface.within(gap.opens()..gap.end).find_map(|extent| {
                let actor = self.surface.mention(extent)?.actors.first().copied()?;
                Some(PartyRef { mention: extent.mention, actor })
            });
            let subjects = gap.subjects.iter().filter_map(|extent| {
                let actor = self.surface.mention(*extent)?.actors.first().copied()?;
                Some(PartyRef { mention: extent.mention, actor })
            });
            for (subject, found) in subjects.flat_map(|subject| told.iter().map(move |found| (subject, found))) {
                let mut found = found.clone();
                found.candidate.source = subject;
                found.candidate.source_path = Reach::Near;
                if let Some(own) = own {
                    found.candidate.target = own;
                    found.candidate.target_path = Reach::Near;
                }
                if found.candidate.target.actor != subject.actor {
                    matches.push(found);
                }
            }
        }
    }
}
