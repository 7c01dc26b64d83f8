//! Traits and `impl`s.
//!
//! Holds always: the functions of both are resolved with the other functions; what stands here are
//! the heads.

use deed_base::{Diagnostics, Span};
use deed_syntax::ast;

use super::body::Cx;
use super::collect::{Pending, PendingImpl};
use super::generics::{param_ty, self_param};
use super::items::{docs, name};
use super::scope::Tables;
use crate::arena::{FnId, TraitId};
use crate::hir::{ImplDef, Package, TraitDef, TraitRef};

pub(super) fn trait_def(
    id: TraitId,
    pending: &Pending<'_, ast::TraitDecl>,
    functions: Vec<FnId>,
    tables: &Tables,
    package: &mut Package,
    d: &mut Diagnostics,
) -> TraitDef {
    let decl = pending.decl;
    let span = decl.name.span;
    let mut cx = Cx::new(tables, pending.module, pending.contract, d);
    let this = self_param(&mut package.type_params, span);
    cx.self_ty = Some(param_ty(this, span));
    let own = cx.generics(&decl.generics, &mut package.type_params);
    // In the trait itself its own functions are known of `Self`.
    let args = own.iter().map(|param| param_ty(*param, span)).collect();
    package.type_params[this].bounds.push(TraitRef { id, args, span });
    TraitDef {
        name: name(&decl.name),
        module: pending.module,
        docs: docs(pending.doc),
        type_params: std::iter::once(this).chain(own).collect(),
        functions,
    }
}

pub(super) fn impl_def(
    pending: &PendingImpl<'_>,
    functions: Vec<FnId>,
    tables: &Tables,
    package: &mut Package,
    d: &mut Diagnostics,
) -> ImplDef {
    let decl = pending.decl;
    let mut cx = Cx::new(tables, pending.module, pending.contract, d);
    let type_params = cx.generics(&decl.generics, &mut package.type_params);
    let target = cx.ty(&decl.target);
    cx.self_ty = Some(target.clone());
    let of_trait = decl.of_trait.as_ref().map(|path| cx.trait_ref(path));
    let unknown_trait = matches!(of_trait, Some(None));
    let start = Span { end: pending.span.start, ..pending.span };
    ImplDef {
        module: pending.module,
        type_params,
        of_trait: of_trait.flatten(),
        unknown_trait,
        span: start.to(target.span),
        target,
        functions,
    }
}
