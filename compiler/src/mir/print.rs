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
        writeln!(self.out, "contract {}", program.name)?;
        if !program.state.is_empty() || !program.errors.is_empty() || !program.events.is_empty() {
            self.out.push('\n');
        }
        for field in &program.state {
            let keys: String = field.keys.iter().map(|key| format!("[{key}]")).collect();
            write!(self.out, "state {}{keys}: {}", field.name, field.value)?;
            match &field.default {
                Some(default) => writeln!(self.out, " = {default}")?,
                None => self.out.push('\n'),
            }
        }
        for error in &program.errors {
            let params = error.params.iter().map(|p| format!("{}: {}", p.name, p.ty));
            writeln!(self.out, "error {}({})", error.name, join(params))?;
        }
        for event in &program.events {
            let index = |p: &EventParam| if p.index { "index " } else { "" };
            let params = event.params.iter().map(|p| format!("{}{}: {}", index(p), p.name, p.ty));
            writeln!(self.out, "event {}({})", event.name, join(params))?;
        }
        program.functions.iter().try_for_each(|function| self.function(function))
    }

    fn function(&mut self, function: &Function) -> fmt::Result {
        let params = function.params().iter().map(|value| defined(function, *value));
        write!(self.out, "\n{} fn {}({})", function.kind.name(), function.name, join(params))?;
        if let Some(result) = function.result {
            write!(self.out, " -> {result}")?;
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
        write!(self.out, "{id}")?;
        if id != BlockId::ENTRY && !block.params.is_empty() {
            write!(
                self.out,
                "({})",
                join(block.params.iter().map(|value| defined(function, *value)))
            )?;
        }
        self.out.push_str(if block.loop_head.is_some() { ": loop\n" } else { ":\n" });
        for inst in &block.insts {
            self.out.push_str("    ");
            if let Some(result) = inst.result {
                write!(self.out, "{} = ", defined(function, result))?;
            }
            self.op(function, &inst.op)?;
            self.traps(function, inst)?;
            self.out.push('\n');
        }
        self.out.push_str("    ");
        self.terminator(&block.terminator)?;
        self.out.push('\n');
        Ok(())
    }

    fn traps(&mut self, function: &Function, inst: &Inst) -> fmt::Result {
        let result = inst.result.map(|value| function.ty(value));
        match inst.op.traps(self.program, function, result) {
            [] => Ok(()),
            kinds => write!(self.out, " ! {}", join(kinds.iter().map(|kind| kind.name()))),
        }
    }

    fn op(&mut self, function: &Function, op: &Op) -> fmt::Result {
        let Printer { program, out } = self;
        let place = |field: &FieldId, keys: &[ValueId]| {
            let keys: String = keys.iter().map(|key| format!("[{key}]")).collect();
            format!("{}{keys}", program.field(*field).name)
        };
        match op {
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
        }
    }

    fn terminator(&mut self, terminator: &Terminator) -> fmt::Result {
        let out = &mut self.out;
        match terminator {
            Terminator::Jump(edge) => write!(out, "jump {edge}"),
            Terminator::Branch { condition, then, otherwise } => {
                write!(out, "branch {condition}, {then}, {otherwise}")
            }
            Terminator::Return(Some(value)) => write!(out, "return {value}"),
            Terminator::Return(None) => write!(out, "return"),
            Terminator::Throw { error, args } => {
                write!(out, "throw {}({})", self.program.errors[error.index()].name, join(args))
            }
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
fn defined(function: &Function, value: ValueId) -> String {
    let data = function.value(value);
    match &data.name {
        Some(name) => format!("{value} {name}: {}", data.ty),
        None => format!("{value}: {}", data.ty),
    }
}

fn join<T: Display>(parts: impl IntoIterator<Item = T>) -> String {
    let mut text = String::new();
    for (at, part) in parts.into_iter().enumerate() {
        let separator = if at == 0 { "" } else { ", " };
        let _ = write!(text, "{separator}{part}");
    }
    text
}
