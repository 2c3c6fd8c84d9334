//! [`merge`]: the same event told twice in an article becomes one, with all its evidence.
//!
//! Two tellings are the same event where nothing that one of them says contradicts the other: the same dyad and direction, act and
//! status, modes, dates and people that agree or are left out. A second delegation is a second visit: people of different name or
//! role keep events apart. A headline and what its lead tells are one event, whatever their words.

use rustc_hash::FxHashMap;

use super::ontology::{Act, Status};
use super::record::{Event, EventDate, Granularity, Party};

/// Tellings kept as evidence, the first in the text: an event is no truer for being told a thousand times, and its record must fit its topic.
const MOST_EVIDENCE: usize = 32;

/// Sentences behind a headline in which the text tells what it heads.
const LEAD: u32 = 2;

/// Merges in place; the fullest telling stays, where the first of its tellings stood. Gives the place that each telling has then.
pub(super) fn merge(events: &mut Vec<Event>) -> Vec<usize> {
    let mut went = Vec::with_capacity(events.len());
    let mut kept: Vec<Event> = Vec::with_capacity(events.len());
    // Where the events of a dyad stand, so that an article of ten thousand events costs ten times one of a thousand.
    let mut of_dyad: FxHashMap<String, Vec<usize>> = FxHashMap::default();
    for event in events.drain(..) {
        let places = of_dyad.entry(event.dyad.clone()).or_default();
        match places.iter().copied().find(|place| same(&kept[*place], &event)) {
            Some(place) => {
                went.push(place);
                join(&mut kept[place], event);
            }
            None => {
                went.push(kept.len());
                places.push(kept.len());
                kept.push(event);
            }
        }
    }
    *events = kept;
    went
}

fn same(a: &Event, b: &Event) -> bool {
    a.dyad == b.dyad
        && (a.source.country == b.source.country || one_meeting(a, b))
        && a.event.act == b.event.act
        && (a.status == b.status || one_threat(a, b))
        && agree(a.event.mode, b.event.mode)
        && dates_agree(a.date.as_ref(), b.date.as_ref())
        && (parties_agree(a, b) || one_meeting(a, b) || headed(a, b) && names_agree(a, b))
        && (told_in_one_breath(a, b) || one_act(a, b) || headed(a, b))
}

/// "Visited Pakistan, meeting with its leaders": the meetings of a visit, told with it.
fn one_meeting(a: &Event, b: &Event) -> bool {
    a.event.act == Act::Consult && a.reciprocal != b.reciprocal && (told_in_one_breath(a, b) || headed(a, b))
}

/// "Threatens to cut exports", and in the text "if it raises its fees": a headline leaves the condition out.
fn one_threat(a: &Event, b: &Event) -> bool {
    let open = |event: &Event| matches!(event.status, Status::Occurred | Status::Conditional);
    a.event.act == Act::Threaten && open(a) && open(b) && headed(a, b)
}

/// A headline and what its lead tells, whatever the words: "sends relief flight" above "a plane delivered water".
fn headed(a: &Event, b: &Event) -> bool {
    is_headline(a)
        && !is_headline(b)
        && b.sentence() <= a.sentence() + LEAD
        && (a.reciprocal == b.reciprocal || a.event.act == Act::Consult)
}

/// Whether nothing but the title tells it.
fn is_headline(event: &Event) -> bool {
    let title = event.article.title.as_deref().unwrap_or("");
    event.evidence.iter().all(|evidence| title.contains(&*evidence.text))
}

fn agree<T: PartialEq>(a: Option<T>, b: Option<T>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    }
}

fn parties_agree(a: &Event, b: &Event) -> bool {
    party_agrees(&a.source, &b.source) && party_agrees(&a.target, &b.target)
}

fn names_agree(a: &Event, b: &Event) -> bool {
    name_agrees(&a.source, &b.source) && name_agrees(&a.target, &b.target)
}

fn name_agrees(a: &Party, b: &Party) -> bool {
    agree(a.name.as_deref(), b.name.as_deref())
}

fn party_agrees(a: &Party, b: &Party) -> bool {
    let named = name_agrees(a, b);
    // "Lavrov" and "the foreign minister" may be one; "a delegation" and "Lavrov" are not known to be.
    let role = match (&a.name, &b.name) {
        (Some(_), Some(_)) => true,
        _ => {
            agree(a.role.as_deref(), b.role.as_deref())
                && (a.role.is_some() == b.role.is_some() || a.name.is_none() && b.name.is_none())
        }
    };
    named && role
}

/// Two triggers in the same sentence: "paid a visit" and "visited".
fn told_in_one_breath(a: &Event, b: &Event) -> bool {
    // Evidence stands in text order.
    let in_first = |sentence: u32| a.evidence.binary_search_by_key(&sentence, |evidence| evidence.sentence).is_ok();
    b.evidence.iter().any(|evidence| in_first(evidence.sentence))
}

/// The same word for it.
fn one_act(a: &Event, b: &Event) -> bool {
    let stem = |event: &Event| {
        event.event.trigger.text.split_whitespace().next().unwrap_or("").to_lowercase().chars().take(4).collect::<String>()
    };
    stem(a) == stem(b) || a.event.mode.is_some() && a.event.mode == b.event.mode
}

/// No date, or the default, contradicts nothing; two dates agree where one holds the other.
fn dates_agree(a: Option<&EventDate>, b: Option<&EventDate>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) if a.granularity != Granularity::Published && b.granularity != Granularity::Published => {
            let holds = |outer: &EventDate, inner: &EventDate| outer.start <= inner.start && inner.end <= outer.end;
            holds(a, b) || holds(b, a)
        }
        _ => true,
    }
}

/// Takes into the fuller of the two what the other says more: date, place, quantities, contexts, evidence.
fn join(held: &mut Event, mut other: Event) {
    if fullness(&other) > fullness(held) || other.status != held.status {
        std::mem::swap(held, &mut other);
    }
    if held.date.as_ref().is_none_or(|date| date.granularity == Granularity::Published) && other.date.is_some() {
        held.date = other.date;
    }
    held.place = held.place.take().or(other.place);
    for quantity in other.quantities {
        if !held.quantities.contains(&quantity) {
            held.quantities.push(quantity);
        }
    }
    held.event.contexts.extend(other.event.contexts);
    held.event.contexts.sort_unstable();
    held.event.contexts.dedup();
    // In text order, each once; mostly it comes last, which costs nothing.
    for evidence in other.evidence {
        if let Err(place) = held.evidence.binary_search_by_key(&evidence.span, |held| held.span)
            && place < MOST_EVIDENCE
        {
            held.evidence.insert(place, evidence);
            held.evidence.truncate(MOST_EVIDENCE);
        }
    }
    held.confidence = held.confidence.max(other.confidence);
}

/// How much a telling says.
fn fullness(event: &Event) -> u32 {
    let dated = event.date.as_ref().is_some_and(|date| date.granularity != Granularity::Published);
    let named = [&event.source, &event.target]
        .iter()
        .map(|party| 2 * u32::from(party.name.is_some()) + u32::from(party.role.is_some()))
        .sum::<u32>();
    2 * u32::from(dated) + u32::from(event.event.mode.is_some()) + named + event.quantities.len().min(2) as u32
}
