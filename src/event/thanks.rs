//! "Thanked Japan *for its help*": who is thanked has helped, and who thanks was helped.

use super::candidate::Reach;
use super::focus::Told;
use super::frame::Kind;
use super::matcher::{Match, Matcher, Site};
use super::ontology::Act;
use super::reach::{Parties, Party, Wanted};
use crate::syntax::Deprel;

impl Matcher<'_> {
    /// Who did what one is thanked for, and to whom: a noun, "for its *help*", or a participle without an agent, "for the tents *sent* in May".
    pub fn thanked_for(&self, site: &Site<'_>, told: &[Match]) -> Option<[Parties; 2]> {
        let tree = self.tree;
        match (site.frame.kind, site.frame.act) {
            (Kind::Noun, Act::Aid | Act::Support) if site.frame.target.heads.is_empty() => {
                self.thanked(site.word, told).filter(|pair| !self.is_told(site.frame.act, pair))
            }
            (Kind::Verb, Act::Aid | Act::Support | Act::Cooperate | Act::Agree | Act::Consult | Act::Retreat) => {
                let noun = match tree.deprel(site.word) {
                    Deprel::Acl => tree.head(site.word)?,
                    // "For the tents *handed* over", hung on the thanks.
                    Deprel::Advcl => site.word.checked_sub(1).filter(|noun| tree.kind(*noun) == Some(Kind::Noun))?,
                    _ => return None,
                };
                if !tree.is_passive(site.word) || tree.agent(site.word).is_some() {
                    return None;
                }
                self.thanked(noun, told)
            }
            _ => None,
        }
    }

    /// Whether the help that one thanks for was told before.
    fn is_told(&self, act: Act, [helper, helped]: &[Parties; 2]) -> bool {
        let same = |told: &Told| told.act == act && helper.holds(told.source.actor) && helped.holds(told.target.actor);
        self.focus.told().iter().any(same)
    }

    /// Who helped and who was helped, where `noun` is what one thanks the other for.
    fn thanked(&self, noun: u32, told: &[Match]) -> Option<[Parties; 2]> {
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
            Kind::Verb => tree.subject(word),
            Kind::Adjective => tree.surface_subject(word),
            Kind::Noun => carrier.and_then(|verb| tree.surface_subject(verb)),
        };
        let to = || {
            let own = tree.preposition(word, tree.words.to).next();
            own.or_else(|| carrier.and_then(|verb| tree.preposition(verb, tree.words.to).next()))
        };
        let helper = if tree.kind(word) == Some(Kind::Verb) { object } else { to() };
        let parties = |token: u32| self.reacher.parties(token, Wanted::Actor).at_least(Reach::Near);
        let found = helper.zip(thanker).map(|(helper, thanker)| [parties(helper), parties(thanker.token)]);
        let named = found.filter(|[helper, helped]| !helper.is_empty() && !helped.is_empty());
        named.or_else(|| self.thanked_before(word, told))
    }

    /// Whom the thanks, where they leave it out, were told to go to.
    fn thanked_before(&self, word: u32, told: &[Match]) -> Option<[Parties; 2]> {
        let here = |found: &&Match| found.candidate.act == Act::Support && found.anchors.tokens().contains(&word);
        let (mut helper, mut helped) = (Parties::default(), Parties::default());
        for Match { candidate, .. } in told.iter().filter(here) {
            helper.push(Party { party: candidate.target, reach: candidate.target_path.max(Reach::Near) });
            helped.push(Party { party: candidate.source, reach: candidate.source_path.max(Reach::Near) });
        }
        (!helper.is_empty() && !helped.is_empty()).then_some([helper, helped])
    }
}
