//! The design's own example, and what is left of it when tokens go missing.

use deed_base::{Diagnostics, MessageFormat, SourceMap, render_all};
use deed_syntax::ast::{ItemKind, Module};
use deed_syntax::{lex, parse};

const TASTE: &str = include_str!("../../../tests/syntax/taste.deed");

fn read(text: &str) -> (Module, String) {
    let mut sources = SourceMap::new();
    let id = sources.add("taste.deed", text);
    let mut diagnostics = Diagnostics::new();
    let module = parse(sources.get(id), &mut diagnostics);
    (module, render_all(&diagnostics.sorted(), &sources, MessageFormat::Short))
}

#[test]
fn the_taste_parses() {
    let (module, messages) = read(TASTE);
    assert_eq!(messages, "");
    assert_eq!(module.path.to_string(), "scf.receivable");
    assert_eq!((module.uses.len(), module.items.len()), (2, 8));
}

/// The names that a tree declares, and how many functions its contract has.
fn declared(module: &Module) -> (usize, Option<usize>) {
    let functions = module.items.iter().find_map(|i| match &i.kind {
        ItemKind::Contract(c) => Some(c.functions().count()),
        _ => None,
    });
    (module.items.iter().filter(|i| i.kind.name().is_some()).count(), functions)
}

#[test]
fn no_missing_token_costs_more_than_a_declaration() {
    let mut sources = SourceMap::new();
    let id = sources.add("taste.deed", TASTE);
    let tokens = lex(sources.get(id), &mut Diagnostics::new());
    let (items, functions) = declared(&read(TASTE).0);
    let mut costly = Vec::new();
    for token in tokens.iter().filter(|t| !t.kind.is_trivia() && !t.span.is_empty()) {
        let mut text = TASTE.to_owned();
        text.replace_range(token.span.start as usize..token.span.end as usize, "");
        let (module, messages) = read(&text);
        let (left, left_functions) = declared(&module);
        let kept_functions = left_functions.is_none_or(|f| Some(f + 1) >= functions);
        if left + 1 < items || !kept_functions {
            costly.push(format!("{left} {left_functions:?} without {token:?}\n{messages}"));
        }
        assert!(left + 2 >= items, "{}", costly.join("\n"));
    }
    assert!(costly.len() * 200 < tokens.len(), "{}", costly.join("\n"));
}
