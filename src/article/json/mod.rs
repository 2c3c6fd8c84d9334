//! JSON payloads: tells the shape by its members and takes the article out of it.

mod aggregator;
mod ninjs;
mod node;
mod ours;
pub(super) mod schema_org;

pub(super) use node::Node;
pub use ours::ArticleJson;

use std::borrow::Cow;

use super::date::Moment;
use super::draft::Draft;
use super::{Article, reject};
use crate::record::{Reason, Rejection};

/// Reads a payload that holds one article of any JSON shape.
pub(super) fn read(payload: &str) -> Result<Article, Rejection> {
    let node = Node::parse(payload)?;
    draft(&node)?.finish()
}

fn draft<'n>(node: &'n Node<'_>) -> Result<Draft<'n>, Rejection> {
    let Some(items) = node.items() else { return object(node) };
    match items {
        [one] => object(one),
        // A page's JSON-LD is an array of many things, one of them the article.
        _ => match schema_org::find(node) {
            Some(found) => schema_org::draft(found),
            None => {
                Err(reject(Reason::SeveralArticles, format!("an array of {} values; one record is one article", items.len())))
            }
        },
    }
}

fn object<'n>(node: &'n Node<'_>) -> Result<Draft<'n>, Rejection> {
    let Node::Object(members) = node else {
        return Err(reject(Reason::UnknownShape, format!("expected an object, found {}", node.kind())));
    };
    if node.has("@type") || node.has("@graph") || node.has("@context") {
        let found = schema_org::find(node);
        return found.map_or_else(|| Err(reject(Reason::UnknownShape, "JSON-LD without an article in it")), schema_org::draft);
    }
    if let Some(item) = aggregator::unwrap(node)? {
        return object(item);
    }
    if ninjs::is(node) {
        return ninjs::draft(node);
    }
    if aggregator::is_event_registry(node) {
        return aggregator::event_registry(node);
    }
    if aggregator::is_news_api(node) {
        return aggregator::news_api(node);
    }
    if ours::is(node) {
        return ours::draft(node);
    }
    let names: Vec<&str> = members.iter().map(|(name, _)| name.get(..20).unwrap_or(name)).take(8).collect();
    Err(reject(Reason::UnknownShape, format!("no shape of article has the members {names:?}")))
}

/// A member that is text. Absent, null and blank are `None`; any other kind of value is a rejection that names the member.
fn text<'n>(node: &'n Node<'_>, name: &str) -> Result<Option<Cow<'n, str>>, Rejection> {
    match node.get(name) {
        None => Ok(None),
        Some(Node::Text(text)) => Ok(Some(Cow::Borrowed(&**text)).filter(|text| !text.trim().is_empty())),
        Some(other) => Err(reject(Reason::InvalidField, format!("`{name}`: expected a string, found {}", other.kind()))),
    }
}

/// As [`text`], for identifiers: numbers are taken as they are written.
fn identifier<'n>(node: &'n Node<'_>, name: &str) -> Result<Option<Cow<'n, str>>, Rejection> {
    match node.get(name) {
        Some(Node::Integer(number)) => Ok(Some(Cow::Owned(number.to_string()))),
        _ => text(node, name),
    }
}

/// A member that is a date: text in any form that is read, or Unix time.
fn date(node: &Node, name: &str) -> Result<Option<Moment>, Rejection> {
    let moment = match node.get(name) {
        None => return Ok(None),
        Some(Node::Text(text)) if text.trim().is_empty() => return Ok(None),
        Some(Node::Text(text)) => Moment::parse(text),
        Some(Node::Integer(number)) => Moment::parse_unix(*number),
        Some(Node::Real(number)) if number.abs() < 1e18 => Moment::parse_unix(*number as i64),
        Some(other) => Err(format!("expected a date, found {}", other.kind())),
    };
    moment.map(Some).map_err(|error| reject(Reason::InvalidDate, format!("`{name}`: {error}")))
}

/// A member that counts versions: a number, or one in a string.
fn version(node: &Node, name: &str) -> Result<Option<u32>, Rejection> {
    let number = match node.get(name) {
        None => return Ok(None),
        Some(Node::Integer(number)) => u32::try_from(*number).ok(),
        Some(Node::Real(number)) if (0.0..4e9).contains(number) && number.fract() == 0.0 => Some(*number as u32),
        Some(Node::Text(text)) => text.trim().trim_end_matches(".0").parse().ok(),
        Some(_) => None,
    };
    number
        .map(Some)
        .ok_or_else(|| reject(Reason::InvalidField, format!("`{name}`: expected a whole number from 0 to {}", u32::MAX)))
}

/// The first of some members that is text, for shapes that are not ours to correct: other kinds of value are passed over.
fn first<'n>(node: &'n Node<'_>, names: &[&str]) -> Option<Cow<'n, str>> {
    let text = names.iter().filter_map(|name| node.get(name)?.as_str()).find(|text| !text.trim().is_empty());
    text.map(Cow::Borrowed)
}
