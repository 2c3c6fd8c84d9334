//! Clauses that tell an act again of another by a word that stands for it: "and so did *Kenya*", "*Latvia* did the same", "*Norway* will
//! follow suit".

use super::candidate::{Candidate, Hold, PartyRef, Reach};
use super::frame::Kind;
use super::matcher::{Anchors, Match, Matcher};
use super::reach::{Parties, Wanted};
use crate::syntax::Upos;

/// What an explanation calls this reading.
const FRAME: &str = "the same is told of another";
/// The longest bracket between "so" and its verb: "so, after a pause, did Canada".
const BRACKET: u32 = 8;

/// A clause that tells an act again: its verb, the word that stands for the act, and who does it.
pub(super) struct Again {
    verb: u32,
    other: u32,
    actors: Parties,
}

impl Matcher<'_> {
    /// Where `word` tells an act again: how.
    pub fn again(&self, word: u32) -> Option<Again> {
        self.inverted(word).or_else(|| self.repeated(word))
    }

    /// What is told again. `told` are the sentence's matches so far.
    pub fn likewise(&self, again: &Again, told: &[Match]) -> Vec<Match> {
        let mut matches = Vec::new();
        let Again { verb, other, ref actors } = *again;
        if self.tree.children(verb).any(|child| matches!(self.tree.document.lemma(child), "not" | "never")) {
            return matches;
        }
        let before = self.act_before(verb, told);
        let own = self.to_whom(verb, actors);
        for actor in actors.iter() {
            for held in &before {
                if actors.holds(held.source.actor) && held.source.actor == actor.party.actor {
                    continue;
                }
                let answers = held.target.actor == actor.party.actor;
                let same = if answers { held.source } else { held.target };
                let targets: Vec<_> = if own.is_empty() { vec![same] } else { own.iter().map(|own| own.party).collect() };
                // "Australia and Vietnam did the same": not to each other.
                let together = |target: &PartyRef| own.is_empty() && !answers && actors.holds(target.actor);
                for target in targets.into_iter().filter(|target| target.actor != actor.party.actor && !together(target)) {
                    let span =
                        |token: u32| self.tree.document.tokens.get(token as usize).map(|token| token.span).unwrap_or_default();
                    let candidate = Candidate {
                        sentence: self.sentence,
                        trigger: verb,
                        trigger_span: span(other).cover(span(verb)),
                        source: actor.party,
                        target,
                        reciprocal: held.reciprocal && !answers,
                        status: None,
                        frame: FRAME,
                        source_path: actor.reach,
                        target_path: held.target_path.max(Reach::Shared),
                        hold: Hold::Firm,
                        ..held.clone()
                    };
                    let anchors = Anchors::of(verb);
                    matches.push(Match { candidate, word: verb, kind: Kind::Verb, anchors, denies: false, people: false });
                }
            }
        }
        matches
    }

    /// "So did Kenya and France", "as has Peru": the verb, and who stands behind it.
    fn inverted(&self, word: u32) -> Option<Again> {
        let tree = self.tree;
        if !tree.words.inverting.contains(&tree.symbol(word)) {
            return None;
        }
        let comma = |at: &u32| tree.document.tokens.get(*at as usize).is_some() && tree.document.lemma(*at) == ",";
        let verb = if comma(&(word + 1)) { (word + 2..word + 2 + BRACKET).find(comma)? + 1 } else { word + 1 };
        let standing = tree.upos(verb) == Upos::Aux || tree.words.acting.contains(&tree.symbol(verb));
        let first = verb + 1 + u32::from(tree.upos(verb + 1) == Upos::Det);
        let extent = *self.surface.extents().iter().find(|extent| extent.first == first || extent.first == verb + 1)?;
        let mut actors = Parties::default();
        for extent in self.surface.coordinated(extent) {
            self.take(extent, &Parties::default(), &mut actors);
        }
        // "As is Chinese custom": a verb of its own follows.
        let closed = !self.surface.words().any(|at| at > extent.last && at < extent.last + 4 && tree.upos(at) == Upos::Verb);
        (standing && closed).then_some(Again { verb, other: word, actors })
    }

    /// "Latvia did the same": the verb, and who is its subject.
    fn repeated(&self, verb: u32) -> Option<Again> {
        let tree = self.tree;
        if !tree.words.acting.contains(&tree.symbol(verb)) || tree.upos(verb + 1) == Upos::Aux {
            return None;
        }
        let same = verb + 1 + u32::from(tree.upos(verb + 1) == Upos::Det);
        if !tree.words.same.contains(&tree.symbol(same)) {
            return None;
        }
        let mut actors = Parties::default();
        if let Some(subject) = tree.surface_subject(verb) {
            actors = self.reacher.parties(subject.token, Wanted::Actor);
        }
        if actors.is_empty()
            && let Some(extent) = self.surface.subject(verb, true)
        {
            for extent in self.surface.coordinated(extent) {
                self.take(extent, &Parties::default(), &mut actors);
            }
        }
        (!actors.is_empty()).then_some(Again { verb, other: same, actors })
    }

    /// The last act before `verb`: of the sentence, else what was told last in it or in the one before.
    fn act_before(&self, verb: u32, told: &[Match]) -> Vec<Candidate> {
        let here = told.iter().filter(|found| found.word < verb);
        let last = here.clone().filter(|found| found.kind == Kind::Verb).max_by_key(|found| found.word);
        if let Some(last) = last.or_else(|| here.clone().max_by_key(|found| found.word)) {
            // "Saudi Arabia, which agreed to talk, remains a member, as does Bahrain": that is what Bahrain does.
            let told = |at: u32| self.tree.upos(at) == Upos::Verb && self.surface.is_finite(at);
            if (last.word + 1..self.surface.group(verb)).any(|at| told(at) && !last.anchors.tokens().contains(&at)) {
                return Vec::new();
            }
            let alike = |found: &&Match| found.word == last.word && found.candidate.act == last.candidate.act;
            let first = last.candidate.source.actor;
            let of_one = here.filter(alike).filter(|found| found.candidate.source.actor == first);
            return of_one.map(|found| found.candidate.clone()).collect();
        }
        let last = self.focus.last_told(self.sentence);
        let first = last.first().map(|told| told.source.actor);
        let of_one = last.iter().filter(|told| Some(told.source.actor) == first);
        let candidate = |told: &super::focus::Told| Candidate {
            sentence: self.sentence,
            trigger: verb,
            trigger_span: crate::span::Span::default(),
            source: told.source,
            target: told.target,
            reciprocal: false,
            act: told.act,
            mode: None,
            contexts: Vec::new(),
            status: None,
            frame: FRAME,
            source_path: Reach::Discourse,
            target_path: Reach::Discourse,
            hold: Hold::Firm,
        };
        of_one.map(candidate).collect()
    }

    /// "Did the same *to Indian carriers*".
    fn to_whom(&self, verb: u32, actors: &Parties) -> Parties {
        let words = self.tree.words;
        let mut found = Parties::default();
        for extent in self.surface.within(self.surface.after(verb)) {
            let governor = self.surface.preposition(extent, verb + 1).map(|at| self.tree.symbol(at));
            if governor.is_some_and(|symbol| [words.to, words.with, words.r#for, words.against].contains(&symbol)) {
                self.take(extent, actors, &mut found);
                break;
            }
        }
        found
    }
}
