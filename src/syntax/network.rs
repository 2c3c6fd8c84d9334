//! The network that tags and parses: rows of tables summed for each word, convolutions over its neighbours, and for each word one
//! vector of answers (tags, what it asks of a governor, what it answers as one, what a distance is worth to it). First-order arc
//! scores after Dozat & Manning (2017), with distances and what stands between as features of their own. All arithmetic is in integers: activations have
//! eight bits after the point, weights ten.

use super::analyzer::ModelError;
use super::kernel::{Arch, Matrix};
use super::tree::{CHUNK, REACH, Scores};
use super::vocabulary::Vocabulary;
use super::word::{Looks, TABLES};

/// Bits after the point.
const ACTIVATION: u32 = 8;
const WEIGHT: u32 = 10;
/// Tables of rows are in eight bits, with six after the point.
const EMBEDDING: u32 = 6;
/// Questions and answers of arcs have seven, so that their product cannot overflow.
const ARC: u32 = 7;

/// From these distances to the governor on, each way, a bucket begins.
const EDGES: [usize; 13] = [1, 2, 3, 4, 5, 6, 7, 8, 10, 13, 17, 23, 32];
const BUCKETS: usize = 2 * EDGES.len();

/// Limits of what stands between a child and its governor, and of what a child pays for it: their products cannot overflow. The
/// training program keeps them too.
const HIGHEST: i32 = 127 << ACTIVATION;
const DEAREST: i32 = 4070;

pub struct Network {
    arch: Arch,
    /// Buckets of distances up to the last edge.
    buckets: Vec<u8>,
    vocabulary: Vocabulary,
    embed: usize,
    words: Vec<i8>,
    tables: Vec<Vec<i8>>,
    layers: Vec<Layer>,
    width: usize,
    answers: Matrix,
    places: Places,
    rel_root: Vec<i32>,
    relations: Matrix,
}

/// A convolution over a word and the first `side` activations of those `step` before and after it.
struct Layer {
    step: usize,
    side: usize,
    matrix: Matrix,
}

/// Where each kind of answer starts in the vector of answers.
struct Places {
    tags: usize,
    arc: usize,
    rel: usize,
    child: usize,
    head: usize,
    root: usize,
    child_distance: usize,
    head_distance: usize,
    barriers: usize,
    barrier: usize,
    cost: usize,
    rel_child: usize,
    rel_head: usize,
}

/// What the network computes for a sentence, and room to compute it in.
#[derive(Default)]
pub struct Activations {
    state: Vec<i16>,
    wide: Vec<i16>,
    sums: Vec<i32>,
    answers: Vec<i32>,
    children: Vec<i16>,
    heads: Vec<i16>,
    chunk: Matrix,
    /// For each kind of barrier, the sum up to and with each word.
    barriers: Vec<Vec<i32>>,
    pub scores: Scores,
}

#[inline(always)]
fn round(sum: i32, bits: u32) -> i32 {
    sum.wrapping_add(1 << (bits - 1)) >> bits
}

impl Network {
    /// Reads what `config/models/training/syntax/export.py` writes; numbers are little-endian.
    pub fn read(bytes: &[u8]) -> Result<Self, ModelError> {
        let mut reader = Reader(bytes);
        let mut size = || reader.u32();
        let (words, embed, width, side, layers) = (size()?, size()?, size()?, size()?, size()?);
        let (arc, rel, tags, relations, barriers) = (size()?, size()?, size()?, size()?, size()?);
        let sizes = [embed, width, side, arc, rel];
        if words == 0
            || sizes.iter().any(|size| *size == 0 || !size.is_multiple_of(2) || *size > 4096)
            || [tags, relations].iter().any(|classes| *classes == 0 || *classes > 1 << CLASS_BITS)
            || layers == 0
            || side > width
            || barriers > 64
        {
            return Err(ModelError::Damaged("the network's sizes make no sense"));
        }
        let steps = (0..layers).map(|_| reader.u32()).collect::<Result<Vec<_>, _>>()?;
        let hashes = (1..words).map(|_| reader.u32().map(|hash| hash as u32)).collect::<Result<Vec<_>, _>>()?;
        let table = |reader: &mut Reader, rows: usize| Ok(reader.take(rows * embed)?.iter().map(|b| b.cast_signed()).collect());
        let word_table: Vec<i8> = table(&mut reader, words)?;
        let tables = TABLES.iter().map(|rows| table(&mut reader, *rows)).collect::<Result<Vec<Vec<i8>>, ModelError>>()?;
        let mut inputs = embed;
        let mut convolutions = Vec::new();
        for (number, step) in steps.into_iter().enumerate() {
            let side = if number == 0 { embed } else { side };
            convolutions.push(Layer { step, side, matrix: reader.matrix(inputs + 2 * side, width)? });
            inputs = width;
        }
        let mut next = 0;
        let mut place = |size: usize| {
            next += size;
            next - size
        };
        place(tags);
        let places = Places {
            tags,
            arc,
            rel,
            child: place(arc),
            head: place(arc),
            root: place(1),
            child_distance: place(BUCKETS),
            head_distance: place(BUCKETS),
            barriers,
            barrier: place(barriers),
            cost: place(2 * barriers),
            rel_child: place(rel),
            rel_head: place(rel),
        };
        let answers = reader.matrix(width, next)?;
        let rel_root = (0..rel).map(|_| reader.u32().map(|n| (n as u32).cast_signed())).collect::<Result<_, _>>()?;
        let relations = reader.matrix(rel, relations)?;
        if !reader.0.is_empty() {
            return Err(ModelError::Damaged("the network is longer than its sizes say"));
        }
        let bucket = |distance: usize| EDGES.iter().filter(|edge| distance >= **edge).count().saturating_sub(1) as u8;
        Ok(Self {
            arch: Arch::detect(),
            buckets: (0..=EDGES[EDGES.len() - 1]).map(bucket).collect(),
            vocabulary: Vocabulary::new(&hashes),
            embed,
            words: word_table,
            tables,
            layers: convolutions,
            width,
            answers,
            places,
            rel_root,
            relations,
        })
    }

    pub fn tags(&self) -> usize {
        self.places.tags
    }

    pub fn relations(&self) -> usize {
        self.relations.outputs()
    }

    /// Computes the answers and the scores of arcs of a sentence.
    pub fn run(&self, words: &[Looks], room: &mut Activations) {
        self.embed(words, room);
        let mut inputs = self.embed;
        for (number, layer) in self.layers.iter().enumerate() {
            widen(&room.state, inputs, layer, &mut room.wide);
            self.arch.product(&layer.matrix, &room.wide, &mut room.sums);
            let (sums, state) = (&room.sums, &mut room.state);
            if number == 0 {
                state.clear();
                state.resize(words.len() * self.width, 0);
            }
            self.arch.run(
                #[inline(always)]
                || {
                    for (sums, states) in sums.chunks_exact(layer.matrix.stride()).zip(state.chunks_exact_mut(self.width)) {
                        for (sum, state) in sums.iter().zip(states) {
                            let grown = i32::from(*state) + round((*sum).max(0), WEIGHT);
                            *state = grown.min(i32::from(i16::MAX)) as i16;
                        }
                    }
                },
            );
            inputs = self.width;
        }
        self.arch.product(&self.answers, &room.state, &mut room.answers);
        self.score_arcs(words.len(), room);
    }

    fn embed(&self, words: &[Looks], room: &mut Activations) {
        room.state.clear();
        room.state.resize(words.len() * self.embed, 0);
        for (looks, state) in words.iter().zip(room.state.chunks_exact_mut(self.embed)) {
            let word = &self.words[self.vocabulary.row(looks.word) * self.embed..][..self.embed];
            let mut rows = [word; 6];
            for ((row, table), at) in rows[1..].iter_mut().zip(&self.tables).zip(looks.rows) {
                *row = &table[usize::from(at) * self.embed..][..self.embed];
            }
            self.arch.run(
                #[inline(always)]
                || {
                    for row in rows {
                        for (state, part) in state.iter_mut().zip(row) {
                            *state += i16::from(*part) << (ACTIVATION - EMBEDDING);
                        }
                    }
                },
            );
        }
    }

    fn score_arcs(&self, count: usize, room: &mut Activations) {
        let places = &self.places;
        let stride = self.answers.stride();
        room.children.resize(count * places.arc, 0);
        room.heads.resize(count * places.arc, 0);
        let (answers, children, heads) = (&room.answers, &mut room.children, &mut room.heads);
        self.arch.run(
            #[inline(always)]
            || {
                for (from, all) in [(places.child, children), (places.head, heads)] {
                    for (answers, all) in answers.chunks_exact(stride).zip(all.chunks_exact_mut(places.arc)) {
                        for (sum, small) in answers[from..].iter().zip(all) {
                            *small = round(*sum, ACTIVATION + WEIGHT - ARC).clamp(-4096, 4095) as i16;
                        }
                    }
                }
            },
        );
        room.barriers.resize_with(places.barriers, Vec::new);
        for (kind, sums) in room.barriers.iter_mut().enumerate() {
            let heights = room.answers.chunks_exact(stride).map(|answers| round(answers[places.barrier + kind].max(0), WEIGHT));
            sums.clear();
            sums.extend(heights.scan(0i32, |sum, height| {
                *sum = sum.saturating_add(height);
                Some(*sum)
            }));
        }
        room.scores.root.clear();
        room.scores.root.extend(room.answers.chunks_exact(stride).map(|answers| answers[places.root] >> 1));
        let scores = &mut room.scores;
        scores.stride = count.min(CHUNK + 2 * REACH);
        scores.arcs.clear();
        scores.arcs.resize(count * scores.stride, i32::MIN);
        for start in (0..count).step_by(CHUNK) {
            let end = (start + CHUNK).min(count);
            let (first, last) = (Scores::first(start), Scores::end(start, count));
            room.chunk.fill(places.arc, &room.heads[first * places.arc..last * places.arc]);
            self.arch.product(&room.chunk, &room.children[start * places.arc..end * places.arc], &mut room.sums);
            for child in start..end {
                let products = &room.sums[(child - start) * room.chunk.stride()..][..last - first];
                let row = &mut scores.arcs[child * scores.stride..][..last - first];
                let by_child = &room.answers[child * stride + places.child_distance..][..BUCKETS];
                let by_head = room.answers[first * stride + places.head_distance..].chunks(stride);
                for ((head, (score, product)), by_head) in (first..).zip(row.iter_mut().zip(products)).zip(by_head) {
                    let bucket = self.bucket(child, head);
                    *score = product.wrapping_add((by_child[bucket].wrapping_add(by_head[bucket])) >> 1);
                }
                for (kind, sums) in room.barriers.iter().enumerate() {
                    let cost = |side: usize| {
                        let cost = room.answers[child * stride + places.cost + side * places.barriers + kind];
                        round(cost, WEIGHT).clamp(-DEAREST, DEAREST) << 1
                    };
                    let (to_left, to_right) = (cost(0), cost(1));
                    self.arch.run(
                        #[inline(always)]
                        || {
                            // Sums up to a word, without it.
                            let before = |at: usize| if at == 0 { 0 } else { sums[at - 1] };
                            let (left, right) = row.split_at_mut(child - first);
                            for (score, head) in left.iter_mut().zip(&sums[first..child]) {
                                let between = (before(child) - head).clamp(0, HIGHEST);
                                *score = score.wrapping_add(to_left * between);
                            }
                            for (score, head) in right[1..].iter_mut().zip(&sums[child..]) {
                                let between = (head - sums[child]).clamp(0, HIGHEST);
                                *score = score.wrapping_add(to_right * between);
                            }
                        },
                    );
                }
            }
        }
    }

    fn bucket(&self, child: usize, head: usize) -> usize {
        let distance = child.abs_diff(head).min(EDGES[EDGES.len() - 1]);
        usize::from(self.buckets[distance]) + if head > child { EDGES.len() } else { 0 }
    }

    /// The best tag of each word.
    pub fn tag(&self, room: &Activations, classes: &mut Vec<u16>) {
        classes.clear();
        self.arch.run(
            #[inline(always)]
            || {
                for answers in room.answers.chunks_exact(self.answers.stride()) {
                    classes.push(best(&answers[..self.places.tags]) as u16);
                }
            },
        );
    }

    /// The best relation of each word to its governor in `heads`, the number of words being the root.
    pub fn label(&self, heads: &[u32], room: &mut Activations, labels: &mut Vec<u8>) {
        let (stride, places) = (self.answers.stride(), &self.places);
        room.wide.resize(heads.len() * places.rel, 0);
        let (wide, answers) = (&mut room.wide, &room.answers);
        self.arch.run(
            #[inline(always)]
            || {
                for ((child, head), wide) in heads.iter().enumerate().zip(wide.chunks_exact_mut(places.rel)) {
                    let asks = &answers[child * stride + places.rel_child..][..places.rel];
                    let answers = match answers.get(*head as usize * stride + places.rel_head..) {
                        Some(answers) => &answers[..places.rel],
                        None => &self.rel_root,
                    };
                    for (wide, (asks, answers)) in wide.iter_mut().zip(asks.iter().zip(answers)) {
                        *wide = round(asks.wrapping_add(*answers).max(0), WEIGHT).min(i32::from(i16::MAX)) as i16;
                    }
                }
            },
        );
        self.arch.product(&self.relations, &room.wide, &mut room.sums);
        labels.clear();
        let sums = &room.sums;
        self.arch.run(
            #[inline(always)]
            || {
                for scores in sums.chunks_exact(self.relations.stride()) {
                    labels.push(best(&scores[..self.relations.outputs()]) as u8);
                }
            },
        );
    }
}

/// Lays what a layer reads for each word end to end; nothing stands beyond the sentence's ends.
fn widen(state: &[i16], size: usize, layer: &Layer, wide: &mut Vec<i16>) {
    wide.clear();
    let put = |at: Option<usize>, wide: &mut Vec<i16>| match at.and_then(|at| state.get(at * size..at * size + layer.side)) {
        Some(state) => wide.extend_from_slice(state),
        None => wide.resize(wide.len() + layer.side, 0),
    };
    for (at, own) in state.chunks_exact(size).enumerate() {
        put(at.checked_sub(layer.step), wide);
        wide.extend_from_slice(own);
        put(Some(at + layer.step), wide);
    }
}

/// The class that scores highest. The class stands in the low bits in place of the last few after the point, so that one maximum,
/// which the compiler turns into vector instructions, finds both; of equals the first wins.
#[inline(always)]
fn best(scores: &[i32]) -> usize {
    const LAST: i32 = (1 << CLASS_BITS) - 1;
    let marked = scores.iter().zip((0..=LAST).rev()).map(|(score, class)| (score & !LAST) | class);
    (LAST - (marked.fold(i32::MIN, i32::max) & LAST)) as usize
}

/// No network tells more classes apart than fit these bits.
const CLASS_BITS: u32 = 8;

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], ModelError> {
        let (bytes, rest) = self.0.split_at_checked(count).ok_or(ModelError::Damaged("the network is cut short"))?;
        self.0 = rest;
        Ok(bytes)
    }

    fn u32(&mut self) -> Result<usize, ModelError> {
        let bytes = self.take(4)?.first_chunk().copied().unwrap_or_default();
        Ok(u32::from_le_bytes(bytes) as usize)
    }

    fn matrix(&mut self, inputs: usize, outputs: usize) -> Result<Matrix, ModelError> {
        let weights: Vec<i16> = self.take(2 * inputs * outputs)?.as_chunks().0.iter().map(|b| i16::from_le_bytes(*b)).collect();
        let bias: Vec<i32> = self.take(4 * outputs)?.as_chunks().0.iter().map(|b| i32::from_le_bytes(*b)).collect();
        Ok(Matrix::new(inputs, &weights, &bias))
    }
}
