//! Hostile articles cost what their size says and no more: four times the bytes, about four times the time. Time is that of this thread on a
//! processor, so that a busy machine changes nothing.
#![cfg(target_os = "linux")]

use entente::article::Limits;
use entente::pipeline::{Pipeline, Scratch};
use entente::record::Record;

/// Seconds that this thread has run.
fn processor_time() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("the kernel tells");
    let nanoseconds: u64 = text.split(' ').next().and_then(|number| number.parse().ok()).expect("nanoseconds come first");
    nanoseconds as f64 * 1e-9
}

/// Payloads of about `size` bytes that are made to be expensive.
fn hostile(size: usize) -> Vec<(&'static str, Vec<u8>)> {
    let fill = |unit: &str| unit.repeat(size / unit.len() + 1);
    let json = |text: String| serde_json::json!({"text": text, "language": "en", "published_at": "2024-11-03"}).to_string();
    let html = |inner: String| format!("<html><body><p>Norway and Sweden signed a treaty on Monday.</p>{inner}</body></html>");
    let named = |name: &'static str, text: String| (name, text.into_bytes());
    let mut cases = vec![
        named("arrays in arrays", fill("[")),
        named("objects in objects", fill("{\"a\":")),
        named("members", format!("{{{}\"text\":\"x\"}}", fill("\"a\":1,"))),
        named("escapes", format!("{{\"text\":\"{}\"}}", fill("\\u00e9\\ud83d\\ude00"))),
        named("a bomb of elements", format!("<html>{}", fill("<div>"))),
        named("unclosed formatting", html(fill("<b><i>"))),
        named("unclosed paragraphs", html(fill("<p>x"))),
        named("unclosed table cells", html(fill("<table><tr><td>"))),
        named("links", html(fill("<a href=x>Norway</a> "))),
        named("misnested elements", html(fill("<a><div></a>"))),
        named("comments", html(fill("<!-- x -->"))),
        named("openings of comments", html(fill("<!--"))),
        named("openings of tags", html(fill("<"))),
        named("attributes", html(format!("<p {}>x</p>", fill("a=1 ")))),
        named("character references", html(fill("&amp;&#8217;&notin"))),
        named("scripts of JSON-LD", html(fill("<script type=\"application/ld+json\">{\"@type\":\"NewsArticle\"}</script>"))),
        named("paragraphs of a page", html(fill("<p>Norway and Sweden met in Oslo, officials said on Monday.</p>"))),
        named("list items", html(fill("<ul><li>Norway</li></ul>"))),
        named("one word", json(fill("a"))),
        named("capitals", json(fill("AB "))),
        named("initials", json(fill("A. B. "))),
        named("full stops", json(fill("."))),
        named("quotes", json(fill("“\" "))),
        named("brackets", json(fill("(["))),
        named("hyphens", json(fill("a-"))),
        named("apostrophes", json(fill("a's "))),
        named("digits", json(fill("1,2.3 "))),
        named("dates", json(fill("Nov 3, 2024 on Monday last week "))),
        named("money", json(fill("$1.5 billion and 200 troops "))),
        named("line ends", json(fill("a\n"))),
        named("paragraphs", json(fill("Norway met Sweden.\n\n"))),
        named("combining marks", json(format!("a{}", fill("\u{301}\u{323}")))),
        named("invisible characters", json(fill("a\u{200b}\u{ad}"))),
        named("damaged characters", json(fill("Ã©â€™"))),
        named("countries without a verb", json(fill("Norway, Sweden and Finland, "))),
        named("one endless sentence", json(fill("Norway said that Sweden told Finland which visited Denmark and "))),
        named("one sentence again and again", json(fill("Russia attacked Ukraine on Monday. "))),
        named("lists that meet lists", json(fill("Norway, Sweden, Finland and Denmark met France, Spain, Italy and Malta. "))),
        named("nested reports", json(fill("Norway denied that Sweden accused Finland of threatening to attack Denmark. "))),
        named("parties left out", json(fill("Norway rejected the charge. It demanded an apology. "))),
        named(
            "parties left out by many",
            json(fill(
                "Norway rejected the charge. Chad demanded an apology. Peru refused the offer. Laos hit back. Fiji summoned the envoy. ",
            )),
        ),
        named(
            "parties that frames ask for and sentences leave out",
            json(
                (0..size / 80)
                    .map(|at| format!("Norway applauded article {at}. Sanctions over {at} remain. Chad promised {at} million. "))
                    .collect(),
            ),
        ),
        named("pronouns", json(fill("It said they told him that she visited them. "))),
        named("names", json(fill("President Vladimir Putin met Prime Minister Shehbaz Sharif. "))),
        named("plain text with a dateline", format!("date 2024-11-03 OSLO: {}", fill("Norway met Sweden in Oslo. "))),
        named("datelines", fill("OSLO, Nov 3 (NTB) - ")),
        named("copyright lines", fill("Copyright Harbour Wire, 2024\n")),
        ("bytes that are no text", vec![0xff; size]),
        ("text in another encoding", b"Ch\xe2teau talks began in Oslo on Monday. ".repeat(size / 38 + 1)),
    ];
    cases.push(("zeros", vec![0; size]));
    cases
}

fn cost(pipeline: &Pipeline, payload: Vec<u8>, scratch: &mut Scratch) -> f64 {
    let record = Record::from_payload(payload);
    let before = processor_time();
    let _ = std::hint::black_box(pipeline.code_with(&record, scratch));
    processor_time() - before
}

#[test]
fn four_times_the_bytes_cost_about_four_times_the_time() {
    let limits = Limits { max_bytes: 64 << 20 };
    let pipeline = Pipeline::embedded().expect("the coder loads").with_limits(limits);
    let size = std::env::var("ENTENTE_HOSTILE_BYTES").ok().and_then(|bytes| bytes.parse().ok()).unwrap_or(24 << 10);
    let mut scratch = Scratch::default();
    let mut grown = Vec::new();
    for ((name, small), (_, large)) in hostile(size).into_iter().zip(hostile(4 * size)) {
        let bytes = large.len();
        // The better of two: the first may have to grow the buffers.
        let mut twice = |payload: &Vec<u8>| {
            let first = cost(&pipeline, payload.clone(), &mut scratch);
            first.min(cost(&pipeline, payload.clone(), &mut scratch))
        };
        let (little, much) = (twice(&small), twice(&large));
        println!(
            "{name:32} {:9.2} ms {:9.2} ms {:6.1} x {:8.2} µs/byte",
            little * 1e3,
            much * 1e3,
            much / little,
            much / bytes as f64 * 1e6
        );
        // Quadratic would be sixteen times. What is small enough may cost anything.
        if much > 8.0 * little && much > 0.050 {
            grown.push(format!("{name}: {:.1} ms for a quarter, {:.1} ms for {bytes} bytes", little * 1e3, much * 1e3));
        }
    }
    assert!(grown.is_empty(), "cost grows faster than size:\n{}", grown.join("\n"));
}
