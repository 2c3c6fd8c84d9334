//! Any bytes are read, passed over or rejected, and never bring the coder down: the fuzzers' corpus replayed, and mutated with a fixed seed, on
//! stable Rust and without a fuzzer. `ENTENTE_MUTATIONS=N` tries N mutations of each kind instead of a few hundred, `ENTENTE_SEED=N` others.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use entente::pipeline::{Pipeline, Scratch};
use entente::span::Span;
use entente::syntax::{self, Analyzer};

// The fuzz crate is a workspace of its own; what it promises is promised here too.
#[path = "../../fuzz/src/promises.rs"]
mod promises;
#[path = "../../fuzz/src/shapes.rs"]
mod shapes;

const TARGETS: [&str; 6] = ["json", "members", "html", "text", "syntax", "process"];

/// What each fuzz target does with an input.
struct Targets {
    analyzer: Analyzer,
    pipeline: Pipeline,
    syntax: syntax::Scratch,
    scratch: Scratch,
    events: usize,
}

impl Targets {
    fn new() -> Self {
        Self {
            analyzer: Analyzer::embedded().expect("the model that ships loads"),
            pipeline: Pipeline::embedded().expect("the coder loads"),
            syntax: syntax::Scratch::default(),
            scratch: Scratch::default(),
            events: 0,
        }
    }

    fn run(&mut self, target: &str, data: &[u8]) {
        let _ = match target {
            "json" => promises::decoded(&shapes::json(data)),
            "members" => promises::decoded(&shapes::members(data)),
            "html" => promises::decoded(&shapes::html(data)),
            "text" => promises::decoded(&shapes::text(data)),
            "syntax" => {
                let (first, rest) = data.split_first().unwrap_or((&0, &[]));
                let text = String::from_utf8_lossy(rest);
                let line = text.split('\n').next().unwrap_or("").len();
                let headline = (first % 2 == 1 && line > 0).then(|| Span::new(0, line));
                promises::analysed(&self.analyzer, &text, headline, &mut self.syntax);
                return;
            }
            _ => {
                self.events += promises::coded(&self.pipeline, &shapes::article(data), &mut self.scratch);
                return;
            }
        };
    }

    /// As [`Targets::run`]; an input that breaks a promise is kept in a file, and named.
    fn hold(&mut self, target: &str, data: &[u8]) {
        let outcome = catch_unwind(AssertUnwindSafe(|| self.run(target, data)));
        if outcome.is_err() {
            let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{target}-{}", blake3::hash(data).to_hex()));
            fs::write(&file, data).expect("the target folder is writable");
            panic!("{target}: an input breaks a promise; it is kept as {}", file.display());
        }
    }
}

fn corpus(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let entries = fs::read_dir(&folder).expect("every target has a corpus").map(|entry| entry.expect("it is readable").path());
    let mut files: Vec<PathBuf> = entries.collect();
    files.sort();
    files.into_iter().map(|file| (file.clone(), fs::read(file).expect("it is readable"))).collect()
}

/// The words of a fuzzer's dictionary.
fn dictionary(name: &str) -> Vec<Vec<u8>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/dictionaries").join(name);
    let text = fs::read_to_string(file).expect("the dictionary is readable");
    text.lines().filter_map(|line| Some(unescape(line.strip_prefix('"')?.strip_suffix('"')?))).collect()
}

fn unescape(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => match bytes.next() {
                Some(b'x') => {
                    let digits = [bytes.next().unwrap_or(b'0'), bytes.next().unwrap_or(b'0')];
                    let digits = std::str::from_utf8(&digits).expect("hexadecimal digits");
                    out.push(u8::from_str_radix(digits, 16).expect("hexadecimal digits"));
                }
                other => out.extend(other),
            },
            byte => out.push(byte),
        }
    }
    out
}

/// Marsaglia's xorshift: the same numbers on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

/// One to four changes of the kinds that fuzzers make.
fn mutate(random: &mut Random, input: &[u8], other: &[u8], words: &[Vec<u8>]) -> Vec<u8> {
    let mut data = input.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(data.len() + 1);
        let end = (at + 1 + random.below(60)).min(data.len());
        match random.below(8) {
            0 if at < data.len() => data[at] ^= 1 << random.below(8),
            1 if at < data.len() => data[at] = random.below(256) as u8,
            2 => drop(data.drain(at..end)),
            3 => data.truncate(at),
            4 => {
                let piece = data[at..end].to_vec();
                data.splice(at..at, piece.repeat(1 + random.below(20)));
            }
            5 => {
                let from = random.below(other.len() + 1);
                let to = (from + random.below(200)).min(other.len());
                data.splice(at..end, other[from..to].iter().copied());
            }
            _ => {
                let word = &words[random.below(words.len())];
                data.splice(at..at, word.repeat(1 + random.below(3)));
            }
        }
    }
    data.truncate(8 << 10);
    data
}

#[test]
fn the_corpus_of_every_fuzz_target_keeps_its_promises() {
    let mut targets = Targets::new();
    for target in TARGETS {
        let corpus = corpus(target);
        assert!(corpus.len() >= 6, "{target}: found {} inputs", corpus.len());
        for (_, data) in &corpus {
            targets.hold(target, data);
        }
    }
    assert!(targets.events > 20, "{} events: the corpus no longer reaches the coder", targets.events);
}

#[test]
fn mutated_inputs_of_every_fuzz_target_keep_their_promises() {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let mut random = Random(number("ENTENTE_SEED").unwrap_or(0x9e37_79b9_7f4a_7c15).max(1));
    let rounds = number("ENTENTE_MUTATIONS");
    let mut targets = Targets::new();
    for target in TARGETS {
        let words = dictionary(match target {
            "json" | "members" => "json.dict",
            "html" => "html.dict",
            _ => "text.dict",
        });
        assert!(words.len() > 30, "{target}: the dictionary has {} words", words.len());
        let corpus = corpus(target);
        // The whole coder costs some fifty times what a decoder does.
        for _ in 0..rounds.unwrap_or(if matches!(target, "syntax" | "process") { 300 } else { 1500 }) {
            let (input, other) = (&corpus[random.below(corpus.len())].1, &corpus[random.below(corpus.len())].1);
            let data = mutate(&mut random, input, other, &words);
            targets.hold(target, &data);
        }
    }
}
