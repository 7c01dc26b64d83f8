//! The binary form of an ABI, as modules carry it. There is one for each ABI.

use crate::abi::{Abi, AbiError, AbiEvent, AbiField, AbiFunction, Code, EventParam, Param};
use crate::ty::{AbiType, TypeDef, TypeShape, Variant};
use deed_bytecode::{DecodeError, Fault, FunctionKind, Reader, Writer};

type Result<T> = std::result::Result<T, DecodeError>;

impl Abi {
    /// The bytes for [`deed_bytecode::Module::abi`].
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.shared(&self.contract);
        out.list(&self.functions, write_function);
        out.list(&self.errors, |out, error| {
            out.shared(&error.name);
            out.bytes.extend_from_slice(&error.code.0);
            write_params(out, &error.params);
        });
        out.list(&self.events, |out, event| {
            out.shared(&event.name);
            out.bytes.extend_from_slice(&event.code.0);
            out.list(&event.params, |out, param| {
                out.shared(&param.name);
                write_type(out, &param.ty);
                out.u8(u8::from(param.index));
            });
        });
        out.list(&self.state, |out, field| {
            out.shared(&field.name);
            write_type(out, &field.ty);
        });
        out.list(&self.types, write_def);
        out.bytes
    }

    /// The ABI that these bytes encode.
    ///
    /// # Errors
    /// On bytes that [`Abi::to_bytes`] would not write.
    pub fn from_bytes(bytes: &[u8]) -> Result<Abi> {
        let mut input = Reader::new(bytes, 0);
        let abi = Abi {
            contract: name(&mut input)?,
            functions: input.list("functions", 7, read_function)?,
            errors: input.list("errors", 6, |input| {
                Ok(AbiError {
                    name: name(input)?,
                    code: Code(input.code("a code")?),
                    params: read_params(input)?,
                })
            })?,
            events: input.list("events", 6, |input| {
                Ok(AbiEvent {
                    name: name(input)?,
                    code: Code(input.code("a code")?),
                    params: input.list("event fields", 3, |input| {
                        Ok(EventParam {
                            name: name(input)?,
                            ty: read_type(input)?,
                            index: input.flag("flag")?,
                        })
                    })?,
                })
            })?,
            state: input.list("state fields", 2, |input| {
                Ok(AbiField { name: name(input)?, ty: read_type(input)? })
            })?,
            types: input.list("types", 3, read_def)?,
        };
        input.finish("the ABI")?;
        Ok(abi)
    }
}

fn name(input: &mut Reader<'_>) -> Result<String> {
    Ok(input.shared("a name")?.to_owned())
}

fn names(input: &mut Reader<'_>) -> Result<Vec<String>> {
    input.list("names", 1, name)
}

fn write_names(out: &mut Writer, names: &[String]) {
    out.list(names, |out, name| out.shared(name));
}

fn write_type(out: &mut Writer, ty: &AbiType) {
    out.shared(&ty.to_string());
}

/// A type in its usual spelling; another spelling of it would be a second form.
fn read_type(input: &mut Reader<'_>) -> Result<AbiType> {
    let fault = input.fault(Fault::Text { what: "type" });
    let text = input.shared("a type")?;
    let ty = text.parse::<AbiType>().ok();
    ty.filter(|ty| ty.to_string() == text).ok_or(fault)
}

fn write_params(out: &mut Writer, params: &[Param]) {
    out.list(params, |out, param| {
        out.shared(&param.name);
        write_type(out, &param.ty);
    });
}

fn read_params(input: &mut Reader<'_>) -> Result<Vec<Param>> {
    input.list("parameters", 2, |input| Ok(Param { name: name(input)?, ty: read_type(input)? }))
}

fn write_function(out: &mut Writer, function: &AbiFunction) {
    out.shared(&function.name);
    out.u8(function.kind as u8);
    write_params(out, &function.params);
    out.u8(u8::from(function.result.is_some()));
    if let Some(result) = &function.result {
        write_type(out, result);
    }
    write_names(out, &function.throws);
    write_names(out, &function.reads);
    write_names(out, &function.writes);
}

fn read_function(input: &mut Reader<'_>) -> Result<AbiFunction> {
    Ok(AbiFunction {
        name: name(input)?,
        kind: input.known("kind of function", FunctionKind::from_byte)?,
        params: read_params(input)?,
        result: if input.flag("flag")? { Some(read_type(input)?) } else { None },
        throws: names(input)?,
        reads: names(input)?,
        writes: names(input)?,
    })
}

fn write_def(out: &mut Writer, def: &TypeDef) {
    out.shared(&def.name);
    match &def.shape {
        TypeShape::Struct(fields) => {
            out.u8(0);
            write_params(out, fields);
        }
        TypeShape::Enum(variants) => {
            out.u8(1);
            out.list(variants, |out, variant| {
                out.shared(&variant.name);
                write_params(out, &variant.fields);
            });
        }
    }
}

fn read_def(input: &mut Reader<'_>) -> Result<TypeDef> {
    let name_of_type = name(input)?;
    let shape = if input.flag("kind of type")? {
        TypeShape::Enum(input.list("variants", 2, |input| {
            Ok(Variant { name: name(input)?, fields: read_params(input)? })
        })?)
    } else {
        TypeShape::Struct(read_params(input)?)
    };
    Ok(TypeDef { name: name_of_type, shape })
}
