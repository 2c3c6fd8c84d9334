//! [`Surface`]: one sentence as a row of words: which mentions stand before and after a predicate within its clause, for where the tree
//! does not lead to a party that the reader sees.
//!
//! Clauses are told apart by marks, conjunctions and finite verbs alone, so that one wrong edge in the tree costs nothing here.

use std::ops::Range;

use super::candidate::PartyRef;
use super::tree::{Tree, nominal_start};
use crate::actor::{Mention, MentionKind, Mentions};
use crate::syntax::{Deprel, Upos, Xpos};

/// Words to either side within which a party is looked for.
const WINDOW: u32 = 18;
/// Shared subjects and skipped relative clauses that are followed.
const HOPS: usize = 4;

/// The words of a mention.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    pub first: u32,
    pub last: u32,
    /// Index into the document's mentions.
    pub mention: u32,
}

pub struct Surface<'a> {
    pub(super) tree: &'a Tree<'a>,
    mentions: &'a Mentions,
    pub(super) tokens: Range<u32>,
    extents: Vec<Extent>,
}

impl<'a> Surface<'a> {
    pub fn new(tree: &'a Tree<'a>, mentions: &'a Mentions, sentence: u32, tokens: Range<u32>) -> Self {
        let from = mentions.all.partition_point(|mention| mention.sentence < sentence);
        let here = mentions.all.iter().enumerate().skip(from).take_while(|(_, mention)| mention.sentence == sentence);
        let extent = |(index, mention): (usize, &Mention)| {
            let inside = |at: &u32| {
                let token = tree.document.tokens.get(*at as usize);
                token.is_some_and(|token| mention.span.contains(token.span))
            };
            let first = nominal_start(tree.document, mention);
            let last = (first..tokens.end).take_while(inside).last()?;
            Some(Extent { first, last, mention: index as u32 })
        };
        let extents = here.filter_map(extent).collect();
        Self { tree, mentions, tokens, extents }
    }

    pub fn extents(&self) -> &[Extent] {
        &self.extents
    }

    pub fn mention(&self, extent: Extent) -> Option<&'a Mention> {
        self.mentions.all.get(extent.mention as usize)
    }

    fn ending(&self, at: u32) -> Option<Extent> {
        self.extents.iter().copied().filter(|extent| extent.last == at).min_by_key(|extent| extent.first)
    }

    pub fn covering(&self, at: u32) -> Option<Extent> {
        self.extents.iter().copied().find(|extent| (extent.first..=extent.last).contains(&at))
    }

    pub(super) fn lemma(&self, at: u32) -> &'a str {
        if self.tokens.contains(&at) { self.tree.document.lemma(at) } else { "" }
    }

    pub(super) fn is_finite(&self, at: u32) -> bool {
        matches!(self.tree.upos(at), Upos::Verb | Upos::Aux)
            && matches!(self.tree.xpos(at), Xpos::Vbd | Xpos::Vbz | Xpos::Vbp | Xpos::Md)
            && self.covering(at).is_none()
            && !self.tree.words.standing.contains(&self.tree.symbol(at))
    }

    pub(super) fn is_relative(&self, at: u32) -> bool {
        matches!(self.tree.xpos(at), Xpos::Wp | Xpos::Wdt | Xpos::Wps | Xpos::Wrb)
            || (self.lemma(at) == "that" && self.tree.upos(at) == Upos::Pron && self.tree.xpos(at) != Xpos::Dt)
    }

    fn is_stop(&self, at: u32) -> bool {
        matches!(self.lemma(at), ";" | ":" | "." | "!" | "?" | "–" | "—" | "--")
            || (self.lemma(at) == "-" && self.tree.upos(at) == Upos::Punct && self.spaced(at))
    }

    fn spaced(&self, at: u32) -> bool {
        let token = |at: u32| self.tree.document.tokens.get(at as usize).map(|token| token.span);
        match (at.checked_sub(1).and_then(token), token(at)) {
            (Some(before), Some(here)) => before.end < here.start,
            _ => true,
        }
    }

    /// The first word of the group of auxiliaries and adverbs that `verb` closes.
    fn group(&self, verb: u32) -> u32 {
        let mut at = verb;
        while at > self.tokens.start
            && (matches!(self.tree.upos(at - 1), Upos::Aux | Upos::Adv | Upos::Part) || self.tree.xpos(at - 1) == Xpos::Md)
            && !matches!(self.tree.xpos(at - 1), Xpos::Pos | Xpos::Wrb)
            && self.covering(at - 1).is_none()
        {
            at -= 1;
        }
        at
    }

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

    /// Whether what the mention describes, before the verb, acts for it: "*Russian* jets hit", not "*Russian* salads beat".
    fn stands(&self, extent: Extent, end: u32) -> bool {
        let follows = (extent.last + 1..end).take_while(|at| matches!(self.tree.upos(*at), Upos::Noun | Upos::Adj | Upos::Propn));
        match follows.filter(|at| self.tree.upos(*at) == Upos::Noun).last() {
            Some(noun) => self.tree.words.standing.contains(&self.tree.symbol(noun)),
            None => true,
        }
    }

    /// The same for what follows the mention, whatever comes after it.
    pub fn stands_for(&self, extent: Extent) -> bool {
        self.stands(extent, self.tokens.end)
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
            if self.tree.upos(next) == Upos::Det {
                next += 1;
            }
            match self.extents.iter().copied().find(|other| other.first == next) {
                Some(other) => {
                    all.push(other);
                    last = other.last;
                }
                None => break,
            }
        }
        all
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

    /// Whether a word that the tagger took for a noun is the verb of a headline: the line has no full stop and no finite verb before it,
    /// and a mention or its noun stands right before the word.
    pub fn heads_line(&self, word: u32) -> bool {
        let last = self.tokens.end.saturating_sub(1);
        let line = !matches!(self.lemma(last), "." | "!" | "?" | "\"" | "”" | "''" | "…");
        let follows = word > self.tokens.start
            && (self.covering(word - 1).is_some() || (word > self.tokens.start + 1 && self.covering(word - 2).is_some()));
        line && follows
            && word < last
            && !self.is_finite(word + 1)
            && self.covering(word).is_none_or(|extent| extent.last > extent.first)
            && !(self.tokens.start..word - 1).any(|at| self.is_finite(at))
    }

    /// The words after `word` up to the end of its clause.
    pub fn after(&self, word: u32) -> Range<u32> {
        let limit = self.tokens.end.min(word + 1 + WINDOW);
        let mut end = word + 1;
        let mut border = None;
        while end < limit {
            if self.is_stop(end) {
                return word + 1..end;
            }
            let opens = matches!(self.tree.upos(end), Upos::Cconj | Upos::Sconj)
                || self.is_relative(end)
                || self.lemma(end) == ","
                || matches!(self.lemma(end), "after" | "before" | "because" | "while" | "as");
            if opens && border.is_none() {
                border = Some(end);
            }
            let subject =
                |at: u32| matches!(self.tree.upos(at), Upos::Noun | Upos::Propn | Upos::Pron | Upos::Num) || self.is_relative(at);
            // A finite verb without a subject is a noun that the tagger mistook: "called off talks".
            if self.is_finite(end) && (word + 1..end).any(subject) {
                return word + 1..border.unwrap_or(end);
            }
            // "Argentina sent 60 firefighters, and Brazil a plane": another's doing.
            if self.lemma(end) == "," && self.tree.upos(end + 1) == Upos::Cconj || self.gap(word, end).is_some() {
                return word + 1..end;
            }
            // A participle after a comma opens a clause of its own: ", accusing".
            if self.lemma(end) == "," && self.tree.xpos(end + 1) == Xpos::Vbg && self.covering(end + 1).is_none() {
                return word + 1..end;
            }
            // A noun phrase after the border belongs to whatever follows; one that closes the sentence belongs here.
            end += 1;
        }
        word + 1..end
    }

    /// The mentions that begin in `range`, in text order.
    pub fn within(&self, range: Range<u32>) -> impl Iterator<Item = Extent> + '_ {
        self.extents.iter().copied().filter(move |extent| range.contains(&extent.first))
    }

    /// The preposition that governs a mention, through articles, adjectives and possessors.
    pub fn preposition(&self, extent: Extent, not_before: u32) -> Option<u32> {
        let from = not_before.max(extent.first.saturating_sub(6)).max(self.tokens.start);
        for at in (from..extent.first).rev() {
            match self.tree.upos(at) {
                Upos::Adp if self.tree.xpos(at) != Xpos::Pos => return Some(at),
                Upos::Part if self.lemma(at) == "to" => return Some(at),
                Upos::Det | Upos::Adj | Upos::Num | Upos::Noun | Upos::Propn | Upos::Part | Upos::Cconj | Upos::Punct => {}
                _ => return None,
            }
        }
        None
    }

    /// A word that refers back, or is made definite: "it", "the strikes", "their withdrawal".
    pub fn refers_back(&self, noun: u32) -> bool {
        if self.tree.upos(noun) == Upos::Pron {
            return !self.is_relative(noun);
        }
        self.tree.children(noun).any(|child| match self.tree.deprel(child) {
            Deprel::Det => matches!(self.lemma(child), "the" | "this" | "that" | "these" | "those" | "both"),
            Deprel::NmodPoss => true,
            _ => false,
        })
    }

    /// The state that a mention stands in or is sent to: "the Russian embassy *in Tallinn*", "the envoy *to Haiti*".
    pub fn host(&self, mention: u32) -> Option<PartyRef> {
        let extent = *self.extents.iter().find(|extent| extent.mention == mention)?;
        if !matches!(self.lemma(extent.last + 1), "in" | "to" | "there") {
            return None;
        }
        let place = self.extents.iter().find(|other| (extent.last + 2..extent.last + 4).contains(&other.first))?;
        let actor = *self.mention(*place)?.actors.first()?;
        (self.mention(extent)?.actors.first() != Some(&actor)).then_some(PartyRef { mention: place.mention, actor })
    }

    /// Whether a mention only tells where: "in Tallinn".
    pub fn located(&self, extent: Extent) -> bool {
        self.preposition(extent, self.tokens.start).is_some_and(|at| matches!(self.lemma(at), "in" | "at" | "near" | "from"))
    }

    /// "Each other", "one another" right after a word or its preposition.
    pub fn each_other(&self, word: u32) -> bool {
        (word + 1..word + 4).any(|at| match self.lemma(at) {
            "each" => self.lemma(at + 1) == "other",
            "one" => self.lemma(at + 1) == "another",
            _ => false,
        })
    }

    /// Whether the mention is a pronoun.
    pub fn is_anaphor(&self, mention: u32) -> bool {
        self.mentions.all.get(mention as usize).is_some_and(|mention| mention.kind == MentionKind::Anaphor)
    }
}
