//! Numbers in types: lengths of arrays, and what stands for `const` parameters.
//!
//! Holds always: where a `const` parameter is declared stands a [`Ty::Number`] or another `const`
//! parameter, and nowhere else.

use deed_base::{Diagnostic, Span, catalogue as codes};
use num_bigint::BigInt;

use super::cx::{Cx, Mode};
use super::eval::eval;
use super::types::Site;
use crate::arena::TypeParamId;
use crate::hir;
use crate::thir::{Expr, ExprKind};
use crate::ty::{IntTy, MOST_ELEMENTS, Ty};
use crate::value::Value;

impl Cx<'_> {
    /// A `const` parameter as a value.
    pub(super) fn const_param(&mut self, id: TypeParamId, span: Span) -> Expr {
        let ty = self.items.type_params[id].number.map_or(Ty::Error, Ty::Int);
        Expr { kind: ExprKind::ConstParam(id), ty, span }
    }

    /// The length of an array: a number, or a `const` parameter.
    pub(super) fn length(&mut self, len: &hir::Expr) -> Option<Ty> {
        if let hir::ExprKind::ConstParam(id) = len.kind {
            return Some(Ty::Param(id));
        }
        let found = self.const_value(len)?;
        if found > MOST_ELEMENTS {
            let message = format!("an array has at most {MOST_ELEMENTS} elements");
            let diagnostic = Diagnostic::new(codes::TYPE_NOT_ALLOWED, len.span, message);
            self.d.push(diagnostic.help("a `Vec` has as many as there is memory for"));
            return None;
        }
        Some(Ty::Number(found))
    }

    /// The value of a number in a type, which may be of any integer type.
    pub(super) fn const_value(&mut self, value: &hir::Expr) -> Option<u64> {
        let mut typed = self.with_mode(Mode::Constant, |cx| {
            let typed = cx.expr(value, Some(&Ty::U64));
            let ty = cx.infer.shallow(&typed.ty);
            if cx.infer.is_open_int(&ty) || ty.as_int().is_none() {
                cx.coerce(typed, &Ty::U64)
            } else {
                typed
            }
        });
        self.settle_expr(&mut typed);
        let number = eval(&typed, self.items);
        match self.known(number, value)? {
            // A literal of type `u64` that is larger was reported as one.
            Value::Int(number) if typed.ty == Ty::U64 => u64::try_from(&number).ok(),
            Value::Int(number) => self.counts(&number, value.span),
            _ => None,
        }
    }

    fn counts(&mut self, number: &BigInt, span: Span) -> Option<u64> {
        let found = u64::try_from(number).ok();
        if found.is_none() {
            let message = "a number in a type is between 0 and 18,446,744,073,709,551,615";
            self.d.push(Diagnostic::new(codes::CONST_ARGUMENT, span, message));
        }
        found
    }

    /// What is written for a parameter of an item: a type, or a number for a `const` parameter.
    pub(super) fn item_arg(&mut self, param: TypeParamId, arg: &hir::Type, site: Site) -> Ty {
        let ty = self.ty(arg, site);
        let def = &self.items.type_params[param];
        let is_number = match &ty {
            Ty::Number(_) => true,
            Ty::Param(id) => self.items.type_params[*id].number.is_some(),
            Ty::Infer(_) | Ty::Error => return ty,
            _ => false,
        };
        if is_number == def.number.is_some() {
            return ty;
        }
        let (shown, name) = (self.items.show(&ty), &def.name.text);
        let diagnostic = match def.number {
            Some(int) => {
                let message = format!("`{name}` stands for a number, and `{shown}` is a type");
                Diagnostic::new(codes::CONST_ARGUMENT, arg.span, message)
                    .help(format!("write a number or a constant of type `{}`", int.name()))
            }
            None => {
                let message = format!("`{name}` stands for a type, and `{shown}` is a number");
                Diagnostic::new(codes::CONST_ARGUMENT, arg.span, message)
                    .help("write a type, such as `u64`")
            }
        };
        self.d.push(diagnostic.also(def.name.span, "declared here"));
        Ty::Error
    }

    /// Reports a number that the type of its `const` parameter does not hold.
    pub(super) fn number_fits(&mut self, number: &Ty, param: TypeParamId, int: IntTy, span: Span) {
        let params = &self.items.type_params;
        let fits = match number {
            Ty::Number(number) => int.holds(&BigInt::from(*number)),
            Ty::Param(id) => params[*id].number.is_none_or(|own| int.holds_all_of(own)),
            _ => true,
        };
        if fits {
            return;
        }
        let (shown, def) = (self.items.show(number), &params[param]);
        let name = &def.name.text;
        let message = format!("`{name}` is a `{}`, which does not hold `{shown}`", int.name());
        let diagnostic = Diagnostic::new(codes::CONST_ARGUMENT, span, message);
        self.d.push(diagnostic.also(def.name.span, "declared here"));
    }
}
