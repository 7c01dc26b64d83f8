//! Where in an expression its name stands.
//!
//! In: a syntax tree. Out: for each place of a name, a field or a call, the place of the word itself.
//! The resolved tree knows that `self.pay(x)` calls `pay`, the syntax tree where `pay` is written.

use deed_base::Span;
use deed_syntax::ast::walk::{Child, children, module_bodies, stmt_children};
use deed_syntax::ast::{Expr, ExprKind, Ident, Module};
use foldhash::HashMap;

/// The word of each expression that names something.
#[derive(Default)]
pub(super) struct Names {
    words: HashMap<Span, Span>,
}

impl Names {
    pub(super) fn collect(module: &Module) -> Names {
        let mut names = Names::default();
        module_bodies(module, &mut |child| names.child(child));
        names
    }

    /// The place of the word by which the expression at `span` names its meaning.
    pub(super) fn word(&self, span: Span) -> Span {
        self.words.get(&span).copied().unwrap_or(span)
    }

    fn child(&mut self, child: Child<'_>) {
        match child {
            Child::Expr(expr) => {
                if let Some(word) = word(expr) {
                    self.words.insert(expr.span, word.span);
                }
                children(expr, &mut |child| self.child(child));
            }
            Child::Block(block) => {
                for stmt in &block.stmts {
                    stmt_children(stmt, &mut |child| self.child(child));
                }
            }
        }
    }
}

/// The word of a name, a field, or what a call calls.
fn word(expr: &Expr) -> Option<&Ident> {
    match &expr.kind {
        ExprKind::Call(call) | ExprKind::Deploy(call) => simple_word(&call.callee),
        _ => simple_word(expr),
    }
}

fn simple_word(expr: &Expr) -> Option<&Ident> {
    match &expr.kind {
        ExprKind::Name { name, .. } => Some(name),
        ExprKind::Field(field) => Some(&field.name),
        _ => None,
    }
}
