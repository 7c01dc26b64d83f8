//! Messages about a file, and the changes that mend them.
//!
//! In: the compiler's diagnostics. Out: those of one file, in words that need no excerpt beside them.

use deed_base::{Diagnostic, Fix, Label, Severity, SourceId, Span};

use crate::analysis::Analysis;

/// A message of the compiler.
pub struct Message<'a> {
    pub span: Span,
    pub severity: Severity,
    /// `E0301`
    pub code: &'static str,
    pub text: String,
    /// Other places that explain it.
    pub related: &'a [Label],
    pub fixes: &'a [Fix],
}

/// The messages whose primary place is in a file.
pub fn diagnostics(analysis: &Analysis, source: SourceId) -> Vec<Message<'_>> {
    let here = analysis.diagnostics.iter().filter(|d| d.primary.span.source == source);
    here.map(message).collect()
}

/// The messages at a range that know a change which mends them.
pub fn mendable(analysis: &Analysis, range: Span) -> Vec<Message<'_>> {
    let touches = |at: Span| at.start <= range.end && range.start <= at.end;
    let messages = diagnostics(analysis, range.source).into_iter();
    messages.filter(|m| touches(m.span) && !m.fixes.is_empty()).collect()
}

fn message(d: &Diagnostic) -> Message<'_> {
    Message {
        span: d.primary.span,
        severity: d.severity(),
        code: d.code.id,
        text: text(d),
        related: &d.secondary,
        fixes: &d.fixes,
    }
}

/// The message, what is said at its place, its notes and its help, a line each.
fn text(d: &Diagnostic) -> String {
    let mut text = d.message.clone();
    if !d.primary.text.is_empty() {
        text.push_str(&format!("\n{}", d.primary.text));
    }
    d.notes.iter().for_each(|note| text.push_str(&format!("\nnote: {note}")));
    d.help.iter().for_each(|help| text.push_str(&format!("\nhelp: {help}")));
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    const TEXT: &str = "
module m
contract C {
    state { count: u64 = 0 }
    entry fn add() { self.cuont$0 += 1 }
}";

    #[test]
    fn messages_carry_code_and_remedy() {
        let at = Fixture::new(TEXT);
        let messages = diagnostics(&at.analysis, at.source);
        let [message] = &messages[..] else { panic!("one message, not {}", messages.len()) };
        assert_eq!(at.analysis.slice(message.span), "cuont");
        assert_eq!((message.code, message.severity), ("E0208", Severity::Error));
        assert!(message.text.contains("did you mean `count`"), "{}", message.text);
    }

    #[test]
    fn fixes_are_offered_where_the_message_is() {
        let at = Fixture::new(TEXT);
        let here = mendable(&at.analysis, Span::new(at.source, at.offset, at.offset));
        let [message] = &here[..] else { panic!("one message") };
        assert_eq!(message.fixes[0].replacement, "count");
        assert!(mendable(&at.analysis, Span::new(at.source, 0, 0)).is_empty());
    }
}
