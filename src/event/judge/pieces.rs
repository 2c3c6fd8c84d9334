//! [`Pieces`]: text to word pieces, as BERT's uncased models cut it: lower case, no accents, punctuation apart, each word the longest
//! known pieces from the left (Wu et al. 2016). Pieces carry spans of the text. Work is bounded whatever the text.

use rustc_hash::FxHashMap;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

use crate::span::Span;

/// Words of more characters are unknown.
const LONGEST_WORD: usize = 100;

/// A word piece and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    pub id: u32,
    pub span: Span,
}

/// The known pieces.
pub struct Pieces {
    ids: FxHashMap<Box<str>, u32>,
    /// In bytes.
    longest: usize,
    pub unknown: u32,
    pub start: u32,
    pub end: u32,
}

/// A word that is being cut: its lower-cased letters, and where each byte of them comes from.
#[derive(Default)]
pub struct Word {
    letters: String,
    origins: Vec<Span>,
}

impl Pieces {
    /// From one piece a line, the first line being piece 0. `None` where a piece that every text needs is missing.
    pub fn new(lines: &str) -> Option<Self> {
        let ids: FxHashMap<Box<str>, u32> = lines.lines().map(Box::from).zip(0..).collect();
        let of = |piece: &str| ids.get(piece).copied();
        let (unknown, start, end) = (of("[UNK]")?, of("[CLS]")?, of("[SEP]")?);
        let longest = ids.keys().map(|piece| piece.len()).max()?;
        Some(Self { ids, longest, unknown, start, end })
    }

    #[cfg(test)]
    pub fn id(&self, piece: &str) -> Option<u32> {
        self.ids.get(piece).copied()
    }

    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Appends the pieces of `text` to `out`, which then holds at most `limit`. Spans are offset by `from`. Returns whether all fitted.
    pub fn cut(&self, text: &str, from: usize, limit: usize, word: &mut Word, out: &mut Vec<Piece>) -> bool {
        word.clear();
        let mut all = true;
        for (at, letter) in text.char_indices() {
            let span = Span::new(from + at, from + at + letter.len_utf8());
            if is_ignored(letter) {
                continue;
            }
            if letter.is_whitespace() {
                self.flush(word, out);
            } else if is_punctuation(letter) || is_ideograph(letter) {
                self.flush(word, out);
                word.push(letter, span);
                self.flush(word, out);
            } else {
                word.push(letter, span);
            }
            if out.len() > limit || word.origins.len() > 64 * LONGEST_WORD {
                all = false;
                break;
            }
        }
        self.flush(word, out);
        all &= out.len() <= limit;
        out.truncate(limit);
        all
    }

    /// The pieces of one word.
    fn flush(&self, word: &mut Word, out: &mut Vec<Piece>) {
        if let (Some(first), Some(last)) = (word.origins.first(), word.origins.last()) {
            let whole = Piece { id: self.unknown, span: Span { start: first.start, end: last.end } };
            let before = out.len();
            if word.letters.chars().count() > LONGEST_WORD || !self.split(word, out) {
                out.truncate(before);
                out.push(whole);
            }
        }
        word.clear();
    }

    /// Appends the word's pieces; false where some part is in no piece.
    fn split(&self, word: &Word, out: &mut Vec<Piece>) -> bool {
        let mut key = String::with_capacity(self.longest);
        let mut from = 0;
        while from < word.letters.len() {
            let prefix = if from == 0 { "" } else { "##" };
            let most = (from + self.longest).min(word.letters.len());
            let found = (from + 1..=most).rev().find_map(|to| {
                let part = word.letters.get(from..to)?;
                key.clear();
                key.push_str(prefix);
                key.push_str(part);
                Some((*self.ids.get(key.as_str())?, to))
            });
            let Some((id, to)) = found else { return false };
            let (Some(first), Some(last)) = (word.origins.get(from), word.origins.get(to - 1)) else { return false };
            out.push(Piece { id, span: Span { start: first.start, end: last.end } });
            from = to;
        }
        true
    }
}

impl Word {
    fn clear(&mut self) {
        self.letters.clear();
        self.origins.clear();
    }

    /// Adds a letter, lower-cased and without its accents.
    fn push(&mut self, letter: char, span: Span) {
        if letter.is_ascii() {
            self.letters.push(letter.to_ascii_lowercase());
            self.origins.push(span);
            return;
        }
        decompose_canonical(letter, |part| {
            if !is_combining_mark(part) {
                for lower in part.to_lowercase() {
                    self.letters.push(lower);
                    self.origins.extend(std::iter::repeat_n(span, lower.len_utf8()));
                }
            }
        });
    }
}

/// Control and format characters and the replacement character leave no trace.
fn is_ignored(letter: char) -> bool {
    let format = matches!(letter, '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}');
    let kept = matches!(letter, '\t' | '\n' | '\r');
    letter == '\u{fffd}' || format || (letter.is_control() && !kept)
}

/// ASCII symbols, and the punctuation of the blocks that news text uses.
fn is_punctuation(letter: char) -> bool {
    letter.is_ascii_punctuation()
        || matches!(letter, '\u{a1}' | '\u{a7}' | '\u{ab}' | '\u{b6}' | '\u{b7}' | '\u{bb}' | '\u{bf}' | '\u{37e}' | '\u{387}' | '\u{589}'
            | '\u{58a}' | '\u{5be}' | '\u{5c0}' | '\u{5c3}' | '\u{5f3}' | '\u{5f4}' | '\u{609}' | '\u{60a}' | '\u{60c}' | '\u{60d}' | '\u{61b}'
            | '\u{61e}' | '\u{61f}' | '\u{66a}'..='\u{66d}' | '\u{6d4}' | '\u{964}' | '\u{965}' | '\u{2010}'..='\u{2027}'
            | '\u{2030}'..='\u{2043}' | '\u{2045}'..='\u{2051}' | '\u{2053}'..='\u{205e}' | '\u{207d}' | '\u{207e}' | '\u{208d}' | '\u{208e}'
            | '\u{2308}'..='\u{230b}' | '\u{2329}' | '\u{232a}' | '\u{2768}'..='\u{2775}' | '\u{27c5}' | '\u{27c6}' | '\u{27e6}'..='\u{27ef}'
            | '\u{2e00}'..='\u{2e2e}' | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301f}' | '\u{3030}' | '\u{303d}'
            | '\u{30a0}' | '\u{30fb}' | '\u{fe10}'..='\u{fe19}' | '\u{fe30}'..='\u{fe52}' | '\u{fe54}'..='\u{fe61}' | '\u{ff01}'..='\u{ff03}'
            | '\u{ff05}'..='\u{ff0a}' | '\u{ff0c}'..='\u{ff0f}' | '\u{ff1a}' | '\u{ff1b}' | '\u{ff1f}' | '\u{ff20}' | '\u{ff3b}'..='\u{ff3d}'
            | '\u{ff3f}' | '\u{ff5b}' | '\u{ff5d}' | '\u{ff5f}'..='\u{ff65}')
}

/// Characters that stand for words by themselves, as BERT reads them.
fn is_ideograph(letter: char) -> bool {
    matches!(letter, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{20000}'..='\u{2a6df}' | '\u{2a700}'..='\u{2ceaf}'
        | '\u{f900}'..='\u{faff}' | '\u{2f800}'..='\u{2fa1f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &str = "[PAD]\n[UNK]\n[CLS]\n[SEP]\nfrance\nun\n##aff\n##able\n.\nzu\n##rich\n中\n'\ns";

    fn cut(text: &str, limit: usize) -> (Vec<&str>, bool) {
        let pieces = Pieces::new(KNOWN).expect("all special pieces are there");
        let mut out = Vec::new();
        let all = pieces.cut(text, 0, limit, &mut Word::default(), &mut out);
        for piece in &out {
            assert!(text.get(piece.span.range()).is_some(), "{piece:?} stands inside a character");
        }
        let lines: Vec<&str> = KNOWN.lines().collect();
        (out.iter().map(|piece| lines[piece.id as usize]).collect(), all)
    }

    #[test]
    fn words_are_cut_into_the_longest_pieces_from_the_left() {
        assert_eq!(cut("France's unaffable Zürich.", 50).0, ["france", "'", "s", "un", "##aff", "##able", "zu", "##rich", "."]);
        assert_eq!(cut("un中un xyz", 50).0, ["un", "中", "un", "[UNK]"]);
        assert_eq!(cut("un\u{200b}aff\u{0}able", 50).0, ["un", "##aff", "##able"]);
        assert_eq!(cut(" \n\t", 50).0, Vec::<&str>::new());
    }

    #[test]
    fn hostile_text_is_cut_to_the_bound() {
        assert_eq!(cut(&"france ".repeat(5000), 90), (vec!["france"; 90], false));
        assert_eq!(cut(&"unaff".repeat(100_000), 90), (vec!["[UNK]"], false));
        assert_eq!(cut(&"ü\u{301}".repeat(100_000), 90).0, ["[UNK]"]);
        assert_eq!(cut(&"中".repeat(100_000), 90), (vec!["中"; 90], false));
    }
}
