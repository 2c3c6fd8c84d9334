//! Logs on stderr: text for people, JSON for collectors; panics as log lines.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::{LogFormat, Ops};

/// Starts logging for the process.
///
/// # Errors
/// Where `ops.log` is not a filter.
pub fn start(ops: &Ops) -> Result<(), String> {
    // The client library's wrapper repeats what the library itself logs.
    let filter = EnvFilter::try_new(format!("rdkafka=off,{}", ops.log))
        .map_err(|error| format!("ops.log: `{}` is not a log filter: {error}", ops.log))?;
    let terminal = std::io::stderr().is_terminal();
    let json = match ops.log_format {
        LogFormat::Json => true,
        LogFormat::Text => false,
        LogFormat::Auto => !terminal,
    };
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start (tests, the demo) keeps the first.
    let _ = if json { subscriber.json().flatten_event(true).try_init() } else { subscriber.with_ansi(terminal).try_init() };
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let payload = panic.payload();
        let message = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        let message = message.unwrap_or("(no message)");
        tracing::error!(place, message, "panic");
    }));
    Ok(())
}
