//! A role and the phrase that it heads: its actors, its holder, and what it leaves open.

use super::lexicon::{Class, Kind, Reference};
use super::mention::{ActorCode, MentionKind, Sector};
use super::owner::Before;
use super::phrase::{Builder, Open, Phrase};
use super::view::{Item, is_subject};
use super::words::List;
use crate::syntax::{Deprel, Upos};

impl Builder<'_> {
    pub(super) fn role(&mut self, at: usize, class: Class) {
        let item = self.items[at];
        if !self.is_noun(&item) {
            return;
        }
        // "Colonel Goita's junta": the phrase of the junta has its leader in it.
        let leads = |next: &Item| next.kind == Kind::Person && next.taken;
        if self.starting(item.last + 1).is_some_and(|next| leads(&self.items[next]))
            && self.built.last().is_some_and(|phrase| phrase.first == item.last + 1)
        {
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
            // "North and South Korean officials".
            let union = self.gazetteer.entry(owner.entry).members.iter().copied().filter(|_| owner.kind == Kind::Union);
            for code in owner.code.into_iter().chain(union) {
                if !actors.contains(&code) {
                    actors.push(code);
                }
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
            } else if let Some(post) = known.filter(|_| before.pronoun.is_some()).and_then(|entry| self.post(entry).0) {
                // "Accused its director, Rafael Grossi": a name known says more than a pronoun.
                actors.push(post);
            } else if let Some(pronoun) = before.pronoun {
                open = Open::Possessed(pronoun);
            } else if before.whose {
                open = Open::Whose;
            } else if let Some(entry) = known {
                actors.extend(self.post(entry).0);
            } else if let Some(code) = self.seated(item.last, class, &role).filter(|_| before.definite) {
                actors.push(code);
            } else if let Some(host) = self.posted(&item).filter(|_| before.definite && !before.named) {
                open = Open::Posted(host);
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
            among: None,
        });
    }

    /// "The junta *in Bamako*", "the navy in Beijing": a body that each state has one of is that of the capital where it sits.
    fn seated(&self, last: u32, class: Class, role: &str) -> Option<ActorCode> {
        let office = class != Class::Person && self.view.words.of(List::Office).any(|office| role.ends_with(office));
        let capital = |item: &&Item| item.kind == Kind::Capital && !item.taken;
        if !office || !self.view.is(last + 1, &["in"]) {
            return None;
        }
        self.starting(last + 2).map(|at| &self.items[at]).filter(capital)?.code
    }

    /// "The embassy *in Antananarivo* protested": the state in which a mission that acts sits.
    fn posted(&self, item: &Item) -> Option<ActorCode> {
        let mission = self.view.is(item.last, &["embassy", "commission", "nunciature"]);
        if !mission || !self.view.deprel(item.last).is_some_and(is_subject) || !self.view.is(item.last + 1, &["in"]) {
            return None;
        }
        let place = self.starting(item.last + 2).map(|at| &self.items[at])?;
        place.code.filter(|_| matches!(place.kind, Kind::Capital | Kind::Province | Kind::State))
    }

    /// Whether the words of a role are a noun here: "to the premier" is, though a tagger may take it for an adjective.
    pub(super) fn is_noun(&self, item: &Item) -> bool {
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
    pub(super) fn give_back(&self, role: &Item, before: &mut Before) {
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

    pub(super) fn is_noun_like(&self, token: u32) -> bool {
        matches!(self.view.upos(token), Some(Upos::Noun | Upos::Propn | Upos::Adj | Upos::Num | Upos::Det))
    }
}

fn is_womans_role(role: &str) -> bool {
    role.ends_with("woman") || matches!(role, "queen" | "princess" | "crown princess" | "first lady" | "empress")
}
