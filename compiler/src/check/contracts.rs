//! Contracts among themselves: interfaces, what crosses between them, coins, and what is caught.
//!
//! Holds always: each function that does not fit its interface is reported once, at the contract's own
//! function, or where `implements` stands.

use std::collections::BTreeSet;

use deed_base::{Diagnostic, Diagnostics, Span, catalogue as codes};
use deed_bytecode::ContextKind;

use super::guards;
use super::occurs::Occurs;
use crate::arena::{Arena, ContractId, ErrorId, FnId, InterfaceId};
use crate::hir;
use crate::thir::visit::{Node, walk_function};
use crate::thir::{
    CatchKind, Chain, Expr, ExprKind, External, FnKind, FnOwner, Function, Name, Package,
    ParamMode, StmtKind, Try,
};
use crate::ty::Ty;

pub(super) fn check(
    hir: &hir::Package,
    package: &Package,
    occurs: &Arena<FnId, Occurs>,
    d: &mut Diagnostics,
) {
    for (id, contract) in hir.contracts.iter() {
        for (interface, span) in &contract.implements {
            implements(id, *interface, *span, package, d);
        }
    }
    for (id, function) in package.functions.iter() {
        crosses(function, d);
        if occurs[id].coins {
            coins(function, d);
        }
        if occurs[id].tries {
            walk_function(function, &mut |node| {
                if let Node::Expr(Expr { kind: ExprKind::Try(attempt), .. }) = node {
                    catches(attempt, package, d);
                }
            });
        }
    }
}

/// Whether a contract has what its interface promises.
fn implements(
    contract: ContractId,
    interface: InterfaceId,
    span: Span,
    package: &Package,
    d: &mut Diagnostics,
) {
    let own = &package.contracts[contract];
    for wanted in &package.interfaces[interface].functions {
        let wanted = &package.functions[*wanted];
        let named = |id: &&FnId| package.functions[**id].name.text == wanted.name.text;
        let found = own.functions.iter().find(named).map(|id| &package.functions[*id]);
        let Some((at, what)) = misfit(wanted, found, package) else { continue };
        let promise = &package.interfaces[interface].name.text;
        let message = format!("`{}` does not implement `{promise}`: {what}", own.name.text);
        let diagnostic = Diagnostic::new(codes::NOT_IMPLEMENTED, at.unwrap_or(span), message)
            .also(wanted.name.span, "promised here");
        d.push(match at {
            Some(_) => diagnostic.also(span, "because of this"),
            None => diagnostic.help(format!("add `{}`", head(wanted, package))),
        });
    }
}

/// Where and why a function is not the one that an interface promises.
fn misfit(
    wanted: &Function,
    found: Option<&Function>,
    package: &Package,
) -> Option<(Option<Span>, String)> {
    let name = &wanted.name.text;
    let Some(found) = found else {
        return Some((None, format!("it has no `{name}`")));
    };
    let at = Some(found.name.span);
    let kind = |function: &Function| match function.kind {
        FnKind::Entry { payable: true } => "a `payable entry`",
        FnKind::Entry { payable: false } => "an `entry`",
        FnKind::View => "a `view`",
        _ => "private",
    };
    if kind(found) != kind(wanted) {
        let (is, should) = (kind(found), kind(wanted));
        return Some((at, format!("`{name}` is {is}, and should be {should}")));
    }
    let types = |function: &Function| -> Vec<Ty> {
        let params = function.params.iter();
        params.map(|param| function.locals[param.local].ty.clone()).collect()
    };
    let texts = |types: &[Ty]| -> String {
        let texts: Vec<String> = types.iter().map(|ty| package.show(ty)).collect();
        format!("({})", texts.join(", "))
    };
    let (given, needed) = (types(found), types(wanted));
    if given != needed && !given.iter().chain(&needed).any(Ty::is_error) {
        let (given, needed) = (texts(&given), texts(&needed));
        return Some((at, format!("`{name}` takes `{given}`, and should take `{needed}`")));
    }
    if found.result != wanted.result && !found.result.is_error() && !wanted.result.is_error() {
        let (gives, should) = (package.show(&found.result), package.show(&wanted.result));
        return Some((at, format!("`{name}` gives `{gives}`, and should give `{should}`")));
    }
    let surplus = found.throws.iter().find(|error| !wanted.throws.contains(error))?;
    let error = &package.errors[*surplus].name.text;
    Some((at, format!("`{name}` throws `{error}`, which its callers do not know")))
}

/// The head of a function as it would be written in a contract.
fn head(function: &Function, package: &Package) -> String {
    let params = function.params.iter().map(|param| {
        let local = &function.locals[param.local];
        format!("{}: {}", local.name.text, package.show(&local.ty))
    });
    let params = params.collect::<Vec<_>>().join(", ");
    let word = match function.kind {
        FnKind::View => "view fn",
        FnKind::Entry { payable: true } => "payable entry fn",
        _ => "entry fn",
    };
    let result = match &function.result {
        Ty::Unit => String::new(),
        result => format!(" -> {}", package.show(result)),
    };
    format!("{word} {}({params}){result}", function.name.text)
}

/// Whether everything that a function takes from outside and gives back has bytes. Of assets
/// ownership says that they have none.
fn crosses(function: &Function, d: &mut Diagnostics) {
    let offered = matches!(function.kind, FnKind::Entry { .. } | FnKind::View | FnKind::Init);
    if !offered {
        return;
    }
    for param in &function.params {
        let local = &function.locals[param.local];
        if let Some(what) = stays(&local.ty) {
            d.push(kept(local.name.span, &format!("`{}` is {what}", local.name.text)));
        }
        if param.mode == ParamMode::Inout {
            d.push(lent_from_outside(&local.name));
        }
    }
    if let Some(what) = stays(&function.result) {
        d.push(kept(function.name.span, &format!("`{}` gives {what}", function.name.text)));
    }
}

fn kept(span: Span, what: &str) -> Diagnostic {
    let message = format!("{what}, which cannot come from or go to another contract");
    Diagnostic::new(codes::BOUNDARY_TYPE, span, message)
        .label("no bytes stand for it outside")
        .help("hand over what names it, such as an id or an amount")
}

fn lent_from_outside(name: &Name) -> Diagnostic {
    let message = format!("nobody outside has a place that `{}` could change", name.text);
    Diagnostic::new(codes::BOUNDARY_TYPE, name.span, message)
        .label("`inout` lends a place of the caller")
        .help("give the new value back as the result")
}

/// Why a value of a type stays in its contract, if it does.
fn stays(ty: &Ty) -> Option<&'static str> {
    let mut found = None;
    ty.each(&mut |part| match part {
        Ty::Failure => found = Some("a failure"),
        Ty::Fn(..) => found = Some("a function"),
        _ => {}
    });
    found
}

/// `tx.value` is told where coins may come.
fn coins(function: &Function, d: &mut Diagnostics) {
    let paid = match function.kind {
        FnKind::Entry { payable } => payable,
        FnKind::View | FnKind::Init => false,
        _ => matches!(function.owner, FnOwner::Contract(_)),
    };
    if paid {
        return;
    }
    walk_function(function, &mut |node| {
        if let Node::Expr(Expr { kind: ExprKind::Context(ContextKind::Value), span, .. }) = node {
            let message = "no coins come here, so `tx.value` is always 0";
            d.push(
                Diagnostic::new(codes::TAKES_NO_COINS, *span, message)
                    .also(function.name.span, "not a `payable entry fn`")
                    .help("declare it `payable entry fn`, or hand the amount over"),
            );
        }
    });
}

/// Warns of handlers that nothing reaches.
fn catches(attempt: &Try, package: &Package, d: &mut Diagnostics) {
    let thrown = thrown(attempt, package);
    let mut seen: BTreeSet<ErrorId> = BTreeSet::new();
    let mut all = false;
    for catch in &attempt.catches {
        let span = catch.body.span.at_start();
        match &catch.kind {
            _ if all => d.push(unreachable(span, "the `catch` before it takes every failure")),
            CatchKind::Any(_) => all = true,
            CatchKind::Errors(errors) => {
                let left = |error: &&ErrorId| !seen.contains(error);
                let fits = |error: &ErrorId| thrown.contains(error) || is_of_chain(*error, package);
                if !errors.iter().any(|error| left(&error)) {
                    d.push(unreachable(span, "all errors of the set are caught before"));
                } else if !errors.iter().filter(left).any(fits) {
                    d.push(unreachable(span, "nothing in the block throws an error of the set"));
                }
                seen.extend(errors);
            }
            CatchKind::Error { error, .. } => {
                let name = &package.errors[*error].name.text;
                if !seen.insert(*error) {
                    d.push(unreachable(span, &format!("`{name}` is caught before")));
                } else if !thrown.contains(error) && !is_of_chain(*error, package) {
                    d.push(unreachable(span, &format!("nothing in the block throws `{name}`")));
                }
            }
        }
    }
}

/// Whether an error says what became of an `await`: `TimedOut`, `Unknown`.
fn is_of_chain(error: ErrorId, package: &Package) -> bool {
    package.modules[package.errors[error].module].path == "std.chain"
}

fn unreachable(span: Span, why: &str) -> Diagnostic {
    let message = format!("this `catch` is never reached: {why}");
    Diagnostic::new(codes::UNREACHABLE_CATCH, span, message).help("remove it, or move it up")
}

/// The errors that may leave a `try`'s block.
fn thrown(attempt: &Try, package: &Package) -> BTreeSet<ErrorId> {
    let mut thrown = BTreeSet::new();
    guards::walk_block(&attempt.body, &mut |node, guard| {
        let mut throws = |error: ErrorId| {
            if !guard.catches(error) {
                thrown.insert(error);
            }
        };
        match node {
            Node::Stmt(stmt) => {
                if let StmtKind::Throw(throw) = &stmt.kind {
                    throws(throw.error);
                }
            }
            Node::Expr(expr) => errors_of_call(expr, package).iter().copied().for_each(throws),
        }
    });
    thrown
}

/// The errors that a call may throw.
pub(super) fn errors_of_call<'p>(expr: &Expr, package: &'p Package) -> &'p [ErrorId] {
    match &expr.kind {
        // What is handed over as an argument may be called there.
        ExprKind::Call { function, .. } | ExprKind::Function { function, .. } => {
            &package.functions[*function].throws
        }
        ExprKind::External(external) => match &**external {
            External::Call(call) => &package.functions[call.function].throws,
            External::Deploy(deploy) => match package.contracts[deploy.contract].init {
                Some(init) => &package.functions[init].throws,
                None => &[],
            },
            _ => &[],
        },
        ExprKind::Chain(chain) => match &**chain {
            Chain::Await(wait) => &package.functions[wait.call.function].throws,
            _ => &[],
        },
        _ => &[],
    }
}
