//! Which words of a tree fill a frame's places, and which actors they name.

use super::candidate::Reach;
use super::frame::{Kind, Place, Role, Symbol, Test};
use super::matcher::{Matcher, Site};
use super::ontology::Act;
use super::reach::{Parties, Wanted};
use super::tree::Node;
use crate::actor::MentionKind;
use crate::syntax::{Deprel, Upos, Xpos};

impl Matcher<'_> {
    pub fn holds(&self, test: &Test, site: &mut Site<'_>) -> bool {
        let mut hit = None;
        for place in &test.places {
            // "A *joint* operation": a quality, not a party.
            if *place == Place::Modifier && site.frame.kind == Kind::Noun && hit.is_none() {
                let quality = |child: &u32| {
                    matches!(self.tree.deprel(*child), Deprel::Amod | Deprel::Compound) && self.tree.among(*child, &test.words)
                };
                hit = self.tree.children(site.word).find(quality).map(|child| (child, child));
            }
            // "Said that Kenya never broke the truce" is no charge.
            let charge = *place == Place::Clause && site.frame.act == Act::Accuse && site.frame.mood.is_none();
            self.each(*place, site, &mut |node| {
                if charge && test.wanted && self.tree.kind(node.token) == Some(Kind::Verb) && self.is_negated(node.token) {
                    return;
                }
                let fits = |token: u32| {
                    let core = self.tree.core(token);
                    (test.words.is_empty() || self.tree.among(core, &test.words)).then_some(core)
                };
                let conjuncts = || self.tree.children(node.token).filter(|child| self.tree.deprel(*child) == Deprel::Conj);
                if hit.is_none() {
                    hit = fits(node.token).or_else(|| conjuncts().find_map(fits)).map(|core| (node.token, core));
                }
            });
        }
        if let Some((token, core)) = hit
            && test.wanted
        {
            site.anchors.push(token);
            site.anchors.push(core);
        }
        hit.is_some()
    }

    /// Calls `visit` with every node that fills `place`.
    pub fn each(&self, place: Place, site: &Site<'_>, visit: &mut dyn FnMut(Node)) {
        let tree = self.tree;
        let own = |token| Node { token, shared: false };
        match place {
            Place::Subject => match site.frame.kind {
                Kind::Verb => {
                    tree.subject(site.word).into_iter().for_each(&mut *visit);
                    if !tree.is_passive(site.word) {
                        tree.other_subjects(site.word).map(own).for_each(visit);
                    }
                }
                Kind::Adjective => tree.surface_subject(site.word).into_iter().for_each(visit),
                Kind::Noun => {
                    let subject = tree.child(site.word, |relation| matches!(relation, Deprel::Nsubj | Deprel::NsubjOuter));
                    // "Algeria has become Italy's supplier": what somebody becomes, remains or is called.
                    let becomes = || tree.surface_subject(site.word).filter(|_| tree.deprel(site.word) == Deprel::Xcomp);
                    subject.map(own).or_else(becomes).into_iter().for_each(visit);
                }
            },
            Place::Object => {
                tree.object(site.word).into_iter().for_each(&mut *visit);
                tree.other_objects(site.word, &mut |token| visit(own(token)));
            }
            Place::Recipient => tree.recipient(site.word).into_iter().for_each(visit),
            Place::Support => site.support.and_then(|verb| tree.subject(verb)).into_iter().for_each(visit),
            Place::Clause => tree.clauses(site.word).map(own).for_each(visit),
            // "Told reporters that Norway would help" has a clause and no complement.
            Place::Complement => {
                let governed = |clause: &u32| {
                    tree.deprel(*clause) != Deprel::Ccomp || tree.xpos(*clause) == Xpos::Vb && tree.under(*clause, tree.words.to)
                };
                tree.clauses(site.word).filter(governed).map(own).for_each(visit);
            }
            Place::ClauseSubject | Place::Obliged | Place::Wished => {
                for clause in tree.clauses(site.word) {
                    let obliged = place == Place::ClauseSubject || tree.obliged(clause);
                    if !obliged && (place == Place::Obliged || !tree.is_subjunctive(clause)) {
                        continue;
                    }
                    let has_own = tree.child(clause, |relation| matches!(relation, Deprel::Nsubj | Deprel::NsubjPass)).is_some();
                    if has_own {
                        tree.subject(clause).or_else(|| tree.surface_subject(clause)).into_iter().for_each(&mut *visit);
                    }
                }
            }
            Place::Possessor => self.under_anchors(site, |relation, _| relation == Deprel::NmodPoss, visit),
            // A phrase may be a mention of its own: "a *Saudi air raid*".
            Place::Modifier if site.frame.kind == Kind::Noun && tree.mention(site.word).is_some() => visit(own(site.word)),
            Place::Modifier => self.under_anchors(
                site,
                |relation, token| {
                    matches!(relation, Deprel::Amod | Deprel::Compound | Deprel::NmodDesc | Deprel::Nmod)
                        && !tree.has_case(token)
                        && tree.mention(token).is_some()
                },
                visit,
            ),
            Place::Case => {
                let case = |token: u32| tree.children(token).filter(|child| tree.deprel(*child) == Deprel::Case).map(own);
                match site.frame.kind {
                    Kind::Verb => tree.clauses(site.word).flat_map(case).for_each(visit),
                    _ => case(tree.phrase(site.word)).for_each(visit),
                }
            }
            Place::Load => {
                let participle = |child: &u32| matches!(tree.deprel(*child), Deprel::Acl | Deprel::AclRelcl);
                for carrier in site.anchors.tokens() {
                    for carrying in tree.children(*carrier).filter(participle) {
                        tree.object(carrying).into_iter().for_each(&mut *visit);
                        tree.preposition(carrying, tree.words.with).map(own).for_each(&mut *visit);
                    }
                }
            }
            Place::Apposition => {
                let object = tree.object(site.word).into_iter();
                object
                    .flat_map(|object| tree.children(object.token))
                    .filter(|child| tree.deprel(*child) == Deprel::Appos)
                    .map(own)
                    .for_each(visit);
            }
            Place::Condition => tree
                .children(site.word)
                .filter(|clause| tree.deprel(*clause) == Deprel::Advcl && self.is_condition(*clause))
                .filter_map(|clause| tree.subject(clause))
                .for_each(visit),
            Place::Above => tree.subject_above(tree.phrase(site.word)).into_iter().for_each(visit),
            Place::Preposition(preposition) => {
                for anchor in site.anchors.tokens() {
                    // "Mediated *together with* the Americans": who joins in is no object.
                    let joins =
                        |token: &u32| !site.frame.reciprocal && preposition == tree.words.with && self.reacher.joined(*token);
                    let governed = tree.preposition(*anchor, preposition).filter(|token| !joins(token));
                    governed.map(|token| own(tree.antecedent(token))).for_each(&mut *visit);
                    // "The sympathy *received* from Oslo", "a request *made* by Lima to Quito": the noun's, hung on its participle.
                    let words = tree.words;
                    let told = site.frame.kind == Kind::Noun && [words.by, words.from, words.to].contains(&preposition);
                    if told && tree.kind(*anchor) == Some(Kind::Noun) {
                        for participle in tree.children(*anchor).filter(|child| self.carries(*child)) {
                            tree.preposition(participle, preposition).map(own).for_each(&mut *visit);
                        }
                    }
                }
            }
        }
    }

    /// Whether a participle behind a noun only says that what the noun names was done: "the help *given* by Oslo".
    fn carries(&self, participle: u32) -> bool {
        let tree = self.tree;
        tree.deprel(participle) == Deprel::Acl
            && tree.xpos(participle) == Xpos::Vbn
            && tree.words.carrying.contains(&tree.symbol(participle))
    }

    /// Children of the nouns among the anchors.
    fn under_anchors(&self, site: &Site<'_>, fits: impl Fn(Deprel, u32) -> bool, visit: &mut dyn FnMut(Node)) {
        for anchor in site.anchors.tokens() {
            if self.tree.kind(*anchor) == Some(Kind::Verb) && site.frame.kind != Kind::Verb {
                continue;
            }
            for child in self.tree.children(*anchor).filter(|child| fits(self.tree.deprel(*child), *child)) {
                visit(Node { token: child, shared: false });
            }
        }
    }

    /// The parties that fill a role, but not `known` alone.
    pub fn role(&self, role: &Role, site: &Site<'_>, wanted: Wanted, known: &Parties) -> Parties {
        let wanted = if role.itself { Wanted::Itself } else { wanted };
        let mut found = Parties::default();
        for place in &role.places {
            self.each(*place, site, &mut |node| {
                if !self.headed(role, *place, site, node.token) {
                    return;
                }
                if matches!(place, Place::Preposition(_)) && self.is_deed(node.token) {
                    return;
                }
                let through = wanted == Wanted::Actor && !role.heads.is_empty();
                let parties = self.reacher.parties_but(node.token, if through { Wanted::Through } else { wanted }, known);
                let nearest = if node.shared || *place == Place::Support { Reach::Shared } else { Reach::Argument };
                found.extend(&parties.at_least(nearest));
            });
            if *place == Place::Subject && !found.is_empty() {
                // "Matvienko, along with the deputy minister, visited": hung on the verb as often as on the noun.
                for child in self.tree.children(site.word) {
                    let relation = self.tree.deprel(child);
                    if relation == Deprel::Obl && (self.reacher.joined(child) || self.travels_along(site, child)) {
                        found.extend(&self.reacher.parties(child, wanted));
                    }
                    // "Angola, *together* with Congo, urged".
                    if relation == Deprel::Advmod && self.tree.words.joining.contains(&self.tree.symbol(child)) {
                        for joined in self.tree.children(child).filter(|joined| self.reacher.joined(*joined)) {
                            found.extend(&self.reacher.parties(joined, wanted));
                        }
                    }
                }
            }
            if found.iter().any(|party| !known.holds(party.party.actor)) {
                let closer = if wanted == Wanted::Target { self.makers(role, site, known) } else { None };
                return closer.or_else(|| self.given_to(role, *place, site, known)).unwrap_or(found);
            }
        }
        if wanted == Wanted::Target {
            for place in &role.places {
                self.each(*place, site, &mut |node| {
                    if self.headed(role, *place, site, node.token) {
                        self.reacher.described(node.token, site.word, known, &mut found);
                    }
                });
            }
            if found.iter().any(|party| !known.holds(party.party.actor)) {
                return found.at_least(Reach::Inside);
            }
        }
        for place in &role.places {
            if let Place::Preposition(preposition) = place
                && role.heads.is_empty()
            {
                self.deep(*preposition, site, &mut |token| {
                    if self.is_deed(token) {
                        return;
                    }
                    found.extend(&self.reacher.parties_but(token, wanted, known).at_least(Reach::Inside));
                });
                if !found.is_empty() {
                    return if wanted == Wanted::Target { self.makers(role, site, known).unwrap_or(found) } else { found };
                }
            }
        }
        found
    }

    /// "Rejected a call *to pull* missiles out of Congo": what is called for, not who is called upon. "Condemned the minister *for
    /// holidaying* in Barbados": what he did there, not whom.
    fn is_deed(&self, token: u32) -> bool {
        let tree = self.tree;
        tree.is_infinitive(token) || tree.upos(token) == Upos::Verb && tree.under(token, tree.words.r#for)
    }

    /// "Rejected a *Kyrgyz* proposal to bring in observers from the CSTO", "praised *Georgia's* contribution to the mission in Kabul": of a
    /// thing that is by somebody, whoever stands before it made it.
    fn makers(&self, role: &Role, site: &Site<'_>, known: &Parties) -> Option<Parties> {
        let words = self.tree.words;
        let holds = |word| role.places.contains(&Place::Preposition(word));
        let made = holds(words.by) || holds(words.of) && holds(words.from);
        if site.frame.kind != Kind::Verb || !made || !role.heads.is_empty() || role.places.contains(&Place::Object) {
            return None;
        }
        let object =
            self.tree.object(site.word).map(|object| object.token).filter(|object| self.tree.mention(*object).is_none())?;
        let mut found = Parties::default();
        for child in self.tree.children(object).filter(|child| *child < object) {
            match self.tree.deprel(child) {
                Deprel::NmodPoss => found.extend(&self.reacher.parties_but(self.tree.owner(child), Wanted::Target, known)),
                Deprel::Amod | Deprel::Compound | Deprel::NmodDesc => {
                    self.reacher.direct(child, &mut found);
                }
                _ => {}
            }
            // "Albania's EU bid": whose it is stands first.
            if !found.is_empty() {
                break;
            }
        }
        let found: Parties = found.iter().filter(|party| !known.holds(party.party.actor)).collect();
        (!found.is_empty()).then(|| found.at_least(Reach::Inside))
    }

    /// "Donated Russian vaccines *to Paraguay* and as many *to Ecuador*": where a frame takes either, those to whom it is done, not whose the
    /// thing is.
    fn given_to(&self, role: &Role, place: Place, site: &Site<'_>, known: &Parties) -> Option<Parties> {
        let several = role.places.len() > 1 && place == Place::Object && role.heads.is_empty();
        let object = self.tree.object(site.word).filter(|_| several && site.frame.kind == Kind::Verb)?;
        if self.tree.mention(object.token).is_some() {
            return None;
        }
        let mut found = Parties::default();
        for place in &role.places {
            let Place::Preposition(preposition) = *place else { continue };
            let conjuncts = self.tree.children(object.token).filter(|child| self.tree.deprel(*child) == Deprel::Conj);
            let shared = conjuncts.flat_map(|conjunct| self.tree.preposition(conjunct, preposition));
            for token in self.tree.preposition(site.word, preposition).chain(shared) {
                found.extend(&self.reacher.parties_but(token, Wanted::Target, known));
            }
        }
        let named = found.iter().any(|party| party.reach == Reach::Argument && !known.holds(party.party.actor));
        named.then_some(found)
    }

    /// "Will go to Naypyidaw *with his Thai colleague*": who is taken along arrives as well.
    fn travels_along(&self, site: &Site<'_>, child: u32) -> bool {
        let somebody = |index: u32| {
            let mention = self.reacher.mentions.all.get(index as usize);
            mention.is_some_and(|mention| matches!(mention.kind, MentionKind::Person | MentionKind::Role | MentionKind::Demonym))
        };
        site.frame.mode == Some(super::ontology::Mode::Visit)
            && self.tree.under(child, self.tree.words.with)
            && self.tree.mention(child).is_some_and(somebody)
    }

    /// Whether the phrase of `token` is headed as the role asks: by one of its words, or, where it asks for people, by a state's nationals.
    pub fn headed(&self, role: &Role, place: Place, site: &Site<'_>, token: u32) -> bool {
        let core = self.tree.core(token);
        let act = site.frame.act;
        // "Hosts 2,000 Mozambicans", "freed six Lithuanians"; "expelled three Russians" tells of diplomats.
        let helped = matches!(act, Act::Aid | Act::Retreat | Act::Cooperate | Act::Coerce | Act::Assault);
        let helped = helped && !(act == Act::Coerce && self.tree.document.lemma(site.word) == "expel");
        let nationals = || {
            let mention = self.tree.mention(core).and_then(|index| self.reacher.mentions.all.get(index as usize));
            (place == Place::Subject || helped)
                && role.heads.contains(&self.tree.words.people)
                && mention.is_some_and(|mention| mention.kind == MentionKind::Demonym)
                && matches!(self.tree.xpos(core), Xpos::Nns | Xpos::Nnps)
        };
        role.heads.is_empty() || self.tree.among(core, &role.heads) || nationals()
    }

    /// Phrases that a preposition governs, and those that hang on them.
    pub fn each_near(&self, preposition: Symbol, site: &Site<'_>, visit: &mut dyn FnMut(u32)) {
        self.each(Place::Preposition(preposition), site, &mut |node| visit(node.token));
        if preposition != self.tree.words.r#in {
            self.deep(preposition, site, visit);
        }
    }

    /// Phrases that a preposition governs one step further down: "the visit of the Italian president *to Albania*", where the
    /// parser hung the last phrase on the word before it.
    fn deep(&self, preposition: Symbol, site: &Site<'_>, visit: &mut dyn FnMut(u32)) {
        let nominal = |token: &u32| {
            matches!(self.tree.deprel(*token), Deprel::Nmod | Deprel::Obl | Deprel::Obj | Deprel::OblUnmarked)
                && self.tree.kind(*token) != Some(Kind::Verb)
        };
        // "Pressed Congress to block the sale to Turkey": what is asked for is to Turkey.
        let asked =
            |anchor: &u32| site.frame.act == Act::Request && *anchor != site.word && self.tree.kind(*anchor) == Some(Kind::Verb);
        for anchor in site.anchors.tokens().iter().filter(|anchor| !asked(anchor)) {
            for child in self.tree.children(*anchor).filter(nominal) {
                self.tree.preposition(child, preposition).for_each(&mut *visit);
                for grandchild in self.tree.children(child).filter(nominal) {
                    self.tree.preposition(grandchild, preposition).for_each(&mut *visit);
                }
            }
        }
    }
}
