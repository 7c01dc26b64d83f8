//! The written reference of the instruction set, made from the tables that the code uses.

use crate::container::VERSION;
use crate::kinds::{ContextKind, TrapKind};
use crate::limits;
use crate::natives::{Native, NativeTy};
use crate::op::{GasClass, Op, OpInfo, Role, Shape, Space, TyClass};
use crate::ty::Ty;
use std::fmt::Write;

const INTRODUCTION: &str = "\
# Bytecode

Deed contracts run as modules of a typed register machine. This page is generated from the
table of operators; a test keeps it so.

A register is a slot of eight bytes, named by its number in the frame. A value of more than 64
bits takes consecutive slots and is named by the first. An instruction is an operator, a
type or none, and three numbers of 16 bits: `a`, `b`, `c`.

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
    natives(&mut out);
    out += FAILURES;
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
    *out += HEAP_TYPES;
}

const NATIVES: &str = "
## Natives

What the operator `native` runs. A native takes any values and never traps but for memory: where it
gives a last `bool`, that is `false` for what it refuses, beside empty bytes. It costs what stands here
in the first schedule: the first number for each call, the second for 32 bytes of all arguments, or a
part of them.

| number | native | parameters | results | gas | gas for 32 bytes | meaning |
|---|---|---|---|---|---|---|
";

const FAILURES: &str = "
## Other contracts

An *import* is one way of calling out: the function's name and kind, its parameters and results as the
caller believes them to be, the errors that it may throw, and whether coins and a gas limit go along;
of kind `init` it makes a contract of the code with its hash. Arguments and results cross as canonical
bytes: the callee decodes them by its own types, the caller by its import's, and what does not fit is
`bad_argument` there and `bad_callee` here. Anything that a callee throws beside the errors of the
import is `bad_callee`. What a failed callee did is undone, its events and those of its callees
included.

A *failure* is a record of `u8`, `u32`, `bytes`, `string`: the number of the trap kind, 0 for a
declared error; the error's code, its first byte lowest; its data; a text. An *attempt* is an enum of
two variants, the results of a function and a failure. What a failed attempt still held in its registers
counts as memory to the end of the call.
";

const HEAP_TYPES: &str = "
Type 16 + *n* is entry *n* of the module's table of types: heap values, each one slot.

| kind | type | in the table by | canonical encoding |
|---|---|---|---|
| 0 | `string`, UTF-8 | | length `u32`, bytes |
| 1 | `bytes` | | length `u32`, bytes |
| 2 | record: a struct or tuple | name | its fields |
| 3 | enum, `Option<T>` among them | name | number of the variant `u8`, its payload |
| 4 | `Vec<T>` | element | count `u32`, elements |
| 5 | `Set<T>` | element | count `u32`, elements, ascending |
| 6 | `Map<K, V>` | key, value | count `u32`, pairs of key and value, keys ascending |

The table stands in this order, strictly ascending: kinds up to 3 by name, the others by the last
of their parts, then vectors before sets and maps, these by key and by value. Their parts stand
before them. Records and enums may be recursive.

A map, or a set, which is a map without values, is a B+-tree of nodes of up to 16 entries. Each
node is a heap value of its own, with its keys one after the other and then its values. A change
copies the nodes on its path that someone else holds. A node that is full and gets an entry behind
its last leaves that one to a new node, else its upper half; after a removal a node joins a neighbour
if both have at most 12 in all. Looking a key up is paid by nodes and comparisons.

A *decoding* is an enum of two variants: the values that are decoded, and a record of one `u64`.
Decoding takes no more memory than what the bytes can hold, and gives it back where it fails.

## Ownership

A register of a heap type owns its value. What an operator *reads* stays, what it *takes* is gone
from the register, what it *changes* is replaced: in place where no one else holds the value, else
by a changed copy, so that a change is never seen elsewhere. On every path a value that a register
owns is taken exactly once, by a move, a call, a return, a store, a `drop`: writing over it is an
error, an edge to a block finds exactly the owning registers that the block expects, and a return
leaves none behind. A throw or a trap discards all. `dup` makes a second owner, at no cost of
size; a copy is made when one of two owners changes its value.

Memory is counted in size classes. A record or an enum takes 8 bytes and its fields, every other
value 16 and its payload: in multiples of 8 up to 256 bytes, in quarters of a power of two up to
2 KiB, then 4 KiB, then whole pages of 4 KiB; a vector or text that has grown takes a power of two.
Elements that are records or enums of up to 40 bytes lie in their vector, each as wide as its
widest variant; reading one makes a value of it, putting one takes a value apart, and the operators on
rows do with its fields alone. Letting go is paid for by making, so `drop` cannot fail.
";

fn operators(out: &mut String) {
    *out += "\n## Operators\n\n\
        | byte | operator | types | `a` | `b` | `c` | gas class | traps | meaning |\n\
        |---|---|---|---|---|---|---|---|---|\n";
    for op in Op::ALL {
        let info = op.info();
        let [a, b, c] = info.roles.map(role);
        let [a, b, c] = [&a, &b, &c];
        let traps: Vec<String> = info.traps.iter().map(|trap| format!("`{trap}`")).collect();
        let byte = format!("`{:02x}`", *op as u8);
        let name = format!("`{}`", info.mnemonic);
        let meaning = meaning(info);
        let traps = traps.join(", ");
        row(out, &[&byte, &name, class(info.class), a, b, c, gas(info.gas), &traps, &meaning]);
    }
}

fn natives(out: &mut String) {
    *out += NATIVES;
    for native in Native::ALL {
        let info = native.info();
        let list = |types: &[NativeTy]| {
            let names: Vec<String> = types.iter().map(|ty| format!("`{ty}`")).collect();
            names.join(", ")
        };
        let [base, chunk] = [info.cost.base, info.cost.chunk].map(|cost| cost.to_string());
        let number = (*native as u16).to_string();
        let (params, results) = (list(info.params), list(info.results));
        row(out, &[&number, &format!("`{native}`"), &params, &results, &base, &chunk, info.doc]);
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
        TyClass::Scalar => "scalars",
        TyClass::Heap => "heap types",
        TyClass::Sequence => "`string`, `bytes`, `Vec`",
        TyClass::Indexed => "`bytes`, `Vec`",
        TyClass::Packed => "`bytes`, `Vec` of scalars",
        TyClass::Rows => "`Vec` of records",
        TyClass::Text => "`string`",
        TyClass::Bytes => "`bytes`",
        TyClass::Record => "records",
        TyClass::Failure => "failures",
        TyClass::Enum => "enums",
        TyClass::Decoding => "decodings",
        TyClass::Map => "`Map`, `Set`",
        TyClass::Counted => "`string`, `bytes`, `Vec`, `Map`, `Set`",
        TyClass::Int => "integers",
        TyClass::Signed => "signed integers",
        TyClass::Bits => "integers, `bool`",
        TyClass::Narrow => "integers up to 64 bits",
    }
}

/// What an operand means; for registers what is done to them, and what of them beyond one value
/// of the operator's type.
fn role(role: Role) -> String {
    let (verb, shape) = match role {
        Role::Unused => return String::new(),
        Role::Index(space) => return entry(space).to_owned(),
        Role::Def(shape) => ("writes", shape),
        Role::Use(shape) => ("reads", shape),
        Role::Take(shape) => ("takes", shape),
        Role::Change(shape) => ("changes", shape),
    };
    format!("{verb} {}", registers(shape)).trim_end().to_owned()
}

fn entry(space: Space) -> &'static str {
    match space {
        Space::Constants => "constant of the type",
        Space::Data => "data for the type",
        Space::RecordFields => "field of the type",
        Space::Variants => "variant of the type",
        Space::Types => "number of an integer type",
        Space::Scalars => "number of a scalar type",
        Space::Blocks => "block",
        Space::Tables => "jump table, the next one",
        Space::Functions => "function, not `init`",
        Space::Calls => "import, not of kind `init`",
        Space::Deploys => "import of kind `init`",
        Space::Hosts => "import of kind `host`",
        Space::Attempts => "function, not `init`, whose attempt the type is",
        Space::Fields => "state field",
        Space::FieldKeys => "16 × state field + place of a key",
        Space::Errors => "error",
        Space::Events => "event",
        Space::Traps => "number of a trap kind",
        Space::Contexts => "number of a context value",
        Space::Natives => "number of a native",
    }
}

fn registers(shape: Shape) -> &'static str {
    match shape {
        Shape::Typed => "",
        Shape::Bool => "`bool`",
        Shape::Count => "`u32`",
        Shape::Text => "`string`",
        Shape::Bytes => "`bytes`",
        Shape::Decoded => "value, `bool`",
        Shape::Length => "`u64`",
        Shape::Range => "two `u64`",
        Shape::Variant => "`u8`",
        Shape::Source => "value of type `c`",
        Shape::ContextValue => "context value",
        Shape::Keys => "keys of the field",
        Shape::KeysBefore => "keys before it",
        Shape::KeysUpTo => "keys up to it",
        Shape::Key => "such a key",
        Shape::FoundKey => "`bool`, such a key",
        Shape::Value => "value of the field",
        Shape::Found => "`bool`, value of the field",
        Shape::CallArguments => "target, what is handed over, parameters",
        Shape::CallResults => "results of the import",
        Shape::NativeArguments => "parameters of the native",
        Shape::NativeResults => "results of the native",
        Shape::Account => "`Address`",
        Shape::Coins => "`u128`",
        Shape::Digest => "`Hash`",
        Shape::Arguments => "parameters of the callee",
        Shape::Results => "results of the callee",
        Shape::Returns => "results of the function",
        Shape::ErrorData => "data of the error",
        Shape::EventData => "data of the event",
        Shape::Element => "element",
        Shape::ElementParts => "all fields of an element",
        Shape::Position => "`bool`, `u64`",
        Shape::EntryKey => "key",
        Shape::EntryValue => "value of an entry",
        Shape::Parts => "all fields",
        Shape::Field => "value of the field",
        Shape::Payload => "payload of the variant",
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
        GasClass::CallOut => "call out",
        GasClass::Environment => "environment",
        GasClass::StateRead => "state read",
        GasClass::StateWrite => "state write",
        GasClass::Log => "log",
        GasClass::Heap => "heap",
        GasClass::Native => "native",
    }
}

fn container(out: &mut String) {
    let _ = write!(
        out,
        "
## Container

`DEED`, the format version ({VERSION}) as `u16`, then sections of a number (`u8`), a length
and that many bytes: 1 name, 2 types, 3 constants, 4 data of literals, 5 state, 6 errors,
7 events, 8 imports, 9 functions, 10 ABI, and if it is there 11 debug. There is one encoding of a
module. The code hash is SHA-256 over everything before section 11. Section 11 may also lie in a file of
its own, behind `DSYM`, the version and the code hash.

Numbers take as many bytes as they need: seven bits in each, the lowest first, the highest bit set in all
but the last. An instruction is the byte of its operator, its type if it carries one, and the operands
that mean something. A name in the ABI or the debug section stands in full where it is used first, behind a
0, and by its number, counted from 1, wherever it is used again.

At most: {} bytes, {} entries in a table, {} types, {} parameters, results or fields, {} variants,
{} collections in one another, {} keys of a state field, {} registers that a block expects, {} targets of a
jump table, {} bytes in a name.

## State keys

An entry of a state field has the key `id ‖ key ‖ key …`, where `id` is the first eight bytes
of SHA-256 over `name: type`, for example `balances: Map<Address, u64 default 0>`. Keys are
encoded so that the order of bytes is the order of values; values are in their canonical encoding.

| type of the key | bytes in the key |
|---|---|
| integers | big-endian, the sign bit of signed ones flipped |
| `bool` | 0 or 1 |
| `Address`, `Hash` | 32 bytes as they are |
| `string`, `bytes` | the bytes, `00` as `00 ff`, and `00 00` at the end |
| records | their fields in order |
| enums | number of the variant, then its payload |
| `Vec`, `Set` | each element behind `01`, and `00` at the end |
| `Map` | each key, with its value, behind `01`, and `00` at the end |
",
        limits::MODULE_BYTES,
        limits::TABLE,
        limits::TYPES,
        limits::PARAMS,
        limits::VARIANTS,
        limits::COLLECTIONS,
        limits::KEYS,
        limits::LIVE_IN,
        limits::TARGETS,
        limits::NAME_BYTES,
    );
}
