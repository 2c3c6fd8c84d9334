//! Dictionaries in the PETRARCH format, as users of event data own them: actors by name, and agents ("farmer", "ministry") that get their
//! state from what they attach to.
//!
//! ```text
//! KOFI_ANNAN_                              # a name; `_` is a space
//! +SECRETARY-GENERAL_KOFI_ANNAN            # another name of the same
//!     [IGOUNO 970101-061231] [GHAELI]      # codes with the days they hold, `<date` and `>date`; without days otherwise
//! !PERSON! = MAN, MEN, WOMAN, WOMEN        # agents: a set of endings
//! POLICE!PERSON! [~COP]
//! CHAMBER_OF_COMMERCE {CHAMBERS_OF_COMMERCE} [~BUS]
//! ```
//!
//! CAMEO codes become ours by `config/lexicon/actors/cameo_codes.tsv`. What the format forbids is an error with its line; what it allows
//! and we cannot use, or leaves in doubt (a region, an actor without a code, a day that is none, a bracket left open), is left out and
//! counted, because such lines are many in the dictionaries that are in use. Format: Schrodt, Beieler and Idris, "Three's a Charm? Open Event Data Coding with EL:DIABLO,
//! PETRARCH, and the Open Event Data Alliance" (2014), and petrarch2 (MIT).

use rustc_hash::FxHashMap;

use super::lexicon::{GazetteerError, Month, month};

/// An actor with all its names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Actor {
    /// The line it begins on.
    pub line: usize,
    pub names: Vec<String>,
    pub codes: Vec<Dated>,
}

/// What an actor is coded as while it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dated {
    /// As written: `IGOUNO`.
    pub code: String,
    pub from: Option<Month>,
    pub to: Option<Month>,
}

/// Words that get their state from what they attach to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Agent {
    pub line: usize,
    pub singular: Vec<String>,
    pub plural: Vec<String>,
    /// Without the `~`.
    pub code: String,
}

/// A line that is understood and of no use here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    pub line: usize,
    pub why: String,
}

/// What a dictionary holds, and what of it is left out.
#[derive(Debug)]
pub(super) struct Read<T> {
    pub held: Vec<T>,
    pub skipped: Vec<Skipped>,
    pub errors: Vec<GazetteerError>,
}

impl<T> Default for Read<T> {
    fn default() -> Self {
        Self { held: Vec::new(), skipped: Vec::new(), errors: Vec::new() }
    }
}

impl<T> Read<T> {
    fn skip(&mut self, line: usize, why: impl Into<String>) {
        self.skipped.push(Skipped { line, why: why.into() });
    }
}

const UNCLOSED: &str = "`[` without `]`";

/// The lines of a dictionary without comments and blank lines, from 1.
fn held_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let held = text.lines().enumerate().map(|(i, line)| (i + 1, line.split('#').next().unwrap_or("").trim_end()));
    held.filter(|(_, line)| !line.trim().is_empty())
}

/// Reads a dictionary of actors. `file` is for the errors.
pub(super) fn actors(file: &str, text: &str) -> Read<Actor> {
    let mut read = Read::default();
    let mut actor = Actor::default();
    for (line, held) in held_lines(text) {
        let error = |message: &str| GazetteerError::Line { file: file.to_owned(), line, message: message.to_owned() };
        let Some((name, codes)) = split_codes(held) else {
            read.skip(line, UNCLOSED);
            continue;
        };
        let synonym = name.strip_prefix('+');
        let further = synonym.is_some() || name.trim().is_empty();
        if further && actor.names.is_empty() {
            read.errors.push(error("a further name or code, but no actor before it"));
            continue;
        }
        if !further {
            close(&mut read, std::mem::take(&mut actor));
            actor.line = line;
        }
        actor.names.extend(readable(synonym.unwrap_or(name)));
        for code in codes {
            match dated(code) {
                Ok(dated) => actor.codes.push(dated),
                Err(why) => read.skip(line, why),
            }
        }
    }
    close(&mut read, actor);
    read
}

fn close(read: &mut Read<Actor>, actor: Actor) {
    if actor.names.is_empty() {
        return;
    }
    if actor.codes.is_empty() {
        return read.skip(actor.line, format!("`{}` has no code", actor.names[0]));
    }
    read.held.push(actor);
}

/// What stands before the first bracket, and what stands in brackets. `None` where one is not closed.
fn split_codes(line: &str) -> Option<(&str, Vec<&str>)> {
    let (name, mut rest) = line.split_once('[').map_or((line, ""), |(name, rest)| (name, rest));
    let mut codes = Vec::new();
    while !rest.is_empty() {
        let (code, after) = rest.split_once(']')?;
        codes.push(code.trim());
        rest = after.split_once('[').map_or("", |(_, rest)| rest);
    }
    (!line.contains('[') || !codes.is_empty()).then_some((name, codes))
}

/// `USAGOV`, `USAGOV 010120-050120`, `USAGOV >010120`, `USAGOV <010120`.
fn dated(text: &str) -> Result<Dated, String> {
    let (code, days) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let days = days.trim();
    let bad = || format!("`{days}` is not a day or a span of days");
    let day = |text: &str| day(text.trim()).ok_or_else(bad);
    let (from, to) = if days.is_empty() {
        (None, None)
    } else if let Some(after) = days.strip_prefix('>') {
        (Some(day(after)?), None)
    } else if let Some(before) = days.strip_prefix('<') {
        (None, Some(day(before)?))
    } else if let Some((from, to)) = days.split_once('-') {
        (Some(day(from)?), Some(day(to)?))
    } else {
        (Some(day(days)?), Some(day(days)?))
    };
    Ok(Dated { code: code.to_owned(), from, to })
}

/// `YYMMDD`, `YYYYMMDD` or `YYYYDDD`, to the month. Two digits from 31 on are of the last century, as in PETRARCH.
fn day(text: &str) -> Option<Month> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<i16>().ok();
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (year, of_year) = match text.len() {
        6 => (number(0..2)? + if number(0..2)? >= 31 { 1900 } else { 2000 }, number(2..4)?),
        8 => (number(0..4)?, number(4..6)?),
        7 => (number(0..4)?, (number(4..7)?.max(1) - 1) / 31 + 1),
        _ => return None,
    };
    (1..=12).contains(&of_year).then(|| month(year, of_year as i8))
}

/// Words that a name may have in either case.
const SMALL: &[&str] = &[
    "of", "the", "and", "for", "in", "on", "to", "at", "by", "de", "la", "le", "el", "al", "bin", "ibn", "du", "des", "da",
    "dos", "van", "von", "der", "den", "y", "e", "ul", "ur",
];

/// `UNITED_NATIONS_SECRETARY-GENERAL_(UNSG)_` as it stands in text: "United Nations Secretary-general". In the names of the gazetteer a
/// capital is a demand and a small letter none. One word of up to three letters demands capitals ("US").
fn readable(name: &str) -> Option<String> {
    let mut plain = String::new();
    let mut depth = 0_usize;
    for c in name.chars() {
        match c {
            '(' | '{' => depth += 1,
            ')' | '}' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {}
            '_' => plain.push(' '),
            c => plain.push(c),
        }
    }
    let words: Vec<&str> = plain.split_whitespace().collect();
    let words = words.strip_prefix(&["THE"]).filter(|rest| !rest.is_empty()).unwrap_or(&words);
    let short = matches!(words, [only] if only.chars().filter(|c| c.is_alphabetic()).count() <= 3);
    let written = |word: &&str| {
        let small = word.to_lowercase();
        if short {
            return word.to_uppercase();
        }
        if SMALL.contains(&small.as_str()) {
            return small;
        }
        let mut letters = small.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    let name = words.iter().map(written).collect::<Vec<_>>().join(" ");
    name.chars().any(char::is_alphanumeric).then_some(name)
}

/// Reads a dictionary of agents.
pub(super) fn agents(file: &str, text: &str) -> Read<Agent> {
    let mut read = Read::default();
    let mut sets: FxHashMap<&str, Vec<&str>> = FxHashMap::default();
    for (line, held) in held_lines(text) {
        let error = |message: String| GazetteerError::Line { file: file.to_owned(), line, message };
        if let Some((set, members)) = held.strip_prefix('!').and_then(|rest| rest.split_once("! =").or(rest.split_once("!="))) {
            sets.insert(set, members.split(',').map(str::trim).filter(|member| !member.is_empty()).collect());
            continue;
        }
        let Some((name, codes)) = split_codes(held) else {
            read.skip(line, UNCLOSED);
            continue;
        };
        let [code] = codes.as_slice() else {
            read.skip(line, format!("{} codes instead of one", codes.len()));
            continue;
        };
        let (name, plural) = match name.split_once('{') {
            Some((name, rest)) => (name, Some(rest.trim_end().trim_end_matches('}'))),
            None => (name, None),
        };
        let forms = |name: &str| -> Result<Vec<String>, String> {
            let small = |name: &str| name.replace('_', " ").split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
            let Some((stem, rest)) = name.split_once('!') else { return Ok(vec![small(name)]) };
            let (set, ending) =
                rest.split_once('!').ok_or_else(|| format!("`{}`: a set wants a `!` on either side", name.trim()))?;
            let members = sets.get(set).ok_or_else(|| format!("there is no set `!{set}!` above"))?;
            Ok(members.iter().map(|member| small(&format!("{stem}{member}{ending}"))).collect())
        };
        let whole = name.contains('!');
        match forms(name) {
            Err(message) => read.errors.push(error(message)),
            Ok(singular) if singular.iter().all(String::is_empty) => read.errors.push(error("no name".to_owned())),
            Ok(singular) => {
                let plural = match plural {
                    // The set holds the plurals too.
                    None if whole => Vec::new(),
                    None => singular.iter().map(|name| plural_of(name)).collect(),
                    Some(plural) => forms(plural).unwrap_or_default().into_iter().filter(|name| !name.is_empty()).collect(),
                };
                read.held.push(Agent { line, singular, plural, code: code.replace('~', "") });
            }
        }
    }
    read
}

/// The regular plural, of the last word.
fn plural_of(name: &str) -> String {
    let consonant_y = name.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']));
    match consonant_y {
        Some(stem) => format!("{stem}ies"),
        None if name.ends_with(['s', 'x', 'z']) || name.ends_with("ch") || name.ends_with("sh") => format!("{name}es"),
        None => format!("{name}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTORS: &str = "\
# Comment
FREEDONIA_ [FRA]   # plain
+FREEDONIAN_
RUFUS_T._FIREFLY_
+PRESIDENT_FIREFLY
\t[FRAGOV 330101-401231] [USAGOV >20010115]
\t[FRAELI]
SYLVANIAN_LEAGUE_(SL)_ [IGOUNO]
NOWHERE_
WESTERN_HILLS_ [FRAMIL 2004017-20061201]
BAD_DAY_ [FRA 209901]
OPEN_END_ [FRA
";

    fn dated(code: &str, from: Option<(i16, i8)>, to: Option<(i16, i8)>) -> Dated {
        let month = |(year, of_year)| month(year, of_year);
        Dated { code: code.to_owned(), from: from.map(month), to: to.map(month) }
    }

    #[test]
    fn actors_have_names_and_codes_with_days() {
        let read = actors("a.txt", ACTORS);
        assert!(read.errors.is_empty(), "{:?}", read.errors);
        let names: Vec<_> = read.held.iter().map(|actor| actor.names.join("|")).collect();
        assert_eq!(names, ["Freedonia|Freedonian", "Rufus T. Firefly|President Firefly", "Sylvanian League", "Western Hills"]);
        assert_eq!(
            read.held[1].codes,
            [
                dated("FRAGOV", Some((1933, 1)), Some((1940, 12))),
                dated("USAGOV", Some((2001, 1)), None),
                dated("FRAELI", None, None)
            ]
        );
        assert_eq!(read.held[3].codes, [dated("FRAMIL", Some((2004, 1)), Some((2006, 12)))]);
    }

    #[test]
    fn what_is_of_no_use_is_told_with_its_line() {
        let read = actors("a.txt", ACTORS);
        let told: Vec<_> = read.skipped.iter().map(|skipped| (skipped.line, skipped.why.as_str())).collect();
        assert_eq!(
            told,
            [
                (9, "`Nowhere` has no code"),
                (11, "`209901` is not a day or a span of days"),
                (12, UNCLOSED),
                (11, "`Bad Day` has no code")
            ]
        );
    }

    #[test]
    fn what_the_format_forbids_is_an_error_with_file_and_line() {
        let errors = |text: &str| actors("a.txt", text).errors.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(errors("\n+FREEDONIAN_\n"), ["a.txt:2: a further name or code, but no actor before it"]);
        let agents = agents("b.txt", "POLICE!PERSON! [~COP]\n[~BUS]\n");
        let told: Vec<_> = agents.errors.iter().map(ToString::to_string).collect();
        assert_eq!(told, ["b.txt:1: there is no set `!PERSON!` above", "b.txt:2: no name"]);
    }

    #[test]
    fn agents_have_plurals_of_their_own_or_regular_ones_or_none() {
        let text = "!PERSON! = MAN, MEN\nFARMER [~AGR]\nPOLICE!PERSON! [~COP]\nCHAMBER_OF_COMMERCE {CHAMBERS_OF_COMMERCE} [~BUS]\n\
            RIOT_POLICE {} [~COP]\nMINISTRY [~GOVMED]\n";
        let read = agents("b.txt", text);
        let forms: Vec<_> = read.held.iter().map(|agent| (agent.singular.join("|"), agent.plural.join("|"))).collect();
        let expected = [
            ("farmer", "farmers"),
            ("policeman|policemen", ""),
            ("chamber of commerce", "chambers of commerce"),
            ("riot police", ""),
            ("ministry", "ministries"),
        ];
        assert_eq!(forms, expected.map(|(one, many)| (one.to_owned(), many.to_owned())));
        assert_eq!(read.held[4].code, "GOVMED");
    }

    #[test]
    fn short_names_demand_capitals_and_small_words_do_not() {
        let name = |name| readable(name).unwrap();
        assert_eq!((name("US_"), name("U.N._"), name("IRAN_")), ("US".into(), "U.N.".into(), "Iran".into()));
        assert_eq!(name("THE_BANK_OF_FRANCE"), "Bank of France");
        assert_eq!(name("BAN_KI-MOON"), "Ban Ki-moon");
    }
}
