//! Repair of brackets that do not balance.
//!
//! In: significant tokens. Out: the lines repaired, and the tokens: the same where brackets balance; otherwise tokens with brackets added
//! and dropped by indentation, each change reported.
//! Holds always: what comes out balances (but what is too deep is left to be refused).

use foldhash::HashSet;

use deed_base::{Diagnostic, SourceFile, Span, catalogue};

use super::significant::Significant;
use crate::MAX_DEPTH;
use crate::reporter::Reporter;
use crate::token::TokenKind;

pub(super) fn repair(
    tokens: Vec<Significant>,
    source: &SourceFile,
    reporter: &mut Reporter<'_>,
) -> (Vec<Significant>, HashSet<u32>) {
    match balance(&tokens) {
        Balance::Fine | Balance::TooDeep => (tokens, HashSet::default()),
        Balance::Broken => {
            let lines = HashSet::default();
            let mut pass = Repair { source, open: Vec::new(), out: Vec::new(), lines, reporter };
            tokens.into_iter().for_each(|token| pass.token(token));
            (pass.out, pass.lines)
        }
    }
}

/// The bracket that closes an opening one.
fn closer(kind: TokenKind) -> Option<TokenKind> {
    match kind {
        TokenKind::LParen => Some(TokenKind::RParen),
        TokenKind::LBracket => Some(TokenKind::RBracket),
        TokenKind::LBrace => Some(TokenKind::RBrace),
        TokenKind::StrHead => Some(TokenKind::StrTail),
        _ => None,
    }
}

fn is_closer(kind: TokenKind) -> bool {
    use TokenKind::*;
    matches!(kind, RParen | RBracket | RBrace | StrTail)
}

enum Balance {
    Fine,
    Broken,
    TooDeep,
}

fn balance(tokens: &[Significant]) -> Balance {
    let mut open = Vec::new();
    let mut broken = false;
    for token in tokens {
        if let Some(closer) = closer(token.kind) {
            open.push(closer);
            if open.len() > MAX_DEPTH {
                return Balance::TooDeep;
            }
        } else if token.kind == TokenKind::StrMid {
            broken |= open.last() != Some(&TokenKind::StrTail);
        } else if is_closer(token.kind) && open.pop() != Some(token.kind) {
            broken = true;
        }
    }
    if broken || !open.is_empty() { Balance::Broken } else { Balance::Fine }
}

struct Open {
    closer: TokenKind,
    opener: Significant,
}

struct Repair<'a, 'd> {
    source: &'a SourceFile,
    open: Vec<Open>,
    out: Vec<Significant>,
    /// Lines about which something has been said.
    lines: HashSet<u32>,
    reporter: &'a mut Reporter<'d>,
}

impl Repair<'_, '_> {
    fn token(&mut self, token: Significant) {
        if token.first {
            self.close_by_indentation(&token);
        }
        if token.kind == TokenKind::End {
            while self.close_one() {}
        }
        if let Some(closer) = closer(token.kind) {
            self.open.push(Open { closer, opener: token });
        } else if token.kind == TokenKind::StrMid {
            self.close_up_to(TokenKind::StrTail);
        } else if is_closer(token.kind) && !self.closes(&token) {
            return;
        }
        self.out.push(token);
    }

    /// A line at or left of an opener's indentation ends what it opened.
    fn close_by_indentation(&mut self, token: &Significant) {
        while let Some(open) = self.open.last() {
            if token.indent > open.opener.indent || token.kind == open.closer {
                return;
            }
            self.close_one();
        }
    }

    /// Whether a closing bracket has an opener; if not it is reported.
    fn closes(&mut self, token: &Significant) -> bool {
        let opener = self.open.iter().rev().find(|o| o.closer == token.kind);
        let too_far_in = |open: &Open| {
            token.kind == TokenKind::RBrace && token.first && token.indent > open.opener.indent
        };
        if opener.is_none_or(too_far_in) {
            self.lines.insert(self.source.line_number(token.span.start));
            self.reporter.push(
                Diagnostic::new(
                    catalogue::STRAY_BRACKET,
                    token.span,
                    format!("nothing is open that this `{}` could close", token.kind.text()),
                )
                .help("remove it, or add the bracket that it should close"),
            );
            return false;
        }
        self.close_up_to(token.kind);
        self.open.pop();
        true
    }

    /// Closes what stands open within the innermost bracket that `closer` closes.
    fn close_up_to(&mut self, closer: TokenKind) {
        while self.open.last().is_some_and(|open| open.closer != closer) {
            self.close_one();
        }
    }

    fn close_one(&mut self) -> bool {
        let Some(open) = self.open.pop() else { return false };
        let end = self.out.last().map_or(open.opener.span.at_end(), |t| t.span.at_end());
        self.report_unclosed(&open, end);
        let indent = open.opener.indent;
        self.out.push(Significant { kind: open.closer, first: false, indent, span: end });
        true
    }

    fn report_unclosed(&mut self, open: &Open, end: Span) {
        if open.closer == TokenKind::StrTail {
            return;
        }
        let (opener, closer) = (open.opener.kind.text(), open.closer.text());
        let line = self.source.line_number(end.start);
        self.lines.insert(self.source.line_number(open.opener.span.start));
        self.lines.insert(line);
        self.reporter.push(
            Diagnostic::new(
                catalogue::UNCLOSED_BRACKET,
                open.opener.span,
                format!("this `{opener}` is never closed"),
            )
            .help(format!("by its indentation a `{closer}` is missing at the end of line {line}"))
            .fix(format!("add `{closer}`"), end, closer),
        );
    }
}
