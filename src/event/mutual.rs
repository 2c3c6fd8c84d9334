//! The parties of what two do with each other: "Iran and Oman met", "Iran met with Oman", "talks between Iran and Oman", "Russian-Turkish
//! talks".

use super::candidate::Reach;
use super::frame::{Kind, Place};
use super::matcher::{Match, Matcher, Site};
use super::ontology::Act;
use super::reach::{Parties, Party, Wanted};
use crate::syntax::Deprel;

impl Matcher<'_> {
    /// "X and Y", "X with Y", "between X and Y", "the two countries", "Russian-Turkish".
    pub fn pair_reciprocal(&self, site: &Site<'_>, sources: &Parties, matches: &mut Vec<Match>) {
        let mut others = self.role(&site.frame.target, site, Wanted::Actor, sources);
        others.extend(&self.in_row(&others, sources, None));
        if !sources.is_empty() && !others.is_empty() {
            for source in sources.iter() {
                for target in others.iter().filter(|target| target.party.actor != source.party.actor) {
                    let mut found = self.candidate(site, source, target);
                    found.candidate.reciprocal = site.frame.binds_both();
                    matches.push(found);
                }
            }
            // "Sri Lanka and the Emirates sign a deal with India": all of them with each other.
            if site.frame.kind == Kind::Verb && matches!(site.frame.act, Act::Cooperate | Act::Support) {
                let named = |party: &Party| party.reach == Reach::Argument;
                for (at, one) in sources.iter().enumerate().filter(|(_, one)| named(one)) {
                    for other in sources.iter().skip(at + 1).filter(named) {
                        matches.push(self.candidate(site, one, other));
                    }
                }
            }
            return;
        }
        // What a frame asks of the other's phrase must be there: "served alongside the Congolese *army*".
        if !site.frame.target.heads.is_empty() {
            return;
        }
        let mut group = Parties::default();
        for preposition in [self.tree.words.between, self.tree.words.among] {
            self.each(Place::Preposition(preposition), site, &mut |node| {
                group.extend(&self.reacher.parties(node.token, Wanted::Actor));
            });
        }
        if group.len() < 2 {
            group = *sources;
        }
        if group.len() >= 2 && self.gives(site) {
            return;
        }
        if group.len() >= 2 && self.is_for_third(site, &group) {
            return;
        }
        let subjectless = site.frame.kind != Kind::Verb || self.tree.surface_subject(site.word).is_none();
        if group.len() < 2 && site.anchors.tokens().len() > 1 && subjectless {
            group = Parties::default();
            let of = Place::Preposition(self.tree.words.of);
            for place in [Place::Possessor, Place::Modifier, of] {
                self.each(place, site, &mut |node| group.extend(&self.reacher.parties(node.token, Wanted::Actor)));
            }
        }
        // "Exercises *by* American and Korean forces".
        if group.is_empty() && site.frame.kind == Kind::Noun {
            self.each(Place::Preposition(self.tree.words.by), site, &mut |node| {
                group.extend(&self.reacher.parties(node.token, Wanted::Actor));
            });
        }
        for (at, source) in group.iter().enumerate() {
            for target in group.iter().skip(at + 1) {
                matches.push(self.candidate(site, source, target));
            }
        }
    }

    /// "Cuba and Venezuela have built works *in Haiti*": what two build in a third's land they build for it.
    fn is_for_third(&self, site: &Site<'_>, group: &Parties) -> bool {
        if (site.frame.act, site.frame.kind) != (Act::Cooperate, Kind::Verb) {
            return false;
        }
        let object = self.tree.object(site.word).map(|object| object.token);
        let words = self.tree.words;
        [words.r#in, words.r#for].into_iter().any(|preposition| {
            object.into_iter().chain([site.word]).flat_map(|at| self.tree.preposition(at, preposition)).any(|place| {
                let there = self.reacher.parties(place, Wanted::Target);
                !there.is_empty() && there.iter().all(|party| !group.holds(party.party.actor))
            })
        })
    }

    /// "France, Portugal and Germany have agreed to receive half of the group": what each gives, it gives to a third.
    pub fn gives(&self, site: &Site<'_>) -> bool {
        let giving = |clause: u32| {
            self.tree.words.giving.contains(&self.tree.symbol(clause))
                && self.tree.child(clause, |relation| relation == Deprel::Obj).is_some()
        };
        let back = |clause: u32| {
            self.tree.words.taking.contains(&self.tree.symbol(clause))
                && self.tree.child(clause, |relation| relation == Deprel::CompoundPrt).is_some()
        };
        site.frame.act == Act::Agree
            && site.frame.kind == Kind::Verb
            && self
                .tree
                .clauses(site.word)
                .any(|clause| self.tree.deprel(clause) == Deprel::Xcomp && (giving(clause) || back(clause)))
    }
}
