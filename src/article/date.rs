//! [`Moment`]: a date, and the time and zone if given, as publishers write them.
//!
//! Read are RFC 3339 and its relatives, RFC 2822, Unix time in seconds to nanoseconds, and dates in English words. The day counts in the
//! zone that the text gives, so a zone never moves it. A date that can be read in two ways, or that no newspaper can bear, is an
//! error that says so.

use jiff::Span;
use jiff::civil::{Date, date};

const EPOCH: Date = date(1970, 1, 1);

/// Dates outside these bounds are taken for mistakes: placeholders ("0001-01-01", "9999-12-31"), wrong units, slips of the pen.
const EARLIEST: Date = date(1800, 1, 1);
const LATEST: Date = date(2100, 12, 31);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub date: Date,
    /// Seconds since midnight.
    pub time: Option<u32>,
    /// East of UTC, in seconds.
    pub offset: Option<i32>,
}

impl Moment {
    /// Reads `text`. The error is a phrase: what is wrong with it and what would be right.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let moment = if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') && !looks_like_iso(text) && text.len() != 8
        {
            text.parse().ok().and_then(Self::from_unix)
        } else {
            iso(text).or_else(|| numeric(text)).or_else(|| words(text))
        };
        let moment = moment.ok_or_else(|| format!("`{}` is no date; RFC 3339 is always read", clip(text)))?;
        moment.checked()
    }

    /// Reads Unix time; seconds, milli-, micro- or nanoseconds are told apart by size.
    pub fn parse_unix(number: i64) -> Result<Self, String> {
        Self::from_unix(number).ok_or_else(|| format!("{number} is no Unix time"))?.checked()
    }

    fn from_unix(number: i64) -> Option<Self> {
        let per_second = match number.unsigned_abs() {
            // Small numbers are years, counters or zero that stands for "unknown", not the first days of 1970.
            0..100_000_000 => return None,
            100_000_000..100_000_000_000 => 1,
            100_000_000_000..100_000_000_000_000 => 1_000,
            100_000_000_000_000..100_000_000_000_000_000 => 1_000_000,
            _ => 1_000_000_000,
        };
        let seconds = number.div_euclid(per_second);
        let days = i32::try_from(seconds.div_euclid(86_400)).ok()?;
        let date = EPOCH.checked_add(Span::new().try_days(days).ok()?).ok()?;
        Some(Self { date, time: u32::try_from(seconds.rem_euclid(86_400)).ok(), offset: Some(0) })
    }

    fn checked(self) -> Result<Self, String> {
        match (EARLIEST..=LATEST).contains(&self.date) {
            true => Ok(self),
            false => Err(format!("{} is no date of publication; expected {EARLIEST} to {LATEST}", self.date)),
        }
    }

    /// Seconds since the Unix epoch; midnight where there is no time, UTC where there is no zone.
    pub fn unix(self) -> i64 {
        let days = (self.date - EPOCH).get_days();
        i64::from(days) * 86_400 + i64::from(self.time.unwrap_or(0)) - i64::from(self.offset.unwrap_or(0))
    }
}

fn looks_like_iso(text: &str) -> bool {
    text.as_bytes().get(4) == Some(&b'-')
}

/// `text`, short enough for a message.
fn clip(text: &str) -> &str {
    text.char_indices().nth(40).and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

fn day(year: &str, month: &str, day: &str) -> Option<Date> {
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// Year first: `2024-11-03`, `2024/11/3`, `20241103`, with or without a time behind.
fn iso(text: &str) -> Option<Moment> {
    let (year, rest) = text.split_at_checked(4).filter(|(year, _)| year.bytes().all(|byte| byte.is_ascii_digit()))?;
    let separator = rest.chars().next()?;
    let (date, rest) = if separator.is_ascii_digit() {
        let (month, rest) = rest.split_at_checked(2)?;
        let (number, rest) = rest.split_at_checked(2)?;
        (day(year, month, number)?, rest)
    } else {
        let (month, rest) = rest.strip_prefix(['-', '/', '.'])?.split_once(separator)?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = rest.split_at_checked(digits)?;
        (day(year, month, number)?, rest)
    };
    let rest = rest.strip_prefix(['T', 't', ',']).unwrap_or(rest).trim_start();
    if rest.is_empty() {
        return Some(Moment { date, time: None, offset: None });
    }
    clock(date, rest)
}

/// Day and month in figures before the year. With dots the day comes first; with slashes and hyphens only one reading may be a date.
fn numeric(text: &str) -> Option<Moment> {
    let separator = text.chars().find(|c| !c.is_ascii_digit()).filter(|c| matches!(c, '/' | '.' | '-'))?;
    let (first, rest) = text.split_once(separator)?;
    let (second, rest) = rest.split_once(separator)?;
    let (year, rest) = rest.split_at_checked(4)?;
    let (day_first, month_first) = (day(year, second, first), day(year, first, second));
    let date = match (day_first, month_first) {
        (Some(date), _) if separator == '.' => date,
        (Some(one), Some(other)) if one != other => return None,
        (one, other) => one.or(other)?,
    };
    let rest = rest.trim_start_matches([',', ' ', 'T']);
    if rest.is_empty() { Some(Moment { date, time: None, offset: None }) } else { clock(date, rest) }
}

/// English: `3 November 2024`, `Nov. 3, 2024 10:15 am EST`, `Sun, 03 Nov 2024 10:15:00 +0500`.
fn words(text: &str) -> Option<Moment> {
    if text.len() > 80 {
        return None;
    }
    let (mut number, mut month, mut year) = (None, None, None);
    let mut rest = text;
    while let Some(word) = rest.split([' ', ',', '\u{a0}']).next() {
        let after = rest.get(word.len()..).unwrap_or("").trim_start_matches([' ', ',', '\u{a0}']);
        if year.is_some() && number.is_some() && month.is_some() {
            break;
        }
        // The clock comes before the year in Unix's own form: "Sun Nov  3 10:15:00 UTC 2024". The day is all that is kept of it.
        let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        if let Some(found) = month_number(word) {
            month = Some(found);
        } else if digits.len() == 4 && digits == word {
            year = word.parse::<i16>().ok();
        } else if (1..=2).contains(&digits.len()) && matches!(word.get(digits.len()..), Some("" | "st" | "nd" | "rd" | "th")) {
            number = digits.parse::<i8>().ok();
        } else if !word.contains(':') && !is_filler(word) {
            return None;
        }
        if after.is_empty() {
            rest = "";
            break;
        }
        rest = after;
    }
    let date = Date::new(year?, month?, number?).ok()?;
    let rest = rest.trim_start_matches("at ").trim_start_matches(['-', '–', '|', ' ']);
    if rest.is_empty() || year_only(rest) { Some(Moment { date, time: None, offset: None }) } else { clock(date, rest) }
}

fn year_only(rest: &str) -> bool {
    rest.len() == 4 && rest.bytes().all(|byte| byte.is_ascii_digit())
}

/// Words around a date that do not change it: weekdays, zones before the year.
fn is_filler(word: &str) -> bool {
    const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let word = word.trim_end_matches(['.', ':']).to_ascii_lowercase();
    let weekday = word.get(..3).is_some_and(|start| WEEKDAYS.contains(&start)) && (word.len() == 3 || word.ends_with("day"));
    weekday
        || matches!(
            word.as_str(),
            "published" | "updated" | "posted" | "on" | "of" | "the" | "utc" | "gmt" | "tues" | "thur" | "thurs"
        )
}

/// 1 to 12 for an English month, in full or cut to three letters or more.
pub(super) fn month_number(word: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.trim_end_matches(['.', ',']).to_ascii_lowercase();
    let known = |month: &&str| word.len() >= 3 && month.starts_with(&word);
    MONTHS.iter().position(known).and_then(|index| i8::try_from(index + 1).ok())
}

/// A time of day and what may follow it: fraction, am or pm, zone. `None` where it is no time.
fn clock(date: Date, text: &str) -> Option<Moment> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (figures, rest) = text.split_at_checked(digits)?;
    let (hour, minute, second, rest) = match figures.len() {
        6 => (figures.get(..2)?, figures.get(2..4)?, figures.get(4..)?, rest),
        4 => (figures.get(..2)?, figures.get(2..)?, "0", rest),
        1 | 2 => match rest.strip_prefix([':', 'h']) {
            Some(rest) => {
                let (minute, rest) = rest.split_at_checked(2)?;
                match rest.strip_prefix(':') {
                    Some(rest) => rest.split_at_checked(2).map(|(second, rest)| (figures, minute, second, rest))?,
                    None => (figures, minute, "0", rest),
                }
            }
            None => (figures, "0", "0", rest),
        },
        _ => return None,
    };
    let rest = match rest.strip_prefix(['.', ',']) {
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => rest,
    };
    let (mut hour, minute, second): (u32, u32, u32) = (hour.parse().ok()?, minute.parse().ok()?, second.parse().ok()?);
    let mut rest = rest.trim();
    let half = rest.get(..2).map(str::to_ascii_lowercase);
    if let Some(half @ ("am" | "pm")) = half.as_deref() {
        hour = hour % 12 + if half == "pm" { 12 } else { 0 };
        rest = rest.get(2..)?.trim();
    }
    if hour > 24 || minute > 59 || second > 60 || (hour == 24 && minute + second > 0) {
        return None;
    }
    let offset = zone(rest)?;
    Some(Moment { date, time: Some(hour * 3600 + minute * 60 + second), offset })
}

/// `Z`, `+05:00`, `-0800`, `+5`, `GMT+5`, an abbreviation or a name. The outer `None` is text that is no zone.
fn zone(text: &str) -> Option<Option<i32>> {
    let text = text.trim_matches(['(', ')', ' ']);
    let name = text.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '_');
    let (letters, rest) = text.split_at_checked(text.len() - name.len())?;
    let base = match letters.to_ascii_uppercase().as_str() {
        "" => None,
        "Z" | "UTC" | "GMT" | "UT" | "ETC/UTC" | "WET" => Some(0),
        "BST" | "CET" | "WAT" => Some(3600),
        "CEST" | "EET" | "SAST" => Some(7200),
        "EEST" | "MSK" | "AST" => Some(10_800),
        "PKT" => Some(18_000),
        "IST" => Some(19_800),
        "JST" | "KST" => Some(32_400),
        "EDT" => Some(-14_400),
        "EST" => Some(-18_000),
        "PDT" => Some(-25_200),
        "PST" => Some(-28_800),
        // Not known to the second, but a zone: the day stands.
        other if other.len() <= 5 || other.contains('/') => None,
        _ => return None,
    };
    if rest.is_empty() {
        return Some(base);
    }
    let sign = match rest.chars().next()? {
        '+' => 1,
        '-' | '−' => -1,
        // A name in brackets behind an offset, an offset behind a name: "+0500 (PKT)", "[Asia/Karachi]".
        '[' => return Some(base),
        _ => return None,
    };
    let rest = rest.trim_start_matches(['+', '-', '−']);
    let number: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == ':').filter(|c| *c != ':').collect();
    let (hours, minutes) = match number.len() {
        1 | 2 => (number.parse::<i32>().ok()?, 0),
        4 => (number.get(..2)?.parse::<i32>().ok()?, number.get(2..)?.parse::<i32>().ok()?),
        _ => return None,
    };
    (hours <= 18 && minutes <= 59).then_some(Some(sign * (hours * 3600 + minutes * 60)))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::{Moment, month_number};

    #[test]
    fn the_forms_publishers_use_all_name_the_same_day() {
        for text in [
            "2024-11-03",
            "2024-11-03T10:15:00Z",
            "2024-11-03T10:15:00.123456+05:00",
            "2024-11-03 10:15:00",
            "2024-11-03 10:15:00 UTC",
            "2024-11-03T10:15",
            "2024-11-03T10:15:00+05:00[Asia/Karachi]",
            "2024/11/03 10:15",
            "2024/11/3",
            "20241103",
            "20241103T101500Z",
            "20241103T101500+0500",
            "Sun, 03 Nov 2024 10:15:00 GMT",
            "Sun, 03 Nov 2024 10:15:00 +0500 (PKT)",
            "Sun Nov  3 10:15:00 UTC 2024",
            "3 November 2024",
            "3rd of November 2024",
            "03 Nov 2024",
            "November 3, 2024",
            "Sunday, November 3, 2024 10:15 AM EST",
            "Nov. 3, 2024",
            "Nov 3, 2024 at 10:15 pm",
            "Published on Sunday 3 November 2024",
            "03.11.2024",
            "3.11.2024 10:15",
            "1730628900",
            "1730628900000",
            "1730628900000000",
        ] {
            assert_eq!(Moment::parse(text).map(|moment| moment.date), Ok(date(2024, 11, 3)), "{text}");
        }
        assert_eq!(Moment::parse("13/11/2024").map(|moment| moment.date), Ok(date(2024, 11, 13)));
        assert_eq!(Moment::parse("11/13/2024").map(|moment| moment.date), Ok(date(2024, 11, 13)));
    }

    #[test]
    fn the_day_is_the_one_where_it_was_written() {
        let late = Moment::parse("2024-11-03T23:30:00-08:00").unwrap();
        assert_eq!(late.date, date(2024, 11, 3));
        assert_eq!(late.unix(), 1_730_705_400);
        assert_eq!(Moment::parse("1730705400").unwrap().date, date(2024, 11, 4));
    }

    #[test]
    fn what_is_no_date_or_an_absurd_one_is_refused() {
        for text in [
            "",
            "yesterday",
            "2024-13-45",
            "2024-02-30",
            "0001-01-01",
            "9999-12-31",
            "3024-11-03",
            "2024-11-03T99:00:00Z",
            "2024-11-03T10:15:00Z and more",
            "0",
            "-1",
            "2024",
            "99999999999999999999",
            "03/11/2024",
            "31 February 2024",
            "November 2024",
            "3 Novembre 2024",
        ] {
            assert!(Moment::parse(text).is_err(), "{text} gave {:?}", Moment::parse(text));
        }
    }

    #[test]
    fn messages_are_short_however_long_the_text() {
        assert!(Moment::parse(&"ä".repeat(10_000)).unwrap_err().len() < 200);
    }

    #[test]
    fn months_are_known_in_full_and_cut() {
        assert_eq!(["Jan.", "sept", "MAY", "Ma", "Junes"].map(month_number), [Some(1), Some(9), Some(5), None, None]);
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,60}|[0-9TZ:+. /-]{0,30}") {
            let _ = Moment::parse(&text);
        }

        #[test]
        fn every_day_is_read_back(days in 0..40_000_i32) {
            let day = date(1990, 1, 1) + jiff::Span::new().days(days);
            prop_assert_eq!(Moment::parse(&day.to_string()).map(|moment| moment.date), Ok(day));
        }
    }
}
