//! Invariants of loops that nobody wrote.
//!
//! In: a loop of a function that must keep the contract's invariants. Out: those of them that are tried
//! as the loop's own.
//! Holds always: what is believed at the head is asked before the loop and after each turn, whether or
//! not the function is run in place; who verifies drops what does not hold and runs again, until all
//! that is left holds (Flanagan and Leino, "Houdini, an annotation assistant for ESC/Java", 2001).

use deed_compiler::mir::{BlockId, FnKind};

use super::{Body, Flow, Locals, Moment, Run};
use crate::vc::term::TermId;
use crate::vc::{Candidate, Promise};

impl<'a> Run<'a> {
    /// The candidates at a loop's head, as they read there; each is asked if `promise` is given.
    pub(super) fn try_invariants(
        &mut self,
        body: &Body<'a>,
        head: BlockId,
        flow: &Flow,
        promise: Option<Promise>,
    ) -> Vec<Option<TermId>> {
        let (mut found, nobody) = (Vec::new(), Locals::new());
        for (clause, candidate) in self.candidates(body, head) {
            let at = Moment::start(&flow.state, &nobody);
            let term = self.clause(clause, at);
            if let Some(promise) = promise {
                let holds = term.unwrap_or_else(|| self.terms.bool(false));
                let goal = self.terms.implies(flow.pc, holds);
                self.add(promise, (candidate.clause, candidate.head), goal, Some(candidate));
            }
            found.push(term);
        }
        found
    }

    fn candidates(
        &self,
        body: &Body<'a>,
        head: BlockId,
    ) -> Vec<(&'a deed_compiler::thir::Clause, Candidate)> {
        let (Some(dropped), Some(site)) = (self.dropped, &body.function.block(head).loop_head)
        else {
            return Vec::new();
        };
        let keeps = matches!(self.function.kind, FnKind::Entry | FnKind::Payable);
        if !keeps || self.written_in(body.function, &body.cfg.loop_blocks(head)).is_empty() {
            return Vec::new();
        }
        let invariants = self.program.invariants.iter();
        let candidates = invariants.map(|clause| {
            (clause, Candidate { head: site.span, clause: clause.span, template: None })
        });
        candidates.filter(|(_, candidate)| !dropped.contains(candidate)).collect()
    }
}
