//! Tokens and trees as text.
//!
//! In: tokens, or a tree. Out: stable, readable text without places.
//! Holds always: two trees have the same text exactly if they differ in nothing but spans.

mod exprs;
mod functions;
mod items;
mod patterns;
mod sexp;
mod stmts;

use std::fmt::Write;

use deed_base::SourceFile;

use crate::ast::Module;
use crate::token::{Token, TokenKind};

/// A tree as nested lists, a line an element where it is long.
pub fn print_module(module: &Module) -> String {
    items::module(module).render()
}

/// Tokens, one a line: place, class, text.
pub fn print_tokens(source: &SourceFile, tokens: &[Token]) -> String {
    let mut out = String::new();
    for token in tokens {
        let at = source.position(token.span.start);
        let class = class(token.kind);
        let text = source.slice(token.span);
        let text = text.escape_debug();
        let _ = writeln!(out, "{}:{} {class} {text}", at.line, at.column);
    }
    // A line end and the end of the file have no text.
    out.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn class(kind: TokenKind) -> &'static str {
    use TokenKind::*;
    match kind {
        Ident => "name",
        Int => "number",
        Str | StrHead | StrMid | StrTail => "string",
        Bytes => "bytes",
        Comment => "comment",
        DocComment | ModuleDoc => "doc",
        Newline => "newline",
        Bad => "bad",
        End => "end",
        kind if kind.is_hard_word() || kind.is_contextual_word() => "word",
        _ => "sign",
    }
}
