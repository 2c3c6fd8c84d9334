//! Whose a role is: the words before it ("Russian", "Pakistan's", "French and German") and after it ("of Iran", "from China") that name its
//! actors.

use super::lexicon::{Class, Kind};
use super::mention::{ActorCode, Sector};
use super::phrase::{Builder, Open, Phrase};
use super::view::Item;
use super::words::List;
use crate::syntax::{Upos, Xpos};

/// How far before a role its actor may stand, in tokens.
const REACH: u32 = 10;

/// What stands before a role.
#[derive(Default)]
pub(super) struct Before {
    /// Indices of the items that name its actors.
    pub owners: Vec<usize>,
    /// A possessive pronoun.
    pub pronoun: Option<u32>,
    /// "whose".
    pub whose: bool,
    /// The first token that belongs to the phrase.
    pub first: u32,
    pub definite: bool,
    /// A word in capitals that no table explains: "the *European* parliament".
    pub named: bool,
    /// A role among the modifiers: the "FO" of "FO spokesperson".
    pub body: Option<u32>,
}

/// What stands after a role.
#[derive(Default)]
pub(super) struct After {
    pub actors: Vec<ActorCode>,
    pub sector: Option<Sector>,
    /// The last token that belongs to the phrase.
    pub last: u32,
    pub open: Option<Open>,
}

impl Builder<'_> {
    /// Walks left from a role through its modifiers to the words that say whose it is.
    pub(super) fn look_before(&self, role: u32, class: Class) -> Before {
        let mut before = Before { first: role, ..Before::default() };
        let start = self.view.tokens().start;
        let mut at = role;
        while at > start && role - at < REACH {
            let token = at - 1;
            if let Some(index) = self.ending(token) {
                let item = self.items[index];
                match item.kind {
                    _ if item.taken && item.code.is_some() => return before,
                    Kind::Anaphor(_) if self.is_possessive_pronoun(token) => {
                        before.pronoun = Some(token);
                        before.first = token;
                        return before;
                    }
                    Kind::Anaphor(_) | Kind::Exclusion => return before,
                    Kind::Role(_) | Kind::Cue(_) => {
                        before.body = before.body.or(matches!(item.kind, Kind::Role(_)).then_some(item.entry));
                        at = item.first;
                        before.first = before.first.min(at);
                        continue;
                    }
                    _ if self.locates(&item) => return before,
                    _ => {
                        // "Moscow's UN envoy": whom he speaks to, not for.
                        let index = self.sender(index, role).unwrap_or(index);
                        let index = self.possessor(index).unwrap_or(index);
                        let item = self.items[index];
                        before.owners.push(index);
                        before.first = item.first;
                        self.look_before_owner(index, class, &mut before);
                        return before;
                    }
                }
            }
            if self.view.is(token, &["the", "this", "that"]) {
                before.definite = true;
                return before;
            }
            if self.view.is(token, &["whose"]) {
                before.whose = true;
                before.first = token;
                return before;
            }
            if !self.is_modifier(token) {
                return before;
            }
            before.named |= self.view.word(token).starts_with(char::is_uppercase) && !self.view.is_headline();
            // Adjectives and numbers belong to the phrase once an actor stands before or behind them; determiners never do.
            if !self.view.is_possessive(token) {
                before.first = token;
            }
            at = token;
        }
        before
    }

    /// Who sends the envoy at an organisation: "*Moscow's* UN envoy", "the *Chinese* UN mission".
    fn sender(&self, organisation: usize, role: u32) -> Option<usize> {
        const SENT: [&str; 7] = ["envoy", "ambassador", "representative", "mission", "delegation", "delegate", "diplomat"];
        let item = self.items[organisation];
        if item.kind != Kind::Organisation || !self.view.is(role, &SENT) {
            return None;
        }
        let before = item.first.checked_sub(1)?;
        let before = if self.view.is_possessive(before) { before.checked_sub(1)? } else { before };
        let state =
            |other: &Item| matches!(other.kind, Kind::State | Kind::Capital | Kind::Seat | Kind::Adjective) && other.is_actor();
        self.ending(before).filter(|at| state(&self.items[*at]))
    }

    /// Whose a people's leader is: "*Bosnia's* Serb leader".
    fn possessor(&self, people: usize) -> Option<usize> {
        let item = self.items[people];
        let possessive = item.first.checked_sub(1).filter(|before| self.view.is_possessive(*before))?;
        let state = |at: &usize| matches!(self.items[*at].kind, Kind::State) && self.items[*at].is_actor();
        self.ending(possessive.checked_sub(1)?).filter(|at| item.kind == Kind::Adjective && state(at))
    }

    /// Adds "Russian and" before "Chinese", and adjectives and numbers before the first of them.
    pub(super) fn look_before_owner(&self, index: usize, class: Class, before: &mut Before) {
        let mut first = self.items[index];
        if class != Class::Person || self.view.is(first.first.wrapping_sub(1), &["-"]) {
            let mut comma = false;
            while first.first >= 2 {
                let link = first.first - 1;
                let is_and = self.view.is(link, &["and", "&", "or"]);
                // "A Belgian-Portuguese worker".
                let hyphen = first.kind == Kind::Adjective && self.view.is(link, &["-"]);
                if !(is_and || hyphen || comma && self.view.is(link, &[","])) {
                    break;
                }
                let end = if is_and && self.view.is(link - 1, &[","]) { link - 2 } else { link - 1 };
                let Some(at) = self.ending(end).filter(|at| self.items[*at].is_actor()) else { break };
                let other = self.items[at];
                let short = other.span.of(self.view.text).chars().all(|c| c.is_uppercase() || c == '.');
                let alike = other.kind == first.kind || short || first.span.of(self.view.text).len() < 4;
                if !alike || matches!(other.kind, Kind::Person | Kind::Role(_)) {
                    break;
                }
                before.owners.insert(0, at);
                before.first = other.first;
                (first, comma) = (other, true);
            }
        }
        let mut at = before.first;
        while at > self.view.tokens().start {
            let token = at - 1;
            let describes =
                matches!(self.view.upos(token), Some(Upos::Adj | Upos::Num | Upos::Noun)) || self.view.is(token, &["-"]);
            // Not the time that opens an item of a live blog.
            let free = self.ending(token).is_none() && !self.view.word(token).contains(':');
            if !describes || !free || before.first - token > 4 {
                break;
            }
            at = token;
        }
        // Not "talks Russian officials": a noun alone in front is another phrase.
        let bare_noun = self.view.upos(at) == Some(Upos::Noun) && !self.view.is(at + 1, &["-"]);
        if !bare_noun {
            before.first = at;
        }
    }

    /// "of Iran", "from China", "of the Federal Assembly of Russia".
    pub(super) fn look_after(&self, role: u32, class: Class) -> After {
        let mut after = After { last: role, ..After::default() };
        let link = role + 1;
        let from = class != Class::Person && self.view.is(link, &["from"]);
        // "Her counterparts in Britain and Australia".
        let placed = self.view.is(link, &["in", "from"]) && self.is_counterpart(role);
        if !from && !placed && !self.view.is(link, &["of", "for"]) {
            return after;
        }
        let mut at = link + 1;
        while self.view.upos(at) == Some(Upos::Det) {
            at += 1;
        }
        // A role or body that is a phrase already: "head of the Turkish army", "leader of Iran's delegation".
        let follows = |phrase: &&Phrase| at <= phrase.first && phrase.first <= at + 2 && self.only_adjectives(at, phrase.first);
        if let Some(inner) = self.built.last().filter(follows) {
            let owned = !inner.actors.is_empty();
            if owned || matches!(inner.open, Open::Possessed(_)) {
                after.actors.clone_from(&inner.actors);
                after.sector = inner.sector;
                after.open = if owned { None } else { Some(inner.open) };
                after.last = inner.last;
            }
            return after;
        }
        while let Some(item) = self.starting(at).map(|at| &self.items[at]).filter(|item| item.is_actor()) {
            if item.kind == Kind::Adjective || item.kind == Kind::Person && self.view.is_possessive(item.last + 1) {
                break;
            }
            if placed && !matches!(item.kind, Kind::State | Kind::Capital) {
                break;
            }
            if let Some(code) = item.code.filter(|code| !after.actors.contains(code)) {
                after.actors.push(code);
            }
            after.sector = after.sector.or(self.lent_sector(item));
            after.last = item.last;
            // "of the Federation Council of the Federal Assembly of Russia".
            let mut next = item.last + 1;
            if item.kind == Kind::Organ && self.view.is(next, &["of"]) {
                next += 1 + u32::from(self.view.upos(next + 1) == Some(Upos::Det));
                at = next;
                continue;
            }
            // "of Pakistan and Russia"; a single holder has one state.
            let single = class == Class::Person && !(placed && self.view.word(role).ends_with('s'));
            if single || !self.view.is(next, &[",", "and", "&"]) {
                break;
            }
            while self.view.is(next, &[",", "and", "&", "the"]) {
                next += 1;
            }
            at = next;
        }
        after
    }

    /// Whether a role is somebody's like in another state, spoken to from afar: who meets his counterpart in a town meets him there.
    fn is_counterpart(&self, role: u32) -> bool {
        let hold = |list, token: u32| self.view.words.hold(list, self.view.document.lemma(token));
        let fellow = hold(List::Fellow, role);
        let verb = self.view.token(role).map(|token| token.head).filter(|head| self.view.tokens().contains(head));
        let meets = verb.is_some_and(|verb| hold(List::Receiving, verb));
        fellow && !meets
    }

    pub(super) fn only_adjectives(&self, from: u32, to: u32) -> bool {
        (from..to).all(|token| matches!(self.view.upos(token), Some(Upos::Adj | Upos::Num | Upos::Noun | Upos::Propn)))
    }

    /// The sector that an owner gives to what it owns: the Pentagon's spokesman is military, Hamas's leader a rebel.
    pub(super) fn lent_sector(&self, owner: &Item) -> Option<Sector> {
        match owner.kind {
            Kind::Organ | Kind::Group | Kind::Organisation => self.gazetteer.entry(owner.entry).sector,
            _ => None,
        }
    }

    /// "in Islamabad foreign ministers …": where, not whose.
    pub(super) fn locates(&self, item: &Item) -> bool {
        let place = matches!(item.kind, Kind::Capital | Kind::Province | Kind::State);
        let within = item.first > 0
            && self.view.is(item.first - 1, &["in", "at", "near", "across", "around", "inside", "outside", "into"]);
        place && within && !self.view.is_possessive(item.last + 1)
    }

    pub(super) fn is_modifier(&self, token: u32) -> bool {
        // "the visiting president", but not "had telephoned President Biden", nor "the leader told reporters".
        let verbal = |before: u32| matches!(self.view.upos(before), Some(Upos::Aux | Upos::Noun | Upos::Pron | Upos::Part));
        let participle = self.view.token(token).is_some_and(|held| matches!(held.xpos, Xpos::Vbn | Xpos::Vbg))
            && !token.checked_sub(1).is_some_and(verbal);
        match self.view.upos(token) {
            Some(Upos::Adj | Upos::Noun | Upos::Propn | Upos::Num) => true,
            Some(Upos::Verb) => participle,
            _ => self.view.is_possessive(token) || self.view.is(token, &["-", "–", "\"", "“", "”", "most", "very", "newly"]),
        }
    }

    pub(super) fn is_possessive_pronoun(&self, token: u32) -> bool {
        self.view.token(token).is_some_and(|token| token.xpos == Xpos::Prps) || self.view.is(token, &["its", "his", "their"])
    }
}
