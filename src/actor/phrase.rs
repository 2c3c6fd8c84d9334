//! From the names of a sentence to the phrases they head: "Russian Foreign Minister Sergei Lavrov" is one.
//!
//! A role takes its actors from what stands before it ("Russian", "Pakistan's", "French and German"), after it ("of Iran", "from
//! China") or, where neither names one, from the person it introduces. Roles are read from right to left, so that what follows an
//! "of" is already a phrase. What no role took becomes a phrase by itself.

use super::gazetteer::Gazetteer;
use super::lexicon::{Class, Kind, Month, Reference};
use super::mention::{ActorCode, MentionKind, Sector};
use super::view::{Item, View};
use crate::syntax::{Deprel, Upos, Xpos};

/// How far before a role its actor may stand, in tokens.
const REACH: u32 = 10;

/// Words of a sentence that refer to an actor, before what they leave open is resolved.
#[derive(Clone, Debug)]
pub(super) struct Phrase {
    pub first: u32,
    pub last: u32,
    pub head: u32,
    pub kind: MentionKind,
    pub actors: Vec<ActorCode>,
    pub sector: Option<Sector>,
    pub role: Option<String>,
    pub name: Option<String>,
    pub female: Option<bool>,
    /// One person, several, or a body; bodies for states.
    pub class: Class,
    pub open: Open,
    /// The mention that introduced a person called by surname.
    pub known: Option<u32>,
}

/// What a phrase leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Open {
    Nothing,
    /// Words that always refer elsewhere.
    Refers(Reference),
    /// "its foreign minister": the actor is the possessor's; the token is the pronoun.
    Possessed(u32),
    /// "his Russian counterpart": the role is the possessor's.
    Counterpart,
    /// "whose police": of the actor named just before.
    Whose,
    /// "its southern neighbour", "Lesotho's neighbour".
    Neighbour(Reference),
    /// "the foreign minister": whose must be known from before. With the entry of a role it belongs to, as in "FO spokesperson".
    Bare(Option<u32>),
}

/// Builds the phrases of one sentence, in text order.
pub(super) fn phrases(gazetteer: &Gazetteer, view: View, month: Option<Month>, items: &mut [Item]) -> Vec<Phrase> {
    let mut builder = Builder { gazetteer, view, month, items, built: Vec::new() };
    for at in (0..builder.items.len()).rev() {
        let item = builder.items[at];
        match item.kind {
            _ if item.taken => {}
            Kind::Role(class) => builder.role(at, class),
            Kind::Anaphor(reference @ Reference::Neighbour(_)) => builder.neighbour(at, reference),
            _ => {}
        }
    }
    for at in 0..builder.items.len() {
        if !builder.items[at].taken {
            builder.alone(at);
        }
    }
    let mut built = builder.built;
    built.sort_by_key(|phrase| (phrase.first, phrase.last));
    built
}

pub(super) struct Builder<'a> {
    pub gazetteer: &'a Gazetteer,
    pub view: View<'a>,
    pub month: Option<Month>,
    pub items: &'a mut [Item],
    built: Vec<Phrase>,
}

/// What stands before a role.
#[derive(Default)]
struct Before {
    /// Indices of the items that name its actors.
    owners: Vec<usize>,
    /// A possessive pronoun.
    pronoun: Option<u32>,
    /// "whose".
    whose: bool,
    /// The first token that belongs to the phrase.
    first: u32,
    definite: bool,
    /// A word in capitals that no table explains: "the *European* parliament".
    named: bool,
    /// A role among the modifiers: the "FO" of "FO spokesperson".
    body: Option<u32>,
}

/// What stands after a role.
#[derive(Default)]
struct After {
    actors: Vec<ActorCode>,
    sector: Option<Sector>,
    /// The last token that belongs to the phrase.
    last: u32,
    open: Option<Open>,
}

impl Builder<'_> {
    fn role(&mut self, at: usize, class: Class) {
        let item = self.items[at];
        if !self.is_noun(&item) {
            return;
        }
        let mut before = self.look_before(item.first, class);
        self.give_back(&item, &mut before);
        let mut after = self.look_after(item.last, class);
        if !before.owners.is_empty() {
            // "Ivorian soldiers from Mali", "a British envoy to": what follows is another actor.
            after.last = item.last;
        }
        let person = (class == Class::Person).then(|| self.name_after(at, after.last)).flatten();
        let owned = !before.owners.is_empty() || before.pronoun.is_some() || before.whose;
        let mut first = if owned { before.first } else { item.first };
        let mut last = after.last;
        let mut name = None;
        let mut known = None;
        if let Some(found) = person {
            last = found.last;
            (name, known) = (Some(found.name), found.entry);
        } else if class == Class::Person
            && let Some(found) = self.name_before(first)
        {
            first = found.first;
            (name, known) = (Some(found.name), found.entry);
        }

        let mut actors: Vec<ActorCode> = Vec::new();
        let mut sector = None;
        for owner in &before.owners {
            let owner = self.items[*owner];
            if let Some(code) = owner.code.filter(|code| !actors.contains(code)) {
                actors.push(code);
            }
            sector = sector.or(self.lent_sector(&owner));
        }
        let mut open = Open::Nothing;
        if actors.is_empty() {
            actors = std::mem::take(&mut after.actors);
            sector = sector.or(after.sector);
            open = after.open.unwrap_or(Open::Nothing);
        }
        let entry = self.gazetteer.entry(item.entry);
        let written = || item.span.of(self.view.text).to_lowercase();
        let role = if entry.name.is_empty() { written() } else { entry.name.to_string() };
        let counterpart = role.starts_with("counterpart") || role.starts_with("opposite number");
        if actors.is_empty() && open == Open::Nothing {
            let post = known.and_then(|entry| self.post(entry).0).filter(|_| counterpart);
            if let Some(post) = post {
                // "Telephoned his counterpart Mokgweetsi Masisi".
                actors.push(post);
            } else if counterpart && before.pronoun.is_some() {
                open = Open::Refers(Reference::Partner);
            } else if let Some(pronoun) = before.pronoun {
                open = Open::Possessed(pronoun);
            } else if before.whose {
                open = Open::Whose;
            } else if let Some(entry) = known {
                actors.extend(self.post(entry).0);
            } else {
                open = Open::Bare(before.body);
            }
        }
        let own = entry.sector.filter(|own| *own != Sector::Gov || sector.is_none());
        if counterpart && open == Open::Nothing {
            open = Open::Counterpart;
        }
        // A role without actor needs a definite article or a name to be worth asking whose it is.
        // Nor is it asked of "the police mission": that is the mission's.
        let describes = self.view.deprel(item.last) == Some(Deprel::Compound);
        if matches!(open, Open::Bare(_)) && name.is_none() && (!before.definite || before.named || describes) {
            return;
        }
        let female = known.map(|entry| self.gazetteer.entry(entry).female).or(Some(true).filter(|_| is_womans_role(&role)));
        self.take(first, last);
        self.built.push(Phrase {
            first,
            last,
            head: self.view.head(first, last),
            kind: MentionKind::Role,
            actors,
            sector: own.or(sector).or(entry.sector),
            role: Some(role),
            name,
            female,
            class,
            open,
            known: None,
        });
    }

    /// Whether the words of a role are a noun here: "to the premier" is, though a tagger may take it for an adjective.
    fn is_noun(&self, item: &Item) -> bool {
        match self.view.upos(item.last) {
            Some(Upos::Noun | Upos::Propn) => true,
            Some(Upos::Adj) => {
                let alone = !matches!(self.view.upos(item.last + 1), Some(Upos::Noun | Upos::Propn | Upos::Adj));
                item.first < item.last || alone && item.first > 0 && self.view.upos(item.first - 1) == Some(Upos::Det)
            }
            _ => item.first < item.last,
        }
    }

    /// Takes back owners that a role only seems to have. "Ukraine strikes airfield": in a headline the role may be a verb. "handing Kyiv
    /// long-range missiles": the state is given them. "the Tehran embassy": where it is, not whose.
    fn give_back(&self, role: &Item, before: &mut Before) {
        let [owner] = before.owners.as_slice() else { return };
        let owner = self.items[*owner];
        let name = matches!(owner.kind, Kind::State | Kind::Capital | Kind::Province);
        if !name || self.view.is_possessive(owner.last + 1) {
            return;
        }
        let verb = |token: u32| self.view.is_headline() && self.view.word(token).ends_with('s') && !self.view.is_name_word(token);
        let as_verb = (owner.last + 1..role.first).any(verb)
            || verb(role.last) && role.first == owner.last + 1 && self.is_noun_like(role.last + 1);
        let given = owner.first > 0 && self.view.upos(owner.first - 1) == Some(Upos::Verb);
        let located = owner.kind != Kind::State && self.view.is(role.last, &["embassy", "embassies", "consulate", "consulates"]);
        if as_verb || given || located {
            before.owners.clear();
            before.first = role.first;
        }
    }

    fn is_noun_like(&self, token: u32) -> bool {
        matches!(self.view.upos(token), Some(Upos::Noun | Upos::Propn | Upos::Adj | Upos::Num | Upos::Det))
    }

    /// "its southern neighbour": open, unless the state is named right after ("its neighbour Iran").
    fn neighbour(&mut self, at: usize, reference: Reference) {
        let item = self.items[at];
        let named = self.items.get(at + 1).is_some_and(|next| next.kind == Kind::State && next.first <= item.last + 2);
        let before = self.look_before(item.first, Class::Person);
        if named || (before.pronoun.is_none() && before.owners.is_empty()) {
            self.items[at].taken = true;
            return;
        }
        let actors = before.owners.iter().filter_map(|owner| self.items[*owner].code).take(1).collect();
        // The possessor stays a mention of its own: it is another actor.
        self.items[at].taken = true;
        self.built.push(Phrase {
            first: item.first,
            last: item.last,
            head: self.view.head(item.first, item.last),
            kind: MentionKind::Anaphor,
            actors,
            sector: None,
            role: None,
            name: None,
            female: None,
            class: Class::Body,
            open: Open::Neighbour(reference),
            known: None,
        });
    }

    /// Walks left from a role through its modifiers to the words that say whose it is.
    fn look_before(&self, role: u32, class: Class) -> Before {
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

    /// Adds "Russian and" before "Chinese", and adjectives and numbers before the first of them.
    fn look_before_owner(&self, index: usize, class: Class, before: &mut Before) {
        let mut first = self.items[index];
        if class != Class::Person {
            let mut comma = false;
            while first.first >= 2 {
                let link = first.first - 1;
                let is_and = self.view.is(link, &["and", "&", "or"]);
                if !(is_and || comma && self.view.is(link, &[","])) {
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
    fn look_after(&self, role: u32, class: Class) -> After {
        let mut after = After { last: role, ..After::default() };
        let link = role + 1;
        let from = class != Class::Person && self.view.is(link, &["from"]);
        if !from && !self.view.is(link, &["of", "for"]) {
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
            if class == Class::Person || !self.view.is(next, &[",", "and", "&"]) {
                break;
            }
            while self.view.is(next, &[",", "and", "&", "the"]) {
                next += 1;
            }
            at = next;
        }
        after
    }

    fn only_adjectives(&self, from: u32, to: u32) -> bool {
        (from..to).all(|token| matches!(self.view.upos(token), Some(Upos::Adj | Upos::Num | Upos::Noun | Upos::Propn)))
    }

    /// A name that no role took.
    fn alone(&mut self, at: usize) {
        let item = self.items[at];
        let entry = self.gazetteer.entry(item.entry);
        let mut phrase = Phrase {
            first: item.first,
            last: item.last,
            head: self.view.head(item.first, item.last),
            kind: MentionKind::State,
            actors: item.code.into_iter().collect(),
            sector: entry.sector,
            role: None,
            name: None,
            female: None,
            class: Class::Body,
            open: Open::Nothing,
            known: None,
        };
        phrase.kind = match item.kind {
            Kind::State => MentionKind::State,
            Kind::Adjective | Kind::Combining => MentionKind::Demonym,
            Kind::People => {
                phrase.class = Class::People;
                MentionKind::Demonym
            }
            Kind::Capital | Kind::Seat | Kind::Province => MentionKind::Place,
            Kind::Organ | Kind::Organisation | Kind::Group => {
                self.lend_owner(&item, &mut phrase);
                MentionKind::Organisation
            }
            Kind::Person => {
                let (code, sector, role) = self.post(item.entry);
                phrase.actors = code.into_iter().collect();
                (phrase.sector, phrase.role) = (sector, role);
                phrase.name = Some(entry.name.to_string());
                (phrase.female, phrase.class) = (Some(entry.female), Class::Person);
                MentionKind::Person
            }
            // "His Majesty the King".
            Kind::Anaphor(Reference::Man | Reference::Woman)
                if item.first < item.last && self.view.is(item.last + 1, &["the", "King", "Queen", "Sultan", "Emir"]) =>
            {
                return;
            }
            // "Both countries", "each of them": another word says what they are.
            Kind::Anaphor(Reference::Pair) if item.first == item.last && !self.stands_alone(item.first) => return,
            // "The Secretary-General of NATO".
            Kind::Anaphor(Reference::Known(_)) if self.view.is(item.last + 1, &["of", "Sea", "Pole", "West", "East"]) => return,
            Kind::Anaphor(reference) => {
                phrase.open = Open::Refers(reference);
                phrase.class = match reference {
                    Reference::Man | Reference::Woman => Class::Person,
                    Reference::Several | Reference::Pair | Reference::Three | Reference::Four => Class::People,
                    _ => Class::Body,
                };
                MentionKind::Anaphor
            }
            Kind::Role(_) | Kind::Cue(_) | Kind::Exclusion => return,
        };
        self.built.push(phrase);
    }

    /// Whether "both" or "each" is a phrase of its own.
    fn stands_alone(&self, token: u32) -> bool {
        let next = self.view.upos(token + 1);
        let noun = matches!(next, Some(Upos::Noun | Upos::Propn | Upos::Adj | Upos::Det | Upos::Num | Upos::Pron));
        let place = matches!(
            self.view.deprel(token),
            Some(Deprel::Nsubj | Deprel::NsubjPass | Deprel::Obj | Deprel::Iobj | Deprel::Obl | Deprel::Nmod)
        );
        place && !noun && !self.view.is(token + 1, &["of", "-", "other"])
    }

    /// "Canada's House of Commons": an organ whose name several states use is that of the state before it.
    fn lend_owner(&self, item: &Item, phrase: &mut Phrase) {
        if item.kind != Kind::Organ || item.first < 2 {
            return;
        }
        let owner = if self.view.is_possessive(item.first - 1) { item.first - 2 } else { item.first - 1 };
        let state = |other: &&Item| matches!(other.kind, Kind::State | Kind::Adjective);
        if let Some(code) = self.ending(owner).map(|at| &self.items[at]).filter(state).and_then(|other| other.code) {
            phrase.actors = vec![code];
        }
    }

    /// Country, sector and role of a person in the month of the article.
    fn post(&self, entry: u32) -> (Option<ActorCode>, Option<Sector>, Option<String>) {
        self.gazetteer.post(entry, self.month)
    }

    /// The sector that an owner gives to what it owns: the Pentagon's spokesman is military, Hamas's leader a rebel.
    fn lent_sector(&self, owner: &Item) -> Option<Sector> {
        match owner.kind {
            Kind::Organ | Kind::Group | Kind::Organisation => self.gazetteer.entry(owner.entry).sector,
            _ => None,
        }
    }

    /// "in Islamabad foreign ministers …": where, not whose.
    fn locates(&self, item: &Item) -> bool {
        let place = matches!(item.kind, Kind::Capital | Kind::Province | Kind::State);
        let within = item.first > 0
            && self.view.is(item.first - 1, &["in", "at", "near", "across", "around", "inside", "outside", "into"]);
        place && within && !self.view.is_possessive(item.last + 1)
    }

    fn is_modifier(&self, token: u32) -> bool {
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

    fn is_possessive_pronoun(&self, token: u32) -> bool {
        self.view.token(token).is_some_and(|token| token.xpos == Xpos::Prps) || self.view.is(token, &["its", "his", "their"])
    }

    /// Marks what lies in these tokens as part of a phrase, and drops the phrases that it swallows: phrases are built from right to
    /// left, so those are the latest.
    fn take(&mut self, first: u32, last: u32) {
        let start = self.items.partition_point(|item| item.first < first);
        for item in self.items.iter_mut().skip(start).take_while(|item| item.last <= last) {
            item.taken = true;
        }
        while self.built.last().is_some_and(|phrase| phrase.first <= last) {
            self.built.pop();
        }
    }

    /// The item whose last token that is. Items stand in text order and do not overlap.
    pub(super) fn ending(&self, token: u32) -> Option<usize> {
        self.items.binary_search_by(|item| item.last.cmp(&token)).ok()
    }

    pub(super) fn starting(&self, token: u32) -> Option<usize> {
        self.items.binary_search_by(|item| item.first.cmp(&token)).ok()
    }

    pub(super) fn covering(&self, token: u32) -> Option<&Item> {
        let at = self.items.partition_point(|item| item.last < token);
        self.items.get(at).filter(|item| item.first <= token)
    }
}

fn is_womans_role(role: &str) -> bool {
    role.ends_with("woman") || matches!(role, "queen" | "princess" | "crown princess" | "first lady" | "empress")
}
