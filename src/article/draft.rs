//! [`Draft`]: what a payload of any shape says of its article, before normalization. [`Draft::finish`] makes the [`Article`] of it.

use std::borrow::Cow;

use super::date::Moment;
use super::html::entity::unescape;
use super::{Article, ArticleStatus, Dateline, dateline, html, identity, language, lines, reject, text};
use crate::record::{Reason, Rejection};
use crate::span::Span;

#[derive(Debug, Default)]
pub(super) struct Draft<'a> {
    pub id: Option<Cow<'a, str>>,
    pub version: Option<u32>,
    pub url: Option<Cow<'a, str>>,
    pub title: Option<Cow<'a, str>>,
    pub body: Body<'a>,
    pub published: Option<Moment>,
    pub publisher: Option<Cow<'a, str>>,
    pub language: Option<Cow<'a, str>>,
    /// Where it was written, if told outside of the text.
    pub place: Option<Cow<'a, str>>,
    pub status: ArticleStatus,
}

#[derive(Debug, Default)]
pub(super) enum Body<'a> {
    #[default]
    None,
    Text(Cow<'a, str>),
    Html(Cow<'a, str>),
    /// Normalized already.
    Paragraphs(Vec<String>),
}

/// A version number from the time of the last change, where a shape counts none: seconds since the epoch.
pub(super) fn version_of(modified: Moment) -> Option<u32> {
    u32::try_from(modified.unix()).ok()
}

impl Draft<'_> {
    pub fn finish(self) -> Result<Article, Rejection> {
        let title = self.title.as_deref().map(single_line).filter(|title| !title.is_empty());
        let publisher = self.publisher.as_deref().map(single_line).filter(|name| !name.is_empty());
        let title = title.map(|title| without_site(title, publisher.as_deref()));
        let normalized = match self.body {
            Body::None => Vec::new(),
            Body::Html(html) => html::paragraphs(&html)?,
            Body::Text(text) if html::is_markup(&text) => html::paragraphs(&text)?,
            Body::Text(text) => {
                // A byte order mark that was read as Windows-1252.
                let text = text.trim_start();
                vec![text::normalize(&unescape(text.strip_prefix("ï»¿").unwrap_or(text)))]
            }
            Body::Paragraphs(paragraphs) => paragraphs,
        };
        let mut paragraphs: Vec<&str> =
            normalized.iter().flat_map(|text| text.split("\n\n")).filter(|text| !text.is_empty()).collect();
        let named = lines::clean(&mut paragraphs);
        let (title, opens_with_title) = headline(title, &paragraphs);
        let heading = if opens_with_title && !paragraphs.is_empty() { Some(paragraphs.remove(0)) } else { None };
        let mut written = None;
        if let Some(first) = paragraphs.first_mut() {
            let found =
                dateline::take(first).map_err(|error| reject(Reason::InvalidDate, format!("in the dateline: {error}")))?;
            if let Some((dateline, rest)) = found {
                *first = rest;
                written = Some(dateline);
            }
        }
        if let Some(last) = paragraphs.last_mut() {
            *last = dateline::without_signature(last);
        }
        paragraphs.retain(|text| !text.is_empty());

        let url = self.url.as_deref().map(str::trim).filter(|url| !url.is_empty());
        let canonical = url.and_then(identity::canonical);
        let given = self.id.as_deref().map(str::trim).filter(|id| !id.is_empty());
        let readable = paragraphs.iter().any(|text| text.chars().any(char::is_alphabetic));
        if !readable && (self.status == ArticleStatus::Usable || (given.is_none() && canonical.is_none())) {
            let missing = if paragraphs.is_empty() { "no text" } else { "no letter in the text" };
            return Err(reject(Reason::MissingText, format!("{missing} that is the article's own")));
        }

        let written = written.unwrap_or_default();
        let published = self.published.map(|moment| moment.date).or_else(|| written.day.and_then(|day| day.resolve(None)));
        let start_of_day = |date| Moment { date, time: None, offset: None };
        let published_at = self.published.or_else(|| published.map(start_of_day)).map(Moment::unix);
        let place = written.place.or_else(|| self.place.as_deref().map(single_line).filter(|place| !place.is_empty()));
        let date = written.day.and_then(|day| day.resolve(published));
        let dateline = (place.is_some() || date.is_some() || written.agency.is_some()).then_some(Dateline {
            place,
            date,
            agency: written.agency,
        });

        let mut text = String::with_capacity(
            paragraphs.iter().map(|text| text.len() + 2).sum::<usize>() + title.as_ref().map_or(0, String::len),
        );
        // As the body has it where it does, else the title given.
        let first = heading.or(title.as_deref()).filter(|_| !paragraphs.is_empty());
        let headline = first.map(|first| {
            text.push_str(first);
            Span::new(0, first.len())
        });
        let body_start = paragraphs.first().map_or(0, |_| text.len() + if headline.is_some() { 2 } else { 0 });
        for paragraph in &paragraphs {
            if !text.is_empty() {
                text.push_str("\n\n");
            }
            text.push_str(paragraph);
        }
        let body = text.get(body_start..).unwrap_or("");
        let language = language::identify(body, self.language.as_deref());
        Ok(Article {
            id: identity::id(given, canonical.as_deref(), &text),
            version: self.version.unwrap_or(1),
            url: canonical.or_else(|| url.map(str::to_owned)),
            title,
            text,
            headline,
            publisher: publisher.or(named),
            published,
            published_at,
            dateline,
            language,
            status: self.status,
        })
    }
}

fn single_line(value: &str) -> String {
    text::line(&unescape(value))
}

/// "Ministers meet - Harbour Wire" without the publisher's name.
fn without_site(title: String, publisher: Option<&str>) -> String {
    let Some(publisher) = publisher else { return title };
    let Some(bare) = title.strip_suffix(publisher) else { return title };
    let bare = bare.trim_end();
    match bare.strip_suffix(['-', '|', '–', '—', '·', ':']) {
        Some(bare) if !bare.trim_end().is_empty() => bare.trim_end().to_owned(),
        _ => title,
    }
}

/// The title, and whether the text opens with it. Text that comes without one may open with a line that is one.
fn headline(title: Option<String>, paragraphs: &[&str]) -> (Option<String>, bool) {
    let Some(first) = paragraphs.first() else { return (title, false) };
    match title {
        Some(title) if letters(&title).eq(letters(first)) => (Some(title), true),
        // A page's own title, with the name of the site behind: "Ministers meet | Harbour Wire".
        Some(title) if title.strip_prefix(first).is_some_and(|site| site.trim_start().starts_with(['-', '|', '–', '—', '·'])) => {
            (Some((*first).to_owned()), true)
        }
        Some(title) => (Some(title), false),
        None => {
            let next = paragraphs.get(1);
            let is_title = (3..=20).contains(&text::words(first))
                && !text::ends_sentence(first)
                && !first.ends_with([':', ',', ';'])
                && next.is_some_and(|next| text::words(next) >= 8);
            (is_title.then(|| (*first).to_owned()), is_title)
        }
    }
}

fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
}
