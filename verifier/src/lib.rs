//! Proofs and counterexamples on Z3.

mod solver;

pub use solver::{SolverError, z3_version};
