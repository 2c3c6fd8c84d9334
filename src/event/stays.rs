//! An official who "is in Tallinn", "was in Rabat last week": a visit that no verb tells.

use super::candidate::{Candidate, Hold, PartyRef, Reach};
use super::frame::Kind;
use super::matcher::{Anchors, Match, Matcher};
use super::ontology::{Act, Mode};
use super::predicates::Reading;
use super::reach::Wanted;
use super::tree::Node;
use crate::actor::{MentionKind, Sector};
use crate::syntax::{Deprel, Upos};

/// What an explanation calls this reading.
const FRAME: &str = "somebody is in another state";

impl Matcher<'_> {
    /// The visit that `word`, the name of a place, tells as the predicate of its clause.
    pub fn stay(&self, word: u32) -> Option<Match> {
        let tree = self.tree;
        let place = tree.mention(word)?;
        let visited = self.reacher.mentions.all.get(place as usize)?;
        let named = matches!(visited.kind, MentionKind::Place | MentionKind::State);
        if !named || !tree.under(word, tree.words.r#in) {
            return None;
        }
        let (guest, told) = match tree.child(word, |relation| relation == Deprel::Cop) {
            Some(_) => (tree.surface_subject(word).or_else(|| self.before_place(word))?.token, word),
            None => self.announced(word).map(|guest| (guest, word)).or_else(|| self.speaking(word))?,
        };
        let guests = self.reacher.parties(guest, Wanted::Actor);
        let guest = guests.iter().next()?;
        let mention = self.reacher.mentions.all.get(guest.party.mention as usize)?;
        let official = matches!(mention.sector, None | Some(Sector::Gov | Sector::Mil | Sector::Leg | Sector::Igo));
        // Those who are posted where they are do not visit it.
        let posted = |symbol| symbol != 0 && tree.words.posted.contains(&symbol);
        let role = mention.role.as_deref().unwrap_or("");
        let person = mention.role.is_some() && !role.split([' ', '-']).any(|word| posted(self.lexicon.symbol(word)));
        let host = *visited.actors.first()?;
        if !official || !person || visited.actors.len() > 1 || host == guest.party.actor {
            return None;
        }
        let token = |at: u32| tree.document.tokens.get(at as usize).map(|token| token.span);
        let (span, cover) = (token(word)?, token(word)?.cover(token(told)?));
        let party = PartyRef { mention: place, actor: host };
        Some(Match {
            candidate: Candidate {
                sentence: self.sentence,
                trigger: told,
                trigger_span: if cover.len() <= 60 { cover } else { span },
                source: guest.party,
                target: party,
                reciprocal: false,
                act: Act::Consult,
                mode: Some(Mode::Visit),
                contexts: Vec::new(),
                status: None,
                frame: FRAME,
                source_path: guest.reach,
                target_path: Reach::Argument,
                hold: Hold::Firm,
            },
            word,
            kind: Kind::Verb,
            anchors: Anchors::of(word),
            denies: false,
            people: false,
        })
    }

    /// "Was in Skopje on Thursday and *will be in Athens*": the subject that a second place shares with the first.
    fn before_place(&self, word: u32) -> Option<Node> {
        let tree = self.tree;
        let first = tree.head(word).filter(|_| tree.deprel(word) == Deprel::Conj)?;
        let predicate = tree.child(first, |relation| relation == Deprel::Cop).is_some();
        tree.surface_subject(first).filter(|_| predicate && tree.under(first, tree.words.r#in))
    }

    /// "Macron *said* in Bamako": who does something there, and the verb that tells it.
    fn speaking(&self, word: u32) -> Option<(u32, u32)> {
        let tree = self.tree;
        let verb = tree.head(word).filter(|head| tree.deprel(word) == Deprel::Obl && tree.kind(*head) == Some(Kind::Verb))?;
        if tree.is_passive(verb) || self.places_the_object(verb, word) {
            return None;
        }
        let subject = tree.own_subject(verb)?;
        let mention = self.reacher.mentions.all.get(tree.mention(subject)? as usize)?;
        // "Putin met Xi in Samarkand": whose guest neither is is no matter.
        let with = tree.preposition(verb, tree.words.with).next();
        let other = |token: u32| {
            let found = self.reacher.parties_but(token, Wanted::Actor, &self.reacher.parties(subject, Wanted::Actor));
            !found.is_empty() && !self.reacher.parties(word, Wanted::Actor).iter().any(|host| found.holds(host.party.actor))
        };
        let elsewhere = tree.object(verb).map(|object| object.token).into_iter().chain(with).any(other);
        // "Xi and Takaichi smiled at each other in Gyeongju": one of several may be at home.
        let alone = self.reacher.parties(subject, Wanted::Actor).len() == 1;
        (!elsewhere && alone && (mention.kind == MentionKind::Person || mention.name.is_some())).then_some((subject, verb))
    }

    /// "Criticised the government *in Lima*": the place tells whose the object is, unless the verb is one of meeting.
    fn places_the_object(&self, verb: u32, word: u32) -> bool {
        let tree = self.tree;
        let Some(object) = tree.object(verb).map(|object| object.token) else { return false };
        let next = tree.children(word).any(|child| tree.deprel(child) == Deprel::Case && child == object + 1);
        let mention = |at: u32| self.reacher.mentions.all.get(tree.mention(at)? as usize);
        let whose = mention(object).zip(mention(word)).is_some_and(|(whose, place)| {
            whose.name.is_none() && whose.kind == MentionKind::Role && whose.actors == place.actors
        });
        let meets = |reading: &Reading| reading.particle == 0 && self.lexicon.frame(*reading).act == Act::Consult;
        next && whose && !self.lexicon.readings(tree.symbol(verb)).iter().any(meets)
    }

    /// "Pakistani minister in Kabul for talks": who a line without a verb is about.
    fn announced(&self, word: u32) -> Option<u32> {
        let tree = self.tree;
        let verbal = |at: u32| matches!(tree.upos(at), Upos::Verb | Upos::Aux);
        let head = tree.head(word).filter(|head| tree.deprel(word) == Deprel::Nmod && tree.deprel(*head) == Deprel::Root)?;
        // "Xi in Moscow for Victory parade, as Kyiv warns guests": what a mark or "as" sets apart tells something else.
        let apart = |at: u32| matches!(tree.document.lemma(at), "," | ":" | ";" | "as" | "while" | "amid" | "–" | "—");
        let end = self.surface.words().find(|at| *at > word && apart(*at)).unwrap_or(self.surface.words().end);
        (!(self.surface.words().start..end).any(verbal)).then_some(head)
    }
}
