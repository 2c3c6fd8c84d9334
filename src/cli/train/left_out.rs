//! `entente train left-out`: fits the weights by which a predicate's missing party is taken from the discourse to annotated articles.

use std::path::PathBuf;

use super::cases::{self, Case};
use crate::cli::eval::{GoldArticle, GoldEvent, answered};
use crate::event::left_out::{Looked, Side, WEIGHTS, name};
use crate::event::{Event, Hold};
use crate::pipeline::{Coded, Explanation, Pipeline};

/// How strongly a weight is drawn to 0.
const PRIOR: f64 = 3.0;
/// The share of the likeliest that is reported.
const SHOWN: f64 = 0.35;

#[derive(clap::Args)]
pub struct Args {
    /// Files with one annotated article a line; tests/gold/README.md describes them.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Where the weights go.
    #[arg(long, default_value = "config/models/left_out.tsv")]
    out: PathBuf,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let pipeline = Pipeline::embedded()?.with_floor(0.0).with_all_left_out();
    let mut cases = Vec::new();
    cases::each(&args.files, |article, fold| add(&pipeline, article, fold, &mut cases))?;
    let names: Vec<String> = (0..WEIGHTS).map(name).collect();
    let told = cases::make(&args.out, HEAD, &names, &cases, PRIOR)?;
    let (right, sure) = cases::right_among(&told, SHOWN);
    println!(
        "{}: from {} predicates, {} of them telling an act; articles held out: {right} of {sure} right at {SHOWN} or more, calibration error {:.3}",
        args.out.display(),
        cases.len(),
        cases.iter().filter(|case| case.right).count(),
        cases::calibration_error(&told),
    );
    Ok(())
}

const HEAD: &str = "\
# Whether a predicate that lacks a party leaves it to the reader: weights of three logistic models, for where its frame asks for the target in
# words, for where it asks for the source, and for where it lets a party be left open. Fitted by
# `entente train left-out tests/gold/dev.jsonl tests/gold/learn.jsonl tests/gold/agency.jsonl`; do it again when the frames have changed.
#
# sign\tweight
";

/// Adds the predicates of an article. One is right where what it tells answers an annotation that nothing else does; what only repeats what
/// is told anyway, and what answers an optional annotation, counts neither way.
fn add(pipeline: &Pipeline, article: &GoldArticle, fold: usize, cases: &mut Vec<Case>) -> anyhow::Result<()> {
    let record = article.record();
    let (Coded::Events(events), Some(explanation)) = (pipeline.code(&record)?, pipeline.explain(&record)?) else { return Ok(()) };
    let mut guessed = vec![true; events.len()];
    for told in explanation.told.iter().filter(|told| told.candidate.hold != Hold::Closed) {
        guessed[told.place] = false;
    }
    let (guesses, surely): (Vec<_>, Vec<_>) = events.into_iter().zip(&guessed).partition(|(_, guessed)| **guessed);
    let [guesses, surely] = [guesses, surely].map(|events| events.into_iter().map(|(event, _)| event).collect::<Vec<Event>>());
    let taken: Vec<&GoldEvent> = answered(&article.events, &surely).into_iter().flatten().collect();
    let free = article.events.iter().filter(|event| !taken.iter().any(|taken| std::ptr::eq(*taken, *event)));
    let free: Vec<GoldEvent> = free.cloned().collect();
    let mut answers = answered(&free, &guesses).into_iter();
    let answers: Vec<Option<bool>> = guessed
        .iter()
        .map(|guessed| if *guessed { answers.next().map(|answer| answer.map(|event| event.must)) } else { None })
        .map(right)
        .collect();
    let mut certain = answered(&article.events, &surely).into_iter();
    let certain: Vec<Option<bool>> = guessed
        .iter()
        .map(|guessed| if *guessed { None } else { certain.next().map(|answer| answer.map(|event| event.must)) })
        .map(right)
        .collect();
    let Explanation { told, trace, .. } = explanation;
    for told in &told {
        let candidate = &told.candidate;
        let pair = [candidate.source.actor, candidate.target.actor];
        let of = |looked: &&Looked| {
            (looked.trigger, looked.act) == (candidate.trigger_span, candidate.act)
                && (pair == [looked.known, looked.meant] || pair == [looked.meant, looked.known])
                && (looked.lacks == Side::Open) == (candidate.hold != Hold::Closed)
        };
        let answers = if candidate.hold == Hold::Closed { &answers } else { &certain };
        if let (Some(right), Some(looked)) = (answers[told.place], trace.looked.iter().find(of)) {
            cases.push(Case { properties: looked.properties.clone(), right, fold });
        }
    }
    Ok(())
}

/// Of an event that answers an annotation that must be found, one that need not be, or none.
fn right(answer: Option<Option<bool>>) -> Option<bool> {
    match answer {
        Some(Some(true)) => Some(true),
        Some(None) => Some(false),
        _ => None,
    }
}
