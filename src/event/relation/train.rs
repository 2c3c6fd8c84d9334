//! Training of [`super::Linear`]: for each class a support vector machine against the rest, by dual coordinate descent (Hsieh et al.
//! 2008, squared hinge loss), rare classes weighted up; the sharpness of the probabilities from pairs held out.
//!
//! Seeded and on one thread: the same data give the same bytes.

use rustc_hash::FxHashMap;

use super::features::{DENSE, ONE};
use super::linear::{OUTPUTS, WEIGHT, Weights, softmax};

/// One pair with its class.
#[derive(Clone, Debug)]
pub struct Example {
    pub sparse: Vec<u32>,
    pub dense: Vec<i32>,
    /// See [`super::output`].
    pub class: usize,
    /// In which of the [`FOLDS`] it is held out.
    pub fold: usize,
}

pub const FOLDS: usize = 5;

#[derive(Clone, Copy, Debug)]
pub struct Options {
    pub seed: u64,
    /// How dear a pair on the wrong side is.
    pub cost: f64,
    /// Passes over the data, at most.
    pub passes: usize,
    /// A feature seen in fewer pairs has no weight.
    pub least: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { seed: 1, cost: 0.02, passes: 300, least: 2 }
    }
}

/// An example as columns and values.
type Row = Vec<(u32, f32)>;

/// Trains on all examples; the sharpness is fitted to what models of the other folds say of each.
pub fn train(examples: &[Example], options: Options) -> Weights {
    let held_out = |fold: usize| {
        let weights = fit(examples.iter().filter(|example| example.fold != fold), options);
        let held = examples.iter().filter(move |example| example.fold == fold);
        held.map(|example| (margins(&weights, example), example.class)).collect::<Vec<_>>()
    };
    let told: Vec<_> = (0..FOLDS).flat_map(held_out).collect();
    Weights { sharpness: sharpness(&told), ..fit(examples.iter(), options) }
}

fn margins(weights: &Weights, example: &Example) -> [f32; OUTPUTS] {
    weights.sums(&example.sparse, &example.dense).map(|sum| (sum as f64 / (WEIGHT * f64::from(ONE))) as f32)
}

/// The factor under which the right classes are likeliest.
fn sharpness(told: &[([f32; OUTPUTS], usize)]) -> f32 {
    let likelihood = |factor: f32| -> f64 {
        told.iter().map(|(margins, class)| f64::from(softmax(margins.map(|margin| margin * factor))[*class].max(1e-9)).ln()).sum()
    };
    let factors = (10..=120).map(|step| step as f32 / 10.0);
    factors
        .fold((1.0, f64::MIN), |best, factor| {
            let found = likelihood(factor);
            if found > best.1 { (factor, found) } else { best }
        })
        .0
}

/// Trains on all of `examples`; the sharpness is left at 1.
pub fn fit<'a>(examples: impl Iterator<Item = &'a Example> + Clone, options: Options) -> Weights {
    let mut seen: FxHashMap<u32, u32> = FxHashMap::default();
    for feature in examples.clone().flat_map(|example| &example.sparse) {
        *seen.entry(*feature).or_default() += 1;
    }
    let mut features: Vec<u32> = seen.into_iter().filter(|(_, count)| *count >= options.least).map(|(f, _)| f).collect();
    features.sort_unstable();
    let columns = features.len() + DENSE;
    let row = |example: &Example| -> Row {
        let known = example.sparse.iter().filter_map(|feature| features.binary_search(feature).ok());
        let dense = example.dense.iter().enumerate().filter(|(_, value)| **value != 0);
        let dense = dense.map(|(at, value)| ((features.len() + at) as u32, *value as f32 / ONE as f32));
        known.map(|at| (at as u32, 1.0)).chain(dense).collect()
    };
    let rows: Vec<Row> = examples.clone().map(row).collect();
    let classes: Vec<usize> = examples.map(|example| example.class).collect();
    let mut kept = vec![0i16; columns * OUTPUTS];
    for output in 0..OUTPUTS {
        let weights = separate(&rows, &classes, output, columns, options);
        for (row, weight) in kept.chunks_exact_mut(OUTPUTS).zip(weights) {
            row[output] = (weight * WEIGHT).round().clamp(-32767.0, 32767.0) as i16;
        }
    }
    Weights { features, rows: kept, sharpness: 1.0 }
}

/// The weights that tell the class `output` from the rest.
fn separate(rows: &[Row], classes: &[usize], output: usize, columns: usize, options: Options) -> Vec<f64> {
    let mut weights = vec![0.0; columns];
    let count = classes.iter().filter(|class| **class == output).count();
    if count == 0 {
        return weights;
    }
    let rarity = rows.len() as f64 / (OUTPUTS as f64 * count as f64);
    let slack = |row: usize| 0.5 / (options.cost * if classes[row] == output { rarity } else { 1.0 });
    let norm: Vec<f64> = rows.iter().map(|row| row.iter().map(|(_, value)| f64::from(value * value)).sum()).collect();
    let mut alphas = vec![0.0f64; rows.len()];
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut random = Random(options.seed);
    for _ in 0..options.passes {
        random.shuffle(&mut order);
        let mut worst = 0.0f64;
        for at in &order {
            let side = if classes[*at] == output { 1.0 } else { -1.0 };
            let sum: f64 = rows[*at].iter().map(|(column, value)| weights[*column as usize] * f64::from(*value)).sum();
            let slope = side * sum - 1.0 + alphas[*at] * slack(*at);
            let held = if alphas[*at] == 0.0 { slope.min(0.0) } else { slope };
            worst = worst.max(held.abs());
            if held.abs() > 1e-12 {
                let before = alphas[*at];
                alphas[*at] = (before - slope / (norm[*at] + slack(*at))).max(0.0);
                let step = (alphas[*at] - before) * side;
                for (column, value) in &rows[*at] {
                    weights[*column as usize] += step * f64::from(*value);
                }
            }
        }
        if worst < 1e-3 {
            break;
        }
    }
    weights
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn shuffle(&mut self, items: &mut [usize]) {
        for at in (1..items.len()).rev() {
            items.swap(at, (self.next() % (at as u64 + 1)) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examples() -> Vec<Example> {
        let example = |at: usize| {
            let class = at % 3;
            let mut dense = vec![0; DENSE];
            dense[class] = ONE / 2;
            Example { sparse: vec![10 + class as u32, 100 + (at % 7) as u32], dense, class, fold: at % FOLDS }
        };
        (0..60).map(example).collect()
    }

    #[test]
    fn what_tells_the_classes_apart_is_learnt() {
        let weights = train(&examples(), Options::default());
        for example in examples() {
            let found = weights.probabilities(&example.sparse, &example.dense);
            let others = (0..3).filter(|class| *class != example.class);
            assert!(others.into_iter().all(|other| found[example.class] > 4.0 * found[other]), "{found:?}");
        }
        assert!(!weights.features.is_empty());
    }

    #[test]
    fn the_same_data_give_the_same_bytes() {
        let once = train(&examples(), Options::default()).pack().unwrap();
        assert_eq!(train(&examples(), Options::default()).pack().unwrap(), once);
    }

    #[test]
    fn a_feature_seen_once_has_no_weight() {
        let mut examples = examples();
        examples[0].sparse.push(999);
        assert!(train(&examples, Options::default()).features.binary_search(&999).is_err());
    }
}
