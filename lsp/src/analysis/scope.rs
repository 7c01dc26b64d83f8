//! What is visible at a place.
//!
//! In: an analysis and an offset. Out: the contract and function around it, its variables, and what
//! a name means there, which may be one that the unfinished code does not use yet.

use deed_base::{SourceId, Span};
use deed_compiler::arena::{ContractId, Id, ModuleId};
use deed_compiler::hir::Function;
use deed_compiler::thir::FnOwner;
use deed_syntax::ast::walk::{Child, children, stmt_children};
use deed_syntax::ast::{
    Binder, ContractDecl, Expr, ExprKind, FnDecl, Item, ItemKind, Member, Pattern, Stmt, StmtKind,
    UseNames,
};

use super::index::Symbol;
use super::{Analysis, syntax};

/// A place and what stands around it.
pub struct Scope<'a> {
    analysis: &'a Analysis,
    source: SourceId,
    offset: u32,
    pub module: Option<ModuleId>,
    pub contract: Option<ContractId>,
    /// The function whose text holds the place.
    function: Option<&'a FnDecl>,
    /// The condition of an invariant that holds the place.
    invariant: Option<&'a Expr>,
}

impl<'a> Scope<'a> {
    pub fn at(analysis: &'a Analysis, source: SourceId, offset: u32) -> Self {
        let at = analysis.modules.iter().position(|m| m.span.source == source);
        let module = at.map(ModuleId::from_index);
        let mut scope = Scope {
            analysis,
            source,
            offset,
            module,
            contract: None,
            function: None,
            invariant: None,
        };
        if let Some(module) = at.map(|at| &analysis.modules[at])
            && let Some(item) = module.items.iter().find(|item| scope.holds(item.span))
        {
            scope.enter(item);
        }
        scope
    }

    fn holds(&self, span: Span) -> bool {
        span.source == self.source && span.contains(self.offset)
    }

    fn enter(&mut self, item: &'a Item) {
        match &item.kind {
            ItemKind::Fn(decl) => self.function = Some(decl),
            ItemKind::Contract(decl) => self.enter_contract(decl),
            _ => {}
        }
    }

    fn enter_contract(&mut self, decl: &'a ContractDecl) {
        let mut contracts = self.analysis.hir.contracts.iter();
        let found = contracts.find(|(_, contract)| contract.name.span == decl.name.span);
        self.contract = found.map(|(id, _)| id);
        for member in &decl.members {
            match member {
                Member::Fn(function) if self.holds(function.span) => {
                    self.function = Some(function);
                }
                Member::Invariant(invariant) if self.holds(invariant.span) => {
                    self.invariant = Some(&invariant.condition);
                }
                _ => {}
            }
        }
    }

    /// Whether code can stand here that runs or specifies.
    pub fn is_code(&self) -> bool {
        self.function.is_some() || self.invariant.is_some()
    }

    /// The variables that are visible, the innermost last.
    pub fn locals(&self) -> Vec<Symbol> {
        let mut found = Vec::new();
        if let Some(function) = self.function {
            found.extend(function.params.iter().map(|param| param.name.span));
            let throws = function.throws.iter().filter_map(|t| t.when.as_ref());
            let clauses = throws.map(|when| &when.condition);
            let clauses = clauses.chain(function.spec.requires.iter().map(|r| &r.condition));
            let clauses = clauses.chain(&function.spec.ensures).chain(&function.spec.decreases);
            let clauses = clauses.chain(&function.spec.no_trap);
            clauses.for_each(|clause| self.child(Child::Expr(clause), &mut found));
            function.body.iter().for_each(|body| self.child(Child::Block(body), &mut found));
        }
        self.invariant.iter().for_each(|clause| self.child(Child::Expr(clause), &mut found));
        found.into_iter().filter_map(|span| self.analysis.index().exactly(span)).collect()
    }

    fn child(&self, child: Child<'_>, found: &mut Vec<Span>) {
        match child {
            Child::Block(block) if self.holds(block.span) => {
                let stmts = block.stmts.iter().filter(|stmt| stmt.span.start < self.offset);
                stmts.for_each(|stmt| self.stmt(stmt, found));
            }
            Child::Expr(expr) if self.holds(expr.span) => {
                self.binders(expr, found);
                children(expr, &mut |child| self.child(child, found));
            }
            _ => {}
        }
    }

    fn stmt(&self, stmt: &Stmt, found: &mut Vec<Span>) {
        match &stmt.kind {
            StmtKind::Local(local) if local.value.span.end < self.offset => {
                names(&local.pattern, found);
            }
            StmtKind::For(it) if self.holds(stmt.span) && it.source.span.end < self.offset => {
                names(&it.pattern, found);
            }
            _ => {}
        }
        stmt_children(stmt, &mut |child| self.child(child, found));
    }

    fn binders(&self, expr: &Expr, found: &mut Vec<Span>) {
        let names_of = |binder: &Binder| binder.names.iter().map(|n| n.span).collect::<Vec<_>>();
        match &expr.kind {
            ExprKind::Quantifier(q) => found.extend(q.binders.iter().flat_map(names_of)),
            ExprKind::Comprehension(c) => c.loops.iter().for_each(|l| names(&l.pattern, found)),
            _ => {}
        }
    }

    /// Everything that a bare name can mean here, variables aside: of the contract, of the module,
    /// imported.
    pub fn items(&self) -> Vec<Symbol> {
        let Some(module) = self.module else { return Vec::new() };
        let mut found = Vec::new();
        if self.contract.is_some() {
            found.extend(self.declared(module, self.contract));
        }
        found.extend(self.declared(module, None));
        for usage in &self.analysis.modules[module.index()].uses {
            match &usage.names {
                UseNames::Names(names) => {
                    let words = names.iter().map(|name| name.local().span);
                    found.extend(words.filter_map(|word| self.analysis.index().exactly(word)));
                }
                UseNames::All => {
                    let path = usage.module.to_string();
                    let mut modules = self.analysis.hir.modules.iter();
                    let from = modules.find(|(_, m)| m.path == path).map(|(id, _)| id);
                    found.extend(from.into_iter().flat_map(|from| self.declared(from, None)));
                }
            }
        }
        found
    }

    fn declared(&self, module: ModuleId, contract: Option<ContractId>) -> Vec<Symbol> {
        let hir = &self.analysis.hir;
        let here = |m: ModuleId, c: Option<ContractId>| m == module && c == contract;
        let mut found = Vec::new();
        let constants = hir.constants.iter().filter(|(_, i)| here(i.module, i.contract));
        found.extend(constants.map(|(id, _)| Symbol::Const(id)));
        let errors = hir.errors.iter().filter(|(_, i)| here(i.module, i.contract));
        found.extend(errors.map(|(id, _)| Symbol::Error(id)));
        let events = hir.events.iter().filter(|(_, i)| here(i.module, i.contract));
        found.extend(events.map(|(id, _)| Symbol::Event(id)));
        if contract.is_none() {
            let is_free = |i: &Function| i.owner == FnOwner::Free && i.module == module;
            let free = hir.functions.iter().filter(|(_, i)| is_free(i));
            found.extend(free.map(|(id, _)| Symbol::Function(id)));
            let structs = hir.structs.iter().filter(|(_, i)| i.module == module);
            found.extend(structs.map(|(id, _)| Symbol::Struct(id)));
            let enums = hir.enums.iter().filter(|(_, i)| i.module == module);
            found.extend(enums.map(|(id, _)| Symbol::Enum(id)));
            let interfaces = hir.interfaces.iter().filter(|(_, i)| i.module == module);
            found.extend(interfaces.map(|(id, _)| Symbol::Interface(id)));
            let traits = hir.traits.iter().filter(|(_, i)| i.module == module);
            found.extend(traits.map(|(id, _)| Symbol::Trait(id)));
            let contracts = hir.contracts.iter().filter(|(_, i)| i.module == module);
            found.extend(contracts.map(|(id, _)| Symbol::Contract(id)));
        }
        found
    }

    /// What `self.` reaches: the state, then the functions.
    pub fn members(&self) -> Vec<Symbol> {
        let Some(id) = self.contract else { return Vec::new() };
        let contract = &self.analysis.hir.contracts[id];
        let state = contract.state.ids().map(|field| Symbol::State(id, field));
        let callable = contract.functions.iter().filter(|f| Some(**f) != contract.init);
        state.chain(callable.map(|f| Symbol::Function(*f))).collect()
    }
}

fn names(pattern: &Pattern, found: &mut Vec<Span>) {
    let mut idents = Vec::new();
    syntax::bound(pattern, &mut idents);
    found.extend(idents.into_iter().map(|name| name.span));
}
