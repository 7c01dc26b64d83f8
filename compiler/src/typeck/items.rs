//! The types of heads: constants, state, errors, events, parameters and results.
//!
//! In: the resolved package. Out: [`Items`], which every body is checked against.

use std::collections::HashMap;

use deed_base::Diagnostics;

use super::assets::{derive_infos, info_ids};
use super::cx::{Cx, Mode};
use super::structs;
use super::types::Site;
use crate::arena::{
    Arena, ConstId, ContractId, EnumId, ErrorId, EventId, FieldId, FnId, StructId, VariantId,
};
use crate::hir;
use crate::thir::{
    ConstDef, DataField, EnumDef, ErrorDef, EventDef, Name, StateField, StructDef, StructField,
    Variant, VariantField,
};
use crate::ty::Ty;

/// What a body may refer to.
pub(super) struct Items<'a> {
    pub(super) hir: &'a hir::Package,
    pub(super) constants: Arena<ConstId, ConstDef>,
    pub(super) errors: Arena<ErrorId, ErrorDef>,
    pub(super) events: Arena<EventId, EventDef>,
    pub(super) state: Arena<ContractId, Arena<FieldId, StateField>>,
    pub(super) signatures: Arena<FnId, Signature>,
    pub(super) structs: Arena<StructId, StructDef>,
    pub(super) enums: Arena<EnumId, EnumDef>,
    /// The derived struct of each asset.
    pub(super) infos: HashMap<StructId, StructId>,
    /// The variants of each enum by their names.
    pub(super) variants: Arena<EnumId, HashMap<&'a str, VariantId>>,
}

/// What a caller must give and gets.
pub(super) struct Signature {
    pub(super) params: Vec<Ty>,
    pub(super) result: Ty,
}

impl<'a> Items<'a> {
    pub(super) fn new(hir: &'a hir::Package) -> Self {
        Items {
            hir,
            constants: Arena::new(),
            errors: Arena::new(),
            events: Arena::new(),
            state: Arena::new(),
            signatures: Arena::new(),
            structs: Arena::new(),
            enums: Arena::new(),
            infos: info_ids(hir),
            variants: hir.enums.values().map(by_name).collect(),
        }
    }

    /// The name of a struct, or of what an asset derives.
    fn struct_name(&self, id: StructId) -> String {
        let structs = &self.hir.structs;
        let of = self.infos.iter().find(|(_, info)| **info == id);
        match of {
            Some((asset, _)) => format!("{}.Info", structs[*asset].name.text),
            None => structs[id].name.text.clone(),
        }
    }

    /// The type as it is written in source.
    pub(super) fn show(&self, ty: &Ty) -> String {
        match ty {
            Ty::Struct(id, _) => self.struct_name(*id),
            Ty::Contract(id) => self.hir.contracts[*id].name.text.clone(),
            Ty::Enum(id, _) => self.hir.enums[*id].name.text.clone(),
            Ty::Option(of) => format!("Option<{}>", self.show(of)),
            Ty::Result(ok, err) => format!("Result<{}, {}>", self.show(ok), self.show(err)),
            Ty::Tuple(parts) => {
                let parts: Vec<String> = parts.iter().map(|part| self.show(part)).collect();
                format!("({})", parts.join(", "))
            }
            Ty::Map(map) => format!("Map<{}, {}>", self.show(&map.key), self.show(&map.value)),
            other => other.to_string(),
        }
    }
}

/// Fills in all heads; the constants have their values already.
pub(super) fn signatures(items: &mut Items<'_>, d: &mut Diagnostics) {
    items.structs = items.hir.structs.values().map(|def| structure(def, items, d)).collect();
    structs::check_finite(items, d);
    items.enums = items.hir.enums.values().map(|def| enumeration(def, items, d)).collect();
    derive_infos(items);
    items.errors = items.hir.errors.values().map(|def| error(def, items, d)).collect();
    items.events = items.hir.events.values().map(|def| event(def, items, d)).collect();
    items.state = items.hir.contracts.iter().map(|(id, c)| state(id, c, items, d)).collect();
    items.signatures = items.hir.functions.values().map(|f| signature(f, items, d)).collect();
}

/// The variables of an item that has none.
pub(super) fn no_locals() -> Arena<crate::arena::LocalId, hir::Local> {
    Arena::new()
}

fn structure(def: &hir::StructDef, items: &Items<'_>, d: &mut Diagnostics) -> StructDef {
    let locals = no_locals();
    let mut cx = Cx::new(items, None, &locals, Mode::Constant, d);
    let fields = def.fields.values().map(|field| {
        let ty = cx.ty(&field.ty, Site::Data);
        let default = field.default.as_ref().and_then(|value| cx.constant(value, &ty));
        StructField { name: field.name.clone(), ty, default, index: field.index }
    });
    let fields = fields.collect();
    cx.close();
    StructDef {
        kind: def.kind,
        name: def.name.clone(),
        module: def.module,
        docs: def.docs.clone(),
        type_params: def.type_params.clone(),
        quantity: false,
        methods: def.methods.clone(),
        fields,
        info: None,
        linear: false,
    }
}

fn enumeration(def: &hir::EnumDef, items: &Items<'_>, d: &mut Diagnostics) -> EnumDef {
    let locals = no_locals();
    let mut cx = Cx::new(items, None, &locals, Mode::Constant, d);
    let variants = def.variants.values().map(|variant| {
        let fields = variant.fields.iter().enumerate().map(|(index, field)| VariantField {
            name: field.name.clone().unwrap_or_else(|| numbered(index, &field.ty)),
            ty: cx.ty(&field.ty, Site::Data),
        });
        Variant { name: variant.name.clone(), fields: fields.collect() }
    });
    let variants = variants.collect();
    cx.close();
    EnumDef {
        name: def.name.clone(),
        module: def.module,
        docs: def.docs.clone(),
        type_params: def.type_params.clone(),
        methods: def.methods.clone(),
        variants,
        linear: false,
    }
}

/// The name of a part that has its place only.
fn numbered(index: usize, ty: &hir::Type) -> Name {
    Name { text: index.to_string(), span: ty.span }
}

/// The variants of an enum; of several with one name the first, as was reported.
fn by_name(def: &hir::EnumDef) -> HashMap<&str, VariantId> {
    def.variants.iter().rev().map(|(id, variant)| (variant.name.text.as_str(), id)).collect()
}

fn fields(def: &hir::DataDef, items: &Items<'_>, d: &mut Diagnostics) -> Vec<DataField> {
    let locals = no_locals();
    let mut cx = Cx::new(items, def.contract, &locals, Mode::Constant, d);
    let fields = def.fields.iter().map(|field| DataField {
        name: field.name.clone(),
        ty: cx.ty(&field.ty, Site::Data),
        index: field.index,
    });
    let fields = fields.collect();
    cx.close();
    fields
}

fn error(def: &hir::DataDef, items: &Items<'_>, d: &mut Diagnostics) -> ErrorDef {
    ErrorDef {
        name: def.name.clone(),
        module: def.module,
        contract: def.contract,
        docs: def.docs.clone(),
        fields: fields(def, items, d),
    }
}

fn event(def: &hir::DataDef, items: &Items<'_>, d: &mut Diagnostics) -> EventDef {
    EventDef {
        name: def.name.clone(),
        module: def.module,
        contract: def.contract,
        docs: def.docs.clone(),
        fields: fields(def, items, d),
    }
}

fn state(
    id: ContractId,
    contract: &hir::Contract,
    items: &Items<'_>,
    d: &mut Diagnostics,
) -> Arena<FieldId, StateField> {
    let locals = no_locals();
    let mut cx = Cx::new(items, Some(id), &locals, Mode::Constant, d);
    let fields = contract.state.values().map(|field| {
        let ty = cx.ty(&field.ty, Site::State);
        let default = field.default.as_ref().and_then(|value| cx.constant(value, &ty));
        StateField {
            name: field.name.clone(),
            docs: field.docs.clone(),
            ty,
            default,
            traced: field.traced,
            counter: field.counter,
            ghost: field.ghost,
        }
    });
    let fields = fields.collect();
    cx.close();
    fields
}

fn signature(function: &hir::Function, items: &Items<'_>, d: &mut Diagnostics) -> Signature {
    let locals = no_locals();
    let mut cx = Cx::new(items, function.contract(), &locals, Mode::Constant, d);
    let params = function.params.iter().map(|param| cx.ty(&param.ty, Site::Data)).collect();
    let result = function.result.as_ref().map_or(Ty::Unit, |ty| cx.ty(ty, Site::Data));
    cx.close();
    Signature { params, result }
}
