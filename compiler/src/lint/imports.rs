//! Imports that are never used.
//!
//! Holds always: a name counts as used wherever its word stands outside the `use` lines of its
//! module, so what is reported is certain.

use std::collections::HashSet;

use deed_base::{Diagnostic, Diagnostics, Span, catalogue as codes};
use deed_syntax::ast::{Module, UseName, UseNames};
use deed_syntax::{TokenKind, lex};

use super::Cx;

pub(super) fn check(cx: &mut Cx<'_>) {
    for module in cx.modules {
        if cx.is_own(module.span) && !module.uses.is_empty() {
            module_imports(cx, module);
        }
    }
}

fn module_imports(cx: &mut Cx<'_>, module: &Module) {
    let words = words(cx, module);
    for usage in &module.uses {
        let UseNames::Names(names) = &usage.names else { continue };
        for (at, name) in names.iter().enumerate() {
            let local = name.local();
            if words.contains(&*local.name) || local.name.starts_with('_') {
                continue;
            }
            let message = format!("`{}` is imported and never used", local.name);
            let diagnostic = Diagnostic::new(codes::UNUSED_IMPORT, local.span, message);
            cx.d.push(match names.len() {
                1 => diagnostic.help("remove the line").fix(
                    "remove the line",
                    whole_line(cx, usage.span),
                    "",
                ),
                _ => diagnostic.help("remove it from the list").fix(
                    "remove it from the list",
                    with_comma(names, at),
                    "",
                ),
            });
        }
    }
}

/// A name of a list, with the comma behind it, or the one before the last.
fn with_comma(names: &[UseName], at: usize) -> Span {
    let whole = |name: &UseName| name.name.span.to(name.local().span);
    let own = whole(&names[at]);
    match (names.get(at + 1), at.checked_sub(1).and_then(|before| names.get(before))) {
        (Some(next), _) => Span::new(own.source, own.start, next.name.span.start),
        (None, Some(before)) => Span::new(own.source, whole(before).end, own.end),
        (None, None) => own,
    }
}

/// The words of a module outside its `use` lines.
fn words<'a>(cx: &Cx<'a>, module: &Module) -> HashSet<&'a str> {
    let source = cx.sources.get(module.span.source);
    let within = |span: Span| module.uses.iter().any(|u| u.span.contains(span.start));
    let tokens = lex(source, &mut Diagnostics::new()).into_iter();
    let names = tokens.filter(|token| token.kind == TokenKind::Ident && !within(token.span));
    names.map(|token| source.slice(token.span)).collect()
}

/// A line with its newline.
fn whole_line(cx: &Cx<'_>, span: Span) -> Span {
    let text = &cx.sources.get(span.source).text;
    let end =
        text[span.end as usize..].find('\n').map_or(text.len(), |at| span.end as usize + at + 1);
    Span::new(span.source, span.start, end as u32)
}
