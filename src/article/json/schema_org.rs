//! schema.org `NewsArticle` and its kin as JSON-LD: bare, in arrays, under `@graph`, or inside another thing.
//! <https://schema.org/NewsArticle>

use std::borrow::Cow;

use super::{Node, date, first, identifier, version};
use crate::article::ArticleStatus;
use crate::article::draft::{Body, Draft, version_of};
use crate::record::Rejection;

/// The article among the things described; one with a body if there are several.
pub(in crate::article) fn find<'n, 'p>(node: &'n Node<'p>) -> Option<&'n Node<'p>> {
    let mut found = Vec::new();
    collect(node, &mut found, 0);
    found.iter().find(|item| item.has("articleBody") || item.has("text")).or(found.first()).copied()
}

fn collect<'n, 'p>(node: &'n Node<'p>, found: &mut Vec<&'n Node<'p>>, depth: u32) {
    for thing in node.each() {
        if is_article(thing) {
            found.push(thing);
        } else if depth < 4 {
            for name in ["@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item"] {
                if let Some(inner) = thing.get(name) {
                    collect(inner, found, depth + 1);
                }
            }
        }
    }
}

fn is_article(thing: &Node) -> bool {
    let types = thing.get("@type").into_iter().flat_map(Node::each).filter_map(Node::as_str);
    types.map(|name| name.rsplit(['/', ':', '#']).next().unwrap_or(name)).any(|name| {
        // ReportageNewsArticle, AnalysisNewsArticle … are all articles by name.
        name.ends_with("Article") || matches!(name, "BlogPosting" | "LiveBlogPosting" | "Report" | "SocialMediaPosting")
    })
}

pub(in crate::article) fn draft<'n>(node: &'n Node<'_>) -> Result<Draft<'n>, Rejection> {
    let published = date(node, "datePublished")?;
    let modified = date(node, "dateModified")?;
    let page = node.get("mainEntityOfPage").and_then(|page| page.as_str().or_else(|| page.get("@id")?.as_str()));
    let withdrawn = first(node, &["creativeWorkStatus"]).is_some_and(|status| {
        ["withdrawn", "retracted", "deleted", "canceled", "cancelled"].iter().any(|word| status.eq_ignore_ascii_case(word))
    });
    Ok(Draft {
        id: identifier(node, "identifier")
            .ok()
            .flatten()
            .or_else(|| node.get("identifier").and_then(|id| first(id, &["value", "@value"]))),
        version: version(node, "version")
            .ok()
            .flatten()
            .or_else(|| modified.filter(|at| Some(*at) != published).and_then(version_of)),
        url: first(node, &["url"]).or(page.map(Cow::Borrowed)).or_else(|| first(node, &["@id"])),
        title: first(node, &["headline", "name", "alternativeHeadline"]),
        body: first(node, &["articleBody", "text"])
            .or_else(|| first(node, &["description", "abstract"]))
            .map(Body::Text)
            .unwrap_or_default(),
        published: published.or(date(node, "dateCreated")?).or(modified),
        publisher: ["publisher", "sourceOrganization", "provider"].iter().find_map(|role| name(node.get(role)?)),
        language: node.get("inLanguage").and_then(|language| match language.as_str() {
            Some(code) => Some(Cow::Borrowed(code)),
            None => first(language, &["alternateName", "identifier", "name"]),
        }),
        place: node.get("contentLocation").or(node.get("dateline")).and_then(name),
        status: if withdrawn { ArticleStatus::Withdrawn } else { ArticleStatus::Usable },
    })
}

/// The name of a thing, or of the first of several; a string is its own name.
fn name<'n>(node: &'n Node<'_>) -> Option<Cow<'n, str>> {
    node.each().find_map(|thing| thing.as_str().map(Cow::Borrowed).or_else(|| first(thing, &["name", "legalName"])))
}
