//! The encoder's forward pass: sentences in, what it holds of each pair out. A sentence is read once for all its pairs, and what comes
//! out for a pair depends on its sentence and its spans alone, not on what else is in the batch.

use std::ops::Range;

use super::arithmetic::{exp, gelu, normalize, softmax};
use super::linear::{Lanes, Linear, Packed, Plain};
use super::model::{Layer, Model, OUTPUTS};

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
struct Work {
    packed: Packed,
    states: Vec<f32>,
    qkv: Vec<f32>,
    mixed: Vec<f32>,
    delta: Vec<f32>,
    inner: Vec<f32>,
    keys: Vec<f32>,
    scores: Vec<f32>,
}

/// The raw answers for every pair of every sequence, in order.
pub fn run(model: &Model, sequences: &[Sequence], out: &mut Vec<[f32; ANSWERS]>) {
    #[cfg(target_arch = "x86_64")]
    {
        if let Some(simd) = pulp::x86::V4::try_new() {
            return simd.vectorize(On { lanes: simd, model, sequences, out });
        }
        if let Some(simd) = pulp::x86::V3::try_new() {
            return simd.vectorize(On { lanes: simd, model, sequences, out });
        }
    }
    forward(Plain, model, sequences, out);
}

/// The forward pass, to be compiled for the instructions of `lanes`.
#[cfg(target_arch = "x86_64")]
struct On<'a, L> {
    lanes: L,
    model: &'a Model,
    sequences: &'a [Sequence],
    out: &'a mut Vec<[f32; ANSWERS]>,
}

#[cfg(target_arch = "x86_64")]
impl<L: Lanes> pulp::NullaryFnOnce for On<'_, L> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        forward(self.lanes, self.model, self.sequences, self.out);
    }
}

#[inline(always)]
fn forward<L: Lanes>(lanes: L, model: &Model, sequences: &[Sequence], out: &mut Vec<[f32; ANSWERS]>) {
    let mut work = Work::default();
    embed(model, sequences, &mut work.states);
    for layer in &model.layers {
        attend(lanes, model, layer, sequences, &mut work);
        let Work { packed, states, delta, inner, .. } = &mut work;
        packed.pack(states, model.width);
        layer.up.apply(lanes, packed, inner);
        for x in inner.iter_mut() {
            *x = gelu(*x);
        }
        packed.pack(inner, layer.up.outputs);
        layer.down.apply(lanes, packed, delta);
        add(states, delta, model.width, &layer.done.gain, &layer.done.shift);
    }
    answer(lanes, model, sequences, &mut work, out);
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
fn attend<L: Lanes>(lanes: L, model: &Model, layer: &Layer, sequences: &[Sequence], work: &mut Work) {
    let Work { packed, states, qkv, mixed, delta, keys, scores, .. } = work;
    let width = model.width;
    packed.pack(states, width);
    layer.attend.apply(lanes, packed, qkv);
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
            transpose(rows, 3 * width, width + head..width + head + each, count, keys);
            for (query, mixed) in rows.chunks_exact(3 * width).zip(mixed.chunks_exact_mut(width)) {
                look(&query[head..head + each], keys, scores, count);
                let values = rows.chunks_exact(3 * width).map(|row| &row[2 * width + head..2 * width + head + each]);
                gather(scores, values, &mut mixed[head..head + each]);
            }
        }
    }
    packed.pack(mixed, width);
    layer.merge.apply(lanes, packed, delta);
    add(states, delta, width, &layer.merged.gain, &layer.merged.shift);
}

/// Columns `range` of `rows`, one after the other.
#[inline(always)]
fn transpose(rows: &[f32], stride: usize, range: Range<usize>, count: usize, columns: &mut Vec<f32>) {
    columns.clear();
    columns.resize(range.len() * count, 0.0);
    for (index, row) in rows.chunks_exact(stride).enumerate() {
        for (column, x) in columns[index..].iter_mut().step_by(count).zip(&row[range.clone()]) {
            *column = *x;
        }
    }
}

/// How much a query looks at each key: probabilities. `keys` holds the keys' first numbers, then their second, and so on.
#[inline(always)]
fn look(query: &[f32], keys: &[f32], scores: &mut Vec<f32>, count: usize) {
    scores.clear();
    scores.resize(count, 0.0);
    for (x, column) in query.iter().zip(keys.chunks_exact(count)) {
        for (score, key) in scores.iter_mut().zip(column) {
            *score += x * key;
        }
    }
    softmax(scores);
}

/// The sum of values weighted by `shares`.
#[inline(always)]
fn gather<'a>(shares: &[f32], values: impl Iterator<Item = &'a [f32]>, sum: &mut [f32]) {
    for (share, value) in shares.iter().zip(values) {
        for (total, x) in sum.iter_mut().zip(value) {
            *total += share * x;
        }
    }
}

/// The heads: both phrases' means ask for what in the sentence joins them.
#[inline(always)]
fn answer<L: Lanes>(lanes: L, model: &Model, sequences: &[Sequence], work: &mut Work, out: &mut Vec<[f32; ANSWERS]>) {
    let Work { packed, states, qkv, mixed, delta, inner, keys, scores } = work;
    let (width, head) = (model.width, &model.head);
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
    head.query.apply(lanes, packed, delta);
    packed.pack(states, width);
    head.look.apply(lanes, packed, qkv);
    inner.clear();
    let mut first = 0;
    let mut pairs = mixed.chunks_exact(2 * width).zip(delta.chunks_exact(width));
    for sequence in sequences {
        let count = sequence.ids.len();
        let rows = &qkv[first * 2 * width..(first + count) * 2 * width];
        first += count;
        for (ends, query) in pairs.by_ref().take(sequence.pairs.len()) {
            inner.extend_from_slice(ends);
            let from = inner.len();
            inner.resize(from + width, 0.0);
            let each = width / head.heads;
            for part in (0..width).step_by(each) {
                transpose(rows, 2 * width, part..part + each, count, keys);
                look(&query[part..part + each], keys, scores, count);
                let values = rows.chunks_exact(2 * width).map(|row| &row[width + part..width + part + each]);
                gather(scores, values, &mut inner[from + part..from + part + each]);
            }
        }
    }
    let hidden = through(lanes, &head.hidden, inner, packed, delta);
    for x in hidden.iter_mut() {
        *x = gelu(*x);
    }
    packed.pack(delta, head.hidden.outputs);
    head.out.apply(lanes, packed, inner);
    out.extend(inner.as_chunks::<ANSWERS>().0);
}

#[inline(always)]
fn through<'a, L: Lanes>(
    lanes: L,
    linear: &Linear,
    rows: &[f32],
    packed: &mut Packed,
    out: &'a mut Vec<f32>,
) -> &'a mut Vec<f32> {
    packed.pack(rows, linear.inputs);
    linear.apply(lanes, packed, out);
    out
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
