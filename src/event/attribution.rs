//! [`Speaker`]: who says so. The subject of the reporting verb above an act, "according to" somebody, else the paper itself.

use super::clause::Clauses;
use super::cues::{Cues, Roles};
use super::record::{Attribution, AttributionKind};
use crate::actor::{Mention, MentionKind};
use crate::article::Article;
use crate::span::Span;
use crate::syntax::{Deprel, Upos};

/// Longest text of a speaker, in bytes; beyond it the head word alone is given.
const LONGEST: usize = 100;

/// Who reports an act: the head of the phrase that names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Speaker {
    pub head: u32,
}

/// The speaker nearest above `trigger`.
pub(super) fn speaker(clauses: &Clauses<'_>, cues: &Cues, trigger: u32) -> Option<Speaker> {
    let mut below = trigger;
    for at in std::iter::once(trigger).chain(clauses.ancestors(trigger)) {
        let says = cues.of(clauses.lemma(at)).has(Roles::SAY) && clauses.is_verb(at);
        // The act is inside what is said, not the saying itself.
        let inside =
            matches!(clauses.deprel(below), Deprel::Ccomp | Deprel::Parataxis | Deprel::Xcomp | Deprel::Obj | Deprel::Conj);
        if at != trigger
            && says
            && inside
            && let Some(subject) = clauses.subject(at)
            && !clauses.within(trigger, subject)
        {
            return Some(Speaker { head: antecedent(clauses, subject) });
        }
        for child in clauses.children(at).filter(|child| *child != below) {
            if let Some(head) = beside(clauses, cues, child) {
                return Some(Speaker { head });
            }
        }
        below = at;
    }
    None
}

/// "…, Lavrov said" and "according to Lavrov" beside a clause.
fn beside(clauses: &Clauses<'_>, cues: &Cues, child: u32) -> Option<u32> {
    match clauses.deprel(child) {
        Deprel::Parataxis if cues.of(clauses.lemma(child)).has(Roles::SAY) => clauses.subject(child),
        Deprel::Obl | Deprel::Nmod | Deprel::Advcl => {
            // Analyses of "according to X" differ in which word governs which.
            let introduced =
                clauses.markers(child).any(|marker| clauses.lemma(marker) == "accord" || clauses.lemma(marker) == "according");
            introduced.then_some(child)
        }
        // But "the accord" is a treaty.
        _ if matches!(clauses.lemma(child), "accord" | "according") && clauses.upos(child) != Upos::Noun => {
            clauses.child(child, |relation| matches!(relation, Deprel::Obl | Deprel::Nmod | Deprel::Obj))
        }
        _ => None,
    }
}

/// "…, who said": the noun that the clause describes.
fn antecedent(clauses: &Clauses<'_>, subject: u32) -> u32 {
    let relative = matches!(clauses.lemma(subject), "who" | "which" | "that") && clauses.upos(subject) != Upos::Noun;
    let clause = clauses.ancestors(subject).find(|at| clauses.deprel(*at) == Deprel::AclRelcl);
    match clause.filter(|_| relative).and_then(|clause| clauses.head(clause)) {
        Some(noun) => noun,
        None => subject,
    }
}

/// The attribution of an act told by `speaker`. `mentions` are those of the sentence.
pub(super) fn attribution(
    article: &Article,
    clauses: &Clauses<'_>,
    cues: &Cues,
    speaker: Option<Speaker>,
    mentions: &[Mention],
) -> Option<Attribution> {
    let Some(Speaker { head }) = speaker else {
        let text = article.publisher.clone();
        return Some(Attribution { kind: AttributionKind::Publisher, text });
    };
    let phrase = clauses.phrase(head);
    let own = clauses.token(head).map_or(Span::default(), |token| token.span);
    let mention = mentions.iter().find(|mention| mention.head == head || mention.span.contains(own));
    let proper = clauses
        .tokens()
        .filter(|at| clauses.upos(*at) == Upos::Propn && clauses.token(*at).is_some_and(|token| phrase.contains(token.span)))
        .any(|at| at == head || matches!(clauses.deprel(at), Deprel::Flat | Deprel::Appos));
    let named = mention
        .is_some_and(|mention| mention.name.is_some() || !matches!(mention.kind, MentionKind::Role | MentionKind::Demonym));
    let anonymous =
        cues.of(clauses.lemma(head)).has(Roles::ANONYMOUS) && !proper && mention.is_none_or(|mention| mention.name.is_none());
    let kind = match anonymous {
        true => AttributionKind::Anonymous,
        // Institutions and spokesmen answer for what they say; "they" and "it" are not known to.
        false if named || proper || clauses.upos(head) != Upos::Pron => AttributionKind::Named,
        false => AttributionKind::Anonymous,
    };
    let span = match mention {
        Some(mention) => mention.span,
        None if phrase.len() <= LONGEST => phrase,
        None => own,
    };
    let text = span.of(&article.text);
    // An anaphor's name says more than "he".
    let text = match mention.filter(|mention| mention.kind == MentionKind::Anaphor).and_then(|mention| mention.name.clone()) {
        Some(name) => name,
        None => text.to_owned(),
    };
    Some(Attribution { kind, text: (!text.is_empty()).then_some(text) })
}
