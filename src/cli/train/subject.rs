//! `entente train subject`: fits the weights that tell what a passage is about to annotated articles and to everyday news.

use std::path::PathBuf;

use super::cases::{self, Case};
use crate::cli::eval::{GoldArticle, QUIET};
use crate::event::relation::Words;
use crate::event::subject::{WEIGHTS, mean, name};
use crate::pipeline::Pipeline;

/// How strongly a weight is drawn to 0.
const PRIOR: f64 = 10.0;
/// Sentences on either side that a passage is read with: of each length some, so that a single sentence is weighed as an article is.
const AROUND: [usize; 3] = [0, 1, 3];

#[derive(clap::Args)]
pub struct Args {
    /// Files with one annotated article a line; tests/gold/README.md describes them. Where an article has no event, none of its sentences
    /// tells one.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Where the weights go.
    #[arg(long, default_value = "config/models/subject.tsv")]
    out: PathBuf,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let pipeline = Pipeline::embedded()?;
    let words = Words::vectors_alone()?;
    let mut cases = Vec::new();
    cases::each(&args.files, |article, fold| add(&pipeline, &words, article, fold, &mut cases))?;
    let names: Vec<String> = (0..WEIGHTS).map(name).collect();
    let told = cases::make(&args.out, HEAD, &names, &cases, PRIOR)?;
    let (right, sure) = cases::right_among(&told, 0.5);
    let tell = cases.iter().filter(|case| case.right).count();
    println!(
        "{}: from {} passages, {tell} of them telling an event; articles held out: {right} of {sure} right at 0.5 or more",
        args.out.display(),
        cases.len(),
    );
    Ok(())
}

const HEAD: &str = "\
# What a passage is about: weights of a logistic model over the mean of its words' vectors (`words.zst`), which tells what states do from everyday
# news. `subject.md` tells how it was fitted.
#
# name\tweight
";

/// Adds passages of an article: around the sentences that tell an event, or around all where none does.
fn add(pipeline: &Pipeline, words: &Words, article: &GoldArticle, fold: usize, cases: &mut Vec<Case>) -> anyhow::Result<()> {
    let Some(explanation) = pipeline.explain(&article.record())? else { return Ok(()) };
    let quotes: Vec<String> = article.events.iter().map(|event| plain(&event.note)).collect();
    let (document, text) = (&explanation.document, &explanation.article.text);
    for (at, sentence) in document.sentences.iter().enumerate() {
        let said = plain(sentence.span.of(text));
        let tells = quotes.iter().any(|quote| said.contains(quote));
        if !tells && !quotes.is_empty() {
            continue;
        }
        for around in AROUND {
            let passage = at.saturating_sub(around)..(at + around + 1).min(document.sentences.len());
            let mean = mean(words, document, &document.sentences[passage]);
            let properties: Vec<(usize, f64)> = std::iter::once(1.0).chain(mean).enumerate().collect();
            cases.extend(
                std::iter::repeat_with(|| Case { properties: properties.clone(), right: tells, fold }).take(article.times(QUIET)),
            );
        }
    }
    Ok(())
}

/// Text with each run of blanks as one.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
