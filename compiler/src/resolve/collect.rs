//! The first walk: every item gets its id and its place in a table.
//!
//! In: the modules. Out: a [`Plan`]: the tables, and which declaration each id is to be made from.
//! Holds always: an id of the plan is the id of the finished item.
//!
//! Length: `item` has one short arm a kind of item.

use std::collections::HashMap;

use deed_base::{Diagnostics, Span};
use deed_syntax::ast::{self, FnKind, Ident, Item, ItemKind, Member};

use super::errors::{
    body_in_interface, duplicate, foreign_native, not_in_interface, public_in_contract,
};
use super::scope::{ContractScope, Def, Entry, InterfaceScope, Tables};
use crate::arena::{
    Arena, ConstId, ContractId, EnumId, ErrorId, ErrorSetId, EventId, FieldId, FnId, Id, ImplId,
    InterfaceId, ModuleId, StructId, TestId, TraitId,
};
use crate::library::LibraryModule;
use crate::thir::{FnOwner, Module};

/// A declaration that waits for the second walk.
pub(super) struct Pending<'a, T> {
    pub(super) decl: &'a T,
    pub(super) doc: Option<&'a ast::Doc>,
    pub(super) module: ModuleId,
    pub(super) contract: Option<ContractId>,
    pub(super) interface: Option<InterfaceId>,
}

/// A function that waits for the second walk.
pub(super) struct PendingFn<'a> {
    pub(super) decl: &'a ast::FnDecl,
    pub(super) doc: Option<&'a ast::Doc>,
    pub(super) module: ModuleId,
    /// The contract whose items it sees.
    pub(super) contract: Option<ContractId>,
    pub(super) owner: FnOwner,
    pub(super) public: bool,
}

/// What the first walk found.
#[derive(Default)]
pub(super) struct Plan<'a> {
    pub(super) tables: Tables,
    pub(super) modules: Arena<ModuleId, Module>,
    pub(super) contracts: Arena<ContractId, Pending<'a, ast::ContractDecl>>,
    pub(super) functions: Arena<FnId, PendingFn<'a>>,
    pub(super) errors: Arena<ErrorId, Pending<'a, ast::ErrorDecl>>,
    pub(super) events: Arena<EventId, Pending<'a, ast::EventDecl>>,
    pub(super) constants: Arena<ConstId, Pending<'a, ast::ConstDecl>>,
    pub(super) structs: Arena<StructId, Pending<'a, ast::StructDecl>>,
    pub(super) enums: Arena<EnumId, Pending<'a, ast::EnumDecl>>,
    pub(super) traits: Arena<TraitId, Pending<'a, ast::TraitDecl>>,
    pub(super) impls: Arena<ImplId, PendingImpl<'a>>,
    pub(super) tests: Arena<TestId, Pending<'a, ast::TestDecl>>,
    pub(super) rules: Vec<Pending<'a, ast::RuleDecl>>,
    /// `errors A = B | C`, which are looked up when all errors are known.
    pub(super) sets: Arena<ErrorSetId, Pending<'a, ast::ErrorSetDecl>>,
    pub(super) interfaces: Arena<InterfaceId, Pending<'a, ast::InterfaceDecl>>,
}

/// An `impl` that waits for the second walk.
pub(super) struct PendingImpl<'a> {
    pub(super) decl: &'a ast::ImplDecl,
    pub(super) module: ModuleId,
    pub(super) contract: Option<ContractId>,
    pub(super) span: Span,
}

/// Gives every item of the modules its id; those of the library come last.
pub(super) fn collect<'a>(
    modules: &[&'a ast::Module],
    library: &[&'a LibraryModule],
    d: &mut Diagnostics,
) -> Plan<'a> {
    let mut collector = Collector { plan: Plan::default(), d };
    let mut paths: HashMap<String, Span> = HashMap::new();
    for module in modules {
        collector.module(module, false, &mut paths);
    }
    for module in library {
        let id = collector.module(&module.tree, true, &mut paths);
        if module.prelude {
            collector.plan.tables.add_to_prelude(id);
        }
    }
    collector.plan
}

struct Collector<'a, 'd> {
    plan: Plan<'a>,
    d: &'d mut Diagnostics,
}

impl<'a> Collector<'a, '_> {
    fn module(
        &mut self,
        module: &'a ast::Module,
        library: bool,
        paths: &mut HashMap<String, Span>,
    ) -> ModuleId {
        let path = module.path.to_string();
        let docs = module.doc.as_ref().map(|doc| doc.text.clone()).unwrap_or_default();
        if let Some(earlier) = paths.insert(path.clone(), module.path.span)
            && !path.is_empty()
        {
            let name = Ident::new(path.as_str(), module.path.span);
            self.d.push(duplicate(&name, earlier));
        }
        let id = self.plan.modules.push(Module { path: path.clone(), docs, library });
        let tables = &mut self.plan.tables;
        tables.paths.entry(path.clone()).or_insert(id);
        tables.path_of.insert(id, path);
        self.plan.tables.modules.push(Default::default());
        for item in &module.items {
            self.item(item, id, None);
        }
        id
    }

    fn item(&mut self, item: &'a Item, module: ModuleId, contract: Option<ContractId>) {
        let doc = item.doc.as_ref();
        let public = item.public;
        let def = match &item.kind {
            ItemKind::Const(decl) => Def::Const(self.plan.constants.push(Pending {
                decl,
                doc,
                module,
                contract,
                interface: None,
            })),
            ItemKind::Error(decl) => Def::Error(self.plan.errors.push(Pending {
                decl,
                doc,
                module,
                contract,
                interface: None,
            })),
            ItemKind::Event(decl) => Def::Event(self.plan.events.push(Pending {
                decl,
                doc,
                module,
                contract,
                interface: None,
            })),
            ItemKind::Fn(decl) => match self.free_function(decl, doc, module, contract, public) {
                Some(id) => Def::Fn(id),
                None => Def::NotYet,
            },
            ItemKind::Errors(decl) => {
                let decl: &ast::ErrorSetDecl = decl;
                self.plan.tables.sets.push(None);
                let interface = None;
                let pending = Pending { decl, doc, module, contract, interface };
                Def::ErrorSet(self.plan.sets.push(pending))
            }
            ItemKind::Contract(decl) => {
                let decl: &ast::ContractDecl = decl;
                let pending = Pending { decl, doc, module, contract, interface: None };
                let id = self.plan.contracts.push(pending);
                self.plan.tables.contracts.push(ContractScope::default());
                self.contract(decl, module, id);
                Def::Contract(id)
            }
            ItemKind::Struct(decl) => {
                let decl: &ast::StructDecl = decl;
                let pending = Pending { decl, doc, module, contract, interface: None };
                let id = self.plan.structs.push(pending);
                self.plan.tables.struct_params.push(decl.generics.params.len());
                self.methods(&decl.methods, FnOwner::Struct(id), module, contract);
                if decl.kind == ast::StructKind::Asset {
                    self.plan.tables.assets.insert(id);
                }
                Def::Struct(id)
            }
            ItemKind::Enum(decl) => {
                let id =
                    self.plan.enums.push(Pending { decl, doc, module, contract, interface: None });
                self.plan.tables.enum_params.push(decl.generics.params.len());
                self.methods(&decl.methods, FnOwner::Enum(id), module, contract);
                Def::Enum(id)
            }
            ItemKind::Trait(decl) => {
                let id =
                    self.plan.traits.push(Pending { decl, doc, module, contract, interface: None });
                self.plan.tables.trait_params.push(decl.generics.params.len());
                self.methods(&decl.functions, FnOwner::Trait(id), module, contract);
                Def::Trait(id)
            }
            ItemKind::Impl(decl) => {
                let span = item.span;
                let id = self.plan.impls.push(PendingImpl { decl, module, contract, span });
                self.methods(&decl.functions, FnOwner::Impl(id), module, contract);
                Def::NotYet
            }
            ItemKind::Test(decl) => {
                self.plan.tests.push(Pending { decl, doc, module, contract, interface: None });
                return;
            }
            ItemKind::Rule(decl) => {
                self.plan.rules.push(Pending { decl, doc, module, contract, interface: None });
                Def::Rule
            }
            ItemKind::Interface(decl) => {
                let decl: &ast::InterfaceDecl = decl;
                let interface = None;
                let pending = Pending { decl, doc, module, contract, interface };
                let id = self.plan.interfaces.push(pending);
                self.plan.tables.interfaces.push(InterfaceScope::default());
                self.interface(decl, module, id);
                Def::Interface(id)
            }
            ItemKind::Invalid => Def::NotYet,
        };
        if let Some(name) = item.kind.name() {
            self.declare(name, def, item.public, module, contract);
        }
    }

    fn declare(
        &mut self,
        name: &Ident,
        def: Def,
        public: bool,
        module: ModuleId,
        contract: Option<ContractId>,
    ) {
        if name.is_missing() {
            return;
        }
        let tables = &mut self.plan.tables;
        let scope = match contract {
            Some(id) => &mut tables.contracts[id].items,
            None => &mut tables.modules[module],
        };
        let entry = Entry { def, span: name.span, public };
        if let Some(earlier) = scope.insert(name.name.clone(), entry) {
            self.d.push(duplicate(name, earlier.span));
        }
    }

    fn contract(&mut self, decl: &'a ast::ContractDecl, module: ModuleId, id: ContractId) {
        for (index, field) in decl.state().enumerate() {
            self.state_field(&field.name, FieldId::from_index(index), id);
        }
        for member in &decl.members {
            match member {
                Member::State(_) | Member::Invariant(_) | Member::Policy(_) => {}
                Member::Fn(decl) if matches!(decl.kind, FnKind::Test) => {
                    let helper = self.test_helper(decl, module, id);
                    self.declare(&decl.name, helper, false, module, Some(id));
                }
                Member::Fn(function) => self.member_function(function, module, id),
                Member::Item(item) => self.item(item, module, Some(id)),
            }
        }
    }

    /// What an interface holds: functions without bodies, errors and events.
    fn interface(&mut self, decl: &'a ast::InterfaceDecl, module: ModuleId, id: InterfaceId) {
        for item in &decl.items {
            let (doc, contract, interface, public) = (item.doc.as_ref(), None, Some(id), true);
            let def = match &item.kind {
                ItemKind::Error(decl) => Def::Error(self.plan.errors.push(Pending {
                    decl,
                    doc,
                    module,
                    contract,
                    interface,
                })),
                ItemKind::Event(decl) => Def::Event(self.plan.events.push(Pending {
                    decl,
                    doc,
                    module,
                    contract,
                    interface,
                })),
                ItemKind::Fn(decl) => {
                    self.interface_function(decl, doc, module, id);
                    continue;
                }
                ItemKind::Invalid => continue,
                kind => {
                    let at = kind.name().map_or(item.span, |name| name.span);
                    self.d.push(not_in_interface(at, "this"));
                    continue;
                }
            };
            if let Some(name) = item.kind.name().filter(|name| !name.is_missing()) {
                let entry = Entry { def, span: name.span, public };
                let scope = &mut self.plan.tables.interfaces[id].items;
                if let Some(earlier) = scope.insert(name.name.clone(), entry) {
                    self.d.push(duplicate(name, earlier.span));
                }
            }
        }
    }

    fn interface_function(
        &mut self,
        decl: &'a ast::FnDecl,
        doc: Option<&'a ast::Doc>,
        module: ModuleId,
        id: InterfaceId,
    ) {
        if !matches!(decl.kind, FnKind::Entry | FnKind::View) {
            return self.d.push(not_in_interface(decl.name.span, "this function"));
        }
        if let Some(body) = &decl.body {
            self.d.push(body_in_interface(body.span));
        }
        self.function(PendingFn {
            decl,
            doc: decl.doc.as_ref().or(doc),
            module,
            contract: None,
            owner: FnOwner::Interface(id),
            public: true,
        });
        let functions = &mut self.plan.tables.interfaces[id].functions;
        match functions.get(&decl.name.name) {
            Some(earlier) => self.d.push(duplicate(&decl.name, *earlier)),
            None => _ = functions.insert(decl.name.name.clone(), decl.name.span),
        }
    }

    fn state_field(&mut self, name: &Ident, field: FieldId, id: ContractId) {
        let state = &mut self.plan.tables.contracts[id].state;
        if let Some((_, earlier)) = state.get(&name.name) {
            self.d.push(duplicate(name, *earlier));
        } else {
            state.insert(name.name.clone(), (field, name.span));
        }
    }

    fn member_function(&mut self, decl: &'a ast::FnDecl, module: ModuleId, id: ContractId) {
        let function = self.function(PendingFn {
            decl,
            doc: decl.doc.as_ref(),
            module,
            contract: Some(id),
            owner: FnOwner::Contract(id),
            public: decl.public,
        });
        let scope = &mut self.plan.tables.contracts[id];
        if let Some((_, earlier)) = scope.functions.get(&decl.name.name) {
            self.d.push(duplicate(&decl.name, *earlier));
        } else {
            let name = decl.name.name.clone();
            scope.functions.insert(name, (function, decl.name.span));
        }
    }

    /// A `test fn` in a contract sees its names and has no `self`.
    fn test_helper(&mut self, decl: &'a ast::FnDecl, module: ModuleId, id: ContractId) -> Def {
        let doc = decl.doc.as_ref();
        let (contract, owner) = (Some(id), FnOwner::Free);
        let pending = PendingFn { decl, doc, module, contract, owner, public: false };
        self.function(pending).map_or(Def::NotYet, Def::Fn)
    }

    /// A function of a module, or a function without `self.` of a contract's items.
    fn free_function(
        &mut self,
        decl: &'a ast::FnDecl,
        doc: Option<&'a ast::Doc>,
        module: ModuleId,
        contract: Option<ContractId>,
        public: bool,
    ) -> Option<FnId> {
        self.function(PendingFn {
            decl,
            doc: decl.doc.as_ref().or(doc),
            module,
            contract,
            owner: contract.map_or(FnOwner::Free, FnOwner::Contract),
            public: public || decl.public,
        })
    }

    /// The functions in the body of a type, a trait or an `impl`.
    fn methods(
        &mut self,
        functions: &'a [ast::FnDecl],
        owner: FnOwner,
        module: ModuleId,
        contract: Option<ContractId>,
    ) {
        let mut seen: HashMap<&str, Span> = HashMap::new();
        for decl in functions {
            let doc = decl.doc.as_ref();
            let public = decl.public;
            self.function(PendingFn { decl, doc, module, contract, owner, public });
            if let Some(earlier) = seen.insert(decl.name.as_str(), decl.name.span)
                && !decl.name.is_missing()
            {
                self.d.push(duplicate(&decl.name, earlier));
            }
        }
    }

    /// `None` for a function that cannot be, which was reported.
    fn function(&mut self, pending: PendingFn<'a>) -> Option<FnId> {
        let library = self.plan.modules[pending.module].library;
        if matches!(pending.decl.kind, FnKind::Native) && !library {
            self.d.push(foreign_native(&pending.decl.name));
            return None;
        }
        if matches!(pending.owner, FnOwner::Contract(_)) && pending.decl.public {
            self.d.push(public_in_contract(&pending.decl.name));
        }
        Some(self.plan.functions.push(pending))
    }
}
