//! [`Opinion`]: what the judge holds of two parties of a sentence; [`Judged`]: what it says of an event of theirs, with what else the article tells
//! of the two.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::candidate::{Candidate, PartyRef};
use super::cascade::Read;
use super::cast;
use super::judge::Verdict;
use super::ontology::{Act, Status, likeliest};
use crate::actor::ActorCode;

/// Acts that are proposed between the same two, and the least probability of one.
const PROPOSED: usize = 2;
pub(super) const LEAST: f32 = 0.1;
/// How much likelier than one way an act of both must be.
const MUTUAL: f32 = 3.0;

/// How likely a party is meant that the sentence leaves out, and what speaks for it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Meant {
    pub share: f32,
    pub signs: cast::Signs,
}

/// What the judge said of a candidate, and what else the article tells of the same two.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// Which act, if there is one, from the source's side, in the order of [`Act::ALL`].
    pub acts: [f32; Act::ALL.len()],
    /// That nothing happens; that the source acts on the target; the target on the source; each on the other.
    pub ties: [f32; 4],
    /// Whether it did happen, in the order of [`Status::ALL`].
    pub statuses: [f32; Status::ALL.len()],
    /// The sentence leaves one of them out.
    pub meant: Option<Meant>,
    /// The most that it held of the same act between the two in an earlier sentence; of any act in any other sentence; and in one right before.
    pub before: f32,
    pub elsewhere: f32,
    pub near: f32,
    /// A frame found the same act between the two in an earlier sentence; in a later one.
    pub told: [bool; 2],
    /// Events of the two that frames found in the article; events of any two.
    pub ruled: usize,
    pub found: usize,
    /// In the same sentence frames found events of the two: of the same quad, of others.
    pub rivals: [bool; 2],
    /// In the same sentence: the most that it held of the same act between one of the two and a third; whether it is surer that something
    /// is done between these two than between any others; events of others that frames found.
    pub peer: f32,
    pub first: bool,
    pub neighbours: usize,
    /// Words from the one to the other, and whether a third is named between them.
    pub apart: u32,
    pub between: bool,
}

impl Judged {
    /// The probability that anything is done between the two.
    pub fn any(&self) -> f32 {
        1.0 - self.ties[0]
    }

    /// The likeliest act, and its probability if there is one at all.
    pub fn best(&self) -> (Act, f32) {
        likeliest(&self.acts)
    }

    /// The likeliest status, and its probability.
    pub fn status(&self) -> (Status, f32) {
        let all = Status::ALL.iter().copied().zip(self.statuses);
        all.reduce(|best, next| if next.1 > best.1 { next } else { best }).unwrap_or((Status::Occurred, 0.0))
    }

    /// The probability that the source does this to the target, or each to the other.
    pub fn holds(&self, act: Act, reciprocal: bool) -> f32 {
        let [_, forth, back, both] = self.ties;
        let way = if reciprocal { both + (forth + back) / 2.0 } else { forth + both };
        way * self.share(act)
    }

    pub fn share(&self, act: Act) -> f32 {
        self.acts.get(act as usize).copied().unwrap_or(0.0)
    }
}

/// What a party of a sentence does to another, or to whom the sentence leaves out, and what is done to it.
#[derive(Clone, Copy)]
pub(super) struct Question {
    pub sentence: u32,
    pub first: PartyRef,
    pub second: Option<PartyRef>,
}

impl Question {
    /// Whether the answer tells of the candidate's parties as well; `candidate` is of the same sentence.
    pub fn covers(&self, candidate: &Candidate) -> bool {
        let parties = [candidate.source.actor, candidate.target.actor];
        parties.contains(&self.first.actor) && self.second.is_none_or(|second| parties.contains(&second.actor))
    }
}

/// What the judge says to a question: the acts of the first, those of the second, and the ties from the first's side.
pub(super) struct Answer {
    pub question: Question,
    forth: [f32; Act::ALL.len()],
    back: [f32; Act::ALL.len()],
    pub ties: [f32; 4],
    /// From the first's side and from the second's.
    statuses: [[f32; Status::ALL.len()]; 2],
}

impl Answer {
    /// From what the judge says of what the first does to the second, and of what the second does to the first.
    pub fn new(question: Question, forth: &Verdict, back: &Verdict) -> Self {
        let (statuses, ties) = ([forth.statuses, back.statuses], ties(forth, back));
        Self { question, forth: forth.acts, back: back.acts, ties, statuses }
    }

    /// The same as said of two. `meant`: the sentence leaves the second out. `proposes`: what no frame found is proposed.
    pub fn of(&self, second: PartyRef, meant: Option<Meant>, proposes: bool) -> Opinion {
        let Self { question: Question { sentence, first, .. }, forth, back, ties, statuses } = *self;
        Opinion { sentence, first, second, meant, proposes, forth, back, ties, statuses }
    }

    /// The act that it holds most likely, by whoever of the two more likely acts.
    pub fn likeliest(&self) -> Act {
        let [_, forward, backward, _] = self.ties;
        likeliest(if forward >= backward { &self.forth } else { &self.back }).0
    }
}

/// Two parties of a sentence, and what the judge holds of them.
pub(super) struct Opinion {
    pub sentence: u32,
    pub first: PartyRef,
    pub second: PartyRef,
    /// The sentence leaves the second out.
    pub meant: Option<Meant>,
    /// Whether what no frame found is proposed.
    pub proposes: bool,
    forth: [f32; Act::ALL.len()],
    back: [f32; Act::ALL.len()],
    pub ties: [f32; 4],
    statuses: [[f32; Status::ALL.len()]; 2],
}

/// Two actors, whichever comes first.
pub(super) type Dyad = (ActorCode, ActorCode);

pub(super) fn dyad(a: ActorCode, b: ActorCode) -> Dyad {
    if a <= b { (a, b) } else { (b, a) }
}

impl Opinion {
    pub fn dyad(&self) -> Dyad {
        dyad(self.first.actor, self.second.actor)
    }

    /// The acts of one of the two.
    fn acts(&self, source: ActorCode) -> [f32; Act::ALL.len()] {
        if source == self.first.actor { self.forth } else { self.back }
    }

    /// How much it holds that the first does this to the second, and the second to the first.
    fn ways(&self, act: Act) -> [f32; 2] {
        let [_, forward, backward, both] = self.ties;
        [(forward + both) * self.forth[act as usize], (backward + both) * self.back[act as usize]]
    }

    /// Who most likely does this to whom, and whether both do: where that is three times as likely as that one of them does, for it is told of
    /// two too readily. Two who do different things to each other do neither together.
    pub fn direction(&self, act: Act) -> (PartyRef, PartyRef, bool) {
        let [_, forward, backward, both] = self.ties;
        let [forth, back] = self.ways(act);
        let reciprocal = both > MUTUAL * (forward + backward) && forth.min(back) > forth.max(back) / 2.0;
        let (source, target) = if back > forth && !reciprocal { (self.second, self.first) } else { (self.first, self.second) };
        (source, target, reciprocal)
    }

    /// Acts worth proposing.
    pub fn likeliest(&self) -> impl Iterator<Item = Act> {
        let most = |act: Act| self.ways(act).into_iter().fold(0.0, f32::max);
        let mut acts: Vec<(Act, f32)> = Act::ALL.iter().map(|act| (*act, most(*act))).collect();
        acts.sort_by(|a, b| b.1.total_cmp(&a.1));
        acts.into_iter().take(PROPOSED).filter(|(_, held)| *held >= LEAST).map(|(act, _)| act)
    }

    /// How much it holds that an act is done.
    fn holds(&self, act: Act) -> f32 {
        let share = self.forth[act as usize].max(self.back[act as usize]);
        (1.0 - self.ties[0]) * share
    }
}

/// What an article tells of each two actors.
pub(super) struct Context<'a> {
    read: Read<'a>,
    opinions: &'a [Opinion],
    found: &'a [Candidate],
    of_dyad: FxHashMap<Dyad, Vec<usize>>,
    ruled: FxHashMap<Dyad, Vec<(u32, Act)>>,
}

/// Sentences right before one.
const NEAR: u32 = 2;
/// Sentences and events of a dyad that are looked at from each of its events.
const LOOKED_AT: usize = 200;

impl<'a> Context<'a> {
    pub fn new(read: Read<'a>, opinions: &'a [Opinion], found: &'a [Candidate]) -> Self {
        let mut context = Self { read, opinions, found, of_dyad: FxHashMap::default(), ruled: FxHashMap::default() };
        for (at, opinion) in opinions.iter().enumerate() {
            context.of_dyad.entry(opinion.dyad()).or_default().push(at);
        }
        for candidate in found {
            let events = context.ruled.entry(dyad(candidate.source.actor, candidate.target.actor)).or_default();
            events.push((candidate.sentence, candidate.act));
        }
        context
    }

    pub fn judged(&self, candidate: &Candidate) -> Option<Judged> {
        let key = dyad(candidate.source.actor, candidate.target.actor);
        let sentences = self.of_dyad.get(&key)?;
        // Sentences are in text order, and so the opinions of a dyad and its events are.
        let own = sentences.partition_point(|at| self.opinions.get(*at).is_some_and(|one| one.sentence < candidate.sentence));
        let opinion = self.opinions.get(*sentences.get(own)?).filter(|one| one.sentence == candidate.sentence)?;
        let most = |all: &mut dyn Iterator<Item = f32>| all.fold(0.0, f32::max);
        let looked_at = || sentences.iter().take(LOOKED_AT).filter_map(|at| self.opinions.get(*at));
        let others = || looked_at().filter(|one| one.sentence != candidate.sentence);
        let before = others().take_while(|one| one.sentence < candidate.sentence);
        let near = candidate.sentence.saturating_sub(NEAR)..candidate.sentence;
        let ruled = self.ruled.get(&key).map_or(&[][..], Vec::as_slice);
        let quad = super::codes::quad(candidate.act);
        let rival = |same: bool| {
            let here = ruled.iter().skip(ruled.partition_point(|(sentence, _)| *sentence < candidate.sentence)).take(LOOKED_AT);
            let here = here.take_while(|(sentence, _)| *sentence == candidate.sentence).filter(|(_, act)| *act != candidate.act);
            let mut of_quad = here.filter(|(_, act)| (super::codes::quad(*act) == quad) == same);
            of_quad.next().is_some()
        };
        let forward = candidate.source.actor == opinion.first.actor;
        let here = self.opinions.get(self.of_sentence(candidate.sentence)).unwrap_or(&[]);
        let others_here = || here.iter().filter(|one| one.dyad() != key);
        let shares = |one: &&Opinion| [key.0, key.1].iter().any(|actor| [one.first.actor, one.second.actor].contains(actor));
        let found_here = self.found.get(of_sentence(self.found, candidate.sentence)).unwrap_or(&[]).iter().take(LOOKED_AT);
        let heads = [candidate.source, candidate.target].map(|party| self.read.mention(party).map_or(0, |one| one.head));
        let (left, right) = (heads[0].min(heads[1]), heads[0].max(heads[1]));
        let between = |party: PartyRef| self.read.mention(party).is_some_and(|one| left < one.head && one.head < right);
        let told = |later: bool| {
            let mut same = ruled.iter().take(LOOKED_AT).filter(|(_, act)| *act == candidate.act);
            same.any(|(sentence, _)| if later { *sentence > candidate.sentence } else { *sentence < candidate.sentence })
        };
        let [none, forth, back, both] = opinion.ties;
        Some(Judged {
            acts: opinion.acts(candidate.source.actor),
            ties: if forward { opinion.ties } else { [none, back, forth, both] },
            statuses: opinion.statuses[usize::from(!forward)],
            meant: opinion.meant,
            before: most(&mut before.map(|one| one.holds(candidate.act))),
            elsewhere: most(&mut others().map(|one| 1.0 - one.ties[0])),
            near: most(&mut others().filter(|one| near.contains(&one.sentence)).map(|one| 1.0 - one.ties[0])),
            told: [told(false), told(true)],
            ruled: ruled.len(),
            found: self.found.len(),
            rivals: [rival(true), rival(false)],
            peer: most(&mut others_here().filter(shares).map(|one| one.holds(candidate.act))),
            first: others_here().all(|one| one.ties[0] >= none),
            neighbours: found_here.filter(|one| dyad(one.source.actor, one.target.actor) != key).count(),
            apart: right - left,
            between: others_here().filter(shares).any(|one| {
                let third = if [key.0, key.1].contains(&one.first.actor) { one.second } else { one.first };
                between(third)
            }),
        })
    }

    fn of_sentence(&self, sentence: u32) -> Range<usize> {
        let start = self.opinions.partition_point(|one| one.sentence < sentence);
        start..self.opinions.partition_point(|one| one.sentence <= sentence)
    }
}

/// The mean of what both ways of asking say, from the first's side.
fn ties(forth: &Verdict, back: &Verdict) -> [f32; 4] {
    let turned = [back.ties[0], back.ties[2], back.ties[1], back.ties[3]];
    std::array::from_fn(|at| (forth.ties[at] + turned[at]) / 2.0)
}

/// The candidates of a sentence.
pub(super) fn of_sentence(candidates: &[Candidate], sentence: u32) -> Range<usize> {
    let start = candidates.partition_point(|candidate| candidate.sentence < sentence);
    start..candidates.partition_point(|candidate| candidate.sentence <= sentence)
}
