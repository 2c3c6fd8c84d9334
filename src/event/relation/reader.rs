//! [`read`]: two phrases of a text made into a [`Pair`], with what the frames find between them, their status read.

use super::{Hit, Pair, Phrase};
use crate::event::candidate::Candidate;
use crate::event::clause::{Clauses, Edges};
use crate::event::codes;
use crate::event::cues::Cues;
use crate::event::frames::Frames;
use crate::event::status::StatusReader;
use crate::span::Span;
use crate::syntax::{Document, Token, Upos};

/// `None` where a span holds no word.
pub(in crate::event) fn read<'a>(
    frames: &Frames,
    cues: &Cues,
    text: &'a str,
    document: &'a Document,
    source: Span,
    target: Span,
) -> Option<Pair<'a>> {
    let (first, sentence) = phrase(document, source)?;
    let (second, _) = phrase(document, target)?;
    let hit = |from, to| frames.classify(document, from, to).map(|found| hit(cues, document, &found.candidate));
    Some(Pair { text, document, sentence, source: first, target: second, hit: hit(source, target), back: hit(target, source) })
}

/// What a frame found, with the status that the words around it give.
pub(in crate::event) fn hit(cues: &Cues, document: &Document, candidate: &Candidate) -> Hit {
    let mut edges = Edges::default();
    let sentence = &document.sentences[candidate.sentence as usize];
    let clauses = Clauses::new(document, sentence, &mut edges);
    let reading = StatusReader { cues, clauses: &clauses, kind: sentence.kind }.read(candidate);
    Hit {
        act: candidate.act,
        mode: candidate.mode,
        status: reading.status,
        class: codes::plover(candidate.act, reading.status, reading.voice),
        trigger: candidate.trigger,
        reciprocal: candidate.reciprocal,
        frame: candidate.frame,
    }
}

/// The phrase of a span, and its sentence. Its head is the word that no other word of the span governs, a nominal one where there
/// are several.
pub(in crate::event) fn phrase(document: &Document, span: Span) -> Option<(Phrase, u32)> {
    let tokens = &document.tokens;
    let start = tokens.partition_point(|token| token.span.end <= span.start);
    let end = start + tokens.get(start..)?.partition_point(|token| token.span.start < span.end);
    let inside = |at: u32| (start..end).contains(&(at as usize));
    let top = |at: &usize| tokens[*at].head == Token::ROOT || !inside(tokens[*at].head);
    let nominal = |at: &usize| matches!(tokens[*at].upos, Upos::Noun | Upos::Propn | Upos::Pron | Upos::Adj | Upos::Num);
    let mut tops = (start..end).filter(top);
    let head = tops.clone().find(nominal).or_else(|| tops.next())? as u32;
    let sentence = document.sentences.partition_point(|sentence| sentence.tokens.end <= head) as u32;
    Some((Phrase { span, head }, sentence))
}
