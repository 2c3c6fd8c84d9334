#![no_main]

use entente_fuzz::{promises, shapes};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let _ = promises::decoded(&shapes::members(data));
});
