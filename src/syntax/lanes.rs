//! [`Sums`]: how an instruction set multiplies numbers and sums the products, sixteen outputs side by side: pairs of sixteen-bit
//! numbers, or fours of eight-bit ones. All give the same sums.

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{
    __m256i, __m512i, _mm256_add_epi32, _mm256_madd_epi16, _mm256_slli_epi16, _mm256_srai_epi16, _mm512_dpbusd_epi32,
    _mm512_mask_dpwssd_epi32,
};

#[cfg(target_arch = "x86_64")]
use fearless_simd::prelude::*;
#[cfg(target_arch = "x86_64")]
use fearless_simd::{Avx2, Avx512, i8x32, i8x64, i16x16, i16x32, i32x8, i32x16};

/// Outputs that are summed side by side.
pub const LANES: usize = 16;

/// Weights of sixteen outputs for a few inputs.
pub trait Block: Copy + Sized {
    /// Of one weight.
    type Number: Copy;
    /// The few inputs.
    type Cell: Copy;
    const INPUTS: usize;
    const ZERO: Self;
    /// Sets the weights of an output.
    fn put(&mut self, lane: usize, weights: &[Self::Number]);
    #[cfg(target_arch = "x86_64")]
    fn on_avx512(simd: Avx512) -> impl Sums<Self>;
    #[cfg(target_arch = "x86_64")]
    fn on_avx2(simd: Avx2) -> impl Sums<Self>;
    /// Adds to each lane's sum the products of the inputs and the lane's weights, on any machine.
    fn add_products(&self, cell: Self::Cell, sums: &mut [i32; LANES]);
}

/// Sixteen-bit weights for two sixteen-bit inputs: output 0's two, output 1's two, and so on.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct Pairs([i16; 2 * LANES]);

/// Eight-bit weights for four inputs of eight bits without a sign.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct Fours([i8; 4 * LANES]);

impl Block for Pairs {
    type Number = i16;
    type Cell = [i16; 2];
    const INPUTS: usize = 2;
    const ZERO: Self = Self([0; 2 * LANES]);

    fn put(&mut self, lane: usize, weights: &[i16]) {
        self.0[2 * lane..2 * lane + 2].copy_from_slice(weights);
    }

    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn on_avx512(simd: Avx512) -> impl Sums<Self> {
        Masked { simd, all: std::hint::black_box(u16::MAX) }
    }

    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn on_avx2(simd: Avx2) -> impl Sums<Self> {
        simd
    }

    #[inline(always)]
    fn add_products(&self, cell: [i16; 2], sums: &mut [i32; LANES]) {
        for (sum, weights) in sums.iter_mut().zip(self.0.as_chunks::<2>().0) {
            *sum = sum
                .wrapping_add(i32::from(cell[0]) * i32::from(weights[0]))
                .wrapping_add(i32::from(cell[1]) * i32::from(weights[1]));
        }
    }
}

impl Block for Fours {
    type Number = i8;
    type Cell = [u8; 4];
    const INPUTS: usize = 4;
    const ZERO: Self = Self([0; 4 * LANES]);

    fn put(&mut self, lane: usize, weights: &[i8]) {
        self.0[4 * lane..4 * lane + 4].copy_from_slice(weights);
    }

    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn on_avx512(simd: Avx512) -> impl Sums<Self> {
        simd
    }

    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    fn on_avx2(simd: Avx2) -> impl Sums<Self> {
        simd
    }

    #[inline(always)]
    fn add_products(&self, cell: [u8; 4], sums: &mut [i32; LANES]) {
        for (sum, weights) in sums.iter_mut().zip(self.0.as_chunks::<4>().0) {
            let products: i32 = cell.iter().zip(weights).map(|(input, weight)| i32::from(*input) * i32::from(*weight)).sum();
            *sum = sum.wrapping_add(products);
        }
    }
}

/// Sixteen sums, and sixteen times a few inputs or weights, as an instruction set holds them.
pub trait Sums<B: Block>: Copy {
    type Vector: Copy;
    type Weights: Copy;
    type Cell: Copy;
    fn start(self, bias: &[i32; LANES]) -> Self::Vector;
    fn load(self, weights: &B) -> Self::Weights;
    fn spread(self, cell: B::Cell) -> Self::Cell;
    /// Adds to each lane's sum the products of the inputs and the lane's weights.
    fn add(self, sums: Self::Vector, cell: Self::Cell, weights: Self::Weights) -> Self::Vector;
    fn finish(self, sums: Self::Vector) -> [i32; LANES];
}

/// Any machine.
#[derive(Clone, Copy)]
pub struct Portable;

impl<B: Block> Sums<B> for Portable {
    type Vector = [i32; LANES];
    type Weights = B;
    type Cell = B::Cell;

    #[inline(always)]
    fn start(self, bias: &[i32; LANES]) -> Self::Vector {
        *bias
    }

    #[inline(always)]
    fn load(self, weights: &B) -> Self::Weights {
        *weights
    }

    #[inline(always)]
    fn spread(self, cell: B::Cell) -> Self::Cell {
        cell
    }

    #[inline(always)]
    fn add(self, mut sums: Self::Vector, cell: Self::Cell, weights: Self::Weights) -> Self::Vector {
        weights.add_products(cell, &mut sums);
        sums
    }

    #[inline(always)]
    fn finish(self, sums: Self::Vector) -> [i32; LANES] {
        sums
    }
}

#[cfg(target_arch = "x86_64")]
fearless_simd::kernel! {
    #[inline(always)]
    fn add_pairs_512(_simd: Avx512, all: u16, sums: __m512i, pair: __m512i, weights: __m512i) -> __m512i {
        _mm512_mask_dpwssd_epi32(sums, all, pair, weights)
    }
}

#[cfg(target_arch = "x86_64")]
fearless_simd::kernel! {
    #[inline(always)]
    fn add_fours_512(_simd: Avx512, sums: __m512i, four: __m512i, weights: __m512i) -> __m512i {
        _mm512_dpbusd_epi32(sums, four, weights)
    }
}

/// AVX-512 with the instruction that multiplies pairs and adds in one (VNNI). The compiler takes that apart into two that are half as
/// fast, unless it is asked for with a mask that it cannot know to be full.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
struct Masked {
    simd: Avx512,
    all: u16,
}

#[cfg(target_arch = "x86_64")]
impl Sums<Pairs> for Masked {
    type Vector = __m512i;
    type Weights = __m512i;
    type Cell = __m512i;

    #[inline(always)]
    fn start(self, bias: &[i32; LANES]) -> Self::Vector {
        i32x16::simd_from(self.simd, *bias).into()
    }

    #[inline(always)]
    fn load(self, weights: &Pairs) -> Self::Weights {
        i16x32::simd_from(self.simd, weights.0).into()
    }

    #[inline(always)]
    fn spread(self, cell: [i16; 2]) -> Self::Cell {
        i32x16::splat(self.simd, both(cell)).into()
    }

    #[inline(always)]
    fn add(self, sums: Self::Vector, cell: Self::Cell, weights: Self::Weights) -> Self::Vector {
        add_pairs_512(self.simd, self.all, sums, cell, weights)
    }

    #[inline(always)]
    fn finish(self, sums: Self::Vector) -> [i32; LANES] {
        i32x16::simd_from(self.simd, sums).into()
    }
}

#[cfg(target_arch = "x86_64")]
impl Sums<Fours> for Avx512 {
    type Vector = __m512i;
    type Weights = __m512i;
    type Cell = __m512i;

    #[inline(always)]
    fn start(self, bias: &[i32; LANES]) -> Self::Vector {
        i32x16::simd_from(self, *bias).into()
    }

    #[inline(always)]
    fn load(self, weights: &Fours) -> Self::Weights {
        i8x64::simd_from(self, weights.0).into()
    }

    #[inline(always)]
    fn spread(self, cell: [u8; 4]) -> Self::Cell {
        i32x16::splat(self, i32::from_le_bytes(cell)).into()
    }

    #[inline(always)]
    fn add(self, sums: Self::Vector, cell: Self::Cell, weights: Self::Weights) -> Self::Vector {
        add_fours_512(self, sums, cell, weights)
    }

    #[inline(always)]
    fn finish(self, sums: Self::Vector) -> [i32; LANES] {
        i32x16::simd_from(self, sums).into()
    }
}

#[cfg(target_arch = "x86_64")]
fearless_simd::kernel! {
    #[inline(always)]
    fn add_pairs_256(_simd: Avx2, sums: __m256i, pair: __m256i, weights: __m256i) -> __m256i {
        _mm256_add_epi32(sums, _mm256_madd_epi16(pair, weights))
    }
}

#[cfg(target_arch = "x86_64")]
impl Sums<Pairs> for Avx2 {
    type Vector = [__m256i; 2];
    type Weights = [__m256i; 2];
    type Cell = __m256i;

    #[inline(always)]
    fn start(self, bias: &[i32; LANES]) -> Self::Vector {
        let halves: &[[i32; 8]] = bias.as_chunks().0;
        [i32x8::simd_from(self, halves[0]).into(), i32x8::simd_from(self, halves[1]).into()]
    }

    #[inline(always)]
    fn load(self, weights: &Pairs) -> Self::Weights {
        let halves: &[[i16; 16]] = weights.0.as_chunks().0;
        [i16x16::simd_from(self, halves[0]).into(), i16x16::simd_from(self, halves[1]).into()]
    }

    #[inline(always)]
    fn spread(self, cell: [i16; 2]) -> Self::Cell {
        i32x8::splat(self, both(cell)).into()
    }

    #[inline(always)]
    fn add(self, sums: Self::Vector, cell: Self::Cell, weights: Self::Weights) -> Self::Vector {
        [add_pairs_256(self, sums[0], cell, weights[0]), add_pairs_256(self, sums[1], cell, weights[1])]
    }

    #[inline(always)]
    fn finish(self, sums: Self::Vector) -> [i32; LANES] {
        let mut all = [0; LANES];
        let (low, high) = all.split_at_mut(LANES / 2);
        low.copy_from_slice(&<[i32; 8]>::from(i32x8::simd_from(self, sums[0])));
        high.copy_from_slice(&<[i32; 8]>::from(i32x8::simd_from(self, sums[1])));
        all
    }
}

#[cfg(target_arch = "x86_64")]
fearless_simd::kernel! {
    #[inline(always)]
    fn add_fours_256(_simd: Avx2, sums: __m256i, even: __m256i, odd: __m256i, weights: __m256i) -> __m256i {
        // Eight bits become sixteen: nothing then overflows.
        let even_weights = _mm256_srai_epi16::<8>(_mm256_slli_epi16::<8>(weights));
        let odd_weights = _mm256_srai_epi16::<8>(weights);
        let sums = _mm256_add_epi32(sums, _mm256_madd_epi16(even, even_weights));
        _mm256_add_epi32(sums, _mm256_madd_epi16(odd, odd_weights))
    }
}

#[cfg(target_arch = "x86_64")]
impl Sums<Fours> for Avx2 {
    type Vector = [__m256i; 2];
    type Weights = [__m256i; 2];
    /// The first and third inputs; the second and fourth.
    type Cell = [__m256i; 2];

    #[inline(always)]
    fn start(self, bias: &[i32; LANES]) -> Self::Vector {
        Sums::<Pairs>::start(self, bias)
    }

    #[inline(always)]
    fn load(self, weights: &Fours) -> Self::Weights {
        let halves: &[[i8; 32]] = weights.0.as_chunks().0;
        [i8x32::simd_from(self, halves[0]).into(), i8x32::simd_from(self, halves[1]).into()]
    }

    #[inline(always)]
    fn spread(self, [a, b, c, d]: [u8; 4]) -> Self::Cell {
        [i32x8::splat(self, both([a.into(), c.into()])).into(), i32x8::splat(self, both([b.into(), d.into()])).into()]
    }

    #[inline(always)]
    fn add(self, sums: Self::Vector, [even, odd]: Self::Cell, weights: Self::Weights) -> Self::Vector {
        [add_fours_256(self, sums[0], even, odd, weights[0]), add_fours_256(self, sums[1], even, odd, weights[1])]
    }

    #[inline(always)]
    fn finish(self, sums: Self::Vector) -> [i32; LANES] {
        Sums::<Pairs>::finish(self, sums)
    }
}

/// Two numbers as one.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn both([low, high]: [i16; 2]) -> i32 {
    i32::from(low) & 0xffff | i32::from(high) << 16
}
