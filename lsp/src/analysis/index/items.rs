//! Declarations, heads and imports.
//!
//! In: a resolved package. Out: the occurrences in one file that are outside expressions.

use deed_base::Span;
use deed_compiler::arena::{Arena, ContractId, LocalId, ModuleId};
use deed_compiler::hir::{DataField, Function, Local, Package, TraitRef};
use deed_compiler::thir::{FnOwner, Name};
use deed_syntax::ast::{self, ErrorSetDecl, ItemKind, Member, UseNames};

use super::walk::Walk;
use super::{Builder, Owner, Role, Symbol};

/// Everything that the file declares, and what its declarations name.
pub(super) fn items(builder: &mut Builder<'_>) {
    let (hir, source) = (builder.hir, builder.source);
    let here = |name: &Name| name.span.source == source;
    for (id, constant) in hir.constants.iter().filter(|(_, it)| here(&it.name)) {
        builder.define(constant.name.span, Symbol::Const(id));
        let mut walk = Walk::new(builder, None, constant.contract);
        walk.ty(&constant.ty);
        walk.expr(&constant.value);
    }
    for (id, error) in hir.errors.iter().filter(|(_, it)| here(&it.name)) {
        builder.define(error.name.span, Symbol::Error(id));
        fields(builder, &error.fields, error.contract, |at| Symbol::ErrorField(id, at));
    }
    for (id, event) in hir.events.iter().filter(|(_, it)| here(&it.name)) {
        builder.define(event.name.span, Symbol::Event(id));
        fields(builder, &event.fields, event.contract, |at| Symbol::EventField(id, at));
    }
    for (id, decl) in hir.structs.iter().filter(|(_, it)| here(&it.name)) {
        builder.define(decl.name.span, Symbol::Struct(id));
        for (field, decl) in decl.fields.iter() {
            builder.define(decl.name.span, Symbol::StructField(id, field));
            let mut walk = Walk::new(builder, None, None);
            walk.ty(&decl.ty);
            decl.default.iter().for_each(|default| walk.expr(default));
        }
    }
    for (id, decl) in hir.enums.iter().filter(|(_, it)| here(&it.name)) {
        builder.define(decl.name.span, Symbol::Enum(id));
        for (variant, decl) in decl.variants.iter() {
            builder.define(decl.name.span, Symbol::Variant(id, variant));
            decl.fields.iter().for_each(|f| Walk::new(builder, None, None).ty(&f.ty));
        }
    }
    for (id, contract) in hir.contracts.iter().filter(|(_, it)| here(&it.name)) {
        builder.define(contract.name.span, Symbol::Contract(id));
        let owner = Owner::Invariants(id);
        locals(builder, owner, &contract.locals);
        for (field, decl) in contract.state.iter() {
            builder.define(decl.name.span, Symbol::State(id, field));
        }
        let mut walk = Walk::new(builder, Some(owner), Some(id));
        for field in contract.state.values() {
            walk.ty(&field.ty);
            field.default.iter().for_each(|default| walk.expr(default));
        }
        let clauses = contract.invariants.iter().chain(&contract.step_invariants);
        clauses.for_each(|clause| walk.expr(&clause.cond));
        contract.policy.iter().filter_map(|policy| policy.by.as_ref()).for_each(|by| walk.expr(by));
        for (interface, span) in &contract.implements {
            let name = &hir.interfaces[*interface].name.text;
            builder.word_in(name, *span, Symbol::Interface(*interface));
        }
    }
    abstractions(builder);
    for (id, rule) in hir.rules.iter().filter(|(_, it)| here(&it.name)) {
        let owner = Owner::Rule(id);
        locals(builder, owner, &rule.locals);
        let mut walk = Walk::new(builder, Some(owner), Some(rule.contract));
        rule.params.iter().for_each(|param| walk.ty(&param.ty));
        rule.clauses.iter().for_each(|clause| walk.rule_clause(clause));
    }
    for (id, function) in hir.functions.iter().filter(|(_, it)| here(&it.name)) {
        builder.define(function.name.span, Symbol::Function(id));
        let owner = Owner::Function(id);
        locals(builder, owner, &function.locals);
        Walk::new(builder, Some(owner), function.contract()).function(function);
    }
}

/// Interfaces, traits with their implementations, and type parameters.
fn abstractions(builder: &mut Builder<'_>) {
    let (hir, source) = (builder.hir, builder.source);
    let here = |name: &Name| name.span.source == source;
    for (id, interface) in hir.interfaces.iter().filter(|(_, it)| here(&it.name)) {
        builder.define(interface.name.span, Symbol::Interface(id));
    }
    for (id, decl) in hir.traits.iter().filter(|(_, it)| here(&it.name)) {
        builder.define(decl.name.span, Symbol::Trait(id));
    }
    for (id, param) in hir.type_params.iter().filter(|(_, it)| here(&it.name)) {
        // `Self` of a trait has the place of the trait's name.
        if builder.sources.get(param.name.span.source).slice(param.name.span) == param.name.text {
            builder.define(param.name.span, Symbol::TypeParam(id));
        }
        param.bounds.iter().for_each(|bound| trait_ref(builder, bound));
    }
    for decl in hir.impls.values().filter(|decl| decl.span.source == source) {
        decl.of_trait.iter().for_each(|of| trait_ref(builder, of));
        Walk::new(builder, None, None).ty(&decl.target);
    }
}

fn trait_ref(builder: &mut Builder<'_>, of: &TraitRef) {
    builder.word_in(&builder.hir.traits[of.id].name.text, of.span, Symbol::Trait(of.id));
    of.args.iter().for_each(|arg| Walk::new(builder, None, None).ty(arg));
}

fn locals(builder: &mut Builder<'_>, owner: Owner, locals: &Arena<LocalId, Local>) {
    for (id, local) in locals.iter() {
        builder.define(local.name.span, Symbol::Local(owner, id));
    }
}

fn fields(
    builder: &mut Builder<'_>,
    fields: &[DataField],
    contract: Option<ContractId>,
    symbol: impl Fn(usize) -> Symbol,
) {
    for (at, field) in fields.iter().enumerate() {
        builder.define(field.name.span, symbol(at));
        Walk::new(builder, None, contract).ty(&field.ty);
    }
}

/// The names that stand in `module`, `use` and `errors` lines.
pub(super) fn imports(id: ModuleId, module: &ast::Module, builder: &mut Builder<'_>) {
    if let Some(last) = module.path.last() {
        builder.define(last.span, Symbol::Module(id));
    }
    for usage in &module.uses {
        import(usage, builder);
    }
    for item in &module.items {
        match &item.kind {
            ItemKind::Errors(set) => error_set(set, id, None, builder),
            ItemKind::Contract(decl) => contract_sets(decl, id, builder),
            _ => {}
        }
    }
}

fn import(usage: &ast::Use, builder: &mut Builder<'_>) {
    let path = usage.module.to_string();
    let found = builder.hir.modules.iter().find(|(_, module)| module.path == path);
    let Some((module, _)) = found else { return };
    if let Some(last) = usage.module.last() {
        builder.add(last.span, Symbol::Module(module), Role::Read);
    }
    let UseNames::Names(names) = &usage.names else { return };
    for name in names {
        if let Some(symbol) = builder.hir.item(module, None, name.name.as_str()) {
            builder.add(name.name.span, symbol, Role::Read);
            name.alias.iter().for_each(|alias| builder.add(alias.span, symbol, Role::Read));
        }
    }
}

fn contract_sets(decl: &ast::ContractDecl, module: ModuleId, builder: &mut Builder<'_>) {
    let named = |span: Span| move |c: &deed_compiler::hir::Contract| c.name.span == span;
    let found = builder.hir.contracts.iter().find(|(_, c)| named(decl.name.span)(c));
    let contract = found.map(|(id, _)| id);
    for member in &decl.members {
        if let Member::Item(ast::Item { kind: ItemKind::Errors(set), .. }) = member {
            error_set(set, module, contract, builder);
        }
    }
}

fn error_set(
    set: &ErrorSetDecl,
    module: ModuleId,
    contract: Option<ContractId>,
    builder: &mut Builder<'_>,
) {
    for name in set.members.iter().filter_map(|member| member.path.as_single()) {
        let inner = contract.and_then(|_| builder.hir.item(module, contract, name.as_str()));
        let found = inner.or_else(|| builder.hir.item(module, None, name.as_str()));
        if let Some(symbol @ Symbol::Error(_)) = found {
            builder.add(name.span, symbol, Role::Read);
        }
    }
}

/// Looking items up by name.
pub(super) trait Items {
    /// The item that a module, or a contract in it, declares under a name.
    fn item(&self, module: ModuleId, contract: Option<ContractId>, name: &str) -> Option<Symbol>;
}

impl Items for Package {
    fn item(&self, module: ModuleId, contract: Option<ContractId>, name: &str) -> Option<Symbol> {
        let fits = |word: &str, m: ModuleId, c: Option<ContractId>| {
            word == name && m == module && c == contract
        };
        let free = |f: &Function| {
            contract.is_none() && f.owner == FnOwner::Free && fits(&f.name.text, f.module, None)
        };
        let constants = self.constants.iter();
        let constant = constants.filter(|(_, i)| fits(&i.name.text, i.module, i.contract));
        let errors = self.errors.iter();
        let error = errors.filter(|(_, i)| fits(&i.name.text, i.module, i.contract));
        let events = self.events.iter();
        let event = events.filter(|(_, i)| fits(&i.name.text, i.module, i.contract));
        let contracts = self.contracts.iter();
        let inner = contracts.filter(|(_, i)| fits(&i.name.text, i.module, None));
        let structs = self.structs.iter().filter(|(_, i)| fits(&i.name.text, i.module, None));
        let enums = self.enums.iter().filter(|(_, i)| fits(&i.name.text, i.module, None));
        let function = self.functions.iter().filter(|(_, i)| free(i));
        let interfaces = self.interfaces.iter();
        let interface = interfaces.filter(|(_, i)| fits(&i.name.text, i.module, None));
        let traits = self.traits.iter().filter(|(_, i)| fits(&i.name.text, i.module, None));
        let found = constant.map(|(id, _)| Symbol::Const(id));
        let found = found.chain(error.map(|(id, _)| Symbol::Error(id)));
        let found = found.chain(event.map(|(id, _)| Symbol::Event(id)));
        let found = found.chain(inner.map(|(id, _)| Symbol::Contract(id)));
        let found = found.chain(structs.map(|(id, _)| Symbol::Struct(id)));
        let found = found.chain(enums.map(|(id, _)| Symbol::Enum(id)));
        let found = found.chain(interface.map(|(id, _)| Symbol::Interface(id)));
        let found = found.chain(traits.map(|(id, _)| Symbol::Trait(id)));
        let mut found = found.chain(function.map(|(id, _)| Symbol::Function(id)));
        found.next()
    }
}
