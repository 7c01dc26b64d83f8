//! Operators in a row.
//!
//! In: operands and operators as written. Out: the tree by precedence.
//! Tightest first: `* / %`, `+ -`, `<< >>`, `&`, `^`, `|`, `..`, `??`, comparisons and `in` (not
//! chained), `&&`, `||`, `==>` (to the right).

use deed_base::{Diagnostic, Span, catalogue};

use crate::ast::{BinaryOp, Expr, ExprKind, UnaryOp};
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
pub(crate) struct Ops {
    first: Expr,
    rest: Vec<(Operator, Expr)>,
}

impl Ops {
    pub(crate) fn new(first: Expr) -> Self {
        Ops { first, rest: Vec::new() }
    }

    pub(crate) fn push(mut self, sign: BinarySign, span: Span, next: Expr) -> Self {
        self.rest.push(((sign, span), next));
        self
    }
}

/// Settles precedence with a stack of operands and one of operators.
pub(crate) fn fold(cx: &Context<'_>, ops: Ops) -> Expr {
    let mut last = ops.first;
    let mut stack: Vec<(Expr, Operator)> = Vec::new();
    for (operator, next) in ops.rest {
        while let Some((left, top)) = stack.pop_if(|(_, top)| binds_first(top.0, operator.0)) {
            let refused = refuse_chain(cx, top, operator);
            last = combine(left, top, last);
            if refused {
                last.kind = ExprKind::Invalid;
            }
        }
        stack.push((last, operator));
        last = next;
    }
    while let Some((left, top)) = stack.pop() {
        last = combine(left, top, last);
    }
    last
}

/// Whether the operator on the left takes what stands between the two.
fn binds_first(left: BinarySign, right: BinarySign) -> bool {
    let rightwards = right == BinarySign::Op(BinaryOp::Implies);
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
    let (left, right) = (Box::new(left), Box::new(right));
    let kind = match sign {
        BinarySign::Op(op) => ExprKind::Binary { op, op_span, left, right },
        _ => ExprKind::Range {
            start: Some(left),
            end: Some(right),
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
