//! Taste, enforced: what a reviewer would otherwise have to say again and again.
//!
//! In: the repository's files. Out: complaints, each with the file and what to do.

mod catalogue;
mod documents;
mod imports;
mod provoked;
mod sources;
