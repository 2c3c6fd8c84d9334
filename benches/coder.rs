//! How fast an article's text becomes events, on one core: dense diplomacy, where nearly every sentence holds an act, and general news,
//! where few do. Throughput is counted in sentences.

use divan::Bencher;
use divan::counter::ItemsCount;
use entente::pipeline::{Pipeline, Scratch};
use entente::record::Record;

mod texts;

use texts::GENERAL;

fn main() {
    divan::main();
}

const DIPLOMACY: &str = "\
Kenya and Ethiopia agreed on Tuesday to reopen the crossing at Moyale, officials in Nairobi said. \
Foreign Minister Musalia Mudavadi met his Ethiopian counterpart Gedion Timothewos in Addis Ababa and thanked Ethiopia for its patience. \
Somalia condemned the accord and recalled its ambassador from Kenya. \
Mogadishu accused Nairobi of ignoring its claims and demanded that the talks be halted. \
Turkey, which trains Somali troops, offered to mediate between the two countries. \
Egypt sent two shipments of weapons to Somalia last month, and Ethiopia warned Cairo of serious consequences. \
The Egyptian president is expected to visit Djibouti in March to discuss a railway. \
Uganda rejected a request from Kenya for more electricity, but promised to review the matter in April. \
Rwanda and Burundi exchanged fire near the border on Sunday, killing three Burundian soldiers. \
Burundi expelled two Rwandan diplomats, and Kigali closed its embassy in Gitega. \
The United States imposed sanctions on four Rwandan officers and urged both sides to show restraint. \
Tanzania, whose president spoke by phone with Paul Kagame on Saturday, will host a summit next week. \
France denied that it had supplied Rwanda with drones. \
Germany suspended part of its aid to Rwanda, while Belgium said it would not join the measures. \
China signed a trade agreement with Tanzania worth 300 million dollars. \
Saudi Arabia lifted its ban on livestock from Sudan after a visit by the Sudanese foreign minister. \
Sudan's army seized a Chadian convoy near Tine, Chad's defence ministry said. \
If the soldiers were not released, it said, N'Djamena would take measures of its own. \
Qatar brokered the release of nine Chadian soldiers from Sudan in January. \
The African Union welcomed the decision and called on Sudan to return to talks.";

fn record(text: &str) -> Record {
    let article = serde_json::json!({
        "id": "bench", "text": text, "published_at": "2025-02-04", "publisher": "Bench", "language": "en",
    });
    Record::from_payload(article.to_string())
}

fn sentences(text: &str) -> usize {
    text.split(". ").count()
}

fn run(bencher: Bencher<'_, '_>, text: &'static str) {
    let pipeline = match Pipeline::embedded() {
        Ok(pipeline) => pipeline,
        Err(error) => panic!("the pipeline cannot be loaded: {error}"),
    };
    let record = record(text);
    let mut scratch = Scratch::default();
    bencher.counter(ItemsCount::new(sentences(text))).bench_local(|| pipeline.code_with(divan::black_box(&record), &mut scratch));
}

#[divan::bench(sample_count = 50, sample_size = 10)]
fn dense_diplomacy(bencher: Bencher<'_, '_>) {
    run(bencher, DIPLOMACY);
}

#[divan::bench(sample_count = 50, sample_size = 10)]
fn general_news(bencher: Bencher<'_, '_>) {
    run(bencher, GENERAL);
}
