//! Ways out of the block of a `try`: `return`, `break`, `continue` and `?`.
//!
//! In: such a block, and how its function says that it ended. Out: what the code around it does then.
//! Holds always: a block that leaves by none of them gives its value and nothing else; a way out takes
//! place in the function of the source, however many blocks it leads out of.

use std::collections::BTreeSet;

use deed_base::Span;

use super::function::FnLowering;
use crate::arena::LocalId;
use crate::mir::ValueId;
use crate::thir::visit::{Node, Part, expr_parts, stmt_parts, walk_block};
use crate::thir::{Block, Expr, ExprKind, Place, PlaceBase, Stmt, StmtKind};

/// How a block ended: the variants of [`crate::mir::Types::ending`], in order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum End {
    Through,
    Return,
    Break,
    Continue,
}

impl FnLowering<'_, '_> {
    /// Leaves as a block did that ended by one of `ways`; goes on where it came to its end, with its
    /// value.
    pub(super) fn depart(
        &mut self,
        ending: ValueId,
        ways: &BTreeSet<End>,
        span: Span,
    ) -> Option<ValueId> {
        let through = self.is_variant(ending, End::Through as usize, span);
        let (through, mut elsewhere) = self.branch(through, span);
        let env = self.env.clone();
        for (at, way) in ways.iter().enumerate() {
            (self.at, self.env) = (Some(elsewhere), env.clone());
            if at + 1 < ways.len() {
                let is = self.is_variant(ending, *way as usize, span);
                let (here, other) = self.branch(is, span);
                (self.at, elsewhere) = (Some(here), other);
            }
            match way {
                End::Return => {
                    let given = self.payload(ending, End::Return as usize, span);
                    self.return_value(given.first().copied(), span);
                }
                way => self.leave_turn(*way, span),
            }
        }
        (self.at, self.env) = (Some(through), env);
        self.payload(ending, End::Through as usize, span).first().copied()
    }
}

/// The ways on which a block may be left before its end.
pub(super) fn ways_out(block: &Block) -> BTreeSet<End> {
    let mut ways = BTreeSet::new();
    in_block(block, 0, &mut ways);
    ways
}

/// `loops` is how many loops are between the block at hand and the one asked about.
fn in_block(block: &Block, loops: usize, ways: &mut BTreeSet<End>) {
    block.stmts.iter().for_each(|stmt| in_stmt(stmt, loops, ways));
    block.value.iter().for_each(|value| in_expr(value, loops, ways));
}

fn in_stmt(stmt: &Stmt, loops: usize, ways: &mut BTreeSet<End>) {
    let mut inside = loops;
    match &stmt.kind {
        StmtKind::Return(_) => drop(ways.insert(End::Return)),
        StmtKind::Break if loops == 0 => drop(ways.insert(End::Break)),
        StmtKind::Continue if loops == 0 => drop(ways.insert(End::Continue)),
        StmtKind::While { .. } | StmtKind::For { .. } | StmtKind::ForEach { .. } => inside += 1,
        _ => {}
    }
    stmt_parts(stmt, &mut |part| match part {
        Part::Expr(head) => in_expr(head, loops, ways),
        Part::Block(body) => in_block(body, inside, ways),
    });
}

fn in_expr(expr: &Expr, loops: usize, ways: &mut BTreeSet<End>) {
    match expr.kind {
        // Its own `return` and `?` end the closure.
        ExprKind::Closure { .. } => return,
        ExprKind::Propagate(_) => drop(ways.insert(End::Return)),
        _ => {}
    }
    expr_parts(expr, &mut |part| in_part(part, loops, ways));
}

fn in_part(part: Part<'_>, loops: usize, ways: &mut BTreeSet<End>) {
    match part {
        Part::Expr(expr) => in_expr(expr, loops, ways),
        Part::Block(block) => in_block(block, loops, ways),
    }
}

/// The variables whose places a block names.
pub(super) fn named_in(block: &Block) -> BTreeSet<LocalId> {
    let mut locals = BTreeSet::new();
    let mut name = |place: &Place| {
        if let PlaceBase::Local(local) = place.base {
            locals.insert(local);
        }
    };
    walk_block(block, &mut |node| match node {
        Node::Stmt(Stmt {
            kind: StmtKind::Assign { place, .. } | StmtKind::OpAssign { place, .. },
            ..
        }) => name(place),
        Node::Expr(Expr { kind, .. }) => match kind {
            ExprKind::Read(place) | ExprKind::View { place, .. } | ExprKind::Inout(place) => {
                name(place);
            }
            ExprKind::MapCall { map, .. } => name(map),
            _ => {}
        },
        Node::Stmt(_) => {}
    });
    locals
}
