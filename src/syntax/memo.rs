//! [`Memo`]: what the first convolution makes of a word before its neighbours are known. It depends on the word's looks alone and most
//! words of a text are frequent ones, so a worker remembers it; a word that is forgotten is computed anew, to the same numbers.

use super::kernel::Sink;
use super::lanes::LANES;
use super::word::Looks;

/// Words that are remembered, a power of two: of newspaper text nine tokens in ten.
const SLOTS: usize = 2048;

/// Words of a batch that found their slot taken by another word of the same batch stand behind the slots, and behind a row of zeros
/// for what lies beyond a sentence's ends.
const NOTHING: usize = SLOTS;

#[derive(Default)]
pub struct Memo {
    /// The network whose numbers these are.
    network: u64,
    batch: u32,
    slots: Vec<Slot>,
    rows: Vec<i32>,
    stride: usize,
    /// Where the row of each word of the batch is; a row of zeros before the first and after the last is theirs who have no neighbour.
    pub places: Vec<usize>,
    /// The words of the batch that are not remembered, and where their rows belong.
    pub missing: Vec<Looks>,
    targets: Vec<usize>,
}

#[derive(Clone, Copy, Default)]
struct Slot {
    looks: Looks,
    /// The batch that used it last, or 0.
    batch: u32,
}

impl Memo {
    /// Finds a place for each of `words`. The rows of those then in [`Memo::missing`] are to be filled in through [`Memo::fill`].
    pub fn seat(&mut self, network: u64, stride: usize, words: &[Looks]) {
        self.batch = self.batch.wrapping_add(1);
        if self.network != network || self.batch == 0 || self.slots.is_empty() {
            (self.network, self.batch, self.stride) = (network, 1, stride);
            self.slots.clear();
            self.slots.resize(SLOTS, Slot::default());
            self.rows.clear();
            self.rows.resize((SLOTS + 1) * stride, 0);
        }
        let (mut extra, batch) = (NOTHING, self.batch);
        self.places.clear();
        self.missing.clear();
        self.targets.clear();
        for looks in words {
            let at = slot(looks);
            let slot = &mut self.slots[at];
            let mut place = at;
            if slot.batch == 0 || slot.looks != *looks {
                if slot.batch == batch {
                    extra += 1;
                    place = extra;
                } else {
                    slot.looks = *looks;
                }
                self.missing.push(*looks);
                self.targets.push(place);
            }
            if place == at {
                slot.batch = batch;
            }
            self.places.push(place);
        }
        let size = (extra + 1) * self.stride;
        if self.rows.len() < size {
            self.rows.resize(size, 0);
        }
    }

    /// Takes the rows of the missing words.
    pub fn fill(&mut self) -> impl Sink {
        Fill { rows: &mut self.rows, targets: &self.targets, stride: self.stride }
    }

    /// The row of the batch's word `at`, or zeros.
    #[inline(always)]
    pub fn row(&self, at: Option<usize>) -> &[i32] {
        let place = at.map_or(NOTHING, |at| self.places[at]);
        &self.rows[place * self.stride..][..self.stride]
    }
}

fn slot(looks: &Looks) -> usize {
    let mixed = (looks.word ^ u32::from(looks.rows[4]) << 16).wrapping_mul(0x9e37_79b1);
    mixed as usize >> (u32::BITS - SLOTS.ilog2())
}

struct Fill<'a> {
    rows: &'a mut [i32],
    targets: &'a [usize],
    stride: usize,
}

impl Sink for Fill<'_> {
    #[inline(always)]
    fn take(&mut self, row: usize, block: usize, sums: [i32; LANES]) {
        self.rows[self.targets[row] * self.stride + block * LANES..][..LANES].copy_from_slice(&sums);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(word: u32) -> Looks {
        Looks { word, rows: [0; 5] }
    }

    /// Seats the words and fills each missing one's row with its number.
    fn read(memo: &mut Memo, network: u64, words: &[Looks]) -> usize {
        memo.seat(network, LANES, words);
        let missing: Vec<i32> = memo.missing.iter().map(|looks| looks.word.cast_signed()).collect();
        let mut sink = memo.fill();
        for (row, number) in missing.iter().enumerate() {
            sink.take(row, 0, [*number; LANES]);
        }
        drop(sink);
        for (at, looks) in words.iter().enumerate() {
            assert_eq!(memo.row(Some(at)), [looks.word.cast_signed(); LANES]);
        }
        assert_eq!(memo.row(None), [0; LANES]);
        missing.len()
    }

    #[test]
    fn a_word_is_given_its_own_row_whoever_wants_its_slot() {
        let mut memo = Memo::default();
        let crowd: Vec<Looks> = (1..=3 * SLOTS as u32).map(looks).collect();
        assert_eq!(read(&mut memo, 1, &crowd), crowd.len());
        let few: Vec<Looks> = [5, 6, 5, 7, 6].map(looks).to_vec();
        read(&mut memo, 1, &few);
        assert_eq!(read(&mut memo, 1, &few), 0);
        // Another network's numbers are of no use.
        assert_eq!(read(&mut memo, 2, &few), 3);
    }
}
