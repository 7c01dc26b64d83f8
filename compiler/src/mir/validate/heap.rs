//! The law of operations on heap values.
//!
//! Holds always: as for all of [`super`].

use deed_bytecode::{Native, NativeTy};

use super::*;
use crate::mir::TypeId;

/// What an operation gives.
type Given = Result<Vec<Ty>, String>;

impl Validator<'_> {
    /// Checks an operation on heap values and tells what it gives; nothing for other operations.
    /// `result` is the type of the first value that it is said to give.
    pub(super) fn heap_op(&self, op: &Op, result: Option<Ty>) -> Option<Given> {
        let ty = |value: &ValueId| self.function.ty(*value);
        let of = |value: &ValueId, given: Vec<Ty>| {
            ensure(ty(value).is_heap(), || format!("{value} is no heap value")).map(|()| given)
        };
        Some(match op {
            Op::Literal(data) => self.literal(data, result),
            Op::Text { value } => {
                let scalar = ensure(!ty(value).is_heap(), || format!("{value} is no scalar"));
                scalar.and_then(|()| self.of_kind(result, &HeapType::String)).map(|ty| vec![ty])
            }
            Op::ToBytes { value } => self
                .of_kind(Some(ty(value)), &HeapType::String)
                .and_then(|_| self.of_kind(result, &HeapType::Bytes))
                .map(|ty| vec![ty]),
            Op::ToText { value } => self
                .of_kind(Some(ty(value)), &HeapType::Bytes)
                .and_then(|_| self.of_kind(result, &HeapType::String))
                .map(|ty| vec![ty, Ty::Bool]),
            Op::Encode { .. } => self.of_kind(result, &HeapType::Bytes).map(|ty| vec![ty]),
            Op::Decode { value } => self
                .of_kind(Some(ty(value)), &HeapType::Bytes)
                .and_then(|_| self.decoding(result))
                .map(|ty| vec![ty]),
            Op::Native { native, args } => self.native(*native, args),
            Op::Len { value } => {
                let counted = self.program.types.is_counted(ty(value));
                ensure(counted, || format!("{value} has no length")).map(|()| vec![Ty::U64])
            }
            Op::Concat { left, right } => {
                self.sequence(*left).and_then(|ty| self.list(&[*right], [ty]).map(|()| vec![ty]))
            }
            Op::Slice { value, range } => self
                .sequence(*value)
                .and_then(|ty| self.list(range, [Ty::U64; 2]).map(|()| vec![ty])),
            Op::RecordMake { fields } => self.make(fields, result, |ty| self.fields(ty)),
            Op::EnumMake { variant, payload } => {
                self.make(payload, result, |ty| self.payload(ty, *variant))
            }
            Op::RecordOpen { record } => self.fields(ty(record)).map(<[Ty]>::to_vec),
            Op::RecordGet { record, field } => self.field(*record, *field).map(|ty| vec![ty]),
            Op::RecordSet { record, field, value } => self.set(*record, *field, *value, false),
            Op::RecordSwap { record, field, value } => self.set(*record, *field, *value, true),
            Op::EnumTag { value } => {
                let known = self.program.types.variants(ty(value)).ok_or("it is no enum".into());
                known.map(|_| vec![Ty::Int(IntTy::U8)])
            }
            Op::EnumGet { value, variant } | Op::EnumOpen { value, variant } => {
                self.payload(ty(value), *variant).map(<[Ty]>::to_vec)
            }
            Op::Dup { value } => of(value, vec![ty(value)]),
            Op::Drop { value } => of(value, Vec::new()),
            op => return self.vec_op(op, result),
        })
    }

    /// The type, if it is of this kind.
    fn of_kind(&self, ty: Option<Ty>, kind: &HeapType) -> Result<Ty, String> {
        let found = ty.filter(|ty| self.program.types.get(*ty) == Some(kind));
        found.ok_or_else(|| format!("{ty:?} is given where {kind:?} is due"))
    }

    /// The type, if its values are decodings.
    fn decoding(&self, ty: Option<Ty>) -> Result<Ty, String> {
        let types = &self.program.types;
        let wrong = ty.and_then(|ty| match types.variants(ty)? {
            [_, wrong] => types.fields(*wrong.first()?),
            _ => None,
        });
        let fits = wrong == Some(&[Ty::U64][..]);
        ty.filter(|_| fits).ok_or_else(|| format!("{ty:?} is no decoding"))
    }

    fn native(&self, native: Native, args: &[ValueId]) -> Given {
        let bytes = self.program.types.iter().position(|ty| *ty == HeapType::Bytes);
        let bytes = bytes.map(|at| Ty::Heap(TypeId(at as u32)));
        let all = |types: &[NativeTy]| -> Result<Vec<Ty>, String> {
            let types = types.iter().map(|ty| match ty {
                NativeTy::Bool => Some(Ty::Bool),
                NativeTy::Hash => Some(Ty::Hash),
                NativeTy::Bytes => bytes,
            });
            types.collect::<Option<_>>().ok_or_else(|| format!("`{native}` is without `bytes`"))
        };
        self.list(args, all(native.info().params)?)?;
        all(native.info().results)
    }

    fn vec_op(&self, op: &Op, result: Option<Ty>) -> Option<Given> {
        let ty = |value: &ValueId| self.function.ty(*value);
        let put = |vec: &ValueId, index: &[ValueId], value: &ValueId| {
            let element = self.element(ty(vec))?;
            self.list(index, index.iter().map(|_| Ty::U64))?;
            self.list(&[*value], [element]).map(|()| element)
        };
        Some(match op {
            Op::VecFill { count, value } => {
                result.ok_or_else(|| "it gives nothing".to_string()).and_then(|vec| {
                    let element = self.element(vec)?;
                    self.list(&[*count, *value], [Ty::U64, element]).map(|()| vec![vec])
                })
            }
            Op::VecGet { vec, index } => self
                .element(ty(vec))
                .and_then(|element| self.list(&[*index], [Ty::U64]).map(|()| vec![element])),
            Op::VecSet { vec, index, value } => put(vec, &[*index], value).map(|_| vec![ty(vec)]),
            Op::VecSwap { vec, index, value } => {
                put(vec, &[*index], value).map(|element| vec![ty(vec), element])
            }
            Op::VecPush { vec, value } => put(vec, &[], value).map(|_| vec![ty(vec)]),
            Op::VecPop { vec } => self.element(ty(vec)).map(|element| vec![ty(vec), element]),
            Op::VecSort { vec } => match self.element(ty(vec)) {
                Ok(element) if element.is_heap() => Err(format!("{vec} holds no scalars")),
                element => element.map(|_| vec![ty(vec)]),
            },
            op => return self.row_op(op),
        })
    }

    fn row_op(&self, op: &Op) -> Option<Given> {
        let ty = |value: &ValueId| self.function.ty(*value);
        let parts = |vec: &ValueId| self.fields(self.element(ty(vec))?);
        let put = |vec: &ValueId, index: &[ValueId], fields: &[ValueId]| {
            self.list(index, index.iter().map(|_| Ty::U64))?;
            self.list(fields, parts(vec)?.iter().copied()).map(|()| vec![ty(vec)])
        };
        Some(match op {
            Op::RowGet { vec, index } => parts(vec)
                .and_then(|parts| self.list(&[*index], [Ty::U64]).map(|()| parts.to_vec())),
            Op::RowSet { vec, index, fields } => put(vec, &[*index], fields),
            Op::RowPush { vec, fields } => put(vec, &[], fields),
            op => return self.map_op(op),
        })
    }

    fn map_op(&self, op: &Op) -> Option<Given> {
        let ty = |value: &ValueId| self.function.ty(*value);
        let entries = |map: &ValueId| {
            let entries = self.program.types.entries(ty(map));
            entries.ok_or_else(|| format!("{map} has no entries"))
        };
        let at = |map: &ValueId, index: &ValueId| {
            let entries = entries(map)?;
            self.list(&[*index], [Ty::U64]).map(|()| entries)
        };
        let put = |map: &ValueId, index: &ValueId, value: &ValueId| {
            let of = at(map, index)?.1.ok_or_else(|| format!("{map} has no values"))?;
            self.list(&[*value], [of]).map(|()| of)
        };
        Some(match op {
            Op::MapFind { map, key } => entries(map)
                .and_then(|(of, _)| self.list(&[*key], [of]))
                .map(|()| vec![Ty::Bool, Ty::U64]),
            Op::MapKey { map, index } => at(map, index).map(|(key, _)| vec![key]),
            Op::MapGet { map, index } => {
                at(map, index).map(|(_, value)| value.into_iter().collect())
            }
            Op::MapPut { map, key, value } => entries(map).and_then(|(of, item)| {
                let given: Vec<ValueId> = [*key].into_iter().chain(*value).collect();
                self.list(&given, [of].into_iter().chain(item)).map(|()| vec![ty(map)])
            }),
            Op::MapSet { map, index, value } => put(map, index, value).map(|_| vec![ty(map)]),
            Op::MapSwap { map, index, value } => put(map, index, value).map(|of| vec![ty(map), of]),
            Op::MapTake { map, index } => {
                at(map, index).map(|(_, value)| [ty(map)].into_iter().chain(value).collect())
            }
            _ => return None,
        })
    }

    fn literal(&self, data: &[u8], result: Option<Ty>) -> Given {
        let ty = result.ok_or_else(|| "a literal gives nothing".to_string())?;
        let fits = match self.program.types.get(ty) {
            Some(HeapType::String) => std::str::from_utf8(data).is_ok(),
            Some(HeapType::Bytes) => true,
            Some(HeapType::Vec(element)) => match element.scalar() {
                Some(ty) => data.len().is_multiple_of(ty.bytes()),
                None => data.is_empty(),
            },
            Some(HeapType::Map { .. }) => data.is_empty(),
            _ => false,
        };
        ensure(fits, || format!("a literal is no {ty}")).map(|()| vec![ty])
    }

    fn sequence(&self, value: ValueId) -> Result<Ty, String> {
        let ty = self.function.ty(value);
        ensure(self.program.types.is_sequence(ty), || format!("{value} has no length"))?;
        Ok(ty)
    }

    fn element(&self, ty: Ty) -> Result<Ty, String> {
        self.program.types.element(ty).ok_or_else(|| format!("{ty} has no elements"))
    }

    fn fields(&self, ty: Ty) -> Result<&[Ty], String> {
        self.program.types.fields(ty).ok_or_else(|| format!("{ty} is no record"))
    }

    fn field(&self, record: ValueId, field: u32) -> Result<Ty, String> {
        let fields = self.fields(self.function.ty(record))?;
        fields.get(field as usize).copied().ok_or_else(|| format!("there is no field {field}"))
    }

    fn payload(&self, ty: Ty, variant: u32) -> Result<&[Ty], String> {
        let variants = self.program.types.variants(ty);
        let variants = variants.ok_or_else(|| format!("{ty} is no enum"))?;
        let payload = variants.get(variant as usize).map(Vec::as_slice);
        payload.ok_or_else(|| format!("there is no variant {variant}"))
    }

    fn set(&self, record: ValueId, field: u32, value: ValueId, swaps: bool) -> Given {
        let ty = self.field(record, field)?;
        self.list(&[value], [ty])?;
        let record = self.function.ty(record);
        Ok(if swaps { vec![record, ty] } else { vec![record] })
    }

    fn make<'s>(
        &'s self,
        parts: &[ValueId],
        result: Option<Ty>,
        of: impl Fn(Ty) -> Result<&'s [Ty], String>,
    ) -> Given {
        let ty = result.ok_or_else(|| "it gives nothing".to_string())?;
        self.list(parts, of(ty)?.iter().copied()).map(|()| vec![ty])
    }
}
