//! Integer matrix products: inputs and weights of sixteen or eight bits, thirty-two-bit sums, so that a sum is the same on every
//! machine, whatever instructions it has. AVX-512 with VNNI and AVX2 are chosen at run time.

use fearless_simd::Level;
#[cfg(target_arch = "x86_64")]
use fearless_simd::prelude::*;
#[cfg(target_arch = "x86_64")]
use fearless_simd::{Avx2, Avx512};

use super::lanes::{Block, LANES, Portable, Sums};

/// Cells of inputs that are taken at a time.
const STEPS: usize = 8;

/// A matrix laid out for [`Arch::product`]: blocks of sixteen outputs, in each the weights for a cell of inputs after those for
/// another.
pub struct Matrix<B> {
    /// Cells of a row of inputs.
    cells: usize,
    outputs: usize,
    blocks: usize,
    weights: Vec<B>,
    bias: Vec<[i32; LANES]>,
}

impl<B> Default for Matrix<B> {
    fn default() -> Self {
        Self { cells: 0, outputs: 0, blocks: 0, weights: Vec::new(), bias: Vec::new() }
    }
}

impl<B: Block> Matrix<B> {
    /// Inputs come in multiples of this.
    pub const MULTIPLE: usize = STEPS * B::INPUTS;

    /// A matrix of `outputs` rows of `inputs` weights (a [`Matrix::MULTIPLE`]), and a bias for each output.
    pub fn new(inputs: usize, weights: &[B::Number], bias: &[i32]) -> Self {
        let mut matrix = Self::default();
        matrix.fill(inputs, weights);
        for (output, bias) in bias.iter().enumerate() {
            matrix.bias[output / LANES][output % LANES] = *bias;
        }
        matrix
    }

    /// Takes other weights, without bias; what was allocated is kept.
    pub fn fill(&mut self, inputs: usize, weights: &[B::Number]) {
        debug_assert!(inputs.is_multiple_of(Self::MULTIPLE));
        let outputs = weights.len() / inputs.max(1);
        let (blocks, cells) = (outputs.div_ceil(LANES), inputs / B::INPUTS);
        (self.cells, self.outputs, self.blocks) = (cells, outputs, blocks);
        self.bias.clear();
        self.bias.resize(blocks, [0; LANES]);
        self.weights.clear();
        self.weights.resize(blocks * cells, B::ZERO);
        for (output, row) in weights.chunks_exact(inputs.max(1)).enumerate() {
            let blocks = &mut self.weights[output / LANES * cells..][..cells];
            for (block, few) in blocks.iter_mut().zip(row.chunks_exact(B::INPUTS)) {
                block.put(output % LANES, few);
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

/// What is multiplied: rows of cells of inputs that lie end to end.
#[derive(Clone, Copy)]
pub struct Rows<'a, C> {
    cells: usize,
    data: &'a [C],
}

impl<'a> Rows<'a, [i16; 2]> {
    /// Rows of `inputs` numbers, a [`Matrix::MULTIPLE`].
    pub fn new(inputs: usize, data: &'a [i16]) -> Self {
        Self::of(inputs / 2, data.as_chunks().0)
    }
}

impl<'a, C> Rows<'a, C> {
    pub fn of(cells: usize, data: &'a [C]) -> Self {
        Self { cells, data }
    }

    #[inline(always)]
    fn count(&self) -> usize {
        self.data.len() / self.cells.max(1)
    }

    /// A row, and those behind it.
    #[inline(always)]
    fn row(&self, row: usize) -> &[C] {
        &self.data[row * self.cells..]
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
    pub fn product<B: Block>(self, matrix: &Matrix<B>, rows: Rows<'_, B::Cell>, sink: impl Sink) {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512(simd) => {
                let sums = B::on_avx512(simd);
                simd.vectorize(
                    #[inline(always)]
                    || tiles::<_, _, _, 6, 4>(sums, matrix, rows, sink),
                );
            }
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2(simd) => simd.vectorize(
                #[inline(always)]
                || tiles::<_, _, _, 3, 2>(B::on_avx2(simd), matrix, rows, sink),
            ),
            Kind::Portable => tiles::<_, _, _, 2, 1>(Portable, matrix, rows, sink),
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
fn tiles<B: Block, S: Sums<B>, K: Sink, const ROWS: usize, const BLOCKS: usize>(
    sums: S,
    matrix: &Matrix<B>,
    rows: Rows<'_, B::Cell>,
    mut sink: K,
) {
    let mut block = 0;
    while block < matrix.blocks {
        let left = matrix.blocks - block;
        if left >= BLOCKS {
            down::<B, S, K, ROWS, BLOCKS>(sums, matrix, rows, &mut sink, block);
            block += BLOCKS;
        } else if left >= 2 {
            down::<B, S, K, ROWS, 2>(sums, matrix, rows, &mut sink, block);
            block += 2;
        } else {
            down::<B, S, K, ROWS, 1>(sums, matrix, rows, &mut sink, block);
            block += 1;
        }
    }
}

#[inline(always)]
fn down<B: Block, S: Sums<B>, K: Sink, const ROWS: usize, const BLOCKS: usize>(
    sums: S,
    matrix: &Matrix<B>,
    rows: Rows<'_, B::Cell>,
    sink: &mut K,
    block: usize,
) {
    let count = rows.count();
    let mut row = 0;
    while row < count {
        if count < ROWS {
            tile::<B, S, K, 1, BLOCKS>(sums, matrix, rows, sink, row, block);
            row += 1;
        } else {
            // The last tile takes some rows again rather than few at a time.
            tile::<B, S, K, ROWS, BLOCKS>(sums, matrix, rows, sink, row.min(count - ROWS), block);
            row += ROWS;
        }
    }
}

// Plain counting loops, without closures that the compiler might not inline: it unrolls them and keeps the sums in registers.
#[inline(always)]
fn tile<B: Block, S: Sums<B>, K: Sink, const ROWS: usize, const BLOCKS: usize>(
    sums: S,
    matrix: &Matrix<B>,
    rows: Rows<'_, B::Cell>,
    sink: &mut K,
    row: usize,
    block: usize,
) {
    let (cells, length) = (matrix.cells, matrix.cells / STEPS);
    let mut tile = [[sums.start(&matrix.bias[block]); BLOCKS]; ROWS];
    let mut inputs: [&[[B::Cell; STEPS]]; ROWS] = [&[]; ROWS];
    let mut weights: [&[[B; STEPS]]; BLOCKS] = [&[]; BLOCKS];
    for at in 0..BLOCKS {
        let start = sums.start(&matrix.bias[block + at]);
        for tile in &mut tile {
            tile[at] = start;
        }
        weights[at] = &matrix.weights[(block + at) * cells..].as_chunks().0[..length];
    }
    for (at, inputs) in inputs.iter_mut().enumerate() {
        *inputs = &rows.row(row + at).as_chunks().0[..length];
    }
    for some in 0..length {
        for step in 0..STEPS {
            let mut few = [sums.load(&weights[0][some][step]); BLOCKS];
            for block in 1..BLOCKS {
                few[block] = sums.load(&weights[block][some][step]);
            }
            for row in 0..ROWS {
                let cell = sums.spread(inputs[row][some][step]);
                for block in 0..BLOCKS {
                    tile[row][block] = sums.add(tile[row][block], cell, few[block]);
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
    use super::super::lanes::{Fours, Pairs};
    use super::*;

    const SIZES: [(usize, usize, usize); 5] = [(1, 32, 1), (5, 64, 17), (9, 96, 128), (3, 384, 100), (7, 32, 64)];

    fn check<B: Block>(matrix: &Matrix<B>, rows: Rows<'_, B::Cell>, want: impl Fn(usize, usize) -> i32) {
        for arch in Arch::all() {
            let mut out = vec![0; rows.count() * matrix.stride()];
            arch.product(matrix, rows, Table { stride: matrix.stride(), out: &mut out });
            for (row, output) in (0..rows.count()).flat_map(|row| (0..matrix.outputs()).map(move |output| (row, output))) {
                assert_eq!(out[row * matrix.stride() + output], want(row, output));
            }
        }
    }

    fn sum(bias: i32, inputs: impl Iterator<Item = i32>, weights: impl Iterator<Item = i32>) -> i32 {
        inputs.zip(weights).fold(bias, |sum, (a, b)| sum.wrapping_add(a.wrapping_mul(b)))
    }

    #[test]
    fn every_instruction_set_gives_the_same_sums() {
        let mut seed = 1u32;
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) as i16
        };
        for (rows, inputs, outputs) in SIZES {
            let bias: Vec<i32> = (0..outputs).map(|_| i32::from(next())).collect();
            let weights: Vec<i16> = (0..inputs * outputs).map(|_| next()).collect();
            let input: Vec<i16> = (0..rows * inputs).map(|_| next()).collect();
            check(&Matrix::<Pairs>::new(inputs, &weights, &bias), Rows::new(inputs, &input), |row, output| {
                let (input, weights) = (input[row * inputs..][..inputs].iter(), weights[output * inputs..].iter());
                sum(bias[output], input.map(|n| i32::from(*n)), weights.map(|n| i32::from(*n)))
            });
            // The greatest numbers are among them, lest an instruction that cuts sums short goes unseen.
            let extreme = |n: i16, most: i16| if n % 3 == 0 { most } else { n };
            let weights: Vec<i8> = weights.iter().map(|n| extreme(*n % 128, 127) as i8).collect();
            let input: Vec<u8> = input.iter().map(|n| extreme(*n & 0xff, 255) as u8).collect();
            let rows = Rows::of(inputs / 4, input.as_chunks().0);
            check(&Matrix::<Fours>::new(inputs, &weights, &bias), rows, |row, output| {
                let (input, weights) = (input[row * inputs..][..inputs].iter(), weights[output * inputs..].iter());
                sum(bias[output], input.map(|n| i32::from(*n)), weights.map(|n| i32::from(*n)))
            });
        }
    }
}
