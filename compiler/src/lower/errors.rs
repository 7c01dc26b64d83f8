//! What lowering has to say: parts of the language that are not executed yet.

use deed_base::catalogue::{ENDLESS_TYPE, NOT_YET, TOO_LARGE, TYPE_NOT_ALLOWED, UNTESTED};
use deed_base::{Diagnostic, Span};
use deed_bytecode::limits;

use crate::ty::MOST_ELEMENTS;

/// `what` is a plural: "values of type `string`".
pub(super) fn not_yet(span: Span, what: &str) -> Diagnostic {
    Diagnostic::new(NOT_YET, span, format!("{what} are not executed yet"))
        .label("used here")
        .note("the rest of the program is checked all the same")
}

/// State whose keys are more than the machine takes.
pub(super) fn nested_too_deep(span: Span) -> Diagnostic {
    let most = limits::KEYS - 1;
    Diagnostic::new(TOO_LARGE, span, format!("maps in the state nest at most {most} deep"))
        .label("this one nests deeper")
        .help("use a struct or tuple as the key of fewer maps")
}

/// An array of more elements than one may have, by the number for a `const` parameter.
pub(super) fn too_long(len: u64, span: Span) -> Diagnostic {
    let message = format!("this array would have {len} elements, and at most {MOST_ELEMENTS} fit");
    Diagnostic::new(TYPE_NOT_ALLOWED, span, message)
        .help("a `Vec` has as many as there is memory for")
}

/// A function whose instances have no end: each one calls another with larger types.
pub(super) fn too_many_instances(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(ENDLESS_TYPE, span, format!("`{name}` needs instances without end"))
        .label("this call needs yet another one")
        .note("a generic function is compiled once for each choice of its type arguments")
        .help("call it with types that do not grow from call to call")
}

/// A map in the state whose absent entries would read collections that lie nowhere.
pub(super) fn default_with_collections(span: Span) -> Diagnostic {
    let message = "a default has no collections of its own, and this map's values hold some";
    Diagnostic::new(TYPE_NOT_ALLOWED, span, message)
        .help("leave the default away: read `.get(key)`, and give what an absent entry means there")
}

/// A clause that has no form that runs, where clauses are tested.
pub(super) fn untested(span: Span) -> Diagnostic {
    Diagnostic::new(UNTESTED, span, "this promise is not tested while the contract runs")
        .label("has no form that runs")
        .note("it speaks of every value of a type, of `ghost` data, or of what `old` cannot know")
        .help("`deed verify` looks at it all the same")
}
