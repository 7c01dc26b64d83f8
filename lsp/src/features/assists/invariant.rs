//! A skeleton of what a loop keeps.

use deed_base::Span;
use deed_syntax::ast::{BinaryOp, Block, Condition, ExprKind, FnDecl, LoopSpec, Member, StmtKind};

use super::{Assist, Kind, indentation};
use crate::analysis::Analysis;
use crate::analysis::index::{Role, Symbol};
use crate::analysis::syntax::{self, Node};
use crate::features::format::Change;

/// The contract's invariants about what the loop changes; `true` to begin with where there are none.
pub(super) fn loop_invariant(analysis: &Analysis, range: Span) -> Option<Assist> {
    let module = analysis.module(range.source)?;
    let around = syntax::around(module, range);
    let (spec, body, measure) = around.iter().rev().find_map(|node| match node {
        Node::Stmt(stmt) => match &stmt.kind {
            StmtKind::While(it) => Some((&it.spec, &it.body, Some(&it.condition))),
            StmtKind::For(it) => Some((&it.spec, &it.body, None)),
            _ => None,
        },
        _ => None,
    })?;
    // Within the body the cursor may be on anything else.
    if !spec.invariants.is_empty() || range.start > body.span.start {
        return None;
    }
    let mut clauses = kept(analysis, body);
    if clauses.is_empty() {
        clauses.push("invariant true".to_owned());
    }
    clauses.extend(measure.and_then(|condition| decreasing(analysis, spec, condition)));
    let source = analysis.source(range.source);
    let indent = indentation(source, body.span.start);
    let at = body.span.start + 1;
    // A body that goes on in the line of its brace begins a line of its own.
    let same_line = analysis.slice(body.span).lines().next().is_some_and(|l| !l.ends_with('{'));
    let end = if same_line { format!("\n{indent}   ") } else { String::new() };
    let lines = clauses.iter().map(|clause| format!("\n{indent}    {clause}"));
    let text = lines.chain([end]).collect::<String>();
    let span = Span::new(range.source, at, at);
    let title = "Write a loop invariant".to_owned();
    Some(Assist { title, kind: Kind::Write, changes: vec![Change { span, text }] })
}

/// The invariants of the contract that speak of fields which the body writes.
fn kept(analysis: &Analysis, body: &Block) -> Vec<String> {
    let written = analysis.index().within(body.span).filter(|one| one.role == Role::Write);
    let fields: Vec<Symbol> =
        written.map(|one| one.symbol).filter(|s| matches!(s, Symbol::State(..))).collect();
    let Some(module) = analysis.module(body.span.source) else { return Vec::new() };
    let holds = |f: &FnDecl| f.span.start <= body.span.start && body.span.end <= f.span.end;
    let contract = syntax::contracts(module).find(|(_, decl)| decl.functions().any(holds));
    let members = contract.into_iter().flat_map(|(_, decl)| &decl.members);
    let invariants = members.filter_map(|member| match member {
        Member::Invariant(invariant) if !invariant.step => Some(&invariant.condition),
        _ => None,
    });
    let speaks = |span: Span| analysis.index().within(span).any(|one| fields.contains(&one.symbol));
    invariants
        .filter(|condition| speaks(condition.span))
        .map(|condition| {
            let text = analysis.slice(condition.span);
            format!("invariant {}", text.split_whitespace().collect::<Vec<_>>().join(" "))
        })
        .collect()
}

/// `decreases b - a` of `while a < b`.
fn decreasing(analysis: &Analysis, spec: &LoopSpec, condition: &Condition) -> Option<String> {
    let Condition::Expr(expr) = condition else { return None };
    let ExprKind::Binary(binary) = &expr.kind else { return None };
    let (small, large) = match binary.op {
        BinaryOp::Lt | BinaryOp::Le | BinaryOp::Ne => (&binary.left, &binary.right),
        BinaryOp::Gt | BinaryOp::Ge => (&binary.right, &binary.left),
        _ => return None,
    };
    let text = |span| analysis.slice(span);
    spec.decreases
        .is_empty()
        .then(|| format!("decreases {} - {}", text(large.span), text(small.span)))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::applied;

    const TITLE: &str = "Write a loop invariant";

    fn text(of_loop: &str) -> String {
        format!(
            "module m\ncontract C {{\n    state {{ a: u64 = 0, b: u64 = 0, c: u64 = 0 }}\n    \
             invariant self.a\n        <= self.b\n    invariant self.c == 0\n    \
             entry fn f(n: u64) {{\n        var i = 0u64\n        {of_loop}\n    }}\n}}\n"
        )
    }

    #[test]
    fn a_loop_gets_what_the_contract_says_of_its_fields() {
        let shown = applied(&text("wh$0ile i < n {\n            self.b += 1\n        }"), TITLE);
        let shown = shown.expect("a skeleton");
        let expected = "while i < n {\n            invariant self.a <= self.b\n            \
                        decreases n - i\n            self.b += 1";
        assert!(shown.contains(expected), "{shown}");
    }

    #[test]
    fn a_loop_about_other_things_gets_a_blank_one() {
        let shown = applied(&text("fo$0r k in 0..n { i += k }"), TITLE).expect("a skeleton");
        assert!(
            shown.contains("for k in 0..n {\n            invariant true\n            i += k }"),
            "{shown}"
        );
        assert_eq!(applied(&text("for k in 0..n { invariant tr$0ue }"), TITLE), None);
    }
}
