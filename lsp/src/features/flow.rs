//! Where an asset goes: made here, changed there, consumed at last.
//!
//! In: a variable whose type is linear. Out: what each of its uses does with it, in source order.

use deed_base::Span;
use deed_compiler::thir::{Function, ParamMode};
use deed_syntax::ast::{Call, Expr, ExprKind, StmtKind};

use crate::analysis::index::{Role, Symbol};
use crate::analysis::syntax::{self, Node};
use crate::analysis::{Analysis, describe};

/// A use and what becomes of the asset there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    pub span: Span,
    /// `consumed by \`settle\``
    pub what: String,
}

/// The way of an asset through its function; empty for what is no asset.
pub fn flow(analysis: &Analysis, symbol: Symbol) -> Vec<Step> {
    let Symbol::Local(owner, id) = symbol else { return Vec::new() };
    if !analysis.thir.is_linear(&describe::local(&analysis.thir, owner, id).ty) {
        return Vec::new();
    }
    let step = |span: Span, what: String| Step { span, what };
    let Some(declared) = analysis.index().definition(symbol) else { return Vec::new() };
    // A variable lives in one file.
    let here = analysis.index().in_source(declared.source).filter(|one| one.symbol == symbol);
    let uses = here.filter_map(|one| match one.role {
        Role::Definition => Some(step(one.span, "comes in".to_owned())),
        _ => Some(step(one.span, used(analysis, one.span)?)),
    });
    uses.collect()
}

/// What the code around a word does with its value.
fn used(analysis: &Analysis, word: Span) -> Option<String> {
    let nodes = syntax::around(analysis.module(word.source)?, word);
    let own =
        nodes.iter().rposition(|node| matches!(node, Node::Expr(expr) if expr.span == word))?;
    let (below, around) = (nodes.get(own)?.span(), nodes[..own].last()?);
    Some(match around {
        Node::Expr(expr) => match &expr.kind {
            ExprKind::Return(_) => "returned".to_owned(),
            ExprKind::Call(call) | ExprKind::Deploy(call) => argument(analysis, call, below)?,
            ExprKind::Field(field) => member(analysis, &nodes[..own], field.name.span),
            ExprKind::Struct(made) => format!("moved into a `{}`", analysis.slice(made.path.span)),
            ExprKind::Tuple(_) | ExprKind::Array(_) => "moved into a value".to_owned(),
            ExprKind::View(_) => "looked at".to_owned(),
            ExprKind::Match(_) => "taken apart".to_owned(),
            _ => "used".to_owned(),
        },
        Node::Stmt(stmt) => match &stmt.kind {
            StmtKind::Local(local) => {
                format!("moved into `{}`", analysis.slice(local.pattern.span))
            }
            StmtKind::Assign(assign) if assign.value.span == below => {
                format!("moved into `{}`", analysis.slice(assign.place.span))
            }
            StmtKind::Assign(_) => "set anew".to_owned(),
            StmtKind::Expr { .. } => "given as the value of the block".to_owned(),
            _ => "used".to_owned(),
        },
        Node::Block(_) => return None,
    })
}

/// What a call does with one of its arguments.
fn argument(analysis: &Analysis, call: &Call, value: Span) -> Option<String> {
    let at = call.args.iter().position(|arg| arg.value.span == value)?;
    let name = callee(&call.callee)?;
    let text = analysis.slice(name);
    let Some(Symbol::Function(id)) = analysis.index().exactly(name) else {
        return Some(format!("moved into `{text}`"));
    };
    let function = &analysis.thir.functions[id];
    let is_method = matches!(call.callee.kind, ExprKind::Field(_));
    let skipped = usize::from(is_method && analysis.hir.functions[id].has_receiver());
    let label = call.args[at].name.as_ref().map(|name| name.as_str());
    let named = |param: &&deed_compiler::thir::Param| {
        Some(function.locals[param.local].name.text.as_str()) == label
    };
    let param = function.params.iter().find(named).or(function.params.get(at + skipped))?;
    Some(passed(param.mode, function))
}

/// What a method does with the value it is called on; a field is only looked at.
fn member(analysis: &Analysis, around: &[Node<'_>], name: Span) -> String {
    let is_called = around.iter().rev().nth(1).is_some_and(|node| {
        matches!(node, Node::Expr(Expr { kind: ExprKind::Call(call), .. })
            if callee(&call.callee) == Some(name))
    });
    match analysis.index().exactly(name) {
        Some(Symbol::Function(id)) if is_called => {
            let function = &analysis.thir.functions[id];
            function.params.first().map_or_else(String::new, |p| passed(p.mode, function))
        }
        _ => "looked at".to_owned(),
    }
}

fn callee(expr: &Expr) -> Option<Span> {
    match &expr.kind {
        ExprKind::Name { name, .. } => Some(name.span),
        ExprKind::Field(field) => Some(field.name.span),
        _ => None,
    }
}

fn passed(mode: ParamMode, function: &Function) -> String {
    let word = match mode {
        ParamMode::View => "looked at",
        ParamMode::Inout => "changed",
        ParamMode::Take => "consumed",
    };
    format!("{word} by `{}`", function.name.text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    #[test]
    fn an_asset_is_followed_to_its_end() {
        let at = Fixture::new(
            "module m
asset Coin { amount: u64 }
fn burn(take coin: Coin) { let Coin { amount } = coin }
fn worth(coin: Coin) -> u64 { return coin.amount }
fn f(take first$0: Coin) {
    let w = worth(first)
    let n = first.amount
    burn(first)
}
fn g(take other: Coin) -> Coin { return other }
",
        );
        let shown = |symbol| {
            let steps = flow(&at.analysis, symbol);
            steps.into_iter().map(|step| step.what).collect::<Vec<_>>()
        };
        let found = at.analysis.index().at(at.source, at.offset).expect("a variable");
        let expected = ["comes in", "looked at by `worth`", "looked at", "consumed by `burn`"];
        assert_eq!(shown(found.symbol), expected);
        let others = at.analysis.index().in_source(at.source);
        let other = others.filter(|one| at.analysis.slice(one.span) == "other").last();
        assert_eq!(shown(other.expect("a use").symbol), ["comes in", "returned"]);
    }
}
