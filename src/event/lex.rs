//! [`words`]: a sentence's text as words, numbers and marks, for the readers of dates and quantities.
//!
//! Dates and sums are written with marks that tokenizers treat in different ways ("15-16", "US$1.2bn", "mid-May"), so their readers
//! take the text itself and give back spans; the tree is asked only for what a phrase attaches to.

use crate::span::Span;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    /// Digits, with commas and one point inside: `1,200.50`.
    Number,
    /// One character that is neither, spaces excepted.
    Mark,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word<'a> {
    pub text: &'a str,
    pub span: Span,
    pub kind: Kind,
    /// A space or the start of the text stands before it.
    pub spaced: bool,
}

impl Word<'_> {
    pub fn is(&self, text: &str) -> bool {
        self.text.eq_ignore_ascii_case(text)
    }

    pub fn capitalised(&self) -> bool {
        self.text.chars().next().is_some_and(char::is_uppercase)
    }

    pub fn is_dash(&self) -> bool {
        matches!(self.text, "-" | "–" | "—" | "‑")
    }

    /// The value of a number, commas dropped.
    pub fn number(&self) -> Option<f64> {
        if self.kind != Kind::Number {
            return None;
        }
        if self.text.contains(',') { self.text.replace(',', "").parse().ok() } else { self.text.parse().ok() }
    }

    /// The value of a number written with digits alone, at most four.
    pub fn small(&self) -> Option<i16> {
        (self.kind == Kind::Number && self.text.len() <= 4).then(|| self.text.parse().ok()).flatten()
    }
}

/// Appends the words of `text` under `span` to `out`.
pub(super) fn words<'a>(text: &'a str, span: Span, out: &mut Vec<Word<'a>>) {
    let within = span.of(text);
    let base = span.start as usize;
    let mut chars = within.char_indices().peekable();
    let mut spaced = true;
    while let Some((start, first)) = chars.next() {
        if first.is_whitespace() {
            spaced = true;
            continue;
        }
        let mut end = start + first.len_utf8();
        let kind = if first.is_alphabetic() {
            while let Some((at, _)) = chars.next_if(|(_, c)| c.is_alphabetic()) {
                end = at + within.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
            }
            Kind::Word
        } else if first.is_ascii_digit() {
            let mut point = false;
            while let Some(&(at, c)) = chars.peek() {
                let digit_follows = within.as_bytes().get(at + 1).is_some_and(u8::is_ascii_digit);
                let inside = c.is_ascii_digit() || (digit_follows && (c == ',' || (c == '.' && !point)));
                if !inside {
                    break;
                }
                point |= c == '.';
                end = at + 1;
                chars.next();
            }
            Kind::Number
        } else {
            Kind::Mark
        };
        let text = within.get(start..end).unwrap_or("");
        out.push(Word { text, span: Span::new(base + start, base + end), kind, spaced });
        spaced = false;
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, words};
    use crate::span::Span;

    #[test]
    fn words_numbers_and_marks_cover_all_but_spaces() {
        let text = "Über US$1,200.50bn on Oct. 15-16, mid-May.";
        let mut out = Vec::new();
        words(text, Span::new(0, text.len()), &mut out);
        let texts: Vec<_> = out.iter().map(|word| word.text).collect();
        assert_eq!(texts, ["Über", "US", "$", "1,200.50", "bn", "on", "Oct", ".", "15", "-", "16", ",", "mid", "-", "May", "."]);
        assert!(out.iter().all(|word| word.span.of(text) == word.text));
        assert_eq!(out[3].number(), Some(1200.5));
        assert_eq!(out.iter().filter(|word| word.kind == Kind::Number).count(), 3);
    }
}
