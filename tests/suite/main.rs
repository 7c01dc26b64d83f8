//! The tests that look at the whole project: its shape, its texts, and its stages in a row.
//!
//! In: the repository. Out: one test binary; `tests/README.md` says how to write a case.
//! Holds always: a case that fails is named by its path, and nothing is skipped in silence.

mod engine;
mod golden;
mod levels;
mod mutants;
mod proofs;
mod repo;
mod robust;
mod run;
mod soundness;
mod stages;
mod tidy;
mod twin;
