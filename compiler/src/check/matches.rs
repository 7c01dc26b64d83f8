//! Every `match` covers all values, and each of its arms some.
//!
//! In: typed bodies. Out: messages, with a value that is not covered as the witness.
//! Holds always: patterns about which a message has been given are left alone.

use deed_base::{Diagnostic, Diagnostics, Span, catalogue as codes};

use super::occurs::Occurs;
use super::usefulness::{Verdict, judge};
use crate::arena::{Arena, FnId};
use crate::thir::visit::{Node, each_clause, walk_expr, walk_function};
use crate::thir::{Arm, Expr, ExprKind, Function, Package, Pattern, StmtKind};

pub(super) fn check(package: &Package, occurs: &Arena<FnId, Occurs>, d: &mut Diagnostics) {
    for (id, function) in package.functions.iter() {
        if occurs[id].patterns {
            in_function(function, package, d);
        }
        each_clause(function, &mut |clause| in_clause(clause, package, d));
    }
    for contract in package.contracts.values() {
        let clauses = contract.invariants.iter().chain(&contract.step_invariants);
        clauses.for_each(|clause| in_clause(&clause.cond, package, d));
    }
}

fn in_function(function: &Function, package: &Package, d: &mut Diagnostics) {
    walk_function(function, &mut |node| match node {
        Node::Expr(Expr { kind: ExprKind::Match { subject, arms }, .. }) => {
            check_match(subject, arms, package, d);
        }
        Node::Stmt(stmt) => {
            if let StmtKind::LetPattern { pattern, otherwise: None, .. }
            | StmtKind::ForEach { pattern, .. } = &stmt.kind
            {
                check_let(pattern, package, d);
            }
        }
        _ => {}
    });
}

fn in_clause(clause: &Expr, package: &Package, d: &mut Diagnostics) {
    walk_expr(clause, &mut |node| {
        if let Node::Expr(Expr { kind: ExprKind::Match { subject, arms }, .. }) = node {
            check_match(subject, arms, package, d);
        }
    });
}

fn check_match(subject: &Expr, arms: &[Arm], package: &Package, d: &mut Diagnostics) {
    if subject.ty.is_error() || arms.iter().any(|arm| arm.pattern.has_error()) {
        return;
    }
    let rows = arms.iter().map(|arm| (&arm.pattern, arm.guard.is_some()));
    let Some(verdict) = judge(&subject.ty, rows, package) else {
        return d.push(too_complex(subject.span));
    };
    if !verdict.missing.is_empty() {
        let message = format!("not covered: {}", shown(&verdict));
        let diagnostic = Diagnostic::new(codes::NOT_COVERED, subject.span, message);
        let diagnostic = diagnostic.label("no arm fits every value of this");
        d.push(diagnostic.help("add an arm for it, or `_ => ..` for all that is left"));
    }
    for (arm, useful) in arms.iter().zip(&verdict.useful) {
        if !useful {
            let message = "this arm is never reached";
            let diagnostic = Diagnostic::new(codes::UNREACHABLE_ARM, arm.pattern.span, message);
            let diagnostic = diagnostic.label("the arms above it cover all of this");
            d.push(diagnostic.help("remove it, or move it before the arms that cover it"));
        }
    }
}

fn check_let(pattern: &Pattern, package: &Package, d: &mut Diagnostics) {
    if pattern.has_error() {
        return;
    }
    let Some(verdict) = judge(&pattern.ty, std::iter::once((pattern, false)), package) else {
        return d.push(too_complex(pattern.span));
    };
    if !verdict.missing.is_empty() {
        let message = format!("not covered: {}", shown(&verdict));
        let diagnostic = Diagnostic::new(codes::NOT_COVERED, pattern.span, message);
        let diagnostic = diagnostic.label("does not fit every value");
        d.push(diagnostic.help("say what happens otherwise: `let .. = .. else throw E(..)`"));
    }
}

fn shown(verdict: &Verdict) -> String {
    let missing: Vec<String> = verdict.missing.iter().map(|text| format!("`{text}`")).collect();
    missing.join(", ")
}

fn too_complex(span: Span) -> Diagnostic {
    let message = "these patterns are too complex to say whether they cover every value";
    Diagnostic::new(codes::MATCH_TOO_COMPLEX, span, message)
        .help("take the value apart step by step, one `match` in an arm of another")
}
