//! "Thanked Japan *for its help*": who is thanked has helped, and who thanks was helped.

use super::candidate::Reach;
use super::frame::Kind;
use super::matcher::Matcher;
use super::reach::{Parties, Wanted};
use crate::syntax::Deprel;

impl Matcher<'_> {
    /// Who helped and who was helped, where `noun` is what one thanks the other for.
    pub fn thanked(&self, noun: u32) -> Option<[Parties; 2]> {
        let tree = self.tree;
        let phrase = tree.phrase(noun);
        let word = tree.head(phrase).filter(|_| tree.under(phrase, tree.words.r#for))?;
        if !matches!(tree.deprel(phrase), Deprel::Obl | Deprel::Nmod) {
            return None;
        }
        // "Expressed its gratitude to Japan for": the phrase hangs on the noun or on its verb.
        let thanks = |at: u32| tree.words.thanking.contains(&tree.symbol(at));
        let object = tree.object(word).map(|object| object.token);
        let (word, object) = match object.filter(|object| thanks(*object)) {
            Some(object) => (object, None),
            None => (word, object),
        };
        if !thanks(word) {
            return None;
        }
        let carrier = tree.head(word).filter(|head| tree.kind(*head) == Some(Kind::Verb));
        let thanker = match tree.kind(word)? {
            Kind::Verb => tree.surface_subject(word),
            Kind::Adjective => tree.surface_subject(word),
            Kind::Noun => carrier.and_then(|verb| tree.surface_subject(verb)),
        };
        let to = || {
            let own = tree.preposition(word, tree.words.to).next();
            own.or_else(|| carrier.and_then(|verb| tree.preposition(verb, tree.words.to).next()))
        };
        let helper = if tree.kind(word) == Some(Kind::Verb) { object } else { to() };
        let parties = |token: u32| self.reacher.parties(token, Wanted::Actor).at_least(Reach::Near);
        let [helper, helped] = [parties(helper?), parties(thanker?.token)];
        (!helper.is_empty() && !helped.is_empty()).then_some([helper, helped])
    }
}
