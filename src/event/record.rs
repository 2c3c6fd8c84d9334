//! [`Event`]: the published record, version 1 of the contract. Field order here is field order on the wire.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ontology::{Act, Context, Mode, Quad, Status};
use crate::actor::Sector;
use crate::article::Article;
use crate::span::Span;

/// The value of [`Event::schema`].
pub const SCHEMA: &str = "entente.event/1";

/// One act between two states (or international organisations), as one article reports it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "entente.event/1")]
pub struct Event {
    pub schema: String,
    /// Depends on the article's identity and on what was coded, not on when, where or how often it was read.
    pub id: String,
    /// The two codes in alphabetical order, joined by `-`. Also the Kafka key.
    pub dyad: String,
    pub source: Party,
    pub target: Party,
    /// Both do it to each other; source and target then stand in alphabetical order of their codes.
    pub reciprocal: bool,
    pub event: Coding,
    pub status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<EventDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    pub quantities: Vec<Quantity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribution: Option<Attribution>,
    /// Probability that dyad and act are right, 0 to 1, two decimals.
    pub confidence: f64,
    /// Where it is told, in text order; of very many tellings the first 32.
    pub evidence: Vec<Evidence>,
    pub article: ArticleRef,
    /// Version of the coder.
    pub coder: String,
}

impl Event {
    /// The sentence that tells it first, as a position in the document.
    pub fn sentence(&self) -> u32 {
        self.evidence.first().map_or(0, |evidence| evidence.sentence)
    }
}

/// One side of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Party {
    /// ISO 3166-1 alpha-3, or the code of an international organisation.
    pub country: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sector: Option<Sector>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub text: String,
    pub span: Span,
}

/// What was done, in the ontology's terms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Coding {
    pub act: Act,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    pub contexts: Vec<Context>,
    /// PLOVER class, derived from act and status.
    pub plover: Act,
    /// CAMEO code, derived.
    pub cameo: String,
    pub quad: Quad,
    /// PLOVER conflict–cooperation score, -10 to +10.
    pub score: f64,
    pub trigger: Trigger,
}

/// The words that name the act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Trigger {
    pub text: String,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EventDate {
    /// First day, inclusive.
    #[schemars(with = "String")]
    pub start: Date,
    /// Last day, inclusive.
    #[schemars(with = "String")]
    pub end: Date,
    pub granularity: Granularity,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Granularity {
    Day,
    Week,
    Month,
    Quarter,
    Year,
    /// A stretch the text gives by its ends ("October 15-16", "since January").
    Range,
    /// The text gives no date: the day of publication.
    Published,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Quantity {
    pub kind: QuantityKind,
    pub value: f64,
    /// ISO 4217 for money; "people", or the thing counted.
    pub unit: String,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum QuantityKind {
    Money,
    People,
    Weapons,
    Other,
}

/// Who says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Attribution {
    pub kind: AttributionKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AttributionKind {
    Named,
    Anonymous,
    /// The paper itself reports it.
    Publisher,
}

/// A sentence the event rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// Index of the sentence in the article, from 0.
    pub sentence: u32,
    pub text: String,
    pub span: Span,
}

/// The article an event comes from. Fields that the article does not give are `null`, so that a table has its columns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ArticleRef {
    pub id: String,
    pub version: u32,
    pub url: Option<String>,
    pub title: Option<String>,
    pub publisher: Option<String>,
    #[schemars(with = "Option<String>")]
    pub published_at: Option<Date>,
    pub language: String,
}

impl ArticleRef {
    pub fn of(article: &Article) -> Self {
        Self {
            id: article.id.clone(),
            version: article.version,
            url: article.url.clone(),
            title: article.title.clone(),
            publisher: article.publisher.clone(),
            published_at: article.published,
            language: article.language.clone(),
        }
    }
}
