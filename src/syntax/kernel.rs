//! Integer matrix products: sixteen-bit inputs and weights, thirty-two-bit sums, so that a sum is the same on every machine,
//! whatever instructions it has. AVX-512 with VNNI and AVX2 are chosen at run time.

use pulp::cast;

#[cfg(target_arch = "x86_64")]
pulp::simd_type! {
    /// AVX-512 with the instruction that multiplies and adds in one (VNNI).
    struct Vnni {
        pub avx512f: "avx512f",
        pub avx512bw: "avx512bw",
        pub avx512dq: "avx512dq",
        pub avx512vl: "avx512vl",
        pub avx512vnni: "avx512vnni",
    }
}

/// Outputs that are summed side by side.
const LANES: usize = 16;

/// Weights of sixteen outputs for a pair of inputs: output 0's two, output 1's two, and so on.
#[derive(Clone, Copy, Debug)]
#[repr(C, align(64))]
struct Pairs([i16; 2 * LANES]);

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
    /// A matrix of `outputs` rows of `inputs` weights (an even number), and a bias for each output.
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
        debug_assert!(inputs.is_multiple_of(2));
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

    /// Entries of a row of [`Arch::product`]'s output: the outputs, filled up to whole blocks.
    pub fn stride(&self) -> usize {
        self.blocks * LANES
    }

    pub fn outputs(&self) -> usize {
        self.outputs
    }
}

/// Sixteen sums, as an instruction set holds them.
trait Sums: Copy {
    type Vector: Copy;
    fn start(self, bias: &[i32; LANES]) -> Self::Vector;
    /// `sums[lane] += pair[0] * weights[lane][0] + pair[1] * weights[lane][1]`
    fn add(self, sums: Self::Vector, pair: [i16; 2], weights: &Pairs) -> Self::Vector;
    fn finish(self, sums: Self::Vector) -> [i32; LANES];
}

#[derive(Clone, Copy)]
struct Portable;

impl Sums for Portable {
    type Vector = [i32; LANES];

    #[inline(always)]
    fn start(self, bias: &[i32; LANES]) -> Self::Vector {
        *bias
    }

    #[inline(always)]
    fn add(self, mut sums: Self::Vector, pair: [i16; 2], weights: &Pairs) -> Self::Vector {
        for (sum, weights) in sums.iter_mut().zip(weights.0.as_chunks::<2>().0) {
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
impl Sums for Vnni {
    type Vector = std::arch::x86_64::__m512i;

    #[inline(always)]
    fn start(self, bias: &[i32; LANES]) -> Self::Vector {
        cast(*bias)
    }

    #[inline(always)]
    fn add(self, sums: Self::Vector, pair: [i16; 2], weights: &Pairs) -> Self::Vector {
        let pair = self.avx512f._mm512_set1_epi32(cast(pair));
        self.avx512f._mm512_add_epi32(sums, self.avx512bw._mm512_madd_epi16(pair, cast(weights.0)))
    }

    #[inline(always)]
    fn finish(self, sums: Self::Vector) -> [i32; LANES] {
        cast(sums)
    }
}

#[cfg(target_arch = "x86_64")]
impl Sums for pulp::x86::V3 {
    type Vector = [std::arch::x86_64::__m256i; 2];

    #[inline(always)]
    fn start(self, bias: &[i32; LANES]) -> Self::Vector {
        cast(*bias)
    }

    #[inline(always)]
    fn add(self, sums: Self::Vector, pair: [i16; 2], weights: &Pairs) -> Self::Vector {
        let pair = self.avx._mm256_set1_epi32(cast(pair));
        let [low, high]: [std::arch::x86_64::__m256i; 2] = cast(weights.0);
        [
            self.avx2._mm256_add_epi32(sums[0], self.avx2._mm256_madd_epi16(pair, low)),
            self.avx2._mm256_add_epi32(sums[1], self.avx2._mm256_madd_epi16(pair, high)),
        ]
    }

    #[inline(always)]
    fn finish(self, sums: Self::Vector) -> [i32; LANES] {
        cast(sums)
    }
}

/// The instructions this machine has.
#[derive(Clone, Copy)]
pub struct Arch(Kind);

#[derive(Clone, Copy)]
enum Kind {
    #[cfg(target_arch = "x86_64")]
    Vnni(Vnni),
    #[cfg(target_arch = "x86_64")]
    V3(pulp::x86::V3),
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
            all.extend(Vnni::try_new().map(Kind::Vnni));
            all.extend(pulp::x86::V3::try_new().map(Kind::V3));
        }
        all.push(Kind::Portable);
        all.into_iter().map(Self).collect()
    }

    /// For each row of `inputs` the matrix's outputs, [`Matrix::stride`] entries a row.
    pub fn product(self, matrix: &Matrix, inputs: &[i16], out: &mut Vec<i32>) {
        let rows = inputs.len() / matrix.inputs.max(1);
        // Every entry is written below.
        out.resize(rows * matrix.stride(), 0);
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Vnni(simd) => simd.vectorize(Product { sums: simd, matrix, inputs, out }),
            #[cfg(target_arch = "x86_64")]
            Kind::V3(simd) => simd.vectorize(Product { sums: simd, matrix, inputs, out }),
            Kind::Portable => tiles::<_, 2, 1>(Portable, matrix, inputs, out),
        }
    }

    /// Runs `op` compiled for this machine: for loops that the compiler turns into vector instructions by itself.
    pub fn run<R>(self, op: impl FnOnce() -> R) -> R {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Vnni(simd) => simd.vectorize(op),
            #[cfg(target_arch = "x86_64")]
            Kind::V3(simd) => pulp::Simd::vectorize(simd, op),
            Kind::Portable => op(),
        }
    }
}

struct Product<'a, S> {
    sums: S,
    matrix: &'a Matrix,
    inputs: &'a [i16],
    out: &'a mut [i32],
}

#[cfg(target_arch = "x86_64")]
impl pulp::NullaryFnOnce for Product<'_, Vnni> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        tiles::<_, 4, 4>(self.sums, self.matrix, self.inputs, self.out);
    }
}

#[cfg(target_arch = "x86_64")]
impl pulp::NullaryFnOnce for Product<'_, pulp::x86::V3> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        tiles::<_, 3, 2>(self.sums, self.matrix, self.inputs, self.out);
    }
}

/// The product in tiles of `ROWS` rows and `BLOCKS` blocks of outputs, whose sums stay in registers.
#[inline(always)]
fn tiles<S: Sums, const ROWS: usize, const BLOCKS: usize>(sums: S, matrix: &Matrix, inputs: &[i16], out: &mut [i32]) {
    let rows = inputs.len() / matrix.inputs.max(1);
    let mut row = 0;
    while row < rows {
        if row + ROWS <= rows {
            across::<S, ROWS, BLOCKS>(sums, matrix, inputs, out, row);
            row += ROWS;
        } else {
            across::<S, 1, BLOCKS>(sums, matrix, inputs, out, row);
            row += 1;
        }
    }
}

#[inline(always)]
fn across<S: Sums, const ROWS: usize, const BLOCKS: usize>(
    sums: S,
    matrix: &Matrix,
    inputs: &[i16],
    out: &mut [i32],
    row: usize,
) {
    let mut block = 0;
    while block < matrix.blocks {
        if block + BLOCKS <= matrix.blocks {
            tile::<S, ROWS, BLOCKS>(sums, matrix, inputs, out, row, block);
            block += BLOCKS;
        } else {
            tile::<S, ROWS, 1>(sums, matrix, inputs, out, row, block);
            block += 1;
        }
    }
}

// Plain counting loops: the compiler unrolls them and keeps the sums in registers.
#[inline(always)]
fn tile<S: Sums, const ROWS: usize, const BLOCKS: usize>(
    sums: S,
    matrix: &Matrix,
    inputs: &[i16],
    out: &mut [i32],
    row: usize,
    block: usize,
) {
    let steps = matrix.inputs / 2;
    let inputs: [&[[i16; 2]]; ROWS] =
        std::array::from_fn(|at| &inputs[(row + at) * matrix.inputs..][..matrix.inputs].as_chunks().0[..steps]);
    let weights: [&[Pairs]; BLOCKS] = std::array::from_fn(|at| &matrix.pairs[(block + at) * steps..][..steps]);
    let mut tile: [[S::Vector; BLOCKS]; ROWS] =
        std::array::from_fn(|_| std::array::from_fn(|at| sums.start(&matrix.bias[block + at])));
    for step in 0..steps {
        for row in 0..ROWS {
            for block in 0..BLOCKS {
                tile[row][block] = sums.add(tile[row][block], inputs[row][step], &weights[block][step]);
            }
        }
    }
    for at in 0..ROWS {
        let to = &mut out[(row + at) * matrix.stride() + block * LANES..][..BLOCKS * LANES].as_chunks_mut::<LANES>().0[..BLOCKS];
        for block in 0..BLOCKS {
            to[block] = sums.finish(tile[at][block]);
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
        for (rows, inputs, outputs) in [(1, 2, 1), (5, 64, 17), (9, 96, 128), (3, 384, 100)] {
            let weights: Vec<i16> = (0..inputs * outputs).map(|_| next()).collect();
            let bias: Vec<i32> = (0..outputs).map(|_| i32::from(next())).collect();
            let input: Vec<i16> = (0..rows * inputs).map(|_| next()).collect();
            let matrix = Matrix::new(inputs, &weights, &bias);
            for arch in Arch::all() {
                let mut out = Vec::new();
                arch.product(&matrix, &input, &mut out);
                for (row, output) in (0..rows).flat_map(|row| (0..outputs).map(move |output| (row, output))) {
                    let terms = input[row * inputs..][..inputs].iter().zip(&weights[output * inputs..][..inputs]);
                    let sum = terms.fold(bias[output], |sum, (a, b)| sum.wrapping_add(i32::from(*a).wrapping_mul(i32::from(*b))));
                    assert_eq!(out[row * matrix.stride() + output], sum);
                }
            }
        }
    }
}
