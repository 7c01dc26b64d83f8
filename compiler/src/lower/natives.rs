//! The one table of native functions: what each is in the middle form.
//!
//! In: a native's name and its arguments. Out: its result.
//! Holds always: a name of the library that is missing here is reported as not executed yet.

use deed_base::Span;
use deed_bytecode::{Native as Known, NativeTy};

use super::apply::Arguments;
use super::cfg::Join;
use super::function::FnLowering;
use super::lvalue::Lvalue;
use super::maps::default_of;
use crate::mir::{BinaryOp, Const, Op, Terminator, TrapKind, Ty, ValueId};
use crate::thir::Expr;
use crate::ty;

/// A call of a native function.
pub(super) struct Native<'e> {
    /// The arguments in order; an `inout` one is what its place holds.
    pub(super) values: Vec<ValueId>,
    /// The place of the `inout` argument.
    pub(super) place: Option<Lvalue>,
    /// The type of the result.
    pub(super) result: ty::Ty,
    pub(super) expr: &'e Expr,
}

impl FnLowering<'_, '_> {
    /// Calls a native; gives its result where it has one.
    pub(super) fn native(&mut self, name: &str, args: &[Expr], expr: &Expr) -> Option<ValueId> {
        let default = args.first().and_then(|first| default_of(&self.concrete(&first.ty)));
        let args: Arguments = self.arguments(args, false)?;
        let (values, mut places) = self.settle(args)?;
        let result = self.concrete(&expr.ty);
        let native = Native { values, place: places.pop(), result, expr };
        let (of, method) = name.rsplit_once('.').unwrap_or(("", name));
        if let Some(known) = Known::by_name(method) {
            return self.known_native(known, native);
        }
        match of {
            "Vec" | "bytes" | "string" | "array" => self.sequence_native(method, name, native),
            "Time" | "Duration" | "Date" => native.values.first().copied(),
            "Map" | "Set" => self.local_map_native(method, name, default, native),
            "" => self.free_native(name, native),
            _ => match native.values[..] {
                [left, right] => {
                    self.integer_native(method, left, right, &native.result, expr.span)
                }
                _ => None,
            }
            .or_else(|| self.unknown_native(name, expr.span)),
        }
    }

    pub(super) fn unknown_native(&mut self, name: &str, span: Span) -> Option<ValueId> {
        self.not_yet(span, &format!("calls of `{name}`"));
        None
    }

    /// What has a body in the engine and a number in the table of natives, whatever it belongs to. What
    /// it refuses is `None`.
    fn known_native(&mut self, known: Known, n: Native<'_>) -> Option<ValueId> {
        let span = n.expr.span;
        let types = known.info().results.iter().map(|ty| match ty {
            NativeTy::Bool => Ty::Bool,
            NativeTy::Hash => Ty::Hash,
            NativeTy::Bytes => self.lowering.program.types.bytes(),
        });
        let types: Vec<Ty> = types.collect();
        let given = self.values(Op::Native { native: known, args: n.values }, &types, span);
        match given[..] {
            [content, exists] => {
                let option = self.lowering.machine(&n.result, span);
                self.option_if(exists, option, span, |_| content)
            }
            _ => given.first().copied(),
        }
    }

    /// What belongs to no type.
    fn free_native(&mut self, name: &str, n: Native<'_>) -> Option<ValueId> {
        let span = n.expr.span;
        match (name, n.values.first().copied()) {
            ("encode", Some(value)) => {
                let bytes = self.lowering.program.types.bytes();
                Some(self.value(Op::Encode { value }, bytes, span))
            }
            ("decode", Some(value)) => self.decode(value, &n.result, span),
            _ => self.unknown_native(name, span),
        }
    }

    /// What strings, bytes and vectors have.
    fn sequence_native(&mut self, method: &str, name: &str, n: Native<'_>) -> Option<ValueId> {
        let span = n.expr.span;
        let types = &mut self.lowering.program.types;
        let string = types.string();
        let receiver = n.values.first().copied();
        match (method, receiver) {
            ("new", _) => {
                let ty = self.lowering.machine(&n.result, span);
                Some(self.list_of(ty, Vec::new(), span))
            }
            ("filled", Some(count)) => {
                let ty = self.lowering.machine(&n.result, span);
                Some(self.value(Op::VecFill { count, value: n.values[1] }, ty, span))
            }
            ("len", Some(value)) => Some(self.value(Op::Len { value }, Ty::U64, span)),
            ("to_bytes", Some(value)) => {
                let bytes = self.lowering.program.types.bytes();
                Some(self.value(Op::ToBytes { value }, bytes, span))
            }
            ("to_string", Some(value)) => {
                let option = self.lowering.machine(&n.result, span);
                let types = [string, Ty::Bool];
                let decoded = self.values(Op::ToText { value }, &types, span);
                self.option_if(decoded[1], option, span, |_| decoded[0])
            }
            ("concat", Some(left)) => {
                let ty = self.function.ty(left);
                Some(self.value(Op::Concat { left, right: n.values[1] }, ty, span))
            }
            ("slice", Some(value)) => Some(self.slice(value, n.values[1], n.values[2], span)),
            ("close", Some(value)) => {
                let len = self.value(Op::Len { value }, Ty::U64, span);
                let zero = self.number(0, span);
                let empty = self.compare(BinaryOp::Eq, len, zero, span);
                self.trap_unless(empty, TrapKind::NotEmpty, span);
                None
            }
            ("load", Some(value)) => Some(value),
            (_, Some(vec)) if string != self.function.ty(vec) => {
                self.changing(method, name, vec, n)
            }
            _ => self.unknown_native(name, span),
        }
    }

    /// What changes the vector or bytes that it is called on.
    fn changing(
        &mut self,
        method: &str,
        name: &str,
        vec: ValueId,
        n: Native<'_>,
    ) -> Option<ValueId> {
        let span = n.expr.span;
        let ty = self.function.ty(vec);
        let arg = |at: usize| n.values[at];
        let (changed, result) = match method {
            "push" => (self.value(Op::VecPush { vec, value: arg(1) }, ty, span), None),
            "extend" => (self.value(Op::Concat { left: vec, right: arg(1) }, ty, span), None),
            "sort_scalars" => {
                let scalar = !self.element_ty(ty).is_heap();
                let sorted = if scalar { self.value(Op::VecSort { vec }, ty, span) } else { vec };
                (sorted, Some(self.constant(Const::Bool(scalar), span)))
            }
            "clear" => (self.list_of(ty, Vec::new(), span), None),
            "pop" => return self.pop(vec, n),
            "swap" => {
                let held = self.element(vec, arg(1), span);
                let other = self.element(vec, arg(2), span);
                let once = Op::VecSet { vec, index: arg(1), value: other };
                let once = self.value(once, ty, span);
                (self.value(Op::VecSet { vec: once, index: arg(2), value: held }, ty, span), None)
            }
            "insert" => {
                let (left, right) = self.split(vec, arg(1), arg(1), span);
                let left = self.value(Op::VecPush { vec: left, value: arg(2) }, ty, span);
                (self.value(Op::Concat { left, right }, ty, span), None)
            }
            "remove" => {
                let held = self.element(vec, arg(1), span);
                let one = self.number(1, span);
                let next = Op::Binary { op: BinaryOp::WrappingAdd, left: arg(1), right: one };
                let next = self.value(next, Ty::U64, span);
                let (left, right) = self.split(vec, arg(1), next, span);
                (self.value(Op::Concat { left, right }, ty, span), Some(held))
            }
            _ => return self.unknown_native(name, span),
        };
        self.write_back(&n, changed);
        result
    }

    pub(super) fn write_back(&mut self, n: &Native<'_>, changed: ValueId) {
        if let Some(place) = &n.place {
            self.store_place(place, changed, n.expr.span);
        }
    }

    fn slice(&mut self, value: ValueId, start: ValueId, end: ValueId, span: Span) -> ValueId {
        let ty = self.function.ty(value);
        self.value(Op::Slice { value, range: [start, end] }, ty, span)
    }

    /// What lies before one position, and what lies from another one on.
    fn split(
        &mut self,
        value: ValueId,
        end: ValueId,
        start: ValueId,
        span: Span,
    ) -> (ValueId, ValueId) {
        let zero = self.number(0, span);
        let left = self.slice(value, zero, end, span);
        let len = self.value(Op::Len { value }, Ty::U64, span);
        (left, self.slice(value, start, len, span))
    }

    /// `pop`: `None` and no change where there is nothing.
    fn pop(&mut self, vec: ValueId, n: Native<'_>) -> Option<ValueId> {
        let span = n.expr.span;
        let option = self.lowering.machine(&n.result, span);
        let len = self.value(Op::Len { value: vec }, Ty::U64, span);
        let zero = self.number(0, span);
        let empty = self.compare(BinaryOp::Eq, len, zero, span);
        let (none, some) = self.branch(empty, span);
        let env = self.env.clone();
        let mut join = Join::default();
        self.at = Some(none);
        let nothing = self.none(option, span);
        self.lead(&mut join, Some(nothing));
        self.at = Some(some);
        self.env = env;
        let ty = self.function.ty(vec);
        let types = [ty, self.element_ty(ty)];
        let popped = self.values(Op::VecPop { vec }, &types, span);
        self.write_back(&n, popped[0]);
        let last = self.some(option, popped[1], span);
        self.lead(&mut join, Some(last));
        self.meet(join, span)
    }

    /// `Some` of what `make` gives where a condition holds, else `None`.
    pub(super) fn option_if(
        &mut self,
        condition: ValueId,
        option: Ty,
        span: Span,
        make: impl FnOnce(&mut Self) -> ValueId,
    ) -> Option<ValueId> {
        let (yes, no) = self.branch(condition, span);
        let mut join = Join::default();
        self.at = Some(yes);
        let content = make(self);
        let some = self.some(option, content, span);
        self.lead(&mut join, Some(some));
        self.at = Some(no);
        let none = self.none(option, span);
        self.lead(&mut join, Some(none));
        self.meet(join, span)
    }

    pub(super) fn trap_unless(&mut self, condition: ValueId, kind: TrapKind, span: Span) {
        let (holds, fails) = self.branch(condition, span);
        self.end_block(fails, span, Terminator::Trap(kind));
        self.at = Some(holds);
    }
}
