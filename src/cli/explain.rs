//! What `entente extract --explain` prints: sentence by sentence the tree, the mentions, the events with what made them, and every
//! reading of a predicate that was dropped, with the reason.

use std::io::{self, Write};

use super::table;
use crate::actor::Mention;
use crate::event::{Candidate, Explained, PartyRef, Traced};
use crate::pipeline::Explanation;
use crate::span::Span;
use crate::syntax::Sentence;

/// Writes everything that was read in one article. `place` is where the article came from.
pub fn write(out: &mut dyn Write, place: &str, explanation: &Explanation) -> io::Result<()> {
    writeln!(out, "== {place}")?;
    for index in 0..explanation.document.sentences.len() as u32 {
        writeln!(out)?;
        write_sentence(out, explanation, index)?;
    }
    writeln!(out)
}

/// Writes what was read in one sentence.
pub fn write_sentence(out: &mut dyn Write, explanation: &Explanation, index: u32) -> io::Result<()> {
    let text = &explanation.article.text;
    let Some(sentence) = explanation.document.sentences.get(index as usize) else { return Ok(()) };
    writeln!(out, "{index}  {}", words(text, sentence.span))?;
    writeln!(out, "   tree     {}", tree(explanation, sentence))?;
    for (number, mention) in explanation.mentions.all.iter().enumerate().filter(|(_, mention)| mention.sentence == index) {
        writeln!(out, "   mention  {}", describe(text, number, mention))?;
    }
    for told in explanation.told.iter().filter(|told| told.candidate.sentence == index) {
        event(out, text, told)?;
    }
    for reading in explanation.trace.readings.iter().filter(|reading| reading.sentence == index) {
        dropped(out, text, explanation, reading)?;
    }
    Ok(())
}

fn event(out: &mut dyn Write, text: &str, told: &Explained) -> io::Result<()> {
    let Explained { event, candidate, cue, judged, unsure, .. } = told;
    let arrow = if event.reciprocal { '=' } else { '>' };
    let unsure = if *unsure { ", too unsure to be told" } else { "" };
    let cue = cue.map_or(String::new(), |cue| format!(" by “{}”", words(text, cue)));
    writeln!(
        out,
        "   event    {}{arrow}{} {} {}{cue} {} {:.2}{unsure}  “{}”",
        event.source.country,
        event.target.country,
        table::act(event),
        event.status,
        table::when(event),
        event.confidence,
        event.event.trigger.text.replace('\n', " "),
    )?;
    writeln!(out, "            frame {}; {}", candidate.frame, reached(candidate))?;
    let Some(judged) = judged else { return Ok(()) };
    let ((act, share), any) = (judged.best(), judged.any());
    let [_, forth, back, both] = judged.ties;
    write!(out, "            judge {act} {share:.2}, ")?;
    if act != candidate.act {
        write!(out, "{} {:.2}, ", candidate.act, judged.share(candidate.act))?;
    }
    write!(out, "that anything is done {any:.2}: so {forth:.2}, the other way round {back:.2}, by both {both:.2}")?;
    if let Some(meant) = judged.meant {
        write!(out, "; that the one whom the sentence leaves out is meant {:.2}", meant.share)?;
    }
    writeln!(out)
}

fn dropped(out: &mut dyn Write, text: &str, explanation: &Explanation, reading: &Traced) -> io::Result<()> {
    let Some(reason) = reading.dropped else { return Ok(()) };
    let parties = reading.candidate.as_ref().map_or(String::new(), |candidate| {
        let name = |party: PartyRef| {
            let words = explanation.mentions.all.get(party.mention as usize).map_or("", |mention| mention.span.of(text));
            format!("{} “{words}”", party.actor)
        };
        format!(" {} and {}", name(candidate.source), name(candidate.target))
    });
    writeln!(out, "   dropped  “{}”{parties}: {}; frame {}", words(text, reading.trigger), reason.as_str(), reading.frame)
}

fn reached(candidate: &Candidate) -> String {
    format!("source by {:?}, target by {:?}", candidate.source_path, candidate.target_path).to_lowercase()
}

fn describe(text: &str, number: usize, mention: &Mention) -> String {
    let actors: Vec<&str> = mention.actors.iter().map(|actor| actor.as_str()).collect();
    let mut line = format!("{number} “{}” {} {:?}", words(text, mention.span), actors.join("+"), mention.kind);
    for (name, value) in [
        ("sector", mention.sector.map(|sector| sector.as_str().to_owned())),
        ("role", mention.role.clone()),
        ("name", mention.name.clone()),
        ("refers to", mention.antecedent.map(|mention| mention.to_string())),
    ] {
        if let Some(value) = value {
            line.push_str(&format!(", {name} {value}"));
        }
    }
    line
}

/// `word/relation↑governor` for every word but marks.
fn tree(explanation: &Explanation, sentence: &Sentence) -> String {
    let document = &explanation.document;
    let text = &explanation.article.text;
    let mut line = String::new();
    for token in sentence.tokens.clone().filter_map(|at| document.tokens.get(at as usize)) {
        let form = token.span.of(text);
        if !form.chars().any(char::is_alphanumeric) {
            continue;
        }
        let governor = document.tokens.get(token.head as usize).map_or("", |head| head.span.of(text));
        line.push_str(&format!("{form}/{}↑{governor} ", token.deprel));
    }
    line
}

fn words(text: &str, span: Span) -> String {
    span.of(text).replace('\n', " ")
}
