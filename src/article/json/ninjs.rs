//! ninjs, the IPTC's News in JSON: versions 1 and 2 with `body_…` members, 2.1 and 3 with `bodies`.
//! <https://iptc.org/std/ninjs/>

use std::borrow::Cow;

use super::{Node, date, first, version};
use crate::article::ArticleStatus;
use crate::article::draft::{Body, Draft, version_of};
use crate::record::Rejection;

pub(super) fn is(node: &Node) -> bool {
    let named = ["pubstatus", "versioncreated", "firstcreated", "body_text", "body_html", "body_xhtml", "bodies", "headlines"];
    let standard = node.get("standard").and_then(|standard| standard.get("name")).and_then(Node::as_str);
    named.iter().any(|name| node.has(name)) || standard.is_some_and(|name| name.eq_ignore_ascii_case("ninjs"))
}

pub(super) fn draft<'n>(node: &'n Node<'_>) -> Result<Draft<'n>, Rejection> {
    let first_created = date(node, "firstcreated")?;
    let changed = date(node, "versioncreated")?;
    // What was withheld or cancelled must not be used any more, whichever of the two.
    let usable = first(node, &["pubstatus"]).is_none_or(|status| status.eq_ignore_ascii_case("usable"));
    let publisher = first(node, &["provider", "source", "copyrightholder"]).or_else(|| {
        let named = ["provider", "infosources", "copyrightholder"].iter().filter_map(|name| node.get(name));
        named.flat_map(Node::each).find_map(|party| first(party, &["name"]))
    });
    Ok(Draft {
        id: first(node, &["uri", "guid", "altid"]),
        version: version(node, "version")
            .ok()
            .flatten()
            .or_else(|| changed.filter(|at| Some(*at) != first_created).and_then(version_of)),
        url: first(node, &["canonicalurl", "canonicalUrl", "webcanonical"]),
        title: first(node, &["headline", "title"])
            .or_else(|| role(node, "headlines", &["main", "headline"]).and_then(|item| first(item, &["value"]))),
        body: body(node),
        published: match date(node, "contentcreated")?.or(first_created) {
            Some(created) => Some(created),
            None => changed,
        },
        publisher,
        language: first(node, &["language"]),
        place: first(node, &["located", "dateline"]),
        status: if usable { ArticleStatus::Usable } else { ArticleStatus::Withdrawn },
    })
}

fn body<'n>(node: &'n Node<'_>) -> Body<'n> {
    if let Some(html) = first(node, &["body_html", "body_xhtml", "body_html5"]) {
        return Body::Html(html);
    }
    if let Some(text) = first(node, &["body_text"]) {
        return Body::Text(text);
    }
    let Some(main) = role(node, "bodies", &["main", "body"]) else {
        return first(node, &["description_html"])
            .map(Body::Html)
            .or(first(node, &["description_text", "description"]).map(Body::Text))
            .unwrap_or_default();
    };
    let kind = first(main, &["contenttype", "contentType"]).unwrap_or(Cow::Borrowed(""));
    match first(main, &["value"]) {
        Some(value) if kind.contains("html") => Body::Html(value),
        Some(value) => Body::Text(value),
        None => Body::None,
    }
}

/// The item of a list that has one of those roles, else the first.
fn role<'n, 'p>(node: &'n Node<'p>, list: &str, roles: &[&str]) -> Option<&'n Node<'p>> {
    let items = || node.get(list).into_iter().flat_map(Node::each);
    let in_role = |item: &&Node| item.get("role").and_then(Node::as_str).is_some_and(|role| roles.contains(&role));
    items().find(in_role).or_else(|| items().find(|item| item.is_object()))
}
