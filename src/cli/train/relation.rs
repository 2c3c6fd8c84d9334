//! `entente train relation`: the linear model of what one phrase does to another.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::cli::pairs::{self, Analysis, Line};
use crate::event::relation::train::{Example, FOLDS, Options, train};
use crate::event::relation::{NONE, Reader, output};
use crate::syntax::Analyzer;

#[derive(clap::Args)]
pub struct Args {
    /// JSON lines as `entente classify` takes them, each with its class as `root`.
    file: PathBuf,
    #[command(flatten)]
    neutral: Neutral,
    /// Where the model goes.
    #[arg(long, default_value = "config/models/relation.zst")]
    out: PathBuf,
    #[arg(long, default_value_t = Options::default().seed)]
    seed: u64,
}

/// Where pairs are found that do nothing to each other.
#[derive(clap::Args, Default)]
pub struct Neutral {
    /// Sentences, a tab, and 0 where nothing happens in them. Those that the pairs hold too are left out.
    #[arg(long, requires = "spans")]
    quads: Option<PathBuf>,
    /// The same sentences with a token a line and its tag: B-S I-S source, B-T I-T target.
    #[arg(long, requires = "quads")]
    spans: Option<PathBuf>,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let (analyzer, reader) = (Analyzer::embedded()?, Reader::embedded()?);
    let lines = pairs::read_all(&args.file)?;
    let mut examples = args.neutral.examples(&analyzer, &reader, &lines)?;
    let none = examples.len();
    let mut analysis = Analysis::default();
    for line in &lines {
        examples.push(example(line, output(line.class()?), &analyzer, &reader, &mut analysis)?);
    }
    let weights = train(&examples, Options { seed: args.seed, ..Options::default() });
    let model = weights.pack()?;
    fs::write(&args.out, &model).with_context(|| format!("cannot write {}", args.out.display()))?;
    println!(
        "{}: {} bytes, {} features, sharpness {}, from {} pairs and {none} between which nothing happens",
        args.out.display(),
        model.len(),
        weights.features.len(),
        weights.sharpness,
        lines.len()
    );
    Ok(())
}

fn example(line: &Line, class: usize, analyzer: &Analyzer, reader: &Reader, analysis: &mut Analysis) -> anyhow::Result<Example> {
    line.ask(analyzer, reader, analysis, |pair| {
        let features = reader.features(pair);
        Example { sparse: features.sparse, dense: features.dense, class, fold: fold(&line.text) }
    })
}

/// The fold of a sentence: sentences that begin alike are in one.
pub fn fold(text: &str) -> usize {
    let letters = key(text).chars().take(60).collect::<String>();
    (letters.bytes().fold(5381u32, |hash, byte| hash.wrapping_mul(33) ^ u32::from(byte)) >> 8) as usize % FOLDS
}

/// Letters and digits alone, in lower case.
fn key(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

impl Neutral {
    /// One example for each sentence that is marked neutral, has a source and a target, and is none of `lines`.
    pub fn examples(&self, analyzer: &Analyzer, reader: &Reader, lines: &[Line]) -> anyhow::Result<Vec<Example>> {
        let (Some(quads), Some(spans)) = (&self.quads, &self.spans) else { return Ok(Vec::new()) };
        let held: BTreeSet<String> = lines.iter().map(|line| key(&line.text)).collect();
        let quads = read(quads)?;
        let neutral: BTreeSet<String> = quads
            .lines()
            .filter_map(|line| line.rsplit_once('\t'))
            .filter(|(_, q)| *q == "0")
            .map(|(text, _)| key(text))
            .collect();
        let mut analysis = Analysis::default();
        let mut examples = Vec::new();
        for line in read(spans)?.split("\n\n").filter_map(marked) {
            let key = key(&line.text);
            if neutral.contains(&key) && !held.contains(&key) {
                examples.push(example(&line, NONE, analyzer, reader, &mut analysis)?);
            }
        }
        Ok(examples)
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// A sentence of `token tag` lines with its first source and its first target; `None` where it lacks one.
fn marked(block: &str) -> Option<Line> {
    let mut text = String::new();
    let mut spans: [Option<[usize; 2]>; 2] = [None, None];
    let (mut count, mut open) = (0, None);
    for (word, tag) in block.lines().filter_map(|line| line.rsplit_once(' ')) {
        let tight = word.starts_with([',', '.', ';', ':', '!', '?', ')', '%', '’', '\'']);
        if !text.is_empty() && !tight {
            text.push(' ');
            count += 1;
        }
        let start = count;
        text.push_str(word);
        count += word.chars().count();
        let side = tag.get(2..).and_then(|side| ["S", "T"].iter().position(|known| *known == side));
        match side {
            Some(side) if tag.starts_with('B') => {
                open = spans[side].is_none().then_some(side);
                spans[side].get_or_insert([start, count]);
            }
            Some(side) if open == Some(side) => spans[side].iter_mut().for_each(|span| span[1] = count),
            _ => open = None,
        }
    }
    let [source, target] = spans;
    Some(Line::new(text, source?, target?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_that_begin_alike_are_in_one_fold() {
        assert_eq!(fold("Norway met Sweden."), fold("  norway  met SWEDEN"));
        let folds: BTreeSet<usize> = (0..50).map(|at| fold(&format!("{at} sentences"))).collect();
        assert_eq!(folds.len(), FOLDS);
    }

    #[test]
    fn a_marked_sentence_gives_its_first_source_and_target() {
        let block = "A B-S\nSwiss I-S\ncourt I-S\nmet O\nthe O\nCroats B-T\n, O\nMalta B-T\n. O";
        let line = serde_json::to_value(marked(block).map(|line| (line.text.clone(), line.marks()))).unwrap();
        assert_eq!(line, serde_json::json!(["A Swiss court met the Croats, Malta.", [[0, 13], [22, 28]]]));
        assert!(marked("A B-S\ncourt I-S").is_none());
    }
}
