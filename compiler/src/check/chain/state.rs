//! Words before a state field: `counter` and `ghost`.
//!
//! Holds always: a counter is added to and taken from, and is set in `init` only, so that updates
//! commute; ghost data is named by specifications and ghost statements only.

use deed_base::{Diagnostic, Diagnostics, Span, catalogue as codes};

use crate::arena::{Arena, FieldId};
use crate::thir::visit::{Node, walk_function};
use crate::thir::{
    BinaryOp, Contract, Expr, ExprKind, FnKind, Function, Package, Place, PlaceBase, StateField,
    Stmt, StmtKind,
};
use crate::ty::Ty;

pub(super) fn check_contract(contract: &Contract, package: &Package, d: &mut Diagnostics) {
    for field in contract.state.values().filter(|field| field.counter) {
        let message = if field.ghost {
            "a counter is kept by the chain, and ghost data is not".to_owned()
        } else if counts(&field.ty, package) {
            continue;
        } else {
            "a counter is a number, an amount, or a map to these".to_owned()
        };
        d.push(Diagnostic::new(codes::COUNTER, field.name.span, message));
    }
}

fn counts(ty: &Ty, package: &Package) -> bool {
    match ty {
        Ty::Int(_) | Ty::Error => true,
        Ty::Struct(id, _) => package.structs[*id].quantity,
        Ty::Map(map) => counts(&map.value, package),
        _ => false,
    }
}

pub(super) fn check_function(function: &Function, package: &Package, d: &mut Diagnostics) {
    if let Some(contract) = function.contract() {
        let state = &package.contracts[contract].state;
        if state.values().any(|field| field.counter || field.ghost) {
            state_fields(function, state, d);
        }
    }
    if function.locals.values().any(|local| local.ghost) {
        ghost_locals(function, d);
    }
}

/// Reports what is done to counters, and reads of ghost data by what runs.
fn state_fields(function: &Function, state: &Arena<FieldId, StateField>, d: &mut Diagnostics) {
    let field = |place: &Place| match place.base {
        PlaceBase::State(field) => Some(&state[field]),
        PlaceBase::Local(_) => None,
    };
    walk_function(function, &mut |node| match node {
        Node::Stmt(Stmt { kind, span }) => match kind {
            StmtKind::Assign { place, .. } if function.kind != FnKind::Init => {
                if let Some(field) = field(place).filter(|field| field.counter) {
                    d.push(not_counted(field, *span, "setting it"));
                }
            }
            StmtKind::OpAssign { place, op, .. }
                if !matches!(op, BinaryOp::Add | BinaryOp::Sub) =>
            {
                if let Some(field) = field(place).filter(|field| field.counter) {
                    d.push(not_counted(field, *span, &format!("`{}=`", op.symbol())));
                }
            }
            _ => {}
        },
        Node::Expr(expr) => match &expr.kind {
            ExprKind::Read(place) => {
                if let Some(field) = field(place).filter(|field| field.ghost) {
                    d.push(ghost(&format!("self.{}", field.name.text), field.name.span, expr.span));
                }
            }
            ExprKind::MapCall { op, map, .. } => {
                let Some(field) = field(map) else { return };
                if field.ghost {
                    d.push(ghost(&format!("self.{}", field.name.text), field.name.span, expr.span));
                } else if field.counter && op.writes() {
                    d.push(not_counted(field, expr.span, &format!("`{}`", op.name())));
                }
            }
            _ => {}
        },
    });
}

fn not_counted(field: &StateField, span: Span, what: &str) -> Diagnostic {
    let name = &field.name;
    let message = format!("`self.{}` is a counter, and {what} would not commute", name.text);
    Diagnostic::new(codes::COUNTER, span, message)
        .also(name.span, "declared `counter`")
        .help("a counter is changed by `+=` and `-=`, and set in `init`")
}

/// Reports ghost variables in what runs.
fn ghost_locals(function: &Function, d: &mut Diagnostics) {
    walk_function(function, &mut |node| {
        let Node::Expr(Expr { kind: ExprKind::Read(place), span, .. }) = node else { return };
        if let PlaceBase::Local(local) = place.base
            && function.locals[local].ghost
        {
            let name = &function.locals[local].name;
            d.push(ghost(&name.text, name.span, *span));
        }
    });
}

fn ghost(name: &str, declared: Span, span: Span) -> Diagnostic {
    let message = format!("`{name}` exists in specifications only, and this runs");
    Diagnostic::new(codes::GHOST, span, message)
        .also(declared, "declared `ghost`")
        .help("use it in clauses, or declare it without `ghost`")
}
