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

/// Parties of a sentence of which each may deal with one that it leaves out ("Islamabad refused"); where more are named, it is one of them.
const OPEN: usize = 4;

/// Whether the judge is asked what each of these does to one that their sentence leaves out, or has done to it.
pub fn is_open(parties: &[PartyRef]) -> bool {
    (1..=OPEN).contains(&parties.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_party_stands_where_it_is_first_named_alone() {
        let group = [
            Mention::of_states(&["FRA", "DEU"], 0),
            Mention::of_states(&["DEU"], 0),
            Mention::of_states(&["ITA"], 0),
            Mention::of_states(&["DEU"], 0),
        ];
        let found: Vec<(u32, String)> = parties(&group, 5).iter().map(|party| (party.mention, party.actor.to_string())).collect();
        assert_eq!(found, [(5, "FRA".to_owned()), (6, "DEU".to_owned()), (7, "ITA".to_owned())]);
    }

    #[test]
    fn a_long_list_is_cut() {
        let codes: Vec<String> = ('A'..='Z').map(|letter| format!("X{letter}")).collect();
        let group: Vec<Mention> = codes.iter().map(|code| Mention::of_states(&[code], 0)).collect();
        assert_eq!(parties(&group, 0).len(), MOST);
    }
}
