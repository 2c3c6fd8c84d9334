//! [`Dating`]: which date phrase of a sentence belongs to an act, and what it says of that act. It is the one that hangs nearest to the act's
//! trigger in the tree, without leaving what is said for the saying of it.

use super::links::{Link, Links};
use super::{Dates, Form, Phrase};
use crate::event::clause::{Clauses, DEPTH};
use crate::event::cues::{Cues, Roles};
use crate::span::Span;
use crate::syntax::{Deprel, Xpos};

/// Beyond this many steps a phrase belongs to something else.
const FARTHEST: u32 = 7;

/// A sentence and its date phrases.
#[derive(Clone, Copy)]
pub(in crate::event) struct Dating<'a> {
    pub clauses: &'a Clauses<'a>,
    pub cues: &'a Cues,
    pub links: &'a Links,
    pub phrases: &'a [Phrase],
}

/// What a date phrase says of an act.
#[derive(Clone, Copy, Debug)]
pub(in crate::event) struct Dated<'a> {
    /// The words of the phrase.
    pub span: Span,
    pub form: &'a Form,
    /// "The visit announced on 3 May": the day is behind, though the act is ahead.
    pub behind: bool,
}

impl<'a> Dating<'a> {
    /// What dates `trigger`.
    pub fn attached(&self, trigger: u32) -> Option<Dated<'a>> {
        self.nearest(trigger, &|_| true)
    }

    /// What dates `trigger` of the phrases whose form is `fitting`.
    pub fn nearest(&self, trigger: u32, fitting: &dyn Fn(&Form) -> bool) -> Option<Dated<'a>> {
        let at = self.clauses.token(trigger)?.span;
        let mut best: Option<((u32, u32), u32, &Phrase)> = None;
        for phrase in self.phrases {
            if !fitting(&phrase.form) {
                continue;
            }
            let place = if let Dates::Opened(link) = phrase.dates { link } else { phrase.span };
            let Some(top) = self.clauses.top(place) else { continue };
            if phrase.dates == Dates::Noun && !self.is_dated_by(trigger, top) {
                continue;
            }
            let Some(steps) = self.steps(trigger, top).filter(|steps| *steps <= FARTHEST) else { continue };
            let gap =
                if phrase.span.start >= at.end { phrase.span.start - at.end } else { at.start.saturating_sub(phrase.span.end) };
            let steps = match (phrase.dates, &phrase.form) {
                // Where the clause has a date of its own, the days are counted from that.
                (Dates::Opened(_), _) => steps + 2,
                // "Agreed to hold oil back until the end of May": how long it is held back, not when they agreed.
                (_, Form::Until(_)) if steps > 1 => steps + 3,
                _ => steps,
            };
            if best.is_none_or(|(held, ..)| (steps, gap) < held) {
                best = Some(((steps, gap), top, phrase));
            }
        }
        let (_, top, phrase) = best?;
        let form = match &phrase.form {
            Form::Since(from) | Form::Until(from) if self.is_explained(trigger, phrase.span) => from,
            form => form,
        };
        Some(Dated { span: phrase.span, form, behind: self.is_behind(trigger, top) })
    }

    /// What dates the saying of what `trigger` tells, where the sentence has no other date: "said on Wednesday that it would leave".
    pub fn announced(&self, trigger: u32) -> Option<Dated<'a>> {
        let clauses = self.clauses;
        let said = std::iter::once(trigger).chain(clauses.ancestors(trigger));
        let said = said.into_iter().find(|at| matches!(clauses.deprel(*at), Deprel::Ccomp | Deprel::Parataxis))?;
        let saying = match clauses.deprel(said) {
            Deprel::Parataxis => said,
            _ => clauses.head(said)?,
        };
        // "They will meet, a spokesman said on Tuesday": the saying stands beside.
        let beside = clauses.child(saying, |relation| relation == Deprel::Parataxis);
        self.attached(saying).or_else(|| self.attached(beside?))
    }

    /// Whether a phrase dates a deed that is only told in one breath with `trigger`: "praises the king, and a mission is due *in July*".
    pub fn is_of_another(&self, trigger: u32, phrase: Span) -> bool {
        let clauses = self.clauses;
        let own: Vec<u32> = std::iter::once(trigger).chain(clauses.ancestors(trigger)).collect();
        let top = clauses.top(phrase);
        let above = top.into_iter().flat_map(|top| std::iter::once(top).chain(clauses.ancestors(top)));
        // A clause of its own has a subject or an auxiliary.
        let is_told = |relation: Deprel| {
            matches!(relation, Deprel::Nsubj | Deprel::NsubjPass | Deprel::Aux | Deprel::AuxPass | Deprel::Cop)
        };
        let mut below = above.take_while(|at| !own.contains(at));
        below.any(|at| clauses.deprel(at) == Deprel::Conj && clauses.child(at, is_told).is_some())
    }

    fn is(&self, at: u32, link: Link) -> bool {
        self.links.is(self.clauses.lemma(at), link)
    }

    fn is_marked(&self, at: u32, link: Link) -> bool {
        self.clauses.markers(at).any(|marker| self.is(marker, link))
    }

    /// "The 2015 attack": the act itself; "brokered the 2015 accord": an act that makes what bears the year.
    fn is_dated_by(&self, trigger: u32, year: u32) -> bool {
        let dated = self.clauses.head(year);
        let makes = || self.is(trigger, Link::Make) && dated.and_then(|dated| self.clauses.head(dated)) == Some(trigger);
        dated == Some(trigger) || makes()
    }

    /// "Since 2008, when tanks drove them out": the act of a clause that says what happened then, behind the phrase.
    fn is_explained(&self, trigger: u32, phrase: Span) -> bool {
        let opens = |at: u32| {
            let word = self.clauses.children(at).find(|child| *child < at && self.clauses.lemma(*child) == "when");
            word.and_then(|word| self.clauses.token(word)).is_some_and(|word| word.span.start >= phrase.end)
        };
        std::iter::once(trigger).chain(self.clauses.ancestors(trigger)).any(opens)
    }

    /// Whether a participle that tells of the past holds the date.
    fn is_behind(&self, trigger: u32, date: u32) -> bool {
        let clauses = self.clauses;
        let planned = clauses.markers(date).any(|marker| clauses.lemma(marker) == "for");
        let path = clauses.ancestors(date).take_while(|at| *at != trigger);
        let told = |at: u32| {
            let ahead = self.cues.of(clauses.lemma(at));
            clauses.deprel(at) == Deprel::Acl
                && clauses.xpos(at) == Xpos::Vbn
                && !ahead.has(Roles::COMMIT)
                && !ahead.has(Roles::EXPECT)
        };
        !planned && clauses.within(date, trigger) && path.into_iter().any(told)
    }

    /// Steps between an act and the head of a date phrase; `None` where a border of clauses that date apart stands between them.
    fn steps(&self, trigger: u32, date: u32) -> Option<u32> {
        let clauses = self.clauses;
        let above: Vec<u32> = std::iter::once(trigger).chain(clauses.ancestors(trigger)).take(DEPTH).collect();
        let mut down = 0;
        let mut at = date;
        for _ in 0..DEPTH {
            if let Some(position) = above.iter().position(|ancestor| *ancestor == at) {
                let up: Option<u32> = above.iter().take(position).map(|step| self.upwards(*step, date)).sum();
                return Some(up? + down);
            }
            down += self.downwards(at, trigger)?;
            if at != date && self.is_marked(at, Link::Apart) {
                return None;
            }
            at = clauses.head(at)?;
        }
        None
    }

    /// The cost of leaving `at` for its governor on the way up from the act.
    fn upwards(&self, at: u32, date: u32) -> Option<u32> {
        let clauses = self.clauses;
        let own_subject = clauses.subject(at).is_some();
        let together = || clauses.children(at).any(|child| self.is(child, Link::Together) && child < at);
        match clauses.deprel(at) {
            Deprel::Parataxis | Deprel::Advcl if self.is_spelled_out(at) => Some(3),
            // "Said on Saturday that they met": the day of saying.
            Deprel::Ccomp | Deprel::Parataxis | Deprel::List | Deprel::Csubj => None,
            // "In 2021, when it recalled its envoys".
            Deprel::AclRelcl | Deprel::Advcl | Deprel::AdvclRelcl if clauses.head(at) == Some(date) => Some(1),
            Deprel::AclRelcl | Deprel::AdvclRelcl if clauses.head(at).is_some_and(|head| self.is_cleft(head)) => Some(1),
            Deprel::AclRelcl => None,
            Deprel::Advcl | Deprel::AdvclRelcl if own_subject && together() => Some(3),
            Deprel::Advcl | Deprel::AdvclRelcl => (!own_subject).then_some(2),
            Deprel::Conj => Some(if own_subject { 4 } else { 2 }),
            _ => Some(1),
        }
    }

    /// The cost of entering `at` from its governor on the way down to the date.
    fn downwards(&self, at: u32, trigger: u32) -> Option<u32> {
        let clauses = self.clauses;
        let own_subject = clauses.subject(at).is_some();
        let head = clauses.head(at);
        let of = || clauses.markers(at).any(|marker| clauses.lemma(marker) == "of");
        // "At talks held on 3 May", "in the exchange of 3 May": the act took place there.
        let occasion = || head.is_some_and(|head| clauses.deprel(head) == Deprel::Obl && self.is_marked(head, Link::Within));
        match clauses.deprel(at) {
            Deprel::Ccomp | Deprel::Parataxis | Deprel::List | Deprel::Csubj => None,
            // "The summit that was held in May": its date is the summit's, and nobody else's.
            Deprel::Acl if self.is(at, Link::Held) && occasion() => Some(2),
            Deprel::Acl | Deprel::AclRelcl => (head == Some(trigger)).then_some(2),
            Deprel::Nmod if of() && head != Some(trigger) => {
                let dated = |head: u32| self.is(head, Link::Stretch) || clauses.is_verb(head);
                (head.is_some_and(dated) || occasion()).then_some(1)
            }
            // "Talks on the quota for next year": what they are about.
            Deprel::Nmod if self.is_marked(at, Link::Topic) && head != Some(trigger) => Some(2),
            Deprel::Advcl | Deprel::AdvclRelcl => (!own_subject).then_some(3),
            Deprel::Conj if clauses.is_verb(at) => Some(if own_subject { 5 } else { 3 }),
            _ => Some(1),
        }
    }

    /// "In 2005 they came close to blows: one sent planes": behind a colon, and not what somebody said.
    fn is_spelled_out(&self, at: u32) -> bool {
        let clauses = self.clauses;
        let colon = clauses.children(at).any(|child| child < at && clauses.lemma(child) == ":");
        colon && clauses.head(at).is_some_and(|head| head < at && !self.cues.of(clauses.lemma(head)).has(Roles::SAY))
    }

    /// "In 2019 it was Rwanda that shut the border".
    fn is_cleft(&self, at: u32) -> bool {
        let subject = self.clauses.subject(at).or_else(|| self.clauses.child(at, |relation| relation == Deprel::Expl));
        subject.is_some_and(|subject| self.clauses.lemma(subject) == "it")
            && self.clauses.child(at, |relation| relation == Deprel::Cop).is_some()
    }
}
