//! [`Operator`]: a word that changes what its complement says, `config/lexicon/frames/operators.txt`.

/// A verb, noun or adjective that makes of the act in its complement another act, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operator {
    /// Carries a noun: "launch an attack". The act stays.
    Do,
    /// "halt attacks", "stop exporting": the reverse of the act.
    End,
    /// "refuse to meet".
    Refuse,
    /// "threaten to attack".
    Threaten,
    /// "demand the withdrawal", "allege", "fear": not told as a fact.
    Unreal,
}

impl Operator {
    pub fn as_str(self) -> &'static str {
        match self {
            Operator::Do => "do",
            Operator::End => "end",
            Operator::Refuse => "refuse",
            Operator::Threaten => "threaten",
            Operator::Unreal => "unreal",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let all = [Operator::Do, Operator::End, Operator::Refuse, Operator::Threaten, Operator::Unreal];
        all.into_iter().find(|operator| operator.as_str() == text)
    }
}
