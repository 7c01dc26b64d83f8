//! Expressions.

use super::area::Root;
use super::calls::calls_out;
use super::{Checker, Use, errors};
use crate::arena::LocalId;
use crate::thir::visit::expr_parts;
use crate::thir::{Block, Chain, Expr, ExprKind, Param, ParamMode, StructKind, as_written};
use crate::ty::Ty;

impl<'p> Checker<'p, '_> {
    /// An expression, whose value is used as `how` says.
    pub(super) fn expr(&mut self, expr: &'p Expr, how: Use) {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Read(place) => return self.read(place, how),
            ExprKind::View { place, .. } => return self.read(place, Use::Look),
            ExprKind::If { cond, then, otherwise } => {
                return self.branch(cond, then, Some(otherwise), how);
            }
            ExprKind::Match { subject, arms } => return self.match_arms(subject, arms, how),
            ExprKind::Try(attempt) => return self.attempt(attempt, how),
            ExprKind::ElseLeave { value, otherwise } => {
                return self.else_leave(value, otherwise, how);
            }
            ExprKind::Coalesce(value, other) => {
                self.expr(value, how);
                return self.maybe(other.span, |this| this.expr(other, how));
            }
            ExprKind::Logical(_, left, right) => {
                self.expr(left, Use::Look);
                return self.maybe(right.span, |this| this.expr(right, Use::Look));
            }
            ExprKind::Propagate(value) => self.propagate(value, span),
            ExprKind::Call { function, type_args, args } => {
                self.call(*function, type_args, args, span);
            }
            ExprKind::CallLocal { function, args } => self.call_local(*function, args, span),
            ExprKind::MapCall { op, map, args } => self.map_call(*op, map, args, span),
            ExprKind::External(external) => {
                if calls_out(external) {
                    self.call_out(span);
                }
                external.parts().into_iter().for_each(|part| self.expr(part, Use::Look));
            }
            ExprKind::Chain(chain) => {
                if matches!(**chain, Chain::Await(_)) {
                    self.call_out(span);
                }
                expr_parts(expr, &mut |part| self.part(part));
            }
            ExprKind::Closure { params, captures, body } => {
                return self.closure(params, captures, body, expr);
            }
            ExprKind::Struct(parts) => {
                self.must_be_maker(expr);
                self.gather(parts);
            }
            ExprKind::Variant(_, parts) | ExprKind::Tuple(parts) | ExprKind::Array(parts) => {
                self.gather(parts);
            }
            ExprKind::Some(part) | ExprKind::Ok(part) | ExprKind::Err(part) => {
                self.expr(part, Use::Take);
            }
            ExprKind::Repeat(part) => {
                self.expr(part, Use::Take);
                if self.is_linear(&part.ty) {
                    self.d.push(self.repeated(part));
                }
            }
            ExprKind::Field(base, _) | ExprKind::Part(base, _) | ExprKind::Index(base, _)
                if self.is_linear(&base.ty) =>
            {
                expr_parts(expr, &mut |part| self.part(part));
                return;
            }
            _ => expr_parts(expr, &mut |part| self.part(part)),
        }
        if how == Use::Look && self.is_linear(&expr.ty) && self.state.reachable {
            self.d.push(self.dropped(&expr.ty, span));
        }
    }

    /// Parts that go into a value.
    fn gather(&mut self, parts: &'p [Expr]) {
        as_written(parts).for_each(|(_, part)| self.expr(part, Use::Take));
    }

    /// The value of an expression statement goes nowhere.
    pub(super) fn unused(&mut self, value: &Expr) {
        // Of these `typeck` says that they are not used.
        let said = matches!(value.ty, Ty::Option(_) | Ty::Result(..));
        if self.state.reachable && !said && self.is_linear(&value.ty) {
            self.d.push(self.dropped(&value.ty, value.span));
        }
    }

    /// An asset is made in its own module alone.
    fn must_be_maker(&mut self, literal: &Expr) {
        let Ty::Struct(id, _) = &literal.ty else { return };
        let def = &self.package.structs[*id];
        if def.kind == StructKind::Asset && def.module != self.function.module {
            self.d.push(errors::made_elsewhere(def, literal.span));
        }
    }

    /// A closure may run any number of times, so it holds nothing linear and leaves everything as it
    /// finds it; it has copies of the plain data around it.
    fn closure(
        &mut self,
        params: &'p [Param],
        captures: &'p [LocalId],
        body: &'p Block,
        expr: &'p Expr,
    ) {
        for local in captures {
            let root = Root::Local(*local);
            if self.is_linear(&self.function.locals[*local].ty) && self.said.insert(root) {
                let name = &self.function.locals[*local].name;
                self.d.push(errors::captured(name, expr.span));
            }
        }
        let before = self.state.clone();
        let loops = std::mem::take(&mut self.loops);
        self.open();
        for param in params {
            let made = self.function.locals[param.local].name.span;
            match param.mode {
                ParamMode::View => self.lend(param.local, None, made),
                ParamMode::Inout => self.borrow(param.local),
                ParamMode::Take => self.own(param.local, made),
            }
        }
        self.block(body, Use::Take);
        self.close(super::end_of(body.span));
        self.loops = loops;
        let after = std::mem::replace(&mut self.state, before);
        self.state.absorb_deaths(&after);
    }
}
