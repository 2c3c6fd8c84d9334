//! [`Reader`]: finds date phrases among words, from left to right, the longest phrase first. Here are its means, the dates of the calendar
//! and what joins two of them; [`super::relative`] and [`super::told`] hold the rest of the grammar.

use jiff::civil::Date;

use super::calendar::{Calendar, Term};
use super::{Dates, Form, Phrase, Unit};
use crate::event::lex::{Kind, Word};

/// A form with the first and one past the last of its words.
pub(super) type Found = (Form, usize, usize);

pub(super) struct Reader<'a> {
    pub(super) calendar: &'a Calendar,
    pub(super) words: &'a [Word<'a>],
}

impl Reader<'_> {
    pub(super) fn term(&self, at: usize) -> Option<Term> {
        let word = self.words.get(at)?;
        if word.kind != Kind::Word || word.text.len() > 12 {
            return None;
        }
        let mut lower = [0u8; 12];
        let lower = lower.get_mut(..word.text.len())?;
        lower.copy_from_slice(word.text.as_bytes());
        lower.make_ascii_lowercase();
        let term = *self.calendar.terms.get(std::str::from_utf8(lower).ok()?)?;
        // "may", "march" and "sun" are other words.
        let named = matches!(term, Term::Month(_) | Term::Weekday(_));
        (!named || word.capitalised()).then_some(term)
    }

    pub(super) fn is(&self, at: usize, text: &str) -> bool {
        self.words.get(at).is_some_and(|word| word.is(text))
    }

    /// One of several little words.
    pub(super) fn any(&self, at: usize, texts: &[&str]) -> bool {
        texts.iter().any(|text| self.is(at, text))
    }

    pub(super) fn skip(&self, at: usize, texts: &[&str]) -> usize {
        if self.any(at, texts) { at + 1 } else { at }
    }

    pub(super) fn year(&self, at: usize) -> Option<i16> {
        self.words.get(at)?.small().filter(|year| (1900..=2099).contains(year) && self.words[at].text.len() == 4)
    }

    /// A day of the month, with its "th" and what follows both.
    fn day(&self, at: usize) -> Option<(i8, usize)> {
        let word = self.words.get(at)?;
        let day = word.small().filter(|day| (1..=31).contains(day) && word.text.len() <= 2)?;
        let suffixed = self.any(at + 1, &["st", "nd", "rd", "th"]) && !self.words[at + 1].spaced;
        Some((day as i8, at + 1 + usize::from(suffixed)))
    }

    /// A month's name, its full stop skipped where it is short.
    pub(super) fn month(&self, at: usize) -> Option<(i8, usize)> {
        match self.term(at)? {
            Term::Month(month) => {
                let full = self.any(at, &["may", "june", "july"]);
                let short = self.words[at].text.len() <= 4 && !full;
                let stop = short && self.is(at + 1, ".") && !self.words[at + 1].spaced;
                Some((month, at + 1 + usize::from(stop)))
            }
            _ => None,
        }
    }

    fn dash_or(&self, at: usize, words: &[&str]) -> bool {
        self.words.get(at).is_some_and(|word| word.is_dash()) || self.any(at, words)
    }

    pub(super) fn phrase(&self, at: usize) -> Option<Found> {
        match self.term(at) {
            Some(Term::Since) => {
                let (form, _, to) = self.point(self.skip(at + 1, &["the"]))?;
                return Some((Form::Since(Box::new(form)), at, to));
            }
            Some(link @ (Term::Until | Term::By | Term::Before)) => {
                let (form, _, to) = self.point(self.skip(at + 1, &["the"]))?;
                let form = Box::new(form);
                let form = match link {
                    Term::By => Form::By(form),
                    Term::Before => Form::Before(form),
                    _ => Form::Until(form),
                };
                return Some((form, at, to));
            }
            _ => {}
        }
        if self.is(at, "so") && self.is(at + 1, "far") {
            let (form, _, to) = self.point(at + 2)?;
            return Some((Form::Since(Box::new(form)), at, to));
        }
        let opened = self.any(at, &["from", "between"]);
        let start = at + usize::from(opened);
        let (first, from, to) = self.point(self.skip(start, if opened { &["the"] } else { &[] }))?;
        let and = self.is(to, "and");
        if (and || self.dash_or(to, &["to", "through", "until", "till"]))
            && let Some((second, _, end)) = self.point(self.skip(to + 1, &["the"]))
            && (opened || same_kind(&first, &second))
            && (opened || !and || listed(&first, &second))
        {
            return Some((Form::FromTo(Box::new(first), Box::new(second)), if opened { at } else { from }, end));
        }
        if self.is(at, "from") && matches!(first, Form::Month(..) | Form::Year(_)) && self.any(to, &["onward", "onwards"]) {
            return Some((Form::Since(Box::new(first)), at, to + 1));
        }
        Some((first, from, to))
    }

    /// One date, without a preposition.
    pub(super) fn point(&self, at: usize) -> Option<Found> {
        let whole = |(form, to)| (form, at, to);
        self.anchored(at).or_else(|| self.absolute(at)).or_else(|| self.relative(at)).map(whole)
    }

    /// Days and months of the calendar, years.
    pub(super) fn absolute(&self, at: usize) -> Option<(Form, usize)> {
        if let Some(found) = self.iso(at) {
            return Some(found);
        }
        // 15 October 2024, 15-16 October, the 15th of October.
        let start = self.skip(at, &["the"]);
        if let Some((day, next)) = self.day(start) {
            let until = if self.dash_or(next, &["to", "and"]) { self.day(next + 1) } else { None };
            let (last, after) = until.unwrap_or((day, next));
            if let Some((month, after)) = self.month(self.skip(after, &["of"])) {
                return self.month_days(month, day, month, last, after);
            }
            // "On the 20th": of the month at hand.
            let bare = start > at && next == start + 2 && after == next;
            let introduced = at.checked_sub(1).is_some_and(|before| self.any(before, &["on", "until", "since", "by"]));
            let closed =
                self.words.get(next).is_none_or(|word| word.kind == Kind::Mark || self.any(next, &["with", "to", "and", "in"]));
            return (bare && introduced && closed).then_some((Form::DayOfMonth(day), next));
        }
        if let Some((month, next)) = self.month(at) {
            return self.after_month(at, month, next);
        }
        if let Some(weekday) = self.weekday(at) {
            return Some(weekday);
        }
        let preceded = at.checked_sub(1).is_some_and(|before| {
            self.any(
                before,
                &[
                    "in", "of", "during", "since", "until", "till", "by", "from", "to", "between", "and", "late", "early",
                    "through",
                ],
            ) || self.words[before].is_dash()
        });
        let year = self.year(at)?;
        if self.dates(at, at + 1) == Dates::Noun {
            return Some((Form::Year(year), at + 1));
        }
        if self.is(at + 1, "s") && !self.words[at + 1].spaced && year % 10 == 0 {
            return Some((Form::Years(year, year + 9), at + 2));
        }
        // "In 2014 dollars", "2,014 troops": a year has a preposition before it and no noun that it counts is looked for.
        preceded.then_some((Form::Year(year), at + 1))
    }

    fn iso(&self, at: usize) -> Option<(Form, usize)> {
        let year = self.year(at)?;
        if !(self.is(at + 1, "-") && self.is(at + 3, "-")) {
            return None;
        }
        let (month, day) = (self.words.get(at + 2)?.small()?, self.words.get(at + 4)?.small()?);
        Some((Form::Day(Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()?), at + 5))
    }

    /// October 15, October 15-16, October 30 to November 2, October 2024, December last year.
    fn after_month(&self, at: usize, month: i8, next: usize) -> Option<(Form, usize)> {
        if let Some((day, after)) = self.day(next).filter(|_| self.year(next).is_none()) {
            if self.dash_or(after, &["to", "and", "through"]) {
                if let Some((last, end)) = self.day(after + 1).filter(|(last, end)| *last > day && self.month(*end).is_none()) {
                    return self.month_days(month, day, month, last, end);
                }
                if let Some((other, end)) = self.month(after + 1)
                    && let Some((last, end)) = self.day(end)
                {
                    return self.month_days(month, day, other, last, end);
                }
            }
            return self.month_days(month, day, month, day, after);
        }
        let of = self.skip(self.skip(next, &["of"]), &[","]);
        if let Some(year) = self.year(of) {
            return Some((Form::Month(month, Some(year)), of + 1));
        }
        if let (Some(Term::Shift(shift)), Some(Term::Unit(Unit::Year))) = (self.term(of), self.term(of + 1)) {
            return Some((Form::MonthOfYear(month, i16::from(shift)), of + 2));
        }
        // A name by itself may be a person ("April", "May"): the preposition or the short form tells.
        let before = at.checked_sub(1);
        let introduced = before.is_some_and(|before| {
            let word = &self.words[before];
            word.is_dash()
                || matches!(
                    self.term(before),
                    Some(Term::Part | Term::Since | Term::Until | Term::By | Term::Before | Term::Shift(_) | Term::Beside)
                )
                || self.any(before, &["in", "of", "during", "from", "to", "between", "and", "(", "for", "through"])
        });
        introduced.then_some((Form::Month(month, None), next))
    }

    fn month_days(&self, from: i8, first: i8, to: i8, last: i8, after: usize) -> Option<(Form, usize)> {
        let comma = self.skip(self.skip(after, &[","]), &["of"]);
        let form = |month, day, year| match year {
            Some(year) => Date::new(year, month, day).ok().map(Form::Day),
            None => Some(Form::MonthDay(month, day)),
        };
        let (year, end) = match self.year(comma) {
            Some(year) => (Some(year), comma + 1),
            None => (None, after),
        };
        if year.is_none()
            && let (Some(Term::Shift(shift)), Some(Term::Unit(Unit::Year))) = (self.term(comma), self.term(comma + 1))
            && (from, first) == (to, last)
        {
            // "15 October last year": to the month is as sharp as this grammar goes.
            return Some((Form::MonthOfYear(from, i16::from(shift)), comma + 2));
        }
        let start = form(from, first, year)?;
        if (from, first) == (to, last) {
            return Some((start, end));
        }
        Some((Form::FromTo(Box::new(start), Box::new(form(to, last, year)?)), end))
    }

    pub(super) fn weekday(&self, at: usize) -> Option<(Form, usize)> {
        let Some(Term::Weekday(day)) = self.term(at) else { return None };
        let stop = self.words[at].text.len() <= 5 && self.is(at + 1, ".") && !self.words[at + 1].spaced;
        Some((Form::Weekday(day), self.hours(at + 1 + usize::from(stop))))
    }

    pub(super) fn hours(&self, at: usize) -> usize {
        if self.term(at) == Some(Term::Hour) { at + 1 } else { at }
    }

    /// Whether `second` stands in apposition to `first`: nothing between them but a comma, a bracket or "in".
    pub(super) fn same(&self, first: &Phrase, second: &Phrase) -> bool {
        let between = self.words.iter().filter(|w| w.span.start >= first.span.end && w.span.end <= second.span.start);
        let mut count = 0;
        for word in between {
            count += 1;
            if count > 3 || !(matches!(word.text, "," | "(") || word.is("in") || word.is("on")) {
                return false;
            }
        }
        let apposed = |a: &Form, b: &Form| {
            matches!(
                (a, b),
                (Form::Weekday(_) | Form::WeekdayShift(..) | Form::DayShift(_), Form::Day(_) | Form::MonthDay(..))
                    | (Form::Day(_) | Form::MonthDay(..), Form::Weekday(_))
                    | (Form::DayShift(_), Form::Weekday(_))
                    | (Form::UnitShift(Unit::Month, _), Form::Month(..))
                    | (Form::UnitShift(..) | Form::Bound { .. }, Form::Day(_) | Form::MonthDay(..) | Form::Weekday(_))
            )
        };
        count > 0 && apposed(&first.form, &second.form)
    }
}

/// "Monday and Tuesday" is a stretch; "May and June", "2021 and 2022" too; "2014 and 2019" are two dates.
fn listed(first: &Form, second: &Form) -> bool {
    match (first, second) {
        (Form::Year(first), Form::Year(second)) => second - first == 1,
        _ => matches!(first, Form::Weekday(_) | Form::MonthDay(..) | Form::Month(..)),
    }
}

fn same_kind(a: &Form, b: &Form) -> bool {
    matches!(
        (a, b),
        (Form::Weekday(_), Form::Weekday(_))
            | (Form::MonthDay(..) | Form::Day(_), Form::MonthDay(..) | Form::Day(_))
            | (Form::Month(..), Form::Month(..))
            | (Form::Year(_), Form::Year(_))
    )
}
