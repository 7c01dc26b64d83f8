//! Calls and their outcomes in terms of an ABI: arguments to bytes, bytes to named values.

use crate::abi::{Abi, AbiFunction, Code, Param};
use crate::codec::{decode, decode_all, encode_all};
use crate::error::{ValueError, ValueFault};
use crate::json::{from_json, to_json};
use crate::ty::{AbiType, TypeDef};
use crate::value::Value;
use serde_json::{Map, Value as Json};

type Result<T> = std::result::Result<T, ValueError>;

/// The data of an error or event: its name and its fields in JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    pub name: String,
    /// In the order of the definition.
    pub fields: Vec<(String, Json)>,
}

impl Named {
    /// The fields as a JSON object.
    pub fn object(&self) -> Json {
        Json::Object(self.fields.iter().cloned().collect::<Map<_, _>>())
    }
}

impl Abi {
    /// The bytes of arguments given as JSON, one for each parameter.
    ///
    /// # Errors
    /// If there is no such function or an argument does not fit; paths begin with the
    /// parameter's name.
    pub fn arguments(&self, function: &str, arguments: &[Json]) -> Result<Vec<u8>> {
        let params = &self.callable(function)?.params;
        if params.len() != arguments.len() {
            let list: Vec<String> =
                params.iter().map(|param| format!("{}: {}", param.name, param.ty)).collect();
            let expected = format!("{} arguments ({})", params.len(), list.join(", "));
            return Err(ValueError::expected(expected, arguments.len().to_string()));
        }
        let read = |(param, json): (&Param, &Json)| {
            from_json(&self.types, &param.ty, json).map_err(|error| error.within(&param.name))
        };
        let values: Vec<Value> = params.iter().zip(arguments).map(read).collect::<Result<_>>()?;
        encode_all(&self.types, params.iter().map(|param| &param.ty).zip(&values))
    }

    /// A result in JSON; `null` where the function returns nothing.
    ///
    /// # Errors
    /// If there is no such function or the bytes are no result of it.
    pub fn result(&self, function: &str, bytes: &[u8]) -> Result<Json> {
        let ty = &self.callable(function)?.result;
        let value = decode(&self.types, ty.as_ref().unwrap_or(&AbiType::UNIT), bytes)?;
        match ty {
            Some(ty) => to_json(&self.types, ty, &value),
            None => Ok(Json::Null),
        }
    }

    /// What an error says.
    ///
    /// # Errors
    /// If there is no such error or the bytes are no data of it.
    pub fn error_data(&self, code: Code, bytes: &[u8]) -> Result<Named> {
        let error = self.error(code);
        let error = error.ok_or_else(|| unknown("error", code.to_string()))?;
        let params = error.params.iter().map(|param| (&param.name, &param.ty));
        named(&self.types, &error.name, params, bytes)
    }

    /// What an event says.
    ///
    /// # Errors
    /// If there is no such event or the bytes are no data of it.
    pub fn event_data(&self, code: Code, bytes: &[u8]) -> Result<Named> {
        let event = self.event(code);
        let event = event.ok_or_else(|| unknown("event", code.to_string()))?;
        let params = event.params.iter().map(|param| (&param.name, &param.ty));
        named(&self.types, &event.name, params, bytes)
    }

    fn callable(&self, name: &str) -> Result<&AbiFunction> {
        self.function(name).ok_or_else(|| unknown("function", name.to_owned()))
    }
}

fn unknown(what: &'static str, name: String) -> ValueError {
    ValueFault::Unknown { what, name }.into()
}

fn named<'a>(
    types: &[TypeDef],
    name: &str,
    params: impl Iterator<Item = (&'a String, &'a AbiType)> + Clone,
    bytes: &[u8],
) -> Result<Named> {
    let values = decode_all(types, params.clone().map(|(_, ty)| ty), bytes)?;
    let field = |((name, ty), value): ((&String, &AbiType), &Value)| {
        Ok((name.clone(), to_json(types, ty, value)?))
    };
    let fields = params.zip(&values).map(field).collect::<Result<_>>()?;
    Ok(Named { name: name.to_owned(), fields })
}
