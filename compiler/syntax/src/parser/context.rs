//! What the grammar's actions share.
//!
//! In: a source and its docs. Out: identifiers, literals and spans for the tree; messages.
//! Holds always: messages are few (see [`crate::reporter`]), and after a cut at the depth limit the
//! grammar's own are left out, since they would speak of the cut.

use foldhash::{HashMap, HashSet};
use std::cell::{Cell, RefCell};

use deed_base::{Diagnostic, SourceFile, Span, Word};
use lalrpop_util::{ErrorRecovery, ParseError};

use super::messages;
use crate::ast::{Doc, Expr, ExprKind, Ident, IntLit, StrPart, Text, U256};
use crate::layout::{Docs, Layout};
use crate::lexer::{decode_bytes, decode_text, normalise, parse_int};
use crate::reporter::MAX_MESSAGES;
use crate::token::{Token, TokenKind};

/// What a `<`, `>` or `|` is where it is a bracket and no operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mark {
    Open,
    Close,
}

/// What the generated parser says of an error it recovered from.
pub(crate) type Recovery = ErrorRecovery<u32, TokenKind, ()>;

/// After how many recoveries the rest of a source is left unread.
const MAX_RECOVERIES: usize = 250;

pub(crate) struct Context<'s> {
    source: &'s SourceFile,
    docs: &'s Docs,
    tokens: &'s [Token],
    repaired: &'s HashSet<u32>,
    silent: bool,
    names: RefCell<HashMap<&'s str, Word>>,
    found: RefCell<Vec<Diagnostic>>,
    marks: RefCell<HashMap<u32, Mark>>,
    /// How many syntax errors there were, unreported ones included.
    errors: Cell<usize>,
    /// The line of the last one, 0 at first.
    last_line: Cell<u32>,
}

impl<'s> Context<'s> {
    pub(super) fn new(source: &'s SourceFile, layout: &'s Layout) -> Self {
        Context {
            source,
            docs: &layout.docs,
            tokens: &layout.tokens,
            repaired: &layout.repaired,
            silent: layout.too_deep,
            names: RefCell::default(),
            found: RefCell::default(),
            marks: RefCell::default(),
            errors: Cell::new(0),
            last_line: Cell::new(0),
        }
    }

    pub(super) fn source(&self) -> &'s SourceFile {
        self.source
    }

    pub(super) fn into_results(self) -> (Vec<Diagnostic>, HashMap<u32, Mark>) {
        (self.found.into_inner(), self.marks.into_inner())
    }

    /// Notes that the first and the last sign of a list are its brackets.
    pub(crate) fn brackets(&self, start: u32, end: u32) {
        let mut marks = self.marks.borrow_mut();
        marks.insert(start, Mark::Open);
        marks.insert(end.saturating_sub(1), Mark::Close);
    }

    pub(super) fn has_errors(&self) -> bool {
        !self.found.borrow().is_empty()
    }

    pub(crate) fn report(&self, diagnostic: Diagnostic) {
        let mut found = self.found.borrow_mut();
        if !self.silent && found.len() < MAX_MESSAGES {
            found.push(diagnostic);
        }
    }

    /// Reports a token that the grammar could not take; it recovered.
    pub(crate) fn syntax_error(&self, recovery: Recovery) {
        self.fatal_error(recovery.error);
    }

    /// Reports a token that the grammar could not take: once a line, and not where a bad character
    /// or a bracket has been reported.
    pub(super) fn fatal_error(&self, error: ParseError<u32, TokenKind, ()>) {
        self.errors.set(self.errors.get() + 1);
        if let ParseError::UnrecognizedToken { token: (start, kind, end), .. } = &error
            && (*kind == TokenKind::Bad || start == end && *kind != TokenKind::Newline)
        {
            return;
        }
        let diagnostic = messages::explain(self.source, self.tokens, error);
        let line = self.source.line_number(diagnostic.primary.span.start);
        if self.last_line.replace(line) != line && !self.repaired.contains(&line) {
            self.report(diagnostic);
        }
    }

    /// Whether so much is wrong that reading on is a waste: each recovery costs much time.
    pub(super) fn gave_up(&self) -> bool {
        self.errors.get() > MAX_RECOVERIES
    }

    /// The span of what the grammar saw between two places; empty if it saw nothing.
    pub(crate) fn span(&self, start: u32, end: u32) -> Span {
        Span::new(self.source.id, start, end.max(start))
    }

    fn slice(&self, start: u32, end: u32) -> &'s str {
        self.source.slice(self.span(start, end))
    }

    pub(crate) fn doc(&self, start: u32) -> Option<Doc> {
        self.docs.take(start)
    }

    pub(crate) fn ident(&self, start: u32, end: u32) -> Ident {
        let text = self.slice(start, end);
        let mut names = self.names.borrow_mut();
        let span = self.span(start, end);
        if let Some(name) = names.get(text) {
            return Ident { name: name.clone(), span };
        }
        let name: Word = if text.is_ascii() { text.into() } else { normalise(text).into() };
        names.insert(text, name.clone());
        Ident { name, span }
    }

    pub(crate) fn expr(&self, start: u32, kind: ExprKind, end: u32) -> Expr {
        Expr { kind, span: self.span(start, end) }
    }

    /// What begins with `base` and goes on to `end`.
    pub(crate) fn after(&self, base: Expr, kind: impl FnOnce(Expr) -> ExprKind, end: u32) -> Expr {
        let start = base.span.start;
        self.expr(start, kind(base), end)
    }

    /// A number; what is wrong with it, the lexer has said.
    pub(crate) fn int(&self, start: u32, end: u32) -> IntLit {
        let (value, suffix) = parse_int(self.slice(start, end)).unwrap_or((U256::ZERO, None));
        IntLit { value, suffix, span: self.span(start, end) }
    }

    pub(crate) fn text(&self, start: u32, end: u32) -> Text {
        Text { value: decode_text(self.body(start, end)), span: self.span(start, end) }
    }

    pub(crate) fn string(&self, start: u32, end: u32) -> ExprKind {
        ExprKind::Str(self.text_part(start, end).into_iter().collect())
    }

    /// The text of a piece of a string, if there is any.
    pub(crate) fn text_part(&self, start: u32, end: u32) -> Option<StrPart> {
        let text = decode_text(self.body(start, end));
        (!text.is_empty()).then_some(StrPart::Text(text))
    }

    pub(crate) fn byte_values(&self, start: u32, end: u32) -> Vec<u8> {
        decode_bytes(self.slice(start, end))
    }

    pub(crate) fn bytes(&self, start: u32, end: u32) -> ExprKind {
        ExprKind::Bytes(self.byte_values(start, end))
    }

    /// A piece of a string without the quotes or braces at its ends.
    fn body(&self, start: u32, end: u32) -> &'s str {
        let token = self.slice(start, end);
        let body = token.strip_prefix(['"', '}']).unwrap_or(token);
        let closed = body.ends_with(['"', '{']) && !ends_in_escape(body);
        if closed { &body[..body.len() - 1] } else { body }
    }
}

/// Whether the last character is escaped, so that it ends no string.
fn ends_in_escape(body: &str) -> bool {
    let before = &body[..body.len() - 1];
    before.bytes().rev().take_while(|b| *b == b'\\').count() % 2 == 1
}
