//! Making a function of what is selected.
//!
//! In: whole statements of a block, or one expression. Out: a function behind the one around it, and
//! a call of it.
//! Holds always: what leaves the function around it (`return`, `break`, `?`) is not taken out of it.

use deed_base::Span;
use deed_compiler::arena::LocalId;
use deed_compiler::ty::Ty;
use deed_syntax::ast::walk::Child;
use deed_syntax::ast::{Block, ContractDecl, Expr, ExprKind, FnDecl, FnKind, Stmt, StmtKind};

use super::{Assist, Kind, indentation, type_of};
use crate::analysis::index::{Owner, Role, Symbol};
use crate::analysis::syntax::{self, Node};
use crate::analysis::{Analysis, describe};
use crate::features::format::Change;

const NAME: &str = "extracted";

pub(super) fn extract_function(analysis: &Analysis, range: Span) -> Option<Assist> {
    let selected = trimmed(analysis, range)?;
    let module = analysis.module(range.source)?;
    let holds = |f: &&(&FnDecl, Option<&ContractDecl>)| {
        let body = f.0.body.as_ref().map(|body| body.span);
        body.is_some_and(|body| body.start < selected.start && selected.end < body.end)
    };
    let functions = syntax::functions(module);
    let (around, contract) = functions.iter().find(holds)?;
    if around.receiver.is_some() || matches!(around.kind, FnKind::Test | FnKind::Spec) {
        return None;
    }
    let nodes = syntax::around(module, selected);
    let new = match nodes.last()? {
        Node::Expr(expr) if expr.span == selected => expression(analysis, expr)?,
        _ => statements(analysis, &nodes, selected)?,
    };
    let source = analysis.source(range.source);
    let indent = indentation(source, around.span.start);
    let receiver = if contract.is_some() { "self." } else { "" };
    let function = format!("\n\n{}", new.function(&indent));
    let behind = Span::new(range.source, around.span.end, around.span.end);
    let call = Change { span: selected, text: new.call(receiver) };
    let changes = vec![call, Change { span: behind, text: function }];
    Some(Assist { title: "Extract into a function".to_owned(), kind: Kind::Extract, changes })
}

/// The selection without the blanks at its ends.
fn trimmed(analysis: &Analysis, range: Span) -> Option<Span> {
    let text = analysis.slice(range);
    let start = range.start + (text.len() - text.trim_start().len()) as u32;
    let end = range.end.checked_sub((text.len() - text.trim_end().len()) as u32)?;
    (start < end).then(|| Span::new(range.source, start, end))
}

/// A function in the making.
struct New {
    /// Variables of the function around it, and whether each is changed.
    params: Vec<(String, String, bool)>,
    result: Option<String>,
    gives: Option<Given>,
    body: String,
}

impl New {
    fn call(&self, receiver: &str) -> String {
        let arg = |(name, _, changed): &(String, String, bool)| {
            format!("{}{name}", if *changed { "inout " } else { "" })
        };
        let args: Vec<String> = self.params.iter().map(arg).collect();
        let call = format!("{receiver}{NAME}({})", args.join(", "));
        match &self.gives {
            Some(Given { name, mutable, .. }) => {
                let word = if *mutable { "var" } else { "let" };
                format!("{word} {name} = {call}")
            }
            None => call,
        }
    }

    fn function(&self, indent: &str) -> String {
        let param = |(name, ty, changed): &(String, String, bool)| {
            format!("{}{name}: {ty}", if *changed { "inout " } else { "" })
        };
        let params: Vec<String> = self.params.iter().map(param).collect();
        let result = self.result.as_ref().map_or(String::new(), |ty| format!(" -> {ty}"));
        let gives = self
            .gives
            .as_ref()
            .map_or(String::new(), |Given { name, .. }| format!("{indent}    return {name}\n"));
        let body = &self.body;
        let params = params.join(", ");
        format!("{indent}fn {NAME}({params}){result} {{\n{indent}    {body}\n{gives}{indent}}}")
    }
}

fn expression(analysis: &Analysis, expr: &Expr) -> Option<New> {
    let is_name = matches!(expr.kind, ExprKind::Name { .. } | ExprKind::SelfValue);
    if is_name || leaves(Child::Expr(expr)) {
        return None;
    }
    let ty = type_of(analysis, expr.span)?;
    let gives_nothing = matches!(ty, Ty::Unit | Ty::Never | Ty::Error | Ty::Fn(_) | Ty::SpecInt);
    let params = params(analysis, expr.span)?;
    if gives_nothing || params.iter().any(|(_, _, changed)| *changed) {
        return None;
    }
    let body = format!("return {}", analysis.slice(expr.span));
    let result = Some(describe::ty(&analysis.thir, ty));
    Some(New { params, result, gives: None, body })
}

fn statements(analysis: &Analysis, nodes: &[Node<'_>], selected: Span) -> Option<New> {
    let block = nodes.iter().rev().find_map(|node| match node {
        Node::Block(block) => Some(*block),
        _ => None,
    })?;
    let inside = |stmt: &&Stmt| selected.start <= stmt.span.start && stmt.span.end <= selected.end;
    let chosen: Vec<&Stmt> = block.stmts.iter().filter(inside).collect();
    let (first, last) = (chosen.first()?, chosen.last()?);
    let whole = first.span.start == selected.start && last.span.end == selected.end;
    let leave = chosen.iter().any(|stmt| {
        let mut found = matches!(stmt.kind, StmtKind::Invalid);
        deed_syntax::ast::walk::stmt_children(stmt, &mut |child| found |= leaves(child));
        found
    });
    // The last expression of a block may be its value.
    let is_value = block.value().is_some_and(|value| value.span.end == last.span.end)
        && !matches!(last.kind, StmtKind::Expr { ref expr, .. } if is_statement(expr));
    if !whole || leave || is_value {
        return None;
    }
    let gives = given(analysis, block, selected)?;
    let body = analysis.slice(selected).to_owned();
    let result = gives.as_ref().map(|given| given.ty.clone());
    Some(New { params: params(analysis, selected)?, result, gives, body })
}

/// Whether an expression stands for what it does, and not for its value.
fn is_statement(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Call(_) | ExprKind::If(_) | ExprKind::Match(_))
}

/// Whether something in it ends the function or the loop around it, or could.
fn leaves(child: Child<'_>) -> bool {
    let mut found = false;
    syntax::below(child, &mut |node| {
        if let Node::Expr(expr) = node {
            let ends = matches!(
                expr.kind,
                ExprKind::Return(_) | ExprKind::Break | ExprKind::Continue | ExprKind::Propagate(_)
            );
            found |= ends || matches!(expr.kind, ExprKind::Await(_) | ExprKind::Invalid);
        }
        !found
    });
    found
}

/// The variables from outside that are used inside, in order; nothing if one cannot be handed over.
fn params(analysis: &Analysis, inside: Span) -> Option<Vec<(String, String, bool)>> {
    let mut found: Vec<(Symbol, bool)> = Vec::new();
    for one in analysis.index().within(inside) {
        let Symbol::Local(..) = one.symbol else { continue };
        let declared = analysis.index().definition(one.symbol)?;
        let from_inside = inside.start <= declared.start && declared.end <= inside.end;
        if from_inside || is_label(analysis, one.span, one.symbol) {
            continue;
        }
        let written = one.role == Role::Write;
        match found.iter_mut().find(|(symbol, _)| *symbol == one.symbol) {
            Some((_, changed)) => *changed |= written,
            None => found.push((one.symbol, written)),
        }
    }
    let package = &analysis.thir;
    let param = |(symbol, changed): (Symbol, bool)| {
        let ty = describe::symbol_type(package, symbol)?;
        let known = !matches!(ty, Ty::Error | Ty::Infer(_) | Ty::Fn(_)) && !package.is_linear(ty);
        let name = describe::name(package, symbol).to_owned();
        known.then(|| (name, describe::ty(package, ty), changed))
    };
    found.into_iter().map(param).collect()
}

/// Whether a word is the label of an argument: `amount` in `pay(amount: 1)`.
fn is_label(analysis: &Analysis, word: Span, symbol: Symbol) -> bool {
    let Symbol::Local(Owner::Function(id), local) = symbol else { return false };
    let is_param = |local: LocalId| {
        analysis.thir.functions[id].params.iter().any(|param| param.local == local)
    };
    let own = super::extent(analysis, id);
    let outside = own.source != word.source || word.start < own.start || own.end < word.end;
    is_param(local) && outside
}

/// A variable that is declared inside and used behind it.
struct Given {
    name: String,
    ty: String,
    mutable: bool,
}

/// The one such variable, if there is one; nothing if what there is cannot be given back.
fn given(analysis: &Analysis, block: &Block, inside: Span) -> Option<Option<Given>> {
    let behind = Span { start: inside.end, end: block.span.end, ..inside };
    let mut found: Vec<Symbol> = Vec::new();
    for one in analysis.index().within(behind) {
        let Some(declared) = analysis.index().definition(one.symbol) else { continue };
        let from_inside = declared.source == inside.source
            && inside.start <= declared.start
            && declared.end <= inside.end;
        if from_inside && !found.contains(&one.symbol) {
            found.push(one.symbol);
        }
    }
    let package = &analysis.thir;
    match found[..] {
        [] => Some(None),
        [symbol @ Symbol::Local(owner, local)] => {
            let ty = describe::symbol_type(package, symbol)?;
            let mutable = describe::local(package, owner, local).mutable;
            let name = describe::name(package, symbol).to_owned();
            let ty = describe::ty(package, ty);
            Some(Some(Given { name, ty, mutable }))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::applied;

    fn extracted(body: &str) -> Option<String> {
        let text = format!(
            "module m\ncontract C {{\n    state {{ n: u64 = 0 }}\n    entry fn f(a: u64) {{\n        \
             var b = a\n        {body}\n    }}\n}}\n"
        );
        applied(&text, "Extract into a function")
    }

    #[test]
    fn an_expression_becomes_a_function_of_its_variables() {
        let shown = extracted("self.n = $0a * b + self.n$1").expect("an extraction");
        assert!(shown.contains("self.n = self.extracted(a, b)"), "{shown}");
        let function = "    }\n\n    fn extracted(a: u64, b: u64) -> u64 {\n        \
                        return a * b + self.n\n    }\n}\n";
        assert!(shown.ends_with(function), "{shown}");
    }

    #[test]
    fn statements_hand_over_what_they_change_and_what_is_used_later() {
        let shown = extracted("$0b += 1\n        let c = a + b$1\n        self.n = b + c");
        let shown = shown.expect("an extraction");
        assert!(shown.contains("let c = self.extracted(inout b, a)"), "{shown}");
        let function = "fn extracted(inout b: u64, a: u64) -> u64 {\n        b += 1\n        \
                        let c = a + b\n        return c\n    }";
        assert!(shown.contains(function), "{shown}");
    }

    #[test]
    fn what_leaves_stays() {
        assert_eq!(extracted("$0if a > b { return }$1\n        self.n = b"), None);
        assert_eq!(extracted("self.n = $0b$1"), None);
        assert_eq!(extracted("$0self.n = b\n        self.n$1 = a"), None);
    }
}
