//! Text to tokens, as Universal Dependencies cuts English news: punctuation apart from words, clitics apart from their hosts
//! (`Russia` + `'s`, `do` + `n't`), hyphenated compounds in parts (`high` `-` `level`) except after a prefix (`pre-war`), numbers
//! and abbreviations whole.

use rustc_hash::FxHashMap;

use crate::lexicon::{self, LexiconError};
use crate::span::Span;

/// Does a sentence go on after this abbreviation?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abbreviation {
    /// A name or number follows: never the end.
    Title,
    /// May stand at the end.
    Other,
}

pub struct Tokenizer {
    abbreviations: FxHashMap<&'static str, Abbreviation>,
}

/// Prefixes that keep their hyphen (UD English EWT and GUM guidelines).
const PREFIXES: [&str; 21] = [
    "pre", "post", "re", "non", "ex", "co", "anti", "pro", "semi", "multi", "e", "inter", "intra", "counter", "pan", "neo",
    "sub", "ultra", "mini", "trans", "vice",
];

/// A stretch without spaces of more bytes is no language: it is cut by length alone, which bounds the tokens of ten megabytes of
/// brackets.
const LONGEST: usize = 200;

impl Tokenizer {
    pub fn embedded() -> Result<Self, LexiconError> {
        let file = "syntax/abbreviations.tsv";
        let rows = lexicon::rows(file, include_str!("../../config/lexicon/syntax/abbreviations.tsv"), 2)?;
        let mut abbreviations = FxHashMap::default();
        for row in rows {
            let kind = row.parse(1, "title or other", |kind| match kind {
                "title" => Some(Abbreviation::Title),
                "other" => Some(Abbreviation::Other),
                _ => None,
            })?;
            if !row.example.contains(row.fields[0]) {
                return Err(row.error("the example does not hold the abbreviation"));
            }
            abbreviations.insert(row.fields[0], kind);
        }
        Ok(Self { abbreviations })
    }

    /// Whether `token` is an abbreviation with its full stop: listed, or letters with a stop each (U.S., J., B.C.).
    pub fn abbreviation(&self, token: &str) -> Option<Abbreviation> {
        if let Some(kind) = self.abbreviations.get(token) {
            return Some(*kind);
        }
        let letters = token.len() >= 2
            && token.is_ascii()
            && token.as_bytes().chunks(2).all(|pair| pair[0].is_ascii_alphabetic() && pair.get(1) == Some(&b'.'));
        letters.then_some(if token.len() == 2 { Abbreviation::Title } else { Abbreviation::Other })
    }

    /// Appends the tokens of `span`, in order. They cover all that is not white space and never overlap.
    pub fn cut(&self, text: &str, span: Span, tokens: &mut Vec<Span>) {
        let mut start = None;
        // Whether the stretch has grown longer than any word, and is cut by length alone.
        let mut endless = false;
        let mut close = |start: usize, end: usize, endless: bool| {
            if endless { tokens.push(Span::new(start, end)) } else { self.chunk(text, start, end, tokens) }
        };
        for (at, c) in span.of(text).char_indices() {
            let at = span.start as usize + at;
            if c.is_whitespace() {
                if let Some(start) = start.take() {
                    close(start, at, endless);
                }
                endless = false;
            } else if start.is_some_and(|start| at - start >= LONGEST) {
                endless = true;
                close(start.unwrap_or(at), at, true);
                start = Some(at);
            } else if start.is_none() {
                start = Some(at);
            }
        }
        if let Some(start) = start {
            close(start, span.end as usize, endless);
        }
    }

    /// A stretch without white space: peels punctuation off both ends, then cuts the core.
    fn chunk(&self, text: &str, mut start: usize, mut end: usize, tokens: &mut Vec<Span>) {
        let piece = |start: usize, end: usize| text.get(start..end).unwrap_or("");
        if piece(start, end).bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return clitics(text, start, end, tokens);
        }
        while let Some(c) = piece(start, end).chars().next() {
            let lone = start + c.len_utf8() == end;
            let opens =
                is_open(c) || is_mark(c) || (c == '.' && !piece(start + 1, end).starts_with(|c: char| c.is_ascii_digit()));
            if lone || !opens {
                break;
            }
            let run = run_of(piece(start, end), c);
            tokens.push(Span::new(start, start + run));
            start += run;
        }
        let mut tail = Vec::new();
        while let Some(c) = piece(start, end).chars().next_back() {
            let core = piece(start, end);
            if core.len() == c.len_utf8() || !(is_close(c) || is_mark(c) || c == '.') {
                break;
            }
            if c == '.' && self.abbreviation(core).is_some() {
                break;
            }
            if is_apostrophe(c) && clitic_at(core).is_some() {
                break;
            }
            let run = if matches!(c, '.' | '!' | '?' | '-') { core.len() - core.trim_end_matches(c).len() } else { c.len_utf8() };
            if run == core.len() {
                break;
            }
            tail.push(Span::new(end - run, end));
            end -= run;
        }
        self.core(text, start, end, tokens);
        tokens.extend(tail.into_iter().rev());
    }

    /// A word without outer punctuation: cut at inner dashes, slashes and hyphens, then clitics apart.
    fn core(&self, text: &str, start: usize, end: usize, tokens: &mut Vec<Span>) {
        let word = text.get(start..end).unwrap_or("");
        if word.contains("://") || word.starts_with("www.") || (word.contains('@') && word.contains('.')) {
            tokens.push(Span::new(start, end));
            return;
        }
        // A day or a telephone number: "2024-11-03".
        let numbers = word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') && word.matches('-').count() > 1;
        let mut from = start;
        let mut chars = word.char_indices().peekable();
        let mut before = None;
        while let Some((at, c)) = chars.next() {
            let next = chars.peek().map(|(_, c)| *c);
            let at = start + at;
            let head = text.get(from..at).unwrap_or("");
            let cut = match c {
                '—' | '–' | '…' => true,
                '(' | ')' | '[' | ']' | '“' | '”' | '"' | '«' | '»' | ';' | '!' | '?' => true,
                '/' => !before.is_some_and(|c: char| c.is_ascii_digit()) || !next.is_some_and(|c| c.is_ascii_digit()),
                ',' | ':' => !before.is_some_and(|c: char| c.is_ascii_digit()) || !next.is_some_and(|c| c.is_ascii_digit()),
                '-' => {
                    let joined = before.is_some_and(char::is_alphanumeric) && next.is_some_and(char::is_alphanumeric);
                    joined && !numbers && !PREFIXES.iter().any(|prefix| head.eq_ignore_ascii_case(prefix))
                }
                '$' | '€' | '£' | '¥' | '%' => true,
                // A sentence that goes on without a space: "talks.Russia".
                '.' => head.len() > 3 && before.is_some_and(char::is_lowercase) && next.is_some_and(char::is_uppercase),
                _ => false,
            };
            if cut {
                let currency = matches!(c, '$') && !head.is_empty() && head.chars().all(|c| c.is_ascii_uppercase());
                if from < at && !currency {
                    clitics(text, from, at, tokens);
                }
                let mark = if currency { from } else { at };
                tokens.push(Span::new(mark, at + c.len_utf8()));
                from = at + c.len_utf8();
            } else if before.is_some_and(|c: char| c.is_ascii_digit())
                && c.is_alphabetic()
                && is_number(head)
                && is_magnitude(text.get(at..end).unwrap_or(""))
            {
                tokens.push(Span::new(from, at));
                from = at;
            }
            before = Some(c);
        }
        if from < end {
            clitics(text, from, end, tokens);
        }
    }
}

fn is_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b',' | b'.'))
}

/// "1.2bn", "30km": a unit that is a word of its own.
fn is_magnitude(text: &str) -> bool {
    matches!(
        text.to_ascii_lowercase().as_str(),
        "bn" | "m" | "mn" | "tn" | "k" | "km" | "kg" | "mw" | "gw" | "bpd" | "am" | "pm" | "a.m." | "p.m."
    )
}

fn is_open(c: char) -> bool {
    matches!(
        c,
        '(' | '['
            | '{'
            | '"'
            | '“'
            | '‘'
            | '«'
            | '\''
            | '’'
            | '`'
            | '<'
            | '$'
            | '€'
            | '£'
            | '¥'
            | '#'
            | '*'
            | '•'
            | '-'
            | '–'
            | '—'
            | '…'
    )
}

fn is_close(c: char) -> bool {
    matches!(c, ')' | ']' | '}' | '"' | '”' | '’' | '\'' | '»' | '>' | '*' | '%' | '-' | '–' | '—' | '…')
}

fn is_mark(c: char) -> bool {
    matches!(c, ',' | ';' | ':' | '!' | '?' | '|')
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’')
}

/// Bytes of the run of `c` that opens `text`, for marks that stand in runs (`...`, `--`, `''`); else of one.
fn run_of(text: &str, c: char) -> usize {
    if matches!(c, '.' | '-' | '!' | '?' | '*' | '\'' | '`') {
        text.len() - text.trim_start_matches(c).len()
    } else {
        c.len_utf8()
    }
}

/// Where the clitic that ends `word` starts, if one does and something stands before it.
fn clitic_at(word: &str) -> Option<usize> {
    // The curly apostrophe starts with the byte E2.
    if !word.bytes().any(|byte| matches!(byte, b'\'' | 0xe2)) {
        return word.eq_ignore_ascii_case("cannot").then_some(3);
    }
    let lower = word.to_lowercase();
    if lower.len() != word.len() {
        return None;
    }
    for apostrophe in ["'", "’"] {
        for clitic in ["s", "ll", "re", "ve", "d", "m"] {
            let at = lower.strip_suffix(clitic).and_then(|rest| rest.strip_suffix(apostrophe)).map(str::len);
            if at.is_some_and(|at| at > 0) {
                return at;
            }
        }
        let at = lower
            .strip_suffix('t')
            .and_then(|rest| rest.strip_suffix(apostrophe))
            .and_then(|rest| rest.strip_suffix('n'))
            .map(str::len);
        if at.is_some_and(|at| at > 0) {
            return at;
        }
        // The possessive of a plural: "states'".
        let at = lower.strip_suffix(apostrophe).filter(|rest| rest.ends_with('s')).map(str::len);
        if at.is_some_and(|at| at > 1) {
            return at;
        }
    }
    None
}

fn clitics(text: &str, start: usize, end: usize, tokens: &mut Vec<Span>) {
    match clitic_at(text.get(start..end).unwrap_or("")) {
        Some(at) => {
            tokens.push(Span::new(start, start + at));
            tokens.push(Span::new(start + at, end));
        }
        None => tokens.push(Span::new(start, end)),
    }
}
