//! The parties that stand where a frame's places would be in a plain clause: by position in the sentence, wherever the parser hung them.

use super::candidate::{PartyRef, Reach};
use super::codes::quad;
use super::frame::{Kind, Place, Role};
use super::matcher::{Match, Matcher, Site};
use super::ontology::{Mode, Quad};
use super::reach::{Parties, Party, Wanted};
use super::surface::Extent;
use super::tree::Node;
use crate::actor::{MentionKind, Sector};
use crate::syntax::{Deprel, Upos, Xpos};

impl Matcher<'_> {
    /// "Hussein, during a visit to Tehran, asked", "after a call with Borrell": who does what the noun's verb tells.
    pub fn on_the_way(&self, noun: u32) -> Parties {
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
            // "Houthis, US in truce": the two that a line without a verb is about.
            if tree.head(head).is_none() {
                let pair = self.reacher.parties(head, Wanted::Actor);
                return if pair.len() > 1 { pair.at_least(Reach::Near) } else { Parties::default() };
            }
            at = head;
        }
        Parties::default()
    }

    /// "A truce *brokered by Oman*", "the pair agreed after *UN mediation*": those between whom one mediates who names neither. The two whose
    /// dealings were just told, else the only two others that the sentence names.
    pub fn brought_together(&self, word: u32, sources: &Parties, told: &[Match]) -> Parties {
        let dealings = |found: &&Match| {
            let candidate = &found.candidate;
            let known = sources.holds(candidate.source.actor) || sources.holds(candidate.target.actor);
            candidate.reciprocal && matches!(quad(candidate.act), Quad::VerbalCooperation | Quad::MaterialCooperation) && !known
        };
        let mut found = Parties::default();
        if let Some(last) = told.iter().rev().find(dealings) {
            for party in [last.candidate.source, last.candidate.target] {
                found.push(Party { party, reach: Reach::Near });
            }
            return found;
        }
        if !self.tree.words.mediating.contains(&self.tree.symbol(word)) {
            return found;
        }
        for extent in self.surface.extents() {
            self.take(*extent, sources, &mut found);
        }
        if sources.is_empty() || found.len() != 2 { Parties::default() } else { found.at_least(Reach::Near) }
    }

    /// A crowd is that of the state in whose town it gathers: "in Bhopal, traders burned an effigy".
    pub fn crowd(&self, site: &Site<'_>) -> Parties {
        let mut found = Parties::default();
        // "Was stormed *by protesters*".
        let passive = self.tree.is_passive(site.word);
        let doer = if passive { self.tree.subject(site.word) } else { self.tree.surface_subject(site.word) };
        let crowd = doer.is_some_and(|subject| self.surface.covering(subject.token).is_none());
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

    /// The two that a "between" right after the word names.
    pub fn between(&self, word: u32) -> Parties {
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
    pub fn anywhere(&self, site: &Site<'_>, known: &Parties) -> Parties {
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
            if !apart && !self.for_doing(site.word, extent) && !self.is_agent(extent, site.word) && !self.is_forum(site, extent) {
                self.take(extent, known, &mut found);
            }
            if !found.is_empty() {
                break;
            }
        }
        found
    }

    /// The parties that stand where the role's places would be in a plain clause.
    pub fn nearby(&self, role: &Role, site: &Site<'_>, source: bool, known: &Parties) -> Parties {
        let mut found = Parties::default();
        let verb = site.frame.kind == Kind::Verb;
        let passive = verb && self.tree.is_passive(site.word);
        for place in &role.places {
            let extent = match place {
                Place::Subject if verb && passive => self.governed(site, self.tree.words.by, role, known),
                Place::Object if verb && passive => {
                    let headed = |extent: &Extent| {
                        let from = extent.first.saturating_sub(4).max(self.first);
                        role.heads.is_empty() || (from..site.word).any(|at| self.tree.among(at, &role.heads))
                    };
                    self.surface.subject(site.word, false).filter(headed)
                }
                // "Niger's growing ties with Russia": whose they are.
                Place::Subject if verb && source && self.tree.deprel(site.word) == Deprel::Amod => self.leading(site.word),
                Place::Subject if verb => {
                    let headed = |extent: &Extent| {
                        role.heads.is_empty() || (extent.first..site.word).any(|at| self.tree.among(at, &role.heads))
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

    /// "Freed sixteen prisoners, *among them* an American reporter and five Germans": whose those are to whom it is done.
    pub fn among_them(&self, site: &Site<'_>) -> Parties {
        let mut found = Parties::default();
        if site.frame.kind != Kind::Verb || !self.surface.words().any(|at| self.tree.symbol(at) == self.tree.words.among) {
            return found;
        }
        let passive = self.tree.is_passive(site.word);
        let range = if passive { site.word.saturating_sub(20).max(self.first)..site.word } else { site.word + 1..site.word + 16 };
        let among = range.into_iter().find(|at| {
            self.tree.symbol(*at) == self.tree.words.among
                && self.surface.lemma(at - 1) == ","
                && matches!(self.surface.lemma(at + 1), "they" | "them" | "whom" | "who")
        });
        let Some(among) = among else { return found };
        // What stands between is the object alone.
        let (from, to) = if passive { (among, site.word) } else { (site.word + 1, among) };
        if (from..to).any(|at| self.surface.is_finite(at) && !passive) {
            return found;
        }
        let Some(first) = self.surface.within(among + 2..among + 6).next() else { return found };
        for extent in self.surface.coordinated(first) {
            self.take(extent, &Parties::default(), &mut found);
        }
        found
    }

    /// What stands in a row with what was `found`, wherever the parser hung it: "met with the Thai minister, *the Lao minister* and *the
    /// Burmese one*".
    pub fn in_row(&self, found: &Parties, known: &Parties, verb: Option<u32>) -> Parties {
        // "The Republic of South Africa and the African Union *have stood*": the verb that they share.
        let group = verb.map(|verb| self.surface.group(verb));
        let mut more = Parties::default();
        for party in found.iter().filter(|party| party.reach == Reach::Argument) {
            let own = self.surface.extents().iter().copied().find(|extent| extent.mention == party.party.mention);
            let joined = |own: &Extent| matches!(self.surface.lemma(own.last + 1), "," | "and" | "&");
            let Some(own) = own.filter(joined) else { continue };
            let row = self.surface.coordinated(own);
            // "Visited France, and Germany said": behind a comma and an "and" a clause of its own may begin.
            let apart = |at: usize| {
                let (one, other) = (row[at - 1], row[at]);
                row.len() == 2 && self.surface.lemma(one.last + 1) == ","
                    || self.surface.is_finite(other.last + 1) && group != Some(other.last + 1)
            };
            let keep = (1..row.len()).find(|at| apart(*at)).unwrap_or(row.len());
            for extent in row.iter().copied().take(keep).skip(1) {
                if found.iter().all(|held| held.party.mention != extent.mention) {
                    self.take(extent, known, &mut more);
                }
            }
        }
        more
    }

    /// Whom a headline names after a comma beside one of `found`: "visits *Paris*, *Warsaw*".
    pub fn listed(&self, found: &Parties) -> Parties {
        let mut more = Parties::default();
        if !self.surface.is_line() {
            return more;
        }
        let kinds = [MentionKind::State, MentionKind::Place, MentionKind::Demonym];
        for party in found.iter() {
            let own = self.surface.extents().iter().copied().find(|extent| extent.mention == party.party.mention);
            let Some(own) = own.filter(|extent| self.surface.lemma(extent.last + 1) == ",") else { continue };
            let next = self.surface.extents().iter().copied().find(|extent| extent.first == own.last + 2);
            let alike = |extent: &Extent| self.surface.mention(*extent).is_some_and(|mention| kinds.contains(&mention.kind));
            // "Visits Paris, Berlin says" is another's word.
            let verb = |extent: &Extent| matches!(self.tree.upos(extent.last + 1), Upos::Verb | Upos::Aux | Upos::Part);
            if let Some(next) = next.filter(|next| alike(&own) && alike(next) && !verb(next)) {
                self.take(next, found, &mut more);
            }
        }
        more
    }

    pub fn take(&self, extent: Extent, known: &Parties, found: &mut Parties) {
        let Some(mention) = self.surface.mention(extent) else { return };
        for actor in mention.actors.iter().filter(|actor| !known.holds(**actor)) {
            found.push(Party { party: PartyRef { mention: extent.mention, actor: *actor }, reach: Reach::Near });
        }
    }

    /// A subject that the tree does give, and that is no actor, acts itself: "a storm hit".
    fn may_act(&self, verb: u32) -> bool {
        match self.tree.surface_subject(verb) {
            Some(Node { token, shared: false }) => {
                // "Nairobi is at the same *time* bargaining": what stands under a preposition is no subject.
                self.surface.covering(token).is_some()
                    || !matches!(self.tree.upos(token), Upos::Noun)
                    || self.tree.has_case(token)
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
            other && !self.is_agent(*extent, site.word) && !self.is_forum(site, *extent)
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
            return around.any(|at| self.tree.among(at, &role.heads)).then_some(extent);
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

    /// "Went to the *World Court* over the island": the court that the frame's own words name is where it is done, not whom it is done to.
    pub fn is_forum(&self, site: &Site<'_>, extent: Extent) -> bool {
        let court = self.surface.mention(extent).is_some_and(|mention| mention.sector == Some(Sector::Jud));
        court && site.anchors.tokens().iter().any(|anchor| *anchor != site.word && (extent.first..=extent.last).contains(anchor))
    }

    fn is_agent(&self, extent: Extent, word: u32) -> bool {
        let preposition = self.surface.preposition(extent, word + 1);
        preposition.is_some_and(|at| self.tree.symbol(at) == self.tree.words.by)
    }

    /// The mention under `preposition` after the trigger.
    pub fn governed(&self, site: &Site<'_>, preposition: u16, role: &Role, known: &Parties) -> Option<Extent> {
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
                || (extent.first.saturating_sub(4)..(extent.last + 4).min(after.end)).any(|at| self.tree.among(at, &role.heads));
            other && under && headed
        })
    }

    /// The mention right before a noun: "*Iran's* attack", "a *Finnish* request".
    pub fn leading(&self, noun: u32) -> Option<Extent> {
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

    /// "Jailed a man for smuggling Colombian cocaine": between the word and the mention begins what is done it for.
    fn for_doing(&self, word: u32, extent: Extent) -> bool {
        let begins = |at: u32| self.tree.xpos(at) == Xpos::Vbg && self.tree.symbol(at - 1) == self.tree.words.r#for;
        (word + 2..extent.first).any(begins)
    }
}
