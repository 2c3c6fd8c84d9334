//! Takes the dateline off the first paragraph: "ISLAMABAD, Nov 3 (APP):", "WASHINGTON (AP) —", "date 2024-11-03 OSLO:".
//!
//! A place alone is believed in capitals only; a place in small letters needs a date or an agency beside it, for "Russia — a
//! neighbour — said" opens no dateline. What is in capitals and no place is listed in `config/lexicon/not_datelines.tsv`.

mod cursor;

use std::sync::LazyLock;

use cursor::{Cursor, readable};
use jiff::civil::Date;
use rustc_hash::FxHashSet;

use super::date::Moment;
use crate::lexicon::{self, LexiconError};

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::read().expect("the embedded tables are held valid by a test"));

/// No dateline is longer.
const LONGEST: usize = 160;

/// A dateline as written: its day may lack the year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Written {
    pub place: Option<String>,
    pub day: Option<Day>,
    pub agency: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Day {
    pub year: Option<i16>,
    pub month: i8,
    pub day: i8,
}

impl Day {
    /// The date meant by an article of that day: without a year, the nearest one.
    pub fn resolve(self, published: Option<Date>) -> Option<Date> {
        if let Some(year) = self.year {
            return Date::new(year, self.month, self.day).ok();
        }
        let published = published?;
        let years = [published.year() - 1, published.year(), published.year() + 1];
        let dates = years.into_iter().filter_map(|year| Date::new(year, self.month, self.day).ok());
        dates.min_by_key(|date| (*date - published).get_days().abs())
    }
}

/// The dateline and the rest of the paragraph, or `None` where it has no dateline. An error is a date in it that is none.
pub(super) fn take(paragraph: &str) -> Result<Option<(Written, &str)>, String> {
    if let Some(stamped) = stamped(paragraph)? {
        return Ok(Some(stamped));
    }
    Ok(written(paragraph).filter(|(_, rest)| opens_text(rest)))
}

fn opens_text(rest: &str) -> bool {
    rest.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit() || matches!(c, '"' | '\'' | '“' | '‘' | '$' | '€' | '£'))
}

/// "date 2024-11-03 ISLAMABAD:", the place optional.
fn stamped(paragraph: &str) -> Result<Option<(Written, &str)>, String> {
    let Some((word, rest)) =
        paragraph.split_once(' ').filter(|(word, _)| word.trim_end_matches(':').eq_ignore_ascii_case("date"))
    else {
        return Ok(None);
    };
    let rest = rest.trim_start();
    let (date, rest) = rest.split_once([' ', ':']).unwrap_or((rest, ""));
    if word.is_empty() || !date.starts_with(|c: char| c.is_ascii_digit()) || !date.contains(['-', '/', '.']) {
        return Ok(None);
    }
    let date = Moment::parse(date)?.date;
    let day = Some(Day { year: Some(date.year()), month: date.month(), day: date.day() });
    let rest = rest.trim_start_matches([' ', ':']);
    let place = written(rest).filter(|(written, rest)| written.place.is_some() && opens_text(rest));
    Ok(Some(match place {
        Some((mut written, rest)) => {
            written.day = day;
            (written, rest)
        }
        None => (Written { day, ..Written::default() }, rest),
    }))
}

fn written(paragraph: &str) -> Option<(Written, &str)> {
    let names = &*NAMES;
    let mut cursor = Cursor { rest: paragraph };
    let (place, capitals) = match cursor.place() {
        Some((place, capitals)) => (Some(place), capitals),
        None => (None, false),
    };
    // Without a place a date may stand first ("Nov 3 (Reuters) -"); with one, behind a comma or a full stop.
    let before = cursor;
    let day = cursor.day(place.is_some());
    if day.is_none() {
        cursor = before;
    }
    let agency = cursor.agency();
    let known = agency.is_some_and(|agency| names.agencies.contains(agency));
    let separator = cursor.separator(day.is_none() && agency.is_none());
    if paragraph.len() - cursor.rest.len() > LONGEST {
        return None;
    }
    let believed = match (&place, capitals) {
        (Some(place), true) if day.is_none() && agency.is_none() => separator && !names.labels.contains(place.as_str()),
        (Some(_), true) => known || separator,
        (Some(_), false) => known || (separator && (day.is_some() || agency.is_some())),
        (None, _) => known && separator,
    };
    let written = Written { place: place.map(|place| readable(&place)), day, agency: agency.map(str::to_owned) };
    believed.then_some((written, cursor.rest.trim_start()))
}

struct Names {
    agencies: FxHashSet<&'static str>,
    /// In capitals and no place.
    labels: FxHashSet<&'static str>,
}

impl Names {
    fn read() -> Result<Self, LexiconError> {
        let read = |file: &'static str, table: &'static str| {
            lexicon::rows(file, table, 1)?
                .iter()
                .map(|row| match row.fields.first() {
                    Some(name) if row.example.contains(name) => Ok(*name),
                    _ => Err(row.error("the example does not hold the name")),
                })
                .collect::<Result<FxHashSet<_>, LexiconError>>()
        };
        Ok(Self {
            agencies: read("news_agencies.tsv", include_str!("../../config/lexicon/news_agencies.tsv"))?,
            labels: read("not_datelines.tsv", include_str!("../../config/lexicon/not_datelines.tsv"))?,
        })
    }
}

/// The text without the agency that signs it: "… on Monday. – AFP".
pub(super) fn without_signature(paragraph: &str) -> &str {
    let Some(at) = paragraph.rfind(['–', '—', '-', '/', '(']) else { return paragraph };
    let (before, signature) = paragraph.split_at_checked(at).unwrap_or((paragraph, ""));
    let name = signature.trim_matches(|c: char| !c.is_alphanumeric());
    let before = before.trim_end_matches([' ', '-', '–', '—']);
    let closed = before.is_empty() || super::text::ends_sentence(before);
    if closed && NAMES.agencies.contains(name) { before } else { paragraph }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{Day, NAMES, Names, take, without_signature};

    /// place | month-day | agency | what is left.
    fn read(paragraph: &str) -> String {
        match take(paragraph).unwrap() {
            None => "none".to_owned(),
            Some((written, rest)) => {
                let day = written.day.map(|day| format!("{}-{}-{}", day.year.unwrap_or(0), day.month, day.day));
                let parts = [written.place, day, written.agency, Some(rest.to_owned())];
                parts.map(Option::unwrap_or_default).join("|")
            }
        }
    }

    #[test]
    fn the_usual_forms_are_taken_off() {
        for (paragraph, expected) in [
            ("ISLAMABAD, Nov 3 (APP): Talks began.", "Islamabad|0-11-3|APP|Talks began."),
            ("WASHINGTON (AP) — Talks began.", "Washington||AP|Talks began."),
            ("date 2024-11-03 ISLAMABAD: Talks began.", "Islamabad|2024-11-3||Talks began."),
            ("Date: 2024-11-03 Talks began.", "|2024-11-3||Talks began."),
            ("OSLO: Talks began.", "Oslo|||Talks began."),
            ("WINDHOEK - Namibia sent help.", "Windhoek|||Namibia sent help."),
            ("YEREVAN/BAKU - Talks began.", "Yerevan|||Talks began."),
            ("HELSINKI, Nov 3 - Talks began.", "Helsinki|0-11-3||Talks began."),
            ("KYIV, Ukraine (AP) — Talks began.", "Kyiv, Ukraine||AP|Talks began."),
            ("WASHINGTON, D.C. — Talks began.", "Washington, D.C.|||Talks began."),
            ("NEW YORK, Nov. 3, 2024 (Reuters) - Talks began.", "New York|2024-11-3|Reuters|Talks began."),
            ("PORT-AU-PRINCE, 3 November (AFP) – Talks began.", "Port-au-Prince|0-11-3|AFP|Talks began."),
            ("MOSCOW, November 3. /TASS/. Talks began.", "Moscow|0-11-3|TASS|Talks began."),
            ("MOSCOW. Nov 3 (Interfax) - Talks began.", "Moscow|0-11-3|Interfax|Talks began."),
            ("BEIJING, Nov. 3 (Xinhua) -- Talks began.", "Beijing|0-11-3|Xinhua|Talks began."),
            ("Beijing, Nov 3: Talks began.", "Beijing|0-11-3||Talks began."),
            ("New Delhi [India], November 3 (ANI): Talks began.", "New Delhi, India|0-11-3|ANI|Talks began."),
            ("New Delhi, Nov 3 (PTI) Talks began.", "New Delhi|0-11-3|PTI|Talks began."),
            ("London (CNN)Talks began.", "London||CNN|Talks began."),
            ("ABU DHABI, 3rd November, 2024 (WAM) -- Talks began.", "Abu Dhabi|2024-11-3|WAM|Talks began."),
            ("Nov 3 (Reuters) - Talks began.", "|0-11-3|Reuters|Talks began."),
            ("(Reuters) - Talks began.", "||Reuters|Talks began."),
            ("TROMSO, Nov 4 (Northern Wire) - Talks began.", "Tromso|0-11-4|Northern Wire|Talks began."),
            ("GENEVA—“Talks began,” he said.", "Geneva|||“Talks began,” he said."),
            ("BERLIN--Talks began.", "Berlin|||Talks began."),
        ] {
            assert_eq!(read(paragraph), expected, "{paragraph}");
        }
    }

    #[test]
    fn openings_that_only_resemble_one_stay() {
        for paragraph in [
            "Russia — a neighbour — said talks began.",
            "NATO - the alliance of 32 - met.",
            "EU: Talks began.",
            "BREAKING: Talks began.",
            "U.S.-led talks began.",
            "US-Russia talks began.",
            "Oslo (the capital of Norway) was calm.",
            "PARIS is calm.",
            "Norway, May said, was calm.",
            "Talks (AP) began.",
            "",
            "date palms grow in Oman.",
            "—",
        ] {
            assert_eq!(read(paragraph), "none", "{paragraph}");
        }
    }

    #[test]
    fn a_stamp_with_an_absurd_date_is_an_error() {
        assert!(take("date 2024-13-45 OSLO: Talks began.").is_err());
    }

    #[test]
    fn a_day_without_year_is_the_one_nearest_to_publication() {
        let day = |month, day| Day { year: None, month, day };
        assert_eq!(day(11, 3).resolve(Some(date(2024, 11, 4))), Some(date(2024, 11, 3)));
        assert_eq!(day(12, 31).resolve(Some(date(2025, 1, 1))), Some(date(2024, 12, 31)));
        assert_eq!(day(1, 1).resolve(Some(date(2024, 12, 31))), Some(date(2025, 1, 1)));
        assert_eq!(day(11, 3).resolve(None), None);
    }

    #[test]
    fn agencies_sign_off_behind_a_dash() {
        assert_eq!(without_signature("Talks began on Monday. – AFP"), "Talks began on Monday.");
        assert_eq!(without_signature("Talks began on Monday.—Reuters"), "Talks began on Monday.");
        assert_eq!(without_signature("Talks began on Monday. (AP)"), "Talks began on Monday.");
        assert_eq!(without_signature("Talks began, he told AFP - AFP"), "Talks began, he told AFP - AFP");
        assert_eq!(without_signature("It was a long-term plan."), "It was a long-term plan.");
    }

    #[test]
    fn the_tables_are_valid() {
        assert!(Names::read().is_ok_and(|names| names.agencies.len() == NAMES.agencies.len()));
    }
}
