//! [`Names`]: the automaton that finds names in text. A trie over words, longest match first.
//!
//! A word is a run of letters and digits. Words are compared without case, accents or the kind of hyphen, apostrophe or full stop
//! between them ("Cote d'Ivoire" finds "Côte d’Ivoire", "Port au Prince" finds "Port-au-Prince"); a comma must stand where the name has one. What the
//! comparison drops is checked afterwards: a name written with a capital wants a capital ("Turkey" is not "turkey"), a name in
//! capitals wants capitals ("US" is not "us" nor "Us"), a name in small letters takes any. One look at each word, no allocation.

use rustc_hash::FxHashMap;
use unicode_normalization::UnicodeNormalization;

use crate::span::Span;

/// Longest name, in words.
const MAX_WORDS: usize = 16;
const NONE: u32 = u32::MAX;
const ROOT: u32 = 0;

/// Word trie from names to the entries of a gazetteer.
#[derive(Debug)]
pub(super) struct Names {
    words: FxHashMap<Box<str>, u32>,
    edges: FxHashMap<(u32, u32), u32>,
    /// By node: the first alias that ends there.
    ends: Vec<u32>,
    aliases: Vec<Alias>,
    comma: u32,
    the: u32,
}

/// One spelling of an entry. Aliases that differ in case only share a node and hang together.
#[derive(Clone, Copy, Debug)]
struct Alias {
    case: Case,
    entry: u32,
    next: u32,
}

/// Two bits a word, from the first in the lowest bits: what case the name wants, or what the text has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Case(u32);

const SMALL: u32 = 0;
const CAPITALIZED: u32 = 1;
/// LeT, McCain.
const MIXED: u32 = 2;
const CAPITALS: u32 = 3;

impl Case {
    fn with(self, word: usize, class: u32) -> Self {
        Self(self.0 | class << (2 * word))
    }

    /// `self` is what the name wants, `text` what stands there.
    fn accepts(self, text: Case) -> bool {
        let (mut want, mut have) = (self.0, text.0);
        while want != 0 {
            if have & 3 < want & 3 {
                return false;
            }
            (want, have) = (want >> 2, have >> 2);
        }
        true
    }
}

/// A word of the text under scan.
#[derive(Clone, Copy, Debug)]
struct Word {
    start: u32,
    end: u32,
    id: u32,
    case: u32,
    /// The text between this word and the one before lets a name run on.
    joined: bool,
}

/// A name found: where, and every entry it may stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub span: Span,
    /// The alias last added under that spelling; [`Names::entries`] walks the rest.
    alias: u32,
    case: Case,
}

/// Buffers of a scan, kept between sentences.
#[derive(Debug, Default)]
pub(super) struct Scan {
    words: Vec<Word>,
    folded: String,
    pub found: Vec<Found>,
}

impl Default for Names {
    fn default() -> Self {
        let mut names = Self {
            words: FxHashMap::default(),
            edges: FxHashMap::default(),
            ends: vec![NONE],
            aliases: Vec::new(),
            comma: 0,
            the: 0,
        };
        names.comma = names.intern(",");
        names.the = names.intern("the");
        names
    }
}

impl Names {
    /// Adds one spelling of `entry`. `false` where the name has no word or more than 16.
    pub fn insert(&mut self, name: &str, entry: u32) -> bool {
        let mut folded = String::new();
        let mut node = ROOT;
        let mut case = Case::default();
        let mut count = 0;
        let mut rest = name;
        while let Some((comma, start, end)) = next_word(rest) {
            if comma && count > 0 {
                node = self.grow(node, self.comma);
            }
            let word = rest.get(start..end).unwrap_or("");
            rest = rest.get(end..).unwrap_or("");
            if count == MAX_WORDS {
                return false;
            }
            case = case.with(count, case_of(word));
            fold(word, &mut folded);
            let id = self.intern(&folded);
            node = self.grow(node, id);
            count += 1;
        }
        if count == 0 {
            return false;
        }
        let first = self.ends[node as usize];
        self.ends[node as usize] = self.aliases.len() as u32;
        self.aliases.push(Alias { case, entry, next: first });
        true
    }

    fn intern(&mut self, word: &str) -> u32 {
        if let Some(&id) = self.words.get(word) {
            return id;
        }
        let id = self.words.len() as u32;
        self.words.insert(word.into(), id);
        id
    }

    fn grow(&mut self, node: u32, word: u32) -> u32 {
        let next = self.ends.len() as u32;
        let grown = *self.edges.entry((node, word)).or_insert(next);
        if grown == next {
            self.ends.push(NONE);
        }
        grown
    }

    /// Finds the names in `text`, which begins at byte `base` of the article: leftmost first, longest first, none overlapping. A name
    /// that opens with "the" yields to a longer one after the article: not "the Republic", but "Republic of Korea".
    pub fn scan(&self, text: &str, base: u32, scan: &mut Scan) {
        self.read_words(text, scan);
        scan.found.clear();
        let mut at = 0;
        while at < scan.words.len() {
            match self.longest(&scan.words[at..]) {
                Some((count, ..)) if scan.words[at].id == self.the && self.outruns(&scan.words[at + 1..], count) => at += 1,
                Some((count, alias, case)) => {
                    let (first, last) = (scan.words[at], scan.words[at + count - 1]);
                    let end = closing_stop(text, last);
                    let span = Span { start: base + first.start, end: base + end };
                    scan.found.push(Found { span, alias, case });
                    at += count;
                }
                None => at += 1,
            }
        }
    }

    /// The entries that a found name may stand for, the one added last first.
    pub fn entries(&self, found: Found) -> impl Iterator<Item = u32> + '_ {
        std::iter::successors(self.aliases.get(found.alias as usize), |alias| self.aliases.get(alias.next as usize))
            .filter(move |alias| alias.case.accepts(found.case))
            .map(|alias| alias.entry)
    }

    fn read_words(&self, text: &str, scan: &mut Scan) {
        scan.words.clear();
        let mut at = 0;
        while let Some((comma, start, end)) = next_word(text.get(at..).unwrap_or("")) {
            let (start, end) = (at + start, at + end);
            let gap = text.get(at..start).unwrap_or("");
            let joined = scan.words.last().is_some_and(|before: &Word| joins(gap, (before.end - before.start) as usize));
            if comma && joined {
                scan.words.push(Word { start: at as u32, end: at as u32, id: self.comma, case: SMALL, joined: true });
            }
            let word = text.get(start..end).unwrap_or("");
            fold(word, &mut scan.folded);
            let id = self.words.get(scan.folded.as_str()).copied().unwrap_or(NONE);
            scan.words.push(Word { start: start as u32, end: end as u32, id, case: case_of(word), joined });
            at = end;
        }
    }

    /// Whether a name at the head of `words` reaches beyond one that began a word earlier and has `count` words.
    fn outruns(&self, words: &[Word], count: usize) -> bool {
        self.longest(words).is_some_and(|(longer, ..)| longer + 1 > count)
    }

    /// The longest name at the head of `words`: its length in words, the alias and the case in which it stands.
    fn longest(&self, words: &[Word]) -> Option<(usize, u32, Case)> {
        let mut node = ROOT;
        let mut case = Case::default();
        let mut count = 0;
        let mut best = None;
        for (i, word) in words.iter().enumerate() {
            if word.id == NONE || (i > 0 && !word.joined) || count == MAX_WORDS {
                break;
            }
            let Some(&next) = self.edges.get(&(node, word.id)) else { break };
            node = next;
            if word.id == self.comma {
                continue;
            }
            case = case.with(count, word.case);
            count += 1;
            let mut alias = self.ends[node as usize];
            while let Some(spelling) = self.aliases.get(alias as usize) {
                if spelling.case.accepts(case) {
                    best = Some((i + 1, alias, case));
                    break;
                }
                alias = spelling.next;
            }
        }
        best
    }
}

/// The next run of letters and digits in `text` as `(a comma stands before it, start, end)`.
fn next_word(text: &str) -> Option<(bool, usize, usize)> {
    let mut comma = false;
    let mut start = None;
    for (i, c) in text.char_indices() {
        match (c.is_alphanumeric(), start) {
            (true, None) => start = Some(i),
            (false, Some(start)) => return Some((comma, start, i)),
            (false, None) => comma |= c == ',',
            (true, Some(_)) => {}
        }
    }
    start.map(|start| (comma, start, text.len()))
}

/// Whether a name may run on over `gap`, which follows a word of `before` bytes.
fn joins(gap: &str, before: usize) -> bool {
    match gap {
        " " | "-" | "'" | "’" | "." | ", " | "\n" | "\u{a0}" | "‐" | "‑" | "–" => true,
        // "St. Lucia", "Gen. Bajwa"; but "in Chad. Iran" is two sentences.
        ". " => before <= 3,
        "' " | "’ " | " & " => true,
        _ => false,
    }
}

/// Where a name ends whose last word is `last`: after the full stop of "U.S.", if that stands there.
fn closing_stop(text: &str, last: Word) -> u32 {
    let bytes = text.as_bytes();
    let (start, end) = (last.start as usize, last.end as usize);
    let initial = end - start == 1 && start > 0 && bytes.get(start - 1) == Some(&b'.');
    last.end + u32::from(initial && bytes.get(end) == Some(&b'.'))
}

fn case_of(word: &str) -> u32 {
    let mut small = false;
    let mut later_capital = false;
    for (i, c) in word.chars().enumerate() {
        match (i, c.is_lowercase()) {
            (0, true) => return SMALL,
            (0, false) => {}
            (_, true) => small = true,
            (_, false) => later_capital = true,
        }
    }
    match (small, later_capital) {
        (_, false) => CAPITALIZED,
        (true, true) => MIXED,
        (false, true) => CAPITALS,
    }
}

/// Writes `word` to `folded` in small letters without accents.
pub(super) fn fold(word: &str, folded: &mut String) {
    folded.clear();
    if word.is_ascii() {
        folded.push_str(word);
        folded.make_ascii_lowercase();
        return;
    }
    for c in word.nfd().flat_map(char::to_lowercase) {
        match c {
            '\u{300}'..='\u{36f}' => {}
            'ı' => folded.push('i'),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' => folded.push('d'),
            'ß' => folded.push_str("ss"),
            c => folded.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(names: &[&str], text: &'a str) -> Vec<&'a str> {
        let mut trie = Names::default();
        for (i, name) in names.iter().enumerate() {
            assert!(trie.insert(name, i as u32), "{name}");
        }
        let mut scan = Scan::default();
        trie.scan(text, 0, &mut scan);
        scan.found.iter().map(|found| found.span.of(text)).collect()
    }

    #[test]
    fn the_longest_name_wins() {
        assert_eq!(
            found(&["Guinea", "Papua New Guinea", "New York"], "in Papua New Guinea and Guinea"),
            ["Papua New Guinea", "Guinea"]
        );
    }

    #[test]
    fn a_name_that_opens_with_the_yields_to_a_longer_one_after_the_article() {
        let names = ["the republic", "Republic of Korea", "The Hague"];
        assert_eq!(
            found(&names, "in the Republic of Korea, the republic, The Hague"),
            ["Republic of Korea", "the republic", "The Hague"]
        );
    }

    #[test]
    fn a_name_ends_with_its_word() {
        assert!(found(&["Chad", "Oman", "Iran"], "Chadwick saw a Roman, Omani and Iranian show").is_empty());
    }

    #[test]
    fn case_tells_names_from_words() {
        assert_eq!(found(&["Turkey", "US", "Polish"], "Turkey told us: polish the turkey, US."), ["Turkey", "US"]);
        assert_eq!(found(&["Turkey", "Russia"], "TURKEY WARNS RUSSIA"), ["TURKEY", "RUSSIA"]);
        assert_eq!(found(&["LeT", "McCain"], "Let LeT go, McCain said"), ["LeT", "McCain"]);
    }

    #[test]
    fn full_stops_of_an_abbreviation_belong_to_it() {
        assert_eq!(found(&["U.S.", "Iran"], "The U.S. left. Iran's U.S. policy, U.S.-led"), ["U.S.", "Iran", "U.S.", "U.S."]);
    }

    #[test]
    fn accents_hyphens_and_apostrophes_may_differ() {
        let names = ["Cote d'Ivoire", "Port-au-Prince", "Erdogan", "St. Lucia"];
        assert_eq!(
            found(&names, "Côte d’Ivoire, Port au Prince, Erdoğan, St Lucia"),
            ["Côte d’Ivoire", "Port au Prince", "Erdoğan", "St Lucia"]
        );
    }

    #[test]
    fn a_comma_stands_only_where_the_name_has_one() {
        assert_eq!(found(&["Washington, D.C.", "New York"], "in Washington, D.C., and New, York"), ["Washington, D.C."]);
    }

    #[test]
    fn a_name_does_not_run_over_the_end_of_a_sentence() {
        assert!(found(&["Chad Iran"], "in Chad. Iran").is_empty());
    }

    #[test]
    fn later_entries_come_first_and_case_tells_entries_apart() {
        let mut trie = Names::default();
        assert!(trie.insert("US", 1) && trie.insert("us", 2) && trie.insert("US", 3));
        let mut scan = Scan::default();
        trie.scan("US and us", 0, &mut scan);
        let entries: Vec<Vec<u32>> = scan.found.iter().map(|found| trie.entries(*found).collect()).collect();
        assert_eq!(entries, [vec![3, 2, 1], vec![2]]);
    }
}
