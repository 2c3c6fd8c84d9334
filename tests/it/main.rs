//! Tests that need no broker. One binary, a module a promise.

mod article;
mod coding;
mod conllu;
mod cost;
mod deploy;
mod judge;
mod layers;
mod mutation;
mod operations;
mod parties;
mod plain;
mod syntax;
