//! `entente train confidence`: fits the weights that an event's confidence is read from to annotated articles.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use anyhow::Context;

use crate::cli::eval::{GoldArticle, answered, read_all};
use crate::event::{Event, Explained, SIGNS, signs};
use crate::pipeline::{Coded, Explanation, Pipeline};

/// How strongly a weight is drawn to 0: that of as many events which say nothing.
const PRIOR: f64 = 2.0;
const FOLDS: usize = 5;
const STEPS: usize = 4000;

#[derive(clap::Args)]
pub struct Args {
    /// Files with one annotated article a line; tests/gold/README.md describes them.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Where the weights go.
    #[arg(long, default_value = "config/models/confidence.tsv")]
    out: PathBuf,
}

/// An event: which of [`SIGNS`] hold, and whether dyad and act are right.
struct Case {
    signs: Vec<usize>,
    right: bool,
    fold: usize,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let pipeline = Pipeline::embedded()?.with_floor(0.0);
    let mut cases = Vec::new();
    for file in &args.files {
        for (at, article) in read_all::<GoldArticle>(file)?.iter().enumerate() {
            add(&pipeline, article, at % FOLDS, &mut cases)?;
        }
    }
    let held_out = |fold: usize| {
        let weights = fit(cases.iter().filter(|case| case.fold != fold));
        let held = cases.iter().filter(move |case| case.fold == fold);
        held.map(|case| (probability(&weights, &case.signs), case.right)).collect::<Vec<_>>()
    };
    let told: Vec<(f64, bool)> = (0..FOLDS).flat_map(held_out).collect();
    let weights = fit(cases.iter());
    let mut text = String::from(HEAD);
    for (sign, weight) in SIGNS.iter().zip(&weights) {
        // No minus before nothing, so that a weight has one way to be written.
        let weight = if weight.abs() < 0.0005 { 0.0 } else { *weight };
        let _ = writeln!(text, "{sign}\t{weight:.3}");
    }
    fs::write(&args.out, text).with_context(|| format!("cannot write {}", args.out.display()))?;
    let sure: Vec<bool> = told.iter().filter(|(sure, _)| *sure >= 0.8).map(|(_, right)| *right).collect();
    let right = sure.iter().filter(|right| **right).count();
    println!(
        "{}: from {} events, {} of them right; articles held out: calibration error {:.3}, {} of {} right at 0.8 or more",
        args.out.display(),
        cases.len(),
        cases.iter().filter(|case| case.right).count(),
        calibration_error(&told),
        right,
        sure.len(),
    );
    Ok(())
}

const HEAD: &str = "\
# How sure an event is: weights of a logistic model over what made it. An event's confidence is 1 / (1 + exp(-sum)), the probability
# that dyad and act are right. Fitted by `entente train confidence tests/gold/dev.jsonl tests/gold/learn.jsonl`; do it again when the coder has changed.
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
        if let Some(signs) = signs_of(event, &explanation) {
            cases.push(Case { signs, right: answered.is_some(), fold });
        }
    }
    Ok(())
}

fn signs_of(event: &Event, explanation: &Explanation) -> Option<Vec<usize>> {
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

fn probability(weights: &[f64], signs: &[usize]) -> f64 {
    1.0 / (1.0 + (-signs.iter().map(|sign| weights[*sign]).sum::<f64>()).exp())
}

/// Logistic regression by descent along the gradient; nothing in it is random. The first sign, which always holds, is not drawn to 0.
fn fit<'a>(cases: impl Iterator<Item = &'a Case> + Clone) -> Vec<f64> {
    let mut weights = vec![0.0; SIGNS.len()];
    let count = cases.clone().count().max(1) as f64;
    for _ in 0..STEPS {
        let mut slope = vec![0.0; SIGNS.len()];
        for case in cases.clone() {
            let error = probability(&weights, &case.signs) - f64::from(u8::from(case.right));
            case.signs.iter().for_each(|sign| slope[*sign] += error);
        }
        for (at, (weight, slope)) in weights.iter_mut().zip(slope).enumerate() {
            let prior = if at == 0 { 0.0 } else { PRIOR * *weight };
            *weight -= 0.5 * (slope + prior) / count;
        }
    }
    weights
}

/// The mean distance of confidence and share of right events over ten bins of confidence, by their size.
pub fn calibration_error(told: &[(f64, bool)]) -> f64 {
    let bin = |at: usize| told.iter().filter(move |(sure, _)| ((sure * 10.0) as usize).min(9) == at);
    let gap = |at: usize| {
        let (sure, right) =
            bin(at).fold((0.0, 0.0), |(sum, hits), (sure, right)| (sum + sure, hits + f64::from(u8::from(*right))));
        f64::abs(sure - right)
    };
    (0..10).map(gap).sum::<f64>() / told.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_right_events_get_weight_and_the_share_is_met() {
        // Of those with the first sign four in five are right, of those with the second one in five.
        let case =
            |at: usize| Case { signs: vec![0, 1 + at % 2], right: (at % 10 < 8) == at.is_multiple_of(2), fold: at % FOLDS };
        let cases: Vec<Case> = (0..180).map(case).collect();
        let weights = fit(cases.iter());
        assert!(weights[1] > weights[2]);
        let told: Vec<(f64, bool)> = cases.iter().map(|case| (probability(&weights, &case.signs), case.right)).collect();
        assert!(calibration_error(&told) < 0.03);
    }

    #[test]
    fn what_is_always_sure_and_half_wrong_is_half_off() {
        let error = calibration_error(&[(1.0, true), (1.0, false)]);
        assert!((error - 0.5).abs() < 1e-9, "{error}");
    }
}
