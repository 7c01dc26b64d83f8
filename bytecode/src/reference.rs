//! The written reference of the instruction set, made from the tables that the code uses.

use crate::container::VERSION;
use crate::kinds::{ContextKind, TrapKind};
use crate::limits;
use crate::op::{GasClass, Op, OpInfo, Role, Shape, Space, TyClass};
use crate::ty::Ty;
use std::fmt::Write;

const INTRODUCTION: &str = "\
# Bytecode

Deed contracts run as modules of a typed register machine. This page is generated from the
table of operators; a test keeps it so.

A register is a slot of eight bytes, named by its number in the frame. A value of more than 64
bits takes consecutive slots and is named by the first. An instruction has eight bytes,
little-endian:

| byte | 0 | 1 | 2–3 | 4–5 | 6–7 |
|---|---|---|---|---|---|
| meaning | operator | type, 0 for none | `a` | `b` | `c` |

Operands that mean nothing are 0. *Registers* in the tables below are consecutive ones from the
operand on, one for each value. Every operator reads all its operands before it writes its
results.

A function is a list of blocks. Each block says which registers it expects and of what type;
all others are dead at its start. Only its last instruction, and always its last, ends it. The
first block is entered with the parameters in the first registers of the frame.
";

/// The whole page as Markdown.
pub fn reference() -> String {
    let mut out = INTRODUCTION.to_owned();
    types(&mut out);
    operators(&mut out);
    out += "\n## Trap kinds\n\n| number | name | meaning |\n|---|---|---|\n";
    for kind in TrapKind::ALL {
        row(&mut out, &[&(*kind as u8).to_string(), &format!("`{kind}`"), kind.doc()]);
    }
    out += "\n## Context values\n\n| number | name | meaning |\n|---|---|---|\n";
    for kind in ContextKind::ALL {
        row(&mut out, &[&(*kind as u8).to_string(), &format!("`{kind}`"), kind.doc()]);
    }
    container(&mut out);
    out
}

fn row(out: &mut String, cells: &[&str]) {
    let _ = writeln!(out, "| {} |", cells.join(" | "));
}

fn types(out: &mut String) {
    *out += "\n## Types\n\n| number | name | bytes | slots |\n|---|---|---|---|\n";
    for ty in Ty::ALL {
        let [number, bytes] = [ty as usize, ty.bytes()].map(|number| number.to_string());
        row(out, &[&number, &format!("`{ty}`"), &bytes, &ty.slots().to_string()]);
    }
    *out += "\nIntegers of up to 64 bits stand zero-extended or sign-extended in their slot; \
             `bool` is 0 or 1.\n";
}

fn operators(out: &mut String) {
    *out += "\n## Operators\n\n\
        | byte | operator | types | `a` | `b` | `c` | gas class | traps | meaning |\n\
        |---|---|---|---|---|---|---|---|---|\n";
    for op in Op::ALL {
        let info = op.info();
        let [a, b, c] = info.roles.map(role);
        let traps: Vec<String> = info.traps.iter().map(|trap| format!("`{trap}`")).collect();
        let byte = format!("`{:02x}`", *op as u8);
        let name = format!("`{}`", info.mnemonic);
        let meaning = meaning(info);
        let traps = traps.join(", ");
        row(out, &[&byte, &name, class(info.class), a, b, c, gas(info.gas), &traps, &meaning]);
    }
}

fn meaning(info: &OpInfo) -> String {
    let ends = if info.ends { " Ends the block." } else { "" };
    format!("{}{ends}", info.doc)
}

fn class(class: TyClass) -> &'static str {
    match class {
        TyClass::Untyped => "",
        TyClass::Any => "all",
        TyClass::Int => "integers",
        TyClass::Signed => "signed integers",
        TyClass::Bits => "integers, `bool`",
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Unused => "",
        Role::Def(shape) => match shape {
            Shape::Found => "writes `bool`, value of the field",
            Shape::Results => "writes results of the callee",
            Shape::Value => "writes value of the field",
            Shape::Bool => "writes `bool`",
            _ => "writes",
        },
        Role::Use(shape) => used(shape),
        Role::Index(space) => match space {
            Space::Constants => "constant of the type",
            Space::Types => "number of an integer type",
            Space::Blocks => "block",
            Space::Functions => "function, not `init`",
            Space::Fields => "state field",
            Space::Errors => "error",
            Space::Events => "event",
            Space::Traps => "number of a trap kind",
            Space::Contexts => "number of a context value",
        },
    }
}

fn used(shape: Shape) -> &'static str {
    match shape {
        Shape::Typed => "reads",
        Shape::Bool => "reads `bool`",
        Shape::Count => "reads `u32`",
        Shape::Source => "reads value of type `c`",
        Shape::ContextValue => "reads context value",
        Shape::Keys => "reads keys of the field",
        Shape::Value => "reads value of the field",
        Shape::Found => "reads `bool`, value of the field",
        Shape::Arguments => "reads parameters of the callee",
        Shape::Results => "reads results of the callee",
        Shape::Returns => "reads results of the function",
        Shape::ErrorData => "reads data of the error",
        Shape::EventData => "reads data of the event",
    }
}

fn gas(class: GasClass) -> &'static str {
    match class {
        GasClass::Move => "move",
        GasClass::Alu => "alu",
        GasClass::Multiply => "multiply",
        GasClass::Divide => "divide",
        GasClass::Flow => "flow",
        GasClass::Call => "call",
        GasClass::Environment => "environment",
        GasClass::StateRead => "state read",
        GasClass::StateWrite => "state write",
        GasClass::Log => "log",
    }
}

fn container(out: &mut String) {
    let _ = write!(
        out,
        "
## Container

`DEED`, the format version ({VERSION}) as `u16`, then sections of a number (`u8`), a length
(`u32`) and that many bytes: 1 name, 2 constants, 3 state, 4 errors, 5 events, 6 functions,
7 ABI, and if it is there 8 debug. There is one encoding of a module. The code hash is SHA-256
over everything before section 8.

At most: {} bytes, {} entries in a table, {} parameters, results or fields, {} keys of a
state field, {} registers that a block expects, {} bytes in a name.

## State keys

An entry of a state field has the key `id ‖ key ‖ key …`, where `id` is the first eight bytes
of SHA-256 over `name: type`, for example `balances: Map<Address, u64 default 0>`. Keys are
encoded so that the order of bytes is the order of values: integers big-endian, signed ones
with the sign bit flipped. Values are little-endian.
",
        limits::MODULE_BYTES,
        limits::TABLE,
        limits::PARAMS,
        limits::KEYS,
        limits::LIVE_IN,
        limits::NAME_BYTES,
    );
}
