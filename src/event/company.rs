//! The last reading of a sentence in which nothing was found: where it names two states and no third, a predicate whose own words are all
//! there joins the two, wherever they stand.

use super::candidate::{Hold, PartyRef, Reach};
use super::frame::{Frame, Kind};
use super::matcher::{Match, Matcher};
use super::ontology::Act;
use super::reach::Party;
use crate::actor::{ActorCode, MentionKind};
use crate::syntax::Upos;

/// What a frame must ask of its surroundings at least: a word of its own, a phrase headed by one.
const LEAST: usize = 4;

impl Matcher<'_> {
    /// What the two that the sentence names do, by the predicate that asks for most of its words.
    pub fn in_company(&self, known: &dyn Fn(ActorCode, ActorCode) -> bool) -> Option<Match> {
        let [first, second] = self.company(known)?;
        let mut best: Option<(usize, Match)> = None;
        for word in self.surface.words() {
            let Some(kind) = self.tree.kind(word).filter(|_| self.tree.upos(word) != Upos::Aux) else { continue };
            let readings = self.lexicon.readings(self.tree.symbol(word));
            let moved = kind == Kind::Verb && self.changes_meaning(word, readings);
            for reading in readings {
                let frame = self.lexicon.frame(*reading);
                let particle = self.particle_is_near(word, reading.particle, moved);
                // Whom one asks is told by where it stands.
                let apart = frame.mute || frame.body || frame.act == Act::Request || self.needs_the_tree(frame);
                if frame.kind != kind || !particle || apart {
                    continue;
                }
                let mut site = self.open_site(frame, word);
                let held = frame.tests.iter().all(|test| self.holds_nearby(test, &mut site));
                let weight = frame.weight(reading.particle);
                if !held
                    || !self.has_mood(&site)
                    || weight < LEAST
                    || !self.heads_are_there(frame, word)
                    || best.as_ref().is_some_and(|(most, _)| *most >= weight)
                {
                    continue;
                }
                // Who stands before a verb acts, unless it is passive.
                let passive = kind == Kind::Verb && self.tree.is_passive(word);
                let (source, target) = if passive { (second, first) } else { (first, second) };
                let party = |party| Party { party, reach: Reach::Near };
                let mut found = self.candidate(&site, party(source), party(target));
                found.candidate.hold = Hold::Fallback;
                best = Some((weight, found));
            }
        }
        best.map(|(_, found)| found)
    }

    /// The two, in text order.
    fn company(&self, known: &dyn Fn(ActorCode, ActorCode) -> bool) -> Option<[PartyRef; 2]> {
        let mut held: Vec<PartyRef> = Vec::new();
        for extent in self.surface.extents() {
            let mention = self.surface.mention(*extent)?;
            if mention.kind == MentionKind::Anaphor {
                continue;
            }
            let [actor] = mention.actors.as_slice() else { return None };
            if held.iter().all(|party| party.actor != *actor) {
                held.push(PartyRef { mention: extent.mention, actor: *actor });
            }
        }
        let pairs = held.iter().enumerate().flat_map(|(at, one)| held.iter().skip(at + 1).map(move |other| [*one, *other]));
        let mut known = pairs.filter(|[one, other]| known(one.actor, other.actor));
        let pair = known.next()?;
        known.next().is_none().then_some(pair)
    }

    /// Whether the words are there that its parties' phrases must be headed by.
    fn heads_are_there(&self, frame: &Frame, word: u32) -> bool {
        [&frame.source, &frame.target]
            .into_iter()
            .filter(|role| !role.heads.is_empty())
            .all(|role| self.surface.words().any(|at| at != word && self.tree.among(at, &role.heads)))
    }
}
