//! Training: treebanks in, model file out. Seeded and single-threaded, so that the same data gives the same file.
//!
//! The tagger is trained first; the parser is then trained on tags that a tagger gave which had not seen the sentence (five
//! jackknifed taggers), because tags at run time have errors too.

use rustc_hash::FxHashMap;

use super::analyzer::{ModelError, Parts};
use super::conllu::Gold;
use super::lemma::Lemmas;
use super::parser::{self, Arc, Models, State, Trainers};
use super::perceptron::{Model, Trainer};
use super::scheme::{Deprel, Upos, Xpos};
use super::tagger::{self, Known, Tags, Word};

#[derive(Clone, Copy, Debug)]
pub struct Options {
    pub seed: u64,
    pub tagger_epochs: usize,
    pub parser_epochs: usize,
    /// Rows of the weight tables, as powers of two.
    pub tagger_bits: u32,
    pub move_bits: u32,
    pub label_bits: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 1, tagger_epochs: 8, parser_epochs: 12, tagger_bits: 17, move_bits: 21, label_bits: 16 }
    }
}

/// A pair of tags seen fewer times is left to the others.
const RARE_TAGS: usize = 5;
/// A word's tags are known from this many sightings.
const KNOWN_FROM: u32 = 2;

struct Example {
    words: Vec<Word>,
    classes: Vec<u16>,
    tree: Vec<Arc>,
}

/// Trains on `gold` and returns the packed model; `report` hears how it goes.
///
/// # Errors
/// Where the model cannot be packed.
pub fn train(gold: &[Gold], options: Options, mut report: impl FnMut(String)) -> Result<Vec<u8>, ModelError> {
    let tags = tag_set(gold);
    let class_of: FxHashMap<(Upos, Xpos), u16> = tags.iter().enumerate().map(|(class, tags)| (*tags, class as u16)).collect();
    let nearest = |upos: Upos, xpos: Xpos| {
        let by_upos = || tags.iter().position(|(other, _)| *other == upos).unwrap_or(0) as u16;
        class_of.get(&(upos, xpos)).copied().unwrap_or_else(by_upos)
    };
    let classes: Vec<Vec<u16>> = gold.iter().map(|s| s.tokens.iter().map(|t| nearest(t.upos, t.xpos)).collect()).collect();
    let known = known(gold, &classes);
    let examples: Vec<Example> = gold.iter().zip(classes).map(|(sentence, classes)| example(sentence, classes, &known)).collect();

    let mut random = Random(options.seed);
    let tagger = train_tagger(&examples, |_| true, tags.len(), options, &mut random);
    report(format!("tagger: {} pairs of tags, {} words with known tags", tags.len(), known.0.len()));

    const FOLDS: usize = 5;
    let mut jackknifed: Vec<Vec<u16>> = vec![Vec::new(); examples.len()];
    let (mut right, mut all) = (0, 0);
    for fold in 0..FOLDS {
        let weights = train_tagger(&examples, |at| at % FOLDS != fold, tags.len(), options, &mut random);
        let Some(model) = Model::new(tags.len(), weights) else { return Err(ModelError::Damaged("the tagger's size")) };
        let (mut buffer, mut scores) = (Vec::new(), Vec::new());
        for (at, example) in examples.iter().enumerate().filter(|(at, _)| at % FOLDS == fold) {
            tagger::tag(&model, &example.words, &mut jackknifed[at], &mut buffer, &mut scores);
            right += jackknifed[at].iter().zip(&example.classes).filter(|(a, b)| a == b).count();
            all += example.classes.len();
        }
    }
    report(format!("tagger on sentences it had not seen: {:.2} % of pairs right", 100.0 * right as f64 / all as f64));

    let (moves, labels) = train_parser(&examples, &jackknifed, options, &mut random, &mut report);
    let lemmas =
        Lemmas::learn(gold.iter().flat_map(|s| s.tokens.iter().map(|t| (t.span.of(&s.text), t.upos, t.xpos, t.lemma.as_str()))));
    let fit =
        |classes, weights: &[i16]| Model::new(classes, weights.to_vec()).ok_or(ModelError::Damaged("the weights do not fit"));
    let parser = Models { moves: fit(parser::MOVES, &moves)?, labels: fit(parser::LABELS, &labels)? };
    Parts { tagger: fit(tags.len(), &tagger)?, tags, known, lemmas, parser }.pack([&tagger, &moves, &labels])
}

fn tag_set(gold: &[Gold]) -> Tags {
    let mut counts: FxHashMap<(Upos, Xpos), usize> = FxHashMap::default();
    for token in gold.iter().flat_map(|sentence| &sentence.tokens) {
        *counts.entry((token.upos, token.xpos)).or_default() += 1;
    }
    let mut tags: Tags = counts.into_iter().filter(|(_, count)| *count >= RARE_TAGS).map(|(tags, _)| tags).collect();
    tags.sort();
    tags
}

/// A word's class of ambiguity: a hash of the tags it has had in a tenth or more of its sightings, the commonest first.
fn known(gold: &[Gold], classes: &[Vec<u16>]) -> Known {
    let mut counts: FxHashMap<u32, FxHashMap<u16, u32>> = FxHashMap::default();
    for (sentence, classes) in gold.iter().zip(classes) {
        for (token, class) in sentence.tokens.iter().zip(classes) {
            let lower = Word::of(token.span.of(&sentence.text), |_| 0).lower;
            *counts.entry(lower).or_default().entry(*class).or_default() += 1;
        }
    }
    let mut known: Vec<(u32, u32)> = Vec::new();
    for (word, counts) in counts {
        let total: u32 = counts.values().sum();
        if total < KNOWN_FROM {
            continue;
        }
        let mut often: Vec<(u32, u16)> =
            counts.into_iter().filter(|(_, n)| n * 10 >= total).map(|(class, n)| (n, class)).collect();
        often.sort_by_key(|(n, class)| (std::cmp::Reverse(*n), *class));
        let class = often
            .iter()
            .take(3)
            .fold(u32::from(total > 20), |hash, (_, class)| hash.wrapping_mul(131).wrapping_add(u32::from(*class) + 1));
        known.push((word, class));
    }
    known.sort_unstable();
    Known(known)
}

fn example(sentence: &Gold, classes: Vec<u16>, known: &Known) -> Example {
    let words = sentence.tokens.iter().map(|token| Word::of(token.span.of(&sentence.text), |hash| known.of(hash))).collect();
    let label = |deprel: Deprel| Deprel::ALL.iter().position(|other| *other == deprel).unwrap_or(0) as u8;
    let tree = sentence.tokens.iter().map(|token| Arc { head: token.head, label: label(token.deprel) }).collect();
    Example { words, classes, tree }
}

fn train_tagger(
    examples: &[Example],
    used: impl Fn(usize) -> bool,
    classes: usize,
    options: Options,
    random: &mut Random,
) -> Vec<i16> {
    let mut trainer = Trainer::new(classes, options.tagger_bits);
    let mut order: Vec<usize> = (0..examples.len()).filter(|at| used(*at)).collect();
    let (mut buffer, mut scores) = (Vec::new(), vec![0; classes]);
    for _ in 0..options.tagger_epochs {
        random.shuffle(&mut order);
        for at in &order {
            tagger::learn(&mut trainer, &examples[*at].words, &examples[*at].classes, &mut buffer, &mut scores);
        }
    }
    trainer.finish()
}

fn train_parser(
    examples: &[Example],
    tags: &[Vec<u16>],
    options: Options,
    random: &mut Random,
    report: &mut impl FnMut(String),
) -> (Vec<i16>, Vec<i16>) {
    let mut trainers = Trainers {
        moves: Trainer::new(parser::MOVES, options.move_bits),
        labels: Trainer::new(parser::LABELS, options.label_bits),
    };
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut state = State::default();
    for epoch in 0..options.parser_epochs {
        random.shuffle(&mut order);
        let chance = std::cell::RefCell::new(&mut *random);
        for at in &order {
            // From the second pass on the parser mostly follows its own moves (Goldberg & Nivre 2013: k = 1, p = 0.9).
            let explore = || epoch > 0 && chance.borrow_mut().below(10) > 0;
            parser::learn(&mut trainers, &examples[*at].words, &tags[*at], &examples[*at].tree, explore, &mut state);
        }
        report(format!("parser: pass {} of {}", epoch + 1, options.parser_epochs));
    }
    (trainers.moves.finish(), trainers.labels.finish())
}

/// SplitMix64 (Steele et al. 2014): enough for shuffling, the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at as u64 + 1) as usize);
        }
    }
}
