//! `Document` to [`Mentions`]: which words name an actor (a state, its people and organs, an international organisation), and
//! which actor that is.

mod gazetteer;
mod lexicon;
mod mention;
mod names;
mod reading;

pub use gazetteer::Gazetteer;
pub use lexicon::GazetteerError;
pub use mention::{ActorCode, Mention, MentionKind, Mentions, Sector};
