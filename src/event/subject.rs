//! [`Subject`]: how much a passage is about what states do, by its words: "Egypt were pushed to the brink" in a report on handball is not.
//!
//! A logistic model over the mean of the word vectors of its nouns, verbs, adjectives and adverbs; names do not count. The weights are data,
//! `config/models/subject.tsv`, fitted by `entente train subject` to sentences in which an event is annotated and to everyday news.

use rustc_hash::FxHashMap;

use super::relation::{WIDTH, Words, hash};
use super::weights;
use crate::lexicon::LexiconError;
use crate::syntax::{Document, Sentence, Upos};

const FILE: &str = "subject.tsv";
/// Words of which nothing is known that are counted along, so that two or three do not decide.
const UNKNOWN: f64 = 4.0;
/// So few known words are not believed: a short sentence alone says little of what it is about.
const FEW: f64 = 10.0;
/// Sentences on either side that belong to a passage.
const AROUND: usize = 2;
/// Log odds from which a passage is surely about what states do: how much more so says nothing of an event in it. And how far below counts.
const SURE: f64 = 2.0;
const SUREST: f64 = 8.0;
/// What speaks that much against an event makes an article everyday news: with words enough, it is as likely as not about states.
const EVERYDAY: f64 = -SURE;
/// How many weights there are: the first is of what always holds, the others of the axes of a word's vector.
pub const WEIGHTS: usize = 1 + WIDTH;

/// The name of a weight.
pub fn name(at: usize) -> String {
    at.checked_sub(1).map_or_else(|| "bias".to_owned(), |axis| format!("axis={axis}"))
}

/// The model: what each word it knows speaks for.
#[derive(Clone, Debug)]
pub struct Subject {
    bias: f64,
    words: FxHashMap<u64, f64>,
}

/// What is read off a passage and its article, as far as it speaks against an event.
pub const SIGNS: [&str; 3] = ["subject=passage", "subject=article", "subject=officeless"];

/// What a passage is about.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct About {
    /// Log odds that the passage, and the whole article, is about what states do; and how much its words count, of 1.
    pub passage: (f64, f64),
    pub article: (f64, f64),
    /// The article names no office, force or organisation of states.
    pub officeless: bool,
}

/// What the words of an article say, added up from sentence to sentence.
#[derive(Clone, Debug, Default)]
pub struct Sums {
    /// Before the first sentence, and after each.
    up_to: Vec<(f64, f64)>,
}

impl Subject {
    pub fn embedded() -> Result<Self, LexiconError> {
        let names: Vec<String> = (0..WEIGHTS).map(name).collect();
        let weights = weights::read(FILE, include_str!("../../config/models/subject.tsv"), &names)?;
        let (bias, axes) = weights.split_first().map_or((0.0, &[][..]), |(bias, axes)| (*bias, axes));
        let speaks = |vector: &[i8]| vector.iter().zip(axes).map(|(part, weight)| scaled(*part) * weight).sum::<f64>();
        Ok(Self { bias, words: Words::vectors_alone()?.vectors().map(|(word, vector)| (word, speaks(vector))).collect() })
    }

    pub fn sums(&self, document: &Document) -> Sums {
        let mut up_to = Vec::with_capacity(document.sentences.len() + 1);
        let (mut sum, mut count) = (0.0, 0.0);
        up_to.push((sum, count));
        for sentence in &document.sentences {
            for word in words(document, sentence).filter_map(|word| self.words.get(&word)) {
                sum += word;
                count += 1.0;
            }
            up_to.push((sum, count));
        }
        Sums { up_to }
    }

    /// What the passage around a sentence is about.
    pub fn about(&self, sums: &Sums, sentence: u32) -> About {
        let last = sums.up_to.len().saturating_sub(1);
        let sentence = sentence as usize;
        let of = |from: usize, to: usize| {
            let [(before, known), (sum, count)] = [from, to].map(|at| sums.up_to.get(at).copied().unwrap_or_default());
            let (sum, count) = (sum - before, count - known);
            (self.bias + sum / (count + UNKNOWN), 1.0 - FEW / count.max(FEW))
        };
        About {
            passage: of(sentence.saturating_sub(AROUND).min(last), (sentence + AROUND + 1).min(last)),
            article: of(0, last),
            officeless: false,
        }
    }
}

impl About {
    /// How much speaks against an event there, in the order of [`SIGNS`].
    pub fn signs(self) -> [f64; SIGNS.len()] {
        let (passage, article) = (lacks(self.passage), lacks(self.article));
        [passage, article, if self.officeless { article } else { 0.0 }]
    }

    /// Whether the article is rather not about what states do.
    pub fn is_everyday(self) -> bool {
        lacks(self.article) <= EVERYDAY
    }
}

/// How much is lacking for words with these log odds, which count so much, to be surely about what states do.
fn lacks((odds, counts): (f64, f64)) -> f64 {
    (odds - SURE).clamp(-SUREST, 0.0) * counts
}

/// The mean of the vectors of a passage's words, as the model looks at it: for whoever fits the weights.
pub fn mean(vectors: &Words, document: &Document, passage: &[Sentence]) -> [f64; WIDTH] {
    let mut sum = [0.0; WIDTH];
    let mut count = UNKNOWN;
    for vector in passage.iter().flat_map(|sentence| words(document, sentence)).filter_map(|word| vectors.vector(word)) {
        sum.iter_mut().zip(vector).for_each(|(sum, part)| *sum += scaled(*part));
        count += 1.0;
    }
    sum.map(|sum| sum / count)
}

/// A part of a vector, so that the means of passages are about as large as what else a logistic model reads.
fn scaled(part: i8) -> f64 {
    f64::from(part) / 32.0
}

/// The words of a sentence that say what it is about, by their hashes.
fn words<'d>(document: &'d Document, sentence: &Sentence) -> impl Iterator<Item = u64> + 'd {
    let tells = |at: &u32| {
        let upos = document.tokens.get(*at as usize).map(|token| token.upos);
        matches!(upos, Some(Upos::Noun | Upos::Verb | Upos::Adj | Upos::Adv))
    };
    sentence.tokens.clone().filter(tells).map(|at| hash::word(document.lemma(at).as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Analyzer, Scratch};

    fn odds(text: &str) -> f64 {
        let subject = Subject::embedded().unwrap();
        let mut document = Document::default();
        Analyzer::embedded().unwrap().analyze(text, None, &mut Scratch::default(), &mut document);
        subject.about(&subject.sums(&document), 0).article.0
    }

    #[test]
    fn what_states_do_is_told_from_a_match_and_a_storm() {
        let diplomacy = odds("The ambassador was summoned to the foreign ministry over the expulsion of two diplomats.");
        let sport = odds("The keeper saved a penalty, and the striker headed the winner in the last minute of the second half.");
        let weather = odds("A hurricane tore roofs off houses, uprooted trees and left thousands of homes without electricity.");
        assert!(diplomacy > 2.0 && sport < 0.0 && weather < 0.0, "{diplomacy} {sport} {weather}");
    }

    #[test]
    fn a_text_without_a_known_word_is_as_likely_as_any() {
        assert_eq!(odds("Qzxv."), Subject::embedded().unwrap().bias);
    }

    #[test]
    fn signs_speak_against_an_event_or_not_at_all() {
        let sure = About { passage: (9.0, 1.0), article: (9.0, 1.0), officeless: true };
        assert_eq!(sure.signs(), [0.0; 3]);
        let everyday = About { passage: (-30.0, 0.5), article: (0.0, 1.0), officeless: false };
        assert_eq!(everyday.signs(), [-SUREST / 2.0, -SURE, 0.0]);
        assert!(everyday.is_everyday() && !sure.is_everyday());
    }
}
