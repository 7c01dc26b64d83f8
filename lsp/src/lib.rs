//! The language server of Deed.
//!
//! In: the protocol's messages on standard input. Out: its messages on standard output, and nothing
//! else there.
//! Holds always: an open file's text is the editor's; whatever a client sends, the server answers
//! and lives on; it ends when its client does.
//!
//! [`analysis`] is the core: texts in, an immutable picture of a package out. [`features`] answer
//! from it, one file each. `server` alone knows the protocol.

pub mod analysis;
pub mod features;
#[cfg(test)]
mod fixture;

mod server;

pub use server::serve;
