#![no_main]

use std::cell::RefCell;
use std::sync::LazyLock;

use entente::pipeline::{Pipeline, Scratch};
use entente_fuzz::{promises, shapes};

static PIPELINE: LazyLock<Pipeline> = LazyLock::new(|| Pipeline::embedded().expect("the coder loads"));
thread_local!(static SCRATCH: RefCell<Scratch> = RefCell::default());

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    SCRATCH.with_borrow_mut(|scratch| promises::coded(&PIPELINE, &shapes::article(data), scratch));
});
