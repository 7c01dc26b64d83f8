//! Comparisons whose outcome is known, or that are not what is meant.

use deed_base::{Diagnostic, catalogue as codes};
use num_bigint::BigInt;

use super::Cx;
use crate::thir::visit::{Node, walk_function};
use crate::thir::{BinaryOp, Expr, ExprKind, Function};
use crate::ty::Ty;
use crate::value::Value;

pub(super) fn check(cx: &mut Cx<'_>, function: &Function) {
    walk_function(function, &mut |node| {
        if let Node::Expr(expr) = node
            && let ExprKind::Binary(op, left, right) = &expr.kind
            && op.is_comparison()
        {
            comparison(cx, expr, *op, left, right);
        }
    });
}

fn comparison(cx: &mut Cx<'_>, whole: &Expr, op: BinaryOp, left: &Expr, right: &Expr) {
    with_bool(cx, whole, op, left, right);
    exact_time(cx, whole, op, left, right);
    if let Some(outcome) = known(op, left, right) {
        let message = format!("this is always `{outcome}`");
        cx.d.push(
            Diagnostic::new(codes::CONSTANT_CONDITION, whole.span, message)
                .help("an unsigned number is never below 0; see what was meant"),
        );
    }
    if super::expressions::same(cx, left, right) {
        let message = format!("`{}` compares a value with itself", op.symbol());
        cx.d.push(
            Diagnostic::new(codes::SAME_OPERANDS, whole.span, message)
                .help("see whether one side should be something else"),
        );
    }
}

/// `b == true`.
fn with_bool(cx: &mut Cx<'_>, whole: &Expr, op: BinaryOp, left: &Expr, right: &Expr) {
    let literal = |expr: &Expr| match expr.kind {
        ExprKind::Value(Value::Bool(value)) => Some(value),
        _ => None,
    };
    let (other, value) = match (literal(left), literal(right)) {
        (None, Some(value)) => (left, value),
        (Some(value), None) => (right, value),
        _ => return,
    };
    let keeps = match op {
        BinaryOp::Eq => value,
        BinaryOp::Ne => !value,
        _ => return,
    };
    let text = without_parentheses(cx.text(other.span));
    let simple = text.chars().all(|c| c.is_alphanumeric() || "_.()[]".contains(c));
    let shorter = match (keeps, simple) {
        (true, _) => text.to_owned(),
        (false, true) => format!("!{text}"),
        (false, false) => format!("!({text})"),
    };
    let message = format!("comparing with `{value}` says no more than `{shorter}`");
    cx.d.push(
        Diagnostic::new(codes::COMPARES_BOOL, whole.span, message)
            .help(format!("write `{shorter}`"))
            .fix(format!("write `{shorter}`"), whole.span, shorter),
    );
}

/// `a && b` of `(a && b)`.
fn without_parentheses(text: &str) -> &str {
    let inner = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    inner.filter(|inner| !inner.contains(['(', ')'])).unwrap_or(text)
}

/// Blocks have their own times, and one that is meant may never come.
fn exact_time(cx: &mut Cx<'_>, whole: &Expr, op: BinaryOp, left: &Expr, right: &Expr) {
    let is_now =
        |expr: &Expr| matches!(expr.kind, ExprKind::Context(deed_bytecode::ContextKind::Time));
    if matches!(op, BinaryOp::Eq | BinaryOp::Ne) && (is_now(left) || is_now(right)) {
        let message = "no block need have exactly this time";
        cx.d.push(
            Diagnostic::new(codes::EXACT_TIME, whole.span, message)
                .help("compare with `<`, `<=`, `>` or `>=`"),
        );
    }
}

/// What an unsigned number's comparison with 0 always gives.
fn known(op: BinaryOp, left: &Expr, right: &Expr) -> Option<bool> {
    let unsigned = |expr: &Expr| matches!(expr.ty, Ty::Int(int) if !int.is_signed());
    let zero = |expr: &Expr| matches!(&expr.kind, ExprKind::Value(Value::Int(value)) if *value == BigInt::from(0));
    match op {
        BinaryOp::Ge if unsigned(left) && zero(right) => Some(true),
        BinaryOp::Lt if unsigned(left) && zero(right) => Some(false),
        BinaryOp::Le if zero(left) && unsigned(right) => Some(true),
        BinaryOp::Gt if zero(left) && unsigned(right) => Some(false),
        _ => None,
    }
}
