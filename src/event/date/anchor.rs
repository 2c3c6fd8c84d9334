//! Dates that count from another: "a day later", "the same evening", "in September of that year". They hang on the date told last before
//! them, in their sentence or one of the few before it; "a day after the talks broke down" also on the one that its sentence tells next.

use jiff::civil::Date;

use super::{Dates, Days, Direction, Form, Phrase, Unit};
use crate::event::record::Granularity;

/// Gives the anchored phrases of a sentence their days, counting from the date that `before`, the phrases of the sentences before in text
/// order, tells last. What hangs on no date is taken out.
pub(in crate::event) fn anchor(phrases: &mut Vec<Phrase>, before: &[Phrase], published: Option<Date>) {
    let mut told = Last::default();
    for phrase in before {
        told.take(&phrase.form, told.days(&phrase.form, published), published);
    }
    // "A day after the talks broke down, it recalled its envoy on Monday": from Monday.
    if let [first, second, ..] = phrases.as_slice()
        && matches!(first.dates, Dates::Opened(_))
    {
        told.take(&second.form, told.days(&second.form, published), published);
    }
    phrases.retain_mut(|phrase| {
        let found = told.days(&phrase.form, published);
        // What is counted back to is not the day on which the story stands.
        if !matches!(phrase.dates, Dates::Opened(_)) {
            told.take(&phrase.form, found, published);
        }
        match (&phrase.form, found) {
            (Form::Anchored(_) | Form::Then, Some(days)) => phrase.form = Form::Known(days),
            (Form::Anchored(_) | Form::Then, None) => return false,
            _ => {}
        }
        true
    });
}

/// What was told last: any date, and a single day.
#[derive(Clone, Copy, Default)]
struct Last {
    any: Option<Days>,
    day: Option<Days>,
}

impl Last {
    fn take(&mut self, form: &Form, found: Option<Days>, published: Option<Date>) {
        let found = told(form, found, published);
        self.any = found.or(self.any);
        self.day = found.filter(|days| days.granularity == Granularity::Day).or(self.day);
    }

    fn days(&self, form: &Form, published: Option<Date>) -> Option<Days> {
        match form {
            // "The same morning", "a day later": as a day, where one was told.
            Form::Anchored(inner) => match **inner {
                Form::UnitShift(Unit::Day, _) | Form::Away(Unit::Day, _) => counted(inner, self.day.or(self.any)?),
                _ => counted(inner, self.any?),
            },
            Form::Then => self.any,
            form => form.resolve(published, Direction::Past),
        }
    }
}

/// What a later date counts from: of "since 2020" the year 2020.
fn told(form: &Form, found: Option<Days>, published: Option<Date>) -> Option<Days> {
    match form {
        Form::Since(from) => from.resolve(published, Direction::Past),
        _ => found,
    }
}

/// What hangs on a date.
fn counted(form: &Form, last: Days) -> Option<Days> {
    match form {
        // "The same day" after a month is as sharp as that month.
        Form::UnitShift(unit, 0) => last.widened(*unit),
        Form::Month(month, None) => Form::Month(*month, Some(last.start.year())).resolve(None, Direction::Either),
        // "A day later" than some day of January is as sharp as that.
        Form::Away(unit, _) if last.is_beyond(*unit) => Some(last),
        form => form.resolve(Some(last.end), Direction::Either),
    }
}
