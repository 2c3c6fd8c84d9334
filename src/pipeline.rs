//! [`Pipeline::process`]: a record in, coded events out. The steps in order and nothing else: pure, synchronous, deterministic.

use crate::actor::{Dictionaries, DictionaryErrors, Gazetteer, GazetteerError, Mentions, Merged};
use crate::article::{self, Article, ArticleStatus, Decoded, Limits, Signature};
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

impl Scratch {
    /// What the judge was asked in the article that was coded last.
    pub fn tally(&self) -> event::Tally {
        self.coder.tally
    }
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

/// What became of a record, and which article it held.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub coded: Coded,
    /// `None` for a tombstone.
    pub article: Option<Identity>,
}

/// Which article, in which version: for those who remember what became of earlier ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub id: String,
    pub version: u32,
    pub withdrawn: bool,
    /// In seconds since 1970.
    pub published_at: Option<i64>,
    /// Of the text without its headline; `None` where that is too short to tell copies from others.
    pub signature: Option<Signature>,
}

impl Identity {
    fn of(article: &Article) -> Self {
        Self {
            id: article.id.clone(),
            version: article.version,
            withdrawn: article.status == ArticleStatus::Withdrawn,
            published_at: article.published_at,
            signature: Signature::of(article.body()),
        }
    }
}

/// The steps of the pipeline, for whoever wants to know how long each takes: the pipeline itself has no clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Decode,
    Signature,
    Syntax,
    Actor,
    Event,
}

impl Step {
    pub const ALL: [Step; 5] = [Step::Decode, Step::Signature, Step::Syntax, Step::Actor, Step::Event];

    pub fn as_str(self) -> &'static str {
        match self {
            Step::Decode => "decode",
            Step::Signature => "signature",
            Step::Syntax => "syntax",
            Step::Actor => "actor",
            Step::Event => "event",
        }
    }
}

/// Why the coder could not be loaded: a lexicon or a model that ships inside the binary, or one the user added, is broken.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error(transparent)]
    Lexicon(#[from] LexiconError),
    #[error(transparent)]
    Gazetteer(#[from] GazetteerError),
    #[error(transparent)]
    Dictionaries(#[from] DictionaryErrors),
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

    /// The same with the judge, or without it.
    pub fn with_judge(self, on: bool) -> Result<Self, LoadError> {
        let coder = self.coder.with_judge(on)?;
        Ok(Self { coder, ..self })
    }

    /// The same with another branch of the judge for articles, if it has a judge: one that has not learned from some of them.
    pub fn with_branch(self, bytes: &[u8]) -> Result<Self, LoadError> {
        let coder = self.coder.with_branch(bytes)?;
        Ok(Self { coder, ..self })
    }

    /// The same, telling every event that is at least so sure: for whoever weighs events himself.
    pub fn with_floor(self, floor: f64) -> Self {
        let coder = self.coder.with_floor(floor);
        Self { coder, ..self }
    }

    /// The same, telling every act of which a predicate leaves a party out though its frame asks for it.
    pub fn with_all_left_out(self) -> Self {
        let coder = self.coder.with_all_left_out();
        Self { coder, ..self }
    }

    /// The same with other limits on what a record may cost.
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The same with a user's own dictionaries of actors merged into the gazetteer, and what each brought.
    ///
    /// # Errors
    /// Everything that is wrong with the files, with their lines.
    pub fn with_dictionaries(mut self, files: &Dictionaries) -> Result<(Self, Vec<Merged>), LoadError> {
        let (gazetteer, merged) = self.gazetteer.with_dictionaries(files)?;
        self.gazetteer = gazetteer;
        Ok((self, merged))
    }

    /// Codes one record and says, where there are no events, whether it was passed over and why.
    pub fn code(&self, record: &Record) -> Result<Coded, Rejection> {
        self.code_with(record, &mut Scratch::default())
    }

    /// As [`Pipeline::code`], with buffers that the caller keeps. What they held before makes no difference.
    pub fn code_with(&self, record: &Record, scratch: &mut Scratch) -> Result<Coded, Rejection> {
        match self.read(record)? {
            Read::Article(article) => Ok(self.events(&article, scratch, &mut |_| {})),
            Read::Passed(passed, _) => Ok(Coded::Passed(passed)),
        }
    }

    /// As [`Pipeline::code_with`], with the article's identity. `done` is told of each step when it is done.
    pub fn examine(&self, record: &Record, scratch: &mut Scratch, done: &mut dyn FnMut(Step)) -> Result<Outcome, Rejection> {
        let read = self.read(record)?;
        done(Step::Decode);
        let article = match &read {
            Read::Article(article) | Read::Passed(_, Some(article)) => Some(Identity::of(article)),
            Read::Passed(_, None) => None,
        };
        done(Step::Signature);
        let coded = match read {
            Read::Article(article) => self.events(&article, scratch, done),
            Read::Passed(passed, _) => Coded::Passed(passed),
        };
        Ok(Outcome { coded, article })
    }

    fn events(&self, article: &Article, scratch: &mut Scratch, done: &mut dyn FnMut(Step)) -> Coded {
        let Scratch { syntax, document, mentions, coder } = scratch;
        self.analyzer.analyze(&article.text, article.headline, syntax, document);
        done(Step::Syntax);
        self.gazetteer.mentions(article, document, mentions);
        done(Step::Actor);
        let events = self.coder.code(article, document, mentions, coder);
        done(Step::Event);
        Coded::Events(events)
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
        let Read::Article(article) = self.read(record)? else { return Ok(None) };
        let mut document = Document::default();
        let mut mentions = Mentions::default();
        self.analyzer.analyze(&article.text, article.headline, &mut syntax::Scratch::default(), &mut document);
        self.gazetteer.mentions(&article, &document, &mut mentions);
        let (told, trace) = self.coder.explain(&article, &document, &mentions);
        Ok(Some(Explanation { article, document, mentions, told, trace }))
    }

    /// The article in a record, or why it is not coded.
    fn read(&self, record: &Record) -> Result<Read, Rejection> {
        let article = match article::decode(record, &self.limits)? {
            Decoded::Article(article) => article,
            Decoded::Tombstone => return Ok(Read::Passed(Passed::Tombstone, None)),
        };
        Ok(match () {
            () if article.status == ArticleStatus::Withdrawn => Read::Passed(Passed::Withdrawn, Some(article)),
            () if article.language != CODED => Read::Passed(Passed::Language, Some(article)),
            () => Read::Article(article),
        })
    }
}

enum Read {
    Article(Box<Article>),
    /// With the article, if there is one.
    Passed(Passed, Option<Box<Article>>),
}

/// The language that is coded.
const CODED: &str = "en";
