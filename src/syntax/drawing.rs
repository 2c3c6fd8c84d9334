//! Trees drawn as text, a word a line under its governor, for people.

use std::fmt::Write;

use super::document::{Document, Token};

/// Appends the trees of a document. Dependents stand in text order; long chains are drawn without recursion.
pub fn draw(text: &str, document: &Document, out: &mut String) {
    for sentence in &document.sentences {
        let first = sentence.tokens.start;
        let mut children: Vec<Vec<u32>> = vec![Vec::new(); sentence.tokens.len()];
        let mut waiting = Vec::new();
        for at in sentence.tokens.clone() {
            match document.tokens[at as usize].head {
                Token::ROOT => waiting.push((at, String::new(), String::new())),
                head => children[(head - first) as usize].push(at),
            }
        }
        waiting.reverse();
        // A word, what is drawn before it, and what is drawn before its dependents.
        while let Some((at, branch, stem)) = waiting.pop() {
            let token = &document.tokens[at as usize];
            let word = token.span.of(text);
            // Writing to a String cannot fail.
            let _ = write!(out, "{branch}{word}  {} {}", token.deprel, token.upos);
            let lemma = document.lemma(at);
            if lemma != word {
                let _ = write!(out, " {lemma}");
            }
            let _ = if token.feats.0 == 0 { writeln!(out) } else { writeln!(out, " {}", token.feats) };
            let below = &children[(at - first) as usize];
            for (place, child) in below.iter().enumerate().rev() {
                let last = place + 1 == below.len();
                let (branch, on) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
                waiting.push((*child, format!("{stem}{branch}"), format!("{stem}{on}")));
            }
        }
        out.push('\n');
    }
}
