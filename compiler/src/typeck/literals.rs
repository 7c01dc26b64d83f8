//! Texts, bytes and arrays as they are written, and parts of them.

use deed_base::{Diagnostic, Span, catalogue as codes};

use super::cx::{Cx, error_expr};
use super::errors;
use super::exprs::value_expr;
use super::infer::Kind;
use crate::hir;
use crate::thir::{Expr, ExprKind, FormatPart, Name};
use crate::ty::{IntTy, Ty};
use crate::value::Value;

impl Cx<'_> {
    /// `"a {b} c"`
    pub(super) fn string(&mut self, parts: &[hir::StrPart], span: Span) -> Expr {
        match parts {
            [] => return value_expr(Value::String(String::new()), Ty::String, span),
            [hir::StrPart::Text(text)] => {
                return value_expr(Value::String(text.clone()), Ty::String, span);
            }
            _ => {}
        }
        let mut typed = Vec::with_capacity(parts.len());
        for part in parts {
            typed.push(match part {
                hir::StrPart::Text(text) => FormatPart::Text(text.clone()),
                hir::StrPart::Expr(value) => {
                    let value = self.expr(value, None);
                    self.shown.push((value.ty.clone(), value.span));
                    FormatPart::Value(value)
                }
            });
        }
        Expr { kind: ExprKind::Format(typed), ty: Ty::String, span }
    }

    /// `hex"00ff"`: an array of `u8` where one is wanted, else `bytes`.
    pub(super) fn bytes(&mut self, bytes: &[u8], want: Option<&Ty>, span: Span) -> Expr {
        let wants_array = want.is_some_and(|want| match self.infer.shallow(want) {
            Ty::Array(of, _) => self.infer.shallow(&of) == Ty::U8,
            _ => false,
        });
        if !wants_array {
            return value_expr(Value::Bytes(bytes.to_vec()), Ty::Bytes, span);
        }
        let all = bytes.iter().map(|byte| Value::Int((*byte).into())).collect();
        value_expr(Value::Sequence(all), Ty::array(Ty::U8, bytes.len() as u64), span)
    }

    /// Reports values in strings that have no text, now that types are settled.
    pub(super) fn close_shown(&mut self) {
        for (ty, span) in std::mem::take(&mut self.shown) {
            let ty = self.infer.settle(&ty);
            let scalar = matches!(
                ty,
                Ty::Int(_)
                    | Ty::Bool
                    | Ty::String
                    | Ty::Bytes
                    | Ty::Address
                    | Ty::Hash
                    | Ty::Time
                    | Ty::Duration
                    | Ty::Date
                    | Ty::SpecInt
                    | Ty::Error
                    // That nothing tells its type is said where it stands.
                    | Ty::Infer(_)
            );
            if !scalar && !self.is_quantity(&ty) && !self.is_param_with(&ty, "Integer") {
                let text = self.items.show(&ty);
                let message = format!("`{text}` has no text that a string could hold");
                let diagnostic = Diagnostic::new(codes::NO_TEXT, span, message);
                self.d.push(diagnostic.help("name the parts to show, as in `{order.id}`"));
            }
        }
    }

    /// `[a, b]`: a `Vec` where one is wanted, else an array.
    pub(super) fn array(&mut self, parts: &[hir::Expr], want: Option<&Ty>, span: Span) -> Expr {
        let wanted = want.map(|want| self.infer.shallow(want));
        let of = match &wanted {
            Some(Ty::Vec(of) | Ty::Array(of, _)) => (**of).clone(),
            _ => self.infer.fresh(Kind::Any, span),
        };
        let values = parts.iter().map(|part| self.check(part, &of)).collect();
        let ty = match wanted {
            Some(Ty::Vec(_)) => Ty::Vec(Box::new(of)),
            _ => Ty::array(of, parts.len() as u64),
        };
        Expr { kind: ExprKind::Array(values), ty, span }
    }

    /// `[value; len]`
    pub(super) fn repeat(
        &mut self,
        value: &hir::Expr,
        len: &hir::Expr,
        want: Option<&Ty>,
        span: Span,
    ) -> Expr {
        let of = match want.map(|want| self.infer.shallow(want)) {
            Some(Ty::Array(of, _)) => Some(*of),
            _ => None,
        };
        let value = match &of {
            Some(of) => self.check(value, of),
            None => self.expr(value, None),
        };
        let Some(len) = self.length(len) else {
            self.infer.poison(&value.ty);
            return error_expr(span);
        };
        let ty = Ty::Array(Box::new(value.ty.clone()), Box::new(len));
        Expr { kind: ExprKind::Repeat(Box::new(value)), ty, span }
    }

    /// `base[index]` where the base is a value, or the index a range.
    pub(super) fn index_value(&mut self, base: &hir::Expr, index: &hir::Expr, span: Span) -> Expr {
        let base = self.receiver_value(base);
        if let hir::ExprKind::Range { start, end, inclusive } = &index.kind {
            return self.slice(
                base,
                start.as_deref(),
                end.as_deref(),
                *inclusive,
                index.span,
                span,
            );
        }
        let (index_ty, ty) = match self.infer.shallow(&base.ty) {
            Ty::Vec(of) | Ty::Array(of, _) => (Ty::U64, *of),
            Ty::Bytes => (Ty::U64, Ty::U8),
            Ty::Map(map) => (map.key, map.value),
            other => {
                self.not_indexed(&other, base.span);
                return error_expr(span);
            }
        };
        let index = self.spec_key(index, &index_ty);
        Expr { kind: ExprKind::Index(Box::new(base), Box::new(index)), ty, span }
    }

    pub(super) fn not_indexed(&mut self, ty: &Ty, span: Span) {
        let ty = self.infer.shallow(ty);
        if ty.is_error() {
            return;
        }
        let text = self.show(&ty);
        let needs = "a map, `Vec`, array or `bytes` before it";
        let diagnostic = errors::bad_operand("[..]", &text, needs, span);
        self.d.push(match ty {
            Ty::String => diagnostic.help("a text has no places: take `.to_bytes()`"),
            Ty::Set(_) => diagnostic.help("ask whether it holds a value: `value in set`"),
            _ => diagnostic,
        });
        self.infer.poison(&ty);
    }

    /// `base[a..b]`: the method `slice`, with the ends that are missing.
    fn slice(
        &mut self,
        base: Expr,
        start: Option<&hir::Expr>,
        end: Option<&hir::Expr>,
        inclusive: bool,
        range: Span,
        span: Span,
    ) -> Expr {
        let ty = self.infer.shallow(&base.ty);
        let ty = match ty {
            Ty::Array(of, _) => Ty::Vec(of),
            other => other,
        };
        if !matches!(ty, Ty::Vec(_) | Ty::Bytes) {
            self.not_sliced(&ty, base.span);
            return error_expr(span);
        }
        let name = |text: &str| Name { text: text.into(), span: range };
        let Some(slice) = self.find_method(&ty, &name("slice"), true) else {
            return error_expr(span);
        };
        let base = match base.ty {
            Ty::Array(..) => {
                Expr { kind: ExprKind::ArrayToVec(Box::new(base)), ty: ty.clone(), span }
            }
            _ => base,
        };
        let start = match start {
            Some(start) => self.check(start, &Ty::U64),
            None => value_expr(Value::Int(0.into()), Ty::U64, range.at_start()),
        };
        let end = match end {
            Some(end) => {
                let end = self.check(end, &Ty::U64);
                if inclusive { self.plus_one(end) } else { end }
            }
            None => match self.find_method(&ty, &name("len"), true) {
                Some(len) => self.plain_call(len, vec![base.clone()], range.at_end()),
                None => return error_expr(span),
            },
        };
        self.forwards(&start, &end, range);
        self.plain_call(slice, vec![base, start, end], span)
    }

    /// Reports a part that ends before it begins, where both are written.
    fn forwards(&mut self, start: &Expr, end: &Expr, span: Span) {
        let (ExprKind::Value(Value::Int(a)), ExprKind::Value(Value::Int(b))) =
            (&start.kind, &end.kind)
        else {
            return;
        };
        if a > b {
            let message = format!("there is no part from {a} to {b}");
            let diagnostic = Diagnostic::new(codes::CONST_TRAPS, span, message);
            self.d.push(diagnostic.help("the end stands behind the start, as in `all[1..3]`"));
        }
    }

    fn plus_one(&mut self, end: Expr) -> Expr {
        let span = end.span;
        if let ExprKind::Value(Value::Int(end)) = &end.kind
            && *end < IntTy::U64.max()
        {
            return value_expr(Value::Int(end + 1), Ty::U64, span);
        }
        let one = value_expr(Value::Int(1.into()), Ty::U64, span);
        let kind = ExprKind::Binary(crate::thir::BinaryOp::Add, Box::new(end), Box::new(one));
        Expr { kind, ty: Ty::U64, span }
    }

    fn not_sliced(&mut self, ty: &Ty, span: Span) {
        if !ty.is_error() {
            let text = self.show(ty);
            let needs = "a `Vec`, array or `bytes` before it";
            self.d.push(errors::bad_operand("[a..b]", &text, needs, span));
            self.infer.poison(ty);
        }
    }

    /// The call of a method whose arguments are typed, the receiver first.
    pub(super) fn plain_call(
        &mut self,
        function: crate::arena::FnId,
        args: Vec<Expr>,
        span: Span,
    ) -> Expr {
        let items = self.items;
        let callee = &items.hir.functions[function];
        let signature = &items.signatures[function];
        let with = self.instantiate(&callee.type_params, span);
        let args = args.into_iter().zip(&signature.params);
        let args = args.map(|(arg, (_, ty))| self.coerce(arg, &ty.substitute(&with))).collect();
        let ty = signature.result.substitute(&with);
        let type_args = Self::type_args(&callee.type_params, &with);
        Expr { kind: ExprKind::Call { function, type_args, args }, ty, span }
    }
}
