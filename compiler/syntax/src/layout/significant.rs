//! Tokens without trivia, and the docs that stood between them.
//!
//! In: the lexer's tokens. Out: those the grammar could see, each knowing its line, and the doc
//! comments, each with the token it stands before.

use deed_base::{Diagnostic, SourceFile, Span, catalogue};

use super::docs::Docs;
use crate::ast::Doc;
use crate::reporter::Reporter;
use crate::token::{Token, TokenKind};

/// A token that means something.
#[derive(Clone, Copy, Debug)]
pub(super) struct Significant {
    pub(super) kind: TokenKind,
    /// Whether it is the first of its line.
    pub(super) first: bool,
    /// The indentation of its line, in bytes.
    pub(super) indent: u32,
    pub(super) span: Span,
}

pub(super) fn split(
    source: &SourceFile,
    tokens: &[Token],
    reporter: &mut Reporter<'_>,
) -> (Vec<Significant>, Docs) {
    let mut splitter = Splitter {
        source,
        out: Vec::with_capacity(tokens.len()),
        docs: Docs::default(),
        doc: None,
        reporter,
    };
    let mut line_start = 0;
    let mut first = true;
    let mut indent = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token.kind {
            TokenKind::Newline => {
                line_start = token.span.end;
                first = true;
            }
            TokenKind::Comment => first |= source.slice(token.span).contains('\n'),
            TokenKind::DocComment | TokenKind::ModuleDoc => splitter.doc(token),
            kind => {
                if first {
                    indent = token.span.start - line_start.min(token.span.start);
                }
                let joint = kind == TokenKind::Gt && joins(tokens, at);
                let kind = if joint { TokenKind::JointGt } else { kind };
                splitter.token(Significant { kind, first, indent, span: token.span });
                first = false;
            }
        }
    }
    (splitter.out, splitter.docs)
}

/// Whether a `>` has another right behind it, as in `>>`.
fn joins(tokens: &[Token], at: usize) -> bool {
    tokens.get(at + 1).is_some_and(|next| {
        matches!(next.kind, TokenKind::Gt | TokenKind::GtEq)
            && tokens[at].span.end == next.span.start
    })
}

struct Splitter<'a, 'd> {
    source: &'a SourceFile,
    out: Vec<Significant>,
    docs: Docs,
    /// The doc that waits for its token.
    doc: Option<Doc>,
    reporter: &'a mut Reporter<'d>,
}

impl Splitter<'_, '_> {
    fn doc(&mut self, token: &Token) {
        let text = self.source.slice(token.span);
        let line = text.get(3..).unwrap_or("");
        let line = line.strip_prefix(' ').unwrap_or(line).trim_end();
        if token.kind == TokenKind::DocComment {
            append(&mut self.doc, line, token.span);
        } else if self.out.is_empty() {
            append(&mut self.docs.module, line, token.span);
        } else {
            self.reporter.push(
                Diagnostic::new(
                    catalogue::MISPLACED_DOC,
                    token.span,
                    "`//!` describes a module and stands at the top of its file",
                )
                .help("write `///` for the item that follows, or `//` for a plain comment"),
            );
        }
    }

    fn token(&mut self, token: Significant) {
        // Taking a doc writes to its place, and nearly no token has one.
        if self.doc.is_some() {
            self.docs.extend(token.span.start, self.doc.take());
        }
        self.out.push(token);
    }
}

fn append(doc: &mut Option<Doc>, line: &str, span: Span) {
    match doc {
        Some(doc) => {
            doc.text.push('\n');
            doc.text.push_str(line);
            doc.span = doc.span.to(span);
        }
        None => *doc = Some(Doc { text: line.to_owned(), span }),
    }
}
