//! `entente schema`: the JSON Schema of what goes out and of what comes in, made from the types themselves.

use std::process::ExitCode;

use clap::ValueEnum;
use schemars::schema_for;

use crate::article::ArticleJson;
use crate::event::Event;
use crate::stream::outgoing::Retraction;

/// Print the JSON Schema of the event, of the retraction, or of the article JSON that `articles.raw` takes.
#[derive(clap::Args)]
pub struct Args {
    /// Which schema.
    #[arg(value_enum, default_value = "event")]
    what: What,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// What comes out on `relations.events`.
    Event,
    /// What takes an event back on `relations.events`.
    Retraction,
    /// The article JSON that `articles.raw` takes.
    Article,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let schema = match args.what {
        What::Event => schema_for!(Event),
        What::Retraction => schema_for!(Retraction),
        What::Article => schema_for!(ArticleJson),
    };
    println!("{}", serde_json::to_string_pretty(&schema)?);
    Ok(ExitCode::SUCCESS)
}
