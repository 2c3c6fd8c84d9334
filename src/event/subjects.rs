//! Which mention stands as the subject of a verb, or as what its relative clause is about, by position alone.

use super::surface::{Extent, HOPS, Surface, WINDOW};
use crate::actor::MentionKind;
use crate::syntax::{Deprel, Upos, Xpos};

impl Surface<'_> {
    /// The mention that stands as the subject of `verb`: the nearest before it that no preposition governs, past relative clauses, and
    /// shared where the verb is coordinated, a participle or an infinitive. `acting`: it must be one through whom a state acts.
    pub fn subject(&self, verb: u32, acting: bool) -> Option<Extent> {
        // "Ukraine strikes Russian airfield": the mention may have swallowed a headline's verb.
        let swallowed = self.covering(verb).filter(|extent| extent.first < verb && extent.last == verb);
        swallowed.or_else(|| self.before_parenthesis(verb)).or_else(|| self.subject_within(verb, HOPS, acting))
    }

    /// "Israel, whose drones killed two people as he took off, has not left": the mention before the bracket that closes at the verb.
    fn before_parenthesis(&self, verb: u32) -> Option<Extent> {
        let start = self.group(verb);
        if start == self.tokens.start || self.lemma(start - 1) != "," {
            return None;
        }
        let from = self.tokens.start.max(start.saturating_sub(2 * WINDOW));
        (from + 1..start - 1).rev().filter(|at| self.lemma(*at) == ",").find_map(|comma| {
            let opens = self.is_relative(comma + 1)
                || matches!(self.tree.upos(comma + 1), Upos::Sconj | Upos::Adp)
                || matches!(self.tree.xpos(comma + 1), Xpos::Vbg | Xpos::Vbn);
            self.ending(comma - 1).filter(|extent| opens && !self.is_oblique(*extent))
        })
    }

    /// The mention right before a word, a comma between allowed.
    fn right_before(&self, at: u32) -> Option<Extent> {
        let before = at.checked_sub(1).filter(|before| self.tokens.contains(before))?;
        let before = if self.lemma(before) == "," { before.checked_sub(1)? } else { before };
        self.ending(before)
    }

    /// What a relative clause is about where that is the verb's object: "*a citizen* whom Iran held".
    pub fn relative_object(&self, verb: u32) -> Option<Extent> {
        let start = self.group(verb);
        let from = self.tokens.start.max(start.saturating_sub(8));
        for at in (from..start).rev() {
            if self.is_finite(at) || self.is_stop(at) {
                return None;
            }
            if self.is_relative(at) && !matches!(self.tree.xpos(at), Xpos::Wps | Xpos::Wrb) {
                return if at + 1 < start { self.right_before(at) } else { None };
            }
        }
        None
    }

    fn subject_within(&self, verb: u32, hops: usize, acting: bool) -> Option<Extent> {
        let start = self.group(verb);
        let dependent = matches!(self.tree.xpos(verb), Xpos::Vbg | Xpos::Vb) || self.tree.xpos(verb) == Xpos::Vbn;
        let bare = !(start..verb).any(|at| self.is_finite(at)) && dependent;
        let infinitive = bare && (start..verb).any(|at| self.lemma(at) == "to");
        // "Nauru drops Taiwan, restores relations": a comma joins as well.
        let joined = start > self.tokens.start && (self.tree.upos(start - 1) == Upos::Cconj || self.lemma(start - 1) == ",");
        let mut at = start;
        let mut seen_comma = false;
        while at > self.tokens.start && start - at < 2 * WINDOW {
            at -= 1;
            if self.is_stop(at) {
                return None;
            }
            if let Some(extent) = self.ending(at) {
                let denied = extent.first > self.tokens.start && self.lemma(extent.first - 1) == "not";
                let possessive = denied || (at + 1..start).next().is_some_and(|next| self.tree.xpos(next) == Xpos::Pos);
                let takes =
                    (infinitive || !bare) && !possessive && !self.is_oblique(extent) && (!acting || self.stands(extent, start));
                if takes && !(joined && self.before_verb(extent)) {
                    return Some(self.conjuncts_head(extent));
                }
                at = extent.first;
                continue;
            }
            // "South Africa, which in December accused": the pronoun is the subject.
            if self.is_relative(at) && !joined && (!bare || self.tree.xpos(verb) == Xpos::Vbn) {
                return self.right_before(at);
            }
            if self.lemma(at) == "," {
                seen_comma = true;
            }
            if self.is_finite(at) {
                let group = self.group(at);
                let opener = group.checked_sub(1).filter(|opener| self.tokens.contains(opener));
                if let Some(opener) = opener.filter(|opener| self.is_relative(*opener))
                    && (seen_comma || !joined)
                {
                    at = opener;
                    continue;
                }
                if !(joined || bare) || hops == 0 {
                    return None;
                }
                return self.subject_within(at, hops - 1, acting);
            }
        }
        None
    }

    /// Whether a finite verb stands right before the mention, so that it is that verb's object.
    fn before_verb(&self, extent: Extent) -> bool {
        (self.tokens.start..extent.first).rev().take(4).any(|at| self.is_finite(at) || self.tree.upos(at) == Upos::Verb)
    }

    /// Of "X, Y and Z" the first.
    fn conjuncts_head(&self, extent: Extent) -> Extent {
        let mut first = extent;
        for _ in 0..HOPS {
            let Some(before) = first.first.checked_sub(1).filter(|at| self.tokens.contains(at)) else { break };
            // "Saudi Arabia and *the* Emirates".
            let article = self.tree.upos(before) == Upos::Det && before > self.tokens.start;
            let before = if article { before - 1 } else { before };
            let joined = matches!(self.lemma(before), "," | "and" | "or" | "&");
            let skip =
                if self.lemma(before) == "and" && before > self.tokens.start && self.lemma(before - 1) == "," { 2 } else { 1 };
            match before.checked_sub(skip).and_then(|at| self.ending(at)).filter(|_| joined) {
                Some(other) if !self.is_oblique(other) => first = other,
                _ => break,
            }
        }
        first
    }

    /// The mentions coordinated with `extent`, itself the first.
    pub fn coordinated(&self, extent: Extent) -> Vec<Extent> {
        let mut all = vec![extent];
        let mut last = extent.last;
        while all.len() < 8 {
            let mut next = last + 1;
            let comma = self.lemma(next) == ",";
            if comma {
                next += 1;
            }
            let conjunction = matches!(self.lemma(next), "and" | "&");
            if conjunction {
                next += 1;
            }
            // A lone comma joins only what an "and" closes: an apposition is no conjunct.
            let closes = || {
                (next..self.tokens.end.min(next + WINDOW / 2))
                    .take_while(|at| !matches!(self.tree.upos(*at), Upos::Verb | Upos::Aux))
                    .any(|at| self.lemma(at) == "and")
            };
            let named = |extent: Option<Extent>| {
                let mention = extent.and_then(|extent| self.mention(extent));
                mention.is_some_and(|mention| matches!(mention.kind, MentionKind::State | MentionKind::Place))
            };
            let pair = || named(all.last().copied()) && named(self.extents.iter().copied().find(|other| other.first == next));
            if !(conjunction || comma && (closes() || pair())) {
                break;
            }
            if matches!(self.tree.upos(next), Upos::Det | Upos::Num) {
                next += 1;
            }
            match self.extents.iter().copied().find(|other| other.first == next) {
                // "To Mali, and *the United States* has withdrawn": who opens a clause of his own is no fellow of what stands before.
                Some(other) if conjunction && self.opens_clause(other) && !self.opens_clause(extent) => break,
                Some(other) => {
                    all.push(other);
                    last = other.last;
                }
                None => break,
            }
        }
        all
    }

    /// Whether the tree makes the mention the subject of a verb behind it.
    fn opens_clause(&self, extent: Extent) -> bool {
        self.mention(extent).is_some_and(|mention| {
            matches!(self.tree.deprel(mention.head), Deprel::Nsubj | Deprel::NsubjPass)
                && self.tree.head(mention.head).is_some_and(|verb| verb > extent.last)
        })
    }

    /// Whether a preposition other than "of" governs the mention.
    fn is_oblique(&self, extent: Extent) -> bool {
        let mut at = extent.first;
        while at > self.tokens.start {
            at -= 1;
            // "Between Iran and the United States": what governs the first governs the second.
            if self.lemma(at) == "and"
                && let Some(first) = at.checked_sub(1).and_then(|before| self.ending(before))
            {
                at = first.first;
                continue;
            }
            match self.tree.upos(at) {
                Upos::Adp => return self.tree.xpos(at) != Xpos::Pos && self.lemma(at) != "of",
                Upos::Det | Upos::Adj | Upos::Num => {}
                Upos::Noun | Upos::Propn if extent.first - at <= 2 && self.covering(at).is_none() => {}
                _ => return false,
            }
        }
        false
    }
}
