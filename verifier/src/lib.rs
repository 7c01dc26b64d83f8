//! Proofs and counterexamples on Z3.
