//! The ways that end in a trap.
//!
//! In: an instruction with the condition before it, or the end of a block. Out: what joins the ways out of the
//! body, and the conditions of those who promise that there are none.
//! Holds always: every trap of the machine is among them, but for limits (gas, depth, memory) and for what an
//! attempt catches; of an operation without a model that can trap it is taken that it may.

use deed_base::Span;
use deed_bytecode::TrapKind;
use deed_compiler::mir::{FuncId, Inst, Op, Outside};

use super::{Body, Exit, Flow, Run};
use crate::exec::{Locals, Moment, State, named};
use crate::vc::Promise;
use crate::vc::term::{Sort, TermId};

/// A way that traps.
pub(in crate::exec) struct Trapped {
    pc: TermId,
    span: Span,
}

impl<'a> Run<'a> {
    /// What an instruction may trap with; `before` is the condition to come to it, `flow` goes on behind it.
    pub(super) fn see_trap(
        &mut self,
        body: &mut Body<'a>,
        inst: &Inst,
        before: TermId,
        flow: &Flow,
    ) {
        let span = inst.place.span;
        if is_blind(&inst.op) {
            let pc = self.perhaps(before);
            return body.exit.traps.push(Trapped { pc, span });
        }
        let result = inst.result().map(|result| body.function.ty(result));
        if !inst.op.traps(self.program, body.function, result).is_empty() {
            self.stop_between(body, before, flow.pc, span);
        }
    }

    /// What comes to a place and does not go on behind it traps there.
    pub(super) fn stop_between(
        &mut self,
        body: &mut Body<'a>,
        before: TermId,
        behind: TermId,
        span: Span,
    ) {
        if before != behind {
            let ends = self.terms.not(behind);
            let pc = self.terms.and([before, ends]);
            body.exit.traps.push(Trapped { pc, span });
        }
    }

    /// A block ends in a trap. What a function asks of those who call it from outside is their matter.
    pub(super) fn end_in_trap(
        &mut self,
        body: &mut Body<'a>,
        kind: TrapKind,
        pc: TermId,
        span: Span,
    ) {
        let asked = kind == TrapKind::Requires && body.depth == 0;
        if !asked {
            body.exit.traps.push(Trapped { pc, span });
        }
    }

    /// A failure that goes on may be a trap.
    pub(super) fn trap_again(&mut self, body: &mut Body<'a>, pc: TermId, span: Span) {
        let pc = self.perhaps(pc);
        body.exit.traps.push(Trapped { pc, span });
    }

    /// What a callee that was run in place traps with, as the call's.
    pub(super) fn trap_inside(&mut self, body: &mut Body<'a>, traps: Vec<Trapped>, span: Span) {
        if !traps.is_empty() {
            let pc = self.terms.or(traps.into_iter().map(|trapped| trapped.pc));
            body.exit.traps.push(Trapped { pc, span });
        }
    }

    /// A callee of which only promises are known may trap where it does not promise otherwise.
    pub(super) fn may_trap(
        &mut self,
        body: &mut Body<'a>,
        id: FuncId,
        args: &[TermId],
        flow: &Flow,
        span: Span,
    ) {
        let callee = self.program.function(id);
        let start = named(callee, args);
        let mut ways = vec![self.perhaps(flow.pc)];
        for clause in &callee.spec.no_trap {
            if let Some(held) = self.clause(clause, Moment::start(&flow.state, &start)) {
                ways.push(self.terms.not(held));
            }
        }
        let pc = self.terms.and(ways);
        body.exit.traps.push(Trapped { pc, span });
    }

    /// `no_trap when c`, and `throws E exactly when c`: where c held, no way traps.
    pub(in crate::exec) fn ask_traps(&mut self, exit: &Exit, entry: &State, locals: &Locals) {
        let spec = &self.function.spec;
        let at = Moment::start(entry, locals);
        for clause in &spec.no_trap {
            for way in &exit.traps {
                self.facts.at(&self.terms, way.pc);
                self.ask_not(Promise::NoTrap, clause, way.span, way.pc, at);
            }
            // A promise that is kept without any doubt is told like others.
            if exit.traps.is_empty() {
                let kept = self.terms.bool(true);
                self.ask(Promise::NoTrap, clause.span, clause.span, kept);
            }
        }
        let any = self.terms.or(exit.traps.iter().map(|way| way.pc));
        self.facts.at(&self.terms, any);
        for promise in spec.throws_when.iter().filter(|promise| promise.exactly) {
            if !exit.traps.is_empty() {
                let clause = &promise.clause;
                self.ask_not(Promise::TrapForThrow, clause, clause.span, any, at);
            }
        }
    }

    /// A condition that may hold or not where another does.
    fn perhaps(&mut self, pc: TermId) -> TermId {
        let trapped = self.terms.fresh("trapped", Sort::Bool);
        self.terms.and([pc, trapped])
    }
}

/// Whether an operation can trap, and the verifier does not know when.
fn is_blind(op: &Op) -> bool {
    match op {
        Op::Outside { what, .. } => match what {
            Outside::Call(_) | Outside::Deploy(_) | Outside::Pay | Outside::OpenError(_) => true,
            Outside::Try(_) | Outside::Balance | Outside::Unique | Outside::IsError(_) => false,
        },
        Op::Slice { .. }
        | Op::RowGet { .. }
        | Op::RowSet { .. }
        | Op::MapKey { .. }
        | Op::MapGet { .. }
        | Op::MapSet { .. }
        | Op::MapSwap { .. }
        | Op::MapTake { .. } => true,
        _ => false,
    }
}
