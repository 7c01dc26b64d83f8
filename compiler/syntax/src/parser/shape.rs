//! What the grammar lets through and a block does not.
//!
//! In: a tree. Out: messages about expressions that do nothing, and about an `if` used as a value
//! without `else`.
//! Holds always: the walk is as deep as the tree, which is bounded.

use deed_base::{Diagnostic, catalogue};

use crate::ast::walk::{Child, children, module_bodies};
use crate::ast::{Block, Expr, ExprKind, IfExpr, Module, Stmt, StmtKind};

pub(super) fn check(module: &Module) -> Vec<Diagnostic> {
    let mut pass = Shape { found: Vec::new() };
    module_bodies(module, &mut |child| match child {
        Child::Block(block) => pass.block(block, false),
        Child::Expr(expr) => pass.value(expr),
    });
    pass.found
}

struct Shape {
    found: Vec<Diagnostic>,
}

impl Shape {
    /// `yields`: whether the last expression is the block's value.
    fn block(&mut self, block: &Block, yields: bool) {
        let last = block.stmts.len().saturating_sub(1);
        for (at, stmt) in block.stmts.iter().enumerate() {
            self.stmt(stmt, yields && at == last);
        }
    }

    fn stmt(&mut self, stmt: &Stmt, yields: bool) {
        match &stmt.kind {
            StmtKind::Expr { expr, otherwise } => {
                match yields && otherwise.is_none() {
                    true => self.value(expr),
                    false => self.effect(expr),
                }
                otherwise.iter().for_each(|e| self.effect(e));
            }
            StmtKind::Local(local) => {
                self.value(&local.value);
                local.otherwise.iter().for_each(|e| self.effect(e));
            }
            StmtKind::Assign(assign) => {
                self.value(&assign.place);
                self.value(&assign.value);
                assign.otherwise.iter().for_each(|e| self.effect(e));
            }
            _ => crate::ast::walk::stmt_children(stmt, &mut |child| match child {
                Child::Block(block) => self.block(block, false),
                Child::Expr(expr) => self.value(expr),
            }),
        }
    }

    /// An expression whose value nobody takes.
    fn effect(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::If(_) | ExprKind::Match(_) | ExprKind::Try(_) | ExprKind::Block(_) => {
                self.branches(expr, false);
            }
            _ => {
                if !has_effect(expr) {
                    self.useless(expr);
                }
                self.inside(expr);
            }
        }
    }

    /// An expression whose value is used.
    fn value(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::If(i) => {
                if !has_else(i) && !is_leaving(&i.then) {
                    self.missing_else(expr);
                }
                self.branches(expr, true);
            }
            ExprKind::Match(_) | ExprKind::Try(_) | ExprKind::Block(_) => self.branches(expr, true),
            _ => self.inside(expr),
        }
    }

    fn inside(&mut self, expr: &Expr) {
        children(expr, &mut |child| match child {
            Child::Block(block) => self.block(block, true),
            Child::Expr(inner) => self.value(inner),
        });
    }

    /// The parts of a control expression: conditions are values, branches are what it is.
    fn branches(&mut self, expr: &Expr, yields: bool) {
        match &expr.kind {
            ExprKind::Block(block) => self.block(block, yields),
            ExprKind::Match(m) => {
                self.value(&m.subject);
                for arm in &m.arms {
                    arm.guard.iter().for_each(|g| self.value(g));
                    self.branch(&arm.body, yields);
                }
            }
            ExprKind::If(i) => {
                let condition = match &i.condition {
                    crate::ast::Condition::Expr(e) => e,
                    crate::ast::Condition::Let { value, .. } => value,
                };
                self.value(condition);
                self.block(&i.then, yields);
                i.otherwise.iter().for_each(|e| self.branch(e, yields));
            }
            _ => children(expr, &mut |child| match child {
                Child::Block(block) => self.block(block, yields),
                Child::Expr(inner) => self.value(inner),
            }),
        }
    }

    fn branch(&mut self, expr: &Expr, yields: bool) {
        match yields {
            true => self.value(expr),
            false => self.effect(expr),
        }
    }

    fn useless(&mut self, expr: &Expr) {
        let message = "this value is computed and thrown away";
        let mut found = Diagnostic::new(catalogue::USELESS_EXPRESSION, expr.span, message);
        found = match expr.kind {
            ExprKind::Unary { .. } => found.help(
                "a line that begins with `-` or `!` is a statement of its own: put the operator at the end of the line before",
            ),
            ExprKind::Binary(ref binary) if binary.op == crate::ast::BinaryOp::Eq => {
                found.help("to assign, write `=`; to test, write `assert`")
            }
            _ => found.help("use it: `let x = ..`, `return ..`; or remove it"),
        };
        self.found.push(found);
    }

    fn missing_else(&mut self, expr: &Expr) {
        self.found.push(
            Diagnostic::new(
                catalogue::MISSING_ELSE,
                expr.span,
                "this `if` is used as a value, and has none when its condition is false",
            )
            .help("add `else { .. }`"),
        );
    }
}

/// Whether evaluating it can do something besides giving a value.
fn has_effect(expr: &Expr) -> bool {
    use ExprKind::*;
    match &expr.kind {
        Call(_) | Await(_) | Deploy(_) | Schedule(_) | Propagate(_) | Invalid => true,
        _ => expr.leaves(),
    }
}

fn has_else(i: &IfExpr) -> bool {
    i.otherwise.is_some()
}

/// Whether a block ends in something that leaves, so that it needs no value.
fn is_leaving(block: &Block) -> bool {
    block.value().is_some_and(Expr::leaves)
}
