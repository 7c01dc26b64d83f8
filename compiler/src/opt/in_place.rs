//! Changes deep inside a value without copies on the way.
//!
//! `a.items[i] = x` reads `items` out of `a`, changes it, and puts it back. While `a` still holds what
//! was read, there are two owners, and the change would copy the whole vector. So what will be put
//! back is *taken out*: a record is taken apart and made anew; in a vector, an empty value changes
//! places with the element.
//!
//! Holds always: a value is taken out only where nothing else looks into the hole before it is filled
//! again, and only for a change inside a collection or text: copies of the others are small.

use std::collections::{BTreeMap, BTreeSet};

use super::rewrite::Substitution;
use crate::mir::cfg::Cfg;
use crate::mir::liveness::Liveness;
use crate::mir::{
    BlockId, Const, Function, HeapType, Inst, Op, Place, Program, Ty, Types, ValueData, ValueId,
};

/// How far types are followed for an empty value, and how many uses of one value are looked at.
const DEPTH: u32 = 8;
const USES: usize = 64;

pub(super) fn run(program: &mut Program) {
    let Program { types, functions, .. } = program;
    for function in functions {
        if !is_candidate(function) {
            continue;
        }
        merge_reads(function);
        let pairs = Search::new(types, function).pairs();
        if !pairs.is_empty() {
            apply(types, function, pairs);
        }
    }
}

/// Whether any part of a value is replaced by a heap value.
fn is_candidate(function: &Function) -> bool {
    let insts = function.blocks.iter().flat_map(|block| &block.insts);
    insts.into_iter().any(|inst| match inst.op {
        Op::RecordSet { value, .. } | Op::VecSet { value, .. } | Op::MapSet { value, .. } => {
            function.ty(value).is_heap()
        }
        _ => false,
    })
}

/// A part that is read only to replace something in it was mostly read just before: it is that value.
fn merge_reads(function: &mut Function) {
    let mut substitution = Substitution::new(function);
    for id in function.block_ids() {
        let mut insts = std::mem::take(&mut function.block_mut(id).insts);
        let changed: BTreeSet<ValueId> = insts.iter().flat_map(|inst| inst.op.changed()).collect();
        let mut known: Vec<(Part, ValueId)> = Vec::new();
        insts.retain_mut(|inst| {
            inst.op.for_each_operand_mut(|value| *value = substitution.resolve(*value));
            let (Some(part), Some(result)) = (Part::read_by(&inst.op), inst.result()) else {
                return true;
            };
            let first = known.iter().rev().take(USES).find(|(other, _)| *other == part);
            let Some((_, first)) = first.filter(|_| changed.contains(&result)).copied() else {
                known.push((part, result));
                return true;
            };
            substitution.replace(function, result, first);
            false
        });
        function.block_mut(id).insts = insts;
    }
    substitution.apply(function);
}

/// An instruction: its block, and its place there.
type Site = (BlockId, usize);

/// A part that is read, and put back changed.
struct Pair {
    get: Site,
    set: Site,
    /// Where other fields are read while the part is out.
    between: Vec<Site>,
}

/// Which part of which value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Field(ValueId, u32),
    /// An element of a vector, or the value of an entry.
    Element(ValueId, ValueId),
}

impl Part {
    fn read_by(op: &Op) -> Option<Part> {
        match *op {
            Op::RecordGet { record, field } => Some(Part::Field(record, field)),
            Op::VecGet { vec: whole, index } | Op::MapGet { map: whole, index } => {
                Some(Part::Element(whole, index))
            }
            _ => None,
        }
    }

    fn whole(self) -> ValueId {
        match self {
            Part::Field(whole, _) | Part::Element(whole, _) => whole,
        }
    }
}

struct Search<'a> {
    types: &'a Types,
    function: &'a Function,
    cfg: Cfg,
    live: Liveness,
    /// Where each value is an operand of an instruction.
    uses: Vec<Vec<Site>>,
}

impl<'a> Search<'a> {
    fn new(types: &'a Types, function: &'a Function) -> Search<'a> {
        let cfg = Cfg::new(function);
        let live = Liveness::new(function, &cfg);
        let mut uses = vec![Vec::new(); function.values.len()];
        for id in &cfg.order {
            for (at, inst) in function.block(*id).insts.iter().enumerate() {
                inst.op.for_each_operand(|value| uses[value.index()].push((*id, at)));
            }
        }
        Search { types, function, cfg, live, uses }
    }

    fn inst(&self, (block, at): Site) -> &'a Inst {
        &self.function.block(block).insts[at]
    }

    fn pairs(&self) -> Vec<Pair> {
        let mut pairs = Vec::new();
        for id in &self.cfg.order {
            for (at, inst) in self.function.block(*id).insts.iter().enumerate() {
                let (part, value) = match inst.op {
                    Op::RecordSet { record, field, value } => (Part::Field(record, field), value),
                    Op::VecSet { vec: whole, index, value }
                    | Op::MapSet { map: whole, index, value } => {
                        (Part::Element(whole, index), value)
                    }
                    _ => continue,
                };
                if self.function.ty(value).is_heap() {
                    pairs.extend(self.pair(part, value, (*id, at)));
                }
            }
        }
        pairs
    }

    /// The read that belongs to the write of `value` at `set`.
    fn pair(&self, part: Part, value: ValueId, set: Site) -> Option<Pair> {
        let uses = &self.uses[part.whole().index()];
        if uses.len() > USES {
            return None;
        }
        uses.iter().find_map(|get| {
            let inst = self.inst(*get);
            let reads = Part::read_by(&inst.op) == Some(part) && self.precedes(*get, set);
            let fits = reads && self.changes(inst.result()?, value);
            let between = if fits { self.between(part, *get, set)? } else { return None };
            Some(Pair { get: *get, set, between })
        })
    }

    /// Whether `first` runs before `second`, on every way there.
    fn precedes(&self, first: Site, second: Site) -> bool {
        if first.0 == second.0 {
            return first.1 < second.1;
        }
        self.cfg.dominates(first.0, second.0)
    }

    /// Whether `to` is made of `from`, with a change inside a sequence.
    fn changes(&self, from: ValueId, to: ValueId) -> bool {
        let (mut found, mut changes) = (vec![from], false);
        let mut next = 0;
        while let Some(value) = found.get(next).copied() {
            next += 1;
            if self.uses[value.index()].len() > USES || found.len() > USES {
                return false;
            }
            for site in &self.uses[value.index()] {
                let inst = self.inst(*site);
                changes |= match &inst.op {
                    Op::Call { .. } => true,
                    op => {
                        op.changed().any(|one| one == value)
                            && self.types.is_counted(self.ty(value))
                    }
                };
                if hands_on(&inst.op) {
                    found.extend(inst.results.iter().filter(|one| self.ty(**one).is_heap()));
                }
            }
            found.dedup();
        }
        changes && found.contains(&to)
    }

    fn ty(&self, value: ValueId) -> Ty {
        self.function.ty(value)
    }

    /// What looks at the whole after `get`: nothing but reads of other fields, and at last `set`.
    fn between(&self, part: Part, get: Site, set: Site) -> Option<Vec<Site>> {
        let whole = part.whole();
        let mut later: Vec<Site> = Vec::new();
        let mut seen = vec![get.0];
        let mut work = vec![get.0];
        while let Some(block) = work.pop() {
            let mut at_end = false;
            self.live.terminator_uses(self.function, block, |value| at_end |= value == whole);
            let loops = self.live.live_out[block.index()].contains(whole) && block == set.0;
            if at_end || loops {
                return None;
            }
            let here = self.uses[whole.index()].iter().filter(|site| site.0 == block);
            later.extend(here.filter(|site| block != get.0 || site.1 > get.1));
            for edge in self.function.block(block).terminator.edges() {
                let target = edge.target;
                // A parameter is another value with each turn.
                let is_param = self.function.block(target).params.contains(&whole);
                if is_param || !self.live.live_in[target.index()].contains(whole) {
                    continue;
                }
                if target == get.0 {
                    return None;
                }
                if !seen.contains(&target) {
                    seen.push(target);
                    work.push(target);
                }
            }
        }
        later.retain(|site| *site != set);
        let reads_field = |site: &Site| {
            matches!(self.inst(*site).op, Op::RecordGet { .. })
                && self.precedes(get, *site)
                && (site.0 != set.0 || site.1 < set.1)
        };
        later.iter().all(reads_field).then_some(later)
    }
}

/// Whether heap values that an operation gives are made of its operands.
fn hands_on(op: &Op) -> bool {
    !matches!(op, Op::Slice { .. } | Op::StateLoad { .. })
}

/// Rewrites all pairs at once.
fn apply(types: &Types, function: &mut Function, pairs: Vec<Pair>) {
    let substitution = Substitution::new(function);
    let mut rewrite = Rewrite { types, function, substitution, new: BTreeMap::new() };
    for pair in pairs {
        let mut sites = [pair.get, pair.set].into_iter().chain(pair.between.iter().copied());
        if !sites.any(|site| rewrite.new.contains_key(&site)) {
            rewrite.pair(&pair);
        }
    }
    let Rewrite { substitution, new, .. } = rewrite;
    replace(function, new);
    substitution.apply(function);
}

struct Rewrite<'a> {
    types: &'a Types,
    function: &'a mut Function,
    substitution: Substitution,
    /// What stands in the place of an instruction.
    new: BTreeMap<Site, Vec<Inst>>,
}

impl Rewrite<'_> {
    fn at(&self, (block, at): Site) -> Inst {
        self.function.block(block).insts[at].clone()
    }

    fn pair(&mut self, pair: &Pair) {
        let (get, set) = (self.at(pair.get), self.at(pair.set));
        match (&get.op, &set.op) {
            (Op::RecordGet { record, field }, Op::RecordSet { value, .. }) => {
                let (record, field, value) = (*record, *field as usize, *value);
                self.open_record(pair, record, (field, &get.results), (value, set.results));
            }
            (Op::VecGet { vec, index }, Op::VecSet { value, .. }) => {
                let (vec, index, value) = (*vec, *index, *value);
                let swap = |vec, value| Op::VecSwap { vec, index, value };
                self.swap_element(pair, (vec, &swap), &get.results, (value, set.results));
            }
            (Op::MapGet { map, index }, Op::MapSet { value, .. }) => {
                let (map, index, value) = (*map, *index, *value);
                let swap = |map, value| Op::MapSwap { map, index, value };
                self.swap_element(pair, (map, &swap), &get.results, (value, set.results));
            }
            _ => {}
        }
    }

    /// Takes a record apart where its field is read, and makes it anew where the field is written.
    fn open_record(
        &mut self,
        pair: &Pair,
        record: ValueId,
        (field, part): (usize, &[ValueId]),
        (value, results): (ValueId, Vec<ValueId>),
    ) {
        let (place, end) = (self.at(pair.get).place, self.at(pair.set).place);
        let types = self.types.fields(self.function.ty(record)).unwrap_or_default();
        let mut fields: Vec<ValueId> =
            types.iter().map(|ty| new_value(self.function, *ty, place)).collect();
        fields[field] = part[0];
        for site in &pair.between {
            let inst = self.at(*site);
            if let (Op::RecordGet { field, .. }, [result]) = (inst.op, &inst.results[..]) {
                self.substitution.replace(self.function, *result, fields[field as usize]);
                self.new.insert(*site, Vec::new());
            }
        }
        let open = Op::RecordOpen { record };
        self.new.insert(pair.get, vec![Inst { results: fields.clone(), op: open, place }]);
        fields[field] = value;
        let make = Op::RecordMake { fields };
        self.new.insert(pair.set, vec![Inst { results, op: make, place: end }]);
    }

    /// Puts an empty value in the place of an element while it is changed.
    fn swap_element(
        &mut self,
        pair: &Pair,
        (whole, swap): (ValueId, &dyn Fn(ValueId, ValueId) -> Op),
        element: &[ValueId],
        (value, mut results): (ValueId, Vec<ValueId>),
    ) {
        let (place, end) = (self.at(pair.get).place, self.at(pair.set).place);
        let ty = self.function.ty(value);
        let mut insts = Vec::new();
        let mut hollow =
            Hollow { types: self.types, function: self.function, insts: &mut insts, place };
        let Some(empty) = hollow.value(ty, DEPTH) else { return };
        let rest = new_value(self.function, self.function.ty(whole), place);
        insts.push(Inst { results: vec![rest, element[0]], op: swap(whole, empty), place });
        self.new.insert(pair.get, insts);
        results.push(new_value(self.function, ty, end));
        let put = swap(rest, value);
        self.new.insert(pair.set, vec![Inst { results, op: put, place: end }]);
    }
}

/// Puts other instructions in the place of some.
fn replace(function: &mut Function, mut new: BTreeMap<Site, Vec<Inst>>) {
    let blocks: BTreeSet<BlockId> = new.keys().map(|site| site.0).collect();
    for id in blocks {
        let insts = std::mem::take(&mut function.block_mut(id).insts);
        let insts = insts.into_iter().enumerate();
        let insts =
            insts.flat_map(|(at, inst)| new.remove(&(id, at)).unwrap_or_else(|| vec![inst]));
        function.block_mut(id).insts = insts.collect();
    }
}

fn new_value(function: &mut Function, ty: Ty, place: Place) -> ValueId {
    function.add_value(ValueData { ty, name: None, place })
}

/// Writes values that only fill a hole, as cheap as there are.
struct Hollow<'a> {
    types: &'a Types,
    function: &'a mut Function,
    insts: &'a mut Vec<Inst>,
    place: Place,
}

impl Hollow<'_> {
    /// A value of this type; nothing where only deeper ones could be made.
    fn value(&mut self, ty: Ty, depth: u32) -> Option<ValueId> {
        let depth = depth.checked_sub(1)?;
        let op = match (ty, self.types.get(ty)) {
            (Ty::Bool, _) => Op::Const(Const::Bool(false)),
            (Ty::Int(int), _) => Op::Const(Const::int(int, 0)?),
            (Ty::Address, _) => Op::Const(Const::Address([0; 32])),
            (Ty::Hash, _) => Op::Const(Const::Hash([0; 32])),
            (_, Some(HeapType::Record { fields, .. })) => {
                Op::RecordMake { fields: self.all(fields, depth)? }
            }
            (_, Some(HeapType::Enum { variants, .. })) => {
                let (variant, payload) =
                    variants.iter().enumerate().min_by_key(|(_, payload)| payload.len())?;
                Op::EnumMake { variant: variant as u32, payload: self.all(payload, depth)? }
            }
            _ => Op::Literal(Vec::new()),
        };
        let result = new_value(self.function, ty, self.place);
        self.insts.push(Inst { results: vec![result], op, place: self.place });
        Some(result)
    }

    fn all(&mut self, types: &[Ty], depth: u32) -> Option<Vec<ValueId>> {
        types.iter().map(|ty| self.value(*ty, depth)).collect()
    }
}
