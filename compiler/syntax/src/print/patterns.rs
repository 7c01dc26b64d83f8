//! Patterns.

use super::items::{name, path};
use super::sexp::Sexp;
use crate::ast::*;

pub(super) fn pattern(p: &Pattern) -> Sexp {
    match &p.kind {
        PatternKind::Wildcard => Sexp::atom("_"),
        PatternKind::Name(n) => name(n),
        PatternKind::Path(p) => path(p),
        PatternKind::Implicit(n) => Sexp::atom(format!(".{n}")),
        PatternKind::Call { path: p, args } => Sexp::node(&p.to_string(), args.iter().map(arg)),
        PatternKind::ImplicitCall { name, args } => {
            Sexp::node(&format!(".{name}"), args.iter().map(arg))
        }
        PatternKind::Struct { path: p, fields, rest } => {
            let fields =
                fields.iter().map(|f| Sexp::List(vec![name(&f.name), pattern(&f.pattern)]));
            let rest = Sexp::flag("..", *rest);
            Sexp::node("struct", [path(p)].into_iter().chain(fields).chain(rest))
        }
        PatternKind::Tuple(list) => Sexp::node("tuple", list.iter().map(pattern)),
        PatternKind::Array(list) => Sexp::node("array", list.iter().map(pattern)),
        PatternKind::Rest(None) => Sexp::atom(".."),
        PatternKind::Rest(Some(n)) => Sexp::atom(format!("..{n}")),
        PatternKind::Literal(l) => literal(l),
        PatternKind::Range { start, end, inclusive } => {
            let end_of =
                |e: &Option<Box<LiteralPattern>>| e.as_deref().map_or(Sexp::atom("_"), literal);
            Sexp::node(if *inclusive { "..=" } else { ".." }, [end_of(start), end_of(end)])
        }
        PatternKind::Or(list) => Sexp::node("or", list.iter().map(pattern)),
    }
}

fn arg(a: &PatternArg) -> Sexp {
    match &a.name {
        Some(n) => Sexp::node(&format!("{n}:"), [pattern(&a.pattern)]),
        None => pattern(&a.pattern),
    }
}

fn literal(l: &LiteralPattern) -> Sexp {
    match l {
        LiteralPattern::Int { negative, value } => {
            let sign = if *negative { "-" } else { "" };
            Sexp::atom(format!("{sign}{}", int(value)))
        }
        LiteralPattern::Bool(b) => Sexp::atom(b.to_string()),
        LiteralPattern::Str(s) => Sexp::quoted(s),
        LiteralPattern::Bytes(b) => bytes(b),
        LiteralPattern::Path(p) => path(p),
    }
}

pub(super) fn int(value: &IntLit) -> String {
    match value.suffix {
        Some(suffix) => format!("{}{suffix}", value.value),
        None => value.value.to_string(),
    }
}

pub(super) fn bytes(bytes: &[u8]) -> Sexp {
    let digits: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    Sexp::atom(format!("hex\"{digits}\""))
}
