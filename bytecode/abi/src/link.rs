//! An ABI and the code it comes with must tell the same story.

use crate::abi::{Abi, Code};
use crate::layout::Layout;
use crate::ty::AbiType;
use deed_bytecode::{DecodeError, Function, Module, Type};
use std::collections::HashMap;
use std::fmt;

/// Why a module's ABI cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkError {
    /// It does not decode.
    Decode(DecodeError),
    /// It says something else than the code: about what, and what.
    Mismatch { what: String, why: &'static str },
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LinkError::Decode(error) => write!(f, "the module's ABI does not decode: {error}"),
            LinkError::Mismatch { what, why } => {
                write!(f, "the module's ABI and its code differ about {what}: {why}")
            }
        }
    }
}

impl std::error::Error for LinkError {}

type Check = Result<(), LinkError>;

/// The ABI that a module carries, once it is known to agree with the module's tables: the
/// same public functions with the same parameters and results, and the errors, events and
/// state fields of the code among its own, with codes that belong to their signatures.
///
/// # Errors
/// If it does not decode, or differs.
pub fn abi_of(module: &Module) -> Result<Abi, LinkError> {
    let abi = Abi::from_bytes(&module.abi).map_err(LinkError::Decode)?;
    if abi.contract != module.name {
        return mismatch(format!("the contract `{}`", module.name), "its name is another");
    }
    functions(&abi, module)?;
    errors(&abi, module)?;
    events(&abi, module)?;
    state(&abi, module)?;
    Ok(abi)
}

fn mismatch<T>(what: String, why: &'static str) -> Result<T, LinkError> {
    Err(LinkError::Mismatch { what, why })
}

fn require(holds: bool, what: impl FnOnce() -> String, why: &'static str) -> Check {
    if holds { Ok(()) } else { mismatch(what(), why) }
}

fn functions(abi: &Abi, module: &Module) -> Check {
    let public = module.functions.iter().filter(|function| function.kind.is_public());
    let code: HashMap<&str, &Function> =
        public.map(|function| (function.name.as_str(), function)).collect();
    require(
        code.len() == abi.functions.len(),
        || "its functions".into(),
        "one has more than the other",
    )?;
    let mut layout = Layout::new(abi, module);
    for function in &abi.functions {
        let what = || format!("`{}`", function.name);
        let Some(found) = code.get(function.name.as_str()) else {
            return mismatch(what(), "the code has no such public function");
        };
        require(found.kind == function.kind, what, "the kinds are not the same")?;
        let same = layout.params(&function.params, &found.params);
        require(same, what, "the parameters are not the same")?;
        let same = layout.all(function.result.as_ref(), &found.results);
        require(same, what, "the results are not the same")?;
    }
    Ok(())
}

fn errors(abi: &Abi, module: &Module) -> Check {
    for error in &abi.errors {
        let code = Code::of(&error.name, error.params.iter().map(|param| &param.ty));
        let what = || format!("error `{}`", error.name);
        require(code == error.code, what, "the code is not of its signature")?;
    }
    let by_name: HashMap<&str, _> =
        abi.errors.iter().map(|error| (error.name.as_str(), error)).collect();
    let mut layout = Layout::new(abi, module);
    for error in &module.errors {
        let what = || format!("error `{}`", error.name);
        let Some(found) = by_name.get(error.name.as_str()) else {
            return mismatch(what(), "the ABI has none");
        };
        require(found.code.0 == error.code, what, "the codes are not the same")?;
        let same = layout.params(&found.params, &error.params);
        require(same, what, "the data are not the same")?;
    }
    Ok(())
}

fn events(abi: &Abi, module: &Module) -> Check {
    for event in &abi.events {
        let code = Code::of(&event.name, event.params.iter().map(|param| &param.ty));
        let what = || format!("event `{}`", event.name);
        require(code == event.code, what, "the code is not of its signature")?;
    }
    let by_name: HashMap<&str, _> =
        abi.events.iter().map(|event| (event.name.as_str(), event)).collect();
    let mut layout = Layout::new(abi, module);
    for event in &module.events {
        let what = || format!("event `{}`", event.name);
        let Some(found) = by_name.get(event.name.as_str()) else {
            return mismatch(what(), "the ABI has none");
        };
        require(found.code.0 == event.code, what, "the codes are not the same")?;
        let mut rest = event.fields.as_slice();
        for param in &found.params {
            let types: Vec<Type> = rest.iter().map(|field| field.ty).collect();
            let taken = layout.take(&param.ty, &types);
            let (own, others) = rest.split_at(taken.unwrap_or(0));
            let same = taken.is_some() && own.iter().all(|field| field.index == param.index);
            require(same, what, "the fields are not the same")?;
            rest = others;
        }
        require(rest.is_empty(), what, "the fields are not the same")?;
    }
    Ok(())
}

fn state(abi: &Abi, module: &Module) -> Check {
    let fields: HashMap<&str, &AbiType> =
        abi.state.iter().map(|field| (field.name.as_str(), &field.ty)).collect();
    let mut layout = Layout::new(abi, module);
    for field in &module.schema {
        let what = || format!("state field `{}`", field.name);
        let of = field.name.split('.').next().unwrap_or_default();
        let Some(ty) = fields.get(of) else {
            return mismatch(what(), "the ABI has none");
        };
        require(layout.stores(ty, field), what, "the types are not the same")?;
    }
    Ok(())
}
