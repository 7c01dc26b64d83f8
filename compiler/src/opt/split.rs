//! Scalar replacement: records and enums that never leave a function become their parts.
//!
//! Holds always: values are split together with all that they meet at blocks, or not at all. All
//! members of such a web are made here or read from a vector, and nothing is done with them but
//! reading and replacing parts and putting them into vectors. Of an enum only one with few plain parts
//! is split: a part of another variant than the present one is filled with a constant.

use std::collections::BTreeMap;

use deed_bytecode::Type;

use super::rewrite::Substitution;
use crate::mir::cfg::Cfg;
use crate::mir::{
    BlockId, Const, Edge, Function, HeapType, Inst, IntTy, Op, Place, Program, Terminator, Ty,
    Types, ValueData, ValueId, compact,
};

/// At most so many parts: they all move where the value moved before.
const PARTS: usize = 8;

/// Elements of vectors with more slots are left whole.
const ROW: u16 = 8;

/// Values inside values are followed so deep.
const ROUNDS: u32 = 4;

pub(super) fn run(program: &mut Program) {
    let Program { types, functions, .. } = program;
    for function in functions {
        // What is held by a value that is split may be split next.
        for _ in 0..ROUNDS {
            let webs = Webs::new(types, function);
            if !webs.is_any_split() {
                break;
            }
            Splitter::new(types, function, &webs).run();
            compact(function);
        }
    }
}

/// Sets of values that are split together, as a forest; a root names its set.
struct Webs {
    parent: Vec<u32>,
    /// By root.
    whole: Vec<bool>,
    splittable: Vec<bool>,
}

impl Webs {
    fn new(types: &Types, function: &Function) -> Webs {
        let count = function.values.len();
        let mut webs = Webs {
            parent: (0..count as u32).collect(),
            whole: vec![false; count],
            splittable: function.values.iter().map(|value| has_parts(types, value.ty)).collect(),
        };
        for param in function.params() {
            webs.keep(*param);
        }
        for block in &function.blocks {
            block.insts.iter().for_each(|inst| webs.inst(types, function, inst));
            webs.end(function, &block.terminator);
        }
        webs.settle();
        webs
    }

    fn inst(&mut self, types: &Types, function: &Function, inst: &Inst) {
        if let Some(row) = row_of(types, function, inst) {
            let mut keep = |value| {
                if value != row {
                    self.keep(value);
                }
            };
            inst.op.for_each_operand(&mut keep);
            return inst.results.iter().copied().for_each(keep);
        }
        // What a part is read of or replaced in may be split, other operands may not.
        let whole = match inst.op {
            Op::RecordGet { record, .. } | Op::RecordOpen { record } => Some(record),
            Op::EnumTag { value } | Op::EnumGet { value, .. } => Some(value),
            Op::RecordSet { record, .. } | Op::RecordSwap { record, .. } => {
                self.join(inst.results[0], record);
                Some(record)
            }
            _ => None,
        };
        let mut first = true;
        inst.op.for_each_operand(|value| {
            if !(std::mem::take(&mut first) && Some(value) == whole) {
                self.keep(value);
            }
        });
        let made = match inst.op {
            Op::RecordMake { .. } | Op::EnumMake { .. } => 1,
            Op::RecordSet { .. } | Op::RecordSwap { .. } => 1,
            _ => 0,
        };
        inst.results.iter().skip(made).for_each(|result| self.keep(*result));
    }

    fn end(&mut self, function: &Function, end: &Terminator) {
        for edge in end.edges() {
            let params = &function.block(edge.target).params;
            params.iter().zip(&edge.args).for_each(|(param, arg)| self.join(*param, *arg));
        }
        if let Terminator::Return(args) | Terminator::Throw { args, .. } | Terminator::Fail(args) =
            end
        {
            args.iter().for_each(|arg| self.keep(*arg));
        }
    }

    fn root(&mut self, value: ValueId) -> usize {
        let mut at = value.index();
        while self.parent[at] as usize != at {
            let above = self.parent[at] as usize;
            self.parent[at] = self.parent[above];
            at = above;
        }
        at
    }

    fn join(&mut self, a: ValueId, b: ValueId) {
        let (a, b) = (self.root(a), self.root(b));
        self.whole[a] |= self.whole[b];
        self.parent[b] = a as u32;
    }

    fn keep(&mut self, value: ValueId) {
        let root = self.root(value);
        self.whole[root] = true;
    }

    /// Writes down for each value what its root says.
    fn settle(&mut self) {
        for at in 0..self.parent.len() {
            let root = self.root(ValueId(at as u32));
            self.splittable[at] &= !self.whole[root];
        }
    }

    fn splits(&self, value: ValueId) -> bool {
        self.splittable[value.index()]
    }

    fn is_any_split(&self) -> bool {
        self.splittable.iter().any(|splits| *splits)
    }
}

/// The parts that a value of this type comes to; nothing where it stays one.
fn parts_of(types: &Types, ty: Ty) -> Option<Vec<Ty>> {
    let parts = match types.get(ty)? {
        HeapType::Record { fields, .. } => fields.clone(),
        HeapType::Enum { variants, .. } => {
            let parts = variants.iter().flatten().copied();
            [Ty::Int(IntTy::U8)].into_iter().chain(parts).collect()
        }
        _ => return None,
    };
    let is_enum = types.variants(ty).is_some();
    let fits = parts.len() <= PARTS && !(is_enum && parts.iter().any(|part| part.is_heap()));
    fits.then_some(parts)
}

/// The element that an instruction reads from a vector or puts into it, if it is a record of a few
/// scalars: its fields can be read and put without it.
fn row_of(types: &Types, function: &Function, inst: &Inst) -> Option<ValueId> {
    let row = match inst.op {
        Op::VecGet { .. } => inst.result()?,
        Op::VecSet { value, .. } | Op::VecPush { value, .. } => value,
        _ => return None,
    };
    let fields = types.fields(function.ty(row))?;
    let slots = fields.iter().map(|field| Type::from(*field).slots()).sum::<u16>();
    let fits = fields.iter().all(|field| !field.is_heap()) && (1..=ROW).contains(&slots);
    fits.then_some(row)
}

fn has_parts(types: &Types, ty: Ty) -> bool {
    parts_of(types, ty).is_some()
}

struct Splitter<'a> {
    types: &'a Types,
    function: &'a mut Function,
    webs: &'a Webs,
    /// The parts of each value that is split and was visited.
    parts: BTreeMap<ValueId, Vec<ValueId>>,
    substitution: Substitution,
}

impl<'a> Splitter<'a> {
    fn new(types: &'a Types, function: &'a mut Function, webs: &'a Webs) -> Splitter<'a> {
        let substitution = Substitution::new(function);
        Splitter { types, function, webs, parts: BTreeMap::new(), substitution }
    }

    fn run(mut self) {
        let order = Cfg::new(self.function).order;
        let kept = order.iter().map(|id| (*id, self.params(*id))).collect();
        for id in &order {
            let insts = std::mem::take(&mut self.function.block_mut(*id).insts);
            let mut new = Vec::with_capacity(insts.len());
            insts.into_iter().for_each(|inst| self.inst(inst, &mut new));
            self.function.block_mut(*id).insts = new;
        }
        for id in &order {
            self.edges(*id, &kept);
        }
        self.substitution.apply(self.function);
    }

    fn splits(&self, value: ValueId) -> bool {
        self.webs.splits(value)
    }

    fn new_value(&mut self, ty: Ty, place: Place) -> ValueId {
        self.function.add_value(ValueData { ty, name: None, place })
    }

    /// Replaces parameters by their parts; gives which of them stay.
    fn params(&mut self, id: BlockId) -> Vec<bool> {
        let params = std::mem::take(&mut self.function.block_mut(id).params);
        let kept = params.iter().map(|param| !self.splits(*param)).collect();
        let mut new = Vec::new();
        for param in params {
            if !self.splits(param) {
                new.push(param);
                continue;
            }
            let ValueData { ty, place, .. } = *self.function.value(param);
            let types = parts_of(self.types, ty).unwrap_or_default();
            let parts: Vec<ValueId> =
                types.into_iter().map(|ty| self.new_value(ty, place)).collect();
            new.extend(&parts);
            self.parts.insert(param, parts);
        }
        self.function.block_mut(id).params = new;
        kept
    }

    /// Gives the parts of arguments in their place. Every value has its parts by now.
    fn edges(&mut self, id: BlockId, kept: &BTreeMap<BlockId, Vec<bool>>) {
        let parts = &self.parts;
        let expand = |edge: &mut Edge| {
            let args = edge.args.iter().zip(&kept[&edge.target]);
            let args = args.flat_map(|(arg, kept)| match parts.get(arg) {
                Some(parts) if !kept => parts.clone(),
                _ => vec![*arg],
            });
            edge.args = args.collect();
        };
        self.function.block_mut(id).terminator.edges_mut().for_each(expand);
    }

    fn inst(&mut self, inst: Inst, new: &mut Vec<Inst>) {
        let result = inst.results.first().copied();
        match &inst.op {
            Op::RecordMake { fields } if result.is_some_and(|result| self.splits(result)) => {
                self.parts.extend(result.map(|result| (result, fields.clone())));
            }
            Op::EnumMake { variant, payload }
                if result.is_some_and(|result| self.splits(result)) =>
            {
                let Some(result) = result else { return };
                let parts = self.enum_parts(result, *variant, payload, inst.place, new);
                self.parts.insert(result, parts);
            }
            Op::RecordSet { record, field, value } | Op::RecordSwap { record, field, value }
                if self.splits(*record) =>
            {
                let mut parts = self.parts_of(*record);
                let old = std::mem::replace(&mut parts[*field as usize], *value);
                self.parts.insert(inst.results[0], parts);
                self.replace(&inst.results[1..], &[old]);
            }
            Op::RecordGet { record, field } if self.splits(*record) => {
                let part = self.parts_of(*record)[*field as usize];
                self.replace(&inst.results, &[part]);
            }
            Op::RecordOpen { record } if self.splits(*record) => {
                let parts = self.parts_of(*record);
                self.replace(&inst.results, &parts);
            }
            Op::EnumTag { value } if self.splits(*value) => {
                let tag = self.parts_of(*value)[0];
                self.replace(&inst.results, &[tag]);
            }
            Op::EnumGet { value, variant } if self.splits(*value) => {
                let parts = self.parts_of(*value);
                let start = self.payload_start(*value, *variant);
                self.replace(&inst.results, &parts[start..start + inst.results.len()]);
            }
            Op::VecGet { .. } | Op::VecSet { .. } | Op::VecPush { .. } => {
                let inst = self.row(inst);
                new.push(inst);
            }
            _ => new.push(inst),
        }
    }

    /// The instruction by parts, if what it reads from a vector or puts into it is split.
    fn row(&mut self, inst: Inst) -> Inst {
        let row = row_of(self.types, self.function, &inst).filter(|row| self.splits(*row));
        let Some(row) = row else { return inst };
        match inst.op {
            Op::VecGet { vec, index } => {
                let types = parts_of(self.types, self.function.ty(row)).unwrap_or_default();
                let place = inst.place;
                let parts: Vec<ValueId> =
                    types.into_iter().map(|ty| self.new_value(ty, place)).collect();
                self.parts.insert(row, parts.clone());
                Inst { op: Op::RowGet { vec, index }, results: parts, place }
            }
            Op::VecSet { vec, index, value } => {
                Inst { op: Op::RowSet { vec, index, fields: self.parts_of(value) }, ..inst }
            }
            Op::VecPush { vec, value } => {
                Inst { op: Op::RowPush { vec, fields: self.parts_of(value) }, ..inst }
            }
            _ => inst,
        }
    }

    fn parts_of(&self, value: ValueId) -> Vec<ValueId> {
        self.parts.get(&value).cloned().expect("a value is made before it is read")
    }

    fn replace(&mut self, results: &[ValueId], by: &[ValueId]) {
        for (result, by) in results.iter().zip(by) {
            self.substitution.replace(self.function, *result, *by);
        }
    }

    /// Where the payload of a variant starts among the parts.
    fn payload_start(&self, value: ValueId, variant: u32) -> usize {
        let variants = self.types.variants(self.function.ty(value)).unwrap_or_default();
        1 + variants.iter().take(variant as usize).map(Vec::len).sum::<usize>()
    }

    /// The tag, the payload, and constants for the payloads of other variants.
    fn enum_parts(
        &mut self,
        value: ValueId,
        variant: u32,
        payload: &[ValueId],
        place: Place,
        new: &mut Vec<Inst>,
    ) -> Vec<ValueId> {
        let types = parts_of(self.types, self.function.ty(value)).unwrap_or_default();
        let start = self.payload_start(value, variant);
        let mut parts = Vec::with_capacity(types.len());
        for (at, ty) in types.into_iter().enumerate() {
            let own = at.checked_sub(start).and_then(|at| payload.get(at));
            parts.push(own.copied().unwrap_or_else(|| {
                let tag = if at == 0 { variant } else { 0 };
                let result = self.new_value(ty, place);
                new.push(Inst { results: vec![result], op: Op::Const(filler(ty, tag)), place });
                result
            }));
        }
        parts
    }
}

/// A constant of a scalar type: the number, or what is nearest to it.
fn filler(ty: Ty, number: u32) -> Const {
    match ty {
        Ty::Int(int) => Const::Int(int, number.into()),
        Ty::Address => Const::Address([0; 32]),
        Ty::Hash => Const::Hash([0; 32]),
        Ty::Bool | Ty::Heap(_) => Const::Bool(false),
    }
}
