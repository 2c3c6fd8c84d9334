//! [`Classifier`]: what the first of two phrases does to the second, always with a best guess: the frames and the learned model
//! together.

use super::features::Features;
use super::linear::Linear;
use super::reader;
use super::words::Words;
use super::{Judge, Pair, Scores};
use crate::actor::ActorCode;
use crate::event::candidate::{Candidate, Hold, PartyRef, Reach};
use crate::event::clause::{Clauses, Edges};
use crate::event::codes::{self, Voice};
use crate::event::frames::Frames;
use crate::event::judge::Encoder;
use crate::event::ontology::{Act, Mode, Quad, Status};
use crate::event::status::StatusReader;
use crate::lexicon::LexiconError;
use crate::span::Span;
use crate::syntax::{Document, Upos};

/// Frames and learned model, ready to be asked. Made once, shared read-only.
pub struct Classifier {
    reader: Reader,
    linear: Linear,
    /// The dearer model, which is better: where it is there, its word counts.
    encoder: Option<Encoder>,
}

/// What makes pairs of phrases, and features of pairs.
pub struct Reader {
    frames: Frames,
    words: Words,
}

/// What the source does to the target.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// A PLOVER class: what is still to come is AGREE, CONCEDE or THREATEN.
    pub class: Act,
    pub mode: Option<Mode>,
    pub quad: Quad,
    pub status: Status,
    /// The probability that the class is right, 0 to 1.
    pub confidence: f32,
}

impl Reader {
    pub fn embedded() -> Result<Self, LexiconError> {
        let frames = Frames::embedded()?;
        let words = Words::embedded(frames.lexicon())?;
        Ok(Self { frames, words })
    }

    /// The question what the words of `source` do to those of `target`; `None` where one of the spans holds no word.
    pub fn pair<'a>(&self, text: &'a str, document: &'a Document, source: Span, target: Span) -> Option<Pair<'a>> {
        reader::read(&self.frames, self.frames.cues(), text, document, source, target)
    }

    pub fn features(&self, pair: &Pair<'_>) -> Features {
        let mut features = Features::default();
        features.read(pair, &self.words);
        features
    }
}

impl Classifier {
    pub fn embedded() -> Result<Self, LexiconError> {
        let reader = Reader::embedded()?;
        let linear = Linear::embedded(&reader.frames)?;
        Ok(Self { reader, linear, encoder: None })
    }

    /// The same with the encoder, or without it.
    pub fn with_judge(self, on: bool) -> Result<Self, LexiconError> {
        let encoder = if on { Some(Encoder::embedded()?) } else { None };
        Ok(Self { encoder, ..self })
    }

    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    pub fn classify(&self, pair: &Pair<'_>) -> Verdict {
        let mut scores = Vec::with_capacity(1);
        let judge: &dyn Judge = match &self.encoder {
            Some(encoder) => encoder,
            None => &self.linear,
        };
        judge.judge(std::slice::from_ref(pair), &mut scores);
        let scores = scores.pop().unwrap_or(Scores([0.0; super::CLASSES]));
        self.verdict(pair, &scores)
    }

    /// The likeliest class, with the mode and the status that the words give it.
    pub fn verdict(&self, pair: &Pair<'_>, scores: &Scores) -> Verdict {
        let (class, confidence) = scores.best();
        let (status, mode) = match pair.hit.filter(|hit| hit.class == class || hit.act == class) {
            Some(hit) => (hit.status, hit.mode),
            None => self.read(pair, class),
        };
        // What will be given up is given up in words.
        let class = if class == Act::Retreat { codes::plover(class, status, Voice::Other) } else { class };
        let mode = mode.filter(|mode| codes::modes(class).contains(mode));
        Verdict { class, mode, quad: codes::quad(class), status, confidence }
    }

    /// Status and mode where no frame gives them: those of the word that joins the two phrases.
    fn read(&self, pair: &Pair<'_>, class: Act) -> (Status, Option<Mode>) {
        let sentence = pair.document.sentences.get(pair.sentence as usize);
        let (Some(sentence), Some(actor)) = (sentence, ActorCode::new("X")) else { return (Status::Occurred, None) };
        let mut edges = Edges::default();
        let clauses = Clauses::new(pair.document, sentence, &mut edges);
        let trigger = joint(&clauses, pair);
        let party = |mention| PartyRef { mention, actor };
        let candidate = Candidate {
            sentence: pair.sentence,
            trigger,
            trigger_span: pair.source.span,
            source: party(0),
            target: party(1),
            reciprocal: false,
            act: class,
            mode: None,
            contexts: Vec::new(),
            status: None,
            frame: "",
            source_path: Reach::Argument,
            target_path: Reach::Argument,
            hold: Hold::Firm,
        };
        let status =
            StatusReader { cues: self.reader.frames.cues(), clauses: &clauses, kind: sentence.kind }.read(&candidate).status;
        let lexicon = self.reader.frames.lexicon();
        let symbol = lexicon.symbol(&clauses.lemma(trigger).to_lowercase());
        let frames = lexicon.readings(symbol).iter().map(|reading| lexicon.frame(*reading));
        let mode = frames.filter(|frame| frame.act == class && !frame.mute).find_map(|frame| frame.mode);
        (status, mode)
    }
}

/// The word that joins two phrases: the lowest above both where that is a verb, else the first verb above the source.
pub(in crate::event) fn joint(clauses: &Clauses<'_>, pair: &Pair<'_>) -> u32 {
    let chain = |start: u32| std::iter::successors(Some(start), |at| clauses.head(*at)).take(20);
    let verb = |at: &u32| clauses.upos(*at) == Upos::Verb;
    let top = chain(pair.source.head).find(|at| chain(pair.target.head).any(|other| other == *at));
    top.filter(verb).or_else(|| chain(pair.source.head).skip(1).find(verb)).or(top).unwrap_or(pair.source.head)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{Analyzer, Scratch};

    fn verdict(text: &str, source: &str, target: &str) -> Verdict {
        let classifier = Classifier::embedded().unwrap();
        let mut document = Document::default();
        Analyzer::embedded().unwrap().analyze(text, None, &mut Scratch::default(), &mut document);
        let span = |words: &str| text.find(words).map(|at| Span::new(at, at + words.len())).unwrap();
        let pair = classifier.reader().pair(text, &document, span(source), span(target)).unwrap();
        classifier.classify(&pair)
    }

    #[test]
    fn who_need_not_be_a_state() {
        let found = verdict("The teachers' union sued the city council over pay.", "The teachers' union", "the city council");
        assert_eq!((found.class, found.status), (Act::Accuse, Status::Occurred));
        let found = verdict("Gunmen attacked a police station near the river on Monday.", "Gunmen", "a police station");
        assert_eq!((found.class, found.quad), (Act::Assault, Quad::MaterialConflict));
    }

    #[test]
    fn cooperation_to_come_is_an_agreement() {
        let found =
            verdict("The Chilean president will meet farmers from the north next week.", "The Chilean president", "farmers");
        assert_eq!((found.class, found.status), (Act::Agree, Status::Anticipated));
    }

    #[test]
    fn words_outside_the_lexicon_get_a_best_guess_as_well() {
        let found = verdict("The ministry frobnicated the guild.", "The ministry", "the guild");
        assert!(found.confidence > 0.0 && found.confidence < 1.0);
        let found = verdict("Spain. Portugal.", "Spain", "Portugal");
        assert!(found.confidence > 0.0 && found.confidence < 1.0);
    }
}
