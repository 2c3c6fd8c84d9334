//! `entente train reader-pairs`: what the judge is asked in articles, for the programs that train its branch for articles
//! (`config/models/training/judge/articles`): each sentence in which a party stands, with the words that name them.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Serialize;
use serde_json::Value;

use crate::event::{PartyRef, is_open, parties};
use crate::pipeline::{Explanation, Pipeline};
use crate::record::Record;
use crate::span::Span;
use crate::syntax::SentenceKind;

/// Writes one JSON object for each sentence with a party or more to standard output.
#[derive(clap::Args)]
pub struct Args {
    /// JSON lines, each an article with `id`, `text` and the other fields of an article; what else it holds makes no difference.
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

#[derive(Serialize)]
struct Line<'a> {
    article: &'a str,
    sentence: u32,
    headline: bool,
    text: &'a str,
    parties: Vec<Party<'a>>,
    /// Whether each of them may deal with one that the sentence leaves out.
    open: bool,
}

#[derive(Serialize)]
struct Party<'a> {
    code: &'a str,
    /// In characters of `text`.
    span: [usize; 2],
    kind: String,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let pipeline = Pipeline::embedded()?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    for file in &args.files {
        add(&pipeline, file, &mut out)?;
    }
    out.flush()?;
    Ok(())
}

fn add(pipeline: &Pipeline, file: &Path, out: &mut impl Write) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let mut article: Value = serde_json::from_str(line).with_context(|| format!("{}, line {}", file.display(), at + 1))?;
        let id = article.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        if let Some(fields) = article.as_object_mut() {
            for of_annotations in ["events", "style"] {
                fields.remove(of_annotations);
            }
        }
        match pipeline.explain(&Record::from_payload(article.to_string())) {
            Ok(Some(read)) => sentences(&id, &read, out)?,
            Ok(None) => {}
            Err(rejection) => eprintln!("{id}: rejected: {rejection}"),
        }
    }
    Ok(())
}

fn sentences(article: &str, read: &Explanation, out: &mut impl Write) -> anyhow::Result<()> {
    let mut next = 0;
    for group in read.mentions.all.chunk_by(|a, b| a.sentence == b.sentence) {
        let parties = parties(group, next);
        next += group.len() as u32;
        let Some(index) = group.first().map(|mention| mention.sentence) else { continue };
        let Some(sentence) = read.document.sentences.get(index as usize) else { continue };
        let line = Line {
            article,
            sentence: index,
            headline: sentence.kind == SentenceKind::Headline,
            text: sentence.span.of(&read.article.text),
            parties: parties.iter().filter_map(|one| party(read, sentence.span, one)).collect(),
            open: is_open(&parties),
        };
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn party<'a>(read: &Explanation, whole: Span, party: &'a PartyRef) -> Option<Party<'a>> {
    let mention = read.mentions.all.get(party.mention as usize)?;
    let text = whole.of(&read.article.text);
    let span = mention.span.within(whole);
    let before = |at: u32| text.get(..at as usize).map(|part| part.chars().count());
    let span = [before(span.start)?, before(span.end)?];
    Some(Party { code: party.actor.as_str(), span, kind: format!("{:?}", mention.kind).to_lowercase() })
}
