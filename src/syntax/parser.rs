//! Trees: a greedy transition parser in the arc-hybrid system (Kuhlmann et al. 2011) with the root at the end of the buffer, and the
//! dynamic oracle it is trained with (Goldberg & Nivre 2013). One pass, linear in the length of the sentence; every sentence gets a
//! tree with one root.

use super::perceptron::{Model, Trainer, feature};
use super::scheme::Deprel;
use super::tagger::{Word, best};

/// A word's governor (`words.len()` for the root) and relation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arc {
    pub head: u32,
    /// Index into [`Deprel::ALL`].
    pub label: u8,
}

pub const LABELS: usize = Deprel::ALL.len();
/// Classes of the model of moves: shift, left arc, right arc; a fourth makes a row of weights eight bytes.
pub const MOVES: usize = 4;
const NOBODY: u32 = u32::MAX;

/// A move; which label an arc gets is a second question, asked of a model of its own, so that the moves' rows are short and many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Move {
    Shift = 0,
    Left = 1,
    Right = 2,
}

const ALL_MOVES: [Move; 3] = [Move::Shift, Move::Left, Move::Right];

/// The two models of the parser.
pub struct Models {
    pub moves: Model,
    pub labels: Model,
}

/// Children of a word that have been attached so far, nearest the edges.
#[derive(Clone, Copy, Debug)]
struct Children {
    left: u32,
    right: u32,
    left_second: u32,
    right_second: u32,
    left_count: u8,
    right_count: u8,
}

const CHILDLESS: Children =
    Children { left: NOBODY, right: NOBODY, left_second: NOBODY, right_second: NOBODY, left_count: 0, right_count: 0 };

/// A parse under way. Kept by a worker, so that it allocates once.
#[derive(Default)]
pub struct State {
    stack: Vec<u32>,
    next: u32,
    count: u32,
    pub arcs: Vec<Arc>,
    children: Vec<Children>,
    features: Vec<u32>,
    arc_features: Vec<u32>,
    scores: Vec<i32>,
    label_scores: Vec<i32>,
}

impl State {
    fn start(&mut self, count: usize) {
        self.stack.clear();
        self.next = 0;
        self.count = count as u32;
        self.arcs.clear();
        self.arcs.resize(count, Arc { head: NOBODY, label: 0 });
        self.children.clear();
        self.children.resize(count + 1, CHILDLESS);
    }

    fn done(&self) -> bool {
        self.next == self.count && self.stack.is_empty()
    }

    fn stacked(&self, depth: usize) -> u32 {
        self.stack.len().checked_sub(depth + 1).map_or(NOBODY, |at| self.stack[at])
    }

    fn can_shift(&self) -> bool {
        self.next < self.count
    }

    /// The root takes one word only: the last on the stack.
    fn can_left(&self) -> bool {
        !self.stack.is_empty() && (self.next < self.count || self.stack.len() == 1)
    }

    fn can_right(&self) -> bool {
        self.stack.len() >= 2
    }

    fn apply(&mut self, step: Move, label: u8) {
        match step {
            Move::Shift => {
                self.stack.push(self.next);
                self.next += 1;
            }
            Move::Left => {
                if let Some(child) = self.stack.pop() {
                    self.attach(self.next, child, label);
                }
            }
            Move::Right => {
                if let Some(child) = self.stack.pop() {
                    let head = self.stacked(0);
                    self.attach(head, child, label);
                }
            }
        }
    }

    fn allowed(&self, step: Move) -> bool {
        match step {
            Move::Shift => self.can_shift(),
            Move::Left => self.can_left(),
            Move::Right => self.can_right(),
        }
    }

    /// The best of the moves that `may` be made, by `self.scores`; the first of equals.
    fn best(&self, may: impl Fn(Move) -> bool) -> Option<Move> {
        ALL_MOVES.into_iter().filter(|step| may(*step)).fold(None, |best, step| match best {
            Some(best) if self.scores[best as usize] >= self.scores[step as usize] => Some(best),
            _ => Some(step),
        })
    }

    /// The features of the arc that `step` makes: those of the state, told apart by direction.
    fn turn(&mut self, step: Move) {
        let salt = (step as u32).wrapping_mul(0x9e37_79b9);
        self.arc_features.clear();
        self.arc_features.extend(self.features.iter().map(|feature| feature ^ salt));
    }

    fn attach(&mut self, head: u32, child: u32, label: u8) {
        self.arcs[child as usize] = Arc { head, label };
        let children = &mut self.children[head as usize];
        if child < head {
            children.left_second = children.left;
            children.left = child;
            children.left_count = children.left_count.saturating_add(1);
        } else {
            children.right_second = children.right;
            children.right = child;
            children.right_count = children.right_count.saturating_add(1);
        }
    }

    fn read(&mut self, words: &[Word], tags: &[u16]) {
        let word = |at: u32| words.get(at as usize).map_or((1, 0), |word| (word.lower, u32::from(tags[at as usize]) + 1));
        let label = |at: u32| self.arcs.get(at as usize).map_or(0, |arc| u32::from(arc.label) + 1);
        let children = |at: u32| self.children.get(at as usize).copied().unwrap_or(CHILDLESS);
        let (s0, s1, s2) = (self.stacked(0), self.stacked(1), self.stacked(2));
        let b = self.next;
        let (s0w, s0t) = word(s0);
        let (s1w, s1t) = word(s1);
        let (_, s2t) = word(s2);
        let (b0w, b0t) = if b == self.count { (3, 999) } else { word(b) };
        let (b1w, b1t) = word(b + 1);
        let (_, b2t) = word(b + 2);
        let (s0c, s1c, b0c) = (children(s0), children(s1), children(b));
        let (s0l, s0r, s1l, s1r, b0l) = (label(s0c.left), label(s0c.right), label(s1c.left), label(s1c.right), label(b0c.left));
        let (_, s0lt) = word(s0c.left);
        let (s0lw, _) = word(s0c.left);
        let (_, s0rt) = word(s0c.right);
        let (s0rw, _) = word(s0c.right);
        let (_, s1rt) = word(s1c.right);
        let (s1rw, _) = word(s1c.right);
        let (b0lw, b0lt) = word(b0c.left);
        let distance = |a: u32, b: u32| if a == NOBODY { 9 } else { (b - a).min(7) };
        let (d0, d1) = (distance(s0, b), if s1 == NOBODY { 9 } else { distance(s1, s0) });
        let s0v = u32::from(s0c.left_count.min(4)) * 8 + u32::from(s0c.right_count.min(4));
        let s1v = u32::from(s1c.left_count.min(4)) * 8 + u32::from(s1c.right_count.min(4));
        let b0v = u32::from(b0c.left_count.min(4));
        let s0x = words.get(s0 as usize).map_or(0, |w| w.suffixes[2]);
        let b0x = words.get(b as usize).map_or(0, |w| w.suffixes[2]);
        let between = if s0 == NOBODY || b == 0 { 0 } else { word(b - 1).1 };
        let out = &mut self.features;
        out.clear();
        out.extend([
            feature(1, &[s0w]),
            feature(2, &[s0t]),
            feature(3, &[s0w, s0t]),
            feature(4, &[s1w]),
            feature(5, &[s1t]),
            feature(6, &[s1w, s1t]),
            feature(7, &[b0w]),
            feature(8, &[b0t]),
            feature(9, &[b0w, b0t]),
            feature(10, &[b1w]),
            feature(11, &[b1t]),
            feature(12, &[s0w, b0w]),
            feature(13, &[s0t, b0t]),
            feature(14, &[s0w, b0t]),
            feature(15, &[s0t, b0w]),
            feature(16, &[s0w, s0t, b0t]),
            feature(17, &[s0t, b0w, b0t]),
            feature(18, &[s1t, s0t]),
            feature(19, &[s1w, s0w]),
            feature(20, &[s1w, s0t]),
            feature(21, &[s1t, s0w]),
            feature(22, &[s1t, s0t, b0t]),
            feature(23, &[s2t, s1t, s0t]),
            feature(24, &[s0t, b0t, b1t]),
            feature(25, &[b0t, b1t, b2t]),
            feature(26, &[s1t, s0t, b0t, b1t]),
            feature(27, &[s0t, s0l, s0r]),
            feature(28, &[s1t, s1l, s1r]),
            feature(29, &[b0t, b0l]),
            feature(30, &[s1t, s1rt, s0t]),
            feature(31, &[s1t, s0t, s0lt]),
            feature(32, &[s1t, s0t, s0rt]),
            feature(33, &[s0t, b0t, s0rt]),
            feature(34, &[s0t, b0t, b0lt]),
            feature(35, &[s1t, s0t, s0lw]),
            feature(36, &[s0t, s0rw]),
            feature(37, &[s1t, s1rw]),
            feature(38, &[s0t, b0t, d0]),
            feature(39, &[s1t, s0t, d1]),
            feature(40, &[s0w, s0v]),
            feature(41, &[s0t, s0v, b0t]),
            feature(42, &[s1t, s1v, s0t]),
            feature(43, &[b0t, b0v, s0t]),
            feature(44, &[s1w, s0t, b0t]),
            feature(45, &[s1t, s0w, b0t]),
            feature(46, &[s0x, b0t]),
            feature(47, &[s0t, b0x]),
            feature(48, &[s0t, b0t, between]),
            feature(49, &[s0lw, s0w]),
            feature(50, &[s1w, s0lw]),
            feature(51, &[s0t, b0lw]),
            feature(52, &[s0r, s0t, b0w]),
            feature(53, &[s1r, s1t, s0t, s0l]),
            feature(54, &[b0w, b1t]),
            feature(55, &[s0w, b1t]),
            feature(56, &[]),
        ]);
    }
}

/// Parses a sentence of tagged words; the tree is in `state.arcs`.
pub fn parse(models: &Models, words: &[Word], tags: &[u16], state: &mut State) {
    state.start(words.len());
    state.scores.resize(MOVES, 0);
    state.label_scores.resize(LABELS, 0);
    while !state.done() {
        state.read(words, tags);
        models.moves.score(&state.features, &mut state.scores);
        let Some(step) = state.best(|step| state.allowed(step)) else { return };
        let mut label = 0;
        if step != Move::Shift {
            state.turn(step);
            models.labels.score(&state.arc_features, &mut state.label_scores);
            label = best(&state.label_scores) as u8;
        }
        state.apply(step, label);
    }
}

/// The two models being trained.
pub struct Trainers {
    pub moves: Trainer,
    pub labels: Trainer,
}

/// One pass of training over a sentence whose gold tree is `gold`. With `explore` the parser follows its own best move even when it
/// is wrong, and so learns to go on after an error.
pub fn learn(trainers: &mut Trainers, words: &[Word], tags: &[u16], gold: &[Arc], explore: impl Fn() -> bool, state: &mut State) {
    state.start(words.len());
    state.scores.resize(MOVES, 0);
    state.label_scores.resize(LABELS, 0);
    while !state.done() {
        state.read(words, tags);
        trainers.moves.score(&state.features, &mut state.scores);
        let Some(guess) = state.best(|step| state.allowed(step)) else { return };
        let costs = Costs::of(state, gold);
        let right = state.best(|step| costs.free(step)).unwrap_or(guess);
        if !costs.free(guess) {
            trainers.moves.update(&state.features, right as usize, guess as usize);
        }
        trainers.moves.tick();
        let step = if explore() { guess } else { right };
        let label = if step == Move::Shift { 0 } else { learn_label(trainers, step, gold, state) };
        state.apply(step, label);
    }
}

/// Learns the label of the arc that `step` makes, where that arc is gold; the label that was given.
fn learn_label(trainers: &mut Trainers, step: Move, gold: &[Arc], state: &mut State) -> u8 {
    state.turn(step);
    trainers.labels.score(&state.arc_features, &mut state.label_scores);
    let guess = best(&state.label_scores);
    let head = if step == Move::Left { state.next } else { state.stacked(1) };
    let arc = gold.get(state.stacked(0) as usize).copied().unwrap_or_default();
    if arc.head == head {
        if usize::from(arc.label) != guess {
            trainers.labels.update(&state.arc_features, usize::from(arc.label), guess);
        }
        trainers.labels.tick();
    }
    guess as u8
}

/// Gold arcs that become unreachable with each kind of move.
struct Costs {
    shift: Option<u32>,
    left: Option<u32>,
    right: Option<u32>,
}

impl Costs {
    fn of(state: &State, gold: &[Arc]) -> Self {
        let (s0, s1, b) = (state.stacked(0), state.stacked(1), state.next);
        let head = |at: u32| gold.get(at as usize).map_or(NOBODY, |arc| arc.head);
        let in_buffer = |at: u32| at >= b && at <= state.count;
        let shift = state.can_shift().then(|| {
            let below_top = state.stack.iter().rev().skip(1).filter(|at| head(b) == **at).count();
            let children = state.stack.iter().filter(|at| head(**at) == b).count();
            (below_top + children) as u32
        });
        // Words still in the buffer whose head is the top of the stack lose it once it is popped.
        let lost = || (b..state.count).filter(|at| head(*at) == s0).count() as u32;
        let left = state.can_left().then(|| {
            let other_head = head(s0) != b && (head(s0) == s1 && s1 != NOBODY || in_buffer(head(s0)));
            u32::from(other_head) + lost()
        });
        let right = state.can_right().then(|| u32::from(in_buffer(head(s0))) + lost());
        Self { shift, left, right }
    }

    /// Whether a move costs no more than the cheapest.
    fn free(&self, step: Move) -> bool {
        let least = [self.shift, self.left, self.right].into_iter().flatten().min();
        let cost = match step {
            Move::Shift => self.shift,
            Move::Left => self.left,
            Move::Right => self.right,
        };
        cost.is_some() && cost == least
    }
}
