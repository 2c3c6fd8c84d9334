//! The second reading of a predicate: where the tree led to no party, by position in the sentence, and where the sentence names none, by
//! what the article speaks of.
//!
//! The frame's words must stand in the predicate's clause as its template asks, wherever the parser hung them. What is found so is told
//! apart by [`Reach::Near`] and [`Reach::Discourse`], and is less sure.

use std::ops::Range;

use super::candidate::{PartyRef, Reach};
use super::frame::{Frame, Kind, Place, Test};
use super::left_out::{Closed, Side};
use super::matcher::{Found, Match, Matcher, Site};
use super::ontology::{Act, Mode};
use super::predicates::Reading;
use super::reach::{Parties, Party, Wanted};
use crate::actor::ActorCode;
use crate::syntax::{Deprel, Upos, Xpos};

impl Matcher<'_> {
    /// Reads `word` by position, with every frame that it triggers. `told` are the sentence's matches so far.
    pub fn read_loosely(&self, word: u32, kind: Kind, readings: &[Reading], told: &[Match], found: &mut Found) {
        let beside = |head: u32| kind == Kind::Noun && self.tree.words.margin.contains(&self.tree.symbol(head));
        if self.tree.upos(word) == Upos::Aux || self.tree.head(word).is_some_and(beside) {
            return;
        }
        let moved = kind == Kind::Verb && self.changes_meaning(word, readings);
        for reading in readings {
            let frame = self.lexicon.frame(*reading);
            if frame.kind != kind || frame.mute || self.needs_the_tree(frame) || frame.act == Act::Request && self.is_caused(word)
            {
                continue;
            }
            if !self.particle_is_near(word, reading.particle, moved) {
                continue;
            }
            let mut site = self.open_site(frame, word);
            if !frame.tests.iter().all(|test| self.holds_nearby(test, &mut site)) || !self.has_mood(&site) {
                continue;
            }
            if self.tells_of_itself(&site) || self.lacks_crowd(&site) {
                continue;
            }
            if self.pair_loosely(&site, *reading, told, found) {
                found.unreal |= frame.unreal;
                return;
            }
        }
    }

    /// "India says it shot down two drones": whoever tells what he did himself charges nobody with it.
    fn tells_of_itself(&self, site: &Site<'_>) -> bool {
        if site.frame.act != Act::Accuse || site.frame.target.places != [Place::ClauseSubject] {
            return false;
        }
        let sources = self.role(&site.frame.source, site, Wanted::Actor, &Parties::default());
        let active = |clause: &u32| !self.tree.is_passive(*clause);
        let subjects = self.tree.clauses(site.word).filter(active).filter_map(|clause| self.tree.own_subject(clause));
        subjects.into_iter().any(|subject| {
            let parties = self.reacher.parties(subject, Wanted::Itself);
            parties.iter().any(|party| sources.holds(party.party.actor))
        })
    }

    /// Whether the frame asks what no row of words can tell: that a clause is missing, or whose duty a clause speaks of.
    pub fn needs_the_tree(&self, frame: &Frame) -> bool {
        let clause = |place: &Place| matches!(place, Place::Clause | Place::Complement | Place::ClauseSubject);
        frame.strict
            || frame.tests.iter().any(|test| !test.wanted && test.words.is_empty() && test.places.iter().any(clause))
            || frame.target.places == [Place::Obliged]
    }

    /// As the tree says, or by a word of the right kind in the predicate's clause.
    pub fn holds_nearby(&self, test: &Test, site: &mut Site<'_>) -> bool {
        let strict = self.holds(test, site);
        if !test.wanted {
            return !strict;
        }
        if strict {
            return true;
        }
        let noun = site.frame.kind == Kind::Noun;
        let passive = !noun && self.tree.is_passive(site.word);
        let after = self.surface.after(site.word);
        // "Took note of the *threats made*": what a participle behind its noun is said of is that noun.
        let described = passive && self.tree.deprel(site.word) == Deprel::Acl;
        let mut noun = self.tree.head(site.word).filter(|noun| described && *noun < site.word);
        // "*Ties* between the two, broken off".
        for _ in 0..2 {
            let above = noun.filter(|noun| self.tree.deprel(*noun) == Deprel::Nmod).and_then(|noun| self.tree.head(noun));
            noun = above.filter(|above| *above < site.word).or(noun);
        }
        let before = noun.unwrap_or(site.word.saturating_sub(8)).max(self.first)..site.word;
        // "Called it a *historic* success": where a quality may be asked for as well.
        let thing = !test.places.iter().any(|place| matches!(place, Place::Complement | Place::Clause));
        let fits = |range: Range<u32>| {
            range.into_iter().find(|at| {
                let symbol = self.tree.symbol(*at);
                // "Good offices": what describes a noun is not the thing.
                let describes = thing && self.tree.upos(*at) == Upos::Adj && self.tree.kind(*at + 1) == Some(Kind::Noun);
                (symbol != 0 || self.tree.joined(*at) != 0) && !describes && self.tree.among(*at, &test.words)
            })
        };
        let hit = test.places.iter().find_map(|place| match place {
            Place::Preposition(preposition) if test.words.is_empty() => {
                after.clone().find(|at| self.tree.symbol(*at) == *preposition)
            }
            Place::Preposition(preposition) => {
                let from = after.clone().find(|at| self.tree.symbol(*at) == *preposition)?;
                fits(from..after.end.min(from + 7))
            }
            Place::Complement | Place::Clause if test.words.is_empty() => after.clone().find(|at| {
                matches!(self.tree.deprel(*at), Deprel::Mark)
                    || (self.tree.upos(*at) == Upos::Part && self.tree.xpos(*at + 1) == Xpos::Vb)
            }),
            _ if test.words.is_empty() => None,
            Place::Object if passive => fits(before.clone()),
            Place::Object => {
                let end = after.end.min(site.word + 9);
                // "Left without an agreement", "planned to cancel a visit": the object ends before.
                let ends = |at: &u32| {
                    let preposition = self.tree.upos(*at) == Upos::Adp && self.tree.symbol(*at) != self.tree.words.of;
                    let comma = self.tree.document.lemma(*at) == ",";
                    *at > site.word + 1
                        && (comma || self.tree.xpos(*at) == Xpos::Vb || preposition && self.tree.xpos(*at) != Xpos::Pos)
                };
                let stop = (site.word + 1..end).find(ends);
                fits(site.word + 1..stop.unwrap_or(end))
            }
            Place::Complement | Place::Clause => fits(after.clone()),
            Place::Modifier => fits(site.word.saturating_sub(3).max(self.first)..site.word),
            _ => None,
        });
        if let Some(hit) = hit {
            site.anchor(hit);
        }
        hit.is_some()
    }

    fn pair_loosely(&self, site: &Site<'_>, reading: Reading, told: &[Match], found: &mut Found) -> bool {
        let Found { matches, closed, .. } = found;
        let before = matches.len();
        let frame = site.frame;
        let nobody = Parties::default();
        let mut sources = self.role(&frame.source, site, Wanted::Actor, &nobody);
        if sources.is_empty() {
            sources = self.nearby(&frame.source, site, true, &nobody);
        }
        let between = frame.reciprocal && matches!(frame.act, Act::Agree | Act::Support | Act::Concede | Act::Retreat);
        if sources.is_empty() && frame.kind == Kind::Noun && (frame.act == Act::Consult || between) {
            sources = self.on_the_way(site.word);
        }
        if sources.is_empty() && frame.act == Act::Protest {
            sources = self.crowd(site);
        }
        let mut targets = self.role(&frame.target, site, Wanted::Target, &sources);
        if targets.iter().all(|target| sources.holds(target.party.actor)) {
            let own = targets.iter().any(|target| !self.surface.is_anaphor(target.party.mention));
            if own && !frame.reciprocal {
                return false;
            }
            targets = self.nearby(&frame.target, site, false, &sources);
        }
        if targets.is_empty() && frame.mode == Some(Mode::ThirdParty) {
            targets = self.brought_together(site.word, &sources, told);
        }
        if targets.is_empty()
            && let Some([helper, helped]) = self.thanked_for(site, told)
        {
            sources = if sources.is_empty() { helper } else { sources };
            targets = helped.iter().filter(|party| !sources.holds(party.party.actor)).collect();
        }
        if targets.is_empty() && !sources.is_empty() {
            targets = self.received_by(site, &sources);
        }
        if targets.is_empty() && !sources.is_empty() {
            targets = self.done_to(site, &sources);
        }
        if sources.is_empty() && !targets.is_empty() {
            sources = self.done_by(site, &targets);
        }
        if sources.is_empty()
            && let Some([lifter, freed]) = self.lifted_by(site, told)
        {
            sources.push(lifter);
            if targets.is_empty() {
                targets.push(freed);
            }
        }
        if frame.reciprocal && sources.len() + targets.len() < 2 {
            let group = self.between(site.word);
            if group.len() > 1 {
                return !self.is_sent_to(site.word) && self.each_pair(site, &group, matches);
            }
        }
        let mutual = frame.reciprocal || frame.kind == Kind::Verb && self.surface.each_other(site.word);
        if mutual
            && sources.len() > 1
            && targets.is_empty()
            && self.asks_no_more(site)
            && !self.gives(site)
            && !self.is_toward_another(site, &sources)
        {
            return !self.is_sent_to(site.word) && self.each_pair(site, &sources, matches);
        }
        if frame.kind == Kind::Verb {
            let gaps = self.surface.gapped(site.word);
            let apart = |party: &Party| gaps.iter().any(|gap| gap.holds(party.party.mention));
            if targets.iter().any(|target| apart(&target)) {
                targets = targets.iter().filter(|target| !apart(target)).collect();
            }
        }
        if targets.is_empty() && frame.kind == Kind::Noun && self.answered(frame.act) {
            targets = self.answering(site.word, &sources);
        }
        if sources.is_empty() && targets.is_empty() {
            return self.pair_again(site, matches);
        }
        // "Owing to India's resistance", "over Turkish opposition": to the one other that the sentence names.
        let spoken = matches!(frame.act, Act::Reject | Act::Accuse | Act::Request | Act::Agree | Act::Support | Act::Threaten);
        let spoken = spoken && !self.is_spoken_of(site);
        if targets.is_empty() && frame.kind == Kind::Noun && spoken && !frame.named && sources.len() == 1 {
            let known = |code: ActorCode| sources.holds(code);
            if let (Some(chosen), Some(source)) = (self.only_other(&known), sources.iter().next()) {
                let meant = self.meant(site, source, chosen, told, &sources);
                targets.extend(&meant.into_iter().map(|party| Party { party, reach: Reach::Discourse }).collect());
            }
        }
        if targets.is_empty() && self.leaves_open(site) {
            targets = self.anywhere(site, &sources);
        }
        if targets.is_empty() && self.leaves_open(site) {
            for source in sources.iter() {
                let chosen = self.counterpart(source.party, frame.act, told, &sources, true);
                if let Some(party) = chosen.and_then(|chosen| self.meant(site, source, chosen, told, &sources)) {
                    targets.push(Party { party, reach: Reach::Discourse });
                    for party in self.focus.companions(source.party, party, self.sentence) {
                        targets.push(Party { party, reach: Reach::Discourse });
                    }
                    if let Some(party) = self.other_side(site, source, party, told) {
                        targets.push(Party { party, reach: Reach::Discourse });
                    }
                }
            }
        }
        let only = targets.iter().next().filter(|target| targets.len() == 1 && target.reach == Reach::Near);
        if let Some((source, target)) = sources.iter().next().zip(only)
            && let Some(party) = self.other_side(site, source, target.party, told)
        {
            targets.push(Party { party, reach: Reach::Discourse });
        }
        if sources.is_empty() && frame.kind == Kind::Verb && (self.agent_open(site) || self.is_crowd(site)) {
            for target in targets.iter() {
                if let Some(party) = self.counterpart(target.party, frame.act, told, &targets, false) {
                    sources.push(Party { party, reach: Reach::Discourse });
                }
            }
        }
        // "Talks with Lebanon were going on": between Lebanon and the one that the text is about.
        if sources.is_empty() && frame.kind == Kind::Noun && frame.reciprocal && targets.len() == 1 {
            for target in targets.iter() {
                let chosen = self.counterpart(target.party, frame.act, told, &targets, true);
                if let Some(party) = chosen.and_then(|chosen| self.meant(site, target, chosen, told, &targets)) {
                    sources.push(Party { party, reach: Reach::Discourse });
                }
            }
        }
        // "The expulsion of Norwegian scientists": whose it was is known from before.
        let done = matches!(frame.act, Act::Sanction | Act::Coerce | Act::Assault | Act::Retreat);
        if sources.is_empty() && frame.kind == Kind::Noun && done && self.surface.refers_back(site.word) {
            for target in targets.iter() {
                if let Some(party) = self.counterpart(target.party, frame.act, told, &targets, false) {
                    sources.push(Party { party, reach: Reach::Discourse });
                }
            }
        }
        if targets.is_empty() && !sources.is_empty() && !self.is_of_another(site) {
            closed.push(Closed::new(reading, site, Side::Target, sources));
        }
        // "Was welcomed *by airlines*": done by somebody who is no state.
        let agent = || self.tree.agent(site.word).is_some_and(|agent| !self.reacher.stands(agent.token));
        let by_others = frame.kind == Kind::Verb && self.tree.is_passive(site.word) && agent();
        if sources.is_empty() && !targets.is_empty() && !by_others {
            closed.push(Closed::new(reading, site, Side::Source, targets));
        }
        for source in sources.iter() {
            for target in targets.iter().filter(|target| self.fits(frame, source, *target)) {
                let mut found = self.candidate(site, source, target);
                found.candidate.reciprocal &= frame.binds_both();
                // One who agrees, where the other is not named, binds itself.
                found.candidate.reciprocal &= frame.act != Act::Agree || target.reach != Reach::Discourse;
                matches.push(found);
            }
        }
        matches.len() > before
    }

    /// "Shot down each other's *aircraft*": of two who do it to each other, whether what the frame asks of the other's phrase is there.
    fn asks_no_more(&self, site: &Site<'_>) -> bool {
        let heads = &site.frame.target.heads;
        heads.is_empty() || self.surface.after(site.word).take(6).any(|at| self.tree.among(at, heads))
    }

    /// "Admitted no more *migrants*": what stands where the frame asks for one of its words is another thing.
    fn is_of_another(&self, site: &Site<'_>) -> bool {
        let heads = &site.frame.target.heads;
        let object = self.tree.object(site.word).map(|object| self.tree.core(object.token));
        site.frame.kind == Kind::Verb
            && !heads.is_empty()
            && site.frame.target.places == [Place::Object]
            && object.is_some_and(|object| self.tree.upos(object) == Upos::Noun && !self.tree.among(object, heads))
    }

    /// "Agreements were signed", "the next talks are in May": by the two that the text has just spoken of.
    fn pair_again(&self, site: &Site<'_>, matches: &mut Vec<Match>) -> bool {
        let named = site.frame.tests.iter().any(|test| test.wanted && !test.words.is_empty());
        let mutual = site.frame.reciprocal && site.frame.kind == Kind::Verb && self.tree.is_passive(site.word);
        let by = self.surface.after(site.word).any(|at| self.tree.symbol(at) == self.tree.words.by);
        let meeting = site.frame.reciprocal
            && site.frame.kind == Kind::Noun
            && site.frame.act == Act::Consult
            && matches!(self.tree.deprel(self.tree.phrase(site.word)), Deprel::Nsubj | Deprel::NsubjPass);
        let Some((first, second)) = self.focus.pair(self.sentence).filter(|_| (meeting || named && mutual) && !by) else {
            return false;
        };
        let party = |party: PartyRef| Party { party, reach: Reach::Discourse };
        let mut found = self.candidate(site, party(first), party(second));
        found.candidate.reciprocal = true;
        matches.push(found);
        true
    }

    fn each_pair(&self, site: &Site<'_>, group: &Parties, matches: &mut Vec<Match>) -> bool {
        for (at, source) in group.iter().enumerate() {
            for target in group.iter().skip(at + 1) {
                let mut found = self.candidate(site, source, target);
                found.candidate.reciprocal = true;
                matches.push(found);
            }
        }
        true
    }

    /// Whether the frame asks for a crowd and another stands there: "Islamabad called for a boycott".
    fn lacks_crowd(&self, site: &Site<'_>) -> bool {
        let frame = site.frame;
        let crowd = frame.act == Act::Protest && frame.kind == Kind::Verb && !frame.source.heads.is_empty();
        crowd && frame.source.places.contains(&Place::Subject) && !self.tree.is_passive(site.word) && !self.is_crowd(site)
    }

    /// "*Protesters* demanded that Paris recall its ambassador": what a crowd asks or blames is a protest.
    pub fn speaks_in_the_street(&self, found: &Match) -> bool {
        let words = matches!(found.candidate.act, Act::Request | Act::Accuse | Act::Reject | Act::Threaten | Act::Protest);
        let street = || {
            let subject = self.tree.surface_subject(found.word).map(|subject| self.tree.core(subject.token));
            subject.is_some_and(|subject| self.tree.among(subject, &self.tree.words.street))
        };
        words && found.kind == Kind::Verb && street()
    }

    /// "Fishermen burned an effigy of the Italian president": people whose land the reader knows.
    fn is_crowd(&self, site: &Site<'_>) -> bool {
        let Site { frame, word, .. } = site;
        let crowd = match self.tree.surface_subject(*word) {
            Some(subject) => self.headed(&frame.source, Place::Subject, site, subject.token),
            None => (word.saturating_sub(5).max(self.first)..*word).any(|at| self.tree.among(at, &frame.source.heads)),
        };
        frame.act == Act::Protest && crowd
    }

    /// Acts in words that call for an answer.
    fn answered(&self, act: Act) -> bool {
        matches!(act, Act::Request | Act::Agree | Act::Accuse | Act::Threaten)
    }
}
