//! Closures: their parameters, and which variables around them they name.
//!
//! Holds always: a captured variable stands once in the list of each closure that it is outside of.

use deed_syntax::ast;

use super::body::Cx;
use super::generics::mode;
use crate::arena::{Id, LocalId};
use crate::hir::{Closure, ClosureParam, ExprKind};

/// A closure around the names that are looked up.
pub(super) struct Around {
    /// The first variable that belongs to it.
    first: LocalId,
    captures: Vec<LocalId>,
}

impl Cx<'_, '_> {
    pub(super) fn closure(&mut self, closure: &ast::ClosureExpr) -> ExprKind {
        let first = self.next_local();
        self.closures.push(Around { first, captures: Vec::new() });
        let (params, result, body) = self.scoped(|cx| {
            let params = closure.params.iter().map(|param| ClosureParam {
                mode: mode(param.mode),
                pattern: cx.pattern(&param.pattern, false),
                ty: param.ty.as_ref().map(|ty| cx.ty(ty)),
            });
            let params: Vec<ClosureParam> = params.collect();
            let result = closure.result.as_ref().map(|ty| cx.ty(ty));
            (params, result, cx.expr(&closure.body))
        });
        let captures = self.closures.pop().map(|around| around.captures).unwrap_or_default();
        ExprKind::Closure(Box::new(Closure { params, result, body, captures, first }))
    }

    /// Notes that a variable is named, for the closures that it stands outside of.
    pub(super) fn capture(&mut self, local: LocalId) {
        for around in &mut self.closures {
            if local.index() < around.first.index() && !around.captures.contains(&local) {
                around.captures.push(local);
            }
        }
    }
}
