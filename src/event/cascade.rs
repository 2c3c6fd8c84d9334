//! [`Cascade`]: which pairs of actors the judge is asked about, and what its word counts for.
//!
//! The frames come first, and what they found stands: measured on the development articles, the judge was right less often than the
//! frames where it would have taken an event away or given it another act. Where a sentence names two actors and the frames found no
//! event in it, the judge is asked; what it is sure of becomes an event, whose status is read from the words as for any other, so that
//! what they negate or deny does not happen by the judge's word either.

use std::ops::Range;

use super::candidate::{Candidate, Hold, PartyRef, Reach};
use super::clause::{Clauses, Edges};
use super::cues::{Cues, Roles};
use super::judge::{Asked, Encoder, Verdict};
use super::ontology::Act;
use crate::actor::{Mention, MentionKind, Mentions};
use crate::lexicon::LexiconError;
use crate::syntax::{Document, Sentence, SentenceKind, Upos};

/// Frame of an event that the judge alone found.
pub const FRAME: &str = "judge";
/// Pairs of one sentence that are asked about: a list of twenty states asks no more.
const MOST: usize = 8;
/// At this probability or more the judge adds an event, and its act is at least that sure.
const ADD: f32 = 0.9;
const ADD_ACT: f32 = 0.6;

/// Steps in the tree from a mention to the word that joins it with the other.
const NEAR: usize = 4;

/// What the judge was asked and did in one article.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Sentences with a pair of actors, and those of them that the judge read.
    pub sentences: u64,
    pub read: u64,
    /// Pairs it was asked about; those whose sentence was too long to be read whole.
    pub pairs: u64,
    pub cut: u64,
    /// Events that it added.
    pub added: u64,
}

/// What the judge said of a candidate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judged {
    /// The likeliest act, and its probability if there is one at all.
    pub act: Act,
    pub share: f32,
    /// The probability that the source acts on the target.
    pub acting: f32,
}

/// The judge with the rules for asking it.
pub struct Cascade {
    encoder: Encoder,
    cues: Cues,
}

/// What a question is about.
#[derive(Clone, Copy, Debug)]
enum About {
    /// Index of a candidate.
    Found(usize),
    /// Two mentions of a sentence in which the frames found nothing.
    Open { sentence: u32, first: PartyRef, second: PartyRef },
}

/// An article, as the rules have read it.
#[derive(Clone, Copy)]
pub struct Read<'a> {
    pub text: &'a str,
    pub document: &'a Document,
    pub mentions: &'a Mentions,
}

/// Questions to the judge.
#[derive(Default)]
struct Questions<'a> {
    asked: Vec<Asked<'a>>,
    about: Vec<About>,
}

impl Cascade {
    pub fn embedded() -> Result<Self, LexiconError> {
        Ok(Self { encoder: Encoder::embedded()?, cues: Cues::embedded()? })
    }

    /// Adds to `candidates` (sorted by sentence, and so they stay) what the judge alone finds. `judged` gets what it said of each;
    /// of those that the frames found only where `all` asks for it, as `extract --explain` does: it changes nothing.
    pub fn weigh(&self, read: Read<'_>, candidates: &mut Vec<Candidate>, judged: &mut Vec<Option<Judged>>, all: bool) -> Tally {
        let mut tally = Tally::default();
        let mut questions = Questions::default();
        read.open(&self.cues, candidates, &mut questions, &mut tally);
        tally.pairs = questions.asked.len() as u64;
        if all {
            read.found(candidates, &mut questions);
        }
        let mut verdicts = Vec::with_capacity(questions.asked.len());
        self.encoder.judge(&questions.asked, &mut verdicts);
        judged.resize(candidates.len(), None);
        let mut added = Vec::new();
        for (about, verdict) in questions.about.iter().zip(&verdicts) {
            let (act, share) = verdict.act();
            let acts = 1.0 - verdict.ties[0];
            match about {
                About::Found(at) => {
                    let both = candidates.get(*at).is_some_and(|candidate| candidate.reciprocal);
                    let acting = if both { acts } else { verdict.acting() };
                    if let Some(judged) = judged.get_mut(*at) {
                        *judged = Some(Judged { act, share, acting });
                    }
                }
                About::Open { sentence, first, second } => {
                    tally.cut += u64::from(verdict.cut);
                    if acts >= ADD && share >= ADD_ACT {
                        let found = read.event(&self.cues, *sentence, *first, *second, verdict);
                        added.extend(found.map(|found| (found, Some(Judged { act, share, acting: acts }))));
                    }
                }
            }
        }
        if added.is_empty() {
            return tally;
        }
        tally.added = added.len() as u64;
        let mut both: Vec<_> = candidates.drain(..).zip(judged.drain(..)).chain(added).collect();
        both.sort_by_key(|(candidate, _)| candidate.sentence);
        for (candidate, said) in both {
            candidates.push(candidate);
            judged.push(said);
        }
        tally
    }
}

impl<'a> Read<'a> {
    /// Asks about the pairs of actors in each sentence in which the frames found nothing.
    fn open(&self, cues: &Cues, candidates: &[Candidate], questions: &mut Questions<'a>, tally: &mut Tally) {
        let mut next = 0;
        let mut edges = Edges::default();
        for group in self.mentions.all.chunk_by(|a, b| a.sentence == b.sentence) {
            let from = next;
            next += group.len() as u32;
            let Some(sentence) = group.first().map(|mention| mention.sentence) else { continue };
            let parties = parties(group, from);
            if parties.len() < 2 {
                continue;
            }
            tally.sentences += 1;
            if !of_sentence(candidates, sentence).is_empty() {
                continue;
            }
            let Some(whole) = self.document.sentences.get(sentence as usize) else { continue };
            let clauses = Clauses::new(self.document, whole, &mut edges);
            let before = questions.asked.len();
            for (index, first) in parties.iter().enumerate() {
                for second in parties.iter().skip(index + 1).take((before + MOST).saturating_sub(questions.asked.len())) {
                    if self.joint(cues, &clauses, whole, *first, *second).is_some() {
                        self.ask(About::Open { sentence, first: *first, second: *second }, sentence, *first, *second, questions);
                    }
                }
            }
            tally.read += u64::from(questions.asked.len() > before);
        }
    }

    /// Asks about what the frames found.
    fn found(&self, candidates: &[Candidate], questions: &mut Questions<'a>) {
        for (at, candidate) in candidates.iter().enumerate() {
            self.ask(About::Found(at), candidate.sentence, candidate.source, candidate.target, questions);
        }
    }

    /// Nothing is asked where a party is named outside the sentence.
    fn ask(&self, about: About, sentence: u32, source: PartyRef, target: PartyRef, questions: &mut Questions<'a>) {
        let place = |party: PartyRef| {
            let mention = self.mentions.all.get(party.mention as usize);
            mention.filter(|mention| mention.sentence == sentence).map(|mention| mention.span)
        };
        let whole = self.document.sentences.get(sentence as usize).map(|sentence| sentence.span);
        let (Some(source), Some(target), Some(whole)) = (place(source), place(target), whole) else { return };
        questions.asked.push(Asked { text: whole.of(self.text), source: source.within(whole), target: target.within(whole) });
        questions.about.push(about);
    }

    /// The word that joins two mentions, if they stand near enough to it to be what it is about. A verb of speech joins nobody: what
    /// is said of the one is not what the other does.
    fn joint(&self, cues: &Cues, clauses: &Clauses<'_>, whole: &Sentence, first: PartyRef, second: PartyRef) -> Option<u32> {
        let head = |party: PartyRef| self.mentions.all.get(party.mention as usize).map(|mention| mention.head);
        let (first, second) = (head(first)?, head(second)?);
        let trigger = joint(clauses, first, second);
        let names_act = whole.kind == SentenceKind::Headline || matches!(clauses.upos(trigger), Upos::Verb | Upos::Noun);
        let steps = |from: u32| chain(clauses, from).position(|at| at == trigger).unwrap_or(usize::MAX);
        let near = steps(first) <= NEAR && steps(second) <= NEAR;
        (names_act && near && !cues.of(clauses.lemma(trigger)).has(Roles::SAY)).then_some(trigger)
    }

    /// The event that the judge sees between two mentions.
    fn event(&self, cues: &Cues, sentence: u32, first: PartyRef, second: PartyRef, verdict: &Verdict) -> Option<Candidate> {
        let [_, forward, backward, both] = verdict.ties;
        let reciprocal = both > forward && both > backward;
        let (source, target) = if backward > forward && !reciprocal { (second, first) } else { (first, second) };
        let whole = self.document.sentences.get(sentence as usize)?;
        let mut edges = Edges::default();
        let clauses = Clauses::new(self.document, whole, &mut edges);
        let trigger = self.joint(cues, &clauses, whole, first, second)?;
        Some(Candidate {
            sentence,
            trigger,
            trigger_span: clauses.token(trigger)?.span,
            source,
            target,
            reciprocal,
            act: verdict.act().0,
            mode: None,
            contexts: Vec::new(),
            status: None,
            frame: FRAME,
            source_path: Reach::Near,
            target_path: Reach::Near,
            hold: Hold::Firm,
        })
    }
}

/// The candidates of a sentence.
fn of_sentence(candidates: &[Candidate], sentence: u32) -> Range<usize> {
    let start = candidates.partition_point(|candidate| candidate.sentence < sentence);
    start..candidates.partition_point(|candidate| candidate.sentence <= sentence)
}

/// The states and organisations that a sentence speaks of, each once, where it is first named. A city is there for where it lies.
fn parties(group: &[Mention], first: u32) -> Vec<PartyRef> {
    let mut parties: Vec<PartyRef> = Vec::new();
    for (mention, index) in group.iter().zip(first..) {
        let [actor] = mention.actors.as_slice() else { continue };
        if mention.kind != MentionKind::Place && !parties.iter().any(|party| party.actor == *actor) {
            parties.push(PartyRef { mention: index, actor: *actor });
        }
    }
    parties
}

/// The word that joins two phrases: the lowest above both where that is a verb, else the first verb above the source.
fn joint(clauses: &Clauses<'_>, source: u32, target: u32) -> u32 {
    let verb = |at: &u32| clauses.upos(*at) == Upos::Verb;
    let top = chain(clauses, source).find(|at| chain(clauses, target).any(|other| other == *at));
    top.filter(verb).or_else(|| chain(clauses, source).skip(1).find(verb)).or(top).unwrap_or(source)
}

/// A word and those above it.
fn chain(clauses: &Clauses<'_>, start: u32) -> impl Iterator<Item = u32> {
    std::iter::successors(Some(start), |at| clauses.head(*at)).take(20)
}
