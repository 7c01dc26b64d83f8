//! Functions that nobody calls, and errors that they declare and never throw.

use deed_base::{Diagnostic, Span, catalogue as codes};
use deed_syntax::ast::{FnDecl, ItemKind, Member};

use super::Cx;
use crate::thir::{FnKind, Function};

pub(super) fn check(cx: &mut Cx<'_>) {
    let package = cx.package;
    for (id, function) in package.functions.iter() {
        let name = &function.name;
        let judged = cx.is_judged(name) && function.kind == FnKind::Private;
        if judged && function.body.is_some() && is_plain(cx, name.span) && !cx.usage.functions.contains(&id) {
            let message = format!("`{}` is never called", name.text);
            cx.d.push(
                Diagnostic::new(codes::UNUSED_FUNCTION, name.span, message)
                    .help("remove it, or write `pub` or `entry` before it if others should call it"),
            );
        }
    }
    for function in cx.own_functions() {
        needless_throws(cx, function);
    }
}

/// Whether a name is the one of a plain function of a module or contract.
fn is_plain(cx: &Cx<'_>, name: Span) -> bool {
    declarations(cx).any(|decl| decl.name.span == name)
}

fn declarations<'a>(cx: &Cx<'a>) -> impl Iterator<Item = &'a FnDecl> {
    let items = cx.modules.iter().flat_map(|module| &module.items);
    items.flat_map(|item| match &item.kind {
        ItemKind::Fn(decl) => vec![decl],
        ItemKind::Contract(contract) => {
            let member = |member: &'a Member| match member {
                Member::Fn(decl) => Some(decl),
                _ => None,
            };
            contract.members.iter().filter_map(member).collect()
        }
        _ => Vec::new(),
    })
}

/// Errors in `throws` that no path throws.
fn needless_throws(cx: &mut Cx<'_>, function: &Function) {
    if function.body.is_none() {
        return;
    }
    let Some(decl) = declarations(cx).find(|decl| decl.name.span == function.name.span) else {
        return;
    };
    for throws in decl.throws.iter().filter(|throws| !throws.error.all && throws.when.is_none()) {
        let Some(name) = throws.error.path.as_single() else { continue };
        let errors = &cx.package.errors;
        let named = function.throws.iter().find(|id| *errors[**id].name.text == *name.name);
        if let Some(id) = named.filter(|id| !function.effects.throws.contains(id)) {
            let error = &errors[*id].name.text;
            let message = format!("`{}` declares `{error}` and never throws it", function.name.text);
            cx.d.push(
                Diagnostic::new(codes::NEEDLESS_THROWS, throws.span, message)
                    .help("remove it from `throws`, so that callers need not handle it"),
            );
        }
    }
}
