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
pub enum TypeList<'m> {
    #[default]
    None,
    One(Type),
    Two(Type, Type),
    Types(&'m [Type]),
    Fields(&'m [EventField]),
    /// What a call out takes beside its parameters, and these.
    Call {
        head: &'static [Ty],
        params: &'m [Type],
    },
    /// Of a native; `bytes` is what its byte strings are.
    Native {
        types: &'static [NativeTy],
        bytes: Option<Type>,
    },
}

impl<'m> TypeList<'m> {
    /// The type with this number, counted from 0.
    #[inline]
    pub fn get(&self, at: usize) -> Option<Type> {
        match self {
            TypeList::None => None,
            TypeList::One(ty) => (at == 0).then_some(*ty),
            TypeList::Two(first, second) => [*first, *second].get(at).copied(),
            TypeList::Types(types) => types.get(at).copied(),
            TypeList::Fields(fields) => fields.get(at).map(|field| field.ty),
            TypeList::Call { head, params } => match at.checked_sub(head.len()) {
                Some(at) => params.get(at).copied(),
                None => Some(Type::Scalar(head[at])),
            },
            TypeList::Native { types, bytes } => {
                types.get(at).and_then(|ty| ty.scalar().map(Type::Scalar).or(*bytes))
            }
        }
    }

    #[inline]
    pub fn is_empty(&self) -> bool {
        self.get(0).is_none()
    }

    /// The types in order.
    #[inline]
    pub fn iter(self) -> impl Iterator<Item = Type> + 'm {
        (0..).map_while(move |at| self.get(at))
    }

    /// The types with the register each value has when the first is in `base`; `None` in the
    /// place of one beyond the last register there can be.
    #[inline]
    pub fn at(self, base: u16) -> impl Iterator<Item = (Option<u16>, Type)> + 'm {
        let mut next = Some(base);
        self.iter().map(move |ty| {
            let reg = next;
            next = reg.and_then(|reg| reg.checked_add(ty.slots()));
            (reg, ty)
        })
    }

    /// How many registers the values take together; `None` if more than there can be.
    #[inline]
    pub fn slots(&self) -> Option<u16> {
        match self {
            TypeList::One(ty) => Some(ty.slots()),
            _ => self.iter().try_fold(0u16, |sum, ty| sum.checked_add(ty.slots())),
        }
    }
}

impl Inst {
    /// The operand that indexes `space`, if the operator has one.
    #[inline]
    pub fn index(self, space: Space) -> Option<u16> {
        let at = self.op.info().roles.iter().position(|role| *role == Role::Index(space))?;
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
        has_all.then_some(TypeList::Native { types: natives, bytes })
    }

    /// The types of a register operand of `inst` in `function`. `None` if an index operand is
    /// out of range or a type is missing, which a validated module excludes.
    #[inline]
    pub fn types<'m>(
        &'m self,
        function: &'m Function,
        inst: Inst,
        shape: Shape,
    ) -> Option<TypeList<'m>> {
        match shape {
            // Most are, and most of the time that loading takes goes through here.
            Shape::Typed => inst.ty.map(TypeList::One),
            Shape::Bool => Some(TypeList::One(Ty::Bool.into())),
            _ => self.types_by_tables(function, inst, shape),
        }
    }

    fn types_by_tables<'m>(
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
            Shape::Typed => TypeList::One(inst.ty?),
            Shape::Bool => TypeList::One(Ty::Bool.into()),
            Shape::Count => TypeList::One(Ty::U32.into()),
            Shape::Length => TypeList::One(Ty::U64.into()),
            Shape::Range => TypeList::Two(Ty::U64.into(), Ty::U64.into()),
            Shape::Variant => TypeList::One(Ty::U8.into()),
            Shape::Source => {
                let named = byte(Space::Types).or_else(|| byte(Space::Scalars))?;
                TypeList::One(Ty::from_byte(named)?.into())
            }
            Shape::Text => TypeList::One(self.the_type(&HeapType::String)?),
            Shape::Bytes => TypeList::One(self.the_type(&HeapType::Bytes)?),
            Shape::Decoded => TypeList::Two(inst.ty?, Ty::Bool.into()),
            Shape::ContextValue => {
                TypeList::One(ContextKind::from_byte(byte(Space::Contexts)?)?.ty().into())
            }
            Shape::Keys => TypeList::Types(&field()?.keys),
            Shape::KeysBefore => TypeList::Types(walked()?.0),
            Shape::KeysUpTo => TypeList::Types(walked()?.1),
            Shape::Key => TypeList::One(*walked()?.1.last()?),
            Shape::FoundKey => TypeList::Two(Ty::Bool.into(), *walked()?.1.last()?),
            Shape::Value => TypeList::One(field()?.value),
            // Of a heap value there are no zero bits, so such a field is not searched.
            Shape::Found => {
                let value = field()?.value.scalar()?;
                TypeList::Two(Ty::Bool.into(), value.into())
            }
            Shape::CallArguments => {
                let import = import()?;
                TypeList::Call { head: import.head(), params: &import.params }
            }
            Shape::CallResults => TypeList::Types(&import()?.results),
            Shape::NativeArguments => self.native_values(native()?.params)?,
            Shape::NativeResults => self.native_values(native()?.results)?,
            Shape::Account => TypeList::One(Ty::Address.into()),
            Shape::Coins => TypeList::One(Ty::U128.into()),
            Shape::Digest => TypeList::One(Ty::Hash.into()),
            Shape::Arguments => TypeList::Types(&callee()?.params),
            Shape::Results => TypeList::Types(&callee()?.results),
            Shape::Returns => TypeList::Types(&function.results),
            Shape::ErrorData => TypeList::Types(&self.errors.get(index(Space::Errors)?)?.params),
            Shape::EventData => TypeList::Fields(&self.events.get(index(Space::Events)?)?.fields),
            Shape::Element => TypeList::One(heap()?.element()?),
            Shape::ElementParts => {
                TypeList::Types(record_fields(self.heap_type(heap()?.element()?)?)?)
            }
            Shape::Position => TypeList::Two(Ty::Bool.into(), Ty::U64.into()),
            Shape::EntryKey => TypeList::One(map_parts(heap()?)?.0),
            Shape::EntryValue => map_parts(heap()?)?.1.map_or(TypeList::None, TypeList::One),
            Shape::Parts => TypeList::Types(record_fields(heap()?)?),
            Shape::Field => {
                TypeList::One(*record_fields(heap()?)?.get(index(Space::RecordFields)?)?)
            }
            Shape::Payload => TypeList::Types(variants(heap()?)?.get(index(Space::Variants)?)?),
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
