//! Which elements a page itself names as something else than the article: class and id words such as `related`, `newsletter`, `share`.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use crate::lexicon::{self, LexiconError};

static WORDS: LazyLock<FxHashSet<&'static str>> = LazyLock::new(|| read().expect("the embedded table is held valid by a test"));

fn read() -> Result<FxHashSet<&'static str>, LexiconError> {
    let table = include_str!("../../../config/lexicon/page_furniture.tsv");
    let rows = lexicon::rows("page_furniture.tsv", table, 1)?;
    let words = rows
        .iter()
        .map(|row| row.parse(0, "a word in small letters", |word| (word == word.to_ascii_lowercase()).then_some(word)));
    let words = words.collect::<Result<FxHashSet<_>, _>>()?;
    for row in &rows {
        let value = row.example.split(['"', '\'']).nth(1).unwrap_or("");
        if !names(&words, value) {
            return Err(row.error("the example's class or id does not hold the word"));
        }
    }
    Ok(words)
}

/// Whether a `class` or `id` holds such a word: between spaces, hyphens and underscores, or in camel case.
pub(super) fn is_named_by(value: &str) -> bool {
    names(&WORDS, value)
}

fn names(words: &FxHashSet<&str>, value: &str) -> bool {
    let mut word = String::new();
    let mut small_before = false;
    for c in value.chars().chain([' ']) {
        if !c.is_ascii_alphabetic() || (c.is_ascii_uppercase() && small_before) {
            if words.contains(word.as_str()) {
                return true;
            }
            word.clear();
        }
        if c.is_ascii_alphabetic() {
            word.push(c.to_ascii_lowercase());
        }
        small_before = c.is_ascii_lowercase();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{is_named_by, read};

    #[test]
    fn the_table_is_valid() {
        read().unwrap();
    }

    #[test]
    fn words_are_whole() {
        assert!(is_named_by("story relatedLinks") && is_named_by("box-related_2"));
        assert!(!is_named_by("correlated unrelated-text shareholder story-body"));
    }
}
