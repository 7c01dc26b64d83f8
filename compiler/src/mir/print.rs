//! The text of the middle form, for `--emit=mir` and the golden tests.
//!
//! In: a [`Program`]. Out: its text.
//! Holds always: the text depends on the program alone, and shows all of it but spans and clauses.

use std::fmt::{self, Display, Write};

use super::*;

/// The text of a whole program.
pub fn print(program: &Program) -> String {
    let mut printer = Printer { program, out: String::new() };
    // Writing into a string cannot fail.
    let _ = printer.program();
    printer.out
}

struct Printer<'a> {
    program: &'a Program,
    out: String,
}

impl Printer<'_> {
    fn program(&mut self) -> fmt::Result {
        let program = self.program;
        let types = &program.types;
        writeln!(self.out, "contract {}", program.name)?;
        if !program.state.is_empty() || !program.errors.is_empty() || !program.events.is_empty() {
            self.out.push('\n');
        }
        for field in &program.state {
            let keys: String = field.keys.iter().map(|key| format!("[{key}]")).collect();
            write!(self.out, "state {}{keys}: {}", field.name, types.text(field.value))?;
            match &field.default {
                Some(default) => writeln!(self.out, " = {default}")?,
                None => self.out.push('\n'),
            }
        }
        for error in &program.errors {
            let params = error.params.iter().map(|p| format!("{}: {}", p.name, types.text(p.ty)));
            writeln!(self.out, "error {}({})", error.name, join(params))?;
        }
        for event in &program.events {
            let index = |p: &EventParam| if p.index { "index " } else { "" };
            let param = |p: &EventParam| format!("{}{}: {}", index(p), p.name, types.text(p.ty));
            let params = event.params.iter().map(param);
            writeln!(self.out, "event {}({})", event.name, join(params))?;
        }
        program.functions.iter().try_for_each(|function| self.function(function))
    }

    fn function(&mut self, function: &Function) -> fmt::Result {
        let types = &self.program.types;
        let params = function.params().iter().map(|value| defined(types, function, *value));
        write!(self.out, "\n{} fn {}({})", function.kind.name(), function.name, join(params))?;
        let results = function.results.iter().map(|ty| types.text(*ty));
        match function.results.len() {
            0 => {}
            1 => write!(self.out, " -> {}", join(results))?,
            _ => write!(self.out, " -> ({})", join(results))?,
        }
        self.out.push_str(" {\n");
        for id in function.block_ids() {
            self.block(function, id)?;
        }
        self.out.push_str("}\n");
        Ok(())
    }

    fn block(&mut self, function: &Function, id: BlockId) -> fmt::Result {
        let block = function.block(id);
        let defined = |value: &ValueId| defined(&self.program.types, function, *value);
        write!(self.out, "{id}")?;
        if id != BlockId::ENTRY && !block.params.is_empty() {
            write!(self.out, "({})", join(block.params.iter().map(defined)))?;
        }
        self.out.push_str(if block.loop_head.is_some() { ": loop\n" } else { ":\n" });
        for inst in &block.insts {
            self.out.push_str("    ");
            if !inst.results.is_empty() {
                write!(self.out, "{} = ", join(inst.results.iter().map(defined)))?;
            }
            self.op(function, inst)?;
            self.traps(function, inst)?;
            self.out.push('\n');
        }
        self.out.push_str("    ");
        self.terminator(&block.terminator)?;
        self.out.push('\n');
        Ok(())
    }

    fn traps(&mut self, function: &Function, inst: &Inst) -> fmt::Result {
        let result = inst.results.first().map(|value| function.ty(*value));
        match inst.op.traps(self.program, function, result) {
            [] => Ok(()),
            kinds => write!(self.out, " ! {}", join(kinds.iter().map(|kind| kind.name()))),
        }
    }

    fn op(&mut self, function: &Function, inst: &Inst) -> fmt::Result {
        let Printer { program, out } = self;
        let place = |field: &FieldId, keys: &[ValueId]| {
            let keys: String = keys.iter().map(|key| format!("[{key}]")).collect();
            format!("{}{keys}", program.field(*field).name)
        };
        match &inst.op {
            Op::Const(value) => write!(out, "const {value}"),
            Op::Unary { op, arg } => write!(out, "{} {arg}", op.name()),
            Op::Binary { op, left, right } => write!(out, "{} {left}, {right}", op.name()),
            Op::Cast { arg } => write!(out, "cast {arg}"),
            Op::Call { function: callee, args } => {
                write!(out, "call {}({})", program.function(*callee).name, join(args))
            }
            Op::StateLoad { field, keys } => write!(out, "load {}", place(field, keys)),
            Op::StateStore { field, keys, value } => {
                write!(out, "store {}, {value}", place(field, keys))
            }
            Op::StateHas { field, keys } => write!(out, "has {}", place(field, keys)),
            Op::StateInsert { field, keys, value } => {
                write!(out, "insert {}, {value}", place(field, keys))
            }
            Op::StateRemove { field, keys } => write!(out, "remove {}", place(field, keys)),
            Op::StateWalk { walk, field, keys } => {
                write!(out, "{} {}", walk.name(), place(field, keys))
            }
            Op::Outside { what, args } => {
                let of = match what {
                    Outside::Call(id) | Outside::Deploy(id) => {
                        program.imports[id.index()].name.as_str()
                    }
                    Outside::Try(id) => program.function(*id).name.as_str(),
                    Outside::IsError(id) | Outside::OpenError(id) => {
                        program.errors[id.index()].name.as_str()
                    }
                    Outside::Balance | Outside::Pay | Outside::Unique => "",
                };
                let gap = if of.is_empty() { "" } else { " " };
                write!(out, "{}{gap}{of}({})", what.name(), join(args))
            }
            Op::Context(field) => write!(out, "context {}", field.name()),
            Op::Emit { event, args } => {
                write!(out, "emit {}({})", program.events[event.index()].name, join(args))
            }
            Op::Claim(claim) => {
                let kind = match function.claims[claim.index()].kind {
                    ClaimKind::Assert => "assert",
                    ClaimKind::Assume => "assume",
                };
                write!(out, "claim {kind} {claim}")
            }
            Op::Assert { condition } => write!(out, "assert {condition}"),
            op => self.heap_op(function, inst, op),
        }
    }

    fn heap_op(&mut self, function: &Function, inst: &Inst, op: &Op) -> fmt::Result {
        let out = &mut self.out;
        match op {
            Op::Literal(data) => {
                let ty =
                    inst.results.first().and_then(|ty| self.program.types.get(function.ty(*ty)));
                match std::str::from_utf8(data) {
                    Ok(text) if ty == Some(&HeapType::String) => write!(out, "literal {text:?}"),
                    _ => write!(out, "literal {}", hex(data)),
                }
            }
            Op::Text { value } => write!(out, "text {value}"),
            Op::ToBytes { value } => write!(out, "to_bytes {value}"),
            Op::ToText { value } => write!(out, "to_text {value}"),
            Op::Encode { value } => write!(out, "encode {value}"),
            Op::Decode { value } => write!(out, "decode {value}"),
            Op::Native { native, args } => write!(out, "native {native} ({})", join(args)),
            Op::Len { value } => write!(out, "len {value}"),
            Op::Concat { left, right } => write!(out, "concat {left}, {right}"),
            Op::Slice { value, range } => write!(out, "slice {value}, {}", join(range)),
            Op::VecFill { count, value } => write!(out, "vec_fill {count}, {value}"),
            Op::VecGet { vec, index } => write!(out, "vec_get {vec}, {index}"),
            Op::VecSet { vec, index, value } => write!(out, "vec_set {vec}, {index}, {value}"),
            Op::VecSwap { vec, index, value } => write!(out, "vec_swap {vec}, {index}, {value}"),
            Op::VecPush { vec, value } => write!(out, "vec_push {vec}, {value}"),
            Op::VecPop { vec } => write!(out, "vec_pop {vec}"),
            Op::VecSort { vec } => write!(out, "vec_sort {vec}"),
            Op::RowGet { vec, index } => write!(out, "row_get {vec}, {index}"),
            Op::RowSet { vec, index, fields } => {
                write!(out, "row_set {vec}, {index}, ({})", join(fields))
            }
            Op::RowPush { vec, fields } => write!(out, "row_push {vec}, ({})", join(fields)),
            Op::MapFind { map, key } => write!(out, "map_find {map}, {key}"),
            Op::MapKey { map, index } => write!(out, "map_key {map}, {index}"),
            Op::MapGet { map, index } => write!(out, "map_get {map}, {index}"),
            Op::MapPut { map, key, value } => {
                write!(out, "map_put {map}, {}", join([*key].iter().chain(value)))
            }
            Op::MapSet { map, index, value } => write!(out, "map_set {map}, {index}, {value}"),
            Op::MapSwap { map, index, value } => write!(out, "map_swap {map}, {index}, {value}"),
            Op::MapTake { map, index } => write!(out, "map_take {map}, {index}"),
            Op::RecordMake { fields } => write!(out, "record_make ({})", join(fields)),
            Op::RecordOpen { record } => write!(out, "record_open {record}"),
            Op::RecordGet { record, field } => write!(out, "record_get {record}, {field}"),
            Op::RecordSet { record, field, value } => {
                write!(out, "record_set {record}, {field}, {value}")
            }
            Op::RecordSwap { record, field, value } => {
                write!(out, "record_swap {record}, {field}, {value}")
            }
            Op::EnumMake { variant, payload } => {
                write!(out, "enum_make {variant} ({})", join(payload))
            }
            Op::EnumTag { value } => write!(out, "enum_tag {value}"),
            Op::EnumGet { value, variant } => write!(out, "enum_get {value}, {variant}"),
            Op::EnumOpen { value, variant } => write!(out, "enum_open {value}, {variant}"),
            Op::Dup { value } => write!(out, "dup {value}"),
            Op::Drop { value } => write!(out, "drop {value}"),
            op => write!(out, "{op:?}"),
        }
    }

    fn terminator(&mut self, terminator: &Terminator) -> fmt::Result {
        let out = &mut self.out;
        match terminator {
            Terminator::Jump(edge) => write!(out, "jump {edge}"),
            Terminator::Branch { condition, then, otherwise } => {
                write!(out, "branch {condition}, {then}, {otherwise}")
            }
            Terminator::Switch { value, targets, otherwise } => {
                write!(out, "switch {value}, [{}], {otherwise}", join(targets))
            }
            Terminator::Return(values) if values.is_empty() => write!(out, "return"),
            Terminator::Return(values) => write!(out, "return {}", join(values)),
            Terminator::Throw { error, args } => {
                write!(out, "throw {}({})", self.program.errors[error.index()].name, join(args))
            }
            Terminator::Fail(failure) => write!(out, "fail {}", join(failure)),
            Terminator::Trap(kind) => write!(out, "trap {}", kind.name()),
        }
    }
}

impl Display for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.args.as_slice() {
            [] => self.target.fmt(f),
            args => write!(f, "{}({})", self.target, join(args)),
        }
    }
}

/// `v3 amount: u64`.
fn defined(types: &Types, function: &Function, value: ValueId) -> String {
    let data = function.value(value);
    match &data.name {
        Some(name) => format!("{value} {name}: {}", types.text(data.ty)),
        None => format!("{value}: {}", types.text(data.ty)),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold("0x".to_string(), |text, byte| text + &format!("{byte:02x}"))
}

fn join<T: Display>(parts: impl IntoIterator<Item = T>) -> String {
    let mut text = String::new();
    for (at, part) in parts.into_iter().enumerate() {
        let separator = if at == 0 { "" } else { ", " };
        let _ = write!(text, "{separator}{part}");
    }
    text
}
