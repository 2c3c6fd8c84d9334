//! The parties of what two do with each other: "Iran and Oman met", "Iran met with Oman", "talks between Iran and Oman", "Russian-Turkish
//! talks".

use super::candidate::Reach;
use super::frame::{Kind, Place, Symbol};
use super::matcher::{Match, Matcher, Site};
use super::ontology::Act;
use super::reach::{Parties, Party, Wanted};
use crate::syntax::{Deprel, Upos};

impl Matcher<'_> {
    /// "X and Y", "X with Y", "between X and Y", "the two countries", "Russian-Turkish".
    pub fn pair_reciprocal(&self, site: &Site<'_>, sources: &Parties, matches: &mut Vec<Match>) {
        let mut others = self.role(&site.frame.target, site, Wanted::Actor, sources);
        others.extend(&self.in_row(&others, sources, None));
        if !sources.is_empty() && !others.is_empty() {
            let binds = site.frame.binds_both() && !self.is_go_between(site, sources, &others);
            for source in sources.iter() {
                for target in others.iter().filter(|target| target.party.actor != source.party.actor) {
                    let mut found = self.candidate(site, source, target);
                    found.candidate.reciprocal = binds;
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
        if group.len() >= 2 && (self.is_for_third(site, &group) || self.is_toward_another(site, &group)) {
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

    /// "Spoke *to the two* by telephone", "met *both leaders*": who turns to two that were told of before goes between them.
    fn is_go_between(&self, site: &Site<'_>, sources: &Parties, others: &Parties) -> bool {
        let mut mentions = others.iter().map(|party| party.party.mention);
        site.frame.act == Act::Consult
            && sources.len() == 1
            && others.len() == 2
            && mentions.next().is_some_and(|one| mentions.all(|other| other == one) && self.surface.is_anaphor(one))
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

    /// "The four closed their borders *to it*", "align themselves *with the declaration*", "are connected *to the grid*": what several do to
    /// a third, or have with a thing, they do not do to each other.
    pub fn is_toward_another(&self, site: &Site<'_>, group: &Parties) -> bool {
        if site.frame.kind != Kind::Verb {
            return false;
        }
        let words = self.tree.words;
        let toward: &[Symbol] = match site.frame.act {
            Act::Sanction | Act::Coerce => &[words.to, words.from, words.against],
            Act::Cooperate => &[words.to, words.with],
            _ => return false,
        };
        let object = self.tree.object(site.word).map(|object| object.token);
        let nominal = |at: &u32| matches!(self.tree.upos(*at), Upos::Noun | Upos::Propn | Upos::Pron);
        toward.iter().any(|preposition| {
            object.into_iter().chain([site.word]).flat_map(|at| self.tree.preposition(at, *preposition)).filter(nominal).any(
                |other| {
                    let there = self.reacher.parties(other, Wanted::Target);
                    let thing = site.frame.act == Act::Cooperate && self.tree.document.lemma(other) != "other";
                    if there.is_empty() { thing } else { there.iter().all(|party| !group.holds(party.party.actor)) }
                },
            )
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
