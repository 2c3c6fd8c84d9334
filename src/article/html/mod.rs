//! Web pages and fragments of HTML: the article's text without the page around it, and what the page says about the article.
//!
//! Written for this purpose instead of taken from a readability library: those build a tree of the whole page first, which costs
//! milliseconds and on hostile pages does not end in linear time.

mod element;
pub(super) mod entity;
mod furniture;
mod main_text;
mod outline;
mod tokens;

use std::borrow::Cow;

use outline::Outline;

use super::date::Moment;
use super::draft::{Body, Draft};
use super::json::{Node, schema_org};
use super::text::words;
use super::{Article, reject};
use crate::record::{Reason, Rejection};

/// Whether text holds markup that was meant as such.
pub(super) fn is_markup(text: &str) -> bool {
    ["</p>", "<br", "</div>", "<p>", "</P>", "<BR"].iter().any(|tag| text.contains(tag))
}

/// The paragraphs of a fragment: an article's body as a feed carries it.
pub(super) fn paragraphs(fragment: &str) -> Result<Vec<String>, Rejection> {
    Outline::read(fragment).map(|outline| main_text::paragraphs(&outline))
}

/// Reads a whole page.
pub(super) fn read(page: &str) -> Result<Article, Rejection> {
    let outline = Outline::read(page)?;
    let paragraphs = main_text::paragraphs(&outline);
    let head = &outline.head;
    // A page may carry JSON-LD that is broken or about other things; it then says nothing about the article.
    let data: Vec<Node> = head.json_ld.iter().filter_map(|text| Node::parse(text.trim()).ok()).collect();
    let mut draft = match data.iter().find_map(schema_org::find) {
        Some(described) => schema_org::draft(described)?,
        None => Draft::default(),
    };
    draft.body = richer(paragraphs, std::mem::take(&mut draft.body));
    let meta = |names: &[&str]| names.iter().find_map(|name| head.meta.get(*name)).map(|value| Cow::Borrowed(&**value));
    if draft.title.is_none() {
        let heading = outline.blocks.iter().find(|block| block.kind == outline::BlockKind::Heading(1) && !block.furniture);
        let heading = heading.and_then(|block| outline.text.get(block.start..block.end)).map(Cow::Borrowed);
        let page_title = head.title.as_deref().map(Cow::Borrowed);
        draft.title = meta(&["og:title", "twitter:title", "headline"]).or(heading).or(page_title);
    }
    if draft.url.is_none() {
        draft.url = head.canonical.as_deref().map(Cow::Borrowed).or_else(|| meta(&["og:url"]));
    }
    if draft.publisher.is_none() {
        draft.publisher = meta(&["og:site_name", "publisher", "dc.publisher"]);
    }
    if draft.language.is_none() {
        draft.language = head.language.as_deref().map(Cow::Borrowed).or_else(|| meta(&["og:locale", "dc.language"]));
    }
    if draft.published.is_none() {
        // A page has dates of many things; one that cannot be read is not the article's fault, one that is declared to be its own is.
        let declared = meta(&["article:published_time", "datepublished", "og:published_time"]);
        draft.published = match declared {
            Some(date) => {
                Some(Moment::parse(&date).map_err(|error| reject(Reason::InvalidDate, format!("published_time: {error}")))?)
            }
            None => {
                let names = [
                    "date",
                    "pubdate",
                    "publishdate",
                    "publish-date",
                    "parsely-pub-date",
                    "sailthru.date",
                    "dc.date",
                    "dcterms.date",
                    "dcterms.created",
                    "dc.date.issued",
                    "article.published",
                    "cxenseparse:recs:publishtime",
                ];
                let found = names.iter().filter_map(|name| head.meta.get(*name)).chain(&head.time);
                found.filter_map(|date| Moment::parse(date).ok()).next()
            }
        };
    }
    if draft.version.is_none() {
        let modified =
            meta(&["article:modified_time", "og:updated_time", "datemodified"]).and_then(|date| Moment::parse(&date).ok());
        draft.version = modified.filter(|modified| Some(*modified) != draft.published).and_then(super::draft::version_of);
    }
    draft.finish()
}

/// The page's paragraphs, unless the body its metadata carries has clearly more of the text.
fn richer<'a>(paragraphs: Vec<String>, declared: Body<'a>) -> Body<'a> {
    let shown: usize = paragraphs.iter().map(|text| words(text)).sum();
    let carried = match &declared {
        Body::Text(text) | Body::Html(text) => words(text),
        _ => 0,
    };
    if shown * 10 >= carried * 7 && shown > 0 { Body::Paragraphs(paragraphs) } else { declared }
}
