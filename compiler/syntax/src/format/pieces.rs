//! What is printed: tokens as the grammar saw them, and comments, in order.
//!
//! In: the lexer's tokens, the layout's, and the grammar's marks. Out: pieces.

use deed_base::SourceFile;

use crate::parser::{Mark, Parsed};
use crate::token::TokenKind;

/// A token or a comment to print.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'s> {
    pub(super) text: &'s str,
    /// As the grammar saw it; [`TokenKind::Comment`] for all comments.
    pub(super) kind: TokenKind,
    /// What the grammar said of a `<`, `>` or `|`.
    pub(super) mark: Option<Mark>,
    /// Ends of lines before it, in the source and where its line would be too long.
    pub(super) newlines: u32,
    /// Whether the layout separates it from what is before.
    pub(super) separated: bool,
}

impl Piece<'_> {
    pub(super) fn is_comment(&self) -> bool {
        self.kind == TokenKind::Comment
    }
}

pub(super) fn collect<'s>(source: &'s SourceFile, parsed: &Parsed) -> Vec<Piece<'s>> {
    let mut laid = parsed.layout.tokens.iter().peekable();
    let mut pieces = Vec::with_capacity(parsed.tokens.len());
    let mut newlines = 0;
    for token in &parsed.tokens {
        let text = source.slice(token.span).trim_end();
        let piece = match token.kind {
            TokenKind::Newline => {
                newlines += 1;
                continue;
            }
            TokenKind::End => break,
            kind if kind.is_trivia() => {
                Piece { text, kind: TokenKind::Comment, mark: None, newlines, separated: false }
            }
            _ => {
                let separated = laid.next_if(|t| t.kind == TokenKind::Newline).is_some();
                let kind = laid.next().map_or(token.kind, |t| t.kind);
                let mark = parsed.marks.get(&token.span.start).copied();
                Piece { text, kind, mark, newlines, separated }
            }
        };
        newlines = 0;
        pieces.push(piece);
    }
    pieces
}
