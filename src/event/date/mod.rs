//! Dates of events: what a date phrase means ([`Form`]), and which days that is, seen from the day of publication
//! ([`Form::resolve`]).
//!
//! [`calendar`] finds the phrases of a sentence; [`attach`] decides which of them belongs to an event. All ranges are
//! inclusive. A phrase that leaves its year or week open ("on Saturday", "in November", "October 15-16") takes the last such
//! day before publication where the event is past, and the next one where it is still to come. "A day later" and "the same month" count
//! from the date told before them ([`anchor`]).

mod anchor;
mod attach;
mod calendar;
mod links;
mod read;
mod relative;
mod resolve;
mod told;

use jiff::civil::Date;

use super::record::Granularity;
use crate::span::Span;

pub(super) use anchor::anchor;
pub(super) use attach::{Dated, Dating};
pub(super) use calendar::Calendar;
pub(super) use links::Links;

/// Whether the event of a phrase lies behind or ahead, as its status tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Past,
    Future,
    /// Nearest to publication.
    Either,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Day,
    Week,
    Fortnight,
    Weekend,
    Month,
    Quarter,
    Year,
    Decade,
}

/// What a date phrase says, before it is known from which day it is seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// 3 November 2024.
    Day(Date),
    /// November 3: month and day.
    MonthDay(i8, i8),
    /// November, November 2024.
    Month(i8, Option<i16>),
    /// December last year, November this year: month, and how many years from the present one.
    MonthOfYear(i8, i16),
    /// Last December, next May: the nearest whole one before (-1), after (1), or in the present year (0).
    MonthShift(i8, i8),
    /// 2014.
    Year(i16),
    /// The 1990s.
    Years(i16, i16),
    /// Monday.
    Weekday(i8),
    /// Last Monday (-1), this Monday (0), next Monday (1).
    WeekdayShift(i8, i8),
    /// Today, yesterday, tomorrow.
    DayShift(i32),
    /// This month (0), last week (-1), next year (1).
    UnitShift(Unit, i32),
    /// Two weeks ago (-2), in three days (3).
    Away(Unit, i32),
    /// The past two weeks (-2), the coming three days (3): a stretch that ends or begins with publication.
    Stretch(Unit, i32),
    /// Spring, next summer (1), spring 2023: first month, shift if said, year if said.
    Season(i8, Option<i8>, Option<i16>),
    /// The first quarter, the second half: months in it, which of them, year.
    PartOfYear(i8, i8, Option<Box<Form>>),
    /// The start or the end of something: the end of the year; where it is sharp, its first or its last day.
    Edge {
        end: bool,
        sharp: bool,
        of: Box<Form>,
    },
    /// Earlier this month, later this week: up to the day of publication, or from it on.
    Bound {
        later: bool,
        of: Box<Form>,
    },
    Since(Box<Form>),
    Until(Box<Form>),
    /// By Friday: until then where it lies ahead, else then.
    By(Box<Form>),
    /// Before May, before the end of March: no day that is known, unless it is still to come.
    Before(Box<Form>),
    /// The 20th.
    DayOfMonth(i8),
    /// Overnight.
    Night,
    /// A day later, the same month, that August: counted from the date told before, not from publication.
    Anchored(Box<Form>),
    /// At the time: the date told before, as sharp as it is.
    Then,
    /// Days known already.
    Known(Days),
    /// From October 15 to 16.
    FromTo(Box<Form>, Box<Form>),
}

/// A date phrase: its words without the preposition that introduces it, and what they say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phrase {
    pub span: Span,
    pub form: Form,
    pub dates: Dates,
}

/// What a date phrase may date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dates {
    /// What it hangs on.
    Anything,
    /// "The 2015 accord": the noun that it stands before, and nothing else.
    Noun,
    /// "A day after the talks broke down": what the link at this place opens, and nothing else.
    Opened(Span),
}

/// The days a phrase means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Days {
    pub start: Date,
    pub end: Date,
    pub granularity: Granularity,
}

#[cfg(test)]
mod tests;
