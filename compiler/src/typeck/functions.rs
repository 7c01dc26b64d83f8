//! Functions and contracts as wholes.
//!
//! In: the heads, and one item. Out: the typed item, without its effects.

use deed_base::Diagnostics;

use super::cx::{Cx, Mode};
use super::errors;
use super::items::Items;
use crate::arena::{ContractId, FnId};
use crate::hir;
use crate::thir::{Block, Contract, Effects, FnKind, Function, Param, ParamMode, Policy};
use crate::ty::Ty;

/// Checks the body and the clauses of a function.
pub(super) fn function(
    id: FnId,
    body: Option<&hir::Block>,
    items: &Items<'_>,
    d: &mut Diagnostics,
) -> Function {
    let hir = &items.hir.functions[id];
    let signature = &items.signatures[id];
    let mut cx = Cx::new(items, hir.contract(), &hir.locals, Mode::Program, d);
    cx.module = Some(hir.module);
    for (param, (_, ty)) in hir.params.iter().zip(&signature.params) {
        cx.locals[param.local].ty = ty.clone();
    }
    let lent = hir.params.iter().filter(|param| param.mode == ParamMode::Inout);
    cx.lent = lent.map(|param| param.local).collect();
    cx.result = signature.result.clone();
    cx.in_test = hir.kind == FnKind::Test;
    if hir.kind == FnKind::Spec {
        cx.mode = Mode::Spec { old: false, result: false };
    }
    let schedule = cx.fn_schedule(hir);
    let mut spec = cx.fn_spec(hir);
    let mut body = body.map(|body| function_body(hir, body, &mut cx));
    cx.close();
    cx.settle_locals();
    cx.settle_fn_spec(&mut spec);
    body.iter_mut().for_each(|body| cx.settle_block(body));
    let params = hir.params.iter().map(|param| Param { local: param.local, mode: param.mode });
    let mut throws: Vec<_> = hir.throws.iter().map(|throws| throws.error).collect();
    throws.sort_unstable();
    throws.dedup();
    Function {
        name: hir.name.clone(),
        module: hir.module,
        owner: hir.owner,
        docs: hir.docs.clone(),
        kind: hir.kind,
        is_async: hir.is_async,
        schedule,
        type_params: hir.type_params.clone(),
        params: params.collect(),
        result: signature.result.clone(),
        throws,
        spec,
        locals: cx.locals,
        body,
        effects: Effects::default(),
        span: hir.span,
    }
}

fn function_body(hir: &hir::Function, body: &hir::Block, cx: &mut Cx<'_>) -> Block {
    let block = cx.block(body);
    let gives = !matches!(cx.result, Ty::Unit | Ty::Error) && hir.kind != FnKind::Init;
    if gives && block.ty != Ty::Never {
        let result = cx.show(&cx.result.clone());
        let end = deed_base::Span { start: body.span.end.saturating_sub(1), ..body.span };
        cx.d.push(errors::missing_return(&hir.name, &result, end));
    }
    block
}

/// Checks the invariants of a contract.
pub(super) fn contract(id: ContractId, items: &Items<'_>, d: &mut Diagnostics) -> Contract {
    let hir = &items.hir.contracts[id];
    let mode = Mode::Spec { old: false, result: false };
    let mut cx = Cx::new(items, Some(id), &hir.locals, mode, d);
    cx.module = Some(hir.module);
    let mut invariants: Vec<_> =
        hir.invariants.iter().map(|clause| cx.clause(&clause.cond, clause.span, mode)).collect();
    let step = Mode::Spec { old: true, result: false };
    let clauses = hir.step_invariants.iter();
    let mut step_invariants: Vec<_> =
        clauses.map(|clause| cx.clause(&clause.cond, clause.span, step)).collect();
    let mut policy = hir.policy.as_ref().map(|policy| Policy {
        level: policy.level,
        by: policy
            .by
            .as_ref()
            .map(|by| cx.with_mode(Mode::Program, |cx| cx.check(by, &Ty::Address))),
        span: policy.span,
    });
    cx.close();
    cx.settle_locals();
    cx.settle_clauses(&mut invariants);
    cx.settle_clauses(&mut step_invariants);
    policy.iter_mut().flat_map(|policy| &mut policy.by).for_each(|by| cx.settle_expr(by));
    Contract {
        name: hir.name.clone(),
        module: hir.module,
        docs: hir.docs.clone(),
        state: items.state[id].clone(),
        init: hir.init,
        functions: hir.functions.clone(),
        invariants,
        step_invariants,
        locals: cx.locals,
        errors: hir.errors.clone(),
        events: hir.events.clone(),
        version: hir.version.clone(),
        policy,
    }
}
