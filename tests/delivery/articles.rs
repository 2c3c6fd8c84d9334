//! Articles for the delivery tests: made from patterns by number, so that ten thousand differ and each is made again the same.

use entente::event::Event;
use entente::pipeline::Pipeline;
use entente::record::Record;

use crate::topics::IN_PARTITIONS;

const STATES: [(&str, &str); 12] = [
    ("France", "French"),
    ("Kenya", "Kenyan"),
    ("Japan", "Japanese"),
    ("Brazil", "Brazilian"),
    ("Egypt", "Egyptian"),
    ("Poland", "Polish"),
    ("India", "Indian"),
    ("Chile", "Chilean"),
    ("Turkey", "Turkish"),
    ("Canada", "Canadian"),
    ("Vietnam", "Vietnamese"),
    ("Norway", "Norwegian"),
];

/// Article number `number`: which partition it goes to, and its payload.
pub fn article(number: usize) -> (i32, Option<Vec<u8>>) {
    from_publisher(number, "Delivery Gazette")
}

/// The same, and the coder takes this many milliseconds for it.
pub fn slow_article(number: usize, milliseconds: usize) -> (i32, Option<Vec<u8>>) {
    from_publisher(number, &format!("delivery test: slow {milliseconds}"))
}

fn from_publisher(number: usize, publisher: &str) -> (i32, Option<Vec<u8>>) {
    let (a, a_adjective) = STATES[number % STATES.len()];
    let (b, _) = STATES[(number / STATES.len() + number + 1) % STATES.len()];
    let (b, _) = if a == b { STATES[(number + 5) % STATES.len()] } else { (b, "") };
    let text = match number % 5 {
        0 => format!("The {a_adjective} foreign minister visited {b} on Monday. Talks covered trade and energy."),
        1 => format!("{a} condemned {b} on Tuesday. A statement gave no further detail."),
        2 => format!("{a} imposed sanctions on {b} last week, officials said."),
        3 => format!("{a} and {b} signed a trade agreement on Wednesday in the presence of both ministers."),
        _ => format!(
            "Farmers expect a good harvest this year. Rain fell in most provinces, and report {number} says prices are steady."
        ),
    };
    let json = serde_json::json!({"id": format!("article-{number}"), "text": text, "published_at": "2024-11-07", "publisher": publisher, "language": "en"});
    (number as i32 % IN_PARTITIONS, Some(json.to_string().into_bytes()))
}

/// What the coder gives for an article, as it must come out.
pub fn expected(pipeline: &Pipeline, payload: &[u8]) -> Vec<Vec<u8>> {
    let events: Vec<Event> = pipeline.process(&Record::from_payload(payload)).expect("the article is sound");
    events.iter().map(|event| serde_json::to_vec(event).expect("an event is JSON")).collect()
}
