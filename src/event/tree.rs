//! [`Tree`]: a document's trees as a predicate sees them: who is the subject whatever the voice, what is shared through
//! coordination, control, raising and relative clauses, which words a preposition governs.
//!
//! Every walk is bounded by [`DEPTH`], so that a malformed or hostile tree costs no more than a good one.

use super::frame::{Kind, Symbol};
use super::predicates::Lexicon;
use crate::actor::Mentions;
use crate::syntax::{Deprel, Document, Feats, Upos, Xpos};

/// The longest chain of governors or of nested phrases that is followed.
pub const DEPTH: usize = 8;

const NONE: u32 = u32::MAX;

/// Function words that the walks look for, as symbols of the lexicon.
#[derive(Clone, Debug, Default)]
pub struct Words {
    pub by: Symbol,
    pub of: Symbol,
    pub with: Symbol,
    pub between: Symbol,
    pub among: Symbol,
    pub r#in: Symbol,
    pub to: Symbol,
    pub r#for: Symbol,
    pub from: Symbol,
    pub at: Symbol,
    pub upon: Symbol,
    pub despite: Symbol,
    pub after: Symbol,
    pub against: Symbol,
    pub on: Symbol,
    pub into: Symbol,
    pub under: Symbol,
    pub obliging: Vec<Symbol>,
    pub joining: Vec<Symbol>,
    pub transparent: Vec<Symbol>,
    pub relative: Vec<Symbol>,
    pub promise: Vec<Symbol>,
    /// Things and bodies through which a state acts: "side", "drone", "delegation".
    pub standing: Vec<Symbol>,
    /// Verbs whose subject is who an offer, request or complaint was made to.
    pub answering: Vec<Symbol>,
}

/// A node and whether it was reached through coordination, control, raising or a relative clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    pub token: u32,
    pub shared: bool,
}

impl Node {
    fn own(token: u32) -> Self {
        Self { token, shared: false }
    }

    fn shared(token: u32) -> Self {
        Self { token, shared: true }
    }
}

pub struct Tree<'a> {
    pub document: &'a Document,
    pub words: &'a Words,
    /// By token: its first child, its next sibling, its lemma's symbol, the mention it heads.
    first: Vec<u32>,
    next: Vec<u32>,
    symbols: Vec<Symbol>,
    mention: Vec<u32>,
    /// By token: the mention that a word inside it gives its actor: "troops from *Niger*".
    inner: Vec<u32>,
}

/// Words before a verb among which a subject that the parser lost is looked for.
const NEAR: u32 = 12;

impl<'a> Tree<'a> {
    /// Symbols are looked up in sentences that hold a mention only: no other is searched for predicates.
    pub fn new(document: &'a Document, mentions: &Mentions, lexicon: &Lexicon, words: &'a Words) -> Self {
        let count = document.tokens.len();
        let mut tree = Tree {
            document,
            words,
            first: vec![NONE; count],
            next: vec![NONE; count],
            symbols: vec![0; count],
            mention: vec![NONE; count],
            inner: vec![NONE; count],
        };
        for (at, token) in document.tokens.iter().enumerate().rev() {
            if let Some(first) = tree.first.get_mut(token.head as usize) {
                tree.next[at] = *first;
                *first = at as u32;
            }
        }
        let mut buffer = String::new();
        let mut done = NONE;
        for (index, mention) in mentions.all.iter().enumerate() {
            let Some(sentence) = document.sentences.get(mention.sentence as usize) else { continue };
            if mention.sentence != done {
                done = mention.sentence;
                for at in sentence.tokens.clone() {
                    tree.symbols[at as usize] = symbol(document, lexicon, at, &mut buffer);
                }
            }
            tree.place(mention.head.max(nominal_start(document, mention)), index as u32);
        }
        // A mention may be headed elsewhere than the tree heads its words: its topmost word stands for it as well.
        for (index, mention) in mentions.all.iter().enumerate() {
            let nominal = nominal_start(document, mention);
            let inside = |at: u32| {
                at >= nominal && document.tokens.get(at as usize).is_some_and(|token| token.span.end <= mention.span.end)
            };
            let mut top = mention.head.max(nominal);
            for _ in 0..DEPTH {
                match document.tokens.get(top as usize) {
                    Some(token) if inside(token.head) => top = token.head,
                    _ => break,
                }
            }
            tree.place(top, index as u32);
            // Where the parser tore the words apart, each nominal one with a governor outside stands for the mention: "Russian" hung on
            // the verb must not keep "Sergei Lavrov" from being its subject.
            let (mut first, mut last) = (mention.head.max(nominal), mention.head.max(nominal));
            while first > 0 && inside(first - 1) {
                first -= 1;
            }
            while inside(last + 1) {
                last += 1;
            }
            for at in first..=last {
                let token = document.tokens.get(at as usize).copied();
                if token.is_some_and(|token| !inside(token.head) && matches!(token.upos, Upos::Propn | Upos::Noun)) {
                    tree.place(at, index as u32);
                }
            }
            for at in mention.head.max(nominal).. {
                if !inside(at) {
                    break;
                }
                if tree.has_case(at) && document.tokens[at as usize].upos == Upos::Propn {
                    tree.inner[at as usize] = index as u32;
                }
            }
        }
        tree
    }

    fn place(&mut self, token: u32, mention: u32) {
        if let Some(held) = self.mention.get_mut(token as usize)
            && *held == NONE
        {
            *held = mention;
        }
    }

    pub fn mention(&self, token: u32) -> Option<u32> {
        let held = |of: &[u32]| of.get(token as usize).copied().filter(|mention| *mention != NONE);
        held(&self.mention).or_else(|| held(&self.inner))
    }

    pub fn symbol(&self, token: u32) -> Symbol {
        self.symbols.get(token as usize).copied().unwrap_or(0)
    }

    pub fn deprel(&self, token: u32) -> Deprel {
        self.document.tokens.get(token as usize).map_or(Deprel::Dep, |token| token.deprel)
    }

    pub fn upos(&self, token: u32) -> Upos {
        self.document.tokens.get(token as usize).map_or(Upos::X, |token| token.upos)
    }

    pub fn xpos(&self, token: u32) -> Xpos {
        self.document.tokens.get(token as usize).map_or(Xpos::Xx, |token| token.xpos)
    }

    fn feats(&self, token: u32) -> Feats {
        self.document.tokens.get(token as usize).map_or(Feats::default(), |token| token.feats)
    }

    pub fn head(&self, token: u32) -> Option<u32> {
        let head = self.document.tokens.get(token as usize)?.head;
        ((head as usize) < self.document.tokens.len()).then_some(head)
    }

    pub fn children(&self, token: u32) -> impl Iterator<Item = u32> + '_ {
        let mut at = self.first.get(token as usize).copied().unwrap_or(NONE);
        std::iter::from_fn(move || {
            let found = (at != NONE).then_some(at)?;
            at = self.next[found as usize];
            Some(found)
        })
    }

    pub fn child(&self, token: u32, wanted: impl Fn(Deprel) -> bool) -> Option<u32> {
        self.children(token).find(|child| wanted(self.deprel(*child)))
    }

    /// The class a word can be a trigger of.
    pub fn kind(&self, token: u32) -> Option<Kind> {
        match self.upos(token) {
            Upos::Verb | Upos::Aux => Some(Kind::Verb),
            Upos::Noun | Upos::Propn => Some(Kind::Noun),
            Upos::Adj => Some(Kind::Adjective),
            _ => None,
        }
    }

    /// Whether `token` is governed by that preposition, alone or as part of a longer one ("along *with*").
    pub fn under(&self, token: u32, preposition: Symbol) -> bool {
        self.children(token).filter(|child| matches!(self.deprel(*child), Deprel::Case | Deprel::Mark)).any(|child| {
            self.symbol(child) == preposition
                || self.children(child).any(|part| self.deprel(part) == Deprel::Fixed && self.symbol(part) == preposition)
        })
    }

    pub fn has_case(&self, token: u32) -> bool {
        self.child(token, |relation| relation == Deprel::Case).is_some()
    }

    pub fn is_passive(&self, verb: u32) -> bool {
        let marked = self.children(verb).any(|child| {
            match self.deprel(child) {
                Deprel::NsubjPass | Deprel::AuxPass | Deprel::CsubjPass => true,
                // Parsers see an agent in many a phrase: "threatened Lithuania with consequences".
                Deprel::OblAgent => {
                    self.under(child, self.words.by) && (self.xpos(verb) != Xpos::Vbd || self.own_object(verb).is_none())
                }
                _ => false,
            }
        });
        if marked || self.feats(verb).has(Feats::PASSIVE) {
            return true;
        }
        if self.xpos(verb) != Xpos::Vbn {
            return false;
        }
        match self.deprel(verb) {
            Deprel::Acl | Deprel::Amod => true,
            Deprel::Conj => {
                let own_auxiliary = self.child(verb, |relation| relation == Deprel::Aux).is_some();
                !own_auxiliary
                    && self.own_object(verb).is_none()
                    && self.head(verb).is_some_and(|head| {
                        self.xpos(head) == Xpos::Vbn && self.child(head, |relation| relation == Deprel::AuxPass).is_some()
                    })
            }
            // "Tanker seized by Greece"; "accompanied by a large delegation".
            Deprel::Root | Deprel::Advcl | Deprel::Parataxis => {
                self.child(verb, |relation| matches!(relation, Deprel::Aux | Deprel::Obj)).is_none()
            }
            _ => false,
        }
    }

    fn own_subject(&self, verb: u32) -> Option<u32> {
        let subject = |child: &u32| {
            let relation = self.deprel(*child);
            matches!(relation, Deprel::Nsubj | Deprel::NsubjPass | Deprel::NsubjOuter | Deprel::Csubj | Deprel::CsubjPass)
        };
        // "told the paper that Lavrov is due": where the parser makes a subject of "that" as well, the other is the subject.
        let subjects = || self.children(verb).filter(subject);
        subjects().find(|child| !self.words.relative.contains(&self.symbol(*child))).or_else(|| subjects().next())
    }

    /// Of two objects the second: parsers take a recipient for one, "offered Azerbaijan its condolences".
    fn own_object(&self, verb: u32) -> Option<u32> {
        self.children(verb)
            .filter(|child| self.deprel(*child) == Deprel::Obj && *child > verb)
            .last()
            .or_else(|| self.child(verb, |relation| relation == Deprel::Obj))
    }

    /// The first of two objects.
    fn first_object(&self, verb: u32) -> Option<u32> {
        let mut objects = self.children(verb).filter(|child| self.deprel(*child) == Deprel::Obj && *child > verb);
        let first = objects.next()?;
        objects.next().map(|_| first)
    }

    /// Other subjects than the first: "Qatar, Egypt push Israel".
    pub fn other_subjects(&self, verb: u32) -> impl Iterator<Item = u32> + '_ {
        let subject = move |child: &u32| {
            self.deprel(*child) == Deprel::Nsubj && *child < verb && !self.words.relative.contains(&self.symbol(*child))
        };
        self.children(verb).filter(subject).skip(1).filter(|child| self.mention(*child).is_some())
    }

    /// A relative pronoun stands for the noun its clause describes.
    pub fn antecedent(&self, token: u32) -> u32 {
        if self.words.relative.contains(&self.symbol(token)) && matches!(self.upos(token), Upos::Pron | Upos::Sconj | Upos::Det) {
            let mut at = token;
            for _ in 0..DEPTH {
                if matches!(self.deprel(at), Deprel::AclRelcl | Deprel::Acl) {
                    return self.head(at).unwrap_or(token);
                }
                match self.head(at) {
                    Some(head) => at = head,
                    None => break,
                }
            }
        }
        token
    }

    /// As [`Tree::antecedent`]; where the tree has no relative clause, the mention right before "whose".
    pub fn owner(&self, token: u32) -> u32 {
        let found = self.antecedent(token);
        if found != token || !self.words.relative.contains(&self.symbol(token)) {
            return found;
        }
        (token.saturating_sub(4)..token).rev().find(|at| self.mention(*at).is_some()).unwrap_or(token)
    }

    /// The grammatical subject, its own or the one it shares.
    pub fn surface_subject(&self, verb: u32) -> Option<Node> {
        let (mut at, mut shared) = (verb, false);
        for _ in 0..DEPTH {
            if let Some(subject) = self.own_subject(at) {
                let antecedent = self.antecedent(subject);
                return Some(Node { token: antecedent, shared: shared || antecedent != subject });
            }
            let head = self.head(at)?;
            match self.deprel(at) {
                Deprel::Conj | Deprel::Parataxis if self.kind(head) != Some(Kind::Noun) => {
                    if self.deprel(at) == Deprel::Parataxis && self.xpos(at) != Xpos::Vbg {
                        return None;
                    }
                }
                Deprel::Xcomp | Deprel::Ccomp => {
                    if let Some(object) = self.own_object(head)
                        && !self.words.promise.contains(&self.symbol(head))
                        && self.deprel(at) == Deprel::Xcomp
                    {
                        return Some(Node::shared(self.antecedent(object)));
                    }
                }
                // "Thanked Canada for standing by Denmark": the object does it.
                Deprel::Advcl | Deprel::Acl
                    if self.xpos(at) == Xpos::Vbg
                        && [self.words.r#for, self.words.of, self.words.against].into_iter().any(|word| self.under(at, word))
                        && self.kind(head) == Some(Kind::Verb)
                        && self.object(head).is_some() =>
                {
                    return self.object(head).map(|object| Node::shared(object.token));
                }
                Deprel::Advcl => {
                    if self.feats(at).has(Feats::FINITE) && self.xpos(at) != Xpos::Vbn {
                        return None;
                    }
                }
                Deprel::Acl if self.xpos(at) == Xpos::Vb => {
                    // "Russia's decision to withdraw", "made a pledge to help".
                    if let Some(owner) = self.child(head, |relation| relation == Deprel::NmodPoss) {
                        return Some(Node::shared(owner));
                    }
                    let modifier = self.children(head).find(|child| {
                        matches!(self.deprel(*child), Deprel::Amod | Deprel::Compound) && self.mention(*child).is_some()
                    });
                    if let Some(modifier) = modifier {
                        return Some(Node::shared(modifier));
                    }
                    if let Some(owner) = self.preposition(head, self.words.by).next() {
                        return Some(Node::shared(owner));
                    }
                    if self.mention(head).is_some() || matches!(self.deprel(head), Deprel::Nsubj | Deprel::NsubjPass) {
                        return Some(Node::shared(head));
                    }
                    at = self.head(head)?;
                    shared = true;
                    continue;
                }
                Deprel::Acl | Deprel::AclRelcl | Deprel::Amod => return Some(Node::shared(head)),
                // "the two sides met for talks, signing …" where the parser hangs a participle on a noun's preposition.
                Deprel::Obl | Deprel::Nmod if self.kind(at) == Some(Kind::Verb) => {}
                _ => return None,
            }
            at = head;
            shared = true;
        }
        None
    }

    /// The one who does it, whatever the voice. `None` for a passive without agent.
    pub fn subject(&self, verb: u32) -> Option<Node> {
        if self.is_passive(verb) { self.agent(verb) } else { self.surface_subject(verb).or_else(|| self.nearest_before(verb)) }
    }

    /// A finite verb that leads its sentence has a subject, also where the parser hung it elsewhere: the nearest mention before it with no
    /// verb and no clause between.
    fn nearest_before(&self, verb: u32) -> Option<Node> {
        let finite = matches!(self.xpos(verb), Xpos::Vbd | Xpos::Vbz | Xpos::Vbp);
        if !finite || self.head(verb).is_some() || self.own_subject(verb).is_some() {
            return None;
        }
        for at in (verb.saturating_sub(NEAR)..verb).rev() {
            if self.mention(at).is_some() && !matches!(self.deprel(at), Deprel::NmodPoss | Deprel::Amod | Deprel::Compound) {
                return (!self.has_case(at) || self.deprel(at) == Deprel::Conj).then_some(Node::shared(at));
            }
            let clause = self.upos(at) == Upos::Verb || self.words.relative.contains(&self.symbol(at));
            if clause || self.head(at).is_none() {
                return None;
            }
        }
        None
    }

    fn agent(&self, verb: u32) -> Option<Node> {
        let own = |verb: u32| {
            self.children(verb).find(|child| {
                self.deprel(*child) == Deprel::OblAgent
                    || (matches!(self.deprel(*child), Deprel::Obl | Deprel::Nmod) && self.under(*child, self.words.by))
            })
        };
        if let Some(agent) = own(verb) {
            return Some(Node::own(agent));
        }
        // "was arrested and deported by Turkey".
        let conjunct = self.children(verb).filter(|child| self.deprel(*child) == Deprel::Conj).find_map(own);
        let governor = (self.deprel(verb) == Deprel::Conj).then(|| self.head(verb).and_then(own)).flatten();
        // "were made available for attack by …": no; "a tanker seized in May by Greece" hung on the noun.
        let noun = (self.deprel(verb) == Deprel::Acl).then(|| self.head(verb).and_then(own)).flatten();
        conjunct.or(governor).or(noun).map(Node::shared)
    }

    /// What it is done to, whatever the voice.
    pub fn object(&self, verb: u32) -> Option<Node> {
        if self.is_passive(verb) {
            return self
                .surface_subject(verb)
                .map(|node| Node { shared: node.shared && !matches!(self.deprel(verb), Deprel::Acl | Deprel::Amod), ..node });
        }
        if let Some(object) = self.own_object(verb) {
            let antecedent = self.antecedent(object);
            return Some(Node { token: antecedent, shared: antecedent != object });
        }
        // "the tanker that Iran seized".
        if self.deprel(verb) == Deprel::AclRelcl {
            let subject = self.own_subject(verb)?;
            return if self.antecedent(subject) == subject { self.head(verb).map(Node::shared) } else { None };
        }
        // "condemned and sanctioned Iran": the object may hang on either verb.
        let conjunct =
            self.children(verb).filter(|child| self.deprel(*child) == Deprel::Conj && self.own_subject(*child).is_none());
        if let Some(object) = conjunct.filter_map(|child| self.own_object(child)).next() {
            return Some(Node::shared(object));
        }
        if self.deprel(verb) == Deprel::Conj {
            let head = self.head(verb)?;
            let before = self.own_object(head).filter(|object| *object > verb);
            return before.map(Node::shared);
        }
        None
    }

    /// Who gets the object, whatever the voice: "lent *Tunisia* two billion", "*Tunisia* was lent two billion".
    pub fn recipient(&self, verb: u32) -> Option<Node> {
        if let Some(recipient) = self.child(verb, |relation| relation == Deprel::Iobj) {
            return Some(Node::own(recipient));
        }
        if let Some(recipient) = self.first_object(verb) {
            return Some(Node::own(recipient));
        }
        // "Lent Lithuania tents", where the parser made one noun of the two.
        let next = verb + 1;
        let swallowed = self.deprel(next) == Deprel::Compound && self.upos(next) == Upos::Propn && self.mention(next).is_some();
        if swallowed && self.head(next).is_some() && self.head(next) == self.own_object(verb) {
            return Some(Node::own(next));
        }
        (self.is_passive(verb) && self.own_object(verb).is_some()).then(|| self.surface_subject(verb)).flatten()
    }

    /// "To withdraw": a verb under "to", which is no preposition there.
    pub fn is_infinitive(&self, token: u32) -> bool {
        self.xpos(token) == Xpos::Vb && self.under(token, self.words.to)
    }

    /// The phrases under `token` that a preposition governs.
    pub fn preposition(&self, token: u32, preposition: Symbol) -> impl Iterator<Item = u32> + '_ {
        self.children(token).filter(move |child| {
            matches!(
                self.deprel(*child),
                Deprel::Obl
                    | Deprel::OblAgent
                    | Deprel::Nmod
                    | Deprel::NmodDesc
                    | Deprel::Advcl
                    | Deprel::Acl
                    | Deprel::Xcomp
                    | Deprel::Advmod
            ) && self.under(*child, preposition)
        })
    }

    /// The clause that `verb` governs: "said *that Iran attacked*", "urged them *to stop*".
    pub fn clauses(&self, verb: u32) -> impl Iterator<Item = u32> + '_ {
        self.children(verb).filter(move |child| match self.deprel(*child) {
            Deprel::Ccomp => true,
            Deprel::Xcomp => *child > verb,
            Deprel::Advcl | Deprel::Acl => self.under(*child, self.words.r#for) || self.xpos(*child) == Xpos::Vb,
            Deprel::Parataxis => self.own_subject(*child).is_some(),
            _ => false,
        })
    }

    /// Whether the clause headed by `verb` says what must or should be.
    pub fn obliged(&self, verb: u32) -> bool {
        let auxiliary = self
            .children(verb)
            // "Has released" is no duty; "has to release" is.
            .any(|child| {
                matches!(self.deprel(child), Deprel::Aux)
                    && self.xpos(child) == Xpos::Md
                    && self.words.obliging.contains(&self.symbol(child))
            });
        auxiliary
            || (self.words.obliging.contains(&self.symbol(verb))
                && self.child(verb, |relation| relation == Deprel::Xcomp).is_some())
    }

    /// The noun that a phrase is about: "a *series* of **strikes**", "a **sanctions** *package*".
    pub fn core(&self, noun: u32) -> u32 {
        if !self.words.transparent.contains(&self.symbol(noun)) {
            return noun;
        }
        if let Some(inner) = self.preposition(noun, self.words.of).find(|inner| self.kind(*inner) == Some(Kind::Noun)) {
            return inner;
        }
        let compound =
            self.children(noun).filter(|child| self.deprel(*child) == Deprel::Compound && self.mention(*child).is_none());
        compound.last().unwrap_or(noun)
    }

    /// The phrase that `noun` is the core of: the inverse of [`Tree::core`].
    pub fn phrase(&self, noun: u32) -> u32 {
        let mut at = noun;
        for _ in 0..2 {
            match self.head(at) {
                Some(head) if self.words.transparent.contains(&self.symbol(head)) && self.core(head) == at => at = head,
                _ => break,
            }
        }
        at
    }

    pub fn particle(&self, verb: u32, particle: Symbol) -> bool {
        self.children(verb).any(|child| {
            // "pulled out of the deal": the particle may be read as part of the preposition.
            (matches!(self.deprel(child), Deprel::Obl | Deprel::Xcomp)
                && self.under(child, particle)
                && self.children(child).filter(|part| self.deprel(*part) == Deprel::Case).count() > 1)
                || self.symbol(child) == particle
                    && matches!(
                        self.deprel(child),
                        Deprel::CompoundPrt
                            | Deprel::Advmod
                            | Deprel::Case
                            | Deprel::Obl
                            | Deprel::Mark
                            | Deprel::Xcomp
                            | Deprel::Obj
                    )
        })
    }
}

/// Lexicon symbols are of lower-case lemmas; headlines and titles write theirs with capitals.
fn symbol(document: &Document, lexicon: &Lexicon, token: u32, buffer: &mut String) -> Symbol {
    let lemma = document.lemma(token);
    let found = lexicon.symbol(lemma);
    if found != 0 {
        return found;
    }
    let token = document.tokens.get(token as usize);
    if token.is_some_and(|token| matches!(token.upos, Upos::Verb | Upos::Aux)) {
        return inflected(lexicon, lemma, buffer);
    }
    if !lemma.starts_with(|c: char| c.is_ascii_uppercase()) {
        return 0;
    }
    buffer.clear();
    buffer.extend(lemma.chars().map(|c| c.to_ascii_lowercase()));
    let found = lexicon.symbol(buffer);
    // A capitalised plural keeps its form as a name's lemma: "Sanctions".
    if found == 0 { buffer.strip_suffix('s').map_or(0, |singular| lexicon.symbol(singular)) } else { found }
}

/// A verb whose dictionary form was not known to the analysis: "freed", "fre", "severed", "reopening".
pub fn inflected(lexicon: &Lexicon, lemma: &str, buffer: &mut String) -> Symbol {
    for (ending, instead) in [
        ("", "e"),
        ("e", ""),
        ("d", ""),
        ("ed", ""),
        ("s", ""),
        ("es", ""),
        ("ing", ""),
        ("ing", "e"),
        ("ied", "y"),
        ("ies", "y"),
    ] {
        let Some(stem) = lemma.strip_suffix(ending).filter(|stem| stem.len() > 2) else { continue };
        buffer.clear();
        buffer.extend(stem.chars().map(|c| c.to_ascii_lowercase()));
        buffer.push_str(instead);
        let found = lexicon.symbol(buffer);
        if found != 0 {
            return found;
        }
    }
    0
}

/// Where a mention's words begin, past a verb that it swallowed: "telephoned *President Joe Biden*".
pub fn nominal_start(document: &Document, mention: &crate::actor::Mention) -> u32 {
    let token = |at: u32| document.tokens.get(at as usize);
    let held = |at: u32| token(at).is_some_and(|token| mention.span.contains(token.span));
    let mut first = mention.head;
    while first > 0 && held(first - 1) {
        first -= 1;
    }
    let verb = |at: u32| {
        token(at).is_some_and(|token| {
            matches!(token.upos, Upos::Verb | Upos::Aux) && !matches!(token.deprel, Deprel::Amod | Deprel::Compound)
        })
    };
    while verb(first) && held(first + 1) {
        first += 1;
    }
    first
}
