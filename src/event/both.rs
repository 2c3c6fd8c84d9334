//! Who stands outside what two have with each other speaks to both: "Uganda welcomed the deal", "Turkey is ready to mediate", "China urged
//! restraint". Where the discourse gives one of the two as the one who is meant, the other is meant as well.

use super::candidate::PartyRef;
use super::frame::Kind;
use super::matcher::{Match, Matcher, Site};
use super::ontology::Act;
use super::reach::Party;
use crate::syntax::{Deprel, Upos};

/// Words behind a predicate that tell what it is about.
const NEAR: usize = 10;

/// What two have in common that a third speaks of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Common {
    /// A thing that they made together: a deal, a meeting.
    Made,
    /// What they did last, where they did it together: "criticised the plan".
    Done,
    /// Whatever stands between them: a third offers to mediate, asks for calm.
    Between,
}

impl Matcher<'_> {
    /// The other of the two of whom `party` is one, where what `source` does here concerns both.
    pub fn other_side(&self, site: &Site<'_>, source: Party, party: PartyRef, told: &[Match]) -> Option<PartyRef> {
        let common = self.common(site)?;
        let third = source.party.actor;
        let here = told.iter().rev().map(|found| &found.candidate).find_map(|candidate| {
            let (a, b) = (candidate.source, candidate.target);
            let other = match party.actor {
                code if code == a.actor => b,
                code if code == b.actor => a,
                _ => return None,
            };
            (other.actor != third && (candidate.reciprocal || common == Common::Between)).then_some(other)
        });
        if common == Common::Done {
            let last = self.focus.last_told(self.sentence).iter().filter(|told| told.mutual);
            let together = last.filter_map(|told| told.other(party)).find(|other| other.actor != third);
            return here.or(together);
        }
        here.or_else(|| self.focus.beside(party, third, self.sentence, common == Common::Made))
    }

    fn common(&self, site: &Site<'_>) -> Option<Common> {
        let (tree, frame) = (self.tree, site.frame);
        if !matches!(
            frame.act,
            Act::Support | Act::Request | Act::Agree | Act::Consult | Act::Accuse | Act::Reject | Act::Cooperate
        ) || frame.reciprocal
        {
            return None;
        }
        let after = || self.surface.after(site.word).take(NEAR);
        let holds = |list: &[super::frame::Symbol]| {
            site.anchors.tokens().iter().copied().chain(after()).any(|at| list.contains(&tree.symbol(at)))
        };
        if matches!(frame.act, Act::Request | Act::Agree | Act::Consult) {
            return holds(&tree.words.third).then_some(Common::Between);
        }
        let object = tree.object(site.word).map(|object| tree.core(object.token));
        // "Expressed concern about the treaty".
        let about =
            object.into_iter().flat_map(|object| tree.children(object)).filter(|child| tree.deprel(*child) == Deprel::Nmod);
        let named: Vec<u32> = object.into_iter().chain(about).chain(site.anchors.tokens().iter().copied()).collect();
        let made = named.iter().any(|at| tree.words.joint.contains(&tree.symbol(*at)));
        let done = || named.iter().any(|at| tree.words.again.contains(&tree.symbol(*at)) && self.surface.refers_back(*at));
        // "The Americans applauded."
        let bare = || {
            frame.act == Act::Support
                && frame.kind == Kind::Verb
                && object.is_none()
                && after().next().is_none_or(|at| tree.upos(at) == Upos::Punct)
        };
        match made || bare() {
            true => Some(Common::Made),
            false => (frame.act != Act::Cooperate && done()).then_some(Common::Done),
        }
    }
}
