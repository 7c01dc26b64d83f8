//! The regular part of the lexer.
//!
//! In: text. Out: signs, and the beginnings of everything that needs a closer look.

use logos::Logos;

use crate::token::TokenKind;

#[derive(Logos, Clone, Copy, Debug)]
#[logos(skip r"[ \t\f]+")]
pub(super) enum Raw {
    #[regex(r"\r?\n")]
    #[token("\r")]
    Newline,
    #[regex(r"[A-Za-z_][A-Za-z0-9_]*")]
    Word,
    #[regex(r"[0-9][A-Za-z0-9_]*")]
    Int,
    #[regex(r"//[^\r\n]*", allow_greedy = true)]
    LineComment,
    #[token("/*")]
    BlockComment,
    #[token("\"")]
    Quote,
    #[token("b\"")]
    #[token("hex\"")]
    ByteQuote,
    #[regex(r"[^\x00-\x7F]")]
    NonAscii,

    #[token("(", |_| TokenKind::LParen)]
    #[token(")", |_| TokenKind::RParen)]
    #[token("[", |_| TokenKind::LBracket)]
    #[token("]", |_| TokenKind::RBracket)]
    #[token("{", |_| TokenKind::LBrace)]
    #[token("}", |_| TokenKind::RBrace)]
    #[token(",", |_| TokenKind::Comma)]
    #[token(";", |_| TokenKind::Semicolon)]
    #[token(":", |_| TokenKind::Colon)]
    #[token("::", |_| TokenKind::PathSep)]
    #[token(".", |_| TokenKind::Dot)]
    #[token(".*", |_| TokenKind::DotStar)]
    #[token("..", |_| TokenKind::DotDot)]
    #[token("..=", |_| TokenKind::DotDotEq)]
    #[token("->", |_| TokenKind::Arrow)]
    #[token("=>", |_| TokenKind::FatArrow)]
    #[token("?", |_| TokenKind::Question)]
    #[token("??", |_| TokenKind::Coalesce)]
    #[token("!", |_| TokenKind::Bang)]
    #[token("+", |_| TokenKind::Plus)]
    #[token("-", |_| TokenKind::Minus)]
    #[token("*", |_| TokenKind::Star)]
    #[token("/", |_| TokenKind::Slash)]
    #[token("%", |_| TokenKind::Percent)]
    #[token("&", |_| TokenKind::Amp)]
    #[token("|", |_| TokenKind::Pipe)]
    #[token("^", |_| TokenKind::Caret)]
    #[token("<<", |_| TokenKind::Shl)]
    #[token("&&", |_| TokenKind::AmpAmp)]
    #[token("||", |_| TokenKind::PipePipe)]
    #[token("==>", |_| TokenKind::Implies)]
    #[token("==", |_| TokenKind::EqEq)]
    #[token("!=", |_| TokenKind::BangEq)]
    #[token("<", |_| TokenKind::Lt)]
    #[token("<=", |_| TokenKind::LtEq)]
    #[token(">", |_| TokenKind::Gt)]
    #[token(">=", |_| TokenKind::GtEq)]
    #[token("=", |_| TokenKind::Eq)]
    #[token("+=", |_| TokenKind::PlusEq)]
    #[token("-=", |_| TokenKind::MinusEq)]
    #[token("*=", |_| TokenKind::StarEq)]
    #[token("/=", |_| TokenKind::SlashEq)]
    #[token("%=", |_| TokenKind::PercentEq)]
    #[token("&=", |_| TokenKind::AmpEq)]
    #[token("|=", |_| TokenKind::PipeEq)]
    #[token("^=", |_| TokenKind::CaretEq)]
    #[token("<<=", |_| TokenKind::ShlEq)]
    Sign(TokenKind),
}
