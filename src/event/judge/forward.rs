//! The encoder's forward pass: sentences in, what it holds of each pair out. A sentence is read once for all its pairs, and what comes
//! out for a pair depends on its sentence and its spans alone, not on what else is in the batch.

use std::ops::Range;

use super::arithmetic::{LANES, exp, gelu, normalize, softmax};
use super::linear::Packed;
use super::model::{Asking, Head, Layer, Model, OUTPUTS};
use crate::syntax::kernel::Arch;

/// Numbers that come out for one pair: acts, ties, statuses.
pub const ANSWERS: usize = OUTPUTS[0] + OUTPUTS[1] + OUTPUTS[2];

/// A sentence as word pieces, with its start and end.
#[derive(Clone, Debug, Default)]
pub struct Sequence {
    pub ids: Vec<u32>,
    pub pairs: Vec<Ends>,
}

/// Where the two phrases of a pair stand, in pieces. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ends {
    pub source: Range<usize>,
    pub target: Range<usize>,
}

/// Buffers.
#[derive(Default)]
pub struct Work {
    packed: Packed,
    states: Vec<f32>,
    qkv: Vec<f32>,
    mixed: Vec<f32>,
    delta: Vec<f32>,
    inner: Vec<f32>,
    keys: Vec<[f32; LANES]>,
    scores: Vec<f32>,
}

/// The raw answers for every pair of every sequence, in order.
pub fn run(model: &Model, asking: Asking, sequences: &[Sequence], work: &mut Work, out: &mut Vec<[f32; ANSWERS]>) {
    let arch = Arch::detect();
    arch.run(
        #[inline(always)]
        || forward(arch, model, asking, sequences, work, out),
    );
}

#[inline(always)]
fn forward(arch: Arch, model: &Model, asking: Asking, sequences: &[Sequence], work: &mut Work, out: &mut Vec<[f32; ANSWERS]>) {
    embed(model, sequences, &mut work.states);
    for layer in model.layers(asking) {
        attend(arch, model, layer, sequences, work);
        let Work { packed, states, delta, inner, .. } = &mut *work;
        packed.pack(states, model.width);
        layer.up.apply(arch, packed, inner, gelu);
        packed.pack(inner, layer.up.outputs);
        layer.down.apply(arch, packed, delta, same);
        add(states, delta, model.width, &layer.done.gain, &layer.done.shift);
    }
    answer(arch, model.width, &model.way(asking).head, sequences, work, out);
}

/// The sum of word, position and type, normalized.
#[inline(always)]
fn embed(model: &Model, sequences: &[Sequence], states: &mut Vec<f32>) {
    states.clear();
    for sequence in sequences {
        for (id, position) in sequence.ids.iter().zip(model.positions.chunks_exact(model.width)) {
            let from = states.len();
            states.extend_from_slice(position);
            let row = &mut states[from..];
            model.embed(*id, row);
            normalize(row, &model.embedded.gain, &model.embedded.shift);
        }
    }
}

/// Adds `delta` to the states and normalizes each row.
#[inline(always)]
fn add(states: &mut [f32], delta: &[f32], width: usize, gain: &[f32], shift: &[f32]) {
    for (row, delta) in states.chunks_exact_mut(width).zip(delta.chunks_exact(width)) {
        for (x, y) in row.iter_mut().zip(delta) {
            *x += y;
        }
        normalize(row, gain, shift);
    }
}

/// Every piece looks at every other of its sentence.
#[inline(always)]
fn attend(arch: Arch, model: &Model, layer: &Layer, sequences: &[Sequence], work: &mut Work) {
    let Work { packed, states, qkv, mixed, delta, keys, scores, .. } = work;
    let width = model.width;
    packed.pack(states, width);
    layer.attend.apply(arch, packed, qkv, same);
    mixed.clear();
    mixed.resize(states.len(), 0.0);
    let mut first = 0;
    for sequence in sequences {
        let count = sequence.ids.len();
        let rows = &qkv[first * 3 * width..(first + count) * 3 * width];
        let mixed = &mut mixed[first * width..(first + count) * width];
        first += count;
        let each = width / model.heads;
        for head in (0..width).step_by(each) {
            transpose(rows, 3 * width, width + head..width + head + each, keys);
            for (query, mixed) in rows.chunks_exact(3 * width).zip(mixed.chunks_exact_mut(width)) {
                look(&query[head..head + each], keys, scores, count);
                gather(scores, rows, 3 * width, 2 * width + head, &mut mixed[head..head + each]);
            }
        }
    }
    packed.pack(mixed, width);
    layer.merge.apply(arch, packed, delta, same);
    add(states, delta, width, &layer.merged.gain, &layer.merged.shift);
}

/// Columns `range` of `rows` by sixteen rows: the first number of each of the sixteen, their second, and so on. Zeros fill the last up.
#[inline(always)]
fn transpose(rows: &[f32], stride: usize, range: Range<usize>, keys: &mut Vec<[f32; LANES]>) {
    let count = rows.len() / stride;
    keys.clear();
    keys.resize(range.len() * count.div_ceil(LANES), [0.0; LANES]);
    for (index, row) in rows.chunks_exact(stride).enumerate() {
        let block = &mut keys[index / LANES * range.len()..][..range.len()];
        for (column, x) in block.iter_mut().zip(&row[range.clone()]) {
            column[index % LANES] = *x;
        }
    }
}

/// How much a query looks at each of `count` keys, as [`transpose`] lays them: probabilities.
#[inline(always)]
fn look(query: &[f32], keys: &[[f32; LANES]], scores: &mut Vec<f32>, count: usize) {
    scores.clear();
    for block in keys.chunks_exact(query.len()) {
        let mut sums = [0.0; LANES];
        for (x, column) in query.iter().zip(block) {
            for lane in 0..LANES {
                sums[lane] += x * column[lane];
            }
        }
        scores.extend_from_slice(&sums);
    }
    scores.truncate(count);
    softmax(scores);
}

/// The sum of values weighted by `shares`: columns from `from` on of `rows`, as many as `sum` has.
#[inline(always)]
fn gather(shares: &[f32], rows: &[f32], stride: usize, from: usize, sum: &mut [f32]) {
    let (blocks, rest) = sum.as_chunks_mut::<LANES>();
    for (at, sum) in blocks.iter_mut().enumerate() {
        let mut total = [0.0; LANES];
        for (share, row) in shares.iter().zip(rows.chunks_exact(stride)) {
            let Some(values) = row[from + at * LANES..].first_chunk::<LANES>() else { continue };
            for lane in 0..LANES {
                total[lane] += share * values[lane];
            }
        }
        *sum = total;
    }
    let from = from + blocks.len() * LANES;
    for (at, sum) in rest.iter_mut().enumerate() {
        *sum = shares.iter().zip(rows.chunks_exact(stride)).fold(0.0, |sum, (share, row)| sum + share * row[from + at]);
    }
}

/// The heads: both phrases' means ask for what in the sentence joins them.
#[inline(always)]
fn answer(arch: Arch, width: usize, head: &Head, sequences: &[Sequence], work: &mut Work, out: &mut Vec<[f32; ANSWERS]>) {
    let Work { packed, states, qkv, mixed, delta, inner, keys, scores } = work;
    let mut first = 0;
    mixed.clear();
    for sequence in sequences {
        let rows = &states[first * width..(first + sequence.ids.len()) * width];
        first += sequence.ids.len();
        for pair in &sequence.pairs {
            for range in [&pair.source, &pair.target] {
                let from = mixed.len();
                mixed.resize(from + width, 0.0);
                let share = 1.0 / range.len().max(1) as f32;
                for row in rows.chunks_exact(width).take(range.end).skip(range.start) {
                    for (total, x) in mixed[from..].iter_mut().zip(row) {
                        *total += share * x;
                    }
                }
            }
        }
    }
    if mixed.is_empty() {
        return;
    }
    packed.pack(mixed, 2 * width);
    head.query.apply(arch, packed, delta, same);
    packed.pack(states, width);
    head.look.apply(arch, packed, qkv, same);
    inner.clear();
    for ends in mixed.chunks_exact(2 * width) {
        inner.extend_from_slice(ends);
        inner.resize(inner.len() + width, 0.0);
    }
    let (mut first, mut before) = (0, 0);
    let each = width / head.heads;
    for sequence in sequences {
        let (count, pairs) = (sequence.ids.len(), sequence.pairs.len());
        let rows = &qkv[first * 2 * width..(first + count) * 2 * width];
        let queries = &delta[before * width..(before + pairs) * width];
        let seen = &mut inner[before * 3 * width..(before + pairs) * 3 * width];
        (first, before) = (first + count, before + pairs);
        for part in (0..width).step_by(each) {
            transpose(rows, 2 * width, part..part + each, keys);
            for (query, seen) in queries.chunks_exact(width).zip(seen.chunks_exact_mut(3 * width)) {
                look(&query[part..part + each], keys, scores, count);
                gather(scores, rows, 2 * width, width + part, &mut seen[2 * width + part..2 * width + part + each]);
            }
        }
    }
    packed.pack(inner, head.hidden.inputs);
    head.hidden.apply(arch, packed, delta, gelu);
    packed.pack(delta, head.hidden.outputs);
    head.out.apply(arch, packed, inner, same);
    out.extend(inner.as_chunks::<ANSWERS>().0);
}

#[inline(always)]
fn same(x: f32) -> f32 {
    x
}

/// Probabilities from scores times `sharpness`.
pub fn probabilities<const N: usize>(scores: &[f32], sharpness: f32) -> [f32; N] {
    let mut out = [0.0; N];
    let most = scores.iter().take(N).fold(f32::MIN, |most, x| if *x > most { *x } else { most });
    let mut total = 0.0;
    for (p, x) in out.iter_mut().zip(scores) {
        *p = exp((x - most) * sharpness);
        total += *p;
    }
    out.map(|p| p / total)
}
