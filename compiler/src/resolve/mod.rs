//! Names: which declaration every name means.
//!
//! In: the syntax trees of a package's modules. Out: a [`hir::Package`].
//! Holds always: every module is resolved whatever is wrong in another; each name that cannot be
//! bound is reported once, and each construct that is not executed yet once, where it stands.
//!
//! First [`collect`] gives every item its id and fills the tables, then [`imports`] adds what each
//! module uses of others, then [`items`] binds the names in heads and bodies.

mod body;
mod chain;
mod closures;
mod collect;
mod cron;
mod errors;
mod expr;
mod generics;
mod habits;
mod imports;
mod interfaces;
mod items;
mod paths;
mod patterns;
mod reserved;
mod rules;
mod schedules;
mod scope;
mod tests;
mod traits;
mod tries;
mod types;
mod versions;

pub(crate) use scope::nearest;

use std::borrow::Borrow;

use deed_base::Diagnostics;
use deed_syntax::ast;

use crate::{hir, library};

/// Binds the names of the modules of one package, which the caller may share with others.
pub fn resolve(modules: &[impl Borrow<ast::Module>], d: &mut Diagnostics) -> hir::Package {
    let modules: Vec<&ast::Module> = modules.iter().map(Borrow::borrow).collect();
    let library = library::needed(&modules);
    let mut plan = collect::collect(&modules, &library, d);
    let all = modules.iter().copied().chain(library.iter().map(|module| &module.tree));
    imports::import(all, &mut plan, d);
    reserved::check(&plan, modules.len(), d);
    interfaces::link(&mut plan, d);
    items::resolve_items(plan, d)
}
