//! CoNLL-U, the format of Universal Dependencies treebanks: read for training and scoring, written for people and other programs.

use std::cmp::Ordering;

use super::document::{Document, Token};
use super::scheme::{Deprel, Upos, Xpos};
use crate::span::Span;

/// A sentence of a treebank: text put together from its tokens, and the tokens.
#[derive(Clone, Debug, Default)]
pub struct Gold {
    pub text: String,
    pub tokens: Vec<GoldToken>,
    /// Whether the treebank starts a new document or paragraph here.
    pub opens_paragraph: bool,
}

#[derive(Clone, Debug)]
pub struct GoldToken {
    pub span: Span,
    pub lemma: String,
    pub upos: Upos,
    pub xpos: Xpos,
    /// Index into the sentence's tokens, or their number for the root.
    pub head: u32,
    pub deprel: Deprel,
}

/// Reads a treebank. Words that the text writes as one token with others ("don't") stand next to each other without a space; empty
/// nodes are left out; labels that the scheme does not have fall back to their universal part.
///
/// # Errors
/// The line that is not CoNLL-U.
pub fn read(file: &str) -> Result<Vec<Gold>, String> {
    let mut sentences = Vec::new();
    let mut gold = Gold::default();
    let mut fused_until = 0u32;
    let mut space = false;
    // Whether a space follows the last word of a range: the range's line says so, not the word's.
    let mut fused_space = true;
    for (number, line) in file.lines().enumerate() {
        if line.trim().is_empty() {
            if !gold.tokens.is_empty() {
                let count = gold.tokens.len() as u32;
                if let Some(bad) = gold.tokens.iter().find(|token| token.head != u32::MAX && token.head >= count) {
                    return Err(format!("line {}: head {} is outside the sentence", number + 1, bad.head + 1));
                }
                sentences.push(std::mem::take(&mut gold));
            }
            (fused_until, space) = (0, false);
            continue;
        }
        if let Some(comment) = line.strip_prefix('#') {
            let comment = comment.trim();
            gold.opens_paragraph |= comment.starts_with("newdoc") || comment.starts_with("newpar");
            continue;
        }
        let fields: Vec<&str> = line.split('\t').collect();
        let [id, form, lemma, upos, xpos, _, head, deprel, _, misc] = fields[..] else {
            return Err(format!("line {}: expected 10 fields separated by tabs, found {}", number + 1, fields.len()));
        };
        let after = !misc.split('|').any(|item| item == "SpaceAfter=No");
        if id.contains('.') {
            continue;
        }
        if let Some((_, last)) = id.split_once('-') {
            fused_until = last.parse().map_err(|_| format!("line {}: `{id}` is not a range of tokens", number + 1))?;
            if space {
                gold.text.push(' ');
            }
            space = false;
            fused_space = after;
            continue;
        }
        let id: u32 = id.parse().map_err(|_| format!("line {}: `{id}` is not a token number", number + 1))?;
        if space {
            gold.text.push(' ');
        }
        let start = gold.text.len();
        gold.text.push_str(form);
        let relation = Deprel::parse(deprel).or_else(|| Deprel::parse(deprel.split(':').next().unwrap_or("")));
        let head: u32 = head.parse().unwrap_or(0);
        gold.tokens.push(GoldToken {
            span: Span::new(start, gold.text.len()),
            lemma: lemma.to_owned(),
            upos: Upos::parse(upos).unwrap_or(Upos::X),
            xpos: Xpos::parse(xpos).unwrap_or(Xpos::Fw),
            // One-based in the file, 0 for the root; made zero-based with the count for the root below.
            head: head.wrapping_sub(1),
            deprel: relation.unwrap_or(Deprel::Dep),
        });
        space = match id.cmp(&fused_until) {
            Ordering::Less => false,
            Ordering::Equal => fused_space,
            Ordering::Greater => after,
        };
    }
    if !gold.tokens.is_empty() {
        sentences.push(gold);
    }
    for sentence in &mut sentences {
        let count = sentence.tokens.len() as u32;
        sentence.tokens.iter_mut().filter(|token| token.head == u32::MAX).for_each(|token| token.head = count);
    }
    Ok(sentences)
}

/// Whether a text is CoNLL-U: its first line that is not a comment has ten fields and starts with a token's number.
pub fn looks_like(text: &str) -> bool {
    let first = text.lines().find(|line| !line.starts_with('#') && !line.trim().is_empty()).unwrap_or("");
    let mut fields = first.split('\t');
    fields.next().is_some_and(|id| id.starts_with(|c: char| c.is_ascii_digit())) && fields.count() == 9
}

/// The blocks of a file that are separated by empty lines, a sentence each.
pub fn blocks(file: &str) -> impl Iterator<Item = &str> {
    let mut rest = file;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(['\n', '\r']);
        if rest.is_empty() {
            return None;
        }
        let end = ["\n\n", "\n\r\n"].iter().filter_map(|gap| rest.find(gap)).min().map_or(rest.len(), |at| at + 1);
        let (block, after) = rest.split_at(end);
        rest = after;
        Some(block)
    })
}

/// Writes `block`, a sentence of a treebank, with the analysis of its one sentence in `document` in place of its own.
pub fn fill(block: &str, document: &Document, out: &mut String) {
    let mut tokens = 0u32..document.tokens.len() as u32;
    for line in block.lines().filter(|line| !line.trim().is_empty()) {
        let fields: Vec<&str> = line.split('\t').collect();
        let word = fields.first().is_some_and(|id| id.bytes().all(|b| b.is_ascii_digit()));
        match (word, &fields[..]) {
            (true, [id, form, .., misc]) => {
                let Some(at) = tokens.next() else { return };
                row(id, form, document, at, 0, misc, out);
            }
            _ => {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    out.push('\n');
}

/// Writes a document, a sentence a block. White space in its text is told as one space, as the format wants it; tokens with no white
/// space between them have `SpaceAfter=No`, also where a sentence ends between them.
pub fn write(text: &str, document: &Document, out: &mut String) {
    use std::fmt::Write;
    for (number, sentence) in document.sentences.iter().enumerate() {
        let words: Vec<&str> = sentence.span.of(text).split_whitespace().collect();
        // Writing to a String cannot fail.
        let _ = writeln!(out, "# sent_id = {}\n# text = {}", number + 1, words.join(" "));
        let token = |at: u32| document.tokens.get(at as usize);
        let joined = |at: u32| token(at).zip(token(at + 1)).is_some_and(|(this, next)| this.span.end == next.span.start);
        let is_clitic = |at: u32| joined(at - 1) && token(at).is_some_and(|token| clitic(token.span.of(text)));
        let mut fused_until = 0;
        for at in sentence.tokens.clone() {
            let id = at - sentence.tokens.start + 1;
            let last = (at + 1..sentence.tokens.end).take_while(|next| is_clitic(*next)).last();
            if let Some(last) = last.filter(|_| at >= fused_until) {
                fused_until = last + 1;
                let form = document.tokens[at as usize].span.cover(document.tokens[last as usize].span).of(text);
                let misc = if joined(last) { "SpaceAfter=No" } else { "_" };
                let _ = writeln!(out, "{id}-{}\t{form}\t_\t_\t_\t_\t_\t_\t_\t{misc}", last - sentence.tokens.start + 1);
            }
            let misc = if at >= fused_until && joined(at) { "SpaceAfter=No" } else { "_" };
            let form = document.tokens[at as usize].span.of(text);
            row(&id.to_string(), form, document, at, sentence.tokens.start, misc, out);
        }
        out.push('\n');
    }
}

/// A word that Universal Dependencies writes as one token with the word before it.
fn clitic(form: &str) -> bool {
    let lower = form.to_lowercase().replace('’', "'");
    matches!(lower.as_str(), "'s" | "'ll" | "'re" | "'ve" | "'d" | "'m" | "n't" | "not")
}

fn row(id: &str, form: &str, document: &Document, at: u32, first: u32, misc: &str, out: &mut String) {
    use std::fmt::Write;
    let token = &document.tokens[at as usize];
    let head = if token.head == Token::ROOT { 0 } else { token.head - first + 1 };
    let lemma = document.lemma(at);
    // Writing to a String cannot fail.
    let _ = write!(out, "{id}\t{form}\t{lemma}\t{}\t{}\t", token.upos, token.xpos);
    let _ = if token.feats.0 == 0 { write!(out, "_") } else { write!(out, "{}", token.feats) };
    let _ = writeln!(out, "\t{head}\t{}\t_\t{misc}", token.deprel);
}
