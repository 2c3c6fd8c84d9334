//! [`Case`]: what a logistic model is fitted to, taken from annotated articles; and what all such fits do alike.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::newton;
use crate::cli::eval::{GoldArticle, read_all};
use crate::event::fusion::{Property, probability};

/// Parts into which the articles are divided, each to be held out once.
pub const FOLDS: usize = 5;

/// What is seen of something that may be right, and whether it is.
pub struct Case {
    pub properties: Vec<Property>,
    pub right: bool,
    pub fold: usize,
}

/// Calls `add` with each article of some files and its fold.
pub fn each(files: &[PathBuf], mut add: impl FnMut(&GoldArticle, usize) -> anyhow::Result<()>) -> anyhow::Result<()> {
    for file in files {
        for (at, article) in read_all::<GoldArticle>(file)?.iter().enumerate() {
            add(article, at % FOLDS)?;
        }
    }
    Ok(())
}

/// The `count` weights fitted to cases; `prior` is how strongly each is drawn to 0.
fn fit<'a>(cases: impl Iterator<Item = &'a Case>, count: usize, prior: f64) -> Vec<f64> {
    let cases: Vec<(&[Property], bool)> = cases.map(|case| (case.properties.as_slice(), case.right)).collect();
    newton::fit(&cases, count, prior, vec![0.0; count])
}

/// What weights that were fitted to the other folds say of each case, and whether it is right.
fn held_out(cases: &[Case], count: usize, prior: f64) -> Vec<(f64, bool)> {
    let of = |fold: usize| {
        let weights = fit(cases.iter().filter(|case| case.fold != fold), count, prior);
        let held = cases.iter().filter(move |case| case.fold == fold);
        held.map(|case| (probability(&weights, &case.properties), case.right)).collect::<Vec<_>>()
    };
    (0..FOLDS).flat_map(of).collect()
}

/// Fits a weight for each of `names` to cases and writes them below `head`. Gives what [`held_out`] gives.
pub fn make(out: &Path, head: &str, names: &[impl AsRef<str>], cases: &[Case], prior: f64) -> anyhow::Result<Vec<(f64, bool)>> {
    let weights = fit(cases.iter(), names.len(), prior);
    let mut text = String::from(head);
    for (name, weight) in names.iter().zip(weights) {
        let _ = writeln!(text, "{}\t{:.3}", name.as_ref(), rounded(weight));
    }
    fs::write(out, text).with_context(|| format!("cannot write {}", out.display()))?;
    Ok(held_out(cases, names.len(), prior))
}

/// A weight as the files have it; no minus before nothing, so that it has one way to be written.
pub fn rounded(weight: f64) -> f64 {
    if weight.abs() < 0.0005 { 0.0 } else { weight }
}

/// How many of those told with a probability of `least` or more are right, and how many they are.
pub fn right_among(told: &[(f64, bool)], least: f64) -> (usize, usize) {
    let sure = || told.iter().filter(|(sure, _)| *sure >= least);
    (sure().filter(|(_, right)| *right).count(), sure().count())
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
        let case = |at: usize| Case {
            properties: vec![(0, 1.0), (1 + at % 2, 1.0)],
            right: (at % 10 < 8) == at.is_multiple_of(2),
            fold: at % FOLDS,
        };
        let cases: Vec<Case> = (0..180).map(case).collect();
        let weights = fit(cases.iter(), 3, 2.0);
        assert!(weights[1] > weights[2]);
        let told: Vec<(f64, bool)> = cases.iter().map(|case| (probability(&weights, &case.properties), case.right)).collect();
        assert!(calibration_error(&told) < 0.03);
    }

    #[test]
    fn what_is_always_sure_and_half_wrong_is_half_off() {
        let error = calibration_error(&[(1.0, true), (1.0, false)]);
        assert!((error - 0.5).abs() < 1e-9, "{error}");
        assert_eq!(right_among(&[(0.9, true), (0.9, false), (0.7, true)], 0.8), (1, 2));
    }
}
