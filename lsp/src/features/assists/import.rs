//! Importing the name under the cursor, where nothing here has it.

use deed_base::{Severity, Span};

use super::{Assist, Kind};
use crate::analysis::{Analysis, tokens};
use crate::features::imports::{exports, import as change};

/// One assist for each module that offers the name.
pub(super) fn import(analysis: &Analysis, range: Span) -> Vec<Assist> {
    let file = analysis.source(range.source);
    let here = |span: Span| span.start <= range.start && range.start <= span.end;
    let words = tokens::significant(file).into_iter();
    let word = words.filter(|token| tokens::is_word(token.kind)).find(|token| here(token.span));
    let Some(word) = word.map(|token| token.span) else { return Vec::new() };
    let is_wrong = analysis
        .diagnostics
        .iter()
        .any(|d| d.severity() == Severity::Error && d.primary.span == word);
    if !is_wrong || analysis.index().exactly(word).is_some() {
        return Vec::new();
    }
    let name = file.slice(word);
    let all = exports(analysis, range.source, name).into_iter();
    let assist = |module: &str| {
        let change = change(analysis, range.source, module, name)?;
        let title = format!("Import `{module}.{name}`");
        Some(Assist { title, kind: Kind::Fix, changes: vec![change] })
    };
    all.filter(|export| export.name == name).filter_map(|e| assist(&e.module)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::fixture::applied;

    #[test]
    fn an_unknown_name_is_imported() {
        let shown = applied("module m\n\nfn f(a: Cn$0y) { }\n", "Import `std.money.Cny`");
        let expected = "module m\n\nuse std.money.Cny\n\nfn f(a: Cny) { }\n";
        assert_eq!(shown.as_deref(), Some(expected));
        assert_eq!(applied("module m\nfn f(a: u6$04) { }\n", "Import"), None);
    }
}
