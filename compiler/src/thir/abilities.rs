//! Abilities: what may be done with the values of a type.
//!
//! In: a type of a package. Out: its [`Abilities`].
//! Holds always: plain data has all four; what is *linear* (an asset, and whatever holds one) can be
//! neither copied nor dropped, and is no key, since a key is compared and copied.

use std::collections::HashMap;

use super::{EnumDef, Package, StructDef, StructKind};
use crate::arena::{Arena, EnumId, StructId, TypeParamId};
use crate::ty::Ty;

type Structs = Arena<StructId, StructDef>;
type Enums = Arena<EnumId, EnumDef>;

/// What may be done with the values of a type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Abilities {
    /// A second value like it may be made.
    pub copy: bool,
    /// It may go out of scope unused, or be written over.
    pub drop: bool,
    /// The state may hold it.
    pub store: bool,
    /// It may be the key of a map or the element of a set.
    pub key: bool,
}

/// A declared type that can hold others.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Item {
    Struct(StructId),
    Enum(EnumId),
}

impl Package {
    /// What may be done with the values of a type.
    pub fn abilities(&self, ty: &Ty) -> Abilities {
        let plain = !self.is_linear(ty);
        let mut stored = true;
        ty.each(&mut |part| stored &= !matches!(part, Ty::Fn(..) | Ty::Range(_)));
        let key = plain && stored && !ty.is_collection();
        Abilities { copy: plain, drop: plain, store: stored, key }
    }

    /// Whether each value of a type must be consumed exactly once.
    pub fn is_linear(&self, ty: &Ty) -> bool {
        let param = |id| self.type_params[id].linear;
        is_linear(ty, &self.structs, &self.enums, &param)
    }
}

/// As [`Package::is_linear`], over the tables of a package.
/// `param` says whether a type parameter is declared `linear`.
pub(crate) fn is_linear(
    ty: &Ty,
    structs: &Structs,
    enums: &Enums,
    param: &dyn Fn(TypeParamId) -> bool,
) -> bool {
    let linear = |ty: &Ty| is_linear(ty, structs, enums, param);
    match ty {
        Ty::Struct(id, args) => structs[*id].linear || args.iter().any(linear),
        Ty::Enum(id, args) => enums[*id].linear || args.iter().any(linear),
        Ty::Tuple(parts) => parts.iter().any(linear),
        Ty::Array(of, _) | Ty::Vec(of) | Ty::Set(of) | Ty::Option(of) | Ty::Table(of) => linear(of),
        Ty::Map(map) => linear(&map.key) || linear(&map.value),
        Ty::Result(ok, err) => linear(ok) || linear(err),
        Ty::Param(id) => param(*id),
        _ => false,
    }
}

/// Finds the structs and enums that are linear: assets, and from them to whatever holds them.
pub(crate) fn mark_linear(structs: &mut Structs, enums: &mut Enums) {
    let mut holders: HashMap<Item, Vec<Item>> = HashMap::new();
    let mut found = Vec::new();
    for (id, def) in structs.iter() {
        let holder = Item::Struct(id);
        if def.kind == StructKind::Asset {
            found.push(holder);
        }
        def.fields.values().for_each(|field| held(&field.ty, holder, &mut holders));
    }
    for (id, def) in enums.iter() {
        let parts = def.variants.values().flat_map(|variant| &variant.fields);
        parts.for_each(|part| held(&part.ty, Item::Enum(id), &mut holders));
    }
    while let Some(item) = found.pop() {
        let linear = match item {
            Item::Struct(id) => &mut structs[id].linear,
            Item::Enum(id) => &mut enums[id].linear,
        };
        if !std::mem::replace(linear, true) {
            found.extend(holders.remove(&item).unwrap_or_default());
        }
    }
}

/// Notes who holds the items of a type.
fn held(ty: &Ty, holder: Item, holders: &mut HashMap<Item, Vec<Item>>) {
    ty.each(&mut |part| {
        let item = match part {
            Ty::Struct(id, _) => Item::Struct(*id),
            Ty::Enum(id, _) => Item::Enum(*id),
            _ => return,
        };
        holders.entry(item).or_default().push(holder);
    });
}
