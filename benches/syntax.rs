//! How fast `syntax` is from raw text, on one core, in tokens a second: an article of two kilobytes, and one of a megabyte, whose cost
//! a token should be the same. The text is the sample articles, one after another.

use divan::Bencher;
use divan::counter::ItemsCount;
use entente::syntax::{Analyzer, Document, Scratch};

fn main() {
    divan::main();
}

fn articles() -> String {
    let lines = include_str!("../config/samples/articles.jsonl").lines();
    let texts = lines.filter_map(|line| {
        let article: serde_json::Value = serde_json::from_str(line).ok()?;
        Some(format!("{}\n\n", article["text"].as_str()?))
    });
    texts.collect()
}

fn bench(bencher: Bencher, bytes: usize) {
    let analyzer = Analyzer::embedded().expect("the model loads");
    let articles = articles();
    let mut text = articles.repeat(bytes / articles.len() + 1);
    text.truncate((0..=bytes).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0));
    let (mut scratch, mut document) = (Scratch::default(), Document::default());
    analyzer.analyze(&text, None, &mut scratch, &mut document);
    let tokens = document.tokens.len();
    bencher.counter(ItemsCount::new(tokens)).bench_local(|| analyzer.analyze(&text, None, &mut scratch, &mut document));
}

#[divan::bench]
fn two_kilobytes(bencher: Bencher) {
    bench(bencher, 2 << 10);
}

#[divan::bench(sample_count = 20)]
fn one_megabyte(bencher: Bencher) {
    bench(bencher, 1 << 20);
}

#[divan::bench(sample_count = 5)]
fn load_the_model(bencher: Bencher) {
    bencher.bench(|| Analyzer::embedded().expect("the model loads"));
}
