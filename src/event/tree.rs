//! [`Tree`]: a document's trees as a predicate sees them: who is the subject whatever the voice, what is shared through
//! coordination, control, raising and relative clauses, which words a preposition governs.
//!
//! Every walk is bounded by [`DEPTH`], so that a malformed or hostile tree costs no more than a good one.

use super::frame::{Kind, Symbol};
use super::nominal::nominal_start;
use super::predicates::Lexicon;
use super::word_files::Words;
use crate::actor::Mentions;
use crate::syntax::{Deprel, Document, Feats, Token, Upos, Xpos};

/// The longest chain of governors or of nested phrases that is followed.
pub const DEPTH: usize = 8;

const NONE: u32 = u32::MAX;

/// A node and whether it was reached through coordination, control, raising or a relative clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    pub token: u32,
    pub shared: bool,
}

impl Node {
    pub fn own(token: u32) -> Self {
        Self { token, shared: false }
    }

    pub fn shared(token: u32) -> Self {
        Self { token, shared: true }
    }
}

pub struct Tree<'a> {
    pub document: &'a Document,
    pub words: &'a Words,
    /// By token: its first child, its next sibling, its lemma's symbol, the mention it heads.
    first: Vec<u32>,
    next: Vec<u32>,
    symbols: Vec<Symbol>,
    /// By token: the symbol of the word that it closes, where the lexicon writes that word as one.
    joined: Vec<Symbol>,
    mention: Vec<u32>,
    /// By token: the mention that a word inside it gives its actor: "troops from *Niger*".
    inner: Vec<u32>,
}

impl<'a> Tree<'a> {
    /// Symbols are looked up in sentences that hold a mention only: no other is searched for predicates.
    pub fn new(document: &'a Document, mentions: &Mentions, lexicon: &Lexicon, words: &'a Words) -> Self {
        let count = document.tokens.len();
        let mut tree = Tree {
            document,
            words,
            first: vec![NONE; count],
            next: vec![NONE; count],
            symbols: vec![0; count],
            joined: vec![0; count],
            mention: vec![NONE; count],
            inner: vec![NONE; count],
        };
        for (at, token) in document.tokens.iter().enumerate().rev() {
            if let Some(first) = tree.first.get_mut(governor(document, at as u32, token) as usize) {
                tree.next[at] = *first;
                *first = at as u32;
            }
        }
        let mut buffer = String::new();
        let mut done = NONE;
        for (index, mention) in mentions.all.iter().enumerate() {
            let Some(sentence) = document.sentences.get(mention.sentence as usize) else { continue };
            if mention.sentence != done {
                done = mention.sentence;
                for at in sentence.tokens.clone() {
                    let symbol = symbol(document, lexicon, at, &mut buffer);
                    tree.symbols[at as usize] = symbol;
                    tree.joined[at as usize] = lexicon.joined().with_what_precedes(document, at, symbol);
                }
            }
            tree.place(mention.head.max(nominal_start(document, mention)), index as u32);
        }
        // A mention may be headed elsewhere than the tree heads its words: its topmost word stands for it as well.
        for (index, mention) in mentions.all.iter().enumerate() {
            let nominal = nominal_start(document, mention);
            let inside = |at: u32| {
                at >= nominal && document.tokens.get(at as usize).is_some_and(|token| token.span.end <= mention.span.end)
            };
            let mut top = mention.head.max(nominal);
            for _ in 0..DEPTH {
                match document.tokens.get(top as usize) {
                    Some(token) if inside(token.head) => top = token.head,
                    _ => break,
                }
            }
            tree.place(top, index as u32);
            // Where the parser tore the words apart, each nominal one with a governor outside stands for the mention: "Russian" hung on
            // the verb must not keep "Sergei Lavrov" from being its subject.
            let (mut first, mut last) = (mention.head.max(nominal), mention.head.max(nominal));
            while first > 0 && inside(first - 1) {
                first -= 1;
            }
            while inside(last + 1) {
                last += 1;
            }
            for at in first..=last {
                let token = document.tokens.get(at as usize).copied();
                if token.is_some_and(|token| !inside(token.head) && matches!(token.upos, Upos::Propn | Upos::Noun)) {
                    tree.place(at, index as u32);
                }
            }
            for at in mention.head.max(nominal).. {
                if !inside(at) {
                    break;
                }
                if tree.has_case(at) && document.tokens[at as usize].upos == Upos::Propn {
                    tree.inner[at as usize] = index as u32;
                }
            }
        }
        tree
    }

    pub fn place(&mut self, token: u32, mention: u32) {
        if let Some(held) = self.mention.get_mut(token as usize)
            && *held == NONE
        {
            *held = mention;
        }
    }

    pub fn mention(&self, token: u32) -> Option<u32> {
        let held = |of: &[u32]| of.get(token as usize).copied().filter(|mention| *mention != NONE);
        held(&self.mention).or_else(|| held(&self.inner))
    }

    pub fn symbol(&self, token: u32) -> Symbol {
        self.symbols.get(token as usize).copied().unwrap_or(0)
    }

    /// The word of two parts that `token` closes: "*cease-fire*"; 0 where it closes none.
    pub fn joined(&self, token: u32) -> Symbol {
        self.joined.get(token as usize).copied().unwrap_or(0)
    }

    /// Whether `token`, alone or with what stands before it, is one of `words`.
    pub fn among(&self, token: u32, words: &[Symbol]) -> bool {
        words.contains(&self.symbol(token)) || {
            let joined = self.joined(token);
            joined != 0 && words.contains(&joined)
        }
    }

    pub fn deprel(&self, token: u32) -> Deprel {
        self.document.tokens.get(token as usize).map_or(Deprel::Dep, |token| token.deprel)
    }

    pub fn upos(&self, token: u32) -> Upos {
        self.document.tokens.get(token as usize).map_or(Upos::X, |token| token.upos)
    }

    pub fn xpos(&self, token: u32) -> Xpos {
        self.document.tokens.get(token as usize).map_or(Xpos::Xx, |token| token.xpos)
    }

    pub fn feats(&self, token: u32) -> Feats {
        self.document.tokens.get(token as usize).map_or(Feats::default(), |token| token.feats)
    }

    pub fn head(&self, token: u32) -> Option<u32> {
        let head = self.document.tokens.get(token as usize)?.head;
        ((head as usize) < self.document.tokens.len()).then_some(head)
    }

    pub fn children(&self, token: u32) -> impl Iterator<Item = u32> + '_ {
        let mut at = self.first.get(token as usize).copied().unwrap_or(NONE);
        std::iter::from_fn(move || {
            let found = (at != NONE).then_some(at)?;
            at = self.next[found as usize];
            Some(found)
        })
    }

    pub fn child(&self, token: u32, wanted: impl Fn(Deprel) -> bool) -> Option<u32> {
        self.children(token).find(|child| wanted(self.deprel(*child)))
    }

    /// The class a word can be a trigger of.
    pub fn kind(&self, token: u32) -> Option<Kind> {
        match self.upos(token) {
            Upos::Verb | Upos::Aux => Some(Kind::Verb),
            Upos::Noun | Upos::Propn => Some(Kind::Noun),
            Upos::Adj => Some(Kind::Adjective),
            // "Embalo off to Moscow": the predicate of a headline.
            Upos::Adv | Upos::Adp if self.symbol(token) == self.words.off => {
                let bound = self.symbol(token + 1) == self.words.to && self.deprel(token) != Deprel::CompoundPrt;
                bound.then_some(Kind::Adjective)
            }
            _ => None,
        }
    }

    /// Whether `token` is governed by that preposition, alone or as part of a longer one ("along *with*").
    pub fn under(&self, token: u32, preposition: Symbol) -> bool {
        self.children(token).filter(|child| matches!(self.deprel(*child), Deprel::Case | Deprel::Mark)).any(|child| {
            self.symbol(child) == preposition
                || self.children(child).any(|part| self.deprel(part) == Deprel::Fixed && self.symbol(part) == preposition)
        })
    }

    pub fn has_case(&self, token: u32) -> bool {
        self.child(token, |relation| relation == Deprel::Case).is_some()
    }

    /// "To withdraw": a verb under "to", which is no preposition there.
    pub fn is_infinitive(&self, token: u32) -> bool {
        self.xpos(token) == Xpos::Vb && self.under(token, self.words.to)
    }

    /// The phrases under `token` that a preposition governs.
    pub fn preposition(&self, token: u32, preposition: Symbol) -> impl Iterator<Item = u32> + '_ {
        self.children(token).filter(move |child| {
            // "Jointly produce": an adverb that frames ask for like a preposition.
            self.deprel(*child) == Deprel::Advmod && self.symbol(*child) == preposition && self.upos(*child) == Upos::Adv
                || matches!(
                    self.deprel(*child),
                    Deprel::Obl
                        | Deprel::OblAgent
                        | Deprel::Nmod
                        | Deprel::NmodDesc
                        | Deprel::Advcl
                        | Deprel::Acl
                        | Deprel::Xcomp
                        | Deprel::Advmod
                ) && self.under(*child, preposition)
        })
    }

    /// The clause that `verb` governs: "said *that Iran attacked*", "urged them *to stop*".
    pub fn clauses(&self, verb: u32) -> impl Iterator<Item = u32> + '_ {
        self.children(verb).filter(move |child| match self.deprel(*child) {
            Deprel::Ccomp => true,
            Deprel::Xcomp => *child > verb,
            Deprel::Advcl | Deprel::Acl => self.under(*child, self.words.r#for) || self.xpos(*child) == Xpos::Vb,
            Deprel::Parataxis => self.own_subject(*child).is_some(),
            _ => false,
        })
    }

    /// Whether the clause headed by `verb` says what must or should be.
    pub fn obliged(&self, verb: u32) -> bool {
        let auxiliary = self
            .children(verb)
            // "Has released" is no duty; "has to release" is.
            .any(|child| {
                matches!(self.deprel(child), Deprel::Aux)
                    && self.xpos(child) == Xpos::Md
                    && self.words.obliging.contains(&self.symbol(child))
            });
        auxiliary
            || (self.words.obliging.contains(&self.symbol(verb))
                && self.child(verb, |relation| relation == Deprel::Xcomp).is_some())
    }

    /// The noun that a phrase is about: "a *series* of **strikes**", "a **sanctions** *package*".
    pub fn core(&self, noun: u32) -> u32 {
        if !self.words.transparent.contains(&self.symbol(noun)) {
            return noun;
        }
        if let Some(inner) = self.preposition(noun, self.words.of).find(|inner| self.kind(*inner) == Some(Kind::Noun)) {
            return inner;
        }
        let compound =
            self.children(noun).filter(|child| self.deprel(*child) == Deprel::Compound && self.mention(*child).is_none());
        compound.last().unwrap_or(noun)
    }

    /// Whether an act but says what another noun is called: "a *patrol* boat".
    pub fn only_calls(&self, noun: u32) -> bool {
        self.deprel(noun) == Deprel::Compound
            && self.head(noun).is_some_and(|head| head > noun && self.among(head, &self.words.called))
    }

    /// The phrase that `noun` is the core of: the inverse of [`Tree::core`].
    pub fn phrase(&self, noun: u32) -> u32 {
        let mut at = noun;
        for _ in 0..2 {
            match self.head(at) {
                Some(head) if self.words.transparent.contains(&self.symbol(head)) && self.core(head) == at => at = head,
                _ => break,
            }
        }
        at
    }

    pub fn particle(&self, verb: u32, particle: Symbol) -> bool {
        self.children(verb).any(|child| {
            // "pulled out of the deal": the particle may be read as part of the preposition.
            (matches!(self.deprel(child), Deprel::Obl | Deprel::Xcomp)
                && self.under(child, particle)
                && self.children(child).filter(|part| self.deprel(*part) == Deprel::Case).count() > 1)
                || self.symbol(child) == particle
                    && matches!(
                        self.deprel(child),
                        Deprel::CompoundPrt
                            | Deprel::Advmod
                            | Deprel::Case
                            | Deprel::Obl
                            | Deprel::Mark
                            | Deprel::Xcomp
                            | Deprel::Obj
                    )
        })
    }
}

/// Lexicon symbols are of lower-case lemmas; headlines and titles write theirs with capitals.
fn symbol(document: &Document, lexicon: &Lexicon, token: u32, buffer: &mut String) -> Symbol {
    let lemma = document.lemma(token);
    let found = lexicon.symbol(lemma);
    if found != 0 {
        return found;
    }
    let token = document.tokens.get(token as usize);
    if token.is_some_and(|token| matches!(token.upos, Upos::Verb | Upos::Aux)) {
        return inflected(lexicon, lemma, buffer);
    }
    if !lemma.starts_with(|c: char| c.is_ascii_uppercase()) {
        // "Supplies", "talks": a plural that the analysis takes for a word of its own.
        return if token.is_some_and(|token| token.xpos == Xpos::Nns) { singular(lexicon, lemma, buffer) } else { 0 };
    }
    buffer.clear();
    buffer.extend(lemma.chars().map(|c| c.to_ascii_lowercase()));
    let found = lexicon.symbol(buffer);
    // A capitalised plural keeps its form as a name's lemma: "Sanctions".
    if found == 0 { buffer.strip_suffix('s').map_or(0, |singular| lexicon.symbol(singular)) } else { found }
}

fn singular(lexicon: &Lexicon, lemma: &str, buffer: &mut String) -> Symbol {
    for (ending, instead) in [("ies", "y"), ("s", ""), ("es", "")] {
        let Some(stem) = lemma.strip_suffix(ending).filter(|stem| stem.len() > 2) else { continue };
        buffer.clear();
        buffer.push_str(stem);
        buffer.push_str(instead);
        let found = lexicon.symbol(buffer);
        if found != 0 {
            return found;
        }
    }
    0
}

/// A verb whose dictionary form was not known to the analysis: "freed", "fre", "severed", "reopening".
pub fn inflected(lexicon: &Lexicon, lemma: &str, buffer: &mut String) -> Symbol {
    for (ending, instead) in [
        ("", "e"),
        ("e", ""),
        ("d", ""),
        ("ed", ""),
        ("s", ""),
        ("es", ""),
        ("ing", ""),
        ("ing", "e"),
        ("ied", "y"),
        ("ies", "y"),
    ] {
        let Some(stem) = lemma.strip_suffix(ending).filter(|stem| stem.len() > 2) else { continue };
        buffer.clear();
        buffer.extend(stem.chars().map(|c| c.to_ascii_lowercase()));
        buffer.push_str(instead);
        let found = lexicon.symbol(buffer);
        if found != 0 {
            return found;
        }
    }
    0
}

/// Whose child a token is. A preposition before a name belongs to the name, also where the parser hung it on a later word of it: "talks
/// *with* Taoiseach Micheál Martin".
fn governor(document: &Document, at: u32, token: &Token) -> u32 {
    match document.tokens.get(token.head as usize) {
        Some(part) if token.deprel == Deprel::Case && part.deprel == Deprel::Flat && part.head > at => part.head,
        _ => token.head,
    }
}
