//! Every shape of article, read as it comes: golden files for what is read out of each, and the promises about bad input.
//!
//! A golden file stands beside its fixture (`NAME.golden`). Where one differs, the test writes what was read and fails, so that a
//! change is looked at in the diff.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use entente::article::{Article, Decoded, Limits, decode};
use entente::record::{Reason, Record, Rejection};

fn read(record: &Record) -> Result<Article, Rejection> {
    match decode(record, &Limits::default())? {
        Decoded::Article(article) => Ok(*article),
        Decoded::Tombstone => panic!("a payload is no tombstone"),
    }
}

fn shown(result: Result<Article, Rejection>) -> String {
    let article = match result {
        Ok(article) => article,
        Err(rejection) => return format!("rejected: {}: {}\n", rejection.reason, rejection.message),
    };
    let mut out = String::new();
    let mut line = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            let _ = writeln!(out, "{name}: {value}");
        }
    };
    line("id", Some(article.id));
    line("version", Some(article.version.to_string()));
    line("url", article.url);
    line("title", article.title);
    line("headline", article.headline.map(|span| span.of(&article.text).to_owned()));
    line("publisher", article.publisher);
    line("published", article.published.map(|date| date.to_string()));
    if let Some(dateline) = article.dateline {
        let parts = [dateline.place, dateline.date.map(|date| date.to_string()), dateline.agency];
        line("dateline", Some(parts.map(|part| part.unwrap_or_else(|| "-".to_owned())).join(" | ")));
    }
    line("language", Some(article.language));
    line("status", Some(format!("{:?}", article.status).to_lowercase()));
    format!("{out}\n{}\n", article.text)
}

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/article");
    let entries = fs::read_dir(folder).expect("the fixtures are there").map(|entry| entry.expect("a fixture is readable").path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|extension| extension != "golden")).collect();
    files.sort();
    files
}

#[test]
fn every_shape_is_read_as_its_golden_file_says() {
    let files = fixtures();
    assert!(files.len() >= 15, "found {} fixtures", files.len());
    let mut changed = Vec::new();
    for file in files {
        let found = shown(read(&Record::from_payload(fs::read(&file).expect("a fixture is readable"))));
        let golden = PathBuf::from(format!("{}.golden", file.display()));
        if fs::read_to_string(&golden).ok().as_deref() != Some(&found) {
            fs::write(&golden, found).expect("a golden file can be written");
            changed.push(golden);
        }
    }
    assert!(changed.is_empty(), "rewritten, look at the diff: {changed:?}");
}
