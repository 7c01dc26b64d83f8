//! Constants, each after those it needs.
//!
//! In: the resolved package. Out: the types and values of its constants.
//! Holds always: a constant that needs its own value is reported and has none.

use deed_base::{Diagnostic, Diagnostics, catalogue as codes};

use super::cx::{Cx, Mode};
use super::items::{Items, no_locals};
use super::types::Site;
use crate::arena::{ConstId, Id};
use crate::hir::{Expr, ExprKind, Package, TypeKind};
use crate::thir::ConstDef;
use crate::ty::Ty;

/// Fills in the constants that other types may need: numbers, words, texts.
pub(super) fn evaluate(items: &mut Items<'_>, d: &mut Diagnostics) {
    let package = items.hir;
    for def in package.constants.values() {
        items.constants.push(ConstDef {
            name: def.name.clone(),
            module: def.module,
            contract: def.contract,
            docs: def.docs.clone(),
            ty: Ty::Error,
            value: None,
        });
    }
    let (mut plain, mut others) = (Vec::new(), Vec::new());
    let mut is_plain = vec![false; package.constants.len()];
    for id in in_order(package, d) {
        let def = &package.constants[id];
        let needs = named_in(&def.value);
        is_plain[id.index()] = matches!(&def.ty.kind, TypeKind::Known(ty) if is_plain_ty(ty))
            && needs.iter().all(|need| is_plain[need.index()]);
        if is_plain[id.index()] { plain.push(id) } else { others.push(id) }
    }
    types(package.constants.ids().filter(|id| is_plain[id.index()]), items, d);
    values(&plain, items, d);
    items.later_constants = others;
}

/// Fills in the constants of structs, enums and the like, whose definitions are known by now.
pub(super) fn evaluate_others(items: &mut Items<'_>, d: &mut Diagnostics) {
    let others = std::mem::take(&mut items.later_constants);
    let untyped = |id: &ConstId| items.constants[*id].ty.is_error();
    let all: Vec<ConstId> = items.hir.constants.ids().filter(untyped).collect();
    types(all.into_iter(), items, d);
    values(&others, items, d);
}

/// Whether an expression is made of literals and of constants that have their values, and makes no
/// struct, whose own defaults may be missing yet.
pub(super) fn has_value(items: &Items<'_>, expr: &Expr) -> bool {
    let known = |id: &ConstId| items.constants[*id].value.is_some();
    named_in(expr).iter().all(known) && !makes_struct(expr)
}

fn makes_struct(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Struct { .. } => true,
        ExprKind::Some(args)
        | ExprKind::Ok(args)
        | ExprKind::Err(args)
        | ExprKind::Variant { args: Some(args), .. } => {
            args.iter().any(|arg| makes_struct(&arg.value))
        }
        ExprKind::Tuple(parts) | ExprKind::Array(parts) => parts.iter().any(makes_struct),
        ExprKind::Repeat { value, .. } => makes_struct(value),
        _ => false,
    }
}

fn is_plain_ty(ty: &Ty) -> bool {
    !matches!(ty, Ty::Struct(..) | Ty::Enum(..) | Ty::Param(_))
}

fn types(ids: impl Iterator<Item = ConstId>, items: &mut Items<'_>, d: &mut Diagnostics) {
    let locals = no_locals();
    for id in ids {
        let def = &items.hir.constants[id];
        let mut cx = Cx::new(items, def.contract, &locals, Mode::Constant, d);
        let ty = cx.ty(&def.ty, Site::Data);
        cx.close();
        items.constants[id].ty = ty;
    }
}

fn values(ids: &[ConstId], items: &mut Items<'_>, d: &mut Diagnostics) {
    let locals = no_locals();
    for id in ids {
        let def = &items.hir.constants[*id];
        let ty = items.constants[*id].ty.clone();
        let mut cx = Cx::new(items, def.contract, &locals, Mode::Constant, d);
        cx.module = Some(def.module);
        let value = cx.constant(&def.value, &ty);
        cx.close();
        items.constants[*id].value = value;
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    New,
    Open,
    Done,
}

/// The constants, each after those it names; without those that name themselves.
fn in_order(package: &Package, d: &mut Diagnostics) -> Vec<ConstId> {
    let mut marks = vec![Mark::New; package.constants.len()];
    let mut cyclic = vec![false; package.constants.len()];
    let mut order = Vec::new();
    for root in package.constants.ids() {
        // A stack of our own: a chain of constants may be longer than the machine's is deep.
        let mut stack = vec![(root, false)];
        while let Some((id, after)) = stack.pop() {
            if after {
                marks[id.index()] = Mark::Done;
                order.push(id);
            } else if marks[id.index()] == Mark::New {
                marks[id.index()] = Mark::Open;
                stack.push((id, true));
                let needed = named_in(&package.constants[id].value);
                for need in needed {
                    if marks[need.index()] == Mark::Open && !cyclic[need.index()] {
                        cyclic[need.index()] = true;
                        d.push(cycle(package, need, id));
                    }
                    stack.push((need, false));
                }
            }
        }
    }
    order.retain(|id| !cyclic[id.index()]);
    order
}

fn cycle(package: &Package, id: ConstId, by: ConstId) -> Diagnostic {
    let name = &package.constants[id].name;
    let message = format!("the value of `{}` needs itself", name.text);
    let diagnostic = Diagnostic::new(codes::CONST_CYCLE, name.span, message);
    let diagnostic = diagnostic.help("give one of the constants a value of its own");
    match by == id {
        true => diagnostic,
        false => diagnostic.also(package.constants[by].name.span, "by way of this constant"),
    }
}

/// The constants that an expression names.
fn named_in(expr: &Expr) -> Vec<ConstId> {
    let mut found = Vec::new();
    let mut open = vec![expr];
    while let Some(expr) = open.pop() {
        match &expr.kind {
            ExprKind::Const(id) => found.push(*id),
            ExprKind::Unary(_, operand) => open.push(operand),
            ExprKind::Binary { left, right, .. } => open.extend([&**left, &**right]),
            ExprKind::Cast { args, .. }
            | ExprKind::Some(args)
            | ExprKind::Ok(args)
            | ExprKind::Err(args)
            | ExprKind::Variant { args: Some(args), .. } => {
                open.extend(args.iter().map(|arg| &arg.value));
            }
            ExprKind::Tuple(parts) | ExprKind::Array(parts) => open.extend(parts),
            ExprKind::Struct { fields, .. } => open.extend(fields.iter().map(|(_, value)| value)),
            ExprKind::Repeat { value, len } => open.extend([&**value, &**len]),
            ExprKind::Field { base, .. } => open.push(base),
            ExprKind::Index { base, index } => open.extend([&**base, &**index]),
            _ => {}
        }
    }
    found
}
