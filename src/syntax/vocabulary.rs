//! The words that the network has a row for, by the hash of their normal form.

/// Open addressing, at most half full.
pub struct Vocabulary(Vec<(u32, u32)>);

impl Vocabulary {
    /// The words of these hashes, whose rows are 1, 2, 3 and so on.
    pub fn new(hashes: &[u32]) -> Self {
        let mut table = vec![(0, 0); (2 * hashes.len() + 2).next_power_of_two()];
        for (row, hash) in (1..).zip(hashes) {
            let mut at = *hash as usize & (table.len() - 1);
            while table[at].1 != 0 {
                at = (at + 1) & (table.len() - 1);
            }
            table[at] = (*hash, row);
        }
        Self(table)
    }

    /// The row of a word; 0 where it has none.
    pub fn row(&self, hash: u32) -> usize {
        let mask = self.0.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            match self.0[at] {
                (_, 0) => return 0,
                (found, row) if found == hash => return row as usize,
                _ => at = (at + 1) & mask,
            }
        }
    }
}
