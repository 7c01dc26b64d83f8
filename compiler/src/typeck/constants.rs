//! Constants, each after those it needs.
//!
//! In: the resolved package. Out: the types and values of its constants.
//! Holds always: a constant that needs its own value is reported and has none.

use std::collections::HashMap;

use deed_base::{Diagnostic, Diagnostics, catalogue as codes};

use super::cx::{Cx, Mode};
use super::eval::Stop;
use super::items::{Items, no_locals};
use super::types::Site;
use crate::arena::{ConstId, Id};
use crate::hir::{Expr, ExprKind, Package, StrPart, TypeKind};
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
    items.settled = vec![true; package.constants.len()];
    let (mut plain, mut others) = (Vec::new(), Vec::new());
    let mut is_plain = vec![false; package.constants.len()];
    for id in in_order(package, d) {
        let def = &package.constants[id];
        let needs = named_in(&def.value);
        is_plain[id.index()] = matches!(&def.ty.kind, TypeKind::Known(ty) if is_plain_ty(ty))
            && needs.iter().all(|need| is_plain[need.index()])
            && !any(&def.value, &calls);
        if is_plain[id.index()] { plain.push(id) } else { others.push(id) }
    }
    types(package.constants.ids().filter(|id| is_plain[id.index()]), items, d);
    values(&plain, items, d);
    items.untyped = package.constants.ids().filter(|id| !is_plain[id.index()]).collect();
    items.later_constants = others;
}

/// Lets heads wait for the constants that come after them.
pub(super) fn reopen(items: &mut Items<'_>) {
    items.later_constants.iter().for_each(|id| items.settled[id.index()] = false);
}

/// Fills in the constants of structs, enums and the like, and those that call functions: definitions
/// and heads are known by now, as far as they need no such constant themselves.
pub(super) fn evaluate_others(items: &mut Items<'_>, d: &mut Diagnostics) {
    let (untyped, others) = (items.untyped.clone(), items.later_constants.clone());
    types(untyped.into_iter(), items, d);
    values(&others, items, d);
}

/// How many constants have values.
pub(super) fn known(items: &Items<'_>) -> usize {
    items.constants.values().filter(|def| def.value.is_some()).count()
}

/// Reports constants that have no value though nothing is wrong: what they call could not be checked
/// before them.
pub(super) fn report_unknown(items: &Items<'_>, d: &mut Diagnostics) {
    if d.has_errors() {
        return;
    }
    for (id, def) in items.constants.iter().filter(|(_, def)| def.value.is_none()) {
        let message = format!("the value of `{}` is not known at compile time", def.name.text);
        let diagnostic =
            Diagnostic::new(codes::NOT_CONST, items.hir.constants[id].value.span, message);
        d.push(diagnostic.help("give it a value without calls"));
    }
}

/// Whether an expression is made of literals and of constants that have their values, and makes no
/// struct, whose own defaults may be missing yet, and calls nothing.
pub(super) fn has_value(items: &Items<'_>, expr: &Expr) -> bool {
    let known = |id: &ConstId| items.constants[*id].value.is_some();
    let later = |expr: &Expr| matches!(expr.kind, ExprKind::Struct { .. }) || calls(expr);
    named_in(expr).iter().all(known) && !any(expr, &later)
}

/// A constant that an expression names and that was not evaluated yet.
pub(super) fn unsettled(expr: &Expr, items: &Items<'_>) -> Option<ConstId> {
    named_in(expr).into_iter().find(|id| !items.settled[id.index()])
}

fn calls(expr: &Expr) -> bool {
    use ExprKind::{Call, Method, Static};
    matches!(expr.kind, Call { .. } | Method { .. } | Static { .. })
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

/// Evaluates constants; one that waits for another, which a function names, comes after that.
fn values(ids: &[ConstId], items: &mut Items<'_>, d: &mut Diagnostics) {
    let mut open: Vec<(ConstId, ConstId)> = ids.iter().map(|id| (*id, *id)).collect();
    while !open.is_empty() {
        let before = open.len();
        let mut waiting = Vec::new();
        for (id, _) in open {
            waiting.extend(value(id, items, d).map(|need| (id, need)));
        }
        open = waiting;
        if open.len() == before {
            return circle(&open, items, d);
        }
    }
}

/// Evaluates a constant; gives the one that it waits for, if any.
fn value(id: ConstId, items: &mut Items<'_>, d: &mut Diagnostics) -> Option<ConstId> {
    let locals = no_locals();
    let def = &items.hir.constants[id];
    let ty = items.constants[id].ty.clone();
    let mut said = Diagnostics::new();
    let mut cx = Cx::new(items, def.contract, &locals, Mode::Constant, &mut said);
    cx.module = Some(def.module);
    let value = cx.try_constant(&def.value, &ty);
    if let Err(Stop::Waits(need)) = value {
        return Some(need);
    }
    let value = cx.known(value, &def.value);
    cx.close();
    said.iter().for_each(|diagnostic| d.push(diagnostic.clone()));
    items.constants[id].value = value;
    items.settled[id.index()] = true;
    None
}

/// Reports constants that wait for one another, by way of functions.
fn circle(open: &[(ConstId, ConstId)], items: &mut Items<'_>, d: &mut Diagnostics) {
    let needs: HashMap<ConstId, ConstId> = open.iter().copied().collect();
    // From anywhere, as many steps as there are lead into the circle.
    let (mut by, mut at) = open[0];
    for _ in open {
        let Some(next) = needs.get(&at) else { break };
        (by, at) = (at, *next);
    }
    d.push(cycle(items.hir, at, by));
    open.iter().for_each(|(id, _)| items.settled[id.index()] = true);
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
    walk(expr, &mut |expr| {
        if let ExprKind::Const(id) = expr.kind {
            found.push(id);
        }
    });
    found
}

/// Whether something holds of an expression or of one in it.
fn any(expr: &Expr, holds: &dyn Fn(&Expr) -> bool) -> bool {
    let mut found = false;
    walk(expr, &mut |expr| found |= holds(expr));
    found
}

/// The expression and those in it, as far as a constant may be made of them.
fn walk(expr: &Expr, f: &mut dyn FnMut(&Expr)) {
    let mut open = vec![expr];
    while let Some(expr) = open.pop() {
        f(expr);
        match &expr.kind {
            ExprKind::Unary(_, operand) => open.push(operand),
            ExprKind::Binary { left, right, .. } => open.extend([&**left, &**right]),
            ExprKind::Cast { args, .. }
            | ExprKind::Some(args)
            | ExprKind::Ok(args)
            | ExprKind::Err(args)
            | ExprKind::Variant { args: Some(args), .. }
            | ExprKind::Call { args, .. }
            | ExprKind::Static { args, .. } => open.extend(args.iter().map(|arg| &arg.value)),
            ExprKind::Method { base, args, .. } => {
                open.push(base);
                open.extend(args.iter().map(|arg| &arg.value));
            }
            ExprKind::Str(parts) => open.extend(parts.iter().filter_map(|part| match part {
                StrPart::Expr(value) => Some(value),
                StrPart::Text(_) => None,
            })),
            ExprKind::Tuple(parts) | ExprKind::Array(parts) => open.extend(parts),
            ExprKind::Struct { fields, .. } => open.extend(fields.iter().map(|(_, value)| value)),
            ExprKind::Repeat { value, len } => open.extend([&**value, &**len]),
            ExprKind::Field { base, .. } => open.push(base),
            ExprKind::Index { base, index } => open.extend([&**base, &**index]),
            ExprKind::Range { start, end, .. } => {
                open.extend(start.iter().chain(end).map(|end| &**end));
            }
            _ => {}
        }
    }
}
