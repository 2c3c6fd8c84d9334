//! The files of `config/lexicon/frames` that hold words, not frames: `operators.txt` those that change what their complement says
//! ([`Operator`]), `domains.txt` those of matters that are no relations between states ([`Domain`]), `words.txt` those that walks through a
//! tree look for, `classes.txt` those that stand together in the places of frames, `forms.txt` and `irregular.txt` irregular forms.
//!
//! A list is a section `[name]` and lines `word word … | Example sentence.`; the example holds one of the line's words.

use super::domain::Domain;
use super::frame::{Kind, Symbol};
use super::frame_files::{check_example, kind_of, lines};
use super::operator::Operator;
use super::predicates::Lexicon;
use crate::lexicon::LexiconError;

const OPERATORS: (&str, &str) = ("frames/operators.txt", include_str!("../../config/lexicon/frames/operators.txt"));
const WORDS: (&str, &str) = ("frames/words.txt", include_str!("../../config/lexicon/frames/words.txt"));
const CLASSES: (&str, &str) = ("frames/classes.txt", include_str!("../../config/lexicon/frames/classes.txt"));
const FORMS: (&str, &str) = ("frames/forms.txt", include_str!("../../config/lexicon/frames/forms.txt"));
const IRREGULAR: (&str, &str) = ("frames/irregular.txt", include_str!("../../config/lexicon/frames/irregular.txt"));
const DOMAINS: (&str, &str) = ("frames/domains.txt", include_str!("../../config/lexicon/frames/domains.txt"));

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
    pub near: Symbol,
    pub off: Symbol,
    pub outside: Symbol,
    pub over: Symbol,
    pub people: Symbol,
    pub obliging: Vec<Symbol>,
    pub joining: Vec<Symbol>,
    pub transparent: Vec<Symbol>,
    pub relative: Vec<Symbol>,
    pub promise: Vec<Symbol>,
    /// Things and bodies through which a state acts: "side", "drone", "delegation".
    pub standing: Vec<Symbol>,
    /// Verbs whose subject is who an offer, request or complaint was made to.
    pub answering: Vec<Symbol>,
    /// Words with which one thanks another.
    pub thanking: Vec<Symbol>,
    /// What is done with a missile or a drone.
    pub launching: Vec<Symbol>,
    /// How somebody is kept where he is, how a step or a word is whose it is, and how one belongs to another.
    pub holding: Vec<Symbol>,
    pub making: Vec<Symbol>,
    pub linking: Vec<Symbol>,
    /// How a body comes to act for who made it or leads it: "a panel *set* up by the council".
    pub founding: Vec<Symbol>,
    /// Those who protest where they are named.
    pub street: Vec<Symbol>,
    /// What a meeting has beside it.
    pub margin: Vec<Symbol>,
    /// What is given to a third, and with a particle taken from it: "agreed to *receive* them", "to *take* them back".
    pub giving: Vec<Symbol>,
    pub taking: Vec<Symbol>,
    /// What two states make together, and what a third does between two or asks of them.
    pub joint: Vec<Symbol>,
    pub third: Vec<Symbol>,
    /// Nouns that name an act between states and are somebody all the same.
    pub fellow: Vec<Symbol>,
    /// Verbs with which one tells what another did.
    pub telling: Vec<Symbol>,
    /// "*According* to Seoul".
    pub according: Vec<Symbol>,
    /// Deeds against a rule: "*broke* the treaty".
    pub breaking: Vec<Symbol>,
    /// Words that put the subject behind its verb where an act is told again: "*so* did Kenya".
    pub inverting: Vec<Symbol>,
    /// Verbs that stand for another, and what they do then: "*did* the *same*".
    pub acting: Vec<Symbol>,
    pub same: Vec<Symbol>,
    /// Who and what is called by an act that is not told: "a *patrol* boat", "a *rescue* team", "the *trade* minister".
    pub called: Vec<Symbol>,
    /// Words for bringing two others together.
    pub mediating: Vec<Symbol>,
    /// Those who are posted where they are: "ambassador", "mission".
    pub posted: Vec<Symbol>,
    /// Prepositions of what goes on beside an act: "urged calm *during* the talks".
    pub beside: Vec<Symbol>,
    /// Verbs of going by what another asked: "*acting* on a request".
    pub heeding: Vec<Symbol>,
    /// What one does to another's request: "in *response* to it".
    pub response: Vec<Symbol>,
    /// Verbs with which a deed, not its doer, makes another act: "*prompting* Oslo to close its border".
    pub causing: Vec<Symbol>,
    /// Participles that say of a noun that it was done: "the help *given* by Oslo".
    pub carrying: Vec<Symbol>,
    /// "With the *help* of Oslo": what is done to him who acts.
    pub helping: Vec<Symbol>,
    /// What a deed is called when it is spoken of again: "a *step* that Oslo condemned".
    pub again: Vec<Symbol>,
}

/// Forms and the words that they are forms of.
type Irregular<'a> = &'a [(&'static str, &'static str)];

/// A line of a list.
struct List {
    line: usize,
    section: &'static str,
    words: &'static str,
}

/// The lines of a file of lists, each with an example that holds one of its words.
fn lists(file: &'static str, text: &'static str, irregular: Irregular<'_>) -> Result<Vec<List>, LexiconError> {
    let mut section = "";
    let mut found = Vec::new();
    for (line, entry) in lines(text) {
        let wrong = |message: String| LexiconError { file, line, message };
        if let Some(head) = entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = head;
            continue;
        }
        let Some((words, example)) = entry.split_once(" | ") else { return Err(wrong("no example".into())) };
        check_example(words, example, irregular).map_err(wrong)?;
        found.push(List { line, section, words });
    }
    Ok(found)
}

/// Form and word of each line of `irregular.txt`.
pub(super) fn irregular() -> Result<Vec<(&'static str, &'static str)>, LexiconError> {
    let (file, text) = IRREGULAR;
    lines(text).map(|(line, text)| form_and_word(text).map_err(|message| LexiconError { file, line, message })).collect()
}

/// Reads `form word | example`; the example holds the form.
fn form_and_word(text: &'static str) -> Result<(&'static str, &'static str), String> {
    let (pair, example) = text.split_once(" | ").ok_or("an entry is `form word | example`")?;
    let (form, word) = pair.split_once(' ').ok_or("an entry is `form word | example`")?;
    let shown = example.split(|c: char| !c.is_alphanumeric()).any(|part| part.to_lowercase() == form);
    if shown { Ok((form, word)) } else { Err(format!("the example does not hold `{form}`")) }
}

/// Words that stand together in the places of frames, by the name of their class.
pub(super) struct Classes {
    held: Vec<(&'static str, String)>,
}

impl Classes {
    pub fn embedded(irregular: Irregular<'_>) -> Result<Self, LexiconError> {
        let mut held: Vec<(&'static str, String)> = Vec::new();
        for list in lists(CLASSES.0, CLASSES.1, irregular)? {
            match held.iter_mut().find(|(name, _)| *name == list.section) {
                Some((_, words)) => {
                    words.push(' ');
                    words.push_str(list.words);
                }
                None => held.push((list.section, list.words.to_owned())),
            }
        }
        Ok(Self { held })
    }

    /// The template with every `@class` as its words.
    pub fn spell_out(&self, template: &str) -> Result<String, String> {
        let mut spelt = template.to_owned();
        while let Some(at) = spelt.find('@') {
            let rest = spelt.get(at + 1..).unwrap_or("");
            let name = rest.split([' ', '}']).next().unwrap_or("");
            let words = self.held.iter().find(|(held, _)| *held == name).map(|(_, words)| words.as_str());
            let words = words.ok_or_else(|| format!("no class `{name}`"))?;
            let end = at + 1 + name.len();
            spelt.replace_range(at..end, words);
        }
        Ok(spelt)
    }
}

impl Lexicon {
    /// The words that change what their complement says.
    pub(super) fn read_operators(&mut self, irregular: Irregular<'_>) -> Result<(), LexiconError> {
        let (file, text) = OPERATORS;
        let mut operator = None;
        let mut held: Vec<(Symbol, (Kind, Operator, Symbol))> = Vec::new();
        for (number, line) in lines(text) {
            let wrong = |message: String| LexiconError { file, line: number, message };
            if let Some(head) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                operator = Some(Operator::parse(head).ok_or_else(|| wrong(format!("no operator `{head}`")))?);
                continue;
            }
            let Some(operator) = operator else { return Err(wrong("an entry before the first section".into())) };
            let Some((triggers, example)) = line.split_once(" | ") else { return Err(wrong("no example".into())) };
            let (kind, triggers) = kind_of(triggers).map_err(wrong)?;
            check_example(triggers, example, irregular).map_err(wrong)?;
            for trigger in triggers.split(' ') {
                let (word, particle) = trigger.split_once('+').unwrap_or((trigger, ""));
                let particle = if particle.is_empty() { 0 } else { self.intern(particle) };
                let symbol = self.intern(word);
                if held.iter().any(|(other, (k, _, p))| *other == symbol && *k == kind && *p == particle) {
                    return Err(wrong(format!("`{trigger}` is an operator already")));
                }
                held.push((symbol, (kind, operator, particle)));
            }
        }
        self.operators = vec![Vec::new(); self.symbols.len() + 1];
        for (symbol, operator) in held {
            self.operators[symbol as usize].push(operator);
        }
        Ok(())
    }

    /// The words of matters that are no relations between states.
    pub(super) fn read_domains(&mut self, irregular: Irregular<'_>) -> Result<(), LexiconError> {
        let (file, text) = DOMAINS;
        let mut held = Vec::new();
        for list in lists(file, text, irregular)? {
            let wrong = |message: String| LexiconError { file, line: list.line, message };
            let (name, weight) = list.section.split_once(' ').unwrap_or((list.section, ""));
            let domain = Domain::ALL.into_iter().find(|domain| domain.as_str() == name);
            let weight = match weight {
                "strong" => 2,
                "weak" => 1,
                _ => return Err(wrong("a section is `[domain strong]` or `[domain weak]`".into())),
            };
            let domain = domain.ok_or_else(|| wrong(format!("no domain `{name}`")))?;
            held.extend(list.words.split(' ').map(|word| (self.intern(word), (domain, weight))));
        }
        self.domains = vec![None; self.symbols.len() + 1];
        for (symbol, section) in held {
            self.domains[symbol as usize] = Some(section);
        }
        Ok(())
    }

    /// Forms that the analysis may take for words of their own: each gets the symbol of the word it is a form of.
    pub(super) fn read_forms(&mut self) -> Result<(), LexiconError> {
        let (file, text) = FORMS;
        for (number, line) in lines(text) {
            let (form, word) = form_and_word(line).map_err(|message| LexiconError { file, line: number, message })?;
            if let Some(symbol) = self.symbols.get(word).copied() {
                self.symbols.entry(form.into()).or_insert(symbol);
            }
        }
        Ok(())
    }

    /// The words that walks through a tree look for.
    pub(super) fn read_words(&mut self, irregular: Irregular<'_>) -> Result<(), LexiconError> {
        let (file, text) = WORDS;
        let mut words = Words {
            by: self.intern("by"),
            of: self.intern("of"),
            with: self.intern("with"),
            between: self.intern("between"),
            among: self.intern("among"),
            r#in: self.intern("in"),
            to: self.intern("to"),
            r#for: self.intern("for"),
            from: self.intern("from"),
            at: self.intern("at"),
            upon: self.intern("upon"),
            despite: self.intern("despite"),
            after: self.intern("after"),
            against: self.intern("against"),
            on: self.intern("on"),
            into: self.intern("into"),
            under: self.intern("under"),
            near: self.intern("near"),
            off: self.intern("off"),
            outside: self.intern("outside"),
            over: self.intern("over"),
            people: self.intern("people"),
            ..Words::default()
        };
        for found in lists(file, text, irregular)? {
            let list = match found.section {
                "obliging" => &mut words.obliging,
                "joining" => &mut words.joining,
                "transparent" => &mut words.transparent,
                "relative" => &mut words.relative,
                "promise" => &mut words.promise,
                "standing" => &mut words.standing,
                "answering" => &mut words.answering,
                "thanking" => &mut words.thanking,
                "posted" => &mut words.posted,
                "inverting" => &mut words.inverting,
                "acting" => &mut words.acting,
                "same" => &mut words.same,
                "launching" => &mut words.launching,
                "holding" => &mut words.holding,
                "making" => &mut words.making,
                "street" => &mut words.street,
                "linking" => &mut words.linking,
                "founding" => &mut words.founding,
                "margin" => &mut words.margin,
                "mediating" => &mut words.mediating,
                "called" => &mut words.called,
                "fellow" => &mut words.fellow,
                "giving" => &mut words.giving,
                "taking" => &mut words.taking,
                "joint" => &mut words.joint,
                "third" => &mut words.third,
                "telling" => &mut words.telling,
                "according" => &mut words.according,
                "breaking" => &mut words.breaking,
                "beside" => &mut words.beside,
                "heeding" => &mut words.heeding,
                "response" => &mut words.response,
                "causing" => &mut words.causing,
                "carrying" => &mut words.carrying,
                "helping" => &mut words.helping,
                "again" => &mut words.again,
                name => return Err(LexiconError { file, line: found.line, message: format!("no list `{name}`") }),
            };
            list.extend(found.words.split(' ').map(|word| self.intern(word)));
        }
        self.words = words;
        Ok(())
    }
}
