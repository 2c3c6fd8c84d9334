//! Integer matrix products: sixteen-bit inputs and weights, thirty-two-bit sums, so that a sum is the same on every machine,
//! whatever instructions it has. AVX-512 with VNNI and AVX2 are chosen at run time.

use fearless_simd::Level;
#[cfg(target_arch = "x86_64")]
use fearless_simd::prelude::*;
#[cfg(target_arch = "x86_64")]
use fearless_simd::{Avx2, Avx512};

#[cfg(target_arch = "x86_64")]
use super::lanes::Vnni;
use super::lanes::{LANES, Pairs, Portable, Sums};

/// Pairs of inputs that are taken at a time.
const STEPS: usize = 8;
/// Inputs come in multiples of this.
pub const MULTIPLE: usize = 2 * STEPS;

/// A matrix laid out for [`Arch::product`]: blocks of sixteen outputs, in each a row for a pair of inputs.
#[derive(Default)]
pub struct Matrix {
    inputs: usize,
    outputs: usize,
    blocks: usize,
    pairs: Vec<Pairs>,
    bias: Vec<[i32; LANES]>,
}

impl Matrix {
    /// A matrix of `outputs` rows of `inputs` weights (a [`MULTIPLE`]), and a bias for each output.
    pub fn new(inputs: usize, weights: &[i16], bias: &[i32]) -> Self {
        let mut matrix = Self::default();
        matrix.fill(inputs, weights);
        for (output, bias) in bias.iter().enumerate() {
            matrix.bias[output / LANES][output % LANES] = *bias;
        }
        matrix
    }

    /// Takes other weights, without bias; what was allocated is kept.
    pub fn fill(&mut self, inputs: usize, weights: &[i16]) {
        debug_assert!(inputs.is_multiple_of(MULTIPLE));
        let outputs = weights.len() / inputs.max(1);
        let (blocks, steps) = (outputs.div_ceil(LANES), inputs / 2);
        (self.inputs, self.outputs, self.blocks) = (inputs, outputs, blocks);
        self.bias.clear();
        self.bias.resize(blocks, [0; LANES]);
        self.pairs.clear();
        self.pairs.resize(blocks * steps, Pairs([0; 2 * LANES]));
        for (output, row) in weights.chunks_exact(inputs.max(1)).enumerate() {
            let block = &mut self.pairs[output / LANES * steps..][..steps];
            let lane = output % LANES;
            for (pairs, pair) in block.iter_mut().zip(row.as_chunks::<2>().0) {
                pairs.0[2 * lane] = pair[0];
                pairs.0[2 * lane + 1] = pair[1];
            }
        }
    }

    /// The outputs, filled up to whole blocks.
    pub fn stride(&self) -> usize {
        self.blocks * LANES
    }

    pub fn outputs(&self) -> usize {
        self.outputs
    }
}

/// What is multiplied: rows of inputs that lie end to end.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    /// A row's inputs, a [`MULTIPLE`].
    pub inputs: usize,
    pub data: &'a [i16],
}

impl Rows<'_> {
    #[inline(always)]
    fn count(&self) -> usize {
        self.data.len() / self.inputs.max(1)
    }

    /// A row, and those behind it.
    #[inline(always)]
    fn row(&self, row: usize) -> &[i16] {
        &self.data[row * self.inputs..]
    }
}

/// What becomes of the sums. It is compiled for the machine's instructions with the product.
pub trait Sink {
    /// Takes the sums of the sixteen outputs of a block.
    fn take(&mut self, row: usize, block: usize, sums: [i32; LANES]);
}

/// Writes the sums down, [`Matrix::stride`] or more a row.
pub struct Table<'a> {
    pub stride: usize,
    pub out: &'a mut [i32],
}

impl Sink for Table<'_> {
    #[inline(always)]
    fn take(&mut self, row: usize, block: usize, sums: [i32; LANES]) {
        self.out[row * self.stride + block * LANES..][..LANES].copy_from_slice(&sums);
    }
}

/// The instructions this machine has.
#[derive(Clone, Copy)]
pub struct Arch(Kind);

#[derive(Clone, Copy)]
enum Kind {
    #[cfg(target_arch = "x86_64")]
    Avx512(Avx512),
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    Portable,
}

impl Arch {
    pub fn detect() -> Self {
        Self::all()[0]
    }

    /// What this machine can do, the fastest first.
    pub fn all() -> Vec<Self> {
        let mut all = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            let level = Level::new();
            all.extend(level.as_avx512().map(Kind::Avx512));
            all.extend(level.as_avx2().map(Kind::Avx2));
        }
        all.push(Kind::Portable);
        all.into_iter().map(Self).collect()
    }

    /// Gives `sink` the matrix's outputs for each of `rows`. Some may be given twice.
    pub fn product(self, matrix: &Matrix, rows: Rows<'_>, sink: impl Sink) {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512(simd) => {
                let sums = Vnni::new(simd);
                simd.vectorize(
                    #[inline(always)]
                    || tiles::<_, _, 6, 4>(sums, matrix, rows, sink),
                );
            }
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2(simd) => simd.vectorize(
                #[inline(always)]
                || tiles::<_, _, 3, 2>(simd, matrix, rows, sink),
            ),
            Kind::Portable => tiles::<_, _, 2, 1>(Portable, matrix, rows, sink),
        }
    }

    /// Runs `op` compiled for this machine: for loops that the compiler turns into vector instructions by itself.
    pub fn run<R>(self, op: impl FnOnce() -> R) -> R {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512(simd) => simd.vectorize(op),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2(simd) => simd.vectorize(op),
            Kind::Portable => op(),
        }
    }
}

/// The product in tiles of `ROWS` rows and `BLOCKS` blocks of outputs, whose sums stay in registers. The weights of a few blocks stay
/// in the nearest cache while all rows pass.
#[inline(always)]
fn tiles<S: Sums, K: Sink, const ROWS: usize, const BLOCKS: usize>(sums: S, matrix: &Matrix, rows: Rows<'_>, mut sink: K) {
    let mut block = 0;
    while block < matrix.blocks {
        let left = matrix.blocks - block;
        if left >= BLOCKS {
            down::<S, K, ROWS, BLOCKS>(sums, matrix, rows, &mut sink, block);
            block += BLOCKS;
        } else if left >= 2 {
            down::<S, K, ROWS, 2>(sums, matrix, rows, &mut sink, block);
            block += 2;
        } else {
            down::<S, K, ROWS, 1>(sums, matrix, rows, &mut sink, block);
            block += 1;
        }
    }
}

#[inline(always)]
fn down<S: Sums, K: Sink, const ROWS: usize, const BLOCKS: usize>(
    sums: S,
    matrix: &Matrix,
    rows: Rows<'_>,
    sink: &mut K,
    block: usize,
) {
    let count = rows.count();
    let mut row = 0;
    while row < count {
        if count < ROWS {
            tile::<S, K, 1, BLOCKS>(sums, matrix, rows, sink, row, block);
            row += 1;
        } else {
            // The last tile takes some rows again rather than few at a time.
            tile::<S, K, ROWS, BLOCKS>(sums, matrix, rows, sink, row.min(count - ROWS), block);
            row += ROWS;
        }
    }
}

// Plain counting loops: the compiler unrolls them and keeps the sums in registers.
#[inline(always)]
fn tile<S: Sums, K: Sink, const ROWS: usize, const BLOCKS: usize>(
    sums: S,
    matrix: &Matrix,
    rows: Rows<'_>,
    sink: &mut K,
    row: usize,
    block: usize,
) {
    let mut tile: [[S::Vector; BLOCKS]; ROWS] =
        std::array::from_fn(|_| std::array::from_fn(|at| sums.start(&matrix.bias[block + at])));
    let steps = matrix.inputs / 2;
    let length = matrix.inputs / MULTIPLE;
    let inputs: [&[[[i16; 2]; STEPS]]; ROWS] =
        std::array::from_fn(|at| &rows.row(row + at).as_chunks().0.as_chunks().0[..length]);
    let weights: [&[[Pairs; STEPS]]; BLOCKS] =
        std::array::from_fn(|at| &matrix.pairs[(block + at) * steps..].as_chunks().0[..length]);
    for some in 0..length {
        let inputs: [&[[i16; 2]; STEPS]; ROWS] = std::array::from_fn(|at| &inputs[at][some]);
        let weights: [&[Pairs; STEPS]; BLOCKS] = std::array::from_fn(|at| &weights[at][some]);
        for step in 0..STEPS {
            let weights: [S::Weights; BLOCKS] = std::array::from_fn(|block| sums.load(&weights[block][step]));
            for row in 0..ROWS {
                let pair = sums.spread(inputs[row][step]);
                for block in 0..BLOCKS {
                    tile[row][block] = sums.add(tile[row][block], pair, weights[block]);
                }
            }
        }
    }
    for (row, tile) in (row..).zip(tile) {
        for (block, vector) in (block..).zip(tile) {
            sink.take(row, block, sums.finish(vector));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_instruction_set_gives_the_same_sums() {
        let mut seed = 1u32;
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) as i16
        };
        for (rows, inputs, outputs) in [(1, 16, 1), (5, 64, 17), (9, 96, 128), (3, 384, 100), (7, 48, 64)] {
            let weights: Vec<i16> = (0..inputs * outputs).map(|_| next()).collect();
            let bias: Vec<i32> = (0..outputs).map(|_| i32::from(next())).collect();
            let input: Vec<i16> = (0..rows * inputs).map(|_| next()).collect();
            let matrix = Matrix::new(inputs, &weights, &bias);
            for arch in Arch::all() {
                let mut out = vec![0; rows * matrix.stride()];
                arch.product(&matrix, Rows { inputs, data: &input }, Table { stride: matrix.stride(), out: &mut out });
                for (row, output) in (0..rows).flat_map(|row| (0..outputs).map(move |output| (row, output))) {
                    let terms = input[row * inputs..][..inputs].iter().zip(&weights[output * inputs..][..inputs]);
                    let sum = terms.fold(bias[output], |sum, (a, b)| sum.wrapping_add(i32::from(*a).wrapping_mul(i32::from(*b))));
                    assert_eq!(out[row * matrix.stride() + output], sum);
                }
            }
        }
    }
}
