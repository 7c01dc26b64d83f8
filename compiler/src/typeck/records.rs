//! Events as the chain's index gives them: structs derived from `event` declarations.
//!
//! In: the events that the package uses as types or asks for. Out: a struct for each, with the
//! event's fields and those of the index.
//! Holds always: the ids are known before any field has a type; only what is used is derived.

use std::collections::HashMap;

use super::items::Items;
use crate::arena::{Arena, ContractId, EventId, FieldId, Id, StructId};
use crate::hir::{self, RecordOf};
use crate::thir::{Name, StructDef, StructField, StructKind};
use crate::ty::Ty;

/// The ids that the derived structs will have, behind `first` others.
pub(super) fn record_ids(hir: &hir::Package, first: usize) -> HashMap<RecordOf, StructId> {
    let behind = first..;
    hir.records.iter().copied().zip(behind.map(StructId::from_index)).collect()
}

/// Adds the derived structs in the order of their ids; the events have their types.
pub(super) fn derive_records(items: &mut Items<'_>) {
    for of in &items.hir.records {
        let def = match of {
            RecordOf::Event(id) => of_event(*id, items),
            RecordOf::Contract(id) => of_contract(*id, items),
        };
        items.structs.push(def);
    }
}

fn of_event(id: EventId, items: &Items<'_>) -> StructDef {
    let event = &items.events[id];
    let own = event.fields.iter().map(|field| (field.name.clone(), field.ty.clone()));
    let index = index_fields(&event.name);
    // A field of the event hides one of the index.
    let hidden = |name: &Name| event.fields.iter().any(|field| field.name.text == name.text);
    let index = index.into_iter().filter(|(name, _)| !hidden(name));
    derived(event.name.clone(), event.module, own.chain(index))
}

fn of_contract(id: ContractId, items: &Items<'_>) -> StructDef {
    let contract = &items.hir.contracts[id];
    let name =
        Name { text: format!("{}.Event", contract.name.text).into(), ..contract.name.clone() };
    let event = (Name { text: "name".into(), span: name.span }, Ty::String);
    let index = index_fields(&name);
    derived(name, contract.module, std::iter::once(event).chain(index))
}

fn index_fields(name: &Name) -> [(Name, Ty); 3] {
    [("height", Ty::U64), ("transaction", Ty::U32), ("log", Ty::U32)]
        .map(|(text, ty)| (Name { text: text.into(), span: name.span }, ty))
}

fn derived(
    name: Name,
    module: crate::arena::ModuleId,
    fields: impl Iterator<Item = (Name, Ty)>,
) -> StructDef {
    let fields: Arena<FieldId, StructField> = fields
        .map(|(name, ty)| StructField { name, ty, default: None, public: true, index: false })
        .collect();
    StructDef {
        kind: StructKind::Struct,
        name,
        module,
        docs: String::new(),
        type_params: Vec::new(),
        fields,
        quantity: false,
        places: None,
        methods: Vec::new(),
        linear: false,
        info: None,
    }
}

impl Items<'_> {
    /// The struct that the index gives for an event.
    pub(super) fn record_of_event(&self, id: EventId) -> Ty {
        self.record(RecordOf::Event(id))
    }

    /// The struct that the index gives for any event of a contract.
    pub(super) fn record_of_contract(&self, id: ContractId) -> Ty {
        self.record(RecordOf::Contract(id))
    }

    pub(super) fn record(&self, of: RecordOf) -> Ty {
        match self.records.get(&of) {
            Some(id) => Ty::Struct(*id, Vec::new()),
            None => Ty::Error,
        }
    }
}
