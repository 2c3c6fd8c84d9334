//! `entente eval relation`: what one phrase does to another, by the frames, by the linear model, by both, each sentence scored by a
//! model that has not seen it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use comfy_table::{Table, presets};

use super::Figure;
use crate::cli::pairs::{self, Analysis};
use crate::cli::train;
use crate::event::Act;
use crate::event::relation::train::{Example, FOLDS, Options, fit};
use crate::event::relation::{NONE, OUTPUTS, Reader, output};
use crate::syntax::Analyzer;

/// Score the classes of marked pairs by five-fold cross-validation: macro-F1 over classes and over the four groups.
///
/// Sentences that are alike are in one fold. CONCEDE and RETREAT count as one class.
#[derive(clap::Args)]
pub struct Args {
    /// JSON lines as `entente classify` takes them, each with its class as `root`.
    file: PathBuf,
    #[command(flatten)]
    neutral: train::Neutral,
    /// List what was misread.
    #[arg(long)]
    errors: bool,
}

/// The answers of one way of reading, in the order of the lines; [`NONE`] is no answer.
struct Reading {
    name: &'static str,
    answers: Vec<usize>,
}

struct Scored {
    lines: Vec<pairs::Line>,
    right: Vec<usize>,
    readings: Vec<Reading>,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let scored = score(&args.file, &args.neutral)?;
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN).set_header(["read by", "macro-F1, classes", "macro-F1, 4 groups", "right"]);
    for reading in &scored.readings {
        let hits = reading.answers.iter().zip(&scored.right).filter(|(a, b)| a == b).count();
        let share = hits as f64 / scored.right.len() as f64;
        let [classes, groups] = macros(&scored.right, &reading.answers);
        table.add_row([reading.name.to_owned(), number(classes), number(groups), number(share)]);
    }
    println!("{}, {} pairs\n{table}\n", args.file.display(), scored.right.len());
    if let Some(both) = scored.readings.last() {
        println!("{}", classes(&scored.right, &both.answers));
        if args.errors {
            for ((line, right), answer) in scored.lines.iter().zip(&scored.right).zip(&both.answers).filter(|((_, r), a)| r != a)
            {
                println!("{}\t{}\t{}\t{}", line.id, name(*right), name(*answer), line.text);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The rows of this score in the table of all scores.
pub fn figures(file: &Path, neutral: &train::Neutral) -> anyhow::Result<Vec<Figure>> {
    let scored = score(file, neutral)?;
    let data = file.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let mut figures = Vec::new();
    for reading in &scored.readings {
        let whole = reading.name == "both";
        let [classes, groups] = macros(&scored.right, &reading.answers);
        for (measure, value, floor, aim) in [("15 classes", classes, "0.72", "0.80"), ("4 groups", groups, "0.85", "0.90")] {
            let (floor, aim) = if whole { (floor, aim) } else { ("", "") };
            figures.push(Figure::new(&data, &format!("macro-F1, {measure}, {}", reading.name), number(value), floor, aim));
        }
    }
    Ok(figures)
}

fn score(file: &Path, neutral: &train::Neutral) -> anyhow::Result<Scored> {
    let (analyzer, reader) = (Analyzer::embedded()?, Reader::embedded()?);
    let lines = pairs::read_all(file)?;
    let mut analysis = Analysis::default();
    let mut right = Vec::new();
    let (mut frames, mut plain, mut whole) = (Vec::new(), Vec::new(), Vec::new());
    for line in &lines {
        let class = output(line.class()?);
        let fold = train::fold(&line.text);
        line.ask(&analyzer, &reader, &mut analysis, |pair| {
            frames.push(pair.hit.map_or(NONE, |hit| output(hit.class)));
            for (pair, out) in
                [(crate::event::relation::Pair { hit: None, back: None, ..*pair }, &mut plain), (*pair, &mut whole)]
            {
                let features = reader.features(&pair);
                out.push(Example { sparse: features.sparse, dense: features.dense, class, fold });
            }
        })?;
        right.push(class);
    }
    let none = neutral.examples(&analyzer, &reader, &lines)?;
    let mut readings = vec![Reading { name: "frames", answers: frames }];
    for (name, examples) in [("linear", plain), ("both", whole)] {
        readings.push(Reading { name, answers: held_out(&examples, &none) });
    }
    Ok(Scored { lines, right, readings })
}

/// The likeliest act of each example by a model trained without its fold.
fn held_out(examples: &[Example], none: &[Example]) -> Vec<usize> {
    let mut answers = vec![NONE; examples.len()];
    for fold in 0..FOLDS {
        let weights = fit(examples.iter().filter(|example| example.fold != fold).chain(none), Options::default());
        for (answer, example) in answers.iter_mut().zip(examples).filter(|(_, example)| example.fold == fold) {
            let sums = weights.sums(&example.sparse, &example.dense);
            *answer = (0..NONE).max_by_key(|class| (sums[*class], std::cmp::Reverse(*class))).unwrap_or(NONE);
        }
    }
    answers
}

/// Macro-F1 over the classes and over the four groups that are there.
fn macros(right: &[usize], answers: &[usize]) -> [f64; 2] {
    let group = |class: &usize| (0..NONE).find(|known| known == class).map_or(NONE, group_of);
    let grouped = |classes: &[usize]| classes.iter().map(group).collect::<Vec<_>>();
    [macro_f1(right, answers), macro_f1(&grouped(right), &grouped(answers))]
}

fn group_of(class: usize) -> usize {
    Act::ALL
        .iter()
        .find(|act| **act != Act::Concede && output(**act) == class)
        .map_or(NONE, |act| crate::event::quad(*act) as usize)
}

fn macro_f1(right: &[usize], answers: &[usize]) -> f64 {
    let scores = (0..NONE).filter(|class| right.contains(class)).map(|class| f1(right, answers, class)[3]).collect::<Vec<_>>();
    scores.iter().sum::<f64>() / scores.len() as f64
}

/// How many there are, precision, recall, F1.
fn f1(right: &[usize], answers: &[usize], class: usize) -> [f64; 4] {
    let expected = right.iter().filter(|held| **held == class).count() as f64;
    let found = answers.iter().filter(|held| **held == class).count() as f64;
    let both = right.iter().zip(answers).filter(|(a, b)| **a == class && a == b).count() as f64;
    [expected, both / found.max(1.0), both / expected.max(1.0), 2.0 * both / (expected + found).max(1.0)]
}

fn classes(right: &[usize], answers: &[usize]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN).set_header(["class", "pairs", "P", "R", "F1"]);
    for class in (0..NONE).filter(|class| right.contains(class)) {
        let [expected, precision, recall, f1] = f1(right, answers, class);
        table.add_row([name(class).to_owned(), expected.to_string(), number(precision), number(recall), number(f1)]);
    }
    table
}

fn name(class: usize) -> &'static str {
    Act::ALL
        .iter()
        .find(|act| **act != Act::Concede && class < OUTPUTS && output(**act) == class)
        .map_or("none", |act| act.as_str())
}

fn number(value: f64) -> String {
    format!("{value:.3}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn macro_f1_weighs_each_class_alike_and_counts_no_answer_as_missed() {
        let (accuse, aid) = (output(Act::Accuse), output(Act::Aid));
        let right = [accuse, accuse, accuse, aid];
        assert_eq!(macros(&right, &right), [1.0, 1.0]);
        let [classes, groups] = macros(&right, &[accuse, accuse, NONE, accuse]);
        assert!((classes - (2.0 * 2.0 / 6.0) / 2.0).abs() < 1e-9 && (groups - classes).abs() < 1e-9, "{classes} {groups}");
    }
}
