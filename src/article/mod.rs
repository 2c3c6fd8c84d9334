//! Raw shapes to [`Article`]: formats, encodings, HTML, boilerplate, dateline, dates, language, identity.

mod date;
mod dateline;
mod draft;
mod encoding;
mod html;
mod identity;
mod json;
mod language;
mod lines;
mod mojibake;
mod shape;
mod signature;
mod text;

pub use json::ArticleJson;
pub use language::UNDETERMINED;
pub use signature::{BANDS, Signature};

use std::borrow::Cow;

use jiff::civil::Date;

use draft::{Body, Draft};
use shape::{ContentType, Shape};

use crate::record::{Reason, Record, Rejection, Stage};
use crate::span::Span;

/// What a record may cost before it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest payload, in bytes; memory for decoding is a small multiple of it.
    pub max_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_bytes: 8 << 20 }
    }
}

/// What a record holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decoded {
    Article(Box<Article>),
    /// No payload: the article of this key was deleted upstream.
    Tombstone,
}

/// Reads one record: tells its shape, takes the article out of it and normalizes it. Pure: the same record, the same article,
/// however often and whenever it is read.
pub fn decode(record: &Record, limits: &Limits) -> Result<Decoded, Rejection> {
    let Some(payload) = &record.payload else { return Ok(Decoded::Tombstone) };
    if payload.len() > limits.max_bytes {
        return Err(reject(Reason::PayloadTooLarge, format!("{} bytes; the limit is {}", payload.len(), limits.max_bytes)));
    }
    let content_type = record.header("content-type").and_then(|header| std::str::from_utf8(header).ok()).unwrap_or("");
    let content_type = ContentType::parse(content_type);
    let text = encoding::decode(payload, content_type.charset)?;
    let text = text.trim();
    if text.is_empty() {
        return Err(reject(Reason::EmptyPayload, format!("{} bytes, all of them white space", payload.len())));
    }
    let article = match shape::of(text, content_type.shape)? {
        Shape::Json => json::read(text),
        Shape::Html => html::read(text),
        Shape::Text => Draft { body: Body::Text(Cow::Borrowed(text)), ..Draft::default() }.finish(),
    }?;
    Ok(Decoded::Article(Box::new(article)))
}

fn reject(reason: Reason, message: impl Into<String>) -> Rejection {
    Rejection::new(Stage::Decode, reason, message)
}

/// An article, normalized: UTF-8, NFC, `\n` line ends, paragraphs separated by `\n\n`, no markup, no boilerplate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Article {
    /// Given, else from the url, else a hash of the text.
    pub id: String,
    /// Grows with each version of one article: as given, else the time of the last change in seconds since 1970, else 1.
    pub version: u32,
    pub url: Option<String>,
    pub title: Option<String>,
    /// What is coded, and what every span points into. Where there is a title that the body does not itself open with, it is
    /// the first paragraph.
    pub text: String,
    /// Where the headline stands in `text`, if it does. It has no full stop and its own grammar.
    pub headline: Option<Span>,
    pub publisher: Option<String>,
    /// Day of publication in the zone the article gives, or UTC where it gives none.
    pub published: Option<Date>,
    /// Moment of publication, in seconds since 1970; the start of the day where only that is known.
    pub published_at: Option<i64>,
    pub dateline: Option<Dateline>,
    /// ISO 639-1, or [`UNDETERMINED`].
    pub language: String,
    pub status: ArticleStatus,
}

impl Article {
    /// The text without its headline.
    pub fn body(&self) -> &str {
        self.text.get(self.headline.map_or(0, |headline| headline.end as usize)..).unwrap_or("")
    }
}

/// "ISLAMABAD, Nov 3 (Agency):" taken off the front of the text. A place hint, never an actor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dateline {
    /// "Islamabad", "Kyiv, Ukraine": as in running text, whatever the letter case was. The first of several.
    pub place: Option<String>,
    /// The year, where it is not written, is the one that brings it nearest to the day of publication.
    pub date: Option<Date>,
    pub agency: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ArticleStatus {
    #[default]
    Usable,
    /// The publisher took it back: its events no longer hold.
    Withdrawn,
}
