//! Tables of language knowledge: tab-separated lines under `config/lexicon/`, embedded in the binary, each ending in an example.
//!
//! A table is read once, when its user is made; a line that does not fit its table is a [`LexiconError`] that names file, line and
//! what was expected, so that an analyst can mend it without reading Rust.

/// What is wrong with a line of a table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("config/lexicon/{file}:{line}: {message}")]
pub struct LexiconError {
    pub file: &'static str,
    pub line: usize,
    pub message: String,
}

/// One entry: its fields without the example.
pub(crate) struct Row<'a> {
    pub file: &'static str,
    pub line: usize,
    pub fields: Vec<&'a str>,
    pub example: &'a str,
}

impl<'a> Row<'a> {
    pub fn error(&self, message: impl Into<String>) -> LexiconError {
        LexiconError { file: self.file, line: self.line, message: message.into() }
    }

    /// Parses field `index` with `parse`; `what` names the vocabulary in the error.
    pub fn parse<T>(&self, index: usize, what: &str, parse: impl Fn(&'a str) -> Option<T>) -> Result<T, LexiconError> {
        let text = self.fields.get(index).copied().unwrap_or("");
        parse(text).ok_or_else(|| self.error(format!("`{text}` is not {what}")))
    }

    /// As [`Row::parse`], with `-` for "any".
    pub fn optional<T>(&self, index: usize, what: &str, parse: impl Fn(&'a str) -> Option<T>) -> Result<Option<T>, LexiconError> {
        match self.fields.get(index).copied() {
            Some("-") => Ok(None),
            _ => self.parse(index, what, parse).map(Some),
        }
    }
}

/// The entries of a table with `width` fields and an example each; `#` opens a comment line.
pub(crate) fn rows<'a>(file: &'static str, text: &'a str, width: usize) -> Result<Vec<Row<'a>>, LexiconError> {
    let mut rows = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let mut fields: Vec<&str> = line.split('\t').map(str::trim).collect();
        let line = index + 1;
        if fields.len() != width + 1 || fields.iter().any(|field| field.is_empty()) {
            let message = format!("expected {width} fields and an example, separated by tabs, found {} fields", fields.len());
            return Err(LexiconError { file, line, message });
        }
        let example = fields.pop().unwrap_or("");
        rows.push(Row { file, line, fields, example });
    }
    Ok(rows)
}

/// How the words of a closed vocabulary are written: `ALL`, `as_str`, `parse` and `Display` of an enumeration without fields.
macro_rules! written {
    ($name:ident { $($variant:ident = $text:literal,)+ }) => {
        impl $name {
            pub const ALL: &[$name] = &[$($name::$variant),+];

            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }

            /// The word written `text`, or `None` where the vocabulary has no such word.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some($name::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use written;

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn a_line_without_an_example_is_refused_with_its_place() {
        let error = rows("t.tsv", "# head\nplan\tcommits\tThey plan to go.\nvow\tcommits\n", 2).err();
        assert_eq!(
            error.map(|e| e.to_string()),
            Some("config/lexicon/t.tsv:3: expected 2 fields and an example, separated by tabs, found 2 fields".to_owned())
        );
    }
}
