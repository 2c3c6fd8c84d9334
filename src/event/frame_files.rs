//! The files of `config/lexicon/frames`: how they are written, read and checked.
//!
//! A file is lines. `[ACT mode @context ~status !unreal !open !denial !any !named !tree !not !will]` opens a section; each entry after it is
//! `v trigger trigger+particle | template ; options | Example sentence.`, where `v`, `n` or `a` is the trigger's word class, the
//! template is [`Frame`]'s, the options add to the section's, and the example holds one of the triggers. `!open` lets the target
//! stand anywhere in the clause or be left out, `!named` forbids that, `!tree` forbids to look by position for what the tree does not give, `!any` puts a frame after every other, `!body` asks for an
//! organisation, `!denial` marks what denies its
//! complement, `!not` and `!will` ask for a clause that is negated or ahead and make the saying of it the act. `@name` in a template's braces is every word of the class `[name]` of `classes.txt`. The files of words are read by
//! [`super::word_files`].

use super::frame::{Frame, Kind, Mood, Role};
use super::ontology::{Act, Context, Mode, Status};
use super::predicates::{Entry, Lexicon, Reading};
use super::word_files::{Classes, irregular};
use crate::lexicon::LexiconError;

const FILES: [(&str, &str); 17] = [
    ("frames/accuse.txt", include_str!("../../config/lexicon/frames/accuse.txt")),
    ("frames/agree.txt", include_str!("../../config/lexicon/frames/agree.txt")),
    ("frames/aid.txt", include_str!("../../config/lexicon/frames/aid.txt")),
    ("frames/assault.txt", include_str!("../../config/lexicon/frames/assault.txt")),
    ("frames/coerce.txt", include_str!("../../config/lexicon/frames/coerce.txt")),
    ("frames/concede.txt", include_str!("../../config/lexicon/frames/concede.txt")),
    ("frames/consult.txt", include_str!("../../config/lexicon/frames/consult.txt")),
    ("frames/cooperate.txt", include_str!("../../config/lexicon/frames/cooperate.txt")),
    ("frames/mobilize.txt", include_str!("../../config/lexicon/frames/mobilize.txt")),
    ("frames/none.txt", include_str!("../../config/lexicon/frames/none.txt")),
    ("frames/protest.txt", include_str!("../../config/lexicon/frames/protest.txt")),
    ("frames/reject.txt", include_str!("../../config/lexicon/frames/reject.txt")),
    ("frames/request.txt", include_str!("../../config/lexicon/frames/request.txt")),
    ("frames/retreat.txt", include_str!("../../config/lexicon/frames/retreat.txt")),
    ("frames/sanction.txt", include_str!("../../config/lexicon/frames/sanction.txt")),
    ("frames/support.txt", include_str!("../../config/lexicon/frames/support.txt")),
    ("frames/threaten.txt", include_str!("../../config/lexicon/frames/threaten.txt")),
];
impl Lexicon {
    /// The lexicon in the binary.
    pub fn embedded() -> Result<Self, LexiconError> {
        let irregular = irregular()?;
        let classes = Classes::embedded(&irregular)?;
        let mut lexicon = Lexicon::default();
        for (file, text) in FILES {
            lexicon.read_frames(file, text, &classes, &irregular)?;
        }
        lexicon.read_operators(&irregular)?;
        lexicon.read_words(&irregular)?;
        lexicon.read_domains(&irregular)?;
        lexicon.settle();
        lexicon.read_forms()?;
        lexicon.join();
        Ok(lexicon)
    }

    fn read_frames(
        &mut self,
        file: &'static str,
        text: &'static str,
        classes: &Classes,
        irregular: &[(&str, &str)],
    ) -> Result<(), LexiconError> {
        let mut section: Option<Section> = None;
        for (number, line) in lines(text) {
            let wrong = |message: String| LexiconError { file, line: number, message };
            if let Some(head) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                section = Some(Section::open(head).map_err(wrong)?);
                continue;
            }
            let Some(section) = &section else { return Err(wrong("an entry before the first `[ACT]`".into())) };
            let (triggers, template, example) = columns(line).map_err(wrong)?;
            let (kind, triggers) = kind_of(triggers).map_err(wrong)?;
            let (template, options) = template.split_once(" ;").unwrap_or((template, ""));
            let mut section = section.clone();
            section.add(options).map_err(wrong)?;
            check_example(triggers, example, irregular).map_err(wrong)?;
            let name = line.split(" ;").next().unwrap_or(line);
            let name = name.rsplit_once(" | ").filter(|_| name.matches(" | ").count() > 1).map_or(name, |(head, _)| head);
            let mut frame = Frame {
                name,
                kind,
                act: section.act.unwrap_or(Act::Consult),
                mode: section.mode,
                contexts: section.contexts.clone(),
                status: section.status,
                reciprocal: false,
                source: Role::default(),
                target: Role::default(),
                tests: Vec::new(),
                unreal: section.unreal,
                open: section.open,
                denial: section.denial,
                fallback: section.fallback,
                body: section.body,
                named: section.named,
                strict: section.strict,
                inverse: false,
                mute: section.act.is_none(),
                mood: section.mood,
            };
            let template = classes.spell_out(template.trim()).map_err(wrong)?;
            frame.read_template(&template, &mut |word| self.intern(word)).map_err(wrong)?;
            let index = u16::try_from(self.frames.len()).map_err(|_| wrong("more frames than 65,535".into()))?;
            self.frames.push(frame);
            self.entries.push(Entry { file, line: number, triggers, example, act: section.act, frame: index });
        }
        Ok(())
    }

    /// Indexes the frames, those with more conditions first, so that the more specific reading of a trigger wins.
    fn settle(&mut self) {
        let mut found = Vec::new();
        for entry in self.entries.clone() {
            for trigger in entry.triggers.split(' ') {
                let (word, particle) = trigger.split_once('+').unwrap_or((trigger, ""));
                let particle = if particle.is_empty() { 0 } else { self.intern(particle) };
                let reading = Reading { frame: entry.frame, particle };
                let symbol = self.intern(word);
                found.push((symbol, reading));
                // "Is expected in": an adjective that the analysis takes for a passive is looked up as the verb it comes from.
                if self.frames[entry.frame as usize].kind == Kind::Adjective {
                    let verbs = ["ed", "d"].into_iter().filter_map(|ending| word.strip_suffix(ending));
                    found.extend(verbs.map(|verb| self.symbol(verb)).filter(|verb| *verb != 0).map(|verb| (verb, reading)));
                }
            }
        }
        self.readings = vec![Vec::new(); self.symbols.len() + 1];
        for (symbol, reading) in found {
            self.readings[symbol as usize].push(reading);
        }
        let frames = &self.frames;
        for readings in &mut self.readings {
            readings.sort_by_key(|reading| {
                (std::cmp::Reverse(frames[reading.frame as usize].weight(reading.particle)), reading.frame)
            });
        }
    }
}

/// What a section's head says, and an entry's options add to.
#[derive(Clone, Default)]
struct Section {
    act: Option<Act>,
    mode: Option<Mode>,
    contexts: Vec<Context>,
    status: Option<Status>,
    unreal: bool,
    open: bool,
    denial: bool,
    fallback: bool,
    body: bool,
    named: bool,
    strict: bool,
    mood: Option<Mood>,
}

impl Section {
    pub fn open(head: &str) -> Result<Self, String> {
        let (name, options) = head.split_once(' ').unwrap_or((head, ""));
        let act = if name == "NONE" { None } else { Some(Act::parse(name).ok_or_else(|| format!("no act `{name}`"))?) };
        let mut section = Section { act, ..Section::default() };
        section.add(options)?;
        Ok(section)
    }

    fn add(&mut self, options: &str) -> Result<(), String> {
        for option in options.split_whitespace() {
            if let Some(name) = option.strip_prefix('@') {
                self.contexts.push(Context::parse(name).ok_or_else(|| format!("no context `{name}`"))?);
            } else if let Some(name) = option.strip_prefix('~') {
                self.status = Some(Status::parse(name).ok_or_else(|| format!("no status `{name}`"))?);
            } else if option == "!unreal" {
                self.unreal = true;
            } else if option == "!named" {
                self.named = true;
            } else if option == "!tree" {
                self.strict = true;
            } else if option == "!any" {
                self.fallback = true;
            } else if option == "!body" {
                self.body = true;
            } else if option == "!denial" {
                self.denial = true;
            } else if option == "!open" {
                self.open = true;
            } else if option == "!not" {
                self.mood = Some(Mood::Negated);
            } else if option == "!will" {
                self.mood = Some(Mood::Ahead);
            } else {
                self.mode = Some(Mode::parse(option).ok_or_else(|| format!("no mode `{option}`"))?);
            }
        }
        Ok(())
    }
}

pub(super) fn lines(text: &'static str) -> impl Iterator<Item = (usize, &'static str)> {
    text.lines().enumerate().map(|(i, line)| (i + 1, line.trim())).filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

fn columns(line: &'static str) -> Result<(&'static str, &'static str, &'static str), String> {
    let mut columns = line.split(" | ");
    match (columns.next(), columns.next(), columns.next(), columns.next()) {
        (Some(triggers), Some(template), Some(example), None) => Ok((triggers, template, example)),
        _ => Err("an entry is `v triggers | template | example`".into()),
    }
}

pub(super) fn kind_of(triggers: &'static str) -> Result<(Kind, &'static str), String> {
    match triggers.split_once(' ') {
        Some(("v", rest)) => Ok((Kind::Verb, rest)),
        Some(("n", rest)) => Ok((Kind::Noun, rest)),
        Some(("a", rest)) => Ok((Kind::Adjective, rest)),
        _ => Err("an entry opens with `v`, `n` or `a` and its triggers".into()),
    }
}

/// An example is a sentence that holds one of the triggers in some form.
pub(super) fn check_example(triggers: &str, example: &str, irregular: &[(&str, &str)]) -> Result<(), String> {
    if example.split(' ').count() < 3 {
        return Err("the example is no sentence".into());
    }
    let holds = |trigger: &str| {
        let word = trigger.split('+').next().unwrap_or(trigger);
        let stem: String = word.chars().take(2).collect();
        example
            .split(|c: char| !c.is_alphanumeric())
            .map(str::to_lowercase)
            .any(|form| form.starts_with(&stem) || irregular.contains(&(form.as_str(), word)))
    };
    if triggers.split(' ').any(holds) { Ok(()) } else { Err(format!("the example holds none of `{triggers}`")) }
}
