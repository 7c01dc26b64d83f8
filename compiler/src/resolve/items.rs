//! The second walk: heads and bodies of every item, with their names bound.
//!
//! In: the plan of the first walk. Out: the resolved package.
//! Holds always: items are made in the order of their ids.

use deed_base::{Diagnostics, Span};
use deed_syntax::ast::{self, FnKind as AstKind};

use super::body::Cx;
use super::collect::{Pending, Plan};
use super::errors::{not_in_contract, not_yet};
use super::scope::Tables;
use crate::arena::{Arena, ContractId, FnId, LocalId};
use crate::hir::{
    Clause, ConstDef, Contract, DataDef, DataField, EnumDef, FnSpec, Function, Package, Param,
    Requires, StateField, StructDef, StructField, Throws, ThrowsWhen, Variant, VariantField,
};
use crate::thir::{FnKind, FnOwner, Name, ParamMode, StructKind};

/// Resolves every item of the plan.
pub(super) fn resolve_items(plan: Plan<'_>, d: &mut Diagnostics) -> Package {
    let Plan {
        tables,
        modules,
        contracts,
        functions,
        errors,
        events,
        constants,
        structs,
        enums,
        ..
    } = plan;
    let functions_of = |id: ContractId| -> Vec<FnId> {
        functions.iter().filter(|(_, f)| f.contract == Some(id)).map(|(id, _)| id).collect()
    };
    let mut package = Package { modules, ..Package::default() };
    for (_, pending) in constants.iter() {
        package.constants.push(constant(pending, &tables, d));
    }
    for pending in structs.values() {
        package.structs.push(structure(pending, &tables, d));
    }
    for pending in enums.values() {
        package.enums.push(enumeration(pending, &tables, d));
    }
    for (id, pending) in errors.iter() {
        let def = data(pending, &pending.decl.name, &pending.decl.fields, &tables, d);
        package.errors.push(def);
        debug_assert_eq!(package.errors.len(), id.0 as usize + 1);
    }
    for (_, pending) in events.iter() {
        let def = data(pending, &pending.decl.name, &pending.decl.fields, &tables, d);
        package.events.push(def);
    }
    for (_, pending) in functions.iter() {
        package.functions.push(function(pending, &tables, d));
    }
    for (id, pending) in contracts.iter() {
        let mut contract = contract(pending, id, &tables, d);
        contract.functions = functions_of(id);
        let is_init = |id: &&FnId| matches!(package.functions[**id].kind, FnKind::Init);
        contract.init = contract.functions.iter().find(is_init).copied();
        let inside = |c: Option<ContractId>| c == Some(id);
        contract.errors =
            package.errors.iter().filter(|(_, e)| inside(e.contract)).map(|(id, _)| id).collect();
        contract.events =
            package.events.iter().filter(|(_, e)| inside(e.contract)).map(|(id, _)| id).collect();
        package.contracts.push(contract);
    }
    package
}

pub(super) fn name(ident: &ast::Ident) -> Name {
    Name { text: ident.as_str().to_owned(), span: ident.span }
}

fn docs(doc: Option<&ast::Doc>) -> String {
    doc.map(|doc| doc.text.clone()).unwrap_or_default()
}

fn constant(
    pending: &Pending<'_, ast::ConstDecl>,
    tables: &Tables,
    d: &mut Diagnostics,
) -> ConstDef {
    let mut cx = Cx::new(tables, pending.module, pending.contract, d);
    ConstDef {
        name: name(&pending.decl.name),
        module: pending.module,
        contract: pending.contract,
        docs: docs(pending.doc),
        ty: cx.ty(&pending.decl.ty),
        value: cx.expr(&pending.decl.value),
    }
}

/// An error or an event.
fn data<T>(
    pending: &Pending<'_, T>,
    ident: &ast::Ident,
    fields: &[ast::Field],
    tables: &Tables,
    d: &mut Diagnostics,
) -> DataDef {
    let mut cx = Cx::new(tables, pending.module, pending.contract, d);
    cx.distinct(fields.iter().map(|field| &field.name));
    let fields = fields.iter().map(|field| DataField {
        name: name(&field.name),
        ty: cx.ty(&field.ty),
        index: field.attrs.index,
    });
    let fields = fields.collect();
    DataDef {
        name: name(ident),
        module: pending.module,
        contract: pending.contract,
        docs: docs(pending.doc),
        fields,
    }
}

fn structure(
    pending: &Pending<'_, ast::StructDecl>,
    tables: &Tables,
    d: &mut Diagnostics,
) -> StructDef {
    let decl = pending.decl;
    let mut cx = Cx::new(tables, pending.module, pending.contract, d);
    cx.distinct(decl.fields.iter().map(|field| &field.name));
    let fields = decl.fields.iter().map(|field| StructField {
        name: name(&field.name),
        ty: cx.ty(&field.ty),
        default: field.default.as_ref().map(|value| cx.expr(value)),
        index: field.attrs.index,
    });
    let fields = fields.collect();
    let kind = match decl.kind {
        ast::StructKind::Struct => StructKind::Struct,
        ast::StructKind::Asset => StructKind::Asset,
    };
    StructDef {
        kind,
        name: name(&decl.name),
        module: pending.module,
        docs: docs(pending.doc),
        type_params: Vec::new(),
        methods: Vec::new(),
        fields,
    }
}

fn enumeration(
    pending: &Pending<'_, ast::EnumDecl>,
    tables: &Tables,
    d: &mut Diagnostics,
) -> EnumDef {
    let decl = pending.decl;
    let mut cx = Cx::new(tables, pending.module, pending.contract, d);
    cx.distinct(decl.variants.iter().map(|variant| &variant.name));
    let variants = decl.variants.iter().map(|variant| {
        cx.distinct(variant.fields.iter().filter_map(|field| field.name.as_ref()));
        let fields = variant.fields.iter();
        let fields = fields
            .map(|field| VariantField { name: field.name.as_ref().map(name), ty: cx.ty(&field.ty) })
            .collect();
        Variant { name: name(&variant.name), fields }
    });
    let variants = variants.collect();
    EnumDef {
        name: name(&decl.name),
        module: pending.module,
        docs: docs(pending.doc),
        type_params: Vec::new(),
        methods: Vec::new(),
        variants,
    }
}

fn contract(
    pending: &Pending<'_, ast::ContractDecl>,
    id: ContractId,
    tables: &Tables,
    d: &mut Diagnostics,
) -> Contract {
    let decl = pending.decl;
    let mut cx = Cx::new(tables, pending.module, Some(id), d);
    let state: Arena<_, _> = decl.state().map(|field| state_field(field, &mut cx)).collect();
    let mut invariants = Vec::new();
    for invariant in decl.invariants() {
        if invariant.step {
            cx.d.push(not_yet(invariant.span, "a `step invariant`"));
            continue;
        }
        invariants.push(Clause { cond: cx.expr(&invariant.condition), span: invariant.span });
    }
    let locals = cx.finish();
    Contract {
        name: name(&decl.name),
        module: pending.module,
        docs: docs(pending.doc),
        state,
        init: None,
        functions: Vec::new(),
        invariants,
        step_invariants: Vec::new(),
        locals,
        errors: Vec::new(),
        events: Vec::new(),
        version: None,
        policy: None,
    }
}

fn state_field(field: &ast::Field, cx: &mut Cx<'_, '_>) -> StateField {
    if field.attrs.counter {
        cx.d.push(not_yet(field.name.span, "`counter` state"));
    }
    if field.attrs.ghost {
        cx.d.push(not_yet(field.name.span, "`ghost` state"));
    }
    StateField {
        name: name(&field.name),
        docs: docs(field.doc.as_ref()),
        ty: cx.ty(&field.ty),
        default: field.default.as_ref().map(|value| cx.expr(value)),
        traced: field.attrs.traced,
        counter: field.attrs.counter,
        ghost: field.attrs.ghost,
    }
}

fn function(pending: &Pending<'_, ast::FnDecl>, tables: &Tables, d: &mut Diagnostics) -> Function {
    let decl = pending.decl;
    let mut cx = Cx::new(tables, pending.module, pending.contract, d);
    let kind = match decl.kind {
        AstKind::Entry => FnKind::Entry { payable: decl.payable },
        AstKind::View => FnKind::View,
        AstKind::Init => FnKind::Init,
        _ if pending.public => FnKind::Public,
        _ => FnKind::Private,
    };
    let of_contract = matches!(kind, FnKind::Entry { .. } | FnKind::View | FnKind::Init);
    if of_contract && pending.contract.is_none() {
        cx.d.push(not_in_contract(&decl.name));
    }
    if decl.payable {
        cx.d.push(not_yet(decl.name.span, "a `payable` function"));
    }
    if decl.body.is_none() {
        cx.d.push(not_yet(decl.name.span, "a function without a body"));
    }
    let params: Vec<Param> = decl.params.iter().map(|param| parameter(param, &mut cx)).collect();
    let result = decl.result.as_ref().map(|ty| cx.ty(ty));
    let mut throws = Vec::new();
    let mut throws_open = false;
    for clause in &decl.throws {
        let errors = throws_clause(clause, &mut cx);
        throws_open |= errors.is_empty();
        throws.extend(errors);
    }
    let spec = spec(&decl.spec, &mut cx);
    let body = decl.body.as_ref().map(|body| cx.block(body));
    let locals: Arena<LocalId, _> = cx.finish();
    Function {
        name: name(&decl.name),
        module: pending.module,
        owner: pending.contract.map_or(FnOwner::Free, FnOwner::Contract),
        docs: docs(pending.doc),
        kind,
        is_async: decl.is_async,
        schedule: None,
        public: pending.public,
        type_params: Vec::new(),
        params,
        result,
        throws,
        throws_open,
        throws_insert: throws_insert(decl),
        spec,
        locals,
        body,
        span: head(decl),
    }
}

/// The head of a function, as far as it has places: to its result, parameter or name.
fn head(decl: &ast::FnDecl) -> Span {
    let last = decl.result.as_ref().map(|ty| ty.span);
    let last = last.or(decl.params.last().map(|param| param.span)).unwrap_or(decl.name.span);
    let start = Span { end: decl.span.start, ..decl.span };
    if start.source == last.source && start.start <= last.end { start.to(last) } else { last }
}

/// Where a missing error of `throws` would be written.
fn throws_insert(decl: &ast::FnDecl) -> Option<Span> {
    if let Some(last) = decl.throws.last() {
        return Some(last.error.path.span.at_end());
    }
    if let Some(result) = &decl.result {
        return Some(result.span.at_end());
    }
    let spec = &decl.spec;
    let plain = spec.requires.is_empty()
        && spec.ensures.is_empty()
        && spec.decreases.is_empty()
        && spec.modifies.is_none();
    decl.body.as_ref().filter(|_| plain).map(|body| body.span.at_start())
}

fn parameter(param: &ast::Param, cx: &mut Cx<'_, '_>) -> Param {
    let mode = match param.mode {
        ast::ParamMode::View => ParamMode::View,
        ast::ParamMode::Inout => ParamMode::Inout,
        ast::ParamMode::Take => ParamMode::Take,
    };
    let local = cx.declare(&param.name, false, true);
    Param { local, mode, ty: cx.ty(&param.ty) }
}

fn throws_clause(throws: &ast::Throws, cx: &mut Cx<'_, '_>) -> Vec<Throws> {
    let errors = cx.error_path(&throws.error);
    let mut clauses = Vec::new();
    for error in errors {
        let when = throws
            .when
            .as_ref()
            .map(|when| ThrowsWhen { exactly: when.exactly, cond: cx.expr(&when.condition) });
        clauses.push(Throws { error, when, span: throws.error.path.span });
    }
    clauses
}

fn spec(spec: &ast::FnSpec, cx: &mut Cx<'_, '_>) -> FnSpec {
    if let Some(first) = spec.modifies.as_ref().and_then(|places| places.first()) {
        cx.d.push(not_yet(first.span, "`modifies`"));
    }
    let requires = spec.requires.iter().map(|requires| Requires {
        cond: cx.expr(&requires.condition),
        otherwise: requires.error.as_ref().and_then(|error| cx.throw(error)),
        span: requires.span,
    });
    let requires = requires.collect();
    let ensures = spec.ensures.iter();
    let ensures = ensures.map(|cond| Clause { cond: cx.expr(cond), span: cond.span }).collect();
    let decreases = spec.decreases.iter().map(|measure| cx.expr(measure)).collect();
    FnSpec { requires, ensures, decreases, modifies: None }
}
