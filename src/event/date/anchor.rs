//! Dates that count from another: "a day later", "the same evening", "in September of that year". They hang on the date told last before
//! them, in their sentence or one of the few before it.

use jiff::civil::Date;

use super::{Days, Direction, Form, Phrase};

/// Gives the anchored phrases of a sentence their days, counting from the date that `before`, the phrases of the sentences before in text
/// order, tells last. What hangs on no date is taken out.
pub(in crate::event) fn anchor(phrases: &mut Vec<Phrase>, before: &[Phrase], published: Option<Date>) {
    let mut last: Option<Days> = None;
    for phrase in before {
        last = told(&phrase.form, days(&phrase.form, last, published), published).or(last);
    }
    phrases.retain_mut(|phrase| {
        let found = days(&phrase.form, last, published);
        last = told(&phrase.form, found, published).or(last);
        match (&phrase.form, found) {
            (Form::Anchored(_), Some(days)) => phrase.form = Form::Known(days),
            (Form::Anchored(_), None) => return false,
            _ => {}
        }
        true
    });
}

/// What a later date counts from: of "since 2020" the year 2020.
fn told(form: &Form, found: Option<Days>, published: Option<Date>) -> Option<Days> {
    match form {
        Form::Since(from) => from.resolve(published, Direction::Past),
        _ => found,
    }
}

fn days(form: &Form, last: Option<Days>, published: Option<Date>) -> Option<Days> {
    match form {
        Form::Anchored(inner) => match (&**inner, last?) {
            // "The same day" after a month is as sharp as that month.
            (Form::UnitShift(unit, 0), last) => last.widened(*unit),
            (Form::Month(month, None), last) => Form::Month(*month, Some(last.start.year())).resolve(None, Direction::Either),
            // "A day later" than some day of January is as sharp as that.
            (Form::Away(unit, _), last) if last.is_beyond(*unit) => Some(last),
            (inner, last) => inner.resolve(Some(last.end), Direction::Either),
        },
        form => form.resolve(published, Direction::Past),
    }
}
