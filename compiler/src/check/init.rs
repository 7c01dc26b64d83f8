//! `init` sets every state field that has no default, on every path, before anything reads it.
//!
//! In: typed contracts. Out: messages.
//! Holds always: a collection needs no setting, since it begins empty; what a called function sets
//! does not count, what it reads does; a path that throws makes no contract and owes nothing.

use std::collections::BTreeSet;

use deed_base::{Diagnostic, Diagnostics, Span, catalogue as codes};

use crate::arena::FieldId;
use crate::hir;
use crate::thir::visit::{Part, expr_parts, place_parts, stmt_parts};
use crate::thir::{Arm, Block, Contract, Expr, ExprKind, Package, PlaceBase, Stmt, StmtKind, Try};
use crate::ty::Ty;

pub(super) fn check(hir: &hir::Package, package: &Package, d: &mut Diagnostics) {
    for (id, contract) in package.contracts.iter() {
        let fields = contract.state.iter().filter(|(field, typed)| {
            let has_default = hir.contracts[id].state[*field].default.is_some();
            !has_default && !typed.ghost && !typed.ty.is_collection() && !typed.ty.is_error()
        });
        let needed: BTreeSet<FieldId> = fields.map(|(field, _)| field).collect();
        match contract.init {
            Some(init) => {
                let mut flow = Flow {
                    package,
                    contract,
                    needed,
                    set: BTreeSet::new(),
                    d,
                    said: BTreeSet::new(),
                };
                flow.init(&package.functions[init]);
            }
            None => {
                if let Some(field) = needed.first() {
                    d.push(no_init(contract, *field));
                }
            }
        }
    }
}

fn no_init(contract: &Contract, field: FieldId) -> Diagnostic {
    let field = &contract.state[field];
    let name = &contract.name;
    let message = format!("`{}` has no `init`, so nothing sets `{}`", name.text, field.name.text);
    Diagnostic::new(codes::INIT, name.span, message)
        .also(field.name.span, "has no default")
        .help("add `init(..) { .. }` to the contract, or give the field a default")
}

struct Flow<'p, 'd> {
    package: &'p Package,
    contract: &'p Contract,
    needed: BTreeSet<FieldId>,
    /// What is set on every path to here.
    set: BTreeSet<FieldId>,
    d: &'d mut Diagnostics,
    said: BTreeSet<FieldId>,
}

impl<'p> Flow<'p, '_> {
    fn init(&mut self, function: &'p crate::thir::Function) {
        for requires in &function.spec.requires {
            requires.check.iter().for_each(|check| self.expr(check));
        }
        let Some(body) = &function.body else { return };
        self.block(body);
        if body.ty != Ty::Never {
            let end = Span { start: body.span.end.saturating_sub(1), ..body.span };
            self.must_be_done(end);
        }
    }

    fn block(&mut self, block: &'p Block) {
        block.stmts.iter().for_each(|stmt| self.stmt(stmt));
        block.value.iter().for_each(|value| self.expr(value));
    }

    fn stmt(&mut self, stmt: &'p Stmt) {
        match &stmt.kind {
            StmtKind::Assign { place, value } => {
                place_parts(place, &mut |part| self.part(part));
                self.expr(value);
                match (place.base, place.path.is_empty()) {
                    (PlaceBase::State(field), true) => _ = self.set.insert(field),
                    // A part can be set only of what is there.
                    _ => self.use_of(place.base, place.span),
                }
            }
            StmtKind::OpAssign { place, .. } => {
                self.use_of(place.base, place.span);
                stmt_parts(stmt, &mut |part| self.part(part));
            }
            StmtKind::If { cond, then, otherwise } => {
                self.expr(cond);
                self.branches(then, otherwise.as_deref());
            }
            StmtKind::While { cond, body, .. } => {
                self.expr(cond);
                self.maybe(body);
            }
            StmtKind::For { range, body, .. } => {
                self.expr(&range.start);
                self.expr(&range.end);
                self.maybe(body);
            }
            StmtKind::LetPattern { value, otherwise, .. } => {
                self.expr(value);
                otherwise.iter().for_each(|block| self.maybe(block));
            }
            StmtKind::Return(_) => self.must_be_done(stmt.span),
            _ => stmt_parts(stmt, &mut |part| self.part(part)),
        }
    }

    fn part(&mut self, part: Part<'p>) {
        match part {
            Part::Expr(expr) => self.expr(expr),
            Part::Block(block) => self.block(block),
        }
    }

    fn expr(&mut self, expr: &'p Expr) {
        match &expr.kind {
            ExprKind::If { cond, then, otherwise } => {
                self.expr(cond);
                return self.branches(then, Some(otherwise));
            }
            ExprKind::Match { subject, arms } => {
                self.expr(subject);
                return self.arms(arms);
            }
            ExprKind::ElseLeave { value, otherwise } => {
                self.expr(value);
                return self.maybe(otherwise);
            }
            ExprKind::Try(attempt) => return self.attempt(attempt),
            _ => {}
        }
        expr_parts(expr, &mut |part| self.part(part));
        match &expr.kind {
            ExprKind::Read(place) => self.use_of(place.base, expr.span),
            ExprKind::Call { function, .. } => {
                let reads = &self.package.functions[*function].effects.reads;
                for path in reads {
                    self.use_of(PlaceBase::State(path.field), expr.span);
                }
            }
            _ => {}
        }
    }

    /// A handler starts from what was set before the body, whose work is undone then.
    fn attempt(&mut self, attempt: &'p Try) {
        let before = self.set.clone();
        let mut after: Option<BTreeSet<FieldId>> = None;
        let handlers = attempt.catches.iter().map(|catch| &catch.body);
        for block in [&attempt.body].into_iter().chain(handlers) {
            self.set = before.clone();
            self.block(block);
            if block.ty != Ty::Never {
                let set = std::mem::take(&mut self.set);
                after = Some(after.map_or(set.clone(), |after| &after & &set));
            }
        }
        self.set = after.unwrap_or(before);
    }

    /// A block that may run or not.
    fn maybe(&mut self, block: &'p Block) {
        let before = self.set.clone();
        self.block(block);
        self.set = before;
    }

    fn branches(&mut self, then: &'p Block, otherwise: Option<&'p Block>) {
        let before = self.set.clone();
        self.block(then);
        let after_then = std::mem::replace(&mut self.set, before);
        otherwise.into_iter().for_each(|block| self.block(block));
        let otherwise_leaves = otherwise.is_some_and(|block| block.ty == Ty::Never);
        if otherwise_leaves {
            self.set = after_then;
        } else if then.ty != Ty::Never {
            self.set.retain(|field| after_then.contains(field));
        }
    }

    /// One of the arms runs.
    fn arms(&mut self, arms: &'p [Arm]) {
        let before = self.set.clone();
        let mut after: Option<BTreeSet<FieldId>> = None;
        for arm in arms {
            self.set = before.clone();
            arm.guard.iter().for_each(|guard| self.expr(guard));
            self.block(&arm.body);
            if arm.body.ty != Ty::Never {
                let set = std::mem::take(&mut self.set);
                after = Some(after.map_or(set.clone(), |after| &after & &set));
            }
        }
        self.set = after.unwrap_or(before);
    }

    /// A field is read.
    fn use_of(&mut self, base: PlaceBase, span: Span) {
        let PlaceBase::State(field) = base else { return };
        if self.needed.contains(&field) && !self.set.contains(&field) && self.said.insert(field) {
            let name = &self.contract.state[field].name;
            let message = format!("`self.{}` is used before `init` has set it", name.text);
            let diagnostic = Diagnostic::new(codes::STATE_NOT_SET, span, message)
                .also(name.span, "has no default")
                .help("set it first, or give it a default where it is declared");
            self.d.push(diagnostic);
        }
    }

    /// The contract is made here, so every field must be set.
    fn must_be_done(&mut self, span: Span) {
        let missing: Vec<FieldId> =
            self.needed.iter().filter(|field| !self.set.contains(field)).copied().collect();
        for field in missing {
            if !self.said.insert(field) {
                continue;
            }
            let name = &self.contract.state[field].name;
            let message = format!("`init` can end here without setting `self.{}`", name.text);
            let diagnostic = Diagnostic::new(codes::STATE_NOT_SET, span, message)
                .also(name.span, "has no default")
                .help(format!("assign `self.{}` on every path, or give it a default", name.text));
            self.d.push(diagnostic);
        }
    }
}
