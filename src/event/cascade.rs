//! [`Cascade`]: what the judge is asked in an article, and what it proposes.
//!
//! Every two parties of a sentence are asked about, both ways round, and each with whom the sentence leaves out ([`super::unnamed`]), and so
//! is every event that the frames found; a sentence is read once for all its pairs. What the judge says of a frame's event goes with it;
//! where it sees an act between two parties that no frame found, it proposes one, whose status is read from the words as for any other, so
//! that what they negate or deny does not happen by the judge's word either. Everyday news in which the frames find nothing is not read
//! ([`super::subject`]). Neither is told for that alone: [`super::fusion`] weighs what the frames and the judge hold of an event together.

use super::candidate::{Candidate, Hold, PartyRef, Reach};
use super::clause::{Clauses, Edges};
use super::cues::{Cues, Roles};
use super::judge::{Asked, Asking, Encoder};
use super::ontology::Act;
use super::opinion::{Answer, Context, Judged, LEAST, Meant, Opinion, Question, dyad, of_sentence};
use super::parties::{is_open, parties};
use super::unnamed::Unnamed;
use crate::actor::{ActorCode, Mention, Mentions};
use crate::lexicon::LexiconError;
use crate::span::Span;
use crate::syntax::{Deprel, Document, Sentence, SentenceKind, Upos};

/// Frame of an event that the judge alone found.
pub const FRAME: &str = "judge";
/// Pairs of one sentence that are asked about.
const MOST: usize = 48;

/// What the judge was asked and did in one article.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Sentences that name an actor, and those of them that the judge read.
    pub sentences: u64,
    pub read: u64,
    /// Pairs it was asked about, whom a sentence leaves out among them; those whose sentence was too long to be read whole.
    pub pairs: u64,
    pub cut: u64,
    /// Events that it proposed.
    pub added: u64,
}

impl Tally {
    /// Of an article of which nothing has been read yet.
    pub fn unread(mentions: &Mentions) -> Self {
        Self { sentences: mentions.all.chunk_by(|a, b| a.sentence == b.sentence).count() as u64, ..Self::default() }
    }
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
        let mut tally = Tally::unread(read.mentions);
        let answers = self.answers(read, candidates, &mut tally);
        let ruled = candidates.len();
        let opinions = self.propose(read, &answers, candidates);
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

    /// What the judge says to every question, by sentence.
    fn answers(&self, read: Read<'_>, candidates: &[Candidate], tally: &mut Tally) -> Vec<Answer> {
        let mut questions: Vec<Question> = Vec::new();
        let mut asked = Vec::new();
        let mut known: Vec<ActorCode> = Vec::new();
        let mut next = 0;
        for group in read.mentions.all.chunk_by(|a, b| a.sentence == b.sentence) {
            let from = next;
            next += group.len() as u32;
            let Some(sentence) = group.first().map(|mention| mention.sentence) else { continue };
            let Some(whole) = read.document.sentences.get(sentence as usize) else { continue };
            let parties = parties(group, from);
            let before = questions.len();
            let elsewhere = |actor: &ActorCode| !parties.iter().any(|party| party.actor == *actor);
            // Where the frames found nothing in the whole article, it hardly deals with somebody without naming him.
            let open = !candidates.is_empty() && known.iter().any(elsewhere);
            ask(sentence, &parties, open, &mut questions);
            known.retain(elsewhere);
            known.extend(parties.iter().map(|party| party.actor));
            for candidate in candidates.get(of_sentence(candidates, sentence)).unwrap_or(&[]) {
                if questions.len() - before < MOST && !questions.iter().skip(before).any(|question| question.covers(candidate)) {
                    questions.push(Question { sentence, first: candidate.source, second: Some(candidate.target) });
                }
            }
            for Question { first, second, .. } in questions.iter().skip(before) {
                asked.push(read.asked(whole, sentence, Some(*first), *second));
                asked.push(read.asked(whole, sentence, *second, Some(*first)));
            }
            tally.read += u64::from(questions.len() > before);
        }
        tally.pairs = questions.len() as u64;
        let mut verdicts = Vec::with_capacity(asked.len());
        self.encoder.judge(Asking::Articles, &asked, &mut verdicts);
        let both = verdicts.as_chunks::<2>().0;
        tally.cut = both.iter().filter(|[forth, _]| forth.cut).count() as u64;
        questions.into_iter().zip(both).map(|(question, [forth, back])| Answer::new(question, forth, back)).collect()
    }

    /// Adds what no frame found, and gives what the judge holds of each two.
    fn propose(&self, read: Read<'_>, answers: &[Answer], candidates: &mut Vec<Candidate>) -> Vec<Opinion> {
        let ruled = candidates.len();
        let mut opinions: Vec<Opinion> = Vec::with_capacity(answers.len());
        let mut edges = Edges::default();
        let mut unnamed = Unnamed::new(read.mentions);
        for group in answers.chunk_by(|a, b| a.question.sentence == b.question.sentence) {
            let Some(sentence) = group.first().map(|answer| answer.question.sentence) else { continue };
            let Some(whole) = read.document.sentences.get(sentence as usize) else { continue };
            let (told, _) = candidates.split_at(ruled);
            let found = of_sentence(told, sentence);
            unnamed.reach(told, sentence);
            let before = opinions.len();
            for answer in group {
                match answer.question.second {
                    Some(second) => {
                        let hidden = read.hides(sentence, answer.question.first, second);
                        opinions.push(answer.of(second, hidden.then(Meant::default), !hidden));
                    }
                    None => unnamed.meant(answer, told.get(found.clone()).unwrap_or(&[]), &mut opinions),
                }
            }
            let here = opinions.get(before..).unwrap_or(&[]);
            if !here.iter().any(|opinion| opinion.proposes && 1.0 - opinion.ties[0] >= LEAST) {
                continue;
            }
            let clauses = Clauses::new(read.document, whole, &mut edges);
            for opinion in here.iter().filter(|opinion| opinion.proposes) {
                for act in opinion.likeliest() {
                    let known = candidates.get(found.clone()).unwrap_or(&[]).iter().any(|candidate| {
                        candidate.act == act && dyad(candidate.source.actor, candidate.target.actor) == opinion.dyad()
                    });
                    if !known {
                        candidates.extend(self.candidate(read, &clauses, whole, opinion, act));
                    }
                }
            }
        }
        opinions
    }

    /// An act between two that the judge alone holds.
    fn candidate(
        &self,
        read: Read<'_>,
        clauses: &Clauses<'_>,
        whole: &Sentence,
        opinion: &Opinion,
        act: Act,
    ) -> Option<Candidate> {
        let (source, target, reciprocal) = opinion.direction(act);
        let trigger = self.joint(read, clauses, whole, source, target)?;
        let [source_path, target_path] = [source, target].map(|party| reach(read, clauses, party, trigger));
        Some(Candidate {
            sentence: opinion.sentence,
            trigger,
            trigger_span: clauses.token(trigger)?.span,
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
        })
    }

    /// The word that joins two phrases: the lowest above both where that is a verb, else the first verb above the source. Where that is a
    /// verb of speech, what is said joins them: the verb next below it. Of whom the sentence leaves out there is no phrase.
    fn joint(&self, read: Read<'_>, clauses: &Clauses<'_>, whole: &Sentence, source: PartyRef, target: PartyRef) -> Option<u32> {
        let head =
            |party: PartyRef| read.mention(party).map(|mention| mention.head).filter(|head| clauses.tokens().contains(head));
        let verb = |at: &u32| clauses.upos(*at) == Upos::Verb;
        let (source, target) = match (head(source), head(target)) {
            (Some(source), target) => (source, target),
            (None, target) => (target?, None),
        };
        let top = chain(clauses, source).find(|at| target.is_some_and(|target| chain(clauses, target).any(|other| other == *at)));
        let first = top.filter(verb).or_else(|| chain(clauses, source).skip(1).find(verb)).or(top).unwrap_or(source);
        let says = whole.kind != SentenceKind::Headline && self.cues.of(clauses.lemma(first)).has(Roles::SAY);
        let below = |from: u32| {
            let verbs = chain(clauses, from).take_while(|at| *at != first).filter(verb);
            verbs.last().filter(|_| clauses.within(from, first))
        };
        let said = || clauses.children(first).find(|at| clauses.deprel(*at) == Deprel::Ccomp && verb(at));
        Some(match target {
            _ if !says => first,
            Some(target) => below(target).or_else(|| below(source)).unwrap_or(first),
            None => below(source).or_else(said).unwrap_or(first),
        })
    }
}

impl<'a> Read<'a> {
    pub fn mention(&self, party: PartyRef) -> Option<&'a Mention> {
        self.mentions.all.get(party.mention as usize)
    }

    /// Whether the sentence leaves one of the two out.
    fn hides(&self, sentence: u32, first: PartyRef, second: PartyRef) -> bool {
        [first, second].iter().any(|party| self.mention(*party).is_none_or(|one| one.sentence != sentence))
    }

    /// The question what `source` does to `target`; who is not named in the sentence is asked about with no words.
    fn asked(&self, whole: &Sentence, sentence: u32, source: Option<PartyRef>, target: Option<PartyRef>) -> Asked<'a> {
        let nowhere = Span { start: u32::MAX, end: u32::MAX };
        let place = |party: Option<PartyRef>| {
            let named = party.and_then(|party| self.mention(party)).filter(|mention| mention.sentence == sentence);
            named.map_or(nowhere, |mention| mention.span.within(whole.span))
        };
        Asked { text: whole.span.of(self.text), source: place(source), target: place(target) }
    }
}

/// Asks about every two parties of a sentence and, where it may leave somebody out (`open`), about each with whom it leaves out.
fn ask(sentence: u32, parties: &[PartyRef], open: bool, questions: &mut Vec<Question>) {
    for (index, first) in parties.iter().enumerate() {
        let others = parties.iter().skip(index + 1);
        questions.extend(others.map(|second| Question { sentence, first: *first, second: Some(*second) }));
    }
    if open && is_open(parties) {
        questions.extend(parties.iter().map(|party| Question { sentence, first: *party, second: None }));
    }
}

/// How far a party stands from the word that joins it with another.
fn reach(read: Read<'_>, clauses: &Clauses<'_>, party: PartyRef, trigger: u32) -> Reach {
    let Some(mention) = read.mention(party).filter(|mention| clauses.tokens().contains(&mention.head)) else {
        return Reach::Discourse;
    };
    match chain(clauses, mention.head).position(|at| at == trigger) {
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
