//! [`Cursor`]: reads the parts of a dateline, one after the other: place, day, agency, what separates them from the text.

use jiff::civil::Date;

use super::{Day, NAMES};
use crate::article::date::month_number;

/// Reads parts of a dateline from the front of what is left.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub rest: &'a str,
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
    pub fn place(&mut self) -> Option<(String, bool)> {
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
    pub fn day(&mut self, behind_place: bool) -> Option<Day> {
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
    pub fn agency(&mut self) -> Option<&'a str> {
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
    pub fn separator(&mut self, behind_place_alone: bool) -> bool {
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
pub(super) fn readable(place: &str) -> String {
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
