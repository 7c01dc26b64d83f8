//! Loops that count: what holds in all their turns is asked once, before the first.
//!
//! In: a loop without loops in it, each turn of which adds the same to a counter and goes on while that is
//! less than an end. Out: two copies of its code. Before them stands a test, whether the gas is enough for as many
//! turns as there can be, whether no sum of the counter goes beyond its type, and whether the vectors
//! that are accessed at the counter reach to the end. If so, a copy is taken that only counts gas down and
//! does without the checks; else the one that is as code is everywhere.
//!
//! What always holds in the first copy: at the beginning of a turn the counter is less than the end, so there are no
//! more turns than from its first value to the end; a turn passes each block at most once, and nothing in it takes
//! gas but its blocks. So gas is at every place what it would be, and never falls below 0.

use std::collections::BTreeMap;

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value};
use deed_bytecode::{Inst, Op, Ty, Type};

use super::graph::{Graph, successors};
use super::loops::Loop;
use super::{Lowering, narrow, written};

/// What a loop counts.
#[derive(Clone)]
pub(super) struct Counted {
    counter: u16,
    step: u16,
    end: u16,
    ty: Ty,
    /// The most that a turn charges.
    cost: u64,
    /// How the loop accesses elements of each vector.
    accesses: BTreeMap<u16, Access>,
}

/// Accesses to elements of a vector.
#[derive(Clone, Copy, Default)]
struct Access {
    /// Whether some put one.
    puts: bool,
    /// Whether some are at the counter, before that has been counted on.
    at_counter: bool,
}

/// The first copy, while it is made.
#[derive(Clone, Copy)]
pub(super) struct Counting {
    counter: u16,
    /// Whether the counter is known to be less than the end.
    below: bool,
}

/// A loop of more blocks or instructions is not copied.
const MOST_BLOCKS: usize = 16;
const MOST_INSTRUCTIONS: usize = 128;
/// Nor one of which a turn charges more.
const MOST_COST: u64 = 1 << 32;

impl Counted {
    /// Whether it is asked before the loop how far a vector reaches.
    pub(super) fn asks_of(&self, vector: u16) -> bool {
        self.accesses.get(&vector).is_some_and(|access| access.at_counter)
    }
}

impl Lowering<'_, '_> {
    /// What a loop counts, if it has one copy more.
    pub(super) fn counted(&self, inside: &Loop, graph: &Graph) -> Option<Counted> {
        let latch = self.only_latch(inside, graph)?;
        let blocks = || inside.blocks().map(|block| &self.function.blocks[block].code);
        let code = || blocks().flatten();
        let small = blocks().count() <= MOST_BLOCKS && code().count() <= MOST_INSTRUCTIONS;
        if !small || !code().all(|inst| self.is_plain(*inst)) {
            return None;
        }
        let [.., compare, branch] = &self.function.blocks[latch].code[..] else { return None };
        let (ty, counter, end) = comparison(*compare, *branch, inside.header)?;
        let stays = |slot| !code().any(|it| self.writes(*it, slot));
        let mut counts = code().filter(|inst| self.writes(**inst, counter));
        let (Some(count), None) = (counts.next(), counts.next()) else { return None };
        let step = step(*count, ty, counter)?;
        let counted_in_latch = self.function.blocks[latch].code.iter().any(|it| it == count);
        if !counted_in_latch || !stays(end) || !stays(step) || self.known(step) == Some(0) {
            return None;
        }
        let cost = inside.blocks().try_fold(0u64, |sum, it| sum.checked_add(graph.charges[it]));
        let cost = cost.filter(|cost| *cost <= MOST_COST)?;
        let accesses = self.accesses(inside, latch, counter, *count)?;
        Some(Counted { counter, step, end, ty, cost, accesses })
    }

    /// The only block that goes back to the beginning of a loop in which nothing else goes back.
    fn only_latch(&self, inside: &Loop, graph: &Graph) -> Option<usize> {
        let order: Vec<usize> =
            graph.order.iter().copied().filter(|it| inside.contains(*it)).collect();
        let mut latch = None;
        for (place, block) in order.iter().enumerate() {
            for next in successors(self.function, *block).filter(|it| inside.contains(*it)) {
                let forward = order[place + 1..].contains(&next);
                let first = next == inside.header && latch.is_none();
                match forward {
                    true => {}
                    false if first => latch = Some(*block),
                    false => return None,
                }
            }
        }
        latch
    }

    /// Whether an instruction takes no gas beyond that of its block, in a vector that no one else holds.
    fn is_plain(&self, inst: Inst) -> bool {
        match (inst.op, inst.ty) {
            (Op::Jump | Op::Branch | Op::Assert, _) => true,
            (Op::Encode, _) => false,
            (_, Some(Type::Scalar(ty))) => narrow::is(inst, ty),
            (Op::Len, Some(Type::Heap(_))) => true,
            (Op::VecGet | Op::VecSet | Op::VecSwap, Some(Type::Heap(_))) => {
                let element = self.heap_type(inst).and_then(|ty| ty.element());
                element.is_some_and(|ty| ty.scalar().is_some())
            }
            (Op::RowGet | Op::RowSet, Some(Type::Heap(_))) => self.row(inst).is_some(),
            _ => false,
        }
    }

    fn writes(&self, inst: Inst, slot: u16) -> bool {
        written(self.unit, self.function, inst).contains(&slot)
    }

    /// The accesses to elements; `None` if some vector is put into that has no view.
    fn accesses(
        &self,
        inside: &Loop,
        latch: usize,
        counter: u16,
        count: Inst,
    ) -> Option<BTreeMap<u16, Access>> {
        let viewed = self.viewable(inside);
        let mut accesses: BTreeMap<u16, Access> = BTreeMap::new();
        for block in inside.blocks() {
            let mut counted = false;
            for inst in &self.function.blocks[block].code {
                let Some((vector, puts)) = self.access(*inst) else {
                    counted |= block == latch && *inst == count;
                    continue;
                };
                let index = if puts { inst.b } else { inst.c };
                let at_counter = !counted && inst.op != Op::Len && index == counter;
                if viewed.iter().any(|(slot, _)| *slot == vector) {
                    let access = accesses.entry(vector).or_default();
                    access.puts |= puts;
                    access.at_counter |= at_counter;
                } else if puts {
                    return None;
                }
            }
        }
        Some(accesses)
    }

    /// Whether the first copy of a loop may be entered here.
    pub(super) fn counts_freely(&mut self, counted: &Counted) -> Value {
        let [first, end, step] =
            [counted.counter, counted.end, counted.step].map(|it| self.get(it));
        let begins = self.builder.ins().icmp(IntCC::UnsignedLessThan, first, end);
        let turns = self.builder.ins().isub(end, first);
        let gas = self.builder.use_var(self.gas);
        // A turn taken to cost the next power of two, since that needs no division.
        let shift = i64::from(counted.cost.next_power_of_two().ilog2());
        let affords = self.builder.ins().ushr_imm_u(gas, shift);
        let paid = self.builder.ins().icmp(IntCC::UnsignedLessThanOrEqual, turns, affords);
        let most = self.constant(u64::MAX >> (64 - counted.ty.bits()));
        let room = self.builder.ins().isub(most, step);
        let fits = self.builder.ins().icmp(IntCC::UnsignedLessThanOrEqual, end, room);
        let goes_on = self.builder.ins().icmp_imm_u(IntCC::NotEqual, step, 0);
        let mut holds = vec![begins, paid, fits, goes_on];
        for (vector, access) in &counted.accesses {
            let Some(view) = self.views.get(vector).copied() else { continue };
            let length = self.builder.use_var(view.length);
            if access.puts {
                let writable = self.builder.use_var(view.writable);
                let unshared = self.builder.ins().icmp(IntCC::Equal, writable, length);
                holds.push(unshared);
            }
            if access.at_counter {
                let reaches = self.builder.ins().icmp(IntCC::UnsignedLessThanOrEqual, end, length);
                holds.push(reaches);
            }
        }
        let both = |all, it| self.builder.ins().band(all, it);
        holds.into_iter().reduce(both).unwrap_or(begins)
    }

    /// Makes the first copy, whose blocks the function's stand for meanwhile.
    pub(super) fn first_copy(
        &mut self,
        counted: &Counted,
        inside: &Loop,
        graph: &Graph,
        waiting: &mut [u32],
    ) -> Option<()> {
        let counting = Counting { counter: counted.counter, below: true };
        for number in graph.order.iter().filter(|it| inside.contains(**it)) {
            self.counting = Some(counting);
            self.body(*number, graph)?;
            for next in successors(self.function, *number) {
                self.arrive(waiting, next);
            }
        }
        self.counting = None;
        inside.blocks().for_each(|block| self.begun[block] = false);
        Some(())
    }

    /// Whether an index is less than the length of a vector by what was asked before the loop.
    pub(super) fn is_within(&self, vector: u16, index: u16) -> bool {
        self.views.contains_key(&vector)
            && self.counting.is_some_and(|it| it.below && it.counter == index)
    }

    /// Counts on, if that is what the instruction does in a copy in which no sum goes beyond its type.
    pub(super) fn counts_on(&mut self, inst: Inst) -> bool {
        let Some(counting) = self.counting.filter(|it| it.counter == inst.a) else { return false };
        let (x, y) = (self.get(inst.b), self.get(inst.c));
        let sum = self.builder.ins().iadd(x, y);
        self.set(inst.a, sum);
        self.counting = Some(Counting { below: false, ..counting });
        true
    }
}

/// The type, the counter and the end, if a loop goes back while the one is less than the other.
fn comparison(compare: Inst, branch: Inst, header: usize) -> Option<(Ty, u16, u16)> {
    let ty = compare.ty?.scalar()?;
    let less = compare.op == Op::Lt && ty.is_int() && !ty.is_signed() && ty.slots() == 1;
    let back = branch.op == Op::Branch
        && branch.a == compare.a
        && usize::from(branch.b) == header
        && usize::from(branch.c) != header;
    (less && back).then_some((ty, compare.b, compare.c))
}

/// What an instruction adds to the counter.
fn step(count: Inst, ty: Ty, counter: u16) -> Option<u16> {
    let sum = matches!(count.op, Op::Add | Op::WrapAdd) && count.ty == Some(ty.into());
    match (count.a == counter && sum, count.b == counter, count.c == counter) {
        (true, true, false) => Some(count.c),
        (true, false, true) => Some(count.b),
        _ => None,
    }
}
