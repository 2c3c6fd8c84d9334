//! `--judge on|off`: whether the encoder has its word, for the commands that code or classify without a configuration.

use clap::ValueEnum;

use crate::config;

#[derive(clap::Args)]
pub struct Args {
    /// Let the judge, a small encoder, read along and be weighed with the rules. Default: as the configuration has it for articles, on
    /// for `classify`.
    #[arg(long, value_enum, value_name = "ON|OFF")]
    judge: Option<Switch>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    On,
    Off,
}

impl Args {
    /// What was said, else the configuration's default.
    pub fn on(&self) -> bool {
        self.judge.map_or(config::Coder::default().judge, |judge| judge == Switch::On)
    }

    /// What was said, else on.
    pub fn asked(&self) -> bool {
        self.judge != Some(Switch::Off)
    }
}
