//! [`Calendar`]: finds the date phrases of a sentence.
//!
//! A small grammar over words, read from left to right, the longest phrase first; its vocabulary is `config/lexicon/calendar.tsv`.

use std::collections::HashMap;

use jiff::civil::Date;
use rustc_hash::FxBuildHasher;

use super::{Form, Phrase, Unit};
use crate::event::lex::{Kind, Word};
use crate::lexicon::{self, LexiconError};

/// What a word of the calendar is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Term {
    Month(i8),
    Weekday(i8),
    Season(i8),
    Unit(Unit),
    Shift(i8),
    Day(i8),
    Bound {
        later: bool,
    },
    Part,
    Edge {
        end: bool,
    },
    Hour,
    Since,
    Until,
    By,
    /// Before or after some date: which days those are nobody knows, so the date is passed over.
    Beside,
    Number(i8),
    Ordinal(i8),
    Half,
    Recent,
    Ago,
}

pub(in crate::event) struct Calendar {
    terms: HashMap<Box<str>, Term, FxBuildHasher>,
}

const FILE: &str = "calendar.tsv";

impl Calendar {
    pub fn embedded() -> Result<Self, LexiconError> {
        let mut terms = HashMap::default();
        for row in lexicon::rows(FILE, include_str!("../../../config/lexicon/calendar.tsv"), 3)? {
            let number = |low: i8, high: i8| {
                row.parse(2, "a number in range", |v| v.parse::<i8>().ok().filter(|n| (low..=high).contains(n)))
            };
            let term = match row.fields[1] {
                "month" => Term::Month(number(1, 12)?),
                "weekday" => Term::Weekday(number(1, 7)?),
                "season" => Term::Season(number(1, 12)?),
                "unit" => Term::Unit(row.parse(2, "a unit of time", unit)?),
                "shift" => Term::Shift(number(-1, 1)?),
                "day" => Term::Day(number(-1, 1)?),
                "bound" => Term::Bound { later: row.fields[2] == "later" },
                "part" => Term::Part,
                "edge" => Term::Edge { end: row.fields[2] == "end" },
                "hour" => Term::Hour,
                "link" => row.parse(2, "since, until, by, before or after", |link| match link {
                    "since" => Some(Term::Since),
                    "until" => Some(Term::Until),
                    "by" => Some(Term::By),
                    "before" | "after" => Some(Term::Beside),
                    _ => None,
                })?,
                "number" => Term::Number(number(1, 100)?),
                "ordinal" => Term::Ordinal(number(1, 4)?),
                "half" => Term::Half,
                "recent" => Term::Recent,
                "ago" => Term::Ago,
                other => return Err(row.error(format!("`{other}` is no kind of calendar word"))),
            };
            if terms.insert(row.fields[0].into(), term).is_some() {
                return Err(row.error(format!("`{}` stands twice", row.fields[0])));
            }
        }
        Ok(Self { terms })
    }

    /// The date phrases among `words`, in order, appended to `out`.
    pub fn read(&self, words: &[Word<'_>], out: &mut Vec<Phrase>) {
        let reader = Reader { calendar: self, words };
        let first = out.len();
        let mut at = 0;
        while at < words.len() {
            if reader.term(at) == Some(Term::Beside)
                && let Some((_, _, to)) = reader.point(at + 1)
            {
                at = to;
                continue;
            }
            match reader.phrase(at) {
                Some((form, from, to)) => {
                    let span = words[from].span.cover(words[to - 1].span);
                    let phrase = Phrase { span, form };
                    match out.len().checked_sub(1).filter(|last| *last >= first && reader.same(&out[*last], &phrase)) {
                        Some(last) => join(&mut out[last], phrase, words.get(to)),
                        None => out.push(phrase),
                    }
                    at = to;
                }
                None => at += 1,
            }
        }
    }
}

fn unit(text: &str) -> Option<Unit> {
    Some(match text {
        "day" => Unit::Day,
        "week" => Unit::Week,
        "fortnight" => Unit::Fortnight,
        "weekend" => Unit::Weekend,
        "month" => Unit::Month,
        "quarter" => Unit::Quarter,
        "year" => Unit::Year,
        "decade" => Unit::Decade,
        _ => return None,
    })
}

/// "This month (in November)", "Thursday, October 3": the second says it more sharply, the words are those of both.
fn join(first: &mut Phrase, second: Phrase, after: Option<&Word<'_>>) {
    first.span = first.span.cover(second.span);
    if let Some(closing) = after.filter(|word| word.text == ")") {
        first.span = first.span.cover(closing.span);
    }
    let keep = matches!((&first.form, &second.form), (Form::Day(_) | Form::MonthDay(..), Form::Weekday(_)))
        || matches!((&first.form, &second.form), (Form::UnitShift(..), Form::Month(..)));
    if !keep {
        first.form = second.form;
    }
}

/// A form with the first and one past the last of its words.
type Found = (Form, usize, usize);

struct Reader<'a> {
    calendar: &'a Calendar,
    words: &'a [Word<'a>],
}

impl Reader<'_> {
    fn term(&self, at: usize) -> Option<Term> {
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

    fn is(&self, at: usize, text: &str) -> bool {
        self.words.get(at).is_some_and(|word| word.is(text))
    }

    /// One of several little words.
    fn any(&self, at: usize, texts: &[&str]) -> bool {
        texts.iter().any(|text| self.is(at, text))
    }

    fn skip(&self, at: usize, texts: &[&str]) -> usize {
        if self.any(at, texts) { at + 1 } else { at }
    }

    fn year(&self, at: usize) -> Option<i16> {
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
    fn month(&self, at: usize) -> Option<(i8, usize)> {
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

    fn phrase(&self, at: usize) -> Option<Found> {
        match self.term(at) {
            Some(Term::Since) => {
                let (form, _, to) = self.point(self.skip(at + 1, &["the"]))?;
                return Some((Form::Since(Box::new(form)), at, to));
            }
            Some(link @ (Term::Until | Term::By)) => {
                let (form, _, to) = self.point(self.skip(at + 1, &["the"]))?;
                let form = Box::new(form);
                return Some((if link == Term::By { Form::By(form) } else { Form::Until(form) }, at, to));
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
        let joined = self.dash_or(to, &["to", "through", "until", "till"]) || (self.is(to, "and") && self.listed(&first, opened));
        if joined
            && let Some((second, _, end)) = self.point(self.skip(to + 1, &["the"]))
            && (opened || same_kind(&first, &second))
        {
            return Some((Form::FromTo(Box::new(first), Box::new(second)), if opened { at } else { from }, end));
        }
        if self.is(at, "from") && matches!(first, Form::Month(..) | Form::Year(_)) && self.any(to, &["onward", "onwards"]) {
            return Some((Form::Since(Box::new(first)), at, to + 1));
        }
        Some((first, from, to))
    }

    /// "Monday and Tuesday" is a stretch; "May and June" too; "2014 and 2019" are two dates.
    fn listed(&self, first: &Form, opened: bool) -> bool {
        opened || matches!(first, Form::Weekday(_) | Form::MonthDay(..) | Form::Month(..))
    }

    /// One date, without a preposition.
    fn point(&self, at: usize) -> Option<Found> {
        let whole = |(form, to)| (form, at, to);
        self.absolute(at).or_else(|| self.relative(at)).map(whole)
    }

    /// Days and months of the calendar, years.
    fn absolute(&self, at: usize) -> Option<(Form, usize)> {
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
            return None;
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
                    Some(Term::Part | Term::Since | Term::Until | Term::By | Term::Shift(_) | Term::Beside)
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

    fn weekday(&self, at: usize) -> Option<(Form, usize)> {
        let Some(Term::Weekday(day)) = self.term(at) else { return None };
        let stop = self.words[at].text.len() <= 5 && self.is(at + 1, ".") && !self.words[at + 1].spaced;
        Some((Form::Weekday(day), self.hours(at + 1 + usize::from(stop))))
    }

    fn hours(&self, at: usize) -> usize {
        if self.term(at) == Some(Term::Hour) { at + 1 } else { at }
    }

    /// Today, this month, two weeks ago, the first half of the year, the end of the month.
    fn relative(&self, at: usize) -> Option<(Form, usize)> {
        let boxed = |(form, to): (Form, usize)| (Box::new(form), to);
        match self.term(self.skip(at, &["the"])) {
            Some(Term::Day(shift)) => return Some((Form::DayShift(shift.into()), self.hours(at + 1))),
            Some(Term::Bound { later }) => {
                let (of, to) =
                    self.relative(self.skip(at + 1, &["in", "on"])).or_else(|| self.weekday(self.skip(at + 1, &["on"])))?;
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
                return Some((Form::Edge { end, of }, to));
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

    /// "The year", "the month" after "the end of": the present one.
    fn this_unit(&self, at: usize) -> Option<(Form, usize)> {
        let at = self.skip(at, &["the"]);
        match self.term(at)? {
            Term::Unit(unit) => Some((Form::UnitShift(unit, 0), at + 1)),
            _ => None,
        }
    }

    /// After this, last, next: a unit, a weekday, a month, a season, a number of units.
    fn shifted(&self, at: usize, shift: i8) -> Option<(Form, usize)> {
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
    fn count(&self, at: usize) -> Option<(i32, usize)> {
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

    /// Whether `second` stands in apposition to `first`: nothing between them but a comma, a bracket or "in".
    fn same(&self, first: &Phrase, second: &Phrase) -> bool {
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

fn same_kind(a: &Form, b: &Form) -> bool {
    matches!(
        (a, b),
        (Form::Weekday(_), Form::Weekday(_))
            | (Form::MonthDay(..) | Form::Day(_), Form::MonthDay(..) | Form::Day(_))
            | (Form::Month(..), Form::Month(..))
            | (Form::Year(_), Form::Year(_))
    )
}
