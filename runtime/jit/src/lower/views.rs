//! Vectors that a loop works on in place: where their elements lie is read before it.
//!
//! In: a function, its loops. Out: for each loop, the registers that it does nothing with but read and put
//! elements, those of which it puts some, and those that it accesses at a [counter](super::counted). Such a register has a [`View`] within the loop: the address of its vector, the length, and the
//! length again if no one else holds the vector, else 0. So an access is one comparison, and what has to
//! be copied first is found where an index seems to lie beyond the end.
//!
//! What a view says holds as long as the loop runs: a value does not move, who else holds it
//! works on a copy, no one comes to hold it but through the register, and where the machine puts an element,
//! the view is read anew. Attempts hold values on their own, so modules with attempts have no views.

use std::collections::HashMap;

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, InstBuilder, Value, types};
use cranelift_frontend::Variable;
use deed_bytecode::{Inst, Op, Role};

use super::Lowering;
use super::counted::Counted;
use super::graph::{Graph, successors};
use super::loops::Loop;

/// What is known of a vector in a register.
#[derive(Clone, Copy)]
pub(super) struct View {
    object: Variable,
    pub(super) length: Variable,
    pub(super) writable: Variable,
}

/// The registers that have a view in a loop, and the block that reads what they show.
pub(super) struct Viewing {
    inside: Loop,
    slots: Vec<u16>,
    /// One for each of them, once the loop has been entered.
    views: Vec<(u16, View)>,
    /// Where edges into the loop lead, and how many of them are still to be made.
    before: Block,
    waiting: u32,
    /// What it counts, if there are two copies of it.
    counted: Option<Counted>,
}

/// What an access to elements is checked against.
pub(super) struct Elements {
    /// The address of the vector.
    pub(super) object: Value,
    pub(super) length: Value,
}

impl Lowering<'_, '_> {
    /// Finds the loops that count and those whose vectors are viewed; each register in the outermost loop in
    /// which it can be. Counts the edges into these loops no longer as edges to their first blocks, but
    /// one instead, and those out of loops that count twice.
    pub(super) fn find_viewings(&mut self, graph: &Graph, waiting: &mut [u32]) {
        for inside in &graph.loops {
            let innermost = graph.loops.iter().filter(|it| inside.contains(it.header)).count() == 1;
            let counted = if innermost { self.counted(inside, graph) } else { None };
            let mut slots = self.viewable(inside);
            slots.retain(|(slot, put)| {
                let around = |it: &Viewing| it.inside.contains(inside.header);
                let seen = self.viewings.iter().any(|it| around(it) && it.slots.contains(slot));
                !seen && (*put || counted.as_ref().is_some_and(|it| it.asks_of(*slot)))
            });
            if !slots.is_empty() || counted.is_some() {
                let slots = slots.into_iter().map(|(slot, _)| slot).collect();
                let before = self.builder.create_block();
                let (inside, views) = (inside.clone(), Vec::new());
                self.viewings.push(Viewing { inside, slots, views, before, waiting: 0, counted });
            }
        }
        self.count_entrances(&graph.order, waiting);
    }

    fn count_entrances(&mut self, order: &[usize], waiting: &mut [u32]) {
        let ways = order.iter().map(|from| Some(*from));
        for from in [None].into_iter().chain(ways) {
            self.from = from;
            let targets: Vec<usize> = match from {
                Some(block) => successors(self.function, block).collect(),
                None => vec![0],
            };
            for to in targets {
                let again = u32::from(from.is_some_and(|from| self.leaves_copies(from, to)));
                match self.entrance(to) {
                    Some(at) => {
                        self.viewings[at].waiting += 1 + again;
                        waiting[to] -= 1;
                    }
                    None => waiting[to] += again,
                }
            }
        }
        self.from = None;
        for viewing in &self.viewings {
            waiting[viewing.inside.header] += 1;
        }
    }

    /// Whether the block at work is of a second copy, which seldom runs.
    pub(super) fn is_second_copy(&self, number: usize) -> bool {
        let mut copied = self.viewings.iter().filter(|it| it.counted.is_some());
        self.counting.is_none() && copied.any(|it| it.inside.contains(number))
    }

    /// Whether an edge leads out of a loop of which there are two copies.
    fn leaves_copies(&self, from: usize, to: usize) -> bool {
        let mut copied = self.viewings.iter().filter(|it| it.counted.is_some());
        copied.any(|it| it.inside.contains(from) && !it.inside.contains(to))
    }

    /// The registers that a loop only reads and puts elements of, and whether it puts some.
    pub(super) fn viewable(&self, inside: &Loop) -> Vec<(u16, bool)> {
        if self.attempts {
            return Vec::new();
        }
        let mut puts: HashMap<u16, bool> = HashMap::new();
        let mut others = Vec::new();
        for block in inside.blocks() {
            for inst in &self.function.blocks[block].code {
                let mut touched = self.touched(*inst);
                if let Some((slot, put)) = self.access(*inst) {
                    *puts.entry(slot).or_default() |= put;
                    touched.iter().position(|it| *it == slot).map(|at| touched.swap_remove(at));
                }
                others.extend(touched);
            }
        }
        others.iter().for_each(|slot| _ = puts.remove(slot));
        let mut slots: Vec<(u16, bool)> = puts.into_iter().collect();
        slots.sort_unstable();
        slots
    }

    /// The vector that an instruction reads or puts an element of, and whether it puts one.
    pub(super) fn access(&self, inst: Inst) -> Option<(u16, bool)> {
        match inst.op {
            Op::VecGet | Op::RowGet | Op::Len => Some((inst.b, false)),
            _ => self.puts(inst).then_some((inst.a, true)),
        }
    }

    /// Whether an instruction puts an element that lies in its vector as it lies in registers.
    fn puts(&self, inst: Inst) -> bool {
        match inst.op {
            Op::VecSet | Op::VecSwap => {
                let element = self.heap_type(inst).and_then(|ty| ty.element());
                element.is_some_and(|ty| ty.scalar().is_some())
            }
            Op::RowSet => self.row(inst).is_some(),
            _ => false,
        }
    }

    /// The registers of an instruction that hold heap values, each as often as it is named.
    fn touched(&self, inst: Inst) -> Vec<u16> {
        let mut slots = Vec::new();
        for (role, first) in inst.op.info().roles.into_iter().zip(inst.operands()) {
            let (Role::Def(shape) | Role::Use(shape) | Role::Take(shape) | Role::Change(shape)) =
                role
            else {
                continue;
            };
            let types = self.unit.module.types(self.function, inst, shape).unwrap_or_default();
            let held = types.at(first).filter(|(_, ty)| ty.heap().is_some());
            slots.extend(held.filter_map(|(slot, _)| slot));
        }
        slots
    }

    /// Where the edge from the block at work to another leads.
    pub(super) fn way_to(&self, number: u16) -> Block {
        match self.entrance(number.into()) {
            Some(at) => self.viewings[at].before,
            None => self.block(number),
        }
    }

    /// The loop with views that the edge from the block at work to another enters.
    fn entrance(&self, number: usize) -> Option<usize> {
        self.viewings.iter().position(|it| {
            it.inside.header == number && self.from.is_none_or(|from| !it.inside.contains(from))
        })
    }

    /// Notes that the edge from the block at work to another has been made, if it enters a loop with
    /// views; says whether it does.
    pub(super) fn enter(&mut self, number: usize) -> bool {
        let Some(at) = self.entrance(number) else { return false };
        let viewing = &mut self.viewings[at];
        viewing.waiting -= 1;
        if viewing.waiting == 0 {
            self.builder.seal_block(viewing.before);
        }
        true
    }

    /// Reads what the views of the loop that begins with a block show, before it is entered; and makes the
    /// first copy, if there are two.
    pub(super) fn view_before(
        &mut self,
        number: usize,
        graph: &Graph,
        waiting: &mut [u32],
    ) -> Option<()> {
        let Some(at) = self.viewings.iter().position(|it| it.inside.header == number) else {
            return Some(());
        };
        self.builder.switch_to_block(self.viewings[at].before);
        // What is seen here is what loops around this one show: it has no views of its own yet.
        self.known.clear();
        self.views = self.views_in(number);
        for slot in self.viewings[at].slots.clone() {
            let [object, length, writable] = [(); 3].map(|()| self.builder.declare_var(types::I64));
            let view = View { object, length, writable };
            self.viewings[at].views.push((slot, view));
            let value = self.get(slot);
            let found = self.address(value);
            let shown = self.length(found);
            self.builder.def_var(length, shown);
            self.show(view, value);
        }
        let header = self.block(number as u16);
        match self.viewings[at].counted.clone() {
            None => _ = self.builder.ins().jump(header, &[]),
            Some(counted) => self.two_copies(at, &counted, graph, waiting)?,
        }
        self.reach(waiting, number);
        Some(())
    }

    /// Leads to the two copies of a loop, and makes the first.
    fn two_copies(
        &mut self,
        at: usize,
        counted: &Counted,
        graph: &Graph,
        waiting: &mut [u32],
    ) -> Option<()> {
        let inside = self.viewings[at].inside.clone();
        self.views = self.views_in(inside.header);
        let freely = self.counts_freely(counted);
        let checked: Vec<_> =
            inside.blocks().map(|it| (it, self.blocks[it], waiting[it])).collect();
        for (block, ..) in &checked {
            self.blocks[*block] = Some(self.builder.create_block());
        }
        let header = self.block(inside.header as u16);
        let otherwise = checked.iter().find(|it| it.0 == inside.header)?.1?;
        self.builder.ins().brif(freely, header, &[], otherwise, &[]);
        self.reach(waiting, inside.header);
        self.first_copy(counted, &inside, graph, waiting)?;
        for (block, own, edges) in checked {
            (self.blocks[block], waiting[block]) = (own, edges);
        }
        Some(())
    }

    /// Notes what a view shows of a vector; all that there can be are of one length.
    pub(super) fn show(&mut self, view: View, value: Value) {
        let object = self.address(value);
        let unique = self.is_unique(object);
        let (length, none) = (self.builder.use_var(view.length), self.constant(0));
        let writable = self.builder.ins().select(unique, length, none);
        self.builder.def_var(view.object, object);
        self.builder.def_var(view.writable, writable);
    }

    /// The vector that a view shows, as a register holds it.
    pub(super) fn viewed(&mut self, view: View) -> Value {
        let (object, base) = (self.builder.use_var(view.object), self.base());
        self.builder.ins().isub(object, base)
    }

    /// Gives the registers of loops that the block at work may leave by an instruction their values back.
    pub(super) fn leave_views(&mut self, last: Inst) {
        let Some(from) = self.from.filter(|_| !self.views.is_empty()) else { return };
        let left = |it: &&Viewing| {
            let leaves = |to| !it.inside.contains(usize::from(to));
            it.inside.contains(from) && self.function.successors(last).any(leaves)
        };
        let views = self.viewings.iter().filter(left).flat_map(|it| it.views.clone());
        for (slot, view) in views.collect::<Vec<_>>() {
            let value = self.viewed(view);
            let variable = self.variable(slot);
            self.builder.def_var(variable, value);
        }
    }

    /// The views in a block.
    pub(super) fn views_in(&self, number: usize) -> HashMap<u16, View> {
        let around = self.viewings.iter().filter(|it| it.inside.contains(number));
        around.flat_map(|it| it.views.iter().copied()).collect()
    }

    /// The vector in a register.
    pub(super) fn elements(&mut self, slot: u16) -> Elements {
        match self.views.get(&slot).copied() {
            Some(view) => Elements {
                object: self.builder.use_var(view.object),
                length: self.builder.use_var(view.length),
            },
            None => {
                let object = self.object(slot);
                Elements { object, length: self.length(object) }
            }
        }
    }

    /// The place of element `inst.b` of the vector in `inst.a`, to be written to; where the vector has to
    /// be copied first, the whole instruction is the machine's. What follows is as with
    /// [`Lowering::unless`].
    pub(super) fn place(&mut self, inst: Inst, width: i64) -> Option<(Value, Block)> {
        let index = self.get(inst.b);
        let Some(view) = self.views.get(&inst.a).copied() else {
            let elements = self.elements(inst.a);
            self.check(index, elements.length);
            let unique = self.is_unique(elements.object);
            let done = self.unless(unique, inst)?;
            return Some((self.at(elements.object, index, width), done));
        };
        let object = self.builder.use_var(view.object);
        if self.is_within(inst.a, inst.b) {
            return Some((self.at(object, index, width), self.builder.create_block()));
        }
        let writable = self.builder.use_var(view.writable);
        let fits = self.builder.ins().icmp(IntCC::UnsignedLessThan, index, writable);
        let (fast, done) = self.fork(fits);
        let length = self.builder.use_var(view.length);
        self.check(index, length);
        self.cold();
        self.outside(inst)?;
        self.builder.ins().jump(done, &[]);
        self.resume(fast);
        Some((self.at(object, index, width), done))
    }
}
