//! The operators: one table from which encoding, validation, listings, gas classes and the
//! written reference are derived.
//!
//! An instruction is `{ op, ty, a, b, c }` ([`crate::Inst`]). `ty` is the type a *typed*
//! operator works on, and absent for the others ([`TyClass`]). The three operands have
//! [`Role`]s: registers that are written, read, taken or changed, or an index into one of the
//! module's tables. Register roles speak of a [`Shape`]: a list of types laid out in
//! consecutive slots from the named register. An operand without a role, or whose shape is
//! empty, is 0.
//!
//! A register of a heap type owns its value. To *read* it leaves it there; to *take* it
//! consumes it, and the register is empty; to *change* it replaces the value by another of the
//! same type, in place where no one else holds it and by a copy where someone does, so that a
//! change is never seen through another register. What is written is owned anew.
//!
//! Every operator reads all it uses before it writes what it defines, and goes through these
//! steps in order: operand traps, dynamic charge, limit trap, effect.

use crate::imports::is_failure;
use crate::kinds::TrapKind::{self, *};
use crate::ty::Ty;
use crate::types::{HeapType, Type, has_rows, is_decoding};
use Effect::*;
use GasClass::*;
use Role::*;
use Shape::*;
use Space::*;

/// Which types an operator may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TyClass {
    /// The operator carries no type.
    Untyped,
    /// Any type.
    Any,
    /// Any scalar type.
    Scalar,
    /// Any heap type.
    Heap,
    /// `string`, `bytes` and `Vec`.
    Sequence,
    /// `bytes` and `Vec`: what has elements.
    Indexed,
    /// `bytes`, and vectors of scalars.
    Packed,
    /// Vectors of records.
    Rows,
    /// `string` alone.
    Text,
    /// `bytes` alone.
    Bytes,
    /// Structs and tuples.
    Record,
    /// Records that are failures.
    Failure,
    Enum,
    /// Enums that are decodings.
    Decoding,
    /// Maps and sets.
    Map,
    /// `string`, `bytes`, `Vec`, maps and sets: what has a length.
    Counted,
    /// Integers of every width.
    Int,
    /// Signed integers of every width.
    Signed,
    /// `bool` and integers of every width.
    Bits,
    /// Integers of one slot: up to 64 bits.
    Narrow,
}

/// What an operand means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Nothing; it is 0.
    Unused,
    /// The first register of values the operator writes.
    Def(Shape),
    /// The first register of values the operator reads.
    Use(Shape),
    /// The first register of values the operator reads; heap values are gone from there then.
    Take(Shape),
    /// The first register of values the operator reads and writes.
    Change(Shape),
    /// An index into a table.
    Index(Space),
}

/// A list of types that consecutive registers hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One value of the operator's type.
    Typed,
    /// One `bool`.
    Bool,
    /// One `u32`: a shift count.
    Count,
    /// One value of the type that the [`Space::Types`] or [`Space::Scalars`] operand names.
    Source,
    /// One value of the type of the context value.
    ContextValue,
    /// The keys of the state field.
    Keys,
    /// The keys of the state field before the one that is walked along.
    KeysBefore,
    /// The keys of the state field up to the one that is walked along, with it.
    KeysUpTo,
    /// The key of the state field that is walked along.
    Key,
    /// A `bool`, and then the key of the state field that is walked along.
    FoundKey,
    /// One value of the state field.
    Value,
    /// A `bool` and then one value of the state field.
    Found,
    /// The parameters of the function called.
    Arguments,
    /// The results of the function called.
    Results,
    /// The results of the function that runs.
    Returns,
    /// The parameters of the error.
    ErrorData,
    /// The fields of the event.
    EventData,
    /// One element of the type.
    Element,
    /// All fields of one element of the type.
    ElementParts,
    /// A `bool` and then one `u64`: whether a key is there, and how many lesser ones are.
    Position,
    /// One key of the map type.
    EntryKey,
    /// One value of the map type; none of a set.
    EntryValue,
    /// The target of the import, what is handed over, its parameters.
    CallArguments,
    /// The results of the import.
    CallResults,
    /// The parameters of the native.
    NativeArguments,
    /// The results of the native.
    NativeResults,
    /// One `Address`.
    Account,
    /// One `u128`: coins.
    Coins,
    /// One `Hash`.
    Digest,
    /// One `string`.
    Text,
    /// One `bytes`.
    Bytes,
    /// One value of the operator's type and then a `bool`.
    Decoded,
    /// One `u64`: a length, or a position counted from 0.
    Length,
    /// Two `u64`: where a range starts and where it ends, itself not in it.
    Range,
    /// One `u8`: the number of a variant.
    Variant,
    /// All fields of the record.
    Parts,
    /// One field of the record.
    Field,
    /// The payload of the variant.
    Payload,
}

/// A table an operand indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    /// The constant pool; the constant has the operator's type.
    Constants,
    /// The data of literals; valid for the operator's type.
    Data,
    /// Fields of the record type.
    RecordFields,
    /// Variants of the enum type.
    Variants,
    /// Scalar types by their number; integers only.
    Types,
    /// Scalar types by their number.
    Scalars,
    /// Blocks of the running function.
    Blocks,
    /// Jump tables of the running function, the next one in the order of the code.
    Tables,
    /// Functions of the module; never `init`.
    Functions,
    /// Imports of the module that call.
    Calls,
    /// Imports of the module that make a contract.
    Deploys,
    /// Imports of the module that ask the host.
    Hosts,
    /// The function of an attempt of the operator's type.
    Attempts,
    /// State fields of the module.
    Fields,
    /// A key of a state field: 16 times the number of the field, plus the place of the key.
    FieldKeys,
    /// Errors of the module.
    Errors,
    /// Events of the module.
    Events,
    /// Trap kinds by their number.
    Traps,
    /// Context values by their number.
    Contexts,
    /// Natives by their number.
    Natives,
}

/// What an operator does beyond its registers; calls have the effects of their callee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    Pure,
    ReadsState,
    WritesState,
    EmitsEvent,
}

/// What a gas schedule prices; it may price a class by type as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GasClass {
    Move,
    Alu,
    Multiply,
    Divide,
    Flow,
    Call,
    /// A call that leaves the contract.
    CallOut,
    Environment,
    StateRead,
    StateWrite,
    Log,
    Heap,
    /// A native, priced by itself.
    Native,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct OpInfo {
    pub mnemonic: &'static str,
    pub class: TyClass,
    /// The roles of `a`, `b` and `c`.
    pub roles: [Role; 3],
    pub gas: GasClass,
    pub effect: Effect,
    /// Whether it ends a block.
    pub ends: bool,
    /// What it may trap with by itself; calls pass on what their callee traps with.
    pub traps: &'static [TrapKind],
    pub doc: &'static str,
}

macro_rules! operators {
    ($($byte:literal $name:ident $mnemonic:literal $class:ident [$a:expr, $b:expr, $c:expr]
       $gas:ident $effect:ident $flow:ident [$($trap:ident)*] $doc:literal;)*) => {
        /// An operator; its number is its byte in an instruction.
        #[repr(u8)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Op { $(#[doc = $doc] $name = $byte,)* }

        impl Op {
            /// Every operator, in the order of the table.
            pub const ALL: &'static [Op] = &[$(Op::$name,)*];

            /// The operator with this number.
            #[inline]
            pub fn from_byte(byte: u8) -> Option<Op> {
                match byte { $($byte => Some(Op::$name),)* _ => None }
            }

            /// The operator's row of the table.
            #[inline]
            pub const fn info(self) -> &'static OpInfo {
                match self {
                    $(Op::$name => &OpInfo {
                        mnemonic: $mnemonic,
                        class: TyClass::$class,
                        roles: [$a, $b, $c],
                        gas: $gas,
                        effect: $effect,
                        ends: operators!(@ends $flow),
                        traps: &[$($trap),*],
                        doc: $doc,
                    },)*
                }
            }
        }
    };
    (@ends falls) => { false };
    (@ends ends) => { true };
}

// Columns: byte, name, mnemonic, type class, roles of a b c, gas class, effect, flow, traps, meaning.
#[rustfmt::skip]
operators! {
    0x01 Const  "const"  Scalar  [Def(Typed), Index(Constants), Unused] Move Pure falls [] "a := constant b.";
    0x02 Mov    "mov"    Any     [Def(Typed), Take(Typed), Unused]      Move Pure falls [] "a := b.";

    0x10 Add    "add"    Int     [Def(Typed), Use(Typed), Use(Typed)]   Alu      Pure falls [Overflow] "a := b + c.";
    0x11 Sub    "sub"    Int     [Def(Typed), Use(Typed), Use(Typed)]   Alu      Pure falls [Overflow] "a := b - c.";
    0x12 Mul    "mul"    Int     [Def(Typed), Use(Typed), Use(Typed)]   Multiply Pure falls [Overflow] "a := b * c.";
    0x13 Div    "div"    Int     [Def(Typed), Use(Typed), Use(Typed)]   Divide   Pure falls [DivisionByZero Overflow] "a := b / c, rounded toward zero; the least value by -1 overflows.";
    0x14 Rem    "rem"    Int     [Def(Typed), Use(Typed), Use(Typed)]   Divide   Pure falls [DivisionByZero] "a := b - c * (b / c), with the sign of b; the least value by -1 is 0.";
    0x15 Neg    "neg"    Signed  [Def(Typed), Use(Typed), Unused]       Alu      Pure falls [Overflow] "a := -b.";
    0x16 Cast   "cast"   Int     [Def(Typed), Use(Source), Index(Types)] Alu     Pure falls [LossyCast] "a := b, of integer type c, as a value of this type.";

    0x18 WrapAdd  "wrap_add"  Int    [Def(Typed), Use(Typed), Use(Typed)]    Alu      Pure falls [] "a := b + c modulo 2^bits.";
    0x19 WrapSub  "wrap_sub"  Int    [Def(Typed), Use(Typed), Use(Typed)]    Alu      Pure falls [] "a := b - c modulo 2^bits.";
    0x1a WrapMul  "wrap_mul"  Int    [Def(Typed), Use(Typed), Use(Typed)]    Multiply Pure falls [] "a := b * c modulo 2^bits.";
    0x1b WrapNeg  "wrap_neg"  Int    [Def(Typed), Use(Typed), Unused]        Alu      Pure falls [] "a := -b modulo 2^bits.";
    0x1c WrapCast "wrap_cast" Int    [Def(Typed), Use(Source), Index(Types)] Alu      Pure falls [] "a := b, of integer type c, modulo 2^bits of this type.";

    0x20 And    "and"    Bits    [Def(Typed), Use(Typed), Use(Typed)]   Alu Pure falls [] "a := b and c, bit by bit.";
    0x21 Or     "or"     Bits    [Def(Typed), Use(Typed), Use(Typed)]   Alu Pure falls [] "a := b or c, bit by bit.";
    0x22 Xor    "xor"    Bits    [Def(Typed), Use(Typed), Use(Typed)]   Alu Pure falls [] "a := b exclusive-or c, bit by bit.";
    0x23 Not    "not"    Bits    [Def(Typed), Use(Typed), Unused]       Alu Pure falls [] "a := every bit of b inverted.";
    0x24 Shl    "shl"    Int     [Def(Typed), Use(Typed), Use(Count)]   Alu Pure falls [BadShift Overflow] "a := b * 2^c.";
    0x25 Shr    "shr"    Int     [Def(Typed), Use(Typed), Use(Count)]   Alu Pure falls [BadShift] "a := b / 2^c, rounded down (arithmetic for signed types).";
    0x26 WrapShl "wrap_shl" Int  [Def(Typed), Use(Typed), Use(Count)]   Alu Pure falls [BadShift] "a := b * 2^c modulo 2^bits.";

    0x30 Eq     "eq"     Any     [Def(Bool), Use(Typed), Use(Typed)]    Alu Pure falls [] "a := b = c, by value.";
    0x31 Ne     "ne"     Any     [Def(Bool), Use(Typed), Use(Typed)]    Alu Pure falls [] "a := b ≠ c.";
    0x32 Lt     "lt"     Any     [Def(Bool), Use(Typed), Use(Typed)]    Alu Pure falls [] "a := b < c: by value, false before true; addresses, hashes, strings and bytes byte by byte; vectors, fields and payloads part by part, variants by number.";
    0x33 Le     "le"     Any     [Def(Bool), Use(Typed), Use(Typed)]    Alu Pure falls [] "a := b ≤ c, in the order of `lt`.";
    0x34 Gt     "gt"     Any     [Def(Bool), Use(Typed), Use(Typed)]    Alu Pure falls [] "a := b > c, in the order of `lt`.";
    0x35 Ge     "ge"     Any     [Def(Bool), Use(Typed), Use(Typed)]    Alu Pure falls [] "a := b ≥ c, in the order of `lt`.";

    0x40 Jump   "jump"   Untyped [Index(Blocks), Unused, Unused]                  Flow Pure ends [] "Continues at block a.";
    0x41 Branch "branch" Untyped [Use(Bool), Index(Blocks), Index(Blocks)]        Flow Pure ends [] "Continues at block b if a, else at block c.";
    0x42 Ret    "ret"    Untyped [Take(Returns), Unused, Unused]                  Flow Pure ends [] "Returns the results from a on.";
    0x43 Throw  "throw"  Untyped [Index(Errors), Take(ErrorData), Unused]         Flow Pure ends [] "Throws error a with the data from b on.";
    0x44 Trap   "trap"   Untyped [Index(Traps), Unused, Unused]                   Flow Pure ends [] "Traps with kind a.";
    0x45 Assert "assert" Untyped [Use(Bool), Index(Traps), Unused]                Flow Pure falls [] "Traps with kind b unless a.";
    0x46 Call   "call"   Untyped [Def(Results), Index(Functions), Take(Arguments)] Call Pure falls [Depth] "Calls function b with the arguments from c on; its results come to a on.";
    0x47 ContractCall "contract_call" Untyped [Def(CallResults), Index(Calls), Take(CallArguments)] CallOut Pure falls [Depth NoCode BadArgument Reentrancy ViewWrite NoCoins NotPayable BadCallee OutOfGas Memory] "Calls import b with what stands from c on: the target, the coins and the gas if the import has them, the arguments; its results come to a on. What the callee throws or traps with goes on here.";
    0x48 Deploy "deploy" Untyped [Def(Account), Index(Deploys), Take(CallArguments)] CallOut WritesState falls [Depth NoCode BadArgument ViewWrite KeyPresent NoCoins NotPayable BadCallee OutOfGas Memory] "a := the address of a new contract of import b, made with what stands from c on: the salt, the coins and the gas if the import has them, the arguments.";
    0x49 TryCall   "try_call"   Enum    [Def(Typed), Index(Attempts), Take(Arguments)] Call Pure falls [Depth Memory] "Calls function b with the arguments from c on; a := its results as variant 0, or as variant 1 how it failed, all that it did undone. Running out of gas is not caught.";
    0x4a ErrorIs   "error_is"   Failure [Def(Bool), Use(Typed), Index(Errors)]      Heap Pure falls [] "a := whether failure b is error c.";
    0x4b ErrorOpen "error_open" Failure [Def(ErrorData), Use(Typed), Index(Errors)] Heap Pure falls [BadCallee Memory] "The data of error c, which failure b is, come to a on.";
    0x4c Fail      "fail"       Failure [Take(Typed), Unused, Unused]               Flow Pure ends [BadCallee Unreachable] "Throws the error or traps with the kind that failure a says.";
    0x4d HostCall  "host_call"  Untyped [Def(CallResults), Index(Hosts), Take(CallArguments)] CallOut WritesState falls [NoCode BadCallee Assert Memory] "Asks the host for import b with the arguments from c on; its results come to a on. Where the host lacks the capability, it traps with no_code.";
    0x4e Switch     "switch"     Narrow [Use(Typed), Index(Tables), Unused]         Flow Pure ends [] "Continues at target a of jump table b, counted from 0, or at its last one where a is not the number of another.";

    0x50 Context     "context"      Untyped [Def(ContextValue), Index(Contexts), Unused] Environment Pure falls [] "a := context value b.";
    0x51 Emit        "emit"         Untyped [Index(Events), Take(EventData), Unused] Log EmitsEvent falls [] "Emits event a with the data from b on.";
    0x52 Balance     "balance"      Untyped [Def(Coins), Unused, Unused]             StateRead ReadsState falls [] "a := the contract's own coins, as of now.";
    0x53 Pay         "pay"          Untyped [Use(Account), Use(Coins), Unused]       StateWrite WritesState falls [NoCoins Overflow] "Hands b coins to account a.";
    0x54 Unique      "unique"       Untyped [Def(Digest), Unused, Unused]            Environment Pure falls [] "a := a hash that no other evaluation on the chain gives.";

    0x60 StateLoad   "state_load"   Untyped [Def(Value), Index(Fields), Take(Keys)] StateRead  ReadsState  falls [MissingKey] "a := entry of field b at the keys from c on; an absent one reads the field's default.";
    0x61 StateHas    "state_has"    Untyped [Def(Bool), Index(Fields), Take(Keys)]  StateRead  ReadsState  falls [] "a := whether field b has an entry at the keys from c on.";
    0x62 StateFind   "state_find"   Untyped [Def(Found), Index(Fields), Take(Keys)] StateRead  ReadsState  falls [] "a := whether there is an entry, then the entry, or a value of zero bits; the field holds scalars.";
    0x63 StateStore  "state_store"  Untyped [Take(Value), Index(Fields), Take(Keys)] StateWrite WritesState falls [] "The entry of field b at the keys from c on := a; the field's default removes it.";
    0x64 StateInsert "state_insert" Untyped [Take(Value), Index(Fields), Take(Keys)] StateWrite WritesState falls [KeyPresent] "As `state_store`, where there is no entry yet.";
    0x65 StateRemove "state_remove" Untyped [Unused, Index(Fields), Take(Keys)]     StateWrite WritesState falls [] "Removes the entry of field b at the keys from c on, if there is one.";
    0x66 StateAny     "state_any"    Untyped [Def(Bool), Index(FieldKeys), Take(KeysBefore)] StateRead ReadsState falls [] "a := whether there is an entry whose keys before key b are those from c on.";
    0x67 StateFirst   "state_first"  Untyped [Def(Key), Index(FieldKeys), Take(KeysBefore)]  StateRead ReadsState falls [MissingKey] "a := the least key b of those entries whose keys before it are those from c on.";
    0x68 StateLast    "state_last"   Untyped [Def(Key), Index(FieldKeys), Take(KeysBefore)]  StateRead ReadsState falls [MissingKey] "As `state_first`, the greatest.";
    0x69 StateNext    "state_next"   Untyped [Def(FoundKey), Index(FieldKeys), Take(KeysUpTo)] StateRead ReadsState falls [] "a := whether there is an entry whose key b is greater than the last of those from c on, the keys before it being the same; then the least such key, or without one the key that was given.";
    0x6a StatePrev    "state_prev"   Untyped [Def(FoundKey), Index(FieldKeys), Take(KeysUpTo)] StateRead ReadsState falls [] "As `state_next`, with the greatest lesser key.";

    0x70 Dup         "dup"          Heap     [Def(Typed), Use(Typed), Unused]               Heap Pure falls [] "a := b, which both hold now.";
    0x71 Drop        "drop"         Heap     [Take(Typed), Unused, Unused]                  Heap Pure falls [] "Lets a go.";
    0x72 IsUnique    "is_unique"    Heap     [Def(Bool), Use(Typed), Unused]                Heap Pure falls [] "a := whether no one else holds the value of b, so that a change of it copies nothing.";
    0x73 Literal     "literal"      Sequence [Def(Typed), Index(Data), Unused]              Heap Pure falls [Memory] "a := a new value of data b; a `Vec` of heap values has none.";
    0x74 Len         "len"          Counted  [Def(Length), Use(Typed), Unused]              Heap Pure falls [] "a := how many elements, entries, or bytes of a string, b has.";
    0x75 Concat      "concat"       Sequence [Change(Typed), Use(Typed), Unused]            Heap Pure falls [Memory] "a := a with b behind it.";
    0x76 Slice       "slice"        Sequence [Def(Typed), Use(Typed), Use(Range)]           Heap Pure falls [OutOfBounds Memory] "a := the part of b from c on up to what follows c; of a string it holds whole characters.";

    0x78 VecFill     "vec_fill"     Indexed  [Def(Typed), Use(Length), Take(Element)]       Heap Pure falls [Memory] "a := b times the element c; none is the empty one.";
    0x79 VecGet      "vec_get"      Indexed  [Def(Element), Use(Typed), Use(Length)]        Heap Pure falls [OutOfBounds] "a := element c of b.";
    0x7a VecSet      "vec_set"      Indexed  [Change(Typed), Use(Length), Take(Element)]    Heap Pure falls [OutOfBounds Memory] "Element b of a := c.";
    0x7b VecSwap     "vec_swap"     Indexed  [Change(Typed), Use(Length), Change(Element)]  Heap Pure falls [OutOfBounds Memory] "Element b of a and c change places.";
    0x7c VecPush     "vec_push"     Indexed  [Change(Typed), Take(Element), Unused]         Heap Pure falls [Memory] "a := a with the element b behind it.";
    0x7d VecPop      "vec_pop"      Indexed  [Def(Element), Change(Typed), Unused]          Heap Pure falls [OutOfBounds Memory] "a := the last element of b, which loses it.";
    0x7e VecSort     "vec_sort"     Packed   [Change(Typed), Unused, Unused]                Heap Pure falls [Memory] "a := a with its elements in ascending order, by `lt`.";

    0x80 RecordMake  "record_make"  Record   [Def(Typed), Take(Parts), Unused]             Heap Pure falls [Memory] "a := a new record of the fields from b on.";
    0x81 RecordOpen  "record_open"  Record   [Def(Parts), Take(Typed), Unused]             Heap Pure falls [] "The fields from a on := those of b.";
    0x82 RecordGet   "record_get"   Record   [Def(Field), Use(Typed), Index(RecordFields)]  Heap Pure falls [] "a := field c of b.";
    0x83 RecordSet   "record_set"   Record   [Change(Typed), Index(RecordFields), Take(Field)] Heap Pure falls [Memory] "Field b of a := c.";
    0x84 RecordSwap  "record_swap"  Record   [Change(Typed), Index(RecordFields), Change(Field)] Heap Pure falls [Memory] "Field b of a and c change places.";
    0x85 RowGet      "row_get"      Rows     [Def(ElementParts), Use(Typed), Use(Length)]   Heap Pure falls [OutOfBounds] "The fields from a on := those of element c of b.";
    0x86 RowSet      "row_set"      Rows     [Change(Typed), Use(Length), Take(ElementParts)] Heap Pure falls [OutOfBounds Memory] "Element b of a := a record of the fields from c on.";
    0x87 RowPush     "row_push"     Rows     [Change(Typed), Take(ElementParts), Unused]    Heap Pure falls [Memory] "a := a with a record of the fields from b on behind it.";

    0x88 EnumMake    "enum_make"    Enum     [Def(Typed), Take(Payload), Index(Variants)]   Heap Pure falls [Memory] "a := variant c with the payload from b on.";
    0x89 EnumOpen    "enum_open"    Enum     [Def(Payload), Take(Typed), Index(Variants)]   Heap Pure falls [Unreachable] "The payload from a on := that of b, which is variant c.";
    0x8a EnumTag     "enum_tag"     Enum     [Def(Variant), Use(Typed), Unused]             Heap Pure falls [] "a := the number of the variant of b.";
    0x8b EnumGet     "enum_get"     Enum     [Def(Payload), Use(Typed), Index(Variants)]    Heap Pure falls [Unreachable] "As `enum_open`, and b keeps its value.";

    0x8d Text        "text"         Text     [Def(Typed), Use(Source), Index(Scalars)]      Heap Pure falls [Memory] "a := the text of b, of scalar type c: decimal digits, `true` or `false`, `0x` and hexadecimal digits.";
    0x8e ToBytes     "to_bytes"     Bytes    [Def(Typed), Use(Text), Unused]                Heap Pure falls [Memory] "a := the UTF-8 form of b.";
    0x8f ToText      "to_text"      Text     [Def(Decoded), Use(Bytes), Unused]             Heap Pure falls [Memory] "a := the string with the UTF-8 form b and `true`, or the empty string and `false`.";

    0x90 MapNew      "map_new"      Map      [Def(Typed), Unused, Unused]                   Heap Pure falls [Memory] "a := a map without entries.";
    0x91 MapFind     "map_find"     Map      [Def(Position), Use(Typed), Use(EntryKey)]     Heap Pure falls [] "a := whether b has key c, then how many lesser keys it has: the place of an entry.";
    0x92 MapKey      "map_key"      Map      [Def(EntryKey), Use(Typed), Use(Length)]       Heap Pure falls [OutOfBounds] "a := the key of entry c of b, in the order of keys.";
    0x93 MapGet      "map_get"      Map      [Def(EntryValue), Use(Typed), Use(Length)]     Heap Pure falls [OutOfBounds] "a := the value of entry c of b.";
    0x94 MapPut      "map_put"      Map      [Change(Typed), Take(EntryKey), Take(EntryValue)] Heap Pure falls [Memory] "The value of a at key b := c, with an entry of its own where there is none.";
    0x95 MapSet      "map_set"      Map      [Change(Typed), Use(Length), Take(EntryValue)] Heap Pure falls [OutOfBounds Memory] "The value of entry b of a := c.";
    0x96 MapSwap     "map_swap"     Map      [Change(Typed), Use(Length), Change(EntryValue)] Heap Pure falls [OutOfBounds Memory] "The value of entry b of a and c change places.";
    0x97 MapTake     "map_take"     Map      [Def(EntryValue), Change(Typed), Use(Length)]  Heap Pure falls [OutOfBounds Memory] "a := the value of entry c of b, which loses the entry.";

    0xa8 Encode      "encode"       Any      [Def(Bytes), Use(Typed), Unused]               Heap Pure falls [Depth Memory] "a := the canonical encoding of b.";
    0xa9 Decode      "decode"       Decoding [Def(Typed), Use(Bytes), Unused]               Heap Pure falls [Memory] "a := the values whose canonical encodings, one after the other, are all of b, as variant 0, or as variant 1 the position of the first byte that cannot be.";
    0xaa Native      "native"       Untyped  [Def(NativeResults), Index(Natives), Take(NativeArguments)] Native Pure falls [Memory] "a := what native b gives for the arguments from c on.";
}

impl TyClass {
    /// Whether an operator of this class may carry `ty`, in a module with these heap types.
    pub fn admits(self, ty: Option<Type>, types: &[HeapType]) -> bool {
        match (self, ty) {
            (TyClass::Untyped, None) => true,
            (TyClass::Untyped, Some(_)) | (_, None) => false,
            (_, Some(Type::Scalar(ty))) => self.admits_scalar(ty),
            (TyClass::Failure, Some(ty)) => is_failure(types, ty),
            (TyClass::Decoding, Some(ty)) => is_decoding(types, ty),
            (TyClass::Rows, Some(ty)) => has_rows(types, ty),
            (_, Some(Type::Heap(index))) => {
                types.get(usize::from(index)).is_some_and(|ty| self.admits_heap(ty))
            }
        }
    }

    fn admits_scalar(self, ty: Ty) -> bool {
        match self {
            TyClass::Any | TyClass::Scalar => true,
            TyClass::Int => ty.is_int(),
            TyClass::Signed => ty.is_signed(),
            TyClass::Bits => ty.is_int() || ty == Ty::Bool,
            TyClass::Narrow => ty.is_int() && ty.slots() == 1,
            _ => false,
        }
    }

    fn admits_heap(self, ty: &HeapType) -> bool {
        match self {
            TyClass::Any | TyClass::Heap => true,
            TyClass::Sequence => {
                matches!(ty, HeapType::String | HeapType::Bytes | HeapType::Vec(_))
            }
            TyClass::Map => matches!(ty, HeapType::Map { .. }),
            TyClass::Counted => !matches!(ty, HeapType::Record { .. } | HeapType::Enum { .. }),
            TyClass::Indexed => ty.element().is_some(),
            TyClass::Packed => ty.element().is_some_and(|element| element.scalar().is_some()),
            TyClass::Text => matches!(ty, HeapType::String),
            TyClass::Bytes => matches!(ty, HeapType::Bytes),
            TyClass::Record => matches!(ty, HeapType::Record { .. }),
            TyClass::Enum => matches!(ty, HeapType::Enum { .. }),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_mnemonics_are_unique() {
        for (index, op) in Op::ALL.iter().enumerate() {
            assert_eq!(Op::from_byte(*op as u8), Some(*op));
            let twin = |other: &&Op| other.info().mnemonic == op.info().mnemonic;
            assert_eq!(Op::ALL.iter().position(|other| twin(&other)), Some(index));
        }
    }

    #[test]
    fn at_most_one_operand_defines_and_it_is_the_first() {
        for op in Op::ALL {
            assert!(!op.info().roles[1..].iter().any(|role| matches!(role, Def(_))));
            assert!(!op.info().doc.is_empty());
        }
    }
}
