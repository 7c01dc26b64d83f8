//! What leaves the contract, and attempts.
//!
//! In: an instruction that calls another contract, moves coins, or runs a block that may be undone. Out:
//! its results, and the state after it.
//! Holds always: another contract answers anything or throws what it may, its `init` too, and cannot enter
//! this one, which is on the stack; an attempt may fail at any time and for any reason, and then has changed nothing.

use deed_base::Span;
use deed_compiler::mir::{ErrorId, FuncId, Inst, Op, Outside};

use super::{Arrival, Body, Flow, Run, Thrown};
use crate::exec::heap;
use crate::vc::term::{Sort, TermId};

/// The variants of an attempt's result, as `Types::attempt` has them.
const DONE: u32 = 0;
const FAILED: u32 = 1;

impl<'a> Run<'a> {
    /// Runs one operation that leaves the contract or looks at a failure.
    pub(super) fn outside(&mut self, body: &mut Body<'a>, inst: &'a Inst, flow: &mut Flow) {
        let Op::Outside { what, args } = &inst.op else { unreachable!("asked by its operation") };
        let results = match what {
            Outside::Call(import) | Outside::Deploy(import) => {
                let throws = self.program.imports[import.index()].throws.clone();
                self.may_throw(body, &throws, flow, inst.place.span);
                let answer = inst.results.iter().map(|result| body.function.ty(*result));
                answer.map(|ty| self.any("answer", ty)).collect()
            }
            Outside::Try(function) => {
                let args: Vec<TermId> = args.iter().map(|arg| body.values[arg]).collect();
                self.attempt(body, *function, &args, flow, inst)
            }
            Outside::Pay => Vec::new(),
            other => self.anything(body, inst, &format!("`{}`", other.name())),
        };
        body.values.extend(inst.results.iter().copied().zip(results));
    }

    /// Goes on in two ways: where the block came to its end, with what it did, and where it failed,
    /// with what was before.
    fn attempt(
        &mut self,
        body: &Body<'a>,
        id: FuncId,
        args: &[TermId],
        flow: &mut Flow,
        inst: &Inst,
    ) -> Vec<TermId> {
        let failed = self.terms.fresh("failed", Sort::Bool);
        let failure = inst.result().and_then(|result| {
            let variants = self.program.types.variants(body.function.ty(result))?;
            variants.get(FAILED as usize)?.first().copied()
        });
        let Some(failure) = failure else { return self.anything(body, inst, "`try`") };
        let failure = self.any("failure", failure);
        let before = Flow { pc: self.terms.and([flow.pc, failed]), state: flow.state.clone() };
        let failure = heap::variant(&mut self.terms, &mut self.facts, FAILED, &[failure]);
        let mut ways = vec![Arrival::new(before, vec![failure])];
        let goes_on = self.terms.not(failed);
        for (mut flow, results) in self.attempted(body, id, args, flow) {
            flow.pc = self.terms.and([flow.pc, goes_on]);
            let done = heap::variant(&mut self.terms, &mut self.facts, DONE, &results);
            ways.push(Arrival::new(flow, vec![done]));
        }
        let met = self.meet(ways);
        *flow = met.flow;
        met.args
    }

    /// The ways in which a block comes to its end, each with its results.
    fn attempted(
        &mut self,
        body: &Body<'a>,
        id: FuncId,
        args: &[TermId],
        flow: &Flow,
    ) -> Vec<(Flow, Vec<TermId>)> {
        let callee = self.program.function(id);
        if body.depth >= super::MAX_DEPTH || self.is_recursive(id) {
            self.ask_call_falls(body, id, args, flow, callee.span);
            let mut flow = flow.clone();
            let results = self.believe(callee, args, &mut flow);
            return vec![(flow, results)];
        }
        let exit = self.body(callee, args, flow.clone(), body.depth + 1);
        exit.returns.into_iter().map(|way| (way.flow, way.results)).collect()
    }

    /// What is thrown again may be anything that an attempt of this function met.
    pub(super) fn throw_again(&mut self, body: &mut Body<'a>, pc: TermId, span: Span) {
        for error in self.caught_in(body.function) {
            let this = self.terms.fresh("thrown", Sort::Bool);
            let pc = self.terms.and([pc, this]);
            body.exit.throws.push(Thrown { pc, error, span });
        }
    }

    /// Another piece of code may end in any error of these.
    pub(super) fn may_throw(
        &mut self,
        body: &mut Body<'a>,
        errors: &[ErrorId],
        flow: &mut Flow,
        span: Span,
    ) {
        for error in errors {
            let thrown = self.terms.fresh("thrown", Sort::Bool);
            let pc = self.terms.and([flow.pc, thrown]);
            body.exit.throws.push(Thrown { pc, error: *error, span });
            let goes_on = self.terms.not(thrown);
            flow.pc = self.terms.and([flow.pc, goes_on]);
        }
    }
}
