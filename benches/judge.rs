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

/// One sentence in twenty names two states.
const GENERAL: &str = "\
The bakery on the corner of Mill Lane has opened its doors at five every morning for forty years. \
Its owner, a quiet man of seventy, says that the secret is in the water. \
Prices of flour rose by a tenth last winter, and two neighbouring shops closed. \
The council wants to widen the street and has asked residents for their views. \
A survey found that most of them would rather have trees. \
In the evening a choir rehearses in the church hall, which was rebuilt after the fire of 2011. \
The conductor trained in Vienna and came home to look after her parents. \
She hopes to take the singers on a tour of the coast when the weather is warmer. \
The local team lost for the third time in a row on Saturday and dropped to ninth place. \
Their captain blamed the pitch, the referee and the long journey. \
A new bridge over the river will cost four million and take two years to build. \
Engineers had warned for a decade that the old one could not carry heavy lorries. \
The mayor promised that the ferry would run until the work was finished. \
Scientists at the university counted fewer swifts this year than ever before. \
They think that insects are becoming rare where hedges have been cut. \
An exhibition of photographs from Portugal and Morocco opens at the library on Monday. \
Admission is free for children, and there will be tea. \
Police are looking for a man who stole three bicycles from the station. \
He was last seen wearing a green coat and carrying a guitar. \
Rain is expected towards the end of the week, with sunny spells in the east.";

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
