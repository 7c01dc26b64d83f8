//! Blocks and statements: locals and their scopes.
//!
//! Holds always: a local is known from its declaration to the end of its block, and its name means
//! nothing else there.

use deed_base::{Diagnostics, Span, Word};
use deed_syntax::ast::{self, Ident, PatternKind};
use foldhash::{HashMap, HashSet};

use super::closures::Around;
use super::errors::{duplicate, hides, plain_binder};
use super::generics::Generic;
use super::interfaces::From;
use super::items::name;
use super::scope::{Entry, Tables};
use super::types::is_builtin;
use crate::arena::{Arena, ContractId, InterfaceId, LocalId, ModuleId};
use crate::hir::{Block, ExprKind, Local, LoopSpec, Stmt, StmtKind, Type};
use crate::thir::Name;

/// Words that no variable may have as its name.
pub(super) const RESERVED: [&str; 6] = ["tx", "block", "Some", "None", "Ok", "Err"];

/// The place from which names are looked up: an item, and how deep in its blocks.
pub(super) struct Cx<'t, 'd> {
    pub(super) tables: &'t Tables,
    pub(super) module: ModuleId,
    pub(super) contract: Option<ContractId>,
    /// The interface whose items are seen.
    pub(super) interface: Option<InterfaceId>,
    pub(super) d: &'d mut Diagnostics,
    /// Whether it stands in a test.
    pub(super) in_test: bool,
    locals: Arena<LocalId, Local>,
    /// What is visible, the innermost last, each with the one of its name that it hides.
    visible: Vec<(LocalId, Option<LocalId>)>,
    /// The innermost visible variable of each name.
    named: HashMap<Word, LocalId>,
    /// Whether a statement before could not be read: it may have declared any name.
    lost: bool,
    /// The type parameters that are known.
    pub(super) generics: Vec<Generic>,
    /// What `Self` means.
    pub(super) self_ty: Option<Type>,
    /// The `self` of a method.
    pub(super) self_local: Option<LocalId>,
    /// The closures around the names that are looked up, the innermost last.
    pub(super) closures: Vec<Around>,
}

impl<'t, 'd> Cx<'t, 'd> {
    pub(super) fn new(
        tables: &'t Tables,
        module: ModuleId,
        contract: Option<ContractId>,
        d: &'d mut Diagnostics,
    ) -> Self {
        Cx {
            tables,
            module,
            contract,
            interface: None,
            d,
            in_test: false,
            locals: Arena::new(),
            visible: Vec::new(),
            named: HashMap::default(),
            lost: false,
            generics: Vec::new(),
            self_ty: None,
            self_local: None,
            closures: Vec::new(),
        }
    }

    /// The variables of the item.
    pub(super) fn finish(self) -> Arena<LocalId, Local> {
        self.locals
    }

    pub(super) fn local(&self, word: &str) -> Option<LocalId> {
        self.named.get(word).copied()
    }

    pub(super) fn named(&self, id: LocalId) -> &str {
        &self.locals[id].name.text
    }

    pub(super) fn declared_at(&self, id: LocalId) -> Span {
        self.locals[id].name.span
    }

    /// Whether a name that is not known may have been declared where nothing could be read.
    pub(super) fn may_be_lost(&self) -> bool {
        self.lost
    }

    pub(super) fn visible_words(&self) -> impl Iterator<Item = &str> {
        self.visible.iter().map(|(id, _)| self.locals[*id].name.text.as_str())
    }

    /// What a bare name of the contract or module means.
    pub(super) fn find(&self, word: &str) -> Option<&'t Entry> {
        self.tables.find(self.from(), word)
    }

    /// From where names are looked up.
    pub(super) fn from(&self) -> From {
        From { module: self.module, contract: self.contract, interface: self.interface }
    }

    /// Reports names that occur twice in one list.
    pub(super) fn distinct<'n>(&mut self, names: impl Iterator<Item = &'n Ident>) {
        let mut seen: Vec<&Ident> = Vec::new();
        let mut words = HashSet::default();
        for ident in names.filter(|ident| !ident.is_missing()) {
            if !words.insert(ident.as_str())
                && let Some(earlier) = seen.iter().find(|earlier| earlier.name == ident.name)
            {
                self.d.push(duplicate(ident, earlier.span));
            }
            seen.push(ident);
        }
    }

    /// Makes a variable, visible from here to the end of the block.
    pub(super) fn declare(&mut self, ident: &Ident, mutable: bool, is_param: bool) -> LocalId {
        self.check_free(ident);
        let id = self.locals.push(Local { name: name(ident), mutable, is_param, ghost: false });
        let hidden = self.named.insert(ident.name.clone(), id);
        self.visible.push((id, hidden));
        id
    }

    /// The `self` of a method.
    pub(super) fn declare_self(&mut self, span: Span) -> LocalId {
        let name = Name { text: "self".into(), span };
        let id = self.locals.push(Local { name, mutable: false, ghost: false, is_param: true });
        self.self_local = Some(id);
        id
    }

    /// The id of the variable that is declared next.
    pub(super) fn next_local(&self) -> LocalId {
        self.locals.next_id()
    }

    /// A variable of a name may not be declared where something else has it.
    fn check_free(&mut self, ident: &Ident) {
        let word = ident.as_str();
        if word.is_empty() || word == "_" {
            return;
        }
        if let Some(earlier) = self.local(word) {
            let earlier = self.locals[earlier].name.span;
            self.d.push(hides(ident, "a variable", Some(earlier)));
        } else if RESERVED.contains(&word) || is_builtin(word) {
            self.d.push(hides(ident, "a word of the language", None));
        } else if let Some(entry) = self.find(word) {
            self.d.push(hides(ident, entry.def.noun(), Some(entry.span)));
        } else if self.account(word).is_some() {
            self.d.push(hides(ident, "an account of every test", None));
        }
    }

    /// Runs `inside` in a scope of its own.
    pub(super) fn scoped<R>(&mut self, inside: impl FnOnce(&mut Self) -> R) -> R {
        let depth = self.visible.len();
        let lost = self.lost;
        let result = inside(self);
        self.lost = lost;
        for (id, hidden) in self.visible.drain(depth..).rev() {
            let name = &self.locals[id].name.text;
            match hidden {
                Some(hidden) => _ = self.named.insert(name.clone(), hidden),
                None => _ = self.named.remove(name),
            }
        }
        result
    }

    pub(super) fn block(&mut self, block: &ast::Block) -> Block {
        self.scoped(|cx| {
            let stmts = block.stmts.iter().map(|stmt| cx.stmt(stmt)).collect();
            Block { stmts, span: block.span }
        })
    }

    fn stmt(&mut self, stmt: &ast::Stmt) -> Stmt {
        let kind = match &stmt.kind {
            ast::StmtKind::Local(local) => self.let_stmt(local),
            ast::StmtKind::Assign(assign) => StmtKind::Assign {
                place: self.expr(&assign.place),
                op: assign.op,
                value: self.expr(&assign.value),
                otherwise: self.otherwise(assign.otherwise.as_deref()),
            },
            ast::StmtKind::Expr { expr, otherwise } => StmtKind::Expr {
                expr: self.expr(expr),
                otherwise: self.otherwise(otherwise.as_deref()),
            },
            ast::StmtKind::While(stmt) => self.while_stmt(stmt),
            ast::StmtKind::For(stmt) => self.for_stmt(stmt),
            ast::StmtKind::Emit(expr) => match self.emit(expr) {
                Some((event, args)) => StmtKind::Emit { event, args, span: expr.span },
                None => StmtKind::Error,
            },
            ast::StmtKind::Assert(cond) => StmtKind::Assert(self.expr(cond)),
            ast::StmtKind::Assume(cond) => StmtKind::Assume(self.expr(cond)),
            ast::StmtKind::Expect(expect) => self.expect(expect, stmt.span),
            ast::StmtKind::Warp { by, amount } => self.warp(*by, amount, stmt.span),
            ast::StmtKind::Invalid => {
                self.lost = true;
                StmtKind::Error
            }
        };
        Stmt { kind, span: stmt.span }
    }

    fn otherwise(&mut self, expr: Option<&ast::Expr>) -> Option<Box<crate::hir::Expr>> {
        expr.map(|expr| Box::new(self.expr(expr)))
    }

    fn let_stmt(&mut self, local: &ast::Local) -> StmtKind {
        let ty = local.ty.as_ref().map(|ty| self.ty(ty));
        let value = self.expr(&local.value);
        let otherwise = self.otherwise(local.otherwise.as_deref());
        let ghost = local.ghost.then(|| self.locals.len());
        if !matches!(local.pattern.kind, PatternKind::Name(_) | PatternKind::Wildcard) {
            let pattern = self.pattern(&local.pattern, local.mutable);
            self.make_ghosts(ghost);
            return StmtKind::LetPattern { pattern, ty, value, otherwise };
        }
        let local = self.binding(&local.pattern, local.mutable);
        self.make_ghosts(ghost);
        StmtKind::Let { local, ty, value, otherwise }
    }

    /// What was declared from a number of variables on exists for specifications only.
    fn make_ghosts(&mut self, from: Option<usize>) {
        let Some(from) = from else { return };
        self.locals.values_mut().skip(from).for_each(|local| local.ghost = true);
    }

    /// The variable of a pattern that is a bare name or `_`, where nothing is taken apart.
    pub(super) fn binding(&mut self, pattern: &ast::Pattern, mutable: bool) -> LocalId {
        match &pattern.kind {
            PatternKind::Name(ident) => self.declare(ident, mutable, false),
            PatternKind::Wildcard => self.nameless(pattern.span),
            _ => {
                self.d.push(plain_binder(pattern.span));
                self.binders_of(pattern);
                self.nameless(pattern.span)
            }
        }
    }

    fn nameless(&mut self, span: Span) -> LocalId {
        self.declare(&Ident::new("_", span), false, false)
    }

    /// Makes the names of a pattern known, so that their uses give no further messages.
    pub(super) fn binders_of(&mut self, pattern: &ast::Pattern) {
        match &pattern.kind {
            PatternKind::Name(ident) | PatternKind::Rest(Some(ident))
                if !RESERVED.contains(&ident.as_str()) =>
            {
                self.declare(ident, false, false);
            }
            PatternKind::Call { args, .. } | PatternKind::ImplicitCall { args, .. } => {
                args.iter().for_each(|arg| self.binders_of(&arg.pattern));
            }
            PatternKind::Struct { fields, .. } => {
                fields.iter().for_each(|field| self.binders_of(&field.pattern));
            }
            PatternKind::Tuple(parts) | PatternKind::Array(parts) => {
                parts.iter().for_each(|part| self.binders_of(part));
            }
            PatternKind::Or(alternatives) => {
                alternatives.first().into_iter().for_each(|first| self.binders_of(first));
            }
            _ => {}
        }
    }

    fn while_stmt(&mut self, stmt: &ast::WhileStmt) -> StmtKind {
        self.scoped(|cx| {
            let cond = cx.condition(&stmt.condition);
            let spec = cx.loop_spec(&stmt.spec);
            StmtKind::While { cond, spec, body: cx.block(&stmt.body) }
        })
    }

    fn for_stmt(&mut self, stmt: &ast::ForStmt) -> StmtKind {
        self.scoped(|cx| {
            let source = cx.expr(&stmt.source);
            let range = matches!(stmt.source.kind, ast::ExprKind::Range { .. });
            if range && matches!(stmt.pattern.kind, PatternKind::Name(_) | PatternKind::Wildcard) {
                let local = cx.binding(&stmt.pattern, false);
                let spec = cx.loop_spec(&stmt.spec);
                return StmtKind::For { local, source, spec, body: cx.block(&stmt.body) };
            }
            let pattern = cx.pattern(&stmt.pattern, false);
            let spec = cx.loop_spec(&stmt.spec);
            StmtKind::ForEach { pattern, source, spec, body: cx.block(&stmt.body) }
        })
    }

    fn loop_spec(&mut self, spec: &ast::LoopSpec) -> LoopSpec {
        LoopSpec {
            invariants: spec.invariants.iter().map(|cond| self.expr(cond)).collect(),
            decreases: spec.decreases.iter().map(|measure| self.expr(measure)).collect(),
        }
    }

    /// The head of an `if` or `while`; names of `if let` stay visible in the caller's scope.
    pub(super) fn condition(&mut self, condition: &ast::Condition) -> crate::hir::Expr {
        match condition {
            ast::Condition::Expr(expr) => self.expr(expr),
            ast::Condition::Let { pattern, value } => {
                let span = pattern.span.to(value.span);
                let value = Box::new(self.expr(value));
                let pattern = Box::new(self.pattern(pattern, false));
                crate::hir::Expr { kind: ExprKind::Let { pattern, value }, span }
            }
        }
    }
}
