//! Numbers that are hard to read.
//!
//! Holds always: only decimal numbers are looked at; the others have their own groups.

use deed_base::{Diagnostic, Diagnostics, catalogue as codes};
use deed_syntax::{TokenKind, lex};

use super::Cx;

/// From this many digits on, a reader has to count them.
const LONG: usize = 7;

pub(super) fn check(cx: &mut Cx<'_>) {
    let (modules, sources) = (cx.modules, cx.sources);
    for module in modules.iter().filter(|module| !sources.get(module.span.source).dependency) {
        let source = sources.get(module.span.source);
        for token in lex(source, &mut Diagnostics::new()) {
            let text = source.slice(token.span);
            let digits = text.bytes().take_while(u8::is_ascii_digit).count();
            let is_plain = token.kind == TokenKind::Int && !text.contains('_');
            if is_plain && digits >= LONG && !text[digits..].starts_with(['x', 'b', 'o']) {
                let easier = format!("{}{}", grouped(&text[..digits]), &text[digits..]);
                let message = format!("`{text}` has {digits} digits in a row");
                cx.d.push(
                    Diagnostic::new(codes::LONG_NUMBER, token.span, message)
                        .help(format!("write `{easier}`"))
                        .fix(format!("write `{easier}`"), token.span, easier),
                );
            }
        }
    }
}

/// `1234567` as `1_234_567`.
fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    text
}
