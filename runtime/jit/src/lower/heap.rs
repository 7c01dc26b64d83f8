//! Operators on heap values that take a few instructions: lengths, tags, owners, elements and
//! fields of values that no one else holds. Where one needs memory, a copy or a value let go, it
//! is the machine's; and so is everything that gives a value another owner or takes one away, in modules
//! with attempts, since an attempt that fails gives owners back.
//!
//! What lies where is said by [`deed_runtime::tier::layout`]. A reference is an offset from the
//! heap's base, which the context holds and which does not move; a check has made sure of every
//! index before it becomes an address.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, InstBuilder, MemFlagsData, Type as ClifType, Value, types};
use deed_bytecode::{HeapType, Inst, Op, TrapKind, Ty, Type};
use deed_runtime::tier::layout;

use super::views::Elements;
use super::{Lowering, RARE};
use crate::native::offset;

const FLAGS: MemFlagsData = MemFlagsData::new().with_notrap();

impl Lowering<'_, '_> {
    /// An operator that carries a heap type.
    pub(super) fn heap(&mut self, inst: Inst) -> Option<()> {
        use Op::*;
        if self.attempts && self.counts_owners(inst) || self.lies_in_vector(inst) {
            return self.outside(inst);
        }
        match inst.op {
            Mov => {
                let value = self.get(inst.b);
                self.set(inst.a, value);
            }
            Len => {
                let length = match self.views.contains_key(&inst.b) {
                    true => self.elements(inst.b).length,
                    false => {
                        let object = self.object(inst.b);
                        self.word(object, layout::LENGTH)
                    }
                };
                self.set(inst.a, length);
            }
            EnumTag => {
                let variant = self.variant(inst)?;
                self.set(inst.a, variant);
            }
            IsUnique => {
                let object = self.object(inst.b);
                let unique = self.is_unique(object);
                let unique = self.builder.ins().uextend(types::I64, unique);
                self.set(inst.a, unique);
            }
            Dup => {
                let value = self.get(inst.b);
                let done = self.add_owner(value, inst)?;
                self.set(inst.a, value);
                self.go_on(done);
            }
            Drop => return self.drop(inst),
            VecGet => return self.vec_get(inst),
            VecSet | VecSwap => return self.vec_set(inst),
            VecPush => return self.vec_push(inst),
            VecPop => return self.vec_pop(inst),
            RowGet => return self.row_get(inst),
            RowSet => return self.row_set(inst),
            RowPush => return self.row_push(inst),
            RecordGet => return self.record_get(inst),
            RecordSet => return self.record_set(inst),
            _ => return self.outside(inst),
        }
        Some(())
    }

    /// Whether the operator changes how many owners a value has.
    fn counts_owners(&self, inst: Inst) -> bool {
        match inst.op {
            Op::Dup | Op::Drop => true,
            Op::VecGet => self.heap_type(inst).and_then(HeapType::element).is_some_and(is_heap),
            Op::RecordGet => self.field(inst, inst.c).is_some_and(|(ty, _)| is_heap(ty)),
            _ => false,
        }
    }

    /// Whether the operator works on elements that lie in their vector in a form of their own.
    fn lies_in_vector(&self, inst: Inst) -> bool {
        let element = match inst.op {
            Op::VecGet | Op::VecSet | Op::VecSwap | Op::VecPush | Op::VecPop => {
                self.heap_type(inst).and_then(HeapType::element)
            }
            _ => None,
        };
        element.is_some_and(|it| layout::lies_in_vector(&self.unit.module.types, it))
    }

    pub(super) fn heap_type(&self, inst: Inst) -> Option<&HeapType> {
        self.unit.module.heap_type(inst.ty?)
    }

    /// The address of the value in a register.
    pub(super) fn object(&mut self, slot: u16) -> Value {
        let value = self.get(slot);
        self.address(value)
    }

    pub(super) fn address(&mut self, value: Value) -> Value {
        let base = self.base();
        self.builder.ins().iadd(base, value)
    }

    /// Where heap values lie.
    pub(super) fn base(&mut self) -> Value {
        let flags = MemFlagsData::trusted().with_readonly().with_can_move();
        self.builder.ins().load(types::I64, flags, self.seen, offset::HEAP)
    }

    /// A word of a value's header.
    fn word(&mut self, object: Value, word: i32) -> Value {
        self.builder.ins().uload32(FLAGS, object, word)
    }

    pub(super) fn set_word(&mut self, object: Value, word: i32, value: Value) {
        self.builder.ins().istore32(FLAGS, value, object, word);
    }

    /// The owners or the shape of a value.
    fn half(&mut self, object: Value, at: i32) -> Value {
        self.builder.ins().uload16(types::I64, FLAGS, object, at)
    }

    fn set_half(&mut self, object: Value, at: i32, value: Value) {
        self.builder.ins().istore16(FLAGS, value, object, at);
    }

    pub(super) fn is_unique(&mut self, object: Value) -> Value {
        let count = self.half(object, layout::COUNT);
        self.builder.ins().icmp_imm_u(IntCC::Equal, count, 1)
    }

    fn drop(&mut self, inst: Inst) -> Option<()> {
        let object = self.object(inst.a);
        let count = self.half(object, layout::COUNT);
        // One comparison: more than one, and fewer than many.
        let others = self.builder.ins().iadd_imm_s(count, -2);
        let most = i64::from(layout::MANY) - 2;
        let shared = self.builder.ins().icmp_imm_u(IntCC::UnsignedLessThan, others, most);
        let done = self.unless(shared, inst)?;
        let fewer = self.builder.ins().iadd_imm_s(count, -1);
        self.set_half(object, layout::COUNT, fewer);
        self.go_on(done);
        Some(())
    }

    /// Adds an owner, or leaves the instruction to the machine where there are many. What follows is
    /// the first case, as with [`Lowering::unless`].
    fn add_owner(&mut self, value: Value, inst: Inst) -> Option<Block> {
        let object = self.address(value);
        let count = self.half(object, layout::COUNT);
        let most = i64::from(layout::MANY);
        let few = self.builder.ins().icmp_imm_u(IntCC::UnsignedLessThan, count, most);
        let done = self.unless(few, inst)?;
        let more = self.builder.ins().iadd_imm_u(count, 1);
        self.set_half(object, layout::COUNT, more);
        Some(done)
    }

    /// The number of an enum's variant.
    fn variant(&mut self, inst: Inst) -> Option<Value> {
        let first = self.unit.shapes.first(inst.ty?.heap()?);
        let object = self.object(inst.b);
        let Some(first) = first else { return Some(self.word(object, layout::LENGTH)) };
        let shape = self.half(object, layout::SHAPE);
        Some(self.builder.ins().iadd_imm_s(shape, -i64::from(first)))
    }

    /// Leaves the instruction to the machine unless the condition holds. What follows is the case
    /// in which it does, until [`Lowering::go_on`] with the block that is given here.
    pub(super) fn unless(&mut self, condition: Value, inst: Inst) -> Option<Block> {
        let (fast, done) = self.fork(condition);
        self.outside(inst)?;
        self.builder.ins().jump(done, &[]);
        self.resume(fast);
        Some(done)
    }

    /// Goes on where the condition does not hold; gives the block for where it does, and one for
    /// both to go on in.
    pub(super) fn fork(&mut self, condition: Value) -> (Block, Block) {
        let (fast, slow) = (self.builder.create_block(), self.builder.create_block());
        self.builder.set_cold_block(slow);
        self.builder.ins().brif(condition, fast, &[], slow, &[]);
        self.builder.seal_block(fast);
        self.builder.seal_block(slow);
        self.builder.switch_to_block(slow);
        self.mark(RARE);
        (fast, self.builder.create_block())
    }

    /// Goes on where a condition holds, as it mostly does.
    pub(super) fn resume(&mut self, block: Block) {
        self.builder.switch_to_block(block);
        self.mark(self.depth);
    }

    pub(super) fn go_on(&mut self, done: Block) {
        self.builder.ins().jump(done, &[]);
        self.builder.seal_block(done);
        self.builder.switch_to_block(done);
    }

    /// Reads a part of a value into the first registers of the instruction; a heap value has one more
    /// owner then.
    fn load(&mut self, ty: Type, address: Value, at: i32, inst: Inst) -> Option<()> {
        match ty {
            Type::Scalar(ty) => {
                let values = self.load_scalar(ty, address, at);
                self.set_all(inst.a, &values);
            }
            Type::Heap(_) => {
                let value = self.word(address, at);
                let done = self.add_owner(value, inst)?;
                self.set(inst.a, value);
                self.go_on(done);
            }
        }
        Some(())
    }

    pub(super) fn load_scalar(&mut self, ty: Ty, address: Value, at: i32) -> Vec<Value> {
        let ins = self.builder.ins();
        let one = match (ty.bytes(), ty.is_signed()) {
            (1, false) => ins.uload8(types::I64, FLAGS, address, at),
            (1, true) => ins.sload8(types::I64, FLAGS, address, at),
            (2, false) => ins.uload16(types::I64, FLAGS, address, at),
            (2, true) => ins.sload16(types::I64, FLAGS, address, at),
            (4, false) => ins.uload32(FLAGS, address, at),
            (4, true) => ins.sload32(FLAGS, address, at),
            _ => {
                let slots = 0..i32::from(ty.slots());
                let load =
                    |slot| self.builder.ins().load(types::I64, FLAGS, address, at + 8 * slot);
                return slots.map(load).collect();
            }
        };
        vec![one]
    }

    pub(super) fn store_scalar(&mut self, ty: Ty, address: Value, at: i32, from: u16) {
        let values = self.get_all(from, ty.slots());
        for (slot, value) in (0i32..).zip(values) {
            // A constant then is part of the instruction.
            let value = match ClifType::int_with_byte_size(ty.bytes() as u16) {
                Some(narrow) if narrow.bits() < 64 => self.builder.ins().ireduce(narrow, value),
                _ => value,
            };
            self.builder.ins().store(FLAGS, value, address, at + 8 * slot);
        }
    }

    /// The address of an element before the header is added, once the index is known to be one.
    pub(super) fn element(&mut self, slot: u16, index: u16, width: i64) -> Value {
        let Elements { object, length } = self.elements(slot);
        let within = self.is_within(slot, index);
        let index = self.get(index);
        if !within {
            self.check(index, length);
        }
        self.at(object, index, width)
    }

    /// Traps unless an index is less than a length.
    pub(super) fn check(&mut self, index: Value, length: Value) {
        let beyond = self.builder.ins().icmp(IntCC::UnsignedGreaterThanOrEqual, index, length);
        self.trap_if(beyond, TrapKind::OutOfBounds);
    }

    /// The length of a vector, to be checked against here. Where compiled code changes none in place, the
    /// vector that a register refers to keeps its length for as long as the register has this value:
    /// who else holds it works on a copy, and what the machine changes comes back as a new value. So the
    /// length can be read once, before a loop.
    pub(super) fn length(&mut self, object: Value) -> Value {
        if !self.lengths_stay {
            return self.word(object, layout::LENGTH);
        }
        let flags = FLAGS.with_readonly().with_can_move();
        let length = self.builder.ins().load(types::I32, flags, object, layout::LENGTH);
        self.builder.ins().uextend(types::I64, length)
    }

    /// The address of an element of so many bytes, before the header is added.
    pub(super) fn at(&mut self, object: Value, index: Value, width: i64) -> Value {
        let offset = self.builder.ins().imul_imm_u(index, width);
        self.builder.ins().iadd(object, offset)
    }

    fn vec_get(&mut self, inst: Inst) -> Option<()> {
        let ty = self.heap_type(inst)?.element()?;
        let element = self.element(inst.b, inst.c, bytes(ty));
        self.load(ty, element, layout::HEADER, inst)
    }

    /// Puts an element, or exchanges it.
    fn vec_set(&mut self, inst: Inst) -> Option<()> {
        let Type::Scalar(ty) = self.heap_type(inst)?.element()? else { return self.outside(inst) };
        let (address, done) = self.place(inst, bytes(ty.into()))?;
        let old = match inst.op {
            Op::VecSwap => self.load_scalar(ty, address, layout::HEADER),
            _ => Vec::new(),
        };
        self.store_scalar(ty, address, layout::HEADER, inst.c);
        self.set_all(inst.c, &old);
        self.go_on(done);
        Some(())
    }

    fn vec_push(&mut self, inst: Inst) -> Option<()> {
        let element = self.heap_type(inst)?.element()?;
        let object = self.object(inst.a);
        let (length, end, done) = self.room(object, bytes(element), inst)?;
        let address = self.at(object, length, bytes(element));
        match element {
            Type::Scalar(ty) => self.store_scalar(ty, address, layout::HEADER, inst.b),
            Type::Heap(_) => {
                let value = self.get(inst.b);
                self.set_word(address, layout::HEADER, value);
            }
        }
        self.set_word(object, layout::LENGTH, end);
        self.go_on(done);
        Some(())
    }

    /// Leaves the instruction to the machine unless a vector that no one else holds has room for an
    /// element more; gives its length, and that with the element. What follows is as with
    /// [`Lowering::unless`].
    pub(super) fn room(
        &mut self,
        object: Value,
        width: i64,
        inst: Inst,
    ) -> Option<(Value, Value, Block)> {
        let (length, capacity) =
            (self.word(object, layout::LENGTH), self.word(object, layout::CAPACITY));
        let unique = self.is_unique(object);
        let end = self.builder.ins().iadd_imm_u(length, 1);
        let need = self.builder.ins().imul_imm_u(end, width);
        let fits = self.builder.ins().icmp(IntCC::UnsignedLessThanOrEqual, need, capacity);
        let both = self.builder.ins().band(unique, fits);
        let done = self.unless(both, inst)?;
        Some((length, end, done))
    }

    /// Takes the last element of a value that no one else holds; the owner moves with it.
    fn vec_pop(&mut self, inst: Inst) -> Option<()> {
        let element = self.heap_type(inst)?.element()?;
        let object = self.object(inst.b);
        let length = self.word(object, layout::LENGTH);
        let empty = self.builder.ins().icmp_imm_u(IntCC::Equal, length, 0);
        self.trap_if(empty, TrapKind::OutOfBounds);
        let unique = self.is_unique(object);
        let done = self.unless(unique, inst)?;
        let last = self.builder.ins().iadd_imm_s(length, -1);
        let address = self.at(object, last, bytes(element));
        self.set_word(object, layout::LENGTH, last);
        match element {
            Type::Scalar(ty) => {
                let values = self.load_scalar(ty, address, layout::HEADER);
                self.set_all(inst.a, &values);
            }
            Type::Heap(_) => {
                let value = self.word(address, layout::HEADER);
                self.set(inst.a, value);
            }
        }
        self.go_on(done);
        Some(())
    }

    /// A field of a record: its type and where it lies behind the header.
    fn field(&self, inst: Inst, index: u16) -> Option<(Type, i32)> {
        let HeapType::Record { fields, .. } = self.heap_type(inst)? else { return None };
        let (before, rest) = fields.split_at_checked(index.into())?;
        let at: usize = before.iter().map(|ty| layout::bytes(*ty)).sum();
        let header = match self.unit.shapes.first(inst.ty?.heap()?) {
            Some(_) => layout::FIELDS,
            None => layout::HEADER,
        };
        Some((*rest.first()?, header + i32::try_from(at).ok()?))
    }

    fn record_get(&mut self, inst: Inst) -> Option<()> {
        let (ty, at) = self.field(inst, inst.c)?;
        let object = self.object(inst.b);
        self.load(ty, object, at, inst)
    }

    fn record_set(&mut self, inst: Inst) -> Option<()> {
        let (ty, at) = self.field(inst, inst.b)?;
        let Type::Scalar(ty) = ty else { return self.outside(inst) };
        let object = self.object(inst.a);
        let unique = self.is_unique(object);
        let done = self.unless(unique, inst)?;
        self.store_scalar(ty, object, at, inst.c);
        self.go_on(done);
        Some(())
    }
}

/// Bytes of an element.
fn bytes(ty: Type) -> i64 {
    layout::bytes(ty) as i64
}

fn is_heap(ty: Type) -> bool {
    ty.heap().is_some()
}
