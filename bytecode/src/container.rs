//! The container: one file for one module.
//!
//! ```text
//! "DEED" version:u16 section*        section = id:u8 length payload
//! ```
//! Sections 1 to 10 stand in this order, each exactly once: name, types, constants, data, state,
//! errors, events, imports, functions, ABI; section 11, debug, may follow. Numbers, counts
//! and lengths take as many bytes as they need ([`crate::wire`]); of an instruction stand the operator,
//! its type if it carries one, and the operands that mean something. There is one encoding of a module, and decoding accepts no other, so
//! equal modules have equal bytes and equal bytes have equal hashes. The *code hash* is
//! SHA-256 over everything before the debug section.
//!
//! The debug section may also lie in a file of its own, the module's *symbols*:
//! ```text
//! "DSYM" version:u16 codehash:[u8; 32] payload of section 11
//! ```

use crate::debug::{Debug, FunctionDebug, Inlined, Line, Variable};
use crate::imports::Import;
use crate::inst::Inst;
use crate::kinds::FunctionKind;
use crate::limits;
use crate::module::{
    Block, Const, ErrorDef, EventDef, EventField, Function, LiveIn, Module, StateField,
};
use crate::op::{Op, Role, TyClass};
use crate::ty::Ty;
use crate::types::{HeapType, Type};
use crate::wire::{DecodeError, Fault, Reader, Writer};
use sha2::{Digest, Sha256};

const MAGIC: &[u8; 4] = b"DEED";
const SYMBOLS: &[u8; 4] = b"DSYM";

/// The version of the format that this crate reads and writes.
pub const VERSION: u16 = 4;

/// The number of the debug section.
const DEBUG: u8 = 11;

/// SHA-256 over a container without its debug section.
pub type CodeHash = [u8; 32];

type Result<T> = std::result::Result<T, DecodeError>;

/// The bytes of a module. For one beyond the limits they are bytes that [`decode`] refuses.
pub fn encode(module: &Module) -> Vec<u8> {
    let mut out = encode_code(module);
    if let Some(debug) = &module.debug {
        section(&mut out, DEBUG, |out| write_debug(out, debug));
    }
    out.bytes
}

/// The code hash of a module in memory.
pub fn code_hash(module: &Module) -> CodeHash {
    Sha256::digest(encode_code(module).bytes).into()
}

/// The code hash of a container, without decoding it.
///
/// # Errors
/// If the bytes do not fall into sections. Nothing is said about what is in them.
pub fn code_hash_of(bytes: &[u8]) -> Result<CodeHash> {
    let mut input = header(bytes, MAGIC, Fault::NotAModule)?;
    for id in 1..DEBUG {
        payload(&mut input, id)?;
    }
    Ok(Sha256::digest(&bytes[..input.offset()]).into())
}

/// The module that these bytes encode. It has yet to be validated.
///
/// # Errors
/// On any bytes that [`encode`] would not write.
pub fn decode(bytes: &[u8]) -> Result<Module> {
    let mut input = header(bytes, MAGIC, Fault::NotAModule)?;
    let mut module = Module {
        name: read(&mut input, 1, |input| Ok(input.text("the name")?.to_owned()))?,
        types: read(&mut input, 2, |input| input.list("types", 1, read_heap_type))?,
        consts: read(&mut input, 3, |input| input.list("constants", 2, read_const))?,
        data: read(&mut input, 4, |input| {
            input.list("data", 1, |input| Ok(input.blob("data")?.to_vec()))
        })?,
        schema: read(&mut input, 5, |input| input.list("state fields", 4, read_field))?,
        errors: read(&mut input, 6, |input| input.list("errors", 6, read_error))?,
        events: read(&mut input, 7, |input| input.list("events", 6, read_event))?,
        imports: read(&mut input, 8, |input| input.list("imports", 8, read_import))?,
        functions: read(&mut input, 9, |input| input.list("functions", 7, read_function))?,
        abi: read(&mut input, 10, |input| Ok(input.blob("the ABI")?.to_vec()))?,
        debug: None,
    };
    if !input.is_empty() {
        module.debug = Some(read(&mut input, DEBUG, read_debug)?);
    }
    input.finish("the module")?;
    Ok(module)
}

/// The symbols of a module; nothing where it has no debug tables.
pub fn encode_symbols(module: &Module) -> Option<Vec<u8>> {
    let mut out = begin(SYMBOLS);
    out.bytes.extend(code_hash(module));
    write_debug(&mut out, module.debug.as_ref()?);
    Some(out.bytes)
}

/// The debug tables of the module with this code hash, from its symbols.
///
/// # Errors
/// On bytes that [`encode_symbols`] would not write of that module.
pub fn decode_symbols(bytes: &[u8], code: CodeHash) -> Result<Debug> {
    let mut input = header(bytes, SYMBOLS, Fault::NoSymbols)?;
    let at = input.offset();
    if input.take(code.len(), "the code hash")? != code {
        return Err(DecodeError { offset: at, what: Fault::OtherModule });
    }
    let debug = read_debug(&mut input)?;
    input.finish("the symbols")?;
    Ok(debug)
}

fn encode_code(module: &Module) -> Writer {
    let mut out = begin(MAGIC);
    section(&mut out, 1, |out| out.text(&module.name));
    section(&mut out, 2, |out| out.list(&module.types, write_heap_type));
    section(&mut out, 3, |out| out.list(&module.consts, |out, it| write_const(out, *it)));
    section(&mut out, 4, |out| out.list(&module.data, |out, it| out.blob(it)));
    section(&mut out, 5, |out| out.list(&module.schema, write_field));
    section(&mut out, 6, |out| out.list(&module.errors, write_error));
    section(&mut out, 7, |out| out.list(&module.events, write_event));
    section(&mut out, 8, |out| out.list(&module.imports, write_import));
    section(&mut out, 9, |out| out.list(&module.functions, write_function));
    section(&mut out, 10, |out| out.blob(&module.abi));
    out
}

fn begin(magic: &[u8; 4]) -> Writer {
    let mut out = Writer::default();
    out.bytes.extend(magic);
    out.u16(VERSION);
    out
}

fn section(out: &mut Writer, id: u8, write: impl FnOnce(&mut Writer)) {
    let mut payload = Writer::default();
    write(&mut payload);
    out.u8(id);
    out.blob(&payload.bytes);
}

/// Checks magic and version; what follows is the sections.
fn header<'a>(bytes: &'a [u8], magic: &[u8; 4], other: Fault) -> Result<Reader<'a>> {
    let mut input = Reader::new(bytes, 0);
    if bytes.len() > limits::MODULE_BYTES {
        return Err(input.fault(Fault::TooLarge { limit: limits::MODULE_BYTES }));
    }
    if input.take(magic.len(), "the header").ok() != Some(magic) {
        return Err(DecodeError { offset: 0, what: other });
    }
    match input.u16("the format version")? {
        VERSION => Ok(input),
        version => Err(DecodeError { offset: magic.len(), what: Fault::Version(version) }),
    }
}

fn payload<'a>(input: &mut Reader<'a>, id: u8) -> Result<Reader<'a>> {
    input.known("section in this place", |byte| (byte == id).then_some(()))?;
    let payload = input.blob("a section")?;
    Ok(Reader::new(payload, input.offset() - payload.len()))
}

/// Reads section `id` with `each`, which must use it up.
fn read<'a, T>(
    input: &mut Reader<'a>,
    id: u8,
    each: impl FnOnce(&mut Reader<'a>) -> Result<T>,
) -> Result<T> {
    let mut section = payload(input, id)?;
    let value = each(&mut section)?;
    section.finish("a section")?;
    Ok(value)
}

fn write_types(out: &mut Writer, types: &[Type]) {
    out.list(types, |out, ty| out.number(ty.code()));
}

fn read_type(input: &mut Reader<'_>) -> Result<Type> {
    let at = input.offset();
    let number = input.short("a type")?;
    let what = Fault::Number { what: "type", number };
    Type::from_code(number).ok_or(DecodeError { offset: at, what })
}

fn read_types(input: &mut Reader<'_>) -> Result<Vec<Type>> {
    input.list("types", 1, read_type)
}

fn write_heap_type(out: &mut Writer, ty: &HeapType) {
    match ty {
        HeapType::String => out.u8(0),
        HeapType::Bytes => out.u8(1),
        HeapType::Record { name, fields } => {
            out.u8(2);
            out.text(name);
            write_types(out, fields);
        }
        HeapType::Enum { name, variants } => {
            out.u8(3);
            out.text(name);
            out.list(variants, |out, payload| write_types(out, payload));
        }
        HeapType::Vec(element) => {
            out.u8(4);
            out.number(element.code());
        }
        HeapType::Map { key, value: None } => {
            out.u8(5);
            out.number(key.code());
        }
        HeapType::Map { key, value: Some(value) } => {
            out.u8(6);
            out.number(key.code());
            out.number(value.code());
        }
    }
}

fn read_heap_type(input: &mut Reader<'_>) -> Result<HeapType> {
    let kind = input.known("kind of type", |byte| (byte < 7).then_some(byte))?;
    Ok(match kind {
        0 => HeapType::String,
        1 => HeapType::Bytes,
        2 => HeapType::Record { name: read_type_name(input)?, fields: read_types(input)? },
        3 => HeapType::Enum {
            name: read_type_name(input)?,
            variants: input.list("variants", 1, read_types)?,
        },
        4 => HeapType::Vec(read_type(input)?),
        5 => HeapType::Map { key: read_type(input)?, value: None },
        _ => HeapType::Map { key: read_type(input)?, value: Some(read_type(input)?) },
    })
}

fn read_type_name(input: &mut Reader<'_>) -> Result<String> {
    Ok(input.text("the name of a type")?.to_owned())
}

fn read_scalar(input: &mut Reader<'_>) -> Result<Ty> {
    input.known("scalar type", Ty::from_byte)
}

fn write_const(out: &mut Writer, constant: Const) {
    out.u8(constant.ty() as u8);
    out.bytes.extend_from_slice(&constant.to_bytes());
}

fn read_const(input: &mut Reader<'_>) -> Result<Const> {
    let ty = read_scalar(input)?;
    let at = input.offset();
    let bytes = input.take(ty.bytes(), "a constant")?;
    let byte = bytes[0];
    let what = Fault::Byte { what: "bool", byte };
    Const::from_bytes(ty, bytes).ok_or(DecodeError { offset: at, what })
}

fn write_field(out: &mut Writer, field: &StateField) {
    out.text(&field.name);
    write_types(out, &field.keys);
    out.number(field.value.code());
    out.u8(u8::from(field.default.is_some()));
    if let Some(default) = field.default {
        write_const(out, default);
    }
}

fn read_field(input: &mut Reader<'_>) -> Result<StateField> {
    Ok(StateField {
        name: input.text("the name of a state field")?.to_owned(),
        keys: read_types(input)?,
        value: read_type(input)?,
        default: if input.flag("flag")? { Some(read_const(input)?) } else { None },
    })
}

fn write_error(out: &mut Writer, error: &ErrorDef) {
    out.text(&error.name);
    out.bytes.extend_from_slice(&error.code);
    write_types(out, &error.params);
}

fn read_error(input: &mut Reader<'_>) -> Result<ErrorDef> {
    Ok(ErrorDef {
        name: input.text("the name of an error")?.to_owned(),
        code: input.code("the code of an error")?,
        params: read_types(input)?,
    })
}

fn write_event(out: &mut Writer, event: &EventDef) {
    out.text(&event.name);
    out.bytes.extend_from_slice(&event.code);
    out.list(&event.fields, |out, field| {
        out.number(field.ty.code());
        out.u8(u8::from(field.index));
    });
}

fn read_event(input: &mut Reader<'_>) -> Result<EventDef> {
    Ok(EventDef {
        name: input.text("the name of an event")?.to_owned(),
        code: input.code("the code of an event")?,
        fields: input.list("event fields", 2, |input| {
            Ok(EventField { ty: read_type(input)?, index: input.flag("flag")? })
        })?,
    })
}

fn write_import(out: &mut Writer, import: &Import) {
    out.text(&import.name);
    out.u8(import.kind as u8);
    out.u8(u8::from(import.code.is_some()));
    out.bytes.extend(import.code.into_iter().flatten());
    write_types(out, &import.params);
    write_types(out, &import.results);
    out.list(&import.throws, |out, error| out.number(*error));
    out.u8(u8::from(import.value));
    out.u8(u8::from(import.gas));
}

fn read_import(input: &mut Reader<'_>) -> Result<Import> {
    let name = input.text("the name of an import")?.to_owned();
    let kind = input.known("kind of function", FunctionKind::from_byte)?;
    let code = match input.flag("flag")? {
        true => input.take(32, "a code hash")?.try_into().ok(),
        false => None,
    };
    Ok(Import {
        name,
        kind,
        code,
        params: read_types(input)?,
        results: read_types(input)?,
        throws: input.list("errors of an import", 1, |input| input.short("an error"))?,
        value: input.flag("flag")?,
        gas: input.flag("flag")?,
    })
}

fn write_function(out: &mut Writer, function: &Function) {
    out.text(&function.name);
    out.u8(function.kind as u8);
    write_types(out, &function.params);
    write_types(out, &function.results);
    out.number(function.slots);
    out.list(&function.tables, |out, table| out.list(table, |out, block| out.number(*block)));
    out.list(&function.blocks, |out, block| {
        out.list(&block.live_in, |out, live| {
            out.number(live.reg);
            out.number(live.ty.code());
        });
        out.list(&block.code, |out, inst| write_inst(out, *inst));
    });
}

fn read_function(input: &mut Reader<'_>) -> Result<Function> {
    Ok(Function {
        name: input.text("the name of a function")?.to_owned(),
        kind: input.known("kind of function", FunctionKind::from_byte)?,
        params: read_types(input)?,
        results: read_types(input)?,
        slots: input.short("the size of a frame")?,
        tables: input.list("jump tables", 1, |input| {
            input.list("targets of a jump table", 1, |input| input.short("a block"))
        })?,
        blocks: input.list("blocks", 2, read_block)?,
    })
}

fn read_block(input: &mut Reader<'_>) -> Result<Block> {
    let live_in = input.list("expected registers", 2, |input| {
        Ok(LiveIn { reg: input.short("a register")?, ty: read_type(input)? })
    })?;
    Ok(Block { live_in, code: input.list("instructions", 2, read_inst)? })
}

/// The operator, its type if it carries one, and the operands that mean something.
fn write_inst(out: &mut Writer, inst: Inst) {
    let info = inst.op.info();
    out.u8(inst.op as u8);
    if info.class != TyClass::Untyped {
        out.number(inst.ty.map_or(0, Type::code));
    }
    for (role, operand) in info.roles.into_iter().zip(inst.operands()) {
        if role != Role::Unused {
            out.number(operand);
        }
    }
}

fn read_inst(input: &mut Reader<'_>) -> Result<Inst> {
    let op = input.known("operator", Op::from_byte)?;
    let info = op.info();
    let mut inst = Inst::untyped(op, 0, 0, 0);
    if info.class != TyClass::Untyped {
        inst.ty = Some(read_type(input)?);
    }
    let operands = [&mut inst.a, &mut inst.b, &mut inst.c];
    for (role, operand) in info.roles.into_iter().zip(operands) {
        if role != Role::Unused {
            *operand = input.short("an operand")?;
        }
    }
    Ok(inst)
}

fn write_debug(out: &mut Writer, debug: &Debug) {
    out.list(&debug.files, |out, file| out.text(file));
    out.list(&debug.functions, |out, function| {
        out.list(&function.lines, |out, line| {
            out.number(line.start);
            out.number(line.file);
            out.number(line.line);
            out.number(line.column);
            out.number(line.call);
        });
        out.list(&function.variables, |out, variable| {
            out.shared(&variable.name);
            out.shared(&variable.ty);
            out.number(variable.reg);
            out.number(variable.start);
            out.number(variable.end);
            out.number(variable.call);
        });
        out.list(&function.inlined, |out, inlined| {
            out.shared(&inlined.function);
            out.number(inlined.file);
            out.number(inlined.line);
            out.number(inlined.column);
            out.number(inlined.within);
        });
    });
}

fn read_debug(input: &mut Reader<'_>) -> Result<Debug> {
    Ok(Debug {
        files: input.list("files", 1, |input| Ok(input.text("the name of a file")?.to_owned()))?,
        functions: input.list("functions of the debug section", 3, |input| {
            Ok(FunctionDebug {
                lines: input.list("lines", 5, read_line)?,
                variables: input.list("variables", 6, read_variable)?,
                inlined: input.list("inlined calls", 5, read_inlined)?,
            })
        })?,
    })
}

fn read_line(input: &mut Reader<'_>) -> Result<Line> {
    Ok(Line {
        start: input.number("a line entry")?,
        file: input.number("a line entry")?,
        line: input.number("a line entry")?,
        column: input.number("a line entry")?,
        call: input.number("a line entry")?,
    })
}

fn read_inlined(input: &mut Reader<'_>) -> Result<Inlined> {
    Ok(Inlined {
        function: input.shared("the name of an inlined function")?.to_owned(),
        file: input.number("an inlined call")?,
        line: input.number("an inlined call")?,
        column: input.number("an inlined call")?,
        within: input.number("an inlined call")?,
    })
}

fn read_variable(input: &mut Reader<'_>) -> Result<Variable> {
    Ok(Variable {
        name: input.shared("the name of a variable")?.to_owned(),
        ty: input.shared("the type of a variable")?.to_owned(),
        reg: input.short("a variable")?,
        start: input.number("a variable")?,
        end: input.number("a variable")?,
        call: input.number("a variable")?,
    })
}
