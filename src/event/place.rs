//! [`Places`]: where an act took place: the place that hangs on it in the tree, else for a visit the country visited and for an attack the
//! place attacked. A dateline says where the report was written, so it is not used. Prepositions: `config/lexicon/where.tsv`.

use super::candidate::{Candidate, Reach};
use super::clause::Clauses;
use super::ontology::{Act, Mode};
use super::record::Place;
use crate::actor::{Mention, MentionKind};
use crate::article::Article;
use crate::lexicon::{self, LexiconError};
use crate::syntax::Deprel;

/// Steps down from the trigger in which a place still belongs to it: "attended the summit *held* in *Islamabad*".
const BELOW: usize = 3;

/// Of which acts a preposition says where they took place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Anything,
    /// What is done on the spot.
    Ground,
}

/// The words of `where.tsv`.
pub(super) struct Places {
    prepositions: Vec<(&'static str, Of)>,
}

impl Places {
    pub fn embedded() -> Result<Self, LexiconError> {
        let mut prepositions = Vec::new();
        for row in lexicon::rows("where.tsv", include_str!("../../config/lexicon/where.tsv"), 2)? {
            let of = row.parse(1, "`anywhere` or `ground`", |text| match text {
                "anywhere" => Some(Of::Anything),
                "ground" => Some(Of::Ground),
                _ => None,
            })?;
            if !row.example.split(|c: char| !c.is_alphanumeric()).any(|word| word == row.fields[0]) {
                return Err(row.error(format!("the example does not hold `{}`", row.fields[0])));
            }
            prepositions.push((row.fields[0], of));
        }
        Ok(Self { prepositions })
    }

    /// `mentions` are those of the sentence; `source` and `target` are the mentions of the two parties.
    pub fn read(
        &self,
        article: &Article,
        clauses: &Clauses<'_>,
        candidate: &Candidate,
        mentions: &[Mention],
        [source, target]: [&Mention; 2],
    ) -> Option<Place> {
        // Those who speak by telephone are in two places.
        if candidate.mode == Some(Mode::Phone) {
            return None;
        }
        let found = self.located(clauses, candidate, mentions, [source, target]);
        let named = matches!(candidate.target_path, Reach::Argument | Reach::Inside);
        let struck = candidate.act == Act::Assault && !candidate.reciprocal && named;
        let struck = struck || candidate.mode == Some(Mode::Visit);
        let mention = found.or_else(|| (struck && geographic(target)).then_some(target))?;
        let country = mention.actors.first().map(|code| code.to_string());
        Some(Place { country, text: mention.span.of(&article.text).to_owned() })
    }

    /// The nearest place below the trigger, then below the verb that carries it.
    fn located<'m>(
        &self,
        clauses: &Clauses<'_>,
        candidate: &Candidate,
        mentions: &'m [Mention],
        [source, target]: [&Mention; 2],
    ) -> Option<&'m Mention> {
        let trigger = candidate.trigger;
        let carrier = (!clauses.is_verb(trigger)).then(|| clauses.head(trigger)).flatten().filter(|head| clauses.is_verb(*head));
        let ground = matches!(candidate.act, Act::Assault | Act::Coerce | Act::Mobilize | Act::Protest | Act::Aid);
        let says_where = |marker: u32| {
            let known = self.prepositions.iter().find(|(word, _)| *word == clauses.lemma(marker));
            known.is_some_and(|(_, of)| *of == Of::Anything || ground)
        };
        let placed = |at: u32| mentions.iter().find(|mention| geographic(mention) && mention.head == at);
        [Some(trigger), carrier].into_iter().flatten().find_map(|top| {
            let mut level = vec![top];
            for _ in 0..BELOW {
                let mut next = Vec::new();
                for at in &level {
                    for child in clauses.children(*at) {
                        match clauses.deprel(child) {
                            Deprel::Obl | Deprel::Nmod | Deprel::OblUnmarked => {
                                let mention = placed(child).filter(|_| clauses.markers(child).any(says_where));
                                if mention.is_some() {
                                    return mention;
                                }
                                // What stands inside the doer is where it is from: "the embassy in Tallinn".
                                if !clauses.token(child).is_some_and(|token| source.span.contains(token.span)) {
                                    next.push(child);
                                }
                            }
                            // "The Istanbul talks".
                            Deprel::Compound if *at == trigger && !clauses.is_verb(trigger) => {
                                let mention = placed(child).filter(|mention| mention.kind == MentionKind::Place);
                                let party = |mention: &&Mention| [source, target].iter().any(|party| party.span == mention.span);
                                if let Some(mention) = mention.filter(|mention| !party(mention)) {
                                    return Some(mention);
                                }
                            }
                            Deprel::Obj | Deprel::Acl | Deprel::Xcomp => next.push(child),
                            _ => {}
                        }
                    }
                }
                level = next;
            }
            None
        })
    }
}

fn geographic(mention: &Mention) -> bool {
    matches!(mention.kind, MentionKind::State | MentionKind::Place)
}

#[cfg(test)]
mod tests {
    use super::Places;

    #[test]
    fn every_preposition_is_shown_in_a_sentence() {
        let places = Places::embedded().unwrap_or_else(|error| panic!("{error}"));
        assert!(places.prepositions.len() > 10);
    }
}
