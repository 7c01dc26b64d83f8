//! Forgetting specifications: the verifier has seen them, and the code is about to change.

use crate::mir::{Op, Program};
use crate::thir::FnSpec;

pub(super) fn run(program: &mut Program) {
    program.invariants.clear();
    for function in &mut program.functions {
        function.spec = FnSpec::default();
        function.locals.clear();
        function.claims.clear();
        for block in &mut function.blocks {
            block.loop_head = None;
            block.insts.retain(|inst| !matches!(inst.op, Op::Claim(_)));
        }
    }
}
