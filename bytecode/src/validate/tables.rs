//! The rules about tables and signatures: limits, names, codes, types of defaults.

use super::errors::{Invalid, ValidateError};
use crate::imports::Import;
use crate::kinds::FunctionKind;
use crate::limits;
use crate::module::{Function, Module};
use crate::state_key::field_id;
use crate::types::{HeapType, Type};
use std::collections::HashSet;
use std::hash::Hash;

/// Checks all tables of a module but its code.
pub(super) fn check(module: &Module) -> Result<(), ValidateError> {
    name(&module.name, "the module").map_err(Invalid::in_module)?;
    tables(module).map_err(Invalid::in_module)?;
    for (index, function) in module.functions.iter().enumerate() {
        signature(function).map_err(|what| what.in_function(module, index))?;
    }
    let inits = module.functions.iter().enumerate();
    let mut inits = inits.filter(|(_, function)| function.kind == FunctionKind::Init);
    let host = module.functions.iter().position(|function| function.kind == FunctionKind::Host);
    if let Some(at) = host {
        return Err(Invalid::HostFunction.in_function(module, at));
    }
    match inits.nth(1) {
        Some((second, _)) => Err(Invalid::TwoInits.in_function(module, second)),
        None => Ok(()),
    }
}

fn tables(module: &Module) -> Result<(), Invalid> {
    types(&module.types)?;
    at_most(&module.data, limits::TABLE, "data")?;
    at_most(&module.consts, limits::TABLE, "constants")?;
    at_most(&module.schema, limits::TABLE, "state fields")?;
    at_most(&module.errors, limits::TABLE, "errors")?;
    at_most(&module.events, limits::TABLE, "events")?;
    at_most(&module.functions, limits::TABLE, "functions")?;
    for field in &module.schema {
        name(&field.name, "a state field")?;
        at_most(&field.keys, limits::KEYS, "keys of a state field")?;
        let types = field.keys.iter().chain([&field.value]);
        types.copied().try_for_each(|ty| known(&module.types, ty))?;
        if field.default.is_some_and(|default| Type::Scalar(default.ty()) != field.value) {
            return Err(Invalid::DefaultType { field: field.name.clone() });
        }
    }
    for error in &module.errors {
        name(&error.name, "an error")?;
        at_most(&error.params, limits::PARAMS, "parameters of an error")?;
        error.params.iter().try_for_each(|ty| known(&module.types, *ty))?;
    }
    for event in &module.events {
        name(&event.name, "an event")?;
        at_most(&event.fields, limits::PARAMS, "fields of an event")?;
        event.fields.iter().try_for_each(|field| known(&module.types, field.ty))?;
    }
    at_most(&module.imports, limits::TABLE, "imports")?;
    module.imports.iter().try_for_each(|it| import(module, it))?;
    for function in &module.functions {
        name(&function.name, "a function")?;
        let signature = function.params.iter().chain(&function.results);
        signature.copied().try_for_each(|ty| known(&module.types, ty))?;
    }
    let types = &module.types;
    unique("state fields", &module.schema, |it| it.name.as_str(), |it| &it.name)?;
    unique("state fields' ids", &module.schema, |it| field_id(types, it), |it| &it.name)?;
    unique("errors", &module.errors, |it| it.name.as_str(), |it| &it.name)?;
    unique("errors' codes", &module.errors, |it| it.code, |it| &it.name)?;
    unique("events", &module.events, |it| it.name.as_str(), |it| &it.name)?;
    unique("events' codes", &module.events, |it| it.code, |it| &it.name)?;
    unique("functions", &module.functions, |it| it.name.as_str(), |it| &it.name)
}

/// The table of types: in order, of types that exist, and collections of what stands before them.
fn types(types: &[HeapType]) -> Result<(), Invalid> {
    at_most(types, limits::TYPES, "types")?;
    // The collections in each type, itself included.
    let mut counts: Vec<usize> = Vec::with_capacity(types.len());
    for (at, ty) in types.iter().enumerate() {
        if at > 0 && types[at - 1].table_order(ty).is_ge() {
            return Err(Invalid::TypeOrder { at });
        }
        ty.parts().try_for_each(|part| known(types, part))?;
        match ty {
            HeapType::String | HeapType::Bytes => {}
            HeapType::Record { name: of, fields } => {
                name(of, "a type")?;
                at_most(fields, limits::PARAMS, "fields of a record")?;
            }
            HeapType::Enum { name: of, variants } => {
                name(of, "a type")?;
                at_most(variants, limits::VARIANTS, "variants of an enum")?;
                variants.iter().try_for_each(|payload| {
                    at_most(payload, limits::PARAMS, "fields of a variant")
                })?;
            }
            HeapType::Vec(_) | HeapType::Map { .. } => {}
        }
        let mut count = 0;
        if ty.is_collection() {
            let parts = ty.parts().filter_map(Type::heap).map(|part| counts.get(usize::from(part)));
            let within: Option<usize> = parts.map(|count| count.copied()).sum();
            count = within.ok_or(Invalid::TypeOrder { at })? + 1;
        }
        if count > limits::COLLECTIONS {
            return Err(Invalid::DeepCollection { at });
        }
        counts.push(count);
    }
    Ok(())
}

fn import(module: &Module, import: &Import) -> Result<(), Invalid> {
    name(&import.name, "an import")?;
    at_most(&import.params, limits::PARAMS, "parameters of an import")?;
    at_most(&import.results, limits::PARAMS, "results of an import")?;
    let signature = import.params.iter().chain(&import.results);
    signature.copied().try_for_each(|ty| known(&module.types, ty))?;
    let bad = |why| Err(Invalid::BadImport { name: import.name.clone(), why });
    let deploys = import.kind == FunctionKind::Init;
    let payable = matches!(import.kind, FunctionKind::Payable | FunctionKind::Init);
    let host = import.kind == FunctionKind::Host;
    match import {
        _ if host && (import.value || import.gas || !import.throws.is_empty()) => {
            bad("asks the host and hands coins or gas over, or throws")
        }
        _ if import.kind == FunctionKind::Private => bad("is of a private function"),
        _ if deploys != import.code.is_some() => {
            bad("has a code hash and calls, or has none and deploys")
        }
        _ if deploys && !import.results.is_empty() => bad("deploys and gives results"),
        _ if import.value && !payable => bad("hands coins to a function that takes none"),
        _ if import.throws.windows(2).any(|pair| pair[0] >= pair[1]) => {
            bad("lists errors out of order")
        }
        _ if import.throws.last().is_some_and(|at| usize::from(*at) >= module.errors.len()) => {
            bad("throws an error that is not in the table")
        }
        _ => Ok(()),
    }
}

fn known(types: &[HeapType], ty: Type) -> Result<(), Invalid> {
    match ty.heap() {
        Some(index) if usize::from(index) >= types.len() => Err(Invalid::NoSuchType { ty }),
        _ => Ok(()),
    }
}

fn signature(function: &Function) -> Result<(), Invalid> {
    at_most(&function.params, limits::PARAMS, "parameters of a function")?;
    at_most(&function.results, limits::PARAMS, "results of a function")?;
    at_most(&function.blocks, limits::TABLE, "blocks of a function")?;
    let need = Type::total_slots(&function.params);
    if need > usize::from(function.slots) {
        return Err(Invalid::FrameTooSmall { need, slots: function.slots });
    }
    if function.kind == FunctionKind::Init && !function.results.is_empty() {
        return Err(Invalid::InitResults);
    }
    if function.blocks.is_empty() { Err(Invalid::NoBlocks) } else { Ok(()) }
}

fn at_most<T>(items: &[T], limit: usize, what: &'static str) -> Result<(), Invalid> {
    if items.len() <= limit { Ok(()) } else { Err(Invalid::TooMany { what, limit }) }
}

fn name(name: &str, what: &'static str) -> Result<(), Invalid> {
    let fits = (1..=limits::NAME_BYTES).contains(&name.len());
    if fits { Ok(()) } else { Err(Invalid::BadName { what }) }
}

fn unique<'m, T, K: Hash + Eq>(
    what: &'static str,
    items: &'m [T],
    key: impl Fn(&'m T) -> K,
    name: impl Fn(&'m T) -> &'m str,
) -> Result<(), Invalid> {
    let mut seen = HashSet::with_capacity(items.len());
    match items.iter().find(|item| !seen.insert(key(item))) {
        Some(item) => Err(Invalid::Twice { what, name: name(item).to_owned() }),
        None => Ok(()),
    }
}
