//! Who acts and who is acted upon in a tree, whatever the voice: subjects, agents, objects and recipients, own ones and those shared through
//! coordination, control, raising and relative clauses.

use super::frame::Kind;
use super::tree::{DEPTH, Node, Tree};
use crate::syntax::{Deprel, Feats, Upos, Xpos};

/// Words before a verb among which a subject that the parser lost is looked for.
const NEAR: u32 = 12;

impl Tree<'_> {
    pub fn is_passive(&self, verb: u32) -> bool {
        let marked = self.children(verb).any(|child| {
            match self.deprel(child) {
                Deprel::AuxPass => true,
                Deprel::NsubjPass | Deprel::CsubjPass => !self.acts_after_all(verb),
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
            Deprel::Acl | Deprel::Amod => !self.is_led_by_number(verb),
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
                let active = self.deprel(verb) == Deprel::Root
                    && self.child(verb, |relation| relation == Deprel::Nsubj).is_some()
                    && self.is_full(verb);
                !active && self.child(verb, |relation| matches!(relation, Deprel::Aux | Deprel::Obj)).is_none()
            }
            _ => false,
        }
    }

    /// "*The two* agreed in Nairobi": a number that would else lead a sentence without a verb does what its participle says.
    fn is_led_by_number(&self, verb: u32) -> bool {
        let leads = |head: &u32| self.deprel(*head) == Deprel::Root && self.upos(*head) == Upos::Num && *head < verb;
        self.head(verb).filter(leads).is_some_and(|head| self.mention(head).is_some())
    }

    /// Whether the sentence of `token` ends as whole sentences do. In one, a participle that leads it with a subject of its own is a past
    /// tense that the tagger mistook: "On Thursday Lammy *left* for Tel Aviv."
    pub fn is_full(&self, token: u32) -> bool {
        let sentences = &self.document.sentences;
        let at = sentences.partition_point(|sentence| sentence.tokens.end <= token);
        sentences.get(at).is_some_and(|sentence| self.document.lemma(sentence.tokens.end.saturating_sub(1)) == ".")
    }

    pub fn own_subject(&self, verb: u32) -> Option<u32> {
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
            .or_else(|| self.second_subject(verb))
    }

    /// "Meloni frees *Libyan general* wanted by the court": in headlines parsers take the object for another subject.
    fn second_subject(&self, verb: u32) -> Option<u32> {
        let mut subjects = self.children(verb).filter(|child| self.deprel(*child) == Deprel::Nsubj);
        let (first, second) = (subjects.next()?, subjects.next()?);
        (first < verb && second > verb).then_some(second)
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
        // "*EU*, Tunisia sign pact": in a headline, who seems to be called upon.
        let called = self.children(verb).filter(move |child| {
            self.deprel(*child) == Deprel::Vocative
                && *child < verb
                && self.document.lemma(*child + 1) == ","
                && !self.is_full(verb)
        });
        self.children(verb).filter(subject).skip(1).chain(called).filter(|child| self.mention(*child).is_some())
    }

    /// Other objects than the first, as parsers hang them: "telephoned Sharif of Pakistan and *Jaishankar* of India", "asked Russia for radars
    /// and *China* for missiles", "two Chinese and three *Japanese* citizens were arrested".
    pub fn other_objects(&self, verb: u32, visit: &mut dyn FnMut(u32)) {
        let conjunct = |phrase: u32| self.children(phrase).any(|child| self.deprel(child) == Deprel::Conj);
        let (mut objects, mut subjects, mut phrases) = (0, 0, 0);
        for child in self.children(verb) {
            match self.deprel(child) {
                Deprel::Obj => objects += 1,
                Deprel::NsubjPass => subjects += 1,
                Deprel::Obl if conjunct(child) => phrases += 1,
                _ => {}
            }
        }
        // Asked of every verb by every frame: most have one object.
        if objects < 2 && subjects < 2 && phrases == 0 {
            return;
        }
        let passive = self.is_passive(verb);
        let joined = |at: u32| (at.saturating_sub(5)..at).any(|before| self.document.lemma(before) == "and");
        let named = |at: u32| self.mention(at).is_some() && joined(at);
        let own = |child: &u32| match self.deprel(*child) {
            Deprel::Obj => !passive && *child > verb,
            Deprel::NsubjPass => passive && *child < verb,
            _ => false,
        };
        self.children(verb).filter(own).skip(1).filter(|child| named(*child)).for_each(&mut *visit);
        let phrase = |child: &u32| self.deprel(*child) == Deprel::Obl && *child > verb && self.mention(*child).is_none();
        for phrase in self.children(verb).filter(phrase).filter(|_| !passive) {
            let case = self.child(phrase, |relation| relation == Deprel::Case).map(|case| self.document.lemma(case));
            for child in self.children(phrase).filter(|child| self.deprel(*child) == Deprel::Conj && named(*child)) {
                let next = (child as usize + 1 < self.document.tokens.len()).then(|| self.document.lemma(child + 1));
                if next.is_some() && next == case {
                    visit(child);
                }
            }
        }
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

    /// Of a noun that says what somebody is, that somebody: "*Palau and Tuvalu* are the only states that recognise Taiwan", "*Palau* is
    /// among those states", "is one of the states".
    fn predicated(&self, noun: u32) -> u32 {
        let whole = self.under(noun, self.words.of) && self.deprel(noun) == Deprel::Nmod;
        let said = self.head(noun).filter(|one| whole && self.upos(*one) == Upos::Num).unwrap_or(noun);
        let says = self.mention(noun).is_none() && self.child(said, |relation| relation == Deprel::Cop).is_some();
        let placed = self.has_case(said) && !self.under(said, self.words.among);
        self.own_subject(said).filter(|_| says && !placed).unwrap_or(noun)
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
                let antecedent = self.predicated(self.antecedent(subject));
                return Some(Node { token: antecedent, shared: shared || antecedent != subject });
            }
            if let Some(subject) = self.torn_subject(at) {
                return Some(Node { token: subject, shared });
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
                    // "Asked Taiwan to open an office, *angering* China": who asked, not who opens.
                    let apart = self.xpos(at) == Xpos::Vbg && at > head && self.document.lemma(at - 1) == ",";
                    if apart && self.deprel(head) == Deprel::Xcomp {
                        at = self.head(head)?;
                        shared = true;
                        continue;
                    }
                }
                Deprel::Acl if self.xpos(at) == Xpos::Vb => {
                    let described = self.predicated(head);
                    if described != head {
                        return Some(Node::shared(described));
                    }
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
                Deprel::AclRelcl if at == verb && self.lost_subject(verb).is_some() => {
                    return self.lost_subject(verb).map(Node::own);
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

    /// The subject of the clause that `token` hangs in.
    pub fn subject_above(&self, token: u32) -> Option<Node> {
        let mut at = token;
        for _ in 0..DEPTH {
            at = self.head(at)?;
            if self.kind(at) == Some(Kind::Verb) {
                return self.subject(at);
            }
        }
        None
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

    /// A conjunct that a "by" of its own governs is none.
    pub fn is_agent_conjunct(&self, conjunct: u32) -> bool {
        self.under(conjunct, self.words.by) && self.mention(conjunct).is_some()
    }

    /// Who does it, where a passive says so.
    pub fn agent(&self, verb: u32) -> Option<Node> {
        let own = |verb: u32| {
            self.children(verb).find(|child| {
                self.deprel(*child) == Deprel::OblAgent
                    || (matches!(self.deprel(*child), Deprel::Obl | Deprel::Nmod) && self.under(*child, self.words.by))
            })
        };
        if let Some(agent) = own(verb) {
            return Some(Node::own(agent));
        }
        // "Promised to Palau and Tonga *by Japan*", where the parser made a third of the two.
        let torn =
            self.children(verb).filter(|child| matches!(self.deprel(*child), Deprel::Obl | Deprel::Nmod)).find_map(|phrase| {
                self.children(phrase).find(|child| self.deprel(*child) == Deprel::Conj && self.is_agent_conjunct(*child))
            });
        if let Some(agent) = torn {
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
                .or_else(|| self.headline_subject(verb))
                .map(|node| Node { shared: node.shared && !matches!(self.deprel(verb), Deprel::Acl | Deprel::Amod), ..node });
        }
        // "Told the United States that": who is told stands for what.
        if let Some(object) = self.own_object(verb).or_else(|| self.child(verb, |relation| relation == Deprel::Iobj)) {
            let antecedent = self.antecedent(object);
            return Some(Node { token: antecedent, shared: antecedent != object });
        }
        // "the tanker that Iran seized".
        if self.deprel(verb) == Deprel::AclRelcl {
            let subject = self.own_subject(verb).or_else(|| self.lost_subject(verb))?;
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

    /// "*French couple* held in Iran": parsers take the subject of a headline's participle for a measure.
    fn headline_subject(&self, verb: u32) -> Option<Node> {
        let before = |child: &u32| self.deprel(*child) == Deprel::OblUnmarked && *child < verb && self.mention(*child).is_some();
        self.head(verb).is_none().then(|| self.children(verb).find(before)).flatten().map(Node::own)
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
}
