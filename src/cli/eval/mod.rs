//! `entente eval`: quality scores, each by its own subcommand; without one, every score whose data is there, in one table.

use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;
use comfy_table::{Table, presets};

use crate::event::Event;
use crate::pipeline::Pipeline;
use crate::record::Record;

mod actors;
mod annotation;
mod gold;
mod matching;
mod relation;
mod score;
mod syntax;
mod traps;

pub use annotation::{GoldArticle, GoldEvent, QUIET, read_all};
pub use score::answered;
pub use syntax::analyzer;

/// Measure the quality of the coder.
///
/// Without a subcommand, every score whose data is found below the current directory, in one table.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
    /// Marked pairs with their classes, to be scored as well; see `entente eval relation`.
    #[arg(long)]
    relation: Option<std::path::PathBuf>,
    #[command(flatten)]
    neutral: crate::cli::train::Neutral,
}

#[derive(Subcommand)]
enum What {
    Syntax(syntax::Args),
    Gold(gold::Args),
    Relation(relation::Args),
    Actors(actors::Args),
    Traps(traps::Args),
}

/// One row of the table of all scores.
pub struct Figure {
    data: String,
    measure: String,
    value: String,
    floor: String,
    aim: String,
}

impl Figure {
    pub fn new(data: &str, measure: &str, value: String, floor: &str, aim: &str) -> Self {
        Self { data: data.to_owned(), measure: measure.to_owned(), value, floor: floor.to_owned(), aim: aim.to_owned() }
    }

    fn without_targets(self) -> Self {
        Self { floor: String::new(), aim: String::new(), ..self }
    }
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let pipeline = |judge| Pipeline::embedded()?.with_judge(judge);
    match args.what {
        Some(What::Syntax(args)) => syntax::run(&args),
        Some(What::Relation(args)) => relation::run(&args),
        Some(What::Gold(args)) => gold::run(&pipeline(args.judge.on())?, &args),
        Some(What::Actors(args)) => actors::run(&pipeline(false)?, &args),
        Some(What::Traps(args)) => traps::run(&pipeline(args.judge.on())?, &args),
        None => all(
            &[("rules alone", pipeline(false)?), ("with the judge", pipeline(true)?)],
            args.relation.as_deref(),
            &args.neutral,
        ),
    }
}

type Scorer = fn(&Pipeline, &Path) -> anyhow::Result<Vec<Figure>>;

/// Where the data of each score is, from the root of the repository, and whether floors and aims are set for them.
const DATA: [(&str, Scorer, bool); 16] = [
    ("../shared/gold/seed_article.json", gold::seed_figures, true),
    ("tests/gold/dev.jsonl", gold::figures, true),
    ("tests/gold/dev.jsonl", actors::figures, true),
    ("tests/gold/test.jsonl", gold::figures, true),
    ("tests/gold/learn.jsonl", gold::figures, false),
    ("tests/gold/fresh.jsonl", gold::figures, false),
    ("tests/gold/agency.jsonl", gold::figures, false),
    ("tests/gold/agency_fresh.jsonl", gold::figures, false),
    ("tests/gold/desk.jsonl", gold::figures, false),
    ("tests/gold/world.jsonl", gold::figures, false),
    ("tests/gold/wire.jsonl", gold::figures, false),
    ("tests/gold/abroad.jsonl", gold::figures, false),
    ("tests/gold/dense.jsonl", gold::figures, false),
    ("tests/gold/quiet.jsonl", traps::figures, false),
    ("tests/gold/everyday.jsonl", traps::figures, false),
    ("tests/gold/traps.jsonl", traps::figures, true),
];

fn all(
    pipelines: &[(&str, Pipeline)],
    relation: Option<&Path>,
    neutral: &crate::cli::train::Neutral,
) -> anyhow::Result<ExitCode> {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN).set_header(["data", "measure", "value", "floor", "aim"]);
    let mut figures = Vec::new();
    for (file, scorer, targeted) in DATA {
        let file = Path::new(file);
        if file.exists() {
            for (tiers, pipeline) in pipelines {
                for figure in scorer(pipeline, file)? {
                    let figure = if targeted { figure } else { figure.without_targets() };
                    figures.push(Figure { measure: format!("{}; {tiers}", figure.measure), ..figure });
                }
            }
        } else {
            eprintln!("{}: not found, skipped", file.display());
        }
    }
    match relation {
        Some(file) => figures.extend(relation::figures(file, neutral)?),
        None => eprintln!("--relation is not given: marked pairs are not scored"),
    }
    for figure in figures {
        table.add_row([figure.data, figure.measure, figure.value, figure.floor, figure.aim]);
    }
    println!("{table}");
    Ok(ExitCode::SUCCESS)
}

/// The events of an article; none, and a line on stderr, where it is rejected.
fn coded(pipeline: &Pipeline, record: &Record, id: &str) -> Vec<Event> {
    pipeline.process(record).unwrap_or_else(|rejection| {
        eprintln!("{id}: rejected: {rejection}");
        Vec::new()
    })
}
