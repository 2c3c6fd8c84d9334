//! Lemmas: irregular forms of `config/lexicon/syntax/lemmas.tsv`, exceptions learnt from the treebanks, else English inflection undone by
//! rule. Proper nouns keep their form.

use rustc_hash::{FxHashMap, FxHashSet};

use super::scheme::{Upos, Xpos};
use crate::lexicon::{self, LexiconError};

/// What the treebanks teach: irregular forms, and which words are base forms.
#[derive(Default)]
pub struct Lemmas {
    /// For each class of tags, lower-cased form to lemma where the rules get it wrong.
    exceptions: [FxHashMap<Box<str>, Box<str>>; 4],
    /// Base forms of verbs, nouns and adjectives: "accuse", not "accus".
    bases: FxHashSet<Box<str>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    Verb,
    Noun,
    Adjective,
    Other,
}

impl Class {
    const ALL: [Class; 4] = [Class::Verb, Class::Noun, Class::Adjective, Class::Other];

    pub fn of(upos: Upos) -> Self {
        match upos {
            Upos::Verb | Upos::Aux => Class::Verb,
            Upos::Noun => Class::Noun,
            Upos::Adj | Upos::Adv => Class::Adjective,
            _ => Class::Other,
        }
    }

    fn letter(self) -> &'static str {
        match self {
            Class::Verb => "v",
            Class::Noun => "n",
            Class::Adjective => "a",
            Class::Other => "o",
        }
    }

    fn parse(letter: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.letter() == letter)
    }
}

impl Lemmas {
    /// Reads what [`Lemmas::write`] wrote. `None` where it did not.
    pub fn read(text: &str) -> Option<Self> {
        let mut lemmas = Self::default();
        for line in text.lines() {
            let mut fields = line.split('\t');
            let (kind, form) = (fields.next()?, fields.next()?);
            match fields.next() {
                None => drop(lemmas.bases.insert(form.into())),
                Some(lemma) => drop(lemmas.exceptions[Class::parse(kind)? as usize].insert(form.into(), lemma.into())),
            }
        }
        Some(lemmas)
    }

    /// The same with the irregular forms that the treebanks teach badly or not at all.
    pub fn with_irregular(mut self) -> Result<Self, LexiconError> {
        for row in lexicon::rows("syntax/lemmas.tsv", include_str!("../../config/lexicon/syntax/lemmas.tsv"), 3)? {
            let class = row.parse(1, "a class of words: v, n, a or o", Class::parse)?;
            if !row.example.split(|c: char| !c.is_alphanumeric()).any(|word| word.eq_ignore_ascii_case(row.fields[0])) {
                return Err(row.error(format!("the example does not hold `{}`", row.fields[0])));
            }
            self.exceptions[class as usize].insert(row.fields[0].into(), row.fields[2].into());
        }
        Ok(self)
    }

    pub fn write(&self) -> String {
        let mut lines: Vec<String> = self.bases.iter().map(|base| format!("b\t{base}")).collect();
        for (class, exceptions) in Class::ALL.iter().zip(&self.exceptions) {
            lines.extend(exceptions.iter().map(|(form, lemma)| format!("{}\t{form}\t{lemma}", class.letter())));
        }
        lines.sort();
        lines.join("\n")
    }

    /// Learns from `(form, upos, penn tag, lemma)`: base forms first, then what the rules then still get wrong twice or more.
    pub fn learn<'a>(words: impl Iterator<Item = (&'a str, Upos, Xpos, &'a str)> + Clone) -> Self {
        let mut lemmas = Self::default();
        for (form, upos, _, lemma) in words.clone() {
            let plain = lemma.chars().all(|c| c.is_ascii_lowercase()) && form.is_ascii();
            if plain && matches!(upos, Upos::Verb | Upos::Noun | Upos::Adj) {
                lemmas.bases.insert(lemma.into());
            }
        }
        let mut votes: FxHashMap<(Box<str>, Class), FxHashMap<&str, u32>> = FxHashMap::default();
        for (form, upos, _, lemma) in words.clone() {
            if upos != Upos::Propn {
                *votes.entry((form.to_lowercase().into(), Class::of(upos))).or_default().entry(lemma).or_default() += 1;
            }
        }
        for (form, upos, xpos, _) in words {
            let key: (Box<str>, Class) = (form.to_lowercase().into(), Class::of(upos));
            let Some(found) = votes.get(&key) else { continue };
            let Some((lemma, count)) = found.iter().max_by_key(|(lemma, count)| (**count, std::cmp::Reverse(**lemma))) else {
                continue;
            };
            let mut guess = String::new();
            lemmas.rule(&key.0, upos, xpos, &mut guess);
            let closed = !matches!(upos, Upos::Verb | Upos::Noun | Upos::Adj | Upos::Adv);
            if guess != *lemma && upos != Upos::Propn && (*count >= 2 || closed || upos == Upos::Verb) {
                lemmas.exceptions[key.1 as usize].insert(key.0, (*lemma).into());
            }
        }
        lemmas
    }

    /// Appends the lemma of a word to `out`.
    pub fn lemma(&self, form: &str, upos: Upos, xpos: Xpos, lower: &mut String, out: &mut String) {
        if upos == Upos::Propn {
            out.push_str(form);
            return;
        }
        lower.clear();
        if form.is_ascii() {
            lower.push_str(form);
            lower.make_ascii_lowercase();
        } else {
            lower.extend(form.chars().flat_map(char::to_lowercase).map(|c| if c == '’' { '\'' } else { c }));
        }
        match self.exceptions[Class::of(upos) as usize].get(lower.as_str()) {
            Some(lemma) => out.push_str(lemma),
            None => self.rule(lower, upos, xpos, out),
        }
    }

    fn rule(&self, lower: &str, upos: Upos, xpos: Xpos, out: &mut String) {
        let stem = match (upos, xpos) {
            (_, Xpos::Nns | Xpos::Nnps) | (Upos::Verb | Upos::Aux, Xpos::Vbz) => self.without_s(lower),
            (Upos::Verb | Upos::Aux, Xpos::Vbd | Xpos::Vbn) => self.without(lower, "ed"),
            (Upos::Verb | Upos::Aux, Xpos::Vbg) => self.without(lower, "ing"),
            (_, Xpos::Jjr | Xpos::Rbr) => self.without(lower, "er"),
            (_, Xpos::Jjs | Xpos::Rbs) => self.without(lower, "est"),
            _ => None,
        };
        match stem {
            Some((stem, ending)) => {
                out.push_str(stem);
                out.push_str(ending);
            }
            None => out.push_str(lower),
        }
    }

    fn known(&self, stem: &str, ending: &str) -> bool {
        if ending.is_empty() {
            return self.bases.contains(stem);
        }
        // A base form of more bytes than this has never been seen.
        let mut joined = [0u8; 40];
        let length = stem.len() + ending.len();
        let Some(room) = joined.get_mut(..length) else { return false };
        room[..stem.len()].copy_from_slice(stem.as_bytes());
        room[stem.len()..].copy_from_slice(ending.as_bytes());
        std::str::from_utf8(room).is_ok_and(|joined| self.bases.contains(joined))
    }

    fn without_s<'a>(&self, lower: &'a str) -> Option<(&'a str, &'static str)> {
        // "Fishermen", "schoolchildren".
        if let Some(stem) = lower.strip_suffix("men").filter(|stem| stem.len() > 1) {
            return Some((stem, "man"));
        }
        if let Some(stem) = lower.strip_suffix("ren").filter(|stem| stem.ends_with("child")) {
            return Some((stem, ""));
        }
        if let Some(stem) = lower.strip_suffix("ies").filter(|stem| stem.len() > 1) {
            return Some(if self.known(stem, "ie") { (stem, "ie") } else { (stem, "y") });
        }
        if let Some(stem) = lower.strip_suffix("es") {
            let hisses = ["s", "x", "z", "ch", "sh"].iter().any(|end| stem.ends_with(end));
            if (hisses || stem.ends_with('o')) && !self.known(stem, "e") {
                return Some((stem, ""));
            }
        }
        lower.strip_suffix('s').filter(|stem| !stem.is_empty() && !stem.ends_with('s')).map(|stem| (stem, ""))
    }

    /// Undoes `-ed`, `-ing`, `-er`, `-est`: doubled consonants, `y` turned to `i`, a silent `e`.
    fn without<'a>(&self, lower: &'a str, ending: &str) -> Option<(&'a str, &'static str)> {
        let stem = lower.strip_suffix(ending).filter(|stem| stem.len() > 1)?;
        // "freed", "freer": the ending has taken the second `e`, whatever the treebanks hold for a base form.
        if ending != "ing" && stem.ends_with('e') {
            return Some((stem, "e"));
        }
        if self.known(stem, "e") && !self.known(stem, "") {
            return Some((stem, "e"));
        }
        if self.known(stem, "") {
            return Some((stem, ""));
        }
        if let Some(short) = stem.strip_suffix('i').filter(|_| ending != "ing") {
            return Some((short, "y"));
        }
        let mut end = stem.chars().rev();
        if let (Some(last), Some(other)) = (end.next(), end.next()) {
            let single = stem.get(..stem.len() - last.len_utf8()).unwrap_or(stem);
            let doubled = last == other && !matches!(last, 's' | 'l' | 'f' | 'z' | 'e' | 'o');
            if doubled || (last == other && self.known(single, "")) {
                return Some((single, ""));
            }
            let vowel = |c: char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u');
            // "Blockaded", "intruded", "refuted", "provoked": one vowel, one consonant, and the stress on what the ending hides.
            let long = matches!((last, other), ('d', _) | ('t', 'u') | ('k', 'a' | 'i' | 'o' | 'u'))
                && vowel(other)
                && !(last == 'd' && other == 'e' && ending == "er")
                && end.next().is_some_and(|third| !vowel(third));
            let silent = long
                || matches!(last, 'c' | 'v' | 'u' | 'z')
                || (last == 's' && other != 's')
                || (last == 'g' && matches!(other, 'd' | 'r' | 'a' | 'n') && ending != "ing")
                || (last == 't' && other == 'a')
                || (last == 'r' && vowel(other) && !matches!(other, 'e' | 'o'))
                || (last == 'l' && !vowel(other) && other != 'l' && other != 'r' && other != 'w');
            if silent {
                return Some((stem, "e"));
            }
        }
        Some((stem, ""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_form_that_ends_in_two_e_keeps_them() {
        let mut lemmas = Lemmas::default();
        lemmas.bases.extend(["fre".into(), "free".into()]);
        for (form, xpos, base) in [("freed", Xpos::Vbd, "free"), ("decreed", Xpos::Vbn, "decree"), ("freeing", Xpos::Vbg, "free")]
        {
            let mut lemma = String::new();
            lemmas.lemma(form, Upos::Verb, xpos, &mut String::new(), &mut lemma);
            assert_eq!(lemma, base);
        }
    }

    #[test]
    fn irregular_forms_have_their_base_whatever_the_treebanks_teach() {
        let mut lemmas = Lemmas::default();
        lemmas.exceptions[Class::Verb as usize].insert("fled".into(), "flead".into());
        let lemmas = lemmas.with_irregular().expect("the embedded table loads");
        let forms = [
            ("fled", Upos::Verb, Xpos::Vbd, "flee"),
            ("fishermen", Upos::Noun, Xpos::Nns, "fisherman"),
            ("women", Upos::Noun, Xpos::Nns, "woman"),
            ("grandchildren", Upos::Noun, Xpos::Nns, "grandchild"),
            ("blockaded", Upos::Verb, Xpos::Vbd, "blockade"),
            ("intruding", Upos::Verb, Xpos::Vbg, "intrude"),
            ("feuded", Upos::Verb, Xpos::Vbd, "feud"),
            ("pleaded", Upos::Verb, Xpos::Vbd, "plead"),
            ("rebuked", Upos::Verb, Xpos::Vbn, "rebuke"),
        ];
        for (form, upos, xpos, base) in forms {
            let mut lemma = String::new();
            lemmas.lemma(form, upos, xpos, &mut String::new(), &mut lemma);
            assert_eq!(lemma, base);
        }
    }
}
