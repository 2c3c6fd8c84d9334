//! The party that a noun leaves to the clause it hangs in: "got out *with Egyptian help*", "landed *over Indian objections*", "stayed away *in
//! solidarity with Oslo*", "protested against the capture of fishermen by Qatar". And the one that a reply leaves to what it answers: "Malta
//! made an offer, but Italy turned *the offer* down".

use super::candidate::{PartyRef, Reach};
use super::frame::Kind;
use super::matcher::{Match, Matcher, Site};
use super::ontology::Act;
use super::reach::{Parties, Party, Wanted};
use crate::syntax::Deprel;

/// Sentences back in which what is answered was told.
const BACK: u32 = 1;

impl Matcher<'_> {
    /// Who acts in the clause that the noun hangs in, where the noun is done to him.
    pub fn done_to(&self, site: &Site<'_>, known: &Parties) -> Parties {
        let (tree, words) = (self.tree, self.tree.words);
        let phrase = tree.phrase(site.word);
        let under = |preposition| tree.under(phrase, preposition);
        let verb = tree.head(phrase).filter(|head| tree.kind(*head) == Some(Kind::Verb));
        let hung = site.frame.kind == Kind::Noun
            && match site.frame.act {
                Act::Aid | Act::Support => under(words.with) && words.helping.contains(&tree.symbol(site.word)),
                Act::Reject | Act::Accuse => under(words.over) || under(words.despite),
                Act::Assault | Act::Coerce => {
                    verb.is_some_and(|verb| matches!(tree.document.lemma(verb), "protest" | "complain"))
                }
                _ => false,
            };
        if hung { self.acting_above(phrase, known) } else { Parties::default() }
    }

    /// The same where the noun is what he does.
    pub fn done_by(&self, site: &Site<'_>, known: &Parties) -> Parties {
        let (tree, words) = (self.tree, self.tree.words);
        let phrase = tree.phrase(site.word);
        let out = || tree.under(phrase, words.of) && tree.children(phrase).any(|child| tree.document.lemma(child) == "out");
        let hung = (site.frame.kind, site.frame.act) == (Kind::Noun, Act::Support) && (tree.under(phrase, words.r#in) || out());
        if hung { self.acting_above(phrase, known) } else { Parties::default() }
    }

    fn acting_above(&self, phrase: u32, known: &Parties) -> Parties {
        let subject = self.tree.subject_above(phrase);
        subject.map_or_else(Parties::default, |subject| {
            let found = self.reacher.parties_but(subject.token, Wanted::Actor, known);
            found.iter().filter(|party| !known.holds(party.party.actor)).collect::<Parties>().at_least(Reach::Near)
        })
    }

    /// "China lifted a ban *imposed* in 2023 on Japanese fish": whoever lifts it had imposed it.
    pub fn lifted_by(&self, site: &Site<'_>, told: &[Match]) -> Option<[Party; 2]> {
        let tree = self.tree;
        let participle = tree.deprel(site.word) == Deprel::Acl && tree.is_passive(site.word) && tree.agent(site.word).is_none();
        if (site.frame.act, site.frame.kind) != (Act::Sanction, Kind::Verb) || !participle {
            return None;
        }
        let noun = tree.head(site.word)?;
        let verb =
            if tree.deprel(noun) == Deprel::Nmod { tree.head(noun).and_then(|above| tree.head(above)) } else { tree.head(noun) };
        let lifted = |found: &&Match| {
            matches!(found.candidate.act, Act::Retreat | Act::Concede)
                && (Some(found.word) == verb || found.anchors.tokens().contains(&noun))
        };
        let Match { candidate, .. } = told.iter().rev().find(lifted)?;
        let party = |party: PartyRef| Party { party, reach: Reach::Near };
        Some([party(candidate.source), party(candidate.target)])
    }

    /// Who made what is answered: of "*the offer*" the last who offered, of "*the charge*" the last who accused.
    pub fn maker(&self, site: &Site<'_>, known: &Parties, told: &[Match]) -> Parties {
        let tree = self.tree;
        let answers = matches!(site.frame.act, Act::Reject | Act::Agree | Act::Concede | Act::Support);
        let object = tree.object(site.word).map(|object| tree.core(object.token));
        let Some(noun) = object.filter(|_| answers && site.frame.kind == Kind::Verb) else { return Parties::default() };
        let heads = &site.frame.target.heads;
        let definite = tree.children(noun).any(|child| {
            tree.deprel(child) == Deprel::Det && matches!(tree.document.lemma(child), "the" | "this" | "that" | "these" | "those")
        });
        if !definite || tree.mention(noun).is_some() || !(heads.is_empty() || tree.among(noun, heads)) {
            return Parties::default();
        }
        let readings = self.lexicon.readings(tree.symbol(noun));
        let acts = |act: Act| {
            let mut named = readings.iter().map(|reading| self.lexicon.frame(*reading));
            matches!(act, Act::Agree | Act::Request | Act::Accuse | Act::Threaten)
                && named.any(|frame| frame.kind == Kind::Noun && frame.act == act)
        };
        let here = told.iter().rev().filter(|found| found.word < site.word).map(|found| &found.candidate);
        let here = here.map(|candidate| (candidate.act, candidate.source, candidate.reciprocal));
        let recent = self.focus.told().iter().rev().take_while(|told| told.sentence + BACK >= self.sentence);
        let before = recent.map(|told| (told.act, told.source, told.mutual));
        let made = |(act, source, mutual): &(Act, PartyRef, bool)| acts(*act) && !mutual && !known.holds(source.actor);
        let maker = here.chain(before).find(made).map(|(_, source, _)| source);
        maker.into_iter().map(|party| Party { party, reach: Reach::Discourse }).collect()
    }
}
