//! Scores of arcs: for each word of a sentence and each candidate governor, what they answer each other, what their distance is worth
//! to both, and what the child pays for what stands between them. First-order arc scores after Dozat & Manning (2017).

use super::kernel::{Arch, Matrix, Rows, Table};
use super::lanes::{LANES, Pairs};
use super::tree::{self, CHUNK, REACH, Scores};

/// From these distances to the governor on, each way, a bucket begins.
const EDGES: [usize; 13] = [1, 2, 3, 4, 5, 6, 7, 8, 10, 13, 17, 23, 32];
pub const BUCKETS: usize = 2 * EDGES.len();
/// No governor is farther away.
const FARTHEST: usize = CHUNK + REACH;

/// Limits of what stands between a child and its governor, and of what a child pays for it: their products cannot overflow. The
/// training program keeps them too.
const HIGHEST: i32 = 127 << super::network::ACTIVATION;
const DEAREST: i32 = 4070;

/// The bucket of each distance, from the farthest governor before the child to the farthest one after it.
pub struct Distances([u8; 2 * FARTHEST + 1]);

/// What a sentence's words answer, and room to compute scores in.
#[derive(Default)]
pub struct Arcs {
    /// Questions to governors and answers as one, a row a word.
    pub children: Vec<i16>,
    pub heads: Vec<i16>,
    /// What a distance is worth to each word, as a child and as a governor.
    by_child: Vec<[i32; ROOM]>,
    by_head: Vec<[i32; ROOM]>,
    /// For each kind of barrier what every word pays for one that lies to the left, and to the right.
    costs: Vec<[i32; 2]>,
    /// For each kind of barrier, the sum before each word and the sum with it, and some zeros.
    before: Vec<Vec<i32>>,
    with: Vec<Vec<i32>>,
    chunk: Matrix<Pairs>,
}

/// A power of two that holds the buckets.
const ROOM: usize = BUCKETS.next_power_of_two();

impl Default for Distances {
    fn default() -> Self {
        let bucket = |distance: usize| EDGES.iter().filter(|edge| distance >= **edge).count().saturating_sub(1) as u8;
        Self(std::array::from_fn(|at| bucket(at.abs_diff(FARTHEST)) + if at > FARTHEST { EDGES.len() as u8 } else { 0 }))
    }
}

impl Arcs {
    /// Takes what a sentence's words answer of distances and barriers. `heights`, of what it is to others, may not be negative.
    pub fn read<'a>(
        &mut self,
        answers: impl Iterator<Item = &'a [i32]>,
        [child, head]: [usize; 2],
        [heights, costs, kinds]: [usize; 3],
        round: impl Fn(i32) -> i32,
    ) {
        self.by_child.clear();
        self.by_head.clear();
        self.costs.clear();
        for sums in [&mut self.before, &mut self.with] {
            sums.resize_with(kinds, Vec::new);
            sums.iter_mut().for_each(Vec::clear);
        }
        for answers in answers {
            for (from, all) in [(child, &mut self.by_child), (head, &mut self.by_head)] {
                let mut row = [0; ROOM];
                row[..BUCKETS].copy_from_slice(&answers[from..][..BUCKETS]);
                all.push(row);
            }
            let all = self.before.iter_mut().zip(&mut self.with).zip(&answers[heights..]);
            for ((before, with), height) in all {
                let sum = with.last().copied().unwrap_or(0);
                before.push(sum);
                with.push(sum.saturating_add(round((*height).max(0))));
            }
            let cost = |cost: i32| round(cost).clamp(-DEAREST, DEAREST) << 1;
            let (left, right) = answers[costs..][..2 * kinds].split_at(kinds);
            self.costs.extend(left.iter().zip(right).map(|(left, right)| [cost(*left), cost(*right)]));
        }
        for sums in self.before.iter_mut().chain(&mut self.with) {
            sums.resize(sums.len() + LANES, 0);
        }
    }

    /// Fills in the scores of `count` words, whose questions and answers have `size` numbers.
    pub fn score(&mut self, arch: Arch, distances: &Distances, count: usize, size: usize, scores: &mut Scores) {
        scores.stride = count.min(CHUNK + 2 * REACH).next_multiple_of(LANES);
        scores.arcs.resize(count * scores.stride, 0);
        scores.best.clear();
        let stride = scores.stride;
        for start in (0..count).step_by(CHUNK) {
            let end = (start + CHUNK).min(count);
            let (first, last) = (Scores::first(start), Scores::end(start, count));
            self.chunk.fill(size, &self.heads[first * size..last * size]);
            let rows = Rows::new(size, &self.children[start * size..end * size]);
            let out = &mut scores.arcs[start * stride..end * stride];
            arch.product(&self.chunk, rows, Table { stride, out });
            let Self { by_child, by_head, costs, before, with, .. } = self;
            let (kinds, best) = (with.len(), &mut scores.best);
            arch.run(
                #[inline(always)]
                || {
                    for (child, row) in (start..end).zip(out.chunks_exact_mut(stride)) {
                        let buckets = &distances.0[FARTHEST + first - child..][..last - first];
                        let by_child = &by_child[child];
                        for ((score, bucket), by_head) in row.iter_mut().zip(buckets).zip(&by_head[first..last]) {
                            let bucket = usize::from(*bucket) % ROOM;
                            *score = score.wrapping_add(by_child[bucket].wrapping_add(by_head[bucket]) >> 1);
                        }
                        let blocks = row.as_chunks_mut::<LANES>().0;
                        let costs = &costs[child * kinds..][..kinds];
                        for (([to_left, to_right], before), with) in costs.iter().zip(&*before).zip(&*with) {
                            let (before_child, with_child) = (before[child], with[child]);
                            let before = before[first..].as_chunks::<LANES>().0;
                            let with = with[first..].as_chunks::<LANES>().0;
                            for ((scores, before), with) in blocks.iter_mut().zip(before).zip(with) {
                                // The sums never fall: what lies on the other side is negative, and counts for nothing.
                                let mut sums = *scores;
                                for lane in 0..LANES {
                                    let left = before_child.wrapping_sub(with[lane]).clamp(0, HIGHEST);
                                    let right = before[lane].wrapping_sub(with_child).clamp(0, HIGHEST);
                                    sums[lane] = sums[lane].wrapping_add(to_left * left).wrapping_add(to_right * right);
                                }
                                *scores = sums;
                            }
                        }
                        row[last - first..].fill(i32::MIN);
                        row[child - first] = i32::MIN;
                        let (head, score) = tree::highest(row);
                        best.push((if score == i32::MIN { count } else { first + head } as u32, score));
                    }
                },
            );
        }
    }
}
