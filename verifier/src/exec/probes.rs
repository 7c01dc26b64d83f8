//! Questions whether a proof says anything.
//!
//! In: a function. Out: conditions of a kind of their own, for which it is bad news to hold: that no run comes to
//! a place, and that a clause holds whatever the function does.
//! Holds always: nothing that is proved hangs on them, so they may be given up soon.

use deed_base::Span;
use deed_compiler::mir::{BlockId, FnKind, Function, Inst, Op, Terminator, Ty};

use super::flow::{Body, own_result};
use super::state::State;
use super::{Conditions, Given, Moment, Run, at_the_end, named, starts_with_invariants, value};
use crate::vc::Promise;
use crate::vc::term::TermId;

/// Whether the clauses of a function, and with `init` those of the contract, hold of anything.
pub(crate) fn empty_promises(given: Given<'_>, function: &Function) -> Conditions {
    let mut run = Run::new(given, function);
    run.ask_whether_empty();
    Conditions {
        terms: run.terms,
        list: run.conditions,
        assumptions: Vec::new(),
        slices: Vec::new(),
    }
}

impl<'a> Run<'a> {
    /// Each clause between any two states, of any arguments and results. What was true before is known.
    fn ask_whether_empty(&mut self) {
        let function = self.function;
        let args = self.arguments();
        let states =
            [(); 2].map(|()| State::unknown(&mut self.terms, &mut self.facts, self.program));
        let any = |ty: &Ty| value::unknown(&mut self.terms, &mut self.facts, "result", *ty);
        let results: Vec<TermId> = function.results.iter().map(any).collect();
        let start = named(function, &args);
        let end = at_the_end(self.package, function, &start, &results);
        let [entry, now] = &states;
        self.assume_entry(entry, &start);
        for requires in &function.spec.requires {
            let fact = self.clause(&requires.clause, Moment::start(entry, &start));
            self.facts.extend(fact);
        }
        let result = own_result(function, &results);
        let at = Moment { now, locals: &end, entry: (entry, &start), result };
        let of_contract = match function.kind {
            FnKind::Init => &self.program.invariants[..],
            _ => &[],
        };
        let own = function.spec.ensures.iter().chain(of_contract);
        for clause in own.filter(|clause| !clause.span.source.is_library()) {
            if let Some(goal) = self.clause(clause, at) {
                self.add(Promise::Empty, (clause.span, clause.span), goal, None);
            }
        }
    }

    /// Whether a run comes to the return at the end of a block. Checks that never fail are no matter: some the
    /// language asks for, as in `let … else throw`.
    pub(super) fn ask_whether_left(&mut self, body: &Body<'a>, id: BlockId, pc: TermId) {
        let block = body.function.block(id);
        let leaves = matches!(block.terminator, Terminator::Return(_));
        if leaves && !does_something(body, id) {
            self.ask_whether_reached(body, block.end.span, pc);
        }
    }

    /// Whether a run comes to an arm of a choice that does something.
    pub(super) fn ask_whether_entered(&mut self, body: &Body<'a>, id: BlockId, pc: TermId) {
        if does_something(body, id) {
            let acts = body.function.block(id).insts.iter().find(|inst| is_act(&inst.op));
            let span = acts.map_or(body.function.span, |inst| inst.place.span);
            if !is_one_of_several(body, span) {
                self.ask_whether_reached(body, span, pc);
            }
        }
    }

    fn ask_whether_reached(&mut self, body: &Body<'a>, span: Span, pc: TermId) {
        if std::ptr::eq(body.function, self.function)
            && self.is_as_written()
            && !self.is_called_between()
        {
            let never = self.terms.not(pc);
            self.add(Promise::Unreached, (span, span), never, None);
        }
    }

    /// Whether the contract itself may call the function where its invariants do not hold, with which the function
    /// is proved: then a place may be reached that these exclude.
    fn is_called_between(&self) -> bool {
        let calls = |function: &Function| {
            let insts = function.blocks.iter().flat_map(|block| &block.insts);
            insts.into_iter().any(|inst| {
                matches!(inst.op, Op::Call { function, .. }
                    if std::ptr::eq(self.program.function(function), self.function))
            })
        };
        starts_with_invariants(self.function.kind) && self.program.functions.iter().any(calls)
    }

    /// Whether the function stands in the source as it is. For one type of several, and in the block of an
    /// attempt, ways may be closed that are open elsewhere.
    fn is_as_written(&self) -> bool {
        let source = self.function.source.map(|source| &self.package.functions[source]);
        source.is_some_and(|source| {
            source.name.text == *self.function.name && !source.span.source.is_library()
        })
    }
}

/// Whether a block is an arm of a choice and acts.
fn does_something(body: &Body<'_>, id: BlockId) -> bool {
    let [from] = body.cfg.predecessors[id.index()] else { return false };
    let chosen = matches!(body.function.block(from).terminator, Terminator::Branch { .. });
    chosen && body.function.block(id).insts.iter().any(|inst| is_act(&inst.op))
}

/// Whether what stands there acts in several blocks, as an assignment does that takes an entry away if the value
/// is the default: one of them may well be out of reach.
fn is_one_of_several(body: &Body<'_>, span: Span) -> bool {
    let acts = |inst: &Inst| is_act(&inst.op) && inst.place.span == span;
    let blocks = body.function.blocks.iter().filter(|block| block.insts.iter().any(acts));
    blocks.count() > 1
}

fn is_act(op: &Op) -> bool {
    matches!(
        op,
        Op::StateStore { .. }
            | Op::StateInsert { .. }
            | Op::StateRemove { .. }
            | Op::Emit { .. }
            | Op::Call { .. }
    )
}
