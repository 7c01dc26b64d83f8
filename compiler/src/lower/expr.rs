//! Expressions: each gives a value, or nothing where control does not come back.
//!
//! Length: `expr_or_unit` names every kind of expression once.

use deed_base::Span;

use super::cfg::Join;
use super::function::FnLowering;
use super::maps::default_of;
use crate::arena::Id;
use crate::mir::{self, Const, Op, Ty, ValueId};
use crate::thir::{BinaryOp, Block, Expr, ExprKind, LogicalOp, Range, UnaryOp, as_written};
use crate::ty;
use crate::value::Value;

impl FnLowering<'_, '_> {
    /// The value of an expression; nothing where control does not come back, and where a message
    /// was given.
    pub(super) fn expr(&mut self, expr: &Expr) -> Option<ValueId> {
        let value = self.expr_or_unit(expr);
        if value.is_none() && self.at.is_some() && self.concrete(&expr.ty) == ty::Ty::Unit {
            let unit = self.lowering.machine(&ty::Ty::Unit, expr.span);
            return Some(self.record(unit, Vec::new(), expr.span));
        }
        if value.is_none() {
            self.at = None;
        }
        value
    }

    /// As [`Self::expr`], and control may come back without a value.
    pub(super) fn expr_or_unit(&mut self, expr: &Expr) -> Option<ValueId> {
        self.at?;
        let span = expr.span;
        match &expr.kind {
            ExprKind::Value(Value::Unit) => None,
            ExprKind::Value(value) => self.known(value, expr),
            ExprKind::Const(id) => {
                let package = self.lowering.package;
                self.known(package.constants[*id].value.as_ref()?, expr)
            }
            ExprKind::ConstParam(id) => {
                let number = self.types.get(id).and_then(ty::Ty::as_number)?;
                self.known(&Value::Int(number.into()), expr)
            }
            ExprKind::Read(place) => self.read(place),
            ExprKind::View { place, found } => self.view(place, *found, expr),
            ExprKind::Info(asset) => self.info(asset, expr),
            ExprKind::Context(kind) => Some(self.value(Op::Context(*kind), kind.ty().into(), span)),
            ExprKind::Unary(op, arg) => self.unary(*op, arg, span),
            ExprKind::Binary(op, left, right) => {
                let types = (&left.ty, &right.ty);
                let left = self.expr(left)?;
                let right = self.expr(right)?;
                self.binary(*op, left, right, types, span)
            }
            ExprKind::Logical(op, left, right) => self.logical(*op, left, right, span),
            ExprKind::InRange(value, range) => self.in_range(value, range, span),
            ExprKind::Cast(arg) => {
                let arg = self.expr(arg)?;
                let ty = self.machine(&expr.ty, span);
                Some(self.value(Op::Cast { arg }, ty, span))
            }
            ExprKind::Call { function, type_args, args } => {
                self.call(*function, type_args, args, expr)
            }
            ExprKind::CallLocal { function, args } => self.call_local(*function, args, expr),
            ExprKind::MapCall { op, map, args } => self.map_call(*op, map, args, expr),
            ExprKind::If { cond, then, otherwise } => self.if_value(cond, then, otherwise, span),
            ExprKind::Match { subject, arms } => self.match_value(subject, arms, span),
            ExprKind::ElseLeave { value, otherwise } => {
                self.content_or(value, |this, _| this.block(otherwise))
            }
            ExprKind::Coalesce(value, other) => self.content_or(value, |this, _| this.expr(other)),
            ExprKind::Propagate(value) => self.propagate(value, span),
            ExprKind::Some(_)
            | ExprKind::None
            | ExprKind::Ok(_)
            | ExprKind::Err(_)
            | ExprKind::Variant(..)
            | ExprKind::Tuple(_)
            | ExprKind::Struct(_)
            | ExprKind::Array(_)
            | ExprKind::Repeat(..) => self.made(expr),
            ExprKind::Part(whole, part) => {
                let whole = self.expr(whole)?;
                Some(self.field(whole, *part as usize, span))
            }
            ExprKind::Field(whole, field) => {
                let whole = self.expr(whole)?;
                Some(self.field(whole, field.index(), span))
            }
            // Both are packed sequences of elements.
            ExprKind::ArrayToVec(array) => self.expr(array),
            ExprKind::Index(list, index) => {
                let of = self.concrete(&list.ty);
                let list = self.expr(list)?;
                let index = self.expr(index)?;
                if matches!(of, ty::Ty::Map(_)) {
                    let default = default_of(&of);
                    return Some(self.entry_value(list, index, default.as_ref(), span)?.0);
                }
                Some(self.element(list, index, span))
            }
            ExprKind::Format(parts) => self.format(parts, span),
            ExprKind::External(external) => self.external(external, expr),
            ExprKind::Try(attempt) => self.attempt(attempt, expr),
            ExprKind::Failure(value, part) => self.failure_part(value, *part, span),
            ExprKind::Chain(chain) => self.chain(chain, span),
            ExprKind::Test(test) => self.test_expr(test, span),
            // These stand where the checker lets them, and are looked at by what they stand in.
            ExprKind::Let { .. }
            | ExprKind::Inout(_)
            | ExprKind::Closure { .. }
            | ExprKind::Function { .. } => {
                self.not_yet(span, "functions as values");
                None
            }
            ExprKind::Lift(arg) => {
                let arg = self.expr(arg)?;
                Some(self.lifted(arg, span))
            }
            ExprKind::Old(inner) => self.old_value(inner),
            ExprKind::Result => self.result_value(),
            ExprKind::Quantifier { kind, binders, body } => {
                self.quantifier(*kind, binders, body, span)
            }
            ExprKind::Sum { value, binders, filter } => {
                self.sum(value, binders, filter.as_deref(), span)
            }
            ExprKind::Error => None,
        }
    }

    /// A structured value.
    fn made(&mut self, expr: &Expr) -> Option<ValueId> {
        let span = expr.span;
        let ty = self.machine(&expr.ty, span);
        Some(match &expr.kind {
            ExprKind::Some(content) => {
                let content = self.expr(content)?;
                self.some(ty, content, span)
            }
            ExprKind::Ok(content) | ExprKind::Err(content) => {
                let variant = usize::from(matches!(expr.kind, ExprKind::Err(_)));
                let content = self.expr(content)?;
                self.variant(ty, variant, vec![content], span)
            }
            ExprKind::Variant(variant, parts) => {
                let parts = self.exprs(parts)?;
                self.variant(ty, variant.index(), parts, span)
            }
            ExprKind::Tuple(parts) | ExprKind::Struct(parts) => {
                let parts = self.exprs(parts)?;
                self.record(ty, parts, span)
            }
            ExprKind::Array(parts) => {
                let parts = self.exprs(parts)?;
                self.list_of(ty, parts, span)
            }
            ExprKind::Repeat(value) => {
                let value = self.expr(value)?;
                let count = self.length_of(&expr.ty, span)?;
                let count = self.number(count, span);
                self.value(Op::VecFill { count, value }, ty, span)
            }
            _ => self.none(ty, span),
        })
    }

    fn known(&mut self, value: &Value, expr: &Expr) -> Option<ValueId> {
        let ty = self.concrete(&expr.ty);
        self.literal(value, &ty, expr.span)
    }

    /// `a.info()`: those fields of an asset that are plain.
    fn info(&mut self, asset: &Expr, expr: &Expr) -> Option<ValueId> {
        let span = expr.span;
        let ty::Ty::Struct(id, _) = asset.ty else { return None };
        let package = self.lowering.package;
        let fields = package.structs[id].fields.iter();
        let plain = fields.filter(|(_, field)| !package.is_linear(&field.ty));
        let plain: Vec<usize> = plain.map(|(field, _)| field.index()).collect();
        let whole = self.expr(asset)?;
        let ty = self.machine(&expr.ty, span);
        let parts = plain.into_iter().map(|field| self.field(whole, field, span)).collect();
        Some(self.record(ty, parts, span))
    }

    /// `x in a..b`: all three are evaluated.
    fn in_range(&mut self, value: &Expr, range: &Range, span: Span) -> Option<ValueId> {
        let value = self.expr(value)?;
        let start = self.expr(&range.start)?;
        let end = self.expr(&range.end)?;
        let left = self.compare(mir::BinaryOp::Le, start, value, span);
        let below = if range.inclusive { mir::BinaryOp::Le } else { mir::BinaryOp::Lt };
        let right = self.compare(below, value, end, span);
        Some(self.value(Op::Binary { op: mir::BinaryOp::And, left, right }, Ty::Bool, span))
    }

    /// Values of all expressions, evaluated as they were written.
    pub(super) fn exprs(&mut self, exprs: &[Expr]) -> Option<Vec<ValueId>> {
        let mut values = vec![None; exprs.len()];
        for (at, expr) in as_written(exprs) {
            values[at] = Some(self.expr(expr)?);
        }
        values.into_iter().collect()
    }

    fn unary(&mut self, op: UnaryOp, arg: &Expr, span: Span) -> Option<ValueId> {
        let arg = self.expr(arg)?;
        let op = match op {
            UnaryOp::Neg => mir::UnaryOp::Neg,
            UnaryOp::Not => mir::UnaryOp::Not,
        };
        Some(self.value(Op::Unary { op, arg }, self.function.ty(arg), span))
    }

    /// An operation on two values of these types.
    pub(super) fn binary(
        &mut self,
        op: BinaryOp,
        left: ValueId,
        right: ValueId,
        types: (&ty::Ty, &ty::Ty),
        span: Span,
    ) -> Option<ValueId> {
        let (left, right) = self.scaled(op, left, right, types, span);
        let ty = if op.is_comparison() { Ty::Bool } else { self.function.ty(left) };
        Some(self.value(Op::Binary { op: machine_op(op), left, right }, ty, span))
    }

    /// A duration or amount times a number: the number as one of the amount's type.
    fn scaled(
        &mut self,
        op: BinaryOp,
        left: ValueId,
        right: ValueId,
        types: (&ty::Ty, &ty::Ty),
        span: Span,
    ) -> (ValueId, ValueId) {
        let (of_left, of_right) = (self.function.ty(left), self.function.ty(right));
        if of_left == of_right || op != BinaryOp::Mul {
            return (left, right);
        }
        match types.0.as_int() {
            None => (left, self.value(Op::Cast { arg: right }, of_left, span)),
            Some(_) => (self.value(Op::Cast { arg: left }, of_right, span), right),
        }
    }

    /// The right side runs only where the left one does not decide.
    fn logical(&mut self, op: LogicalOp, left: &Expr, right: &Expr, span: Span) -> Option<ValueId> {
        let decided = self.expr(left)?;
        let (yes, no) = self.branch(decided, span);
        let (ask, decides, outcome) = match op {
            LogicalOp::And => (yes, no, false),
            LogicalOp::Or => (no, yes, true),
            LogicalOp::Implies => (yes, no, true),
        };
        let mut join = Join::default();
        self.at = Some(decides);
        let outcome = self.constant(Const::Bool(outcome), left.span);
        self.lead(&mut join, Some(outcome));
        self.at = Some(ask);
        let right = self.expr(right);
        self.lead(&mut join, right);
        self.meet(join, span)
    }

    fn if_value(
        &mut self,
        cond: &Expr,
        then: &Block,
        otherwise: &Block,
        span: Span,
    ) -> Option<ValueId> {
        let scope = self.scope.len();
        let mut unfit = self.unfit();
        self.condition(cond, &mut unfit);
        let mut join = Join::default();
        let value = self.block(then);
        self.leave_scope(scope);
        self.lead(&mut join, value);
        self.meet(unfit.join, cond.span);
        let value = self.block(otherwise);
        self.lead(&mut join, value);
        self.meet(join, span)
    }
}

fn machine_op(op: BinaryOp) -> mir::BinaryOp {
    match op {
        BinaryOp::Add => mir::BinaryOp::Add,
        BinaryOp::Sub => mir::BinaryOp::Sub,
        BinaryOp::Mul => mir::BinaryOp::Mul,
        BinaryOp::Div => mir::BinaryOp::Div,
        BinaryOp::Rem => mir::BinaryOp::Rem,
        BinaryOp::Shl => mir::BinaryOp::Shl,
        BinaryOp::Shr => mir::BinaryOp::Shr,
        BinaryOp::BitAnd => mir::BinaryOp::And,
        BinaryOp::BitOr => mir::BinaryOp::Or,
        BinaryOp::BitXor => mir::BinaryOp::Xor,
        BinaryOp::Eq => mir::BinaryOp::Eq,
        BinaryOp::Ne => mir::BinaryOp::Ne,
        BinaryOp::Lt => mir::BinaryOp::Lt,
        BinaryOp::Le => mir::BinaryOp::Le,
        BinaryOp::Gt => mir::BinaryOp::Gt,
        BinaryOp::Ge => mir::BinaryOp::Ge,
    }
}
