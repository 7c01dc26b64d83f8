//! Blanks between two tokens of a line.
//!
//! In: neighbours. Out: whether a space stands between them.

use super::pieces::Piece;
use crate::parser::Mark;
use crate::token::TokenKind::{self, *};

/// Whether a value (or a type) ends with this piece.
pub(super) fn ends_value(piece: &Piece<'_>) -> bool {
    match piece.kind {
        Ident | Int | Str | StrTail | Bytes | RParen | RBracket | RBrace | Question | True
        | False | SelfWord | Underscore => true,
        Gt | JointGt => piece.mark == Some(Mark::Close),
        _ => false,
    }
}

/// Whether `piece`, which follows `before` on a line, is set off by a space. `unary`: whether `before` is
/// a sign before its operand.
pub(super) fn spaced(
    before: &Piece<'_>,
    piece: &Piece<'_>,
    unary: bool,
    tight_braces: bool,
) -> bool {
    if piece.is_comment() {
        return true;
    }
    !(unary || hugs_next(before, piece, tight_braces) || hugs_previous(before, piece, tight_braces))
}

/// Whether nothing stands behind `before`.
fn hugs_next(before: &Piece<'_>, piece: &Piece<'_>, tight_braces: bool) -> bool {
    match before.kind {
        LParen | LBracket | StrHead | StrMid | Dot | PathSep | Bang => true,
        LBrace => tight_braces || piece.kind == RBrace,
        Lt | Pipe => before.mark == Some(Mark::Open),
        JointGt => before.mark.is_none(),
        DotDot | DotDotEq => {
            !matches!(piece.kind, RBrace | FatArrow | If | In | Eq | LBrace | Pipe | Else)
        }
        Impl => piece.kind == Lt,
        _ => false,
    }
}

/// Whether nothing stands before `piece`.
fn hugs_previous(before: &Piece<'_>, piece: &Piece<'_>, tight_braces: bool) -> bool {
    match piece.kind {
        RParen | RBracket | StrMid | StrTail | Comma | Semicolon | Colon | PathSep | Question => {
            true
        }
        DotStar => true,
        RBrace => tight_braces,
        Dot | DotDot | DotDotEq | LBracket => ends_value(before),
        LParen => calls(before),
        LBrace => before.kind == Dot,
        Lt | Gt | JointGt => piece.mark.is_some(),
        Pipe => piece.mark == Some(Mark::Close),
        _ => false,
    }
}

/// Whether a `(` behind it belongs to it.
fn calls(before: &Piece<'_>) -> bool {
    let word = matches!(before.kind, Init | Migrate | Upgrade | Fn | SelfWord);
    word || ends_value(before) && !matches!(before.kind, Str | StrTail | RBrace)
}

/// Whether `kind` is a sign that stands before its operand where no value precedes it.
pub(super) fn may_be_unary(kind: TokenKind) -> bool {
    matches!(kind, Minus | Bang)
}
