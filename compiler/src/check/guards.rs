//! A walk that knows what is caught where.
//!
//! In: a function. Out: its nodes, each with the failures that a `try` around it catches.

use std::collections::BTreeSet;

use crate::arena::ErrorId;
use crate::thir::visit::{Node, Part, expr_parts, stmt_parts, walk_expr};
use crate::thir::{Block, Catch, CatchKind, Expr, ExprKind, Function};

/// The failures that do not leave the function from a place.
#[derive(Clone, Default)]
pub(super) struct Guard {
    all: bool,
    errors: BTreeSet<ErrorId>,
}

impl Guard {
    pub(super) fn catches(&self, error: ErrorId) -> bool {
        self.all || self.errors.contains(&error)
    }

    fn with(&self, catches: &[Catch]) -> Guard {
        let mut guard = self.clone();
        for catch in catches {
            match &catch.kind {
                CatchKind::Any(_) => guard.all = true,
                CatchKind::Errors(errors) => guard.errors.extend(errors),
                CatchKind::Error { error, .. } => _ = guard.errors.insert(*error),
            }
        }
        guard
    }
}

/// Everything that runs when a function does.
pub(super) fn walk<'t>(function: &'t Function, f: &mut dyn FnMut(Node<'t>, &Guard)) {
    let outside = Guard::default();
    for requires in &function.spec.requires {
        if let Some(check) = &requires.check {
            walk_expr(check, &mut |node| f(node, &outside));
            let args = requires.otherwise.iter().flat_map(|throw| &throw.args);
            args.for_each(|arg| walk_expr(arg, &mut |node| f(node, &outside)));
        }
    }
    function.body.iter().for_each(|body| block(body, &outside, f));
}

/// Everything in a block, as if nothing were around it.
pub(super) fn walk_block<'t>(of: &'t Block, f: &mut dyn FnMut(Node<'t>, &Guard)) {
    block(of, &Guard::default(), f);
}

fn block<'t>(block: &'t Block, guard: &Guard, f: &mut dyn FnMut(Node<'t>, &Guard)) {
    for stmt in &block.stmts {
        f(Node::Stmt(stmt), guard);
        stmt_parts(stmt, &mut |inner| part(inner, guard, f));
    }
    block.value.iter().for_each(|value| expr(value, guard, f));
}

fn part<'t>(part: Part<'t>, guard: &Guard, f: &mut dyn FnMut(Node<'t>, &Guard)) {
    match part {
        Part::Expr(inner) => expr(inner, guard, f),
        Part::Block(inner) => block(inner, guard, f),
    }
}

fn expr<'t>(of: &'t Expr, guard: &Guard, f: &mut dyn FnMut(Node<'t>, &Guard)) {
    f(Node::Expr(of), guard);
    let ExprKind::Try(attempt) = &of.kind else {
        return expr_parts(of, &mut |inner| part(inner, guard, f));
    };
    block(&attempt.body, &guard.with(&attempt.catches), f);
    attempt.catches.iter().for_each(|catch| block(&catch.body, guard, f));
}
