//! When an event happened: which date phrase of its sentence is meant, seen from which day, in which direction.

use jiff::civil::Date;

use super::super::candidate::Candidate;
use super::super::codes::Voice;
use super::super::date::{self, Dated, Dating, Direction, Phrase};
use super::super::lex;
use super::super::ontology::{Act, Status};
use super::super::record::{EventDate, Granularity};
use super::super::status::Reading;
use super::{Coder, Told};
use crate::article::Article;
use crate::syntax::Document;

/// Sentences back in which the date is told from which "a day later" counts.
const NEARBY: usize = 4;

/// The day from which relative dates are counted.
pub(super) fn published(article: &Article) -> Option<Date> {
    article.published.or_else(|| article.dateline.as_ref().and_then(|dateline| dateline.date))
}

impl Coder {
    /// The dates of the few sentences before one.
    pub(super) fn dates_before(&self, article: &Article, document: &Document, sentence: u32) -> Vec<Phrase> {
        let mut phrases = Vec::new();
        let mut words = Vec::new();
        let sentences = document.sentences.iter().take(sentence as usize).skip((sentence as usize).saturating_sub(NEARBY));
        for sentence in sentences {
            words.clear();
            lex::words(&article.text, sentence.span, &mut words);
            self.calendar.read(&words, &mut phrases);
        }
        phrases
    }
}

impl Told<'_> {
    /// The date of what `candidate` tells. What an actor itself announces is dated by the announcement, unless the text dates the thing.
    pub(super) fn date_of(
        &self,
        candidate: &Candidate,
        reading: &Reading,
        voice: Voice,
        dated: Option<Dated<'_>>,
    ) -> Option<EventDate> {
        let ahead = matches!(reading.status, Status::Anticipated | Status::Conditional | Status::Negated);
        let dated = match reading.status {
            Status::Occurred => dated.and_then(|dated| self.behind(candidate.trigger, dated)),
            _ => dated,
        };
        let announced = || self.dating().announced(candidate.trigger);
        let said = if dated.is_none() && ahead && voice == Voice::Own { announced() } else { None };
        said.and_then(|said| self.days(said, Direction::Past)).or_else(|| self.date(candidate.act, reading, dated))
    }

    /// "Is visiting Paris next week": the present with a date ahead is a plan.
    pub(super) fn plan(&self, reading: &mut Reading, trigger: u32, dated: Option<Dated<'_>>) {
        let dated = dated.filter(|dated| !self.dating().is_of_another(trigger, dated.span));
        let Some(published) = self.published().filter(|_| reading.present) else { return };
        let ahead = dated.and_then(|dated| dated.form.resolve(Some(published), Direction::Future));
        let certain = dated.and_then(|dated| dated.form.resolve(Some(published), Direction::Either));
        // "Arrives on Friday": of the last Friday the past would be told.
        let weekday = dated.is_some_and(|dated| matches!(dated.form, date::Form::Weekday(_)));
        let is_later = |days: Option<date::Days>| days.is_some_and(|days| days.start > published);
        let later = is_later(ahead) && (weekday || is_later(certain));
        if later && matches!(reading.status, Status::Occurred | Status::Ongoing) {
            reading.status = Status::Anticipated;
        }
    }

    /// "Rejected the request but agreed to meet *next month*": what has happened is not dated by what is still to come. Gives the nearest
    /// phrase of the sentence that lies behind.
    fn behind<'a>(&'a self, trigger: u32, dated: Dated<'a>) -> Option<Dated<'a>> {
        let Some(published) = self.published() else { return Some(dated) };
        let is_ahead = |form: &date::Form| {
            form.resolve(Some(published), Direction::Past).is_some_and(|days| {
                // "Agreed to exchange prisoners by December 15": a term that is set.
                days.start > published || days.end > published && matches!(form, date::Form::By(_))
            })
        };
        if is_ahead(dated.form) { self.dating().nearest(trigger, &|form| !is_ahead(form)) } else { Some(dated) }
    }

    pub(super) fn published(&self) -> Option<Date> {
        published(self.article)
    }

    pub(super) fn dating(&self) -> Dating<'_> {
        Dating { clauses: &self.clauses, cues: self.coder.frames.cues(), links: &self.coder.links, phrases: self.phrases }
    }

    fn date(&self, act: Act, reading: &Reading, dated: Option<Dated<'_>>) -> Option<EventDate> {
        let published = self.published();
        let direction = match reading.status {
            // "Threatened on Monday to leave if": the threat was made, whatever it waits for.
            Status::Conditional if act == Act::Threaten => Direction::Past,
            Status::Anticipated | Status::Conditional => Direction::Future,
            Status::Occurred | Status::Ongoing => Direction::Past,
            Status::Negated | Status::Denied => Direction::Either,
        };
        let direction = if dated.is_some_and(|dated| dated.behind) { Direction::Past } else { direction };
        if let Some(date) = dated.and_then(|dated| self.days(dated, direction)) {
            return Some(date);
        }
        let news = !reading.background && !matches!(reading.status, Status::Anticipated | Status::Conditional);
        let day = published.filter(|_| news)?;
        Some(EventDate { start: day, end: day, granularity: Granularity::Published, text: None })
    }

    fn days(&self, dated: Dated<'_>, direction: Direction) -> Option<EventDate> {
        let days = dated.form.resolve(self.published(), direction)?;
        let text = Some(dated.span.of(&self.article.text).to_owned());
        Some(EventDate { start: days.start, end: days.end, granularity: days.granularity, text })
    }
}
