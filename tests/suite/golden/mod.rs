//! Tests that are text: sources with expectations in their comments, and snapshots beside sources.
//!
//! In: `tests/check/`, `tests/emit/`, `tests/verify/`, and the examples in the documents. Out: failures, each named by
//! the path of its case. Holds always: what is expected is exactly what happens, neither less nor more.

mod check;
mod diff;
mod emit;
mod examples;
mod expectation;
mod fixes;
mod grammar;
pub(crate) mod library;
pub(crate) mod verify;
