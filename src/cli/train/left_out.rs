//! `entente train left-out`: fits the weights by which a predicate's missing party is taken from the discourse to annotated articles.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use anyhow::Context;

use super::newton;
use crate::cli::eval::{GoldArticle, GoldEvent, answered, read_all};
use crate::event::fusion::{Property, probability};
use crate::event::left_out::{Looked, Side, WEIGHTS, name};
use crate::event::{Event, Hold};
use crate::pipeline::{Coded, Explanation, Pipeline};

/// How strongly a weight is drawn to 0.
const PRIOR: f64 = 3.0;
const FOLDS: usize = 5;
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

/// A predicate that lacks a party: what is seen of it, and whether an act of its kind between the two is annotated.
struct Case {
    properties: Vec<Property>,
    right: bool,
    fold: usize,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let pipeline = Pipeline::embedded()?.with_floor(0.0).with_all_left_out();
    let mut cases = Vec::new();
    for file in &args.files {
        for (at, article) in read_all::<GoldArticle>(file)?.iter().enumerate() {
            add(&pipeline, article, at % FOLDS, &mut cases)?;
        }
    }
    let held_out = |fold: usize| {
        let weights = fit(cases.iter().filter(|case| case.fold != fold));
        let held = cases.iter().filter(move |case| case.fold == fold);
        held.map(|case| (probability(&weights, &case.properties), case.right)).collect::<Vec<_>>()
    };
    let told: Vec<(f64, bool)> = (0..FOLDS).flat_map(held_out).collect();
    let weights = fit(cases.iter());
    let mut text = String::from(HEAD);
    for (at, weight) in weights.iter().enumerate() {
        // No minus before nothing, so that a weight has one way to be written.
        let weight = if weight.abs() < 0.0005 { 0.0 } else { *weight };
        let _ = writeln!(text, "{}\t{weight:.3}", name(at));
    }
    fs::write(&args.out, text).with_context(|| format!("cannot write {}", args.out.display()))?;
    let sure: Vec<bool> = told.iter().filter(|(sure, _)| *sure >= SHOWN).map(|(_, right)| *right).collect();
    println!(
        "{}: from {} predicates, {} of them telling an act; articles held out: {} of {} right at {SHOWN} or more, calibration error {:.3}",
        args.out.display(),
        cases.len(),
        cases.iter().filter(|case| case.right).count(),
        sure.iter().filter(|right| **right).count(),
        sure.len(),
        super::confidence::calibration_error(&told),
    );
    Ok(())
}

const HEAD: &str = "\
# Whether a predicate that lacks a party leaves it to the reader: weights of three logistic models, for where its frame asks for the target in
# words, for where it asks for the source, and for where it lets a party be left open. Fitted by
# `entente train left-out tests/gold/dev.jsonl tests/gold/learn.jsonl`; do it again when the frames have changed.
#
# sign\tweight
";

fn fit<'a>(cases: impl Iterator<Item = &'a Case>) -> Vec<f64> {
    let cases: Vec<(&[Property], bool)> = cases.map(|case| (case.properties.as_slice(), case.right)).collect();
    newton::fit(&cases, WEIGHTS, PRIOR, vec![0.0; WEIGHTS])
}

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
