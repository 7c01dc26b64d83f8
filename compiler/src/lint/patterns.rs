//! What the patterns of a function declare.
//!
//! In: a typed function. Out: [`Patterns`].
//! Holds always: each variable of a pattern stands in one group.

use std::collections::BTreeSet;

use deed_base::Span;

use super::Cx;
use crate::arena::LocalId;
use crate::thir::visit::{Node, walk_function};
use crate::thir::{ExprKind, Function, Pattern, PatternKind, StmtKind};

/// The variables that a function declares in patterns.
#[derive(Default)]
pub(super) struct Patterns {
    /// Those that have the name of a field in its place, as `x` in `Point { x, y: other }`.
    pub(super) short: BTreeSet<LocalId>,
    /// Those that one `let` or `var` declares together.
    pub(super) groups: Vec<Vec<LocalId>>,
}

impl Patterns {
    pub(super) fn of(cx: &Cx<'_>, function: &Function) -> Patterns {
        let mut patterns = Patterns::default();
        walk_function(function, &mut |node| match node {
            Node::Stmt(stmt) => match &stmt.kind {
                StmtKind::LetPattern { pattern, .. } | StmtKind::ForEach { pattern, .. } => {
                    patterns.add(cx, pattern);
                }
                _ => {}
            },
            Node::Expr(expr) => match &expr.kind {
                ExprKind::Let { pattern, .. } => patterns.add(cx, pattern),
                ExprKind::Match { arms, .. } => {
                    arms.iter().for_each(|arm| patterns.add(cx, &arm.pattern));
                }
                _ => {}
            },
        });
        patterns
    }

    fn add(&mut self, cx: &Cx<'_>, pattern: &Pattern) {
        let mut group = Vec::new();
        self.look(cx, pattern, &mut group);
        self.groups.push(group);
    }

    fn look(&mut self, cx: &Cx<'_>, pattern: &Pattern, group: &mut Vec<LocalId>) {
        let braced = cx.text(pattern.span).ends_with('}');
        for part in pattern.parts() {
            if let PatternKind::Bind(local) = part.kind
                && braced
                && !follows_colon(cx, part.span)
            {
                self.short.insert(local);
            }
            self.look(cx, part, group);
        }
        if let PatternKind::Bind(local) = pattern.kind {
            group.push(local);
        }
    }
}

fn follows_colon(cx: &Cx<'_>, span: Span) -> bool {
    cx.text(Span::new(span.source, 0, span.start)).trim_end().ends_with(':')
}
