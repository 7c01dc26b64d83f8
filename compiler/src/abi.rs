//! The ABI of a contract: what its callers see.
//!
//! In: a checked package and one of its contracts. Out: an [`Abi`].
//! Holds always: names are full names, everything stands in source order, and codes are the same as
//! in the module's tables, since both come from here.

use std::collections::BTreeSet;

use deed_abi::{Abi, AbiError, AbiEvent, AbiField, AbiFunction, AbiType, EventParam, Param};
use deed_bytecode::{FunctionKind, Ty as Scalar};

use crate::arena::{ContractId, ErrorId, EventId};
use crate::mir::Program;
use crate::thir::{Contract, FnKind, Function, Package, PathKey, StatePath, context_path};
use crate::ty::{IntTy, Ty};

/// The ABI of one contract: what it declares, and what its code throws and emits besides.
pub fn describe(package: &Package, id: ContractId, program: &Program) -> Abi {
    let contract = &package.contracts[id];
    let mut errors: BTreeSet<ErrorId> = contract.errors.iter().copied().collect();
    let mut events: BTreeSet<EventId> = contract.events.iter().copied().collect();
    errors.extend(program.errors.iter().map(|error| error.source));
    events.extend(program.events.iter().map(|event| event.source));
    let mut functions = Vec::new();
    for id in &contract.functions {
        let function = &package.functions[*id];
        let Some(kind) = kind(function.kind) else { continue };
        errors.extend(&function.throws);
        events.extend(&function.effects.emits);
        functions.push(describe_function(package, contract, function, kind));
    }
    if contract.init.is_none() {
        functions.push(silent_init(contract));
    }
    let field = |field: &crate::thir::StateField| AbiField {
        name: field.name.text.clone(),
        ty: abi_type(&field.ty),
    };
    Abi {
        contract: package.full_name(contract.module, None, &contract.name.text),
        functions,
        errors: errors.into_iter().map(|id| error(package, id)).collect(),
        events: events.into_iter().map(|id| event(package, id)).collect(),
        state: contract.state.values().map(field).collect(),
        types: Vec::new(),
    }
}

/// An error with its full name and code.
pub fn error(package: &Package, id: ErrorId) -> AbiError {
    let def = &package.errors[id];
    let params = def.fields.iter();
    let params = params.map(|f| Param { name: f.name.text.clone(), ty: abi_type(&f.ty) });
    let name = package.full_name(def.module, def.contract, &def.name.text);
    AbiError::new(name, params.collect())
}

/// An event with its full name and code.
pub fn event(package: &Package, id: EventId) -> AbiEvent {
    let def = &package.events[id];
    let params = def.fields.iter().map(|field| EventParam {
        name: field.name.text.clone(),
        ty: abi_type(&field.ty),
        index: field.index,
    });
    let name = package.full_name(def.module, def.contract, &def.name.text);
    AbiEvent::new(name, params.collect())
}

fn describe_function(
    package: &Package,
    contract: &Contract,
    function: &Function,
    kind: FunctionKind,
) -> AbiFunction {
    let local = |param: &crate::thir::Param| &function.locals[param.local];
    let params = function.params.iter().map(local);
    let params = params.map(|p| Param { name: p.name.text.clone(), ty: abi_type(&p.ty) });
    let thrown = function.throws.iter();
    let path = |path: &StatePath| state_path(contract, function, path);
    AbiFunction {
        name: function.name.text.clone(),
        kind,
        params: params.collect(),
        result: (function.result != Ty::Unit).then(|| abi_type(&function.result)),
        throws: thrown.map(|id| error(package, *id).name).collect(),
        reads: function.effects.reads.iter().map(path).collect(),
        writes: function.effects.writes.iter().map(path).collect(),
    }
}

/// The `init` of a contract that does not write one.
fn silent_init(contract: &Contract) -> AbiFunction {
    let stored = contract.state.values().filter(|field| field.default.is_some());
    AbiFunction {
        name: "init".into(),
        kind: FunctionKind::Init,
        params: Vec::new(),
        result: None,
        throws: Vec::new(),
        reads: Vec::new(),
        writes: stored.map(|field| field.name.text.clone()).collect(),
    }
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
    let mut text = contract.state[path.field].name.text.clone();
    for key in &path.keys {
        let key = match key {
            PathKey::Any => "*",
            PathKey::Context(kind) => context_path(*kind),
            PathKey::Literal(literal) => literal,
            PathKey::Param(at) => match function.params.get(*at as usize) {
                Some(param) => &function.locals[param.local].name.text,
                None => "*",
            },
        };
        text += &format!("[{key}]");
    }
    text
}

/// A type as data. Types that cannot be executed yet have no form, and stand as the empty tuple; a
/// program that has them at its boundary is refused before anyone sees its ABI.
pub fn abi_type(ty: &Ty) -> AbiType {
    let boxed = |ty: &Ty| Box::new(abi_type(ty));
    match ty {
        Ty::Int(int) => AbiType::Scalar(int_scalar(*int)),
        Ty::Bool => AbiType::Scalar(Scalar::Bool),
        Ty::Address => AbiType::Scalar(Scalar::Address),
        Ty::Hash => AbiType::Scalar(Scalar::Hash),
        Ty::String => AbiType::String,
        Ty::Bytes => AbiType::Bytes,
        Ty::Time => AbiType::Time,
        Ty::Duration => AbiType::Duration,
        Ty::Date => AbiType::Date,
        Ty::Tuple(parts) => AbiType::Tuple(parts.iter().map(abi_type).collect()),
        Ty::Array(of, len) => AbiType::Array(boxed(of), u32::try_from(*len).unwrap_or(u32::MAX)),
        Ty::Vec(of) => AbiType::Vec(boxed(of)),
        Ty::Set(of) => AbiType::Set(boxed(of)),
        Ty::Map(map) => AbiType::Map(boxed(&map.key), boxed(&map.value)),
        Ty::Option(of) => AbiType::Option(boxed(of)),
        _ => AbiType::UNIT,
    }
}

fn int_scalar(int: IntTy) -> Scalar {
    int.into()
}
