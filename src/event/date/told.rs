//! The grammar of dates that hang on another: "a day later", "two years earlier", "the next day", "the same evening", "that August", "at the
//! time"; and of years that date the noun behind them: "the 2015 accord".

use super::calendar::Term;
use super::read::Reader;
use super::{Form, Unit};

impl Reader<'_> {
    /// A date that counts from the one told before it.
    pub(super) fn anchored(&self, at: usize) -> Option<(Form, usize)> {
        let (form, to) = self.shifted_from_told(at).or_else(|| self.told_again(at)).or_else(|| self.away_from_told(at))?;
        Some((Form::Anchored(Box::new(form)), to))
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
        let again = |at: usize| if self.is(at, "that") { Some(at + 1) } else { self.again(at) };
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

    /// "The same", "the very same".
    fn again(&self, at: usize) -> Option<usize> {
        let same = self.skip(at + 1, &["very"]);
        (self.is(at, "the") && self.is(same, "same")).then_some(same + 1)
    }

    /// Whether nothing that a link could govern follows.
    fn ends(&self, at: usize) -> bool {
        self.words.get(at).is_none_or(|word| !word.text.starts_with(char::is_alphanumeric))
            || self.any(at, &["that", "and", "but"])
    }

    /// "The 2015 accord": a year between a determiner and a noun.
    pub(super) fn modifies(&self, from: usize, to: usize) -> bool {
        let determined = from.checked_sub(1).is_some_and(|before| {
            self.any(before, &["the", "a", "an", "its", "their", "his", "her", "s", "this", "that", "’s", "'s"])
        });
        let counted = self.year(from).is_none_or(|year| year % 100 == 0);
        let noun = self.words.get(to).is_some_and(|word| word.spaced && word.text.starts_with(char::is_alphabetic));
        to == from + 1 && determined && !counted && noun && self.term(to).is_none()
    }
}
