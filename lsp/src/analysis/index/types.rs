//! The types of expressions before their members are known.
//!
//! In: a typed package and resolved expressions. Out: types.
//! The typed tree has a place as one whole, `self.notes[id].amount`; what `.amount` is a field of is
//! found here, step by step.

use deed_base::{SourceId, Span};
use deed_compiler::arena::{ContractId, FnId};
use deed_compiler::hir::{Expr, ExprKind};
use deed_compiler::thir::visit::{Node, each_clause, walk_expr, walk_function};
use deed_compiler::thir::{self, External, Package};
use deed_compiler::ty::Ty;
use foldhash::HashMap;

use super::Owner;
use crate::analysis::describe::locals;

pub(super) struct Types<'a> {
    pub(super) thir: &'a Package,
    /// Of every expression of a file, by its place.
    by_span: HashMap<Span, &'a Ty>,
    /// What each call calls.
    callees: HashMap<Span, FnId>,
}

impl<'a> Types<'a> {
    /// Those of one file.
    pub(super) fn collect(thir: &'a Package, source: SourceId) -> Self {
        let (mut by_span, mut callees) = (HashMap::default(), HashMap::default());
        let mut keep = |node: Node<'a>| {
            if let Node::Expr(expr) = node {
                // An expression that was lifted stands twice at one place; the outer one is first.
                by_span.insert(expr.span, &expr.ty);
                callees.extend(callee(expr).map(|function| (expr.span, function)));
            }
        };
        for function in thir.functions.values().filter(|f| f.name.span.source == source) {
            walk_function(function, &mut keep);
            each_clause(function, &mut |clause| walk_expr(clause, &mut keep));
        }
        for contract in thir.contracts.values().filter(|c| c.name.span.source == source) {
            let clauses = contract.invariants.iter().chain(&contract.step_invariants);
            clauses.for_each(|clause| walk_expr(&clause.cond, &mut keep));
        }
        Types { thir, by_span, callees }
    }

    /// What the call at this place calls, where a type had to tell.
    pub(super) fn callee(&self, call: Span) -> Option<FnId> {
        self.callees.get(&call).copied()
    }

    /// The type of an expression of an owner.
    pub(super) fn of(
        &self,
        expr: &Expr,
        owner: Option<Owner>,
        contract: Option<ContractId>,
    ) -> Option<Ty> {
        let thir = self.thir;
        Some(match &expr.kind {
            ExprKind::Local(id) => locals(thir, owner?)[*id].ty.clone(),
            ExprKind::State(field) => thir.contracts[contract?].state[*field].ty.clone(),
            ExprKind::Const(id) => thir.constants[*id].ty.clone(),
            ExprKind::Call { function, .. } => thir.functions[*function].result.clone(),
            ExprKind::Struct { id, .. } => Ty::Struct(*id, Vec::new()),
            ExprKind::Index { base, .. } => match self.of(base, owner, contract)? {
                Ty::Map(map) => map.value,
                Ty::Array(of, _) | Ty::Vec(of) => *of,
                _ => return None,
            },
            ExprKind::Field { base, name } => match self.of(base, owner, contract)? {
                Ty::Struct(id, _) => {
                    let mut fields = thir.structs[id].fields.values();
                    fields.find(|field| field.name.text == name.text)?.ty.clone()
                }
                Ty::Tuple(parts) => parts.get(name.text.parse::<usize>().ok()?)?.clone(),
                _ => return None,
            },
            _ => return self.by_span.get(&expr.span).map(|ty| (*ty).clone()),
        })
    }
}

fn callee(expr: &thir::Expr) -> Option<FnId> {
    match &expr.kind {
        thir::ExprKind::Call { function, .. } => Some(*function),
        thir::ExprKind::External(external) => match &**external {
            External::Call(call) => Some(call.function),
            _ => None,
        },
        _ => None,
    }
}
