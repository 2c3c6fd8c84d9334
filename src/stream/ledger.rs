//! [`Ledger`]: what has been read, in the order of each partition, and how much of it is finished. Outcomes come in any order; they
//! leave in order, and an offset is never ahead of what has left.

use std::collections::{BTreeMap, VecDeque};

/// Articles in flight, by partition.
#[derive(Debug)]
pub struct Ledger<T> {
    lanes: BTreeMap<i32, Lane<T>>,
    /// Lanes of which something may leave.
    ready: VecDeque<i32>,
    /// Records that wait for their outcome, or for leave.
    waiting: usize,
    records: usize,
    bytes: usize,
}

#[derive(Debug)]
struct Lane<T> {
    /// Where reading goes on after an abort: what comes after the last committed record, or the first record read.
    restart: i64,
    /// What comes after the last record that left.
    next: i64,
    /// The highest offset read.
    read: i64,
    slots: VecDeque<Slot<T>>,
    /// Whether it stands among those of which something may leave.
    ready: bool,
    /// Bytes that left and are not committed.
    left: (usize, usize),
}

#[derive(Debug)]
struct Slot<T> {
    offset: i64,
    bytes: usize,
    done: Option<T>,
}

impl<T> Default for Ledger<T> {
    fn default() -> Self {
        Self { lanes: BTreeMap::new(), ready: VecDeque::new(), waiting: 0, records: 0, bytes: 0 }
    }
}

impl<T> Ledger<T> {
    /// Notes a record that was read. `false` where it, or a later one of its partition, is known already: it must not be coded again.
    pub fn read(&mut self, partition: i32, offset: i64, bytes: usize) -> bool {
        let lane = self.lanes.entry(partition).or_insert_with(|| Lane {
            restart: offset,
            next: offset,
            read: offset - 1,
            slots: VecDeque::new(),
            ready: false,
            left: (0, 0),
        });
        if offset <= lane.read {
            return false;
        }
        lane.read = offset;
        lane.slots.push_back(Slot { offset, bytes, done: None });
        self.waiting += 1;
        self.records += 1;
        self.bytes += bytes;
        true
    }

    /// Notes an outcome. One whose record is no longer in flight (its partition is gone) is dropped.
    pub fn done(&mut self, partition: i32, offset: i64, outcome: T) {
        let Some(lane) = self.lanes.get_mut(&partition) else { return };
        if let Some(slot) = lane.slot(offset) {
            slot.done = Some(outcome);
        }
        if !lane.ready && lane.slots.front().is_some_and(|slot| slot.done.is_some()) {
            lane.ready = true;
            self.ready.push_back(partition);
        }
    }

    /// The next outcome that may leave, with its place.
    pub fn take(&mut self) -> Option<(i32, i64, T)> {
        loop {
            let partition = *self.ready.front()?;
            let lane = self.lanes.get_mut(&partition);
            if let Some(taken) = lane.and_then(Lane::take) {
                self.waiting -= 1;
                return Some((partition, taken.0, taken.1));
            }
            self.ready.pop_front();
        }
    }

    /// The offsets a commit now would set: for each partition of which something left since the last.
    pub fn offsets(&self) -> Vec<(i32, i64)> {
        self.lanes.iter().filter(|(_, lane)| lane.next > lane.restart).map(|(partition, lane)| (*partition, lane.next)).collect()
    }

    /// What left is committed: so many records.
    pub fn committed(&mut self) -> usize {
        let mut records = 0;
        for lane in self.lanes.values_mut() {
            lane.restart = lane.next;
            records += lane.left.0;
            self.records -= lane.left.0;
            self.bytes -= lane.left.1;
            lane.left = (0, 0);
        }
        records
    }

    /// Where reading of a partition would start again.
    pub fn restart(&self, partition: i32) -> Option<i64> {
        self.lanes.get(&partition).map(|lane| lane.restart)
    }

    /// Forgets all that is not committed; where each partition must be read from again.
    pub fn rewind(&mut self) -> Vec<(i32, i64)> {
        self.ready.clear();
        (self.waiting, self.records, self.bytes) = (0, 0, 0);
        let lanes = std::mem::take(&mut self.lanes);
        lanes.into_iter().map(|(partition, lane)| (partition, lane.restart)).collect()
    }

    /// Forgets a partition that went to another worker.
    pub fn forget(&mut self, partition: i32) {
        if let Some(lane) = self.lanes.remove(&partition) {
            self.ready.retain(|ready| *ready != partition);
            self.waiting -= lane.slots.len();
            self.records -= lane.slots.len() + lane.left.0;
            self.bytes -= lane.slots.iter().map(|slot| slot.bytes).sum::<usize>() + lane.left.1;
        }
    }

    /// Records read that have not left.
    pub fn waiting(&self) -> usize {
        self.waiting
    }

    /// Records read and not committed.
    pub fn records(&self) -> usize {
        self.records
    }

    /// Bytes read and not committed.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

impl<T> Lane<T> {
    /// The slot of an offset. A log has few gaps, so it stands where it would without any, or is searched for.
    fn slot(&mut self, offset: i64) -> Option<&mut Slot<T>> {
        let first = self.slots.front()?.offset;
        let guess = usize::try_from(offset - first).ok()?;
        let at = match self.slots.get(guess) {
            Some(slot) if slot.offset == offset => guess,
            _ => self.slots.binary_search_by_key(&offset, |slot| slot.offset).ok()?,
        };
        self.slots.get_mut(at)
    }

    /// The first outcome, if it is there.
    fn take(&mut self) -> Option<(i64, T)> {
        let Some(outcome) = self.slots.front_mut().and_then(|slot| slot.done.take()) else {
            self.ready = false;
            return None;
        };
        let slot = self.slots.pop_front()?;
        self.next = slot.offset + 1;
        self.left = (self.left.0 + 1, self.left.1 + slot.bytes);
        Some((slot.offset, outcome))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn outcomes_leave_in_the_order_of_their_partition() {
        let mut ledger = Ledger::default();
        for offset in [5, 6, 9] {
            assert!(ledger.read(0, offset, 10));
        }
        assert!(!ledger.read(0, 6, 10), "a record read twice is coded once");
        ledger.done(0, 9, 'c');
        ledger.done(0, 6, 'b');
        assert_eq!(ledger.take(), None, "the first is not done");
        assert_eq!(ledger.offsets(), [], "and no offset runs ahead of it");
        ledger.done(0, 5, 'a');
        assert_eq!([ledger.take(), ledger.take()], [Some((0, 5, 'a')), Some((0, 6, 'b'))]);
        assert_eq!(ledger.offsets(), [(0, 7)]);
        assert_eq!(ledger.committed(), 2);
        assert_eq!((ledger.records(), ledger.bytes()), (1, 10));
        assert_eq!(ledger.rewind(), [(0, 7)]);
        assert_eq!((ledger.records(), ledger.bytes()), (0, 0));
    }

    proptest! {
        #[test]
        fn nothing_is_lost_doubled_or_out_of_order_whatever_happens(steps in prop::collection::vec((0u8..6, 0usize..4), 1..400)) {
            let mut ledger = Ledger::default();
            let mut log = [0i64; 3];
            let mut out: Vec<Vec<i64>> = vec![Vec::new(); 3];
            let mut open: Vec<Vec<i64>> = vec![Vec::new(); 3];
            let mut coding: Vec<(i32, i64)> = Vec::new();
            for (step, pick) in steps {
                match step {
                    0 | 1 => {
                        let partition = pick % 3;
                        prop_assert!(ledger.read(partition as i32, log[partition], 1));
                        coding.push((partition as i32, log[partition]));
                        log[partition] += 1;
                    }
                    2 | 3 if !coding.is_empty() => {
                        let (partition, offset) = coding.swap_remove(pick % coding.len());
                        ledger.done(partition, offset, offset);
                    }
                    4 => {
                        while let Some((partition, offset, value)) = ledger.take() {
                            prop_assert_eq!(offset, value);
                            open[partition as usize].push(value);
                        }
                        if pick == 0 {
                            for (partition, offset) in ledger.offsets() {
                                let lane = partition as usize;
                                prop_assert_eq!(open[lane].last().map(|last| last + 1), Some(offset));
                            }
                            prop_assert_eq!(ledger.committed(), open.iter().map(Vec::len).sum::<usize>());
                            for lane in 0..3 {
                                let batch = std::mem::take(&mut open[lane]);
                                out[lane].extend(batch);
                            }
                        }
                    }
                    5 if pick == 0 => {
                        for (partition, offset) in ledger.rewind() {
                            log[partition as usize] = offset;
                        }
                        open.iter_mut().for_each(Vec::clear);
                        coding.clear();
                    }
                    _ => {}
                }
            }
            for lane in out {
                let expected: Vec<i64> = (0..lane.len() as i64).collect();
                prop_assert_eq!(lane, expected);
            }
        }
    }
}
