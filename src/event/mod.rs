//! `Mentions` to [`Event`]s: who did what to whom, when, where, and whether it really happened.

mod assemble;
mod attribution;
mod candidate;
mod cascade;
mod cast;
mod clause;
mod codes;
mod confidence;
mod context;
mod cues;
mod date;
mod domain;
mod focus;
mod frame;
mod frame_files;
mod frames;
pub mod fusion;
mod gap;
mod governors;
mod identity;
mod implied;
pub mod judge;
mod lex;
mod loose;
mod matcher;
mod merge;
mod modes;
mod nearby;
mod ontology;
mod operate;
mod operator;
mod opinion;
mod parties;
mod place;
mod places;
mod predicates;
mod quantity;
mod reach;
mod record;
pub mod relation;
mod status;
mod stays;
mod subjects;
mod surface;
mod thanks;
mod torn;
mod trace;
mod tree;
mod voice;
mod word_files;

use crate::lexicon;
pub use crate::lexicon::LexiconError;
pub use assemble::{Coder, Explained, Scratch};
pub use candidate::{Candidate, Hold, PartyRef, Reach};
pub use cascade::Tally;
pub use codes::quad;
pub use confidence::{FLOOR, SIGNS, fused, signs};
pub use frames::{Classified, Frames};
pub use ontology::{Act, Context, Mode, Quad, Status};
pub use opinion::Judged;
pub use parties::{implied, parties};
pub use record::{
    ArticleRef, Attribution, AttributionKind, Coding, Event, EventDate, Evidence, Granularity, Party, Place, Quantity,
    QuantityKind, SCHEMA, Trigger,
};
pub use trace::{Dropped, Trace, Traced};
