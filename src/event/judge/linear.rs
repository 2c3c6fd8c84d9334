//! [`Linear`]: matrix products in integers. Weights are eight bits with a scale for each output, activations eight bits with a scale
//! for each row; products are summed in 32 bits, which cannot overflow and do not depend on order, so that every machine and every
//! instruction set gives the same result.

use super::arithmetic::{magnitude, round};
use crate::syntax::kernel::{Arch, Matrix, Rows, Sink};
use crate::syntax::lanes::{Fours, LANES};

/// Greatest magnitude of a quantized activation.
const TOP: f32 = 127.0;
/// What is added to an activation, that it need no sign.
const MIDDLE: i32 = 128;
/// 255 · 127 · 2048 inputs stay far below 2^31.
pub const LONGEST: usize = 2048;
/// Inputs of a row are filled up to a multiple of this.
const MULTIPLE: usize = Matrix::<Fours>::MULTIPLE;

/// Rows of activations, quantized.
#[derive(Default)]
pub struct Packed {
    width: usize,
    numbers: Vec<u8>,
    scales: Vec<f32>,
}

impl Packed {
    /// Quantizes `rows`, which lie end to end, `width` numbers each.
    #[inline(always)]
    pub fn pack(&mut self, rows: &[f32], width: usize) {
        self.width = width.next_multiple_of(MULTIPLE);
        // What fills a row up meets weights of zero.
        self.numbers.resize(rows.len() / width * self.width, 0);
        self.scales.clear();
        for (values, numbers) in rows.chunks_exact(width).zip(self.numbers.chunks_exact_mut(self.width)) {
            let most = magnitude(values);
            let (scale, back) = if most > 0.0 { (TOP / most, most / TOP) } else { (0.0, 0.0) };
            self.scales.push(back);
            for (number, value) in numbers.iter_mut().zip(values) {
                *number = (round(*value * scale) + MIDDLE) as u8;
            }
        }
    }
}

/// A matrix with a bias.
pub struct Linear {
    pub inputs: usize,
    pub outputs: usize,
    /// Its own bias takes away what [`MIDDLE`] adds.
    matrix: Matrix<Fours>,
    /// Filled up to whole blocks, as is the bias.
    scales: Vec<f32>,
    bias: Vec<f32>,
}

impl Linear {
    /// From weights in eight bits, output by output. `None` where the sizes do not fit.
    pub fn new(inputs: usize, mut scales: Vec<f32>, mut bias: Vec<f32>, weights: &[u8]) -> Option<Self> {
        let outputs = scales.len();
        let fits = (1..=LONGEST).contains(&inputs) && bias.len() == outputs && outputs > 0;
        if !fits || weights.len() != inputs * outputs || weights.contains(&0x80) {
            return None;
        }
        let width = inputs.next_multiple_of(MULTIPLE);
        let mut padded = vec![0; width * outputs];
        let mut middle = Vec::with_capacity(outputs);
        for (row, to) in weights.chunks_exact(inputs).zip(padded.chunks_exact_mut(width)) {
            for (to, weight) in to.iter_mut().zip(row) {
                *to = weight.cast_signed();
            }
            middle.push(-MIDDLE * to.iter().map(|weight| i32::from(*weight)).sum::<i32>());
        }
        let matrix = Matrix::new(width, &padded, &middle);
        scales.resize(matrix.stride(), 0.0);
        bias.resize(matrix.stride(), 0.0);
        Some(Self { inputs, outputs, matrix, scales, bias })
    }

    /// Fills `out` with one row of outputs for each packed row, each passed through `then`.
    #[inline(always)]
    pub fn apply(&self, arch: Arch, packed: &Packed, out: &mut Vec<f32>, then: impl Fn(f32) -> f32) {
        debug_assert_eq!(packed.width, self.inputs.next_multiple_of(MULTIPLE));
        out.resize(packed.scales.len() * self.outputs, 0.0);
        let rows = Rows::of(packed.width / 4, packed.numbers.as_chunks().0);
        arch.product(&self.matrix, rows, Real { linear: self, scales: &packed.scales, out, then });
    }
}

/// Turns sums into real numbers.
struct Real<'a, F> {
    linear: &'a Linear,
    scales: &'a [f32],
    out: &'a mut [f32],
    then: F,
}

impl<F: Fn(f32) -> f32> Sink for Real<'_, F> {
    #[inline(always)]
    fn take(&mut self, row: usize, block: usize, sums: [i32; LANES]) {
        let from = block * LANES;
        let (Some(scales), Some(bias)) = (self.linear.scales[from..].first_chunk(), self.linear.bias[from..].first_chunk())
        else {
            return;
        };
        let (scales, bias): (&[f32; LANES], &[f32; LANES]) = (scales, bias);
        let scale = self.scales[row];
        let mut real = [0.0; LANES];
        for lane in 0..LANES {
            real[lane] = (self.then)(sums[lane] as f32 * (scale * scales[lane]) + bias[lane]);
        }
        let out = &mut self.out[row * self.linear.outputs + from..(row + 1) * self.linear.outputs];
        match out.first_chunk_mut() {
            Some(out) => *out = real,
            None => out.copy_from_slice(&real[..out.len()]),
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

    fn product(arch: Arch) -> Vec<u32> {
        let (inputs, outputs, rows) = (LONGEST - 5, 26, 19);
        let mut seed = 7;
        let weights: Vec<u8> = (0..inputs * outputs).map(|_| ((noise(&mut seed) % 255) as i32 - 127) as i8 as u8).collect();
        let linear = Linear::new(inputs, vec![0.01; outputs], vec![0.5; outputs], &weights).expect("sizes fit");
        let values: Vec<f32> = (0..inputs * rows).map(|_| noise(&mut seed) as f32 / 1e6 - 8.0).collect();
        let (mut packed, mut out) = (Packed::default(), Vec::new());
        arch.run(
            #[inline(always)]
            || packed.pack(&values, inputs),
        );
        linear.apply(arch, &packed, &mut out, |x| x);
        assert_eq!(out.len(), rows * outputs);
        // Near what real numbers give.
        let exact: f32 = (0..inputs).map(|at| values[at] * f32::from(weights[at].cast_signed()) * 0.01).sum::<f32>() + 0.5;
        assert!((out[0] - exact).abs() < 20.0, "{} {exact}", out[0]);
        out.iter().map(|x| x.to_bits()).collect()
    }

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        let all: Vec<Vec<u32>> = Arch::all().into_iter().map(product).collect();
        assert!(all.iter().all(|bits| *bits == all[0]));
        assert!(all[0].iter().any(|bits| *bits != all[0][0]));
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        let weights = vec![127_u8; LONGEST];
        let linear = Linear::new(LONGEST, vec![1.0], vec![0.0], &weights).expect("sizes fit");
        let (mut packed, mut out) = (Packed::default(), Vec::new());
        packed.pack(&vec![1.0; LONGEST], LONGEST);
        linear.apply(Arch::detect(), &packed, &mut out, |x| x);
        assert!((out[0] / (127.0 * LONGEST as f32) - 1.0).abs() < 1e-4, "{}", out[0]);
        assert!(Linear::new(LONGEST + 2, vec![1.0], vec![0.0], &vec![0; LONGEST + 2]).is_none(), "more inputs could overflow");
    }
}
