//! Values of a type for tests: at random, and smaller ones.
//!
//! In: a type. Out: [`Source`] makes values of it, [`smaller`] what a value may be replaced by.
//! Holds always: the same seed gives the same values, and each is one of its type.

mod generate;
mod smaller;

pub use generate::{Pool, Source};
pub use smaller::smaller;
