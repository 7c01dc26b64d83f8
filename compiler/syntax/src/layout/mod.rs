//! Between the lexer and the grammar: which ends of lines separate, which words are words.
//!
//! In: the lexer's tokens. Out: the tokens the grammar sees, and the doc comments beside them.
//! Holds always: brackets balance (they are repaired by indentation where they do not, and every
//! repair is reported); a [`TokenKind::Newline`] stands exactly where something is separated; no
//! construct is deeper than [`crate::MAX_DEPTH`]; the last token is an `End`.

mod brackets;
mod depth;
mod docs;
mod significant;
mod words;

pub(crate) use docs::Docs;

use foldhash::HashSet;

use deed_base::{Diagnostic, SourceFile, Span, catalogue};

use crate::reporter::Reporter;
use crate::token::{Token, TokenKind};
use depth::Depth;
use significant::Significant;

/// What the grammar is given.
pub(crate) struct Layout {
    pub(crate) tokens: Vec<Token>,
    pub(crate) docs: Docs,
    /// The lines on which brackets were repaired.
    pub(crate) repaired: HashSet<u32>,
    /// Whether the source was cut off where it became too deep.
    pub(crate) too_deep: bool,
}

/// Lays out the tokens of a source.
pub(crate) fn lay_out(
    source: &SourceFile,
    tokens: &[Token],
    reporter: &mut Reporter<'_>,
) -> Layout {
    let (significant, docs) = significant::split(source, tokens, reporter);
    let (significant, repaired) = brackets::repair(significant, source, reporter);
    let mut pass = Pass {
        source,
        tokens: &significant,
        out: Vec::with_capacity(significant.len() * 5 / 4 + 1),
        last: None,
        frames: vec![Frame::new(FrameKind::Top)],
        depth: Depth::default(),
        in_use: false,
        reporter,
    };
    let too_deep = pass.run().is_err();
    Layout { tokens: pass.out, docs, repaired, too_deep }
}

/// What the innermost open bracket is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum FrameKind {
    Top,
    /// `(`, `[` or an interpolation: ends of lines mean nothing.
    Round,
    /// The braces of a contract, a rule, a struct or asset, a `match`, or any others.
    Contract,
    Rule,
    Struct,
    Match,
    Brace,
}

struct Frame {
    kind: FrameKind,
    /// What the next `{` at this level opens.
    awaited: FrameKind,
}

impl Frame {
    fn new(kind: FrameKind) -> Self {
        Frame { kind, awaited: FrameKind::Brace }
    }
}

/// The source became too deep.
struct TooDeep;

struct Pass<'a, 'd> {
    source: &'a SourceFile,
    tokens: &'a [Significant],
    out: Vec<Token>,
    /// What `out` ends with.
    last: Option<TokenKind>,
    frames: Vec<Frame>,
    depth: Depth,
    /// Within a `use`, where a `{` may follow a dot.
    in_use: bool,
    reporter: &'a mut Reporter<'d>,
}

impl Pass<'_, '_> {
    fn run(&mut self) -> Result<(), TooDeep> {
        for at in 0..self.tokens.len() {
            self.step(at)?;
        }
        Ok(())
    }

    #[inline]
    fn step(&mut self, at: usize) -> Result<(), TooDeep> {
        let token = &self.tokens[at];
        if self.last == Some(TokenKind::Dot) {
            self.name_after_dot(token);
        }
        if token.first && self.separates(token) {
            self.newline();
        }
        if token.kind == TokenKind::Semicolon && self.frame() != FrameKind::Round {
            self.semicolon(token);
            return Ok(());
        }
        let is_word = words::is_word(token.kind);
        let kind = if is_word { words::kind_of(&self.context(at)) } else { token.kind };
        self.open_or_close(kind);
        self.in_use |= kind == TokenKind::Use;
        self.push(kind, token.span);
        if !self.depth.token(kind) {
            self.too_deep(token.span);
            return Err(TooDeep);
        }
        Ok(())
    }

    #[inline]
    fn push(&mut self, kind: TokenKind, span: Span) {
        self.last = Some(kind);
        self.out.push(Token { kind, span });
    }

    fn context(&self, at: usize) -> words::Context<'_> {
        words::Context {
            source: self.source,
            token: &self.tokens[at],
            next: self.tokens.get(at + 1),
            previous: self.last,
            frame: self.frame(),
        }
    }

    fn frame(&self) -> FrameKind {
        self.frames.last().map_or(FrameKind::Top, |f| f.kind)
    }

    fn open_or_close(&mut self, kind: TokenKind) {
        use TokenKind::*;
        match kind {
            LParen | LBracket | StrHead => self.frames.push(Frame::new(FrameKind::Round)),
            LBrace => {
                let awaited = self.frames.last_mut().map(|f| &mut f.awaited);
                let kind =
                    awaited.map_or(FrameKind::Brace, |a| std::mem::replace(a, FrameKind::Brace));
                self.frames.push(Frame::new(kind));
            }
            RParen | RBracket | RBrace | StrTail if self.frames.len() > 1 => {
                self.frames.pop();
            }
            Contract => self.awaits(FrameKind::Contract),
            Rule => self.awaits(FrameKind::Rule),
            Struct | Asset => self.awaits(FrameKind::Struct),
            Match => self.awaits(FrameKind::Match),
            _ => {}
        }
    }

    fn awaits(&mut self, kind: FrameKind) {
        if let Some(frame) = self.frames.last_mut() {
            frame.awaited = kind;
        }
    }

    /// Whether the end of the line before `token`, the first of its own, separates.
    fn separates(&self, token: &Significant) -> bool {
        let Some(last) = self.last else { return false };
        if self.frame() == FrameKind::Round || last == TokenKind::Newline {
            return false;
        }
        if matches!(token.kind, TokenKind::RBrace | TokenKind::End) || last == TokenKind::LBrace {
            return false;
        }
        if token.indent == 0 && words::begins_item(self.source, token) {
            return true;
        }
        words::breaks_off(last, token.kind)
            || words::can_end_statement(last)
                && !words::continues_statement(self.source, token, self.frame())
    }

    fn newline(&mut self) {
        self.in_use = false;
        if let Some(frame) = self.frames.last_mut() {
            frame.awaited = FrameKind::Brace;
        }
        let end = self.out.last().map_or(Span::new(self.source.id, 0, 0), |t| t.span.at_end());
        self.push(TokenKind::Newline, end);
        self.depth.token(TokenKind::Newline);
    }

    /// The dot before `token` gets an empty name if it has none on its line, so that what was begun
    /// stays a tree.
    fn name_after_dot(&mut self, token: &Significant) {
        let Some(dot) = self.out.last().map(|last| last.span) else { return };
        let name = words::is_word(token.kind) || token.kind == TokenKind::Int;
        let group = self.in_use && token.kind == TokenKind::LBrace;
        if !token.first && (name || group) {
            return;
        }
        self.reporter.push(
            Diagnostic::new(catalogue::MISSING_NAME, dot, "a name is missing after this `.`")
                .help("write the name of a field, a function or a variant"),
        );
        self.push(TokenKind::Ident, dot.at_end());
    }

    fn semicolon(&mut self, token: &Significant) {
        self.reporter.push(
            Diagnostic::new(
                catalogue::SEMICOLON,
                token.span,
                "a statement ends at the end of its line, without `;`",
            )
            .fix(
                "remove it, and put what follows on a line of its own",
                token.span,
                "",
            ),
        );
        let separable = self.last.is_some_and(words::can_end_statement);
        if separable {
            self.newline();
        }
    }

    fn too_deep(&mut self, span: Span) {
        self.reporter.push(
            Diagnostic::new(catalogue::TOO_DEEP, span, "this is nested too deeply")
                .label(format!("more than {} levels of brackets and operators", crate::MAX_DEPTH))
                .help("name parts of it with `let`, or move them into functions of their own"),
        );
        self.push(TokenKind::End, span.at_end());
    }
}

#[cfg(test)]
mod tests;
