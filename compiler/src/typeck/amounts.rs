//! Which structs count something, and how their numbers are written.
//!
//! In: the `impl`s of the language's own traits `Quantity` and `Decimals`. Out: the marks of their
//! structs.
//! Holds always: a quantity is a plain struct with one field, an integer; what has decimals is a
//! quantity.

use deed_base::{Diagnostic, Diagnostics, Span, catalogue as codes};

use super::items::Items;
use crate::arena::{Id, ImplId, StructId};
use crate::thir::{StructKind, Substitution};
use crate::ty::Ty;

/// More digits than an integer has are of no use behind a point.
const MOST_PLACES: u64 = 38;

/// Marks the structs that `impl Quantity` and `impl Decimals` name.
pub(super) fn mark(items: &mut Items<'_>, d: &mut Diagnostics) {
    for id in items.impls.ids() {
        let def = &items.impls[id];
        let Some(of) = &def.of_trait else { continue };
        let span = items.hir.impls[id].target.span;
        if items.is_core_trait(of.id, "Additive") && !def.target.is_error() {
            let message = "the language itself says what is added: integers and quantities";
            d.push(Diagnostic::new(codes::BAD_IMPL, span, message));
        } else if items.is_core_trait(of.id, "Integer") && !def.target.is_error() {
            let message = "only the language's own integer types are integers";
            d.push(Diagnostic::new(codes::BAD_IMPL, span, message));
        } else if items.is_core_trait(of.id, "Quantity") {
            quantity(id, span, items, d);
        }
    }
    for id in items.impls.ids() {
        let of = items.impls[id].of_trait.as_ref();
        if of.is_some_and(|of| items.is_core_trait(of.id, "Decimals")) {
            decimals(id, items, d);
        }
    }
}

/// `impl Quantity for S {}` makes amounts of a struct with one integer.
fn quantity(id: ImplId, span: Span, items: &mut Items<'_>, d: &mut Diagnostics) {
    match whole_struct(id, items) {
        Some((of, _)) if counts(of, items) => items.structs[of].quantity = true,
        _ if items.impls[id].target.is_error() => {}
        _ => {
            let message = "an amount is a `struct` with one field, an integer";
            let diagnostic = Diagnostic::new(codes::BAD_QUANTITY, span, message);
            d.push(diagnostic.help("as in `struct Grams { count: u64 }`"));
        }
    }
}

/// `impl Decimals<N> for S {}` says how many digits of a quantity stand behind the point.
fn decimals(id: ImplId, items: &mut Items<'_>, d: &mut Diagnostics) {
    let def = &items.impls[id];
    let Some(places) = def.of_trait.as_ref().and_then(|of| of.args.first()).cloned() else {
        return;
    };
    if places.is_error() || def.target.is_error() {
        return;
    }
    let span = items.hir.impls[id].target.span;
    let quantity = whole_struct(id, items).filter(|(of, _)| items.structs[*of].quantity);
    let Some((of, own)) = quantity else {
        let message = "only a quantity has digits behind a point";
        let diagnostic = Diagnostic::new(codes::BAD_QUANTITY, span, message);
        return d.push(diagnostic.help("write `impl Quantity for` it as well"));
    };
    if places.as_number().is_some_and(|places| places > MOST_PLACES) {
        let message = format!("at most {MOST_PLACES} digits stand behind a point");
        return d.push(Diagnostic::new(codes::BAD_QUANTITY, span, message));
    }
    items.structs[of].places = Some(places.substitute(&own));
}

/// The struct that an `impl` is for, whatever its arguments are; and what of the struct's parameters
/// the parameters of the `impl` are.
fn whole_struct(id: ImplId, items: &Items<'_>) -> Option<(StructId, Substitution)> {
    let Ty::Struct(of, args) = &items.impls[id].target else { return None };
    let mut own = Substitution::new();
    for (param, arg) in items.structs[*of].type_params.iter().zip(args) {
        let Ty::Param(arg) = arg else { return None };
        if own.insert(*arg, Ty::Param(*param)).is_some() {
            return None;
        }
    }
    Some((*of, own))
}

fn counts(id: StructId, items: &Items<'_>) -> bool {
    let def = &items.structs[id];
    let is_written = id.index() < items.hir.structs.len();
    let integers = def.fields.values().filter(|field| field.ty.as_int().is_some());
    is_written && def.kind == StructKind::Struct && def.fields.len() == 1 && integers.count() == 1
}
