//! The ABI of a contract: what its callers see.
//!
//! In: a checked package and one of its contracts. Out: an [`Abi`].
//! Holds always: names are full names, everything stands in source order, and codes are the same as
//! in the module's tables, since both come from here.

use std::collections::{BTreeMap, BTreeSet};

use deed_abi::{
    Abi, AbiError, AbiEvent, AbiField, AbiFunction, AbiType, EventParam, Param, TypeDef, TypeShape,
    Variant,
};
use deed_bytecode::FunctionKind;

use crate::arena::{ContractId, ErrorId, EventId};
use crate::layout::{Case, Part, Shape};
use crate::mir::{self, Program};
use crate::thir::{Contract, FnKind, Function, Package, StatePath};
use crate::ty::Ty;

/// The ABI of one contract: what it declares, and what its code throws and emits besides.
pub fn describe(package: &Package, id: ContractId, program: &Program) -> Abi {
    let contract = &package.contracts[id];
    let mut errors: BTreeSet<ErrorId> = contract.errors.iter().copied().collect();
    let mut events: BTreeSet<EventId> = contract.events.iter().copied().collect();
    errors.extend(program.errors.iter().map(|error| error.source));
    events.extend(program.events.iter().map(|event| event.source));
    let mut describer = Describer { package, types: BTreeMap::new() };
    let mut functions = Vec::new();
    for id in &contract.functions {
        let function = &package.functions[*id];
        let Some(kind) = kind(function.kind) else { continue };
        errors.extend(&function.throws);
        events.extend(&function.effects.emits);
        functions.push(describer.function(contract, function, kind));
    }
    if contract.init.is_none() {
        functions.push(silent_init(contract));
    }
    let mut state = Vec::new();
    for field in contract.state.values().filter(|field| !field.ghost) {
        state.push(AbiField { name: field.name.text.to_string(), ty: describer.ty(&field.ty) });
    }
    Abi {
        contract: package.full_name(contract.module, None, &contract.name.text),
        functions,
        errors: errors.into_iter().map(|id| describer.error(id)).collect(),
        events: events.into_iter().map(|id| describer.event(id)).collect(),
        state,
        types: describer.definitions(),
    }
}

/// An error with its full name and code.
pub fn error(package: &Package, id: ErrorId) -> AbiError {
    Describer { package, types: BTreeMap::new() }.error(id)
}

/// An event with its full name and code.
pub fn event(package: &Package, id: EventId) -> AbiEvent {
    Describer { package, types: BTreeMap::new() }.event(id)
}

/// Describes types, and collects the definitions of those that are referred to by name.
pub(crate) struct Describer<'p> {
    package: &'p Package,
    /// By name; none while a definition is being made.
    types: BTreeMap<String, Option<TypeShape>>,
}

impl<'p> Describer<'p> {
    pub(crate) fn new(package: &'p Package) -> Self {
        Describer { package, types: BTreeMap::new() }
    }

    /// The interface of a module of tests: an entry a test, and the types that were described.
    pub(crate) fn tests(self, tests: &[(String, Vec<Param>)]) -> Abi {
        let functions = tests.iter().map(|(name, params)| AbiFunction {
            name: name.clone(),
            kind: FunctionKind::Entry,
            params: params.clone(),
            result: None,
            throws: Vec::new(),
            reads: Vec::new(),
            writes: Vec::new(),
        });
        Abi {
            contract: "test".to_owned(),
            functions: functions.collect(),
            errors: Vec::new(),
            events: Vec::new(),
            state: Vec::new(),
            types: self.definitions(),
        }
    }
}

impl Describer<'_> {
    fn definitions(self) -> Vec<TypeDef> {
        let defs = self.types.into_iter();
        defs.filter_map(|(name, shape)| Some(TypeDef { name, shape: shape? })).collect()
    }

    fn error(&mut self, id: ErrorId) -> AbiError {
        let def = &self.package.errors[id];
        let params =
            def.fields.iter().map(|f| Param { name: f.name.text.to_string(), ty: self.ty(&f.ty) });
        let params = params.collect();
        AbiError::new(self.package.error_name(id), params)
    }

    fn event(&mut self, id: EventId) -> AbiEvent {
        let def = &self.package.events[id];
        let params = def.fields.iter().map(|field| EventParam {
            name: field.name.text.to_string(),
            ty: self.ty(&field.ty),
            index: field.index,
        });
        let params = params.collect();
        AbiEvent::new(self.package.event_name(id), params)
    }

    fn function(
        &mut self,
        contract: &Contract,
        function: &Function,
        kind: FunctionKind,
    ) -> AbiFunction {
        let package = self.package;
        let local = |param: &crate::thir::Param| &function.locals[param.local];
        let params = function.params.iter().map(local);
        let params = params.map(|p| Param { name: p.name.text.to_string(), ty: self.ty(&p.ty) });
        let params = params.collect();
        let thrown = function.throws.iter();
        let path = |path: &StatePath| state_path(contract, function, path);
        AbiFunction {
            name: function.name.text.to_string(),
            kind,
            params,
            result: (function.result != Ty::Unit).then(|| self.ty(&function.result)),
            throws: thrown.map(|id| error(package, *id).name).collect(),
            reads: function.effects.reads.iter().map(path).collect(),
            writes: function.effects.writes.iter().map(path).collect(),
        }
    }

    /// A type as data. Types that cannot be executed yet have no form, and stand as the empty tuple;
    /// a program that has them at its boundary is refused before anyone sees its ABI.
    pub(crate) fn ty(&mut self, ty: &Ty) -> AbiType {
        let mut boxed = |ty: &Ty| Box::new(self.ty(ty));
        match ty {
            Ty::Bool | Ty::Address | Ty::Hash | Ty::Int(_) => self.scalar(ty),
            Ty::String => AbiType::String,
            Ty::Bytes => AbiType::Bytes,
            Ty::Time => AbiType::Time,
            Ty::Duration => AbiType::Duration,
            Ty::Date => AbiType::Date,
            Ty::Tuple(parts) => AbiType::Tuple(parts.iter().map(|part| self.ty(part)).collect()),
            Ty::Array(of, len) => AbiType::Array(boxed(of), array_len(len)),
            Ty::Vec(of) => AbiType::Vec(boxed(of)),
            Ty::Set(of) => AbiType::Set(boxed(of)),
            Ty::Map(map) => AbiType::Map(boxed(&map.key), boxed(&map.value)),
            Ty::Option(of) => AbiType::Option(boxed(of)),
            _ => match self.package.shape(ty) {
                Shape::Scalar(_) => self.scalar(ty),
                Shape::Record(parts) => {
                    self.named(ty, |this| TypeShape::Struct(this.parts(&parts)))
                }
                Shape::Enum(cases) => self.named(ty, |this| {
                    let case = |case: &Case| Variant {
                        name: case.name.clone(),
                        fields: this.parts(&case.parts),
                    };
                    TypeShape::Enum(cases.iter().map(case).collect())
                }),
                _ => AbiType::UNIT,
            },
        }
    }

    fn scalar(&self, ty: &Ty) -> AbiType {
        let Some(scalar) = self.package.scalar(ty).and_then(mir::Ty::scalar) else {
            return AbiType::UNIT;
        };
        match self.package.places(ty).and_then(|places| u8::try_from(places).ok()) {
            Some(places) => AbiType::Decimal { places, of: scalar },
            None => AbiType::Scalar(scalar),
        }
    }

    fn named(&mut self, ty: &Ty, shape: impl FnOnce(&mut Self) -> TypeShape) -> AbiType {
        let name = self.package.type_name(ty);
        if !self.types.contains_key(&name) {
            self.types.insert(name.clone(), None);
            let shape = shape(self);
            self.types.insert(name.clone(), Some(shape));
        }
        AbiType::Named(name)
    }

    fn parts(&mut self, parts: &[Part]) -> Vec<Param> {
        let part = |part: &Part| Param { name: part.name.clone(), ty: self.ty(&part.ty) };
        parts.iter().map(part).collect()
    }
}

/// The `init` of a contract that does not write one.
fn silent_init(contract: &Contract) -> AbiFunction {
    let stored = contract.state.values().filter(|field| field.default.is_some() && !field.ghost);
    AbiFunction {
        name: "init".into(),
        kind: FunctionKind::Init,
        params: Vec::new(),
        result: None,
        throws: Vec::new(),
        reads: Vec::new(),
        writes: stored.map(|field| field.name.text.to_string()).collect(),
    }
}

/// How many elements an array has.
fn array_len(len: &Ty) -> u32 {
    len.as_number().and_then(|len| u32::try_from(len).ok()).unwrap_or(u32::MAX)
}

fn kind(kind: FnKind) -> Option<FunctionKind> {
    match kind {
        FnKind::Init => Some(FunctionKind::Init),
        FnKind::Entry { payable: true } => Some(FunctionKind::Payable),
        FnKind::Entry { payable: false } => Some(FunctionKind::Entry),
        FnKind::View => Some(FunctionKind::View),
        FnKind::Private
        | FnKind::Public
        | FnKind::Spec
        | FnKind::Native
        | FnKind::Scheduled
        | FnKind::Migrate
        | FnKind::Upgrade
        | FnKind::Test => None,
    }
}

/// `balances[tx.sender]`; a key that no caller can tell is `*`.
pub(crate) fn state_path(contract: &Contract, function: &Function, path: &StatePath) -> String {
    let mut text = contract.state[path.field].name.text.to_string();
    for key in &path.keys {
        text += &format!("[{}]", key.text(function));
    }
    text
}
