//! [`View`]: a sentence as the actor reader looks at it. [`Item`]: a name of the gazetteer found in it.

use std::ops::Range;

use super::lexicon::Kind;
use super::mention::ActorCode;
use super::words::{List, Words};
use crate::span::Span;
use crate::syntax::{Deprel, Document, Sentence, SentenceKind, Token, Upos, Xpos};

/// Tokens looked at for the subject of a verb, on either side.
const WINDOW: u32 = 40;

/// A name found in a sentence, with the tokens it covers (indices into the document, both inclusive).
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub span: Span,
    pub first: u32,
    pub last: u32,
    pub kind: Kind,
    /// Index into the gazetteer.
    pub entry: u32,
    pub code: Option<ActorCode>,
    /// Part of a phrase, or struck out by its context.
    pub taken: bool,
}

impl Item {
    /// Whether the name says by itself which actor is meant.
    pub fn is_actor(&self) -> bool {
        !self.taken && self.code.is_some()
    }
}

/// A sentence and its tokens.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub text: &'a str,
    pub document: &'a Document,
    pub sentence: &'a Sentence,
    pub index: u32,
    pub words: &'a Words,
}

impl<'a> View<'a> {
    pub fn tokens(&self) -> Range<u32> {
        self.sentence.tokens.clone()
    }

    /// The token, if it is one of the sentence.
    pub fn token(&self, index: u32) -> Option<&'a Token> {
        if self.sentence.tokens.contains(&index) { self.document.tokens.get(index as usize) } else { None }
    }

    pub fn word(&self, index: u32) -> &'a str {
        self.token(index).map_or("", |token| token.span.of(self.text))
    }

    pub fn is(&self, index: u32, words: &[&str]) -> bool {
        let word = self.word(index);
        words.iter().any(|other| word.eq_ignore_ascii_case(other))
    }

    /// Whether the word is one of a closed class.
    pub fn is_in(&self, index: u32, list: List) -> bool {
        self.words.hold(list, self.word(index))
    }

    pub fn upos(&self, index: u32) -> Option<Upos> {
        self.token(index).map(|token| token.upos)
    }

    pub fn deprel(&self, index: u32) -> Option<Deprel> {
        self.token(index).map(|token| token.deprel)
    }

    /// The subject of a verb, near it.
    pub fn subject_of(&self, verb: u32) -> Option<u32> {
        self.dependent(verb, is_subject)
    }

    /// Who does what `verb` says: its subject; that of the verb it is joined or subordinate to where it has none of its own ("Iran
    /// agreed to free them"), or that verb's object ("it told Iran to free them"); what a relative clause tells of.
    pub fn doer_of(&self, verb: u32) -> Option<u32> {
        let mut verb = verb;
        for _ in 0..6 {
            let above = self.token(verb)?;
            if let Some(subject) = self.subject_of(verb) {
                let relative = self.is(subject, &["which", "who", "that"]) && above.deprel == Deprel::AclRelcl;
                return Some(if relative { above.head } else { subject });
            }
            match above.deprel {
                Deprel::Xcomp => {
                    let object = self.dependent(above.head, |deprel| matches!(deprel, Deprel::Obj | Deprel::Iobj));
                    if let Some(object) = object.filter(|object| *object < verb) {
                        return Some(object);
                    }
                }
                // "A duty *imposed* as a penalty for its purchases": what is imposed does nothing.
                Deprel::Acl if above.xpos == Xpos::Vbn => {}
                Deprel::Acl => return Some(above.head),
                Deprel::Conj | Deprel::Advcl => {}
                _ => return None,
            }
            verb = above.head;
        }
        None
    }

    /// The first token near `head` that depends on it in such a way.
    pub fn dependent(&self, head: u32, such: impl Fn(Deprel) -> bool) -> Option<u32> {
        let tokens = self.tokens();
        let mut window = tokens.start.max(head.saturating_sub(WINDOW))..tokens.end.min(head.saturating_add(WINDOW));
        window.find(|index| self.token(*index).is_some_and(|token| token.head == head && such(token.deprel)))
    }

    pub fn root_subject(&self) -> Option<u32> {
        let root = self
            .tokens()
            .take(4 * WINDOW as usize)
            .find(|index| self.token(*index).is_some_and(|token| token.head == Token::ROOT))?;
        self.subject_of(root)
    }

    /// "it is clear that", "it may be mentioned here that", "it would be his first visit": nobody is meant.
    pub fn is_dummy(&self, token: u32) -> bool {
        if self.deprel(token) == Some(Deprel::Expl) {
            return true;
        }
        let subject = self.deprel(token).is_some_and(is_subject);
        let Some(governor) = self.token(token).map(|token| token.head).filter(|_| subject && self.is(token, &["it"])) else {
            return false;
        };
        match self.upos(governor) {
            Some(Upos::Verb) => {
                self.is_in(governor, List::Told) && self.token(governor).is_some_and(|token| token.xpos == Xpos::Vbn)
            }
            Some(Upos::Aux | Upos::Part | Upos::Pron) => false,
            // Of a copula: what it is, is rarely what a state is.
            Some(_) => !self.is_in(governor, List::Personal),
            None => false,
        }
    }

    /// The `'s` of a possessor.
    pub fn is_possessive(&self, index: u32) -> bool {
        self.token(index).is_some_and(|token| token.xpos == Xpos::Pos) || self.is(index, &["'s", "’s"])
    }

    /// Whether one of two tokens governs the other.
    pub fn joined(&self, one: u32, other: u32) -> bool {
        let heads = |token: u32, head: u32| self.token(token).is_some_and(|token| token.head == head);
        heads(one, other) || heads(other, one)
    }

    pub fn is_headline(&self) -> bool {
        self.sentence.kind == SentenceKind::Headline
    }

    /// A word that could be part of a person's name.
    pub fn is_name_word(&self, index: u32) -> bool {
        let capital = self.word(index).chars().next().is_some_and(char::is_uppercase);
        capital && matches!(self.upos(index), Some(Upos::Propn | Upos::X))
    }

    pub fn is_name_word_or_adjective(&self, index: u32) -> bool {
        let capital = self.word(index).chars().next().is_some_and(char::is_uppercase);
        capital && matches!(self.upos(index), Some(Upos::Propn | Upos::Adj | Upos::X))
    }

    /// What stands in the article right before `span`.
    pub fn before(&self, span: Span) -> &'a str {
        self.text.get(..span.start as usize).unwrap_or("")
    }

    pub fn after(&self, span: Span) -> &'a str {
        self.text.get(span.end as usize..).unwrap_or("")
    }

    /// The token among `first..=last` that governs the others: its governor is outside. The last such token of a run without tree.
    pub fn head(&self, first: u32, last: u32) -> u32 {
        let outside = |index: &u32| self.token(*index).is_some_and(|token| !(first..=last).contains(&token.head));
        (first..=last).find(outside).unwrap_or(last)
    }

    /// The span from the first to the last of these tokens.
    pub fn span(&self, first: u32, last: u32) -> Span {
        match (self.token(first), self.token(last)) {
            (Some(first), Some(last)) => first.span.cover(last.span),
            _ => Span::default(),
        }
    }
}

pub(super) fn is_subject(deprel: Deprel) -> bool {
    matches!(deprel, Deprel::Nsubj | Deprel::NsubjPass | Deprel::NsubjOuter)
}
