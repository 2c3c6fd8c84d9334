//! `entente classify`: what the first of two marked phrases does to the second, always with a best guess.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use serde::Serialize;
use serde_json::Value;

use super::pairs::{Analysis, Line};
use crate::event::relation::{Classifier, Verdict};
use crate::event::{Act, Mode, Quad, Status};
use crate::syntax::Analyzer;

/// Classify what one phrase of a text does to another.
///
/// Reads one JSON object a line, {"id", "text", "source": [a, b], "target": [a, b]}, with offsets in characters, the end exclusive;
/// writes one a line, {"id", "root", "mode", "quad", "status", "confidence"}. `root` is a PLOVER class and always a best guess. A line
/// that cannot be read is reported with its number, the others are classified all the same, and the exit code is 1.
#[derive(clap::Args)]
pub struct Args {
    /// JSON lines; - or nothing is standard input.
    #[arg(default_value = "-")]
    file: PathBuf,
    #[command(flatten)]
    judge: super::judge::Args,
}

#[derive(Serialize)]
struct Answer {
    id: Value,
    root: Act,
    mode: Option<Mode>,
    quad: Quad,
    status: Status,
    confidence: f64,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let input: Box<dyn BufRead> = if args.file.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        let file = std::fs::File::open(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
        Box::new(BufReader::new(file))
    };
    let (analyzer, classifier) = (Analyzer::embedded()?, Classifier::embedded()?.with_judge(args.judge.asked())?);
    let mut analysis = Analysis::default();
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut wrong = 0;
    for (at, line) in input.split(b'\n').enumerate() {
        let line = line.with_context(|| format!("cannot read {}", args.file.display()))?;
        let answer = std::str::from_utf8(&line).map_err(anyhow::Error::from).and_then(|line| {
            if line.trim().is_empty() {
                return Ok(None);
            }
            let line = Line::read(line)?;
            let verdict = line.ask(&analyzer, classifier.reader(), &mut analysis, |pair| classifier.classify(pair))?;
            Ok(Some(answer(line.id, &verdict)))
        });
        match answer {
            Ok(Some(answer)) => {
                serde_json::to_writer(&mut out, &answer)?;
                out.write_all(b"\n")?;
            }
            Ok(None) => {}
            Err(error) => {
                wrong += 1;
                eprintln!("line {}: {error:#}", at + 1);
            }
        }
    }
    out.flush()?;
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn answer(id: Value, verdict: &Verdict) -> Answer {
    let confidence = (f64::from(verdict.confidence) * 100.0).round() / 100.0;
    let Verdict { class, mode, quad, status, .. } = *verdict;
    Answer { id, root: class, mode, quad, status, confidence }
}
