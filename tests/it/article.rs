//! Every shape of article, read as it comes: golden files for what is read out of each, and the promises about bad input.
//!
//! A golden file stands beside its fixture (`NAME.golden`). Where one differs, the test writes what was read and fails, so that a
//! change is looked at in the diff.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use entente::article::{Article, ArticleStatus, Decoded, Limits, decode};
use entente::record::{Reason, Record, Rejection};
use proptest::prelude::*;

fn read(record: &Record) -> Result<Article, Rejection> {
    match decode(record, &Limits::default())? {
        Decoded::Article(article) => Ok(*article),
        Decoded::Tombstone => panic!("a payload is no tombstone"),
    }
}

fn shown(result: Result<Article, Rejection>) -> String {
    let article = match result {
        Ok(article) => article,
        Err(rejection) => return format!("rejected: {}: {}\n", rejection.reason, rejection.message),
    };
    let mut out = String::new();
    let mut line = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            let _ = writeln!(out, "{name}: {value}");
        }
    };
    line("id", Some(article.id));
    line("version", Some(article.version.to_string()));
    line("url", article.url);
    line("title", article.title);
    line("headline", article.headline.map(|span| span.of(&article.text).to_owned()));
    line("publisher", article.publisher);
    line("published", article.published.map(|date| date.to_string()));
    if let Some(dateline) = article.dateline {
        let parts = [dateline.place, dateline.date.map(|date| date.to_string()), dateline.agency];
        line("dateline", Some(parts.map(|part| part.unwrap_or_else(|| "-".to_owned())).join(" | ")));
    }
    line("language", Some(article.language));
    line("status", Some(format!("{:?}", article.status).to_lowercase()));
    format!("{out}\n{}\n", article.text)
}

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/article");
    let entries = fs::read_dir(folder).expect("the fixtures are there").map(|entry| entry.expect("a fixture is readable").path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|extension| extension != "golden")).collect();
    files.sort();
    files
}

#[test]
fn every_shape_is_read_as_its_golden_file_says() {
    let files = fixtures();
    assert!(files.len() >= 15, "found {} fixtures", files.len());
    let mut changed = Vec::new();
    for file in files {
        let found = shown(read(&Record::from_payload(fs::read(&file).expect("a fixture is readable"))));
        let golden = PathBuf::from(format!("{}.golden", file.display()));
        if fs::read_to_string(&golden).ok().as_deref() != Some(&found) {
            fs::write(&golden, found).expect("a golden file can be written");
            changed.push(golden);
        }
    }
    assert!(changed.is_empty(), "rewritten, look at the diff: {changed:?}");
}

fn reason(payload: impl Into<Vec<u8>>) -> Option<Reason> {
    read(&Record::from_payload(payload)).err().map(|rejection| rejection.reason)
}

const TEXT: &str = "Norway and Sweden signed a treaty on fishing rights in Oslo on Monday.";

#[test]
fn a_tombstone_is_no_article_and_no_rejection() {
    assert_eq!(decode(&Record::default(), &Limits::default()), Ok(Decoded::Tombstone));
}

#[test]
fn an_empty_payload_is_rejected() {
    for payload in ["", "  \r\n\t ", "\u{feff}"] {
        assert_eq!(reason(payload), Some(Reason::EmptyPayload), "{payload:?}");
    }
}

#[test]
fn invalid_utf8_is_rejected_in_every_shape() {
    assert_eq!(reason(*b"\xff\xfe\xfd"), Some(Reason::InvalidEncoding));
    assert_eq!(reason(*b"{\"text\": \"Norway \xf0\x9f and \xc3\xa9 Sweden\"}"), Some(Reason::InvalidEncoding));
    assert_eq!(reason(*b"<p>Norway and \xc3\xa9 Sweden \xf0\x9f</p>"), Some(Reason::InvalidEncoding));
}

#[test]
fn truncated_json_is_rejected() {
    let whole = format!(r#"{{"id": "a", "text": "{TEXT}"}}"#);
    assert_eq!(reason(whole.as_str()), None);
    for end in 1..whole.len() {
        assert_eq!(reason(whole.get(..end).expect("the text is ASCII")), Some(Reason::MalformedJson), "cut at {end}");
    }
}

#[test]
fn json_nested_ten_thousand_deep_is_rejected() {
    assert_eq!(reason("[".repeat(10_000)), Some(Reason::JsonTooDeep));
    let inside = format!(r#"{{"text": "{TEXT}", "extra": {}1{}}}"#, r#"{"a":"#.repeat(10_000), "}".repeat(10_000));
    assert_eq!(reason(inside), Some(Reason::JsonTooDeep));
}

#[test]
fn html_nested_without_end_is_rejected() {
    for tag in ["div", "b", "blockquote", "table"] {
        let bomb = format!("<html><body>{}{TEXT}{}", format!("<{tag}>").repeat(100_000), format!("</{tag}>").repeat(100_000));
        assert_eq!(reason(bomb), Some(Reason::HtmlTooDeep), "{tag}");
    }
}

#[test]
fn an_article_over_the_limit_is_rejected_with_both_sizes() {
    let payload = "Norway met Sweden. ".repeat(20 * 1024 * 1024 / 19);
    let rejection = read(&Record::from_payload(payload.clone())).expect_err("20 MB are too many");
    assert_eq!(rejection.reason, Reason::PayloadTooLarge);
    assert!(
        rejection.message.contains(&payload.len().to_string()) && rejection.message.contains("8388608"),
        "{}",
        rejection.message
    );
    let raised = Limits { max_bytes: 1 << 10 };
    assert!(decode(&Record::from_payload(vec![b'a'; 1 << 10]), &raised).is_ok());
    assert!(decode(&Record::from_payload(vec![b'a'; (1 << 10) + 1]), &raised).is_err());
}

#[test]
fn an_article_without_text_is_rejected() {
    for payload in [
        r#"{"id": "a", "title": "Norway"}"#,
        r#"{"id": "a", "text": "  "}"#,
        r#"{"id": "a", "text": "--- 123 ---"}"#,
        r#"{"id": "a", "html": "<p></p><script>Norway</script>"}"#,
        r#"{"@type": "NewsArticle", "headline": "Norway"}"#,
        r#"{"uri": "a", "pubstatus": "usable", "headline": "Norway"}"#,
        r#"{"articles": [], "status": "ok"}"#,
        "<html><body><nav>Home</nav></body></html>",
        "Copyright Harbour Wire, 2025",
        "<<<<<<<<",
    ] {
        assert_eq!(reason(payload), Some(Reason::MissingText), "{payload}");
    }
}

#[test]
fn an_absurd_date_is_rejected_in_every_shape() {
    for payload in [
        format!(r#"{{"text": "{TEXT}", "published_at": "2024-13-45"}}"#),
        format!(r#"{{"text": "{TEXT}", "published_at": "0001-01-01T00:00:00Z"}}"#),
        format!(r#"{{"text": "{TEXT}", "published_at": 0}}"#),
        format!(r#"{{"text": "{TEXT}", "published_at": "next week"}}"#),
        format!(r#"{{"text": "{TEXT}", "published_at": {{"year": 2024}}}}"#),
        format!(r#"{{"@type": "NewsArticle", "articleBody": "{TEXT}", "datePublished": "9999-12-31"}}"#),
        format!(r#"{{"@type": "NewsArticle", "articleBody": "{TEXT}", "dateModified": "soon"}}"#),
        format!(r#"{{"uri": "a", "body_text": "{TEXT}", "versioncreated": "2024-02-30T00:00:00Z"}}"#),
        format!(r#"{{"title": "a", "content": "{TEXT}", "publishedAt": "3024-11-03T00:00:00Z"}}"#),
        format!("date 2024-13-45 OSLO: {TEXT}"),
        format!("<meta property=\"article:published_time\" content=\"2024-99-99\"><p>{TEXT}</p>"),
    ] {
        assert_eq!(reason(payload.as_str()), Some(Reason::InvalidDate), "{payload}");
    }
}

#[test]
fn a_member_of_the_wrong_kind_is_rejected_by_name() {
    for (member, payload) in [
        ("text", r#"{"text": 5}"#),
        ("title", r#"{"text": "Norway", "title": ["a"]}"#),
        ("version", r#"{"text": "Norway", "version": -1}"#),
        ("version", r#"{"text": "Norway", "version": "new"}"#),
        ("status", r#"{"text": "Norway", "status": "gone"}"#),
    ] {
        let rejection = read(&Record::from_payload(payload)).expect_err(payload);
        assert_eq!(rejection.reason, Reason::InvalidField, "{payload}");
        assert!(rejection.message.contains(member), "{}", rejection.message);
    }
}

#[test]
fn what_is_no_article_is_rejected_for_what_it_is() {
    assert_eq!(reason(r#"{"temperature": 21}"#), Some(Reason::UnknownShape));
    assert_eq!(reason(r#"{"@type": "Recipe", "name": "Soup"}"#), Some(Reason::UnknownShape));
    assert_eq!(
        reason(r#"{"status": "error", "code": "rateLimited", "message": "Too many requests"}"#),
        Some(Reason::UnknownShape)
    );
    assert_eq!(reason(r#"[{"text": "Norway"}, {"text": "Sweden"}]"#), Some(Reason::SeveralArticles));
}

#[test]
fn the_content_type_header_decides_where_it_says_something() {
    let with = |payload: &[u8], content_type: &str| {
        let mut record = Record::from_payload(payload);
        record.headers.push("Content-Type", Some(content_type.as_bytes()));
        read(&record)
    };
    assert_eq!(with(TEXT.as_bytes(), "application/json").map_err(|rejection| rejection.reason), Err(Reason::MalformedJson));
    let html =
        with(b"Ch\xe2teau talks <b>began</b> between Norway and Sweden on Monday in France.", "text/html; charset=iso-8859-1");
    assert_eq!(
        html.map(|article| article.text),
        Ok("Château talks began between Norway and Sweden on Monday in France.".to_owned())
    );
    let json = format!(r#"{{"text": "{TEXT}"}}"#);
    assert_eq!(with(json.as_bytes(), "text/plain").map(|article| article.text), Ok(TEXT.to_owned()));
}

#[test]
fn identity_depends_on_the_article_and_not_on_its_reading() {
    let payload = format!(r#"{{"text": "{TEXT}", "published_at": "2025-03-09"}}"#);
    let once = read(&Record::from_payload(payload.clone())).expect("a good article");
    let mut elsewhere = Record::from_payload(payload);
    (elsewhere.topic, elsewhere.partition, elsewhere.offset, elsewhere.timestamp_ms) =
        ("other".into(), 7, 99, Some(1_900_000_000_000));
    assert_eq!(read(&elsewhere), Ok(once.clone()));
    let as_text = read(&Record::from_payload(TEXT)).expect("a good article");
    assert_eq!(as_text.id, once.id, "the text alone is hashed, in whatever shape it came");
    let by_url =
        |url: &str| read(&Record::from_payload(format!(r#"{{"url": "{url}", "text": "{TEXT}"}}"#))).map(|article| article.id);
    assert_eq!(by_url("https://a.example/x?utm_source=b"), by_url("http://A.example/x/#top"));
    assert_ne!(by_url("https://a.example/x"), by_url("https://a.example/y"));
}

#[test]
fn a_correction_has_the_id_of_what_it_corrects_and_a_greater_version() {
    let ld = |modified: &str| {
        let payload = format!(
            r#"{{"@type": "NewsArticle", "url": "https://a.example/x", "articleBody": "{TEXT}", "datePublished": "2025-03-09T08:00:00Z"{modified}}}"#
        );
        read(&Record::from_payload(payload)).expect("a good article")
    };
    let versions = [
        ld(""),
        ld(r#", "dateModified": "2025-03-09T08:00:00Z""#),
        ld(r#", "dateModified": "2025-03-09T10:00:00+01:00""#),
        ld(r#", "dateModified": "2025-03-10""#),
    ];
    assert_eq!(versions.each_ref().map(|article| article.version), [1, 1, 1_741_510_800, 1_741_564_800]);
    assert!(versions.iter().all(|article| article.id == "https://a.example/x" && article.published == versions[0].published));
    let ninjs = |status: &str, version: &str| {
        let payload = format!(r#"{{"uri": "urn:a", "pubstatus": "{status}", "version": "{version}", "body_text": "{TEXT}"}}"#);
        read(&Record::from_payload(payload)).map(|article| (article.id, article.version, article.status))
    };
    assert_eq!(ninjs("usable", "1"), Ok(("urn:a".to_owned(), 1, ArticleStatus::Usable)));
    assert_eq!(ninjs("canceled", "2"), Ok(("urn:a".to_owned(), 2, ArticleStatus::Withdrawn)));
    assert_eq!(ninjs("withheld", "2"), Ok(("urn:a".to_owned(), 2, ArticleStatus::Withdrawn)));
}

/// What every article holds to, whatever it was read from.
fn assert_normalized(article: &Article) {
    let text = &article.text;
    assert!(!article.id.is_empty() && article.id.len() <= 512);
    assert!(unicode_normalization::is_nfc(text) && text.trim() == text && !text.contains("  "), "{text:?}");
    assert!(
        text.is_empty() || text.split("\n\n").all(|paragraph| !paragraph.is_empty() && !paragraph.contains('\n')),
        "{text:?}"
    );
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
    if let Some(headline) = article.headline {
        let end = headline.end as usize;
        assert!(headline.start == 0 && !headline.is_empty() && text.is_char_boundary(end), "{headline:?} in {text:?}");
        assert!(text.get(end..).is_some_and(|rest| rest.is_empty() || rest.starts_with("\n\n")), "{headline:?} in {text:?}");
    }
    assert!((2..=3).contains(&article.language.len()), "{}", article.language);
}

fn check(payload: Vec<u8>, content_type: &str) {
    let mut record = Record::from_payload(payload);
    record.headers.push("content-type", Some(content_type.as_bytes()));
    let result = decode(&record, &Limits::default());
    if let Ok(Decoded::Article(article)) = &result {
        assert_normalized(article);
    }
    assert_eq!(decode(&record, &Limits::default()), result, "reading it again gives something else");
}

/// Pieces that payloads are made of, good and bad, to be put together in any order.
fn pieces() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        "\"",
        ":",
        ",",
        "\\u00e9",
        "\"text\":\"",
        "\"articleBody\":\"",
        "\"@type\":\"NewsArticle\",",
        "\"@graph\":[",
        "\"body_html\":\"",
        "\"pubstatus\":\"canceled\",",
        "\"published_at\":\"2024-11-03\",",
        "\"version\":2,",
        "\"articles\":[{",
        "<p>",
        "</p>",
        "<div class=\"related\">",
        "</div>",
        "<article>",
        "<br>",
        "<a href='x'>",
        "<script type=application/ld+json>",
        "</script>",
        "<!--",
        "-->",
        "<table><tr><td>",
        "&amp;",
        "&rsquo;",
        "&#38;",
        "â€™",
        "Ã©",
        "\u{ad}",
        "\u{200b}",
        "\u{301}",
        "\r\n",
        "\n\n",
        "\t",
        "\u{a0}",
        "date 2024-11-03 ",
        "ISLAMABAD",
        ", Nov 3",
        " (APP)",
        ": ",
        " — ",
        " - ",
        ". ",
        "Copyright Harbour Wire, 2024",
        "Also read: ",
        "By Nils Berg",
        "• ",
        "Norway, Sweden to open joint embassy in Nuuk",
        "Norway and Sweden signed a treaty on fishing rights in Oslo on Monday.",
        "“Yes,” she said.",
        "日本",
        "Россия",
        "🚢",
    ]);
    prop::collection::vec(prop_oneof![4 => known.prop_map(str::to_owned), 1 => "\\PC{0,12}"], 0..40)
        .prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_rejected_and_what_is_read_is_normalized(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        check(bytes, "");
    }

    #[test]
    fn anything_that_resembles_an_article_is_read_or_rejected(text in pieces()) {
        check(text.clone().into_bytes(), "");
        check(text.clone().into_bytes(), "text/html");
        check(serde_json::json!({"text": text, "title": text}).to_string().into_bytes(), "");
        check(serde_json::json!({"html": text, "url": text}).to_string().into_bytes(), "");
    }

    #[test]
    fn text_that_is_normalized_is_read_as_it_is(words in prop::collection::vec("[A-Za-zéüç]{1,9}", 8..40)) {
        let text = format!("The minister {}.", words.join(" "));
        let article = read(&Record::from_payload(text.clone()));
        prop_assert_eq!(article.map(|article| article.text), Ok(text));
    }
}
