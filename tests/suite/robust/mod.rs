//! Input that nobody would write by hand: hostile, huge, damaged, and generated.
//!
//! In: random bytes, damaged modules, programs made by a generator. Out: nothing but the certainty that
//! each gets an answer: a typed error, or the result that a second evaluator expects.

mod limits;
mod modules;
mod program;
mod programs;
mod sources;
mod structured;
