//! `Document` to [`Mentions`]: which words name an actor (a state, its people and organs, an international organisation), and
//! which actor that is.

mod mention;

pub use mention::{ActorCode, Mention, MentionKind, Mentions, Sector};
