//! [`Form::resolve`]: from what a phrase says to days.

use jiff::civil::Date;

use super::{Days, Direction, Form, Unit};
use crate::event::record::Granularity;

impl Form {
    /// The days meant, seen from `published`. `None` where they cannot be known (a relative phrase in an undated article, a 31
    /// February) or lie outside the calendar.
    pub fn resolve(&self, published: Option<Date>, direction: Direction) -> Option<Days> {
        match self {
            Form::Day(date) => Some(day(*date)),
            Form::Year(year) => whole(Unit::Year, Date::new(*year, 1, 1).ok()?),
            Form::Years(from, to) => range(Date::new(*from, 1, 1).ok()?, Date::new(*to, 12, 31).ok()?),
            Form::Month(month, Some(year)) => whole(Unit::Month, Date::new(*year, *month, 1).ok()?),
            Form::Season(month, _, Some(year)) => season(*year, *month),
            Form::PartOfYear(months, index, Some(year)) => {
                part_of_year(*months, *index, year.resolve(published, direction)?.start.year())
            }
            Form::Edge { end, sharp, of } => edge(*end, *sharp, of.resolve(published, direction)?),
            Form::FromTo(from, to) => between(from, to, published, direction),
            Form::Known(days) => Some(*days),
            Form::Anchored(_) | Form::Then => None,
            relative => relative.resolve_from(published?, direction),
        }
    }

    fn resolve_from(&self, now: Date, direction: Direction) -> Option<Days> {
        match self {
            Form::MonthDay(month, date) => {
                let candidates = years(now).filter_map(|year| Date::new(year, *month, *date).ok()).map(day);
                nearest(candidates, now, direction)
            }
            Form::Month(month, None) => {
                let candidates = years(now).filter_map(|year| whole(Unit::Month, Date::new(year, *month, 1).ok()?));
                nearest(candidates, now, direction)
            }
            Form::MonthOfYear(month, shift) => whole(Unit::Month, Date::new(now.year().checked_add(*shift)?, *month, 1).ok()?),
            Form::MonthShift(month, shift) => {
                let mut months = years(now).filter_map(|year| whole(Unit::Month, Date::new(year, *month, 1).ok()?));
                match shift {
                    0 => months.find(|month| month.start.year() == now.year()),
                    1.. => months.find(|month| month.start > now),
                    _ => months.filter(|month| month.end < now).last(),
                }
            }
            Form::Weekday(weekday) => {
                let ahead = (*weekday - now.weekday().to_monday_one_offset()).rem_euclid(7);
                let behind = (7 - ahead) % 7;
                let shift = match direction {
                    Direction::Past => -behind,
                    Direction::Future => ahead,
                    Direction::Either if ahead < behind => ahead,
                    Direction::Either => -behind,
                };
                shifted(now, Unit::Day, i32::from(shift)).map(day)
            }
            Form::WeekdayShift(weekday, shift) => {
                let ahead = (*weekday - now.weekday().to_monday_one_offset()).rem_euclid(7);
                let days = match shift {
                    1.. if ahead == 0 => 7,
                    1.. => ahead,
                    0 if direction == Direction::Past && ahead > 0 => ahead - 7,
                    0 => ahead,
                    _ => ahead - 7,
                };
                shifted(now, Unit::Day, i32::from(days)).map(day)
            }
            Form::DayShift(days) => shifted(now, Unit::Day, *days).map(day),
            Form::UnitShift(Unit::Weekend, 0) if direction == Direction::Past && now.weekday().to_monday_one_offset() < 6 => {
                whole(Unit::Weekend, shifted(now, Unit::Week, -1)?)
            }
            Form::DayOfMonth(date) => {
                let months = (-1..=1).filter_map(|months| shifted(now.first_of_month(), Unit::Month, months));
                let candidates = months.filter_map(|first| Date::new(first.year(), first.month(), *date).ok()).map(day);
                nearest(candidates, now, direction)
            }
            Form::Night if direction == Direction::Future => range(now, shifted(now, Unit::Day, 1)?),
            Form::Night => range(shifted(now, Unit::Day, -1)?, now),
            // "This month" of what has happened ends with publication.
            Form::UnitShift(unit, 0) if direction == Direction::Past => {
                let days = whole(*unit, now)?;
                Some(Days { end: days.end.min(now), ..days })
            }
            Form::UnitShift(unit, shift) => whole(*unit, shifted(now, *unit, *shift)?),
            Form::Away(unit, count) => {
                let then = shifted(now, *unit, *count)?;
                match (unit, count) {
                    (Unit::Day, _) => Some(day(then)),
                    // "A year ago" is at about this time last year; "five years ago" is no sharper than a year.
                    (Unit::Year, -1 | 1) => whole(Unit::Month, then),
                    _ => whole(*unit, then),
                }
            }
            Form::Stretch(unit, count) if *count < 0 => range(shifted(now, *unit, *count)?, now),
            Form::Stretch(unit, count) => range(now, shifted(now, *unit, *count)?),
            Form::Season(month, Some(shift), None) => {
                let mut seasons = years(now).filter_map(|year| season(year, *month));
                match shift {
                    1.. => seasons.find(|season| season.start > now),
                    0 => nearest(seasons, now, direction),
                    _ => seasons.filter(|season| season.end < now).last(),
                }
            }
            Form::Season(month, None, None) => nearest(years(now).filter_map(|year| season(year, *month)), now, direction),
            Form::PartOfYear(months, index, None) => {
                nearest(years(now).filter_map(|year| part_of_year(*months, *index, year)), now, direction)
            }
            Form::Bound { later, of } => {
                let days = of.resolve(Some(now), direction)?;
                let whole = Days { granularity: days.granularity, ..days };
                match later {
                    true if days.start <= now && now <= days.end => Some(Days { start: now, ..whole }),
                    false if days.start <= now && now <= days.end => Some(Days { end: now, ..whole }),
                    _ => Some(days),
                }
            }
            Form::Since(from) => {
                let days = from.resolve(Some(now), Direction::Past)?;
                // "Since the end of May": what ended with it is over.
                let start = if matches!(**from, Form::Edge { end: true, .. }) { days.end } else { days.start };
                range(start, now.max(start))
            }
            Form::Until(to) => {
                let end = to.resolve(Some(now), direction)?.end;
                range(now.min(end), end)
            }
            Form::Before(then) => {
                let days = then.resolve(Some(now), direction)?;
                let last =
                    if matches!(**then, Form::Edge { end: true, .. }) { days.end } else { shifted(days.start, Unit::Day, -1)? };
                if last > now && direction != Direction::Past { range(now, last) } else { None }
            }
            // "Undertook to pay by the end of September": what is due mostly lies ahead, whenever it was undertaken.
            Form::By(then) => {
                let day = matches!(**then, Form::Weekday(_) | Form::DayShift(_));
                let direction = if day || direction != Direction::Past { direction } else { Direction::Either };
                let days = then.resolve(Some(now), direction)?;
                if days.end > now && direction != Direction::Past { range(now, days.end) } else { Some(days) }
            }
            _ => None,
        }
    }
}

impl Days {
    /// Whether these days are longer than the unit.
    pub(super) fn is_beyond(self, unit: Unit) -> bool {
        whole(unit, self.start).is_some_and(|whole| self.end > whole.end)
    }

    /// The unit around these days, or they themselves where they are longer.
    pub(super) fn widened(self, unit: Unit) -> Option<Days> {
        let whole = whole(unit, self.start)?;
        Some(if self.end <= whole.end { whole } else { self })
    }
}

fn day(date: Date) -> Days {
    Days { start: date, end: date, granularity: Granularity::Day }
}

/// A stretch the text gives by its ends; one day where they are the same.
fn range(start: Date, end: Date) -> Option<Days> {
    match start.cmp(&end) {
        std::cmp::Ordering::Less => Some(Days { start, end, granularity: Granularity::Range }),
        std::cmp::Ordering::Equal => Some(day(start)),
        std::cmp::Ordering::Greater => None,
    }
}

/// The years in which a phrase without one may lie, in order.
fn years(now: Date) -> impl Iterator<Item = i16> {
    (-1..=1).filter_map(move |shift| now.year().checked_add(shift))
}

/// Of the same day, month or season of several years, the one that the direction asks for. What is going on now is both.
fn nearest(candidates: impl Iterator<Item = Days>, now: Date, direction: Direction) -> Option<Days> {
    let distance = |days: &Days| {
        let (start, end) = (days.start.duration_until(now).as_hours(), now.duration_until(days.end).as_hours());
        if start >= 0 && end >= 0 { 0 } else { start.abs().min(end.abs()) }
    };
    candidates
        .filter(|days| match direction {
            Direction::Past => days.start <= now,
            Direction::Future => days.end >= now,
            Direction::Either => true,
        })
        .min_by_key(|days| distance(days))
}

fn shifted(date: Date, unit: Unit, count: i32) -> Option<Date> {
    let (none, count) = (jiff::Span::new(), i64::from(count));
    let span = match unit {
        Unit::Day => none.try_days(count),
        Unit::Week | Unit::Weekend => none.try_weeks(count),
        Unit::Fortnight => none.try_weeks(2 * count),
        Unit::Month => none.try_months(count),
        Unit::Quarter => none.try_months(3 * count),
        Unit::Year => none.try_years(count),
        Unit::Decade => none.try_years(10 * count),
    };
    date.checked_add(span.ok()?).ok()
}

/// The whole week (from Monday), month, quarter, year … that `date` lies in.
fn whole(unit: Unit, date: Date) -> Option<Days> {
    let monday = || shifted(date, Unit::Day, 1 - i32::from(date.weekday().to_monday_one_offset()));
    let (start, end, granularity) = match unit {
        Unit::Day => (date, date, Granularity::Day),
        Unit::Week => (monday()?, shifted(monday()?, Unit::Day, 6)?, Granularity::Week),
        Unit::Fortnight => (monday()?, shifted(monday()?, Unit::Day, 13)?, Granularity::Range),
        Unit::Weekend => (shifted(monday()?, Unit::Day, 5)?, shifted(monday()?, Unit::Day, 6)?, Granularity::Range),
        Unit::Month => (date.first_of_month(), date.last_of_month(), Granularity::Month),
        Unit::Quarter => return part_of_year(3, (date.month() - 1) / 3 + 1, date.year()),
        Unit::Year => (date.first_of_year(), date.last_of_year(), Granularity::Year),
        Unit::Decade => {
            let first = date.year() - date.year().rem_euclid(10);
            return range(Date::new(first, 1, 1).ok()?, Date::new(first.checked_add(9)?, 12, 31).ok()?);
        }
    };
    Some(Days { start, end, granularity })
}

/// Three months from the first of `month`; winter runs into the next year.
fn season(year: i16, month: i8) -> Option<Days> {
    let start = Date::new(year, month, 1).ok()?;
    range(start, shifted(start, Unit::Month, 2)?.last_of_month())
}

/// The `index`th (from 1) of the parts of a year that are `months` long.
fn part_of_year(months: i8, index: i8, year: i16) -> Option<Days> {
    let first = months.checked_mul(index.checked_sub(1)?)?.checked_add(1)?;
    let start = Date::new(year, first, 1).ok()?;
    let end = shifted(start, Unit::Month, i32::from(months) - 1)?.last_of_month();
    let granularity = if months == 3 { Granularity::Quarter } else { Granularity::Range };
    Some(Days { start, end, granularity })
}

fn edge(end: bool, sharp: bool, days: Days) -> Option<Days> {
    // "The start of the year" is its first month at most, "the end of May" some day of May; what is said of it is seldom sharper than that.
    let date = if end { days.end } else { days.start };
    match days.granularity {
        _ if sharp => Some(day(date)),
        Granularity::Year | Granularity::Quarter | Granularity::Range | Granularity::Month => whole(Unit::Month, date),
        _ => Some(day(date)),
    }
}

/// Both ends seen from the same day, and the second not before the first: "October 30 to November 2", "Monday to Wednesday".
fn between(from: &Form, to: &Form, published: Option<Date>, direction: Direction) -> Option<Days> {
    if let (Form::Weekday(first), Form::Weekday(second)) = (from, to) {
        let length = i32::from((second - first).rem_euclid(7));
        // Past: the last stretch that has begun; ahead: the first that has not ended.
        let start = match direction {
            Direction::Future => {
                let end = to.resolve(published, Direction::Future)?.end;
                shifted(end, Unit::Day, -length)?
            }
            _ => from.resolve(published, Direction::Past)?.start,
        };
        return range(start, shifted(start, Unit::Day, length)?);
    }
    let end = to.resolve(published, direction)?.end;
    let start = match from {
        // The year that the second end gives holds for the first too.
        Form::MonthDay(..) | Form::Month(_, None) | Form::Weekday(_) => from.resolve(Some(end), Direction::Past)?.start,
        _ => from.resolve(published, direction)?.start,
    };
    range(start, end)
}
