//! Calls for people: as lines, and as a test to paste.
//!
//! Holds always: the test makes the same calls; there is none where a value cannot be written in the
//! language.

use deed_abi::{Abi, AbiFunction, AbiType, Value, to_json};
use deed_bytecode::Ty;
use deed_ledger::account;

use super::step::{ACTORS, Sent, Step};
use super::story::{Story, story};
use super::trial::Trial;
use crate::report::Run;

pub(super) fn run(trial: &Trial, goal: usize, steps: &[Step]) -> Run {
    let lines = steps.iter().map(|step| line(trial, step)).collect();
    let Story { before, after, lines: ran } = story(trial, goal, steps);
    Run { steps: lines, test: test(trial, goal, steps), before, after, lines: ran }
}

fn line(trial: &Trial, step: &Step) -> String {
    match step {
        Step::Wait(seconds) => format!("wait {seconds} seconds"),
        Step::Deploy(sent) => {
            let args = json(&trial.abi, trial.init(), sent);
            format!("deploy {}({args}){}", short(&trial.abi.contract), tail(sent))
        }
        Step::Call { function, sent } => {
            let function = &trial.abi.functions[*function];
            format!("{}({}){}", function.name, json(&trial.abi, Some(function), sent), tail(sent))
        }
    }
}

fn json(abi: &Abi, function: Option<&AbiFunction>, sent: &Sent) -> String {
    let params = function.map_or(&[][..], |function| &function.params);
    let text = |(param, value): (&deed_abi::Param, &Value)| {
        actor(value).map(|name| format!("@{name}")).unwrap_or_else(|| {
            to_json(&abi.types, &param.ty, value).map_or("?".to_owned(), |value| plain(&value))
        })
    };
    params.iter().zip(&sent.args).map(text).collect::<Vec<_>>().join(", ")
}

/// A number without the quotes that JSON needs around long ones.
fn plain(value: &serde_json::Value) -> String {
    let is_number = |text: &&str| text.parse::<deed_bytecode::Int>().is_ok();
    value.as_str().filter(is_number).map_or_else(|| value.to_string(), str::to_owned)
}

fn tail(sent: &Sent) -> String {
    let value = if sent.value > 0 { format!(" value {}", sent.value) } else { String::new() };
    format!(" from {}{value}", ACTORS[sent.from])
}

/// The account that has this address.
fn actor(value: &Value) -> Option<&'static str> {
    let Value::Bytes(bytes) = value else { return None };
    ACTORS.into_iter().find(|name| account(name).0[..] == bytes[..])
}

fn test(trial: &Trial, goal: usize, steps: &[Step]) -> Option<String> {
    let contract = short(&trial.abi.contract);
    let mut text = format!("test \"{} keeps its promise\" {{\n", trial.goals[goal].function);
    let last = steps.len().saturating_sub(1);
    for (at, step) in steps.iter().enumerate() {
        let line = match step {
            Step::Wait(seconds) => format!("warp by seconds({seconds})"),
            Step::Deploy(sent) => {
                let made =
                    format!("deploy {contract}({}){}", source(trial.init(), sent)?, tail(sent));
                if at == last { made } else { format!("let it = {made}") }
            }
            Step::Call { function, sent } => {
                let function = &trial.abi.functions[*function];
                format!("it.{}({}){}", function.name, source(Some(function), sent)?, tail(sent))
            }
        };
        text.push_str(&format!("    {line}\n"));
    }
    text.push('}');
    Some(text)
}

fn source(function: Option<&AbiFunction>, sent: &Sent) -> Option<String> {
    let params = function.map_or(&[][..], |function| &function.params);
    let texts = params.iter().zip(&sent.args).map(|(param, value)| written(&param.ty, value));
    Some(texts.collect::<Option<Vec<_>>>()?.join(", "))
}

/// A value as the language writes it.
fn written(ty: &AbiType, value: &Value) -> Option<String> {
    match (ty, value) {
        (AbiType::Scalar(Ty::Address), value) => actor(value).map(str::to_owned),
        (AbiType::Scalar(_), Value::Bool(value)) => Some(value.to_string()),
        (AbiType::Scalar(_), Value::Int(value)) => Some(value.to_string()),
        (AbiType::String, Value::String(text)) if !text.contains(['"', '\\', '{']) => {
            Some(format!("\"{text}\""))
        }
        (AbiType::Vec(of), Value::Seq(parts)) | (AbiType::Array(of, _), Value::Seq(parts)) => {
            let parts: Option<Vec<String>> = parts.iter().map(|part| written(of, part)).collect();
            Some(format!("[{}]", parts?.join(", ")))
        }
        (AbiType::Option(_), Value::Option(None)) => Some("None".to_owned()),
        (AbiType::Option(of), Value::Option(Some(inner))) => {
            Some(format!("Some({})", written(of, inner)?))
        }
        _ => None,
    }
}

/// The last part of a full name.
fn short(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}
