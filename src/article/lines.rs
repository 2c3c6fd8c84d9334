//! Drops the paragraphs of an article that are not its text: copyright notices, "read more" lines, bylines, page furniture, and
//! headlines of other articles set between its paragraphs.
//!
//! Which phrases do this is data, `config/lexicon/article_lines.tsv`. In doubt a paragraph stays: a stray line costs little, a lost
//! sentence may have been the event.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::text::{ends_sentence, words};
use crate::lexicon::{self, LexiconError};

const FILE: &str = "article_lines.tsv";
const TABLE: &str = include_str!("../../config/lexicon/article_lines.tsv");

static LINES: LazyLock<Lines> = LazyLock::new(|| Lines::read(TABLE).expect("the embedded table is held valid by a test"));

/// Takes out what is not text. Gives the publisher, if a copyright notice named one.
pub(super) fn clean(paragraphs: &mut Vec<&str>) -> Option<String> {
    let lines = &*LINES;
    let mut publisher = None;
    let mut seen = FxHashSet::default();
    paragraphs.retain_mut(|paragraph| {
        *paragraph = without_bullet(paragraph);
        match lines.kind(paragraph) {
            Some(Kind::Copyright) => publisher = named_in_notice(paragraph).or(publisher.take()),
            Some(_) => {}
            // A long paragraph that comes twice is an artefact of the page (a standfirst, a copy for small screens).
            None => return words(paragraph) < 8 || seen.insert(*paragraph),
        }
        false
    });
    drop_inline_headlines(lines, paragraphs);
    publisher
}

fn without_bullet(paragraph: &str) -> &str {
    paragraph.trim_start_matches(['•', '●', '▪', '◦', '‣', '■', '►', '▶', ' '])
}

/// A line that stands alone between two paragraphs of prose, is as long as a headline, ends in no punctuation and is worded like one.
fn drop_inline_headlines(lines: &Lines, paragraphs: &mut Vec<&str>) {
    let prose = |at: usize| paragraphs.get(at).is_some_and(|text| ends_sentence(text) && words(text) >= 8);
    let is_headline: Vec<bool> = paragraphs
        .iter()
        .enumerate()
        .map(|(at, text)| at > 0 && (6..=20).contains(&words(text)) && prose(at - 1) && prose(at + 1) && lines.is_headline(text))
        .collect();
    let mut verdicts = is_headline.into_iter();
    paragraphs.retain(|_| !verdicts.next().unwrap_or(false));
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Copyright,
    More,
    Furniture,
    Byline,
    Credit,
    Prose,
}

impl Kind {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "copyright" => Kind::Copyright,
            "more" => Kind::More,
            "furniture" => Kind::Furniture,
            "byline" => Kind::Byline,
            "credit" => Kind::Credit,
            "prose" => Kind::Prose,
            _ => return None,
        })
    }
}

#[derive(Debug)]
struct Pattern {
    kind: Kind,
    phrase: &'static str,
    words: usize,
}

/// A pattern that begins a line.
#[derive(Debug)]
struct Opening {
    pattern: Pattern,
    /// The phrase may end inside a word.
    cut: bool,
}

/// The table, by the way its phrases are looked for: most paragraphs are compared with a handful of them.
#[derive(Debug, Default)]
struct Lines {
    /// By their first two bytes.
    openings: FxHashMap<[u8; 2], Vec<Opening>>,
    whole: FxHashMap<&'static str, Pattern>,
    closings: Vec<Pattern>,
    anywhere: Vec<Pattern>,
    byline_words: FxHashSet<&'static str>,
    prose_words: FxHashSet<&'static str>,
    /// Words of the longest line that is looked at.
    longest: usize,
}

impl Lines {
    fn read(table: &'static str) -> Result<Self, LexiconError> {
        let mut lines = Self::default();
        let rows = lexicon::rows(FILE, table, 4)?;
        for row in &rows {
            let kind = row.parse(0, "a kind of line", Kind::parse)?;
            let phrase = row.parse(2, "a phrase in lower case", |text| (text == text.to_lowercase()).then_some(text))?;
            let words = row.parse(3, "a number of words", |text| text.parse::<usize>().ok())?;
            lines.longest = lines.longest.max(words);
            let (phrase, cut) = phrase.strip_suffix('*').map_or((phrase, false), |phrase| (phrase, true));
            let pattern = Pattern { kind, phrase, words };
            match row.parse(1, "a way to match", Some)? {
                "opens" => {
                    let start = row.parse(2, "a phrase of two letters or more", |_| first_two(phrase))?;
                    lines.openings.entry(start).or_default().push(Opening { pattern, cut });
                }
                "is" => drop(lines.whole.insert(phrase, pattern)),
                "closes" => lines.closings.push(pattern),
                "has" => lines.anywhere.push(pattern),
                "word" if kind == Kind::Byline => drop(lines.byline_words.insert(phrase)),
                "word" if kind == Kind::Prose => drop(lines.prose_words.insert(phrase)),
                _ => return Err(row.error("expected opens, is, closes or has; or word, of a byline or of prose")),
            }
        }
        for row in &rows {
            let kind = row.parse(0, "a kind of line", Kind::parse)?;
            let as_said = match kind {
                Kind::Prose => lines.kind(row.example).is_none() && !lines.is_headline(row.example),
                kind => lines.kind(row.example) == Some(kind),
            };
            if !as_said {
                return Err(row.error(format!("the example is not read as {kind:?}")));
            }
        }
        Ok(lines)
    }

    /// What kind of line this paragraph is; `None` for text.
    fn kind(&self, paragraph: &str) -> Option<Kind> {
        // A word of news has five letters and a space; nothing this long has few enough words.
        if paragraph.len() > self.longest * 16 {
            return None;
        }
        let count = words(paragraph);
        if count > self.longest {
            return None;
        }
        let lower: String = paragraph.chars().map(|c| if c == '’' { '\'' } else { c }).flat_map(char::to_lowercase).collect();
        let bare = lower.trim_matches(|c: char| !c.is_alphanumeric());
        let fits = |pattern: &&Pattern| count <= pattern.words;
        let opening = || {
            let candidates = self.openings.get(&first_two(&lower)?)?;
            let opens = |opening: &&Opening| {
                let Opening { pattern, cut } = opening;
                let rest = lower.strip_prefix(pattern.phrase);
                fits(&pattern)
                    && rest.is_some_and(|rest| (*cut || parts(pattern.phrase, rest)) && self.confirms(pattern, paragraph, rest))
            };
            candidates.iter().find(opens).map(|opening| opening.pattern.kind)
        };
        let whole = || self.whole.get(bare).filter(fits).map(|pattern| pattern.kind);
        let closing =
            || self.closings.iter().filter(fits).find(|pattern| bare.ends_with(pattern.phrase)).map(|pattern| pattern.kind);
        let inside =
            || self.anywhere.iter().filter(fits).find(|pattern| lower.contains(pattern.phrase)).map(|pattern| pattern.kind);
        opening().or_else(whole).or_else(closing).or_else(inside)
    }

    /// Some openings begin sentences too: "By Monday, …", "Copyright law …".
    fn confirms(&self, pattern: &Pattern, paragraph: &str, rest: &str) -> bool {
        match pattern.kind {
            Kind::Byline => !ends_sentence(paragraph) && !rest.trim().is_empty() && self.goes_on_in_names(paragraph),
            Kind::Copyright if pattern.phrase == "copyright" => {
                !ends_sentence(paragraph)
                    || rest.contains(['©'])
                    || rest.contains("(c)")
                    || rest.contains("rights reserved")
                    || has_year(rest)
            }
            _ => true,
        }
    }

    fn goes_on_in_names(&self, paragraph: &str) -> bool {
        paragraph.split_ascii_whitespace().skip(1).all(|word| {
            let word = word.trim_matches(|c: char| !c.is_alphanumeric());
            word.is_empty() || word.starts_with(char::is_uppercase) || self.byline_words.contains(word)
        })
    }

    /// Whether a line without context is worded as a headline.
    fn is_headline(&self, line: &str) -> bool {
        if line.ends_with([':', ',', ';', '-', '–', '—'])
            || ends_sentence(line)
            || line.starts_with(|c: char| !c.is_alphanumeric() && !is_quote(c))
        {
            return false;
        }
        let mut prose =
            line.split_ascii_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase());
        !line.contains(". ") && !prose.any(|word| self.prose_words.contains(word.as_str()))
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '“' | '‘' | '’')
}

fn first_two(text: &str) -> Option<[u8; 2]> {
    text.as_bytes().first_chunk().copied()
}

/// Whether a phrase that ends in a letter ends where the word does.
fn parts(phrase: &str, rest: &str) -> bool {
    !phrase.ends_with(char::is_alphanumeric) || !rest.starts_with(char::is_alphanumeric)
}

fn has_year(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(is_year)
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && (word.starts_with("19") || word.starts_with("20"))
}

/// "Copyright © 2024 The Harbour Wire. All rights reserved." -> "The Harbour Wire".
fn named_in_notice(notice: &str) -> Option<String> {
    let lower = notice.to_ascii_lowercase();
    let end = ["all rights", "this material", " | ", "unauthori"].iter().filter_map(|stop| lower.find(stop)).min();
    let notice = end.and_then(|end| notice.get(..end)).unwrap_or(notice);
    let noise = |word: &&str| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        !(bare.is_empty() && *word != "&"
            || is_year(bare)
            || bare.eq_ignore_ascii_case("copyright")
            || word.eq_ignore_ascii_case("(c)")
            || bare.split(['-', '–']).all(is_year))
    };
    let spaced = notice.replace('©', " ");
    let name: Vec<&str> = spaced.split_ascii_whitespace().filter(noise).collect();
    let name = name.join(" ");
    let name = name.trim_start_matches("by ").trim_matches(|c: char| !c.is_alphanumeric() && c != ')');
    let fits = (1..=6).contains(&words(name)) && name.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
    fits.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Lines, TABLE, clean, named_in_notice};

    fn cleaned<'a>(paragraphs: &[&'a str]) -> Vec<&'a str> {
        let mut paragraphs = paragraphs.to_vec();
        clean(&mut paragraphs);
        paragraphs
    }

    const FIRST: &str = "Norway and Sweden signed a treaty on fishing in Oslo on Monday.";
    const LAST: &str = "“We waited for twenty years,” Swedish Foreign Minister Maria Stenergard said.";

    #[test]
    fn the_table_is_valid_and_every_example_is_read_as_its_line_says() {
        Lines::read(TABLE).unwrap();
    }

    #[test]
    fn a_table_whose_example_does_not_match_is_refused() {
        let error = Lines::read("more\topens\tread more:\t9\tNorway opens its ports\n").unwrap_err();
        assert_eq!(error.line, 1);
    }

    #[test]
    fn lines_of_the_page_go_and_text_stays() {
        let page = [
            "By Nils Berg",
            FIRST,
            "Read more: Ten fish to eat",
            "ADVERTISEMENT",
            LAST,
            "(Reporting by Nils Berg; editing by A. Laine)",
        ];
        assert_eq!(cleaned(&page), [FIRST, LAST]);
    }

    #[test]
    fn sentences_that_open_like_such_lines_stay() {
        let prose = [
            "By Monday, Norway had withdrawn its boats.",
            "By Monday evening Norway Had Gone.",
            "Copyright law was on the agenda in Oslo.",
            "Subscribers waited.",
            "Read out by the minister, the note was short.",
            "From Oslo he flew to Stockholm.",
        ];
        assert_eq!(cleaned(&prose), prose);
    }

    #[test]
    fn a_headline_of_another_article_between_paragraphs_goes() {
        for headline in [
            "Wide range of fishing rights open to Norway, Sweden in northern waters: PM Berg",
            "Norway, Denmark to open joint embassy in Nuuk",
            "‘Not our boats’: Finland rejects Norwegian protest over nets",
        ] {
            assert_eq!(cleaned(&[FIRST, headline, LAST]), [FIRST, LAST], "{headline}");
        }
    }

    #[test]
    fn what_only_resembles_an_inline_headline_stays() {
        for line in [
            "Background",
            "The Swedish minister will visit Bergen next month",
            "Berg visits Stockholm on Tuesday",
            "Norway agreed to the following steps with Sweden:",
            "Norway opens three ports. Sweden opens two",
        ] {
            assert_eq!(cleaned(&[FIRST, line, LAST]), [FIRST, line, LAST], "{line}");
        }
        let list = [FIRST, "Norway to open three ports in June", "Sweden to open two ports in July", LAST];
        assert_eq!(cleaned(&list), list);
        let headline = ["Norway, Sweden sign treaty on fishing in Oslo", FIRST, LAST];
        assert_eq!(cleaned(&headline), headline);
    }

    #[test]
    fn notices_name_the_publisher() {
        for (notice, name) in [
            ("Copyright Harbour Wire, 2024", Some("Harbour Wire")),
            ("© 2025 The Harbour Wire. All rights reserved.", Some("The Harbour Wire")),
            ("Copyright © 2019-2024 Harbour & Sons Ltd | Imprint", Some("Harbour & Sons Ltd")),
            ("(c) 2024", None),
            ("All rights reserved", None),
        ] {
            assert_eq!(named_in_notice(notice).as_deref(), name, "{notice}");
        }
    }
}
