//! `entente run`: the service.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::Context;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::exit::Failure;
use crate::article::Limits;
use crate::config::{Config, Source};
use crate::ops::{Health, Lags, logging, server, telemetry};
use crate::pipeline::Pipeline;
use crate::record::Record;
use crate::stream::core::Stop;
use crate::stream::pool;
use crate::stream::service::{self, Ended};

/// Run the service: articles from Kafka in, coded events out.
#[derive(clap::Args)]
pub struct Args {
    /// Configuration file; without one, the defaults and the environment.
    #[arg(long, env = "ENTENTE_CONFIG")]
    config: Option<PathBuf>,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    // Before anything slow: a supervisor may change its mind at once.
    let stop = stop_on_signals()?;
    let config = Config::load(&Source::process(args.config.as_deref())).context(Failure::Configuration)?;
    logging::start(&config.ops).map_err(anyhow::Error::msg).context(Failure::Configuration)?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), ?config, "starting");
    let limits = Limits { max_bytes: config.limits.article_bytes };
    let (pipeline, merged) = Pipeline::embedded()?
        .with_judge(config.coder.judge)?
        .with_limits(limits)
        .with_dictionaries(&config.coder.dictionaries)
        .context(Failure::Configuration)?;
    for brought in &merged {
        tracing::info!(file = %brought.file.display(), added = brought.added, known = brought.known, skipped = brought.skipped.len(), "dictionary merged");
    }

    let health = Arc::new(Health::new(config.ops.stall_after));
    let lags = Arc::new(Lags::default());
    if !config.ops.listen.is_empty() {
        let metrics = telemetry::start().context("metrics could not be started")?;
        server::start(&config.ops.listen, metrics, Arc::clone(&health), Arc::clone(&lags))
            .with_context(|| format!("ops.listen: cannot serve on {}", config.ops.listen))?;
    }
    let coder = pool::coder(pipeline);
    let code = Arc::new(move |record: &Record| {
        #[cfg(feature = "kafka-tests")]
        crate::stream::sabotage::obey(record.payload.as_deref());
        coder(record)
    });
    match service::run(Arc::new(config), code, health, lags, &stop) {
        Ok(Ended::Drained) => Ok(ExitCode::SUCCESS),
        Ok(Ended::Cut) => {
            Err(anyhow::Error::new(Failure::Interrupted).context("the grace time ran out; what was in flight is read again"))
        }
        Err(stop) => {
            tracing::error!(%stop, "stopped");
            Err(anyhow::Error::new(failure(&stop)).context(stop))
        }
    }
}

/// The exit code a stop of the service stands for.
pub(super) fn failure(stop: &Stop) -> Failure {
    match stop {
        Stop::Fenced(_) => Failure::Fenced,
        Stop::Broken(_) => Failure::Kafka,
        Stop::Store(_) => Failure::Store,
        Stop::TooManyRejections { .. } => Failure::TooManyRejections,
    }
}

/// A flag that SIGTERM and SIGINT set; a second signal ends the process at once.
pub(super) fn stop_on_signals() -> anyhow::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGTERM, SIGINT] {
        // In this order the first signal finds the flag unset and passes the conditional shutdown.
        flag::register_conditional_shutdown(signal, i32::from(Failure::Interrupted.code()), Arc::clone(&stop))
            .context("signals cannot be handled")?;
        flag::register(signal, Arc::clone(&stop)).context("signals cannot be handled")?;
    }
    Ok(stop)
}
