//! `try`, as code: its block becomes a function of its own, whose failure is looked at.
//!
//! Holds always: the block's function is given the variables that the block can see, and gives back
//! those that it assigns; where it fails, the handlers start from the variables as they were before.

use std::collections::BTreeSet;

use deed_base::Span;

use super::cfg::Join;
use super::function::FnLowering;
use super::instance::ClosureWork;
use super::loops::assigned_in;
use crate::arena::{Id, LocalId};
use crate::mir::{Op, Outside, Terminator, Ty, ValueId};
use crate::thir::visit::{Node, walk_block};
use crate::thir::{Block, Catch, CatchKind, Expr, ExprKind, FailurePart, StmtKind, Try};
use crate::ty;

impl FnLowering<'_, '_> {
    pub(super) fn attempt(&mut self, attempt: &Try, expr: &Expr) -> Option<ValueId> {
        let span = expr.span;
        if let Some(at) = way_out(&attempt.body) {
            self.not_yet(at, "`return`, `break` and `continue` out of a `try`");
            return None;
        }
        let result = match &attempt.body.value {
            Some(value) if value.ty != ty::Ty::Unit => self.concrete(&value.ty),
            _ => ty::Ty::Unit,
        };
        let mut results = match &result {
            ty::Ty::Unit | ty::Ty::Never => Vec::new(),
            result => vec![self.machine(result, span)],
        };
        let gives = !results.is_empty();
        let seen = self.seen();
        let changed: Vec<LocalId> =
            assigned_in(&attempt.body).into_iter().filter(|local| seen.contains(local)).collect();
        let mut args: Vec<ValueId> = seen.iter().filter_map(|local| self.env.get(*local)).collect();
        let values: Vec<ValueId> =
            changed.iter().filter_map(|local| self.env.get(*local)).collect();
        results.extend(values.iter().map(|value| self.function.ty(*value)));
        let mut functions = Vec::new();
        for (local, callee) in &self.passed {
            functions.push((*local, callee.passed.clone(), callee.captures.clone()));
        }
        functions.sort_by_key(|(local, ..)| *local);
        functions.iter().for_each(|(.., captures)| args.extend(captures));
        let functions = functions.into_iter().map(|(local, passed, _)| (local, passed)).collect();
        let function = self.lowering.number_closure(ClosureWork {
            around: self.source?,
            word: "try",
            types: self.types.clone(),
            params: Vec::new(),
            captures: seen.clone(),
            inout: changed.clone(),
            functions,
            body: attempt.body.clone(),
            result,
            span,
        });
        let ty = self.lowering.program.types.attempt(&results);
        let tried = self.value(Op::Outside { what: Outside::Try(function), args }, ty, span);
        let went_well = self.is_variant(tried, 0, span);
        let (well, failed) = self.branch(went_well, span);
        let env = self.env.clone();
        let mut join = Join::default();
        self.at = Some(well);
        let given = self.payload(tried, 0, span);
        let (value, locals) = given.split_at(usize::from(gives).min(given.len()));
        for (local, value) in changed.iter().zip(locals) {
            self.assign(*local, *value);
        }
        if attempt.body.ty == ty::Ty::Never && attempt.body.value.is_none() {
            self.end(span, Terminator::Trap(crate::mir::TrapKind::Unreachable));
        }
        self.lead(&mut join, value.first().copied());
        (self.at, self.env) = (Some(failed), env);
        self.handlers(&attempt.catches, tried, &mut join, span);
        self.meet(join, span)
    }

    /// The variables that a value is known of here, in the order of their declaration.
    fn seen(&self) -> Vec<LocalId> {
        let source = self.source.map(|id| &self.lowering.package.functions[id].locals);
        let locals = source.map_or(0, |locals| locals.len());
        let all = (0..locals).map(LocalId::from_index);
        all.filter(|local| self.env.get(*local).is_some()).collect()
    }

    fn handlers(&mut self, catches: &[Catch], tried: ValueId, join: &mut Join, span: Span) {
        let Some(failure) = self.payload(tried, 1, span).first().copied() else { return };
        for catch in catches {
            let scope = self.scope.len();
            let next = self.handler(catch, failure, span);
            let value = self.block(&catch.body);
            self.leave_scope(scope);
            self.lead(join, value);
            let Some((next, env)) = next else { return };
            (self.at, self.env) = (Some(next), env);
        }
        self.end(span, Terminator::Fail(vec![failure]));
    }

    /// Goes on where a handler fits, its variables bound; gives where it does not.
    fn handler(
        &mut self,
        catch: &Catch,
        failure: ValueId,
        span: Span,
    ) -> Option<(crate::mir::BlockId, super::cfg::Env)> {
        match &catch.kind {
            CatchKind::Any(local) => {
                if let Some(local) = local {
                    self.declare(*local, failure);
                }
                None
            }
            CatchKind::Error { error, fields } => {
                let error = self.lowering.number_error(*error);
                let what = Outside::IsError(error);
                let fits = self.value(Op::Outside { what, args: vec![failure] }, Ty::Bool, span);
                let (fits, next) = self.branch(fits, span);
                let env = self.env.clone();
                self.at = Some(fits);
                let decl = &self.lowering.program.errors[error.index()];
                let types: Vec<Ty> = decl.params.iter().map(|param| param.ty).collect();
                let what = Outside::OpenError(error);
                let op = Op::Outside { what, args: vec![failure] };
                let data = self.values(op, &types, span);
                for (local, value) in fields.iter().zip(data) {
                    if let Some(local) = local {
                        self.declare(*local, value);
                    }
                }
                Some((next, env))
            }
        }
    }

    pub(super) fn failure_part(
        &mut self,
        failure: &Expr,
        part: FailurePart,
        span: Span,
    ) -> Option<ValueId> {
        let failure = self.expr(failure)?;
        match part {
            FailurePart::Message => Some(self.field(failure, 3, span)),
            FailurePart::IsTrap => {
                let kind = self.field(failure, 0, span);
                let none = crate::mir::Const::int(ty::IntTy::U8, 0)?;
                let none = self.constant(none, span);
                Some(self.compare(crate::mir::BinaryOp::Ne, kind, none, span))
            }
        }
    }
}

/// A statement that would leave a block's function, if there is one.
fn way_out(block: &Block) -> Option<Span> {
    let mut found = None;
    let mut loops: BTreeSet<(usize, usize)> = BTreeSet::new();
    walk_block(block, &mut |node| match node {
        Node::Stmt(stmt) => match &stmt.kind {
            StmtKind::While { body, .. }
            | StmtKind::For { body, .. }
            | StmtKind::ForEach { body, .. } => {
                loops.insert((body.span.start as usize, body.span.end as usize));
            }
            StmtKind::Return(_) => found = found.or(Some(stmt.span)),
            StmtKind::Break | StmtKind::Continue => {
                let at = stmt.span.start as usize;
                if !loops.iter().any(|(start, end)| (*start..*end).contains(&at)) {
                    found = found.or(Some(stmt.span));
                }
            }
            _ => {}
        },
        Node::Expr(expr) => {
            if let ExprKind::Propagate(_) = expr.kind {
                found = found.or(Some(expr.span));
            }
        }
    });
    found
}
