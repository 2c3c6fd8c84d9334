//! [`Words`]: the closed classes of words that the reader of actors asks for, from `config/lexicon/actors/words.tsv`.

use super::lexicon::{GazetteerError, lines};

/// A class of words; the table tells what each is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    Office,
    OrganWord,
    Namesake,
    NoFirstName,
    Title,
    Personal,
    Told,
    Result,
    Prefix,
    BeforeLanguage,
    WithinPair,
    BetweenPair,
    Facing,
    NameParticle,
    MonthStem,
    FamilyNameFirst,
    Bloc,
    Court,
    Alliance,
    PluralParty,
    SingleParty,
    PublicBody,
    PairRole,
    Addressing,
    Uttering,
    Outward,
    Fellow,
    Receiving,
    Posted,
    Summoning,
}

impl List {
    const ALL: [(&'static str, List); 30] = [
        ("office", List::Office),
        ("organ-word", List::OrganWord),
        ("namesake", List::Namesake),
        ("no-first-name", List::NoFirstName),
        ("title", List::Title),
        ("personal", List::Personal),
        ("told", List::Told),
        ("result", List::Result),
        ("prefix", List::Prefix),
        ("before-language", List::BeforeLanguage),
        ("within-pair", List::WithinPair),
        ("between-pair", List::BetweenPair),
        ("facing", List::Facing),
        ("name-particle", List::NameParticle),
        ("month-stem", List::MonthStem),
        ("family-name-first", List::FamilyNameFirst),
        ("bloc", List::Bloc),
        ("court", List::Court),
        ("alliance", List::Alliance),
        ("plural-party", List::PluralParty),
        ("single-party", List::SingleParty),
        ("public-body", List::PublicBody),
        ("pair-role", List::PairRole),
        ("addressing", List::Addressing),
        ("uttering", List::Uttering),
        ("outward", List::Outward),
        ("fellow", List::Fellow),
        ("receiving", List::Receiving),
        ("posted", List::Posted),
        ("summoning", List::Summoning),
    ];

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == text).map(|(_, list)| *list)
    }
}

/// Every class with its words.
#[derive(Debug, Default)]
pub(super) struct Words {
    lists: [Vec<Box<str>>; List::ALL.len()],
}

impl Words {
    /// Columns: words, list, example. Every list must have words.
    pub fn read((file, text): (&str, &str)) -> Result<Self, GazetteerError> {
        let mut words = Self::default();
        for line in lines(file, text) {
            let list = line.parse(1, "a list of words", List::parse)?;
            line.example(2)?;
            if let Some(held) = words.lists.get_mut(list as usize) {
                held.extend(line.alternatives(0).map(Into::into));
            }
        }
        match List::ALL.iter().find(|(_, list)| words.of(*list).next().is_none()) {
            Some((name, _)) => {
                let message = format!("the list `{name}` is missing");
                Err(GazetteerError::Line { file: file.to_owned(), line: text.lines().count(), message })
            }
            None => Ok(words),
        }
    }

    pub fn of(&self, list: List) -> impl Iterator<Item = &str> {
        self.lists.get(list as usize).into_iter().flatten().map(|word| &**word)
    }

    /// Whether `word` is one of the list, whatever its case.
    pub fn hold(&self, list: List, word: &str) -> bool {
        self.of(list).any(|held| held.eq_ignore_ascii_case(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_the_table_lacks_is_an_error() {
        let error = Words::read(("w.tsv", "Jordan\tnamesake\tMichael Jordan played on.\n")).err();
        assert_eq!(error.map(|error| error.to_string()), Some("w.tsv:1: the list `office` is missing".to_owned()));
    }
}
