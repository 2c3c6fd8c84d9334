//! Tests that need no broker. One binary, a module a promise.

mod article;
mod coding;
mod deploy;
mod layers;
mod syntax;
