//! `Document` to [`Mentions`]: which words name an actor (a state, its people and organs, an international organisation), and
//! which actor that is.

mod anaphora;
mod called;
mod cameo;
mod context;
#[cfg(test)]
mod coverage_tests;
mod dictionaries;
#[cfg(test)]
mod dictionaries_tests;
mod facing;
mod gazetteer;
mod holder;
mod lexicon;
mod memory;
mod mention;
mod names;
mod namesakes;
mod owner;
mod parties;
mod petrarch;
mod phrase;
mod quotes;
mod reading;
#[cfg(test)]
mod reading_tests;
mod regions;
mod role;
mod view;
mod words;

pub use dictionaries::{Dictionaries, DictionaryErrors, Merged};
pub use gazetteer::Gazetteer;
pub use lexicon::GazetteerError;
pub use mention::{ActorCode, Mention, MentionKind, Mentions, Sector};
pub use petrarch::Skipped;
