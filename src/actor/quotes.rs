//! "We", "our", "us": who speaks. Between quotation marks that is who is quoted; outside them the state or organisation that the
//! article is a statement of.

use super::lexicon::{Class, Reference};
use super::memory::Memory;
use super::mention::{ActorCode, Mentions};
use super::phrase::{Open, Phrase};
use super::view::View;
use crate::syntax::Token;

/// Bytes of the paragraph looked back on for an opening quotation mark.
const PARAGRAPH: usize = 2_000;

impl Memory {
    /// Gives the "we" of a sentence their actors. Called before its phrases are recorded: who is quoted may come last.
    pub(super) fn give_voice(&self, view: View, phrases: &mut [Phrase], out: &Mentions) {
        for at in 0..phrases.len() {
            if phrases[at].open != Open::Refers(Reference::Speaker) {
                continue;
            }
            let head = phrases[at].head;
            let actors = if is_quoted(view, head) { self.quoted(view, head, phrases, out) } else { self.author() };
            phrases[at].actors = actors;
            phrases[at].open = Open::Nothing;
        }
    }

    /// Who says what stands between quotation marks around `token`: who acts in the clauses above it, outside them; else the person
    /// whom the sentences before let speak.
    fn quoted(&self, view: View, token: u32, phrases: &[Phrase], out: &Mentions) -> Vec<ActorCode> {
        let mut verb = view.token(token).map_or(Token::ROOT, |token| token.head);
        for _ in 0..8 {
            let Some(above) = view.token(verb) else { break };
            let doer = view.doer_of(verb).filter(|doer| !is_quoted(view, *doer));
            if let Some(doer) = doer {
                let named = phrases.iter().find(|phrase| (phrase.first..=phrase.last).contains(&doer));
                if let Some(named) = named.filter(|phrase| phrase.open == Open::Nothing) {
                    return named.actors.clone();
                }
                let reference = match named.map(|phrase| phrase.open) {
                    Some(Open::Refers(reference @ (Reference::Man | Reference::Woman))) => reference,
                    _ => return Vec::new(),
                };
                let found = self.pronoun(view, doer, reference, out);
                return found.and_then(|index| out.all.get(index as usize)).map_or_else(Vec::new, |held| held.actors.clone());
            }
            verb = above.head;
        }
        let mut recent = out.all.iter().enumerate().rev().take_while(|(_, mention)| mention.sentence + 2 >= view.index);
        let speaker = recent
            .find(|(index, _)| self.traits.get(*index).is_some_and(|traits| traits.subject && traits.class == Class::Person));
        speaker.map_or_else(Vec::new, |(_, mention)| mention.actors.clone())
    }
}

/// Whether a token stands between quotation marks that its paragraph opens.
fn is_quoted(view: View, token: u32) -> bool {
    let Some(token) = view.token(token) else { return false };
    let before = view.text.get(..token.span.start as usize).unwrap_or("");
    let near = (before.len().saturating_sub(PARAGRAPH)..=before.len()).find_map(|from| before.get(from..)).unwrap_or("");
    let near = near.rsplit("\n\n").next().unwrap_or(near);
    let count = |mark: char| near.matches(mark).count();
    count('"') % 2 == 1 || count('“') > count('”')
}
