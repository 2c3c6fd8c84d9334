//! [`Coder`]: from what the frames found to events, with status, date, place, quantities, attribution, codes and confidence.

mod dating;
mod explaining;
mod refusal;

use std::collections::BTreeMap;

use super::attribution;
use super::candidate::{Candidate, PartyRef};
use super::cascade::{self, Cascade, Tally};
use super::clause::{Clauses, Edges};
use super::codes::{self, Codes, Voice};
use super::confidence::{Confidence, FLOOR, Signs};
use super::context::{self, Topics};
use super::cues::Roles;
use super::date::{self, Calendar, Phrase};
use super::frames::Frames;
use super::fusion::{Fusion, Property, properties};
use super::identity;
use super::lex::{self, Word};
use super::merge;
use super::modes::Modes;
use super::ontology::Status;
use super::opinion::Judged;
use super::place::Places;
use super::quantity::{Measure, Measures};
use super::record::{ArticleRef, Coding, Event, EventDate, Evidence, Party, Quantity, SCHEMA, Trigger};
use super::status::{Reading, StatusReader};
use super::subject::{About, Subject, Sums};
use crate::actor::{Mention, Mentions};
use crate::article::Article;
use crate::lexicon::LexiconError;
use crate::syntax::{Document, Sentence, SentenceKind};

pub use explaining::Explained;
use refusal::{believe, refused};

/// Longest evidence, in bytes: a sentence beyond it is no sentence.
const LONGEST_EVIDENCE: usize = 2000;

/// Years after which an event is history.
const MEMORY: i16 = 70;

/// The tables of coding, made once and shared read-only.
pub struct Coder {
    frames: Frames,
    codes: Codes,
    calendar: Calendar,
    links: date::Links,
    subject: Subject,
    measures: Measures,
    topics: Topics,
    modes: Modes,
    places: Places,
    confidence: Confidence,
    judge: Option<(Cascade, Fusion)>,
    /// Events less sure than this are not told; where nothing is said, the judge's floor with it and [`FLOOR`] without.
    floor: Option<f64>,
}

/// Buffers that a worker keeps from article to article.
#[derive(Default)]
pub struct Scratch {
    candidates: Vec<Candidate>,
    /// What the judge said of each of `candidates`.
    judged: Vec<Option<Judged>>,
    /// What the judge was asked in the last article.
    pub tally: Tally,
    edges: Edges,
    phrases: Vec<Phrase>,
    measures: Vec<Measure>,
}

/// An event as one candidate tells it.
struct Made {
    event: Event,
    reading: Reading,
    properties: Vec<Property>,
    about: About,
}

/// Takes a telling with its candidate and what the judge said.
type Take<'a> = dyn FnMut(Made, &Candidate, Option<&Judged>) + 'a;

impl Coder {
    pub fn embedded() -> Result<Self, LexiconError> {
        Ok(Self {
            frames: Frames::embedded()?,
            codes: Codes::embedded()?,
            calendar: Calendar::embedded()?,
            links: date::Links::embedded()?,
            subject: Subject::embedded()?,
            measures: Measures::embedded()?,
            topics: Topics::embedded()?,
            modes: Modes::embedded()?,
            places: Places::embedded()?,
            confidence: Confidence::embedded()?,
            judge: None,
            floor: None,
        })
    }

    /// The same, telling every event that is at least so sure.
    pub fn with_floor(self, floor: f64) -> Self {
        Self { floor: Some(floor), ..self }
    }

    /// The same, telling every act of which a predicate leaves a party out though its frame asks for it: for whoever weighs them himself.
    pub fn with_all_left_out(self) -> Self {
        Self { frames: self.frames.with_all_left_out(), ..self }
    }

    /// The same with the judge, or without it.
    pub fn with_judge(self, on: bool) -> Result<Self, LexiconError> {
        let judge = if on { Some((Cascade::embedded()?, Fusion::embedded()?)) } else { None };
        Ok(Self { judge, ..self })
    }

    /// The same with another branch of the judge for articles, if it has a judge.
    pub fn with_branch(self, bytes: &[u8]) -> Result<Self, LexiconError> {
        let judge = self.judge.map(|(cascade, fusion)| Ok((cascade.with_branch(bytes)?, fusion))).transpose()?;
        Ok(Self { judge, ..self })
    }

    fn floor(&self) -> f64 {
        self.floor.unwrap_or_else(|| self.judge.as_ref().map_or(FLOOR, |(_, fusion)| fusion.floor))
    }

    /// The events of an article, in text order. `document` must be the analysis of `article`, `mentions` those of `document`.
    pub fn code(&self, article: &Article, document: &Document, mentions: &Mentions, scratch: &mut Scratch) -> Vec<Event> {
        scratch.candidates.clear();
        self.frames.candidates(article, document, mentions, &mut scratch.candidates, None);
        self.weigh(article, document, mentions, scratch);
        let mut events = Vec::with_capacity(scratch.candidates.len());
        let mut shown = Vec::new();
        self.each(article, document, mentions, scratch, &mut |made, _, _| {
            events.push(made.event);
            shown.push(made.properties);
        });
        self.join(&mut events, shown);
        name(events, self.floor())
    }

    /// Merges what was told twice and lets the judge's word on each event count. Gives the place and the properties of each telling.
    fn join(&self, events: &mut Vec<Event>, shown: Vec<Vec<Property>>) -> Vec<(usize, Vec<Property>)> {
        let tellings: Vec<(usize, Vec<Property>)> = merge::merge(events).into_iter().zip(shown).collect();
        if let Some((_, fusion)) = &self.judge {
            fusion.settle(events, &tellings);
        }
        tellings
    }

    /// Lets the judge, if there is one, have its word; it is spared everyday news in which the frames find nothing.
    fn weigh(&self, article: &Article, document: &Document, mentions: &Mentions, scratch: &mut Scratch) {
        let Scratch { candidates, judged, tally, .. } = scratch;
        judged.clear();
        *tally = Tally::default();
        if let Some((judge, _)) = &self.judge {
            let everyday = || self.subject.about(&self.subject.sums(document), 0).is_everyday();
            *tally = if candidates.is_empty() && (mentions.all.is_empty() || everyday()) {
                Tally::unread(mentions)
            } else {
                judge.weigh(cascade::Read { text: &article.text, document, mentions }, candidates, judged)
            };
        }
        judged.resize(candidates.len(), None);
    }

    fn each(&self, article: &Article, document: &Document, mentions: &Mentions, scratch: &mut Scratch, take: &mut Take<'_>) {
        let mut words: Vec<Word<'_>> = Vec::new();
        let (sums, officeless) = match scratch.candidates.is_empty() {
            true => (Sums::default(), false),
            false => (self.subject.sums(document), !mentions.all.iter().any(Mention::is_office)),
        };
        let mut at = 0;
        while let Some(first) = scratch.candidates.get(at) {
            let index = first.sentence;
            let count = scratch.candidates.iter().skip(at).take_while(|candidate| candidate.sentence == index).count();
            let here = scratch.candidates.iter().zip(&scratch.judged).skip(at).take(count);
            at += count;
            let Some(sentence) = document.sentences.get(index as usize) else { continue };
            words.clear();
            lex::words(&article.text, sentence.span, &mut words);
            scratch.phrases.clear();
            self.calendar.read(&words, &mut scratch.phrases);
            if scratch.phrases.iter().any(|phrase| matches!(phrase.form, date::Form::Anchored(_) | date::Form::Then)) {
                let before = self.dates_before(article, document, index);
                date::anchor(&mut scratch.phrases, &before, dating::published(article));
            }
            let told = Told {
                coder: self,
                article,
                sentence,
                mentions,
                nearby: in_sentence(mentions, index),
                clauses: Clauses::new(document, sentence, &mut scratch.edges),
                words: &words,
                phrases: &scratch.phrases,
                about: About { officeless, ..self.subject.about(&sums, index) },
            };
            for (candidate, judged) in here {
                scratch.measures.clear();
                if let Some(made) = told.event(candidate, judged.as_ref(), &mut scratch.measures) {
                    take(made, candidate, judged.as_ref());
                }
            }
        }
    }
}

/// Names what is sure enough to be told.
fn name(mut events: Vec<Event>, floor: f64) -> Vec<Event> {
    events.retain(|event| event.confidence >= floor);
    let mut twins: BTreeMap<String, u32> = BTreeMap::new();
    for event in &mut events {
        let id = identity::event_id(event, 0);
        let twin = twins.entry(id.clone()).or_default();
        event.id = if *twin == 0 { id } else { identity::event_id(event, *twin) };
        *twin += 1;
    }
    events
}

pub(super) fn in_sentence(mentions: &Mentions, sentence: u32) -> &[Mention] {
    let from = mentions.all.partition_point(|mention| mention.sentence < sentence);
    let to = mentions.all.partition_point(|mention| mention.sentence <= sentence);
    mentions.all.get(from..to).unwrap_or(&[])
}

/// A sentence in which something is told, with everything that was read in it.
struct Told<'a> {
    coder: &'a Coder,
    article: &'a Article,
    sentence: &'a Sentence,
    mentions: &'a Mentions,
    nearby: &'a [Mention],
    clauses: Clauses<'a>,
    words: &'a [Word<'a>],
    phrases: &'a [Phrase],
    about: About,
}

impl Told<'_> {
    fn event(&self, candidate: &Candidate, judged: Option<&Judged>, measures: &mut Vec<Measure>) -> Option<Made> {
        let source = self.mentions.all.get(candidate.source.mention as usize)?;
        let target = self.mentions.all.get(candidate.target.mention as usize)?;
        if candidate.source.actor == candidate.target.actor {
            return None;
        }
        let Coder { frames, codes, .. } = self.coder;
        let cues = frames.cues();
        // The items of a round-up are headlines as well.
        let whole = self.sentence.span.of(&self.article.text).trim_end();
        let line = whole.ends_with(char::is_alphanumeric) && whole.len() < 120;
        let kind = if line { SentenceKind::Headline } else { self.sentence.kind };
        let reader = StatusReader { cues, clauses: &self.clauses, kind };
        let mut reading = reader.read(candidate);
        let dated = self.dating().attached(candidate.trigger);
        self.plan(&mut reading, candidate.trigger, dated);
        believe(&mut reading, candidate, judged);
        let assent =
            cues.of(self.clauses.lemma(candidate.trigger)).has(Roles::ASSENT) && !reader.is_still_open(candidate.trigger);
        let refusal = refused(candidate, assent, &mut reading);
        let candidate = refusal.as_ref().unwrap_or(candidate);
        let speaker = attribution::speaker(&self.clauses, cues, candidate.trigger);
        let voice = self.voice(&reading, candidate, speaker);
        let mut contexts = candidate.contexts.clone();
        self.coder.topics.read(&self.clauses, candidate.trigger, &mut contexts);
        let act = candidate.act;
        let mode = candidate.mode.filter(|mode| codes::modes(act).contains(mode));
        let told = || self.coder.modes.read(&self.clauses, act, candidate.trigger, candidate.trigger_span);
        let mode = mode.or_else(told);
        let plover = codes::plover(act, reading.status, voice);
        let signs = Signs {
            candidate,
            source,
            target,
            trigger: self.clauses.upos(candidate.trigger),
            status: reading.status,
            class: plover,
            judged: judged.map(|judged| judged.best().0),
            kind: self.sentence.kind,
            nearby: self.nearby,
            about: self.about,
        };
        let (confidence, properties) = match &self.coder.judge {
            // By what else the article tells, which is not known yet.
            Some(_) => (0.0, properties(&signs, judged)),
            None => (self.coder.confidence.of(&signs), Vec::new()),
        };
        let date = self.date_of(candidate, &reading, voice, dated);
        if self.is_history(date.as_ref()) {
            return None;
        }
        let (mut first, mut second) = (self.party(candidate.source, source), self.party(candidate.target, target));
        if candidate.reciprocal && second.country < first.country {
            std::mem::swap(&mut first, &mut second);
        }
        let event = Event {
            schema: SCHEMA.to_owned(),
            id: String::new(),
            dyad: dyad(&first.country, &second.country),
            source: first,
            target: second,
            reciprocal: candidate.reciprocal,
            event: Coding {
                act,
                mode,
                plover,
                cameo: codes.cameo(plover, act, mode, &contexts).to_owned(),
                contexts,
                quad: codes::quad(plover),
                score: codes::score(act, mode),
                trigger: Trigger { text: candidate.trigger_span.of(&self.article.text).to_owned(), span: candidate.trigger_span },
            },
            status: reading.status,
            date,
            place: self.coder.places.read(self.article, &self.clauses, candidate, self.nearby, [source, target]),
            quantities: self.quantities(candidate, measures),
            attribution: attribution::attribution(self.article, &self.clauses, cues, speaker, self.nearby),
            confidence,
            evidence: vec![self.evidence(candidate)],
            article: ArticleRef::of(self.article),
            coder: env!("CARGO_PKG_VERSION").to_owned(),
        };
        Some(Made { event, reading, properties, about: self.about })
    }

    /// What happened before living memory is told for its own sake, not as what a state does.
    fn is_history(&self, date: Option<&EventDate>) -> bool {
        let Some((date, published)) = date.zip(self.published()) else { return false };
        date.end.year() + MEMORY < published.year()
    }

    /// Somebody else's word for what an actor will do is no announcement of its own.
    fn voice(&self, reading: &Reading, candidate: &Candidate, speaker: Option<attribution::Speaker>) -> Voice {
        let Some(speaker) = speaker else { return reading.voice };
        let own =
            self.nearby.iter().any(|mention| mention.head == speaker.head && mention.actors.contains(&candidate.source.actor));
        // "Russia says it could strike": who tells of his own deed to come announces it.
        let ahead = matches!(reading.status, Status::Anticipated | Status::Conditional);
        match own {
            true if ahead => Voice::Own,
            true => reading.voice,
            false => Voice::Other,
        }
    }

    fn quantities(&self, candidate: &Candidate, measures: &mut Vec<Measure>) -> Vec<Quantity> {
        let parties = [candidate.source.actor, candidate.target.actor];
        self.coder.measures.read(&self.article.text, self.words, &parties, self.nearby, measures);
        // "October 15-16 troops": what a date holds counts nothing.
        let undated = |measure: &&Measure| !self.phrases.iter().any(|phrase| phrase.span.overlaps(measure.span));
        let top = context::clause_head(&self.clauses, candidate.trigger);
        let theirs = |measure: &&Measure| {
            let head = self.clauses.top(measure.span);
            head.is_some_and(|head| {
                self.clauses.within(head, candidate.trigger) || context::clause_head(&self.clauses, head) == top
            })
        };
        measures.iter().filter(undated).filter(theirs).map(|measure| measure.quantity.clone()).collect()
    }

    fn party(&self, party: PartyRef, mention: &Mention) -> Party {
        Party {
            country: party.actor.to_string(),
            sector: mention.sector,
            role: mention.role.clone(),
            name: mention.name.clone(),
            text: mention.span.of(&self.article.text).to_owned(),
            span: mention.span,
        }
    }

    fn evidence(&self, candidate: &Candidate) -> Evidence {
        let whole = self.sentence.span;
        let span = if whole.len() <= LONGEST_EVIDENCE { whole } else { candidate.trigger_span };
        Evidence { sentence: candidate.sentence, text: span.of(&self.article.text).trim().to_owned(), span }
    }
}

/// The two codes in alphabetical order.
fn dyad(a: &str, b: &str) -> String {
    if a <= b { format!("{a}-{b}") } else { format!("{b}-{a}") }
}
