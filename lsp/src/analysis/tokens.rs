//! The words and signs around a place, for code that is not finished yet.
//!
//! In: a source and an offset. Out: tokens without comments and line ends.

use deed_base::{Diagnostics, SourceFile, Span};
use deed_syntax::{Token, TokenKind, lex};

/// The tokens of a source that mean something, its end not among them.
pub fn significant(source: &SourceFile) -> Vec<Token> {
    let tokens = lex(source, &mut Diagnostics::new());
    tokens.into_iter().filter(|t| !t.kind.is_trivia() && t.kind != TokenKind::End).collect()
}

/// Whether an offset lies in a comment or in the text of a string.
pub fn is_in_text(source: &SourceFile, offset: u32) -> bool {
    use TokenKind::*;
    let text = |t: &Token| {
        matches!(
            t.kind,
            Comment | DocComment | ModuleDoc | Str | StrHead | StrMid | StrTail | Bytes
        )
    };
    let ends_open = |t: &Token| matches!(t.kind, Comment | DocComment | ModuleDoc);
    lex(source, &mut Diagnostics::new()).iter().filter(|t| text(t)).any(|t| {
        t.span.start < offset && (offset < t.span.end || (ends_open(t) && offset == t.span.end))
    })
}

/// Whether a token is a name or a reserved word.
pub fn is_word(kind: TokenKind) -> bool {
    kind == TokenKind::Ident || kind.is_hard_word()
}

/// The word that ends or goes on at an offset, as far as it stands before it.
pub fn prefix(source: &SourceFile, offset: u32) -> Span {
    let before = source.text.get(..offset as usize).unwrap_or_default();
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let start = before.trim_end_matches(is_part).len() as u32;
    Span::new(source.id, start, offset.max(start))
}

/// Brackets that are open, as tokens go by.
#[derive(Default)]
pub struct Brackets {
    open: Vec<(TokenKind, usize)>,
}

impl Brackets {
    /// Takes the token of a number; of a closing one, gives the number of its opening one. What was
    /// left open between the two never closes.
    pub fn take(&mut self, kind: TokenKind, number: usize) -> Option<usize> {
        use TokenKind::{LBrace, LBracket, LParen, RBrace, RBracket, RParen};
        let opening = match kind {
            LParen | LBracket | LBrace => {
                self.open.push((kind, number));
                return None;
            }
            RParen => LParen,
            RBracket => LBracket,
            RBrace => LBrace,
            _ => return None,
        };
        let at = self.open.iter().rposition(|(kind, _)| *kind == opening)?;
        let number = self.open[at].1;
        self.open.truncate(at);
        Some(number)
    }

    /// The numbers of those that are open, the outermost first.
    pub fn open(&self) -> impl Iterator<Item = usize> {
        self.open.iter().map(|(_, number)| *number)
    }
}

/// The last bracket among the tokens that is not closed.
pub fn open_bracket(before: &[Token]) -> Option<usize> {
    let mut brackets = Brackets::default();
    for (number, token) in before.iter().enumerate() {
        brackets.take(token.kind, number);
    }
    brackets.open.last().map(|(_, number)| *number)
}
