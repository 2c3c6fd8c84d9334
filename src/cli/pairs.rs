//! Files of texts with two marked phrases, one JSON object a line: `{"id", "text", "source": [a, b], "target": [a, b]}`, offsets in
//! characters; in data to learn from or to score with also `root`, the PLOVER class.

use std::path::Path;

use anyhow::{Context, anyhow};
use serde::Deserialize;
use serde_json::Value;

use crate::event::Act;
use crate::event::relation::{Pair, Reader};
use crate::span::Span;
use crate::syntax::{Analyzer, Document, Scratch};

#[derive(Debug, Deserialize)]
pub struct Line {
    /// Given back as it came: a number or a text.
    #[serde(default)]
    pub id: Value,
    pub text: String,
    /// First character and the one after the last.
    source: [usize; 2],
    target: [usize; 2],
    root: Option<String>,
}

/// One line's text analysed.
#[derive(Default)]
pub struct Analysis {
    scratch: Scratch,
    document: Document,
}

impl Line {
    /// # Errors
    /// What is wrong with the line, for its author.
    pub fn read(line: &str) -> anyhow::Result<Self> {
        let line: Line = serde_json::from_str(line)?;
        line.spans()?;
        Ok(line)
    }

    pub fn new(text: String, source: [usize; 2], target: [usize; 2]) -> Self {
        Self { id: Value::Null, text, source, target, root: None }
    }

    /// Source and target, in characters.
    #[cfg(test)]
    pub fn marks(&self) -> [[usize; 2]; 2] {
        [self.source, self.target]
    }

    /// The class, CONCEDE and RETREAT as one (RETREAT, `YIELD` in the data).
    pub fn class(&self) -> anyhow::Result<Act> {
        let root = self.root.as_deref().ok_or_else(|| anyhow!("no `root`"))?;
        let root = if matches!(root, "YIELD" | "CONCEDE") { "RETREAT" } else { root };
        Act::parse(root).ok_or_else(|| anyhow!("`{root}` is no PLOVER class"))
    }

    fn spans(&self) -> anyhow::Result<[Span; 2]> {
        let span = |name: &str, [start, end]: [usize; 2]| {
            let byte = |at: usize| {
                let mut ends = self.text.char_indices().map(|(at, _)| at).chain([self.text.len()]);
                ends.nth(at).ok_or_else(|| anyhow!("`{name}` ends at {end}, beyond the text"))
            };
            if start >= end {
                return Err(anyhow!("`{name}` is empty: [{start}, {end}]"));
            }
            let span = Span::new(byte(start)?, byte(end)?);
            if span.of(&self.text).chars().all(char::is_whitespace) {
                return Err(anyhow!("`{name}` holds no word"));
            }
            Ok(span)
        };
        Ok([span("source", self.source)?, span("target", self.target)?])
    }

    /// Analyses the text and calls `ask` with the pair.
    pub fn ask<T>(
        &self,
        analyzer: &Analyzer,
        reader: &Reader,
        analysis: &mut Analysis,
        ask: impl FnOnce(&Pair<'_>) -> T,
    ) -> anyhow::Result<T> {
        let [source, target] = self.spans()?;
        analyzer.analyze(&self.text, None, &mut analysis.scratch, &mut analysis.document);
        let pair = reader.pair(&self.text, &analysis.document, source, target);
        pair.as_ref().map(ask).ok_or_else(|| anyhow!("no word in `source` or `target`"))
    }
}

/// Every line of a file that must be right as a whole.
pub fn read_all(path: &Path) -> anyhow::Result<Vec<Line>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(at, line)| Line::read(line).with_context(|| format!("{}, line {}", path.display(), at + 1))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_count_characters_and_not_bytes() {
        let line = Line::read(r#"{"id": 1, "text": "Élysée praised São Tomé.", "source": [0, 6], "target": [15, 23]}"#).unwrap();
        assert_eq!(line.spans().unwrap().map(|span| span.of(&line.text)), ["Élysée", "São Tomé"]);
    }

    #[test]
    fn a_wrong_line_says_what_is_wrong() {
        for (line, reason) in [
            (r#"{"text": "ab", "source": [0, 1], "target": [1, 3]}"#, "beyond the text"),
            (r#"{"text": "ab", "source": [1, 1], "target": [1, 2]}"#, "`source` is empty"),
            (r#"{"text": "a b", "source": [0, 1], "target": [1, 2]}"#, "holds no word"),
            (r#"{"text": "ab", "source": [0, 1]}"#, "missing field `target`"),
            ("nonsense", "expected"),
        ] {
            let error = format!("{:#}", Line::read(line).unwrap_err());
            assert!(error.contains(reason), "{error}");
        }
    }
}
