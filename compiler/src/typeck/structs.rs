//! Structs: that they are finite, their literals and fields.
//!
//! Holds always: a literal has one value a field, in the order of the declaration.

use std::collections::{BTreeMap, HashSet};

use deed_base::{Diagnostic, Diagnostics, Span, catalogue as codes};

use super::cx::{Cx, error_expr};
use super::errors;
use super::exprs::value_expr;
use super::items::Items;
use crate::arena::{FieldId, Id, StructId};
use crate::hir;
use crate::thir::{Expr, ExprKind, Name, StructDef, StructField, StructKind, substitution};
use crate::ty::Ty;

/// Reports structs that hold themselves, directly or by way of others, and cuts them open.
pub(super) fn check_finite(items: &mut Items<'_>, d: &mut Diagnostics) {
    let assets: Assets = items.infos.iter().map(|(asset, info)| (*info, *asset)).collect();
    let holds = held_params(items, &assets);
    let edges: Vec<Vec<(StructId, FieldId)>> =
        items.structs.values().map(|def| edges(def, &holds, &assets, items)).collect();
    let mut done = vec![false; items.structs.len()];
    let mut on_way = vec![false; items.structs.len()];
    for root in items.structs.ids() {
        // The structs on the way to here, each with the edge that is looked at next.
        let mut way: Vec<(StructId, usize)> = vec![(root, 0)];
        while let Some((id, next)) = way.pop() {
            let edge = edges[id.index()].get(next).copied();
            let Some((inner, field)) = edge.filter(|_| !done[id.index()]) else {
                done[id.index()] = true;
                on_way[id.index()] = false;
                continue;
            };
            on_way[id.index()] = true;
            way.push((id, next + 1));
            if on_way[inner.index()] {
                d.push(infinite(items, inner, id, field));
                items.structs[id].fields[field].ty = Ty::Error;
            } else {
                way.push((inner, 0));
            }
        }
    }
}

/// Which parameters of each struct a value of it always holds a value of. What is derived of an asset
/// stands behind all that is declared, and holds what the asset does.
type Holds = Vec<Vec<bool>>;

/// The asset of each record that is derived of one.
type Assets = BTreeMap<StructId, StructId>;

fn held_params(items: &Items<'_>, assets: &Assets) -> Holds {
    let mut holds: Holds =
        items.structs.values().map(|def| vec![false; def.type_params.len()]).collect();
    holds.extend(assets.values().map(|asset| vec![false; items.structs[*asset].type_params.len()]));
    let generic = |(_, def): &(StructId, &StructDef)| !def.type_params.is_empty();
    let mut changed = true;
    while changed {
        changed = false;
        for (info, asset) in assets {
            holds[info.index()] = holds[asset.index()].clone();
        }
        for (id, def) in items.structs.iter().filter(generic) {
            let mut held = HashSet::new();
            for field in def.fields.values() {
                each_held(&field.ty, &holds, &mut |ty| {
                    if let Ty::Param(param) = ty {
                        held.insert(*param);
                    }
                });
            }
            for (param, holds) in def.type_params.iter().zip(&mut holds[id.index()]) {
                changed |= held.contains(param) && !std::mem::replace(holds, true);
            }
        }
    }
    holds
}

/// The structs that a value of this one always holds, with the field by which it does.
fn edges(
    def: &StructDef,
    holds: &Holds,
    assets: &Assets,
    items: &Items<'_>,
) -> Vec<(StructId, FieldId)> {
    let declared = |id: StructId| {
        let asset = assets.get(&id).copied();
        Some(asset.unwrap_or(id)).filter(|id| id.index() < items.structs.len())
    };
    let mut edges = Vec::new();
    for (field, of) in def.fields.iter() {
        each_held(&of.ty, holds, &mut |ty| {
            if let Ty::Struct(id, _) = ty {
                edges.extend(declared(*id).map(|id| (id, field)));
            }
        });
    }
    edges
}

/// The types of which a value of a type always holds one.
fn each_held(ty: &Ty, holds: &Holds, f: &mut dyn FnMut(&Ty)) {
    f(ty);
    match ty {
        Ty::Struct(id, args) => {
            // The record of an event has no arguments.
            let held = holds.get(id.index()).into_iter().flatten().zip(args);
            held.filter(|(held, _)| **held).for_each(|(_, arg)| each_held(arg, holds, f));
        }
        Ty::Option(of) | Ty::Array(of, _) => each_held(of, holds, f),
        Ty::Tuple(parts) => parts.iter().for_each(|part| each_held(part, holds, f)),
        _ => {}
    }
}

fn infinite(items: &Items<'_>, whole: StructId, id: StructId, field: FieldId) -> Diagnostic {
    let name = &items.structs[whole].name;
    let message = format!("`{}` holds itself, so no value of it could ever end", name.text);
    Diagnostic::new(codes::TYPE_NOT_ALLOWED, name.span, message)
        .also(items.structs[id].fields[field].name.span, "by way of this field")
        .help("an `enum` or a `Vec` may hold itself; or hold a key, and keep the values in a map")
}

/// Whether a module holds what a contract of another one kept in an earlier version: `m.C.v1` of `m`.
fn is_schema(path: &str, of: &str) -> bool {
    let rest = path.strip_prefix(of).and_then(|rest| rest.strip_prefix('.'));
    let version = rest.and_then(|rest| rest.rsplit_once(".v")).map(|(_, version)| version);
    version.is_some_and(|version| version.bytes().all(|byte| byte.is_ascii_digit()))
}

impl Cx<'_> {
    /// The field of a struct type; `None` if there is none, which was reported.
    pub(super) fn struct_field(&mut self, ty: &Ty, name: &Name) -> Option<(StructId, FieldId, Ty)> {
        let Ty::Struct(id, args) = self.infer.shallow(ty) else {
            self.no_member(ty, name);
            return None;
        };
        let fields = &self.items.structs[id].fields;
        let found = fields.iter().find(|(_, field)| field.name.text == name.text);
        if let Some((field, _)) = found {
            self.check_visible(id, field, name);
        }
        match found {
            Some((field, found)) if args.is_empty() => Some((id, field, found.ty.clone())),
            Some((field, found)) => {
                let with = substitution(&self.items.structs[id].type_params, &args);
                Some((id, field, found.ty.substitute(&with)))
            }
            None => {
                self.unknown_field(id, name);
                None
            }
        }
    }

    /// Reports a field that this module may not name.
    fn check_visible(&mut self, id: StructId, field: FieldId, name: &Name) {
        if !self.is_visible(id, field) {
            let def = &self.items.structs[id];
            let module = &self.items.hir.modules[def.module].path;
            let message = format!("field `{}` is private to module `{module}`", name.text);
            let diagnostic = Diagnostic::new(codes::PRIVATE_FIELD, name.span, message)
                .label("not visible from here")
                .also(def.fields[field].name.span, "declared here without `pub`");
            self.d.push(match self.items.hir.modules[def.module].library {
                true => diagnostic.help("the library's methods tell what it holds"),
                false => {
                    diagnostic.help("write `pub` before the field, or ask a method of its module")
                }
            });
        }
    }

    fn is_visible(&self, id: StructId, field: FieldId) -> bool {
        let def = &self.items.structs[id];
        let modules = &self.items.hir.modules;
        let own = |module| {
            module == def.module || is_schema(&modules[def.module].path, &modules[module].path)
        };
        def.fields[field].public || self.module.is_none_or(own)
    }

    /// Reports a literal of a struct that has a field which this module may not name.
    fn hidden_field(&mut self, def: &StructDef, field: &StructField, span: Span) {
        let module = &self.items.hir.modules[def.module].path;
        let (of, name) = (&def.name.text, &field.name.text);
        let message =
            format!("only module `{module}` makes a `{of}`: its field `{name}` is private");
        let diagnostic = Diagnostic::new(codes::PRIVATE_FIELD, span, message)
            .also(field.name.span, "declared here without `pub`");
        self.d.push(diagnostic.help("call a function of that module that makes one"));
    }

    fn unknown_field(&mut self, id: StructId, name: &Name) {
        if name.text.is_empty() {
            return;
        }
        let def = &self.items.structs[id];
        let known: Vec<String> =
            def.fields.values().map(|field| format!("`{}`", field.name.text)).collect();
        let diagnostic = errors::no_member(&format!("`{}`", def.name.text), name);
        self.d.push(diagnostic.help(format!("its fields are {}", known.join(", "))));
    }

    /// `base.name` where the base is a value.
    pub(super) fn field_of_value(&mut self, base: &hir::Expr, name: &Name, span: Span) -> Expr {
        let base = self.expr(base, None);
        if let Ty::Tuple(parts) = self.infer.shallow(&base.ty) {
            return match self.tuple_part(&parts, name) {
                Some((part, ty)) => Expr { kind: ExprKind::Part(Box::new(base), part), ty, span },
                None => error_expr(span),
            };
        }
        if let Some(found) = self.told_field(&base, name, span) {
            return found;
        }
        match self.struct_field(&base.ty.clone(), name) {
            Some((_, field, ty)) => Expr { kind: ExprKind::Field(Box::new(base), field), ty, span },
            None => error_expr(span),
        }
    }

    /// `S { field: e, .. }`
    pub(super) fn struct_literal(
        &mut self,
        id: StructId,
        type_args: &[hir::Type],
        fields: &[(Name, hir::Expr)],
        want: Option<&Ty>,
        span: Span,
    ) -> Expr {
        let items = self.items;
        let def = &items.structs[id];
        let with = self.instantiate(&def.type_params, span);
        self.write_type_args(type_args, &def.type_params, &with, span);
        let ty = Ty::Struct(id, Self::type_args(&def.type_params, &with));
        if let Some(want) = want.filter(|_| !with.is_empty()) {
            self.infer.unify_same_item(&ty, want);
        }
        // That only its module makes an asset is said of the whole literal.
        let is_asset = def.kind == StructKind::Asset;
        let mut given: BTreeMap<FieldId, Expr> = BTreeMap::new();
        for (name, value) in fields {
            let found = def.fields.iter().find(|(_, field)| field.name.text == name.text);
            let Some((field, declared)) = found else {
                self.unknown_field(id, name);
                let typed = self.muted(|cx| cx.expr(value, None));
                self.infer.poison(&typed.ty);
                continue;
            };
            if !is_asset {
                self.check_visible(id, field, name);
            }
            let typed = self.check(value, &declared.ty.substitute(&with));
            if given.insert(field, typed).is_some() {
                let message = format!("`{}` is given twice", name.text);
                self.d.push(errors::arguments(message, name.span, declared.name.span));
            }
        }
        let mut values = Vec::with_capacity(def.fields.len());
        let mut missing = Vec::new();
        let mut hidden = None;
        for (at, field) in def.fields.iter() {
            values.push(match (given.remove(&at), &field.default) {
                (Some(value), _) => value,
                // It could not be given, so its default could not be kept from it either.
                _ if !is_asset && !self.is_visible(id, at) => {
                    hidden.get_or_insert(field);
                    error_expr(span)
                }
                (None, Some(default)) => {
                    value_expr(default.clone(), field.ty.substitute(&with), span)
                }
                (None, None) => {
                    missing.push(format!("`{}`", field.name.text));
                    error_expr(span)
                }
            });
        }
        if let Some(field) = hidden {
            self.hidden_field(def, field, span);
        }
        if !missing.is_empty() {
            let message = format!("`{}` also needs {}", def.name.text, missing.join(", "));
            self.d.push(errors::arguments(message, span, def.name.span));
        }
        Expr { kind: ExprKind::Struct(values), ty, span }
    }
}
