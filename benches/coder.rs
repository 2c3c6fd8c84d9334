//! How fast an article's text becomes events, on one core: dense diplomacy, where nearly every sentence holds an act, and general news,
//! where few do. Throughput is counted in sentences.

use divan::Bencher;
use divan::counter::ItemsCount;
use entente::pipeline::{Pipeline, Scratch};
use entente::record::Record;

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

const GENERAL: &str = "\
The bakery on the corner of Mill Lane has opened its doors at five every morning for forty years. \
Its owner, a quiet man of seventy, says that the secret is in the water. \
Prices of flour rose by a tenth last winter, and two neighbouring shops closed. \
The council wants to widen the street and has asked residents for their views. \
A survey found that most of them would rather have trees. \
In the evening a choir rehearses in the church hall, which was rebuilt after the fire of 2011. \
The conductor trained in Vienna and came home to look after her parents. \
She hopes to take the singers on a tour of the coast when the weather is warmer. \
The local team lost for the third time in a row on Saturday and dropped to ninth place. \
Their captain blamed the pitch, the referee and the long journey. \
A new bridge over the river will cost four million and take two years to build. \
Engineers had warned for a decade that the old one could not carry heavy lorries. \
The mayor promised that the ferry would run until the work was finished. \
Scientists at the university counted fewer swifts this year than ever before. \
They think that insects are becoming rare where hedges have been cut. \
An exhibition of photographs from Portugal and Morocco opens at the library on Monday. \
Admission is free for children, and there will be tea. \
Police are looking for a man who stole three bicycles from the station. \
He was last seen wearing a green coat and carrying a guitar. \
Rain is expected towards the end of the week, with sunny spells in the east.";

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
