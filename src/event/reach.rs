//! [`Parties`]: the actors that a place in the tree names, directly or somewhere inside its phrase.

use super::candidate::{PartyRef, Reach};
use super::frame::{Kind, Symbol};
use super::tree::{DEPTH, Tree};
use crate::actor::{ActorCode, MentionKind, Mentions};
use crate::syntax::{Deprel, Upos};

/// More actors than this in one place are a list, not parties to an act.
const MOST: usize = 12;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Party {
    pub party: PartyRef,
    pub reach: Reach,
}

/// The actors found in one place, each once, in text order of the walk.
#[derive(Clone, Copy, Debug)]
pub struct Parties {
    held: [Option<Party>; MOST],
    count: usize,
}

impl Default for Parties {
    fn default() -> Self {
        Self { held: [None; MOST], count: 0 }
    }
}

impl FromIterator<Party> for Parties {
    fn from_iter<I: IntoIterator<Item = Party>>(parties: I) -> Self {
        let mut found = Self::default();
        parties.into_iter().for_each(|party| found.push(party));
        found
    }
}

impl Parties {
    pub fn iter(&self) -> impl Iterator<Item = Party> + '_ {
        self.held.iter().take(self.count).flatten().copied()
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub fn len(&self) -> usize {
        self.count
    }

    pub fn holds(&self, actor: ActorCode) -> bool {
        self.iter().any(|party| party.party.actor == actor)
    }

    pub fn push(&mut self, party: Party) {
        if self.iter().all(|held| held.party.actor != party.party.actor)
            && let Some(free) = self.held.get_mut(self.count)
        {
            *free = Some(party);
            self.count += 1;
        }
    }

    pub fn extend(&mut self, other: &Parties) {
        other.iter().for_each(|party| self.push(party));
    }

    /// No party is nearer than `reach`.
    pub fn at_least(mut self, reach: Reach) -> Self {
        for held in self.held.iter_mut().flatten() {
            held.reach = held.reach.max(reach);
        }
        self
    }
}

/// What a place may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Named by the head of the phrase itself.
    Itself,
    /// One who acts: inside the phrase, but not where the phrase is only located.
    Actor,
    /// One who acts through a thing that the frame itself asks for: "*Russian* gas flows".
    Through,
    /// One acted upon: also where the thing acted upon stands.
    Target,
}

pub struct Reacher<'a> {
    pub tree: &'a Tree<'a>,
    pub mentions: &'a Mentions,
    /// Whether a noun, by its symbol, names an act of its own: what follows "on" or "against" it is that act's target.
    pub act_noun: &'a dyn Fn(Symbol) -> bool,
}

impl Reacher<'_> {
    /// The actors of the phrase headed by `token` and of what is coordinated with it.
    pub fn parties(&self, token: u32, wanted: Wanted) -> Parties {
        self.parties_but(token, wanted, &Parties::default())
    }

    /// The same, looking past those of `known`: in "its border with Belarus", past the owner.
    pub fn parties_but(&self, token: u32, wanted: Wanted, known: &Parties) -> Parties {
        let mut found = Parties::default();
        self.gather(token, wanted, DEPTH / 2, known, &mut found);
        self.each_conjunct(token, wanted, DEPTH / 2, &mut |conjunct| {
            self.gather(conjunct, wanted, DEPTH / 2, known, &mut found);
        });
        // "Visits Paris, Warsaw": of two places of different states none explains the other.
        for child in self.tree.children(token).filter(|child| self.tree.deprel(*child) == Deprel::Appos) {
            if self.is_land(token) && self.is_land(child) {
                self.direct(child, &mut found);
            }
        }
        // "Matvienko, along with the deputy minister": what joins is as good as "and".
        if wanted != Wanted::Itself || !found.is_empty() {
            for child in self.tree.children(token) {
                if matches!(self.tree.deprel(child), Deprel::Nmod | Deprel::Obl) && self.joined(child) {
                    self.gather(child, wanted, DEPTH / 2, known, &mut found);
                    self.each_conjunct(child, wanted, DEPTH / 2, &mut |conjunct| {
                        self.gather(conjunct, wanted, DEPTH / 2, known, &mut found);
                    });
                }
            }
        }
        found
    }

    /// Calls `visit` with what is coordinated with `token`. Of "Niger, Mali and Burkina Faso" a parser hangs the last on the second as often
    /// as on the first.
    fn each_conjunct(&self, token: u32, wanted: Wanted, depth: usize, visit: &mut dyn FnMut(u32)) {
        let by = self.tree.under(token, self.tree.words.by);
        for conjunct in self.tree.children(token).filter(|child| self.is_conjunct(token, *child, wanted)) {
            let agent = !by && self.tree.is_agent_conjunct(conjunct);
            if self.tree.kind(conjunct) != Some(Kind::Verb) && self.tree.torn(conjunct).is_none() && !agent {
                visit(conjunct);
                if depth > 0 {
                    self.each_conjunct(conjunct, wanted, depth - 1, visit);
                }
            }
        }
    }

    /// The same by the relation alone, for what stands inside a phrase.
    fn each_joined(&self, token: u32, depth: usize, visit: &mut dyn FnMut(u32)) {
        for conjunct in self.tree.children(token) {
            if self.tree.deprel(conjunct) == Deprel::Conj && self.tree.torn(conjunct).is_none() {
                visit(conjunct);
                if depth > 0 {
                    self.each_joined(conjunct, depth - 1, visit);
                }
            }
        }
    }

    /// What is coordinated with `token`; a state in apposition to another as well: "urges China, *US* to talk".
    fn is_conjunct(&self, token: u32, child: u32, wanted: Wanted) -> bool {
        let named = |at: u32| {
            let mention = self.tree.mention(at).and_then(|index| self.mentions.all.get(index as usize));
            mention.filter(|mention| matches!(mention.kind, MentionKind::State | MentionKind::Place | MentionKind::Person))
        };
        let alike =
            || named(token).zip(named(child)).is_some_and(|(one, other)| one.kind == other.kind && one.actors != other.actors);
        match self.tree.deprel(child) {
            Deprel::Conj => true,
            Deprel::Appos => wanted != Wanted::Actor && alike(),
            // "*Kenyan-Ugandan* trade".
            Deprel::Amod | Deprel::Compound | Deprel::NmodDesc => {
                let demonym = |at: u32| {
                    let mention = self.tree.mention(at).and_then(|index| self.mentions.all.get(index as usize));
                    mention.is_some_and(|mention| mention.kind == MentionKind::Demonym)
                };
                child + 2 == token && demonym(child) && demonym(token) && self.tree.document.lemma(child + 1) == "-"
            }
            _ => false,
        }
    }

    /// "along with", "together with", "as well as": the words before the preposition tell it from plain "with".
    pub fn joined(&self, token: u32) -> bool {
        let joins = |at: u32| self.tree.words.joining.contains(&self.tree.symbol(at));
        self.tree.children(token).any(|child| {
            let relation = self.tree.deprel(child);
            // "Together with": a parser may hang the first word on the verb.
            let before = || relation == Deprel::Case && child.checked_sub(1).is_some_and(joins);
            matches!(relation, Deprel::Case | Deprel::Advmod | Deprel::Cc) && joins(child) || before()
        })
    }

    fn gather(&self, token: u32, wanted: Wanted, depth: usize, known: &Parties, found: &mut Parties) {
        if self.direct(token, found) {
            self.other_owners(token, found);
            return;
        }
        if wanted == Wanted::Itself || depth == 0 {
            return;
        }
        // What holds of the phrase that the frame asks for need not hold of those inside it.
        let below = if wanted == Wanted::Through { Wanted::Actor } else { wanted };
        let mut inner = Parties::default();
        let symbol = self.tree.symbol(token);
        let act =
            self.tree.kind(token) == Some(Kind::Noun) && (self.act_noun)(symbol) && !self.tree.words.fellow.contains(&symbol);
        for step in STEPS {
            // A state does not act through its cooks, mustard and forints, only through what stands for it.
            if wanted == Wanted::Actor && !act && step != Step::Apposition && !self.stands(token) {
                continue;
            }
            for child in self.tree.children(token) {
                if step.takes(self, child, wanted, act) {
                    match step {
                        Step::Owner | Step::Phrase => {
                            // "Finland, *whose* police".
                            let child = self.tree.owner(child);
                            self.gather(child, below, depth - 1, known, &mut inner);
                            self.each_joined(child, depth, &mut |conjunct| {
                                self.gather(conjunct, below, depth - 1, known, &mut inner);
                            });
                        }
                        // "The architect left *Sao Paulo*", torn: no person is a town.
                        Step::Apposition if wanted == Wanted::Actor && !self.stands(token) && self.is_place(child) => {}
                        Step::Modifier | Step::Apposition => {
                            self.direct(child, &mut inner);
                            self.each_joined(child, depth, &mut |conjunct| {
                                self.direct(conjunct, &mut inner);
                            });
                        }
                    }
                }
            }
            if inner.iter().any(|party| !known.holds(party.party.actor)) {
                break;
            }
        }
        if inner.is_empty() {
            if wanted != Wanted::Target {
                self.launched(token, &mut inner);
            }
            self.linked(token, known, &mut inner);
        }
        found.extend(&inner.at_least(Reach::Inside));
    }

    /// "*Kenya's* and Tanzania's ministers": those beside the owner that the mention has taken in.
    fn other_owners(&self, token: u32, found: &mut Parties) {
        let tree = self.tree;
        let beside = |owner: &u32| {
            let case = tree.child(*owner, |relation| relation == Deprel::Case).unwrap_or(*owner);
            tree.deprel(*owner) == Deprel::NmodPoss && matches!(tree.document.lemma(case + 1), "and" | ",")
        };
        for owner in tree.children(token).filter(|child| *child < token).filter(beside) {
            self.direct(owner, found);
        }
    }

    /// "A missile fired from *Yemen*".
    fn launched(&self, token: u32, found: &mut Parties) {
        let tree = self.tree;
        let launch = |child: &u32| tree.deprel(*child) == Deprel::Acl && tree.words.launching.contains(&tree.symbol(*child));
        for participle in tree.children(token).filter(launch) {
            for preposition in [tree.words.from, tree.words.by] {
                tree.preposition(participle, preposition).for_each(|place| {
                    self.direct(place, found);
                });
            }
        }
    }

    /// "Remarks made *by Rome*", "an employee detained *in China*": whose saying or doing it is, and where somebody is held, in the words
    /// behind a noun or behind one that hangs on it; but not where they are the predicate `but` itself.
    pub fn described(&self, token: u32, but: u32, known: &Parties, found: &mut Parties) {
        let tree = self.tree;
        let below = tree.children(token).filter(|child| tree.deprel(*child) == Deprel::Nmod);
        for noun in std::iter::once(token).chain(below) {
            let participle = |child: &u32| tree.deprel(*child) == Deprel::Acl && *child != but && tree.is_passive(*child);
            for participle in tree.children(noun).filter(participle) {
                let symbol = tree.symbol(participle);
                let held = tree.words.holding.contains(&symbol);
                let made = held || tree.words.making.contains(&symbol);
                for preposition in made.then_some(tree.words.by).into_iter().chain(held.then_some(tree.words.r#in)) {
                    tree.preposition(participle, preposition).for_each(|place| self.named(place, known, found));
                }
            }
        }
    }

    /// "Hackers linked *to China*", "fighters backed *by Rwanda*", "a panel set up *by the council*".
    fn linked(&self, token: u32, known: &Parties, found: &mut Parties) {
        let words = &self.tree.words;
        let (any, agent) = ([words.to, words.with, words.by], [words.by]);
        for participle in self.tree.children(token).filter(|child| self.tree.deprel(*child) == Deprel::Acl) {
            let symbol = self.tree.symbol(participle);
            let prepositions = match (words.linking.contains(&symbol), words.founding.contains(&symbol)) {
                (true, _) => &any[..],
                (_, true) => &agent[..],
                _ => &[],
            };
            for preposition in prepositions {
                self.tree.preposition(participle, *preposition).for_each(|place| self.named(place, known, found));
            }
        }
    }

    /// Whom a phrase names itself, or as whose it is, but for those `known`.
    fn named(&self, token: u32, known: &Parties, found: &mut Parties) {
        let mut named = Parties::default();
        if !self.direct(token, &mut named) {
            let whose = |step: Step, child: u32| step.takes(self, child, Wanted::Itself, false);
            for child in self.tree.children(token).filter(|child| whose(Step::Owner, *child) || whose(Step::Modifier, *child)) {
                self.direct(child, &mut named);
            }
        }
        named.iter().filter(|party| !known.holds(party.party.actor)).for_each(|party| found.push(party));
    }

    fn is_land(&self, token: u32) -> bool {
        let mention = self.tree.mention(token).and_then(|index| self.mentions.all.get(index as usize));
        mention.is_some_and(|mention| matches!(mention.kind, MentionKind::Place | MentionKind::State))
    }

    fn is_place(&self, token: u32) -> bool {
        let mention = self.tree.mention(token).and_then(|index| self.mentions.all.get(index as usize));
        mention.is_some_and(|mention| mention.kind == MentionKind::Place)
    }

    /// Whether what belongs to a state acts for it: names do, and the nouns of the list.
    pub fn stands(&self, token: u32) -> bool {
        // "Thousands of Tunisians": those who are counted.
        let core = self.tree.core(token);
        !matches!(self.tree.upos(token), Upos::Noun | Upos::Propn)
            || self.tree.mention(token).is_some()
            || self.tree.mention(core).is_some()
            || self.tree.among(core, &self.tree.words.standing)
    }

    /// The actors of the mention that `token` heads.
    pub fn direct(&self, token: u32, found: &mut Parties) -> bool {
        let Some(index) = self.tree.mention(token) else { return false };
        let Some(mention) = self.mentions.all.get(index as usize) else { return false };
        let reach = if mention.kind == MentionKind::Anaphor { Reach::Anaphor } else { Reach::Argument };
        for actor in &mention.actors {
            found.push(Party { party: PartyRef { mention: index, actor: *actor }, reach });
        }
        true
    }
}

/// From a phrase to the actor inside it, surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// "*Russia's* attack".
    Owner,
    /// "*Israeli* strikes", "a *Greek* tanker".
    Modifier,
    /// "the foreign minister, *Sergei Lavrov*".
    Apposition,
    /// "the capital *of Mali*", "the decision *by Japan*".
    Phrase,
}

const STEPS: [Step; 4] = [Step::Owner, Step::Modifier, Step::Apposition, Step::Phrase];

impl Step {
    fn takes(self, reacher: &Reacher<'_>, child: u32, wanted: Wanted, act: bool) -> bool {
        let tree = reacher.tree;
        let words = tree.words;
        match self {
            Step::Owner => tree.deprel(child) == Deprel::NmodPoss,
            Step::Modifier => {
                matches!(tree.deprel(child), Deprel::Amod | Deprel::Compound | Deprel::NmodDesc | Deprel::Flat | Deprel::Nmod)
                    && !tree.has_case(child)
                    && matches!(tree.upos(child), Upos::Adj | Upos::Propn | Upos::Noun)
            }
            Step::Apposition => tree.deprel(child) == Deprel::Appos,
            Step::Phrase => {
                if !matches!(tree.deprel(child), Deprel::Nmod | Deprel::Obl) {
                    return false;
                }
                let under = |preposition| tree.under(child, preposition);
                if under(words.by) || under(words.from) || (under(words.of) && !act) {
                    return true;
                }
                wanted == Wanted::Target
                    && !act
                    && [words.r#in, words.at, words.to, words.r#for, words.with].into_iter().any(under)
                    || matches!(wanted, Wanted::Actor | Wanted::Through) && under(words.r#in)
            }
        }
    }
}
