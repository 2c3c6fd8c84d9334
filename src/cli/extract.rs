//! `entente extract`: articles from files or standard input, events out, without Kafka.
//!
//! Articles are coded on all cores; events come out in the order of the articles.

use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;

use anyhow::Context;
use clap::ValueEnum;

use super::{explain, table};
use crate::actor::Dictionaries;
use crate::event::Event;
use crate::pipeline::{Coded, Passed, Pipeline};
use crate::record::Record;

/// Code articles from files or standard input.
///
/// A .jsonl file holds an article a line; any other file is one article, in any of the shapes the service reads: our JSON,
/// plain text, HTML, JSON-LD, ninjs, NewsAPI. Exits with 1 if some article was rejected; the reasons are on stderr.
#[derive(clap::Args)]
pub struct Args {
    /// Files to read; none, or `-`, is standard input.
    files: Vec<PathBuf>,
    /// A table for people or JSON lines for programs. Default: a table on a terminal, else JSON lines.
    #[arg(long, value_enum)]
    format: Option<Format>,
    #[command(flatten)]
    judge: super::judge::Args,
    /// Instead of events: what was read in every sentence, what made each event, and what was dropped and why.
    #[arg(long, conflicts_with = "format")]
    explain: bool,
    /// A table of actors of your own to merge, in the format of config/lexicon/actors/organs.tsv; may be given several times.
    #[arg(long, value_name = "FILE")]
    actors: Vec<PathBuf>,
    /// A dictionary of actors in the PETRARCH format to merge.
    #[arg(long, value_name = "FILE")]
    petrarch_actors: Vec<PathBuf>,
    /// A dictionary of agents in the PETRARCH format to merge.
    #[arg(long, value_name = "FILE")]
    petrarch_agents: Vec<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Jsonl,
}

/// Articles taken from a file at a time: enough to keep all cores busy, few enough to hold in memory.
const BATCH: usize = 256;

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Args { judge, files, format, explain, actors, petrarch_actors, petrarch_agents } = args;
    let (pipeline, _) = Pipeline::embedded()?.with_judge(judge.on())?.with_dictionaries(&Dictionaries {
        actors,
        petrarch_actors,
        petrarch_agents,
    })?;
    let terminal = io::stdout().is_terminal();
    let format = format.unwrap_or(if terminal { Format::Table } else { Format::Jsonl });
    let mut report = Report { format, colour: terminal, events: Vec::new(), articles: 0, passed: 0, rejected: 0, coded: 0 };
    let files = if files.is_empty() { vec![PathBuf::from("-")] } else { files };
    for file in &files {
        let mut take = |batch: Vec<Source>| {
            if explain { report.explain(&pipeline, &batch) } else { report.add(&pipeline, batch) }
        };
        read(file, &mut take).with_context(|| format!("cannot read {}", file.display()))?;
    }
    report.finish()
}

/// One article and where it came from, for messages: `file` or `file:line`.
struct Source {
    place: String,
    record: Record,
}

/// Hands the articles of `file` to `take`, at most [`BATCH`] at a time.
fn read(file: &Path, take: &mut dyn FnMut(Vec<Source>) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let stdin = file.as_os_str() == "-";
    let name = if stdin { "stdin".to_owned() } else { file.display().to_string() };
    let mut reader: Box<dyn BufRead> =
        if stdin { Box::new(BufReader::new(io::stdin())) } else { Box::new(BufReader::new(File::open(file)?)) };
    let lines = match file.extension().and_then(|extension| extension.to_str()) {
        Some(extension) => extension.eq_ignore_ascii_case("jsonl") || extension.eq_ignore_ascii_case("ndjson"),
        None => stdin && looks_like_json_lines(reader.fill_buf()?),
    };
    if !lines {
        let mut payload = Vec::new();
        reader.read_to_end(&mut payload)?;
        return take(vec![Source { place: name, record: Record::from_payload(payload) }]);
    }
    let mut batch = Vec::with_capacity(BATCH);
    let mut number = 0;
    loop {
        let mut line = Vec::new();
        if reader.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        number += 1;
        if line.trim_ascii().is_empty() {
            continue;
        }
        batch.push(Source { place: format!("{name}:{number}"), record: Record::from_payload(line) });
        if batch.len() == BATCH {
            take(std::mem::take(&mut batch))?;
        }
    }
    take(batch)
}

/// Standard input has no extension to tell: a first line that is a whole JSON object is the first of several.
fn looks_like_json_lines(start: &[u8]) -> bool {
    let Some(line) = start.trim_ascii_start().split(|byte| *byte == b'\n').next() else { return false };
    serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(line).is_ok()
}

struct Report {
    format: Format,
    colour: bool,
    /// Held back for the table only; JSON lines are written at once.
    events: Vec<Event>,
    articles: usize,
    passed: usize,
    rejected: usize,
    coded: usize,
}

impl Report {
    fn add(&mut self, pipeline: &Pipeline, batch: Vec<Source>) -> anyhow::Result<()> {
        let mut out = io::stdout().lock();
        let results = code(pipeline, &batch);
        for (source, result) in batch.iter().zip(results) {
            self.articles += 1;
            match result {
                Ok(Coded::Events(events)) => {
                    self.coded += events.len();
                    match self.format {
                        Format::Table => self.events.extend(events),
                        Format::Jsonl => {
                            for event in &events {
                                serde_json::to_writer(&mut out, event)?;
                                out.write_all(b"\n")?;
                            }
                        }
                    }
                }
                Ok(Coded::Passed(passed)) => {
                    self.passed += 1;
                    eprintln!("{}: passed over: {}", source.place, why(passed));
                }
                Err(rejection) => {
                    self.rejected += 1;
                    eprintln!("{}: rejected: {rejection}", source.place);
                }
            }
        }
        Ok(())
    }

    /// One article after another: the output is for people.
    fn explain(&mut self, pipeline: &Pipeline, batch: &[Source]) -> anyhow::Result<()> {
        let mut out = io::stdout().lock();
        for source in batch {
            self.articles += 1;
            match pipeline.explain(&source.record) {
                Ok(Some(explanation)) => {
                    self.coded += explanation.told.len();
                    explain::write(&mut out, &source.place, &explanation)?;
                }
                Ok(None) => {
                    self.passed += 1;
                    eprintln!("{}: passed over", source.place);
                }
                Err(rejection) => {
                    self.rejected += 1;
                    eprintln!("{}: rejected: {rejection}", source.place);
                }
            }
        }
        Ok(())
    }

    fn finish(self) -> anyhow::Result<ExitCode> {
        if self.format == Format::Table && !self.events.is_empty() {
            println!("{}", table::events(&self.events, self.colour));
        }
        let Report { articles, coded, passed, rejected, .. } = self;
        eprintln!("{articles} articles, {coded} events, {passed} passed over, {rejected} rejected");
        Ok(if rejected == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn why(passed: Passed) -> &'static str {
    match passed {
        Passed::Tombstone => "a tombstone, no article",
        Passed::Language => "its language is not coded yet",
        Passed::Withdrawn => "its publisher withdrew it",
    }
}

/// Codes a batch on all cores; results stand in the order of the batch.
fn code(pipeline: &Pipeline, batch: &[Source]) -> Vec<Result<Coded, crate::record::Rejection>> {
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get());
    let share = batch.len().div_ceil(cores).max(1);
    thread::scope(|scope| {
        let code_share = |sources: &[Source]| sources.iter().map(|source| pipeline.code(&source.record)).collect::<Vec<_>>();
        let workers: Vec<_> = batch.chunks(share).map(|sources| scope.spawn(move || code_share(sources))).collect();
        // A panic in the coder is a bug; here, unlike in the service, it may end the program.
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}
