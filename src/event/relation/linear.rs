//! [`Linear`]: the cheap model behind the seam: one weight for each feature and class, summed in integers, so that the same pair
//! gives the same scores on every machine.
//!
//! It was trained on data in which CONCEDE and RETREAT are one class; what it gives that class goes to CONCEDE where the frames
//! found that, else to RETREAT.

use super::features::{DENSE, Features, ONE};
use super::words::Words;
use super::{CLASSES, Judge, Pair, Scores};
use crate::event::frames::Frames;
use crate::event::ontology::Act;
use crate::lexicon::LexiconError;

/// Classes that are told apart: the acts, CONCEDE and RETREAT as one, and none.
pub const OUTPUTS: usize = CLASSES - 1;
pub const NONE: usize = OUTPUTS - 1;
/// 1 in a weight.
pub const WEIGHT: f64 = 2048.0;

const FILE: &str = "relation.zst";
const MAGIC: &[u8] = b"entente relation 1\n";
/// No model is as large; a damaged file asks for no more.
const LARGEST: usize = 64 << 20;

/// What training makes and the model file holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Weights {
    /// The features with weights, by hash, ascending.
    pub features: Vec<u32>,
    /// A row of [`OUTPUTS`] for each of `features`, then one for each dense feature, in parts of [`WEIGHT`].
    pub rows: Vec<i16>,
    /// What a sum is multiplied by before it becomes a probability.
    pub sharpness: f32,
}

/// The model with what it knows of words. Made once, shared read-only.
pub struct Linear {
    words: Words,
    weights: Weights,
}

/// The output of an act.
pub fn output(act: Act) -> usize {
    let act = super::features::joined(act) as usize;
    if act > Act::Concede as usize { act - 1 } else { act }
}

impl Linear {
    /// The model in the binary, with the lexicon that it was trained with.
    pub fn embedded(frames: &Frames) -> Result<Self, LexiconError> {
        let weights = Weights::unpack(include_bytes!("../../../config/models/relation.zst")).map_err(|message| LexiconError {
            file: FILE,
            line: 0,
            message,
        })?;
        Ok(Self::new(Words::embedded(frames.lexicon())?, weights))
    }

    pub fn new(words: Words, weights: Weights) -> Self {
        Self { words, weights }
    }

    fn scores(&self, pair: &Pair<'_>, features: &mut Features) -> Scores {
        features.read(pair, &self.words);
        let probabilities = self.weights.probabilities(&features.sparse, &features.dense);
        let concedes = pair.hit.is_some_and(|hit| hit.class == Act::Concede);
        let mut scores = Scores([0.0; CLASSES]);
        for act in Act::ALL {
            let other = if concedes { Act::Retreat } else { Act::Concede };
            if *act != other {
                scores.0[*act as usize] = probabilities[output(*act)];
            }
        }
        scores.0[CLASSES - 1] = probabilities[NONE];
        scores
    }
}

impl Judge for Linear {
    fn judge(&self, pairs: &[Pair<'_>], out: &mut Vec<Scores>) {
        let mut features = Features::default();
        out.extend(pairs.iter().map(|pair| self.scores(pair, &mut features)));
    }
}

impl Weights {
    /// The sum of each output, in parts of [`WEIGHT`] times [`ONE`].
    pub fn sums(&self, sparse: &[u32], dense: &[i32]) -> [i64; OUTPUTS] {
        let mut sums = [0i64; OUTPUTS];
        let (known, rest) = self.rows.as_chunks::<OUTPUTS>().0.split_at(self.features.len());
        let mut from = 0;
        // Both are sorted.
        for feature in sparse {
            let Ok(at) = self.features.get(from..).unwrap_or(&[]).binary_search(feature) else { continue };
            for (sum, weight) in sums.iter_mut().zip(&known[from + at]) {
                *sum += i64::from(*weight) * i64::from(ONE);
            }
            from += at + 1;
        }
        for (value, row) in dense.iter().zip(rest).filter(|(value, _)| **value != 0) {
            for (sum, weight) in sums.iter_mut().zip(row) {
                *sum += i64::from(*weight) * i64::from(*value);
            }
        }
        sums
    }

    pub fn probabilities(&self, sparse: &[u32], dense: &[i32]) -> [f32; OUTPUTS] {
        let sums = self.sums(sparse, dense).map(|sum| (sum as f64 / (WEIGHT * f64::from(ONE))) as f32);
        softmax(sums.map(|sum| sum * self.sharpness))
    }

    pub fn pack(&self) -> std::io::Result<Vec<u8>> {
        let mut plain = MAGIC.to_vec();
        plain.extend_from_slice(&self.sharpness.to_le_bytes());
        plain.extend_from_slice(&(self.features.len() as u32).to_le_bytes());
        plain.extend(self.features.iter().flat_map(|feature| feature.to_le_bytes()));
        plain.extend(self.rows.iter().flat_map(|weight| weight.to_le_bytes()));
        zstd::encode_all(plain.as_slice(), 19)
    }

    pub fn unpack(file: &[u8]) -> Result<Self, String> {
        let plain = zstd::bulk::decompress(file, LARGEST).map_err(|error| error.to_string())?;
        let rest = plain.strip_prefix(MAGIC).ok_or("it is of another kind or version")?;
        let cut = || "it is cut short or was trained with other features; `entente train relation` makes it anew";
        let (sharpness, rest) = rest.split_first_chunk().ok_or_else(cut)?;
        let (count, rest) = rest.split_first_chunk().ok_or_else(cut)?;
        let count = u32::from_le_bytes(*count) as usize;
        let (features, rest) = rest.split_at_checked(count.saturating_mul(4)).ok_or_else(cut)?;
        let features: Vec<u32> = features.as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect();
        let rows: Vec<i16> = rest.as_chunks().0.iter().map(|bytes| i16::from_le_bytes(*bytes)).collect();
        if rows.len() != (count + DENSE) * OUTPUTS || !features.is_sorted() {
            return Err(cut().into());
        }
        Ok(Self { features, rows, sharpness: f32::from_le_bytes(*sharpness) })
    }
}

/// Probabilities from sums.
pub fn softmax(sums: [f32; OUTPUTS]) -> [f32; OUTPUTS] {
    let most = sums.into_iter().fold(f32::MIN, f32::max);
    let powers = sums.map(|sum| exp(sum - most));
    let total: f32 = powers.iter().sum();
    powers.map(|power| power / total)
}

/// e to the power of `x`, for x up to 0: by halving until a few terms of the series do, with additions and multiplications alone,
/// which every machine rounds alike. The mathematics library's differ.
fn exp(x: f32) -> f32 {
    let x = f64::from(x.max(-80.0)) / 4096.0;
    let series = 1.0 + x * (1.0 + x / 2.0 * (1.0 + x / 3.0 * (1.0 + x / 4.0 * (1.0 + x / 5.0))));
    (0..12).fold(series, |power, _| power * power) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_that_of_the_library_to_six_digits() {
        for x in [0.0, -0.001, -0.5, -1.0, -3.7, -12.0, -40.0] {
            let (ours, theirs) = (f64::from(exp(x)), f64::from(x).exp());
            assert!((ours / theirs - 1.0).abs() < 1e-6, "{x}: {ours} {theirs}");
        }
        assert!(exp(-1e9) >= 0.0);
    }

    #[test]
    fn a_model_packs_and_unpacks_and_a_damaged_one_is_refused() {
        let rows = (0..(2 + DENSE) * OUTPUTS).map(|at| at as i16 - 700).collect();
        let weights = Weights { features: vec![7, 9], rows, sharpness: 2.5 };
        let packed = weights.pack().unwrap();
        assert_eq!(Weights::unpack(&packed), Ok(weights.clone()));
        let missing = Weights { features: vec![7], ..weights };
        assert!(Weights::unpack(&missing.pack().unwrap()).is_err());
        assert!(Weights::unpack(b"no archive").is_err());
    }

    #[test]
    fn every_output_is_one_act_or_none() {
        let mut outputs: Vec<usize> = Act::ALL.iter().map(|act| output(*act)).collect();
        outputs.push(NONE);
        outputs.sort_unstable();
        outputs.dedup();
        assert_eq!(outputs, (0..OUTPUTS).collect::<Vec<_>>());
    }
}
