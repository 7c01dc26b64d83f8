//! What a piece of code may write, and whom it may call.
//!
//! In: functions of a program. Out: sets of state fields, errors and functions.
//! Holds always: the sets are supersets of what any run does.

use deed_compiler::mir::{BlockId, ErrorId, FieldId, FuncId, Function, Op, Outside, Terminator};

use super::Run;

impl Run<'_> {
    /// The fields that some blocks of a function may write, through calls too.
    pub(super) fn written_in(&self, function: &Function, blocks: &[BlockId]) -> Vec<FieldId> {
        let mut fields = Vec::new();
        let mut callees = Vec::new();
        for block in blocks {
            collect(function, *block, &mut fields, &mut callees);
        }
        for callee in self.reachable(callees) {
            let callee = self.program.function(callee);
            for block in callee.block_ids() {
                collect(callee, block, &mut fields, &mut Vec::new());
            }
        }
        fields.sort();
        fields.dedup();
        fields
    }

    pub(super) fn writes_of(&self, function: &Function) -> Vec<FieldId> {
        let blocks: Vec<BlockId> = function.block_ids().collect();
        self.written_in(function, &blocks)
    }

    /// The errors that a call of a function may end in.
    pub(super) fn throws_of(&self, id: FuncId) -> Vec<ErrorId> {
        let mut errors = Vec::new();
        for function in self.reachable(vec![id]) {
            for block in &self.program.function(function).blocks {
                if let Terminator::Throw { error, .. } = block.terminator {
                    errors.push(error);
                }
                for inst in &block.insts {
                    if let Op::Outside {
                        what: Outside::Call(import) | Outside::Deploy(import),
                        ..
                    } = inst.op
                    {
                        errors.extend(&self.program.imports[import.index()].throws);
                    }
                }
            }
        }
        errors.sort();
        errors.dedup();
        errors
    }

    /// The errors that attempts of a function may end in.
    pub(super) fn caught_in(&self, function: &Function) -> Vec<ErrorId> {
        let insts = function.blocks.iter().flat_map(|block| &block.insts);
        let attempts = insts.filter_map(|inst| match inst.op {
            Op::Outside { what: Outside::Try(callee), .. } => Some(callee),
            _ => None,
        });
        let mut errors: Vec<ErrorId> = attempts.flat_map(|callee| self.throws_of(callee)).collect();
        errors.sort();
        errors.dedup();
        errors
    }

    /// Whether a function can come to call itself.
    pub(super) fn is_recursive(&self, id: FuncId) -> bool {
        let called = self.callees(id);
        self.reachable(called).contains(&id)
    }

    fn callees(&self, id: FuncId) -> Vec<FuncId> {
        let function = self.program.function(id);
        let mut callees = Vec::new();
        for block in function.block_ids() {
            collect(function, block, &mut Vec::new(), &mut callees);
        }
        callees
    }

    /// The functions, and all that they call.
    pub(super) fn reachable(&self, from: Vec<FuncId>) -> Vec<FuncId> {
        let mut found = Vec::new();
        let mut work = from;
        while let Some(id) = work.pop() {
            if !found.contains(&id) {
                found.push(id);
                work.extend(self.callees(id));
            }
        }
        found
    }
}

fn collect(
    function: &Function,
    block: BlockId,
    fields: &mut Vec<FieldId>,
    callees: &mut Vec<FuncId>,
) {
    for inst in &function.block(block).insts {
        match &inst.op {
            Op::StateStore { field, .. }
            | Op::StateInsert { field, .. }
            | Op::StateRemove { field, .. } => fields.push(*field),
            Op::Call { function, .. } | Op::Outside { what: Outside::Try(function), .. } => {
                callees.push(*function);
            }
            _ => {}
        }
    }
}
