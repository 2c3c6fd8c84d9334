//! Whom a name or a role means by what stands beside it: the authorities on which a state calls are another's, Brussels is Belgium's
//! capital where Belgium is spoken of.

use super::gazetteer::Gazetteer;
use super::lexicon::Class;
use super::memory::{BACK, Memory};
use super::mention::{ActorCode, Mention, MentionKind, Mentions};
use super::phrase::Phrase;
use super::view::View;
use super::words::List;
use crate::syntax::Deprel;

impl Memory {
    /// The actors of the state that says something to those whom `phrase` names: they are not its own. None where a person speaks, who may
    /// well speak to the government of his own.
    pub(super) fn faced(&self, view: View, phrase: &Phrase, out: &Mentions) -> Vec<ActorCode> {
        let Some(token) = view.token(phrase.head) else { return Vec::new() };
        if let Some(guest) = self.sent_for(view, phrase, out) {
            return guest;
        }
        let faces = matches!(token.deprel, Deprel::Obj | Deprel::Iobj | Deprel::Obl) && phrase.name.is_none();
        if !faces || !view.tokens().contains(&token.head) || !view.words.hold(List::Outward, view.document.lemma(token.head)) {
            return Vec::new();
        }
        let doer = view.doer_of(token.head).filter(|doer| *doer != phrase.head).and_then(|doer| self.at(view, doer, out));
        let mention = doer.and_then(|doer| out.all.get(doer as usize));
        let kinds = [MentionKind::State, MentionKind::Place, MentionKind::Organisation];
        mention.filter(|mention| kinds.contains(&mention.kind)).map_or_else(Vec::new, |mention| mention.actors.clone())
    }

    /// "The *Ethiopian envoy* was called to the foreign ministry": whoever is posted abroad is sent for by another state than its own.
    fn sent_for(&self, view: View, phrase: &Phrase, out: &Mentions) -> Option<Vec<ActorCode>> {
        let place = view.token(phrase.head).filter(|token| token.deprel == Deprel::Obl && phrase.class == Class::Body)?;
        let verb = Some(place.head).filter(|verb| view.tokens().contains(verb))?;
        if !view.words.hold(List::Summoning, view.document.lemma(verb)) {
            return None;
        }
        let guest = view.dependent(verb, |deprel| deprel == Deprel::NsubjPass).filter(|guest| *guest < phrase.head)?;
        let mention = out.all.get(self.at(view, guest, out)? as usize)?;
        let role = mention.role.as_deref()?;
        view.words.of(List::Posted).any(|posted| role.ends_with(posted)).then(|| mention.actors.clone())
    }

    /// "The visitor": who was named last of those who are not at home where the text is written.
    pub(super) fn visitor(&self, gazetteer: &Gazetteer, out: &Mentions) -> Option<u32> {
        let home = self.home?;
        let guest = |index: &usize| {
            let person = self.traits.get(*index).is_some_and(|traits| traits.class == Class::Person);
            let foreign = |mention: &Mention| matches!(*mention.actors, [one] if one != home && gazetteer.is_state(one));
            person && out.all.get(*index).is_some_and(foreign)
        };
        (0..out.all.len()).rev().take(BACK).find(guest).map(|index| index as u32)
    }

    /// "Brussels" in an article that speaks of Belgium more than of the Union.
    pub(super) fn settle_seat(&self, gazetteer: &Gazetteer, phrase: &mut Phrase) {
        let (MentionKind::Place, Some(entry)) = (phrase.kind, phrase.among) else { return };
        let Some(own) = gazetteer.entry(entry).members.first().copied() else { return };
        let other = phrase.actors.first().copied().map_or(0, |code| self.named(code));
        if self.named(own) > other {
            phrase.actors = vec![own];
        }
    }
}
