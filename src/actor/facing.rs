//! Whom a name or a role means by what stands beside it: the authorities on which a state calls are another's, Brussels is Belgium's
//! capital where Belgium is spoken of.

use super::gazetteer::Gazetteer;
use super::memory::Memory;
use super::mention::{ActorCode, MentionKind, Mentions};
use super::phrase::Phrase;
use super::view::View;
use super::words::List;
use crate::syntax::Deprel;

impl Memory {
    /// The actors of the state that says something to those whom `phrase` names: they are not its own. None where a person speaks, who may
    /// well speak to the government of his own.
    pub(super) fn faced(&self, view: View, phrase: &Phrase, out: &Mentions) -> Vec<ActorCode> {
        let Some(token) = view.token(phrase.head) else { return Vec::new() };
        let faces = matches!(token.deprel, Deprel::Obj | Deprel::Iobj | Deprel::Obl) && phrase.name.is_none();
        if !faces || !view.tokens().contains(&token.head) || !view.words.hold(List::Outward, view.document.lemma(token.head)) {
            return Vec::new();
        }
        let doer = view.doer_of(token.head).filter(|doer| *doer != phrase.head).and_then(|doer| self.at(view, doer, out));
        let mention = doer.and_then(|doer| out.all.get(doer as usize));
        let kinds = [MentionKind::State, MentionKind::Place, MentionKind::Organisation];
        mention.filter(|mention| kinds.contains(&mention.kind)).map_or_else(Vec::new, |mention| mention.actors.clone())
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
