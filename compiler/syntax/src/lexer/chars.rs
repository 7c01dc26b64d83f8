//! Characters that have no place in a source, and comments' ends.

use deed_base::{Diagnostic, Span, catalogue};

/// Controls that make text run in the other direction and so show something that is not there
/// (Unicode Technical Report 36).
pub(super) fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A blank that is easily typed by mistake, such as the ideographic space.
pub(super) fn is_foreign_blank(c: char) -> bool {
    c.is_whitespace()
}

pub(super) fn bidi_diagnostic(c: char, span: Span) -> Diagnostic {
    Diagnostic::new(
        catalogue::BIDIRECTIONAL_CONTROL,
        span,
        format!(
            "the invisible character U+{:04X} turns the direction of text around",
            u32::from(c)
        ),
    )
    .label("hidden here")
    .help("remove it: with it the text shown differs from the text compiled")
    .fix("remove the character", span, "")
}

pub(super) fn bad_character(c: char, span: Span) -> Diagnostic {
    let name = if c.is_control() || c.is_whitespace() {
        format!("the character U+{:04X}", u32::from(c))
    } else {
        format!("the character `{c}` (U+{:04X})", u32::from(c))
    };
    let diagnostic =
        Diagnostic::new(catalogue::BAD_CHARACTER, span, format!("{name} has no meaning here"));
    match ascii_twin(c) {
        Some(twin) => {
            let help =
                format!("did you mean `{twin}`? It is typed with the keyboard in Latin mode");
            diagnostic.help(help).fix(format!("replace it with `{twin}`"), span, twin)
        }
        None => diagnostic.help("remove it, or put it in a string or a comment"),
    }
}

/// The sign meant by a full-width or typographic one.
fn ascii_twin(c: char) -> Option<&'static str> {
    Some(match c {
        '（' => "(",
        '）' => ")",
        '【' | '［' => "[",
        '】' | '］' => "]",
        '｛' => "{",
        '｝' => "}",
        '，' | '、' => ",",
        '：' => ":",
        '。' | '．' => ".",
        '！' => "!",
        '？' => "?",
        '＝' => "=",
        '＋' => "+",
        '－' | '−' | '–' | '—' => "-",
        '＊' | '×' => "*",
        '／' | '÷' => "/",
        '％' => "%",
        '＜' => "<",
        '＞' => ">",
        '≤' => "<=",
        '≥' => ">=",
        '≠' => "!=",
        '＆' => "&",
        '｜' => "|",
        '“' | '”' | '\'' | '‘' | '’' | '「' | '」' => "\"",
        _ => return None,
    })
}

/// The length up to and including the `*/` that ends a comment whose `/*` came before `rest`.
pub(super) fn block_comment_len(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let mut depth = 1usize;
    let mut at = 0;
    while at + 1 < bytes.len() {
        match &bytes[at..at + 2] {
            b"*/" => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return Some(at);
                }
            }
            b"/*" => {
                depth += 1;
                at += 2;
            }
            _ => at += 1,
        }
    }
    None
}
