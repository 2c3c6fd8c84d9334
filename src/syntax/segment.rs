//! Tokens to sentences: where one ends in a paragraph of news.

use super::tokenize::{Abbreviation, Tokenizer};
use crate::span::Span;

/// Words that open a sentence after an abbreviation rather than go on with a name: "in the U.S. The ministry …".
const OPENERS: [&str; 40] = [
    "The",
    "It",
    "He",
    "She",
    "They",
    "We",
    "In",
    "On",
    "At",
    "A",
    "An",
    "This",
    "That",
    "These",
    "But",
    "And",
    "However",
    "His",
    "Her",
    "Its",
    "Their",
    "If",
    "When",
    "While",
    "After",
    "As",
    "For",
    "Both",
    "There",
    "Since",
    "Last",
    "Earlier",
    "Meanwhile",
    "Officials",
    "Some",
    "Many",
    "Under",
    "With",
    "According",
    "Despite",
];

/// A sentence of more tokens is cut: it bounds the work on text without full stops.
pub const LONGEST: usize = 400;

/// Appends the number of tokens of each sentence that `tokens`, a paragraph, make.
pub fn sentences(tokenizer: &Tokenizer, text: &str, tokens: &[Span], lengths: &mut Vec<usize>) {
    let mut start = 0;
    let mut depth = 0i32;
    let mut at = 0;
    while at < tokens.len() {
        let token = tokens[at].of(text);
        match token {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = (depth - 1).max(0),
            _ => {}
        }
        let mut end = at + 1;
        let ends = if ends_sentence(tokenizer, text, tokens, at) {
            // Quotes and brackets that close after the stop belong to the sentence it ends.
            while tokens.get(end).is_some_and(|next| closes(text, tokens[end - 1], *next)) {
                if matches!(tokens[end].of(text), ")" | "]") {
                    depth = (depth - 1).max(0);
                }
                end += 1;
            }
            let next = tokens.get(end).map_or("", |next| next.of(text));
            depth == 0 && (next.is_empty() || opens(next))
        } else {
            false
        };
        if ends
            || end - start >= LONGEST
            || (depth > 0 && end - start >= LONGEST / 4 && ends_sentence(tokenizer, text, tokens, at))
        {
            lengths.push(end - start);
            start = end;
            depth = 0;
        }
        at = end;
    }
    if start < tokens.len() {
        lengths.push(tokens.len() - start);
    }
}

fn ends_sentence(tokenizer: &Tokenizer, text: &str, tokens: &[Span], at: usize) -> bool {
    let token = tokens[at].of(text);
    if token.chars().all(|c| matches!(c, '.' | '!' | '?' | '…')) {
        return true;
    }
    let next = tokens.get(at + 1).map_or("", |next| next.of(text));
    match tokenizer.abbreviation(token) {
        Some(Abbreviation::Other) => OPENERS.contains(&next) || matches!(next, "“" | "\""),
        Some(Abbreviation::Title) | None => false,
    }
}

/// A mark that closes what stands right before it.
fn closes(text: &str, before: Span, mark: Span) -> bool {
    before.end == mark.start && matches!(mark.of(text), "”" | "’" | "\"" | "'" | ")" | "]" | "»" | "''" | "’’")
}

/// A token that can open a sentence.
fn opens(token: &str) -> bool {
    let first = token.chars().next().unwrap_or(' ');
    first.is_uppercase() || first.is_numeric() || !first.is_alphanumeric() || (first.is_alphabetic() && !first.is_lowercase())
}
