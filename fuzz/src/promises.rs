//! What holds for any bytes whatsoever. Each function panics where a promise is broken.

use entente::article::{Article, Decoded, Limits, decode};
use entente::event::Event;
use entente::pipeline::{Coded, Pipeline, Scratch};
use entente::record::{Record, Rejection};
use entente::span::Span;
use entente::syntax::{Analyzer, Document, Token};

/// Reads a record: read or rejected with a short message, twice the same, and what is read is normalized.
pub fn decoded(record: &Record) -> Result<Option<Box<Article>>, Rejection> {
    let result = decode(record, &Limits::default());
    if twice(record.payload.as_deref().unwrap_or_default()) {
        assert_eq!(decode(record, &Limits::default()), result, "reading it again gives something else");
    }
    match result {
        Ok(Decoded::Article(article)) => {
            normalized(&article);
            Ok(Some(article))
        }
        Ok(Decoded::Tombstone) => Ok(None),
        Err(rejection) => {
            assert!(
                !rejection.message.is_empty() && rejection.message.len() < 2000,
                "{} bytes of message",
                rejection.message.len()
            );
            Err(rejection)
        }
    }
}

fn normalized(article: &Article) {
    let text = &article.text;
    assert!(!article.id.is_empty() && article.id.len() <= 512, "the id {:?}", article.id);
    assert!(unicode_normalization::is_nfc(text) && text.trim() == text && !text.contains("  "), "not normalized: {text:?}");
    assert!(
        text.is_empty() || text.split("\n\n").all(|paragraph| !paragraph.is_empty() && !paragraph.contains('\n')),
        "{text:?}"
    );
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "a control character in {text:?}");
    if let Some(headline) = article.headline {
        let rest = text.get(headline.end as usize..);
        assert!(headline.start == 0 && !headline.is_empty(), "{headline:?} in {text:?}");
        assert!(rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("\n\n")), "{headline:?} in {text:?}");
    }
    assert!((2..=3).contains(&article.language.len()), "the language {:?}", article.language);
}

/// Whether this input is among the eighth that is done twice over and compared; done with every one, it would halve the rate.
fn twice(input: &[u8]) -> bool {
    input.iter().fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(*byte)) & 7 == 0
}

/// Analyses text: sentences and tokens in order and on character boundaries, one tree a sentence, the same with used buffers.
pub fn analysed(analyzer: &Analyzer, text: &str, headline: Option<Span>, scratch: &mut entente::syntax::Scratch) {
    let mut document = Document::default();
    analyzer.analyze(text, headline, scratch, &mut document);
    let (mut at, mut token) = (0, 0);
    for sentence in &document.sentences {
        assert!(
            fits(sentence.span, text) && sentence.span.start >= at,
            "{sentence:?} overlaps what is before it or does not fit"
        );
        assert!(sentence.tokens.start == token && sentence.tokens.end > token, "{sentence:?} leaves tokens out");
        tree(&document, sentence.tokens.clone());
        for index in sentence.tokens.clone() {
            let span = document.tokens[index as usize].span;
            assert!(
                fits(span, text) && !span.is_empty() && span.start >= at && sentence.span.contains(span),
                "{span:?} in {sentence:?}"
            );
            assert!(fits(document.tokens[index as usize].lemma, &document.lemmas), "a lemma outside the lemmas");
            at = span.end;
        }
        token = sentence.tokens.end;
    }
    assert_eq!(token as usize, document.tokens.len(), "tokens without a sentence");
    if !twice(text.as_bytes()) {
        return;
    }
    let mut again = Document::default();
    analyzer.analyze(text, headline, &mut entente::syntax::Scratch::default(), &mut again);
    assert!(document.tokens == again.tokens && document.sentences == again.sentences, "used buffers change the analysis");
}

/// Every token of the sentence reaches one root within it.
fn tree(document: &Document, tokens: std::ops::Range<u32>) {
    let roots = tokens.clone().filter(|at| document.tokens[*at as usize].head == Token::ROOT).count();
    assert_eq!(roots, 1, "roots of a sentence");
    // 0 not seen, 1 on the way, 2 known to reach the root.
    let mut state = vec![0_u8; tokens.len()];
    for start in tokens.clone() {
        let mut path = Vec::new();
        let mut at = start;
        while at != Token::ROOT && state[(at - tokens.start) as usize] == 0 {
            state[(at - tokens.start) as usize] = 1;
            path.push(at);
            at = document.tokens[at as usize].head;
            assert!(at == Token::ROOT || tokens.contains(&at), "a head outside its sentence");
        }
        assert!(at == Token::ROOT || state[(at - tokens.start) as usize] == 2, "a ring of heads");
        path.into_iter().for_each(|seen| state[(seen - tokens.start) as usize] = 2);
    }
}

/// Codes a record: the same with fresh and with used buffers, and every event keeps the contract.
pub fn coded(pipeline: &Pipeline, record: &Record, scratch: &mut Scratch) -> usize {
    let result = pipeline.code_with(record, scratch);
    if twice(record.payload.as_deref().unwrap_or_default()) {
        assert_eq!(pipeline.code(record), result, "used buffers change the coding");
    }
    let Ok(Coded::Events(events)) = result else { return 0 };
    let article = decoded(record).expect("what was coded is read").expect("a tombstone has no events");
    for event in &events {
        contract(event, &article);
    }
    let mut ids: Vec<&str> = events.iter().map(|event| event.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), events.len(), "two events of one article have one id");
    events.len()
}

fn contract(event: &Event, article: &Article) {
    let text = &article.text;
    let (source, target) = (event.source.country.as_str(), event.target.country.as_str());
    assert_ne!(source, target, "an event joins two states");
    assert_eq!(event.dyad, format!("{}-{}", source.min(target), source.max(target)));
    assert!((0.0..=1.0).contains(&event.confidence), "confidence {}", event.confidence);
    assert!((-10.0..=10.0).contains(&event.event.score), "score {}", event.event.score);
    for span in [event.source.span, event.target.span, event.event.trigger.span] {
        assert!(fits(span, text) && !span.is_empty(), "{span:?} does not fit the text");
    }
    assert!(!event.evidence.is_empty(), "an event without evidence");
    for evidence in &event.evidence {
        assert_eq!(evidence.span.of(text), evidence.text, "the evidence is not what stands in the text");
    }
    if let Some(date) = &event.date {
        assert!(date.start <= date.end, "{date:?} ends before it starts");
    }
    let line = serde_json::to_string(event).expect("an event has a JSON form");
    assert_eq!(serde_json::from_str::<Event>(&line).expect("an event reads back"), *event);
}

fn fits(span: Span, text: &str) -> bool {
    text.get(span.range()).is_some()
}
