//! Dropping private functions that nobody calls, and the order of calls.

use crate::mir::{FnKind, FuncId, Function, Op, Outside, Program};

pub(super) fn run(program: &mut Program) {
    let mut used = vec![false; program.functions.len()];
    let roots = (0..program.functions.len()).map(|at| FuncId(at as u32));
    let mut work: Vec<FuncId> =
        roots.filter(|id| program.function(*id).kind != FnKind::Private).collect();
    while let Some(id) = work.pop() {
        if !std::mem::replace(&mut used[id.index()], true) {
            work.extend(callees(program.function(id)));
        }
    }
    let mut next = 0;
    let number = used.iter().map(|used| {
        next += u32::from(*used);
        FuncId(next.saturating_sub(1))
    });
    let number: Vec<FuncId> = number.collect();
    let mut keep = used.iter();
    program.functions.retain(|_| keep.next().copied().unwrap_or(true));
    for block in program.functions.iter_mut().flat_map(|function| &mut function.blocks) {
        for inst in &mut block.insts {
            if let Op::Call { function, .. } | Op::Outside { what: Outside::Try(function), .. } =
                &mut inst.op
            {
                *function = number[function.index()];
            }
        }
    }
}

/// The functions that a function calls, once for each call.
pub(super) fn callees(function: &Function) -> impl Iterator<Item = FuncId> + '_ {
    let insts = function.blocks.iter().flat_map(|block| &block.insts);
    insts.filter_map(|inst| match inst.op {
        Op::Call { function, .. } | Op::Outside { what: Outside::Try(function), .. } => {
            Some(function)
        }
        _ => None,
    })
}

/// Functions in an order in which callees come before their callers, each with whether it can call
/// itself, directly or through others. Tarjan's algorithm for strongly connected components (1972),
/// without recursion.
pub(super) fn bottom_up(program: &Program) -> Vec<(FuncId, bool)> {
    let calls: Vec<Vec<FuncId>> =
        program.functions.iter().map(|function| callees(function).collect()).collect();
    let mut search = Search {
        calls: &calls,
        index: vec![None; calls.len()],
        low: vec![0; calls.len()],
        on_stack: vec![false; calls.len()],
        stack: Vec::new(),
        count: 0,
        order: Vec::new(),
    };
    for at in 0..calls.len() {
        search.from(FuncId(at as u32));
    }
    search.order
}

struct Search<'a> {
    calls: &'a [Vec<FuncId>],
    index: Vec<Option<u32>>,
    low: Vec<u32>,
    on_stack: Vec<bool>,
    stack: Vec<FuncId>,
    count: u32,
    order: Vec<(FuncId, bool)>,
}

impl Search<'_> {
    fn from(&mut self, root: FuncId) {
        if self.index[root.index()].is_some() {
            return;
        }
        let mut walk = vec![(root, 0)];
        self.open(root);
        while let Some((id, next)) = walk.last_mut() {
            let id = *id;
            let Some(callee) = self.calls[id.index()].get(*next).copied() else {
                walk.pop();
                self.close(id);
                if let Some((caller, _)) = walk.last() {
                    let low = self.low[id.index()];
                    self.low[caller.index()] = self.low[caller.index()].min(low);
                }
                continue;
            };
            *next += 1;
            match self.index[callee.index()] {
                None => {
                    self.open(callee);
                    walk.push((callee, 0));
                }
                Some(index) if self.on_stack[callee.index()] => {
                    self.low[id.index()] = self.low[id.index()].min(index);
                }
                Some(_) => {}
            }
        }
    }

    fn open(&mut self, id: FuncId) {
        self.index[id.index()] = Some(self.count);
        self.low[id.index()] = self.count;
        self.count += 1;
        self.stack.push(id);
        self.on_stack[id.index()] = true;
    }

    /// Takes a finished component off the stack.
    fn close(&mut self, id: FuncId) {
        if self.index[id.index()] != Some(self.low[id.index()]) {
            return;
        }
        let start = self.stack.iter().rposition(|other| *other == id).unwrap_or(0);
        let component = self.stack.split_off(start);
        let is_recursive = component.len() > 1 || self.calls[id.index()].contains(&id);
        for member in component.into_iter().rev() {
            self.on_stack[member.index()] = false;
            self.order.push((member, is_recursive));
        }
    }
}
