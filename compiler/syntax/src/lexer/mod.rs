//! Source text to tokens.
//!
//! In: a source. Out: all its tokens, comments and line ends included, and an `End`; blanks are left out.
//! Holds always: spans are in order and do not overlap; what is malformed has been reported and
//! still is a token, so nothing after it is lost.

mod chars;
mod numbers;
mod raw;
mod strings;
mod words;

pub(crate) use numbers::parse_int;
pub(crate) use strings::{decode_bytes, decode_text};
pub(crate) use words::normalise;

use deed_base::{Diagnostic, Diagnostics, SourceFile, Span, catalogue};
use logos::Logos;

use crate::reporter::Reporter;
use crate::token::{Token, TokenKind};
use raw::Raw;
use strings::{StringEnd, scan_string};

/// Splits a source into tokens.
pub fn lex(source: &SourceFile, diagnostics: &mut Diagnostics) -> Vec<Token> {
    let mut lexer = Lexer {
        source,
        raw: Raw::lexer(&source.text),
        tokens: Vec::with_capacity(source.text.len() / 4 + 1),
        open_strings: Vec::new(),
        string_broken: false,
        words: words::WordChecker::default(),
        reporter: Reporter::new(diagnostics),
    };
    lexer.run();
    lexer.tokens
}

struct Lexer<'s, 'd> {
    source: &'s SourceFile,
    raw: logos::Lexer<'s, Raw>,
    tokens: Vec<Token>,
    /// For each string whose interpolation is open: how many braces stand open within it.
    open_strings: Vec<u32>,
    /// Whether a string of this line has been reported as not ending.
    string_broken: bool,
    words: words::WordChecker<'s>,
    reporter: Reporter<'d>,
}

impl<'s> Lexer<'s, '_> {
    fn run(&mut self) {
        if self.raw.remainder().starts_with('\u{feff}') {
            self.raw.bump('\u{feff}'.len_utf8());
        }
        while let Some(raw) = self.raw.next() {
            match raw {
                Ok(raw) => self.token(raw),
                Err(()) => self.bad_character(),
            }
        }
        let end = self.source.text.len() as u32;
        self.close_strings(end);
        self.push(TokenKind::End, end, end);
    }

    fn token(&mut self, raw: Raw) {
        let start = self.raw.span().start as u32;
        match raw {
            Raw::Newline => self.newline(start),
            Raw::Sign(kind) => self.sign(kind, start),
            Raw::Word => self.word(start),
            Raw::Int => self.int(start),
            Raw::LineComment => self.line_comment(start),
            Raw::BlockComment => self.block_comment(start),
            Raw::Quote => self.string(TokenKind::Str, TokenKind::StrHead, start),
            Raw::ByteQuote => self.byte_string(start),
            Raw::NonAscii => self.non_ascii(start),
        }
    }

    /// Adds what the raw lexer stands on, from `start`, as one token.
    fn finish(&mut self, kind: TokenKind, start: u32) -> Span {
        let end = self.raw.span().end as u32;
        self.push(kind, start, end)
    }

    fn push(&mut self, kind: TokenKind, start: u32, end: u32) -> Span {
        let span = Span::new(self.source.id, start, end);
        self.tokens.push(Token { kind, span });
        span
    }

    fn newline(&mut self, start: u32) {
        self.close_strings(start);
        self.finish(TokenKind::Newline, start);
    }

    /// Ends strings whose interpolation did not end on its line.
    fn close_strings(&mut self, at: u32) {
        if !self.open_strings.is_empty() && !std::mem::take(&mut self.string_broken) {
            self.report_open_string(at);
        }
        for _ in 0..self.open_strings.len() {
            self.push(TokenKind::StrTail, at, at);
        }
        self.open_strings.clear();
        self.string_broken = false;
    }

    fn report_open_string(&mut self, at: u32) {
        let span = Span::new(self.source.id, at, at);
        self.reporter.push(
            Diagnostic::new(
                catalogue::UNTERMINATED_STRING,
                span,
                "this string does not end on its line",
            )
            .label("`}` and `\"` are missing here")
            .help(
                "close the `{..}` and the string; a brace that is meant as text is written `\\{`",
            ),
        );
    }

    fn sign(&mut self, kind: TokenKind, start: u32) {
        match (kind, self.open_strings.last_mut()) {
            (TokenKind::RBrace, Some(0)) => {
                self.open_strings.pop();
                self.string(TokenKind::StrTail, TokenKind::StrMid, start);
                return;
            }
            (TokenKind::RBrace, Some(depth)) => *depth -= 1,
            (TokenKind::LBrace, Some(depth)) => *depth += 1,
            _ => {}
        }
        self.finish(kind, start);
    }

    fn word(&mut self, start: u32) {
        if words::continue_len(self.raw.remainder()) > 0 {
            return self.foreign_word(start);
        }
        let kind = match self.raw.slice() {
            "_" => TokenKind::Underscore,
            text => TokenKind::hard_word(text.as_bytes()).unwrap_or(TokenKind::Ident),
        };
        self.finish(kind, start);
    }

    /// A word that is not all ASCII.
    fn foreign_word(&mut self, start: u32) {
        self.raw.bump(words::continue_len(self.raw.remainder()));
        let span = self.finish(TokenKind::Ident, start);
        self.words.check(self.source.slice(span), span, &mut self.reporter);
    }

    fn int(&mut self, start: u32) {
        let span = self.finish(TokenKind::Int, start);
        if let Err(error) = parse_int(self.source.slice(span)) {
            self.reporter.push(error.diagnostic(span));
        }
    }

    fn line_comment(&mut self, start: u32) {
        let text = self.raw.slice();
        let kind = match text.as_bytes() {
            [b'/', b'/', b'/', b'/', ..] => TokenKind::Comment,
            [b'/', b'/', b'/', ..] => TokenKind::DocComment,
            [b'/', b'/', b'!', ..] => TokenKind::ModuleDoc,
            _ => TokenKind::Comment,
        };
        let span = self.finish(kind, start);
        self.check_bidi(span);
    }

    /// The raw lexer stands after `/*`; block comments nest.
    fn block_comment(&mut self, start: u32) {
        let rest = self.raw.remainder();
        let len = chars::block_comment_len(rest);
        self.raw.bump(len.unwrap_or(rest.len()));
        let span = self.finish(TokenKind::Comment, start);
        if len.is_none() {
            let open = Span::new(self.source.id, start, start + 2);
            self.reporter.push(
                Diagnostic::new(catalogue::UNTERMINATED_COMMENT, open, "this comment never ends")
                    .label("begins here")
                    .help("close it with `*/`; comments nest, so each `/*` needs its own"),
            );
        }
        self.check_bidi(span);
    }

    /// The raw lexer stands after the opening quote, or the brace that ends an interpolation.
    fn string(&mut self, closed: TokenKind, open: TokenKind, start: u32) {
        let rest = self.raw.remainder();
        let base = self.raw.span().end as u32;
        let scan = scan_string(rest, true);
        self.raw.bump(scan.len);
        let kind = match scan.end {
            StringEnd::Quote | StringEnd::Missing => closed,
            StringEnd::Brace => {
                self.open_strings.push(0);
                open
            }
        };
        self.string_broken |= scan.end == StringEnd::Missing;
        let span = self.finish(kind, start);
        strings::report(&scan, span, base, &mut self.reporter);
        self.check_bidi(span);
    }

    fn byte_string(&mut self, start: u32) {
        let hex = self.raw.slice().starts_with("hex");
        let rest = self.raw.remainder();
        let base = self.raw.span().end as u32;
        let scan = scan_string(rest, false);
        let body = &rest[..scan.body_len];
        self.string_broken |= scan.end == StringEnd::Missing;
        self.raw.bump(scan.len);
        let span = self.finish(TokenKind::Bytes, start);
        if hex {
            strings::report_hex(&scan, body, span, base, &mut self.reporter);
        } else {
            strings::report(&scan, span, base, &mut self.reporter);
            strings::report_non_ascii(body, base, span, &mut self.reporter);
        }
    }

    /// A character outside ASCII that does not continue a word.
    fn non_ascii(&mut self, start: u32) {
        match self.raw.slice().chars().next() {
            Some(c) if unicode_ident::is_xid_start(c) => self.foreign_word(start),
            Some(c) if chars::is_foreign_blank(c) => self.foreign_blank(c),
            _ => self.bad_character(),
        }
    }

    fn foreign_blank(&mut self, c: char) {
        let span = self.span();
        self.reporter.push(
            Diagnostic::new(
                catalogue::BAD_CHARACTER,
                span,
                format!("the blank U+{:04X} is not a space", u32::from(c)),
            )
            .help("type an ordinary space")
            .fix("replace it with a space", span, " "),
        );
    }

    /// Bad characters in a row are one token and one message.
    fn bad_character(&mut self) {
        let span = self.span();
        if let Some(last) = self.tokens.last_mut()
            && last.kind == TokenKind::Bad
            && last.span.end == span.start
        {
            last.span.end = span.end;
            return;
        }
        let c = self.source.slice(span).chars().next().unwrap_or('\u{fffd}');
        let diagnostic = if chars::is_bidi_control(c) {
            chars::bidi_diagnostic(c, span)
        } else {
            chars::bad_character(c, span)
        };
        self.reporter.push(diagnostic);
        self.push(TokenKind::Bad, span.start, span.end);
    }

    fn span(&self) -> Span {
        let range = self.raw.span();
        Span::new(self.source.id, range.start as u32, range.end as u32)
    }

    /// Comments and strings may hold any text but what turns the direction of the text around.
    fn check_bidi(&mut self, span: Span) {
        let text = self.source.slice(span);
        if text.is_ascii() {
            return;
        }
        for (at, c) in text.char_indices().filter(|(_, c)| chars::is_bidi_control(*c)) {
            let start = span.start + at as u32;
            let place = Span::new(span.source, start, start + c.len_utf8() as u32);
            self.reporter.push(chars::bidi_diagnostic(c, place));
        }
    }
}

#[cfg(test)]
mod tests;
