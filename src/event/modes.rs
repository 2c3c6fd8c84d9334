//! [`Modes`]: the mode of an act whose frame leaves it open, from the words of its clause: "Ukraine's *drones* hit", "sent the *ambassador*
//! home". Vocabulary: `config/lexicon/modes.tsv`.

use rustc_hash::FxHashMap;

use super::clause::Clauses;
use super::codes;
use super::context::clause_head;
use super::ontology::{Act, Mode};
use crate::lexicon::{self, LexiconError};
use crate::span::Span;

/// What a lemma is in a line: bits of the two columns.
const TRIGGER: u8 = 1;
const CLAUSE: u8 = 2;

/// A line of the table.
struct Line {
    act: Act,
    mode: Mode,
    /// Whether the act's own words, and those of its clause, are restricted.
    trigger: bool,
    clause: bool,
}

pub(super) struct Modes {
    lines: Vec<Line>,
    /// By lemma: the lines that hold it, and in which of their columns.
    words: FxHashMap<Box<str>, Vec<(u16, u8)>>,
}

impl Modes {
    pub fn embedded() -> Result<Self, LexiconError> {
        let mut modes = Self { lines: Vec::new(), words: FxHashMap::default() };
        for row in lexicon::rows("modes.tsv", include_str!("../../config/lexicon/modes.tsv"), 4)? {
            let act = row.parse(0, "an act", Act::parse)?;
            let mode =
                row.parse(1, "a mode of that act", |text| Mode::parse(text).filter(|mode| codes::modes(act).contains(mode)))?;
            let index = modes.lines.len() as u16;
            let mut restricted = |column: usize, bit: u8| {
                let words = row.fields.get(column).copied().unwrap_or("*");
                if words == "*" {
                    return false;
                }
                words.split('|').for_each(|word| modes.words.entry(word.into()).or_default().push((index, bit)));
                true
            };
            let (trigger, clause) = (restricted(2, TRIGGER), restricted(3, CLAUSE));
            if !(trigger || clause) {
                return Err(row.error("no words tell this mode"));
            }
            modes.lines.push(Line { act, mode, trigger, clause });
        }
        Ok(modes)
    }

    /// The mode of `act`, told by the words in `span` around `trigger`, as the first line that fits has it.
    pub fn read(&self, clauses: &Clauses<'_>, act: Act, trigger: u32, span: Span) -> Option<Mode> {
        if codes::modes(act).is_empty() {
            return None;
        }
        let top = clause_head(clauses, trigger);
        // By line: which of its columns are met.
        let mut met = vec![0u8; self.lines.len()];
        let mut lower = String::new();
        for at in clauses.tokens() {
            lower.clear();
            lower.extend(clauses.lemma(at).chars().flat_map(char::to_lowercase));
            let Some(lines) = self.words.get(lower.as_str()) else { continue };
            if !(clauses.within(at, top) && clause_head(clauses, at) == top) {
                continue;
            }
            let own = clauses.token(at).is_some_and(|token| token.span.overlaps(span));
            for (line, bit) in lines.iter().filter(|(_, bit)| own || *bit == CLAUSE) {
                met[*line as usize] |= bit;
            }
        }
        let fits = |(line, met): &(&Line, u8)| {
            line.act == act && (!line.trigger || met & TRIGGER != 0) && (!line.clause || met & CLAUSE != 0)
        };
        self.lines.iter().zip(met).find(fits).map(|(line, _)| line.mode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_valid_and_every_example_holds_a_word_of_its_line() {
        Modes::embedded().expect("the embedded table loads");
        let rows = lexicon::rows("modes.tsv", include_str!("../../config/lexicon/modes.tsv"), 4).unwrap();
        for row in rows {
            let words = row.fields[2..].iter().flat_map(|field| field.split('|')).filter(|word| *word != "*");
            let example = row.example.to_lowercase();
            let stem = |word: &str| word.chars().take(word.len().saturating_sub(2).max(3)).collect::<String>();
            let irregular = ["shot", "sent", "caught", "spoke", "flew", "blew", "froze", "hung", "let", "withheld"];
            let shown = words.into_iter().any(|word| example.contains(&stem(word)));
            assert!(shown || irregular.iter().any(|form| example.contains(form)), "{}", row.example);
        }
    }
}
