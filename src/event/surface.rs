//! [`Surface`]: one sentence as a row of words: which mentions stand before and after a predicate within its clause, for where the tree
//! does not lead to a party that the reader sees.
//!
//! Clauses are told apart by marks, conjunctions and finite verbs alone, so that one wrong edge in the tree costs nothing here.

use std::ops::Range;

use super::candidate::PartyRef;
use super::nominal::nominal_start;
use super::tree::Tree;
use crate::actor::{ActorCode, Mention, MentionKind, Mentions};
use crate::syntax::{Deprel, Upos, Xpos};

/// Words to either side within which a party is looked for.
pub(super) const WINDOW: u32 = 18;
/// Shared subjects and skipped relative clauses that are followed.
pub(super) const HOPS: usize = 4;

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
    pub(super) extents: Vec<Extent>,
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

    /// The words of the sentence.
    pub fn words(&self) -> Range<u32> {
        self.tokens.clone()
    }

    pub fn mention(&self, extent: Extent) -> Option<&'a Mention> {
        self.mentions.all.get(extent.mention as usize)
    }

    pub fn ending(&self, at: u32) -> Option<Extent> {
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
            && !self.tree.among(at, &self.tree.words.standing)
    }

    pub(super) fn is_relative(&self, at: u32) -> bool {
        matches!(self.tree.xpos(at), Xpos::Wp | Xpos::Wdt | Xpos::Wps | Xpos::Wrb)
            || (self.tree.upos(at) == Upos::Pron && self.tree.xpos(at) != Xpos::Dt && self.lemma(at) == "that")
    }

    pub fn is_stop(&self, at: u32) -> bool {
        self.stops(at, self.lemma(at))
    }

    /// The same of a word whose lemma is known.
    fn stops(&self, at: u32, lemma: &str) -> bool {
        matches!(lemma, ";" | ":" | "." | "!" | "?" | "–" | "—" | "--")
            || (lemma == "-" && self.tree.upos(at) == Upos::Punct && self.spaced(at))
    }

    fn spaced(&self, at: u32) -> bool {
        let token = |at: u32| self.tree.document.tokens.get(at as usize).map(|token| token.span);
        match (at.checked_sub(1).and_then(token), token(at)) {
            (Some(before), Some(here)) => before.end < here.start,
            _ => true,
        }
    }

    /// The first word of the group of auxiliaries and adverbs that `verb` closes.
    pub fn group(&self, verb: u32) -> u32 {
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

    /// Whether what the mention describes, before the verb, acts for it: "*Russian* jets hit", not "*Russian* salads beat".
    pub fn stands(&self, extent: Extent, end: u32) -> bool {
        let follows = (extent.last + 1..end).take_while(|at| matches!(self.tree.upos(*at), Upos::Noun | Upos::Adj | Upos::Propn));
        match follows.filter(|at| self.tree.upos(*at) == Upos::Noun).last() {
            Some(noun) => self.tree.among(noun, &self.tree.words.standing),
            None => true,
        }
    }

    /// The same for what follows the mention, whatever comes after it.
    pub fn stands_for(&self, extent: Extent) -> bool {
        self.stands(extent, self.tokens.end)
    }

    /// Whether a word that the tagger took for a noun is the verb of a headline: the line has no full stop and no finite verb before it,
    /// and a mention or its noun stands right before the word.
    pub fn heads_line(&self, word: u32) -> bool {
        let last = self.tokens.end.saturating_sub(1);
        let line = self.is_line();
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
            let lemma = self.lemma(end);
            if self.stops(end, lemma) {
                return word + 1..end;
            }
            let opens = matches!(self.tree.upos(end), Upos::Cconj | Upos::Sconj)
                || self.is_relative(end)
                || matches!(lemma, "," | "after" | "before" | "because" | "while" | "as");
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
            if lemma == "," && self.tree.upos(end + 1) == Upos::Cconj || self.gap(word, end).is_some() {
                return word + 1..end;
            }
            // "Attended a summit and held talks with": what another verb governs is not the noun's.
            if self.tree.upos(end) == Upos::Cconj && matches!(self.tree.upos(word), Upos::Noun | Upos::Propn) {
                let verb = end + 1 + u32::from(self.tree.upos(end + 1) == Upos::Adv);
                if self.is_finite(verb) {
                    return word + 1..end;
                }
            }
            // A participle after a comma opens a clause of its own: ", accusing".
            if lemma == "," && self.tree.xpos(end + 1) == Xpos::Vbg && self.covering(end + 1).is_none() {
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

    /// Whether the sentence names `actor`.
    pub fn names(&self, actor: ActorCode) -> bool {
        self.extents.iter().any(|extent| self.mention(*extent).is_some_and(|mention| mention.actors.contains(&actor)))
    }

    /// Whether this is a line without a full stop: a headline, or an item of a list.
    pub fn is_line(&self) -> bool {
        !matches!(self.lemma(self.tokens.end.saturating_sub(1)), "." | "!" | "?" | "\"" | "”" | "''" | "…")
    }

    /// Whether the mention is a pronoun.
    pub fn is_anaphor(&self, mention: u32) -> bool {
        self.mentions.all.get(mention as usize).is_some_and(|mention| mention.kind == MentionKind::Anaphor)
    }
}
