//! The real-valued steps of the encoder, written so that every machine gives the same bits: only additions, multiplications,
//! divisions and square roots, which IEEE 754 rounds one way, in an order that the source fixes. Rust neither reorders nor contracts
//! them, and nothing from the platform's mathematics library is called.

/// Adding and taking away this rounds to the nearest integer (ties to even), for numbers below 2^22.
const ROUND: f32 = 12_582_912.0;

/// Lanes of a sum: partial sums are kept by position modulo this and added in a fixed order, which compilers can vectorize.
pub const LANES: usize = 16;

/// The nearest integer of a number whose magnitude is below 2^22.
#[inline(always)]
pub fn round(x: f32) -> i32 {
    (x + ROUND).to_bits() as i32 - ROUND.to_bits() as i32
}

/// The exponential, to a relative error of about 1e-7, for any finite number; beyond ±87 as at ±87.
/// The polynomial is that of Cephes' `expf`.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    let x = x.clamp(-87.0, 87.0);
    let steps = (x * std::f32::consts::LOG2_E + ROUND) - ROUND;
    let r = x - steps * 0.693_359_4 + steps * 2.121_944_4e-4;
    let mut y = 1.987_569_1e-4;
    for c in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        y = y * r + c;
    }
    let y = y * r * r + r + 1.0;
    y * f32::from_bits(((round(steps) + 127) << 23) as u32)
}

/// Beyond this, Φ is as good as 0 or 1.
const EDGE: f32 = 4.25;

/// x · Φ(x), to an absolute error below 1e-4: a hundredth of what is lost where activations are put into eight bits. Φ(x) − ½ is an odd
/// polynomial up to [`EDGE`], where it is ½; of all such it is the one whose greatest error, times x, is least (by linear programming).
#[inline(always)]
pub fn gelu(x: f32) -> f32 {
    let z = x.clamp(-EDGE, EDGE);
    let square = z * z;
    let mut sum = -8.460_286e-10;
    for c in [7.570_742_4e-8, -2.938_775_5e-6, 6.552_668e-5, -9.404_440_5e-4, 9.257_807e-3, -6.545_346e-2, 3.984_2e-1] {
        sum = sum * square + c;
    }
    x * (0.5 + z * sum)
}

/// The sum of `f` over a slice, in a fixed order.
#[inline(always)]
fn sum(row: &[f32], f: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0.0_f32; LANES];
    let (chunks, rest) = row.as_chunks::<LANES>();
    for chunk in chunks {
        for lane in 0..LANES {
            lanes[lane] += f(chunk[lane]);
        }
    }
    for (lane, x) in lanes.iter_mut().zip(rest) {
        *lane += f(*x);
    }
    lanes.iter().fold(0.0, |total, lane| total + lane)
}

/// The greatest magnitude in a slice.
#[inline(always)]
pub fn magnitude(row: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; LANES];
    let (chunks, rest) = row.as_chunks::<LANES>();
    for chunk in chunks {
        for lane in 0..LANES {
            let x = chunk[lane].abs();
            lanes[lane] = if x > lanes[lane] { x } else { lanes[lane] };
        }
    }
    lanes.iter().chain(rest).fold(0.0, |most, x| if x.abs() > most { x.abs() } else { most })
}

/// Shifts and scales a row to mean 0 and variance 1, then by the learned `gain` and `shift`.
#[inline(always)]
pub fn normalize(row: &mut [f32], gain: &[f32], shift: &[f32]) {
    let count = row.len() as f32;
    let mean = sum(row, |x| x) / count;
    let variance = sum(row, |x| (x - mean) * (x - mean)) / count;
    let scale = 1.0 / (variance + 1e-12).sqrt();
    for ((x, gain), shift) in row.iter_mut().zip(gain).zip(shift) {
        *x = (*x - mean) * scale * gain + shift;
    }
}

/// Turns the first `count` scores into probabilities that sum to one, those after them into zeros.
#[inline(always)]
pub fn softmax(blocks: &mut [[f32; LANES]], count: usize) {
    let all = blocks.as_flattened_mut();
    if let Some(rest) = all.get_mut(count..) {
        rest.fill(f32::MIN);
    }
    let mut greatest = [f32::MIN; LANES];
    for block in blocks.iter() {
        for lane in 0..LANES {
            greatest[lane] = if block[lane] > greatest[lane] { block[lane] } else { greatest[lane] };
        }
    }
    let most = greatest.iter().fold(f32::MIN, |most, x| if *x > most { *x } else { most });
    for block in blocks.iter_mut() {
        for x in block {
            *x = exp(*x - most);
        }
    }
    let all = blocks.as_flattened_mut();
    if let Some(rest) = all.get_mut(count..) {
        rest.fill(0.0);
    }
    let scale = 1.0 / sum(all, |x| x);
    for x in all {
        *x *= scale;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponential_and_gelu_are_near_those_of_the_mathematics_library() {
        for step in -8000..=8000 {
            let x = step as f32 / 100.0;
            let want = f64::from(x).exp();
            assert!((f64::from(exp(x)) / want - 1.0).abs() < 1e-6, "{x}");
        }
        // Φ at a few points, from tables.
        let known =
            [(-3.0, 0.001_349_9), (-1.0, 0.158_655_3), (0.0, 0.5), (0.5, 0.691_462_5), (2.0, 0.977_249_9), (3.9, 0.999_951_9)];
        for (x, phi) in known.into_iter().chain([(-20.0, 0.0), (20.0, 1.0)]) {
            assert!((gelu(x) - x * phi).abs() < 1e-4, "{x}: {}", gelu(x));
        }
        assert_eq!([round(2.5), round(3.5), round(-2.4), round(-2.6)], [2, 4, -2, -3]);
    }

    #[test]
    fn the_bits_are_those_that_were_written_down() {
        // On every machine: these were computed on x86-64 and must come out the same elsewhere.
        let bits: Vec<u32> = [-10.0, -1.25, -0.1, 0.3, 1.7].iter().map(|x| exp(*x).to_bits() ^ gelu(*x).to_bits()).collect();
        assert_eq!(bits, BITS);
    }

    const BITS: [u32; 5] = [266_496_974, 2_157_287_186, 2_187_010_694, 26_280_036, 2_137_050_502];
}
