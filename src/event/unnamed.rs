//! [`Unnamed`]: whom a sentence leaves out, where the judge holds that one of its parties deals with somebody whom it does not name:
//! "Islamabad refused", "the envoy was summoned". The judge sees the sentence alone; who is meant is a matter of what the article has told
//! before, by the same points as for the frames ([`super::cast`]).

use super::candidate::Candidate;
use super::cast::Scene;
use super::focus::Focus;
use super::opinion::{Answer, LEAST, Meant, Opinion, dyad};
use crate::actor::{ActorCode, Mentions};

/// Who is proposed for one party, and the least probability of one.
const PROPOSED: usize = 3;
const LIKELY: f32 = 0.1;

pub(super) struct Unnamed<'a> {
    mentions: &'a Mentions,
    focus: Focus<'a>,
    /// How many of the frames' candidates the focus knows.
    noted: usize,
}

impl<'a> Unnamed<'a> {
    pub fn new(mentions: &'a Mentions) -> Self {
        Self { mentions, focus: Focus::new(mentions), noted: 0 }
    }

    /// Goes on to a sentence: what the frames found before it has been told.
    pub fn reach(&mut self, found: &[Candidate], sentence: u32) {
        for candidate in found.iter().skip(self.noted).take_while(|candidate| candidate.sentence < sentence) {
            self.focus.note(candidate);
            self.noted += 1;
        }
    }

    /// Adds what the judge holds of the answer's party with each who may be meant. `found`: what the frames found in the sentence; whom they
    /// took for meant is looked at as well.
    pub fn meant(&self, answer: &Answer, found: &[Candidate], opinions: &mut Vec<Opinion>) {
        let (sentence, party) = (answer.question.sentence, answer.question.first);
        let named =
            |code: ActorCode| super::focus::in_sentence(self.mentions, sentence).any(|(_, one)| one.actors.contains(&code));
        let of_party = |candidate: &&Candidate| [candidate.source, candidate.target].iter().any(|one| one.actor == party.actor);
        let other =
            |candidate: &Candidate| if candidate.source.actor == party.actor { candidate.target } else { candidate.source };
        let frames = found.iter().filter(of_party).map(other).filter(|other| !named(other.actor));
        let proposes = 1.0 - answer.ties[0] >= LEAST;
        if !proposes && frames.clone().next().is_none() {
            return;
        }
        let act = answer.likeliest();
        let here = |code: ActorCode| found.iter().any(|one| dyad(one.source.actor, one.target.actor) == dyad(party.actor, code));
        let chosen = self.focus.counterpart(party, act, sentence, &named).unwrap_or(party);
        let mut choices = self.focus.choices(&Scene { sentence, act, actor: party, chosen, here: &here, but: &named });
        choices.sort_by(|a, b| b.share.total_cmp(&a.share));
        for (place, choice) in choices.iter().enumerate() {
            let likely = proposes && place < PROPOSED && choice.share >= LIKELY;
            if likely || frames.clone().any(|other| other.actor == choice.party.actor) {
                opinions.push(answer.of(choice.party, Some(Meant { share: choice.share, signs: choice.signs }), likely));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::Mention;
    use crate::event::candidate::PartyRef;
    use crate::event::judge::Verdict;
    use crate::event::ontology::Act;
    use crate::event::opinion::Question;

    /// Two sentences: the first names XA and XB, the second XA.
    fn mentions() -> Mentions {
        Mentions { all: [("XA", 0), ("XB", 0), ("XA", 1)].map(|(code, sentence)| Mention::of_states(&[code], sentence)).to_vec() }
    }

    /// What is held of XA in the second sentence, where the judge gives this probability that it rejects what somebody else did.
    fn held(rejects: f32) -> Vec<(String, bool, Act)> {
        let mentions = mentions();
        let mut acts = [0.0; Act::ALL.len()];
        acts[Act::Reject as usize] = 1.0;
        let verdict = |ties| Verdict { acts, ties, statuses: [0.0; 6], cut: false };
        let party = PartyRef { mention: 2, actor: mentions.all[2].actors[0] };
        let (forth, back) = (verdict([1.0 - rejects, rejects, 0.0, 0.0]), verdict([1.0 - rejects, 0.0, rejects, 0.0]));
        let mut opinions = Vec::new();
        Unnamed::new(&mentions).meant(
            &Answer::new(Question { sentence: 1, first: party, second: None }, &forth, &back),
            &[],
            &mut opinions,
        );
        opinions.iter().map(|one| (one.second.actor.to_string(), one.proposes, one.likeliest().next().unwrap())).collect()
    }

    #[test]
    fn who_was_named_before_is_meant_where_something_is_done() {
        assert_eq!(held(0.8), [("XB".to_owned(), true, Act::Reject)]);
    }

    #[test]
    fn nobody_is_looked_for_where_nothing_is_done() {
        assert_eq!(held(0.05), []);
    }
}
