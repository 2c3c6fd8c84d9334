//! `entente backfill plan|run`: code a fixed stretch of a topic again, beside the live service.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, bail};
use jiff::Timestamp;
use jiff::civil::Date;

use super::exit::Failure;
use super::run::{failure, stop_on_signals};
use crate::article::Limits;
use crate::config::{Config, Source};
use crate::ops::logging;
use crate::pipeline::Pipeline;
use crate::record::Record;
use crate::stream::backfill::{self, Pace, Plan, Wanted};
use crate::stream::pool;
use crate::stream::service::Ended;

/// Code a stretch of the articles again, exactly once, without touching the live group's position.
///
/// Event ids depend on the article and on what was coded, so that whoever stores events by id ends with one row an event.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Say what would be read, by partition; write nothing.
    Plan(Stretch),
    /// Read it and publish the events. Run the same command again to go on where it was stopped.
    Run(RunArgs),
}

/// What to read.
#[derive(clap::Args)]
pub struct Stretch {
    /// Configuration file; without one, the defaults and the environment.
    #[arg(long, env = "ENTENTE_CONFIG")]
    config: Option<PathBuf>,
    /// Name of this backfill: its position and its end are kept under it.
    #[arg(long)]
    name: String,
    /// First day or instant (log time, UTC): 2024-11-01 or 2024-11-01T06:00:00Z.
    #[arg(long, value_parser = first)]
    from: Option<i64>,
    /// Last day (all of it), or the instant before which to end.
    #[arg(long, value_parser = last)]
    to: Option<i64>,
    /// Only this partition; may be repeated.
    #[arg(long)]
    partition: Vec<i32>,
    /// PARTITION:FIRST-LAST, offsets, both read; may be repeated. Goes before --from and --to.
    #[arg(long, value_parser = offsets)]
    offsets: Vec<(i32, (i64, i64))>,
    /// Topic to read instead of `topics.articles`.
    #[arg(long)]
    input: Option<String>,
    /// Topic to write instead of `topics.events`.
    #[arg(long)]
    output: Option<String>,
}

#[derive(clap::Args)]
pub struct RunArgs {
    #[command(flatten)]
    stretch: Stretch,
    /// Articles a second at most.
    #[arg(long, value_parser = rate)]
    rate: Option<f64>,
    /// Hold while this consumer group lags on the topic.
    #[arg(long, value_name = "GROUP")]
    yield_to_lag: Option<String>,
}

pub fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Plan(stretch) => {
            let (_, plan) = find(&stretch)?;
            show(&plan);
            Ok(ExitCode::SUCCESS)
        }
        Command::Run(args) => {
            let (config, plan) = find(&args.stretch)?;
            logging::start(&config.ops).map_err(anyhow::Error::msg).context(Failure::Configuration)?;
            let pace = Pace { rate: args.rate, yield_to: args.yield_to_lag, replay: None };
            let coder = pool::coder(load(&config)?);
            work(config, &plan, &pace, coder, &|record| Some(record))
        }
    }
}

/// The pipeline of this version, with the dictionaries of the configuration.
pub(super) fn load(config: &Config) -> anyhow::Result<Pipeline> {
    let pipeline =
        Pipeline::embedded()?.with_judge(config.coder.judge)?.with_limits(Limits { max_bytes: config.limits.article_bytes });
    let (pipeline, _) = pipeline.with_dictionaries(&config.coder.dictionaries).context(Failure::Configuration)?;
    Ok(pipeline)
}

/// Codes what the plan says, and shows how far it is.
pub(super) fn work(
    config: Config,
    plan: &Plan,
    pace: &Pace,
    coder: Arc<pool::Code>,
    prepare: &dyn Fn(Record) -> Option<Record>,
) -> anyhow::Result<ExitCode> {
    let stop = stop_on_signals()?;
    let mut progress = Progress::new(plan.left());
    let ended = backfill::run(Arc::new(config), coder, plan, pace, prepare, &mut |left| progress.show(left), &stop);
    match ended {
        Ok((Ended::Drained, counts)) => {
            progress.show(0);
            progress.end();
            eprintln!("{counts}");
            Ok(ExitCode::SUCCESS)
        }
        Ok((Ended::Cut, counts)) => {
            progress.end();
            eprintln!("{counts}");
            Err(anyhow::Error::new(Failure::Interrupted).context("stopped before the end; run the same command to go on"))
        }
        Err(stop) => {
            progress.end();
            Err(anyhow::Error::new(failure(&stop)).context(stop))
        }
    }
}

fn find(stretch: &Stretch) -> anyhow::Result<(Config, Plan)> {
    let live = Config::load(&Source::process(stretch.config.as_deref())).context(Failure::Configuration)?;
    let mut config = backfill::config(&live, &stretch.name);
    if let Some(input) = &stretch.input {
        config.topics.articles.clone_from(input);
    }
    if let Some(output) = &stretch.output {
        config.topics.events.clone_from(output);
    }
    if [&config.topics.events, &config.topics.dead, &config.topics.state].contains(&&config.topics.articles) {
        bail!("--input and --output must differ: the backfill would read what it writes");
    }
    if let (Some(from), Some(to)) = (stretch.from, stretch.to)
        && from >= to
    {
        bail!("--from is not before --to: there is nothing between");
    }
    let wanted = Wanted {
        from_ms: stretch.from,
        before_ms: stretch.to,
        partitions: stretch.partition.clone(),
        offsets: stretch.offsets.iter().copied().collect(),
    };
    let plan = backfill::plan(&config, &wanted).map_err(|stop| anyhow::Error::new(failure(&stop)).context(stop))?;
    resumed(&stretch.name, &plan);
    Ok((config, plan))
}

/// Says that a name was used before: what is wanted now does not count then.
pub(super) fn resumed(name: &str, plan: &Plan) {
    match plan.left() {
        _ if !plan.resumed => {}
        0 => eprintln!("`{name}` was begun before and is done; to read again, take another name"),
        _ => eprintln!("`{name}` was begun before and goes on with the stretch it was begun with"),
    }
}

fn show(plan: &Plan) {
    println!("{:>9} {:>14} {:>14} {:>14} {:>14}", "partition", "first", "next", "end", "left");
    for (partition, stretch) in &plan.stretches {
        println!("{partition:>9} {:>14} {:>14} {:>14} {:>14}", stretch.start, stretch.next, stretch.end, stretch.left());
    }
    println!("{} offsets left to read", plan.left());
}

/// A line that is written over on a terminal; elsewhere a log line now and then.
struct Progress {
    total: i64,
    started: Instant,
    logged: Instant,
    terminal: bool,
}

impl Progress {
    fn new(total: i64) -> Self {
        let now = Instant::now();
        Self { total, started: now, logged: now, terminal: std::io::stderr().is_terminal() }
    }

    fn show(&mut self, left: i64) {
        let done = self.total - left;
        let rate = done as f64 / self.started.elapsed().as_secs_f64().max(0.001);
        // Nobody knows before something was done.
        let remaining = (done > 0 || left == 0).then(|| left as f64 / rate.max(f64::MIN_POSITIVE));
        if self.terminal {
            const WIDTH: usize = 30;
            let filled = (done.max(0) as usize * WIDTH).checked_div(self.total.max(1) as usize).unwrap_or(0).min(WIDTH);
            let bar = format!("{}{}", "#".repeat(filled), ".".repeat(WIDTH - filled));
            let mut out = std::io::stderr().lock();
            // A terminal that went away is no reason to stop.
            let remaining = remaining.map_or_else(|| "?".to_owned(), |seconds| format!("{seconds:.0}"));
            let _ = write!(out, "\r[{bar}] {done} of {} · {rate:.0}/s · {remaining} s left  ", self.total);
            let _ = out.flush();
        } else if self.logged.elapsed().as_secs() >= 10 || left == 0 {
            self.logged = Instant::now();
            tracing::info!(done, left, rate = rate.round(), remaining_s = remaining.map(f64::round), "backfill");
        }
    }

    fn end(&self) {
        if self.terminal {
            eprintln!();
        }
    }
}

/// Milliseconds of an instant, or of the first instant of a day.
pub(super) fn first(text: &str) -> Result<i64, String> {
    instant(text, 0)
}

/// Milliseconds of an instant, or of the first instant after a day.
pub(super) fn last(text: &str) -> Result<i64, String> {
    instant(text, 1)
}

fn instant(text: &str, days: i64) -> Result<i64, String> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant.as_millisecond());
    }
    let wrong = "expected a day, 2024-11-01, or an instant, 2024-11-01T06:00:00Z";
    let day = text.parse::<Date>().map_err(|_| wrong.to_owned())?;
    let start = format!("{day}T00:00:00Z").parse::<Timestamp>().map_err(|_| wrong.to_owned())?;
    Ok(start.as_millisecond() + days * 86_400_000)
}

fn offsets(text: &str) -> Result<(i32, (i64, i64)), String> {
    let read = || {
        let (partition, range) = text.split_once(':')?;
        let (first, last) = range.split_once('-')?;
        let (first, last): (i64, i64) = (first.parse().ok()?, last.parse().ok()?);
        Some((partition.parse().ok()?, (first, last.checked_add(1).filter(|end| *end > first)?)))
    };
    read().ok_or_else(|| "expected PARTITION:FIRST-LAST, as in 0:100-199".to_owned())
}

fn rate(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|rate: &f64| rate.is_finite() && *rate > 0.0).ok_or_else(|| "expected a number above 0".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_day_is_read_to_its_end() {
        assert_eq!(first("2024-11-01"), Ok(1_730_419_200_000));
        assert_eq!(last("2024-11-01"), first("2024-11-02"));
        assert_eq!(last("2024-11-01T00:00:00Z"), first("2024-11-01"));
        assert!(first("yesterday").is_err());
    }

    #[test]
    fn offsets_are_read_as_written() {
        assert_eq!(offsets("3:100-199"), Ok((3, (100, 200))));
        assert!(offsets("3:100").is_err() && offsets("3:9-1").is_err());
    }
}
