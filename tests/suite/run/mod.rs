//! Contracts that are deployed and called, at every level of optimisation.
//!
//! In: `tests/run/`. Out: failures, each named by the path of its case.

pub(crate) mod chain;
mod growth;
mod openssl;
pub(crate) mod script;
mod scripts;
mod text;
mod wycheproof;
