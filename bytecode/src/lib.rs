//! Deed's instruction set: the narrow waist between the compiler and the engines.
//!
//! A [`Module`] comes in from a code generator or from bytes ([`decode`]); bytes, a
//! [`ValidModule`], a listing or the reference of the instruction set go out. This crate
//! knows nothing of source text, gas prices or hosts, and depends on no other room.
//!
//! What the pieces promise each other:
//! - one table ([`op`]) says everything about an operator, and one ([`natives`]) about a native
//!   function; encoding, validation, listing and
//!   the written reference are derived from it;
//! - `decode(encode(m)) == m`, and `encode(decode(b)) == b` wherever `decode` succeeds;
//! - an engine takes a [`ValidModule`] and nothing else.

pub mod builder;
pub mod container;
pub mod debug;
pub mod disasm;
pub mod imports;
pub mod inst;
pub mod int;
pub mod kinds;
pub mod limits;
pub mod liveness;
pub mod module;
pub mod natives;
pub mod op;
pub mod ordered;
pub mod reference;
pub mod shapes;
pub mod state_key;
pub mod ty;
pub mod types;
pub mod validate;
pub mod wire;

pub use container::{
    CodeHash, code_hash, code_hash_of, decode, decode_symbols, encode, encode_symbols,
};
pub use debug::{Debug, Frame, FunctionDebug, Inlined, Line, Variable};
pub use disasm::{disassemble, listing};
pub use imports::Import;
pub use inst::Inst;
pub use int::Int;
pub use kinds::{ContextKind, FunctionKind, TrapKind};
pub use module::{
    Block, Const, ErrorDef, EventDef, EventField, Function, LiveIn, Module, StateField,
};
pub use natives::{Native, NativeCost, NativeInfo, NativeTy};
pub use op::{Effect, GasClass, Op, Role, Shape, Space, TyClass};
pub use ordered::{push_ordered, read_ordered};
pub use shapes::{TypeList, key_operand, walked_key};
pub use state_key::{field_id, ordered_key, push_key, state_key};
pub use ty::Ty;
pub use types::{HeapType, Type};
pub use validate::{Effects, Invalid, ValidModule, ValidateError, validate};
pub use wire::{DecodeError, Fault, Reader, Writer};
