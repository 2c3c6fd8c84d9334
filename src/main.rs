//! The `entente` binary: parse the command line, run one command, turn its outcome into an exit code.

fn main() {}
