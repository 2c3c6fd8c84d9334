//! `entente eval syntax`: tags and trees on gold tokens, sentences and tokens from raw text.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use comfy_table::{Table, presets};

use crate::syntax::{Analyzer, Parts, conllu, score};

/// Score tags, trees, sentences and tokens against CoNLL-U treebanks.
#[derive(clap::Args)]
pub struct Args {
    /// CoNLL-U treebanks.
    #[arg(required = true)]
    treebanks: Vec<PathBuf>,
    /// A model file, instead of the one in the binary.
    #[arg(long)]
    model: Option<PathBuf>,
}

/// The analyzer with the model in the file, or with the one in the binary.
pub fn analyzer(model: Option<&Path>) -> anyhow::Result<Analyzer> {
    let Some(path) = model else { return Ok(Analyzer::embedded()?) };
    let file = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Analyzer::with(Parts::unpack(&file)?)?)
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let analyzer = analyzer(args.model.as_deref())?;
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN).set_header([
        "treebank",
        "words",
        "UPOS",
        "XPOS",
        "lemma",
        "UAS",
        "LAS",
        "sentence F1",
        "token F1",
    ]);
    for path in &args.treebanks {
        let file = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let gold = conllu::read(&file).map_err(|error| anyhow!("{}: {error}", path.display()))?;
        let s = score::score(&analyzer, &gold);
        let percent = |share: f64| format!("{:.2}", 100.0 * share);
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let shares = [s.upos, s.xpos, s.lemma, s.uas, s.las, s.sentence_f1, s.token_f1].map(percent);
        table.add_row([vec![name, s.words.to_string()], shares.to_vec()].concat());
    }
    println!("{table}");
    Ok(ExitCode::SUCCESS)
}
