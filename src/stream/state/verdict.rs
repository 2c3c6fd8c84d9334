//! [`judge`]: what an article's earlier versions and its original mean for what it gives now. Pure, so that its promises are tested without a
//! store.
//!
//! * A later version replaces an earlier one: what no longer holds is retracted. An earlier version that comes late changes nothing. A
//!   withdrawal ranks above the version it withdraws.
//! * The same version again gives the same again, retractions included, however often it is read; a coder that reads it otherwise
//!   takes back what it no longer finds.
//! * A near-copy does not tell again what its original tells. What only the copy has is told: being a copy is a guess, and nothing must be lost
//!   to it. The decision is taken once for each version and kept.

use super::entry::{Entry, SCHEMA, Told};
use crate::pipeline::Identity;

/// An article that was just coded.
pub struct Reading<'a> {
    pub article: &'a Identity,
    /// Log time in milliseconds.
    pub time: i64,
    /// What the coder found, in order.
    pub found: Vec<Told>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A newer version was read before.
    Superseded,
    /// What to publish, and what to remember.
    Tell(Box<Tell>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tell {
    /// For each event found, whether it is published.
    pub publish: Vec<bool>,
    pub entry: Entry,
    /// Whether the entry differs from what was known.
    pub changed: bool,
}

/// Whether an original is to be looked for: not for an article that was told as one before, nor for a version that was judged.
pub fn may_be_copy(known: Option<&Entry>, article: &Identity) -> bool {
    !article.withdrawn && known.is_none_or(|known| known.duplicate_of.is_some() && article.version > known.version)
}

/// `original` is the article that this one was found to be a near-copy of, where [`may_be_copy`] says that it may be; `publish_copies` lets
/// near-copies be marked and published all the same.
pub fn judge(known: Option<&Entry>, original: Option<&Entry>, publish_copies: bool, reading: Reading<'_>) -> Verdict {
    let Reading { article, time, found } = reading;
    let rank = |version: u32, withdrawn: bool| (version, withdrawn);
    if known.is_some_and(|known| rank(article.version, article.withdrawn) < rank(known.version, known.withdrawn)) {
        return Verdict::Superseded;
    }
    let (duplicate_of, covered) = match known.filter(|_| !may_be_copy(known, article)) {
        Some(known) => (known.duplicate_of.clone(), known.covered.clone()),
        None => (original.map(|original| original.id.clone()), original.map(what).unwrap_or_default()),
    };
    let covered = if publish_copies { Vec::new() } else { covered };
    let publish: Vec<bool> = found.iter().map(|told| !covered.contains(&told.what())).collect();
    let events: Vec<Told> = found.into_iter().zip(&publish).filter(|(_, publish)| **publish).map(|(told, _)| told).collect();
    let again = known.filter(|known| rank(article.version, article.withdrawn) == rank(known.version, known.withdrawn));
    let before = known.map_or(&[][..], |known| &known.events);
    let taken_back = again.map_or(&[][..], |known| &known.retracted);
    let mut retracted: Vec<Told> = Vec::new();
    for told in before.iter().chain(taken_back) {
        if [&events, &retracted].iter().all(|list| list.iter().all(|other| other.id != told.id)) {
            retracted.push(told.clone());
        }
    }
    let mut entry = Entry {
        schema: SCHEMA.to_owned(),
        id: article.id.clone(),
        version: article.version,
        withdrawn: article.withdrawn,
        revision: known.map_or(0, |known| known.revision),
        first: known.map_or(time, |known| known.first.min(time)),
        time: known.map_or(time, |known| known.time.max(time)),
        events,
        retracted,
        duplicate_of,
        covered,
        signature: article.signature,
    };
    let changed = known != Some(&entry);
    entry.revision += u64::from(changed);
    Verdict::Tell(Box::new(Tell { publish, entry, changed }))
}

fn what(original: &Entry) -> Vec<String> {
    let mut what: Vec<String> = original.events.iter().map(Told::what).collect();
    what.sort();
    what.dedup();
    what
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(names: &str) -> Vec<Told> {
        let one = |name: &str| Told {
            id: name.to_owned(),
            dyad: "CHL-PER".to_owned(),
            act: name.trim_end_matches('\'').to_owned(),
            status: "occurred".to_owned(),
        };
        names.split_whitespace().map(one).collect()
    }

    fn article(id: &str, version: u32) -> Identity {
        Identity { id: id.to_owned(), version, withdrawn: false, published_at: None, signature: None }
    }

    fn read(known: Option<&Entry>, original: Option<&Entry>, article: &Identity, found: &str) -> Verdict {
        judge(known, original, false, Reading { article, time: 7, found: told(found) })
    }

    fn tell(verdict: Verdict) -> Tell {
        match verdict {
            Verdict::Tell(tell) => *tell,
            Verdict::Superseded => panic!("superseded"),
        }
    }

    #[test]
    fn a_later_version_takes_back_what_no_longer_holds() {
        let first = tell(read(None, None, &article("x", 1), "A B")).entry;
        let second = tell(read(Some(&first), None, &article("x", 2), "B C")).entry;
        assert_eq!((second.events.clone(), second.retracted.clone()), (told("B C"), told("A")));
        assert_eq!(read(Some(&second), None, &article("x", 1), "A B"), Verdict::Superseded);
        let third = tell(read(Some(&second), None, &article("x", 3), "A C")).entry;
        assert_eq!(third.retracted, told("B"), "what the version before the last took back is history");
    }

    #[test]
    fn the_same_version_again_changes_nothing_and_gives_the_same() {
        let first = tell(read(None, None, &article("x", 1), "A B")).entry;
        let second = tell(read(Some(&first), None, &article("x", 2), "B C")).entry;
        let again = tell(read(Some(&second), None, &article("x", 2), "B C"));
        assert_eq!((again.changed, &again.entry), (false, &second));
    }

    #[test]
    fn another_coder_takes_back_what_it_no_longer_finds() {
        let first = tell(read(None, None, &article("x", 1), "A B")).entry;
        let recoded = tell(read(Some(&first), None, &article("x", 1), "A C")).entry;
        assert_eq!((recoded.retracted.clone(), recoded.revision), (told("B"), 2));
        let again = tell(read(Some(&recoded), None, &article("x", 1), "A C"));
        assert_eq!((again.changed, again.entry.retracted), (false, told("B")));
    }

    #[test]
    fn a_withdrawal_takes_back_all_and_outranks_its_version() {
        let first = tell(read(None, None, &article("x", 1), "A B")).entry;
        let withdrawal = Identity { withdrawn: true, ..article("x", 1) };
        let gone = tell(read(Some(&first), None, &withdrawal, "")).entry;
        assert_eq!((gone.events.len(), gone.retracted.clone()), (0, told("A B")));
        assert_eq!(read(Some(&gone), None, &article("x", 1), "A B"), Verdict::Superseded);
        assert_eq!(tell(read(Some(&gone), None, &article("x", 2), "A")).entry.events, told("A"));
    }

    #[test]
    fn a_near_copy_tells_only_what_its_original_does_not() {
        let original = tell(read(None, None, &article("x", 1), "A B")).entry;
        let copy = tell(read(None, Some(&original), &article("y", 1), "A' B' C"));
        assert_eq!(copy.publish, [false, false, true]);
        assert_eq!(copy.entry.duplicate_of.as_deref(), Some("x"));
        let again = tell(read(Some(&copy.entry), None, &article("y", 1), "A' B' C"));
        assert_eq!((again.changed, again.publish), (false, vec![false, false, true]), "the decision is kept");
        let marked = judge(None, Some(&original), true, Reading { article: &article("y", 1), time: 7, found: told("A' C") });
        assert_eq!(tell(marked).publish, [true, true]);
    }

    #[test]
    fn an_original_stays_one() {
        let original = tell(read(None, None, &article("x", 1), "A")).entry;
        assert!(!may_be_copy(Some(&original), &article("x", 2)));
        let copy = tell(read(None, Some(&original), &article("y", 1), "A'")).entry;
        assert!(!may_be_copy(Some(&copy), &article("y", 1)) && may_be_copy(Some(&copy), &article("y", 2)));
        let own = tell(read(Some(&copy), None, &article("y", 2), "A'"));
        assert_eq!((own.publish, own.entry.duplicate_of), (vec![true], None), "a copy rewritten beyond likeness");
    }
}
