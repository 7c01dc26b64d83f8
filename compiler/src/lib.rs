//! From sources to a module: names, types, checks, middle end, code.
//!
//! In: parsed modules. Out: the forms of the way down, one stage after the other.
//! Holds always: no stage reads a file, a clock or a terminal; no stage changes its input.

pub mod abi;
pub mod arena;
mod build;
mod check;
pub mod codegen;
mod deep;
pub mod doc;
pub mod hir;
pub mod layout;
mod library;
mod lint;
pub mod lower;
pub mod mir;
pub mod opt;
pub mod ownership;
pub mod resolve;
pub mod testing;
pub mod thir;
pub mod ty;
pub mod typeck;
pub mod value;

pub use build::{
    BuildOptions, Built, SpecChecks, build, build_checked, check, check_and_lint, document,
    own_contracts,
};
pub use library::library_modules;
pub use lint::lint;
