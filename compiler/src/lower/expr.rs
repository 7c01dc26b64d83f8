//! Expressions: each gives a value, or nothing where control does not come back.

use deed_base::Span;

use super::cfg::Join;
use super::function::FnLowering;
use crate::arena::FnId;
use crate::mir::{self, Const, Op, Ty, ValueId};
use crate::thir::{BinaryOp, Block, Expr, ExprKind, LogicalOp, UnaryOp};

impl FnLowering<'_, '_> {
    /// The value of an expression; nothing where control does not come back, and where a message
    /// was given.
    pub(super) fn expr(&mut self, expr: &Expr) -> Option<ValueId> {
        let value = self.expr_or_unit(expr);
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
            ExprKind::Value(value) => {
                let value = self.lowering.constant_of(value, &expr.ty, span);
                Some(self.constant(value, span))
            }
            ExprKind::Const(id) => {
                let value = self.lowering.package.constants[*id].value.as_ref()?;
                let value = self.lowering.constant_of(value, &expr.ty, span);
                Some(self.constant(value, span))
            }
            ExprKind::Read(place) => self.read(place),
            ExprKind::View { .. } | ExprKind::Info(_) => {
                self.not_yet(span, "views and assets");
                None
            }
            ExprKind::Context(kind) => Some(self.value(Op::Context(*kind), kind.ty().into(), span)),
            ExprKind::Unary(op, arg) => self.unary(*op, arg, span),
            ExprKind::Binary(op, left, right) => {
                let left = self.expr(left)?;
                let right = self.expr(right)?;
                self.binary(*op, left, right, span)
            }
            ExprKind::Logical(op, left, right) => self.logical(*op, left, right, span),
            ExprKind::Cast(arg) => {
                let arg = self.expr(arg)?;
                let ty = self.lowering.scalar_of(&expr.ty, span);
                Some(self.value(Op::Cast { arg }, ty, span))
            }
            ExprKind::Call { function, args, .. } => self.call(*function, args, expr),
            ExprKind::MapCall { op, map, args } => self.map_call(*op, map, args, expr),
            ExprKind::If { cond, then, otherwise } => self.if_value(cond, then, otherwise, span),
            ExprKind::ElseLeave { value, otherwise } => {
                self.content_or(value, |this| this.block(otherwise))
            }
            ExprKind::Coalesce(value, other) => self.content_or(value, |this| this.expr(other)),
            ExprKind::Some(_) | ExprKind::None => {
                self.not_yet(span, "values of type `Option`");
                None
            }
            ExprKind::Ok(_) | ExprKind::Err(_) | ExprKind::Propagate(_) => {
                self.not_yet(span, "values of type `Result`");
                None
            }
            ExprKind::Match { .. } | ExprKind::Let { .. } => {
                self.not_yet(span, "patterns");
                None
            }
            ExprKind::Variant(..) => {
                self.not_yet(span, "values of enum types");
                None
            }
            ExprKind::CallLocal { .. }
            | ExprKind::Inout(_)
            | ExprKind::Closure { .. }
            | ExprKind::Function { .. } => {
                self.not_yet(span, "closures and `inout` arguments");
                None
            }
            ExprKind::Array(_) | ExprKind::Repeat(..) | ExprKind::Index(..) => {
                self.not_yet(span, "arrays");
                None
            }
            ExprKind::Format(_) => {
                self.not_yet(span, "strings with values in them");
                None
            }
            ExprKind::InRange(..) => {
                self.not_yet(span, "`in` as an operator");
                None
            }
            ExprKind::Tuple(_) | ExprKind::Part(..) => {
                self.not_yet(span, "tuples");
                None
            }
            ExprKind::Struct(_) | ExprKind::Field(..) => {
                self.not_yet(span, "structured values");
                None
            }
            ExprKind::External(external) => self.external(external, expr),
            ExprKind::Try(attempt) => self.attempt(attempt, expr),
            ExprKind::Failure(value, part) => self.failure_part(value, *part, span),
            ExprKind::Chain(chain) => self.chain(chain, span),
            ExprKind::Test(_) => {
                self.not_yet(span, "tests");
                None
            }
            ExprKind::Lift(_)
            | ExprKind::Old(_)
            | ExprKind::Result
            | ExprKind::Quantifier { .. }
            | ExprKind::Sum { .. }
            | ExprKind::Error => {
                self.not_yet(span, "expressions of specifications");
                None
            }
        }
    }

    /// Values of all expressions, from left to right.
    pub(super) fn exprs(&mut self, exprs: &[Expr]) -> Option<Vec<ValueId>> {
        exprs.iter().map(|expr| self.expr(expr)).collect()
    }

    /// Calls a function; gives its result where it has one.
    pub(super) fn call(&mut self, function: FnId, args: &[Expr], expr: &Expr) -> Option<ValueId> {
        let args = self.exprs(args)?;
        let package = self.lowering.package;
        let result = self.lowering.result_of(&package.functions[function].result, expr.span);
        let function = self.lowering.number_function(function);
        let op = Op::Call { function, args };
        match result {
            Some(ty) => Some(self.value(op, ty, expr.span)),
            None => {
                self.effect(op, expr.span);
                None
            }
        }
    }

    fn unary(&mut self, op: UnaryOp, arg: &Expr, span: Span) -> Option<ValueId> {
        let arg = self.expr(arg)?;
        let op = match op {
            UnaryOp::Neg => mir::UnaryOp::Neg,
            UnaryOp::Not => mir::UnaryOp::Not,
        };
        Some(self.value(Op::Unary { op, arg }, self.function.ty(arg), span))
    }

    pub(super) fn binary(
        &mut self,
        op: BinaryOp,
        left: ValueId,
        right: ValueId,
        span: Span,
    ) -> Option<ValueId> {
        let ty = if op.is_comparison() { Ty::Bool } else { self.function.ty(left) };
        Some(self.value(Op::Binary { op: machine_op(op), left, right }, ty, span))
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
        let condition = self.expr(cond)?;
        let (yes, no) = self.branch(condition, cond.span);
        let env = self.env.clone();
        let mut join = Join::default();
        self.at = Some(yes);
        let value = self.block(then);
        self.lead(&mut join, value);
        self.at = Some(no);
        self.env = env;
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
