//! What is put in order while one types.
//!
//! In: a place behind the sign that was typed. Out: the change that it calls for, if any.

use deed_base::{SourceFile, SourceId, Span};

use super::format::{Change, format_range};
use crate::analysis::Analysis;
use crate::analysis::tokens::{self, Brackets};

const INDENT: &str = "    ";

/// After `}`, the declaration that it ends; after a new line, its indentation.
pub fn on_type(analysis: &Analysis, source: SourceId, offset: u32, typed: &str) -> Vec<Change> {
    let file = analysis.source(source);
    if tokens::is_in_text(file, offset) {
        return Vec::new();
    }
    match typed {
        "}" => format_range(analysis, Span::new(source, offset, offset)),
        "\n" => indentation(file, offset).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// The change of what the line at a place begins with.
fn indentation(file: &SourceFile, offset: u32) -> Option<Change> {
    let start = file.text.get(..offset as usize)?.rfind('\n')? as u32 + 1;
    let line = file.text[start as usize..].split('\n').next().unwrap_or_default();
    let blank = line.len() - line.trim_start_matches([' ', '\t']).len();
    let closes = line[blank..].starts_with(['}', ')', ']']);
    let depth = depth(file, start).saturating_sub(usize::from(closes));
    let text = INDENT.repeat(depth);
    let span = Span::new(file.id, start, start + blank as u32);
    (line[..blank] != text).then_some(Change { span, text })
}

/// How many lines before a place hold brackets that are still open there.
fn depth(file: &SourceFile, offset: u32) -> usize {
    let mut brackets = Brackets::default();
    let tokens = tokens::significant(file);
    let before = tokens.iter().take_while(|token| token.span.end <= offset);
    before.enumerate().for_each(|(number, token)| {
        brackets.take(token.kind, number);
    });
    let mut lines: Vec<u32> =
        brackets.open().map(|number| file.position(tokens[number].span.start).line).collect();
    lines.dedup();
    lines.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    fn typed(text: &str, sign: &str) -> String {
        let at = Fixture::new(text);
        let mut changes = on_type(&at.analysis, at.source, at.offset, sign);
        changes.sort_by_key(|change| std::cmp::Reverse(change.span));
        let mut text = at.analysis.source(at.source).text.to_string();
        for Change { span, text: new } in changes {
            text.replace_range(span.start as usize..span.end as usize, &new);
        }
        text
    }

    #[test]
    fn a_new_line_is_indented_by_the_brackets_around_it() {
        let shown = typed("module m\ncontract C {\n    fn f() {\n$0\n    }\n}\n", "\n");
        assert_eq!(shown, "module m\ncontract C {\n    fn f() {\n        \n    }\n}\n");
        let broken = typed("module m\ncontract C {\nfn f(a: u64,\n  $0", "\n");
        assert!(broken.ends_with("u64,\n        "), "{broken:?}");
        let closing = typed("module m\ncontract C {\n        $0}", "\n");
        assert_eq!(closing, "module m\ncontract C {\n}");
    }

    #[test]
    fn a_closing_brace_formats_what_it_closes() {
        let text = "module m\nconst A:u64=1\nfn f()  {  let x=1u64\n}$0\n";
        let expected = "module m\nconst A:u64=1\nfn f() {\n    let x = 1u64\n}\n";
        assert_eq!(typed(text, "}"), expected);
    }
}
