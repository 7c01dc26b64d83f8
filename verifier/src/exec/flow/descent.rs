//! Why loops and recursion end.
//!
//! In: the measures of a `decreases`, where a turn or a call begins and where the next one does. Out: the
//! condition that they fall.
//! Holds always: `a` is below `b` if the first measure that differs is smaller and was not negative. In this
//! order no sequence falls for ever, for each of its parts is an order of integers that ends below zero. A
//! function that may come to call itself has to fall with each call that may come back to it, so every one of
//! such a circle needs measures, as many as the others.

use deed_base::Span;
use deed_compiler::mir::{BlockId, FuncId, Function};
use deed_compiler::thir::Measure;

use super::{Body, Flow, Run, locals};
use crate::exec::{Moment, named};
use crate::vc::Promise;
use crate::vc::term::{TermId, Terms};

/// What falls, as it was where the turn or the call began; of each part whether it has a term.
pub(in crate::exec) type Measures = Vec<Option<TermId>>;

impl<'a> Run<'a> {
    /// The measures of a list at a moment.
    pub(in crate::exec) fn measures(&mut self, list: &[Measure], at: Moment<'_>) -> Measures {
        list.iter().map(|measure| self.value_of(&measure.value, at)).collect()
    }

    /// What falls with each turn of a loop, at its head.
    pub(super) fn loop_measures(
        &mut self,
        body: &Body<'a>,
        head: BlockId,
        flow: &Flow,
    ) -> Option<(&'a [Measure], Measures)> {
        let function = body.function;
        let site = function.block(head).loop_head.as_ref()?;
        let list = &site.spec.decreases[..];
        let here = std::ptr::eq(function, self.function);
        if list.is_empty() || !here || function.span.source.is_library() {
            return None;
        }
        let locals = locals(&site.locals, body);
        let at = body.moment(&flow.state, &locals);
        Some((list, self.measures(list, at)))
    }

    /// A turn ends: the measures at its end are below those at its start.
    pub(super) fn ask_turn_falls(&mut self, body: &Body<'a>, head: BlockId, flow: &Flow) {
        let Some((list, after)) = self.loop_measures(body, head, flow) else { return };
        let Some(before) = body.measures.get(&head) else { return };
        let span = over(list);
        self.ask_falls(Promise::LoopEnds, (span, span), before, &after, flow.pc);
    }

    /// A call that may come back to the function that is verified: its measures are below those here.
    pub(super) fn ask_call_falls(
        &mut self,
        body: &Body<'a>,
        callee: FuncId,
        args: &[TermId],
        flow: &Flow,
        place: Span,
    ) {
        let function = self.function;
        let own = &function.spec.decreases[..];
        let here = std::ptr::eq(body.function, function);
        if own.is_empty() || !here || !self.leads_to(callee, function) {
            return;
        }
        let program = self.program;
        let callee = program.function(callee);
        let locals = named(callee, args);
        let at = Moment::start(&flow.state, &locals);
        let after = self.measures(&callee.spec.decreases, at);
        let before = self.own_measures.clone();
        if after.len() != before.len() {
            let what =
                format!("how `{}` ends: it needs a `decreases` with as many parts", callee.name);
            self.note(what);
        }
        self.ask_falls(Promise::CallFalls, (over(own), place), &before, &after, flow.pc);
    }

    fn leads_to(&self, callee: FuncId, function: &Function) -> bool {
        let mut from = self.reachable(vec![callee]).into_iter();
        from.any(|id| std::ptr::eq(self.program.function(id), function))
    }

    fn ask_falls(
        &mut self,
        promise: Promise,
        (clause, place): (Span, Span),
        before: &[Option<TermId>],
        after: &[Option<TermId>],
        pc: TermId,
    ) {
        let pairs: Option<Vec<(TermId, TermId)>> =
            before.iter().zip(after).map(|(before, after)| before.zip(*after)).collect();
        let goal = match pairs {
            Some(pairs) if before.len() == after.len() => {
                let below = below(&mut self.terms, &pairs);
                self.terms.implies(pc, below)
            }
            _ => self.terms.bool(false),
        };
        self.ask(promise, clause, place, goal);
    }
}

/// Whether the second parts are below the first ones.
pub(in crate::exec) fn below(t: &mut Terms, pairs: &[(TermId, TermId)]) -> TermId {
    let zero = t.int(0);
    let nothing = t.bool(false);
    pairs.iter().rev().fold(nothing, |rest, (before, after)| {
        let (falls, bounded) = (t.lt(*after, *before), t.le(zero, *before));
        let falls = t.and([falls, bounded]);
        let same = t.eq(*after, *before);
        let later = t.and([same, rest]);
        t.or([falls, later])
    })
}

/// The place of all measures.
fn over(list: &[Measure]) -> Span {
    let (Some(first), Some(last)) = (list.first(), list.last()) else { return Span::default() };
    first.span.to(last.span)
}
