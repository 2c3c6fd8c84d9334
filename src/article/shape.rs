//! [`Shape`]: JSON, HTML or plain text, told by the payload itself and by what its `content-type` says.
//!
//! The header decides where it names JSON or HTML; `text/plain` and all others are what producers send when they do not know, so
//! there the content decides.

use super::reject;
use crate::record::{Reason, Rejection};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Json,
    Html,
    Text,
}

/// What a `content-type` header says: the media type and the charset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ContentType<'a> {
    pub shape: Option<Shape>,
    pub charset: Option<&'a str>,
}

impl<'a> ContentType<'a> {
    pub fn parse(header: &'a str) -> Self {
        let mut parts = header.split(';').map(str::trim);
        let media = parts.next().unwrap_or("").to_ascii_lowercase();
        let shape = match media.as_str() {
            "text/html" | "application/xhtml+xml" => Some(Shape::Html),
            media if media == "application/json" || media == "text/json" || media.ends_with("+json") => Some(Shape::Json),
            _ => None,
        };
        let charset = parts.filter_map(|part| part.split_once('=')).find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
        Self { shape, charset: charset.map(|(_, value)| value.trim().trim_matches('"')).filter(|label| !label.is_empty()) }
    }
}

/// The shape of `payload`, which does not begin with white space.
pub(super) fn of(payload: &str, declared: Option<Shape>) -> Result<Shape, Rejection> {
    if let Some(shape) = declared {
        return Ok(shape);
    }
    let behind = payload.get(1..).unwrap_or("").trim_start();
    match payload.as_bytes().first() {
        Some(b'{') => Ok(Shape::Json),
        // "[Update] The ministers …" is text.
        Some(b'[') if behind.starts_with(['{', '[', ']']) => Ok(Shape::Json),
        Some(b'<') => markup(payload),
        _ => Ok(Shape::Text),
    }
}

/// What begins with `<`: a page, a fragment, XML of another kind, or text.
fn markup(payload: &str) -> Result<Shape, Rejection> {
    let mut rest = payload;
    loop {
        rest = rest.trim_start();
        let end = match rest {
            _ if rest.starts_with("<!--") => "-->",
            _ if rest.starts_with("<?") => "?>",
            _ if rest.get(..9).is_some_and(|start| start.eq_ignore_ascii_case("<!doctype")) => ">",
            _ => break,
        };
        match rest.split_once(end) {
            Some((_, behind)) => rest = behind,
            None => break,
        }
    }
    let Some(name) = rest.strip_prefix('<').filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '!')) else {
        // Prolog without an element, or a bare "<".
        return Ok(if payload.starts_with("<!") { Shape::Html } else { Shape::Text });
    };
    let name = name.split(|c: char| !(c.is_ascii_alphanumeric() || c == ':')).next().unwrap_or("");
    let other = [
        "rss",
        "feed",
        "rdf:RDF",
        "nitf",
        "newsMessage",
        "newsItem",
        "NewsML",
        "urlset",
        "sitemapindex",
        "xml",
        "article:article",
    ];
    match payload.starts_with("<?xml") && !name.eq_ignore_ascii_case("html") || other.contains(&name) {
        true => Err(reject(Reason::UnknownShape, format!("XML of another kind than HTML: `{}`", name.get(..30).unwrap_or(name)))),
        false => Ok(Shape::Html),
    }
}

#[cfg(test)]
mod tests {
    use super::{ContentType, Shape, of};

    #[test]
    fn content_tells_the_shape() {
        for (payload, shape) in [
            ("{\"text\": \"x\"}", Shape::Json),
            ("{truncated", Shape::Json),
            ("[{}]", Shape::Json),
            ("[Update] The ministers met.", Shape::Text),
            ("<!DOCTYPE html><html>", Shape::Html),
            ("<?xml version=\"1.0\"?>\n<!DOCTYPE html><html xmlns=\"x\">", Shape::Html),
            ("<!-- saved --><p>x", Shape::Html),
            ("<p>x</p>", Shape::Html),
            ("<<<<<", Shape::Text),
            ("< 5 percent", Shape::Text),
            ("The ministers met.", Shape::Text),
        ] {
            assert_eq!(of(payload, None).ok(), Some(shape), "{payload}");
        }
    }

    #[test]
    fn other_xml_is_refused_by_name() {
        for payload in ["<?xml version='1.0'?><rss version='2.0'>", "<feed xmlns='x'>", "<?xml version='1.0'?><invoice/>"] {
            assert!(of(payload, None).is_err(), "{payload}");
        }
    }

    #[test]
    fn headers_are_read_with_their_charset() {
        let parsed = ContentType::parse("Text/HTML; Charset=\"windows-1251\"");
        assert_eq!(parsed, ContentType { shape: Some(Shape::Html), charset: Some("windows-1251") });
        assert_eq!(ContentType::parse("application/ld+json").shape, Some(Shape::Json));
        assert_eq!(ContentType::parse("text/plain").shape, None);
    }
}
