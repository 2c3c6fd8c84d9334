//! Raw shapes to [`Article`]: formats, encodings, HTML, boilerplate, dateline, dates, language, identity.

use jiff::civil::Date;

use crate::span::Span;

/// An article, normalized: UTF-8, NFC, `\n` line ends, paragraphs separated by `\n\n`, no markup, no boilerplate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Article {
    /// Given, else from the url, else a hash of the text.
    pub id: String,
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
    pub dateline: Option<Dateline>,
    /// ISO 639-1.
    pub language: String,
    pub status: ArticleStatus,
}

/// "ISLAMABAD, Nov 3 (Agency):" taken off the front of the text. A place hint, never an actor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dateline {
    pub place: Option<String>,
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
