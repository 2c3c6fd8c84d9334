//! entente reads raw news articles, works out which state did what to which, when, where and whether it really happened,
//! and publishes each as a coded, explained event.
//!
//! The modules stand in the order in which data flows through them; a module uses those above it and never those below.

pub mod span;

pub mod lexicon;

pub mod record;

pub mod article;

pub mod syntax;

pub mod actor;

pub mod event;

pub mod pipeline;

pub mod config;

pub mod ops;

pub mod stream;

pub mod cli;
