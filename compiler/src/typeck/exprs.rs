//! Expressions.
//!
//! Holds always: every path gives an expression with a type; after a message it is `Ty::Error`.
//!
//! Length: `expr` has one short arm a kind of expression.

use deed_base::{Diagnostic, Span, catalogue as codes};
use deed_bytecode::ContextKind;
use num_bigint::BigInt;

use super::cx::{Cx, Mode, error_expr};
use super::errors;
use super::eval::not_constant;
use super::infer::Kind;
use super::places::is_place;
use crate::hir;
use crate::thir::{Expr, ExprKind, context_ty};
use crate::ty::{IntTy, Ty};
use crate::value::Value;

impl Cx<'_> {
    /// The expression where a value of type `want` is needed.
    pub(super) fn check(&mut self, expr: &hir::Expr, want: &Ty) -> Expr {
        let typed = self.expr(expr, Some(want));
        self.coerce(typed, want)
    }

    /// The expression; `want` is what its place would like, which numbers without suffix take.
    pub(super) fn expr(&mut self, expr: &hir::Expr, want: Option<&Ty>) -> Expr {
        use hir::ExprKind as Hir;
        let span = expr.span;
        match &expr.kind {
            Hir::Int(literal) => self.int(literal, want, span),
            Hir::Bool(value) => value_expr(Value::Bool(*value), Ty::Bool, span),
            Hir::Unit => value_expr(Value::Unit, Ty::Unit, span),
            Hir::Str(parts) => self.string(parts, span),
            Hir::Bytes(bytes) => self.bytes(bytes, want, span),
            Hir::Array(parts) => self.array(parts, want, span),
            Hir::Repeat { value, len } => self.repeat(value, len, want, span),
            Hir::Tuple(parts) => self.tuple(parts, want, span),
            Hir::Some(args) => self.some(args, want, span),
            Hir::Ok(args) => self.ok(args, want, span),
            Hir::Err(args) => self.err(args, want, span),
            Hir::None => {
                let of = self.infer.fresh(Kind::Any, span);
                Expr { kind: ExprKind::None, ty: Ty::option(of), span }
            }
            Hir::Struct { id, type_args, fields } => {
                self.struct_literal(*id, type_args, fields, want, span)
            }
            Hir::Variant { of, name, args } => self.variant(*of, name, args.as_deref(), want, span),
            Hir::Const(id) => {
                let ty = self.items.constants[*id].ty.clone();
                Expr { kind: ExprKind::Const(*id), ty, span }
            }
            Hir::ConstParam(id) => self.const_param(*id, span),
            Hir::Unary(op, operand) => self.unary(*op, operand, want, span),
            Hir::Binary { op, op_span, left, right } => {
                self.binary(*op, *op_span, left, right, want, span)
            }
            Hir::Cast { to, args } => self.cast(*to, args, span),
            Hir::Field { base, name } if !is_place(base) => self.field_of_value(base, name, span),
            Hir::Index { base, index } if !is_place(expr) => self.index_value(base, index, span),
            Hir::Error => error_expr(span),
            _ if self.mode == Mode::Constant && !(is_call(expr) && self.items.ready) => {
                self.d.push(match is_call(expr) {
                    true => not_constant(span).help("give it a name: `const N: u64 = count()`"),
                    false => not_constant(span),
                });
                error_expr(span)
            }
            Hir::Local(_) | Hir::State(_) | Hir::Index { .. } | Hir::Field { .. } => {
                self.read(expr)
            }
            Hir::Context(context) => context_expr(*context, span),
            Hir::Method { base, name, type_args, args } => {
                self.method(base, name, type_args, args, span)
            }
            Hir::Static { of, name, type_args, args } => {
                self.static_call(of, name, type_args, args, want, span)
            }
            Hir::Call { function, type_args, args } => {
                self.call(*function, type_args, args, want, span)
            }
            Hir::CallLocal { function, args } => self.call_local(*function, args, span),
            Hir::Function { .. } | Hir::Closure(_) => self.stray_function(span),
            Hir::View(_) => self.stray_view(span),
            Hir::Propagate(value) => self.propagate(value, want, span),
            Hir::If { cond, then, otherwise } => {
                self.if_value(cond, then, otherwise.as_deref(), want, span)
            }
            Hir::External(external) => self.external(external, span),
            Hir::Try(attempt) => self.try_value(attempt, want, span),
            Hir::Match { subject, arms } => self.match_value(subject, arms, want, span),
            Hir::Let { pattern, value } => self.let_condition(pattern, value, span),
            Hir::Old(args) => self.old(args, span),
            Hir::Result => self.spec_result(span),
            Hir::Quantifier { kind, binders, body } => self.quantifier(*kind, binders, body, span),
            Hir::Sum { value, count, binders, filter } => {
                self.sum(value, *count, binders, filter.as_deref(), span)
            }
            Hir::Range { .. } => {
                self.d.push(errors::range_value(span));
                error_expr(span)
            }
            Hir::Chain(chain) => self.chain(chain, span),
            Hir::Test(test) => self.test_expr(test, span),
            Hir::Block(_)
            | Hir::Return(_)
            | Hir::Throw(_)
            | Hir::Reject(_)
            | Hir::Break
            | Hir::Continue => {
                self.d.push(no_value("this", span));
                error_expr(span)
            }
        }
    }

    /// A number takes its suffix, or what its place wants, or what its uses will tell.
    fn int(&mut self, literal: &hir::IntLit, want: Option<&Ty>, span: Span) -> Expr {
        let value = &literal.value;
        let wanted = want.map(|want| self.infer.shallow(want));
        let ty = match (literal.suffix, wanted) {
            (Some(suffix), _) => Ty::Int(suffix),
            (None, Some(known @ (Ty::Int(_) | Ty::Error))) => known,
            (None, Some(amount))
                if *value == BigInt::from(0) && self.zero_type(&amount).is_some() =>
            {
                let int = self.zero_type(&amount).unwrap_or(Ty::Error);
                return self.zero(&amount, &int, span);
            }
            (None, Some(of @ Ty::Param(_)))
                if *value == BigInt::ZERO && self.is_additive_param(&of) =>
            {
                return value_expr(Value::Int(value.clone()), of, span);
            }
            (None, Some(of @ Ty::Param(_))) if self.is_param_with(&of, "Integer") => {
                self.check_literal(value, &Ty::Int(IntTy::I8), span);
                return value_expr(Value::Int(value.clone()), of, span);
            }
            (None, _) if self.in_spec() => Ty::SpecInt,
            (None, Some(open)) if self.infer.is_open_int(&open) => open,
            (None, _) => {
                let ty = self.open_literal(value, span);
                return value_expr(Value::Int(value.clone()), ty, span);
            }
        };
        self.check_literal(value, &ty, span);
        value_expr(Value::Int(value.clone()), ty, span)
    }

    /// The literal `-n`, whose range is not that of `n`.
    pub(super) fn negative(
        &mut self,
        literal: &hir::IntLit,
        want: Option<&Ty>,
        span: Span,
    ) -> Expr {
        let negated = hir::IntLit { value: -literal.value.clone(), suffix: literal.suffix };
        self.int(&negated, want, span)
    }

    fn read(&mut self, expr: &hir::Expr) -> Expr {
        if let hir::ExprKind::Field { base, name } = &expr.kind
            && let Some(found) = self.told_field_of_place(base, name, expr.span)
        {
            return found;
        }
        let Some(place) = self.place(expr) else { return error_expr(expr.span) };
        let ty = place.ty.clone();
        if !self.in_spec() && self.is_state_collection(&place) {
            self.d.push(errors::collection_value(expr.span));
            return error_expr(expr.span);
        }
        if let Ty::Fn(_) = self.infer.shallow(&ty) {
            return self.stray_function(expr.span);
        }
        Expr { kind: ExprKind::Read(Box::new(place)), ty, span: expr.span }
    }

    fn cast(&mut self, to: IntTy, args: &[hir::Arg], span: Span) -> Expr {
        let [hir::Arg { name: None, value, .. }] = args else {
            let message = format!("the cast `{}(..)` takes one value", to.name());
            self.d.push(Diagnostic::new(codes::WRONG_ARGUMENTS, span, message));
            return error_expr(span);
        };
        let ty = Ty::Int(to);
        let operand = self.expr(value, None);
        let from = self.infer.shallow(&operand.ty);
        if self.infer.is_open_int(&from) {
            self.infer.unify(&from, &ty);
        }
        let allowed = match &from {
            Ty::Error => return error_expr(span),
            Ty::SpecInt => true,
            Ty::Time => to == IntTy::U64,
            Ty::Param(_) => self.is_param_with(&from, "Integer"),
            _ => self.infer.is_int(&from),
        };
        if !allowed {
            let text = self.show(&from);
            let message = format!("`{}(..)` converts integers, and this is {text}", to.name());
            let diagnostic = Diagnostic::new(codes::BAD_CAST, operand.span, message);
            self.d.push(match from {
                Ty::Bool => diagnostic.help("write `if x { 1 } else { 0 }`"),
                Ty::Time => diagnostic.help("a time is a `u64` of seconds: `u64(..)`"),
                _ => diagnostic,
            });
            return error_expr(span);
        }
        Expr { kind: ExprKind::Cast(Box::new(operand)), ty, span }
    }

    /// An `if` whose value is used.
    fn if_value(
        &mut self,
        cond: &hir::Expr,
        then: &hir::Block,
        otherwise: Option<&hir::Expr>,
        want: Option<&Ty>,
        span: Span,
    ) -> Expr {
        let cond = Box::new(self.check(cond, &Ty::Bool));
        let mut then = self.value_block(then, want);
        let Some(otherwise) = otherwise else {
            // The parser has said that it lacks an `else`.
            self.infer.poison(&then.ty);
            return error_expr(span);
        };
        let hint = if then.ty == Ty::Never { want.cloned() } else { Some(then.ty.clone()) };
        let mut otherwise = self.value_arm(otherwise, hint.as_ref());
        let ty = self.join(&mut then, &mut otherwise);
        let (then, otherwise) = (Box::new(then), Box::new(otherwise));
        Expr { kind: ExprKind::If { cond, then, otherwise }, ty, span }
    }

    pub(super) fn require_value(&mut self, span: Span, what: &str) {
        self.d
            .push(no_value(what, span).help("end it with the value, as an expression of its own"));
    }
}

/// Whether it calls a function or method, which may do no more than compute.
fn is_call(expr: &hir::Expr) -> bool {
    use hir::ExprKind as Hir;
    matches!(expr.kind, Hir::Call { .. } | Hir::Method { .. } | Hir::Static { .. })
}

fn no_value(what: &str, span: Span) -> Diagnostic {
    let message = format!("{what} gives no value, and one is needed here");
    Diagnostic::new(codes::NO_VALUE, span, message)
}

pub(super) fn value_expr(value: Value, ty: Ty, span: Span) -> Expr {
    Expr { kind: ExprKind::Value(value), ty, span }
}

fn context_expr(context: ContextKind, span: Span) -> Expr {
    Expr { kind: ExprKind::Context(context), ty: context_ty(context), span }
}
