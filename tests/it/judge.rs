//! The judge in the coder: it adds what no frame knows, and of what the frames know it changes only how sure they are.

use std::sync::LazyLock;

use entente::event::{Act, Event, Status};
use entente::pipeline::{Coded, Pipeline, Scratch};
use entente::record::Record;

static ON: LazyLock<Pipeline> = LazyLock::new(|| pipeline(true));
static OFF: LazyLock<Pipeline> = LazyLock::new(|| pipeline(false));

const EVERYDAY: &str = "The choir rehearses in the church hall on Thursday evenings, and tea is served in the interval. \
    Its conductor, a retired nurse, learned the piano from her grandmother and still bakes the cakes herself. \
    An exhibition of photographs from Portugal and Morocco opens at the library on Monday. \
    Admission is free for children, and the gardener will show them how apple trees are pruned. \
    The bakery next door has sold out of rye bread every morning since the shop was painted yellow.";

fn pipeline(judge: bool) -> Pipeline {
    Pipeline::embedded().and_then(|pipeline| pipeline.with_judge(judge)).expect("the coder loads")
}

/// No frame knows "to ferry tents to somebody"; the second sentence is the frames' own.
const ARTICLE: &str =
    "Peru has ferried tents and blankets across the lake to Bolivia since the flood.\n\nOn Friday Chile condemned Ecuador.";

fn events(pipeline: &Pipeline, text: &str) -> Vec<Event> {
    pipeline.process(&Record::from_payload(text)).expect("a sound article")
}

#[test]
fn the_judge_adds_an_event_where_the_frames_found_none_and_leaves_theirs_but_for_how_sure_they_are() {
    let (without, with) = (events(&OFF, ARTICLE), events(&ON, ARTICLE));
    assert!(without.iter().all(|event| event.dyad == "CHL-ECU"), "{without:#?}");
    let (added, mut kept): (Vec<Event>, Vec<Event>) = with.into_iter().partition(|event| event.dyad == "BOL-PER");
    kept.iter_mut().zip(&without).for_each(|(kept, before)| kept.confidence = before.confidence);
    assert_eq!(kept, without);
    let [event] = added.as_slice() else { panic!("one event was to be added: {added:#?}") };
    assert_eq!((event.source.country.as_str(), event.event.act, event.status), ("PER", Act::Aid, Status::Occurred));
}

#[test]
fn it_reads_the_sentences_that_name_two_actors_or_one_that_may_leave_another_out() {
    let mut scratch = Scratch::default();
    let mut tally = |text: &str| {
        let coded = ON.code_with(&Record::from_payload(text), &mut scratch).expect("a sound article");
        assert!(matches!(coded, Coded::Events(_)));
        scratch.tally()
    };
    let both = tally(ARTICLE);
    // In the second sentence each of the two may also deal with Peru or Bolivia.
    assert_eq!((both.sentences, both.read, both.pairs), (2, 2, 4));
    let growth = "Peru grew by three percent last year, the bank said, which is more than it had expected in spring.";
    let none = tally(&format!("{growth} Bolivia said on Friday that it would not sign."));
    assert_eq!((none.sentences, none.read, none.pairs), (2, 0, 0), "nobody is left out where the frames find nothing");
    let open = tally(&format!("On Friday Chile condemned Ecuador. {growth}"));
    assert_eq!((open.sentences, open.read, open.pairs), (2, 2, 2));
    let list = "Peru, Chile, Bolivia, Brazil, Ecuador, Kenya, Ghana, Togo, Benin, Mali and Niger ferried tents across the lake to Colombia.";
    assert!(tally(list).pairs <= 48, "a list of states asks no more");
    let everyday = tally(EVERYDAY);
    assert_eq!((everyday.sentences, everyday.read), (1, 0), "everyday news in which the frames find nothing is not read");
}

#[test]
fn the_same_article_gives_the_same_events_alone_and_among_others() {
    let mut scratch = Scratch::default();
    let mut code = |text: &str| ON.code_with(&Record::from_payload(text), &mut scratch).expect("a sound article");
    let alone = Coded::Events(events(&ON, ARTICLE));
    code("Kenya has bundled two Ugandan envoys onto a plane, officials in the capital said on Friday.");
    assert_eq!(code(ARTICLE), alone);
    let other = format!("Ghana has ferried tents across the lake to Togo.\n\n{ARTICLE}");
    let Coded::Events(more) = code(&other) else { panic!("an article is coded") };
    assert!(more.iter().any(|event| event.dyad == "BOL-PER" && event.event.act == Act::Aid), "{more:#?}");
}
