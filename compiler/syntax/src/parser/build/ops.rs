//! Operators in a row.
//!
//! In: operands and operators as written. Out: the tree by precedence.
//! Tightest first: `* / %`, `+ -`, `<< >>`, `&`, `^`, `|`, `..`, `??` (to the right), comparisons and
//! `in` (not chained), `&&`, `||`, `==>` (to the right).

use deed_base::{Diagnostic, Span, catalogue};

use crate::ast::{BinaryExpr, BinaryOp, Expr, ExprKind, UnaryOp};
use crate::parser::context::Context;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum BinarySign {
    Op(BinaryOp),
    Range,
    RangeInclusive,
}

impl BinarySign {
    /// Higher binds tighter.
    fn precedence(self) -> u8 {
        use BinaryOp::*;
        match self {
            BinarySign::Range | BinarySign::RangeInclusive => 6,
            BinarySign::Op(op) => match op {
                Mul | Div | Rem => 12,
                Add | Sub => 11,
                Shl | Shr => 10,
                BitAnd => 9,
                BitXor => 8,
                BitOr => 7,
                Coalesce => 5,
                Eq | Ne | Lt | Le | Gt | Ge | In => 4,
                And => 3,
                Or => 2,
                Implies => 1,
            },
        }
    }

    fn is_comparison(self) -> bool {
        matches!(self, BinarySign::Op(op) if op.is_comparison())
    }

    fn is_range(self) -> bool {
        matches!(self, BinarySign::Range | BinarySign::RangeInclusive)
    }
}

type Operator = (BinarySign, Span);

/// Operands with operators between them.
pub(crate) enum Ops {
    /// Without any operator, as nearly always.
    One(Expr),
    /// What waits for tighter operators to its right: each operator binds tighter than the one
    /// before it, or as tightly to the right.
    Row(Vec<Piece>),
}

/// An operand, and the operator before it; the first has none.
pub(crate) struct Piece {
    before: Option<Operator>,
    operand: Expr,
}

impl Ops {
    /// Adds an operator and its right operand.
    pub(crate) fn push(self, cx: &Context<'_>, sign: BinarySign, span: Span, next: Expr) -> Self {
        let operator = (sign, span);
        let next = Piece { before: Some(operator), operand: next };
        let mut row = match self {
            Ops::One(operand) => return Ops::Row(vec![Piece { before: None, operand }, next]),
            Ops::Row(row) => row,
        };
        let first = |piece: &Piece| piece.before.is_some_and(|left| binds_first(left.0, sign));
        while row.last().is_some_and(first) {
            let refused = row.last().and_then(|piece| piece.before);
            let refused = refused.is_some_and(|left| refuse_chain(cx, left, operator));
            combine_last(&mut row);
            if let (true, Some(last)) = (refused, row.last_mut()) {
                last.operand.kind = ExprKind::Invalid;
            }
        }
        row.push(next);
        Ops::Row(row)
    }
}

/// The tree of a row that is complete.
pub(crate) fn fold(ops: Ops) -> Expr {
    match ops {
        Ops::One(expr) => expr,
        Ops::Row(mut row) => loop {
            if let Some(tree) = row.pop_if(|piece| piece.before.is_none()) {
                return tree.operand;
            }
            combine_last(&mut row);
        },
    }
}

/// Makes the last two operands one.
fn combine_last(row: &mut Vec<Piece>) {
    let Some(Piece { before: Some(operator), operand: right }) = row.pop() else { return };
    let Some(piece) = row.pop() else { return };
    row.push(Piece { operand: combine(piece.operand, operator, right), ..piece });
}

/// Whether the operator on the left takes what stands between the two.
fn binds_first(left: BinarySign, right: BinarySign) -> bool {
    let rightwards = matches!(right, BinarySign::Op(BinaryOp::Implies | BinaryOp::Coalesce));
    left.precedence() > right.precedence() || left.precedence() == right.precedence() && !rightwards
}

/// Reports a chain; it has no meaning, and so no later stage may complain about its parts.
fn refuse_chain(cx: &Context<'_>, left: Operator, right: Operator) -> bool {
    let both = |test: fn(BinarySign) -> bool| test(left.0) && test(right.0);
    if !both(BinarySign::is_comparison) && !both(BinarySign::is_range) {
        return false;
    }
    let message = match right.0 {
        BinarySign::Op(_) => "comparisons are not chained",
        _ => "ranges are not chained",
    };
    cx.report(
        Diagnostic::new(catalogue::CHAINED_COMPARISON, right.1, message)
            .also(left.1, "the first one")
            .help("join two comparisons with `&&`, or put one of them in parentheses"),
    );
    true
}

fn combine(left: Expr, (sign, op_span): Operator, right: Expr) -> Expr {
    let span = left.span.to(right.span);
    let kind = match sign {
        BinarySign::Op(op) => ExprKind::Binary(Box::new(BinaryExpr { op, op_span, left, right })),
        _ => ExprKind::Range {
            start: Some(Box::new(left)),
            end: Some(Box::new(right)),
            inclusive: sign == BinarySign::RangeInclusive,
        },
    };
    Expr { kind, span }
}

pub(crate) fn unary(op: UnaryOp, operand: Expr) -> ExprKind {
    ExprKind::Unary { op, operand: Box::new(operand) }
}

/// A range in brackets with an open end.
pub(crate) fn open_range(
    cx: &Context<'_>,
    left: u32,
    start: Option<Expr>,
    end: Option<Expr>,
    inclusive: bool,
    right: u32,
) -> Expr {
    let kind = ExprKind::Range { start: start.map(Box::new), end: end.map(Box::new), inclusive };
    cx.expr(left, kind, right)
}
