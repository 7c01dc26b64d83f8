//! What is decoded and is an array has the length that its type says.
//!
//! In: the parameters of public functions, and bytes. Out: tests of lengths before anything else runs.
//! Holds always: to the machine an array is a vector, which decodes at any length; past these tests
//! every array has its own.

use std::collections::HashSet;

use deed_base::Span;

use super::Lowering;
use super::cfg::Join;
use super::function::{FnLowering, lower_made};
use crate::layout::{Part, Shape};
use crate::mir::{BinaryOp, Const, Edge, Function, Op, Terminator, TrapKind, Ty, ValueId};
use crate::ty;

/// What happens where an array has another length.
enum Misfit<'j> {
    Trap,
    /// It goes on there.
    Lead(&'j mut Join),
}

/// Makes the function that tells whether every array in a value of a type has its length. A type that
/// holds itself needs one, since it may have arrays at any depth.
pub(super) fn lower_fits(lowering: &mut Lowering<'_>, of: &ty::Ty) -> Function {
    let span = lowering.contract.name.span;
    let name = format!("arrays fit {}", lowering.package.type_name(of));
    lower_made(lowering, name, span, |this| {
        let machine = this.machine(of, span);
        let value = this.plain_param(machine, None, span);
        this.function.results = vec![Ty::Bool];
        let mut unfit = Join::default();
        let mut open = Vec::new();
        this.check_lengths(value, of, &mut open, &mut Misfit::Lead(&mut unfit), span);
        let yes = this.constant(Const::Bool(true), span);
        this.return_value(Some(yes), span);
        this.meet(unfit, span);
        let no = this.constant(Const::Bool(false), span);
        this.return_value(Some(no), span);
    })
}

impl FnLowering<'_, '_> {
    /// Traps where an array in an argument has another length than its type.
    pub(super) fn check_argument(&mut self, value: ValueId, ty: &ty::Ty, span: Span) {
        self.check_lengths(value, ty, &mut Vec::new(), &mut Misfit::Trap, span);
    }

    /// What bytes are the canonical encoding of: a value, or the error that says where they are not. An
    /// array of another length is found when all bytes are read.
    pub(super) fn decode(&mut self, bytes: ValueId, of: &ty::Ty, span: Span) -> Option<ValueId> {
        let result = self.lowering.machine(of, span);
        let decoded = self.value(Op::Decode { value: bytes }, result, span);
        let ty::Ty::Result(ok, err) = of else { return None };
        if !self.lowering.has_array(ok) {
            return Some(decoded);
        }
        let (mut join, mut unfit) = (Join::default(), Join::default());
        let fits = self.is_variant(decoded, 0, span);
        let (yes, no) = self.branch(fits, span);
        self.at = Some(no);
        self.lead(&mut join, Some(decoded));
        self.at = Some(yes);
        let held = self.payload(decoded, 0, span);
        let misfit = &mut Misfit::Lead(&mut unfit);
        self.check_lengths(*held.first()?, ok, &mut Vec::new(), misfit, span);
        self.lead(&mut join, Some(decoded));
        self.meet(unfit, span);
        if self.at.is_some() {
            let end = self.value(Op::Len { value: bytes }, Ty::U64, span);
            let error = self.lowering.machine(err, span);
            let error = self.record(error, vec![end], span);
            let error = self.variant(result, 1, vec![error], span);
            self.lead(&mut join, Some(error));
        }
        self.meet(join, span)
    }

    /// `open` are the types around the value, from the outside inward.
    fn check_lengths(
        &mut self,
        value: ValueId,
        ty: &ty::Ty,
        open: &mut Vec<ty::Ty>,
        misfit: &mut Misfit<'_>,
        span: Span,
    ) {
        if !self.lowering.has_array(ty) {
            return;
        }
        if open.contains(ty) {
            let function = self.lowering.instances.push_fits(ty);
            let call = Op::Call { function, args: vec![value] };
            let fits = self.value(call, Ty::Bool, span);
            return self.misfit_unless(fits, misfit, span);
        }
        open.push(ty.clone());
        if let ty::Ty::Array(_, len) = ty
            && let Some(len) = len.as_number()
        {
            let own = self.value(Op::Len { value }, Ty::U64, span);
            let wanted = self.number(len, span);
            let fits = self.compare(BinaryOp::Eq, own, wanted, span);
            self.misfit_unless(fits, misfit, span);
        }
        match self.lowering.package.shape(ty) {
            Shape::List(of) if self.lowering.has_array(&of) => {
                self.each_position(value, span, |this, at| {
                    let element = this.element(value, at, span);
                    this.check_lengths(element, &of, open, misfit, span);
                });
            }
            Shape::Map(key, of) => self.each_position(value, span, |this, at| {
                if this.lowering.has_array(&key) {
                    let held = this.key_at(value, at, span);
                    this.check_lengths(held, &key, open, misfit, span);
                }
                if let Some(of) = of.filter(|of| this.lowering.has_array(of)) {
                    let held = this.value_at(value, at, span);
                    this.check_lengths(held, &of, open, misfit, span);
                }
            }),
            Shape::Record(parts) => {
                let held = (0..parts.len()).map(|at| self.field(value, at, span)).collect();
                self.check_parts(held, &parts, open, misfit, span);
            }
            Shape::Enum(cases) => {
                let mut join = Join::default();
                for (variant, case) in cases.iter().enumerate() {
                    let is = self.is_variant(value, variant, span);
                    let (yes, no) = self.branch(is, span);
                    self.at = Some(yes);
                    let held = self.payload(value, variant, span);
                    self.check_parts(held, &case.parts, open, misfit, span);
                    self.lead(&mut join, None);
                    self.at = Some(no);
                }
                self.end(span, Terminator::Trap(TrapKind::Unreachable));
                self.meet(join, span);
            }
            _ => {}
        }
        open.pop();
    }

    fn check_parts(
        &mut self,
        held: Vec<ValueId>,
        parts: &[Part],
        open: &mut Vec<ty::Ty>,
        misfit: &mut Misfit<'_>,
        span: Span,
    ) {
        for (value, part) in held.into_iter().zip(parts) {
            self.check_lengths(value, &part.ty, open, misfit, span);
        }
    }

    fn misfit_unless(&mut self, fits: ValueId, misfit: &mut Misfit<'_>, span: Span) {
        match misfit {
            Misfit::Trap => self.trap_unless(fits, TrapKind::BadArgument, span),
            Misfit::Lead(join) => {
                let (yes, no) = self.branch(fits, span);
                self.at = Some(no);
                self.lead(join, None);
                self.at = Some(yes);
            }
        }
    }

    /// Runs code for each position in a list or map.
    fn each_position(&mut self, value: ValueId, span: Span, f: impl FnOnce(&mut Self, ValueId)) {
        let len = self.value(Op::Len { value }, Ty::U64, span);
        let start = self.number(0, span);
        let head = self.new_block(span);
        let index = self.new_param(head, start, span);
        self.end(span, Terminator::Jump(Edge { target: head, args: vec![start] }));
        self.at = Some(head);
        let more = self.compare(BinaryOp::Lt, index, len, span);
        let (inside, outside) = self.branch(more, span);
        self.at = Some(inside);
        f(self, index);
        let one = self.number(1, span);
        let next = Op::Binary { op: BinaryOp::WrappingAdd, left: index, right: one };
        let next = self.value(next, Ty::U64, span);
        self.end(span, Terminator::Jump(Edge { target: head, args: vec![next] }));
        self.at = Some(outside);
    }
}

impl Lowering<'_> {
    /// Whether values of a type may hold an array.
    fn has_array(&self, ty: &ty::Ty) -> bool {
        let mut open = vec![ty.clone()];
        let mut seen = HashSet::new();
        while let Some(ty) = open.pop() {
            if matches!(ty, ty::Ty::Array(..)) {
                return true;
            }
            if !seen.insert(ty.clone()) {
                continue;
            }
            match self.package.shape(&ty) {
                Shape::List(of) => open.push(of),
                Shape::Map(key, value) => open.extend([key].into_iter().chain(value)),
                Shape::Record(parts) => open.extend(parts.into_iter().map(|part| part.ty)),
                Shape::Enum(cases) => {
                    open.extend(cases.into_iter().flat_map(|case| case.parts).map(|part| part.ty));
                }
                _ => {}
            }
        }
        false
    }
}
