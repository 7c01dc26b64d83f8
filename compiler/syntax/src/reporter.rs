//! A bound on the messages about one source.
//!
//! In: messages. Out: the first of them, in the caller's [`Diagnostics`].
//! Holds always: however long and broken a source is, its messages stay few.

use deed_base::{Diagnostic, Diagnostics};

/// How many messages the lexer, and then the parser, make about one source.
pub(crate) const MAX_MESSAGES: usize = 100;

pub(crate) struct Reporter<'d> {
    diagnostics: &'d mut Diagnostics,
    left: usize,
}

impl<'d> Reporter<'d> {
    pub(crate) fn new(diagnostics: &'d mut Diagnostics) -> Self {
        Reporter { diagnostics, left: MAX_MESSAGES }
    }

    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        match self.left {
            0 => return,
            1 => self
                .diagnostics
                .push(diagnostic.note("further messages about this file are left out")),
            _ => self.diagnostics.push(diagnostic),
        }
        self.left -= 1;
    }
}
