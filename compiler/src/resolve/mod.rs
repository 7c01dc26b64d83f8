//! Names: which declaration every name means.
//!
//! In: the syntax trees of a package's modules. Out: a [`hir::Package`].
//! Holds always: every module is resolved whatever is wrong in another; each name that cannot be
//! bound is reported once, and each construct that is not executed yet once, where it stands.
//!
//! First [`collect`] gives every item its id and fills the tables, then [`imports`] adds what each
//! module uses of others, then [`items`] binds the names in heads and bodies.

mod body;
mod collect;
mod errors;
mod expr;
mod habits;
mod imports;
mod items;
mod patterns;
mod scope;
mod types;

use deed_base::Diagnostics;
use deed_syntax::ast;

use crate::hir;

/// Binds the names of the modules of one package.
pub fn resolve(modules: &[ast::Module], d: &mut Diagnostics) -> hir::Package {
    let mut plan = collect::collect(modules, d);
    imports::import(modules, &mut plan, d);
    items::resolve_items(plan, d)
}
