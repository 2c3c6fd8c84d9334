//! [`Measures`]: sums of money, people, weapons and other things counted in a sentence, each with its value and unit.
//!
//! Vocabulary: `config/lexicon/quantities.tsv`. A bare "dollar" is a US dollar; a currency name that several states use is told by
//! the adjective before it, else by the states of the event.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use super::lex::{Kind, Word};
use super::record::{Quantity, QuantityKind};
use crate::actor::{ActorCode, Mention, MentionKind};
use crate::lexicon::{self, LexiconError, Row};
use crate::span::Span;

/// What a word may be in a quantity.
enum Term {
    /// Stands before a number: `$`, `EUR`.
    Sign,
    /// Stands before a sign: `A` in `A$`.
    Prefix(Box<str>),
    /// Ten to that power: "million".
    Power(i32),
    Number(f64),
    Currency,
    Thing(QuantityKind, Box<str>),
}

/// One meaning of a currency word.
struct Currency {
    code: Box<str>,
    adjective: Option<Box<str>>,
    country: Option<ActorCode>,
}

#[derive(Default)]
struct Entry {
    terms: Vec<Term>,
    currencies: Vec<Currency>,
}

pub(super) struct Measures {
    entries: HashMap<Box<str>, Entry, FxBuildHasher>,
}

/// A quantity with its place in the text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Measure {
    pub span: Span,
    pub quantity: Quantity,
}

/// The unit in which people are counted.
const PEOPLE: &str = "people";

const FILE: &str = "quantities.tsv";

/// Words that may stand between a number and what it counts: "seven senior military experts".
const BETWEEN: usize = 3;

impl Measures {
    pub fn embedded() -> Result<Self, LexiconError> {
        let mut entries: HashMap<Box<str>, Entry, FxBuildHasher> = HashMap::default();
        for row in lexicon::rows(FILE, include_str!("../../config/lexicon/quantities.tsv"), 5)? {
            let entry = entries.entry(row.fields[0].into()).or_default();
            let value = row.fields[2];
            match row.fields[1] {
                "sign" => {
                    entry.terms.push(Term::Sign);
                    entry.currencies.push(currency(&row)?);
                }
                "currency" => {
                    entry.terms.push(Term::Currency);
                    entry.currencies.push(currency(&row)?);
                }
                "prefix" => entry.terms.push(Term::Prefix(currency(&row)?.code)),
                "power" => entry.terms.push(Term::Power(row.parse(2, "a power of ten", |value| value.parse().ok())?)),
                "number" => entry.terms.push(Term::Number(row.parse(2, "a number", |value| value.parse().ok())?)),
                "people" => entry.terms.push(Term::Thing(QuantityKind::People, value.into())),
                "weapon" => entry.terms.push(Term::Thing(QuantityKind::Weapons, value.into())),
                "thing" => entry.terms.push(Term::Thing(QuantityKind::Other, value.into())),
                other => return Err(row.error(format!("`{other}` is no kind of quantity word"))),
            }
        }
        Ok(Self { entries })
    }

    /// The quantities among `words`, in order, appended to `out`. `parties` decide what a "rupee" is, `mentions` which words are
    /// a state's people ("eleven Malaysians").
    pub fn read(&self, text: &str, words: &[Word<'_>], parties: &[ActorCode], mentions: &[Mention], out: &mut Vec<Measure>) {
        let reader = Reader { measures: self, text, words, parties, mentions };
        let mut at = 0;
        while at < words.len() {
            match reader.quantity(at) {
                Some((measure, to)) => {
                    out.push(measure);
                    at = to.max(at + 1);
                }
                None => at += 1,
            }
        }
    }
}

fn currency(row: &Row<'_>) -> Result<Currency, LexiconError> {
    let iso = |code: &str| code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase());
    let code = row.parse(2, "an ISO 4217 code", |code| iso(code).then_some(code))?;
    let country = row.optional(4, "a country code", ActorCode::new)?;
    Ok(Currency { code: code.into(), adjective: row.optional(3, "an adjective", |word| Some(word.into()))?, country })
}

struct Reader<'a> {
    measures: &'a Measures,
    text: &'a str,
    words: &'a [Word<'a>],
    parties: &'a [ActorCode],
    mentions: &'a [Mention],
}

impl Reader<'_> {
    /// The entry of a word, its plural ending dropped where need be.
    fn entry(&self, at: usize) -> Option<&Entry> {
        let word = self.words.get(at)?;
        if word.kind == Kind::Number || word.text.len() > 16 {
            return None;
        }
        let entries = &self.measures.entries;
        if word.kind == Kind::Mark {
            return entries.get(word.text);
        }
        let mut lower = [0u8; 16];
        let lower = lower.get_mut(..word.text.len())?;
        lower.copy_from_slice(word.text.as_bytes());
        lower.make_ascii_lowercase();
        let lower = std::str::from_utf8(lower).ok()?;
        let singular = || entries.get(lower.strip_suffix('s')?).filter(|entry| entry.terms.iter().any(Term::has_plural));
        entries.get(lower).or_else(singular)
    }

    fn term<T>(&self, at: usize, wanted: impl Fn(&Term) -> Option<T>) -> Option<T> {
        self.entry(at)?.terms.iter().find_map(wanted)
    }

    /// The number at `at` with the powers after it, and where it ends: "5", "1.2bn", "5 million", "two hundred", "56-billion".
    fn number(&self, at: usize) -> Option<(f64, usize)> {
        let number = |term: &Term| if let Term::Number(value) = term { Some(*value) } else { None };
        let mut value = self.words.get(at)?.number().or_else(|| self.term(at, number))?;
        let mut to = at + 1;
        // "Twenty-five".
        if self.words[at].kind == Kind::Word
            && value >= 20.0
            && self.dash(to)
            && let Some(ones) = self.term(to + 1, number).filter(|ones| *ones < 10.0)
        {
            value += ones;
            to += 2;
        }
        loop {
            let next = to + usize::from(self.dash(to));
            let glued = self.words.get(next).is_some_and(|word| !word.spaced);
            match self.term(next, |term| if let Term::Power(power) = term { Some(*power) } else { None }) {
                // "5 m", "5 b" with a space are not sums; "$5m" is.
                Some(power) if glued || self.words[next].text.len() > 1 => {
                    value *= 10f64.powi(power);
                    to = next + 1;
                }
                _ => return Some((value, to)),
            }
        }
    }

    fn dash(&self, at: usize) -> bool {
        self.words.get(at).is_some_and(|word| word.is_dash() && !word.spaced)
    }

    fn quantity(&self, at: usize) -> Option<(Measure, usize)> {
        if let Some((code, number)) = self.sign(at)
            && let Some((value, to)) = self.number(number)
        {
            // "$5 million dollars" is one sum.
            return Some((self.measure(at, to, QuantityKind::Money, value, code), to));
        }
        if self.is_designation(at) {
            return None;
        }
        let (value, to) = self.number(at)?;
        if let Some((code, end)) = self.currency(to) {
            return Some((self.measure(at, end, QuantityKind::Money, value, &code), end));
        }
        self.counted(at, to, value)
    }

    /// A currency before its number: `$`, `US$`, `A$`, `EUR`, `Rs.`; and where the number begins.
    fn sign(&self, at: usize) -> Option<(&str, usize)> {
        let entry = self.entry(at)?;
        let after = at + 1;
        if let Some(code) = entry.terms.iter().find_map(|term| if let Term::Prefix(code) = term { Some(code) } else { None }) {
            let sign = self.words.get(after).filter(|word| !word.spaced && matches!(word.text, "$" | "¥" | "£"));
            if sign.is_some() {
                return Some((code, after + 1));
            }
        }
        if !entry.terms.iter().any(|term| matches!(term, Term::Sign)) {
            return None;
        }
        let code = &self.choose(&entry.currencies, None)?.code;
        let word = &self.words[at];
        if word.is("us") {
            // "US$4m" is money, "the US 4 per cent" is not.
            return self.words.get(after).filter(|word| word.text == "$" && !word.spaced).map(|_| (&**code, after + 1));
        }
        if word.kind == Kind::Word && !word.text.starts_with(char::is_uppercase) {
            return None;
        }
        let stop = word.is("rs") && self.words.get(after).is_some_and(|word| word.text == ".");
        Some((code, after + usize::from(stop)))
    }

    /// A currency after its number, with an adjective or two: "dollars", "US dollars", "Sri Lankan rupees".
    fn currency(&self, at: usize) -> Option<(String, usize)> {
        for skipped in 0..=2 {
            let found = at + skipped + usize::from(skipped == 0 && self.dash(at));
            let Some(entry) = self.entry(found) else { continue };
            if !entry.terms.iter().any(|term| matches!(term, Term::Currency)) {
                continue;
            }
            let adjective = (skipped > 0).then(|| found.checked_sub(1).and_then(|before| self.words.get(before))).flatten();
            let adjective = adjective.map(|word| word.text);
            // Another word than an adjective of the currency: "five in euros".
            let known = |word: &str| {
                entry.currencies.iter().any(|c| c.adjective.as_deref().is_some_and(|a| a.eq_ignore_ascii_case(word)))
            };
            if adjective.is_some_and(|word| !known(word)) {
                return None;
            }
            return Some((self.choose(&entry.currencies, adjective)?.code.to_string(), found + 1));
        }
        None
    }

    fn choose<'c>(&self, currencies: &'c [Currency], adjective: Option<&str>) -> Option<&'c Currency> {
        let named = adjective.and_then(|adjective| {
            currencies.iter().find(|c| c.adjective.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(adjective)))
        });
        let theirs = || currencies.iter().find(|c| c.country.is_some_and(|country| self.parties.contains(&country)));
        named.or_else(theirs).or(currencies.first())
    }

    /// People, weapons or things after their number: "over 100 officials", "55-member", "two French tourists".
    fn counted(&self, at: usize, to: usize, value: f64) -> Option<(Measure, usize)> {
        let start = to + usize::from(self.dash(to));
        // "27 of its nationals".
        let theirs = self.words.get(start).is_some_and(|word| word.is("of"))
            && self.words.get(start + 1).is_some_and(|word| word.is("its") || word.is("their"));
        let start = if theirs { start + 2 } else { start };
        // "19 F-16 jets".
        let start = if self.is_designation(start + 2) { start + 3 } else { start };
        for found in start..=start + BETWEEN {
            let word = self.words.get(found)?;
            if word.kind != Kind::Word && !word.is_dash() {
                return None;
            }
            let thing = |at: usize| {
                self.term(at, |term| if let Term::Thing(kind, unit) = term { Some((*kind, unit.to_string())) } else { None })
            };
            if let Some((kind, unit)) = thing(found) {
                // "Fighter jets" are jets.
                let (last, (kind, unit)) = match thing(found + 1) {
                    Some(next) => (found + 1, next),
                    None => (found, (kind, unit)),
                };
                return Some((self.measure(at, last + 1, kind, value, &unit), last + 1));
            }
            if self.is_people(found) {
                return Some((self.measure(at, found + 1, QuantityKind::People, value, PEOPLE), found + 1));
            }
            // "The 15 of the officials", "in 2014 when troops": a little word ends what the number counts.
            if word.text.len() <= 4
                && word.text.chars().all(char::is_lowercase)
                && !matches!(word.text, "new" | "old" | "more" | "navy" | "army")
            {
                return None;
            }
        }
        None
    }

    /// The number of a model: "F-16", "S-400".
    fn is_designation(&self, at: usize) -> bool {
        let glued = |at: usize| self.words.get(at).is_some_and(|word| !word.spaced);
        let model = |word: &Word<'_>| word.kind == Kind::Word && word.text.len() <= 3 && word.capitalised();
        at >= 2
            && self.words.get(at).is_some_and(|word| word.kind == Kind::Number)
            && glued(at)
            && self.dash(at - 1)
            && self.words.get(at - 2).is_some_and(model)
    }

    /// "Malaysians", "Zimbabweans".
    fn is_people(&self, at: usize) -> bool {
        let Some(word) = self.words.get(at).filter(|word| word.capitalised() && word.text.ends_with('s')) else { return false };
        let ends = |mention: &&Mention| mention.kind == MentionKind::Demonym && mention.span.end == word.span.end;
        self.mentions.iter().any(|mention| ends(&mention))
    }

    fn measure(&self, from: usize, to: usize, kind: QuantityKind, value: f64, unit: &str) -> Measure {
        let span = self.words[from].span.cover(self.words[to - 1].span);
        Measure { span, quantity: Quantity { kind, value, unit: unit.to_owned(), text: span.of(self.text).to_owned() } }
    }
}

impl Term {
    /// Signs and powers have no plural of their own ("billions" counts nothing).
    fn has_plural(&self) -> bool {
        matches!(self, Term::Currency | Term::Thing(..))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::event::lex;

    fn read(text: &str, parties: &[&str]) -> Vec<(String, f64, String)> {
        let measures = Measures::embedded().expect("the embedded table loads");
        let parties: Vec<_> = parties.iter().filter_map(|code| ActorCode::new(code)).collect();
        let mut words = Vec::new();
        lex::words(text, Span::new(0, text.len()), &mut words);
        let mut out = Vec::new();
        measures.read(text, &words, &parties, &[], &mut out);
        assert!(out.iter().all(|measure| measure.span.of(text) == measure.quantity.text));
        out.into_iter().map(|measure| (measure.quantity.text, measure.quantity.value, measure.quantity.unit)).collect()
    }

    fn one(text: &str, words: &str, value: f64, unit: &str) {
        assert_eq!(read(text, &[]), [(words.to_owned(), value, unit.to_owned())], "{text}");
    }

    #[test]
    fn money_in_the_ways_it_is_written() {
        one("Trade crossed the $1 billion mark.", "$1 billion", 1e9, "USD");
        one("a €56-billion package", "€56-billion", 56e9, "EUR");
        one("about US$1.2bn in loans", "US$1.2bn", 1.2e9, "USD");
        one("an A$300m port", "A$300m", 3e8, "AUD");
        one("Rs 500 crore for the port", "Rs 500 crore", 5e9, "INR");
        one("Rs. 1,200 in fees", "Rs. 1,200", 1200.0, "INR");
        one("some 5 million Egyptian pounds", "5 million Egyptian pounds", 5e6, "EGP");
        one("two hundred million euros", "two hundred million euros", 2e8, "EUR");
        assert_eq!(read("Rs 500 crore", &["PAK", "CHN"])[0].2, "PKR");
        assert_eq!(read("40 billion rupees", &["LKA", "CHN"])[0].2, "LKR");
    }

    #[test]
    fn people_weapons_and_things() {
        one("a delegation of over 100 officials", "100 officials", 100.0, "people");
        one("sent seven senior military experts", "seven senior military experts", 7.0, "people");
        one("twenty-five tanks", "twenty-five tanks", 25.0, "tank");
        one("40,000 tonnes of wheat", "40,000 tonnes", 40000.0, "tonne");
        one("will donate 19 F-16 fighter jets", "19 F-16 fighter jets", 19.0, "jet");
        one("two S-400 missiles", "two S-400 missiles", 2.0, "missile");
        one("a 55-member delegation", "55-member", 55.0, "people");
    }

    #[test]
    fn years_and_bare_numbers_are_no_quantities() {
        assert_eq!(read("In 2014 the troops left; of the 15 two.", &[]), []);
        assert_eq!(read("F-16 fighter jets took off with Su-30 planes.", &[]), []);
        assert_eq!(read("The US 4 per cent, 5 m, 12 May", &[]), []);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[$€0-9., a-z-]{0,80}|\\PC{0,120}") {
            read(&text, &["IND"]);
        }
    }
}
