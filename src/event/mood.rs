//! How the clause of a predicate is told, for frames that hold in one mood only: "will *not* return the file" is a refusal and "*will*
//! respond" a threat, where "returned the file" and "responded" are neither.

use super::cues::Roles;
use super::frame::Mood;
use super::matcher::{Matcher, Site};
use super::tree::Tree;
use crate::syntax::{Deprel, Xpos};

/// Governors that are followed: "does *not* want to be seen to give way".
const ABOVE: usize = 3;

impl Matcher<'_> {
    /// Whether the clause is told as the frame asks.
    pub fn has_mood(&self, site: &Site<'_>) -> bool {
        match site.frame.mood {
            None => true,
            Some(Mood::Negated) => {
                site.anchors.tokens().iter().any(|anchor| self.is_none(*anchor))
                    || self.above(site).any(|verb| self.is_negated(verb))
            }
            Some(Mood::Ahead) => self.above(site).any(|verb| self.is_ahead(verb)),
        }
    }

    /// The predicate's words, and what governs it as an infinitive.
    fn above(&self, site: &Site<'_>) -> impl Iterator<Item = u32> {
        let tree = self.tree;
        let controlled = |at: u32| tree.head(at).filter(|_| tree.deprel(at) == Deprel::Xcomp);
        let governors: Vec<u32> = std::iter::successors(controlled(site.word), |at| controlled(*at)).take(ABOVE).collect();
        site.anchors.tokens().to_vec().into_iter().chain(governors)
    }

    /// "No reason", "nothing".
    fn is_none(&self, token: u32) -> bool {
        let tree = self.tree;
        self.roles(token).has(Roles::NOBODY)
            || tree.children(token).any(|child| tree.deprel(child) == Deprel::Det && self.roles(child).has(Roles::NO))
    }

    fn roles(&self, at: u32) -> Roles {
        self.cues.of(self.tree.document.lemma(at))
    }

    pub fn is_negated(&self, verb: u32) -> bool {
        let tree = self.tree;
        tree.children(verb).any(|child| match tree.deprel(child) {
            Deprel::Advmod | Deprel::Aux | Deprel::Cc | Deprel::CcPreconj | Deprel::Mark => {
                let roles = self.roles(child);
                roles.has(Roles::NEGATE.or(Roles::WITHOUT))
                    || (roles.has(Roles::LONGER) && tree.children(child).any(|part| self.roles(part).has(Roles::NO)))
            }
            Deprel::Nsubj | Deprel::NsubjPass | Deprel::Obj => self.is_none(child),
            _ => false,
        })
    }

    fn is_ahead(&self, verb: u32) -> bool {
        let tree = self.tree;
        let modal = |child: u32| {
            tree.deprel(child) == Deprel::Aux && tree.xpos(child) == Xpos::Md && self.roles(child).has(Roles::COMING)
        };
        // "China *to retaliate* if blacklisted": a headline.
        let headline = || tree.is_infinitive(verb) && tree.deprel(verb) == Deprel::Root && tree.own_subject(verb).is_some();
        tree.children(verb).any(modal) || self.roles(verb).has(Roles::READY) || headline()
    }
}

impl Tree<'_> {
    /// Whether the clause tells what is to be done: "that Spain *return* the file", "that the file *be* returned".
    pub fn is_subjunctive(&self, verb: u32) -> bool {
        // "That Armenia *amend* its constitution", which a tagger takes for a plural's present.
        let single = |at: u32| {
            let subject = self.own_subject(at).filter(|subject| matches!(self.xpos(*subject), Xpos::Nnp | Xpos::Nn));
            let joined = |subject| self.child(subject, |relation| relation == Deprel::Conj).is_some();
            self.xpos(at) == Xpos::Vbp && subject.is_some_and(|subject| !joined(subject))
        };
        let bare = |at: u32| self.xpos(at) == Xpos::Vb || single(at);
        let auxiliary = |relation: Deprel| matches!(relation, Deprel::Aux | Deprel::AuxPass | Deprel::Cop);
        match self.child(verb, auxiliary) {
            Some(auxiliary) => bare(auxiliary),
            None => bare(verb),
        }
    }
}
