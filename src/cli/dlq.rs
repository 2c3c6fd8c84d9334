//! `entente dlq list|show|replay`: look at dead letters, and code them again with this version.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use jiff::Timestamp;

use super::backfill::{first, last, load as pipeline, resumed, work};
use super::exit::Failure;
use super::run::failure;
use crate::config::{Config, Source};
use crate::ops::logging;
use crate::record::Record;
use crate::stream::backfill::{self, Pace, Wanted};
use crate::stream::letters::{self, Became, Filter, header};
use crate::stream::pool;

/// Look at dead letters, and code them again.
#[derive(clap::Subcommand)]
pub enum Command {
    /// One line a letter: its place, log time, stage, reason, what became of it, the article's place, the message. And how many there are of
    /// each reason.
    List(Wish),
    /// One letter: its headers, then its payload as it came.
    Show(Show),
    /// Code them again with this version and publish what they give, exactly once. What became of each letter is noted beside the letters, and
    /// `list` shows it. Letters that came through before are passed over. Run the same command again to go on where it was stopped.
    Replay(Replay),
}

/// Which letters.
#[derive(clap::Args)]
pub struct Wish {
    /// Configuration file; without one, the defaults and the environment.
    #[arg(long, env = "ENTENTE_CONFIG")]
    config: Option<PathBuf>,
    /// Only letters of this stage: decode, article, code or publish.
    #[arg(long)]
    stage: Option<String>,
    /// Only letters of this reason, as in `malformed-json`.
    #[arg(long)]
    reason: Option<String>,
    /// From this day or instant on (log time of the article, UTC).
    #[arg(long, value_parser = first)]
    from: Option<i64>,
    /// To the end of this day, or before this instant.
    #[arg(long, value_parser = last)]
    to: Option<i64>,
}

#[derive(clap::Args)]
pub struct Show {
    /// Configuration file; without one, the defaults and the environment.
    #[arg(long, env = "ENTENTE_CONFIG")]
    config: Option<PathBuf>,
    /// PARTITION:OFFSET on the dead-letter topic, as `list` prints it.
    #[arg(value_parser = place)]
    place: (i32, i64),
}

#[derive(clap::Args)]
pub struct Replay {
    #[command(flatten)]
    wish: Wish,
    /// Name of this replay: its position and its end are kept under it.
    #[arg(long)]
    name: String,
    /// Also letters that came through when they were replayed before.
    #[arg(long)]
    all: bool,
}

impl Wish {
    fn filter(&self) -> Filter {
        Filter { stage: self.stage.clone(), reason: self.reason.clone(), from_ms: self.from, before_ms: self.to }
    }
}

pub fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::List(wish) => list(&load(wish.config.as_deref())?, &wish.filter()),
        Command::Show(show) => one(&load(show.config.as_deref())?, show.place),
        Command::Replay(replay) => again(&load(replay.wish.config.as_deref())?, &replay),
    }
}

/// The configuration, with a group of its own for reading.
fn load(file: Option<&Path>) -> anyhow::Result<Config> {
    Config::load(&Source::process(file)).context(Failure::Configuration)
}

fn list(config: &Config, filter: &Filter) -> anyhow::Result<ExitCode> {
    let mut counts: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut out = std::io::stdout().lock();
    let mut failed = None;
    let became =
        letters::became(config).context(Failure::Kafka).with_context(|| format!("cannot read `{}`", config.topics.dead))?;
    let reading = letters::read(config, None, &mut |letter| {
        if !filter.takes(&letter) {
            return true;
        }
        let (stage, reason) = (header(&letter, "entente.error.stage"), header(&letter, "entente.error.reason"));
        let time = letter.timestamp_ms.and_then(|ms| Timestamp::from_millisecond(ms).ok()).map(|time| time.to_string());
        let written = writeln!(
            out,
            "{}:{}\t{}\t{stage}\t{reason}\t{}\t{}:{}:{}\t{}",
            letter.partition,
            letter.offset,
            time.unwrap_or_default(),
            became.get(&(letter.partition, letter.offset)).map_or_else(|| "open".to_owned(), ToString::to_string),
            header(&letter, "entente.topic"),
            header(&letter, "entente.partition"),
            header(&letter, "entente.offset"),
            header(&letter, "entente.error.message").replace(['\n', '\t'], " ")
        );
        *counts.entry((stage, reason)).or_default() += 1;
        failed = written.err();
        failed.is_none()
    });
    reading.context(Failure::Kafka).with_context(|| format!("cannot read `{}`", config.topics.dead))?;
    for ((stage, reason), count) in counts {
        eprintln!("{count:>8} {stage} {reason}");
    }
    Ok(ExitCode::SUCCESS)
}

fn one(config: &Config, place: (i32, i64)) -> anyhow::Result<ExitCode> {
    let mut found: Option<Record> = None;
    letters::read(config, Some(place), &mut |letter| {
        found = Some(letter).filter(|letter| letter.offset == place.1);
        false
    })
    .context(Failure::Kafka)?;
    let letter = found.ok_or_else(|| anyhow!("no dead letter at {}:{}", place.0, place.1))?;
    if let Some(key) = &letter.key {
        eprintln!("key: {}", String::from_utf8_lossy(key));
    }
    for (name, value) in letter.headers.iter() {
        eprintln!("{name}: {}", value.map(String::from_utf8_lossy).unwrap_or_default());
    }
    std::io::stdout().lock().write_all(letter.payload.as_deref().unwrap_or_default())?;
    Ok(ExitCode::SUCCESS)
}

fn again(live: &Config, args: &Replay) -> anyhow::Result<ExitCode> {
    let mut config = backfill::config(live, &format!("dlq.{}", args.name));
    config.topics.articles.clone_from(&live.topics.dead);
    logging::start(&config.ops).map_err(anyhow::Error::msg).context(Failure::Configuration)?;
    let plan = backfill::plan(&config, &Wanted::default()).map_err(|stop| anyhow::Error::new(failure(&stop)).context(stop))?;
    resumed(&args.name, &plan);
    let became = letters::became(live).context(Failure::Kafka)?;
    let filter = args.wish.filter();
    let wanted = |letter: &Record| {
        let settled = became.get(&(letter.partition, letter.offset)).is_some_and(Became::settled);
        filter.takes(letter) && (args.all || !settled)
    };
    let coder = pool::coder(pipeline(&config)?);
    let coder = Arc::new(move |letter: &Record| letters::whole(letter).and_then(|()| coder(letter)));
    let pace = Pace { replay: Some(args.name.clone()), ..Pace::default() };
    work(config, &plan, &pace, coder, &|letter| wanted(&letter).then(|| letters::restore(letter)))
}

fn place(text: &str) -> Result<(i32, i64), String> {
    let read = || {
        let (partition, offset) = text.split_once(':')?;
        Some((partition.parse().ok()?, offset.parse().ok()?))
    };
    read().ok_or_else(|| "expected PARTITION:OFFSET, as in 0:17".to_owned())
}
