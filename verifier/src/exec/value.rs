//! Values of the machine as terms.
//!
//! In: types and constants of the middle form. Out: sorts, constants, and the range of a type.
//! Holds always: an integer of any width is a mathematical integer with a fact about its range.

use deed_compiler::mir::{Const, IntTy, Ty};
use num_bigint::{BigInt, Sign};

use super::facts::Facts;
use crate::vc::term::{Sort, TermId, Terms};

pub(super) fn sort(ty: Ty) -> Sort {
    match ty {
        Ty::Bool => Sort::Bool,
        Ty::Int(_) | Ty::Address | Ty::Hash => Sort::Int,
        // Any value at all: only that a value is itself is known.
        Ty::Heap(_) => Sort::Int,
    }
}

pub(super) fn constant(terms: &mut Terms, value: &Const) -> TermId {
    match value {
        Const::Bool(value) => terms.bool(*value),
        Const::Int(_, value) => terms.int(value.clone()),
        Const::Address(bytes) | Const::Hash(bytes) => {
            terms.int(BigInt::from_bytes_be(Sign::Plus, bytes))
        }
    }
}

pub(super) fn zero(terms: &mut Terms, ty: Ty) -> TermId {
    match ty {
        Ty::Bool => terms.bool(false),
        Ty::Int(_) | Ty::Address | Ty::Hash | Ty::Heap(_) => terms.int(0),
    }
}

/// That a term is a value of a type.
pub(super) fn range(terms: &mut Terms, value: TermId, ty: Ty) -> TermId {
    match ty {
        Ty::Bool | Ty::Heap(_) => terms.bool(true),
        Ty::Int(int) => within(terms, value, int),
        Ty::Address | Ty::Hash => within(terms, value, IntTy::U256),
    }
}

/// That a term lies in the range of an integer type.
pub(super) fn within(terms: &mut Terms, value: TermId, int: IntTy) -> TermId {
    let (min, max) = (terms.int(int.min()), terms.int(int.max()));
    let (above, below) = (terms.le(min, value), terms.le(value, max));
    terms.and([above, below])
}

/// A value of which only the type is known.
pub(super) fn unknown(terms: &mut Terms, facts: &mut Facts, name: &str, ty: Ty) -> TermId {
    let value = terms.fresh(name, sort(ty));
    let law = range(terms, value, ty);
    facts.push(law);
    value
}
