//! Takes the dateline off the first paragraph: "ISLAMABAD, Nov 3 (APP):", "WASHINGTON (AP) —", "date 2024-11-03 OSLO:".
//!
//! A place alone is believed in capitals only; a place in small letters needs a date or an agency beside it, for "Russia — a
//! neighbour — said" opens no dateline. What is in capitals and no place is listed in `config/lexicon/not_datelines.tsv`.

use std::sync::LazyLock;

use jiff::civil::Date;
use rustc_hash::FxHashSet;

use super::date::{Moment, month_number};
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

/// Reads parts of a dateline from the front of what is left.
#[derive(Clone, Copy)]
struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    fn eat(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// The next word: up to white space, comma, colon, bracket or slash. Hyphens, apostrophes and full stops belong to it.
    fn word(&self) -> &'a str {
        let end = self.rest.find([' ', ',', ':', '(', ')', '[', ']', '/', '—', '–', '―']).unwrap_or(self.rest.len());
        let word = self.rest.get(..end).unwrap_or("");
        // "BERLIN--The": two hyphens part.
        word.split_once("--").map_or(word, |(word, _)| word)
    }

    fn skip(&mut self, word: &str) {
        self.rest = self.rest.get(word.len()..).unwrap_or("");
    }

    /// Up to four words in capitals, or capitalised, and a region behind a comma. Says whether it was in capitals.
    fn place(&mut self) -> Option<(String, bool)> {
        let capitals = is_capitals(self.word());
        let mut place = String::new();
        for count in 0..4 {
            let ahead = Cursor { rest: if count == 0 { self.rest } else { self.rest.strip_prefix(' ').unwrap_or("") } };
            let word = ahead.word();
            let fits = if capitals { is_capitals(word) } else { is_name(word) && month_number(word).is_none() };
            if word.is_empty() || !fits {
                break;
            }
            if count > 0 {
                place.push(' ');
            }
            // "MOSCOW. November 3." has its full stop as others have a comma.
            let bare =
                if capitals && word.matches('.').count() == 1 && word.len() > 4 { word.trim_end_matches('.') } else { word };
            place.push_str(bare);
            self.rest = ahead.rest;
            self.skip(bare);
            if bare.len() < word.len() {
                break;
            }
        }
        if place.is_empty() {
            return None;
        }
        // Two places: the first one is the hint.
        while self.rest.starts_with('/') {
            let mut ahead = *self;
            ahead.eat("/");
            let word = ahead.word();
            if word.is_empty() || !(is_capitals(word) && capitals || is_name(word)) || NAMES.agencies.contains(word) {
                break;
            }
            ahead.skip(word);
            *self = ahead;
        }
        self.region(&mut place);
        Some((place, capitals))
    }

    /// ", Ukraine", ", D.C.", " [India]".
    fn region(&mut self, place: &mut String) {
        let mut ahead = *self;
        let bracket = ahead.eat(" [");
        if !bracket && !ahead.eat(", ") {
            return;
        }
        let mut region = String::new();
        while region.len() < 40 {
            let word = ahead.word();
            if word.is_empty() || !is_name(word) || month_number(word).is_some() {
                break;
            }
            if !region.is_empty() {
                region.push(' ');
            }
            region.push_str(word);
            ahead.skip(word);
            let next = Cursor { rest: ahead.rest.strip_prefix(' ').unwrap_or("") };
            if !next.word().starts_with(char::is_uppercase) {
                break;
            }
            ahead.eat(" ");
        }
        if region.is_empty() || (bracket && !ahead.eat("]")) {
            return;
        }
        place.push_str(", ");
        place.push_str(&region);
        *self = ahead;
    }

    /// "Nov 3", "November 3, 2024", "3 November", "3rd November, 2024", a weekday before it.
    fn day(&mut self, behind_place: bool) -> Option<Day> {
        if behind_place && !(self.eat(", ") || self.eat(". ") || self.eat(" ")) {
            return None;
        }
        if is_weekday(self.word()) {
            self.skip(self.word());
            let _ = self.eat(", ") || self.eat(" ");
        }
        let first = self.word();
        self.skip(first);
        if !self.eat(" ") {
            return None;
        }
        let second = self.word();
        let (month, day) = match (month_number(first), month_number(second)) {
            (Some(month), None) => (month, number(second)?),
            (None, Some(month)) => (month, number(first)?),
            _ => return None,
        };
        self.skip(second);
        if second.ends_with('.') && month_number(second).is_none() {
            // "November 3. /TASS/": the full stop closes the date.
            self.rest = self.rest.trim_start();
        }
        let mut ahead = *self;
        let _ = ahead.eat(",");
        let _ = ahead.eat(" ");
        let year = ahead.word().trim_end_matches('.');
        let year = if year.len() == 4 { year.parse::<i16>().ok() } else { None };
        if year.is_some() {
            ahead.skip(ahead.word());
            *self = ahead;
        }
        Date::new(year.unwrap_or(2024), month, day).ok()?;
        Some(Day { year, month, day })
    }

    /// "(APP)", "/TASS/".
    fn agency(&mut self) -> Option<&'a str> {
        let mut ahead = *self;
        let _ = ahead.eat(",") || ahead.eat(".");
        ahead.rest = ahead.rest.trim_start();
        let close = match ahead.rest.chars().next()? {
            '(' => ')',
            '/' => '/',
            _ => return None,
        };
        let (name, rest) = ahead.rest.get(1..)?.split_once(close)?;
        let fits = (2..=40).contains(&name.len()) && name.starts_with(char::is_alphabetic) && !name.contains(['.', ':', '(']);
        if !fits {
            return None;
        }
        self.rest = rest;
        // "(AP/Harbour Wire)": the first one.
        Some(name.split(['/', ',']).next().unwrap_or(name).trim())
    }

    /// A colon or a dash, with white space as it comes; a hyphen needs some on one side. A full stop parts only behind more than a place.
    fn separator(&mut self, behind_place_alone: bool) -> bool {
        let spaced = self.rest.starts_with(' ');
        let rest = self.rest.trim_start();
        let behind =
            ["--", "—", "–", "―", ":", ".", "-"].iter().find_map(|mark| rest.strip_prefix(mark).map(|rest| (*mark, rest)));
        let Some((mark, rest)) = behind else { return false };
        let parts = match mark {
            "-" => spaced || rest.starts_with(' '),
            "." => !behind_place_alone && !spaced && rest.starts_with(' '),
            _ => true,
        };
        if parts {
            self.rest = rest.trim_start_matches([' ', '-', '—', '–']);
        }
        parts
    }
}

/// Two letters or more, none small: "OSLO", "PORT-AU-PRINCE", "D.C.", "N'DJAMENA".
fn is_capitals(word: &str) -> bool {
    word.chars().filter(|c| c.is_uppercase()).count() >= 2
        && word.chars().all(|c| c.is_uppercase() || matches!(c, '-' | '\'' | '’' | '.'))
}

fn is_name(word: &str) -> bool {
    word.starts_with(char::is_uppercase) && word.chars().all(|c| c.is_alphabetic() || matches!(c, '-' | '\'' | '’' | '.'))
}

fn is_weekday(word: &str) -> bool {
    matches!(word, "Monday" | "Tuesday" | "Wednesday" | "Thursday" | "Friday" | "Saturday" | "Sunday")
}

fn number(word: &str) -> Option<i8> {
    let word = word.trim_end_matches('.');
    word.strip_suffix("st")
        .or(word.strip_suffix("nd"))
        .or(word.strip_suffix("rd"))
        .or(word.strip_suffix("th"))
        .unwrap_or(word)
        .parse()
        .ok()
}

/// "PORT-AU-PRINCE" -> "Port-au-Prince": names of places are looked up as they are written in running text.
fn readable(place: &str) -> String {
    let mut out = String::with_capacity(place.len());
    for (index, word) in place.split(' ').enumerate() {
        if index > 0 {
            out.push(' ');
        }
        if !is_capitals(word.trim_end_matches(',')) || word.matches('.').count() > 1 {
            out.push_str(word);
            continue;
        }
        for (index, part) in word.split('-').enumerate() {
            if index > 0 {
                out.push('-');
            }
            let lower = part.to_lowercase();
            if index > 0
                && matches!(lower.as_str(), "au" | "aux" | "de" | "du" | "en" | "la" | "le" | "les" | "of" | "on" | "sur")
            {
                out.push_str(&lower);
                continue;
            }
            let mut letters = lower.chars();
            out.extend(letters.next().into_iter().flat_map(char::to_uppercase));
            out.push_str(letters.as_str());
        }
    }
    out
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
