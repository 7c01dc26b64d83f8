//! What to select next around a place: the word, the expression, the statement, and so on outwards.
//!
//! In: a place. Out: spans.
//! Holds always: each holds the one before it and is longer; the last is the whole file.

use deed_base::{SourceId, Span};
use deed_syntax::ast::{ItemKind, Member};

use crate::analysis::{Analysis, syntax, tokens};

pub fn selection(analysis: &Analysis, source: SourceId, offset: u32) -> Vec<Span> {
    let file = analysis.source(source);
    let here = Span::new(source, offset, offset);
    let mut spans = vec![file.span()];
    let word = tokens::significant(file).into_iter().map(|token| token.span);
    spans.extend(word.filter(|span| span.start <= offset && offset <= span.end));
    if let Some(module) = analysis.module(source) {
        spans.extend(syntax::around(module, here).iter().map(|node| node.span()));
        spans.extend(syntax::declarations(module));
        for item in &module.items {
            spans.push(item.span);
            if let ItemKind::Contract(contract) = &item.kind {
                let members = contract.members.iter().filter_map(|member| match member {
                    Member::Fn(function) => Some(function.span),
                    _ => None,
                });
                spans.extend(members);
            }
        }
    }
    spans.retain(|span| span.source == source && span.start <= offset && offset <= span.end);
    spans.sort_by_key(|span| (span.len(), span.start));
    let mut chain: Vec<Span> = Vec::new();
    for span in spans {
        let wider = |inner: &Span| span.start <= inner.start && inner.end <= span.end;
        if chain.last().is_none_or(|inner| wider(inner) && *inner != span) {
            chain.push(span);
        }
    }
    chain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    #[test]
    fn selections_grow_from_the_word_to_the_file() {
        let at = Fixture::new(
            "module m\ncontract C {\n    state { n: u64 = 0 }\n    /// Adds.\n    \
             entry fn f(a: u64) {\n        self.n += a * (2 + a$0)\n    }\n}\n",
        );
        let spans = selection(&at.analysis, at.source, at.offset);
        let texts: Vec<&str> = spans.iter().map(|span| at.analysis.slice(*span)).collect();
        assert_eq!(texts[0], "a");
        assert!(texts.contains(&"(2 + a)"), "{texts:?}");
        assert!(texts.contains(&"self.n += a * (2 + a)"), "{texts:?}");
        assert!(texts.iter().any(|text| text.starts_with("/// Adds.\n")), "{texts:?}");
        assert!(texts.iter().any(|text| text.starts_with("contract C")), "{texts:?}");
        assert!(texts.last().is_some_and(|text| text.starts_with("module m")));
    }

    #[test]
    fn broken_code_has_at_least_its_word_and_the_file() {
        let at = Fixture::new("module m\ncontract {{{ foo$0");
        let spans = selection(&at.analysis, at.source, at.offset);
        assert!(spans.len() >= 2);
        assert!(spans.windows(2).all(|two| two[0].len() < two[1].len()));
    }
}
