//! Constants, errors, events and state that nobody uses.
//!
//! Holds always: what is `pub`, or belongs to an interface, is meant for others.

use std::collections::BTreeSet;

use deed_base::{Code, Diagnostic, Span, catalogue as codes};
use deed_syntax::ast::{Item, ItemKind, Member};

use super::Cx;
use crate::thir::Name;

pub(super) fn check(cx: &mut Cx<'_>) {
    let private = private_names(cx);
    let package = cx.package;
    for (id, item) in package.constants.iter() {
        if !cx.usage.constants.contains(&id) {
            unused(cx, &private, &item.name, "constant", "used");
        }
    }
    for (id, item) in package.errors.iter() {
        if !cx.usage.errors.contains(&id) {
            unused(cx, &private, &item.name, "error", "thrown");
        }
    }
    for (id, item) in package.events.iter() {
        if !cx.usage.events.contains(&id) {
            unused(cx, &private, &item.name, "event", "emitted");
        }
    }
    state(cx);
}

/// Where the names stand that only their module or contract can use.
fn private_names(cx: &Cx<'_>) -> BTreeSet<Span> {
    let mut names = BTreeSet::new();
    for item in cx.modules.iter().flat_map(|module| &module.items) {
        private_name(item, &mut names);
        if let ItemKind::Contract(contract) = &item.kind {
            for member in &contract.members {
                if let Member::Item(item) = member {
                    private_name(item, &mut names);
                }
            }
        }
    }
    names
}

fn private_name(item: &Item, names: &mut BTreeSet<Span>) {
    let of_interest =
        matches!(item.kind, ItemKind::Const(_) | ItemKind::Error(_) | ItemKind::Event(_));
    if of_interest && !item.public {
        names.extend(item.kind.name().map(|name| name.span));
    }
}

fn unused(cx: &mut Cx<'_>, private: &BTreeSet<Span>, name: &Name, noun: &str, verb: &str) {
    if !cx.is_judged(name) || !private.contains(&name.span) {
        return;
    }
    report(cx, codes::UNUSED_ITEM, name, &format!("{noun} `{}` is never {verb}", name.text));
}

fn state(cx: &mut Cx<'_>) {
    let package = cx.package;
    for (id, contract) in package.contracts.iter() {
        for (field, state) in contract.state.iter() {
            // A traced field is kept for clients, who read it.
            if !state.traced && !cx.usage.state.contains(&(id, field)) && cx.is_judged(&state.name)
            {
                let message = format!("`self.{}` is never read", state.name.text);
                report(cx, codes::UNREAD_STATE, &state.name, &message);
            }
        }
    }
}

fn report(cx: &mut Cx<'_>, code: Code, name: &Name, message: &str) {
    cx.d.push(Diagnostic::new(code, name.span, message).help("remove it, or use it"));
}
