//! `throws`: callers may see declared errors, and no others.
//!
//! Holds always: a missing error is reported once a function, at the first place that throws it.

use std::collections::BTreeSet;

use deed_base::{Diagnostic, Diagnostics, Span, catalogue as codes};

use super::contracts::errors_of_call;
use super::effects::declares_throws;
use super::guards;
use crate::arena::{ErrorId, FnId};
use crate::hir;
use crate::thir::visit::Node;
use crate::thir::{Expr, ExprKind, External, FnKind, Function, Package, StmtKind};

pub(super) fn check(hir: &hir::Package, package: &Package, d: &mut Diagnostics) {
    for (id, function) in package.functions.iter() {
        if declares_throws(function) {
            if !hir.functions[id].throws_open {
                undeclared(id, function, hir, package, d);
            }
            unused(id, function, hir, package, d);
        }
    }
}

/// Reports errors that a function throws and does not declare.
fn undeclared(
    id: FnId,
    function: &Function,
    hir: &hir::Package,
    package: &Package,
    d: &mut Diagnostics,
) {
    let mut known: BTreeSet<ErrorId> = function.throws.iter().copied().collect();
    // What an `await` throws is no effect of the function.
    if !function.effects.schedules && function.effects.throws.is_subset(&known) {
        return;
    }
    for (error, span, through) in sites(function, package) {
        if known.insert(error) {
            let head = &hir.functions[id];
            d.push(missing(error, span, through, function, head, package));
        }
    }
}

/// Where a function throws what, and through which function if not itself.
fn sites(function: &Function, package: &Package) -> Vec<(ErrorId, Span, Option<FnId>)> {
    let mut sites = Vec::new();
    let checked = function.spec.requires.iter().filter(|requires| requires.check.is_some());
    for throw in checked.filter_map(|requires| requires.otherwise.as_ref()) {
        sites.push((throw.error, throw.span, None));
    }
    guards::walk(function, &mut |node, guard| match node {
        Node::Stmt(stmt) => {
            if let StmtKind::Throw(throw) = &stmt.kind
                && !guard.catches(throw.error)
            {
                sites.push((throw.error, throw.span, None));
            }
        }
        Node::Expr(expr) => {
            let errors = errors_of_call(expr, package).iter();
            let thrown = errors.filter(|error| !guard.catches(**error));
            sites.extend(thrown.map(|error| (*error, expr.span, called(expr, package))));
        }
    });
    sites
}

/// The function that a call runs.
fn called(expr: &Expr, package: &Package) -> Option<FnId> {
    match &expr.kind {
        ExprKind::Call { function, .. } | ExprKind::Function { function, .. } => Some(*function),
        ExprKind::External(external) => match &**external {
            External::Call(call) => Some(call.function),
            External::Deploy(deploy) => package.contracts[deploy.contract].init,
            _ => None,
        },
        _ => None,
    }
}

fn missing(
    error: ErrorId,
    span: Span,
    through: Option<FnId>,
    function: &Function,
    head: &hir::Function,
    package: &Package,
) -> Diagnostic {
    let error = &package.errors[error].name;
    let name = &function.name;
    let message = match through {
        Some(callee) => format!(
            "`{}` may throw `{}`, which `{}` does not declare",
            package.functions[callee].name.text, error.text, name.text
        ),
        None => format!("`{}` throws `{}` without declaring it", name.text, error.text),
    };
    let diagnostic = Diagnostic::new(codes::UNDECLARED_THROW, span, message)
        .label(format!("throws `{}`", error.text))
        .also(name.span, "not in the `throws` of this function")
        .help(format!("declare it: `throws {}`", error.text));
    let Some(at) = head.throws_insert else { return diagnostic };
    let text = match (head.throws.is_empty(), head.result.is_some()) {
        (false, _) => format!(", {}", error.text),
        (true, true) => format!(" throws {}", error.text),
        (true, false) => format!("throws {} ", error.text),
    };
    diagnostic.fix(format!("declare `{}`", error.text), at, text)
}

/// Warns of errors that are declared and never thrown.
fn unused(
    id: FnId,
    function: &Function,
    hir: &hir::Package,
    package: &Package,
    d: &mut Diagnostics,
) {
    if function.body.is_none() || function.kind == FnKind::Spec {
        return;
    }
    for throws in &hir.functions[id].throws {
        if !function.effects.throws.contains(&throws.error) {
            let error = &package.errors[throws.error].name.text;
            let name = &function.name.text;
            let message = format!("`{name}` declares `{error}`, but nothing in it throws that");
            let diagnostic = Diagnostic::new(codes::UNUSED_THROW, throws.span, message);
            d.push(diagnostic.help("remove it, so that callers need not expect it"));
        }
    }
}
