//! From a file and the environment to a [`Config`], or to the list of all that is wrong.

use std::fmt;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::reader::{KeyError, Reader};
use super::{Config, keys};

/// Everything that is wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors {
    pub file: Option<PathBuf>,
    pub errors: Vec<KeyError>,
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.file.as_ref().map_or_else(|| "environment and defaults".to_owned(), |file| file.display().to_string());
        write!(
            f,
            "{} in {place}:",
            if self.errors.len() == 1 { "one error".to_owned() } else { format!("{} errors", self.errors.len()) }
        )?;
        for error in &self.errors {
            write!(f, "\n  {}: {}", error.key, error.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}

/// Where values come from.
#[derive(Clone, Debug, Default)]
pub struct Source {
    pub file: Option<PathBuf>,
    /// `ENTENTE_SECTION__KEY` variables, as pairs.
    pub environment: Vec<(String, String)>,
}

impl Source {
    /// `file`, if any, and this process's environment.
    pub fn process(file: Option<&Path>) -> Self {
        let environment =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Self { file: file.map(Path::to_owned), environment: environment.collect() }
    }
}

impl Config {
    /// Reads a configuration.
    ///
    /// # Errors
    /// All errors at once: unreadable file, unknown keys, values of the wrong kind or out of range, keys that do not fit each other.
    pub fn load(source: &Source) -> Result<Self, ConfigErrors> {
        let fail = |errors| ConfigErrors { file: source.file.clone(), errors };
        let one = |message: String| fail(vec![KeyError { key: "(file)".to_owned(), message }]);
        let text = match &source.file {
            Some(file) => std::fs::read_to_string(file).map_err(|error| one(format!("cannot be read: {error}")))?,
            None => String::new(),
        };
        let mut table: Table =
            text.parse().map_err(|error: toml::de::Error| one(format!("is not TOML: {}", error.to_string().trim())))?;
        overlay(&mut table, &source.environment);
        let mut reader = Reader::new(table);
        let config = keys::read(&mut reader);
        reader.finish();
        if reader.errors.is_empty() { Ok(config) } else { Err(fail(reader.errors)) }
    }
}

/// `ENTENTE_KAFKA__BROKERS=…` sets `kafka.brokers`. A value is a text; a key that wants a number reads one from it, so that an
/// instance may be called "0".
fn overlay(table: &mut Table, environment: &[(String, String)]) {
    for (name, value) in environment {
        let Some((section, key)) = name.strip_prefix("ENTENTE_").and_then(|rest| rest.split_once("__")) else { continue };
        let section = table.entry(section.to_lowercase()).or_insert_with(|| Value::Table(Table::new()));
        if let Value::Table(section) = section {
            section.insert(key.to_lowercase(), Value::from(value.as_str()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigErrors> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("entente.toml");
        std::fs::write(&file, text).expect("the folder is writable");
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Config::load(&Source { file: Some(file), environment })
    }

    #[test]
    fn the_shipped_file_shows_every_key_with_its_default() {
        let shipped = include_str!("../../config/entente.toml");
        let mut reader = Reader::new(shipped.parse().expect("config/entente.toml is TOML"));
        let shown = keys::read(&mut reader);
        reader.finish();
        assert_eq!(reader.errors, []);
        let mut defaults = Reader::new(Table::new());
        assert_eq!(keys::read(&mut defaults), shown, "config/entente.toml shows the defaults");
        let table: Table = shipped.parse().expect("config/entente.toml is TOML");
        for key in defaults.defaults.keys() {
            let (section, name) = key.split_once('.').expect("keys stand in sections");
            assert!(table.get(section).and_then(|section| section.get(name)).is_some(), "config/entente.toml lacks `{key}`");
        }
    }

    #[test]
    fn every_error_is_reported_at_once_with_what_would_be_right() {
        let text = "[kafka]\nbroker = \"a:1\"\n[service]\ncommit_interval = \"fast\"\nworkers = -1\n[topics]\narticles = \"x\"\nevents = \"x\"\n[serivce]\na = 1\n";
        let errors = load(text, &[]).expect_err("the file is wrong").to_string();
        for part in [
            "kafka.broker: no such key; did you mean `kafka.brokers`?",
            "service.commit_interval: `fast` is not a duration: write a whole number and ms, s, m or h, as in \"100ms\"",
            "service.workers: expected a whole number from 0 to 1024",
            "topics.articles: must differ",
            "serivce: no such key; did you mean `service`?",
        ] {
            assert!(errors.contains(part), "missing `{part}` in:\n{errors}");
        }
    }

    #[test]
    fn the_environment_overrides_the_file() {
        let config = load(
            "[kafka]\nbrokers = \"a:1\"\n",
            &[
                ("ENTENTE_KAFKA__BROKERS", "b:2"),
                ("ENTENTE_SERVICE__WORKERS", "3"),
                ("ENTENTE_SERVICE__INSTANCE", "0"),
                ("ENTENTE_LIMITS__ARTICLE_BYTES", "4096"),
                ("PATH", "x"),
            ],
        );
        let config = config.expect("the file is right");
        assert_eq!((config.kafka.brokers.as_str(), config.service.workers), ("b:2", 3));
        assert_eq!((config.service.instance.as_str(), config.limits.article_bytes), ("0", 4096));
    }

    #[test]
    fn properties_that_the_guarantee_rests_on_cannot_be_passed_through() {
        let errors =
            load("[kafka.consumer_properties]\n\"isolation.level\" = \"read_uncommitted\"\n\"fetch.wait.max.ms\" = 50\n", &[])
                .expect_err("refused");
        assert_eq!(errors.errors.len(), 1, "{errors}");
        assert!(errors.to_string().contains("isolation.level"));
    }

    #[test]
    fn secrets_do_not_show_in_logs() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let password = folder.path().join("password");
        std::fs::write(&password, "hunter2\n").expect("the folder is writable");
        let text = format!(
            "[kafka]\nsecurity = \"sasl_ssl\"\nsasl_mechanism = \"SCRAM-SHA-512\"\nsasl_username = \"u\"\nsasl_password_file = {:?}\n",
            password.display().to_string()
        );
        let config = load(&text, &[]).expect("the file is right");
        assert_eq!(config.kafka.security.password.0, "hunter2");
        assert!(!format!("{config:?}").contains("hunter2"));
    }
}
