//! [`Frame`]: a predicate of the lexicon, and where in a tree its actor and its target stand.
//!
//! A frame is written as a template that reads like the clause it matches: `S _ {sanction embargo} on|against T`. `_` is the
//! trigger, `S` the one who acts, `T` the one acted upon, `S&T` two who do it to each other; `{…}` are the words that may stand
//! in a place; a lower-case word names the place that follows it: a preposition, or one of `obj`, `iobj`, `poss`, `mod`, `that`, `must`,
//! `should` (the subject of what the trigger says is to be done), `xcomp`, `clause`, `case` (the preposition before a noun, or before
//! the head of the clause that a verb governs), `cond` (the subject of the condition that the trigger waits for), `appos` (what explains the object), `load` (what the words
//! asked for before carry: "a plane carrying blankets"), `above` (the subject of the clause that a noun hangs
//! in). A place that nothing names is the object.
//!
//! | written | means |
//! |---|---|
//! | `T!` | the party itself must fill the place, not be named somewhere inside it |
//! | `T?` | the party may be left out; the discourse gives it |
//! | `T{offer plan}` | named inside a phrase headed by one of these words |
//! | `-{deal}` | the place is not filled by one of these words; where it is named, it is there |
//! | `0xcomp` | the place is empty |

use super::ontology::{Act, Context, Mode, Status};

/// A word of the lexicon; 0 is any word that the lexicon does not hold.
pub type Symbol = u16;

/// The word class of a trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Verb,
    Noun,
    Adjective,
}

/// A place in the tree, as seen from the trigger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Who does it, whatever the voice.
    Subject,
    /// What it is done to, whatever the voice.
    Object,
    /// The subject of the clause that the trigger governs: "demanded that *Iran* halt".
    ClauseSubject,
    /// The same where that clause says what must or should be.
    Obliged,
    /// The same where it says what is to be done: "insisted that *Spain* return the file".
    Wished,
    /// The head of the clause that the trigger governs.
    Clause,
    /// The head of the controlled complement: "urged Iran to *halt*".
    Complement,
    Possessor,
    /// An adjective or noun before the trigger: "*Russian* attack".
    Modifier,
    /// The subject of the verb that carries a noun: "*Russia* launched an attack".
    Support,
    /// Who gets the object: "lent *Tunisia* two billion".
    Recipient,
    Preposition(Symbol),
    /// The preposition before a noun: "*in* protest".
    Case,
    /// What the words asked for so far carry, with which they are loaded: "a plane carrying *blankets* landed".
    Load,
    /// What explains the object: "called him a *liar*", where parsers see an apposition.
    Apposition,
    /// The subject of the clause that a noun hangs in: "*Cairo* recalled him in protest".
    Above,
    /// The subject of a condition: "will respond if *Cairo* attacks".
    Condition,
}

/// How a clause must be told for a frame to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Negated,
    Ahead,
}

/// One of two parties, and where to look for it, best place first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Role {
    pub places: Vec<Place>,
    /// Where not empty, the place is filled by a phrase with one of these heads, and the party is named inside it.
    pub heads: Vec<Symbol>,
    pub itself: bool,
    pub optional: bool,
}

/// A condition on what stands around the trigger.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    pub places: Vec<Place>,
    /// Empty: any word.
    pub words: Vec<Symbol>,
    pub wanted: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Triggers and template as the lexicon writes them.
    pub name: &'static str,
    pub kind: Kind,
    pub act: Act,
    pub mode: Option<Mode>,
    pub contexts: Vec<Context>,
    pub status: Option<Status>,
    pub reciprocal: bool,
    pub source: Role,
    pub target: Role,
    pub tests: Vec<Test>,
    /// What stands in the complement is wanted, feared or alleged, not told as a fact.
    pub unreal: bool,
    /// The target may be named anywhere in what follows the trigger, or be left to what the article speaks of: "offered to mediate".
    pub open: bool,
    /// The target must be named in the sentence.
    pub named: bool,
    /// What the tree does not give is not looked for by position.
    pub strict: bool,
    /// The target is an organisation: "left *ECOWAS*", not "left *Ghana*".
    pub body: bool,
    /// For want of a closer reading: every other that fits goes before it.
    pub fallback: bool,
    /// Denies the act that its complement tells.
    pub denial: bool,
    /// The template names the target before the source, as in "receive aid from".
    pub inverse: bool,
    /// Keeps what it matches from being coded.
    pub mute: bool,
    /// To say so is the act, and it is one only in this mood: "will *not* return the file", "*will* respond".
    pub mood: Option<Mood>,
}

/// Writes what is wrong with a template.
pub type TemplateError = String;

impl Frame {
    /// Fills roles and tests from `template`. `intern` gives each word its symbol.
    pub fn read_template(&mut self, template: &str, intern: &mut impl FnMut(&str) -> Symbol) -> Result<(), TemplateError> {
        let mut places: Option<Vec<Place>> = None;
        let mut seen_trigger = false;
        let (mut has_source, mut has_target) = (false, false);
        for piece in pieces(template)? {
            let (body, words) = match piece.split_once('{') {
                Some((body, rest)) => {
                    let words = rest.trim_end_matches('}').split_whitespace().map(&mut *intern).collect::<Vec<_>>();
                    if words.is_empty() {
                        return Err("empty braces".into());
                    }
                    (body, words)
                }
                None => (piece, Vec::new()),
            };
            match body {
                "_" => seen_trigger = true,
                "" | "-" => {
                    // "Drove them out, but not out of a {market}": a place that is named must be there.
                    if body == "-" && places.is_some() {
                        self.tests.push(Test { places: places.clone().unwrap_or_default(), words: Vec::new(), wanted: true });
                    }
                    let places = places.take().unwrap_or_else(|| vec![Place::Object]);
                    self.tests.push(Test { places, words, wanted: body.is_empty() });
                }
                "S&T" => {
                    self.reciprocal = true;
                    (has_source, has_target) = (true, true);
                    self.source.heads = words;
                    self.source.places = places.take().unwrap_or_default();
                }
                _ if body.starts_with('S') || body.starts_with('T') => {
                    let is_source = body.starts_with('S');
                    let default = if seen_trigger { Place::Object } else { Place::Subject };
                    let role = Role {
                        places: places.take().unwrap_or_else(|| vec![default]),
                        heads: words,
                        itself: body.contains('!'),
                        optional: body.contains('?'),
                    };
                    if body.len() > 1 && !body.trim_start_matches(['S', 'T']).trim_matches(['!', '?']).is_empty() {
                        return Err(format!("`{body}` is neither a role nor a place"));
                    }
                    if self.mute && !role.heads.is_empty() {
                        // Nobody is looked for; what the place must hold is a condition.
                        self.tests.push(Test { places: role.places, words: role.heads, wanted: true });
                        continue;
                    }
                    if is_source {
                        self.inverse = has_target;
                        has_source = true;
                        self.source = role;
                    } else {
                        has_target = true;
                        self.target = role;
                    }
                }
                _ if body.starts_with('0') => {
                    let places = read_places(body.get(1..).unwrap_or(""), intern);
                    self.tests.push(Test { places, words: Vec::new(), wanted: false });
                }
                _ => {
                    self.need(&mut places);
                    places = Some(read_places(body, intern));
                    if !words.is_empty() {
                        return Err(format!("write a blank before the braces of `{piece}`"));
                    }
                }
            }
        }
        self.need(&mut places);
        if !seen_trigger {
            return Err("no trigger `_`".into());
        }
        if !has_target && !self.mute {
            return Err("no target `T`".into());
        }
        self.fill_defaults(has_source, intern);
        Ok(())
    }

    /// Whether what two do to each other by it is done by both though one alone is its subject: who meets another is met; who strengthens
    /// ties with another, or closes the border with him, need not find him doing so.
    pub fn binds_both(&self) -> bool {
        self.kind != Kind::Verb || self.act == Act::Consult
    }

    /// Whether those who act are people, by the word for them or by where they stand: "protests *in Iraq*".
    pub fn names_a_crowd(&self) -> bool {
        let placed = || self.source.places.iter().all(|place| matches!(place, Place::Preposition(_)));
        !self.source.heads.is_empty() || self.act == Act::Protest && placed()
    }

    /// How much the frame asks of its surroundings: of two that match, the one that asks more is the better reading.
    pub fn weight(&self, particle: Symbol) -> usize {
        // Every other reading asks for something, or stands above the fallbacks all the same.
        if self.fallback {
            return 0;
        }
        let roles = [&self.source, &self.target];
        let asked: usize = roles.iter().map(|role| 3 * usize::from(!role.heads.is_empty()) + usize::from(role.itself)).sum();
        let places = usize::from(!self.target.places.contains(&Place::Object));
        let test = |test: &Test| match (test.wanted, test.words.is_empty()) {
            (true, false) => 4,
            (true, true) => 3,
            (false, _) => 1,
        };
        let mood = 2 * usize::from(self.mood.is_some());
        1 + asked + places + mood + 4 * usize::from(particle != 0) + self.tests.iter().map(test).sum::<usize>()
    }

    /// A place that nothing fills must be there all the same: `S _ T of`.
    fn need(&mut self, places: &mut Option<Vec<Place>>) {
        if let Some(places) = places.take() {
            self.tests.push(Test { places, words: Vec::new(), wanted: true });
        }
    }

    fn fill_defaults(&mut self, has_source: bool, intern: &mut impl FnMut(&str) -> Symbol) {
        let by = Place::Preposition(intern("by"));
        let of = Place::Preposition(intern("of"));
        let with = Place::Preposition(intern("with"));
        if self.reciprocal {
            if self.target.places.is_empty() {
                self.target.places = vec![with];
            }
            if self.source.places.is_empty() {
                self.source.places = match self.kind {
                    Kind::Noun => vec![Place::Possessor, Place::Modifier, of, Place::Support],
                    _ => vec![Place::Subject],
                };
            }
        }
        if self.kind == Kind::Noun && !self.reciprocal && !has_source {
            let mut places = vec![Place::Possessor, Place::Modifier, by];
            if !self.target.places.contains(&of) {
                places.push(of);
            }
            places.push(Place::Preposition(intern("from")));
            places.push(Place::Support);
            places.retain(|place| !self.target.places.contains(place));
            self.source = Role { places, ..std::mem::take(&mut self.source) };
        }
    }
}

/// Splits a template at blanks, but not inside braces.
fn pieces(template: &str) -> Result<Vec<&str>, TemplateError> {
    let mut found = Vec::new();
    let (mut start, mut depth) = (None, 0u8);
    for (at, c) in template.char_indices() {
        match c {
            '{' if depth == 0 => depth = 1,
            '}' if depth == 1 => depth = 0,
            '{' | '}' => return Err("unbalanced braces".into()),
            _ => {}
        }
        if c == ' ' && depth == 0 {
            found.extend(start.take().and_then(|s| template.get(s..at)));
        } else if start.is_none() {
            start = Some(at);
        }
    }
    if depth != 0 {
        return Err("unbalanced braces".into());
    }
    found.extend(start.and_then(|s| template.get(s..)));
    Ok(found)
}

fn read_places(text: &str, intern: &mut impl FnMut(&str) -> Symbol) -> Vec<Place> {
    text.split('|')
        .map(|word| match word {
            "subj" => Place::Subject,
            "obj" => Place::Object,
            "iobj" => Place::Recipient,
            "poss" => Place::Possessor,
            "mod" => Place::Modifier,
            "that" => Place::ClauseSubject,
            "must" => Place::Obliged,
            "should" => Place::Wished,
            "case" => Place::Case,
            "above" => Place::Above,
            "cond" => Place::Condition,
            "appos" => Place::Apposition,
            "load" => Place::Load,
            "clause" => Place::Clause,
            "xcomp" => Place::Complement,
            "support" => Place::Support,
            preposition => Place::Preposition(intern(preposition)),
        })
        .collect()
}
