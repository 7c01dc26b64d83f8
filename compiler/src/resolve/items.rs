//! The second walk: heads and bodies of every item, with their names bound.
//!
//! In: the plan of the first walk. Out: the resolved package.
//! Holds always: items are made in the order of their ids.
//!
//! Length: `resolve_items` makes each kind of item in its turn.

use std::collections::HashMap;

use deed_base::{Diagnostics, Span};
use deed_syntax::ast::{self, FnKind as AstKind};

use super::body::Cx;
use super::collect::{Pending, PendingFn, Plan};
use super::errors::{bodyless_function, not_in_contract};
use super::generics::{mode, param_ty};
use super::rules::rule;
use super::schedules::version;
use super::scope::Tables;
use super::tests::test;
use super::traits;
use super::types::{self_enum, self_struct};
use crate::arena::{Arena, ContractId, FnId, InterfaceId, LocalId, TypeParamId};
use crate::hir::{
    Clause, ConstDef, Contract, DataDef, DataField, EnumDef, FnSpec, Function, InterfaceDef,
    Package, Param, Requires, StateField, StructDef, StructField, TestDef, Throws, ThrowsWhen,
    TypeParam, Variant, VariantField,
};
use crate::thir::{FnKind, FnOwner, Name, StructKind};

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
        interfaces,
        traits,
        impls,
        tests,
        rules,
        ..
    } = plan;
    let mut owned: HashMap<FnOwner, Vec<FnId>> = HashMap::new();
    for (id, pending) in functions.iter() {
        owned.entry(pending.owner).or_default().push(id);
    }
    let mut functions_of = |owner: FnOwner| owned.remove(&owner).unwrap_or_default();
    let mut package = Package { modules, ..Package::default() };
    for (_, pending) in constants.iter() {
        package.constants.push(constant(pending, &tables, d));
    }
    for (id, pending) in structs.iter() {
        let methods = functions_of(FnOwner::Struct(id));
        let def = structure(pending, methods, &tables, &mut package.type_params, d);
        package.structs.push(def);
    }
    for (id, pending) in enums.iter() {
        let methods = functions_of(FnOwner::Enum(id));
        let def = enumeration(pending, methods, &tables, &mut package.type_params, d);
        package.enums.push(def);
    }
    for (id, pending) in traits.iter() {
        let functions = functions_of(FnOwner::Trait(id));
        let def = traits::trait_def(id, pending, functions, &tables, &mut package, d);
        package.traits.push(def);
    }
    for (id, pending) in impls.iter() {
        let functions = functions_of(FnOwner::Impl(id));
        let def = traits::impl_def(pending, functions, &tables, &mut package, d);
        package.impls.push(def);
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
    for pending in functions.values() {
        let function = function(pending, &tables, &mut package, d);
        package.functions.push(function);
    }
    for (id, pending) in tests.iter() {
        let (function, def) = test(id, pending, &tables, d);
        let function = package.functions.push(function);
        package.tests.push(TestDef { function, ..def });
    }
    let beside = |module| contracts.iter().filter(move |(_, c)| c.module == module);
    for pending in &rules {
        let beside: Vec<ContractId> = beside(pending.module).map(|(id, _)| id).collect();
        if let Some(rule) = rule(pending, &beside, &tables, d) {
            package.rules.push(rule);
        }
    }
    for (id, pending) in interfaces.iter() {
        let interface = interface(pending, id, &package);
        package.interfaces.push(interface);
    }
    for (id, pending) in contracts.iter() {
        let mut contract = contract(pending, id, &tables, d);
        contract.functions = functions_of(FnOwner::Contract(id));
        let is_init = |id: &&FnId| matches!(package.functions[**id].kind, FnKind::Init);
        contract.init = contract.functions.iter().find(is_init).copied();
        package.contracts.push(contract);
    }
    for (id, error) in package.errors.iter() {
        error.contract.into_iter().for_each(|of| package.contracts[of].errors.push(id));
    }
    for (id, event) in package.events.iter() {
        event.contract.into_iter().for_each(|of| package.contracts[of].events.push(id));
    }
    package.records = tables.records.into_inner();
    package
}

pub(super) fn name(ident: &ast::Ident) -> Name {
    Name { text: ident.name.clone(), span: ident.span }
}

pub(super) fn docs(doc: Option<&ast::Doc>) -> String {
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
    cx.interface = pending.interface;
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
        interface: pending.interface,
        docs: docs(pending.doc),
        fields,
    }
}

fn structure(
    pending: &Pending<'_, ast::StructDecl>,
    methods: Vec<FnId>,
    tables: &Tables,
    params: &mut Arena<TypeParamId, TypeParam>,
    d: &mut Diagnostics,
) -> StructDef {
    let decl = pending.decl;
    let mut cx = Cx::new(tables, pending.module, pending.contract, d);
    let type_params = cx.generics(&decl.generics, params);
    cx.distinct(decl.fields.iter().map(|field| &field.name));
    let fields = decl.fields.iter().map(|field| StructField {
        name: name(&field.name),
        ty: cx.ty(&field.ty),
        default: field.default.as_ref().map(|value| cx.expr(value)),
        public: field.attrs.public,
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
        type_params,
        methods,
        fields,
    }
}

fn enumeration(
    pending: &Pending<'_, ast::EnumDecl>,
    methods: Vec<FnId>,
    tables: &Tables,
    params: &mut Arena<TypeParamId, TypeParam>,
    d: &mut Diagnostics,
) -> EnumDef {
    let decl = pending.decl;
    let mut cx = Cx::new(tables, pending.module, pending.contract, d);
    let type_params = cx.generics(&decl.generics, params);
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
        type_params,
        methods,
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
    let (mut invariants, mut step_invariants) = (Vec::new(), Vec::new());
    for invariant in decl.invariants() {
        let clause = Clause { cond: cx.expr(&invariant.condition), span: invariant.span };
        if invariant.step { &mut step_invariants } else { &mut invariants }.push(clause);
    }
    let version = decl.version.as_ref().map(version);
    let policy = cx.policy(decl);
    let locals = cx.finish();
    let implements = tables.contracts[id].implements.clone();
    Contract {
        name: name(&decl.name),
        module: pending.module,
        docs: docs(pending.doc),
        state,
        init: None,
        functions: Vec::new(),
        invariants,
        step_invariants,
        locals,
        errors: Vec::new(),
        events: Vec::new(),
        implements,
        version,
        policy,
    }
}

fn interface(
    pending: &Pending<'_, ast::InterfaceDecl>,
    id: InterfaceId,
    package: &Package,
) -> InterfaceDef {
    let own = |owner: FnOwner| owner == FnOwner::Interface(id);
    let inside = |interface: Option<InterfaceId>| interface == Some(id);
    let functions = package.functions.iter().filter(|(_, function)| own(function.owner));
    let errors = package.errors.iter().filter(|(_, error)| inside(error.interface));
    let events = package.events.iter().filter(|(_, event)| inside(event.interface));
    InterfaceDef {
        name: name(&pending.decl.name),
        module: pending.module,
        docs: docs(pending.doc),
        functions: functions.map(|(id, _)| id).collect(),
        errors: errors.map(|(id, _)| id).collect(),
        events: events.map(|(id, _)| id).collect(),
    }
}

fn state_field(field: &ast::Field, cx: &mut Cx<'_, '_>) -> StateField {
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

fn function(
    pending: &PendingFn<'_>,
    tables: &Tables,
    package: &mut Package,
    d: &mut Diagnostics,
) -> Function {
    let decl = pending.decl;
    let mut cx = Cx::new(tables, pending.module, pending.contract, d);
    cx.in_test = matches!(decl.kind, AstKind::Test);
    cx.interface = match pending.owner {
        FnOwner::Interface(id) => Some(id),
        _ => None,
    };
    let mut type_params = enter_owner(pending, package, &mut cx);
    type_params.extend(cx.generics(&decl.generics, &mut package.type_params));
    let public = pending.public || of_trait(pending.owner, package);
    let kind = match decl.kind {
        AstKind::Native => FnKind::Native,
        AstKind::Entry => FnKind::Entry { payable: decl.payable },
        AstKind::View => FnKind::View,
        AstKind::Init => FnKind::Init,
        AstKind::Spec => FnKind::Spec,
        AstKind::Test => FnKind::Test,
        AstKind::Scheduled(_) => FnKind::Scheduled,
        AstKind::Migrate => FnKind::Migrate,
        AstKind::Upgrade => FnKind::Upgrade,
        _ if public => FnKind::Public,
        _ => FnKind::Private,
    };
    let of_contract = matches!(kind, FnKind::Entry { .. } | FnKind::View | FnKind::Init);
    let offered = matches!(pending.owner, FnOwner::Contract(_) | FnOwner::Interface(_));
    if of_contract && !offered {
        cx.d.push(not_in_contract(&decl.name));
    }
    let bodyless = kind == FnKind::Native
        || matches!(pending.owner, FnOwner::Trait(_) | FnOwner::Interface(_));
    if decl.body.is_none() && !bodyless {
        cx.d.push(bodyless_function(&decl.name));
    }
    let receiver = decl.receiver.as_ref().and_then(|this| cx.receiver(this, pending.owner));
    let mut params: Vec<Param> = receiver.into_iter().collect();
    params.extend(decl.params.iter().map(|param| parameter(param, &mut cx)));
    let result = decl.result.as_ref().map(|ty| cx.ty(ty));
    let mut throws = Vec::new();
    let mut throws_open = false;
    for clause in &decl.throws {
        let errors = throws_clause(clause, &mut cx);
        throws_open |= errors.is_empty();
        throws.extend(errors);
    }
    let schedule = match &decl.kind {
        AstKind::Scheduled(schedule) => Some(cx.schedule_of(schedule)),
        _ => None,
    };
    let spec = spec(&decl.spec, &mut cx);
    let body = decl.body.as_ref().map(|body| cx.block(body));
    let locals: Arena<LocalId, _> = cx.finish();
    Function {
        name: name(&decl.name),
        module: pending.module,
        owner: pending.owner,
        docs: docs(pending.doc),
        kind,
        is_async: decl.is_async,
        schedule,
        public,
        type_params,
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

/// Makes known what an owner's functions see: its type parameters, which are given back, and `Self`.
fn enter_owner(
    pending: &PendingFn<'_>,
    package: &Package,
    cx: &mut Cx<'_, '_>,
) -> Vec<TypeParamId> {
    let span = pending.decl.name.span;
    let (params, this) = match pending.owner {
        FnOwner::Struct(id) => {
            let params = &package.structs[id].type_params;
            (params, Some(self_struct(id, params, span)))
        }
        FnOwner::Enum(id) => {
            let params = &package.enums[id].type_params;
            (params, Some(self_enum(id, params, span)))
        }
        FnOwner::Impl(id) => {
            let def = &package.impls[id];
            (&def.type_params, Some(def.target.clone()))
        }
        FnOwner::Trait(id) => {
            let params = &package.traits[id].type_params;
            (params, params.first().map(|this| param_ty(*this, span)))
        }
        _ => return Vec::new(),
    };
    cx.enter(params, &package.type_params);
    cx.self_ty = this;
    params.clone()
}

/// Whether a function is as public as the trait that asks for it.
fn of_trait(owner: FnOwner, package: &Package) -> bool {
    match owner {
        FnOwner::Trait(_) => true,
        FnOwner::Impl(id) => package.impls[id].of_trait.is_some(),
        _ => false,
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
        && spec.no_trap.is_empty()
        && spec.modifies.is_none();
    decl.body.as_ref().filter(|_| plain).map(|body| body.span.at_start())
}

pub(super) fn parameter(param: &ast::Param, cx: &mut Cx<'_, '_>) -> Param {
    let mode = mode(param.mode);
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
    let modifies = spec.modifies.as_ref();
    let modifies = modifies.map(|places| places.iter().map(|place| cx.expr(place)).collect());
    let requires = spec.requires.iter().map(|requires| Requires {
        cond: cx.expr(&requires.condition),
        otherwise: requires.error.as_ref().and_then(|error| cx.throw(error)),
        span: requires.span,
    });
    let requires = requires.collect();
    let mut clause = |cond: &ast::Expr| Clause { cond: cx.expr(cond), span: cond.span };
    let ensures = spec.ensures.iter().map(&mut clause).collect();
    let no_trap = spec.no_trap.iter().map(&mut clause).collect();
    let decreases = spec.decreases.iter().map(|measure| cx.expr(measure)).collect();
    FnSpec { requires, ensures, decreases, modifies, no_trap }
}
