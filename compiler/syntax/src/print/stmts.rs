//! Blocks and statements.

use super::exprs::{condition, expr};
use super::functions::{list_of, type_sexp};
use super::patterns::pattern;
use super::sexp::Sexp;
use crate::ast::*;

pub(super) fn block(b: &Block) -> Sexp {
    Sexp::node("block", b.stmts.iter().map(stmt))
}

fn otherwise(e: &Option<Box<Expr>>) -> Option<Sexp> {
    Sexp::optional("else", e.as_deref().map(expr))
}

fn stmt(s: &Stmt) -> Sexp {
    match &s.kind {
        StmtKind::Local(l) => {
            let flags = Sexp::flag("ghost", l.ghost);
            let ty = Sexp::optional("type", l.ty.as_ref().map(type_sexp));
            let parts = flags.into_iter().chain([pattern(&l.pattern)]).chain(ty);
            let head = if l.mutable { "var" } else { "let" };
            Sexp::node(head, parts.chain([expr(&l.value)]).chain(otherwise(&l.otherwise)))
        }
        StmtKind::Assign(a) => {
            let head = format!("{}=", a.op.map_or("", BinaryOp::symbol));
            let parts = [expr(&a.place), expr(&a.value)].into_iter();
            Sexp::node(&head, parts.chain(otherwise(&a.otherwise)))
        }
        StmtKind::Expr { expr: e, otherwise: None } => expr(e),
        StmtKind::Expr { expr: e, otherwise: o } => {
            Sexp::node("or-else", [expr(e)].into_iter().chain(otherwise(o)))
        }
        StmtKind::While(w) => {
            let parts = [condition(&w.condition)].into_iter().chain(loop_spec(&w.spec));
            Sexp::node("while", parts.chain([block(&w.body)]))
        }
        StmtKind::For(f) => {
            let parts =
                [pattern(&f.pattern), expr(&f.source)].into_iter().chain(loop_spec(&f.spec));
            Sexp::node("for", parts.chain([block(&f.body)]))
        }
        StmtKind::Emit(e) => Sexp::node("emit", [expr(e)]),
        StmtKind::Assert(e) => Sexp::node("assert", [expr(e)]),
        StmtKind::Assume(e) => Sexp::node("assume", [expr(e)]),
        StmtKind::Expect(e) => {
            let head = match e.kind {
                ExpectKind::Throw => "expect-throw",
                ExpectKind::Trap => "expect-trap",
                ExpectKind::Emit => "expect-emit",
            };
            Sexp::node(head, [expr(&e.what), expr(&e.call)])
        }
        StmtKind::Warp { by, amount } => {
            Sexp::node(if *by { "warp-by" } else { "warp-to" }, [expr(amount)])
        }
        StmtKind::Invalid => Sexp::atom("<invalid>"),
    }
}

fn loop_spec(spec: &LoopSpec) -> Vec<Sexp> {
    let invariants = spec.invariants.iter().map(|e| Sexp::node("invariant", [expr(e)]));
    invariants.chain(list_of("decreases", &spec.decreases)).collect()
}
