//! What can be folded away.
//!
//! In: the tokens of a source. Out: ranges of lines.
//! Holds always: a range has at least two lines; no two begin on the same line.

use std::collections::BTreeMap;

use deed_base::{Diagnostics, SourceId};
use deed_syntax::{Token, TokenKind, lex};

use crate::analysis::Analysis;
use crate::analysis::position::Lines;
use crate::analysis::tokens::Brackets;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Code,
    Comment,
    Imports,
}

/// Lines from the first to the last, counted from 0.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fold {
    pub first: u32,
    pub last: u32,
    pub kind: Kind,
}

pub fn folding(analysis: &Analysis, source: SourceId) -> Vec<Fold> {
    let file = analysis.source(source);
    let tokens = lex(file, &mut Diagnostics::new());
    let lines = &Lines::new(&file.text);
    let mut folds = BTreeMap::new();
    let mut add = |first: u32, last: u32, kind: Kind| {
        if first < last {
            folds.entry(first).or_insert(Fold { first, last, kind });
        }
    };
    let mut brackets = Brackets::default();
    for (number, token) in tokens.iter().enumerate() {
        if let Some(open) = brackets.take(token.kind, number) {
            // The line of the closing bracket stays in sight.
            let last = lines.line(token.span.start).saturating_sub(1);
            add(lines.line(tokens[open].span.start), last, Kind::Code);
        }
    }
    let line = |token: &Token| lines.line(token.span.start);
    let is_comment = |token: &Token| {
        matches!(token.kind, TokenKind::Comment | TokenKind::DocComment | TokenKind::ModuleDoc)
    };
    runs(tokens.iter().filter(|t| is_comment(t)).map(line), Kind::Comment, &mut add);
    let is_use = |token: &&Token| token.kind == TokenKind::Use;
    runs(tokens.iter().filter(is_use).map(line), Kind::Imports, &mut add);
    folds.into_values().collect()
}

/// Adds each run of consecutive lines.
fn runs(lines: impl Iterator<Item = u32>, kind: Kind, add: &mut dyn FnMut(u32, u32, Kind)) {
    let mut run: Option<(u32, u32)> = None;
    for line in lines {
        run = match run {
            Some((first, last)) if line <= last + 1 => Some((first, line)),
            before => {
                before.iter().for_each(|(first, last)| add(*first, *last, kind));
                Some((line, line))
            }
        };
    }
    run.iter().for_each(|(first, last)| add(*first, *last, kind));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    #[test]
    fn blocks_comments_and_imports_fold() {
        let text = "// a\n// b\nmodule m\nuse x.y\nuse x.z\n\ncontract C {\n    fn f(\n        \
                    a: u64,\n    ) {\n        let x = 1\n    }\n    fn g() { }\n}\n";
        let at = Fixture::new(text);
        let folds = folding(&at.analysis, at.source);
        let folds: Vec<_> = folds.iter().map(|f| (f.first, f.last, f.kind)).collect();
        let expected = [
            (0, 1, Kind::Comment),
            (3, 4, Kind::Imports),
            (6, 12, Kind::Code),
            (7, 8, Kind::Code),
            (9, 10, Kind::Code),
        ];
        assert_eq!(folds, expected);
    }

    #[test]
    fn brackets_that_do_not_match_do_no_harm() {
        let at = Fixture::new("module m\n}}} )\ncontract C {\n(\n");
        assert!(folding(&at.analysis, at.source).is_empty());
        let at = Fixture::new("module m\ncontract C {\n  fn f() {\n    g(1\n  }\n}\n");
        let folds = folding(&at.analysis, at.source);
        assert_eq!(folds.iter().map(|f| (f.first, f.last)).collect::<Vec<_>>(), [(1, 4), (2, 3)]);
    }
}
