//! What news aggregators answer: NewsAPI (<https://newsapi.org/docs/endpoints/everything>) and Event Registry / NewsAPI.ai
//! (<https://newsapi.ai/documentation>), an article alone or in the answer that carried it.

use std::borrow::Cow;

use super::{Node, date, first, identifier, reject};
use crate::article::draft::{Body, Draft};
use crate::record::{Reason, Rejection};

/// The one article of an answer; `None` where this is no answer but an article.
pub(super) fn unwrap<'n, 'p>(node: &'n Node<'p>) -> Result<Option<&'n Node<'p>>, Rejection> {
    let Some(articles) = node.get("articles").or_else(|| node.get("recentActivityArticles")) else {
        if node.get("status").and_then(Node::as_str) == Some("error") && node.has("code") {
            let message = first(node, &["message"]).unwrap_or(Cow::Borrowed("without a message"));
            let message = message.get(..100).unwrap_or(&message);
            return Err(reject(Reason::UnknownShape, format!("an aggregator's error instead of an article: {message}")));
        }
        return Ok(node.get("info").filter(|info| info.has("body")));
    };
    match articles.get("results").unwrap_or(articles).items() {
        Some([one]) => Ok(Some(one)),
        Some([]) => Err(reject(Reason::MissingText, "an answer without articles")),
        Some(items) => {
            Err(reject(Reason::SeveralArticles, format!("{} articles in one record; one record is one article", items.len())))
        }
        None => Err(reject(Reason::UnknownShape, format!("`articles`: expected an array, found {}", articles.kind()))),
    }
}

pub(super) fn is_event_registry(node: &Node) -> bool {
    node.has("body") && ["uri", "lang", "dateTime", "dateTimePub", "dataType", "source"].iter().any(|name| node.has(name))
}

pub(super) fn event_registry<'n>(node: &'n Node<'_>) -> Result<Draft<'n>, Rejection> {
    let published = match date(node, "dateTimePub")? {
        Some(published) => Some(published),
        None => date(node, "dateTime")?.or(date(node, "date")?),
    };
    Ok(Draft {
        id: identifier(node, "uri")?,
        url: first(node, &["url"]),
        title: first(node, &["title"]),
        body: first(node, &["body"]).map(Body::Text).unwrap_or_default(),
        published,
        publisher: node.get("source").and_then(|source| first(source, &["title", "uri"])),
        language: first(node, &["lang"]),
        place: None,
        ..Draft::default()
    })
}

pub(super) fn is_news_api(node: &Node) -> bool {
    node.has("publishedAt") || node.has("urlToImage") || (node.has("content") && node.get("source").is_some_and(Node::is_object))
}

pub(super) fn news_api<'n>(node: &'n Node<'_>) -> Result<Draft<'n>, Rejection> {
    let content = first(node, &["content"]).filter(|text| text.trim() != "[Removed]");
    let body = match content.as_deref().map(cut_off) {
        Some(Some(whole_sentences)) => Some(Cow::Owned(whole_sentences)),
        _ => content,
    };
    let description = first(node, &["description"]).filter(|text| text.trim() != "[Removed]");
    Ok(Draft {
        url: first(node, &["url"]),
        title: first(node, &["title"]),
        body: body.or(description).map(Body::Text).unwrap_or_default(),
        published: date(node, "publishedAt")?,
        publisher: node.get("source").and_then(|source| first(source, &["name", "id"])),
        language: first(node, &["language"]),
        ..Draft::default()
    })
}

/// The whole sentences of content that was cut ("… the min… [+1240 chars]"), or `None` if it was not.
fn cut_off(content: &str) -> Option<String> {
    let (text, mark) = content.rsplit_once("[+")?;
    mark.trim_end().strip_suffix(" chars]")?;
    let text = text.trim_end();
    let broken = text.trim_end_matches('…');
    if broken.len() == text.len() && crate::article::text::ends_sentence(text) {
        return Some(text.to_owned());
    }
    let end = [". ", "! ", "? ", ".\n", ".\r"].iter().filter_map(|stop| broken.rfind(stop)).max().map(|at| at + 1);
    Some(end.and_then(|end| broken.get(..end)).unwrap_or(broken).to_owned())
}

#[cfg(test)]
mod tests {
    use super::cut_off;

    #[test]
    fn a_sentence_that_was_cut_is_left_out() {
        assert_eq!(cut_off("Talks began. They e… [+12 chars]").as_deref(), Some("Talks began."));
        assert_eq!(cut_off("Talks began. They ended. [+12 chars]").as_deref(), Some("Talks began. They ended."));
        assert_eq!(cut_off("Talks beg… [+12 chars]").as_deref(), Some("Talks beg"));
        assert_eq!(cut_off("Talks began."), None);
    }
}
