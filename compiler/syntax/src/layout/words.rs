//! What a word is where it stands, and which tokens end or continue a statement.
//!
//! In: a token between its neighbours. Out: the kind the grammar sees.
//! Holds always: a contextual word is a word only where a name could not stand, so no name is lost to
//! one; any word is a name after `.` and `fn` and before `:`.

use deed_base::SourceFile;

use super::FrameKind;
use super::significant::Significant;
use crate::token::TokenKind::{self, *};

/// A token between its neighbours.
pub(super) struct Context<'a> {
    pub(super) source: &'a SourceFile,
    pub(super) token: &'a Significant,
    /// As the lexer saw it.
    pub(super) next: Option<&'a Significant>,
    /// As the grammar sees it, [`Newline`] included.
    pub(super) previous: Option<TokenKind>,
    pub(super) frame: FrameKind,
}

#[inline]
pub(super) fn is_word(kind: TokenKind) -> bool {
    kind == Ident || kind.is_hard_word()
}

/// The kind a word has for the grammar.
pub(super) fn kind_of(cx: &Context<'_>) -> TokenKind {
    let kind = cx.token.kind;
    if cx.previous == Some(Dot) || cx.names_a_field() || cx.names_a_function() {
        return Ident;
    }
    if kind.is_hard_word() {
        return kind;
    }
    match TokenKind::contextual_word(cx.source.bytes(cx.token.span)) {
        Some(word) if cx.is_contextual(word) => word,
        _ => Ident,
    }
}

impl Context<'_> {
    fn next_is(&self, test: impl std::ops::Fn(TokenKind) -> bool) -> bool {
        self.next.is_some_and(|n| test(n.kind))
    }

    fn next_is_text(&self, words: &[&str]) -> bool {
        self.next.is_some_and(|n| n.kind == Ident && words.contains(&self.source.slice(n.span)))
    }

    /// Before `:` any word is a name, but those that may be a value.
    fn names_a_field(&self) -> bool {
        self.next_is(|k| k == Colon) && !matches!(self.token.kind, SelfWord | True | False)
    }

    fn names_a_function(&self) -> bool {
        self.previous == Some(Fn) && self.next_is(|k| matches!(k, LParen | Lt))
    }

    /// Whether an item, a member or a statement begins here, perhaps after modifiers.
    fn at_start(&self) -> bool {
        match self.previous {
            None | Some(Newline | LBrace) => true,
            Some(kind) => is_modifier(kind),
        }
    }

    /// Whether an expression or a type ended just before, on this line.
    fn after_value(&self) -> bool {
        self.previous.is_some_and(can_end_value)
    }

    fn is_contextual(&self, word: TokenKind) -> bool {
        let start = self.at_start();
        match word {
            Module | Asset | Error | Errors | Event | Interface | Contract | Rule => {
                start && self.next.is_some_and(|n| n.kind == Ident && !n.first)
            }
            State => start && self.frame == FrameKind::Contract && self.next_is(|k| k == LBrace),
            Init | Migrate => {
                start && self.frame == FrameKind::Contract && self.next_is(|k| k == LParen)
            }
            Upgrade => start && self.frame == FrameKind::Struct && self.next_is(|k| k == LParen),
            Every | Policy => start && self.frame == FrameKind::Contract,
            Cron => start && self.frame == FrameKind::Contract && self.next_is(|k| k == Str),
            Step => start && self.next_is(|k| k == Invariant),
            Payable | Spec | Native | Reentrant => {
                start && (self.next_is(|k| k == Fn || is_modifier(k)) || self.next_is_text(SPECIAL))
            }
            Traced | Counter => start && self.next_is(|k| k == Ident || is_modifier(k)),
            Index => {
                (start || self.after_comma()) && self.next_is(|k| k == Ident || is_modifier(k))
            }
            Inout | Take => {
                (self.after_comma() || matches!(self.previous, Some(Pipe | Colon)))
                    && self.next_is(|k| matches!(k, Ident | SelfWord))
            }
            Linear => matches!(self.previous, Some(Lt | Comma)) && self.next_is(|k| k == Ident),
            _ => self.is_statement_word(word, start),
        }
    }

    fn is_statement_word(&self, word: TokenKind, start: bool) -> bool {
        match word {
            Expect => {
                start
                    && (self.next_is(|k| matches!(k, Throw | Emit)) || self.next_is_text(&["trap"]))
            }
            Trap => self.previous == Some(Expect),
            Warp => start && self.next_is_text(&["to", "by"]),
            To | By if self.previous == Some(Warp) => true,
            Reject => {
                (start || matches!(self.previous, Some(FatArrow | Else)))
                    && self.next_is(|k| matches!(k, Ident | Dot))
            }
            Par => start && self.next_is(|k| k == For),
            Finally => self.previous == Some(RBrace) && self.next_is(|k| k == LBrace),
            Never | Only => start && self.frame == FrameKind::Rule,
            Flow => self.previous == Some(Never) && self.next_is(is_word),
            Version | Upgrades => self.after_value() && self.next_is(|k| k == Int),
            When => self.after_value() || self.previous == Some(Exactly),
            Default => self.after_value() || matches!(self.previous, Some(Gt | JointGt)),
            _ => self.after_value(),
        }
    }

    fn after_comma(&self) -> bool {
        matches!(self.previous, Some(LParen | Comma))
    }
}

/// Words that may follow a modifier and are names elsewhere.
const SPECIAL: &[&str] = &["init", "every", "cron", "payable", "spec", "native", "reentrant"];

fn is_modifier(kind: TokenKind) -> bool {
    matches!(
        kind,
        Pub | Async
            | Entry
            | View
            | Test
            | Ghost
            | Payable
            | Spec
            | Native
            | Reentrant
            | Traced
            | Counter
            | Index
    )
}

fn can_end_value(kind: TokenKind) -> bool {
    can_end_statement(kind) && !matches!(kind, Break | Continue | Return | DotDot | Gt | JointGt)
}

/// Whether a statement or an item may end with this token.
pub(super) fn can_end_statement(kind: TokenKind) -> bool {
    matches!(
        kind,
        Ident
            | Int
            | Str
            | StrTail
            | Bytes
            | Bad
            | RParen
            | RBracket
            | RBrace
            | Gt
            | JointGt
            | DotStar
            | DotDot
            | Question
            | Underscore
            | True
            | False
            | SelfWord
            | NoTrap
            | Break
            | Continue
            | Return
    )
}

/// Whether the line before was not finished: no value begins with the word that declares a variable.
pub(super) fn breaks_off(last: TokenKind, first: TokenKind) -> bool {
    matches!(first, Let | Var) && (Coalesce..=ShlEq).contains(&last)
}

/// Whether a line that begins with this token continues the one before.
pub(super) fn continues_statement(
    source: &SourceFile,
    token: &Significant,
    frame: FrameKind,
) -> bool {
    match token.kind {
        Dot => frame != FrameKind::Match,
        LBrace | Else | Catch | Throws | Requires | Ensures | Modifies | Decreases | NoTrap
        | In | Where => true,
        Arrow | FatArrow | Comma | PathSep => true,
        Plus | Slash | Percent | Amp | Pipe | Caret | Shl | AmpAmp | PipePipe | Coalesce => true,
        Implies | EqEq | BangEq | Lt | LtEq | Gt | GtEq | JointGt => true,
        kind if (Eq..=ShlEq).contains(&kind) => true,
        Ident => matches!(source.slice(token.span), "implements" | "finally"),
        _ => false,
    }
}

/// Whether a line in column 0 that begins with this token begins an item for certain.
pub(super) fn begins_item(source: &SourceFile, token: &Significant) -> bool {
    match token.kind {
        Use | Const | Fn | Struct | Enum | Trait | Impl | Pub | Entry | Async | Test => true,
        Ident => matches!(
            source.slice(token.span),
            "module" | "asset" | "error" | "errors" | "event" | "interface" | "contract" | "rule"
        ),
        _ => false,
    }
}
