//! Actions of blocks and statements.

use deed_base::{Diagnostic, Span, catalogue};

use super::{Ops, fold};
use crate::ast::*;
use crate::parser::context::{Context, Recovery};

/// What stands on the lines of a block.
pub(crate) enum StmtEntry {
    Stmt(Stmt),
    Clause(Box<LoopClause>),
}

/// `invariant e`, with the `decreases` that may follow on the next line, or a `decreases` alone.
pub(crate) struct LoopClause {
    word: &'static str,
    spec: LoopSpec,
    span: Span,
}

/// The sign of an assignment.
#[derive(Clone, Copy)]
pub(crate) struct AssignSign {
    pub(crate) op: Option<BinaryOp>,
    pub(crate) span: Span,
}

/// A value and what follows `else`.
pub(crate) type Value = (Expr, Option<Box<Expr>>);

pub(crate) fn block(cx: &Context<'_>, start: u32, entries: Vec<StmtEntry>, end: u32) -> Block {
    let stmt = |entry| match entry {
        StmtEntry::Stmt(stmt) => Some(stmt),
        StmtEntry::Clause(clause) => {
            misplaced(cx, &clause);
            None
        }
    };
    Block { stmts: entries.into_iter().filter_map(stmt).collect(), span: cx.span(start, end) }
}

/// A loop's body, with its clauses taken from its top.
pub(crate) fn loop_body(
    cx: &Context<'_>,
    start: u32,
    entries: Vec<StmtEntry>,
    end: u32,
) -> (LoopSpec, Block) {
    let mut spec = LoopSpec::default();
    let mut entries = entries.into_iter().peekable();
    while let Some(StmtEntry::Clause(clause)) =
        entries.next_if(|entry| matches!(entry, StmtEntry::Clause(_)))
    {
        spec.invariants.extend(clause.spec.invariants);
        spec.decreases.extend(clause.spec.decreases);
    }
    (spec, block(cx, start, entries.collect(), end))
}

pub(crate) fn loop_invariant(invariant: Expr, decreases: Vec<Expr>, span: Span) -> StmtEntry {
    let spec = LoopSpec { invariants: vec![invariant], decreases };
    StmtEntry::Clause(Box::new(LoopClause { word: "invariant", spec, span }))
}

pub(crate) fn loop_decreases(decreases: Vec<Expr>, span: Span) -> StmtEntry {
    let spec = LoopSpec { invariants: Vec::new(), decreases };
    StmtEntry::Clause(Box::new(LoopClause { word: "decreases", spec, span }))
}

fn misplaced(cx: &Context<'_>, clause: &LoopClause) {
    let word = clause.word;
    cx.report(
        Diagnostic::new(
            catalogue::MISPLACED_CLAUSE,
            clause.span,
            format!("`{word}` stands at the top of a loop's body"),
        )
        .help("move it to the top, or write `assert` for what holds just here"),
    );
}

pub(crate) fn invalid_stmt(
    cx: &Context<'_>,
    start: u32,
    recovery: Recovery,
    end: u32,
) -> StmtEntry {
    cx.syntax_error(recovery);
    StmtEntry::Stmt(Stmt { kind: StmtKind::Invalid, span: cx.span(start, end) })
}

pub(crate) fn local(
    ghost: bool,
    mutable: bool,
    pattern: Pattern,
    ty: Option<Type>,
    (value, otherwise): Value,
) -> StmtKind {
    StmtKind::Local(Box::new(Local { mutable, ghost, pattern, ty, value, otherwise }))
}

pub(crate) fn expr_stmt((expr, otherwise): Value) -> StmtKind {
    StmtKind::Expr { expr, otherwise }
}

pub(crate) fn assign(
    cx: &Context<'_>,
    place: Ops,
    sign: AssignSign,
    (value, otherwise): Value,
) -> StmtKind {
    let mut place = fold(place);
    if !is_place(&place) {
        cx.report(
            Diagnostic::new(
                catalogue::BAD_EXPRESSION,
                place.span,
                "this is not a place that could be assigned to",
            )
            .help("a place is a `var`, a field or an element; two values are compared with `==`"),
        );
        place.kind = ExprKind::Invalid;
    }
    StmtKind::Assign(Box::new(Assign { place, op: sign.op, op_span: sign.span, value, otherwise }))
}

fn is_place(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Name { .. } | ExprKind::Field(_) | ExprKind::Index(_) => true,
        ExprKind::SelfValue | ExprKind::Invalid => true,
        ExprKind::Tuple(parts) => !parts.is_empty() && parts.iter().all(is_place),
        _ => false,
    }
}

pub(crate) fn for_stmt(
    cx: &Context<'_>,
    span: Span,
    parallel: bool,
    pattern: Pattern,
    source: Expr,
    (spec, body): (LoopSpec, Block),
) -> StmtKind {
    if parallel {
        cx.report(
            Diagnostic::new(catalogue::LATER_VERSION, span, "`par for` is not in the language yet")
                .help("write `for`: transactions already run in parallel with each other"),
        );
    }
    StmtKind::For(Box::new(ForStmt { pattern, source, spec, body }))
}

/// A statement as the body of an arm: a block of its own.
pub(crate) fn stmt_body(cx: &Context<'_>, start: u32, kind: StmtKind, end: u32) -> Expr {
    let span = cx.span(start, end);
    let block = Block { stmts: [Stmt { kind, span }].into(), span };
    Expr { kind: ExprKind::Block(block), span }
}
