//! Versions of contracts: `version`, `policy`, `migrate` and `upgrade`.
//!
//! Holds always: nothing of the earlier state is forgotten: a field that did not change moves by
//! itself, and `migrate` reads every other.

use std::collections::BTreeSet;

use deed_base::{Diagnostic, Diagnostics, Span, catalogue as codes};

use crate::arena::{FieldId, StructId};
use crate::thir::visit::{Node, walk_function};
use crate::thir::{
    Contract, ExprKind, FnKind, Function, Package, PlaceBase, PlaceStep, PolicyLevel, Stmt,
    StmtKind,
};
use crate::ty::Ty;

pub(super) fn check(contract: &Contract, package: &Package, d: &mut Diagnostics) {
    versions(contract, d);
    if let Some(policy) = &contract.policy
        && policy.level == PolicyLevel::Immutable
        && policy.by.is_some()
    {
        let message = "an immutable contract is upgraded by nobody";
        let diagnostic = Diagnostic::new(codes::POLICY, policy.span, message);
        d.push(diagnostic.help("write `policy immutable` alone"));
    }
    let functions = contract.functions.iter().map(|id| &package.functions[*id]);
    let migrations: Vec<&Function> = functions.filter(|f| f.kind == FnKind::Migrate).collect();
    let Some(migrate) = migrations.first() else { return };
    if let Some(second) = migrations.get(1) {
        let message = "a contract has one `migrate`";
        let diagnostic = Diagnostic::new(codes::MIGRATION, second.name.span, message);
        d.push(diagnostic.also(migrate.name.span, "the first one"));
    }
    if contract.version.as_ref().is_none_or(|version| version.upgrades.is_none()) {
        let message = "`migrate` carries the state of an earlier version over, and there is none";
        let diagnostic = Diagnostic::new(codes::MIGRATION, migrate.name.span, message);
        let help = "say which one: `contract C version 2 upgrades 1 { .. }`";
        d.push(diagnostic.also(contract.name.span, "this contract").help(help));
        return;
    }
    match earlier_state(migrate, package) {
        Some(old) => migration(migrate, old, contract, package, d),
        None => {
            let known = migrate.params.iter().any(|p| migrate.locals[p.local].ty.is_error());
            if !known {
                let message = "`migrate` takes the earlier state, and nothing else";
                let help = format!("write `migrate(old: {}.v1)`", contract.name.text);
                let diagnostic = Diagnostic::new(codes::MIGRATION, migrate.name.span, message);
                d.push(diagnostic.help(help));
            }
        }
    }
}

fn versions(contract: &Contract, d: &mut Diagnostics) {
    let Some(version) = &contract.version else { return };
    let message = match version.upgrades {
        _ if version.number == 0 => "versions count from 1",
        Some(0) => "versions count from 1",
        Some(before) if before >= version.number => "a version upgrades an earlier one",
        None if version.number > 1 => "a later version says which one it upgrades",
        _ => return,
    };
    let diagnostic = Diagnostic::new(codes::VERSION, version.span, message);
    d.push(diagnostic.help("write `version 2 upgrades 1`"));
}

/// The struct that the parameter of `migrate` has as its type.
fn earlier_state(migrate: &Function, package: &Package) -> Option<StructId> {
    let [param] = migrate.params.as_slice() else { return None };
    match &migrate.locals[param.local].ty {
        Ty::Struct(id, _) if is_schema(*id, package) => Some(*id),
        _ => None,
    }
}

/// Whether a struct is the state in a schema: `struct State` of a module `.. .v1`.
fn is_schema(id: StructId, package: &Package) -> bool {
    let def = &package.structs[id];
    let path = &package.modules[def.module].path;
    let last = path.rsplit('.').next().unwrap_or_default();
    def.name.text == "State" && last.starts_with('v')
}

/// Reports earlier fields that are forgotten, and later ones that nothing sets.
fn migration(
    migrate: &Function,
    old: StructId,
    contract: &Contract,
    package: &Package,
    d: &mut Diagnostics,
) {
    let earlier = &package.structs[old].fields;
    let same = |name: &str, ty: &Ty| {
        let moved = contract.state.values().find(|field| field.name.text == name);
        moved.is_some_and(|field| like(&field.ty, ty, package))
    };
    let (read, set) = touched(migrate);
    for (id, field) in earlier.iter() {
        if !read.contains(&id) && !same(&field.name.text, &field.ty) {
            let message = format!("`migrate` forgets `old.{}`", field.name.text);
            let diagnostic = Diagnostic::new(codes::MIGRATION, migrate.name.span, message);
            let help = "carry it over, or drop it on purpose: `let _ = old.x`";
            d.push(diagnostic.also(field.name.span, "the earlier field").help(help));
        }
    }
    for (id, field) in contract.state.iter() {
        let moved = earlier
            .values()
            .any(|e| e.name.text == field.name.text && like(&field.ty, &e.ty, package));
        let needed = field.default.is_none() && !field.ty.is_collection() && !field.ghost;
        if needed && !moved && !set.contains(&id) && !field.ty.is_error() {
            let message = format!("`migrate` does not set `self.{}`", field.name.text);
            let diagnostic = Diagnostic::new(codes::MIGRATION, migrate.name.span, message);
            let diagnostic = diagnostic.also(field.name.span, "new, and without a default");
            d.push(diagnostic.help("assign it, or give it a default"));
        }
    }
}

/// The earlier fields that are read, and the later ones that are assigned.
fn touched(migrate: &Function) -> (BTreeSet<FieldId>, BTreeSet<FieldId>) {
    let (mut read, mut set) = (BTreeSet::new(), BTreeSet::new());
    let old = migrate.params.first().map(|param| param.local);
    walk_function(migrate, &mut |node| match node {
        Node::Expr(expr) => {
            if let ExprKind::Read(place) = &expr.kind
                && let PlaceBase::Local(local) = place.base
                && Some(local) == old
                && let Some(PlaceStep::Field(_, field)) = place.path.first()
            {
                read.insert(*field);
            }
        }
        Node::Stmt(Stmt { kind: StmtKind::Assign { place, .. }, .. }) => {
            if let PlaceBase::State(field) = place.base {
                set.insert(field);
            }
        }
        Node::Stmt(_) => {}
    });
    (read, set)
}

/// Whether two types of different versions are written alike, by the names of their items.
fn like(a: &Ty, b: &Ty, package: &Package) -> bool {
    match (a, b) {
        (Ty::Struct(a, _), Ty::Struct(b, _)) => {
            let (a, b) = (&package.structs[*a], &package.structs[*b]);
            let upgraded =
                a.methods.iter().any(|id| package.functions[*id].kind == FnKind::Upgrade);
            let fields = || a.fields.values().zip(b.fields.values());
            let same = a.fields.len() == b.fields.len()
                && fields().all(|(a, b)| a.name.text == b.name.text && like(&a.ty, &b.ty, package));
            a.name.text == b.name.text && (upgraded || same)
        }
        (Ty::Enum(a, _), Ty::Enum(b, _)) => {
            let (a, b) = (&package.enums[*a], &package.enums[*b]);
            let both = a.variants.values().zip(b.variants.values());
            a.name.text == b.name.text
                && a.variants.len() == b.variants.len()
                && both.into_iter().all(|(a, b)| a.name.text == b.name.text)
        }
        (Ty::Option(a), Ty::Option(b)) | (Ty::Vec(a), Ty::Vec(b)) | (Ty::Set(a), Ty::Set(b)) => {
            like(a, b, package)
        }
        (Ty::Map(a), Ty::Map(b)) => {
            like(&a.key, &b.key, package) && like(&a.value, &b.value, package)
        }
        (Ty::Tuple(a), Ty::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| like(a, b, package))
        }
        (a, b) => a == b,
    }
}

/// `upgrade` of stored elements runs wherever one is met, so it can neither act nor fail.
pub(super) fn check_upgrades(package: &Package, d: &mut Diagnostics) {
    for function in package.functions.values().filter(|f| f.kind == FnKind::Upgrade) {
        let effects = &function.effects;
        let traps = effects.traps.iter().map(|trap| format!("may trap (`{}`)", trap.name()));
        let mut found: Vec<String> = traps.collect();
        if !effects.throws.is_empty() {
            found.push("may throw".to_owned());
        }
        if !effects.writes.is_empty() || !effects.emits.is_empty() {
            found.push("writes or emits".to_owned());
        }
        if let Some(what) = found.first() {
            d.push(not_pure(function.name.span, what));
        }
    }
}

fn not_pure(span: Span, what: &str) -> Diagnostic {
    let message = format!("an `upgrade` runs wherever an old element is met, and this {what}");
    Diagnostic::new(codes::UPGRADE_FN, span, message)
        .help("compute the new element from the old one by operations that cannot fail")
}
