//! How fast the judge is on one core: candidate sentences a second by itself, articles a second with and without it in the coder, general
//! news with and without it, and how long it takes to load. The text is that of the gold articles for development; a sentence is a
//! candidate here where it holds two proper nouns. General news is twenty sentences of which one names two states.

use divan::Bencher;
use divan::counter::ItemsCount;
use entente::event::judge::{Asked, Asking, Encoder};
use entente::pipeline::{Pipeline, Scratch};
use entente::record::Record;
use entente::span::Span;
use entente::syntax::{Analyzer, Document, Upos};

mod texts;

use texts::GENERAL;

fn main() {
    divan::main();
}

fn articles() -> Vec<serde_json::Value> {
    let lines = include_str!("../tests/gold/dev.jsonl").lines();
    lines.map(|line| serde_json::from_str(line).expect("the gold articles are JSON")).collect()
}

/// Sentences with their first and last proper nouns.
fn candidates() -> Vec<(String, Span, Span)> {
    let analyzer = Analyzer::embedded().expect("the model loads");
    let (mut scratch, mut document) = (Default::default(), Document::default());
    let mut found = Vec::new();
    for article in articles() {
        let text = article["text"].as_str().unwrap_or_default();
        analyzer.analyze(text, None, &mut scratch, &mut document);
        for sentence in &document.sentences {
            let tokens = &document.tokens[sentence.tokens.start as usize..sentence.tokens.end as usize];
            let mut names = tokens.iter().filter(|token| token.upos == Upos::Propn).map(|token| token.span.within(sentence.span));
            if let (Some(first), Some(last)) = (names.next(), names.next_back()) {
                found.push((sentence.span.of(text).to_owned(), first, last));
            }
        }
    }
    found
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn candidate_sentences(bencher: Bencher<'_, '_>) {
    let encoder = Encoder::embedded().expect("the model is whole");
    let candidates = candidates();
    let asked: Vec<Asked<'_>> =
        candidates.iter().map(|(text, source, target)| Asked { text, source: *source, target: *target }).collect();
    bencher.counter(ItemsCount::new(asked.len())).bench_local(|| {
        let mut verdicts = Vec::with_capacity(asked.len());
        encoder.judge(Asking::Articles, &asked, &mut verdicts);
        verdicts
    });
}

fn cascade(bencher: Bencher<'_, '_>, judge: bool) {
    let pipeline = Pipeline::embedded().and_then(|pipeline| pipeline.with_judge(judge)).expect("the pipeline loads");
    let records: Vec<Record> = articles().iter().map(|article| Record::from_payload(article.to_string())).collect();
    let mut scratch = Scratch::default();
    bencher.counter(ItemsCount::new(records.len())).bench_local(|| {
        for record in &records {
            drop(divan::black_box(pipeline.code_with(record, &mut scratch)));
        }
    });
}

fn general(bencher: Bencher<'_, '_>, judge: bool) {
    let pipeline = Pipeline::embedded().and_then(|pipeline| pipeline.with_judge(judge)).expect("the pipeline loads");
    let record = Record::from_payload(serde_json::json!({"id": "bench", "text": GENERAL, "language": "en"}).to_string());
    let mut scratch = Scratch::default();
    bencher.counter(ItemsCount::new(GENERAL.split(". ").count())).bench_local(|| pipeline.code_with(&record, &mut scratch));
}

#[divan::bench(sample_count = 50, sample_size = 10)]
fn sentences_of_general_news_without_the_judge(bencher: Bencher<'_, '_>) {
    general(bencher, false);
}

#[divan::bench(sample_count = 50, sample_size = 10)]
fn sentences_of_general_news_with_the_judge(bencher: Bencher<'_, '_>) {
    general(bencher, true);
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn loading() -> Encoder {
    Encoder::embedded().expect("the model is whole")
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn articles_without_the_judge(bencher: Bencher<'_, '_>) {
    cascade(bencher, false);
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn articles_with_the_judge(bencher: Bencher<'_, '_>) {
    cascade(bencher, true);
}
