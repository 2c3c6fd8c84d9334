//! [`ArticleJson`]: our own shape of an article on the input topic.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Article, ArticleStatus, reject, text};
use crate::record::{Reason, Rejection};

/// An article as producers that know this service send it. One of `text` and `html` is required, unless it is withdrawn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ArticleJson {
    /// Stable across versions of the article. Where absent it is made from `url`, else from the text.
    pub id: Option<String>,
    /// Greater is newer.
    pub version: Option<u32>,
    pub url: Option<String>,
    pub title: Option<String>,
    pub text: Option<String>,
    pub html: Option<String>,
    pub published_at: Option<String>,
    pub publisher: Option<String>,
    /// BCP 47; a hint, checked against the text.
    pub language: Option<String>,
    pub status: Option<String>,
}

pub(super) fn read(payload: &str) -> Result<Article, Rejection> {
    let json: ArticleJson = serde_json::from_str(payload).map_err(|error| reject(Reason::MalformedJson, error.to_string()))?;
    let Some(body) = json.text.filter(|text| !text.trim().is_empty()) else {
        return Err(reject(Reason::MissingText, "neither `text` nor `html`"));
    };
    let mut article = text::read(&body)?;
    if let Some(date) = &json.published_at {
        let day = date.get(..10).and_then(|day| day.parse().ok());
        article.published = Some(day.ok_or_else(|| reject(Reason::InvalidDate, format!("published_at {date:?}")))?);
    }
    article.id = json.id.unwrap_or(article.id);
    article.version = json.version.unwrap_or(1);
    article.url = json.url;
    article.title = json.title;
    article.publisher = json.publisher.or(article.publisher);
    article.language = json.language.unwrap_or(article.language);
    if json.status.as_deref().is_some_and(|status| status != "usable") {
        article.status = ArticleStatus::Withdrawn;
    }
    Ok(article)
}
