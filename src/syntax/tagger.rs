//! Tags: a greedy perceptron from left to right that chooses universal and Penn tag together, helped by the tags each word has
//! had in training.

use super::perceptron::{self, Model, Trainer, feature};
use super::scheme::{Upos, Xpos};

/// Hashes of a word that tagger and parser share: computed once a token.
#[derive(Clone, Copy, Debug, Default)]
pub struct Word {
    pub form: u32,
    pub lower: u32,
    pub suffixes: [u32; 4],
    pub prefix: u32,
    pub shape: u32,
    /// Which tags the word has had in training, as a class of ambiguity.
    pub known: u32,
}

impl Word {
    pub fn of(form: &str, known: impl Fn(u32) -> u32) -> Self {
        let lower = form.to_lowercase();
        let mut suffixes = [0; 4];
        let mut starts = lower.char_indices().rev().map(|(at, _)| at);
        for suffix in &mut suffixes {
            let at = starts.next().unwrap_or(0);
            *suffix = perceptron::text(lower.get(at..).unwrap_or("").as_bytes());
        }
        let prefix = lower.char_indices().nth(3).map_or(lower.len(), |(at, _)| at);
        let hash = perceptron::text(lower.as_bytes());
        Self {
            form: perceptron::text(form.as_bytes()),
            lower: hash,
            suffixes,
            prefix: perceptron::text(lower.get(..prefix).unwrap_or("").as_bytes()),
            shape: shape(form),
            known: known(hash),
        }
    }
}

/// Case, digits and hyphens, runs joined: "McDonald" `AaAa`, "F-16" `A-0`.
fn shape(form: &str) -> u32 {
    let mut last = 0;
    let mut hash = 17u32;
    for c in form.chars() {
        let class = match c {
            c if c.is_uppercase() => 1,
            c if c.is_lowercase() => 2,
            c if c.is_ascii_digit() => 3,
            '-' => 4,
            '.' => 5,
            c if c.is_alphabetic() => 6,
            _ => 7,
        };
        if class != last {
            hash = hash.wrapping_mul(31).wrapping_add(class);
            last = class;
        }
    }
    hash
}

/// What stands before the first and after the last word.
const OUTSIDE: Word = Word { form: 1, lower: 1, suffixes: [1; 4], prefix: 1, shape: 1, known: 1 };

pub fn features(words: &[Word], at: usize, before: [u32; 2], out: &mut Vec<u32>) {
    let word = |offset: isize| at.checked_add_signed(offset).and_then(|i| words.get(i)).copied().unwrap_or(OUTSIDE);
    let (w, l, r, ll, rr) = (word(0), word(-1), word(1), word(-2), word(2));
    let [t1, t2] = before;
    let first = u32::from(at == 0);
    out.clear();
    out.extend([
        feature(1, &[w.form]),
        feature(2, &[w.lower]),
        feature(3, &[w.suffixes[1]]),
        feature(4, &[w.suffixes[2]]),
        feature(5, &[w.suffixes[3]]),
        feature(6, &[w.suffixes[0], w.shape]),
        feature(7, &[w.prefix]),
        feature(8, &[w.shape, first]),
        feature(9, &[t1]),
        feature(10, &[t1, t2]),
        feature(11, &[t1, w.lower]),
        feature(12, &[t1, t2, w.known]),
        feature(13, &[l.lower]),
        feature(14, &[r.lower]),
        feature(15, &[l.lower, w.lower]),
        feature(16, &[w.lower, r.lower]),
        feature(17, &[ll.lower]),
        feature(18, &[rr.lower]),
        feature(19, &[r.suffixes[2]]),
        feature(20, &[r.shape, w.shape]),
        feature(21, &[w.known]),
        feature(22, &[w.known, r.known]),
        feature(23, &[t1, w.known, r.known]),
        feature(24, &[r.known, rr.known]),
        feature(25, &[l.suffixes[2], w.suffixes[2]]),
        feature(26, &[w.lower, r.known]),
        feature(27, &[t1, w.shape, w.suffixes[1]]),
        feature(28, &[l.shape, w.shape, r.shape]),
        feature(29, &[w.lower, t1, r.known]),
        feature(30, &[w.suffixes[2], t1]),
        feature(31, &[w.known, r.known, rr.known]),
        feature(32, &[]),
    ]);
}

/// The pairs of tags a model tells apart.
pub type Tags = Vec<(Upos, Xpos)>;

/// Which classes a word has had in training, often enough to matter: word hash to an ambiguity class, sorted by hash.
#[derive(Default)]
pub struct Known(pub Vec<(u32, u32)>);

impl Known {
    pub fn of(&self, lower: u32) -> u32 {
        self.0.binary_search_by_key(&lower, |(hash, _)| *hash).map_or(0, |at| self.0[at].1)
    }
}

/// Tags a sentence; `classes` becomes one class a word.
pub fn tag(model: &Model, words: &[Word], classes: &mut Vec<u16>, buffer: &mut Vec<u32>, scores: &mut Vec<i32>) {
    scores.resize(model.classes(), 0);
    classes.clear();
    let mut before = [900, 900];
    for at in 0..words.len() {
        features(words, at, before, buffer);
        model.score(buffer, scores);
        let class = best(scores);
        classes.push(class as u16);
        before = [class as u32, before[0]];
    }
}

/// One pass of training over a sentence.
pub fn learn(trainer: &mut Trainer, words: &[Word], gold: &[u16], buffer: &mut Vec<u32>, scores: &mut [i32]) {
    let mut before = [900, 900];
    for (at, gold) in gold.iter().enumerate() {
        features(words, at, before, buffer);
        trainer.score(buffer, scores);
        let class = best(scores);
        if class != usize::from(*gold) {
            trainer.update(buffer, usize::from(*gold), class);
        }
        trainer.tick();
        before = [class as u32, before[0]];
    }
}

/// The first of the highest.
pub fn best(scores: &[i32]) -> usize {
    scores.iter().enumerate().fold((0, i32::MIN), |best, (at, score)| if *score > best.1 { (at, *score) } else { best }).0
}
