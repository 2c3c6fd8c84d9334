//! `entente check`: is the configuration right, does the coder load, can Kafka be used?

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, anyhow};

use super::exit::Failure;
use crate::actor::Merged;
use crate::config::{Config, Source};
use crate::pipeline::Pipeline;
use crate::stream::probe::probe;

/// Lines of a dictionary that are left out and shown; more are only counted.
const SHOWN: usize = 5;

/// Validate a configuration, load the coder, and try the connection to Kafka.
#[derive(clap::Args)]
pub struct Args {
    /// Configuration file; without one, the defaults and the environment.
    #[arg(long, env = "ENTENTE_CONFIG")]
    config: Option<PathBuf>,
    /// Leave Kafka alone: only the configuration and the coder.
    #[arg(long)]
    offline: bool,
    /// Seconds to wait for each answer from Kafka.
    #[arg(long, default_value_t = 10)]
    patience: u64,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let config = Config::load(&Source::process(args.config.as_deref())).context(Failure::Configuration)?;
    println!("ok     configuration");
    let pipeline = Pipeline::embedded()?.with_judge(config.coder.judge)?;
    println!("ok     lexicons and models");
    let (_, merged) = pipeline.with_dictionaries(&config.coder.dictionaries).context(Failure::Configuration)?;
    merged.iter().for_each(report);
    if args.offline {
        return Ok(ExitCode::SUCCESS);
    }
    let findings = probe(&config, Duration::from_secs(args.patience));
    for finding in &findings {
        match &finding.outcome {
            Ok(found) => println!("ok     {}: {found}", finding.what),
            Err(wrong) => println!("WRONG  {}: {wrong}", finding.what),
        }
    }
    match findings.iter().filter(|finding| finding.outcome.is_err()).count() {
        0 => Ok(ExitCode::SUCCESS),
        wrong => Err(anyhow!(Failure::Kafka).context(format!("{wrong} of {} checks failed", findings.len()))),
    }
}

/// What a dictionary brought, and what of it is of no use.
fn report(merged: &Merged) {
    let Merged { file, added, known, skipped } = merged;
    let file = file.display();
    println!("ok     {file}: {added} added, {known} known already, {} left out", skipped.len());
    for line in skipped.iter().take(SHOWN) {
        println!("       {file}:{}: {}", line.line, line.why);
    }
    if skipped.len() > SHOWN {
        println!("       and {} more", skipped.len() - SHOWN);
    }
}
