//! Plain text: an optional `date YYYY-MM-DD CITY:` in front, running text, an optional copyright line at the end.

use super::{Article, Dateline, reject};
use crate::record::{Reason, Rejection};

pub(super) fn read(text: &str) -> Result<Article, Rejection> {
    let mut article = Article { version: 1, language: "en".into(), ..Article::default() };
    let mut rest = text.trim();
    if let Some(after) = rest.strip_prefix("date ") {
        let (day, after) = after.split_once(' ').unwrap_or((after, ""));
        let date = day.parse().map_err(|_| reject(Reason::InvalidDate, format!("{day:?}")))?;
        article.published = Some(date);
        rest = after;
        if let Some((place, after)) = rest.split_once(": ").filter(|(place, _)| place.len() < 40) {
            article.dateline = Some(Dateline { place: Some(place.to_owned()), date: Some(date), agency: None });
            rest = after;
        }
    }
    let mut paragraphs: Vec<&str> = rest.split("\n\n").map(str::trim).filter(|p| !p.is_empty()).collect();
    if let Some(notice) = paragraphs.last().and_then(|last| last.strip_prefix("Copyright ")) {
        article.publisher = notice.split(',').next().map(str::to_owned);
        paragraphs.pop();
    }
    if paragraphs.is_empty() {
        return Err(reject(Reason::MissingText, "no paragraph of text"));
    }
    article.text = paragraphs.join("\n\n");
    article.id = blake3::hash(article.text.as_bytes()).to_hex().to_string();
    Ok(article)
}
