//! Morphological features that event coding reads: tense, voice, number, finiteness, negation.

use super::document::Document;
use super::scheme::{Deprel, Feats, Upos, Xpos};

/// Morphological features, from the Penn tag, the lemma and the relations around the word.
pub fn of(document: &Document, at: u32, sentence: &std::ops::Range<u32>) -> Feats {
    let token = document.tokens[at as usize];
    let mut feats = match token.xpos {
        Xpos::Vbd => Feats::PAST.with(Feats::FINITE),
        Xpos::Vbn => Feats::PAST.with(Feats::PARTICIPLE),
        Xpos::Vbg => Feats::PRESENT.with(if token.upos == Upos::Noun { Feats::GERUND } else { Feats::PARTICIPLE }),
        Xpos::Vbz => Feats::PRESENT.with(Feats::FINITE).with(Feats::SINGULAR),
        Xpos::Vbp => Feats::PRESENT.with(Feats::FINITE),
        Xpos::Vb => Feats::INFINITIVE,
        Xpos::Md => Feats::FINITE,
        Xpos::Nn | Xpos::Nnp => Feats::SINGULAR,
        Xpos::Nns | Xpos::Nnps => Feats::PLURAL,
        Xpos::Pos | Xpos::Prps | Xpos::Wps => Feats::POSSESSIVE,
        _ => Feats::default(),
    };
    if matches!(document.lemma(at), "not" | "n't" | "no" | "never" | "neither" | "nor") {
        feats = feats.with(Feats::NEGATIVE);
    }
    // A passive shows in its dependents; they stand close by, and a bound keeps long sentences linear.
    const REACH: u32 = 40;
    if token.xpos == Xpos::Vbn {
        let near = at.saturating_sub(REACH).max(sentence.start)..(at + REACH).min(sentence.end);
        let passive = |other: u32| {
            let other = &document.tokens[other as usize];
            other.head == at && matches!(other.deprel, Deprel::AuxPass | Deprel::NsubjPass | Deprel::CsubjPass | Deprel::OblAgent)
        };
        if matches!(token.deprel, Deprel::Acl) || near.into_iter().any(passive) {
            feats = feats.with(Feats::PASSIVE);
        }
    }
    feats
}
