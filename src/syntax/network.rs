//! The network that tags and parses: rows of tables summed for each word, convolutions over its neighbours, and for each word one
//! vector of answers (tags, what it asks of a governor, what it answers as one, what a distance is worth to it). Several sentences go
//! through together. All arithmetic is in integers: activations have eight bits after the point, weights ten.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use super::analyzer::ModelError;
use super::arcs::{Arcs, BUCKETS, Distances};
use super::kernel::{self, Arch, Rows, Sink, Table};
use super::lanes::{LANES, Pairs};
use super::memo::Memo;
use super::tree::Scores;
use super::vocabulary::Vocabulary;
use super::weights::Reader;
use super::word::{Looks, TABLES};

type Matrix = kernel::Matrix<Pairs>;

/// Bits after the point.
pub const ACTIVATION: u32 = 8;
const WEIGHT: u32 = 10;
/// Tables of rows are in eight bits, with six after the point.
const EMBEDDING: u32 = 6;
/// Questions and answers of arcs have seven, so that their product cannot overflow.
const ARC: u32 = 7;

pub struct Network {
    arch: Arch,
    /// A number that no other network of this process has.
    number: u64,
    distances: Distances,
    vocabulary: Vocabulary,
    embed: usize,
    words: Vec<i8>,
    tables: Vec<Vec<i8>>,
    /// The first convolution, for what each word adds to the one after it, to itself and to the one before it.
    first: Matrix,
    first_step: usize,
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

/// What the network computes for some sentences, and room to compute it in.
#[derive(Default)]
pub struct Activations {
    memo: Memo,
    /// Where each word's sentence starts and ends.
    sentences: Vec<Range<usize>>,
    rows: Vec<i16>,
    /// A row of zeros, then one a word.
    state: Vec<i16>,
    next: Vec<i16>,
    answers: Vec<i32>,
    sums: Vec<i32>,
    arcs: Arcs,
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
            || sizes.iter().any(|size| *size == 0 || !size.is_multiple_of(Matrix::MULTIPLE) || *size > 4096)
            || [tags, relations].iter().any(|classes| *classes == 0 || *classes > 1 << CLASS_BITS)
            || layers == 0
            || side > width
            || barriers > 64
        {
            return Err(ModelError::Damaged("the network's sizes make no sense"));
        }
        let steps: Vec<usize> = (0..layers).map(|_| reader.u32()).collect::<Result<_, _>>()?;
        let hashes = (1..words).map(|_| reader.u32().map(|hash| hash as u32)).collect::<Result<Vec<_>, _>>()?;
        let table = |reader: &mut Reader, rows: usize| Ok(reader.take(rows * embed)?.iter().map(|b| b.cast_signed()).collect());
        let word_table: Vec<i8> = table(&mut reader, words)?;
        let tables = TABLES.iter().map(|rows| table(&mut reader, *rows)).collect::<Result<Vec<Vec<i8>>, ModelError>>()?;
        let first = reader.numbers(3 * embed, width)?.split(embed, width);
        let (first_step, steps) = steps.split_first().ok_or(ModelError::Damaged("the network has no layer"))?;
        let layers =
            steps.iter().map(|step| Ok(Layer { step: *step, side, matrix: reader.numbers(width + 2 * side, width)?.whole() }));
        let layers = layers.collect::<Result<Vec<_>, ModelError>>()?;
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
        let answers = reader.numbers(width, next)?.whole();
        let rel_root = (0..rel).map(|_| reader.u32().map(|n| (n as u32).cast_signed())).collect::<Result<_, _>>()?;
        let relations = reader.numbers(rel, relations)?.whole();
        if !reader.0.is_empty() {
            return Err(ModelError::Damaged("the network is longer than its sizes say"));
        }
        static NETWORKS: AtomicU64 = AtomicU64::new(1);
        Ok(Self {
            arch: Arch::detect(),
            number: NETWORKS.fetch_add(1, Ordering::Relaxed),
            distances: Distances::default(),
            vocabulary: Vocabulary::new(&hashes),
            embed,
            words: word_table,
            tables,
            first,
            first_step: *first_step,
            layers,
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

    /// Computes the answers of sentences of these `lengths`, whose words stand end to end.
    pub fn run(&self, words: &[Looks], lengths: &[usize], room: &mut Activations) {
        let mut start = 0;
        room.sentences.clear();
        for length in lengths {
            room.sentences.extend(std::iter::repeat_n(start..start + length, *length));
            start += length;
        }
        let stride = self.width;
        for state in [&mut room.state, &mut room.next] {
            state.resize((words.len() + 1) * stride, 0);
            state[..stride].fill(0);
        }
        self.begin(words, room);
        for layer in &self.layers {
            self.widen(layer, room);
            let rows = Rows::new(self.width + 2 * layer.side, &room.rows);
            self.arch.product(&layer.matrix, rows, Grow { stride: self.width, state: &room.state, next: &mut room.next });
            std::mem::swap(&mut room.state, &mut room.next);
        }
        let rows = Rows::new(self.width, &room.state[stride..]);
        room.answers.resize(words.len() * self.answers.stride(), 0);
        self.arch.product(&self.answers, rows, Table { stride: self.answers.stride(), out: &mut room.answers });
    }

    /// Lays what a layer reads of each word and of those around it end to end; nothing stands beyond a sentence's ends.
    fn widen(&self, layer: &Layer, room: &mut Activations) {
        let (width, side) = (self.width, layer.side);
        let Activations { sentences, rows, state, .. } = room;
        rows.resize(sentences.len() * (width + 2 * side), 0);
        let state = state.as_chunks::<LANES>().0;
        let part = |at: Option<usize>, size: usize| &state[at.map_or(0, |at| at + 1) * (width / LANES)..][..size / LANES];
        self.arch.run(
            #[inline(always)]
            || {
                for ((at, sentence), row) in sentences.iter().enumerate().zip(rows.chunks_exact_mut(width + 2 * side)) {
                    let (left, row) = row.as_chunks_mut::<LANES>().0.split_at_mut(side / LANES);
                    let (own, right) = row.split_at_mut(width / LANES);
                    for (to, from) in left.iter_mut().zip(part(before(at, layer.step, sentence), side)) {
                        *to = *from;
                    }
                    for (to, from) in own.iter_mut().zip(part(Some(at), width)) {
                        *to = *from;
                    }
                    for (to, from) in right.iter_mut().zip(part(after(at, layer.step, sentence), side)) {
                        *to = *from;
                    }
                }
            },
        );
    }

    /// The first convolution.
    fn begin(&self, words: &[Looks], room: &mut Activations) {
        let stride = self.width;
        let Activations { memo, sentences, rows, state, .. } = room;
        memo.seat(self.number, 3 * stride, words);
        self.embed(&memo.missing, rows);
        self.arch.product(&self.first, Rows::new(self.embed, rows), memo.fill());
        let memo = &*memo;
        self.arch.run(
            #[inline(always)]
            || {
                let states = state[stride..].chunks_exact_mut(stride);
                for ((at, sentence), state) in sentences.iter().enumerate().zip(states) {
                    let left = &memo.row(before(at, self.first_step, sentence))[..stride];
                    let own = &memo.row(Some(at))[stride..2 * stride];
                    let right = &memo.row(after(at, self.first_step, sentence))[2 * stride..];
                    for (((left, own), right), state) in left.iter().zip(own).zip(right).zip(state) {
                        let sum = left.wrapping_add(*own).wrapping_add(*right);
                        *state = round(sum.max(0), WEIGHT).min(i32::from(i16::MAX)) as i16;
                    }
                }
            },
        );
    }

    fn embed(&self, words: &[Looks], state: &mut Vec<i16>) {
        state.clear();
        state.resize(words.len() * self.embed, 0);
        for (looks, state) in words.iter().zip(state.chunks_exact_mut(self.embed)) {
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

    /// Fills in the scores of the arcs of one of the sentences.
    pub fn score(&self, sentence: Range<usize>, room: &mut Activations) {
        let (places, stride, count) = (&self.places, self.answers.stride(), sentence.len());
        let Activations { answers, arcs, scores, .. } = room;
        let answers = &answers[sentence.start * stride..sentence.end * stride];
        arcs.children.resize(count * places.arc, 0);
        arcs.heads.resize(count * places.arc, 0);
        let (children, heads) = (&mut arcs.children, &mut arcs.heads);
        self.arch.run(
            #[inline(always)]
            || {
                for (from, all) in [(places.child, children), (places.head, heads)] {
                    for (answers, all) in answers.chunks_exact(stride).zip(all.chunks_exact_mut(places.arc)) {
                        let answers = answers[from..].as_chunks::<LANES>().0;
                        for (sums, small) in answers.iter().zip(all.as_chunks_mut::<LANES>().0) {
                            let mut numbers = [0; LANES];
                            for lane in 0..LANES {
                                numbers[lane] = round(sums[lane], ACTIVATION + WEIGHT - ARC).clamp(-4096, 4095) as i16;
                            }
                            *small = numbers;
                        }
                    }
                }
            },
        );
        scores.root.clear();
        scores.root.extend(answers.chunks_exact(stride).map(|answers| answers[places.root] >> 1));
        let distances = [places.child_distance, places.head_distance];
        let barriers = [places.barrier, places.cost, places.barriers];
        arcs.read(answers.chunks_exact(stride), distances, barriers, |sum| round(sum, WEIGHT));
        arcs.score(self.arch, &self.distances, count, places.arc, scores);
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

    /// The best relation of each word to its governor in `heads`, which is a word of [`Network::run`]'s or, for the root, none.
    pub fn label(&self, heads: &[u32], room: &mut Activations, labels: &mut Vec<u8>) {
        let (stride, places) = (self.answers.stride(), &self.places);
        room.rows.resize(heads.len() * places.rel, 0);
        let (rows, answers) = (&mut room.rows, &room.answers);
        self.arch.run(
            #[inline(always)]
            || {
                for ((child, head), row) in heads.iter().enumerate().zip(rows.chunks_exact_mut(places.rel)) {
                    let asks = &answers[child * stride + places.rel_child..][..places.rel];
                    let answers = match answers.get(*head as usize * stride + places.rel_head..) {
                        Some(answers) => &answers[..places.rel],
                        None => &self.rel_root,
                    };
                    let both = asks.as_chunks::<LANES>().0.iter().zip(answers.as_chunks::<LANES>().0);
                    for (row, (asks, answers)) in row.as_chunks_mut::<LANES>().0.iter_mut().zip(both) {
                        let mut numbers = [0; LANES];
                        for lane in 0..LANES {
                            let sum = asks[lane].wrapping_add(answers[lane]);
                            numbers[lane] = round(sum.max(0), WEIGHT).min(i32::from(i16::MAX)) as i16;
                        }
                        *row = numbers;
                    }
                }
            },
        );
        let stride = self.relations.stride();
        room.sums.resize(heads.len() * stride, 0);
        self.arch.product(&self.relations, Rows::new(places.rel, rows), Table { stride, out: &mut room.sums });
        labels.clear();
        let sums = &room.sums;
        self.arch.run(
            #[inline(always)]
            || {
                for scores in sums.chunks_exact(stride) {
                    labels.push(best(&scores[..self.relations.outputs()]) as u8);
                }
            },
        );
    }
}

/// The word `step` before and after, inside the sentence.
#[inline(always)]
fn before(at: usize, step: usize, sentence: &Range<usize>) -> Option<usize> {
    at.checked_sub(step).filter(|at| *at >= sentence.start)
}

#[inline(always)]
fn after(at: usize, step: usize, sentence: &Range<usize>) -> Option<usize> {
    Some(at + step).filter(|at| *at < sentence.end)
}

/// Adds what a convolution found to the words' states.
struct Grow<'a> {
    stride: usize,
    state: &'a [i16],
    next: &'a mut [i16],
}

impl Sink for Grow<'_> {
    #[inline(always)]
    fn take(&mut self, row: usize, block: usize, sums: [i32; LANES]) {
        let at = (row + 1) * self.stride + block * LANES;
        if let (Some(state), Some(next)) = (self.state[at..].first_chunk(), self.next[at..].first_chunk_mut::<LANES>()) {
            let state: &[i16; LANES] = state;
            let mut grown = [0; LANES];
            for lane in 0..LANES {
                let sum = i32::from(state[lane]) + round(sums[lane].max(0), WEIGHT);
                grown[lane] = sum.min(i32::from(i16::MAX)) as i16;
            }
            *next = grown;
        }
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
