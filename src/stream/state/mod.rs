//! What is remembered of articles, so that a later version replaces an earlier one and near-copies do not tell everything twice.
//!
//! The truth is a compacted topic, keyed by article id and written in the transactions that publish the events: events, offsets and memory
//! agree, whatever crashes. Every worker reads all of it into a local [`store`] ([`feed`]) before it codes anything, and again when
//! partitions come to it, so that an article may come in any partition. Entries of other workers are seen when they have committed; near-
//! copies that two workers read within one commit interval are both told.

pub mod entry;
pub mod feed;
pub mod store;
pub mod verdict;

pub use entry::{Entry, Told};
pub use store::{Store, StoreError};

use crate::config::{Config, Duplicates};
use crate::pipeline::Identity;
use verdict::{Reading, Verdict, judge, may_be_copy};

/// How near-copies and corrections are dealt with.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Log time between an original and its copy, in milliseconds.
    pub window_ms: i64,
    /// Estimated resemblance from which a text is a near-copy.
    pub similarity: f64,
    /// Near-copies are marked and published.
    pub publish_copies: bool,
}

/// The rules with the store they need. Changes belong to a batch, which is kept or dropped as a whole.
pub struct State {
    store: Store,
    policy: Policy,
    /// Entries of other workers that came while a batch was open.
    learned: Vec<Entry>,
    in_batch: bool,
}

impl State {
    pub fn new(store: Store, policy: Policy) -> Self {
        Self { store, policy, learned: Vec::new(), in_batch: false }
    }

    /// An empty memory as the configuration wants it; `None` where it wants none.
    ///
    /// # Errors
    /// Where no file can be made.
    pub fn from_config(config: &Config) -> Result<Option<Self>, StoreError> {
        let state = &config.state;
        if config.topics.state.is_empty() {
            return Ok(None);
        }
        let policy = Policy {
            window_ms: state.window.as_millis() as i64,
            similarity: state.similarity,
            publish_copies: state.duplicates == Duplicates::Publish,
        };
        Ok(Some(Self::new(Store::new(state.folder.as_deref(), state.articles as u64)?, policy)))
    }

    /// What an article is to give, as part of the open batch.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn judge(&mut self, article: &Identity, time: i64, found: Vec<Told>) -> Result<Verdict, StoreError> {
        self.in_batch = true;
        let known = self.store.get(&article.id)?;
        let original = match article.signature.filter(|_| may_be_copy(known.as_ref(), article)) {
            Some(signature) => {
                let Policy { window_ms, similarity, .. } = self.policy;
                self.store.original(&article.id, &signature, time, window_ms, similarity)?
            }
            None => None,
        };
        let reading = Reading { article, time, found };
        let verdict = judge(known.as_ref(), original.as_ref(), self.policy.publish_copies, reading);
        if let Verdict::Tell(tell) = &verdict
            && tell.changed
        {
            self.store.put(&tell.entry)?;
        }
        Ok(verdict)
    }

    /// What a tombstone with this key means: that the article of this id, where one is known, is withdrawn. A key that is none means nothing.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn withdrawal(&mut self, key: Option<&[u8]>) -> Result<Option<Identity>, StoreError> {
        let Some(id) = key.and_then(|key| std::str::from_utf8(key).ok()) else { return Ok(None) };
        let of = |known: Entry| Identity {
            id: known.id,
            version: known.version,
            withdrawn: true,
            published_at: None,
            signature: None,
        };
        Ok(self.store.get(id)?.map(of))
    }

    /// Takes entries from the state topic: other workers', and ours come back.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn learn(&mut self, mut entries: Vec<Entry>) -> Result<(), StoreError> {
        self.learned.append(&mut entries);
        if self.in_batch { Ok(()) } else { self.take_in() }
    }

    /// The batch was committed.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn commit(&mut self) -> Result<(), StoreError> {
        self.store.commit()?;
        self.in_batch = false;
        self.take_in()
    }

    /// The batch is void.
    ///
    /// # Errors
    /// Where the store fails.
    pub fn abort(&mut self) -> Result<(), StoreError> {
        self.store.abort()?;
        self.in_batch = false;
        self.take_in()
    }

    /// Articles known.
    pub fn articles(&self) -> u64 {
        self.store.articles()
    }

    fn take_in(&mut self) -> Result<(), StoreError> {
        if self.learned.is_empty() {
            return Ok(());
        }
        for entry in std::mem::take(&mut self.learned) {
            // Of two of one revision the later in the log counts, as it does for whoever reads the topic anew.
            if self.store.get(&entry.id)?.is_none_or(|known| known.revision <= entry.revision && known != entry) {
                self.store.put(&entry)?;
            }
        }
        self.store.commit()
    }
}
