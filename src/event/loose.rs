//! The second reading of a predicate: where the tree led to no party, by position in the sentence, and where the sentence names none, by
//! what the article speaks of.
//!
//! The frame's words must stand in the predicate's clause as its template asks, wherever the parser hung them. What is found so is told
//! apart by [`Reach::Near`] and [`Reach::Discourse`], and is less sure.

use std::ops::Range;

use super::candidate::{PartyRef, Reach};
use super::frame::{Frame, Kind, Place, Role, Symbol, Test};
use super::matcher::{Found, Match, Matcher, Site};
use super::ontology::{Act, Mode};
use super::predicates::Reading;
use super::reach::{Parties, Party, Wanted};
use super::surface::Extent;
use super::tree::Node;
use crate::actor::{ActorCode, MentionKind};
use crate::syntax::{Deprel, Upos, Xpos};

impl Matcher<'_> {
    /// Reads `word` by position, with every frame that it triggers. `told` are the sentence's matches so far.
    pub fn read_loosely(&self, word: u32, kind: Kind, readings: &[Reading], told: &[Match], found: &mut Found) {
        if self.tree.upos(word) == Upos::Aux {
            return;
        }
        for reading in readings {
            let frame = self.lexicon.frame(*reading);
            if frame.kind != kind || frame.mute || self.needs_the_tree(frame) {
                continue;
            }
            let near = word + 1..word + 4;
            if reading.particle != 0 && !near.into_iter().any(|at| self.tree.symbol(at) == reading.particle) {
                continue;
            }
            if reading.particle == 0 && kind == Kind::Verb && self.changes_meaning(word, readings) {
                continue;
            }
            let mut site = self.open_site(frame, word);
            if !frame.tests.iter().all(|test| self.holds_nearby(test, &mut site)) {
                continue;
            }
            if self.pair_loosely(&site, told, &mut found.matches) {
                found.unreal |= frame.unreal;
                return;
            }
        }
    }

    /// Whether the frame asks what no row of words can tell: that a clause is missing, or whose duty a clause speaks of.
    fn needs_the_tree(&self, frame: &Frame) -> bool {
        let clause = |place: &Place| matches!(place, Place::Clause | Place::Complement | Place::ClauseSubject);
        frame.tests.iter().any(|test| !test.wanted && test.words.is_empty() && test.places.iter().any(clause))
            || frame.target.places == [Place::Obliged]
    }

    /// As the tree says, or by a word of the right kind in the predicate's clause.
    fn holds_nearby(&self, test: &Test, site: &mut Site<'_>) -> bool {
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
        let before = site.word.saturating_sub(8).max(self.first)..site.word;
        let fits = |range: Range<u32>| {
            range.into_iter().find(|at| {
                let symbol = self.tree.symbol(*at);
                symbol != 0 && test.words.contains(&symbol)
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

    fn pair_loosely(&self, site: &Site<'_>, told: &[Match], matches: &mut Vec<Match>) -> bool {
        let before = matches.len();
        let frame = site.frame;
        let nobody = Parties::default();
        let mut sources = self.role(&frame.source, site, Wanted::Actor, &nobody);
        if sources.is_empty() {
            sources = self.nearby(&frame.source, site, true, &nobody);
        }
        if sources.is_empty() && frame.kind == Kind::Noun && frame.act == Act::Consult {
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
        if frame.reciprocal && sources.len() + targets.len() < 2 {
            let group = self.between(site.word);
            if group.len() > 1 {
                return self.each_pair(site, &group, matches);
            }
        }
        let mutual = frame.reciprocal || frame.kind == Kind::Verb && self.surface.each_other(site.word);
        if mutual && sources.len() > 1 && targets.is_empty() {
            return self.each_pair(site, &sources, matches);
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
        if targets.is_empty() && frame.kind == Kind::Noun && spoken && !frame.named && sources.len() == 1 {
            let known = |code: ActorCode| sources.holds(code);
            if let (Some(chosen), Some(source)) = (self.only_other(&known), sources.iter().next()) {
                let party = self.meant(site, source.party, chosen, told, &sources);
                targets.push(Party { party, reach: Reach::Discourse });
            }
        }
        if targets.is_empty() && self.leaves_open(site) {
            targets = self.anywhere(site, &sources);
        }
        if targets.is_empty() && self.leaves_open(site) {
            for source in sources.iter() {
                if let Some(chosen) = self.counterpart(source.party, frame.act, told, &sources, true) {
                    let party = self.meant(site, source.party, chosen, told, &sources);
                    targets.push(Party { party, reach: Reach::Discourse });
                    for party in self.focus.companions(source.party, party, self.sentence) {
                        targets.push(Party { party, reach: Reach::Discourse });
                    }
                }
            }
        }
        if sources.is_empty() && frame.kind == Kind::Verb && self.agent_open(site) {
            for target in targets.iter() {
                if let Some(party) = self.counterpart(target.party, frame.act, told, &targets, false) {
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
        for source in sources.iter() {
            for target in targets.iter().filter(|target| target.party.actor != source.party.actor) {
                if self.is_visited_body(frame, target) {
                    continue;
                }
                let mut found = self.candidate(site, source, target);
                // One who agrees, where the other is not named, binds itself.
                found.candidate.reciprocal &= frame.act != Act::Agree || target.reach != Reach::Discourse;
                matches.push(found);
            }
        }
        matches.len() > before
    }

    /// "Hussein, during a visit to Tehran, asked", "after a call with Borrell": who does what the noun's verb tells.
    fn on_the_way(&self, noun: u32) -> Parties {
        let tree = self.tree;
        let mut at = tree.phrase(noun);
        for _ in 0..3 {
            let beside = matches!(tree.deprel(at), Deprel::Obl | Deprel::Nmod | Deprel::Advcl);
            let Some(head) = tree.head(at).filter(|_| beside && tree.has_case(at)) else { break };
            if tree.kind(head) == Some(Kind::Verb) {
                let subject = tree.surface_subject(head);
                return subject.map_or_else(Parties::default, |subject| {
                    self.reacher.parties(subject.token, Wanted::Actor).at_least(Reach::Near)
                });
            }
            at = head;
        }
        Parties::default()
    }

    /// A crowd is that of the state in whose town it gathers: "in Bhopal, traders burned an effigy".
    fn crowd(&self, site: &Site<'_>) -> Parties {
        let mut found = Parties::default();
        let crowd = self.tree.surface_subject(site.word).is_some_and(|subject| self.surface.covering(subject.token).is_none());
        if !crowd || site.frame.kind != Kind::Verb {
            return found;
        }
        for extent in self.surface.extents() {
            let place = self.surface.mention(*extent).is_some_and(|mention| mention.kind == MentionKind::Place);
            if place && self.surface.located(*extent) && found.is_empty() {
                self.take(*extent, &Parties::default(), &mut found);
            }
        }
        found
    }

    /// "Agreements were signed": by the two that the text has just spoken of.
    fn pair_again(&self, site: &Site<'_>, matches: &mut Vec<Match>) -> bool {
        let named = site.frame.tests.iter().any(|test| test.wanted && !test.words.is_empty());
        let mutual = site.frame.reciprocal && site.frame.kind == Kind::Verb && self.tree.is_passive(site.word);
        let by = self.surface.after(site.word).any(|at| self.tree.symbol(at) == self.tree.words.by);
        let Some((first, second)) = self.focus.pair(self.sentence).filter(|_| named && mutual && !by) else { return false };
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

    /// The two that a "between" right after the word names.
    fn between(&self, word: u32) -> Parties {
        let mut group = Parties::default();
        let near = (word + 1..word + 5).find(|at| self.tree.symbol(*at) == self.tree.words.between);
        let Some(between) = near else { return group };
        for extent in self.surface.within(between..between + 16) {
            self.take(extent, &Parties::default(), &mut group);
            if group.len() > 1 {
                break;
            }
        }
        group
    }

    /// Another actor named anywhere in the rest of the clause: "granted them papers at the *Philippines'* request".
    fn anywhere(&self, site: &Site<'_>, known: &Parties) -> Parties {
        let mut found = Parties::default();
        if site.frame.kind != Kind::Verb {
            return found;
        }
        for extent in self.surface.within(self.surface.after(site.word)) {
            let governor = self.surface.preposition(extent, site.word + 1);
            // "Blocked roads in protest at the price of Danish fertiliser", "jailed for smuggling Colombian cocaine": another matter.
            let words = self.tree.words;
            let free = [words.to, words.with, words.against, words.on, words.upon, words.from, words.by];
            let apart = governor.is_some_and(|at| {
                let symbol = self.tree.symbol(at);
                let near = symbol == words.of && at <= site.word + 4 || symbol == words.r#for && extent.first <= at + 3;
                !free.contains(&symbol) && !near
            });
            if !apart && !self.for_doing(site.word, extent) && !self.is_agent(extent, site.word) {
                self.take(extent, known, &mut found);
            }
            if !found.is_empty() {
                break;
            }
        }
        found
    }

    /// Acts in words that call for an answer.
    fn answered(&self, act: Act) -> bool {
        matches!(act, Act::Request | Act::Agree | Act::Accuse)
    }

    /// Who answers what a noun names: "rejected *Norway's complaint*", "at *Abidjan's request* the meeting was put off". The subject
    /// of the verb that governs the noun.
    fn answering(&self, noun: u32, known: &Parties) -> Parties {
        let mut found = Parties::default();
        let phrase = self.tree.phrase(noun);
        let words = self.tree.words;
        let Some(verb) = self.tree.head(phrase).filter(|head| self.tree.kind(*head) == Some(Kind::Verb)) else { return found };
        let answers = match self.tree.deprel(phrase) {
            Deprel::Obj | Deprel::NsubjPass => words.answering.contains(&self.tree.symbol(verb)),
            Deprel::Obl => {
                [words.at, words.upon, words.despite, words.after].into_iter().any(|word| self.tree.under(phrase, word))
            }
            _ => false,
        };
        if !answers {
            return found;
        }
        if let Some(subject) = self.tree.subject(verb) {
            found = self.reacher.parties_but(subject.token, Wanted::Actor, known).at_least(Reach::Near);
        } else if let Some(extent) = self.surface.subject(verb, true) {
            self.take(extent, known, &mut found);
        }
        found
    }

    /// The parties that stand where the role's places would be in a plain clause.
    fn nearby(&self, role: &Role, site: &Site<'_>, source: bool, known: &Parties) -> Parties {
        let mut found = Parties::default();
        let verb = site.frame.kind == Kind::Verb;
        let passive = verb && self.tree.is_passive(site.word);
        for place in &role.places {
            let extent = match place {
                Place::Subject if verb && passive => self.governed(site, self.tree.words.by, role, known),
                Place::Object if verb && passive => {
                    let headed = |extent: &Extent| {
                        let from = extent.first.saturating_sub(4).max(self.first);
                        role.heads.is_empty() || (from..site.word).any(|at| role.heads.contains(&self.tree.symbol(at)))
                    };
                    self.surface.subject(site.word, false).filter(headed)
                }
                Place::Subject if verb => {
                    let headed = |extent: &Extent| {
                        role.heads.is_empty() || (extent.first..site.word).any(|at| role.heads.contains(&self.tree.symbol(at)))
                    };
                    self.surface.subject(site.word, source).filter(headed).filter(|_| !source || self.may_act(site.word))
                }
                Place::Object | Place::ClauseSubject | Place::Obliged | Place::Recipient if verb => {
                    let relative = if *place == Place::Object { self.surface.relative_object(site.word) } else { None };
                    relative.or_else(|| self.following(site, role, known))
                }
                Place::Preposition(preposition) => self.governed(site, *preposition, role, known),
                Place::Possessor | Place::Modifier if source => self.leading(site.word),
                _ => None,
            };
            let Some(extent) = extent else { continue };
            for extent in self.surface.coordinated(extent) {
                self.take(extent, known, &mut found);
            }
            if !found.is_empty() {
                return found;
            }
        }
        found
    }

    fn take(&self, extent: Extent, known: &Parties, found: &mut Parties) {
        let Some(mention) = self.surface.mention(extent) else { return };
        for actor in mention.actors.iter().filter(|actor| !known.holds(**actor)) {
            found.push(Party { party: PartyRef { mention: extent.mention, actor: *actor }, reach: Reach::Near });
        }
    }

    /// A subject that the tree does give, and that is no actor, acts itself: "a storm hit".
    fn may_act(&self, verb: u32) -> bool {
        match self.tree.surface_subject(verb) {
            Some(Node { token, shared: false }) => {
                self.surface.covering(token).is_some() || !matches!(self.tree.upos(token), Upos::Noun)
            }
            _ => true,
        }
    }

    /// The first mention after the trigger that is not known, near enough to be what it acts upon.
    fn following(&self, site: &Site<'_>, role: &Role, known: &Parties) -> Option<Extent> {
        let open = site.frame.open;
        let after = self.surface.after(site.word);
        let fits = |extent: &Extent| {
            let mention = self.surface.mention(*extent);
            let other = mention.is_some_and(|mention| mention.actors.iter().any(|actor| !known.holds(*actor)));
            other && !self.is_agent(*extent, site.word)
        };
        let extent = self.surface.within(after.clone()).find(fits)?;
        let before = |own: &Extent| own.first < extent.first && !self.surface.is_anaphor(own.mention);
        // "Urged New Zealanders not to travel to Iran": its own people.
        if !open && self.surface.within(after.clone()).any(|own| before(&own)) {
            return None;
        }
        if open {
            if self.for_doing(site.word, extent) {
                return None;
            }
            let governor = self.surface.preposition(extent, site.word + 1);
            let located = governor.is_some_and(|at| self.tree.symbol(at) == self.tree.words.r#in);
            let asked = role.places.contains(&Place::Preposition(self.tree.words.r#in));
            return (!located || asked).then_some(extent);
        }
        if !role.heads.is_empty() {
            let around = extent.first.saturating_sub(5).max(site.word + 1)..(extent.last + 5).min(after.end);
            let mut around = around.into_iter();
            return around.any(|at| role.heads.contains(&self.tree.symbol(at))).then_some(extent);
        }
        // "Attacked a town near Iran", not "jailed a man for smuggling Colombian cocaine".
        let mut prepositions = 0;
        for at in site.word + 1..extent.first {
            match self.tree.upos(at) {
                Upos::Adp if self.tree.xpos(at) == Xpos::Pos => {}
                Upos::Adp | Upos::Noun | Upos::Propn if role.itself => return None,
                Upos::Adp => prepositions += 1,
                Upos::Verb | Upos::Aux | Upos::Sconj => return None,
                _ => {}
            }
        }
        (prepositions <= 1 && extent.first - site.word <= 8).then_some(extent)
    }

    fn is_agent(&self, extent: Extent, word: u32) -> bool {
        let preposition = self.surface.preposition(extent, word + 1);
        preposition.is_some_and(|at| self.tree.symbol(at) == self.tree.words.by)
    }

    /// The mention under `preposition` after the trigger.
    fn governed(&self, site: &Site<'_>, preposition: u16, role: &Role, known: &Parties) -> Option<Extent> {
        let after = self.surface.after(site.word);
        self.surface.within(after.clone()).find(|extent| {
            let mention = self.surface.mention(*extent);
            let other = mention.is_some_and(|mention| mention.actors.iter().any(|actor| !known.holds(*actor)))
                && !(site.frame.mode == Some(Mode::Visit)
                    && mention.is_some_and(|mention| mention.kind == MentionKind::Organisation));
            let governor = self.surface.preposition(*extent, site.word + 1);
            let under = governor.is_some_and(|at| {
                // "The protest at the price of Danish fertiliser": an "of" belongs to the noun before it.
                let own = preposition != self.tree.words.of || at == site.word + 1 || site.frame.kind == Kind::Verb;
                self.tree.symbol(at) == preposition && own && (extent.first - at <= 4 || site.frame.kind == Kind::Verb)
            });
            let headed = role.heads.is_empty()
                || (extent.first.saturating_sub(4)..(extent.last + 4).min(after.end))
                    .any(|at| role.heads.contains(&self.tree.symbol(at)));
            other && under && headed
        })
    }

    /// The mention right before a noun: "*Iran's* attack", "a *Finnish* request".
    fn leading(&self, noun: u32) -> Option<Extent> {
        let from = noun.saturating_sub(4).max(self.first);
        for at in (from..noun).rev() {
            if let Some(extent) = self.surface.covering(at) {
                return Some(extent);
            }
            let inside = matches!(self.tree.upos(at), Upos::Adj | Upos::Noun | Upos::Part | Upos::Num | Upos::Propn);
            if !inside {
                return None;
            }
        }
        None
    }

    /// Whether the predicate leaves its target to the reader: it has no object, or one that is no actor and that its frame takes.
    fn leaves_open(&self, site: &Site<'_>) -> bool {
        let frame = site.frame;
        // Who builds with whom must be said.
        if frame.named || frame.reciprocal && frame.act == Act::Cooperate {
            return false;
        }
        match frame.kind {
            Kind::Adjective => return true,
            Kind::Noun => return false,
            Kind::Verb => {}
        }
        if frame.target.itself && self.tree.object(site.word).is_none() {
            return false;
        }
        if self.tree.is_passive(site.word) || self.lacks_preposition(site) {
            return false;
        }
        let Some(object) = self.tree.object(site.word) else {
            // A frame that asks for a word must have it: "called for the *withdrawal*".
            let heads = &frame.target.heads;
            if !heads.is_empty() && !self.surface.after(site.word).any(|at| heads.contains(&self.tree.symbol(at))) {
                return false;
            }
            return !self.surface.after(site.word).is_empty() || frame.target.optional;
        };
        let core = self.tree.core(object.token);
        if let Some(extent) = self.surface.covering(object.token) {
            let mention = frame.target.heads.is_empty()
                && self.surface.mention(extent).is_some_and(|mention| mention.kind == MentionKind::Anaphor);
            // Nobody is received or phoned who is an "it".
            return mention && !(frame.target.itself && self.tree.document.lemma(object.token) == "it");
        }
        if frame.open {
            return true;
        }
        let symbol = self.tree.symbol(core);
        // A frame that asks for no word in particular tells too little: "put their names to a pact on training".
        if frame.fallback && !frame.target.optional {
            return false;
        }
        let anchored = site.anchors.tokens().contains(&core) || site.anchors.tokens().contains(&object.token);
        let headed = |at: u32| frame.target.heads.contains(&self.tree.symbol(at));
        if anchored || (symbol != 0 && headed(core)) || (site.word + 1..site.word + 5).any(headed) {
            return true;
        }
        let pronoun = self.tree.upos(core) == Upos::Pron && frame.target.heads.is_empty();
        let free = frame.target.heads.is_empty() && !frame.target.itself && self.tree.upos(core) != Upos::Propn;
        free || pronoun && self.surface.refers_back(object.token)
    }

    /// A frame that is told by its preposition alone must have it: "called on", not "called".
    pub fn lacks_preposition(&self, site: &Site<'_>) -> bool {
        let frame = site.frame;
        let bare = !frame.open && frame.tests.iter().all(|test| !test.wanted || test.words.is_empty());
        let preposition = |place: &Place| match place {
            Place::Preposition(preposition) => Some(*preposition),
            _ => None,
        };
        let asked: Vec<Symbol> = frame.target.places.iter().filter_map(preposition).collect();
        bare && asked.len() == frame.target.places.len()
            && !self.surface.after(site.word).any(|at| asked.contains(&self.tree.symbol(at)))
    }

    /// Whether a passive leaves its agent to the reader: "lorries have been let through".
    fn agent_open(&self, site: &Site<'_>) -> bool {
        let tree = self.tree;
        let told = tree.children(site.word).any(|child| {
            matches!(tree.deprel(child), Deprel::Aux | Deprel::AuxPass)
                && matches!(tree.xpos(child), Xpos::Vbd | Xpos::Vbz | Xpos::Vbp | Xpos::Md)
        });
        told && !site.frame.reciprocal
            && tree.is_passive(site.word)
            && matches!(
                site.frame.act,
                Act::Sanction
                    | Act::Coerce
                    | Act::Retreat
                    | Act::Reject
                    | Act::Agree
                    | Act::Support
                    | Act::Aid
                    | Act::Cooperate
                    | Act::Request
            )
            && !self.surface.after(site.word).any(|at| tree.symbol(at) == tree.words.by)
    }

    /// Whom `actor` deals with here. One who had no part in a conflict that was just told speaks of it: condemns the doer, consoles the
    /// other.
    fn counterpart(&self, actor: PartyRef, act: Act, told: &[Match], known: &Parties, acting: bool) -> Option<PartyRef> {
        let known = |code: ActorCode| known.holds(code);
        let here = told.iter().rev().find_map(|found| {
            let (a, b) = (found.candidate.source, found.candidate.target);
            match actor.actor {
                code if code == a.actor && !known(b.actor) => Some(b),
                code if code == b.actor && !known(a.actor) => Some(a),
                _ => None,
            }
        });
        if here.is_some() {
            return here;
        }
        // "Canada's ambassador *in Port-au-Prince*": whom it is accredited to.
        if let Some(host) = self.surface.host(actor.mention)
            && !known(host.actor)
        {
            return Some(host);
        }
        if let Some((doer, victim)) = self.focus.conflict(self.sentence)
            && doer.actor != actor.actor
            && victim.actor != actor.actor
        {
            match act {
                Act::Accuse => return Some(doer),
                Act::Support | Act::Aid => return Some(victim),
                _ => {}
            }
        }
        let other = if acting { self.only_other(&known) } else { None };
        other.or_else(|| self.focus.counterpart(actor, act, self.sentence, &known))
    }

    /// Whom `actor` means, where the course of the text leads to `chosen`: by all that the article says of its actors.
    pub fn meant(&self, site: &Site<'_>, actor: PartyRef, chosen: PartyRef, told: &[Match], known: &Parties) -> PartyRef {
        let here = |code: ActorCode| {
            told.iter().any(|found| {
                let (a, b) = (found.candidate.source.actor, found.candidate.target.actor);
                a == actor.actor && b == code || b == actor.actor && a == code
            })
        };
        let alike = self.doing_alike(site);
        let apart = |code: ActorCode| known.holds(code) || alike.contains(&code);
        self.focus.meant(self.sentence, chosen, &here, &apart)
    }

    /// Who does the same in another clause, and so is hardly whom it is done to: "Spain has set up a field hospital, and *Ukraine* has sent
    /// rescuers".
    fn doing_alike(&self, site: &Site<'_>) -> Vec<ActorCode> {
        let tree = self.tree;
        let mut alike = Vec::new();
        let mut add = |extent: Extent| {
            alike.extend(self.surface.mention(extent).into_iter().flat_map(|mention| mention.actors.iter().copied()))
        };
        if site.frame.kind != Kind::Verb {
            return alike;
        }
        self.surface.gapped(site.word).iter().flat_map(|gap| &gap.subjects).for_each(|subject| add(*subject));
        if matches!(site.frame.act, Act::Aid | Act::Support) {
            let act = |verb: u32| {
                let mut readings = self.lexicon.readings(tree.symbol(verb)).iter();
                readings.any(|reading| {
                    self.lexicon.frame(*reading).act == site.frame.act && self.lexicon.frame(*reading).kind == Kind::Verb
                })
            };
            for extent in self.surface.extents() {
                let verb = (extent.first..=extent.last).find(|at| tree.deprel(*at) == Deprel::Nsubj).and_then(|at| tree.head(at));
                if verb.is_some_and(|verb| verb != site.word && !site.anchors.tokens().contains(&verb) && act(verb)) {
                    add(*extent);
                }
            }
        }
        alike
    }

    /// "Jailed a man for smuggling Colombian cocaine": between the word and the mention begins what is done it for.
    fn for_doing(&self, word: u32, extent: Extent) -> bool {
        let begins = |at: u32| self.tree.xpos(at) == Xpos::Vbg && self.tree.symbol(at - 1) == self.tree.words.r#for;
        (word + 2..extent.first).any(begins)
    }

    /// The one other state that the sentence names, wherever it stands.
    fn only_other(&self, known: &dyn Fn(ActorCode) -> bool) -> Option<PartyRef> {
        let mut found: Option<PartyRef> = None;
        for extent in self.surface.extents() {
            let Some(mention) = self.surface.mention(*extent) else { continue };
            // "Danish fertiliser", "Colombian cocaine": where it comes from, not who is meant.
            let described = mention.kind == MentionKind::Demonym && !self.surface.stands_for(*extent);
            if described || self.surface.located(*extent) || mention.kind == MentionKind::Organisation {
                continue;
            }
            for actor in mention.actors.iter().filter(|actor| !known(**actor)) {
                match found {
                    Some(held) if held.actor != *actor => return None,
                    Some(_) => {}
                    None => found = Some(PartyRef { mention: extent.mention, actor: *actor }),
                }
            }
        }
        found
    }
}
