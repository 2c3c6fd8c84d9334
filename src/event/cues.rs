//! [`Cues`]: the words that say whether an act took place, `config/lexicon/status.tsv`.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use crate::lexicon::{self, LexiconError};

/// What a word says about the act it governs, modifies or introduces; see the head of `status.tsv`. A set, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Roles(u64);

impl Roles {
    pub const COMMIT: Roles = Roles(1);
    pub const EXPECT: Roles = Roles(1 << 1);
    pub const FAIL: Roles = Roles(1 << 2);
    pub const DENY: Roles = Roles(1 << 3);
    pub const CLAIM: Roles = Roles(1 << 4);
    pub const BEGIN: Roles = Roles(1 << 5);
    pub const HOLD: Roles = Roles(1 << 6);
    pub const STATE: Roles = Roles(1 << 7);
    pub const SAY: Roles = Roles(1 << 8);
    pub const ANONYMOUS: Roles = Roles(1 << 9);
    pub const CONDITION: Roles = Roles(1 << 10);
    pub const AHEAD: Roles = Roles(1 << 11);
    pub const WITHOUT: Roles = Roles(1 << 12);
    pub const ASSENT: Roles = Roles(1 << 13);
    pub const NEGATE: Roles = Roles(1 << 14);
    pub const LONGER: Roles = Roles(1 << 15);
    pub const NO: Roles = Roles(1 << 16);
    pub const NOBODY: Roles = Roles(1 << 17);
    pub const WILL: Roles = Roles(1 << 18);
    pub const WOULD: Roles = Roles(1 << 19);
    pub const MAY: Roles = Roles(1 << 20);
    pub const MUST: Roles = Roles(1 << 21);
    pub const UNDONE: Roles = Roles(1 << 22);
    pub const READY: Roles = Roles(1 << 23);
    pub const BEHIND: Roles = Roles(1 << 24);
    pub const RANK: Roles = Roles(1 << 25);
    pub const WISH: Roles = Roles(1 << 26);
    pub const PONDER: Roles = Roles(1 << 27);
    pub const ANSWER: Roles = Roles(1 << 28);
    pub const REBUT: Roles = Roles(1 << 29);
    pub const YET: Roles = Roles(1 << 30);
    pub const HABIT: Roles = Roles(1 << 31);
    pub const SOON: Roles = Roles(1 << 32);
    pub const PROVISO: Roles = Roles(1 << 33);
    pub const ALMOST: Roles = Roles(1 << 34);
    pub const SHORT: Roles = Roles(1 << 35);
    pub const STEER: Roles = Roles(1 << 36);
    pub const AIM: Roles = Roles(1 << 37);
    pub const ONCE: Roles = Roles(1 << 38);
    pub const DECIDE: Roles = Roles(1 << 39);
    pub const AWAIT: Roles = Roles(1 << 40);
    pub const TIME: Roles = Roles(1 << 41);
    pub const INVERT: Roles = Roles(1 << 42);
    pub const LAPSE: Roles = Roles(1 << 43);
    pub const ERRAND: Roles = Roles(1 << 44);

    pub const fn or(self, other: Roles) -> Roles {
        Roles(self.0 | other.0)
    }

    /// Whether it has one of `roles`.
    pub fn has(self, roles: Roles) -> bool {
        self.0 & roles.0 != 0
    }

    /// Auxiliaries that tell what is not, or not yet.
    pub const MODAL: Roles = Self::WILL.or(Self::WOULD).or(Self::MAY).or(Self::MUST);
    /// Of these, those that tell what is ahead.
    pub const COMING: Roles = Self::WILL.or(Self::WOULD).or(Self::MAY);

    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "commit" => Self::COMMIT,
            "expect" => Self::EXPECT,
            "fail" => Self::FAIL,
            "deny" => Self::DENY,
            "claim" => Self::CLAIM,
            "begin" => Self::BEGIN,
            "hold" => Self::HOLD,
            "state" => Self::STATE,
            "say" => Self::SAY,
            "anonymous" => Self::ANONYMOUS,
            "condition" => Self::CONDITION,
            "ahead" => Self::AHEAD,
            "without" => Self::WITHOUT,
            "assent" => Self::ASSENT,
            "negate" => Self::NEGATE,
            "longer" => Self::LONGER,
            "no" => Self::NO,
            "nobody" => Self::NOBODY,
            "will" => Self::WILL,
            "would" => Self::WOULD,
            "may" => Self::MAY,
            "must" => Self::MUST,
            "undone" => Self::UNDONE,
            "ready" => Self::READY,
            "behind" => Self::BEHIND,
            "rank" => Self::RANK,
            "wish" => Self::WISH,
            "ponder" => Self::PONDER,
            "answer" => Self::ANSWER,
            "rebut" => Self::REBUT,
            "yet" => Self::YET,
            "habit" => Self::HABIT,
            "soon" => Self::SOON,
            "proviso" => Self::PROVISO,
            "almost" => Self::ALMOST,
            "short" => Self::SHORT,
            "steer" => Self::STEER,
            "aim" => Self::AIM,
            "once" => Self::ONCE,
            "decide" => Self::DECIDE,
            "await" => Self::AWAIT,
            "time" => Self::TIME,
            "invert" => Self::INVERT,
            "lapse" => Self::LAPSE,
            "errand" => Self::ERRAND,
            _ => return None,
        })
    }
}

/// The words of `status.tsv`.
#[derive(Clone, Debug)]
pub(super) struct Cues {
    roles: HashMap<Box<str>, Roles, FxBuildHasher>,
}

impl Cues {
    pub fn embedded() -> Result<Self, LexiconError> {
        let mut roles: HashMap<Box<str>, Roles, FxBuildHasher> = HashMap::default();
        for row in lexicon::rows("status.tsv", include_str!("../../config/lexicon/status.tsv"), 2)? {
            let role = row.parse(1, "a role", Roles::parse)?;
            let held = roles.entry(row.fields[0].into()).or_default();
            if held.has(role) {
                return Err(row.error(format!("`{}` stands twice as {}", row.fields[0], row.fields[1])));
            }
            held.0 |= role.0;
        }
        Ok(Self { roles })
    }

    pub fn of(&self, lemma: &str) -> Roles {
        self.roles.get(lemma).copied().unwrap_or_default()
    }
}
