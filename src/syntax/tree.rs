//! The best tree by the scores of its arcs: every word takes the governor that scores highest, one word the root, and what then
//! goes in circles is opened where it costs least. Linear in the length of the sentence, as governors are sought nearby only.

use super::lanes::LANES;

/// Children whose candidates are scored together, and how far from them a governor may be.
pub const CHUNK: usize = 64;
pub const REACH: usize = 96;

/// What each word scores as the child of the root and of each word around it; higher is better.
#[derive(Default)]
pub struct Scores {
    pub root: Vec<i32>,
    /// `stride` entries a child, for governors from [`Scores::first`] on; the lowest number where there is none. A word is never its
    /// own governor.
    pub arcs: Vec<i32>,
    pub stride: usize,
    /// The governor that scores highest for each word, and its score; the number of words where there is none.
    pub best: Vec<(u32, i32)>,
}

impl Scores {
    /// The first governor that is a candidate for `child`.
    pub fn first(child: usize) -> usize {
        (child / CHUNK * CHUNK).saturating_sub(REACH)
    }

    /// One after the last candidate, in a sentence of `count` words.
    pub fn end(child: usize, count: usize) -> usize {
        (child / CHUNK * CHUNK + CHUNK + REACH).min(count)
    }

    /// The candidates of `child` with their scores.
    fn of(&self, child: usize) -> impl Iterator<Item = (usize, i32)> {
        let (first, end) = (Self::first(child), Self::end(child, self.root.len()));
        let row = self.arcs.get(child * self.stride..).unwrap_or(&[]);
        (first..end).zip(row).map(|(head, score)| (head, *score)).filter(move |(head, _)| *head != child)
    }
}

/// The highest of some scores and where it stands, the first of equals. Whole blocks of lanes are compared at a time.
#[inline(always)]
pub fn highest(scores: &[i32]) -> (usize, i32) {
    let mut best = [i32::MIN; LANES];
    let mut places = [0u32; LANES];
    for (block, scores) in (0..).step_by(LANES).zip(scores.as_chunks::<LANES>().0) {
        for lane in 0..LANES {
            places[lane] = if scores[lane] > best[lane] { block } else { places[lane] };
            best[lane] = best[lane].max(scores[lane]);
        }
    }
    let most = best.iter().copied().fold(i32::MIN, i32::max);
    for lane in 0..LANES {
        places[lane] = if best[lane] == most { places[lane] + lane as u32 } else { u32::MAX };
    }
    (places.iter().copied().fold(u32::MAX, u32::min) as usize, most)
}

/// What the search needs besides; kept by a worker.
#[derive(Default)]
pub struct Search {
    sets: Vec<u32>,
    seen: Vec<u32>,
    /// The governor of each word, or the number of words for the root.
    pub heads: Vec<u32>,
}

impl Search {
    /// Finds `self.heads`.
    pub fn run(&mut self, scores: &Scores) {
        let count = scores.root.len();
        self.heads.clear();
        self.heads.extend(scores.best.iter().map(|best| best.0));
        let gain = |child: usize| i64::from(scores.root[child]) - i64::from(scores.best[child].1);
        let Some(root) = (0..count).rev().max_by_key(|child| gain(*child)) else { return };
        self.heads[root] = count as u32;
        self.open_circles(scores, root);
    }

    fn open_circles(&mut self, scores: &Scores, root: usize) {
        let count = scores.root.len();
        // What hangs together is told only once there is a circle.
        self.sets.clear();
        self.seen.clear();
        self.seen.resize(count, u32::MAX);
        for start in 0..count {
            let mut at = start;
            while at < count && self.seen[at] == u32::MAX {
                self.seen[at] = start as u32;
                at = self.heads[at] as usize;
            }
            if at < count && self.seen[at] == start as u32 {
                if self.sets.is_empty() {
                    self.tell_apart(count);
                }
                self.open(scores, at, root);
            }
        }
    }

    fn tell_apart(&mut self, count: usize) {
        self.sets.extend(0..count as u32);
        for child in 0..count {
            let head = self.heads[child] as usize;
            if head < count {
                self.join(child, head);
            }
        }
    }

    /// Opens the circle through `on` at the word that loses least by another governor, one outside all that hangs on the circle.
    fn open(&mut self, scores: &Scores, on: usize, root: usize) {
        let set = self.find(on);
        let mut cheapest = (i64::MAX, on, root);
        let mut at = on;
        loop {
            for (head, score) in scores.of(at) {
                let loss = i64::from(scores.best[at].1) - i64::from(score);
                if loss < cheapest.0 && self.find(head) != set {
                    cheapest = (loss, at, head);
                }
            }
            at = self.heads[at] as usize;
            if at == on {
                break;
            }
        }
        let (_, child, head) = cheapest;
        self.heads[child] = head as u32;
        self.join(child, head);
    }

    fn find(&mut self, at: usize) -> usize {
        let mut at = at;
        while self.sets[at] as usize != at {
            self.sets[at] = self.sets[self.sets[at] as usize];
            at = self.sets[at] as usize;
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.find(a), self.find(b));
        self.sets[a.max(b)] = a.min(b) as u32;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn search(root: Vec<i32>, arcs: &[i32]) -> Vec<u32> {
        let count = root.len();
        let stride = count.next_multiple_of(LANES);
        let mut scores = Scores { root, arcs: vec![i32::MIN; count * stride], stride, best: Vec::new() };
        for (child, row) in scores.arcs.chunks_exact_mut(stride).enumerate() {
            row[..count].copy_from_slice(&arcs[child * count..][..count]);
            row[child] = i32::MIN;
            let (head, score) = highest(row);
            scores.best.push((if score == i32::MIN { count } else { head } as u32, score));
        }
        let mut search = Search::default();
        search.run(&scores);
        search.heads
    }

    #[test]
    fn a_circle_opens_where_it_costs_least() {
        // 0 and 1 want each other; 1 would as soon hang on 2, the root.
        let heads = search(vec![0, 0, 50], &[0, 90, 10, 80, 0, 75, 5, 5, 0]);
        assert_eq!(heads, [1, 2, 3]);
    }

    proptest! {
        #[test]
        fn any_scores_give_one_tree(count in 1usize..CHUNK, seed in any::<u64>()) {
            let mut seed = seed;
            let mut next = || { seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1); (seed >> 40) as i32 };
            let root: Vec<i32> = (0..count).map(|_| next()).collect();
            let arcs: Vec<i32> = (0..count * count).map(|_| next()).collect();
            let heads = search(root, &arcs);
            prop_assert_eq!(heads.iter().filter(|head| **head as usize == count).count(), 1);
            for start in 0..count {
                let mut at = start;
                for _ in 0..=count {
                    at = if at < count { heads[at] as usize } else { at };
                }
                prop_assert_eq!(at, count, "word {} hangs in a circle", start);
            }
        }
    }
}
