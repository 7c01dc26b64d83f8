//! Heap values on the way from the middle form to bytecode: programs by hand and by chance.
//!
//! Holds always: what comes out passes the validator of bytecode, which proves that every heap value
//! is taken exactly once on every way.

mod chance;
mod owners;
mod program;
