//! Code that holds the hash of code is made after it: no circle of deployments.
//!
//! Holds always: a contract makes what its functions make and the functions that these call; each
//! place that closes a circle is reported once.

use std::collections::BTreeSet;

use deed_base::{Diagnostic, Diagnostics, Span, catalogue as codes};

use crate::arena::{ContractId, FnId, Id};
use crate::thir::visit::{Node, walk_function};
use crate::thir::{Expr, ExprKind, External, Function, Package};

/// What is made, and where.
type Made = BTreeSet<(ContractId, Span)>;

pub(super) fn check(package: &Package, d: &mut Diagnostics) {
    let made: Vec<Vec<(ContractId, Span)>> = package.functions.values().map(made_by).collect();
    if made.iter().all(Vec::is_empty) {
        return;
    }
    let calls: Vec<Vec<FnId>> = package.functions.values().map(callees).collect();
    let deploys: Vec<Made> = package
        .contracts
        .values()
        .map(|contract| reached(&contract.functions, &calls, &made))
        .collect();
    let mut said = BTreeSet::new();
    for (id, contract) in package.contracts.iter() {
        for (made, span) in &deploys[id.index()] {
            if leads_back(*made, id, &deploys) && said.insert(*span) {
                d.push(circle(id, *made, *span, &contract.name.text, package));
            }
        }
    }
}

fn made_by(function: &Function) -> Vec<(ContractId, Span)> {
    let mut made = Vec::new();
    if function.effects.deploys.is_empty() {
        return made;
    }
    walk_function(function, &mut |node| {
        if let Node::Expr(Expr { kind: ExprKind::External(external), span, .. }) = node
            && let External::Deploy(deploy) = &**external
        {
            made.push((deploy.contract, *span));
        }
    });
    made
}

fn callees(function: &Function) -> Vec<FnId> {
    let mut callees = Vec::new();
    walk_function(function, &mut |node| match node {
        Node::Expr(Expr { kind: ExprKind::Call { function, .. }, .. })
        | Node::Expr(Expr { kind: ExprKind::Function { function, .. }, .. }) => {
            callees.push(*function);
        }
        _ => {}
    });
    callees
}

/// What functions make, and those that they call.
fn reached(functions: &[FnId], calls: &[Vec<FnId>], made: &[Vec<(ContractId, Span)>]) -> Made {
    let mut found = Made::new();
    let mut seen = BTreeSet::new();
    let mut open = functions.to_vec();
    while let Some(function) = open.pop() {
        if seen.insert(function) {
            found.extend(made[function.index()].iter().copied());
            open.extend(&calls[function.index()]);
        }
    }
    found
}

fn leads_back(from: ContractId, to: ContractId, deploys: &[Made]) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(id) = open.pop() {
        if id == to {
            return true;
        }
        if seen.insert(id) {
            open.extend(deploys[id.index()].iter().map(|(made, _)| *made));
        }
    }
    false
}

fn circle(
    maker: ContractId,
    made: ContractId,
    span: Span,
    by: &str,
    package: &Package,
) -> Diagnostic {
    let name = &package.contracts[made].name.text;
    let message = match made == maker {
        true => format!("`{name}` would hold the hash of its own code"),
        false => {
            format!(
                "`{by}` deploys `{name}`, which leads back to it: neither code can be made first"
            )
        }
    };
    Diagnostic::new(codes::BAD_DEPLOY, span, message).help("let a third contract deploy both")
}
