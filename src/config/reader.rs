//! [`Reader`]: takes values out of a TOML table key by key, notes what it was asked for, and gathers every error on the way.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use toml::{Table, Value};

/// What is wrong with one key, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyError {
    pub key: String,
    pub message: String,
}

/// A value as the file may write it, for the check that `config/entente.toml` shows every key with its default.
pub type Defaults = BTreeMap<String, Value>;

pub struct Reader {
    table: Table,
    pub errors: Vec<KeyError>,
    pub defaults: Defaults,
    /// Tables that take any key.
    open: Vec<&'static str>,
}

impl Reader {
    pub fn new(table: Table) -> Self {
        Self { table, errors: Vec::new(), defaults: Defaults::new(), open: Vec::new() }
    }

    pub fn error(&mut self, key: &str, message: impl Into<String>) {
        self.errors.push(KeyError { key: key.to_owned(), message: message.into() });
    }

    /// The value of `section.key`, taken out.
    fn take(&mut self, key: &str, default: Value) -> Option<Value> {
        self.defaults.insert(key.to_owned(), default);
        let (section, name) = key.split_once('.')?;
        match self.table.get_mut(section)? {
            Value::Table(table) => table.remove(name),
            _ => None,
        }
    }

    pub fn text(&mut self, key: &str, default: &str) -> String {
        match self.take(key, Value::from(default)) {
            None => default.to_owned(),
            Some(Value::String(text)) => text,
            Some(other) => {
                self.error(key, format!("expected a text in quotes, found `{other}`"));
                default.to_owned()
            }
        }
    }

    pub fn needed_text(&mut self, key: &str, default: &str) -> String {
        let text = self.text(key, default);
        if text.trim().is_empty() {
            self.error(key, "must not be empty");
        }
        text
    }

    pub fn path(&mut self, key: &str) -> Option<PathBuf> {
        let text = self.text(key, "");
        let path = (!text.is_empty()).then(|| PathBuf::from(&text));
        if let Some(path) = path.as_ref().filter(|path| !path.is_file()) {
            self.error(key, format!("there is no file `{}`", path.display()));
        }
        path
    }

    pub fn folder(&mut self, key: &str) -> Option<PathBuf> {
        let text = self.text(key, "");
        let path = (!text.is_empty()).then(|| PathBuf::from(&text));
        if let Some(path) = path.as_ref().filter(|path| !path.is_dir()) {
            self.error(key, format!("there is no folder `{}`", path.display()));
        }
        path
    }

    /// A list of files; in an environment variable separated by commas.
    pub fn paths(&mut self, key: &str) -> Vec<PathBuf> {
        let texts: Option<Vec<String>> = match self.take(key, Value::Array(Vec::new())) {
            None => return Vec::new(),
            Some(Value::String(text)) => Some(text.split(',').map(|path| path.trim().to_owned()).collect()),
            Some(Value::Array(values)) => values.into_iter().map(|value| value.as_str().map(str::to_owned)).collect(),
            Some(_) => None,
        };
        let Some(texts) = texts else {
            self.error(key, "expected a list of files, as in `[\"actors.tsv\"]`");
            return Vec::new();
        };
        let paths: Vec<PathBuf> = texts.into_iter().filter(|text| !text.is_empty()).map(PathBuf::from).collect();
        for path in paths.iter().filter(|path| !path.is_file()) {
            self.error(key, format!("there is no file `{}`", path.display()));
        }
        paths
    }

    pub fn whole(&mut self, key: &str, default: usize, range: std::ops::RangeInclusive<usize>) -> usize {
        let value = match self.take(key, Value::from(default as i64)) {
            None => return default,
            Some(Value::Integer(value)) => usize::try_from(value).ok(),
            Some(Value::String(value)) => value.parse().ok(),
            Some(_) => None,
        };
        match value.filter(|value| range.contains(value)) {
            Some(value) => value,
            None => {
                self.error(key, format!("expected a whole number from {} to {}, as in `{default}`", range.start(), range.end()));
                default
            }
        }
    }

    pub fn share(&mut self, key: &str, default: f64) -> f64 {
        let value = match self.take(key, Value::from(default)) {
            None => return default,
            Some(Value::Float(value)) => Some(value),
            Some(Value::Integer(value)) => Some(value as f64),
            Some(Value::String(value)) => value.parse().ok(),
            Some(_) => None,
        };
        value.filter(|value| (0.0..=1.0).contains(value)).unwrap_or_else(|| {
            self.error(key, format!("expected a number from 0 to 1, as in `{default}`"));
            default
        })
    }

    /// "250ms", "30s", "5m", "72h".
    pub fn duration(&mut self, key: &str, default: &str) -> Duration {
        let parse = |text: &str| {
            let digits = text.find(|c: char| !c.is_ascii_digit())?;
            let (number, unit) = text.split_at_checked(digits)?;
            let number: u64 = number.parse().ok()?;
            match unit {
                "ms" => Some(Duration::from_millis(number)),
                "s" => Some(Duration::from_secs(number)),
                "m" => Some(Duration::from_secs(number.checked_mul(60)?)),
                "h" => Some(Duration::from_secs(number.checked_mul(3600)?)),
                _ => None,
            }
        };
        let text = self.text(key, default);
        parse(&text)
            .filter(|duration| !duration.is_zero())
            .or_else(|| {
                self.error(
                    key,
                    format!("`{text}` is not a duration: write a whole number and ms, s, m or h, as in \"{default}\""),
                );
                parse(default)
            })
            .unwrap_or(Duration::from_secs(1))
    }

    /// "8MiB", "512KiB", or a plain number of bytes.
    pub fn bytes(&mut self, key: &str, default: &str, least: usize) -> usize {
        let parse = |text: &str| {
            let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
            let (number, unit) = text.split_at_checked(digits)?;
            let number: usize = number.parse().ok()?;
            match unit.trim() {
                "" | "B" => Some(number),
                "KiB" => number.checked_mul(1 << 10),
                "MiB" => number.checked_mul(1 << 20),
                "GiB" => number.checked_mul(1 << 30),
                _ => None,
            }
        };
        let text = self.text(key, default);
        let fallback = parse(default).unwrap_or(least);
        match parse(&text) {
            Some(bytes) if bytes >= least => bytes,
            Some(_) => {
                self.error(key, format!("`{text}` is too small: at least {least} bytes"));
                fallback
            }
            None => {
                self.error(key, format!("`{text}` is not a size: write a whole number and KiB, MiB or GiB, as in \"{default}\""));
                fallback
            }
        }
    }

    pub fn choice<T: Copy>(&mut self, key: &str, default: &str, choices: &[(&str, T)]) -> T {
        let text = self.text(key, default);
        let find = |text: &str| choices.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
        find(&text).unwrap_or_else(|| {
            let names: Vec<_> = choices.iter().map(|(name, _)| format!("\"{name}\"")).collect();
            self.error(key, format!("\"{text}\" is not one of {}", names.join(", ")));
            find(default).unwrap_or(choices[0].1)
        })
    }

    /// A table of librdkafka properties; numbers and booleans are as good as texts.
    pub fn properties(&mut self, key: &'static str) -> BTreeMap<String, String> {
        self.open.push(key);
        let mut properties = BTreeMap::new();
        match self.take(key, Value::Table(Table::new())) {
            None => {}
            Some(Value::Table(table)) => flatten("", table, &mut properties),
            Some(_) => self.error(key, "expected a table of librdkafka properties"),
        }
        properties
    }

    /// What nobody asked for is a mistake; says what was probably meant.
    pub fn finish(&mut self) {
        let table = std::mem::take(&mut self.table);
        for (section, value) in table {
            let Value::Table(keys) = value else {
                self.unknown(&section);
                continue;
            };
            if !self.defaults.keys().any(|known| known.starts_with(&format!("{section}."))) {
                self.unknown(&section);
                continue;
            }
            for (name, _) in keys {
                self.unknown(&format!("{section}.{name}"));
            }
        }
    }

    fn unknown(&mut self, key: &str) {
        let sections = self.defaults.keys().filter_map(|known| known.split('.').next());
        let candidates = self.defaults.keys().map(String::as_str).chain(sections);
        let near = candidates.map(|known| (distance(key, known), known)).min().filter(|(far, _)| *far <= 3);
        let message = near.map_or_else(|| "no such key".to_owned(), |(_, known)| format!("no such key; did you mean `{known}`?"));
        self.error(key, message);
    }
}

fn flatten(prefix: &str, table: Table, out: &mut BTreeMap<String, String>) {
    for (key, value) in table {
        let key = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
        match value {
            Value::Table(inner) => flatten(&key, inner, out),
            Value::String(text) => drop(out.insert(key, text)),
            other => drop(out.insert(key, other.to_string())),
        }
    }
}

/// Edits between two short texts (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let change = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
