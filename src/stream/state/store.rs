//! [`Store`]: the entries at hand, in a file of this process. A cache of the state topic and nothing more: it is made anew at every start and
//! vanishes with the process, however that ends, so it can be neither stale nor broken by a crash.
//!
//! What is put is visible at once and is kept or dropped with the batch it belongs to. The size is bounded by the number of articles;
//! what was changed longest ago goes first.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::Path;

use redb::backends::FileBackend;
use redb::{Database, ReadableTable, ReadableTableMetadata, StorageBackend, TableDefinition, WriteTransaction};

use super::entry::Entry;
use crate::article::Signature;

type Key = u128;

const ARTICLES: TableDefinition<Key, &[u8]> = TableDefinition::new("articles");
/// By time of change, so that the oldest is found.
const ORDER: TableDefinition<(i64, Key), ()> = TableDefinition::new("order");
/// Originals by band and time.
const BANDS: TableDefinition<(u64, i64, Key), ()> = TableDefinition::new("bands");

/// Memory for pages.
const CACHE: usize = 16 << 20;
/// Originals looked at for each band: one that more share is boilerplate.
const PER_BAND: usize = 8;

/// The store cannot be used: its disk is full or broken, or this program has a fault.
#[derive(Debug, thiserror::Error)]
#[error("the state store failed: {0}")]
pub struct StoreError(#[from] redb::Error);

/// Every error of the library, as one.
macro_rules! from {
    ($($error:ident),*) => {$(
        impl From<redb::$error> for StoreError {
            fn from(error: redb::$error) -> Self {
                Self(error.into())
            }
        }
    )*};
}
from!(DatabaseError, TransactionError, TableError, StorageError, CommitError);

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        Self(redb::Error::Io(error))
    }
}

pub struct Store {
    database: Database,
    /// What was put since the last commit.
    open: Option<WriteTransaction>,
    most_articles: u64,
    articles: u64,
}

impl Store {
    /// An empty store in a file without a name under `folder`, or under the system's folder for temporary files.
    ///
    /// # Errors
    /// Where no file can be made there.
    pub fn new(folder: Option<&Path>, most_articles: u64) -> Result<Self, StoreError> {
        let database =
            Database::builder().set_cache_size(CACHE).create_with_backend(Unsynced(FileBackend::new(nameless(folder)?)?))?;
        Ok(Self { database, open: None, most_articles, articles: 0 })
    }

    fn transaction(&mut self) -> Result<&mut WriteTransaction, StoreError> {
        let transaction = match self.open.take() {
            Some(transaction) => transaction,
            None => self.database.begin_write()?,
        };
        Ok(self.open.insert(transaction))
    }

    /// What is known of an article.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn get(&mut self, id: &str) -> Result<Option<Entry>, StoreError> {
        let transaction = self.transaction()?;
        let articles = transaction.open_table(ARTICLES)?;
        let value = articles.get(key(id))?;
        // Two ids with one key: the later is not known.
        Ok(value.and_then(|value| read(value.value())).filter(|entry| entry.id == id))
    }

    /// The original that a text of this signature is most like, if one within `window_ms` of `time` is at least that like.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn original(
        &mut self,
        id: &str,
        signature: &Signature,
        time: i64,
        window_ms: i64,
        least: f64,
    ) -> Result<Option<Entry>, StoreError> {
        let transaction = self.transaction()?;
        let (articles, bands) = (transaction.open_table(ARTICLES)?, transaction.open_table(BANDS)?);
        let mut candidates = BTreeSet::new();
        for band in signature.bands() {
            let from = (band, time.saturating_sub(window_ms), Key::MIN);
            let to = (band, time.saturating_add(window_ms), Key::MAX);
            for found in bands.range(from..=to)?.take(PER_BAND) {
                candidates.insert(found?.0.value().2);
            }
        }
        let mut best: Option<(f64, Entry)> = None;
        for candidate in candidates {
            let Some(entry) = articles.get(candidate)?.and_then(|value| read(value.value())) else { continue };
            let Some(like) = entry.signature.map(|other| other.similarity(signature)) else { continue };
            if like < least || entry.id == id || entry.withdrawn {
                continue;
            }
            // Of two that are as like, the one that came first; then the one whose name sorts first.
            let better = best.as_ref().is_none_or(|(known, other)| {
                like > *known || (like == *known && (entry.first, &entry.id) < (other.first, &other.id))
            });
            if better {
                best = Some((like, entry));
            }
        }
        Ok(best.map(|(_, entry)| entry))
    }

    /// Remembers an entry in place of what was known of its article.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn put(&mut self, entry: &Entry) -> Result<(), StoreError> {
        let key = key(&entry.id);
        let transaction = self.transaction()?;
        let mut articles = transaction.open_table(ARTICLES)?;
        let mut order = transaction.open_table(ORDER)?;
        let mut bands = transaction.open_table(BANDS)?;
        let known = articles.get(key)?.and_then(|value| read(value.value()));
        let places = known.as_ref().map_or_else(Vec::new, |known| places(known, key));
        let wanted = self::places(entry, key);
        for place in places.iter().filter(|place| !wanted.contains(place)) {
            bands.remove(*place)?;
        }
        for place in wanted.iter().filter(|place| !places.contains(place)) {
            bands.insert(*place, ())?;
        }
        if let Some(known) = known.filter(|known| known.time != entry.time) {
            order.remove((known.time, key))?;
        }
        order.insert((entry.time, key), ())?;
        let value = serde_json::to_vec(entry).map_err(io::Error::other)?;
        articles.insert(key, value.as_slice())?;
        Ok(())
    }

    /// Keeps what was put, and forgets the oldest where there are too many.
    ///
    /// # Errors
    /// Where the store cannot be written.
    pub fn commit(&mut self) -> Result<(), StoreError> {
        let Some(transaction) = self.open.take() else { return Ok(()) };
        {
            let mut articles = transaction.open_table(ARTICLES)?;
            let mut order = transaction.open_table(ORDER)?;
            let mut bands = transaction.open_table(BANDS)?;
            while articles.len()? > self.most_articles {
                let Some(oldest) = order.pop_first()?.map(|(place, _)| place.value().1) else { break };
                let forgotten = articles.remove(oldest)?.and_then(|value| read(value.value()));
                for place in forgotten.iter().flat_map(|entry| places(entry, oldest)) {
                    bands.remove(place)?;
                }
            }
            self.articles = articles.len()?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Drops what was put since the last commit.
    ///
    /// # Errors
    /// Where the store cannot be used any more.
    pub fn abort(&mut self) -> Result<(), StoreError> {
        if let Some(transaction) = self.open.take() {
            transaction.abort()?;
        }
        Ok(())
    }

    /// Articles known at the last commit.
    pub fn articles(&self) -> u64 {
        self.articles
    }
}

/// Where an entry stands among the bands: originals only, so that likeness does not drift from copy to copy.
fn places(entry: &Entry, key: Key) -> Vec<(u64, i64, Key)> {
    let signature = entry.signature.filter(|_| entry.duplicate_of.is_none() && !entry.withdrawn);
    signature.map_or_else(Vec::new, |signature| signature.bands().map(|band| (band, entry.first, key)).to_vec())
}

fn key(id: &str) -> Key {
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&blake3::hash(id.as_bytes()).as_bytes()[..16]);
    Key::from_be_bytes(bytes)
}

fn read(value: &[u8]) -> Option<Entry> {
    serde_json::from_slice(value).ok()
}

/// A file that is open and has no name any more, so that it is gone when the process is.
fn nameless(folder: Option<&Path>) -> io::Result<File> {
    let folder = folder.map_or_else(std::env::temp_dir, Path::to_owned);
    for attempt in 0..1000u32 {
        let path = folder.join(format!("entente-state-{}-{attempt}", std::process::id()));
        match File::options().read(true).write(true).create_new(true).open(&path) {
            Ok(file) => {
                std::fs::remove_file(&path)?;
                return Ok(file);
            }
            // Left by a process that was killed in between.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(io::Error::new(error.kind(), format!("{}: {error}", folder.display()))),
        }
    }
    Err(io::Error::other(format!("no file can be made in {}", folder.display())))
}

/// A file that is never flushed to the disk: nothing reads it after a crash.
#[derive(Debug)]
struct Unsynced(FileBackend);

impl StorageBackend for Unsynced {
    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write(offset, data)
    }
}

#[cfg(test)]
mod tests {
    use super::super::entry::SCHEMA;
    use super::*;

    fn entry(id: &str, time: i64, text: Option<&str>) -> Entry {
        Entry {
            schema: SCHEMA.to_owned(),
            id: id.to_owned(),
            version: 1,
            withdrawn: false,
            revision: 1,
            first: time,
            time,
            events: Vec::new(),
            retracted: Vec::new(),
            duplicate_of: None,
            covered: Vec::new(),
            signature: text.and_then(Signature::of),
        }
    }

    fn text(seed: usize) -> String {
        (seed..seed + 80).map(|number| format!("w{number} ")).collect()
    }

    #[test]
    fn what_is_put_is_seen_at_once_and_dropped_with_its_batch() {
        let mut store = Store::new(None, 100).unwrap();
        store.put(&entry("a", 1, None)).unwrap();
        store.commit().unwrap();
        store.put(&entry("b", 2, None)).unwrap();
        assert!(store.get("b").unwrap().is_some());
        store.abort().unwrap();
        assert_eq!(store.get("b").unwrap(), None);
        assert_eq!(store.get("a").unwrap(), Some(entry("a", 1, None)));
    }

    #[test]
    fn the_most_alike_original_in_the_window_is_found() {
        let mut store = Store::new(None, 100).unwrap();
        let half = format!("{}{}", text(0).split_at(160).0, text(500).split_at(160).1);
        store.put(&entry("whole", 1000, Some(&text(0)))).unwrap();
        store.put(&entry("half", 900, Some(&half))).unwrap();
        store.put(&Entry { duplicate_of: Some("whole".to_owned()), ..entry("copy", 800, Some(&text(0))) }).unwrap();
        let signature = Signature::of(&text(0)).unwrap();
        let mut find = |id: &str, time, least| store.original(id, &signature, time, 500, least).unwrap().map(|found| found.id);
        assert_eq!(find("new", 1400, 0.7).as_deref(), Some("whole"));
        assert_eq!(find("new", 1501, 0.7), None, "too late");
        assert_eq!(find("whole", 1400, 0.7), None, "no article is a copy of itself");
        store.put(&entry("whole", 1000, Some(&text(9000)))).unwrap();
        assert_eq!(store.original("new", &signature, 1000, 500, 0.7).unwrap(), None, "the original was rewritten");
    }

    #[test]
    fn the_size_is_bounded_and_the_oldest_goes_first() {
        let mut store = Store::new(None, 10).unwrap();
        for round in 0..30 {
            let text = text(round as usize * 100);
            store.put(&entry(&format!("a{round}"), 1000 - round, Some(&text))).unwrap();
            store.put(&entry("steady", 2000 + round, Some(&text))).unwrap();
            store.commit().unwrap();
            assert!(store.articles() <= 10);
        }
        assert!(store.get("steady").unwrap().is_some());
        assert_eq!(store.get("a29").unwrap(), None, "log time decides, not the order of arrival");
        assert!(store.get("a0").unwrap().is_some());
        let bands = store.transaction().unwrap().open_table(BANDS).unwrap().len().unwrap();
        assert!(bands <= 10 * crate::article::BANDS as u64, "{bands} bands are left");
    }

    #[test]
    fn a_folder_that_is_not_there_is_told_by_name() {
        let error = Store::new(Some(Path::new("/nowhere/at/all")), 1).err().expect("it fails").to_string();
        assert!(error.contains("/nowhere/at/all"), "{error}");
    }
}
