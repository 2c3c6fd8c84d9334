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

/// Writes a document, a sentence a block.
pub fn write(text: &str, document: &Document, out: &mut String) {
    use std::fmt::Write;
    for (number, sentence) in document.sentences.iter().enumerate() {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "# sent_id = {}\n# text = {}", number + 1, sentence.span.of(text).replace(['\n', '\t'], " "));
        for at in sentence.tokens.clone() {
            let token = &document.tokens[at as usize];
            let id = at - sentence.tokens.start + 1;
            let head = if token.head == Token::ROOT { 0 } else { token.head - sentence.tokens.start + 1 };
            let next = document.tokens.get(at as usize + 1).filter(|_| at + 1 < sentence.tokens.end);
            let misc = if next.is_some_and(|next| next.span.start == token.span.end) { "SpaceAfter=No" } else { "_" };
            let _ = writeln!(
                out,
                "{id}\t{}\t{}\t{}\t{}\t_\t{head}\t{}\t_\t{misc}",
                token.span.of(text),
                document.lemma(at),
                token.upos,
                token.xpos,
                token.deprel
            );
        }
        out.push('\n');
    }
}
