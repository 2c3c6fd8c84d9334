//! [`Cues`]: the words that say whether an act took place, `config/lexicon/status.tsv`.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use crate::lexicon::{self, LexiconError};

/// What a word says about the act it governs, modifies or introduces; see the head of `status.tsv`. A set, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Roles(u16);

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

    pub fn has(self, role: Roles) -> bool {
        self.0 & role.0 != 0
    }

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
            _ => return None,
        })
    }
}

/// The words of `status.tsv`.
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
