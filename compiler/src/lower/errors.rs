//! What lowering has to say: parts of the language that are not executed yet.

use deed_base::catalogue::NOT_YET;
use deed_base::{Diagnostic, Span};

/// `what` is a plural: "values of type `string`".
pub(super) fn not_yet(span: Span, what: &str) -> Diagnostic {
    Diagnostic::new(NOT_YET, span, format!("{what} are not executed yet"))
        .label("used here")
        .note("the rest of the program is checked all the same")
}
