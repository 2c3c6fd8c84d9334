#![no_main]

use std::cell::RefCell;
use std::sync::LazyLock;

use entente::span::Span;
use entente::syntax::{Analyzer, Scratch};
use entente_fuzz::promises;

static ANALYZER: LazyLock<Analyzer> = LazyLock::new(|| Analyzer::embedded().expect("the model that ships loads"));
thread_local!(static SCRATCH: RefCell<Scratch> = RefCell::default());

// Text as no normalizer would leave it: the analyzer trusts nobody. An odd first byte makes the first line a headline.
libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let (first, rest) = data.split_first().unwrap_or((&0, &[]));
    let text = String::from_utf8_lossy(rest);
    let line = text.split('\n').next().unwrap_or("").len();
    let headline = (first % 2 == 1 && line > 0).then(|| Span::new(0, line));
    SCRATCH.with_borrow_mut(|scratch| promises::analysed(&ANALYZER, &text, headline, scratch));
});
