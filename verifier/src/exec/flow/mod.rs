//! The ways through a body.
//!
//! In: a function of the middle form, its arguments, and the state and condition at its start. Out:
//! [`Exit`]: every return, throw and trap, each with its condition.
//! Holds always: the conditions of the ways out exclude one another; callees are run in place, but
//! for recursive ones, of which only the preconditions and `ensures` are used.

mod descent;
mod guess;
mod heap;
mod outside;
mod templates;
mod traps;
mod turns;

use std::collections::HashMap;

use deed_base::Span;
use deed_compiler::mir::cfg::Cfg;
use deed_compiler::mir::{
    BlockId, Claim, ClaimKind, ErrorId, FuncId, Function, Inst, LocalValues, Op, Terminator, Ty,
    ValueId,
};

pub(super) use descent::{Measures, below};
use templates::Starts;
use traps::Trapped;
use turns::{Carried, Turn};

use super::arith::{Desk, Outcome, described};
use super::counter::counter;
use super::{Locals, Moment, Run, State, at_the_end, named, starts_with_invariants, value};
use crate::vc::Promise;
use crate::vc::term::TermId;

/// Calls deeper than this are not run in place.
const MAX_DEPTH: u32 = 16;

/// The condition to be here, and the state.
#[derive(Clone)]
pub(super) struct Flow {
    pub pc: TermId,
    pub state: State,
}

/// A way that returns.
pub(super) struct Returned {
    pub flow: Flow,
    /// The function's own result, if it has one, and then its `inout` parameters.
    pub results: Vec<TermId>,
    pub span: Span,
}

/// A way that throws.
pub(super) struct Thrown {
    pub pc: TermId,
    pub error: ErrorId,
    pub span: Span,
}

/// All ways out of a body.
#[derive(Default)]
pub(super) struct Exit {
    pub returns: Vec<Returned>,
    pub throws: Vec<Thrown>,
    pub traps: Vec<Trapped>,
}

/// A way into a block.
#[derive(Clone)]
struct Arrival {
    flow: Flow,
    args: Vec<TermId>,
    /// What values are on this way that were made in several turns of a loop.
    carried: Carried,
}

impl Arrival {
    fn new(flow: Flow, args: Vec<TermId>) -> Arrival {
        Arrival { flow, args, carried: Carried::new() }
    }
}

/// The run of one body.
pub(super) struct Body<'f> {
    pub(super) function: &'f Function,
    pub(super) cfg: Cfg,
    values: HashMap<ValueId, TermId>,
    arrivals: HashMap<BlockId, Vec<Arrival>>,
    /// What falls with each turn, by the loop's head, as it was there.
    measures: HashMap<BlockId, Measures>,
    /// What the numbers of a loop were before it, by its head.
    starts: HashMap<BlockId, Starts>,
    /// Where the numbers of a loop are written down, by its head.
    slices: HashMap<BlockId, usize>,
    /// The values of loops that are run turn by turn.
    carried: Vec<ValueId>,
    /// The loop whose turn is run, and where its turns end.
    turn: Option<Turn>,
    entry: State,
    params: Locals,
    depth: u32,
    exit: Exit,
}

impl Body<'_> {
    /// A point of the body.
    fn moment<'m>(&'m self, now: &'m State, locals: &'m Locals) -> Moment<'m> {
        Moment { now, locals, entry: (&self.entry, &self.params), result: None }
    }
}

impl<'a> Run<'a> {
    /// Runs a body from `start`.
    pub(super) fn body(
        &mut self,
        function: &'a Function,
        args: &[TermId],
        start: Flow,
        depth: u32,
    ) -> Exit {
        let mut body = Body {
            function,
            cfg: Cfg::new(function),
            values: HashMap::new(),
            arrivals: HashMap::new(),
            measures: HashMap::new(),
            starts: HashMap::new(),
            slices: HashMap::new(),
            carried: Vec::new(),
            turn: None,
            entry: start.state.clone(),
            params: named(function, args),
            depth,
            exit: Exit::default(),
        };
        let arrival = Arrival::new(start, args.to_vec());
        body.arrivals.insert(BlockId::ENTRY, vec![arrival]);
        for block in body.cfg.order.clone() {
            self.block(&mut body, block);
        }
        body.exit
    }

    fn block(&mut self, body: &mut Body<'a>, id: BlockId) {
        let Some(arrivals) = body.arrivals.remove(&id) else { return };
        let block = body.function.block(id);
        let Arrival { mut flow, args, carried } = self.meet(arrivals);
        self.facts.at(&self.terms, flow.pc);
        self.ask_whether_entered(body, id, flow.pc);
        body.values.extend(carried);
        body.values.extend(block.params.iter().copied().zip(args));
        if body.cfg.latches(id).next().is_some() {
            if self.is_run_by_turns(body, id) {
                return self.run_turns(body, id, flow);
            }
            self.enter_loop(body, id, &mut flow);
        }
        self.rest(body, id, flow);
    }

    /// What a block does, and where it goes.
    fn rest(&mut self, body: &mut Body<'a>, id: BlockId, mut flow: Flow) {
        for inst in &body.function.block(id).insts {
            self.inst(body, inst, &mut flow);
        }
        self.leave(body, id, flow);
    }

    /// One way in stays as it is; of several, what differs is chosen by the way taken.
    fn meet(&mut self, mut arrivals: Vec<Arrival>) -> Arrival {
        let Some(mut met) = arrivals.pop() else { unreachable!("a block has a way in") };
        while let Some(other) = arrivals.pop() {
            let taken = other.flow.pc;
            for (value, new) in met.args.iter_mut().zip(&other.args) {
                *value = self.terms.ite(taken, *new, *value);
            }
            for (id, new) in other.carried {
                let old = met.carried.entry(id).or_insert(new);
                *old = self.terms.ite(taken, new, *old);
            }
            let (terms, facts) = (&mut self.terms, &mut self.facts);
            let state = State::either(terms, facts, taken, &other.flow.state, &met.flow.state);
            met.flow = Flow { pc: self.terms.either(taken, met.flow.pc), state };
        }
        met
    }

    fn leave(&mut self, body: &mut Body<'a>, id: BlockId, flow: Flow) {
        let block = body.function.block(id);
        self.ask_whether_left(body, id, flow.pc);
        match &block.terminator {
            Terminator::Jump(edge) => self.follow(body, id, edge.target, &edge.args, flow),
            Terminator::Branch { condition, then, otherwise } => {
                let condition = body.values[condition];
                let not = self.terms.not(condition);
                for (edge, taken) in [(then, condition), (otherwise, not)] {
                    let pc = self.terms.and([flow.pc, taken]);
                    let flow = Flow { pc, state: flow.state.clone() };
                    self.follow(body, id, edge.target, &edge.args, flow);
                }
            }
            // The verifier reads programs as they were written, and there is no switch in these.
            Terminator::Switch { .. } => unreachable!("only the optimiser makes a switch"),
            Terminator::Return(results) => {
                let results = results.iter().map(|value| body.values[value]).collect();
                body.exit.returns.push(Returned { flow, results, span: block.end.span });
            }
            Terminator::Throw { error, .. } => {
                body.exit.throws.push(Thrown { pc: flow.pc, error: *error, span: block.end.span });
            }
            Terminator::Fail(_) => {
                self.throw_again(body, flow.pc, block.end.span);
                self.trap_again(body, flow.pc, block.end.span);
            }
            Terminator::Trap(kind) => self.end_in_trap(body, *kind, flow.pc, block.end.span),
        }
    }

    fn follow(
        &mut self,
        body: &mut Body<'a>,
        from: BlockId,
        to: BlockId,
        args: &[ValueId],
        flow: Flow,
    ) {
        let args: Vec<TermId> = args.iter().map(|arg| body.values[arg]).collect();
        let known = body.carried.iter().filter_map(|id| Some((*id, *body.values.get(id)?)));
        let carried = known.collect();
        let arrival = Arrival { flow, args, carried };
        match &mut body.turn {
            Some(turn) if !turn.goes_on(to) => self.leave_turn(body, from, to, arrival),
            _ if body.cfg.is_back_edge(from, to) => {
                self.turn_loop(body, to, &arrival.args, &arrival.flow);
            }
            _ => body.arrivals.entry(to).or_default().push(arrival),
        }
    }

    /// The loop's invariants hold; everything the loop changes is forgotten but for them.
    fn enter_loop(&mut self, body: &mut Body<'a>, head: BlockId, flow: &mut Flow) {
        self.ask_start(body, head, flow);
        let before = flow.pc;
        let starts = params(body, head);
        self.forget_turns(body, head, &starts, flow);
        self.see_slice(body, head, before, flow);
        self.believe_loop(body, head, flow);
    }

    /// The invariants at a head of which everything is known.
    fn ask_start(&mut self, body: &mut Body<'a>, head: BlockId, flow: &Flow) {
        self.ask_loop(body, head, flow, Promise::LoopStart);
        self.try_invariants(body, head, flow, Some(Promise::LoopStart));
        if !body.starts.contains_key(&head) {
            let numbers = self.numbers(body, head, flow);
            body.starts.insert(head, numbers);
        }
        self.try_templates(body, head, flow, Some(Promise::LoopStart));
    }

    /// Any number of turns after the loop began with `starts` in its parameters.
    fn forget_turns(
        &mut self,
        body: &mut Body<'a>,
        head: BlockId,
        starts: &[TermId],
        flow: &mut Flow,
    ) {
        let function = body.function;
        for param in &function.block(head).params {
            let data = function.value(*param);
            let name = data.name.as_deref().unwrap_or("loop");
            let fresh = value::unknown(&mut self.terms, &mut self.facts, name, data.ty);
            body.values.insert(*param, fresh);
        }
        for field in self.written_in(function, &body.cfg.loop_blocks(head)) {
            flow.state.forget(&mut self.terms, &mut self.facts, self.program, field);
        }
        self.believe_counter(body, head, starts);
    }

    /// The invariants hold at a head.
    fn believe_loop(&mut self, body: &mut Body<'a>, head: BlockId, flow: &mut Flow) {
        let invariants = self.loop_clauses(body, head, flow);
        let tried = self.try_invariants(body, head, flow, None);
        let guessed = self.try_templates(body, head, flow, None);
        for invariant in invariants.into_iter().chain(tried).flatten().chain(guessed) {
            flow.pc = self.terms.and([flow.pc, invariant]);
        }
        if let Some((_, measures)) = self.loop_measures(body, head, flow) {
            body.measures.insert(head, measures);
        }
    }

    /// Where a loop counts, what holds of its counter.
    fn believe_counter(&mut self, body: &Body<'a>, head: BlockId, starts: &[TermId]) {
        let Some(found) = counter(body.function, &body.cfg, head) else { return };
        let count = body.values[&body.function.block(head).params[found.param]];
        let (start, bound) = (starts[found.param], body.values[&found.bound]);
        let from = self.terms.le(start, count);
        let (to, none) = (self.terms.le(count, bound), self.terms.eq(count, start));
        let to = self.terms.or([to, none]);
        let law = self.terms.and([from, to]);
        self.facts.here(&mut self.terms, law);
    }

    /// A turn of the loop keeps the invariants.
    fn turn_loop(&mut self, body: &mut Body<'a>, head: BlockId, args: &[TermId], flow: &Flow) {
        self.facts.at(&self.terms, flow.pc);
        let params = body.function.block(head).params.clone();
        let here: Vec<_> = params.iter().map(|param| body.values[param]).collect();
        body.values.extend(params.iter().copied().zip(args.iter().copied()));
        self.ask_loop(body, head, flow, Promise::LoopStep);
        self.try_invariants(body, head, flow, Some(Promise::LoopStep));
        self.try_templates(body, head, flow, Some(Promise::LoopStep));
        self.ask_turn_falls(body, head, flow);
        self.see_turn(body, head, flow);
        body.values.extend(params.into_iter().zip(here));
    }

    fn ask_loop(&mut self, body: &Body<'a>, head: BlockId, flow: &Flow, promise: Promise) {
        let function = body.function;
        let Some(site) = &function.block(head).loop_head else { return };
        let locals = locals(&site.locals, body);
        for clause in &site.spec.invariants {
            let at = body.moment(&flow.state, &locals);
            self.ask_clause(promise, clause, clause.span, flow.pc, at);
        }
    }

    fn loop_clauses(&mut self, body: &Body<'a>, head: BlockId, flow: &Flow) -> Vec<Option<TermId>> {
        let function = body.function;
        let Some(site) = &function.block(head).loop_head else { return Vec::new() };
        let locals = locals(&site.locals, body);
        let at = body.moment(&flow.state, &locals);
        site.spec.invariants.iter().map(|clause| self.clause(clause, at)).collect()
    }

    fn inst(&mut self, body: &mut Body<'a>, inst: &'a Inst, flow: &mut Flow) {
        self.facts.at(&self.terms, flow.pc);
        let before = flow.pc;
        let value = match &inst.op {
            Op::Const(value) => Some(value::constant(&mut self.terms, value)),
            Op::Context(field) => Some(self.context[field]),
            Op::Unary { .. } | Op::Binary { .. } | Op::Cast { .. } => {
                Some(self.arithmetic(body, inst, flow))
            }
            Op::Call { function, args } => {
                let args: Vec<TermId> = args.iter().map(|arg| body.values[arg]).collect();
                let results = self.call(body, *function, &args, flow, inst.place.span);
                body.values.extend(inst.results.iter().copied().zip(results));
                None
            }
            Op::Emit { .. } => None,
            Op::Assert { condition } => {
                let condition = body.values[condition];
                let goal = self.terms.implies(flow.pc, condition);
                self.ask(Promise::Assert, inst.place.span, inst.place.span, goal);
                flow.pc = self.terms.and([flow.pc, condition]);
                None
            }
            Op::Claim(id) => {
                let function = body.function;
                self.claim(body, &function.claims[id.index()], flow);
                if function.claims[id.index()].kind == ClaimKind::Assert {
                    self.stop_between(body, before, flow.pc, inst.place.span);
                }
                None
            }
            Op::StateLoad { .. }
            | Op::StateHas { .. }
            | Op::StateStore { .. }
            | Op::StateInsert { .. }
            | Op::StateRemove { .. } => self.state_op(body, inst, flow),
            Op::Outside { .. } => {
                self.outside(body, inst, flow);
                None
            }
            _ => {
                self.heap_op(body, inst, flow);
                None
            }
        };
        if let (Some(result), Some(value)) = (inst.result(), value) {
            body.values.insert(result, value);
        }
        self.see_trap(body, inst, before, flow);
    }

    /// What is claimed is asked or noted, and from here on believed.
    fn claim(&mut self, body: &Body<'a>, claim: &'a Claim, flow: &mut Flow) {
        let locals = locals(&claim.locals, body);
        let at = body.moment(&flow.state, &locals);
        match claim.kind {
            ClaimKind::Assert => {
                let span = claim.clause.span;
                self.ask_clause(Promise::Assert, &claim.clause, span, flow.pc, at);
            }
            ClaimKind::Assume => self.assumed(&claim.clause),
        }
        if let Some(term) = self.clause(&claim.clause, at) {
            flow.pc = self.terms.and([flow.pc, term]);
        }
    }

    fn arithmetic(&mut self, body: &Body<'a>, inst: &Inst, flow: &mut Flow) -> TermId {
        let function = body.function;
        let mut desk = Desk { terms: &mut self.terms, facts: &mut self.facts };
        let Outcome { value, ok, modelled } = match &inst.op {
            Op::Unary { op, arg } => desk.unary(*op, body.values[arg], function.ty(*arg)),
            Op::Binary { op, left, right } => {
                desk.binary(*op, body.values[left], body.values[right], function.ty(*left))
            }
            Op::Cast { arg } => match inst.result() {
                Some(result) => desk.cast(body.values[arg], function.ty(result)),
                None => unreachable!("a cast gives a value"),
            },
            _ => unreachable!("only arithmetic comes here"),
        };
        if !modelled {
            self.note(described(&inst.op));
        }
        flow.pc = self.terms.and([flow.pc, ok]);
        value
    }

    fn state_op(&mut self, body: &Body<'a>, inst: &Inst, flow: &mut Flow) -> Option<TermId> {
        let (terms, facts, program) = (&mut self.terms, &mut self.facts, self.program);
        let terms_of = |ids: &[ValueId]| ids.iter().map(|id| body.values[id]).collect::<Vec<_>>();
        match &inst.op {
            Op::StateLoad { field, keys } => {
                let place = (program.field(*field), *field);
                let keys = terms_of(keys);
                if place.0.default.is_none() {
                    let present = flow.state.has(terms, place, &keys);
                    flow.pc = terms.and([flow.pc, present]);
                }
                Some(flow.state.read(terms, facts, place, &keys))
            }
            Op::StateStore { field, keys, value } => {
                let place = (program.field(*field), *field);
                flow.state.write(terms, facts, place, &terms_of(keys), body.values[value]);
                None
            }
            Op::StateHas { field, keys } => {
                Some(flow.state.has(terms, (program.field(*field), *field), &terms_of(keys)))
            }
            Op::StateInsert { field, keys, value } => {
                let place = (program.field(*field), *field);
                let keys = terms_of(keys);
                let present = flow.state.has(terms, place, &keys);
                let absent = terms.not(present);
                flow.pc = terms.and([flow.pc, absent]);
                flow.state.write(terms, facts, place, &keys, body.values[value]);
                None
            }
            Op::StateRemove { field, keys } => {
                let place = (program.field(*field), *field);
                flow.state.remove(terms, facts, place, &terms_of(keys));
                None
            }
            _ => unreachable!("only state operations come here"),
        }
    }

    /// Runs the callee in place; a way of it that throws or traps is no way on.
    fn call(
        &mut self,
        body: &mut Body<'a>,
        id: FuncId,
        args: &[TermId],
        flow: &mut Flow,
        span: Span,
    ) -> Vec<TermId> {
        let program = self.program;
        let callee = program.function(id);
        self.ask_requires(callee, args, flow, span);
        if body.depth >= MAX_DEPTH || self.is_recursive(id) {
            self.ask_call_falls(body, id, args, flow, span);
            self.ask_invariants(callee, flow, span);
            // Not run in place: it may end in any error that it can throw.
            let errors = self.throws_of(id);
            self.may_throw(body, &errors, flow, span);
            self.may_trap(body, id, args, flow, span);
            return self.believe(callee, args, flow);
        }
        let quiet = self.quiet;
        self.quiet |= !starts_with_invariants(callee.kind);
        let exit = self.body(callee, args, flow.clone(), body.depth + 1);
        self.quiet = quiet;
        let throws = exit.throws.into_iter().map(|thrown| Thrown { span, ..thrown });
        body.exit.throws.extend(throws);
        self.trap_inside(body, exit.traps, span);
        let arrivals: Vec<Arrival> =
            exit.returns.into_iter().map(|way| Arrival::new(way.flow, way.results)).collect();
        if arrivals.is_empty() {
            flow.pc = self.terms.bool(false);
            return callee.results.iter().map(|ty| value::zero(&mut self.terms, *ty)).collect();
        }
        let met = self.meet(arrivals);
        *flow = met.flow;
        met.args
    }

    fn ask_requires(&mut self, callee: &'a Function, args: &[TermId], flow: &Flow, span: Span) {
        let locals = named(callee, args);
        for requires in &callee.spec.requires {
            let at = Moment::start(&flow.state, &locals);
            self.ask_clause(Promise::Requires, &requires.clause, span, flow.pc, at);
        }
    }

    /// What a function that starts with the contract's invariants promises was proved with them.
    fn ask_invariants(&mut self, callee: &'a Function, flow: &Flow, span: Span) {
        if !starts_with_invariants(callee.kind) {
            return;
        }
        let locals = Locals::new();
        for clause in &self.program.invariants {
            let at = Moment::start(&flow.state, &locals);
            self.ask_clause(Promise::Requires, clause, span, flow.pc, at);
        }
    }

    /// A callee by its contract alone: what it may write is forgotten, what it promises holds.
    fn believe(&mut self, callee: &'a Function, args: &[TermId], flow: &mut Flow) -> Vec<TermId> {
        let before = flow.state.clone();
        for field in self.writes_of(callee) {
            flow.state.forget(&mut self.terms, &mut self.facts, self.program, field);
        }
        let any = |ty: &Ty| value::unknown(&mut self.terms, &mut self.facts, &callee.name, *ty);
        let results: Vec<TermId> = callee.results.iter().map(any).collect();
        let result = own_result(callee, &results);
        let start = named(callee, args);
        let locals = at_the_end(self.package, callee, &start, &results);
        for clause in &callee.spec.ensures {
            let at = Moment { now: &flow.state, locals: &locals, entry: (&before, &start), result };
            if let Some(promise) = self.clause(clause, at) {
                flow.pc = self.terms.and([flow.pc, promise]);
            }
        }
        results
    }
}

/// The parameters of a block as they are.
fn params(body: &Body<'_>, block: BlockId) -> Vec<TermId> {
    body.function.block(block).params.iter().map(|param| body.values[param]).collect()
}

/// What `result` names.
pub(super) fn own_result(function: &Function, results: &[TermId]) -> Option<TermId> {
    function.own_result().and_then(|_| results.first().copied())
}

fn locals(site: &LocalValues, body: &Body<'_>) -> Locals {
    let known = site.iter().filter_map(|(local, value)| Some((*local, *body.values.get(value)?)));
    known.collect()
}
