//! The grammar of dates that are seen from the day of publication: today, this month, two weeks ago, the first half of the year, the end
//! of the month.

use super::calendar::Term;
use super::read::Reader;
use super::{Form, Unit};

impl Reader<'_> {
    /// Today, this month, two weeks ago, the first half of the year, the end of the month.
    pub(super) fn relative(&self, at: usize) -> Option<(Form, usize)> {
        let boxed = |(form, to): (Form, usize)| (Box::new(form), to);
        match self.term(self.skip(at, &["the"])) {
            Some(Term::Day(shift)) => return Some((Form::DayShift(shift.into()), self.hours(at + 1))),
            // "At the weekend".
            Some(Term::Unit(Unit::Weekend)) if self.is(at, "the") && self.is(at + 1, "weekend") => {
                return Some((Form::UnitShift(Unit::Weekend, 0), at + 2));
            }
            Some(Term::Overnight) => return Some((Form::Night, at + 1)),
            Some(Term::Bound { later }) => {
                let next = self.skip(at + 1, &["in", "on"]);
                // "Earlier in July": a month or a year that is not over.
                let named = || if self.is(at + 1, "in") { self.absolute(next) } else { None };
                let (of, to) = self.relative(next).or_else(|| self.weekday(self.skip(at + 1, &["on"]))).or_else(named)?;
                if matches!(of, Form::Weekday(_) | Form::DayShift(_)) {
                    return Some((of, to));
                }
                return Some((Form::Bound { later, of: Box::new(of) }, to));
            }
            Some(Term::Part) => {
                let mut next = self.skip(at, &["the"]) + 1;
                next += usize::from(self.words.get(next).is_some_and(|word| word.is_dash()));
                let next = self.skip(self.skip(next, &["of"]), &["the"]);
                return self.absolute(next).or_else(|| self.relative(next));
            }
            Some(Term::Edge { end }) => {
                let next = self.skip(at, &["the"]) + 1;
                if !self.is(next, "of") {
                    return None;
                }
                let (of, to) = boxed(self.point(next + 1).map(|(form, _, to)| (form, to)).or_else(|| self.this_unit(next + 1))?);
                return Some((Form::Edge { end, sharp: false, of }, to));
            }
            Some(Term::Ordinal(1) | Term::Shift(-1)) if self.day_of(at).is_some() => {
                let next = self.day_of(at)?;
                let (of, to) = boxed(self.point(next).map(|(form, _, to)| (form, to)).or_else(|| self.this_unit(next))?);
                return Some((Form::Edge { end: !self.is(self.skip(at, &["the"]), "first"), sharp: true, of }, to));
            }
            Some(Term::Ordinal(index)) => return self.part_of_year(self.skip(at, &["the"]) + 1, index),
            Some(Term::Recent) => {
                let next = self.skip(at, &["the"]) + 1;
                let Some(Term::Unit(unit)) = self.term(next) else { return None };
                return Some((Form::Stretch(unit, -3), next + 1));
            }
            Some(Term::Season(month)) => {
                let next = self.skip(self.skip(at, &["the"]) + 1, &["of"]);
                let year = self.year(next);
                return match year {
                    Some(_) => Some((Form::Season(month, None, year), next + 1)),
                    None if at > 0 && self.any(at - 1, &["in", "this", "since", "until", "by"]) => {
                        Some((Form::Season(month, None, None), self.skip(at, &["the"]) + 1))
                    }
                    None => None,
                };
            }
            Some(Term::Shift(shift)) => return self.shifted(self.skip(at, &["the"]) + 1, shift),
            _ => {}
        }
        self.away(at)
    }

    /// What follows "the first day of", "the last day of".
    fn day_of(&self, at: usize) -> Option<usize> {
        let day = self.skip(at, &["the"]) + 1;
        (self.term(day) == Some(Term::Unit(Unit::Day)) && self.is(day, "day") && self.is(day + 1, "of")).then_some(day + 2)
    }

    /// "The year", "the month" after "the end of": the present one.
    pub(super) fn this_unit(&self, at: usize) -> Option<(Form, usize)> {
        let at = self.skip(at, &["the"]);
        match self.term(at)? {
            Term::Unit(unit) => Some((Form::UnitShift(unit, 0), at + 1)),
            _ => None,
        }
    }

    /// After this, last, next: a unit, a weekday, a month, a season, a number of units.
    pub(super) fn shifted(&self, at: usize, shift: i8) -> Option<(Form, usize)> {
        match self.term(at) {
            Some(Term::Unit(unit)) => Some((Form::UnitShift(unit, shift.into()), at + 1)),
            Some(Term::Weekday(day)) => Some((Form::WeekdayShift(day, shift), self.hours(at + 1))),
            Some(Term::Month(month)) => Some((Form::MonthShift(month, shift), at + 1)),
            Some(Term::Season(month)) => Some((Form::Season(month, Some(shift), None), at + 1)),
            Some(Term::Hour) if shift <= 0 => Some((Form::DayShift(shift.into()), at + 1)),
            _ => {
                let (count, next) = self.count(at)?;
                let Some(Term::Unit(unit)) = self.term(next) else { return None };
                // "This two weeks" is no date.
                (shift != 0).then_some((Form::Stretch(unit, i32::from(shift) * count), next + 1))
            }
        }
    }

    /// A number in figures or words: "two", "a couple of", "15".
    pub(super) fn count(&self, at: usize) -> Option<(i32, usize)> {
        if let Some(number) = self.words.get(at).and_then(|word| word.small()).filter(|number| *number <= 400) {
            return Some((number.into(), at + 1));
        }
        match self.term(at)? {
            Term::Number(1) if self.is(at, "a") => match self.term(at + 1) {
                Some(Term::Number(number)) => Some((number.into(), self.skip(at + 2, &["of"]))),
                _ => Some((1, at + 1)),
            },
            Term::Number(number) => Some((number.into(), at + 1)),
            _ => None,
        }
    }

    /// Two weeks ago, in three days, within a month.
    fn away(&self, at: usize) -> Option<(Form, usize)> {
        let ahead = self.any(at, &["in", "within"]);
        let (count, next) = self.count(at + usize::from(ahead))?;
        let Some(Term::Unit(unit)) = self.term(next) else { return None };
        if self.term(next + 1) == Some(Term::Ago) {
            return Some((Form::Away(unit, -count), next + 2));
        }
        let time = next + 1 + if self.any(next + 1, &["’", "'"]) { 2 } else { 1 };
        if ahead && self.is(time - 1, "time") {
            return Some((Form::Away(unit, count), time));
        }
        // "In two days of talks" is a length.
        let within = self.is(at, "within") && !self.is(next + 1, "of");
        within.then_some((Form::Stretch(unit, count), next + 1))
    }

    /// "First quarter of 2024", "second half of the year".
    fn part_of_year(&self, at: usize, index: i8) -> Option<(Form, usize)> {
        let months = match self.term(at)? {
            Term::Unit(Unit::Quarter) => 3,
            Term::Half if index <= 2 => 6,
            _ => return None,
        };
        let of = self.skip(self.skip(at + 1, &["of"]), &["the"]);
        let year = match self.term(of) {
            _ if self.year(of).is_some() => self.year(of).map(|year| (Form::Year(year), of + 1)),
            Some(Term::Unit(Unit::Year)) => Some((Form::UnitShift(Unit::Year, 0), of + 1)),
            Some(Term::Shift(shift)) => self.shifted(of + 1, shift),
            _ => None,
        };
        match year {
            Some((year, to)) => Some((Form::PartOfYear(months, index, Some(Box::new(year))), to)),
            None => Some((Form::PartOfYear(months, index, None), at + 1)),
        }
    }
}
