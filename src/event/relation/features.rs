//! [`Features`]: what the linear model sees of a [`Pair`]: words before, between and after the two phrases, the path between
//! them in the tree, the predicate that governs each, the frames' findings, and where the words' meanings lie.
//!
//! Names are left out: what one state does to another must not depend on which they are. Everything is integers.

use super::template::*;
use super::words::{WIDTH, Words};
use super::{Hit, Pair, hash};
use crate::event::clause::{Clauses, Edges};
use crate::event::ontology::Act;
use crate::syntax::{Deprel, Sentence, Upos, Xpos};

/// 1 in a dense feature.
pub const ONE: i32 = 8192;
/// Mean vectors: of the path, of the path with its dependents, of what stands between, of the whole sentence.
const MEANS: usize = 4;
const ACTS: usize = Act::ALL.len();
/// The acts that the lexicon's words name: in the sentence, on the path, in the phrases.
const COUNTS: usize = 3;
pub const DENSE: usize = MEANS * WIDTH + COUNTS * ACTS;

/// The longest chain of governors that is followed.
const CHAIN: usize = 20;
/// Words further from the phrases than this are not looked at.
const REACH: u32 = 60;

/// Buffers that are kept from pair to pair.
#[derive(Default)]
pub struct Features {
    /// Features that hold, by hash; sorted, each once.
    pub sparse: Vec<u32>,
    /// In parts of [`ONE`].
    pub dense: Vec<i32>,
    edges: Edges,
    words: Vec<u64>,
    up: [Vec<u32>; 2],
    /// Tokens on the path, the phrases' own left out.
    path: Vec<u32>,
}

/// Where a word stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Source,
    Target,
    Before,
    Between,
    After,
}

impl Features {
    /// Reads `pair`; what was held before goes.
    pub fn read(&mut self, pair: &Pair<'_>, known: &Words) {
        self.sparse.clear();
        self.dense.clear();
        self.dense.resize(DENSE, 0);
        self.sparse.push(hash::feature(BIAS, &[]));
        let Features { sparse, dense, edges, words, up, path } = self;
        let document = pair.document;
        let Some(first) = document.sentences.get(pair.sentence as usize) else { return };
        // Phrases in two sentences: both are read as one.
        let mut whole = Sentence { span: first.span, tokens: first.tokens.clone(), kind: first.kind, paragraph: first.paragraph };
        let sentence_of = |at: u32| document.sentences.iter().find(|sentence| sentence.tokens.contains(&at));
        if let Some(other) = sentence_of(pair.target.head) {
            whole.tokens = whole.tokens.start.min(other.tokens.start)..whole.tokens.end.max(other.tokens.end);
        }
        let (low, high) = (pair.source.head.min(pair.target.head), pair.source.head.max(pair.target.head));
        whole.tokens.start = whole.tokens.start.max(low.saturating_sub(REACH));
        whole.tokens.end = whole.tokens.end.min(high.saturating_add(REACH));
        if high - low > 4 * REACH {
            whole.tokens = low..low + 4 * REACH;
        }
        let clauses = Clauses::new(document, &whole, edges);
        words.clear();
        words.extend(clauses.tokens().map(|at| word(&clauses, at)));
        let reading = Reading { pair, known, clauses, from: whole.tokens.start, words };
        let mut add = |template: u8, parts: &[u64]| sparse.push(hash::feature(template, parts));
        reading.linear_order(&mut add);
        let top = reading.walk(up, path);
        reading.path(up, top, &mut add);
        for (side, chain) in [(0, &up[0]), (1, &up[1])] {
            reading.governor(side, chain, &mut add);
        }
        reading.mood(&up[0], top, &mut add);
        reading.found(0, pair.hit.as_ref(), &mut add);
        reading.found(1, pair.back.as_ref(), &mut add);
        reading.operators(path, &mut add);
        reading.means(path, dense);
        reading.counts(path, &mut dense[MEANS * WIDTH..]);
        sparse.sort_unstable();
        sparse.dedup();
    }
}

/// A lemma's hash; all names are one word, and all numbers.
fn word(clauses: &Clauses<'_>, at: u32) -> u64 {
    match clauses.upos(at) {
        Upos::Propn => hash::word(b"<name>"),
        Upos::Num => hash::word(b"<number>"),
        _ => hash::lower(clauses.lemma(at)),
    }
}

struct Reading<'a> {
    pair: &'a Pair<'a>,
    known: &'a Words,
    clauses: Clauses<'a>,
    /// First token that is looked at.
    from: u32,
    /// By token: its word.
    words: &'a [u64],
}

type Add<'a> = &'a mut dyn FnMut(u8, &[u64]);

impl Reading<'_> {
    fn word(&self, at: u32) -> u64 {
        at.checked_sub(self.from).and_then(|at| self.words.get(at as usize)).copied().unwrap_or(0)
    }

    fn part(&self, at: u32) -> Part {
        let Some(token) = self.clauses.token(at) else { return Part::After };
        let (source, target) = (self.pair.source.span, self.pair.target.span);
        if token.span.overlaps(source) {
            Part::Source
        } else if token.span.overlaps(target) {
            Part::Target
        } else if token.span.end <= source.start.min(target.start) {
            Part::Before
        } else if token.span.start >= source.end.max(target.end) {
            Part::After
        } else {
            Part::Between
        }
    }

    fn inside(&self, at: u32) -> bool {
        matches!(self.part(at), Part::Source | Part::Target)
    }

    fn linear_order(&self, add: Add<'_>) {
        let pair = self.pair;
        add(ORDER, &[u64::from(pair.source.span < pair.target.span)]);
        let mut before = None;
        for at in self.clauses.tokens() {
            let part = self.part(at);
            let word = self.word(at);
            let upos = self.clauses.upos(at);
            if self.inside(at) {
                before = Some(part as u64);
                if !matches!(upos, Upos::Punct | Upos::Det | Upos::Adp | Upos::Propn) {
                    add(INSIDE, &[part as u64, word]);
                }
                continue;
            }
            if upos == Upos::Punct {
                continue;
            }
            add(WORD, &[word]);
            add(PLACED, &[part as u64, word]);
            if let Some(before) = before {
                add(TWO, &[before, word]);
            }
            before = Some(word);
        }
        add(HEAD, &[0, self.word(pair.source.head)]);
        add(HEAD, &[1, self.word(pair.target.head)]);
    }

    /// Fills `up` with the governors of source and target below their first common one, which is returned, and `path` with what
    /// lies outside the phrases.
    fn walk(&self, up: &mut [Vec<u32>; 2], path: &mut Vec<u32>) -> Option<u32> {
        for (chain, start) in up.iter_mut().zip([self.pair.source.head, self.pair.target.head]) {
            chain.clear();
            let mut at = Some(start);
            while let Some(here) = at
                && chain.len() < CHAIN
            {
                chain.push(here);
                at = self.clauses.head(here);
            }
        }
        let [source, target] = up;
        let top = source.iter().copied().find(|at| target.contains(at));
        path.clear();
        let below = |chain: &[u32]| chain.iter().position(|at| Some(*at) == top).unwrap_or(chain.len());
        let (from_source, from_target) = (below(source), below(target));
        path.extend(source[..from_source].iter().skip(1));
        path.extend(top);
        path.extend(target[..from_target].iter().skip(1));
        path.retain(|at| !self.inside(*at));
        top
    }

    fn path(&self, up: &[Vec<u32>; 2], top: Option<u32>, add: Add<'_>) {
        let below = |chain: &[u32]| chain.iter().position(|at| Some(*at) == top).unwrap_or(chain.len());
        let mut last = [Deprel::Dep as u64; 2];
        for (side, chain) in up.iter().enumerate() {
            let chain = &chain[..below(chain)];
            let side64 = side as u64;
            chain.iter().skip(1).for_each(|at| add(ON_PATH, &[side64, self.word(*at)]));
            let mut relations = [0; 7];
            relations[0] = side64;
            for (held, at) in relations.iter_mut().skip(1).zip(chain) {
                *held = 1 + self.clauses.deprel(*at) as u64;
            }
            add(RELATIONS, &relations);
            if let Some(first) = chain.first() {
                add(FIRST_RELATION, &[side64, self.clauses.deprel(*first) as u64]);
            }
            if let Some(at) = chain.last() {
                last[side] = 1 + self.clauses.deprel(*at) as u64;
            }
            if side == 1 {
                for at in chain {
                    for case in self.clauses.children(*at).filter(|child| self.clauses.deprel(*child) == Deprel::Case) {
                        add(CASE_ABOVE, &[self.word(case)]);
                    }
                }
            }
        }
        if let Some(top) = top {
            let word = self.word(top);
            add(TOP, &[word]);
            add(TOP_CLASS, &[self.clauses.upos(top) as u64]);
            add(TOP_BOTH, &[word, last[0], last[1]]);
            add(TOP_TARGET, &[word, last[1]]);
        }
        let target = self.pair.target.head;
        for case in self.clauses.children(target).filter(|child| self.clauses.deprel(*child) == Deprel::Case) {
            add(CASE, &[self.word(case)]);
            if let Some(head) = self.clauses.head(target) {
                add(CASE_HEAD, &[self.word(case), self.word(head)]);
            }
        }
    }

    /// The first verb above a phrase, and what hangs on it.
    fn governor(&self, side: u64, up: &[u32], add: Add<'_>) {
        let clauses = &self.clauses;
        let above = up.get(1..).unwrap_or(&[]);
        let of = |upos: Upos| above.iter().copied().find(|at| clauses.upos(*at) == upos);
        let Some(verb) = of(Upos::Verb).or_else(|| of(Upos::Aux)).or_else(|| above.first().copied()) else { return };
        let word = self.word(verb);
        add(GOVERNOR, &[side, word]);
        add(GOVERNOR_TAG, &[side, clauses.xpos(verb) as u64]);
        for child in clauses.children(verb) {
            let relation = clauses.deprel(child);
            if clauses.upos(child) == Upos::Punct || (self.inside(child) && relation != Deprel::NsubjPass) {
                continue;
            }
            let (kind, held) = (universal(relation), self.word(child));
            add(DEPENDENT, &[side, kind, held]);
            if side == 0 {
                add(GOVERNOR_DEPENDENT, &[word, kind, held]);
            }
            let marks = matches!(
                relation,
                Deprel::Aux | Deprel::AuxPass | Deprel::Advmod | Deprel::Mark | Deprel::CompoundPrt | Deprel::Cop
            );
            if marks {
                add(MARK, &[side, held]);
            }
            if matches!(relation, Deprel::Xcomp | Deprel::Ccomp | Deprel::Advcl | Deprel::Obj | Deprel::Obl) {
                for below in clauses.children(child) {
                    let telling =
                        matches!(clauses.upos(below), Upos::Verb | Upos::Noun | Upos::Adj | Upos::Adp | Upos::Aux | Upos::Part);
                    if telling && !self.inside(below) {
                        add(BELOW, &[side, kind, self.word(below)]);
                    }
                }
            }
        }
    }

    /// Modality and negation of the verbs above the source.
    fn mood(&self, up: &[u32], top: Option<u32>, add: Add<'_>) {
        let clauses = &self.clauses;
        const PLAIN: usize = 4;
        let mut moods = [false; PLAIN + 1];
        for at in up.iter().skip(1) {
            let mut to = false;
            for child in clauses.children(*at) {
                let lemma = clauses.lemma(child);
                if clauses.xpos(child) == Xpos::Md {
                    moods[usize::from(!matches!(lemma, "will" | "shall" | "'ll" | "’ll" | "wo"))] = true;
                }
                moods[2] |= matches!(lemma, "not" | "n't" | "n’t" | "never");
                to |= clauses.xpos(child) == Xpos::To;
            }
            moods[3] |= to && clauses.xpos(*at) == Xpos::Vb;
        }
        moods[PLAIN] = !moods.contains(&true);
        for mood in (0..moods.len()).filter(|mood| moods[*mood]) {
            add(MOOD, &[mood as u64]);
            if let Some(top) = top {
                add(MOOD_TOP, &[mood as u64, self.word(top)]);
            }
            if let Some(verb) = up.get(1) {
                for act in self.known.says(self.word(*verb), clauses.upos(*verb)).joined().0 {
                    add(MOOD_ACT, &[mood as u64, act as u64]);
                }
            }
        }
    }

    fn found(&self, side: u64, hit: Option<&Hit>, add: Add<'_>) {
        let Some(hit) = hit else { return add(FOUND, &[side, 0]) };
        add(FOUND, &[side, 1 + u64::from(hit.reciprocal)]);
        add(FOUND_ACT, &[side, joined(hit.act) as u64]);
        add(FOUND_MODE, &[side, hit.act as u64, hit.mode.map_or(0, |mode| 1 + mode as u64)]);
        add(FOUND_CLASS, &[side, joined(hit.class) as u64]);
        add(FOUND_STATUS, &[side, hit.status as u64]);
    }

    /// Operators of the lexicon on the path or right above or below it.
    fn operators(&self, path: &[u32], add: Add<'_>) {
        for at in self.clauses.tokens() {
            let near = path.contains(&at) || self.clauses.head(at).is_some_and(|head| path.contains(&head));
            if near {
                let operators = self.known.says(self.word(at), self.clauses.upos(at)).operators;
                (0..8u64).filter(|operator| operators & 1 << operator != 0).for_each(|operator| add(OPERATOR, &[operator]));
            }
        }
    }

    fn means(&self, path: &[u32], dense: &mut [i32]) {
        let mut counts = [0usize; MEANS];
        for at in self.clauses.tokens() {
            if self.inside(at) || !matches!(self.clauses.upos(at), Upos::Verb | Upos::Noun | Upos::Adj | Upos::Adv) {
                continue;
            }
            let Some(vector) = self.known.vector(self.word(at)) else { continue };
            let on_path = path.contains(&at);
            let near = on_path || self.clauses.head(at).is_some_and(|head| path.contains(&head));
            let held = [on_path, near, self.part(at) == Part::Between, true];
            for (mean, _) in held.iter().enumerate().filter(|(_, held)| **held) {
                counts[mean] += 1;
                for (sum, part) in dense[mean * WIDTH..(mean + 1) * WIDTH].iter_mut().zip(vector) {
                    *sum += i32::from(*part);
                }
            }
        }
        // A sum is divided by the root of its number: several words that agree weigh more than one. Twice that, in parts of `ONE`.
        for (mean, count) in counts.into_iter().enumerate().filter(|(_, count)| *count > 0) {
            let root = isqrt(count);
            for sum in &mut dense[mean * WIDTH..(mean + 1) * WIDTH] {
                *sum = *sum * 2 * (ONE / super::words::UNIT) * 16 / root;
            }
        }
    }

    fn counts(&self, path: &[u32], dense: &mut [i32]) {
        for at in self.clauses.tokens() {
            let (acts, number) = self.known.says(self.word(at), self.clauses.upos(at)).joined();
            if number == 0 {
                continue;
            }
            let share = ONE / number as i32;
            let places = if self.inside(at) { [false, false, true] } else { [true, path.contains(&at), false] };
            for act in acts {
                for (place, _) in places.iter().enumerate().filter(|(_, holds)| **holds) {
                    dense[place * ACTS + act as usize] += share;
                }
            }
        }
    }
}

/// Sixteen times the square root, rounded down.
fn isqrt(count: usize) -> i32 {
    (count.min(4096) * 256).isqrt() as i32
}

/// The training data join CONCEDE and RETREAT.
pub fn joined(act: Act) -> Act {
    if act == Act::Concede { Act::Retreat } else { act }
}

/// A relation without its subtype.
fn universal(relation: Deprel) -> u64 {
    hash::word(relation.universal().as_bytes())
}
