//! `entente eval traps`: short texts in which states or their namesakes stand together and nothing bilateral happens. Whatever is
//! coded in one is wrong.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Deserialize;
use serde_json::json;

use super::annotation::read_all;
use super::{Figure, coded};
use crate::cli::table;
use crate::event::Event;
use crate::pipeline::Pipeline;
use crate::record::Record;

/// Count the texts without a bilateral event in which one is coded all the same.
#[derive(clap::Args)]
pub struct Args {
    /// File with `{"id", "title"?, "text"}` a line.
    file: PathBuf,
    #[command(flatten)]
    pub judge: crate::cli::judge::Args,
}

#[derive(Deserialize)]
struct Trap {
    id: String,
    #[serde(default)]
    title: String,
    text: String,
}

pub fn run(pipeline: &Pipeline, args: &Args) -> anyhow::Result<ExitCode> {
    let traps = read_all::<Trap>(&args.file)?;
    let mut caught = 0;
    for trap in &traps {
        let events = events(pipeline, trap);
        caught += usize::from(!events.is_empty());
        for event in events {
            let (source, target) = (&event.source.country, &event.target.country);
            println!(
                "{}\t{source}>{target} {} {} {:.2}\t{}",
                trap.id,
                table::act(&event),
                event.status,
                event.confidence,
                trap.text
            );
        }
    }
    println!("{} texts, {caught} wrongly coded", traps.len());
    Ok(ExitCode::SUCCESS)
}

/// The row of this score in the table of all scores.
pub fn figures(pipeline: &Pipeline, file: &Path) -> anyhow::Result<Vec<Figure>> {
    let traps = read_all::<Trap>(file)?;
    let caught = traps.iter().filter(|trap| !events(pipeline, trap).is_empty()).count();
    let value = format!("{caught} of {}", traps.len());
    Ok(vec![Figure::new(&file.display().to_string(), "texts wrongly coded", value, "5", "0")])
}

fn events(pipeline: &Pipeline, trap: &Trap) -> Vec<Event> {
    let article = json!({"id": trap.id, "title": trap.title, "text": trap.text, "language": "en"});
    coded(pipeline, &Record::from_payload(article.to_string()), &trap.id)
}
