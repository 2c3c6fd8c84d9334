//! From arbitrary bytes to records: raw ones under each content type, and well-formed JSON of every shape with arbitrary members.

use entente::record::Record;
use serde_json::{Value, json};

fn with_type(payload: Vec<u8>, content_type: &str) -> Record {
    let mut record = Record::from_payload(payload);
    record.headers.push("content-type", Some(content_type.as_bytes()));
    record
}

/// The bytes as a payload that is declared to be JSON.
pub fn json(data: &[u8]) -> Record {
    with_type(data.to_vec(), "application/json")
}

/// The bytes as a page; the first says which charset is declared.
pub fn html(data: &[u8]) -> Record {
    let types =
        ["text/html", "text/html; charset=windows-1251", "text/html; charset=utf-16le", "application/xhtml+xml; charset=x"];
    let (first, rest) = data.split_first().unwrap_or((&0, &[]));
    with_type(rest.to_vec(), types[usize::from(*first) % types.len()])
}

/// The bytes as they are, without a type: their content decides.
pub fn text(data: &[u8]) -> Record {
    Record::from_payload(data)
}

/// Well-formed JSON of one of the shapes, so that every byte goes into a member: the first byte says which shape, and NUL separates members.
pub fn members(data: &[u8]) -> Record {
    let (first, rest) = data.split_first().unwrap_or((&0, &[]));
    let mut fields = rest.split(|byte| *byte == 0).map(|field| String::from_utf8_lossy(field).into_owned());
    let mut next = || fields.next().unwrap_or_default();
    let (body, title, date, url, name, other) = (next(), next(), next(), next(), next(), next());
    // Members that may be of any kind: JSON where they parse, else text.
    let any = |field: &str| serde_json::from_str::<Value>(field).unwrap_or_else(|_| json!(field));
    let value = match first % 10 {
        0 => {
            json!({"text": body, "title": title, "published_at": any(&date), "url": url, "publisher": name, "version": any(&other)})
        }
        1 => {
            json!({"html": body, "title": title, "published_at": any(&date), "id": any(&url), "language": name, "status": other})
        }
        2 => json!({"@type": "NewsArticle", "articleBody": body, "headline": title, "datePublished": any(&date), "url": url,
            "publisher": any(&name), "dateModified": any(&other)}),
        3 => {
            json!({"@graph": [any(&other), {"@type": ["Thing", "NewsArticle"], "text": body, "name": title, "dateCreated": any(&date),
            "mainEntityOfPage": any(&url), "provider": [any(&name)]}]})
        }
        4 => {
            json!({"uri": url, "pubstatus": other, "body_html": body, "headline": title, "versioncreated": any(&date), "located": name})
        }
        5 => json!({"uri": url, "standard": {"name": "ninjs"}, "bodies": [{"value": body, "contenttype": other}],
            "headlines": [any(&title)], "contentcreated": any(&date), "version": any(&name)}),
        6 => {
            json!({"content": body, "title": title, "publishedAt": any(&date), "url": url, "source": any(&name), "description": other})
        }
        7 => {
            json!({"articles": {"results": [{"body": body, "title": title, "dateTimePub": any(&date), "url": url, "source": any(&name),
            "lang": other}]}})
        }
        8 => json!({"text": any(&body), "title": any(&title), "version": any(&date), "url": any(&url), "status": any(&name)}),
        _ => {
            let linked =
                json!({"@type": "NewsArticle", "articleBody": body, "headline": title, "datePublished": date, "url": url});
            let page =
                format!("<title>{name}</title><script type=\"application/ld+json\">{linked}</script><article>{other}</article>");
            return with_type(page.into_bytes(), "text/html");
        }
    };
    json(value.to_string().as_bytes())
}

/// What reaches the coder: the bytes as they are, or as an English article; the first byte says which.
pub fn article(data: &[u8]) -> Record {
    let (first, rest) = data.split_first().unwrap_or((&0, &[]));
    if first % 4 == 0 {
        return text(rest);
    }
    let mut fields = rest.splitn(2, |byte| *byte == 0).map(String::from_utf8_lossy);
    let body = fields.next().unwrap_or_default();
    let title = fields.next().unwrap_or_default();
    json(json!({"text": body, "title": title, "published_at": "2024-11-03", "language": "en"}).to_string().as_bytes())
}
