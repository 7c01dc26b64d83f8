//! Reading a place in state once while it cannot change, and not reading what was just written.
//!
//! Holds always: a value is reused only where the same place, by the same keys, was read or written
//! on every way here, and nothing since can have changed it: no write to the field but at keys that
//! are known to differ, no call that may write the field.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::functions::callees;
use super::rewrite::Substitution;
use crate::mir::cfg::Cfg;
use crate::mir::{BlockId, FieldId, FuncId, Function, Inst, Op, Program, ValueId};

pub(super) fn run(program: &mut Program) {
    let writes = fields_written(program);
    for function in &mut program.functions {
        Reader::new(function, &writes).run(function);
    }
}

/// A place in state: a field and the values of its keys.
type Place = (FieldId, Vec<ValueId>);
type Known = BTreeMap<Place, ValueId>;

struct Reader<'a> {
    writes: &'a [BTreeSet<FieldId>],
    cfg: Cfg,
    /// For a value that is a constant: the first value that is the same one.
    constants: Vec<Option<ValueId>>,
    substitution: Substitution,
    /// What is known at the end of each block that was visited.
    at_end: Vec<Option<Known>>,
}

impl<'a> Reader<'a> {
    fn new(function: &Function, writes: &'a [BTreeSet<FieldId>]) -> Reader<'a> {
        let mut constants = vec![None; function.values.len()];
        let mut first = HashMap::new();
        for inst in function.blocks.iter().flat_map(|block| &block.insts) {
            if let (Op::Const(value), Some(result)) = (&inst.op, inst.result()) {
                constants[result.index()] = Some(*first.entry(value.clone()).or_insert(result));
            }
        }
        Reader {
            writes,
            cfg: Cfg::new(function),
            constants,
            substitution: Substitution::new(function),
            at_end: vec![None; function.blocks.len()],
        }
    }

    fn run(mut self, function: &mut Function) {
        for id in self.cfg.order.clone() {
            let mut known = self.at_start(function, id);
            let mut insts = std::mem::take(&mut function.block_mut(id).insts);
            insts.retain_mut(|inst| self.inst(function, &mut known, inst));
            function.block_mut(id).insts = insts;
            self.at_end[id.index()] = Some(known);
        }
        self.substitution.apply(function);
    }

    /// What all ways here agree on; where a loop turns, without what it may write.
    fn at_start(&self, function: &Function, id: BlockId) -> Known {
        let before = self.cfg.predecessors[id.index()].iter();
        let mut before = before.filter_map(|from| self.at_end[from.index()].as_ref());
        let Some(first) = before.next() else { return Known::new() };
        let mut known = first.clone();
        for other in before {
            known.retain(|place, value| other.get(place) == Some(value));
        }
        for block in self.cfg.loop_blocks(id) {
            for inst in &function.block(block).insts {
                self.forget_field(&mut known, &inst.op);
            }
        }
        known
    }

    /// Visits an instruction; `false` where it is not needed any more.
    fn inst(&mut self, function: &mut Function, known: &mut Known, inst: &mut Inst) -> bool {
        inst.op.for_each_operand_mut(|value| *value = self.substitution.resolve(*value));
        match &inst.op {
            Op::StateLoad { field, keys } => {
                let Some(result) = inst.result() else { return true };
                let place = self.place(*field, keys);
                if let Some(value) = known.get(&place) {
                    self.substitution.replace(function, result, *value);
                    return false;
                }
                known.insert(place, result);
            }
            Op::StateStore { field, keys, value } | Op::StateInsert { field, keys, value } => {
                self.forget_place(known, *field, keys);
                known.insert(self.place(*field, keys), *value);
            }
            Op::StateRemove { field, keys } => self.forget_place(known, *field, keys),
            op => self.forget_field(known, op),
        }
        true
    }

    /// A place by which it is known: like constants are one key.
    fn place(&self, field: FieldId, keys: &[ValueId]) -> Place {
        let key = |key: &ValueId| self.constants[key.index()].unwrap_or(*key);
        (field, keys.iter().map(key).collect())
    }

    /// Forgets all places that may be the one written.
    fn forget_place(&self, known: &mut Known, field: FieldId, keys: &[ValueId]) {
        known.retain(|(other, others), _| *other != field || self.differ(keys, others));
    }

    /// Whether two lists of keys are known to name different places.
    fn differ(&self, keys: &[ValueId], others: &[ValueId]) -> bool {
        let constant = |value: &ValueId| self.constants[value.index()];
        let mut pairs = keys.iter().zip(others);
        pairs.any(|(a, b)| matches!((constant(a), constant(b)), (Some(a), Some(b)) if a != b))
    }

    /// Forgets all of the fields that an operation may write.
    fn forget_field(&self, known: &mut Known, op: &Op) {
        match op {
            Op::StateStore { field, .. }
            | Op::StateInsert { field, .. }
            | Op::StateRemove { field, .. } => known.retain(|(other, _), _| other != field),
            Op::Call { function, .. } => {
                let writes = &self.writes[function.index()];
                known.retain(|(field, _), _| !writes.contains(field));
            }
            Op::Outside { what, .. } if !what.is_look() => known.clear(),
            _ => {}
        }
    }
}

/// The fields that an operation may write; nothing where it may write any. `written` is what
/// functions may write.
pub(super) fn may_write(written: &[BTreeSet<FieldId>], op: &Op) -> Option<BTreeSet<FieldId>> {
    match op {
        Op::StateStore { field, .. }
        | Op::StateInsert { field, .. }
        | Op::StateRemove { field, .. } => Some(BTreeSet::from([*field])),
        Op::Call { function, .. } => Some(written[function.index()].clone()),
        Op::Emit { .. } => Some(BTreeSet::new()),
        op => (!op.has_effect()).then(BTreeSet::new),
    }
}

/// The fields that each function may write, itself or through calls.
pub(super) fn fields_written(program: &Program) -> Vec<BTreeSet<FieldId>> {
    let own = |function: &Function| {
        let insts = function.blocks.iter().flat_map(|block| &block.insts);
        let fields = insts.filter_map(|inst| match inst.op {
            Op::StateStore { field, .. }
            | Op::StateInsert { field, .. }
            | Op::StateRemove { field, .. } => Some(field),
            _ => None,
        });
        fields.collect::<BTreeSet<_>>()
    };
    let mut written: Vec<BTreeSet<FieldId>> = program.functions.iter().map(own).collect();
    let mut changed = true;
    while changed {
        changed = false;
        for at in 0..written.len() {
            let called: Vec<FuncId> = callees(&program.functions[at]).collect();
            let more = called.iter().flat_map(|callee| written[callee.index()].clone());
            let more: BTreeSet<FieldId> = more.collect();
            let before = written[at].len();
            written[at].extend(more);
            changed |= written[at].len() > before;
        }
    }
    written
}
