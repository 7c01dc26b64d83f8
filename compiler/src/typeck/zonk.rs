//! The last step of inference: every unknown in a typed tree is replaced by what it stands for.
//!
//! Holds always: afterwards the tree holds no `Ty::Infer`.
//!
//! Length: `settle_expr` names every kind of expression once.

use super::cx::Cx;
use crate::thir::{
    Binder, Block, Clause, Domain, Expr, ExprKind, FnSpec, FormatPart, LoopSpec, Measure, Pattern,
    PatternKind, Place, PlaceStep, Range, Stmt, StmtKind,
};
use crate::ty::Ty;

impl Cx<'_> {
    fn settle(&self, ty: &mut Ty) {
        let plain = matches!(ty, Ty::Int(_) | Ty::Bool | Ty::Unit | Ty::Never | Ty::Address);
        if !plain {
            *ty = self.infer.settle(ty);
        }
    }

    /// Settles the types of the item's variables.
    pub(super) fn settle_locals(&mut self) {
        let mut locals = std::mem::take(&mut self.locals);
        locals.values_mut().for_each(|local| self.settle(&mut local.ty));
        self.locals = locals;
    }

    pub(super) fn settle_fn_spec(&self, spec: &mut FnSpec) {
        for requires in &mut spec.requires {
            self.settle_clause(&mut requires.clause);
            requires.check.iter_mut().for_each(|check| self.settle_expr(check));
            requires.otherwise.iter_mut().for_each(|throw| self.settle_exprs(&mut throw.args));
        }
        self.settle_clauses(&mut spec.ensures);
        for throws in &mut spec.throws_when {
            self.settle_clause(&mut throws.clause);
        }
        self.settle_clauses(&mut spec.no_trap);
        self.settle_measures(&mut spec.decreases);
        spec.modifies.iter_mut().flatten().for_each(|place| self.settle_place(place));
    }

    pub(super) fn settle_clauses(&self, clauses: &mut [Clause]) {
        clauses.iter_mut().for_each(|clause| self.settle_clause(clause));
    }

    fn settle_clause(&self, clause: &mut Clause) {
        self.settle_expr(&mut clause.cond);
    }

    fn settle_measures(&self, measures: &mut [Measure]) {
        measures.iter_mut().for_each(|measure| self.settle_expr(&mut measure.value));
    }

    pub(super) fn settle_block(&self, block: &mut Block) {
        block.stmts.iter_mut().for_each(|stmt| self.settle_stmt(stmt));
        block.value.iter_mut().for_each(|value| self.settle_expr(value));
        self.settle(&mut block.ty);
    }

    fn settle_stmt(&self, stmt: &mut Stmt) {
        match &mut stmt.kind {
            StmtKind::Let { value, .. } | StmtKind::Expr(value) => self.settle_expr(value),
            StmtKind::LetPattern { pattern, value, otherwise } => {
                self.settle_pattern(pattern);
                self.settle_expr(value);
                otherwise.iter_mut().for_each(|block| self.settle_block(block));
            }
            StmtKind::Assign { place, value } | StmtKind::OpAssign { place, value, .. } => {
                self.settle_place(place);
                self.settle_expr(value);
            }
            StmtKind::If { cond, then, otherwise } => {
                self.settle_expr(cond);
                self.settle_block(then);
                otherwise.iter_mut().for_each(|block| self.settle_block(block));
            }
            StmtKind::While { spec, cond, body } => {
                self.settle_loop_spec(spec);
                self.settle_expr(cond);
                self.settle_block(body);
            }
            StmtKind::For { spec, range, body, .. } => {
                self.settle_loop_spec(spec);
                self.settle_range(range);
                self.settle_block(body);
            }
            StmtKind::ForEach { spec, pattern, source, body } => {
                self.settle_loop_spec(spec);
                self.settle_pattern(pattern);
                self.settle_expr(&mut source.collection);
                let bounds = source.after.iter_mut().chain(&mut source.limit);
                bounds.for_each(|bound| self.settle_expr(bound));
                self.settle_block(body);
            }
            StmtKind::Block(block) => self.settle_block(block),
            StmtKind::Return(value) => value.iter_mut().for_each(|value| self.settle_expr(value)),
            StmtKind::Test(test) => {
                test.parts_mut().into_iter().for_each(|part| self.settle_expr(part));
            }
            StmtKind::Throw(throw) | StmtKind::Reject(throw) => self.settle_exprs(&mut throw.args),
            StmtKind::Emit { args, .. } => self.settle_exprs(args),
            StmtKind::Assert { clause, check } => {
                self.settle_clause(clause);
                check.iter_mut().for_each(|check| self.settle_expr(check));
            }
            StmtKind::Assume(clause) => self.settle_clause(clause),
            StmtKind::Ghost(ghost) => {
                self.settle_place(&mut ghost.place);
                self.settle_expr(&mut ghost.value);
            }
            StmtKind::Break | StmtKind::Continue => {}
        }
    }

    fn settle_loop_spec(&self, spec: &mut LoopSpec) {
        self.settle_clauses(&mut spec.invariants);
        self.settle_measures(&mut spec.decreases);
    }

    fn settle_range(&self, range: &mut Range) {
        self.settle_expr(&mut range.start);
        self.settle_expr(&mut range.end);
    }

    pub(super) fn settle_place(&self, place: &mut Place) {
        for step in &mut place.path {
            if let PlaceStep::Key(key) | PlaceStep::Index(key) = step {
                self.settle_expr(key);
            }
        }
        self.settle(&mut place.ty);
    }

    fn settle_exprs(&self, exprs: &mut [Expr]) {
        exprs.iter_mut().for_each(|expr| self.settle_expr(expr));
    }

    fn settle_binders(&self, binders: &mut [Binder]) {
        for binder in binders {
            match &mut binder.domain {
                Domain::Type(ty) => self.settle(ty),
                Domain::Range(range) => self.settle_range(range),
                Domain::Collection(collection) => self.settle_expr(collection),
            }
        }
    }

    fn settle_pattern(&self, pattern: &mut Pattern) {
        self.settle(&mut pattern.ty);
        match &mut pattern.kind {
            PatternKind::Case(_, parts)
            | PatternKind::Variant(_, parts)
            | PatternKind::Struct(_, parts)
            | PatternKind::Tuple(parts)
            | PatternKind::Or(parts) => {
                parts.iter_mut().for_each(|part| self.settle_pattern(part));
            }
            PatternKind::Array { parts, rest } => {
                parts.iter_mut().for_each(|part| self.settle_pattern(part));
                rest.iter_mut().for_each(|(_, rest)| self.settle_pattern(rest));
            }
            PatternKind::Wildcard
            | PatternKind::Bind(_)
            | PatternKind::Value(_)
            | PatternKind::Range { .. }
            | PatternKind::Error => {}
        }
    }

    pub(super) fn settle_expr(&self, expr: &mut Expr) {
        self.settle(&mut expr.ty);
        match &mut expr.kind {
            ExprKind::Read(place) | ExprKind::View { place, .. } | ExprKind::Inout(place) => {
                self.settle_place(place);
            }
            ExprKind::Unary(_, inner)
            | ExprKind::Cast(inner)
            | ExprKind::Some(inner)
            | ExprKind::Ok(inner)
            | ExprKind::Err(inner)
            | ExprKind::Part(inner, _)
            | ExprKind::Repeat(inner)
            | ExprKind::ArrayToVec(inner)
            | ExprKind::Propagate(inner)
            | ExprKind::Lift(inner)
            | ExprKind::Old(inner)
            | ExprKind::Field(inner, _)
            | ExprKind::Info(inner)
            | ExprKind::Failure(inner, _) => self.settle_expr(inner),
            ExprKind::External(external) => {
                external.parts_mut().into_iter().for_each(|part| self.settle_expr(part));
            }
            ExprKind::Chain(chain) => {
                chain.place_mut().into_iter().for_each(|place| self.settle_place(place));
                chain.parts_mut().into_iter().for_each(|part| self.settle_expr(part));
            }
            ExprKind::Test(test) => {
                test.parts_mut().into_iter().for_each(|part| self.settle_expr(part));
            }
            ExprKind::Try(attempt) => {
                self.settle_block(&mut attempt.body);
                attempt.catches.iter_mut().for_each(|catch| self.settle_block(&mut catch.body));
            }
            ExprKind::Struct(parts)
            | ExprKind::Variant(_, parts)
            | ExprKind::Tuple(parts)
            | ExprKind::Array(parts) => {
                self.settle_exprs(parts);
            }
            ExprKind::Binary(_, left, right)
            | ExprKind::Logical(_, left, right)
            | ExprKind::Coalesce(left, right)
            | ExprKind::Index(left, right) => {
                self.settle_expr(left);
                self.settle_expr(right);
            }
            ExprKind::Call { type_args, args, .. } => {
                type_args.iter_mut().for_each(|arg| self.settle(arg));
                self.settle_exprs(args);
            }
            ExprKind::CallLocal { args, .. } => self.settle_exprs(args),
            ExprKind::Function { type_args, .. } => {
                type_args.iter_mut().for_each(|arg| self.settle(arg));
            }
            ExprKind::Closure { body, .. } => self.settle_block(body),
            ExprKind::Format(parts) => parts.iter_mut().for_each(|part| match part {
                FormatPart::Text(_) => {}
                FormatPart::Value(value) => self.settle_expr(value),
            }),
            ExprKind::InRange(value, range) => {
                self.settle_expr(value);
                self.settle_range(range);
            }
            ExprKind::MapCall { map, args, .. } => {
                self.settle_place(map);
                self.settle_exprs(args);
            }
            ExprKind::If { cond, then, otherwise } => {
                self.settle_expr(cond);
                self.settle_block(then);
                self.settle_block(otherwise);
            }
            ExprKind::Match { subject, arms } => {
                self.settle_expr(subject);
                for arm in arms {
                    self.settle_pattern(&mut arm.pattern);
                    arm.guard.iter_mut().for_each(|guard| self.settle_expr(guard));
                    self.settle_block(&mut arm.body);
                }
            }
            ExprKind::Let { pattern, value } => {
                self.settle_pattern(pattern);
                self.settle_expr(value);
            }
            ExprKind::ElseLeave { value, otherwise } => {
                self.settle_expr(value);
                self.settle_block(otherwise);
            }
            ExprKind::Quantifier { binders, body, .. } => {
                self.settle_binders(binders);
                self.settle_expr(body);
            }
            ExprKind::Sum { value, binders, filter } => {
                self.settle_binders(binders);
                self.settle_expr(value);
                filter.iter_mut().for_each(|filter| self.settle_expr(filter));
            }
            ExprKind::Value(_)
            | ExprKind::Const(_)
            | ExprKind::ConstParam(_)
            | ExprKind::Context(_)
            | ExprKind::None
            | ExprKind::Result
            | ExprKind::Error => {}
        }
    }
}
