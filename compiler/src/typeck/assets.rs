//! What an asset derives: `A.Info`, the copyable struct of its plain fields, for views and events.
//!
//! In: the structs and enums of a package. Out: the derived structs behind them.
//! Holds always: the id of an `A.Info` is known before any field has a type, since a field may have
//! it as its type; its fields are those of the asset that are not linear, under their names.

use std::collections::HashMap;

use super::cx::Cx;
use super::items::Items;
use crate::arena::{Id, StructId};
use crate::hir;
use crate::thir::{Name, StructDef, StructField, StructKind, is_linear, mark_linear};
use crate::ty::Ty;

/// The id that the derived struct of each asset will have.
pub(super) fn info_ids(hir: &hir::Package) -> HashMap<StructId, StructId> {
    let assets = hir.structs.iter().filter(|(_, def)| def.kind == StructKind::Asset);
    let behind = hir.structs.len()..;
    assets.zip(behind).map(|((id, _), index)| (id, StructId::from_index(index))).collect()
}

/// Finds out what is linear, then adds the derived structs in the order of their ids.
pub(super) fn derive_infos(items: &mut Items<'_>) {
    mark_linear(&mut items.structs, &mut items.enums);
    for id in items.hir.structs.ids() {
        let Some(info) = items.infos.get(&id).copied() else { continue };
        let def = derived(&items.structs[id], items);
        let made = items.structs.push(def);
        debug_assert_eq!(made, info, "derived structs follow in the order of their assets");
        items.structs[id].info = Some(info);
    }
}

fn derived(asset: &StructDef, items: &Items<'_>) -> StructDef {
    let param = |id| items.hir.type_params[id].linear;
    let plain = |ty| !is_linear(ty, &items.structs, &items.enums, &param);
    let fields = asset.fields.values().filter(|field| plain(&field.ty));
    StructDef {
        kind: StructKind::Struct,
        name: Name { text: format!("{}.Info", asset.name.text).into(), span: asset.name.span },
        fields: fields.map(|field| StructField { public: true, ..field.clone() }).collect(),
        info: None,
        linear: false,
        ..asset.clone()
    }
}

impl Cx<'_> {
    /// What `.info()` gives of an asset that has no method of that name itself.
    pub(super) fn info_of(&self, ty: &Ty, name: &Name) -> Option<Ty> {
        let Ty::Struct(id, args) = ty else { return None };
        let info = self.items.infos.get(id)?;
        let derived = name.text == "info" && !self.has_method(ty, &name.text);
        derived.then(|| Ty::Struct(*info, args.clone()))
    }
}
