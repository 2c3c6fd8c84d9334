//! [`ArticleJson`]: our own shape of an article on the input topic.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Node, date, identifier, text, version};
use crate::article::draft::{Body, Draft};
use crate::article::{ArticleStatus, reject};
use crate::record::{Reason, Rejection};

/// An article as producers that know this service send it. It has `text` or `html`, unless it is taken back; other members are
/// passed over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "entente.article/1", extend("anyOf" = [{"required": ["text"]}, {"required": ["html"]}, {"required": ["status"]}]))]
pub struct ArticleJson {
    /// The same for all versions of the article. Where absent it is made from `url`, else from the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Greater is newer; 1 where absent. A newer version replaces the events of an older one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Running text; paragraphs are separated by blank lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Read where there is no `text`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// RFC 3339, a date alone, RFC 2822, or Unix time in seconds or milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_at: Option<PublishedAt>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// BCP 47. A hint: the text decides where it is long enough to tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusJson>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum PublishedAt {
    Text(String),
    Unix(i64),
}

/// What became of the article; `usable` where absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum StatusJson {
    Usable,
    /// The publisher took it back: its events no longer hold.
    Withdrawn,
}

const MEMBERS: [&str; 10] = ["id", "version", "url", "title", "text", "html", "published_at", "publisher", "language", "status"];

pub(super) fn is(node: &Node) -> bool {
    MEMBERS.iter().any(|name| node.has(name))
}

pub(super) fn draft<'n>(node: &'n Node<'_>) -> Result<Draft<'n>, Rejection> {
    let body = match (text(node, "text")?, text(node, "html")?) {
        (Some(text), _) => Body::Text(text),
        (None, Some(html)) => Body::Html(html),
        (None, None) => Body::None,
    };
    Ok(Draft {
        id: identifier(node, "id")?,
        version: version(node, "version")?,
        url: text(node, "url")?,
        title: text(node, "title")?,
        body,
        published: date(node, "published_at")?,
        publisher: text(node, "publisher")?,
        language: text(node, "language")?,
        place: None,
        status: match text(node, "status")?.as_deref() {
            None | Some("usable") => ArticleStatus::Usable,
            Some("withdrawn") => ArticleStatus::Withdrawn,
            Some(_) => return Err(reject(Reason::InvalidField, "`status`: expected `usable` or `withdrawn`")),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::{ArticleJson, MEMBERS};

    #[test]
    fn the_schema_names_every_member_that_is_read() {
        let schema = serde_json::to_value(schemars::schema_for!(ArticleJson)).unwrap();
        let mut named: Vec<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
        let mut read = MEMBERS.to_vec();
        named.sort_unstable();
        read.sort_unstable();
        assert_eq!(named, read);
    }
}
