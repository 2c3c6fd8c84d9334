//! [`Sums`]: how an instruction set multiplies pairs of sixteen-bit numbers and sums the products, sixteen outputs side by side. All
//! give the same sums.

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{__m256i, __m512i, _mm256_add_epi32, _mm256_madd_epi16, _mm512_mask_dpwssd_epi32};

#[cfg(target_arch = "x86_64")]
use fearless_simd::prelude::*;
#[cfg(target_arch = "x86_64")]
use fearless_simd::{Avx2, Avx512, i16x16, i16x32, i32x8, i32x16};

/// Outputs that are summed side by side.
pub const LANES: usize = 16;

/// Weights of sixteen outputs for a pair of inputs: output 0's two, output 1's two, and so on.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
pub struct Pairs(pub [i16; 2 * LANES]);

/// Sixteen sums, or sixteen pairs of inputs or weights, as an instruction set holds them.
pub trait Sums: Copy {
    type Vector: Copy;
    type Weights: Copy;
    fn start(self, bias: &[i32; LANES]) -> Self::Vector;
    fn load(self, weights: &Pairs) -> Self::Weights;
    fn spread(self, pair: [i16; 2]) -> Self::Weights;
    /// `sums[lane] += pair[lane][0] * weights[lane][0] + pair[lane][1] * weights[lane][1]`
    fn add(self, sums: Self::Vector, pair: Self::Weights, weights: Self::Weights) -> Self::Vector;
    fn finish(self, sums: Self::Vector) -> [i32; LANES];
}

#[derive(Clone, Copy)]
pub struct Portable;

impl Sums for Portable {
    type Vector = [i32; LANES];
    type Weights = [i16; 2 * LANES];

    #[inline(always)]
    fn start(self, bias: &[i32; LANES]) -> Self::Vector {
        *bias
    }

    #[inline(always)]
    fn load(self, weights: &Pairs) -> Self::Weights {
        weights.0
    }

    #[inline(always)]
    fn spread(self, pair: [i16; 2]) -> Self::Weights {
        std::array::from_fn(|at| pair[at % 2])
    }

    #[inline(always)]
    fn add(self, mut sums: Self::Vector, pair: Self::Weights, weights: Self::Weights) -> Self::Vector {
        let pairs = pair.as_chunks::<2>().0.iter().zip(weights.as_chunks::<2>().0);
        for (sum, (pair, weights)) in sums.iter_mut().zip(pairs) {
            let [first, second] = [0, 1].map(|at| i32::from(pair[at]) * i32::from(weights[at]));
            *sum = sum.wrapping_add(first).wrapping_add(second);
        }
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
    fn add_512(_simd: Avx512, all: u16, sums: __m512i, pair: __m512i, weights: __m512i) -> __m512i {
        _mm512_mask_dpwssd_epi32(sums, all, pair, weights)
    }
}

/// AVX-512 with the instruction that multiplies and adds in one. The compiler takes that apart into two that are half as fast, unless
/// it is asked for with a mask that it cannot know to be full.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
pub struct Vnni {
    simd: Avx512,
    all: u16,
}

#[cfg(target_arch = "x86_64")]
impl Vnni {
    pub fn new(simd: Avx512) -> Self {
        Self { simd, all: std::hint::black_box(u16::MAX) }
    }
}

#[cfg(target_arch = "x86_64")]
impl Sums for Vnni {
    type Vector = __m512i;
    type Weights = __m512i;

    #[inline(always)]
    fn start(self, bias: &[i32; LANES]) -> Self::Vector {
        let bias: i32x16<_> = (*bias).simd_into(self.simd);
        bias.into()
    }

    #[inline(always)]
    fn load(self, weights: &Pairs) -> Self::Weights {
        let weights: i16x32<_> = weights.0.simd_into(self.simd);
        weights.into()
    }

    #[inline(always)]
    fn spread(self, pair: [i16; 2]) -> Self::Weights {
        i32x16::splat(self.simd, both(pair)).into()
    }

    #[inline(always)]
    fn add(self, sums: Self::Vector, pair: Self::Weights, weights: Self::Weights) -> Self::Vector {
        add_512(self.simd, self.all, sums, pair, weights)
    }

    #[inline(always)]
    fn finish(self, sums: Self::Vector) -> [i32; LANES] {
        let sums: i32x16<_> = sums.simd_into(self.simd);
        sums.into()
    }
}

#[cfg(target_arch = "x86_64")]
fearless_simd::kernel! {
    #[inline(always)]
    fn add_256(_simd: Avx2, sums: __m256i, pair: __m256i, weights: __m256i) -> __m256i {
        _mm256_add_epi32(sums, _mm256_madd_epi16(pair, weights))
    }
}

#[cfg(target_arch = "x86_64")]
impl Sums for Avx2 {
    type Vector = [__m256i; 2];
    type Weights = [__m256i; 2];

    #[inline(always)]
    fn start(self, bias: &[i32; LANES]) -> Self::Vector {
        let bias: &[[i32; 8]] = bias.as_chunks().0;
        [bias[0], bias[1]].map(|bias| i32x8::simd_from(self, bias).into())
    }

    #[inline(always)]
    fn load(self, weights: &Pairs) -> Self::Weights {
        let weights: &[[i16; 16]] = weights.0.as_chunks().0;
        [weights[0], weights[1]].map(|weights| i16x16::simd_from(self, weights).into())
    }

    #[inline(always)]
    fn spread(self, pair: [i16; 2]) -> Self::Weights {
        [i32x8::splat(self, both(pair)).into(); 2]
    }

    #[inline(always)]
    fn add(self, sums: Self::Vector, pair: Self::Weights, weights: Self::Weights) -> Self::Vector {
        [add_256(self, sums[0], pair[0], weights[0]), add_256(self, sums[1], pair[1], weights[1])]
    }

    #[inline(always)]
    fn finish(self, sums: Self::Vector) -> [i32; LANES] {
        let [low, high]: [[i32; 8]; 2] = sums.map(|sums| i32x8::simd_from(self, sums).into());
        std::array::from_fn(|lane| if lane < 8 { low[lane] } else { high[lane - 8] })
    }
}

/// Two numbers as one.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn both([low, high]: [i16; 2]) -> i32 {
    i32::from(low) & 0xffff | i32::from(high) << 16
}
