//! What every stage of the front end shares: places in source text, and things to say about them.
//!
//! In: source texts. Out: [`Span`]s into them, [`Diagnostic`]s about them, and the rendering of both.
//! Holds always: nothing here reads a file, a clock or a terminal, and no diagnostic exists whose
//! code is not in the [`catalogue`].
//!
//! Architecture invariant: this is the only crate that knows `ariadne`.

pub mod catalogue;
mod diagnostic;
mod render;
mod source;
mod word;

pub use catalogue::{Code, Severity};
pub use diagnostic::{Diagnostic, Diagnostics, Fix, Label};
pub use render::{MessageFormat, render, render_all};
pub use source::{Position, SourceFile, SourceId, SourceMap, Span, library_sources};
pub use word::Word;
