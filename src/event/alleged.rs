//! Deeds that are told as somebody's word: "Seoul said Northern shells had hit the island" accuses the North, whatever the predicate of the
//! deed and however its actor stands in the clause.

use super::candidate::{Hold, Implied};
use super::frame::Kind;
use super::matcher::{Anchors, Match, Matcher};
use super::ontology::{Act, Mode, Status};
use super::reach::Wanted;
use super::tree::DEPTH;
use crate::syntax::Deprel;

pub const FRAME: &str = "another's deed, as somebody tells it";

impl Matcher<'_> {
    /// The accusations that lie in telling `deed`, if it is a hostile one and told as the word of another state.
    pub fn alleged(&self, deed: &Match) -> Vec<Match> {
        let candidate = &deed.candidate;
        let misdeed = match candidate.act {
            Act::Assault | Act::Coerce => true,
            Act::Sanction => deed.kind == Kind::Verb,
            // "Broke the treaty": to say so of another is no less a charge.
            Act::Reject => self.tree.words.breaking.contains(&self.tree.symbol(deed.word)),
            _ => false,
        };
        if !misdeed || candidate.reciprocal || self.is_negated(candidate.trigger) {
            return Vec::new();
        }
        let doer = self.reacher.mentions.all.get(candidate.source.mention as usize).map(|mention| mention.head);
        let Some((verb, subject)) = self.teller(candidate.trigger, doer) else { return Vec::new() };
        // "China cancelled its order, Washington said" reports; "Lima said that Quito had closed the border" charges.
        if candidate.act == Act::Sanction && verb > candidate.trigger {
            return Vec::new();
        }
        let mut found = Vec::new();
        for speaker in self.reacher.parties(subject, Wanted::Actor).iter() {
            if speaker.party.actor == candidate.source.actor {
                continue;
            }
            let span = self.tree.document.tokens.get(verb as usize).map(|token| token.span).unwrap_or_default();
            let cover = span.cover(candidate.trigger_span);
            let mut told = candidate.clone();
            told.trigger = verb;
            told.trigger_span = if cover.len() <= 60 { cover } else { span };
            told.source = speaker.party;
            told.source_path = speaker.reach;
            told.target = candidate.source;
            told.target_path = candidate.source_path;
            told.act = Act::Accuse;
            told.mode = Some(Mode::Allege);
            told.contexts.clear();
            told.status = Some(Implied::AtMost(Status::Occurred));
            told.frame = FRAME;
            told.hold = Hold::Firm;
            found.push(Match {
                candidate: told,
                word: verb,
                kind: Kind::Verb,
                anchors: Anchors::of(verb),
                denies: false,
                people: false,
            });
        }
        found
    }

    /// The verb of telling in whose complement `at` stands, and its subject: "*Seoul said* that shells hit", "shells hit, *Seoul said*",
    /// "according to *Seoul*". `doer` heads the phrase of whoever did it.
    fn teller(&self, at: u32, doer: Option<u32>) -> Option<(u32, u32)> {
        let tree = self.tree;
        let tells = |verb: u32| {
            let told = tree.kind(verb) == Some(Kind::Verb) && tree.words.telling.contains(&tree.symbol(verb));
            let subject = tree.own_subject(verb).filter(|_| told && !self.is_negated(verb))?;
            Some((verb, tree.antecedent(subject)))
        };
        let mut below = tree.phrase(at);
        for _ in 0..DEPTH {
            let beside = tree.children(below).find_map(|child| match tree.deprel(child) {
                // "Jails a journalist; Spain recalls its envoy": what stands behind a semicolon is told for itself.
                Deprel::Parataxis => {
                    let apart = (below.min(child)..below.max(child)).any(|at| tree.document.lemma(at) == ";");
                    tells(child).filter(|_| !apart)
                }
                Deprel::Obl | Deprel::Advcl => self.according(child),
                _ => None,
            });
            if beside.is_some() {
                return beside;
            }
            let head = tree.head(below)?;
            match tree.deprel(below) {
                Deprel::Ccomp => {
                    if let Some(found) = tells(head) {
                        return Some(found);
                    }
                }
                Deprel::Conj | Deprel::Xcomp | Deprel::Obj | Deprel::Nsubj | Deprel::NsubjPass => {}
                // "Said it was Tajik soldiers who had opened fire", and what parsers make of "said Tajik soldiers had opened fire".
                Deprel::AclRelcl if doer == Some(head) => {}
                _ => return None,
            }
            below = head;
        }
        None
    }

    /// "According to *Seoul*": analyses differ in which word governs which.
    fn according(&self, phrase: u32) -> Option<(u32, u32)> {
        let tree = self.tree;
        let accords = |at: u32| tree.words.according.contains(&tree.symbol(at));
        if accords(phrase) {
            let whom =
                tree.children(phrase).find(|child| matches!(tree.deprel(*child), Deprel::Obl | Deprel::Obj | Deprel::Nmod))?;
            return Some((phrase, whom));
        }
        let introduced = tree.children(phrase).find(|child| tree.deprel(*child) == Deprel::Case && accords(*child))?;
        Some((introduced, phrase))
    }
}
