//! Scores against a treebank, as the CoNLL shared tasks count them (Zeman et al. 2018): tags, attachment with and without label
//! on gold tokens; F1 of sentences and tokens from raw text. Labels count without their subtypes.

use super::analyzer::{Analyzer, Scratch};
use super::conllu::Gold;
use super::document::{Document, Token};
use crate::span::Span;

/// Shares from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scores {
    pub words: usize,
    pub upos: f64,
    pub xpos: f64,
    pub lemma: f64,
    pub uas: f64,
    pub las: f64,
    pub sentence_f1: f64,
    pub token_f1: f64,
}

pub fn score(analyzer: &Analyzer, gold: &[Gold]) -> Scores {
    let mut scores = on_gold_tokens(analyzer, gold);
    (scores.sentence_f1, scores.token_f1) = from_raw_text(analyzer, gold);
    scores
}

fn on_gold_tokens(analyzer: &Analyzer, gold: &[Gold]) -> Scores {
    let (mut scratch, mut document) = (Scratch::default(), Document::default());
    let mut right = [0usize; 5];
    let mut words = 0;
    for sentence in gold {
        document.clear();
        let spans: Vec<Span> = sentence.tokens.iter().map(|token| token.span).collect();
        analyzer.analyze_tokens(&sentence.text, &spans, &mut scratch, &mut document);
        for (at, (token, gold)) in document.tokens.iter().zip(&sentence.tokens).enumerate() {
            let head = if token.head == Token::ROOT { sentence.tokens.len() as u32 } else { token.head };
            let attached = head == gold.head;
            let labelled = attached && token.deprel.universal() == gold.deprel.universal();
            let hits =
                [token.upos == gold.upos, token.xpos == gold.xpos, document.lemma(at as u32) == gold.lemma, attached, labelled];
            right.iter_mut().zip(hits).for_each(|(count, hit)| *count += usize::from(hit));
            words += 1;
        }
    }
    let share = |count: usize| count as f64 / words.max(1) as f64;
    let [upos, xpos, lemma, uas, las] = right.map(share);
    Scores { words, upos, xpos, lemma, uas, las, ..Scores::default() }
}

/// Sentences are joined by a space, paragraphs by a line end, and cut again.
fn from_raw_text(analyzer: &Analyzer, gold: &[Gold]) -> (f64, f64) {
    let mut text = String::new();
    let (mut sentences, mut tokens) = (Vec::new(), Vec::new());
    for sentence in gold {
        if !text.is_empty() {
            text.push(if sentence.opens_paragraph { '\n' } else { ' ' });
        }
        let start = text.len();
        text.push_str(&sentence.text);
        sentences.push((start, text.len()));
        tokens.extend(sentence.tokens.iter().map(|token| (start + token.span.start as usize, start + token.span.end as usize)));
    }
    let mut document = Document::default();
    analyzer.analyze(&text, None, &mut Scratch::default(), &mut document);
    let place = |span: Span| (span.start as usize, span.end as usize);
    let found_sentences: Vec<_> = document.sentences.iter().map(|sentence| place(sentence.span)).collect();
    let found_tokens: Vec<_> = document.tokens.iter().map(|token| place(token.span)).collect();
    (f1(&sentences, &found_sentences), f1(&tokens, &found_tokens))
}

/// Both sorted.
fn f1(gold: &[(usize, usize)], found: &[(usize, usize)]) -> f64 {
    let hits = found.iter().filter(|place| gold.binary_search(place).is_ok()).count();
    2.0 * hits as f64 / (gold.len() + found.len()).max(1) as f64
}
