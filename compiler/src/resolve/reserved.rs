//! Names of the language and of its prelude, which no declaration takes.
//!
//! In: the tables of a package. Out: a message for each item that hides such a name.
//! Holds always: what stands behind `self.` or a dot is free.

use deed_base::Diagnostics;
use deed_syntax::ast::Ident;

use super::body::RESERVED;
use super::collect::Plan;
use super::errors::hides;
use super::scope::{Entry, Scope};
use super::types::is_builtin;

/// Reports the items of the first `own` modules, and of their contracts, that hide such names.
pub(super) fn check(plan: &Plan<'_>, own: usize, d: &mut Diagnostics) {
    let tables = &plan.tables;
    let modules = tables.modules.values().take(own);
    let scopes = modules.chain(tables.contracts.values().map(|contract| &contract.items));
    let mut found: Vec<(Ident, &'static str)> = scopes
        .flat_map(Scope::iter)
        .filter_map(|(name, entry)| {
            let hidden = hidden(name, entry, &tables.prelude)?;
            Some((Ident::new(name.clone(), entry.span), hidden))
        })
        .collect();
    found.sort_by_key(|(name, _)| (name.span.source, name.span.start));
    for (name, what) in found {
        d.push(hides(&name, what, None));
    }
}

/// What an item of this name hides.
fn hidden(name: &str, entry: &Entry, prelude: &Scope) -> Option<&'static str> {
    if RESERVED.contains(&name) || is_builtin(name) {
        return Some("a word of the language");
    }
    let known = prelude.get(name)?;
    (known.def != entry.def).then_some("a name of the library")
}
