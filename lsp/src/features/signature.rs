//! What the call around the cursor takes.
//!
//! In: a place between the brackets of a call, finished or not. Out: its head, and which of the
//! parameters the cursor is at.

use deed_base::{SourceFile, SourceId};
use deed_compiler::thir::{DataField, FnKind};
use deed_syntax::{Token, TokenKind};

use crate::analysis::index::Symbol;
use crate::analysis::scope::Scope;
use crate::analysis::{Analysis, describe, tokens};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signature {
    pub label: String,
    pub docs: String,
    /// Each stands in the label as it is.
    pub parameters: Vec<String>,
    pub active: Option<usize>,
}

pub fn signature(analysis: &Analysis, source: SourceId, offset: u32) -> Option<Signature> {
    let file = analysis.source(source);
    if tokens::is_in_text(file, offset) {
        return None;
    }
    let before: Vec<Token> =
        tokens::significant(file).into_iter().filter(|t| t.span.end <= offset).collect();
    let open = open_call(&before)?;
    let scope = Scope::at(analysis, source, before[open].span.start);
    let symbol = callee(analysis, file, &before[..open], &scope)?;
    let (label, docs, mut parameters) = head(analysis, symbol)?;
    let mut names = parameter_names(analysis, symbol);
    if receiver(analysis, symbol) && before[..open].iter().nth_back(1).is_some_and(is_dot) {
        names.remove(0);
        parameters.remove(0);
    }
    let active = active(file, &before[open + 1..], &names).filter(|at| *at < parameters.len());
    Some(Signature { label, docs, parameters, active })
}

fn is_dot(token: &Token) -> bool {
    token.kind == TokenKind::Dot
}

/// The `(` of the innermost call around the end, which other brackets may stand between.
fn open_call(before: &[Token]) -> Option<usize> {
    let mut end = before.len();
    while let Some(open) = tokens::open_bracket(&before[..end]) {
        let is_word = |at: usize| tokens::is_word(before[at].kind);
        match before[open].kind {
            TokenKind::LBrace => return None,
            TokenKind::LParen if open.checked_sub(1).is_some_and(is_word) => return Some(open),
            _ => end = open,
        }
    }
    None
}

/// What is called, by the words before the bracket.
fn callee(
    analysis: &Analysis,
    file: &SourceFile,
    before: &[Token],
    scope: &Scope<'_>,
) -> Option<Symbol> {
    let (name, rest) = before.split_last()?;
    let word = file.slice(name.span);
    if rest.last().is_some_and(|token| token.kind == TokenKind::Fn) {
        return None;
    }
    let known = analysis.index().exactly(name.span);
    let candidates = match rest {
        [.., base, dot] if dot.kind == TokenKind::Dot => match base.kind {
            TokenKind::SelfWord => scope.members(),
            _ => return known,
        },
        _ => scope.items(),
    };
    let named = |symbol: &Symbol| describe::name(&analysis.thir, *symbol) == word;
    known.or_else(|| candidates.into_iter().find(named))
}

/// Whether the first parameter is the value that a method is called on.
pub(super) fn receiver(analysis: &Analysis, symbol: Symbol) -> bool {
    matches!(symbol, Symbol::Function(id) if analysis.hir.functions[id].has_receiver())
}

pub(super) fn parameter_names(analysis: &Analysis, symbol: Symbol) -> Vec<String> {
    let package = &analysis.thir;
    let names = |fields: &[DataField]| fields.iter().map(|f| f.name.text.to_string()).collect();
    match symbol {
        Symbol::Function(id) => {
            let function = &package.functions[id];
            let name =
                |p: &deed_compiler::thir::Param| function.locals[p.local].name.text.to_string();
            function.params.iter().map(name).collect()
        }
        Symbol::Error(id) => names(&package.errors[id].fields),
        Symbol::Event(id) => names(&package.events[id].fields),
        _ => Vec::new(),
    }
}

/// The label, the docs and the parameters of something that is called.
fn head(analysis: &Analysis, symbol: Symbol) -> Option<(String, String, Vec<String>)> {
    let package = &analysis.thir;
    let of = |fields: &[DataField]| fields.iter().map(|f| describe::field(package, f)).collect();
    let parameters = match symbol {
        Symbol::Function(id) => {
            let function = &package.functions[id];
            if matches!(function.kind, FnKind::Init) {
                return None;
            }
            function.params.iter().map(|p| describe::param(package, function, p)).collect()
        }
        Symbol::Error(id) => of(&package.errors[id].fields),
        Symbol::Event(id) => of(&package.events[id].fields),
        Symbol::Map(op) => {
            let text = describe::map_signature(op);
            let inside = text.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
            inside.map_or("", |(inside, _)| inside).split(", ").map(str::to_owned).collect()
        }
        _ => return None,
    };
    let description = describe::describe(package, symbol);
    Some((description.code, description.docs, parameters))
}

/// Which parameter the last of the tokens after `(` belongs to: by its label, else by its place.
fn active(file: &SourceFile, inside: &[Token], names: &[String]) -> Option<usize> {
    use TokenKind::{Colon, Comma, LBrace, LBracket, LParen, RBrace, RBracket, RParen};
    let (mut depth, mut count, mut start) = (0usize, 0, 0);
    for (at, token) in inside.iter().enumerate() {
        match token.kind {
            LParen | LBracket | LBrace => depth += 1,
            RParen | RBracket | RBrace => depth = depth.saturating_sub(1),
            Comma if depth == 0 => {
                count += 1;
                start = at + 1;
            }
            _ => {}
        }
    }
    match &inside[start..] {
        [label, colon, ..] if colon.kind == Colon => {
            names.iter().position(|name| name == file.slice(label.span))
        }
        _ => Some(count),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    /// The label and the active parameter at the cursor in a body.
    fn shown(body: &str) -> Option<(String, Option<String>)> {
        let at = Fixture::new(&format!(
            "
module m
error Poor(have: u64, need: u64)
contract C {{
    state {{ m: Map<Address, u64 default 0> }}
    fn help(x: u64, who: Address) -> u64 {{ return x }}
    entry fn f(a: u64) throws Poor {{
        {body}
    }}
}}
"
        ));
        let found = signature(&at.analysis, at.source, at.offset)?;
        let active = found.active.map(|at| found.parameters[at].clone());
        assert!(found.parameters.iter().all(|p| found.label.contains(p)), "{found:?}");
        Some((found.label, active))
    }

    #[test]
    fn the_parameter_at_the_cursor_is_active() {
        let help = "fn help(x: u64, who: Address) -> u64";
        let at = |parameter: &str| Some((help.to_owned(), Some(parameter.to_owned())));
        assert_eq!(shown("let y = self.help($0)"), at("x: u64"));
        assert_eq!(shown("let y = self.help(a + (1, 2)[0], $0)"), at("who: Address"));
        assert_eq!(shown("let y = self.help(who: $0"), at("who: Address"));
        assert_eq!(shown("let y = self.help(a[self.m.len(1)]$0"), at("x: u64"));
        assert_eq!(shown("self.help(1, 2, 3$0)"), Some((help.to_owned(), None)));
    }

    #[test]
    fn errors_and_operations_have_signatures_too() {
        let poor = "error Poor(have: u64, need: u64)".to_owned();
        assert_eq!(shown("throw Poor(1, $0"), Some((poor, Some("need: u64".into()))));
        let has = "has(key) -> bool".to_owned();
        assert_eq!(shown("let b = self.m.has($0tx.sender)"), Some((has, Some("key".into()))));
    }

    #[test]
    fn outside_of_calls_there_is_none() {
        assert_eq!(shown("let x = (1 + $0)"), None);
        assert_eq!(shown("if a > 0 { $0 }"), None);
        assert_eq!(shown("// self.help($0"), None);
    }
}
