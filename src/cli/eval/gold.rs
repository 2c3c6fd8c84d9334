//! `entente eval gold`: codes annotated articles and compares. The rule of comparison is that of [`super::score`].

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use comfy_table::{Table, presets};

use super::actors::told_in;
use super::annotation::{GoldArticle, read_all};
use super::score::{Counts, Fault, SURE, Score, Share};
use super::{Figure, coded};
use crate::cli::{explain, table};
use crate::event::{Act, Event};
use crate::pipeline::Pipeline;

/// Score coded events against annotated articles: precision, recall and F1 of dyad + class, and with status and direction.
#[derive(clap::Args)]
pub struct Args {
    /// Files with one annotated article a line; tests/gold/README.md describes them.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// List what was missed, misread or coded without ground.
    #[arg(long)]
    errors: bool,
    /// The same with what was read in each sentence at fault: tree, actors, events, and the readings that were dropped.
    #[arg(long)]
    misses: bool,
    #[command(flatten)]
    pub judge: crate::cli::judge::Args,
}

pub fn run(pipeline: &Pipeline, args: &Args) -> anyhow::Result<ExitCode> {
    for file in &args.files {
        let mut score = Score::default();
        for article in read_all::<GoldArticle>(file)? {
            let events = coded(pipeline, &article.record(), &article.id);
            let faults = score.add(&article.events, &events);
            if args.errors {
                faults.iter().for_each(|fault| println!("{}", describe(&article, &events, *fault)));
            }
            if args.misses {
                print_misses(pipeline, &article, &events, &faults)?;
            }
        }
        println!("{}, {} articles", file.display(), score.articles);
        println!("{}\n", levels(&score));
        println!("{}\n", acts(&score));
        println!("{}\n", shares(&score));
    }
    Ok(ExitCode::SUCCESS)
}

/// Every fault of an article under what was read in the sentence that it stands in.
fn print_misses(pipeline: &Pipeline, article: &GoldArticle, events: &[Event], faults: &[Fault]) -> anyhow::Result<()> {
    let Some(read) = pipeline.explain(&article.record())? else { return Ok(()) };
    let sentence = |fault: &Fault| match *fault {
        Fault::Missed { gold } => article.events.get(gold).map_or(0, |gold| told_in(&read, &gold.note)),
        Fault::FalseAlarm { coded } | Fault::Misread { coded, .. } => events.get(coded).map_or(0, Event::sentence),
    };
    let mut placed: Vec<(u32, &Fault)> = faults.iter().map(|fault| (sentence(fault), fault)).collect();
    placed.sort_by_key(|(sentence, _)| *sentence);
    let mut out = io::stdout().lock();
    let mut shown = None;
    for (sentence, fault) in placed {
        if shown != Some(sentence) {
            shown = Some(sentence);
            writeln!(out)?;
            explain::write_sentence(&mut out, &read, sentence)?;
        }
        writeln!(out, "   {}", describe(article, events, *fault).split(" in: ").next().unwrap_or(""))?;
    }
    Ok(())
}

/// The rows of this score in the table of all scores.
pub fn figures(pipeline: &Pipeline, file: &std::path::Path) -> anyhow::Result<Vec<Figure>> {
    let mut score = Score::default();
    for article in read_all::<GoldArticle>(file)? {
        let events = coded(pipeline, &article.record(), &article.id);
        score.add(&article.events, &events);
    }
    let data = file.display().to_string();
    Ok(vec![
        Figure::new(&data, "F1, dyad + class", number(score.class.f1()), "0.80", "0.90"),
        Figure::new(&data, "F1, with status and direction", number(score.reading.f1()), "0.72", "0.85"),
        Figure::new(&data, "right among those at 0.8 or surer", number(score.sure.value()), "0.80", ""),
    ])
}

/// The rows of the article that the project started from.
pub fn seed_figures(pipeline: &Pipeline, file: &std::path::Path) -> anyhow::Result<Vec<Figure>> {
    let mut score = Score::default();
    for article in read_all::<GoldArticle>(file)? {
        let events = coded(pipeline, &article.record(), &article.id);
        score.add(&article.events, &events);
    }
    let Counts { expected, coded, right } = score.reading;
    let data = file.display().to_string();
    Ok(vec![
        Figure::new(&data, "found, status and direction right", format!("{right} of {expected}"), "all", "all"),
        Figure::new(&data, "dates right", format!("{} of {}", score.date.right, score.date.of), "all", "all"),
        Figure::new(&data, "coded without support", coded.saturating_sub(right).to_string(), "", "0"),
    ])
}

fn levels(score: &Score) -> Table {
    let mut table = columns(["level", "expected", "coded", "right", "P", "R", "F1"]);
    table.add_row(counts("dyad + class", score.class));
    table.add_row(counts("+ status + direction", score.reading));
    table
}

fn acts(score: &Score) -> Table {
    let mut table = columns(["act", "expected", "coded", "right", "P", "R", "F1"]);
    for act in Act::ALL {
        if let Some(found) = score.acts.get(act) {
            table.add_row(counts(act.as_str(), *found));
        }
    }
    table
}

fn shares(score: &Score) -> Table {
    let mut table = columns(["of the events whose class is right", "known", "right", "share"]);
    for (name, share) in [("status", score.status), ("direction", score.direction), ("date", score.date), ("mode", score.mode)] {
        table.add_row(row(name, share));
    }
    table.add_row(row(&format!("of those coded with confidence {SURE} or more"), score.sure));
    table
}

fn row(name: &str, share: Share) -> Vec<String> {
    vec![name.to_owned(), share.of.to_string(), share.right.to_string(), number(share.value())]
}

fn counts(name: &str, counts: Counts) -> Vec<String> {
    let Counts { expected, coded, right } = counts;
    let mut cells = vec![name.to_owned(), expected.to_string(), coded.to_string(), right.to_string()];
    cells.extend([counts.precision(), counts.recall(), counts.f1()].map(number));
    cells
}

/// Three decimals; a dash where there was nothing to count.
fn number(value: f64) -> String {
    if value.is_nan() { "–".to_owned() } else { format!("{value:.3}") }
}

fn columns<const N: usize>(names: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN).set_header(names);
    table
}

/// One line, tab-separated: article, what is wrong, the annotation, the event.
fn describe(article: &GoldArticle, events: &[Event], fault: Fault) -> String {
    let (kind, gold, coded) = match fault {
        Fault::Missed { gold } => ("missed", article.events.get(gold), None),
        Fault::FalseAlarm { coded } => ("false alarm", None, events.get(coded)),
        Fault::Misread { gold, coded } => ("misread", article.events.get(gold), events.get(coded)),
    };
    let mut cells = vec![article.id.clone(), kind.to_owned()];
    cells.extend(gold.map(|gold| {
        let roots: Vec<&str> = gold.roots.iter().map(|act| act.as_str()).collect();
        let status: Vec<&str> = gold.status.iter().map(|status| status.as_str()).collect();
        let source = gold.source.as_deref().unwrap_or("both");
        format!("{} by {source} {} {} [{}]", gold.dyad, roots.join("|"), status.join("|"), gold.note)
    }));
    cells.extend(coded.map(|event| {
        let direction = if event.reciprocal { "=" } else { ">" };
        let (source, target) = (&event.source.country, &event.target.country);
        let sentence = event.evidence.first().map_or("", |evidence| evidence.text.as_str());
        format!(
            "{source}{direction}{target} {} {} {:.2} \"{}\" in: {}",
            table::act(event),
            event.status,
            event.confidence,
            event.event.trigger.text,
            sentence.replace('\n', " ")
        )
    }));
    cells.join("\t")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_article_that_the_project_started_from_is_coded_as_it_should() {
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/gold/seed_article.json");
        if !file.exists() {
            return eprintln!("{}: not found, so the seed article is not checked", file.display());
        }
        let pipeline = Pipeline::embedded().expect("the coder loads");
        let values: Vec<String> =
            seed_figures(&pipeline, &file).expect("it can be read").into_iter().map(|figure| figure.value).collect();
        assert_eq!(values[..2], ["7 of 7", "3 of 3"], "events with status and direction; dates");
        assert!(values[2].parse::<usize>().is_ok_and(|unsupported| unsupported <= 1), "coded without support: {}", values[2]);
    }
}
