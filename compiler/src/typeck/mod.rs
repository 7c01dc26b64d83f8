//! Types: what every expression is, and that each fits its place.
//!
//! In: a resolved package. Out: the typed tree, with constants evaluated and effects inferred.
//! Holds always: every function is checked whatever is wrong in another; what could not be typed is
//! `Ty::Error`, which fits everything, so that one mistake gives one message.
//!
//! Inside a function, types flow both ways: an expression is told the type its place wants, and
//! unknowns (a number without suffix, `None`) are settled by their uses ([`infer`]). A number that
//! no use settles is an error; there is no default type.

mod amounts;
mod args;
mod assets;
mod calls;
mod chain;
mod clauses;
mod closures;
mod const_params;
mod constants;
mod contracts;
mod cx;
mod each;
mod enums;
mod errors;
mod eval;
mod exprs;
mod functions;
mod generics;
mod ghosts;
mod impls;
mod infer;
mod inout;
mod items;
mod literals;
mod methods;
mod ops;
mod patterns;
mod places;
mod proof_only;
mod quantities;
mod queries;
mod records;
mod rules;
mod schedules;
mod stmts;
mod structs;
mod tests;
mod tries;
mod types;
mod views;
mod zonk;

use deed_base::Diagnostics;

use crate::arena::{Arena, FnId, Id};
use crate::deep::with_room;
use crate::thir::FnOwner;
use crate::{check, hir, thir};

/// Checks the types of a package, then what follows from them: effects, views, `throws`, `init`.
pub fn check_types(package: &hir::Package, d: &mut Diagnostics) -> thir::Package {
    with_room(|| check_package(package, |_| None, d))
}

/// As [`check_types`], of a package that nobody needs behind it: a body goes as soon as it is typed, so
/// that the two trees never stand side by side.
pub fn check_types_of(mut package: hir::Package, d: &mut Diagnostics) -> thir::Package {
    // Those of the others are what constants are computed by, and what traits are asked for.
    let may_go = |function: &hir::Function| matches!(function.owner, FnOwner::Contract(_));
    let take = |f: &mut hir::Function| may_go(f).then(|| f.body.take()).flatten();
    let mut bodies: Vec<Option<hir::Block>> = package.functions.values_mut().map(take).collect();
    with_room(|| check_package(&package, |id| bodies[id.index()].take(), d))
}

/// `taken` gives the bodies that are no longer in their functions.
fn check_package(
    package: &hir::Package,
    mut taken: impl FnMut(FnId) -> Option<hir::Block>,
    d: &mut Diagnostics,
) -> thir::Package {
    let mut items = items::Items::new(package);
    constants::evaluate(&mut items, d);
    items::signatures(&mut items, d);
    let functions = package.functions.ids().map(|id| {
        let taken = taken(id);
        let body = taken.as_ref().or(package.functions[id].body.as_ref());
        functions::function(id, body, &items, d)
    });
    let functions: Arena<_, _> = functions.collect();
    constants::report_unknown(&items, d);
    let contracts: Arena<_, _> =
        package.contracts.ids().map(|id| functions::contract(id, &items, d)).collect();
    let rules: Arena<_, _> =
        package.rules.values().map(|rule| rules::rule(rule, &items, d)).collect();
    let tests = package.tests.values().map(tests::test_def).collect();
    let mut typed = thir::Package {
        modules: package.modules.clone(),
        contracts,
        functions,
        errors: items.errors,
        events: items.events,
        constants: items.constants,
        structs: items.structs,
        enums: items.enums,
        tests,
        rules,
        interfaces: items::interfaces(package),
        traits: items.traits,
        impls: items.impls,
        type_params: items.type_params,
    };
    check::check(package, &mut typed, d);
    typed
}
