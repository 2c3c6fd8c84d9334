//! [`Explained`]: an event with what made it, for `extract --explain` and for whoever fits weights.

use super::{Candidate, Coder, Judged, Made, Scratch};
use crate::actor::Mentions;
use crate::article::Article;
use crate::event::fusion::Property;
use crate::event::record::Event;
use crate::event::subject::About;
use crate::event::trace::Trace;
use crate::span::Span;
use crate::syntax::Document;

/// How an event came about, for `extract --explain`.
#[derive(Clone, Debug)]
pub struct Explained {
    pub event: Event,
    pub candidate: Candidate,
    /// The word that decided the status, if one did.
    pub cue: Option<Span>,
    /// What the judge said, where it was asked.
    pub judged: Option<Judged>,
    /// What its confidence is read from, where the judge has read along.
    pub properties: Vec<Property>,
    pub about: About,
    /// Which of the article's events it went into, counted before the unsure are dropped.
    pub place: usize,
    /// Not sure enough to be told.
    pub unsure: bool,
}

impl Coder {
    /// As [`Coder::code`], before merging, with what made each event, and every reading that was dropped.
    pub fn explain(&self, article: &Article, document: &Document, mentions: &Mentions) -> (Vec<Explained>, Trace) {
        let mut scratch = Scratch::default();
        let mut trace = Trace::default();
        self.frames.candidates(article, document, mentions, &mut scratch.candidates, Some(&mut trace));
        self.weigh(article, document, mentions, &mut scratch);
        let mut explained: Vec<Explained> = Vec::new();
        self.each(article, document, mentions, &mut scratch, &mut |made, candidate, judged| {
            let Made { event, reading, properties, about } = made;
            let cue = reading.cue.and_then(|cue| document.tokens.get(cue as usize)).map(|token| token.span);
            let (candidate, judged) = (candidate.clone(), judged.cloned());
            explained.push(Explained { event, candidate, cue, judged, properties, about, place: 0, unsure: false });
        });
        let mut events = explained.iter().map(|told| told.event.clone()).collect();
        let shown = explained.iter().map(|told| told.properties.clone()).collect();
        let tellings = self.join(&mut events, shown);
        for (told, (place, _)) in explained.iter_mut().zip(tellings) {
            told.place = place;
            if let Some(event) = events.get(place).filter(|_| self.judge.is_some()) {
                told.event.confidence = event.confidence;
            }
            told.unsure = told.event.confidence < self.floor();
        }
        (explained, trace)
    }
}
