//! Views and specifications read only.
//!
//! Holds always: the place that writes is reported, or the call that leads to it.

use deed_base::{Diagnostic, Diagnostics, Span, catalogue as codes};

use crate::thir::visit::{Node, each_clause, walk_expr, walk_function};
use crate::thir::{
    Chain, Contract, Expr, ExprKind, External, FnKind, Function, Package, Place, PlaceBase,
    StmtKind,
};

pub(super) fn check(package: &Package, d: &mut Diagnostics) {
    for function in package.functions.values() {
        if matches!(function.kind, FnKind::View | FnKind::Spec) && acts(function, package) {
            view(function, package, d);
        }
        each_clause(function, &mut |clause| specification(clause, package, d));
    }
    for contract in package.contracts.values() {
        let clauses = contract.invariants.iter().chain(&contract.step_invariants);
        clauses.for_each(|clause| specification(&clause.cond, package, d));
    }
}

fn acts(function: &Function, package: &Package) -> bool {
    let effects = &function.effects;
    !effects.writes.is_empty()
        || !effects.emits.is_empty()
        || !effects.deploys.is_empty()
        || effects.pays
        || effects.schedules
        || effects.outside.iter().any(|id| package.functions[*id].kind != FnKind::View)
}

/// What of `external` a view may not do.
fn leaves(external: &External, package: &Package) -> Option<String> {
    match external {
        External::Call(call) => {
            let callee = &package.functions[call.function];
            let message = format!("calls `{}` of another contract", callee.name.text);
            (callee.kind != FnKind::View).then(|| format!("{message}, which is no view"))
        }
        External::Deploy(_) => Some("makes a contract".to_owned()),
        External::Pay { .. } => Some("sends coins".to_owned()),
        _ => None,
    }
}

fn view(function: &Function, package: &Package, d: &mut Diagnostics) {
    let contract = function.contract().map(|id| &package.contracts[id]);
    walk_function(function, &mut |node| {
        let found = match node {
            Node::Stmt(stmt) => match &stmt.kind {
                StmtKind::Assign { place, .. } | StmtKind::OpAssign { place, .. } => {
                    writes(place, contract).map(|what| (place.span, what))
                }
                StmtKind::Emit { event, .. } => {
                    let event = &package.events[*event].name.text;
                    Some((stmt.span, format!("emits `{event}`")))
                }
                _ => None,
            },
            Node::Expr(expr) => expr_acts(expr, contract, package),
        };
        if let Some((span, what)) = found {
            d.push(not_a_view(function, span, &what));
        }
    });
}

fn expr_acts(
    expr: &Expr,
    contract: Option<&Contract>,
    package: &Package,
) -> Option<(Span, String)> {
    match &expr.kind {
        ExprKind::MapCall { op, map, .. } if op.writes() => {
            writes(map, contract).map(|what| (expr.span, what))
        }
        ExprKind::Chain(chain) => match &**chain {
            Chain::Table(call) if call.op.writes() => {
                writes(&call.table, contract).map(|what| (expr.span, what))
            }
            Chain::Schedule(_) | Chain::Cancel(_) | Chain::Await(_) => {
                Some((expr.span, "plans later work".to_owned()))
            }
            _ => None,
        },
        ExprKind::Inout(place) => writes(place, contract).map(|what| (place.span, what)),
        ExprKind::External(external) => leaves(external, package).map(|what| (expr.span, what)),
        ExprKind::Call { function, .. } if acts(&package.functions[*function], package) => {
            let callee = &package.functions[*function].name.text;
            Some((expr.span, format!("calls `{callee}`, which writes or emits")))
        }
        _ => None,
    }
}

fn writes(place: &Place, contract: Option<&Contract>) -> Option<String> {
    match (place.base, contract) {
        (PlaceBase::State(field), Some(contract)) => {
            Some(format!("writes `self.{}`", contract.state[field].name.text))
        }
        _ => None,
    }
}

fn not_a_view(function: &Function, span: Span, what: &str) -> Diagnostic {
    let name = &function.name;
    if function.kind == FnKind::Spec {
        let message = format!("a specification may only read, but this {what}");
        return Diagnostic::new(codes::SPEC_EFFECT, span, message)
            .also(name.span, "declared as a `spec fn`");
    }
    let message = format!("`{}` is a view and may only read, but this {what}", name.text);
    Diagnostic::new(codes::VIEW_WRITES, span, message)
        .also(name.span, "declared as a view")
        .help("make it an `entry fn`, or compute the answer without changing anything")
}

/// Reports calls of functions that act, in a clause.
fn specification(clause: &Expr, package: &Package, d: &mut Diagnostics) {
    walk_expr(clause, &mut |node| {
        let Node::Expr(expr) = node else { return };
        let callee = match &expr.kind {
            ExprKind::Call { function, .. } => &package.functions[*function],
            ExprKind::External(external) => {
                if !matches!(**external, External::At(_) | External::Address(_)) {
                    let message = "a specification cannot know what another contract answers";
                    let diagnostic = Diagnostic::new(codes::SPEC_EFFECT, expr.span, message);
                    d.push(
                        diagnostic.help("keep what it answered in a variable, and speak of that"),
                    );
                }
                return;
            }
            ExprKind::MapCall { op, .. } if op.writes() => {
                let message = format!("a specification may only read, and `{}` writes", op.name());
                d.push(Diagnostic::new(codes::SPEC_EFFECT, expr.span, message));
                return;
            }
            _ => return,
        };
        if acts(callee, package) {
            let name = &callee.name.text;
            let message = format!("a specification may only read, and `{name}` writes or emits");
            let diagnostic = Diagnostic::new(codes::SPEC_EFFECT, expr.span, message);
            d.push(diagnostic.help("call a view, or write the condition out"));
        }
    });
}
