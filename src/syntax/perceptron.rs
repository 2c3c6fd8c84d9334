//! An averaged perceptron over hashed features (Collins 2002), trained in integers and kept in sixteen bits: the scores of a class
//! are a sum of table rows, so the same text gives the same scores on every machine.

/// A trained model: `2^bits` rows of `classes` weights.
pub struct Model {
    classes: usize,
    mask: u32,
    weights: Vec<i16>,
}

impl Model {
    pub fn new(classes: usize, weights: Vec<i16>) -> Option<Self> {
        let rows = weights.len().checked_div(classes)?;
        let whole = rows.is_power_of_two() && rows * classes == weights.len();
        whole.then(|| Self { classes, mask: (rows - 1) as u32, weights })
    }

    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Sums the rows of `features` into `scores`, which must have [`Model::classes`] entries.
    pub fn score(&self, features: &[u32], scores: &mut [i32]) {
        scores.fill(0);
        for feature in features {
            let at = (mix(*feature) & self.mask) as usize * self.classes;
            for (score, weight) in scores.iter_mut().zip(&self.weights[at..at + self.classes]) {
                *score += i32::from(*weight);
            }
        }
    }
}

/// A model being trained: weights, and their sums over time for the average.
pub struct Trainer {
    classes: usize,
    mask: u32,
    weights: Vec<i32>,
    sums: Vec<i64>,
    step: i64,
}

impl Trainer {
    pub fn new(classes: usize, bits: u32) -> Self {
        let size = classes << bits;
        Self { classes, mask: (1 << bits) - 1, weights: vec![0; size], sums: vec![0; size], step: 1 }
    }

    pub fn score(&self, features: &[u32], scores: &mut [i32]) {
        scores.fill(0);
        for feature in features {
            let at = (mix(*feature) & self.mask) as usize * self.classes;
            for (score, weight) in scores.iter_mut().zip(&self.weights[at..at + self.classes]) {
                *score += weight;
            }
        }
    }

    /// Moves the weights from the class that won to the one that should have.
    pub fn update(&mut self, features: &[u32], right: usize, wrong: usize) {
        for feature in features {
            let at = (mix(*feature) & self.mask) as usize * self.classes;
            for (class, change) in [(right, 1), (wrong, -1)] {
                self.weights[at + class] += change;
                self.sums[at + class] += i64::from(change) * self.step;
            }
        }
    }

    pub fn tick(&mut self) {
        self.step += 1;
    }

    /// The averaged weights in fourteen bits: a sum of them never overflows.
    pub fn finish(&self) -> Vec<i16> {
        let average = |(weight, sum): (&i32, &i64)| f64::from(*weight) - *sum as f64 / self.step as f64;
        let averages: Vec<f64> = self.weights.iter().zip(&self.sums).map(average).collect();
        let largest = averages.iter().fold(1e-9f64, |largest, a| largest.max(a.abs()));
        averages.iter().map(|a| (a * 8191.0 / largest).round().clamp(-8191.0, 8191.0) as i16).collect()
    }
}

/// Spreads a feature over the table (the finalizer of MurmurHash3).
fn mix(mut hash: u32) -> u32 {
    hash ^= hash >> 16;
    hash = hash.wrapping_mul(0x85eb_ca6b);
    hash ^= hash >> 13;
    hash = hash.wrapping_mul(0xc2b2_ae35);
    hash ^ (hash >> 16)
}

/// Hash of a piece of text (FNV-1a).
pub fn text(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// A feature from the number of its template and the parts it joins.
pub fn feature(template: u32, parts: &[u32]) -> u32 {
    parts.iter().fold(template.wrapping_mul(0x9e37_79b1), |hash, part| (hash.rotate_left(7) ^ part).wrapping_mul(0x5bd1_e995))
}
