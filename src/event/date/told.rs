//! The grammar of dates that hang on another: "a day later", "two years earlier", "the next day", "the same evening", "that August", "at the
//! time"; of what a date is counted to: "a day after the talks broke down"; and of years that date the noun behind them: "the 2015 accord".

use super::calendar::Term;
use super::read::Reader;
use super::{Dates, Form, Unit};

impl Reader<'_> {
    /// A date that counts from the one told before it.
    pub(super) fn anchored(&self, at: usize) -> Option<(Form, usize)> {
        if self.is(at, "at") && self.is(at + 1, "the") && self.is(at + 2, "time") && !self.any(at + 3, &["of", "when"]) {
            return Some((Form::Then, at + 3));
        }
        let found = self.shifted_from_told(at).or_else(|| self.told_again(at)).or_else(|| self.away_from_told(at));
        let (form, to) = found.or_else(|| self.counted_to(at))?;
        Some((Form::Anchored(Box::new(form)), to))
    }

    /// "A day after the talks broke down": when they did, seen from the date told before.
    fn counted_to(&self, at: usize) -> Option<(Form, usize)> {
        if at.checked_sub(1).is_some_and(|before| self.is(before, "half")) {
            return None;
        }
        let the = self.is(at, "the");
        let (count, next) = if the { (1, at + 1) } else { self.count(at)? };
        // "At the weekend after it broke down" is when it says.
        let Some(Term::Unit(unit)) = self.term(next).filter(|term| !the || *term != Term::Unit(Unit::Weekend)) else {
            return None;
        };
        let count = match self.term(next + 1)? {
            Term::Beside => -count,
            Term::Before => count,
            _ => return None,
        };
        // "Two days after May 3" is another date; "a year after", with nothing behind it, counts the other way.
        (self.point(next + 2).is_none() && !self.ends(next + 2)).then_some((Form::Away(unit, count), next + 2))
    }

    /// What the phrase of these words may date.
    pub(super) fn dates(&self, from: usize, to: usize) -> Dates {
        let link = to.checked_sub(1).filter(|at| matches!(self.term(*at), Some(Term::Beside | Term::Before)) && !self.ends(to));
        match link.and_then(|at| self.words.get(at)) {
            Some(link) => Dates::Opened(link.span),
            None if self.modifies(from, to) => Dates::Noun,
            None => Dates::Anything,
        }
    }

    /// "A day later", "four years earlier".
    fn away_from_told(&self, at: usize) -> Option<(Form, usize)> {
        let (count, next) = self.count(at)?;
        let (Some(Term::Unit(unit)), Some(Term::Bound { later })) = (self.term(next), self.term(next + 1)) else { return None };
        // "Two days later this month" is another grammar.
        let free = !matches!(self.term(next + 2), Some(Term::Shift(_)));
        free.then_some((Form::Away(unit, if later { count } else { -count }), next + 2))
    }

    /// "The next day", "the following month", "the previous year"; "the day before".
    fn shifted_from_told(&self, at: usize) -> Option<(Form, usize)> {
        if !self.is(at, "the") {
            return None;
        }
        if let (Some(Term::Unit(unit)), Some(link @ (Term::Before | Term::Beside))) = (self.term(at + 1), self.term(at + 2)) {
            // "The day before yesterday", "the week after May".
            let free = self.point(at + 3).is_none() && self.ends(at + 3);
            return free.then_some((Form::Away(unit, if link == Term::Before { -1 } else { 1 }), at + 3));
        }
        let shift = if self.any(at + 1, &["next", "following"]) {
            1
        } else if self.is(at + 1, "previous") {
            -1
        } else {
            return None;
        };
        match self.term(at + 2) {
            Some(Term::Unit(unit)) => Some((Form::Away(unit, shift), at + 3)),
            Some(Term::Hour) => Some((Form::Away(Unit::Day, shift), at + 3)),
            _ => None,
        }
    }

    /// "The same day", "that evening", "that August", "in September of that year".
    fn told_again(&self, at: usize) -> Option<(Form, usize)> {
        let again = |at: usize| self.again(at).or_else(|| self.is(at, "that").then_some(at + 1));
        if let Some((month, next)) = self.month(at)
            && let Some(next) = again(self.skip(next, &["of"]))
            && self.term(next) == Some(Term::Unit(Unit::Year))
        {
            return Some((Form::Month(month, None), next + 1));
        }
        let next = again(at)?;
        match self.term(next)? {
            Term::Hour => Some((Form::UnitShift(Unit::Day, 0), next + 1)),
            // "That month-long drills were planned" is a clause.
            Term::Unit(_) if self.words.get(next + 1).is_some_and(|word| word.is_dash()) => None,
            Term::Unit(unit) => Some((Form::UnitShift(unit, 0), next + 1)),
            Term::Month(month) => Some((Form::Month(month, None), next + 1)),
            _ => None,
        }
    }

    /// "The same", "the very same", "that same".
    fn again(&self, at: usize) -> Option<usize> {
        let same = self.skip(at + 1, &["very"]);
        (self.any(at, &["the", "that"]) && self.is(same, "same")).then_some(same + 1)
    }

    /// Whether nothing that a link could govern follows.
    fn ends(&self, at: usize) -> bool {
        self.words.get(at).is_none_or(|word| !word.text.starts_with(char::is_alphanumeric))
            || self.any(at, &["that", "and", "but"])
    }

    /// "The 2015 accord": a year between a determiner and a noun.
    fn modifies(&self, from: usize, to: usize) -> bool {
        let determined = from.checked_sub(1).is_some_and(|before| {
            self.any(before, &["the", "a", "an", "its", "their", "his", "her", "s", "this", "that", "’s", "'s"])
        });
        let counted = self.year(from).is_none_or(|year| year % 100 == 0);
        let noun = self.words.get(to).is_some_and(|word| word.spaced && word.text.starts_with(char::is_alphabetic));
        to == from + 1 && determined && !counted && noun && self.term(to).is_none()
    }
}
