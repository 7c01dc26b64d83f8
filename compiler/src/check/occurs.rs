//! What occurs in the body of a function.
//!
//! In: its nodes, one by one. Out: for each kind of thing that has checks of its own whether there is one.
//! Holds always: what occurs is said to; so a check may leave out a function that holds nothing of
//! its kind. Clauses are not looked at.

use deed_bytecode::ContextKind;

use crate::thir::{Expr, ExprKind, Stmt, StmtKind};

#[derive(Clone, Copy, Default)]
pub(super) struct Occurs {
    /// A pattern that must cover its values: of a `match`, a `let` or a `for`.
    pub(super) patterns: bool,
    pub(super) tries: bool,
    /// What goes on later or asks the chain, and `reject`.
    pub(super) chain: bool,
    /// `tx.value`
    pub(super) coins: bool,
}

impl Occurs {
    pub(super) fn stmt(&mut self, stmt: &Stmt) {
        match stmt.kind {
            StmtKind::LetPattern { .. } | StmtKind::ForEach { .. } => self.patterns = true,
            StmtKind::Reject(_) => self.chain = true,
            _ => {}
        }
    }

    pub(super) fn expr(&mut self, expr: &Expr) {
        match expr.kind {
            ExprKind::Match { .. } => self.patterns = true,
            ExprKind::Try(_) => self.tries = true,
            ExprKind::Chain(_) => self.chain = true,
            ExprKind::Context(ContextKind::Value) => self.coins = true,
            _ => {}
        }
    }
}
