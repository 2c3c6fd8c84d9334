//! [`Clauses`]: one sentence's tree with its edges turned downwards, and the questions that readers of status, date, place and
//! attribution ask of it.
//!
//! A sentence is turned once for all the events told in it, into buffers that a worker keeps. Every walk is bounded by [`DEPTH`].

use crate::span::Span;
use crate::syntax::{Deprel, Document, Sentence, Token, Upos, Xpos};

/// The longest chain of governors that is followed.
pub(super) const DEPTH: usize = 10;

const NONE: u32 = u32::MAX;

/// First child and next sibling of every token of one sentence, counted from the sentence's first token.
#[derive(Default)]
pub(super) struct Edges {
    first: Vec<u32>,
    next: Vec<u32>,
}

pub(super) struct Clauses<'a> {
    pub document: &'a Document,
    from: u32,
    edges: &'a Edges,
}

impl<'a> Clauses<'a> {
    pub fn new(document: &'a Document, sentence: &Sentence, edges: &'a mut Edges) -> Self {
        let (from, to) = (sentence.tokens.start, sentence.tokens.end.min(document.tokens.len() as u32));
        let count = to.saturating_sub(from) as usize;
        edges.first.clear();
        edges.first.resize(count, NONE);
        edges.next.clear();
        edges.next.resize(count, NONE);
        for at in (from..to).rev() {
            let head = document.tokens[at as usize].head;
            if let Some(first) = head.checked_sub(from).and_then(|head| edges.first.get_mut(head as usize)) {
                edges.next[(at - from) as usize] = *first;
                *first = at;
            }
        }
        Self { document, from, edges }
    }

    pub fn tokens(&self) -> std::ops::Range<u32> {
        self.from..self.from + self.edges.first.len() as u32
    }

    pub fn token(&self, at: u32) -> Option<&'a Token> {
        self.tokens().contains(&at).then(|| &self.document.tokens[at as usize])
    }

    pub fn lemma(&self, at: u32) -> &'a str {
        if self.tokens().contains(&at) { self.document.lemma(at) } else { "" }
    }

    pub fn deprel(&self, at: u32) -> Deprel {
        self.token(at).map_or(Deprel::Dep, |token| token.deprel)
    }

    pub fn upos(&self, at: u32) -> Upos {
        self.token(at).map_or(Upos::X, |token| token.upos)
    }

    pub fn xpos(&self, at: u32) -> Xpos {
        self.token(at).map_or(Xpos::Xx, |token| token.xpos)
    }

    /// The governor, where it is in the sentence.
    pub fn head(&self, at: u32) -> Option<u32> {
        self.token(at).map(|token| token.head).filter(|head| self.tokens().contains(head))
    }

    /// The dependents, in text order.
    pub fn children(&self, at: u32) -> impl Iterator<Item = u32> + '_ {
        let local = |at: u32| at.checked_sub(self.from).map(|at| at as usize);
        let mut next = local(at).and_then(|at| self.edges.first.get(at)).copied().unwrap_or(NONE);
        std::iter::from_fn(move || {
            let found = (next != NONE).then_some(next)?;
            next = local(found).and_then(|at| self.edges.next.get(at)).copied().unwrap_or(NONE);
            Some(found)
        })
    }

    pub fn child(&self, at: u32, wanted: impl Fn(Deprel) -> bool) -> Option<u32> {
        self.children(at).find(|child| wanted(self.deprel(*child)))
    }

    pub fn has_child(&self, at: u32, relation: Deprel, lemmas: &[&str]) -> bool {
        self.children(at).any(|child| self.deprel(child) == relation && lemmas.contains(&self.lemma(child)))
    }

    pub fn subject(&self, at: u32) -> Option<u32> {
        self.child(at, |relation| matches!(relation, Deprel::Nsubj | Deprel::NsubjPass | Deprel::NsubjOuter))
    }

    /// Prepositions and conjunctions that introduce `at`, "ahead of" and "because of" by their first word.
    pub fn markers(&self, at: u32) -> impl Iterator<Item = u32> + '_ {
        self.children(at).filter(|child| matches!(self.deprel(*child), Deprel::Case | Deprel::Mark))
    }

    pub fn is_verb(&self, at: u32) -> bool {
        matches!(self.upos(at), Upos::Verb | Upos::Aux)
    }

    /// Governors of `at`, nearest first.
    pub fn ancestors(&self, at: u32) -> impl Iterator<Item = u32> + '_ {
        std::iter::successors(self.head(at), |at| self.head(*at)).take(DEPTH)
    }

    /// Whether `at` is `top` or below it.
    pub fn within(&self, at: u32, top: u32) -> bool {
        at == top || self.ancestors(at).any(|ancestor| ancestor == top)
    }

    /// The token under or over the first byte of `span` that governs the others there.
    pub fn top(&self, span: Span) -> Option<u32> {
        let inside = |at: &u32| self.token(*at).is_some_and(|token| token.span.overlaps(span));
        self.tokens().filter(inside).find(|at| self.head(*at).is_none_or(|head| !inside(&head)))
    }

    /// Words of the noun phrase that `head` governs, clauses left out.
    pub fn phrase(&self, head: u32) -> Span {
        let mut span = self.token(head).map_or(Span::default(), |token| token.span);
        let mut level = vec![head];
        for _ in 0..DEPTH {
            let inside = |at: &u32| {
                let relation = self.deprel(*at);
                !matches!(
                    relation,
                    Deprel::Acl
                        | Deprel::AclRelcl
                        | Deprel::Punct
                        | Deprel::Parataxis
                        | Deprel::Conj
                        | Deprel::Cc
                        | Deprel::Case
                        | Deprel::Mark
                        | Deprel::Appos
                        | Deprel::Advcl
                )
            };
            let next: Vec<u32> = level.iter().flat_map(|at| self.children(*at)).filter(inside).collect();
            if next.is_empty() {
                break;
            }
            // A preposition belongs to the phrase it opens, not to the one that holds it.
            for at in &next {
                let opened = self.children(*at).filter(|child| self.deprel(*child) == Deprel::Case);
                for part in opened.chain([*at]) {
                    span = self.token(part).map_or(span, |token| span.cover(token.span));
                }
            }
            level = next;
        }
        span
    }
}
