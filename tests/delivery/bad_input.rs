//! Bad input: each becomes one dead letter, with its reason, and costs no other article anything.

use std::time::Duration;

use crate::articles::{article, expected};
use crate::checks::{LARGE, broker, patience, pipeline};
use crate::service::{Options, Service};
use crate::topics::{Read, await_end, make, produce, read_all};

/// What a dead letter must say of an input.
struct Bad {
    name: &'static str,
    payload: Vec<u8>,
    stage: &'static str,
    reasons: &'static [&'static str],
}

fn bad_inputs() -> Vec<Bad> {
    let bad = |name, payload: &[u8], stage, reasons| Bad { name, payload: payload.to_vec(), stage, reasons };
    let deep = format!("{{\"text\":{}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
    let large = format!("{{\"text\":\"{}\"}}", "Talks went on. ".repeat(20_000_000 / 15));
    let bomb = format!("<html><body>{}talks{}</body></html>", "<div>".repeat(200_000), "</div>".repeat(200_000));
    vec![
        bad(
            "truncated JSON, first in its batch",
            b"{\"id\": \"x\", \"text\": \"Chile and Peru met",
            "decode",
            &["malformed-json"],
        ),
        bad("empty payload", b"", "decode", &["empty-payload"]),
        bad(
            "invalid UTF-8",
            b"{\"text\": \"talks \xff\xfe\x80\xc3\x28 held\"}",
            "decode",
            &["invalid-encoding", "malformed-json"],
        ),
        bad("10,000-deep JSON", deep.as_bytes(), "decode", &["json-too-deep"]),
        bad("20 MB article", large.as_bytes(), "decode", &["payload-too-large"]),
        bad("missing text", b"{\"id\": \"y\", \"title\": null}", "decode", &["missing-text"]),
        bad(
            "absurd date",
            b"{\"text\": \"Chile thanked Peru on Monday.\", \"published_at\": \"2024-99-99\"}",
            "decode",
            &["invalid-date"],
        ),
        bad("bomb of nested HTML", bomb.as_bytes(), "decode", &["html-too-deep"]),
        bad("payload that makes the coder panic", b"delivery test: panic", "code", &["coder-panicked"]),
    ]
}

#[test]
fn every_bad_input_becomes_one_dead_letter_and_costs_no_other_article() {
    let broker = broker();
    let topics = make(broker, "bad", LARGE);
    let bad = bad_inputs();
    // The bad ones first, a tombstone and sound ones after them, all in one partition.
    let sound: Vec<_> = (0..20).map(|number| (0, article(number).1)).collect();
    let inputs = bad.iter().map(|bad| (0, Some(bad.payload.clone()))).chain([(0, None)]).chain(sound.clone());
    produce(broker, &topics.articles, inputs);
    let mut service = Service::start(broker, &topics, &Options::new("bad", "a"));
    await_end(broker, "bad", &topics.articles, patience(), &mut service);
    assert_eq!(service.stop(), Some(0), "{}", service.log());

    let dead = read_all(broker, &topics.dead);
    assert_eq!(
        dead.len(),
        bad.len(),
        "one dead letter for each bad input, none for the tombstone: {:?}",
        dead.iter().map(Read::place).collect::<Vec<_>>()
    );
    for (offset, (bad, letter)) in bad.iter().zip(&dead).enumerate() {
        let name = bad.name;
        assert_eq!(letter.place(), (0, offset as i64), "{name}");
        assert!(letter.payload.as_deref().unwrap_or_default() == bad.payload, "{name}: the payload is as it came");
        assert_eq!(letter.key.as_deref(), Some(format!("key-{offset}").as_bytes()), "{name}");
        assert_eq!(letter.timestamp, Some(1_700_000_000_000 + offset as i64), "{name}");
        assert_eq!(letter.header("origin").as_deref(), Some("test"), "{name}: its headers are kept");
        assert_eq!(letter.header("entente.topic").as_deref(), Some(topics.articles.as_str()), "{name}");
        assert!(letter.header("entente.version").is_some(), "{name}");
        assert!(letter.header("entente.error.message").is_some_and(|message| message.len() > 10), "{name}");
        let (stage, reason) =
            (letter.header("entente.error.stage").unwrap_or_default(), letter.header("entente.error.reason").unwrap_or_default());
        assert!(bad.reasons.contains(&reason.as_str()), "{name}: `{reason}`, not one of {:?}", bad.reasons);
        assert_eq!(stage, bad.stage, "{name}");
    }
    let wanted: Vec<_> =
        sound.iter().flat_map(|(_, payload)| expected(pipeline(), payload.as_deref().unwrap_or_default())).collect();
    let got: Vec<_> = read_all(broker, &topics.events).into_iter().map(|event| event.payload.unwrap_or_default()).collect();
    assert!(got == wanted && !got.is_empty(), "the sound articles after them come out: {} of {}", got.len(), wanted.len());
}

#[test]
fn an_event_larger_than_its_topic_takes_is_a_dead_letter_and_the_rest_goes_on() {
    let broker = broker();
    let topics = make(broker, "toolarge", "4000");
    // Evidence is cut to size, a title is not.
    let title = format!("Chile condemns Peru{}", " over the ambassador and the foreign ministry".repeat(200));
    let long = serde_json::json!({"id": "long", "title": title, "text": "Chile condemned Peru on Monday.", "published_at": "2024-11-07", "language": "en"});
    let long = long.to_string();
    let inputs = (0..10)
        .map(|number| (0, article(number).1))
        .chain([(0, Some(long.into_bytes()))])
        .chain((10..20).map(|number| (0, article(number).1)));
    produce(broker, &topics.articles, inputs);
    let mut service = Service::start(broker, &topics, &Options::new("toolarge", "a"));
    await_end(broker, "toolarge", &topics.articles, patience(), &mut service);
    assert_eq!(service.stop(), Some(0), "{}", service.log());
    let dead = read_all(broker, &topics.dead);
    assert_eq!(dead.len(), 1);
    assert_eq!((dead[0].place(), dead[0].header("entente.error.reason").as_deref()), ((0, 10), Some("event-too-large")));
    let wanted: usize = (0..20).map(|number| expected(pipeline(), &article(number).1.unwrap_or_default()).len()).sum();
    assert_eq!(read_all(broker, &topics.events).len(), wanted);
}

#[test]
fn too_many_rejections_stop_the_service_before_the_topic_is_drained() {
    let broker = broker();
    let topics = make(broker, "rejections", LARGE);
    produce(broker, &topics.articles, (0..5_000).map(|number| (number % 4, Some(b"{\"text\": 7".to_vec()))));
    let extra = vec![("SERVICE__REJECTION_SHARE", "0.5".to_owned()), ("SERVICE__REJECTION_WINDOW", "200".to_owned())];
    let mut service = Service::start(broker, &topics, &Options { extra, ..Options::new("rejections", "a") });
    assert_eq!(service.wait(Duration::from_secs(60)).code(), Some(6), "{}", service.log());
    assert!(service.log().contains("of the last 200 articles were rejected"), "{}", service.log());
    assert!(read_all(broker, &topics.dead).len() <= 200);
}
