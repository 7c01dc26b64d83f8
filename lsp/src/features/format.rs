//! The canonical form of a file.
//!
//! In: a source. Out: the one change that makes it canonical; none where it has syntax errors.

use deed_base::{Diagnostics, SourceFile, SourceMap, Span};

use crate::analysis::{Analysis, syntax};

/// What to replace, and by what.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    pub span: Span,
    pub text: String,
}

/// The change from a text to its canonical form, as short as its two ends allow.
///
/// `None` for a text that has syntax errors or is canonical.
pub fn format(source: &SourceFile) -> Option<Change> {
    let old = &*source.text;
    let new = deed_syntax::format(source).ok()?;
    if old == new {
        return None;
    }
    let start = common(old.chars().zip(new.chars()));
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let end = common(old_rest.chars().rev().zip(new_rest.chars().rev()));
    let span = Span::new(source.id, start as u32, (old.len() - end) as u32);
    Some(Change { span, text: new_rest[..new_rest.len() - end].to_owned() })
}

/// The changes that make the declarations canonical which a stretch of a source touches.
pub fn format_range(analysis: &Analysis, range: Span) -> Vec<Change> {
    let source = analysis.source(range.source);
    let Some(tree) = analysis.module(range.source) else { return Vec::new() };
    let Ok(new) = deed_syntax::format(source) else { return Vec::new() };
    let (mut map, mut diagnostics) = (SourceMap::new(), Diagnostics::new());
    let id = map.add(source.name.as_str(), new.as_str());
    let new_tree = deed_syntax::parse(map.get(id), &mut diagnostics);
    let (olds, news) = (syntax::declarations(tree), syntax::declarations(&new_tree));
    if olds.len() != news.len() {
        return Vec::new();
    }
    let touched = |span: &Span| span.start <= range.end && range.start <= span.end;
    let pairs = olds.into_iter().zip(news).filter(|(old, _)| touched(old));
    let changes = pairs.map(|(span, to)| Change { span, text: map.get(id).slice(to).to_owned() });
    changes.filter(|change| source.slice(change.span) != change.text).collect()
}

/// The length in bytes of what two texts begin with.
fn common(pairs: impl Iterator<Item = (char, char)>) -> usize {
    pairs.take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    fn formatted(text: &str) -> Option<String> {
        let at = Fixture::new(text);
        let source = at.analysis.source(at.source);
        let change = format(source)?;
        let mut text = source.text.to_string();
        text.replace_range(change.span.start as usize..change.span.end as usize, &change.text);
        Some(text)
    }

    #[test]
    fn the_change_gives_the_canonical_text() {
        let text = "module m\n\ncontract C {\n  state { x:u64=0 }   // 契\n}\n";
        let canonical = "module m\n\ncontract C {\n    state { x: u64 = 0 } // 契\n}\n";
        assert_eq!(formatted(text).as_deref(), Some(canonical));
        assert_eq!(formatted(canonical), None);
    }

    #[test]
    fn only_the_declarations_of_a_range_change() {
        let text =
            "module m\nconst A:u64=1\ncontract C {\n  state { x:u64 =0 }\n  fn f( ) { }\n}\n";
        let at = Fixture::new(text);
        let start = text.find("state").expect("a state") as u32;
        let changes = format_range(&at.analysis, Span::new(at.source, start, start + 2));
        let [change] = &changes[..] else { panic!("one change, not {changes:?}") };
        assert_eq!(change.text, "state { x: u64 = 0 }");
        assert_eq!(at.analysis.slice(change.span), "state { x:u64 =0 }");
    }

    #[test]
    fn what_cannot_be_read_stays_as_it_is() {
        assert_eq!(formatted("module m\ncontract {{{"), None);
    }
}
