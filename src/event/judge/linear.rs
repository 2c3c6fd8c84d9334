//! [`Linear`]: matrix products in integers. Weights are eight bits with a scale for each output, activations fourteen bits with a scale
//! for each row; products are summed in 32 bits, which cannot overflow and do not depend on order, so that every machine and every
//! instruction set gives the same result.

use super::arithmetic::{magnitude, round};

/// Greatest quantized activation: 8191 · 127 · 2048 inputs stay below 2^31.
const TOP: f32 = 8191.0;
pub const LONGEST: usize = 2048;

/// Rows that are multiplied together.
pub const TILE: usize = 8;
/// Outputs that are computed together.
pub const WIDE: usize = 16;

/// Weights as 16 outputs by pairs of inputs: of the two inputs that stand together, for each output in turn.
type Block = [i16; 2 * WIDE];

/// How a tile is multiplied: by the instructions the machine has.
pub trait Lanes: Copy {
    /// `sums[row][output] = Σ cells[pair][row] · block[pair][output]`, each cell and each block entry being two 16-bit numbers.
    fn tile(self, cells: &[[i32; TILE]], blocks: &[Block], sums: &mut [[i32; WIDE]; TILE]);
}

/// Rows of activations, quantized.
#[derive(Default)]
pub struct Packed {
    rows: usize,
    pairs: usize,
    /// By tile, then by pair of inputs: both inputs of each row of the tile.
    cells: Vec<[i32; TILE]>,
    scales: Vec<f32>,
}

impl Packed {
    /// Quantizes `rows`, which lie end to end, `width` (even) numbers each.
    #[inline(always)]
    pub fn pack(&mut self, rows: &[f32], width: usize) {
        self.rows = rows.len() / width;
        self.pairs = width / 2;
        self.cells.clear();
        self.cells.resize(self.rows.div_ceil(TILE) * self.pairs, [0; TILE]);
        self.scales.clear();
        for (row, values) in rows.chunks_exact(width).enumerate() {
            let most = magnitude(values);
            let (scale, back) = if most > 0.0 { (TOP / most, most / TOP) } else { (0.0, 0.0) };
            self.scales.push(back);
            let from = row / TILE * self.pairs;
            let lane = row % TILE;
            let cells = &mut self.cells[from..from + self.pairs];
            for pair in 0..cells.len() {
                let (low, high) = (values[2 * pair], values[2 * pair + 1]);
                cells[pair][lane] = (round(low * scale) & 0xffff) | (round(high * scale) << 16);
            }
        }
    }
}

/// A matrix with a bias.
pub struct Linear {
    pub inputs: usize,
    pub outputs: usize,
    /// By 16 outputs, then by pair of inputs.
    blocks: Vec<Block>,
    scales: Vec<f32>,
    bias: Vec<f32>,
}

impl Linear {
    /// From weights in eight bits, output by output. `None` where the sizes do not fit.
    pub fn new(inputs: usize, scales: Vec<f32>, bias: Vec<f32>, weights: &[u8]) -> Option<Self> {
        let outputs = scales.len();
        let fits = inputs.is_multiple_of(2) && (1..=LONGEST).contains(&inputs) && bias.len() == outputs && outputs > 0;
        if !fits || weights.len() != inputs * outputs || weights.contains(&0x80) {
            return None;
        }
        let pairs = inputs / 2;
        let mut blocks = vec![[0; 2 * WIDE]; outputs.div_ceil(WIDE) * pairs];
        for (output, row) in weights.chunks_exact(inputs).enumerate() {
            let from = output / WIDE * pairs;
            let lane = 2 * (output % WIDE);
            for (block, pair) in blocks[from..from + pairs].iter_mut().zip(row.chunks_exact(2)) {
                block[lane] = i16::from(pair[0] as i8);
                block[lane + 1] = i16::from(pair[1] as i8);
            }
        }
        Some(Self { inputs, outputs, blocks, scales, bias })
    }

    /// Fills `out` with one row of outputs for each packed row.
    #[inline(always)]
    pub fn apply<L: Lanes>(&self, lanes: L, packed: &Packed, out: &mut Vec<f32>) {
        debug_assert_eq!(packed.pairs * 2, self.inputs);
        out.resize(packed.rows * self.outputs, 0.0);
        let mut sums = [[0; WIDE]; TILE];
        let heads = self.scales.chunks(WIDE).zip(self.bias.chunks(WIDE));
        for (index, (blocks, (scales, bias))) in self.blocks.chunks_exact(packed.pairs).zip(heads).enumerate() {
            for (tile, cells) in packed.cells.chunks_exact(packed.pairs).enumerate() {
                lanes.tile(cells, blocks, &mut sums);
                let first = tile * TILE;
                for row in first..(first + TILE).min(packed.rows) {
                    let from = row * self.outputs + index * WIDE;
                    let to = &mut out[from..from + scales.len()];
                    let (sums, row_scale, bias) = (&sums[row - first], packed.scales[row], &bias[..scales.len()]);
                    for lane in 0..to.len().min(WIDE) {
                        to[lane] = sums[lane] as f32 * (row_scale * scales[lane]) + bias[lane];
                    }
                }
            }
        }
    }
}

/// Plain Rust: for machines without the instructions below, and what they must agree with.
#[derive(Clone, Copy)]
pub struct Plain;

impl Lanes for Plain {
    #[inline(always)]
    fn tile(self, cells: &[[i32; TILE]], blocks: &[Block], sums: &mut [[i32; WIDE]; TILE]) {
        *sums = [[0; WIDE]; TILE];
        for (cells, block) in cells.iter().zip(blocks) {
            for (sums, cell) in sums.iter_mut().zip(cells) {
                let (low, high) = (i32::from(*cell as i16), *cell >> 16);
                for (sum, pair) in sums.iter_mut().zip(block.chunks_exact(2)) {
                    *sum += low * i32::from(pair[0]) + high * i32::from(pair[1]);
                }
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use pulp::x86::{V3, V4};
    use pulp::{cast, i16x16, i16x32, i32x8, i32x16};

    use super::{Block, Lanes, TILE, WIDE};

    impl Lanes for V4 {
        #[inline(always)]
        fn tile(self, cells: &[[i32; TILE]], blocks: &[Block], sums: &mut [[i32; WIDE]; TILE]) {
            let mut totals = [self.splat_i32x16(0); TILE];
            for (cells, block) in cells.iter().zip(blocks) {
                let weights: i16x32 = cast(*block);
                for row in 0..TILE {
                    let both: i16x32 = cast(self.splat_i32x16(cells[row]));
                    let sum = self.multiply_wrapping_add_adjacent_i16x32(both, weights);
                    totals[row] = self.wrapping_add_i32x16(totals[row], sum);
                }
            }
            for row in 0..TILE {
                sums[row] = cast::<i32x16, [i32; WIDE]>(totals[row]);
            }
        }
    }

    impl Lanes for V3 {
        #[inline(always)]
        fn tile(self, cells: &[[i32; TILE]], blocks: &[Block], sums: &mut [[i32; WIDE]; TILE]) {
            // Four rows at a time: sixteen registers hold no more.
            for half in 0..2 {
                let mut totals = [[self.splat_i32x8(0); 2]; TILE / 2];
                for (cells, block) in cells.iter().zip(blocks) {
                    let weights: [i16x16; 2] = cast(*block);
                    for row in 0..TILE / 2 {
                        let both: i16x16 = cast(self.splat_i32x8(cells[half * TILE / 2 + row]));
                        for side in 0..2 {
                            let sum = self.multiply_wrapping_add_adjacent_i16x16(both, weights[side]);
                            totals[row][side] = self.wrapping_add_i32x8(totals[row][side], sum);
                        }
                    }
                }
                for row in 0..TILE / 2 {
                    sums[half * TILE / 2 + row] = cast::<[i32x8; 2], [i32; WIDE]>(totals[row]);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(seed: &mut u32) -> u32 {
        *seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *seed >> 8
    }

    fn product<L: Lanes>(lanes: L) -> Vec<u32> {
        let (inputs, outputs, rows) = (LONGEST, 26, 19);
        let mut seed = 7;
        let weights: Vec<u8> = (0..inputs * outputs).map(|_| ((noise(&mut seed) % 255) as i32 - 127) as i8 as u8).collect();
        let linear = Linear::new(inputs, vec![0.01; outputs], vec![0.5; outputs], &weights).expect("sizes fit");
        let values: Vec<f32> = (0..inputs * rows).map(|_| noise(&mut seed) as f32 / 1e6 - 8.0).collect();
        let (mut packed, mut out) = (Packed::default(), Vec::new());
        packed.pack(&values, inputs);
        linear.apply(lanes, &packed, &mut out);
        assert_eq!(out.len(), rows * outputs);
        out.iter().map(|x| x.to_bits()).collect()
    }

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        let plain = product(Plain);
        #[cfg(target_arch = "x86_64")]
        {
            if let Some(simd) = pulp::x86::V3::try_new() {
                assert_eq!(product(simd), plain);
            }
            if let Some(simd) = pulp::x86::V4::try_new() {
                assert_eq!(product(simd), plain);
            }
        }
        assert!(plain.iter().any(|bits| *bits != plain[0]));
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        let weights = vec![127_u8; LONGEST];
        let linear = Linear::new(LONGEST, vec![1.0], vec![0.0], &weights).expect("sizes fit");
        let (mut packed, mut out) = (Packed::default(), Vec::new());
        packed.pack(&vec![1.0; LONGEST], LONGEST);
        linear.apply(Plain, &packed, &mut out);
        assert!((out[0] / (127.0 * LONGEST as f32) - 1.0).abs() < 1e-4, "{}", out[0]);
        assert!(Linear::new(LONGEST + 2, vec![1.0], vec![0.0], &vec![0; LONGEST + 2]).is_none(), "more inputs could overflow");
    }
}
