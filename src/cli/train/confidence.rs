//! `entente train confidence`: fits the weights that an event's confidence is read from to annotated articles.

use std::path::PathBuf;

use super::cases::{self, Case};
use crate::cli::eval::{GoldArticle, QUIET, answered};
use crate::event::confidence::{WEIGHTS, name, signs};
use crate::event::fusion::Property;
use crate::event::{Event, Explained};
use crate::pipeline::{Coded, Explanation, Pipeline};

/// How strongly a weight is drawn to 0.
const PRIOR: f64 = 2.0;

#[derive(clap::Args)]
pub struct Args {
    /// Files with one annotated article a line; tests/gold/README.md describes them.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Where the weights go.
    #[arg(long, default_value = "config/models/confidence.tsv")]
    out: PathBuf,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let pipeline = Pipeline::embedded()?.with_floor(0.0);
    let mut cases = Vec::new();
    cases::each(&args.files, |article, fold| {
        add(&pipeline, article, fold, &mut cases)?;
        // What is told in one paragraph has no others to stand beside.
        article.brief().map_or(Ok(()), |brief| add(&pipeline, &brief, fold, &mut cases))
    })?;
    let names: Vec<&str> = (0..WEIGHTS).map(name).collect();
    let told = cases::make(&args.out, HEAD, &names, &cases, PRIOR)?;
    let (right, sure) = cases::right_among(&told, 0.8);
    println!(
        "{}: from {} events, {} of them right; articles held out: calibration error {:.3}, {right} of {sure} right at 0.8 or more",
        args.out.display(),
        cases.len(),
        cases.iter().filter(|case| case.right).count(),
        cases::calibration_error(&told),
    );
    Ok(())
}

const HEAD: &str = "\
# How sure an event is: weights of a logistic model over what made it. An event's confidence is 1 / (1 + exp(-sum)), the probability
# that dyad and act are right. Fitted by `entente train confidence tests/gold/dev.jsonl tests/gold/learn.jsonl tests/gold/agency.jsonl
# tests/gold/desk.jsonl tests/gold/quiet.jsonl config/models/training/judge/articles/bystanders.jsonl`; do it again when the coder has changed.
#
# sign\tweight
";

/// Adds the events of an article. Those that an optional annotation takes count neither way.
fn add(pipeline: &Pipeline, article: &GoldArticle, fold: usize, cases: &mut Vec<Case>) -> anyhow::Result<()> {
    let record = article.record();
    let (Coded::Events(events), Some(explanation)) = (pipeline.code(&record)?, pipeline.explain(&record)?) else { return Ok(()) };
    for (event, answered) in events.iter().zip(answered(&article.events, &events)) {
        if answered.is_some_and(|gold| !gold.must) {
            continue;
        }
        if let Some(properties) = signs_of(event, &explanation) {
            let case = || Case { properties: properties.clone(), right: answered.is_some(), fold };
            cases.extend(std::iter::repeat_with(case).take(article.times(QUIET)));
        }
    }
    Ok(())
}

fn signs_of(event: &Event, explanation: &Explanation) -> Option<Vec<Property>> {
    let surest = surest(event, explanation)?;
    Some(signs(surest, &explanation.document, &explanation.mentions))
}

/// The surest of an event's tellings.
fn surest<'a>(event: &Event, explanation: &'a Explanation) -> Option<&'a Explained> {
    let tells = |other: &Event| {
        (&other.dyad, &other.source.country, other.event.act, other.status)
            == (&event.dyad, &event.source.country, event.event.act, event.status)
            && other.evidence.iter().all(|evidence| event.evidence.contains(evidence))
    };
    let tellings = explanation.told.iter().filter(|told| tells(&told.event));
    tellings.max_by(|a, b| a.event.confidence.total_cmp(&b.event.confidence))
}
