//! `try`, as code: its block becomes a function of its own, whose failure is looked at.
//!
//! Holds always: the block's function is given the variables that the block can see, and gives back
//! those that it assigns; where it fails, the handlers start from the variables as they were before.

use std::collections::BTreeSet;

use deed_base::Span;

use super::cfg::Join;
use super::exits::{End, named_in, ways_out};
use super::function::FnLowering;
use super::instance::{ClosureWork, Exits};
use super::loops::assigned_in;
use crate::arena::{Id, LocalId};
use crate::mir::{BinaryOp, Const, Op, Outside, Terminator, TrapKind, Ty, ValueId};
use crate::thir::{Block, Catch, CatchKind, Expr, FailurePart, Try};
use crate::ty;

/// The function that the block of a `try` has become, called.
struct Tried {
    /// The attempt.
    value: ValueId,
    /// The variables that the block assigns; their last values come back behind its result.
    changed: Vec<LocalId>,
    /// How the block can be left before its end.
    ways: BTreeSet<End>,
}

impl FnLowering<'_, '_> {
    pub(super) fn attempt(&mut self, attempt: &Try, expr: &Expr) -> Option<ValueId> {
        let span = expr.span;
        let tried = self.try_block(&attempt.body, span)?;
        let went_well = self.is_variant(tried.value, 0, span);
        let (well, failed) = self.branch(went_well, span);
        let env = self.env.clone();
        let mut join = Join::default();
        self.at = Some(well);
        let value = self.went_well(&tried, span);
        if attempt.body.ty == ty::Ty::Never && attempt.body.value.is_none() {
            self.end(span, Terminator::Trap(TrapKind::Unreachable));
        }
        self.lead(&mut join, value);
        (self.at, self.env) = (Some(failed), env);
        self.handlers(&attempt.catches, tried.value, &mut join, span);
        self.meet(join, span)
    }

    /// Runs the block as a function, with what it can see.
    fn try_block(&mut self, body: &Block, span: Span) -> Option<Tried> {
        let captures = self.seen();
        let mut args: Vec<ValueId> =
            captures.iter().filter_map(|local| self.env.get(*local)).collect();
        let changed: Vec<LocalId> =
            assigned_in(body).into_iter().filter(|local| captures.contains(local)).collect();
        let mut functions: Vec<_> = self.passed.iter().collect();
        functions.sort_by_key(|(local, _)| **local);
        functions.iter().for_each(|(_, callee)| args.extend(&callee.captures));
        let functions =
            functions.into_iter().map(|(local, callee)| (*local, callee.passed.clone())).collect();
        let aliases: Vec<LocalId> = named_in(body).into_iter().collect();
        let places = self.places(&aliases, &mut args);
        let result = body.value.as_ref().map_or(ty::Ty::Unit, |value| self.concrete(&value.ty));
        let ways = ways_out(body);
        let mut results = self.result_types(&result, span);
        let exits = (!ways.is_empty()).then(|| self.exits(&results, span));
        if let Some(exits) = &exits {
            results = vec![exits.ending];
        }
        let values = changed.iter().filter_map(|local| self.env.get(*local));
        results.extend(values.map(|value| self.function.ty(value)));
        let function = self.lowering.number_closure(ClosureWork {
            around: self.source?,
            word: "try",
            types: self.types.clone(),
            params: Vec::new(),
            captures,
            inout: changed.clone(),
            functions,
            places,
            body: body.clone(),
            result,
            exits,
            span,
        });
        let ty = self.lowering.program.types.attempt(&results);
        let value = self.value(Op::Outside { what: Outside::Try(function), args }, ty, span);
        Some(Tried { value, changed, ways })
    }

    fn exits(&mut self, value: &[Ty], span: Span) -> Exits {
        let result = self.result.clone();
        let returned = self.result_types(&result, span);
        Exits { ending: self.lowering.program.types.ending(value, &returned), result }
    }

    /// Goes on where the block came to its end, and gives its value; leaves where it left.
    fn went_well(&mut self, tried: &Tried, span: Span) -> Option<ValueId> {
        let given = self.payload(tried.value, 0, span);
        let (own, locals) = given.split_at(given.len().saturating_sub(tried.changed.len()));
        for (local, value) in tried.changed.iter().zip(locals) {
            self.assign(*local, *value);
        }
        let own = own.first().copied();
        match own.filter(|_| !tried.ways.is_empty()) {
            Some(ending) => self.depart(ending, &tried.ways, span),
            None => own,
        }
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
            CatchKind::Errors(errors) => {
                let mut fits = self.constant(Const::Bool(false), span);
                for error in errors {
                    let (_, right) = self.is_error(*error, failure, span);
                    let op = Op::Binary { op: BinaryOp::Or, left: fits, right };
                    fits = self.value(op, Ty::Bool, span);
                }
                let (fits, next) = self.branch(fits, span);
                self.at = Some(fits);
                Some((next, self.env.clone()))
            }
            CatchKind::Error { error, fields } => {
                let (error, fits) = self.is_error(*error, failure, span);
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

    fn is_error(
        &mut self,
        error: crate::arena::ErrorId,
        failure: ValueId,
        span: Span,
    ) -> (crate::mir::ErrorId, ValueId) {
        let error = self.lowering.number_error(error);
        let op = Op::Outside { what: Outside::IsError(error), args: vec![failure] };
        (error, self.value(op, Ty::Bool, span))
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
                let none = Const::int(ty::IntTy::U8, 0)?;
                let none = self.constant(none, span);
                Some(self.compare(BinaryOp::Ne, kind, none, span))
            }
        }
    }
}
