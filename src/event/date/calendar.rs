//! [`Calendar`]: finds the date phrases of a sentence.
//!
//! A small grammar over words, read from left to right, the longest phrase first; its vocabulary is `config/lexicon/calendar.tsv`.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use super::read::Reader;
use super::{Form, Phrase, Unit};
use crate::event::lex::Word;
use crate::lexicon::{self, LexiconError};

/// What a word of the calendar is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Term {
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
    /// After some date: which days those are nobody knows, so the date is passed over.
    Beside,
    Before,
    Overnight,
    Number(i8),
    Ordinal(i8),
    Half,
    Recent,
    Ago,
}

pub(in crate::event) struct Calendar {
    pub(super) terms: HashMap<Box<str>, Term, FxBuildHasher>,
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
                    "before" => Some(Term::Before),
                    "after" => Some(Term::Beside),
                    _ => None,
                })?,
                "number" => Term::Number(number(1, 100)?),
                "ordinal" => Term::Ordinal(number(1, 4)?),
                "half" => Term::Half,
                "recent" => Term::Recent,
                "overnight" => Term::Overnight,
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
                    let phrase = Phrase { span, form, dates: reader.dates(from, to) };
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
