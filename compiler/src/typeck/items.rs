//! The types of heads: constants, state, errors, events, parameters and results.
//!
//! In: the resolved package. Out: [`Items`], which every body is checked against.

use std::cell::RefCell;
use std::collections::HashMap;

use deed_base::{Diagnostic, Diagnostics, catalogue as codes};

use super::assets::{derive_infos, info_ids};
use super::cx::{Cx, Mode};
use super::eval::Bodies;
use super::generics::{self, Obligation};
use super::methods::Methods;
use super::records::{derive_records, record_ids};
use super::types::Site;
use super::{constants, impls, structs};
use crate::arena::{
    Arena, ConstId, ContractId, EnumId, ErrorId, EventId, FieldId, FnId, ImplId, InterfaceId,
    StructId, TraitId, TypeParamId, VariantId,
};
use crate::hir::{self, RecordOf};
use crate::thir::{
    ConstDef, DataField, EnumDef, ErrorDef, EventDef, FnKind, ImplDef, InterfaceDef, Name,
    ParamMode, StateField, StructDef, StructField, TraitDef, TypeParam, Variant, VariantField,
};
use crate::ty::Ty;

/// What a body may refer to.
pub(super) struct Items<'a> {
    pub(super) hir: &'a hir::Package,
    pub(super) constants: Arena<ConstId, ConstDef>,
    /// Constants that wait for the definitions of types and functions, each after those it needs.
    pub(super) later_constants: Vec<ConstId>,
    /// These, and those that need themselves: their types are read with the heads.
    pub(super) untyped: Vec<ConstId>,
    /// Of each constant whether it was evaluated, with or without a value.
    pub(super) settled: Vec<bool>,
    /// Where heads need the values of constants that are not settled.
    pub(super) pending: RefCell<Vec<Diagnostic>>,
    /// The bodies of functions that constants call.
    pub(super) bodies: Bodies,
    pub(super) errors: Arena<ErrorId, ErrorDef>,
    pub(super) events: Arena<EventId, EventDef>,
    pub(super) state: Arena<ContractId, Arena<FieldId, StateField>>,
    pub(super) signatures: Arena<FnId, Signature>,
    pub(super) structs: Arena<StructId, StructDef>,
    pub(super) enums: Arena<EnumId, EnumDef>,
    pub(super) traits: Arena<TraitId, TraitDef>,
    pub(super) impls: Arena<ImplId, ImplDef>,
    pub(super) type_params: Arena<TypeParamId, TypeParam>,
    pub(super) methods: Methods<'a>,
    /// What heads ask of types before all `impl`s are known.
    pub(super) deferred: RefCell<Vec<Obligation>>,
    /// Whether all heads are known.
    pub(super) ready: bool,
    /// The derived struct of each asset.
    pub(super) infos: HashMap<StructId, StructId>,
    /// The derived struct of each event that is asked for.
    pub(super) records: HashMap<RecordOf, StructId>,
    /// The variants of each enum by their names.
    pub(super) variants: Arena<EnumId, HashMap<&'a str, VariantId>>,
}

/// What a caller must give and gets.
pub(super) struct Signature {
    pub(super) params: Vec<(ParamMode, Ty)>,
    pub(super) result: Ty,
}

impl<'a> Items<'a> {
    pub(super) fn new(hir: &'a hir::Package) -> Self {
        Items {
            hir,
            constants: Arena::new(),
            later_constants: Vec::new(),
            untyped: Vec::new(),
            settled: Vec::new(),
            pending: RefCell::default(),
            bodies: Bodies::default(),
            errors: Arena::new(),
            events: Arena::new(),
            state: Arena::new(),
            signatures: Arena::new(),
            structs: Arena::new(),
            enums: Arena::new(),
            traits: Arena::new(),
            impls: Arena::new(),
            type_params: Arena::new(),
            methods: Methods::default(),
            deferred: RefCell::default(),
            ready: false,
            records: record_ids(hir, hir.structs.len() + info_ids(hir).len()),
            infos: info_ids(hir),
            variants: hir.enums.values().map(by_name).collect(),
        }
    }

    /// The name of a struct, or of what an asset derives.
    fn struct_name(&self, id: StructId) -> String {
        if let Some((of, _)) = self.records.iter().find(|(_, record)| **record == id) {
            return match of {
                RecordOf::Event(id) => self.hir.events[*id].name.text.to_string(),
                RecordOf::Contract(id) => format!("{}.Event", self.hir.contracts[*id].name.text),
            };
        }
        let structs = &self.hir.structs;
        let of = self.infos.iter().find(|(_, info)| **info == id);
        match of {
            Some((asset, _)) => format!("{}.Info", structs[*asset].name.text),
            None => structs[id].name.text.to_string(),
        }
    }

    /// The type as it is written in source.
    pub(super) fn show(&self, ty: &Ty) -> String {
        ty.show(&|item| match item {
            Ty::Struct(id, _) => Some(self.struct_name(*id)),
            Ty::Enum(id, _) => Some(self.hir.enums[*id].name.text.to_string()),
            Ty::Contract(id) => Some(self.hir.contracts[*id].name.text.to_string()),
            Ty::Interface(id) => Some(self.hir.interfaces[*id].name.text.to_string()),
            Ty::Param(id) => Some(self.hir.type_params[*id].name.text.to_string()),
            Ty::Infer(_) => Some("_".to_owned()),
            _ => None,
        })
    }

    pub(super) fn show_all(&self, types: &[Ty]) -> String {
        types.iter().map(|ty| self.show(ty)).collect::<Vec<_>>().join(", ")
    }
}

/// Fills in all heads; the plain constants have their values already.
///
/// A head may need a constant that is computed by functions, and so by other heads. Then the heads
/// are read again, until no more constants become known.
pub(super) fn signatures(items: &mut Items<'_>, d: &mut Diagnostics) {
    loop {
        let (before, mut said) = (constants::known(items), Diagnostics::new());
        items.pending.borrow_mut().clear();
        heads(items, &mut said);
        let pending = items.pending.take();
        if pending.is_empty() || constants::known(items) == before {
            let wrong = d.has_errors() || said.has_errors();
            said.iter().for_each(|diagnostic| d.push(diagnostic.clone()));
            pending.into_iter().filter(|_| !wrong).for_each(|diagnostic| d.push(diagnostic));
            break;
        }
    }
    items.state = items.hir.contracts.iter().map(|(id, c)| state(id, c, items, d)).collect();
}

fn heads(items: &mut Items<'_>, d: &mut Diagnostics) {
    items.ready = false;
    items.bodies.clear();
    constants::reopen(items);
    impls::declare_params(items, d);
    items.structs = items.hir.structs.values().map(|def| structure(def, items, d)).collect();
    structs::check_finite(items, d);
    items.enums = items.hir.enums.values().map(|def| enumeration(def, items, d)).collect();
    impls::declare(items, d);
    derive_infos(items);
    items.methods = Methods::collect(items);
    items.signatures = items.hir.functions.values().map(|f| signature(f, items, d)).collect();
    impls::check(items, d);
    items.ready = true;
    generics::deferred(items, d);
    items.errors = items.hir.errors.values().map(|def| error(def, items, d)).collect();
    items.events = items.hir.events.values().map(|def| event(def, items, d)).collect();
    derive_records(items);
    // A constant may leave fields out that have defaults, and a default may name a constant.
    defaults(items, constants::has_value, d);
    constants::evaluate_others(items, d);
    defaults(items, |_, _| true, d);
}

/// The values that fields of structs have where a literal leaves them out.
fn defaults(
    items: &mut Items<'_>,
    chosen: impl Fn(&Items<'_>, &hir::Expr) -> bool,
    d: &mut Diagnostics,
) {
    for (id, def) in items.hir.structs.iter() {
        for (field, hir) in def.fields.iter() {
            let known = items.structs[id].fields[field].default.is_some();
            let Some(value) = hir.default.as_ref().filter(|_| !known) else { continue };
            if !chosen(items, value) {
                continue;
            }
            let locals = no_locals();
            let ty = items.structs[id].fields[field].ty.clone();
            let mut cx = Cx::new(items, None, &locals, Mode::Constant, d);
            cx.module = Some(def.module);
            let value = cx.constant(value, &ty);
            cx.close();
            items.structs[id].fields[field].default = value;
        }
    }
}

/// The interfaces: what they hold is checked with the functions, errors and events.
pub(super) fn interfaces(package: &hir::Package) -> Arena<InterfaceId, InterfaceDef> {
    let interface = |def: &hir::InterfaceDef| InterfaceDef {
        name: def.name.clone(),
        module: def.module,
        docs: def.docs.clone(),
        functions: def.functions.clone(),
        errors: def.errors.clone(),
        events: def.events.clone(),
    };
    package.interfaces.values().map(interface).collect()
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
        StructField {
            name: field.name.clone(),
            ty,
            default: None,
            public: field.public,
            index: field.index,
        }
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
        places: None,
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
    Name { text: index.to_string().into(), span: ty.span }
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
        interface: def.interface,
        docs: def.docs.clone(),
        fields: fields(def, items, d),
    }
}

fn event(def: &hir::DataDef, items: &Items<'_>, d: &mut Diagnostics) -> EventDef {
    EventDef {
        name: def.name.clone(),
        module: def.module,
        contract: def.contract,
        interface: def.interface,
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
    let outside = matches!(function.kind, FnKind::Entry { .. } | FnKind::View | FnKind::Init);
    if let Some(first) = function.type_params.first().filter(|_| outside) {
        let name = &items.hir.type_params[*first].name;
        let message = "a function that is called from outside has no type parameters";
        let diagnostic = Diagnostic::new(codes::TYPE_NOT_ALLOWED, name.span, message);
        cx.d.push(diagnostic.help("name the types, or let it call a private function"));
    }
    let site = match function.kind {
        FnKind::Spec => Site::Spec,
        _ if outside => Site::Data,
        _ => Site::Param,
    };
    let given = if function.kind == FnKind::Spec { Site::Spec } else { Site::Data };
    let params = function.params.iter().map(|param| (param.mode, cx.ty(&param.ty, site)));
    let params = params.collect();
    let result = function.result.as_ref().map_or(Ty::Unit, |ty| cx.ty(ty, given));
    cx.close();
    Signature { params, result }
}
