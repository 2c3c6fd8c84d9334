//! What the fuzz targets share: how bytes become a record of each shape, and what must hold for every record.
//!
//! Both modules are also part of the main package's tests, which replay the corpus and mutate it without a fuzzer.

pub mod promises;
pub mod shapes;
