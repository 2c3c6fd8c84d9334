//! [`Frames`]: a document's candidates: every predicate that the lexicon knows, with the two actors it joins.

use std::cell::RefCell;

use super::absorbed::{dyad, is_absorbed, is_denial};
use super::candidate::{Candidate, Reach};
use super::cues::Cues;
use super::domain::Domain;
use super::focus::Focus;
use super::frame::{Frame, Kind, Symbol};
use super::left_out::{Closed, LeftOut};
use super::matcher::{Found, Match, Matcher};
use super::ontology::{Act, Mode};
use super::predicates::Lexicon;
use super::reach::Reacher;
use super::surface::Surface;
use super::trace::{Dropped, Trace, Traced};
use super::tree::{self, Tree};
use super::word_files::Words;
use crate::actor::{ActorCode, Mention, MentionKind, Mentions, Sector};
use crate::article::Article;
use crate::lexicon::LexiconError;
use crate::span::Span;
use crate::syntax::{Document, Upos};

/// The lexicon of predicates, ready to be matched. Made once, shared read-only.
#[derive(Clone, Debug)]
pub struct Frames {
    lexicon: Lexicon,
    words: Words,
    cues: Cues,
    /// By symbol: whether a noun names an act.
    act_nouns: Vec<bool>,
    left_out: LeftOut,
}

/// What two given phrases of one sentence do to each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Classified {
    pub act: Act,
    pub mode: Option<Mode>,
    pub frame: &'static str,
    pub candidate: Candidate,
}

impl Frames {
    /// The lexicon in the binary.
    pub fn embedded() -> Result<Self, LexiconError> {
        let lexicon = Lexicon::embedded()?;
        let words = lexicon.words().clone();
        let act_nouns = lexicon.act_nouns();
        Ok(Self { lexicon, words, cues: Cues::embedded()?, act_nouns, left_out: LeftOut::embedded()? })
    }

    /// The same, telling every act of which a predicate leaves a party out though its frame asks for it.
    pub fn with_all_left_out(mut self) -> Self {
        self.left_out.least = 0.0;
        self
    }

    pub fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    pub(super) fn cues(&self) -> &Cues {
        &self.cues
    }

    /// Appends the candidates of a document to `out`, in text order of their triggers.
    pub fn candidates(
        &self,
        _article: &Article,
        document: &Document,
        mentions: &Mentions,
        out: &mut Vec<Candidate>,
        trace: Option<&mut Trace>,
    ) {
        self.search(document, mentions, out, Some(&self.left_out), trace);
    }

    /// `left_out`: looks for the parties that predicates leave out though their frames ask for them.
    fn search(
        &self,
        document: &Document,
        mentions: &Mentions,
        out: &mut Vec<Candidate>,
        left_out: Option<&LeftOut>,
        mut trace: Option<&mut Trace>,
    ) {
        if mentions.all.is_empty() {
            return;
        }
        let tree = Tree::new(document, mentions, &self.lexicon, &self.words);
        let act_noun = |symbol: Symbol| self.act_nouns.get(symbol as usize).copied().unwrap_or(false);
        let domains = self.domains(document, &tree);
        let mut focus = Focus::new(mentions);
        let mut buffer = String::new();
        let mut matched: Vec<Match> = Vec::new();
        let mut closed: Vec<Vec<Closed>> = Vec::new();
        for (index, sentence) in document.sentences.iter().enumerate() {
            let reacher = Reacher { tree: &tree, mentions, act_noun: &act_noun };
            let surface = Surface::new(&tree, mentions, index as u32, sentence.tokens.clone());
            if surface.extents().is_empty() {
                continue;
            }
            let matcher = Matcher {
                lexicon: &self.lexicon,
                cues: &self.cues,
                tree: &tree,
                reacher,
                sentence: index as u32,
                first: sentence.tokens.start,
                surface: &surface,
                focus: &focus,
                left_out,
                looked: trace.as_ref().map(|_| RefCell::default()),
            };
            let fill = |closed: &mut Vec<Vec<Closed>>, matched: &mut Vec<Match>| {
                let filled: Vec<Match> = closed.drain(..).flat_map(|readings| matcher.fill_any(&readings, matched)).collect();
                matched.extend(filled);
            };
            matched.clear();
            let mut unreal: Vec<u32> = Vec::new();
            let mut muted: Vec<u32> = Vec::new();
            for word in sentence.tokens.clone() {
                let (symbol, joined) = (tree.symbol(word), tree.joined(word));
                // "Cease-fire" is no fire.
                let whole = if joined == 0 { &[][..] } else { self.lexicon.readings(joined) };
                let readings = if whole.is_empty() { self.lexicon.readings(symbol) } else { whole };
                // "Cuba thanks Mexico": a plural that is a verb.
                if tree.kind(word) == Some(Kind::Noun) && surface.heads_line(word) {
                    let verb = tree::inflected(&self.lexicon, document.lemma(word), &mut buffer);
                    let mut found = Found::default();
                    if verb != 0 && verb != symbol {
                        matcher.read_loosely(word, Kind::Verb, self.lexicon.readings(verb), &matched, &mut found);
                    }
                    if !found.matches.is_empty() {
                        matched.append(&mut found.matches);
                        continue;
                    }
                }
                if tree.mention(word).is_some() {
                    matched.extend(matcher.stay(word));
                }
                if let Some(again) = matcher.again(word) {
                    // "Warsaw stopped giving visas, and Doha did likewise": what is told again may have left a party out.
                    fill(&mut closed, &mut matched);
                    let told = matcher.likewise(&again, &matched);
                    if !told.is_empty() {
                        matched.extend(told);
                        continue;
                    }
                }
                if symbol == 0 || readings.is_empty() || is_name(document, &surface, word) {
                    continue;
                }
                let told = |kind: &Kind| *kind != Kind::Noun || !is_office(&tree, mentions, word) && !tree.only_calls(word);
                let Some(kind) = tree.kind(word).filter(told) else { continue };
                let mut found = Found::default();
                matcher.read(word, kind, readings, &matched, &mut found);
                let gapped = if kind == Kind::Verb { surface.gapped(word) } else { Vec::new() };
                matcher.keep_apart(&gapped, &mut found.matches);
                if kind == Kind::Verb && found.matches.is_empty() && found.muted.is_none() && tree.is_passive(word) {
                    // "is committed to", "is expected in": participles that the lexicon holds as adjectives.
                    matcher.read(word, Kind::Adjective, readings, &matched, &mut found);
                }
                if found.matches.is_empty() && found.muted.is_none() && domains.get(index).copied().flatten().is_none() {
                    matcher.read_loosely(word, kind, readings, &matched, &mut found);
                    if found.matches.is_empty() && kind != Kind::Verb && surface.heads_line(word) {
                        matcher.read_loosely(word, Kind::Verb, readings, &matched, &mut found);
                    }
                }
                if found.matches.is_empty() && found.muted.is_none() {
                    closed.extend(Some(std::mem::take(&mut found.closed)).filter(|readings| !readings.is_empty()));
                }
                matcher.share(&gapped, &mut found.matches);
                if found.unreal {
                    unreal.push(word);
                }
                if let Some(anchors) = found.muted {
                    muted.extend(anchors.tokens());
                }
                if let Some(trace) = trace.as_deref_mut() {
                    let trigger = document.tokens.get(word as usize).map(|token| token.span).unwrap_or_default();
                    trace.readings.extend(found.failed.iter().map(|(frame, reason)| Traced {
                        sentence: index as u32,
                        trigger,
                        frame,
                        candidate: None,
                        dropped: Some(*reason),
                    }));
                }
                matched.append(&mut found.matches);
            }
            fill(&mut closed, &mut matched);
            matched.sort_by_key(|found| found.word);
            if let (Some(trace), Some(looked)) = (trace.as_deref_mut(), &matcher.looked) {
                trace.looked.append(&mut looked.borrow_mut());
            }
            let domain = domains.get(index).copied().flatten();
            if matched.is_empty() && domain.is_none() {
                let known = |a: ActorCode, b: ActorCode| out.iter().any(|told| dyad(told) == (a.min(b), a.max(b)));
                matched.extend(matcher.in_company(&known));
            }
            let before = out.len();
            let denials: Vec<bool> = (0..matched.len()).map(|at| is_denial(&matched, at)).collect();
            let absorbed: Vec<bool> =
                (0..matched.len()).map(|at| denials[at] || is_absorbed(&tree, &matched, &denials, at)).collect();
            let verbs: Vec<(u32, Act)> =
                matched.iter().filter(|found| found.kind == Kind::Verb).map(|found| (found.word, found.candidate.act)).collect();
            for (mut found, absorbed) in matched.drain(..).zip(absorbed) {
                if matcher.speaks_in_the_street(&found) {
                    if found.candidate.act != Act::Protest {
                        (found.candidate.act, found.candidate.mode) = (Act::Protest, Some(Mode::Demo));
                    }
                } else if !found.people {
                    speak_for_government(&mut found.candidate, mentions);
                }
                // "Returned an ancient bust": what is given back is old.
                let old = domain == Some(Domain::Past) && found.candidate.mode == Some(Mode::Return);
                let dropped = if domain.is_some() && !old {
                    Some(Dropped::Domain)
                } else if muted.contains(&found.word) {
                    Some(Dropped::Muted)
                } else if absorbed {
                    Some(Dropped::Absorbed)
                } else if is_private(&found.candidate, found.people, mentions) {
                    Some(Dropped::Private)
                } else {
                    matcher.operate(&mut found, &unreal, &verbs)
                };
                if let Some(trace) = trace.as_deref_mut() {
                    trace.readings.push(Traced {
                        sentence: index as u32,
                        trigger: found.candidate.trigger_span,
                        frame: found.candidate.frame,
                        candidate: Some(found.candidate.clone()),
                        dropped,
                    });
                }
                if dropped.is_some() {
                    continue;
                }
                let accusations = matcher.alleged(&found);
                tell(found.candidate, out, before);
                for accusation in accusations {
                    if !is_private(&accusation.candidate, accusation.people, mentions) {
                        tell(accusation.candidate, out, before);
                    }
                }
            }
            for candidate in out.iter().skip(before) {
                focus.note(candidate);
            }
        }
    }

    /// What the words of `source` do to those of `target`, by the frames alone: `None` where no frame joins the two.
    pub fn classify(&self, document: &Document, source: Span, target: Span) -> Option<Classified> {
        let [first, second] = [ActorCode::new("S")?, ActorCode::new("T")?];
        let mut all = vec![mention(document, source, first)?, mention(document, target, second)?];
        all.sort_by_key(|mention| mention.span);
        let mentions = Mentions { all };
        let mut found = Vec::new();
        self.search(document, &mentions, &mut found, None, None);
        let fits = |candidate: &Candidate| candidate.source.actor == first || candidate.reciprocal;
        found
            .into_iter()
            .filter(fits)
            .min_by_key(|candidate| (candidate.source_path.max(candidate.target_path), candidate.trigger))
            .map(|candidate| Classified { act: candidate.act, mode: candidate.mode, frame: candidate.frame, candidate })
    }

    /// By sentence: the domain that keeps it from being coded.
    fn domains(&self, document: &Document, tree: &Tree<'_>) -> Vec<Option<Domain>> {
        let mut totals = [0u32; Domain::ALL.len()];
        let mut scores = Vec::with_capacity(document.sentences.len());
        for sentence in &document.sentences {
            let mut score = [0u32; Domain::ALL.len()];
            for word in sentence.tokens.clone() {
                let domain = self.lexicon.domain(tree.symbol(word)).or_else(|| self.lexicon.domain(tree.joined(word)));
                if let Some((domain, weight)) = domain
                    && matches!(tree.upos(word), Upos::Noun | Upos::Propn | Upos::Verb | Upos::Adj)
                {
                    score[domain as usize] += u32::from(weight);
                    totals[domain as usize] += u32::from(weight);
                }
            }
            scores.push(score);
        }
        let decide = |score: [u32; Domain::ALL.len()]| {
            Domain::ALL.into_iter().find(|domain| {
                let here = score[*domain as usize];
                here >= 2 || (here == 1 && totals[*domain as usize] >= 5)
            })
        };
        scores.into_iter().map(decide).collect()
    }
}

/// Appends a candidate, if none of those from `before` on tells the same of the same words.
fn tell(candidate: Candidate, out: &mut Vec<Candidate>, before: usize) {
    let same = |c: &Candidate| (c.trigger, c.act, c.source.actor, c.target.actor);
    if !out.iter().skip(before).any(|held| same(held) == same(&candidate)) {
        out.push(candidate);
    }
}

/// "Met his counterpart *Tore* Sandvik": a word of somebody's name, whatever the tagger takes it for. The name opens or closes its mention.
fn is_name(document: &Document, surface: &Surface<'_>, word: u32) -> bool {
    let mention = surface.covering(word).and_then(|extent| surface.mention(extent));
    let Some((mention, name)) = mention.and_then(|mention| Some((mention, mention.name.as_deref()?))) else { return false };
    let token = document.tokens.get(word as usize).map(|token| token.span).unwrap_or_default();
    let long = name.len() as u32;
    let opens = Span { start: mention.span.start, end: mention.span.start + long };
    let closes = Span { start: mention.span.end.saturating_sub(long), end: mention.span.end };
    opens.contains(token) || closes.contains(token)
}

/// "The *charge* d'affaires": a word that names somebody's office.
fn is_office(tree: &Tree<'_>, mentions: &Mentions, word: u32) -> bool {
    let mention = tree.mention(word).and_then(|index| mentions.all.get(index as usize));
    mention.is_some_and(|mention| mention.sector == Some(Sector::Gov) && mention.role.is_some())
}

/// Civilians demonstrate; a government that protests complains.
fn speak_for_government(candidate: &mut Candidate, mentions: &Mentions) {
    let mention = mentions.all.get(candidate.source.mention as usize);
    let official = mention.is_some_and(|mention| match mention.sector {
        Some(sector) => matches!(sector, Sector::Gov | Sector::Mil | Sector::Leg | Sector::Jud | Sector::Spy | Sector::Igo),
        // A town that is only near is where the crowd stands.
        None => match mention.kind {
            MentionKind::Place => matches!(candidate.source_path, Reach::Argument | Reach::Shared),
            kind => kind == MentionKind::Person,
        },
    });
    if candidate.act == Act::Protest && official && matches!(candidate.mode, None | Some(Mode::Demo)) {
        (candidate.act, candidate.mode) = (Act::Accuse, Some(Mode::Disapprove));
    }
}

/// People, firms and the press are their state's where they protest, attack, are attacked or help, and where the frame asks for those whose
/// trade is the state's (`named`: "a *Turkish firm* is building a dam in Iraq"); else they act for themselves.
fn is_private(candidate: &Candidate, named: bool, mentions: &Mentions) -> bool {
    let private = |party: super::candidate::PartyRef| {
        let sector = mentions.all.get(party.mention as usize).and_then(|mention| mention.sector);
        matches!(sector, Some(Sector::Cvl | Sector::Bus | Sector::Med | Sector::Ngo))
    };
    let trade = named && candidate.act == Act::Cooperate;
    let open = trade || matches!(candidate.act, Act::Protest | Act::Assault | Act::Coerce | Act::Aid);
    private(candidate.source) && (!open || candidate.reciprocal && !trade || private(candidate.target))
}

/// A mention made of a span: headed by the word that governs its other words.
fn mention(document: &Document, span: Span, actor: ActorCode) -> Option<Mention> {
    let sentence = document.sentences.iter().position(|sentence| sentence.span.overlaps(span))?;
    let inside = |at: u32| document.tokens.get(at as usize).is_some_and(|token| token.span.overlaps(span));
    let range = document.sentences.get(sentence)?.tokens.clone();
    let head = range.clone().find(|at| inside(*at) && !inside(document.tokens[*at as usize].head))?;
    Some(Mention {
        span,
        sentence: sentence as u32,
        head,
        kind: MentionKind::Role,
        actors: vec![actor],
        sector: None,
        role: None,
        name: None,
        antecedent: None,
    })
}

impl Frame {
    /// Whether the frame is of a noun that names an act rather than a relation.
    fn is_act_noun(&self) -> bool {
        self.kind == Kind::Noun && !self.mute
    }
}

impl Lexicon {
    fn act_nouns(&self) -> Vec<bool> {
        let count = self.symbol_count() + 1;
        (0..count).map(|symbol| self.readings(symbol as Symbol).iter().any(|r| self.frame(*r).is_act_noun())).collect()
    }
}

#[cfg(test)]
#[path = "frames_tests.rs"]
mod tests;
