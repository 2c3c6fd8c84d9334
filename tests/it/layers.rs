//! Modules depend on those before them in the data's path and never on those after: what `src/lib.rs` says, held.

use std::fs;
use std::path::{Path, PathBuf};

/// The order of `mod` items in `src/lib.rs` is the order of the layers.
fn layers(root: &Path) -> Vec<String> {
    let lib = fs::read_to_string(root.join("lib.rs")).expect("src/lib.rs is readable");
    lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';').map(str::to_owned)).collect()
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("src is readable") {
        let path = entry.expect("src is readable").path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Every name that follows `crate::` in `source`, comments left out: documentation may point anywhere.
fn uses(source: &str) -> Vec<String> {
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut names = Vec::new();
    for line in code {
        for after in line.split("crate::").skip(1) {
            let grouped =
                after.strip_prefix('{').map(|list| list.split(',').map(|item| item.trim().to_owned()).collect::<Vec<_>>());
            for path in grouped.unwrap_or_else(|| vec![after.to_owned()]) {
                names.push(path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
            }
        }
    }
    names
}

fn source_files(root: &Path) -> Vec<(String, PathBuf, String)> {
    let mut files = Vec::new();
    rust_files(root, &mut files);
    let layer = |path: &Path| {
        let first = path.strip_prefix(root).expect("files lie under src").components().next().expect("a file has a name");
        first.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned()
    };
    files.into_iter().map(|path| (layer(&path), path.clone(), fs::read_to_string(&path).expect("sources are readable"))).collect()
}

#[test]
fn no_module_depends_on_a_later_one() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let order = layers(&root);
    assert!(order.len() >= 8, "src/lib.rs lists its modules as `pub mod NAME;` lines, found {order:?}");
    let rank = |name: &str| order.iter().position(|layer| layer == name);
    let mut back = Vec::new();
    for (layer, path, source) in source_files(&root) {
        let Some(here) = rank(&layer) else { continue };
        for used in uses(&source) {
            if rank(&used).is_some_and(|there| there > here) {
                back.push(format!("{} uses crate::{used}", path.display()));
            }
        }
    }
    assert!(back.is_empty(), "dependencies that point back:\n{}", back.join("\n"));
}

#[test]
fn only_the_stream_module_names_the_kafka_client() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let elsewhere: Vec<_> = source_files(&root)
        .into_iter()
        .filter(|(layer, _, source)| layer != "stream" && source.lines().any(|line| line.contains("rdkafka::")))
        .map(|(_, path, _)| path)
        .collect();
    assert!(elsewhere.is_empty(), "rdkafka is named outside src/stream: {elsewhere:?}");
}

#[test]
fn the_checker_sees_single_grouped_and_inline_uses() {
    let source =
        "use crate::span::Span;\nuse crate::{event::Event, record};\nlet x = crate::cli::run();\n// crate::stream in a comment\n";
    assert_eq!(uses(source), ["span", "event", "record", "cli"]);
}
