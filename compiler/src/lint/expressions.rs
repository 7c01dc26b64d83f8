//! Conditions that never change, casts and assignments that do nothing, and division that loses.

use deed_base::{Diagnostic, Span, catalogue as codes};

use super::Cx;
use crate::thir::visit::{Node, walk_function};
use crate::thir::{BinaryOp, Expr, ExprKind, Function, Place, Stmt, StmtKind};
use crate::value::Value;

pub(super) fn check(cx: &mut Cx<'_>, function: &Function) {
    walk_function(function, &mut |node| match node {
        Node::Stmt(stmt) => statement(cx, stmt),
        Node::Expr(expr) => expression(cx, expr),
    });
}

fn statement(cx: &mut Cx<'_>, stmt: &Stmt) {
    match &stmt.kind {
        StmtKind::If { cond, .. } => constant_condition(cx, cond),
        StmtKind::Assign { place, value } => self_assignment(cx, stmt.span, place, value),
        _ => {}
    }
}

fn expression(cx: &mut Cx<'_>, expr: &Expr) {
    match &expr.kind {
        ExprKind::If { cond, .. } => constant_condition(cx, cond),
        ExprKind::Cast(inner) => needless_cast(cx, expr, inner),
        ExprKind::Binary(BinaryOp::Mul, left, right) => {
            divides_first(cx, expr.span, left);
            divides_first(cx, expr.span, right);
        }
        _ => {}
    }
}

fn constant_condition(cx: &mut Cx<'_>, cond: &Expr) {
    if let ExprKind::Value(Value::Bool(value)) = cond.kind {
        let message = format!("this condition is always `{value}`");
        cx.d.push(
            Diagnostic::new(codes::CONSTANT_CONDITION, cond.span, message)
                .help("keep the branch that runs, without the `if`"),
        );
    }
}

fn needless_cast(cx: &mut Cx<'_>, whole: &Expr, inner: &Expr) {
    // A literal in a cast is a way to give it its type.
    if whole.ty != inner.ty || matches!(inner.kind, ExprKind::Value(_)) {
        return;
    }
    let text = cx.text(inner.span);
    let message = "the value has this type already".to_owned();
    cx.d.push(
        Diagnostic::new(codes::NEEDLESS_CAST, whole.span, message)
            .help(format!("write `{text}`"))
            .fix("remove the cast", whole.span, text),
    );
}

fn self_assignment(cx: &mut Cx<'_>, span: Span, place: &Place, value: &Expr) {
    let ExprKind::Read(from) = &value.kind else { return };
    if place.base == from.base && cx.text(place.span) == cx.text(from.span) && pure(place) {
        let message = format!("`{}` is assigned to itself", cx.text(place.span));
        cx.d.push(
            Diagnostic::new(codes::SELF_ASSIGNMENT, span, message)
                .help("see whether one side should be something else"),
        );
    }
}

/// `(a / b) * c`, where the rest of the division is lost and then enlarged.
fn divides_first(cx: &mut Cx<'_>, whole: Span, operand: &Expr) {
    if let ExprKind::Binary(BinaryOp::Div, ..) = operand.kind
        && operand.ty.as_int().is_some()
    {
        let message = "the rest of this division is lost, and the loss is multiplied";
        cx.d.push(
            Diagnostic::new(codes::DIVIDES_FIRST, operand.span, message)
                .also(whole, "multiplied here")
                .help(
                    "multiply first, in a wider type if the product may not fit, and then divide",
                ),
        );
    }
}

/// Whether two expressions read the same place, without a call in between.
pub(super) fn same(cx: &Cx<'_>, left: &Expr, right: &Expr) -> bool {
    match (&left.kind, &right.kind) {
        (ExprKind::Read(a), ExprKind::Read(b)) => {
            a.base == b.base && pure(a) && cx.text(left.span) == cx.text(right.span)
        }
        _ => false,
    }
}

/// Whether finding a place runs no code of others: its text says which place it is.
fn pure(place: &Place) -> bool {
    use crate::thir::visit::{Part, place_parts};
    let mut pure = true;
    place_parts(place, &mut |part| {
        pure &= matches!(
            part,
            Part::Expr(Expr {
                kind: ExprKind::Value(_)
                    | ExprKind::Const(_)
                    | ExprKind::ConstParam(_)
                    | ExprKind::Context(_)
                    | ExprKind::Read(_),
                ..
            })
        );
    });
    pure
}
