//! The `migrate` of a contract that replaces an earlier version.

use deed_base::Span;
use deed_compiler::thir::{FnKind, StateField};
use deed_compiler::ty::Ty;

use super::{Assist, Kind};
use crate::analysis::{Analysis, describe, syntax};
use crate::features::format::Change;

/// Carries over every field that does not move by itself; what the earlier version had besides is
/// named in a comment, since only its author knows where it goes.
pub(super) fn migrate(analysis: &Analysis, range: Span) -> Option<Assist> {
    let module = analysis.module(range.source)?;
    let here = |span: Span| span.start <= range.start && range.end <= span.end;
    let (item, decl) = syntax::contracts(module).find(|(item, _)| here(item.span))?;
    let before = decl.version.as_ref()?.upgrades.as_ref()?;
    let version = analysis.slice(before.span).trim();
    let thir = &analysis.thir;
    let contract = thir.contracts.values().find(|c| c.name.span == decl.name.span)?;
    let is_migrate = |f: &&deed_compiler::arena::FnId| thir.functions[**f].kind == FnKind::Migrate;
    // On a function of the contract one wants other things.
    let on_member = syntax::declarations(module).into_iter().any(here);
    if contract.functions.iter().any(|f| is_migrate(&f)) || on_member {
        return None;
    }
    let name = decl.name.as_str();
    let schema = format!("{}.{name}.v{version}", module.path);
    let old = thir
        .structs
        .values()
        .find(|decl| decl.name.text == "State" && thir.modules[decl.module].path == schema)?;
    let show = |ty: &Ty| describe::ty(thir, ty);
    let mut lines = Vec::new();
    for field in contract.state.values() {
        let was = old.fields.values().find(|was| was.name.text == field.name.text);
        match was {
            Some(was) if show(&was.ty) == show(&field.ty) => {}
            Some(was) => lines.push(carried(field, &was.ty, &show(&field.ty))),
            None if field.default.is_some() => {}
            None => lines.push(fresh(field, &show(&field.ty))),
        }
    }
    let kept = |name: &str| contract.state.values().any(|field| field.name.text == name);
    for gone in old.fields.values().filter(|field| !kept(&field.name.text)) {
        lines.push(format!("// old.{}: {}", gone.name.text, show(&gone.ty)));
    }
    let body: String = lines.iter().map(|line| format!("        {line}\n")).collect();
    let text = format!("\n    migrate(old: {name}.v{version}) {{\n{body}    }}\n");
    let end = item.span.end.checked_sub(1)?;
    let span = Span::new(range.source, end, end);
    let title = format!("Write `migrate` from version {version}");
    Some(Assist { title, kind: Kind::Write, changes: vec![Change { span, text }] })
}

/// The field from the one of its name that had another type.
fn carried(field: &StateField, was: &Ty, ty: &str) -> String {
    let name = &field.name.text;
    match (was, &field.ty) {
        (Ty::Int(_), Ty::Int(_)) => format!("self.{name} = {ty}(old.{name})"),
        _ => format!("self.{name} = old.{name}"),
    }
}

/// A field that the earlier version did not have, with a value to begin with.
fn fresh(field: &StateField, ty: &str) -> String {
    let name = &field.name.text;
    match &field.ty {
        Ty::Int(_) => format!("self.{name} = 0"),
        Ty::Bool => format!("self.{name} = false"),
        Ty::String => format!("self.{name} = \"\""),
        Ty::Option(_) => format!("self.{name} = None"),
        _ => format!("// self.{name}: {ty}"),
    }
}

#[cfg(test)]
mod tests {
    use deed_base::Span;

    use super::migrate;
    use crate::fixture::Fixture;

    #[test]
    fn what_changed_is_carried_over() {
        let at = Fixture::package(&[
            (
                "main.deed",
                "module shop\ncontract Shop$0 version 2 upgrades 1 {\n    state {\n        \
                 admin: Address\n        total: u128\n        fresh: bool = false\n        \
                 seen: u64\n    }\n    init() { self.admin = tx.sender }\n}\n",
            ),
            (
                "schema.deed",
                "module shop.Shop.v1\npub struct State {\n    admin: Address\n    total: u64\n    \
                 sum: u64\n}\n",
            ),
        ]);
        let range = Span::new(at.source, at.offset, at.offset);
        let assist = migrate(&at.analysis, range).expect("an assist");
        assert_eq!(assist.title, "Write `migrate` from version 1");
        let expected = "\n    migrate(old: Shop.v1) {\n        self.total = u128(old.total)\n        \
                        self.seen = 0\n        // old.sum: u64\n    }\n";
        assert_eq!(assist.changes[0].text, expected);
    }
}
