//! [`Matcher`]: one sentence's triggers against the frames: who and whom each reading finds, or why it finds nobody.

use std::cell::RefCell;

use super::candidate::{Candidate, Hold, Implied, Reach};
use super::cues::Cues;
use super::focus::Focus;
use super::frame::{Frame, Kind, Symbol};
use super::left_out::{Closed, LeftOut, Looked};
use super::ontology::{Act, Mode};
use super::operator::Operator;
use super::predicates::{Lexicon, Reading};
use super::reach::{Parties, Party, Reacher, Wanted};
use super::surface::Surface;
use super::trace::Dropped;
use super::tree::Tree;
use crate::span::Span;
use crate::syntax::Deprel;

/// The trigger and the words that belong to it: a light verb's noun, a noun's verb.
const ANCHORS: usize = 6;

#[derive(Clone, Copy, Debug)]
pub struct Anchors {
    held: [u32; ANCHORS],
    count: usize,
}

impl Anchors {
    pub fn of(trigger: u32) -> Self {
        let mut anchors = Self { held: [trigger; ANCHORS], count: 0 };
        anchors.push(trigger);
        anchors
    }

    pub fn push(&mut self, token: u32) {
        if self.count < ANCHORS && !self.tokens().contains(&token) {
            self.held[self.count] = token;
            self.count += 1;
        }
    }

    pub fn tokens(&self) -> &[u32] {
        &self.held[..self.count]
    }
}

/// A candidate, and the words it rests on.
#[derive(Clone, Debug)]
pub struct Match {
    pub candidate: Candidate,
    /// The word that named the frame: for "launched an attack" the noun, where the candidate's trigger is the verb.
    pub word: u32,
    pub kind: Kind,
    pub anchors: Anchors,
    /// The predicate denies what its complement says.
    pub denies: bool,
    /// The frame names the people who act: a crowd is no government.
    pub people: bool,
}

/// A reading whose conditions hold.
pub struct Site<'a> {
    pub frame: &'a Frame,
    pub word: u32,
    pub anchors: Anchors,
    /// The verb that carries a noun: "launch", "carry out".
    pub support: Option<u32>,
}

impl Site<'_> {
    pub fn anchor(&mut self, token: u32) {
        self.anchors.push(token);
    }
}

pub struct Matcher<'a> {
    pub lexicon: &'a Lexicon,
    pub cues: &'a Cues,
    pub tree: &'a Tree<'a>,
    pub reacher: Reacher<'a>,
    pub sentence: u32,
    /// The sentence's first word.
    pub first: u32,
    pub surface: &'a Surface<'a>,
    /// Whom a predicate means that leaves a party out.
    pub focus: &'a Focus<'a>,
    /// Whether it leaves one out that its frame asks for; where it is not looked for, `None`.
    pub left_out: Option<&'a LeftOut>,
    /// What was looked at for want of a party, where somebody wants to know.
    pub looked: Option<RefCell<Vec<Looked>>>,
}

/// What one trigger gave.
#[derive(Default)]
pub struct Found {
    pub matches: Vec<Match>,
    /// Readings whose conditions held and that lack a party.
    pub failed: Vec<(&'static str, Dropped)>,
    /// What the trigger governs is not told as a fact.
    pub unreal: bool,
    /// The lexicon says these words mean no act; the anchors with them.
    pub muted: Option<Anchors>,
    /// The readings that lack but one party, the closest first.
    pub closed: Vec<Closed>,
}

impl Matcher<'_> {
    /// Reads `word` with every frame that it triggers, the most demanding first, until one finds both parties.
    /// `told` are the sentence's matches so far.
    pub fn read(&self, word: u32, kind: Kind, readings: &[Reading], told: &[Match], found: &mut Found) {
        let moved = kind == Kind::Verb && self.changes_meaning(word, readings);
        for reading in readings {
            let frame = self.lexicon.frame(*reading);
            if frame.kind != kind || !self.particle_fits(word, reading.particle, moved) {
                continue;
            }
            if frame.act == Act::Request && self.is_caused(word) {
                continue;
            }
            let Some(site) = self.site(frame, word) else { continue };
            if frame.mute {
                found.muted = Some(site.anchors);
                return;
            }
            if frame.open && frame.tests.iter().any(|test| test.wanted && !test.words.is_empty()) && self.acts(frame, &site) {
                // It is the closer reading, and its target is looked for in the second round, unless another that asks for a word of its
                // own has both parties in the tree: "turned down a *Russian proposal*".
                found.failed.push((frame.name, Dropped::NoTarget));
                if self.pair(&site, told, &mut found.matches).is_ok() {
                    found.unreal |= frame.unreal;
                } else {
                    let rest = readings.iter().skip_while(|other| *other != reading).skip(1);
                    self.read_named(word, kind, rest, moved, found);
                }
                return;
            }
            match self.pair(&site, told, &mut found.matches) {
                Ok(()) => {
                    found.unreal |= frame.unreal;
                    return;
                }
                Err(reason) => found.failed.push((frame.name, reason)),
            }
        }
    }

    /// Reads `word` with the first of `rest` that names its target inside a phrase of its own words.
    fn read_named<'r>(&self, word: u32, kind: Kind, rest: impl Iterator<Item = &'r Reading>, moved: bool, found: &mut Found) {
        for reading in rest {
            let frame = self.lexicon.frame(*reading);
            let named = frame.kind == kind && !frame.open && !frame.mute && !frame.target.heads.is_empty();
            if !named || !self.particle_fits(word, reading.particle, moved) {
                continue;
            }
            let Some(site) = self.site(frame, word) else { continue };
            let sources = self.role(&frame.source, &site, Wanted::Actor, &Parties::default());
            if sources.is_empty() || self.role(&frame.target, &site, Wanted::Target, &sources).is_empty() {
                continue;
            }
            if self.pair(&site, &[], &mut found.matches).is_ok() {
                found.unreal |= frame.unreal;
                return;
            }
        }
    }

    /// Whether `word` has the particle that a reading asks for, or none that gives it another meaning.
    fn particle_fits(&self, word: u32, particle: Symbol, moved: bool) -> bool {
        if particle != 0 { self.tree.particle(word, particle) } else { !moved }
    }

    /// The same by position: the particle stands near, wherever the parser hung it.
    pub fn particle_is_near(&self, word: u32, particle: Symbol, moved: bool) -> bool {
        if particle != 0 {
            // "Take place in Spain": a preposition behind an object is none of the verb's.
            let free = |at: u32| at == word + 1 || self.tree.deprel(at) != Deprel::Case;
            return (word + 1..word + 4).any(|at| self.tree.symbol(at) == particle && free(at));
        }
        !moved
    }

    /// Whether the verb has a particle with which the lexicon reads it otherwise: "take off", not "fly on".
    pub fn changes_meaning(&self, word: u32, readings: &[Reading]) -> bool {
        let particle = self.tree.child(word, |relation| relation == Deprel::CompoundPrt);
        particle.is_some_and(|particle| {
            let symbol = self.tree.symbol(particle);
            readings.iter().any(|reading| reading.particle != 0 && reading.particle == symbol)
        })
    }

    fn site<'f>(&self, frame: &'f Frame, word: u32) -> Option<Site<'f>> {
        let mut site = self.open_site(frame, word);
        for test in &frame.tests {
            if self.holds(test, &mut site) != test.wanted {
                return None;
            }
        }
        self.has_mood(&site).then_some(site)
    }

    fn acts(&self, frame: &Frame, site: &Site<'_>) -> bool {
        !self.role(&frame.source, site, Wanted::Actor, &Parties::default()).is_empty()
    }

    /// A site whose conditions are still to be looked at.
    pub fn open_site<'f>(&self, frame: &'f Frame, word: u32) -> Site<'f> {
        let mut anchors = Anchors::of(word);
        let mut support = None;
        if frame.kind == Kind::Noun {
            let phrase = self.tree.phrase(word);
            anchors.push(phrase);
            support = self.support(phrase);
            if let Some(verb) = support {
                anchors.push(verb);
            }
        }
        Site { frame, word, anchors, support }
    }

    /// The verb that carries the noun phrase headed by `noun`, if it is one of the lexicon's `do` operators.
    fn support(&self, noun: u32) -> Option<u32> {
        let relation = self.tree.deprel(noun);
        if !matches!(relation, Deprel::Obj | Deprel::NsubjPass | Deprel::Obl) {
            return (relation == Deprel::Conj).then(|| self.tree.head(noun).and_then(|head| self.support_once(head))).flatten();
        }
        self.support_once(noun)
    }

    fn support_once(&self, noun: u32) -> Option<u32> {
        if !matches!(self.tree.deprel(noun), Deprel::Obj | Deprel::NsubjPass | Deprel::Obl) {
            return None;
        }
        // "Embarked on a visit", but not "imposed sanctions for the invasion".
        let words = self.tree.words;
        let carrying = [words.on, words.r#in, words.to, words.with, words.into, words.from, words.under];
        if self.tree.deprel(noun) == Deprel::Obl && !carrying.into_iter().any(|word| self.tree.under(noun, word)) {
            return None;
        }
        let verb = self.tree.head(noun)?;
        if self.is_sent_to(noun) {
            return None;
        }
        self.is_operator(verb, Operator::Do).then_some(verb)
    }

    /// "Sent observers *to the summit*": what is sent is the verb's noun, and those who send it do not meet.
    pub fn is_sent_to(&self, noun: u32) -> bool {
        let object = |verb: u32| self.tree.child(verb, |relation| relation == Deprel::Obj).is_some();
        self.tree.deprel(noun) == Deprel::Obl
            && self.tree.under(noun, self.tree.words.to)
            && self.tree.head(noun).is_some_and(object)
    }

    pub fn is_operator(&self, token: u32, wanted: Operator) -> bool {
        self.operator(token) == Some(wanted)
    }

    pub fn operator(&self, token: u32) -> Option<Operator> {
        let kind = self.tree.kind(token)?;
        let held = self.lexicon.operators(self.tree.symbol(token)).iter();
        let mut fitting =
            held.filter(|(held, _, particle)| *held == kind && (*particle == 0 || self.tree.particle(token, *particle)));
        // One with a particle is the closer reading.
        let closest = fitting.clone().find(|(_, _, particle)| *particle != 0).or_else(|| fitting.next());
        closest.map(|(_, operator, _)| *operator)
    }

    pub fn pair(&self, site: &Site<'_>, told: &[Match], matches: &mut Vec<Match>) -> Result<(), Dropped> {
        let frame = site.frame;
        let before = matches.len();
        let nobody = Parties::default();
        let mut sources = self.role(&frame.source, site, Wanted::Actor, &nobody);
        let verb = (frame.kind == Kind::Verb).then_some(site.word);
        sources.extend(&self.in_row(&sources, &nobody, verb));
        if frame.reciprocal {
            self.pair_reciprocal(site, &sources, matches);
            return if matches.len() > before { Ok(()) } else { Err(Dropped::NoTarget) };
        }
        if sources.is_empty() {
            sources = self.called_home(site);
        }
        if sources.is_empty() {
            return Err(Dropped::NoSource);
        }
        if self.helps_its_own(site) {
            return Err(Dropped::SameParty);
        }
        let members = self.among_them(site);
        let mut targets = if members.is_empty() { self.role(&frame.target, site, Wanted::Target, &sources) } else { members };
        // "Turned down London's request for talks on the Norwegian model": who was asked is who answers.
        if frame.kind == Kind::Noun && frame.act == Act::Request && targets.iter().all(|target| target.reach == Reach::Inside) {
            let answering = self.answering(site.word, &sources);
            targets = if answering.is_empty() { targets } else { answering };
        }
        targets.extend(&self.listed(&targets));
        targets.extend(&self.in_row(&targets, &sources, None));
        if targets.is_empty() && frame.mode == Some(Mode::ThirdParty) {
            targets = self.brought_together(site.word, &sources, told);
        }
        // "Fired missiles at targets in Iraq", "strikes on a depot near Damascus": who is hit is who lives there, also where the parser hung
        // the place on the verb.
        if targets.is_empty() && frame.act == Act::Assault && !site.frame.target.itself {
            let words = self.tree.words;
            for preposition in [words.r#in, words.near, words.outside] {
                self.each_near(preposition, site, &mut |token| {
                    targets.extend(&self.reacher.parties_but(token, Wanted::Target, &sources).at_least(Reach::Inside));
                });
            }
        }
        if targets.is_empty() {
            targets = self.reacted_to(site, &sources);
        }
        if targets.is_empty() {
            targets = self.maker(site, &sources, told);
        }
        let told_by_preposition = frame.kind == Kind::Verb && self.lacks_preposition(site);
        if targets.is_empty() && frame.target.optional && !frame.open && !told_by_preposition {
            for source in sources.iter() {
                let known = |actor| sources.holds(actor);
                let chosen = self.focus.counterpart(source.party, frame.act, self.sentence, &known);
                if let Some(party) = chosen.and_then(|chosen| self.meant(site, source, chosen, told, &sources)) {
                    for party in std::iter::once(party).chain(self.other_side(site, source, party, told)) {
                        matches.push(self.candidate(site, source, super::reach::Party { party, reach: Reach::Discourse }));
                    }
                }
            }
            return if matches.len() > before { Ok(()) } else { Err(Dropped::NoTarget) };
        }
        for source in sources.iter() {
            for target in targets.iter().filter(|target| self.fits(frame, source, *target)) {
                matches.push(self.candidate(site, source, target));
            }
        }
        if matches.len() > before {
            Ok(())
        } else if targets.is_empty() {
            Err(Dropped::NoTarget)
        } else {
            Err(Dropped::SameParty)
        }
    }

    /// Whether the two may be parties to it. A visit goes to a state; a body's summit is only what it is for. A frame that asks for a body
    /// takes no state.
    pub fn fits(&self, frame: &Frame, source: Party, target: Party) -> bool {
        if target.party.actor == source.party.actor || self.is_own(source, target) {
            return false;
        }
        let mention = self.reacher.mentions.all.get(target.party.mention as usize);
        let body = mention.is_some_and(|mention| mention.kind == crate::actor::MentionKind::Organisation);
        if body { frame.mode != Some(Mode::Visit) } else { !frame.body }
    }

    /// The words that name the act.
    pub fn trigger_span(&self, site: &Site<'_>) -> Span {
        let trigger = site.support.unwrap_or(site.word);
        let span = |token: u32| self.tree.document.tokens.get(token as usize).map(|token| token.span).unwrap_or_default();
        let noun = site.anchors.tokens().iter().copied().find(|token| *token != site.word && site.frame.kind == Kind::Verb);
        let whole = span(trigger).cover(span(site.word));
        let whole = noun.map_or(whole, |noun| whole.cover(span(noun)));
        if whole.len() > 60 { span(site.word) } else { whole }
    }

    pub fn candidate(&self, site: &Site<'_>, source: super::reach::Party, target: super::reach::Party) -> Match {
        let frame = site.frame;
        let trigger = site.support.unwrap_or(site.word);
        Match {
            candidate: Candidate {
                sentence: self.sentence,
                trigger,
                trigger_span: self.trigger_span(site),
                source: source.party,
                target: target.party,
                reciprocal: frame.reciprocal,
                act: frame.act,
                mode: frame.mode,
                contexts: frame.contexts.clone(),
                status: match frame.mood {
                    Some(_) => Some(Implied::Said),
                    None => frame.status.map(Implied::AtMost),
                },
                frame: frame.name,
                source_path: source.reach,
                target_path: target.reach,
                hold: match (frame.fallback, frame.open) {
                    (true, _) => Hold::Fallback,
                    (false, true) => Hold::Open,
                    _ => Hold::Firm,
                },
            },
            word: site.word,
            kind: frame.kind,
            anchors: if frame.act == Act::Agree { self.bound(site.anchors) } else { site.anchors },
            denies: frame.denial,
            people: frame.names_a_crowd(),
        }
    }
}
