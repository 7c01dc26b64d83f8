//! One file a feature.
//!
//! In: an analysis, and a place in it. Out: plain data with places.
//! Holds always: a feature knows neither the protocol nor a file system, and answers for any text.

pub mod completion;
pub mod definition;
pub mod diagnostics;
pub mod folding;
pub mod format;
pub mod highlighting;
pub mod hover;
pub mod references;
pub mod rename;
pub mod signature;
pub mod symbols;
