//! `entente train`: makes the model files under `config/models/` from data that is not part of the project.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::Subcommand;

use crate::syntax::{conllu, train};

mod cases;
mod confidence;
mod fusion;
mod left_out;
mod newton;
mod reader;
mod relation;
mod subject;

pub use relation::{Neutral, fold};

/// Train a model from data.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// The model of `syntax`: lemmas from CoNLL-U treebanks, and the network that `config/models/training/syntax` trains.
    Syntax {
        /// Treebanks to learn lemmas from.
        #[arg(required = true)]
        treebanks: Vec<PathBuf>,
        /// The network, as `export.py` writes it.
        #[arg(long)]
        network: PathBuf,
        /// Its pairs of tags, as `export.py` writes them.
        #[arg(long)]
        tags: PathBuf,
        /// Where the model goes.
        #[arg(long, default_value = "config/models/syntax.zst")]
        out: PathBuf,
    },
    /// What one phrase of a text does to another, from marked sentences.
    Relation(relation::Args),
    /// How sure an event is, from annotated articles.
    Confidence(confidence::Args),
    /// What a passage is about, from annotated articles and everyday news.
    Subject(subject::Args),
    /// Whether a predicate leaves a party to the reader, from annotated articles.
    LeftOut(left_out::Args),
    /// How sure an event is where the judge reads along, from annotated articles.
    Fusion(fusion::Args),
    /// The pairs of actors in articles, for the training of the judge's branch for articles.
    ReaderPairs(reader::Args),
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.what {
        What::Syntax { treebanks, network, tags, out } => {
            let mut gold = Vec::new();
            for path in &treebanks {
                let file = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
                gold.extend(conllu::read(&file).map_err(|error| anyhow!("{}: {error}", path.display()))?);
            }
            let network = fs::read(&network).with_context(|| format!("cannot read {}", network.display()))?;
            let tags = fs::read_to_string(&tags).with_context(|| format!("cannot read {}", tags.display()))?;
            let model = train::train(&gold, &tags, &network)?;
            fs::write(&out, &model).with_context(|| format!("cannot write {}", out.display()))?;
            println!("{}: {} bytes", out.display(), model.len());
        }
        What::Relation(args) => relation::run(&args)?,
        What::Confidence(args) => confidence::run(&args)?,
        What::LeftOut(args) => left_out::run(&args)?,
        What::Subject(args) => subject::run(&args)?,
        What::Fusion(args) => fusion::run(&args)?,
        What::ReaderPairs(args) => reader::run(&args)?,
    }
    Ok(ExitCode::SUCCESS)
}
