//! Lines and their indentation.
//!
//! In: pieces. Out: the text, and where in it each piece begins.
//! Holds always: a line ends where a piece says so, but before a `{`, an `else` or a `catch` that belongs to
//! the line before; so what separates stays what it was.

use super::pieces::Piece;
use super::spacing::{ends_value, may_be_unary, spaced};
use crate::token::TokenKind::{self, *};

const STEP: &str = "    ";

pub(super) fn print(pieces: &[Piece<'_>]) -> (String, Vec<usize>) {
    let mut printer = Printer {
        pieces,
        out: String::new(),
        starts: Vec::with_capacity(pieces.len()),
        frames: vec![Frame::new(FrameKind::Top, 0)],
        indent: 0,
        previous: None,
        unary: false,
        header: Header::Before,
    };
    for at in 0..pieces.len() {
        printer.piece(at);
    }
    if !printer.out.is_empty() {
        printer.out.push('\n');
    }
    (printer.out, printer.starts)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum FrameKind {
    Top,
    Brace,
    /// The braces of a `use`, without blanks inside.
    TightBrace,
    Round,
}

/// Where the `module` line, which has a blank line behind it, is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Header {
    Before,
    Open,
    Done,
}

/// An open bracket.
struct Frame {
    kind: FrameKind,
    /// The indentation of the line that opened it.
    base: usize,
    /// The clauses of a head have begun, in which a comma separates no entries.
    clause: bool,
    /// The current entry goes on over several lines.
    continued: bool,
    /// The current entry is an invariant; a loop's may have its `decreases` below it, which stands as an
    /// entry of its own.
    invariant: bool,
}

impl Frame {
    fn new(kind: FrameKind, base: usize) -> Self {
        Frame { kind, base, clause: false, continued: false, invariant: false }
    }

    fn content(&self) -> usize {
        match self.kind {
            FrameKind::Top => 0,
            _ => self.base + 1,
        }
    }
}

struct Printer<'p, 's> {
    pieces: &'p [Piece<'s>],
    out: String,
    /// Where the pieces so far begin.
    starts: Vec<usize>,
    frames: Vec<Frame>,
    /// Of the current line.
    indent: usize,
    /// The last token, comments left out.
    previous: Option<&'p Piece<'s>>,
    /// Whether that is a sign before its operand.
    unary: bool,
    header: Header,
}

impl Printer<'_, '_> {
    fn piece(&mut self, at: usize) {
        let piece = &self.pieces[at];
        if piece.separated {
            self.new_entry();
        }
        if self.breaks(at) {
            self.break_line(at);
        } else if at > 0 && self.is_spaced(at) {
            self.out.push(' ');
        }
        self.starts.push(self.out.len());
        self.out.push_str(piece.text);
        if !piece.is_comment() {
            self.settle(piece.kind);
            self.unary = may_be_unary(piece.kind)
                && (piece.separated || !self.previous.is_some_and(ends_value));
            self.previous = Some(piece);
        }
    }

    fn frame(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(Frame::new(FrameKind::Top, 0));
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    fn new_entry(&mut self) {
        let frame = self.frame();
        frame.clause = false;
        frame.continued = false;
        frame.invariant = false;
    }

    /// Keeps track of brackets and clauses.
    fn settle(&mut self, kind: TokenKind) {
        let base = self.indent;
        self.header = match (self.header, kind) {
            (Header::Before, Module) => Header::Open,
            (Header::Before, _) => Header::Done,
            (header, _) => header,
        };
        let after_dot = self.previous.is_some_and(|p| p.kind == Dot);
        match kind {
            LParen | LBracket | StrHead => self.frames.push(Frame::new(FrameKind::Round, base)),
            LBrace if after_dot => self.frames.push(Frame::new(FrameKind::TightBrace, base)),
            LBrace => self.frames.push(Frame::new(FrameKind::Brace, base)),
            RParen | RBracket | RBrace | StrTail => {
                self.frames.pop();
            }
            Throws | Requires | Ensures | Modifies | Decreases | NoTrap | Where | Implements => {
                self.frame().clause = true;
            }
            Invariant => self.frame().invariant = true,
            Comma if !self.frame().clause => self.new_entry(),
            _ => {}
        }
    }

    /// Whether a new line begins before a piece.
    fn breaks(&mut self, at: usize) -> bool {
        let piece = &self.pieces[at];
        let after_comment = at > 0 && self.pieces[at - 1].is_comment();
        if at == 0 || after_comment && piece.newlines > 0 {
            return at > 0;
        }
        let after_brace = self.previous.is_some_and(|p| p.kind == RBrace);
        let frame = self.frame();
        match piece.kind {
            LBrace if frame.kind != FrameKind::Round => {
                frame.continued && (frame.clause || piece.newlines > 0)
            }
            Else | Catch | Finally if after_brace => false,
            _ => piece.newlines > 0,
        }
    }

    fn break_line(&mut self, at: usize) {
        let piece = &self.pieces[at];
        let opened = is_opener(self.pieces[at - 1].kind);
        let named = self.header == Header::Open && self.previous.is_some_and(|p| p.kind == Ident);
        if named {
            self.header = Header::Done;
        }
        let blank = named || piece.newlines > 1 && !opened && !is_closer(piece.kind);
        self.out.push_str(if blank { "\n\n" } else { "\n" });
        self.indent = self.indentation(at);
        self.out.extend(std::iter::repeat_n(STEP, self.indent));
    }

    /// The indentation of a line that begins with a piece; a comment stands as what follows it.
    fn indentation(&mut self, at: usize) -> usize {
        let pieces = self.pieces;
        let comment = pieces[at].is_comment();
        let Some(next) = pieces[at..].iter().find(|p| !p.is_comment()) else {
            return self.frame().content();
        };
        let previous = self.previous.map(|p| p.kind);
        let frame = self.frame();
        if next.kind == Decreases && frame.invariant {
            return frame.content();
        }
        if is_closer(next.kind) {
            return if comment { frame.content() } else { frame.base };
        }
        if frame.kind == FrameKind::Round || next.separated {
            return frame.content();
        }
        let entry = previous.is_none_or(|k| is_opener(k) || k == Comma && !frame.clause);
        if entry || matches!(next.kind, LBrace | Else | Catch | Finally) {
            return frame.content();
        }
        if !comment {
            frame.continued = true;
        }
        frame.content() + 1
    }

    fn is_spaced(&mut self, at: usize) -> bool {
        let tight = self.frame().kind == FrameKind::TightBrace;
        spaced(&self.pieces[at - 1], &self.pieces[at], self.unary, tight)
    }
}

fn is_opener(kind: TokenKind) -> bool {
    matches!(kind, LParen | LBracket | LBrace | StrHead)
}

fn is_closer(kind: TokenKind) -> bool {
    matches!(kind, RParen | RBracket | RBrace | StrTail)
}
