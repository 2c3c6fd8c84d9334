//! `entente train`: makes the model files under `config/models/` from data that is not part of the project.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::Subcommand;

use crate::syntax::{conllu, train};

/// Train a model from data.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Tagger, lemmas and parser, from CoNLL-U treebanks.
    Syntax {
        /// Treebanks to learn from.
        #[arg(required = true)]
        treebanks: Vec<PathBuf>,
        /// Where the model goes.
        #[arg(long, default_value = "config/models/syntax.zst")]
        out: PathBuf,
        #[arg(long, default_value_t = 1)]
        seed: u64,
        #[arg(long, default_value_t = train::Options::default().parser_epochs)]
        parser_epochs: usize,
        #[arg(long, default_value_t = train::Options::default().tagger_epochs)]
        tagger_epochs: usize,
    },
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.what {
        What::Syntax { treebanks, out, seed, parser_epochs, tagger_epochs } => {
            let mut gold = Vec::new();
            for path in &treebanks {
                let file = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
                gold.extend(conllu::read(&file).map_err(|error| anyhow!("{}: {error}", path.display()))?);
            }
            let options = train::Options { seed, parser_epochs, tagger_epochs, ..train::Options::default() };
            let model = train::train(&gold, options, |line| eprintln!("{line}"))?;
            fs::write(&out, &model).with_context(|| format!("cannot write {}", out.display()))?;
            println!("{}: {} bytes from {} sentences", out.display(), model.len(), gold.len());
        }
    }
    Ok(ExitCode::SUCCESS)
}
