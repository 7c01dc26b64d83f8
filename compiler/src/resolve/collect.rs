//! The first walk: every item gets its id and its place in a table.
//!
//! In: the modules. Out: a [`Plan`]: the tables, and which declaration each id is to be made from.
//! Holds always: an id of the plan is the id of the finished item.

use std::collections::HashMap;
use std::sync::Arc;

use deed_base::{Diagnostics, Span};
use deed_syntax::ast::{self, FnKind, Ident, Item, ItemKind, Member};

use super::errors::{duplicate, not_yet};
use super::scope::{ContractScope, Def, Entry, Tables};
use crate::arena::{
    Arena, ConstId, ContractId, EnumId, ErrorId, EventId, FieldId, FnId, Id, ModuleId, StructId,
};
use crate::thir::Module;

/// A declaration that waits for the second walk.
pub(super) struct Pending<'a, T> {
    pub(super) decl: &'a T,
    pub(super) doc: Option<&'a ast::Doc>,
    pub(super) module: ModuleId,
    pub(super) contract: Option<ContractId>,
    pub(super) public: bool,
}

/// What the first walk found.
#[derive(Default)]
pub(super) struct Plan<'a> {
    pub(super) tables: Tables,
    pub(super) modules: Arena<ModuleId, Module>,
    pub(super) contracts: Arena<ContractId, Pending<'a, ast::ContractDecl>>,
    pub(super) functions: Arena<FnId, Pending<'a, ast::FnDecl>>,
    pub(super) errors: Arena<ErrorId, Pending<'a, ast::ErrorDecl>>,
    pub(super) events: Arena<EventId, Pending<'a, ast::EventDecl>>,
    pub(super) constants: Arena<ConstId, Pending<'a, ast::ConstDecl>>,
    pub(super) structs: Arena<StructId, Pending<'a, ast::StructDecl>>,
    pub(super) enums: Arena<EnumId, Pending<'a, ast::EnumDecl>>,
    /// `errors A = B | C`, which are looked up when all errors are known.
    sets: Vec<(ModuleId, Option<ContractId>, &'a ast::ErrorSetDecl)>,
}

/// Gives every item of the modules its id.
pub(super) fn collect<'a>(modules: &'a [ast::Module], d: &mut Diagnostics) -> Plan<'a> {
    let mut collector = Collector { plan: Plan::default(), d };
    let mut paths: HashMap<String, Span> = HashMap::new();
    for module in modules {
        collector.module(module, &mut paths);
    }
    collector.error_sets();
    collector.plan
}

struct Collector<'a, 'd> {
    plan: Plan<'a>,
    d: &'d mut Diagnostics,
}

impl<'a> Collector<'a, '_> {
    fn module(&mut self, module: &'a ast::Module, paths: &mut HashMap<String, Span>) {
        let path = module.path.to_string();
        let docs = module.doc.as_ref().map(|doc| doc.text.clone()).unwrap_or_default();
        if let Some(earlier) = paths.insert(path.clone(), module.path.span)
            && !path.is_empty()
        {
            let name = Ident::new(path.as_str(), module.path.span);
            self.d.push(duplicate(&name, earlier));
        }
        let id = self.plan.modules.push(Module { path, docs });
        self.plan.tables.modules.push(Default::default());
        for item in &module.items {
            self.item(item, id, None);
        }
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
                public,
            })),
            ItemKind::Error(decl) => {
                Def::Error(self.plan.errors.push(Pending { decl, doc, module, contract, public }))
            }
            ItemKind::Event(decl) => {
                Def::Event(self.plan.events.push(Pending { decl, doc, module, contract, public }))
            }
            ItemKind::Fn(decl) => match self.function(decl, doc, module, contract, public) {
                Some(id) => Def::Fn(id),
                None => Def::NotYet,
            },
            ItemKind::Errors(decl) => {
                self.plan.sets.push((module, contract, decl));
                Def::ErrorSet(Vec::new())
            }
            ItemKind::Contract(decl) => {
                let pending = Pending { decl, doc, module, contract, public };
                let id = self.plan.contracts.push(pending);
                self.plan.tables.contracts.push(ContractScope::default());
                self.contract(decl, module, id);
                Def::Contract(id)
            }
            ItemKind::Struct(decl) if decl.generics.params.is_empty() => {
                let pending = Pending { decl, doc, module, contract, public };
                let id = self.plan.structs.push(pending);
                if decl.kind == ast::StructKind::Asset {
                    self.plan.tables.assets.insert(id);
                }
                Def::Struct(id)
            }
            ItemKind::Enum(decl) if decl.generics.params.is_empty() => {
                Def::Enum(self.plan.enums.push(Pending { decl, doc, module, contract, public }))
            }
            kind => {
                self.unfinished(kind, item.span);
                Def::NotYet
            }
        };
        if let Some(name) = item.kind.name() {
            self.declare(name, def, item.public, module, contract);
        }
    }

    /// Says that an item is not executed yet, at its first word.
    fn unfinished(&mut self, kind: &ItemKind, span: Span) {
        let what = match kind {
            ItemKind::Struct(_) => "a generic `struct` or `asset`",
            ItemKind::Enum(_) => "a generic `enum`",
            ItemKind::Interface(_) => "an `interface`",
            ItemKind::Trait(_) => "a `trait`",
            ItemKind::Impl(_) => "an `impl`",
            ItemKind::Test(_) => "a `test`",
            ItemKind::Rule(_) => "a `rule`",
            _ => return,
        };
        let at = kind.name().map_or(span.at_start(), |name| name.span);
        self.d.push(not_yet(at, what));
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
        if let Some(version) = &decl.version {
            self.d.push(not_yet(version.span, "the `version` of a contract"));
        }
        if let Some(interface) = decl.implements.first() {
            self.d.push(not_yet(interface.span, "`implements`"));
        }
        for (index, field) in decl.state().enumerate() {
            self.state_field(&field.name, FieldId::from_index(index), id);
        }
        for member in &decl.members {
            match member {
                Member::State(_) | Member::Invariant(_) => {}
                Member::Fn(function) => self.member_function(function, module, id),
                Member::Item(item) => self.item(item, module, Some(id)),
                Member::Policy(policy) => self.d.push(not_yet(policy.span, "an upgrade `policy`")),
            }
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
        let function = self.function(decl, None, module, Some(id), decl.public);
        let scope = &mut self.plan.tables.contracts[id];
        if let Some((_, earlier)) = scope.functions.get(&decl.name.name) {
            self.d.push(duplicate(&decl.name, *earlier));
        } else {
            let name: Arc<str> = decl.name.name.clone();
            scope.functions.insert(name, (function, decl.name.span));
        }
    }

    /// `None` for a kind of function that is not executed yet.
    fn function(
        &mut self,
        decl: &'a ast::FnDecl,
        doc: Option<&'a ast::Doc>,
        module: ModuleId,
        contract: Option<ContractId>,
        public: bool,
    ) -> Option<FnId> {
        if let Some(what) = unfinished_function(decl) {
            self.d.push(not_yet(decl.name.span, what));
            return None;
        }
        let doc = decl.doc.as_ref().or(doc);
        let public = public || decl.public;
        Some(self.plan.functions.push(Pending { decl, doc, module, contract, public }))
    }

    /// Looks up the members of `errors A = B | C`, now that every error has an id.
    fn error_sets(&mut self) {
        for (module, contract, decl) in std::mem::take(&mut self.plan.sets) {
            let mut members = Vec::new();
            for member in &decl.members {
                let found = member.path.as_single().filter(|_| !member.all).and_then(|name| {
                    let tables = &self.plan.tables;
                    let inner = contract.and_then(|id| tables.contracts[id].items.get(&name.name));
                    inner.or_else(|| tables.modules[module].get(&name.name))
                });
                match found.map(|entry| &entry.def) {
                    Some(Def::Error(id)) => members.push(*id),
                    Some(Def::ErrorSet(ids)) => members.extend(ids),
                    Some(Def::NotYet) => {}
                    _ => self.d.push(not_yet(member.path.span, "this member of an error set")),
                }
            }
            let tables = &mut self.plan.tables;
            let scope = match contract {
                Some(id) => &mut tables.contracts[id].items,
                None => &mut tables.modules[module],
            };
            scope.set_errors(&decl.name.name, members);
        }
    }
}

/// Why a function is not executed yet, if it is not.
fn unfinished_function(decl: &ast::FnDecl) -> Option<&'static str> {
    match decl.kind {
        FnKind::Spec => return Some("a `spec fn`"),
        FnKind::Test => return Some("a `test fn`"),
        FnKind::Native => return Some("a `native fn`"),
        FnKind::Scheduled(_) => return Some("scheduled work"),
        FnKind::Migrate => return Some("`migrate`"),
        FnKind::Upgrade => return Some("`upgrade`"),
        FnKind::Plain | FnKind::Entry | FnKind::View | FnKind::Init => {}
    }
    if decl.is_async {
        return Some("an `async` function");
    }
    (!decl.generics.params.is_empty()).then_some("a generic function")
}
