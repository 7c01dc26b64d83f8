//! What follows from the types: effects, views, `throws`, and that `init` sets the state.
//!
//! In: the typed package. Out: messages; and in the package each function's effects and errors.
//! Holds always: every rule is looked at whatever the others found.

mod chain;
mod contracts;
mod deployments;
mod effects;
mod endless;
mod guards;
mod init;
mod keys;
mod lists;
mod matches;
mod occurs;
mod ownership;
mod throws;
mod usefulness;
mod views;

use deed_base::Diagnostics;

use crate::{hir, thir};

/// Infers the effects, then checks what depends on them.
pub(crate) fn check(hir: &hir::Package, package: &mut thir::Package, d: &mut Diagnostics) {
    let occurs = effects::infer(package);
    throws::check(hir, package, d);
    views::check(package, d);
    contracts::check(hir, package, &occurs, d);
    deployments::check(package, d);
    init::check(hir, package, d);
    chain::check(package, &occurs, d);
    matches::check(package, &occurs, d);
    endless::check(package, d);
    ownership::check(package, d);
}
