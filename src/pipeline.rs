//! [`Pipeline::process`]: a record in, coded events out. The steps in order and nothing else: pure, synchronous, deterministic.

use crate::actor::{Gazetteer, GazetteerError, Mentions};
use crate::article::{self, Article, ArticleStatus, Decoded, Limits};
use crate::event::{self, Coder, Event, Explained, Trace};
use crate::lexicon::LexiconError;
use crate::record::{Record, Rejection};
use crate::syntax::{self, Analyzer, Document};

/// Everything coding needs, loaded once and shared read-only by all workers.
pub struct Pipeline {
    limits: Limits,
    analyzer: Analyzer,
    gazetteer: Gazetteer,
    coder: Coder,
}

/// What a worker keeps from article to article, so that nothing is allocated anew for each.
#[derive(Default)]
pub struct Scratch {
    syntax: syntax::Scratch,
    document: Document,
    mentions: Mentions,
    coder: event::Scratch,
}

/// What became of a record that was not rejected.
#[derive(Clone, Debug, PartialEq)]
pub enum Coded {
    Events(Vec<Event>),
    /// Read and understood, but not coded; counted, never dead-lettered.
    Passed(Passed),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Passed {
    /// A record without a value: the key's article was deleted upstream.
    Tombstone,
    /// The article's language has no coder yet.
    Language,
    /// The publisher withdrew the article.
    Withdrawn,
}

/// Why the coder could not be loaded: a lexicon or a model that ships inside the binary, or one the user added, is broken.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error(transparent)]
    Lexicon(#[from] LexiconError),
    #[error(transparent)]
    Gazetteer(#[from] GazetteerError),
    #[error(transparent)]
    Syntax(#[from] syntax::ModelError),
}

/// An article with everything that was read in it, for `extract --explain`.
#[derive(Debug)]
pub struct Explanation {
    pub article: Box<Article>,
    pub document: Document,
    pub mentions: Mentions,
    /// The events as told, before those told twice were merged.
    pub told: Vec<Explained>,
    /// Every reading of a predicate, also those that came to nothing.
    pub trace: Trace,
}

impl Pipeline {
    /// The pipeline with the lexicons and models that ship inside the binary.
    pub fn embedded() -> Result<Self, LoadError> {
        Ok(Self {
            limits: Limits::default(),
            analyzer: Analyzer::embedded()?,
            gazetteer: Gazetteer::embedded()?,
            coder: Coder::embedded()?,
        })
    }

    /// The same with other limits on what a record may cost.
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Codes one record and says, where there are no events, whether it was passed over and why.
    pub fn code(&self, record: &Record) -> Result<Coded, Rejection> {
        self.code_with(record, &mut Scratch::default())
    }

    /// As [`Pipeline::code`], with buffers that the caller keeps. What they held before makes no difference.
    pub fn code_with(&self, record: &Record, scratch: &mut Scratch) -> Result<Coded, Rejection> {
        let article = match self.read(record)? {
            Ok(article) => article,
            Err(passed) => return Ok(Coded::Passed(passed)),
        };
        let Scratch { syntax, document, mentions, coder } = scratch;
        self.analyzer.analyze(&article.text, article.headline, syntax, document);
        self.gazetteer.mentions(&article, document, mentions);
        Ok(Coded::Events(self.coder.code(&article, document, mentions, coder)))
    }

    /// Codes one record.
    pub fn process(&self, record: &Record) -> Result<Vec<Event>, Rejection> {
        match self.code(record)? {
            Coded::Events(events) => Ok(events),
            Coded::Passed(_) => Ok(Vec::new()),
        }
    }

    /// Codes one record and keeps what made each event and why others were dropped. `None` where the record is passed over.
    pub fn explain(&self, record: &Record) -> Result<Option<Explanation>, Rejection> {
        let Ok(article) = self.read(record)? else { return Ok(None) };
        let mut document = Document::default();
        let mut mentions = Mentions::default();
        self.analyzer.analyze(&article.text, article.headline, &mut syntax::Scratch::default(), &mut document);
        self.gazetteer.mentions(&article, &document, &mut mentions);
        let (told, trace) = self.coder.explain(&article, &document, &mentions);
        Ok(Some(Explanation { article, document, mentions, told, trace }))
    }

    /// The article in a record, or why it is not coded.
    fn read(&self, record: &Record) -> Result<Result<Box<Article>, Passed>, Rejection> {
        let article = match article::decode(record, &self.limits)? {
            Decoded::Article(article) => article,
            Decoded::Tombstone => return Ok(Err(Passed::Tombstone)),
        };
        if article.status == ArticleStatus::Withdrawn {
            return Ok(Err(Passed::Withdrawn));
        }
        if article.language != CODED {
            return Ok(Err(Passed::Language));
        }
        Ok(Ok(article))
    }
}

/// The language that is coded.
const CODED: &str = "en";
