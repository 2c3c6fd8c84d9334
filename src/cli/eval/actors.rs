//! `entente eval actors`: are the two actors of each annotated event found? An annotation quotes its words in `note`; the sentence that
//! shares most with them is where both should be mentioned. What is missing there no reading of the predicate can make good.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use comfy_table::{Table, presets};

use super::Figure;
use super::annotation::{GoldArticle, GoldEvent, read_all};
use crate::pipeline::{Explanation, Pipeline};

/// Score how many actors of annotated events are mentioned where the event is told.
#[derive(clap::Args)]
pub struct Args {
    /// Files with one annotated article a line; tests/gold/README.md describes them.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// List the actors that are not mentioned where the event is told, with the sentence and what was found in it.
    #[arg(long)]
    errors: bool,
    /// List every sentence of the articles with the mentions found in it.
    #[arg(long)]
    mentions: bool,
}

/// How near to the words of the event its actor is mentioned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Sentence,
    /// In one of the two sentences before.
    Before,
    /// Elsewhere in the article.
    Elsewhere,
    Nowhere,
}

/// Actors by how near they are found; an annotation has two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Found {
    actors: [usize; 4],
    /// Annotations, and those with both actors in the sentence.
    events: usize,
    both: usize,
}

impl Found {
    fn add(&mut self, reaches: [Reach; 2]) {
        self.events += 1;
        self.both += usize::from(reaches == [Reach::Sentence; 2]);
        reaches.into_iter().for_each(|reach| self.actors[reach as usize] += 1);
    }

    fn share(self, reach: Reach) -> f64 {
        self.actors[reach as usize] as f64 / (2 * self.events) as f64
    }
}

pub fn run(pipeline: &Pipeline, args: &Args) -> anyhow::Result<ExitCode> {
    for file in &args.files {
        if args.mentions {
            list(pipeline, file)?;
        }
        let found = score(pipeline, file, &mut |article, event, read, sentence, missed| {
            if args.errors {
                println!("{}", describe(article, event, read, sentence, missed));
            }
        })?;
        let mut table = Table::new();
        table.load_style(presets::ASCII_MARKDOWN).set_header([
            "events",
            "both actors in the sentence",
            "actors in the sentence",
            "before",
            "elsewhere",
            "nowhere",
        ]);
        let shares = [Reach::Sentence, Reach::Before, Reach::Elsewhere, Reach::Nowhere].map(|reach| number(found.share(reach)));
        table.add_row([vec![found.events.to_string(), both(found)], shares.to_vec()].concat());
        println!("{}\n{table}\n", file.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints the sentences of every article, their mentions in brackets with what they refer to.
fn list(pipeline: &Pipeline, file: &Path) -> anyhow::Result<()> {
    for article in read_all::<GoldArticle>(file)? {
        let read = pipeline.explain(&article.record()).map_err(|rejection| anyhow::anyhow!("{}: {rejection}", article.id))?;
        let Some(read) = read else { continue };
        println!("{}", article.id);
        for (index, sentence) in read.document.sentences.iter().enumerate() {
            println!("  {}\n    {}", sentence.span.of(&read.article.text).replace('\n', " "), mentions(&read, index as u32));
        }
    }
    Ok(())
}

fn mentions(read: &Explanation, sentence: u32) -> String {
    let here = read.mentions.all.iter().filter(|mention| mention.sentence == sentence);
    let shown = here.map(|mention| format!("[{}]={:?}", mention.span.of(&read.article.text), mention.actors));
    shown.collect::<Vec<_>>().join(" ")
}

/// The rows of this score in the table of all scores.
pub fn figures(pipeline: &Pipeline, file: &Path) -> anyhow::Result<Vec<Figure>> {
    let found = score(pipeline, file, &mut |_, _, _, _, _| {})?;
    Ok(vec![Figure::new(&file.display().to_string(), "both actors mentioned where the event is told", both(found), "", "")])
}

fn both(found: Found) -> String {
    number(found.both as f64 / found.events as f64)
}

fn number(share: f64) -> String {
    format!("{share:.3}")
}

type Report<'a> = dyn FnMut(&GoldArticle, &GoldEvent, &Explanation, u32, &str) + 'a;

/// Looks for the actors of every annotation that must be found, and reports those not in its sentence.
fn score(pipeline: &Pipeline, file: &Path, report: &mut Report) -> anyhow::Result<Found> {
    let mut found = Found::default();
    for article in read_all::<GoldArticle>(file)? {
        let Some(read) =
            pipeline.explain(&article.record()).map_err(|rejection| anyhow::anyhow!("{}: {rejection}", article.id))?
        else {
            continue;
        };
        for event in article.events.iter().filter(|event| event.must) {
            let Some((first, second)) = event.dyad.split_once('-') else { continue };
            let sentence = told_in(&read, &event.note);
            let reaches = [first, second].map(|code| reach(&read, sentence, code));
            for (code, reach) in [first, second].into_iter().zip(reaches).filter(|(_, reach)| *reach != Reach::Sentence) {
                report(&article, event, &read, sentence, &format!("{code} {reach:?}"));
            }
            found.add(reaches);
        }
    }
    Ok(found)
}

/// The sentence that shares most words with the note, compared by their first five letters.
pub fn told_in(read: &Explanation, note: &str) -> u32 {
    // Words quoted as they stand leave no doubt.
    let quoted = read.article.text.find(note).filter(|_| !note.is_empty());
    let holds = |at: usize| read.document.sentences.iter().position(|sentence| at < sentence.span.end as usize);
    if let Some(sentence) = quoted.and_then(holds) {
        return sentence as u32;
    }
    let noted: Vec<String> = stems(note).collect();
    let shared = |text: &str| {
        let held: Vec<String> = stems(text).collect();
        noted.iter().filter(|stem| held.contains(stem)).count()
    };
    let sentences = read.document.sentences.iter().enumerate();
    // The first of those that share the most.
    let best = sentences.max_by_key(|(index, sentence)| (shared(sentence.span.of(&read.article.text)), usize::MAX - index));
    best.map_or(0, |(index, _)| index as u32)
}

fn stems(text: &str) -> impl Iterator<Item = String> + '_ {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| word.chars().take(5).flat_map(char::to_lowercase).collect())
}

fn reach(read: &Explanation, sentence: u32, code: &str) -> Reach {
    let named = |from: u32, to: u32| {
        let mut mentions = read.mentions.all.iter().filter(|mention| (from..=to).contains(&mention.sentence));
        mentions.any(|mention| mention.actors.iter().any(|actor| actor.as_str() == code))
    };
    if named(sentence, sentence) {
        Reach::Sentence
    } else if named(sentence.saturating_sub(2), sentence) {
        Reach::Before
    } else if named(0, u32::MAX) {
        Reach::Elsewhere
    } else {
        Reach::Nowhere
    }
}

fn describe(article: &GoldArticle, event: &GoldEvent, read: &Explanation, sentence: u32, missed: &str) -> String {
    let text = &read.article.text;
    let told = read.document.sentences.get(sentence as usize).map_or("", |sentence| sentence.span.of(text));
    let told = told.replace('\n', " ");
    format!("{}\t{} {missed}\t{}\n\t{told}\n\t{}", article.id, event.dyad, event.note, mentions(read, sentence))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::record::Record;

    fn read(text: &str) -> Explanation {
        let article = json!({"id": "a", "text": text, "language": "en"});
        let pipeline = Pipeline::embedded().unwrap();
        pipeline.explain(&Record::from_payload(article.to_string())).unwrap().unwrap()
    }

    #[test]
    fn an_event_is_told_where_most_words_of_its_note_stand_and_its_actors_are_near_or_far() {
        let read =
            read("Ghana praised Togo.\n\nFrance has rejected the plan of Spain.\n\nNobody answered. Spain repeated the offer.");
        let sentence = told_in(&read, "Spain repeats its offer");
        assert_eq!(read.document.sentences.len() - 1, sentence as usize);
        let reaches = ["ESP", "FRA", "GHA", "ITA"].map(|code| reach(&read, sentence, code));
        assert_eq!(reaches, [Reach::Sentence, Reach::Before, Reach::Elsewhere, Reach::Nowhere]);
    }
}
