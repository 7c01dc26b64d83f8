//! Which clauses can be tested when a contract runs.
//!
//! In: a clause, where it stands. Out: whether it has a form that runs there.
//! Holds always: what runs over every value of a type, speaks of `ghost` data, shifts unbounded integers, or has
//! under `old` a variable that is not known at the function's start, does not.

use std::collections::HashSet;

use crate::arena::{FnId, LocalId};
use crate::lower::function::FnLowering;
use crate::mir::IntTy;
use crate::thir::visit::{Node, walk_block, walk_expr};
use crate::thir::{
    BinaryOp, Binder, Chain, Contract, Domain, Expr, ExprKind, FnKind, Package, Pattern,
    PatternKind, Place, PlaceBase, Stmt, StmtKind,
};
use crate::ty::Ty;
use crate::value::Value;

impl FnLowering<'_, '_> {
    /// Whether an expression of a clause can be computed at the current place.
    pub(super) fn can_run(&self, clause: &Expr) -> bool {
        let mut spec_fns = Vec::new();
        let mut bound = HashSet::new();
        walk_expr(clause, &mut |node| binds(node, &mut bound));
        let mut fine = true;
        walk_expr(clause, &mut |node| {
            let Node::Expr(expr) = node else { return };
            fine &= is_computable(expr) && self.is_known(expr, &bound);
            spec_fns.extend(called_spec_fn(self.lowering.package, expr));
        });
        fine && spec_fns_run(self.lowering.package, self.lowering.contract, spec_fns)
    }

    /// Whether what an expression names has a value here.
    fn is_known(&self, expr: &Expr, bound: &HashSet<LocalId>) -> bool {
        match &expr.kind {
            ExprKind::Old(inner) => self.old_value(inner).is_some(),
            ExprKind::Result => self.result_value().is_some(),
            ExprKind::Read(place) | ExprKind::View { place, .. } => self.is_place(place, bound),
            ExprKind::MapCall { map, .. } => self.is_place(map, bound),
            _ => true,
        }
    }

    fn is_place(&self, place: &Place, bound: &HashSet<LocalId>) -> bool {
        match place.base {
            PlaceBase::Local(local) => {
                bound.contains(&local)
                    || self.env.get(local).is_some()
                    || self.aliases.contains_key(&local)
            }
            PlaceBase::State(field) => !self.lowering.contract.state[field].ghost,
        }
    }
}

/// Adds the variables that an expression binds for what it holds.
fn binds(node: Node<'_>, bound: &mut HashSet<LocalId>) {
    let Node::Expr(expr) = node else { return };
    match &expr.kind {
        ExprKind::Quantifier { binders, .. } | ExprKind::Sum { binders, .. } => {
            bound.extend(binders.iter().flat_map(|binder| &binder.locals));
        }
        ExprKind::Match { arms, .. } => {
            arms.iter().for_each(|arm| pattern_binds(&arm.pattern, bound));
        }
        ExprKind::Let { pattern, .. } => pattern_binds(pattern, bound),
        _ => {}
    }
}

fn pattern_binds(pattern: &Pattern, bound: &mut HashSet<LocalId>) {
    match &pattern.kind {
        PatternKind::Bind(local) => drop(bound.insert(*local)),
        PatternKind::Array { rest: Some((_, rest)), .. } => pattern_binds(rest, bound),
        _ => {}
    }
    pattern.parts().iter().for_each(|part| pattern_binds(part, bound));
}

fn is_computable(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Quantifier { binders, .. } | ExprKind::Sum { binders, .. } => {
            binders.iter().all(is_finite)
        }
        // Beyond what stands for an unbounded integer.
        ExprKind::Value(Value::Int(value)) if expr.ty == Ty::SpecInt => {
            *value <= IntTy::I256.max() && *value >= IntTy::I256.min()
        }
        // The machine counts shifts in `u32`, a clause without bounds.
        ExprKind::Binary(BinaryOp::Shl | BinaryOp::Shr, ..) => expr.ty != Ty::SpecInt,
        ExprKind::Chain(chain) => !matches!(**chain, Chain::Inflight),
        ExprKind::Error => false,
        _ => true,
    }
}

fn is_finite(binder: &Binder) -> bool {
    !matches!(binder.domain, Domain::Type(_))
}

fn reads_ghost(contract: &Contract, expr: &Expr) -> bool {
    let (ExprKind::Read(place) | ExprKind::MapCall { map: place, .. }) = &expr.kind else {
        return false;
    };
    matches!(place.base, PlaceBase::State(field) if contract.state[field].ghost)
}

fn called_spec_fn(package: &Package, expr: &Expr) -> Option<FnId> {
    let ExprKind::Call { function, .. } = expr.kind else { return None };
    (package.functions[function].kind == FnKind::Spec).then_some(function)
}

/// Whether `spec fn`s, and those that they call, can be computed.
fn spec_fns_run(package: &Package, contract: &Contract, mut open: Vec<FnId>) -> bool {
    let mut seen = HashSet::new();
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        let Some(body) = &package.functions[id].body else { return false };
        let mut fine = true;
        walk_block(body, &mut |node| match node {
            Node::Expr(expr) => {
                fine &= is_computable(expr) && !reads_ghost(contract, expr);
                open.extend(called_spec_fn(package, expr));
            }
            Node::Stmt(Stmt { kind: StmtKind::Ghost(_), .. }) => fine = false,
            Node::Stmt(_) => {}
        });
        if !fine {
            return false;
        }
    }
    true
}
