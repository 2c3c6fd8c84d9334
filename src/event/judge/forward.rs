//! The encoder's forward pass: sentences in, what it holds of each pair out. A sentence is read once for all its pairs, and what comes
//! out for a pair depends on its sentence and its spans alone, not on what else is in the batch.

use std::ops::Range;

use super::arithmetic::{LANES, exp, gelu, normalize, softmax};
use super::linear::Packed;
use super::model::{Asking, Head, Layer, Model, OUTPUTS};
use crate::syntax::kernel::Arch;

/// Numbers that come out for one pair: acts, ties, statuses.
pub const ANSWERS: usize = OUTPUTS[0] + OUTPUTS[1] + OUTPUTS[2];

/// Queries that look at the same keys at once.
const AT_ONCE: usize = 4;

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
    scores: Vec<[f32; LANES]>,
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
            let view = View { keys, values: Columns { rows, stride: 3 * width, from: 2 * width + head }, each };
            look(
                &view,
                Columns { rows, stride: 3 * width, from: head },
                scores,
                Columns { rows: &mut *mixed, stride: width, from: head },
            );
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

/// Rows of a table, of which some columns are meant, from `from` on.
struct Columns<T> {
    rows: T,
    stride: usize,
    from: usize,
}

/// What one head may look at: keys as [`transpose`] lays them, and as many values, `each` numbers wide.
struct View<'a> {
    keys: &'a [[f32; LANES]],
    values: Columns<&'a [f32]>,
    each: usize,
}

/// Fills `seen` with what each of `queries` sees of a view.
#[inline(always)]
fn look(view: &View<'_>, queries: Columns<&[f32]>, scores: &mut Vec<[f32; LANES]>, seen: Columns<&mut [f32]>) {
    let each = view.each;
    let mut from = queries.rows.chunks_exact(queries.stride).map(|row| &row[queries.from..][..each]);
    let mut to = seen.rows.chunks_exact_mut(seen.stride).map(|row| &mut row[seen.from..][..each]);
    while from.len() >= AT_ONCE {
        let (from, to) = ([(); AT_ONCE].map(|()| from.next()), [(); AT_ONCE].map(|()| to.next()));
        see(view, from.map(Option::unwrap_or_default), scores, to.map(Option::unwrap_or_default));
    }
    for (from, to) in from.zip(to) {
        see(view, [from], scores, [to]);
    }
}

/// What some queries see: the sum of the values, weighted by how much each looks at them. Queries share what is loaded, and their sums do
/// not wait for each other; each number is added up in the same order, however many there are.
#[inline(always)]
fn see<const N: usize>(view: &View<'_>, queries: [&[f32]; N], scores: &mut Vec<[f32; LANES]>, seen: [&mut [f32]; N]) {
    let View { keys, values, each } = view;
    let (count, blocks) = (values.rows.len() / values.stride, keys.len() / each);
    scores.resize(N * blocks, [0.0; LANES]);
    for (index, block) in keys.chunks_exact(*each).enumerate() {
        let mut sums = [[0.0; LANES]; N];
        for (at, column) in block.iter().enumerate() {
            for query in 0..N {
                sums[query] = plus(sums[query], queries[query][at], column);
            }
        }
        for query in 0..N {
            scores[query * blocks + index] = sums[query];
        }
    }
    for shares in scores.chunks_exact_mut(blocks) {
        softmax(shares, count);
    }
    let shares: [&[f32]; N] = std::array::from_fn(|query| scores[query * blocks..][..blocks].as_flattened());
    let mut seen = seen.map(|seen| seen.as_chunks_mut::<LANES>().0);
    for at in 0..each / LANES {
        let mut totals = [[0.0; LANES]; N];
        for (index, row) in values.rows.chunks_exact(values.stride).enumerate() {
            let Some(values) = row[values.from + at * LANES..].first_chunk::<LANES>() else { continue };
            for query in 0..N {
                totals[query] = plus(totals[query], shares[query][index], values);
            }
        }
        for (seen, total) in seen.iter_mut().zip(totals) {
            seen[at] = total;
        }
    }
}

/// `sums` and `x` times a row. By value: sums that loops change in place are kept in memory.
#[inline(always)]
fn plus(mut sums: [f32; LANES], x: f32, row: &[f32; LANES]) -> [f32; LANES] {
    for lane in 0..LANES {
        sums[lane] += x * row[lane];
    }
    sums
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
            let view = View { keys, values: Columns { rows, stride: 2 * width, from: width + part }, each };
            let seen = Columns { rows: &mut *seen, stride: 3 * width, from: 2 * width + part };
            look(&view, Columns { rows: queries, stride: width, from: part }, scores, seen);
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
