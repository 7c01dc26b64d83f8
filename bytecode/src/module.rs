//! A module as data: one contract's code and tables.
//!
//! Indexes in instructions are positions in the vectors here. A `Module` may be anything
//! until [`crate::validate`] has looked at it. Conventions that producer and engine share:
//! - Parameters stand in the first slots of the frame, one after the other without gaps;
//!   arguments, results, keys, error data and event data are laid out the same way from their
//!   base register.
//! - A block names what it expects in registers ([`Block::live_in`]); every other register is
//!   dead at its start. The first block is entered with the parameters alone.
//! - A place in code is (function, instruction), instructions being counted from 0 through
//!   the function's blocks in order.

use crate::debug::Debug;
use crate::imports::Import;
use crate::inst::Inst;
use crate::int::Int;
use crate::kinds::FunctionKind;
use crate::ty::Ty;
use crate::types::{HeapType, Type, moved, sort};

/// One contract.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Module {
    /// The contract's full name, as in `scf.receivable.Receivables`.
    pub name: String,
    /// In the order of [`HeapType::table_order`], each once.
    pub types: Vec<HeapType>,
    pub consts: Vec<Const>,
    /// What heap literals hold: bytes, or packed elements.
    pub data: Vec<Vec<u8>>,
    pub schema: Vec<StateField>,
    pub errors: Vec<ErrorDef>,
    pub events: Vec<EventDef>,
    /// What it uses of other contracts.
    pub imports: Vec<Import>,
    pub functions: Vec<Function>,
    /// The ABI in its binary form; opaque here.
    pub abi: Vec<u8>,
    /// Not part of the code hash.
    pub debug: Option<Debug>,
}

/// A constant: a scalar and its slots, unused ones 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Const {
    ty: Ty,
    slots: [u64; Ty::MAX_SLOTS],
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Unique in the module, private functions included.
    pub name: String,
    pub kind: FunctionKind,
    pub params: Vec<Type>,
    pub results: Vec<Type>,
    /// The size of the frame.
    pub slots: u16,
    /// Where `switch` leads: blocks by value from 0 on, and last the one for all other values.
    /// One for each `switch`, in the order of the code.
    pub tables: Vec<Vec<u16>>,
    /// Never empty; the first is where execution starts.
    pub blocks: Vec<Block>,
}

/// A straight run of instructions; the last one, and no other, ends it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// Ordered by register, without overlap.
    pub live_in: Vec<LiveIn>,
    pub code: Vec<Inst>,
}

/// A value that a block expects: its first register and its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveIn {
    pub reg: u16,
    pub ty: Type,
}

/// A field of the contract's state. Nested maps are flat: one entry a full list of keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateField {
    pub name: String,
    /// Empty for a field that is no map.
    pub keys: Vec<Type>,
    pub value: Type,
    /// What an absent entry reads; without it, reading an absent entry traps.
    /// The *initial* value of a plain field is not one: `init` stores that.
    pub default: Option<Const>,
}

/// An error a function may throw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorDef {
    pub name: String,
    /// The first bytes of SHA-256 over the canonical signature `module.Name(type,type)`.
    pub code: [u8; 4],
    pub params: Vec<Type>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventDef {
    pub name: String,
    /// As for errors.
    pub code: [u8; 4],
    pub fields: Vec<EventField>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventField {
    pub ty: Type,
    /// Whether the chain keeps an index over it.
    pub index: bool,
}

impl Module {
    /// The function with this name and its index.
    pub fn function(&self, name: &str) -> Option<(u16, &Function)> {
        let at = self.functions.iter().position(|function| function.name == name)?;
        Some((u16::try_from(at).ok()?, &self.functions[at]))
    }

    /// An entry of the table of types.
    pub fn heap_type(&self, ty: Type) -> Option<&HeapType> {
        self.types.get(usize::from(ty.heap()?))
    }

    /// Brings the table of types into its order and renames every type in the module.
    pub fn sort_types(&mut self) {
        let positions = sort(&mut self.types);
        let rename = |ty: &mut Type| *ty = moved(*ty, &positions);
        let fields = self.schema.iter_mut();
        fields.flat_map(|field| field.keys.iter_mut().chain([&mut field.value])).for_each(rename);
        self.errors.iter_mut().flat_map(|error| &mut error.params).for_each(rename);
        let fields = self.events.iter_mut().flat_map(|event| &mut event.fields);
        fields.for_each(|field| rename(&mut field.ty));
        for import in &mut self.imports {
            import.params.iter_mut().chain(&mut import.results).for_each(rename);
        }
        for function in &mut self.functions {
            function.params.iter_mut().chain(&mut function.results).for_each(rename);
            for block in &mut function.blocks {
                block.live_in.iter_mut().for_each(|live| rename(&mut live.ty));
                block.code.iter_mut().filter_map(|inst| inst.ty.as_mut()).for_each(rename);
            }
        }
    }
}

impl Function {
    /// All instructions in order, with their position.
    pub fn code(&self) -> impl Iterator<Item = (u32, Inst)> + '_ {
        let all = self.blocks.iter().flat_map(|block| block.code.iter().copied());
        (0u32..).zip(all)
    }
}

impl EventDef {
    /// The types of the fields, as they lie in registers.
    pub fn types(&self) -> Vec<Type> {
        self.fields.iter().map(|field| field.ty).collect()
    }
}

impl Const {
    /// An integer; `None` if `ty` is no integer type or does not hold it.
    pub fn int(ty: Ty, value: impl Into<Int>) -> Option<Const> {
        if !ty.is_int() {
            return None;
        }
        Const::from_bytes(ty, &value.into().to_le_bytes(ty.bytes(), ty.is_signed())?)
    }

    pub fn bool(value: bool) -> Const {
        Const { ty: Ty::Bool, slots: [u64::from(value), 0, 0, 0] }
    }

    /// From the canonical encoding of a value of `ty`; `None` if it is not one.
    pub fn from_bytes(ty: Ty, bytes: &[u8]) -> Option<Const> {
        Some(Const { ty, slots: ty.decode(bytes)? })
    }

    /// The canonical encoding.
    pub fn to_bytes(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.ty.bytes());
        self.ty.encode(&self.slots, &mut bytes);
        bytes
    }

    pub const fn ty(self) -> Ty {
        self.ty
    }

    /// The value as it lies in registers: `ty().slots()` slots.
    pub fn slots(&self) -> &[u64] {
        &self.slots[..usize::from(self.ty.slots())]
    }
}

impl std::fmt::Display for Const {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes = self.to_bytes();
        match self.ty {
            Ty::Bool => write!(f, "{}", bytes[0] == 1),
            Ty::Address | Ty::Hash => {
                f.write_str("0x")?;
                bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
            ty => write!(f, "{}", Int::from_le_bytes(&bytes, ty.is_signed())),
        }
    }
}
