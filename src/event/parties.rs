//! The parties of a sentence: the states and organisations that it speaks of, each once. Between any two of them something may be
//! done; this is what the judge is asked about, and what it learns from (`entente train reader-pairs`).

use super::candidate::PartyRef;
use crate::actor::Mention;

/// Parties of one sentence that are looked at: of a list of twenty states the first.
pub const MOST: usize = 8;

/// The parties among the mentions of one sentence, of which the first is number `first` of the document's. Each is where the sentence
/// first names it alone; what it names in a group only ("the two sides") stands where the group stands.
pub fn parties(group: &[Mention], first: u32) -> Vec<PartyRef> {
    let mut parties: Vec<PartyRef> = Vec::new();
    let alone = |mention: &&Mention| mention.actors.len() == 1;
    for several in [false, true] {
        for (mention, index) in group.iter().zip(first..).filter(|(mention, _)| several != alone(mention)) {
            for actor in &mention.actors {
                if parties.len() < MOST && !parties.iter().any(|party| party.actor == *actor) {
                    parties.push(PartyRef { mention: index, actor: *actor });
                }
            }
        }
    }
    parties.sort_by_key(|party| (party.mention, party.actor));
    parties
}

/// Sentences back in which the party is looked for that a sentence leaves out ("Islamabad refused").
const BACK: u32 = 2;

/// The party that a sentence with few of its own may speak to without naming it: the last that was named before. `first` is the number
/// of the sentence's first mention.
pub fn implied(mentions: &[Mention], first: u32, here: &[PartyRef]) -> Option<PartyRef> {
    let at = mentions.get(first as usize)?.sentence;
    if here.is_empty() || here.len() > 2 {
        return None;
    }
    let before = mentions.iter().zip(0..first).rev().take_while(|(mention, _)| mention.sentence + BACK >= at);
    let known = |actor: &crate::actor::ActorCode| here.iter().any(|party| party.actor == *actor);
    before
        .filter_map(|(mention, index)| match mention.actors.as_slice() {
            [actor] if !known(actor) => Some(PartyRef { mention: index, actor: *actor }),
            _ => None,
        })
        .next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::{ActorCode, MentionKind};
    use crate::span::Span;

    fn mention(actors: &[&str]) -> Mention {
        Mention {
            span: Span::default(),
            sentence: 0,
            head: 0,
            kind: MentionKind::State,
            actors: actors.iter().filter_map(|code| ActorCode::new(code)).collect(),
            sector: None,
            role: None,
            name: None,
            antecedent: None,
        }
    }

    #[test]
    fn each_party_stands_where_it_is_first_named_alone() {
        let group = [mention(&["FRA", "DEU"]), mention(&["DEU"]), mention(&["ITA"]), mention(&["DEU"])];
        let found: Vec<(u32, String)> = parties(&group, 5).iter().map(|party| (party.mention, party.actor.to_string())).collect();
        assert_eq!(found, [(5, "FRA".to_owned()), (6, "DEU".to_owned()), (7, "ITA".to_owned())]);
    }

    #[test]
    fn a_long_list_is_cut() {
        let codes: Vec<String> = ('A'..='Z').map(|letter| format!("X{letter}")).collect();
        let group: Vec<Mention> = codes.iter().map(|code| mention(&[code])).collect();
        assert_eq!(parties(&group, 0).len(), MOST);
    }
}
