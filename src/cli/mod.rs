//! The command line: one file a command. Output goes to stdout, everything else to stderr; [`exit`] lists the exit codes.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::{Parser, Subcommand};
use signal_hook::consts::SIGPIPE;
use signal_hook::flag;

mod backfill;
mod check;
mod classify;
mod demo;
mod dlq;
mod eval;
pub mod exit;
mod explain;
mod extract;
mod judge;
mod pairs;
mod parse;
mod run;
mod schema;
mod table;
mod train;

/// Reads raw news articles, works out which state did what to which, when, where and whether it really happened, and publishes
/// each as a coded, explained event.
#[derive(Parser)]
#[command(name = "entente", version, max_term_width = 110, after_help = AFTER_HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Demo(demo::Args),
    Run(run::Args),
    #[command(subcommand)]
    Backfill(backfill::Command),
    Check(check::Args),
    Classify(classify::Args),
    #[command(subcommand)]
    Dlq(dlq::Command),
    Eval(eval::Args),
    Extract(extract::Args),
    Parse(parse::Args),
    Schema(schema::Args),
    Train(train::Args),
}

const AFTER_HELP: &str = "\
First steps:
  entente demo                    watch articles become events, with nothing installed
  entente extract article.txt     code a file of your own
  entente check                   try a configuration and the connection to Kafka
  entente run                     the service";

impl Command {
    /// Whether the command speaks to nobody but its standard streams.
    fn only_prints(&self) -> bool {
        !matches!(self, Self::Demo(_) | Self::Run(_) | Self::Backfill(_) | Self::Check(_) | Self::Dlq(_))
    }
}

/// Ends the process quietly when whoever reads its output has gone (`entente eval | head`), as other commands do. Never where there are
/// sockets: their peers come and go.
fn end_with_the_reader() {
    if let Err(error) = flag::register_conditional_default(SIGPIPE, Arc::new(AtomicBool::new(true))) {
        eprintln!("entente: a closed pipe will be told as an error: {error}");
    }
}

/// Parses the arguments, runs one command, reports an error on stderr with all its causes.
pub fn main() -> ExitCode {
    let command = Cli::parse().command;
    if command.only_prints() {
        end_with_the_reader();
    }
    let outcome = match command {
        Command::Demo(args) => demo::run(&args),
        Command::Run(args) => run::run(&args),
        Command::Backfill(command) => backfill::run(command),
        Command::Check(args) => check::run(&args),
        Command::Classify(args) => classify::run(&args),
        Command::Dlq(command) => dlq::run(command),
        Command::Eval(args) => eval::run(args),
        Command::Extract(args) => extract::run(args),
        Command::Parse(args) => parse::run(&args),
        Command::Schema(args) => schema::run(args),
        Command::Train(args) => train::run(args),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("entente: {error:#}");
            exit::code_of(&error)
        }
    }
}
