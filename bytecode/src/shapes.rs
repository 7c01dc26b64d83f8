//! What an instruction's operands are, in the terms of its module: the one place that reads
//! the roles of the table. Validation, listing, liveness and engines' decoders use it.
//!
//! Length: `types` names every shape once.

use crate::inst::Inst;
use crate::kinds::ContextKind;
use crate::limits;
use crate::module::{EventField, Function, Module};
use crate::natives::{Native, NativeTy};
use crate::op::{Role, Shape, Space};
use crate::ty::Ty;
use crate::types::{HeapType, Type};

/// The types of values in consecutive registers.
#[derive(Clone, Copy, Debug, Default)]
pub struct TypeList<'m> {
    first: Option<Type>,
    types: &'m [Type],
    scalars: &'m [Ty],
    fields: &'m [EventField],
    natives: &'static [NativeTy],
    /// What `bytes` of a native are.
    bytes: Option<Type>,
}

impl<'m> TypeList<'m> {
    fn one(ty: impl Into<Type>) -> TypeList<'m> {
        TypeList { first: Some(ty.into()), ..TypeList::default() }
    }

    fn of(types: &'m [Type]) -> TypeList<'m> {
        TypeList { types, ..TypeList::default() }
    }

    /// A `bool`, then this.
    fn found(ty: &'m Type) -> TypeList<'m> {
        let types = std::slice::from_ref(ty);
        TypeList { first: Some(Ty::Bool.into()), types, ..TypeList::default() }
    }

    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// The types in order.
    pub fn iter(self) -> impl Iterator<Item = Type> + 'm {
        let scalars = self.scalars.iter().copied().map(Type::Scalar);
        let fields = self.fields.iter().map(|field| field.ty);
        let own = self.natives.iter();
        let own = own.filter_map(move |ty| ty.scalar().map(Type::Scalar).or(self.bytes));
        let listed = self.types.iter().copied().chain(fields).chain(own);
        self.first.into_iter().chain(scalars).chain(listed)
    }

    /// The types with the register each value has when the first is in `base`; `None` in the
    /// place of one beyond the last register there can be.
    pub fn at(self, base: u16) -> impl Iterator<Item = (Option<u16>, Type)> + 'm {
        let mut next = Some(base);
        self.iter().map(move |ty| {
            let reg = next;
            next = reg.and_then(|reg| reg.checked_add(ty.slots()));
            (reg, ty)
        })
    }
}

impl Inst {
    /// The operand that indexes `space`, if the operator has one.
    pub fn index(self, space: Space) -> Option<u16> {
        let roles = self.op.info().roles;
        let at = roles.iter().position(|role| *role == Role::Index(space))?;
        Some(self.operands()[at])
    }
}

impl Function {
    /// The blocks that execution may continue at after an instruction of the function, one entry
    /// for each way there. A jump table that does not exist has none.
    pub fn successors(&self, inst: Inst) -> impl Iterator<Item = u16> + '_ {
        let roles = inst.op.info().roles.into_iter().zip(inst.operands());
        let named = roles.filter(|(role, _)| *role == Role::Index(Space::Blocks));
        let table = inst.index(Space::Tables).and_then(|at| self.tables.get(usize::from(at)));
        named.map(|(_, block)| block).chain(table.into_iter().flatten().copied())
    }
}

impl Module {
    /// The keys before the one that an operand names, and these with that one.
    fn walked_keys(&self, operand: u16) -> Option<(&[Type], &[Type])> {
        let (field, at) = walked_key(operand);
        let keys = &self.schema.get(field)?.keys;
        Some((keys.get(..at)?, keys.get(..=at)?))
    }

    /// The type in the table that is just this one.
    fn the_type(&self, wanted: &HeapType) -> Option<Type> {
        let at = self.types.iter().position(|ty| ty == wanted)?;
        u16::try_from(at).ok().map(Type::Heap)
    }

    /// The values of a native; `None` if the table lacks a type that is among them.
    fn native_values(&self, natives: &'static [NativeTy]) -> Option<TypeList<'_>> {
        let bytes = self.the_type(&HeapType::Bytes);
        let has_all = bytes.is_some() || natives.iter().all(|ty| ty.scalar().is_some());
        has_all.then(|| TypeList { natives, bytes, ..TypeList::default() })
    }

    /// The types of a register operand of `inst` in `function`. `None` if an index operand is
    /// out of range or a type is missing, which a validated module excludes.
    pub fn types<'m>(
        &'m self,
        function: &'m Function,
        inst: Inst,
        shape: Shape,
    ) -> Option<TypeList<'m>> {
        let index = |space| inst.index(space).map(usize::from);
        let field = || self.schema.get(index(Space::Fields)?);
        let walked = || self.walked_keys(inst.index(Space::FieldKeys)?);
        let callee = || {
            let index = index(Space::Functions).or_else(|| index(Space::Attempts))?;
            self.functions.get(index)
        };
        let import = || {
            let outside = [Space::Calls, Space::Deploys, Space::Hosts];
            self.imports.get(outside.into_iter().find_map(index)?)
        };
        let byte = |space| u8::try_from(inst.index(space)?).ok();
        let heap = || self.heap_type(inst.ty?);
        let native = || Native::from_number(inst.index(Space::Natives)?).map(Native::info);
        Some(match shape {
            Shape::Typed => TypeList::one(inst.ty?),
            Shape::Bool => TypeList::one(Ty::Bool),
            Shape::Count => TypeList::one(Ty::U32),
            Shape::Length => TypeList::one(Ty::U64),
            Shape::Range => TypeList { scalars: &[Ty::U64; 2], ..TypeList::default() },
            Shape::Variant => TypeList::one(Ty::U8),
            Shape::Source => {
                let named = byte(Space::Types).or_else(|| byte(Space::Scalars))?;
                TypeList::one(Ty::from_byte(named)?)
            }
            Shape::Text => TypeList::one(self.the_type(&HeapType::String)?),
            Shape::Bytes => TypeList::one(self.the_type(&HeapType::Bytes)?),
            Shape::Decoded => TypeList { scalars: &[Ty::Bool], ..TypeList::one(inst.ty?) },
            Shape::ContextValue => {
                TypeList::one(ContextKind::from_byte(byte(Space::Contexts)?)?.ty())
            }
            Shape::Keys => TypeList::of(&field()?.keys),
            Shape::KeysBefore => TypeList::of(walked()?.0),
            Shape::KeysUpTo => TypeList::of(walked()?.1),
            Shape::Key => TypeList::one(*walked()?.1.last()?),
            Shape::FoundKey => TypeList::found(walked()?.1.last()?),
            Shape::Value => TypeList::one(field()?.value),
            // Of a heap value there are no zero bits, so such a field is not searched.
            Shape::Found => {
                field()?.value.scalar()?;
                TypeList::found(&field()?.value)
            }
            Shape::CallArguments => {
                let import = import()?;
                let (scalars, types) = (import.head(), &import.params[..]);
                TypeList { scalars, types, ..TypeList::default() }
            }
            Shape::CallResults => TypeList::of(&import()?.results),
            Shape::NativeArguments => self.native_values(native()?.params)?,
            Shape::NativeResults => self.native_values(native()?.results)?,
            Shape::Account => TypeList::one(Ty::Address),
            Shape::Coins => TypeList::one(Ty::U128),
            Shape::Digest => TypeList::one(Ty::Hash),
            Shape::Arguments => TypeList::of(&callee()?.params),
            Shape::Results => TypeList::of(&callee()?.results),
            Shape::Returns => TypeList::of(&function.results),
            Shape::ErrorData => TypeList::of(&self.errors.get(index(Space::Errors)?)?.params),
            Shape::EventData => {
                let fields = &self.events.get(index(Space::Events)?)?.fields;
                TypeList { fields, ..TypeList::default() }
            }
            Shape::Element => TypeList::one(heap()?.element()?),
            Shape::ElementParts => {
                TypeList::of(record_fields(self.heap_type(heap()?.element()?)?)?)
            }
            Shape::Position => TypeList { scalars: &[Ty::Bool, Ty::U64], ..TypeList::default() },
            Shape::EntryKey => TypeList::one(map_parts(heap()?)?.0),
            Shape::EntryValue => TypeList { first: map_parts(heap()?)?.1, ..TypeList::default() },
            Shape::Parts => TypeList::of(record_fields(heap()?)?),
            Shape::Field => {
                TypeList::one(*record_fields(heap()?)?.get(index(Space::RecordFields)?)?)
            }
            Shape::Payload => TypeList::of(variants(heap()?)?.get(index(Space::Variants)?)?),
        })
    }
}

/// The state field and the place of the key that an operand of [`Space::FieldKeys`] names.
pub fn walked_key(operand: u16) -> (usize, usize) {
    let operand = usize::from(operand);
    (operand / limits::KEYS, operand % limits::KEYS)
}

/// The operand that names a key of a state field, if there is one.
pub fn key_operand(field: usize, key: usize) -> Option<u16> {
    let operand = field.checked_mul(limits::KEYS)?.checked_add(key)?;
    u16::try_from(operand).ok().filter(|_| key < limits::KEYS)
}

/// What the keys and the values of a map type are; a set has no values.
fn map_parts(ty: &HeapType) -> Option<(Type, Option<Type>)> {
    if let HeapType::Map { key, value } = ty { Some((*key, *value)) } else { None }
}

/// The fields of a record type.
pub(crate) fn record_fields(ty: &HeapType) -> Option<&[Type]> {
    if let HeapType::Record { fields, .. } = ty { Some(fields) } else { None }
}

/// The payloads of an enum type.
pub(crate) fn variants(ty: &HeapType) -> Option<&[Vec<Type>]> {
    if let HeapType::Enum { variants, .. } = ty { Some(variants) } else { None }
}
