//! [`Fusion`]: the probability that an event's dyad and act are right where the judge has read the article, from what made the event and
//! what the judge holds of it, and from what else the article tells.
//!
//! Two logistic models, with weights of their own for what the frames found and for what the judge proposed. The first looks at each event
//! alone; the second at the same properties and at how sure the first was of it and of its [`super::rivals`]. The weights are data,
//! `config/models/fusion.tsv`, fitted by `entente train fusion` on annotated articles of which the judge had not learned.

use super::candidate::Candidate;
use super::cascade::FRAME;
use super::cast;
use super::confidence::{self, Signs, present, told};
use super::ontology::Act;
use super::opinion::Judged;
use super::record::Event;
use super::rivals::{RIVALS, Standing, rivals};
use crate::lexicon::LexiconError;

const FILE: &str = "fusion.tsv";

/// What is read off the judge's word, beside what the confidence without it is.
const READ: [&str; 27] = [
    "read",
    "any",
    "way",
    "share",
    "kin",
    "best",
    "leads",
    "sure",
    "class",
    "before",
    "elsewhere",
    "near",
    "told",
    "retold",
    "ruled",
    "rival=related",
    "rival=other",
    "hidden",
    "meant",
    "late",
    "peer",
    "first",
    "neighbours",
    "apart",
    "between",
    "found",
    "quiet",
];

/// Who made an event; last, what the judge proposed of whom a sentence leaves out.
const MAKERS: [&str; 3] = ["frames", "judge", "unnamed"];
const EACH: usize = confidence::WEIGHTS + READ.len() + cast::SIGNS.len() + RIVALS.len();
/// Where the rivals' weights begin among those of a maker.
const OF_RIVALS: usize = EACH - RIVALS.len();
/// How many weights there are.
pub const WEIGHTS: usize = MAKERS.len() * EACH;

/// A property of an event: which, and how much of it.
pub type Property = (usize, f64);

/// The name of a weight.
pub fn name(at: usize) -> String {
    let own = at % EACH;
    let maker = MAKERS.get(at / EACH).copied().unwrap_or_default();
    let Some(read) = own.checked_sub(confidence::WEIGHTS) else { return format!("{maker}:{}", confidence::name(own)) };
    match (READ.get(read), read.checked_sub(READ.len()).and_then(|at| cast::SIGNS.get(at))) {
        (Some(sign), _) => format!("{maker}:{sign}"),
        (None, Some((sign, _))) => format!("{maker}:meant={sign}"),
        (None, None) => format!("{maker}:{}", RIVALS.get(own - OF_RIVALS).copied().unwrap_or_default()),
    }
}

pub(super) struct Fusion {
    /// Of the first look and of the second.
    weights: [Vec<f64>; 2],
    /// Events less sure than this are not told.
    pub floor: f64,
}

impl Fusion {
    pub fn embedded() -> Result<Self, LexiconError> {
        let text = include_str!("../../config/models/fusion.tsv");
        let mut weights = vec![None; WEIGHTS];
        let mut floor = None;
        let names: Vec<String> = (0..WEIGHTS).map(name).collect();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#') && !line.trim().is_empty()) {
            let error = |message: String| LexiconError { file: FILE, line: index + 1, message };
            let (name, weight) = line.split_once('\t').ok_or_else(|| error("expected a name and its weight".to_owned()))?;
            let number = |text: &str| text.trim().parse::<f64>().map_err(|_| error(format!("`{text}` is no number")));
            match names.iter().position(|known| known == name) {
                Some(at) => {
                    let (first, second) = weight.split_once('\t').ok_or_else(|| error("expected two weights".to_owned()))?;
                    weights[at] = Some([number(first)?, number(second)?]);
                }
                None if name == "floor" => floor = Some(number(weight)?),
                None => return Err(error(format!("`{name}` is no property"))),
            }
        }
        let missing = |name: &str| LexiconError { file: FILE, line: 0, message: format!("no weight for {name}") };
        let weights = weights.into_iter().zip(&names).map(|(weight, name)| weight.ok_or_else(|| missing(name)));
        let weights: Vec<[f64; 2]> = weights.collect::<Result<_, _>>()?;
        let weights = [0, 1].map(|look| weights.iter().map(|both| both[look]).collect());
        Ok(Self { weights, floor: floor.ok_or_else(|| missing("floor"))? })
    }

    /// Gives each event of an article its probability, to two decimals, never quite 0 or 1. `tellings`: the properties of each telling, and
    /// which of `events` it went into.
    pub fn settle(&self, events: &mut [Event], tellings: &[(usize, Vec<Property>)]) {
        let [first, second] = &self.weights;
        let mut surest: Vec<(f64, &[Property])> = vec![(0.0, &[]); events.len()];
        for (place, properties) in tellings {
            let sure = probability(first, properties);
            if let Some(held) = surest.get_mut(*place).filter(|held| sure > held.0) {
                *held = (sure, properties);
            }
        }
        let all: Vec<Standing> = events.iter().zip(&surest).map(|(event, (sure, _))| standing(event, *sure)).collect();
        let shown: Vec<&[Property]> = surest.iter().map(|(_, shown)| *shown).collect();
        for (event, properties) in events.iter_mut().zip(self::second(&shown, &all)) {
            event.confidence = told(probability(second, &properties));
        }
    }
}

/// The probability of what shows `properties`.
pub fn probability(weights: &[f64], properties: &[Property]) -> f64 {
    let sum: f64 = properties.iter().map(|(at, much)| much * weights.get(*at).unwrap_or(&0.0)).sum();
    1.0 / (1.0 + (-sum).exp())
}

/// An event among others, of which the first look is so sure.
pub fn standing(event: &Event, sure: f64) -> Standing {
    Standing { dyad: event.dyad.clone(), act: event.event.act, sentence: event.sentence(), sure }
}

/// What the second look reads of each event: what the first did, and its rivals.
pub fn second(shown: &[&[Property]], standing: &[Standing]) -> Vec<Vec<Property>> {
    shown.iter().zip(rivals(standing)).map(|(shown, around)| among(shown, &around)).collect()
}

fn among(shown: &[Property], around: &[f64]) -> Vec<Property> {
    // Every event has the bias of its maker, which comes first.
    let maker = shown.first().map_or(0, |(at, _)| at / EACH * EACH);
    let around = around.iter().enumerate().filter(|(_, much)| **much != 0.0);
    shown.iter().copied().chain(around.map(|(at, much)| (maker + OF_RIVALS + at, *much))).collect()
}

/// What an event's probability is read from.
pub(super) fn properties(signs: &Signs<'_>, judged: Option<&Judged>) -> Vec<Property> {
    let hidden = judged.is_some_and(|judged| judged.meant.is_some());
    let maker = usize::from(signs.candidate.frame == FRAME) * (1 + usize::from(hidden)) * EACH;
    let shown = present(signs).enumerate().filter(|(_, much)| *much != 0.0).map(|(at, much)| (maker + at, much));
    let read = judged.map(|judged| read(signs.candidate, signs.class, judged));
    let meant = judged.and_then(|judged| judged.meant).map_or([0.0; _], |meant| meant.signs.map(f64::from));
    let read = read.into_iter().flatten().chain(meant).enumerate().filter(|(_, much)| *much != 0.0);
    shown.chain(read.map(|(at, much)| (maker + confidence::WEIGHTS + at, much))).collect()
}

/// How much of each of [`READ`] there is.
fn read(candidate: &Candidate, class: Act, judged: &Judged) -> [f64; READ.len()] {
    let yes = |holds: bool| f64::from(u8::from(holds));
    let any = judged.any();
    let [_, forth, _, both] = judged.ties;
    let way = if candidate.reciprocal { both } else { forth + both } / any.max(1e-6);
    let share = judged.share(candidate.act);
    let quad = super::codes::quad(candidate.act);
    let kin: f32 = Act::ALL.iter().filter(|act| super::codes::quad(**act) == quad).map(|act| judged.share(*act)).sum();
    let (best, most) = judged.best();
    let log = |p: f32| f64::from(p.max(0.005)).ln();
    [
        1.0,
        odds(any),
        odds(way),
        log(share),
        log(kin),
        log(most),
        yes(best == candidate.act),
        f64::from(judged.holds(candidate.act, candidate.reciprocal)),
        f64::from(judged.holds(candidate.act, candidate.reciprocal).max(judged.holds(class, candidate.reciprocal))),
        f64::from(judged.before),
        f64::from(judged.elsewhere),
        f64::from(judged.near),
        yes(judged.told[0]),
        yes(judged.told[1]),
        (1.0 + judged.ruled as f64).ln(),
        yes(judged.rivals[0]),
        yes(judged.rivals[1]),
        yes(judged.meant.is_some()),
        judged.meant.map_or(0.0, |meant| odds(meant.share)),
        (1.0 + f64::from(candidate.sentence)).ln() / 4.0,
        f64::from(judged.peer),
        yes(judged.first),
        (1.0 + judged.neighbours as f64).ln(),
        (1.0 + f64::from(judged.apart)).ln() / 3.0,
        yes(judged.between),
        (1.0 + judged.found as f64).ln() / 2.0,
        yes(judged.found <= usize::from(candidate.frame != FRAME)),
    ]
}

/// Log odds, within bounds.
fn odds(p: f32) -> f64 {
    let p = f64::from(p).clamp(0.003, 0.997);
    (p / (1.0 - p)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_weight_has_a_name_of_its_own_and_stands_in_the_file() {
        let mut names: Vec<String> = (0..WEIGHTS).map(name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), WEIGHTS);
        assert!(Fusion::embedded().is_ok());
    }

    #[test]
    fn odds_are_bounded_and_even_at_one_half() {
        assert!(odds(0.5).abs() < 1e-9);
        assert!(odds(0.0).is_finite() && odds(1.0).is_finite() && (odds(0.0) + odds(1.0)).abs() < 1e-4);
    }
}
