//! [`Matching`]: pairs what was expected with what was found, one to one, as many as possible.
//!
//! Kuhn's algorithm (augmenting paths). Whoever has a partner keeps one, though perhaps another, when more are added; so what is
//! added first has precedence. An article has tens of events; the cubic worst case does not matter.

/// A maximum matching under construction, between items that are known by their positions.
pub struct Matching {
    /// For each found item the expected item it is paired with.
    holder: Vec<Option<usize>>,
}

impl Matching {
    pub fn new(found: usize) -> Self {
        Self { holder: vec![None; found] }
    }

    /// Finds a partner for each of `expected` that has none and can get one under `fits(expected, found)`.
    pub fn add(&mut self, expected: impl IntoIterator<Item = usize>, fits: impl Fn(usize, usize) -> bool) {
        for item in expected {
            if !self.holder.contains(&Some(item)) {
                self.augment(item, &mut vec![false; self.holder.len()], &fits);
            }
        }
    }

    /// Lets two pairs change partners, or one take a partner that is free, where that makes them `worth` more; every pair still `fits`.
    pub fn settle(&mut self, fits: impl Fn(usize, usize) -> bool, worth: impl Fn(usize, usize) -> usize) {
        let fits = |holder: Option<usize>, found: usize| holder.is_none_or(|item| fits(item, found));
        let worth = |holder: Option<usize>, found: usize| holder.map_or(0, |item| worth(item, found));
        let found = 0..self.holder.len();
        // Each change makes all together worth more, so that there is an end to it.
        while let Some((a, b)) = found.clone().flat_map(|a| (0..a).map(move |b| (a, b))).find(|(a, b)| {
            let (one, other) = (self.holder[*a], self.holder[*b]);
            fits(one, *b) && fits(other, *a) && worth(one, *b) + worth(other, *a) > worth(one, *a) + worth(other, *b)
        }) {
            self.holder.swap(a, b);
        }
    }

    /// The partner of each of the expected items `0..expected`.
    pub fn partners(&self, expected: usize) -> Vec<Option<usize>> {
        (0..expected).map(|item| self.holder.iter().position(|holder| *holder == Some(item))).collect()
    }

    /// Finds a partner for `item`, moving earlier items to other partners where that helps; true if it found one.
    fn augment(&mut self, item: usize, seen: &mut [bool], fits: &impl Fn(usize, usize) -> bool) -> bool {
        for found in 0..self.holder.len() {
            if seen[found] || !fits(item, found) {
                continue;
            }
            seen[found] = true;
            let free = match self.holder[found] {
                None => true,
                Some(other) => self.augment(other, seen, fits),
            };
            if free {
                self.holder[found] = Some(item);
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(expected: usize, found: usize, edges: &[(usize, usize)]) -> Vec<Option<usize>> {
        let mut matching = Matching::new(found);
        matching.add(0..expected, |a, b| edges.contains(&(a, b)));
        matching.partners(expected)
    }

    #[test]
    fn an_earlier_pair_is_moved_where_that_pairs_one_more() {
        assert_eq!(pairs(2, 2, &[(0, 0), (0, 1), (1, 0)]), [Some(1), Some(0)]);
    }

    #[test]
    fn a_chain_of_moves_is_followed_to_its_end() {
        assert_eq!(pairs(3, 3, &[(0, 0), (0, 1), (1, 1), (1, 2), (2, 1)]), [Some(0), Some(2), Some(1)]);
        assert_eq!(pairs(3, 3, &[(0, 0), (0, 1), (1, 1), (1, 2), (2, 0)]), [Some(1), Some(2), Some(0)]);
    }

    #[test]
    fn a_found_item_serves_one_and_the_first_has_precedence() {
        assert_eq!(pairs(3, 1, &[(0, 0), (1, 0), (2, 0)]), [Some(0), None, None]);
    }

    #[test]
    fn partners_are_changed_where_the_pairs_are_worth_more_then() {
        let all = |_: usize, _: usize| true;
        let mut matching = Matching::new(3);
        matching.add(0..2, all);
        matching.settle(all, |a, b| usize::from((a, b) == (0, 2) || (a, b) == (1, 0)));
        assert_eq!(matching.partners(2), [Some(2), Some(0)]);
    }

    #[test]
    fn nothing_is_paired_that_does_not_fit() {
        assert_eq!(pairs(2, 2, &[]), [None, None]);
        assert_eq!(pairs(0, 3, &[]), []);
    }

    #[test]
    fn who_has_a_partner_keeps_one_when_more_are_added() {
        let mut matching = Matching::new(2);
        matching.add([1], |_, found| found == 0);
        matching.add([0], |_, _| true);
        matching.add([2], |_, _| true);
        assert_eq!(matching.partners(3), [Some(0), Some(1), None]);
    }
}
