//! What one binds oneself to: "offered to *mediate*" and "an invitation to *visit* Rome" each tell one act, not two.

use super::matcher::{Anchors, Matcher};
use crate::syntax::Deprel;

impl Matcher<'_> {
    /// `anchors` with the words that say what is offered, promised or invited to.
    pub fn bound(&self, mut anchors: Anchors) -> Anchors {
        for anchor in anchors.tokens().to_vec() {
            for child in self.tree.children(anchor) {
                let complement = match self.tree.deprel(child) {
                    Deprel::Xcomp | Deprel::Ccomp => true,
                    Deprel::Advcl | Deprel::Acl => self.tree.is_infinitive(child),
                    _ => false,
                };
                if complement {
                    anchors.push(child);
                }
            }
        }
        anchors
    }
}
