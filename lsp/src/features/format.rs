//! The canonical form of a file.
//!
//! In: a source. Out: the one change that makes it canonical; none where it has syntax errors.

use deed_base::{SourceFile, Span};

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
    fn what_cannot_be_read_stays_as_it_is() {
        assert_eq!(formatted("module m\ncontract {{{"), None);
    }
}
