//! Who was asked, and whose deed it is that another speaks of, where a word only points to it: "at *Vilnius's request* Poland kept the crossing
//! shut", "Uganda sent troops to Juba, *a step that Sudan condemned*".

use super::candidate::Reach;
use super::frame::Kind;
use super::matcher::{Matcher, Site};
use super::ontology::{Act, Mode};
use super::reach::{Parties, Wanted};
use crate::syntax::{Deprel, Upos, Xpos};

/// Words between a comma and the noun that takes up a deed: "*a highly unusual* step".
const OPENING: u32 = 4;

impl Matcher<'_> {
    /// Who answers what a noun names: "rejected *Norway's complaint*", "at *Abidjan's request* the meeting was put off", "acting on a
    /// *request from Kyiv*". The subject of the verb that governs the noun.
    pub fn answering(&self, noun: u32, known: &Parties) -> Parties {
        let mut found = Parties::default();
        let tree = self.tree;
        let words = tree.words;
        let mut phrase = tree.phrase(noun);
        let beside = [words.at, words.upon, words.despite, words.after].into_iter().any(|word| tree.under(phrase, word));
        // "The reopening of two crossings *at Vilnius's request*", "in *response* to": hung on a noun on the way.
        for _ in 0..3 {
            let Some(head) = tree.head(phrase).filter(|head| tree.kind(*head) == Some(Kind::Noun)) else { break };
            let oblique = matches!(tree.deprel(phrase), Deprel::Nmod | Deprel::Obl);
            let response = words.response.contains(&tree.symbol(head)) && tree.under(phrase, words.to) && tree.has_case(head);
            if !oblique || !(beside || response) {
                break;
            }
            phrase = head;
            if response {
                return self.subject_over(phrase, known);
            }
        }
        let Some(verb) = tree.head(phrase).filter(|head| tree.kind(*head) == Some(Kind::Verb)) else { return found };
        let heeded =
            || words.heeding.contains(&tree.symbol(verb)) && (tree.under(phrase, words.on) || tree.under(phrase, words.to));
        let answers = beside
            || match tree.deprel(phrase) {
                Deprel::Obj | Deprel::NsubjPass => words.answering.contains(&tree.symbol(verb)),
                Deprel::Obl => heeded(),
                _ => false,
            };
        if answers {
            found = self.subject_over(phrase, known);
        }
        found
    }

    /// Who acts in the clause that a phrase hangs in.
    fn subject_over(&self, phrase: u32, known: &Parties) -> Parties {
        let mut found = Parties::default();
        let Some(verb) = self.tree.head(phrase).filter(|head| self.tree.kind(*head) == Some(Kind::Verb)) else { return found };
        if let Some(subject) = self.tree.subject(verb) {
            found = self.reacher.parties_but(subject.token, Wanted::Actor, known).at_least(Reach::Near);
        } else if let Some(extent) = self.surface.subject(verb, true) {
            self.take(extent, known, &mut found);
        } else if self.tree.is_passive(verb) {
            // "Was arrested *in Madrid* at Washington's request".
            for place in self.tree.preposition(verb, self.tree.words.r#in) {
                self.reacher.direct(place, &mut found);
            }
            found = found.iter().filter(|party| !known.holds(party.party.actor)).collect::<Parties>().at_least(Reach::Near);
        }
        found
    }

    /// "Oslo noted the sympathy *received* from Lima": by whoever the clause is about.
    pub fn received_by(&self, site: &Site<'_>, known: &Parties) -> Parties {
        let tree = self.tree;
        let phrase = tree.phrase(site.word);
        let received =
            |at: u32| tree.children(at).any(|child| tree.deprel(child) == Deprel::Acl && tree.document.lemma(child) == "receive");
        if site.frame.kind != Kind::Noun || !(received(site.word) || received(phrase)) {
            return Parties::default();
        }
        let subject = tree.subject_above(phrase);
        subject.map_or_else(Parties::default, |subject| {
            self.reacher.parties_but(subject.token, Wanted::Actor, known).at_least(Reach::Near)
        })
    }

    /// Whose deed a third condemns, denies or welcomes where its verb's object takes the deed up: "Uganda sent troops to Juba, *a step* that
    /// Sudan condemned", "accused Cotonou of helping them, *which* Benin denies".
    pub fn reacted_to(&self, site: &Site<'_>, known: &Parties) -> Parties {
        let tree = self.tree;
        let speaks =
            matches!(site.frame.act, Act::Reject | Act::Accuse | Act::Support | Act::Agree) && site.frame.kind == Kind::Verb;
        if !speaks || site.frame.reciprocal {
            return Parties::default();
        }
        let heads = &site.frame.target.heads;
        // "..., *an allegation Beijing denied*", where the parser has two subjects, and the deed below them.
        let mut subjects = tree.children(site.word).filter(|child| tree.deprel(*child) == Deprel::Nsubj);
        if let (Some(first), Some(_)) = (subjects.next(), subjects.next()) {
            let fits = self.takes_up(first) && (heads.is_empty() || tree.among(first, heads));
            let before = tree.children(site.word).find(|child| tree.deprel(*child) == Deprel::Ccomp && *child < first);
            let doer = before.filter(|_| fits).and_then(|deed| tree.subject(deed));
            return doer.map_or_else(Parties::default, |doer| {
                self.reacher.parties_but(doer.token, Wanted::Actor, known).at_least(Reach::Near)
            });
        }
        if !matches!(tree.deprel(site.word), Deprel::AclRelcl | Deprel::Acl) {
            return Parties::default();
        }
        let Some(noun) = tree.head(site.word).filter(|noun| tree.mention(*noun).is_none() && *noun < site.word) else {
            return Parties::default();
        };
        let taken_up = tree.object(site.word).is_some_and(|object| object.token == noun);
        if !heads.is_empty() && !tree.among(noun, heads) {
            return Parties::default();
        }
        let which = || tree.document.lemma(noun + 1) == "," && tree.document.lemma(noun + 2) == "which";
        if !taken_up || !(self.takes_up(noun) || which()) {
            return Parties::default();
        }
        let mut at = noun;
        for _ in 0..4 {
            let Some(head) = tree.head(at) else { break };
            // "Accused Cotonou of letting France train them, which": the whole clause.
            let within = matches!(tree.deprel(head), Deprel::Xcomp | Deprel::Advcl) && !self.surface.is_finite(head);
            if tree.kind(head) == Some(Kind::Verb) && !within {
                let doer = tree.subject(head).map(|subject| subject.token);
                return doer.map_or_else(Parties::default, |doer| {
                    self.reacher.parties_but(doer, Wanted::Actor, known).at_least(Reach::Near)
                });
            }
            at = head;
        }
        Parties::default()
    }

    /// Whether a noun stands behind a comma and calls the clause before it a deed: ", *a step*".
    fn takes_up(&self, noun: u32) -> bool {
        let tree = self.tree;
        if !tree.words.again.contains(&tree.symbol(noun)) {
            return false;
        }
        let inside = |at: &u32| matches!(tree.upos(*at), Upos::Det | Upos::Adj | Upos::Adv | Upos::Noun);
        let opens = (noun.saturating_sub(OPENING)..noun).rev().find(|at| !inside(at));
        opens.is_some_and(|at| {
            at >= self.first && tree.document.lemma(at) == "," && matches!(tree.document.lemma(at + 1), "a" | "an")
        })
    }

    /// ", *prompting* Oslo to close its border": a deed makes another act, and nobody asks.
    pub fn is_caused(&self, word: u32) -> bool {
        let tree = self.tree;
        tree.xpos(word) == Xpos::Vbg
            && word > self.first
            && tree.document.lemma(word - 1) == ","
            && tree.words.causing.contains(&tree.symbol(word))
    }

    /// "Angola's *ambassador* to Lusaka was recalled": by whoever sent him.
    pub fn called_home(&self, site: &Site<'_>) -> Parties {
        let tree = self.tree;
        let mut found = Parties::default();
        if (site.frame.act, site.frame.mode, site.frame.kind) != (Act::Sanction, Some(Mode::Withdraw), Kind::Verb)
            || !tree.is_passive(site.word)
            || tree.agent(site.word).is_some()
        {
            return found;
        }
        let Some(object) = tree.object(site.word).map(|object| tree.core(object.token)) else { return found };
        if tree.words.posted.contains(&tree.symbol(object)) && tree.mention(object).is_some() {
            self.reacher.direct(object, &mut found);
        }
        found.at_least(Reach::Near)
    }
}
