//! What is known while one item is checked.

use deed_base::{Diagnostics, Span};
use num_bigint::BigInt;

use super::errors;
use super::generics::Obligation;
use super::infer::{Infer, Kind};
use super::items::Items;
use crate::arena::{Arena, ContractId, LocalId, ModuleId};
use crate::hir;
use crate::thir::{Expr, ExprKind, External, Local};
use crate::ty::Ty;

/// What the expressions at hand are for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Mode {
    /// They run.
    Program,
    /// They are evaluated at compile time.
    Constant,
    /// They are proved; `old` and `result` mean something in some clauses only.
    Spec { old: bool, result: bool },
}

/// A loop around the statement at hand.
#[derive(Default, Debug)]
pub(super) struct Loop {
    pub(super) breaks: bool,
}

pub(super) struct Cx<'a> {
    pub(super) items: &'a Items<'a>,
    pub(super) d: &'a mut Diagnostics,
    pub(super) contract: Option<ContractId>,
    pub(super) mode: Mode,
    /// The result of the function.
    pub(super) result: Ty,
    pub(super) loops: Vec<Loop>,
    pub(super) infer: Infer,
    pub(super) locals: Arena<LocalId, Local>,
    pub(super) params: usize,
    /// The `inout` parameters.
    pub(super) lent: Vec<LocalId>,
    /// Whether it is a test, or a helper of tests.
    pub(super) in_test: bool,
    /// Numbers whose type was not settled when they were met.
    literals: Vec<(BigInt, Ty, Span)>,
    /// Operands of `-`, which must turn out to be signed.
    negated: Vec<(Ty, Span)>,
    /// Where the item is declared; it may call what is private there.
    pub(super) module: Option<ModuleId>,
    /// The first variable of each closure around, the innermost last.
    pub(super) closures: Vec<LocalId>,
    /// Whether a message was given that the closure at hand is left.
    pub(super) closure_left: bool,
    /// Traits that types must have.
    pub(super) obligations: Vec<Obligation>,
    /// Values in strings.
    pub(super) shown: Vec<(Ty, Span)>,
}

impl<'a> Cx<'a> {
    pub(super) fn new(
        items: &'a Items<'a>,
        contract: Option<ContractId>,
        locals: &Arena<LocalId, hir::Local>,
        mode: Mode,
        d: &'a mut Diagnostics,
    ) -> Self {
        let params = locals.values().filter(|local| local.is_param).count();
        let locals = locals.values().map(|local| Local {
            name: local.name.clone(),
            ty: Ty::Error,
            mutable: local.mutable,
            ghost: local.ghost,
        });
        Cx {
            items,
            d,
            contract,
            mode,
            result: Ty::Unit,
            loops: Vec::new(),
            infer: Infer::default(),
            locals: locals.collect(),
            params,
            lent: Vec::new(),
            in_test: false,
            literals: Vec::new(),
            negated: Vec::new(),
            module: contract.map(|id| items.hir.contracts[id].module),
            closures: Vec::new(),
            closure_left: false,
            obligations: Vec::new(),
            shown: Vec::new(),
        }
    }

    pub(super) fn in_spec(&self) -> bool {
        matches!(self.mode, Mode::Spec { .. })
    }

    /// Runs `inside` with another mode.
    pub(super) fn with_mode<R>(&mut self, mode: Mode, inside: impl FnOnce(&mut Self) -> R) -> R {
        let before = std::mem::replace(&mut self.mode, mode);
        let result = inside(self);
        self.mode = before;
        result
    }

    /// Runs `inside` and throws its messages away.
    pub(super) fn muted<R>(&mut self, inside: impl FnOnce(&mut Self) -> R) -> R {
        let said = std::mem::take(self.d);
        let result = inside(self);
        *self.d = said;
        result
    }

    /// The type as it is shown in messages.
    pub(super) fn show(&self, ty: &Ty) -> String {
        if self.infer.is_open_int(ty) {
            return "a number".to_owned();
        }
        format!("`{}`", self.items.show(&self.infer.settle(ty)))
    }

    /// A number whose type its uses will tell.
    pub(super) fn open_literal(&mut self, value: &BigInt, span: Span) -> Ty {
        let ty = self.infer.fresh(Kind::Int, span);
        self.check_literal(value, &ty, span);
        ty
    }

    /// Sees to it that a number fits its type, now or when that is settled.
    pub(super) fn check_literal(&mut self, value: &BigInt, ty: &Ty, span: Span) {
        match self.infer.shallow(ty) {
            Ty::Int(int) if !int.holds(value) => {
                self.d.push(errors::literal_range(value, int, span));
            }
            open @ Ty::Infer(_) => self.literals.push((value.clone(), open, span)),
            _ => {}
        }
    }

    pub(super) fn must_be_signed(&mut self, ty: &Ty, span: Span) {
        self.negated.push((ty.clone(), span));
    }

    /// Reports what stayed unknown, and what could only be checked now.
    pub(super) fn close(&mut self) {
        for (value, ty, span) in std::mem::take(&mut self.literals) {
            if let Ty::Int(int) = self.infer.shallow(&ty)
                && !int.holds(&value)
            {
                self.d.push(errors::literal_range(&value, int, span));
            }
        }
        self.close_shown();
        for (kind, span) in self.infer.close() {
            self.d.push(errors::unknown_type(kind, span));
        }
        self.close_obligations();
        for (ty, span) in std::mem::take(&mut self.negated) {
            if let Ty::Int(int) = self.infer.shallow(&ty)
                && !int.is_signed()
            {
                self.d.push(errors::negated_unsigned(int, span));
            }
        }
    }

    /// The expression where a value of type `want` is needed; reports it if it is another.
    pub(super) fn coerce(&mut self, expr: Expr, want: &Ty) -> Expr {
        if self.infer.outside(&expr.ty) == self.infer.outside(want) {
            return expr;
        }
        let got = self.infer.shallow(&expr.ty);
        let wanted = self.infer.shallow(want);
        if got == Ty::Never {
            return expr;
        }
        if wanted == Ty::SpecInt {
            return self.lift(expr);
        }
        let expr = self.zero_as(expr, &wanted);
        let got = self.infer.shallow(&expr.ty);
        if wanted.is_error() {
            self.infer.poison(&got);
            return expr;
        }
        if self.infer.unify(&got, &wanted) {
            return expr;
        }
        if self.implements(&got, &wanted) {
            return as_interface(expr, wanted);
        }
        let (got_text, want_text) = (self.show(&got), self.show(&wanted));
        self.d.push(errors::mismatch(&got, &wanted, &got_text, &want_text, expr.span));
        self.infer.poison(&got);
        if self.infer.is_open_int(&wanted) {
            self.infer.poison(&wanted);
        }
        Expr { ty: Ty::Error, ..expr }
    }

    /// The value of an arm: a contract as its interface where that is wanted.
    pub(super) fn hinted(&mut self, expr: &hir::Expr, want: Option<&Ty>) -> Expr {
        let typed = self.expr(expr, want);
        match want.map(|want| self.infer.shallow(want)) {
            Some(want) if self.implements(&self.infer.shallow(&typed.ty), &want) => {
                as_interface(typed, want)
            }
            _ => typed,
        }
    }

    /// Whether the first type is a contract that says it implements the second one.
    pub(super) fn implements(&self, contract: &Ty, interface: &Ty) -> bool {
        let (Ty::Contract(contract), Ty::Interface(interface)) = (contract, interface) else {
            return false;
        };
        let named = &self.items.hir.contracts[*contract].implements;
        named.iter().any(|(implemented, _)| implemented == interface)
    }

    /// A program's integer as an unbounded one.
    pub(super) fn lift(&mut self, expr: Expr) -> Expr {
        let got = self.infer.shallow(&expr.ty);
        if matches!(got, Ty::SpecInt | Ty::Error | Ty::Never) {
            return expr;
        }
        if !self.infer.is_int(&got) && !self.is_amount(&got) && !self.is_param_with(&got, "Integer")
        {
            let got_text = self.show(&got);
            self.d.push(errors::mismatch(&got, &Ty::SpecInt, &got_text, "an integer", expr.span));
            return Expr { ty: Ty::Error, ..expr };
        }
        let span = expr.span;
        Expr { kind: ExprKind::Lift(Box::new(expr)), ty: Ty::SpecInt, span }
    }
}

/// A contract as one of its interfaces: what is at its address.
pub(super) fn as_interface(contract: Expr, interface: Ty) -> Expr {
    let span = contract.span;
    let external = |external, ty| Expr { kind: ExprKind::External(Box::new(external)), ty, span };
    let address = external(External::Address(contract), Ty::Address);
    external(External::At(address), interface)
}

/// The expression that stands where a message has been given.
pub(super) fn error_expr(span: Span) -> Expr {
    Expr { kind: ExprKind::Error, ty: Ty::Error, span }
}
