//! Arguments against the interface of a contract.
//!
//! In: a request and an ABI. Out: the canonical encoding of the arguments, or a diagnostic that names
//! function, parameter and expected type.

use std::collections::BTreeMap;

use deed_abi::{Abi, AbiFunction, Param};
use deed_base::catalogue::{BAD_ARGUMENT, BAD_CALL};
use deed_base::{Diagnostic, Span};
use deed_bytecode::FunctionKind;
use serde_json::Value;

use crate::request::{Argument, Request};

/// The addresses of contracts, by those of the accounts that have their names: `@Bank` is the
/// contract where there is one.
pub(crate) type StandIns = BTreeMap<String, String>;

pub(super) fn with_contracts(value: &Value, stand_ins: &StandIns) -> Value {
    match value {
        Value::String(text) => Value::String(stand_ins.get(text).unwrap_or(text).clone()),
        Value::Array(items) => items.iter().map(|item| with_contracts(item, stand_ins)).collect(),
        Value::Object(fields) => {
            let field =
                |(name, value): (&String, &Value)| (name.clone(), with_contracts(value, stand_ins));
            Value::Object(fields.iter().map(field).collect())
        }
        other => other.clone(),
    }
}

/// The function that a call names, and its arguments as bytes.
pub(crate) fn of_call(
    abi: &Abi,
    request: &Request,
    stand_ins: &StandIns,
) -> Result<Vec<u8>, Box<Diagnostic>> {
    let name = &request.function;
    let Some(function) = abi.function(name) else {
        let message = format!("`{}` has no entry or view called `{name}`", short(&abi.contract));
        let help = format!("it has {}", signatures(abi));
        return Err(refuse(BAD_CALL, request.place, message).help(help).into());
    };
    if function.kind == FunctionKind::Init {
        let message = "`init` runs once, when the contract is deployed";
        let help = "give its arguments with `--init`";
        return Err(refuse(BAD_CALL, request.place, message).help(help).into());
    }
    encode(abi, function, request, stand_ins)
}

/// The arguments of a deployment as bytes; a contract without `init` takes none.
pub(crate) fn of_init(
    abi: &Abi,
    request: &Request,
    stand_ins: &StandIns,
) -> Result<Vec<u8>, Box<Diagnostic>> {
    let init = abi.functions.iter().find(|function| function.kind == FunctionKind::Init);
    match init {
        Some(init) => encode(abi, init, request, stand_ins),
        None => match request.args.first() {
            None => Ok(Vec::new()),
            Some(extra) => {
                let message = format!("`{}` has no `init`, so takes nothing", short(&abi.contract));
                Err(refuse(BAD_ARGUMENT, extra.place, message).help("leave `--init` out").into())
            }
        },
    }
}

fn encode(
    abi: &Abi,
    function: &AbiFunction,
    request: &Request,
    stand_ins: &StandIns,
) -> Result<Vec<u8>, Box<Diagnostic>> {
    let coins = request.suffixes.value.filter(|(value, _)| *value > 0);
    if let Some((value, place)) = coins.filter(|_| function.kind != FunctionKind::Payable) {
        let message = format!("`{}` takes no coins, and {value} are sent", function.name);
        let help = "leave `value` out, or declare the function `payable`";
        return Err(refuse(BAD_CALL, place, message).help(help).into());
    }
    let (params, args) = (&function.params, &request.args);
    if params.len() != args.len() {
        return Err(miscounted(function, request));
    }
    let mut bytes = Vec::new();
    for (param, argument) in params.iter().zip(args) {
        let value = with_contracts(&argument.value, stand_ins);
        let argument = Argument { value, place: argument.place };
        encode_one(abi, function, param, &argument, &mut bytes)?;
    }
    Ok(bytes)
}

fn encode_one(
    abi: &Abi,
    function: &AbiFunction,
    param: &Param,
    argument: &Argument,
    bytes: &mut Vec<u8>,
) -> Result<(), Box<Diagnostic>> {
    let encoded = deed_abi::from_json(&abi.types, &param.ty, &argument.value)
        .and_then(|value| deed_abi::encode(&abi.types, &param.ty, &value));
    match encoded {
        Ok(encoded) => {
            bytes.extend(encoded);
            Ok(())
        }
        Err(error) => {
            let message = format!(
                "parameter `{}` of `{}` is {}: {error}",
                param.name,
                function.name,
                with_article(&param.ty.to_string())
            );
            let help = "`deed explain E0804` shows how values of each type are written";
            Err(refuse(BAD_ARGUMENT, argument.place, message).help(help).into())
        }
    }
}

fn miscounted(function: &AbiFunction, request: &Request) -> Box<Diagnostic> {
    let (wanted, given) = (function.params.len(), request.args.len());
    let surplus = request.args.get(wanted);
    let place = surplus.map_or(request.args_end, |argument| argument.place);
    let plural = if wanted == 1 { "" } else { "s" };
    let message = format!("`{}` takes {wanted} argument{plural}, and {given} came", function.name);
    let help = format!("it is `{}`", signature(function));
    refuse(BAD_ARGUMENT, place, message).help(help).into()
}

fn refuse(code: deed_base::Code, place: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(code, place, message).label("here")
}

/// What can be called, as a sentence lists it.
fn signatures(abi: &Abi) -> String {
    let callable = abi.functions.iter().filter(|function| function.kind != FunctionKind::Init);
    let list: Vec<String> = callable.map(|function| format!("`{}`", signature(function))).collect();
    if list.is_empty() { "nothing to call".to_owned() } else { list.join(", ") }
}

/// `transfer(to: Address, amount: u64)`.
fn signature(function: &AbiFunction) -> String {
    let params = function.params.iter();
    let params: Vec<String> = params.map(|param| format!("{}: {}", param.name, param.ty)).collect();
    format!("{}({})", function.name, params.join(", "))
}

/// The last part of a full name: `NotFound` of `scf.receivable.NotFound`.
pub(crate) fn short(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

fn with_article(ty: &str) -> String {
    let vowel = ty.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']);
    format!("{} `{ty}`", if vowel { "an" } else { "a" })
}
