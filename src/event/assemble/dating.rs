//! When an event happened: which date phrase of its sentence is meant, seen from which day, in which direction.

use jiff::civil::Date;

use super::super::candidate::Candidate;
use super::super::codes::Voice;
use super::super::date::{self, Direction, Phrase};
use super::super::lex;
use super::super::ontology::Status;
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
        phrase: Option<&Phrase>,
    ) -> Option<EventDate> {
        let ahead = matches!(reading.status, Status::Anticipated | Status::Conditional | Status::Negated);
        let announced = || date::announced(&self.clauses, candidate.trigger, self.phrases);
        let said = if phrase.is_none() && ahead && voice == Voice::Own { announced() } else { None };
        said.and_then(|said| self.dated(said, Direction::Past)).or_else(|| self.date(reading, phrase))
    }

    /// "Is visiting Paris next week": the present with a date ahead is a plan.
    pub(super) fn plan(&self, reading: &mut Reading, phrase: Option<&Phrase>) {
        let Some(published) = self.published().filter(|_| reading.present) else { return };
        let ahead = phrase.and_then(|phrase| phrase.form.resolve(Some(published), Direction::Future));
        let certain = phrase.and_then(|phrase| phrase.form.resolve(Some(published), Direction::Either));
        // "Arrives on Friday": of the last Friday the past would be told.
        let weekday = phrase.is_some_and(|phrase| matches!(phrase.form, date::Form::Weekday(_)));
        let is_later = |days: Option<date::Days>| days.is_some_and(|days| days.start > published);
        let later = is_later(ahead) && (weekday || is_later(certain));
        if later && matches!(reading.status, Status::Occurred | Status::Ongoing) {
            reading.status = Status::Anticipated;
        }
    }

    pub(super) fn published(&self) -> Option<Date> {
        published(self.article)
    }

    fn date(&self, reading: &Reading, phrase: Option<&Phrase>) -> Option<EventDate> {
        let published = self.published();
        let direction = match reading.status {
            Status::Anticipated | Status::Conditional => Direction::Future,
            Status::Occurred | Status::Ongoing => Direction::Past,
            Status::Negated | Status::Denied => Direction::Either,
        };
        if let Some(date) = phrase.and_then(|phrase| self.dated(phrase, direction)) {
            return Some(date);
        }
        let news = !reading.background && !matches!(reading.status, Status::Anticipated | Status::Conditional);
        let day = published.filter(|_| news)?;
        Some(EventDate { start: day, end: day, granularity: Granularity::Published, text: None })
    }

    fn dated(&self, phrase: &Phrase, direction: Direction) -> Option<EventDate> {
        let days = phrase.form.resolve(self.published(), direction)?;
        let text = Some(phrase.span.of(&self.article.text).to_owned());
        Some(EventDate { start: days.start, end: days.end, granularity: days.granularity, text })
    }
}
