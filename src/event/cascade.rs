//! [`Cascade`]: what the judge is asked in an article, and what it proposes.
//!
//! Every two parties of a sentence are asked about, both ways round, and so is every event that the frames found; a sentence is read once
//! for all its pairs. What the judge says of a frame's event goes with it; where it sees an act between two parties that no frame found, it
//! proposes one, whose status is read from the words as for any other, so that what they negate or deny does not happen by the judge's word
//! either. Neither is told for that alone: [`super::fusion`] weighs what the frames and the judge hold of an event together.

use super::candidate::{Candidate, Hold, PartyRef, Reach};
use super::clause::{Clauses, Edges};
use super::cues::{Cues, Roles};
use super::judge::{Asked, Asking, Encoder};
use super::opinion::{Context, Judged, LEAST, Opinion, dyad, of_sentence, ties};
use super::parties::parties;
use crate::actor::{Mention, Mentions};
use crate::lexicon::LexiconError;
use crate::span::Span;
use crate::syntax::{Document, Sentence, SentenceKind, Upos};

/// Frame of an event that the judge alone found.
pub const FRAME: &str = "judge";
/// Pairs of one sentence that are asked about.
const MOST: usize = 48;

/// What the judge was asked and did in one article.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Sentences with a pair of actors, and those of them that the judge read.
    pub sentences: u64,
    pub read: u64,
    /// Pairs it was asked about; those whose sentence was too long to be read whole.
    pub pairs: u64,
    pub cut: u64,
    /// Events that it proposed.
    pub added: u64,
}

/// The judge with the rules for asking it.
pub struct Cascade {
    encoder: Encoder,
    cues: Cues,
}

/// An article, as the rules have read it.
#[derive(Clone, Copy)]
pub struct Read<'a> {
    pub text: &'a str,
    pub document: &'a Document,
    pub mentions: &'a Mentions,
}

impl Cascade {
    pub fn embedded() -> Result<Self, LexiconError> {
        Ok(Self { encoder: Encoder::embedded()?, cues: Cues::embedded()? })
    }

    /// The same with another branch for articles: one that has not learned from some of them.
    pub fn with_branch(self, bytes: &[u8]) -> Result<Self, LexiconError> {
        Ok(Self { encoder: self.encoder.with_branch(bytes)?, ..self })
    }

    /// Adds to `candidates` (sorted by sentence, and so they stay) what the judge proposes, and fills `judged` with what it said of each.
    pub fn weigh(&self, read: Read<'_>, candidates: &mut Vec<Candidate>, judged: &mut Vec<Option<Judged>>) -> Tally {
        let mut tally = Tally::default();
        let opinions = self.opinions(read, candidates, &mut tally);
        let ruled = candidates.len();
        self.propose(read, &opinions, candidates);
        tally.added = (candidates.len() - ruled) as u64;
        let context = Context::new(read, &opinions, candidates.get(..ruled).unwrap_or(&[]));
        judged.clear();
        judged.extend(candidates.iter().map(|candidate| context.judged(candidate)));
        if tally.added > 0 {
            let mut both: Vec<_> = candidates.drain(..).zip(judged.drain(..)).collect();
            both.sort_by_key(|(candidate, _)| candidate.sentence);
            (*candidates, *judged) = both.into_iter().unzip();
        }
        tally
    }

    /// What the judge holds of all pairs, by sentence.
    fn opinions(&self, read: Read<'_>, candidates: &[Candidate], tally: &mut Tally) -> Vec<Opinion> {
        let mut asked = Vec::new();
        let mut pairs: Vec<(u32, PartyRef, PartyRef)> = Vec::new();
        let mut next = 0;
        for group in read.mentions.all.chunk_by(|a, b| a.sentence == b.sentence) {
            let from = next;
            next += group.len() as u32;
            let Some(sentence) = group.first().map(|mention| mention.sentence) else { continue };
            let Some(whole) = read.document.sentences.get(sentence as usize) else { continue };
            let parties = parties(group, from);
            let before = pairs.len();
            for (index, first) in parties.iter().enumerate() {
                pairs.extend(parties.iter().skip(index + 1).map(|second| (sentence, *first, *second)));
            }
            tally.sentences += u64::from(parties.len() > 1);
            for candidate in candidates.get(of_sentence(candidates, sentence)).unwrap_or(&[]) {
                let (source, target) = (candidate.source, candidate.target);
                let known = |(_, a, b): &(u32, PartyRef, PartyRef)| dyad(a.actor, b.actor) == dyad(source.actor, target.actor);
                if pairs.len() - before < MOST && !pairs.iter().skip(before).any(known) {
                    pairs.push((sentence, source, target));
                }
            }
            for (_, first, second) in pairs.iter().skip(before) {
                asked.push(read.asked(whole, sentence, *first, *second));
                asked.push(read.asked(whole, sentence, *second, *first));
            }
            tally.read += u64::from(pairs.len() > before);
        }
        tally.pairs = pairs.len() as u64;
        let mut verdicts = Vec::with_capacity(asked.len());
        self.encoder.judge(Asking::Articles, &asked, &mut verdicts);
        let mut opinions = Vec::with_capacity(pairs.len());
        for ((sentence, first, second), both) in pairs.into_iter().zip(verdicts.as_chunks::<2>().0) {
            let [forth, back] = both;
            tally.cut += u64::from(forth.cut);
            let hidden = [first, second].iter().any(|party| read.mention(*party).is_none_or(|one| one.sentence != sentence));
            opinions.push(Opinion {
                sentence,
                first,
                second,
                hidden,
                forth: forth.acts,
                back: back.acts,
                ties: ties(forth, back),
                statuses: [forth.statuses, back.statuses],
            });
        }
        opinions
    }

    /// Adds what no frame found.
    fn propose(&self, read: Read<'_>, opinions: &[Opinion], candidates: &mut Vec<Candidate>) {
        let ruled = candidates.len();
        let mut edges = Edges::default();
        for group in opinions.chunk_by(|a, b| a.sentence == b.sentence) {
            let Some(sentence) = group.first().map(|opinion| opinion.sentence) else { continue };
            let Some(whole) = read.document.sentences.get(sentence as usize) else { continue };
            if !group.iter().any(|opinion| !opinion.hidden && 1.0 - opinion.ties[0] >= LEAST) {
                continue;
            }
            let clauses = Clauses::new(read.document, whole, &mut edges);
            let found = candidates.get(..ruled).unwrap_or(&[]);
            let found = of_sentence(found, sentence);
            for opinion in group.iter().filter(|opinion| !opinion.hidden) {
                for act in opinion.likeliest() {
                    let (source, target, reciprocal) = opinion.direction(act);
                    let Some(trigger) = self.joint(read, &clauses, whole, source, target) else { continue };
                    let Some(trigger_span) = clauses.token(trigger).map(|token| token.span) else { continue };
                    let [source_path, target_path] = [source, target].map(|party| reach(read, &clauses, party, trigger));
                    let known = candidates.get(found.clone()).unwrap_or(&[]).iter().any(|candidate| {
                        candidate.act == act && dyad(candidate.source.actor, candidate.target.actor) == opinion.dyad()
                    });
                    if !known {
                        candidates.push(Candidate {
                            sentence,
                            trigger,
                            trigger_span,
                            source,
                            target,
                            reciprocal,
                            act,
                            mode: None,
                            contexts: Vec::new(),
                            status: None,
                            frame: FRAME,
                            source_path,
                            target_path,
                            hold: Hold::Firm,
                        });
                    }
                }
            }
        }
    }

    /// The word that joins two phrases: the lowest above both where that is a verb, else the first verb above the source. Where that is a
    /// verb of speech, what is said joins them: the verb next below it.
    fn joint(&self, read: Read<'_>, clauses: &Clauses<'_>, whole: &Sentence, source: PartyRef, target: PartyRef) -> Option<u32> {
        let (source, target) = (read.mention(source)?.head, read.mention(target)?.head);
        let verb = |at: &u32| clauses.upos(*at) == Upos::Verb;
        let top = chain(clauses, source).find(|at| chain(clauses, target).any(|other| other == *at));
        let first = top.filter(verb).or_else(|| chain(clauses, source).skip(1).find(verb)).or(top).unwrap_or(source);
        let says = whole.kind != SentenceKind::Headline && self.cues.of(clauses.lemma(first)).has(Roles::SAY);
        let below = |from: u32| {
            let verbs = chain(clauses, from).take_while(|at| *at != first).filter(verb);
            verbs.last().filter(|_| clauses.within(from, first))
        };
        Some(if says { below(target).or_else(|| below(source)).unwrap_or(first) } else { first })
    }
}

impl<'a> Read<'a> {
    pub fn mention(&self, party: PartyRef) -> Option<&'a Mention> {
        self.mentions.all.get(party.mention as usize)
    }

    /// The question what `source` does to `target`; who is not named in the sentence is asked about with no words.
    fn asked(&self, whole: &Sentence, sentence: u32, source: PartyRef, target: PartyRef) -> Asked<'a> {
        let nowhere = Span { start: u32::MAX, end: u32::MAX };
        let place = |party: PartyRef| {
            let named = self.mention(party).filter(|mention| mention.sentence == sentence);
            named.map_or(nowhere, |mention| mention.span.within(whole.span))
        };
        Asked { text: whole.span.of(self.text), source: place(source), target: place(target) }
    }
}

/// How far a party stands from the word that joins it with another.
fn reach(read: Read<'_>, clauses: &Clauses<'_>, party: PartyRef, trigger: u32) -> Reach {
    let steps = read.mention(party).and_then(|mention| chain(clauses, mention.head).position(|at| at == trigger));
    match steps {
        Some(0 | 1) => Reach::Argument,
        Some(2) => Reach::Inside,
        Some(3) => Reach::Shared,
        _ => Reach::Near,
    }
}

/// A word and those above it.
fn chain(clauses: &Clauses<'_>, start: u32) -> impl Iterator<Item = u32> {
    std::iter::successors(Some(start), |at| clauses.head(*at)).take(20)
}
