//! Functions that nobody calls.

use std::collections::HashSet;

use deed_base::{Diagnostic, Span, catalogue as codes};
use deed_syntax::ast::{FnDecl, ItemKind, Member};

use super::Cx;
use crate::thir::FnKind;

pub(super) fn check(cx: &mut Cx<'_>) {
    let package = cx.package;
    let plain: HashSet<Span> = declarations(cx).map(|decl| decl.name.span).collect();
    for (id, function) in package.functions.iter() {
        let name = &function.name;
        let judged = cx.is_judged(name) && function.kind == FnKind::Private;
        if judged
            && function.body.is_some()
            && plain.contains(&name.span)
            && !cx.usage.functions.contains(&id)
        {
            let message = format!("`{}` is never called", name.text);
            cx.d.push(
                Diagnostic::new(codes::UNUSED_FUNCTION, name.span, message).help(
                    "remove it, or write `pub` or `entry` before it if others should call it",
                ),
            );
        }
    }
}

/// The plain functions of modules and contracts.
fn declarations<'a>(cx: &Cx<'a>) -> impl Iterator<Item = &'a FnDecl> {
    let items = cx.modules.iter().flat_map(|module| &module.items);
    items.flat_map(|item| match &item.kind {
        ItemKind::Fn(decl) => vec![&**decl],
        ItemKind::Contract(contract) => {
            let member = |member: &'a Member| match member {
                Member::Fn(decl) => Some(&**decl),
                _ => None,
            };
            contract.members.iter().filter_map(member).collect()
        }
        _ => Vec::new(),
    })
}
