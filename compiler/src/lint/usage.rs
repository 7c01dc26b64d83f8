//! Which items a package makes use of.
//!
//! In: the typed package. Out: [`Usage`].
//! Holds always: what a clause, a type or a dependency mentions counts as used; so does what is
//! thrown, emitted or called from a function that is itself never called.

use std::collections::BTreeSet;

use crate::arena::{ConstId, ContractId, ErrorId, EventId, FieldId, FnId};
use crate::thir::visit::{Node, each_clause, walk_expr, walk_function};
use crate::thir::{Expr, ExprKind, Function, Package, Place, PlaceBase, Stmt, StmtKind};

#[derive(Default)]
pub(super) struct Usage {
    pub(super) functions: BTreeSet<FnId>,
    pub(super) constants: BTreeSet<ConstId>,
    pub(super) errors: BTreeSet<ErrorId>,
    pub(super) events: BTreeSet<EventId>,
    /// State fields that some function or clause reads.
    pub(super) state: BTreeSet<(ContractId, FieldId)>,
}

impl Usage {
    pub(super) fn of(package: &Package) -> Usage {
        let mut usage = Usage::default();
        for function in package.functions.values() {
            usage.function(function);
        }
        for (id, contract) in package.contracts.iter() {
            for clause in &contract.invariants {
                walk_expr(&clause.cond, &mut |node| usage.node(node, Some(id)));
            }
        }
        usage
    }

    fn function(&mut self, function: &Function) {
        let contract = function.contract();
        walk_function(function, &mut |node| self.node(node, contract));
        each_clause(function, &mut |clause| {
            walk_expr(clause, &mut |node| self.node(node, contract));
        });
        let otherwise = function.spec.requires.iter().filter_map(|it| it.otherwise.as_ref());
        self.errors.extend(otherwise.map(|throw| throw.error));
        self.errors.extend(&function.throws);
        self.functions.extend(&function.effects.calls);
        self.events.extend(&function.effects.emits);
        self.errors.extend(&function.effects.throws);
    }

    fn node(&mut self, node: Node<'_>, contract: Option<ContractId>) {
        match node {
            Node::Expr(expr) => self.expr(expr, contract),
            Node::Stmt(Stmt { kind: StmtKind::Throw(throw), .. }) => {
                self.errors.insert(throw.error);
            }
            Node::Stmt(Stmt { kind: StmtKind::Emit { event, .. }, .. }) => {
                self.events.insert(*event);
            }
            // `x op= v` reads what it changes, and gives it to nobody.
            Node::Stmt(_) => {}
        }
    }

    fn expr(&mut self, expr: &Expr, contract: Option<ContractId>) {
        match &expr.kind {
            ExprKind::Const(id) => {
                self.constants.insert(*id);
            }
            ExprKind::Call { function, .. } => {
                self.functions.insert(*function);
            }
            ExprKind::Read(place)
            | ExprKind::Inout(place)
            | ExprKind::View { place, .. }
            | ExprKind::MapCall { map: place, .. } => {
                self.place(place, contract);
            }
            _ => {}
        }
    }

    fn place(&mut self, place: &Place, contract: Option<ContractId>) {
        if let (PlaceBase::State(field), Some(contract)) = (place.base, contract) {
            self.state.insert((contract, field));
        }
    }
}
