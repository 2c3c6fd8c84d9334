//! Where an act took place: the place that hangs on it in the tree, else for a visit the country visited. A dateline says where the
//! report was written, so it is not used.

use super::candidate::Candidate;
use super::clause::Clauses;
use super::ontology::Mode;
use super::record::Place;
use crate::actor::{Mention, MentionKind};
use crate::article::Article;
use crate::syntax::Deprel;

/// Steps down from the trigger in which a place still belongs to it: "attended the summit *held* in *Islamabad*".
const BELOW: usize = 3;

const WHERE: [&str; 9] = ["in", "at", "near", "inside", "across", "outside", "off", "on", "over"];

/// `mentions` are those of the sentence; `target` is the mention acted upon.
pub(super) fn place(
    article: &Article,
    clauses: &Clauses<'_>,
    candidate: &Candidate,
    mentions: &[Mention],
    target: &Mention,
) -> Option<Place> {
    let found = located(clauses, candidate.trigger, mentions);
    let visited = || (candidate.mode == Some(Mode::Visit) && geographic(target)).then_some(target);
    let mention = found.or_else(visited)?;
    let country = mention.actors.first().map(|code| code.to_string());
    Some(Place { country, text: mention.span.of(&article.text).to_owned() })
}

fn geographic(mention: &Mention) -> bool {
    matches!(mention.kind, MentionKind::State | MentionKind::Place)
}

/// The nearest place below `trigger`, then below the verb that carries it.
fn located<'m>(clauses: &Clauses<'_>, trigger: u32, mentions: &'m [Mention]) -> Option<&'m Mention> {
    let carrier = (!clauses.is_verb(trigger)).then(|| clauses.head(trigger)).flatten().filter(|head| clauses.is_verb(*head));
    [Some(trigger), carrier].into_iter().flatten().find_map(|top| {
        let mut level = vec![top];
        for _ in 0..BELOW {
            let mut next = Vec::new();
            for at in &level {
                for child in clauses.children(*at) {
                    match clauses.deprel(child) {
                        Deprel::Obl | Deprel::Nmod | Deprel::OblUnmarked => {
                            let here = clauses.markers(child).any(|marker| WHERE.contains(&clauses.lemma(marker)));
                            let mention = mentions.iter().find(|mention| geographic(mention) && mention.head == child);
                            if here && mention.is_some() {
                                return mention;
                            }
                            next.push(child);
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
