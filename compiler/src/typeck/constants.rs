//! Constants, each after those it needs.
//!
//! In: the resolved package. Out: the types and values of its constants.
//! Holds always: a constant that needs its own value is reported and has none.

use deed_base::{Diagnostic, Diagnostics, catalogue as codes};

use super::cx::{Cx, Mode};
use super::items::{Items, no_locals};
use super::types::Site;
use crate::arena::{ConstId, Id};
use crate::hir::{Expr, ExprKind, Package};
use crate::thir::ConstDef;

/// Fills in the constants of the package.
pub(super) fn evaluate(items: &mut Items<'_>, d: &mut Diagnostics) {
    let package = items.hir;
    let locals = no_locals();
    for def in package.constants.values() {
        let mut cx = Cx::new(items, def.contract, &locals, Mode::Constant, d);
        let ty = cx.ty(&def.ty, Site::Data);
        cx.close();
        items.constants.push(ConstDef {
            name: def.name.clone(),
            module: def.module,
            contract: def.contract,
            docs: def.docs.clone(),
            ty,
            value: None,
        });
    }
    for id in in_order(package, d) {
        let def = &package.constants[id];
        let ty = items.constants[id].ty.clone();
        let mut cx = Cx::new(items, def.contract, &locals, Mode::Constant, d);
        let value = cx.constant(&def.value, &ty);
        cx.close();
        items.constants[id].value = value;
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
            ExprKind::Cast { args, .. } => open.extend(args.iter().map(|arg| &arg.value)),
            _ => {}
        }
    }
    found
}
