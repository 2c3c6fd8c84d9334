//! `entente parse`: sentences, tags, lemmas and trees of a text, to look at or to score with the official evaluation script.

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use clap::ValueEnum;

use crate::syntax::{Analyzer, Document, Scratch, conllu, drawing};

/// Tag and parse a text, or the gold tokens of a CoNLL-U file.
///
/// A text is taken as it is, a paragraph a line. In CoNLL-U the tokens, comments and ranges stay as they are and tags, lemmas,
/// features, heads and relations are ours, so that the official CoNLL evaluation script can compare the two files.
#[derive(clap::Args)]
pub struct Args {
    /// Files to read; none, or `-`, is standard input. `.conllu` files, and input that looks like one, hold gold tokens.
    files: Vec<PathBuf>,
    /// CoNLL-U for programs, a drawn tree for people.
    #[arg(long, value_enum, default_value_t = Format::Conllu)]
    format: Format,
    /// A model file, instead of the one in the binary.
    #[arg(long)]
    model: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Conllu,
    Tree,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let analyzer = super::eval::analyzer(args.model.as_deref())?;
    let mut scratch = Scratch::default();
    let stdin = [PathBuf::from("-")];
    let files = if args.files.is_empty() { &stdin[..] } else { &args.files };
    let mut out = io::stdout().lock();
    for path in files {
        let text = read(path).with_context(|| format!("cannot read {}", path.display()))?;
        let parsed = if path.extension().is_some_and(|extension| extension == "conllu") || conllu::looks_like(&text) {
            gold_tokens(&analyzer, &text, args.format, &mut scratch).map_err(|error| anyhow!("{}: {error}", path.display()))?
        } else {
            raw_text(&analyzer, &text.replace("\r\n", "\n"), args.format, &mut scratch)
        };
        out.write_all(parsed.as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn read(path: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    if path.as_os_str() == "-" {
        io::stdin().lock().read_to_end(&mut bytes)?;
    } else {
        bytes = std::fs::read(path)?;
    }
    String::from_utf8(bytes).context("it is not UTF-8")
}

fn raw_text(analyzer: &Analyzer, text: &str, format: Format, scratch: &mut Scratch) -> String {
    let mut document = Document::default();
    analyzer.analyze(text, None, scratch, &mut document);
    let mut out = String::new();
    match format {
        Format::Conllu => conllu::write(text, &document, &mut out),
        Format::Tree => drawing::draw(text, &document, &mut out),
    }
    out
}

fn gold_tokens(analyzer: &Analyzer, file: &str, format: Format, scratch: &mut Scratch) -> Result<String, String> {
    let mut document = Document::default();
    let mut out = String::new();
    for block in conllu::blocks(file) {
        for sentence in conllu::read(block)? {
            document.clear();
            let spans: Vec<_> = sentence.tokens.iter().map(|token| token.span).collect();
            analyzer.analyze_tokens(&sentence.text, &spans, scratch, &mut document);
            match format {
                Format::Conllu => conllu::fill(block, &document, &mut out),
                Format::Tree => {
                    // Writing to a String cannot fail.
                    let _ = writeln!(out, "# {}", sentence.text);
                    drawing::draw(&sentence.text, &document, &mut out);
                }
            }
        }
    }
    Ok(out)
}
