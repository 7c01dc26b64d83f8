//! The calls that a test has made, for whom it fails.
//!
//! In: calls as they are made. Out: a line each; of many the last.
//! Holds always: a call that goes well costs little more than the copy of its arguments.

use std::collections::VecDeque;
use std::sync::Arc;

use deed_abi::{Abi, decode_all, to_json};
use deed_runtime::Address;

/// So many calls are shown, the last ones.
const SHOWN: usize = 12;

/// A call and what came of it.
pub(crate) struct Made {
    /// `None` where the contract was not found.
    pub(crate) abi: Option<Arc<Abi>>,
    /// `init` of a deployment.
    pub(crate) function: String,
    pub(crate) from: Address,
    pub(crate) args: Vec<u8>,
    pub(crate) value: u128,
    /// The result's encoding, or in words what else came.
    pub(crate) came: Result<Vec<u8>, String>,
}

/// The last calls of a test.
#[derive(Default)]
pub(crate) struct Trace {
    calls: VecDeque<Made>,
    left_out: usize,
}

impl Trace {
    pub(crate) fn add(&mut self, made: Made) {
        if self.calls.len() == SHOWN {
            self.calls.pop_front();
            self.left_out += 1;
        }
        self.calls.push_back(made);
    }

    /// A line a call, in order. `name` gives the name of an account or contract.
    pub(crate) fn lines(&self, name: impl Fn(&str) -> String) -> Vec<String> {
        let before = match self.left_out {
            0 => None,
            n => Some(format!("({n} calls before these)")),
        };
        before.into_iter().chain(self.calls.iter().map(|made| name(&made.line()))).collect()
    }
}

impl Made {
    fn line(&self) -> String {
        let contract = self.abi.as_ref().map_or("?", |abi| short(&abi.contract));
        let what = match self.function.as_str() {
            "init" => format!("deploy {contract}"),
            function => format!("{contract}.{function}"),
        };
        let value = if self.value > 0 { format!(" value {}", self.value) } else { String::new() };
        format!("{what}({}) from {}{value}{}", self.arguments(), self.from, self.end())
    }

    fn arguments(&self) -> String {
        let Some(abi) = &self.abi else { return "?".to_owned() };
        let Some(function) = abi.functions.iter().find(|it| it.name == self.function) else {
            return String::new();
        };
        let types = function.params.iter().map(|param| &param.ty);
        let Ok(values) = decode_all(&abi.types, types.clone(), &self.args) else {
            return "?".to_owned();
        };
        let texts = types.zip(&values).map(|(ty, value)| {
            to_json(&abi.types, ty, value).map_or("?".to_owned(), |value| plain(&value))
        });
        texts.collect::<Vec<_>>().join(", ")
    }

    fn end(&self) -> String {
        match &self.came {
            Err(what) => format!(" {what}"),
            Ok(_) if self.function == "init" => String::new(),
            Ok(bytes) => {
                let abi = self.abi.as_ref();
                let result = abi.and_then(|abi| abi.result(&self.function, bytes).ok());
                match result.filter(|result| !result.is_null()) {
                    Some(result) => format!(" = {}", plain(&result)),
                    None => String::new(),
                }
            }
        }
    }
}

/// A value without the quotes that JSON needs around long integers and bytes.
fn plain(value: &serde_json::Value) -> String {
    let bare = |text: &&str| {
        let digits = text.strip_prefix('-').unwrap_or(text);
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) || text.starts_with("0x")
    };
    value.as_str().filter(bare).map_or_else(|| value.to_string(), str::to_owned)
}

pub(crate) fn short(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}
