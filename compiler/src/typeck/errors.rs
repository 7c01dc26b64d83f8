//! The messages of type checking.

use deed_base::{Diagnostic, Span, catalogue as codes};
use num_bigint::BigInt;

use super::infer::Kind;
use crate::thir::Name;
use crate::ty::{IntTy, Ty};

/// A range where a value is needed.
pub(super) fn range_value(span: Span) -> Diagnostic {
    Diagnostic::new(codes::RANGE_VALUE, span, "a range is no value")
        .label("stands for no one value")
        .help("it stands in `for`, behind `in` and in patterns; a part of a list is `slice(a, b)`")
}

/// `got` where `want` is needed.
pub(super) fn mismatch(
    got: &Ty,
    want: &Ty,
    got_text: &str,
    want_text: &str,
    span: Span,
) -> Diagnostic {
    let message = format!("{want_text} is needed here, and this is {got_text}");
    let diagnostic =
        Diagnostic::new(codes::TYPE_MISMATCH, span, message).label(format!("this is {got_text}"));
    match (got, want) {
        (Ty::Int(from), Ty::Int(to)) if to.holds_all_of(*from) => {
            diagnostic.help(format!("convert it: `{0}(..)` keeps every value", to.name()))
        }
        (Ty::Int(_), Ty::Int(to)) => diagnostic
            .help(format!("convert it: `{0}(..)` traps if the value does not fit", to.name())),
        (Ty::SpecInt, Ty::Int(to)) => diagnostic
            .note("numbers in specifications are unbounded")
            .help(format!("say that it fits: `{}(..)`", to.name())),
        (Ty::Option(of), want) if **of == *want => {
            diagnostic.help("say what happens without a value: `else throw E(..)`, or `?? other`")
        }
        (Ty::Int(_), Ty::Bool) => diagnostic.help("compare it, as in `x != 0`"),
        (Ty::Unit, _) => diagnostic.help("the function called gives no value"),
        _ => diagnostic,
    }
}

pub(super) fn literal_range(value: &BigInt, ty: IntTy, span: Span) -> Diagnostic {
    let message = format!("{value} does not fit `{}`", ty.name());
    let range = format!("`{}` holds {} to {}", ty.name(), ty.min(), ty.max());
    let wider = IntTy::ALL.into_iter().find(|wide| wide.holds(value));
    let diagnostic = Diagnostic::new(codes::LITERAL_RANGE, span, message).note(range);
    match wider {
        Some(wide) => diagnostic.help(format!("`{}` would hold it", wide.name())),
        None => diagnostic,
    }
}

pub(super) fn unknown_type(kind: Kind, span: Span) -> Diagnostic {
    match kind {
        Kind::Int => Diagnostic::new(
            codes::UNKNOWN_TYPE,
            span,
            "nothing here says which integer type this number has",
        )
        .help("give it a suffix, as in `0u64`, or give the variable a type: `let n: u64 = ..`")
        .fix("make it a `u64`", span.at_end(), "u64"),
        Kind::Any => {
            Diagnostic::new(codes::UNKNOWN_TYPE, span, "nothing here says which type this has")
                .help("give the variable a type, as in `let x: Option<u64> = None`")
        }
    }
}

pub(super) fn negated_unsigned(ty: IntTy, span: Span) -> Diagnostic {
    let message = format!("`{}` has no negative numbers", ty.name());
    Diagnostic::new(codes::BAD_OPERAND, span, message)
        .label(format!("this is `{}`", ty.name()))
        .help("subtract from a number, or use a signed type such as `i64`")
}

pub(super) fn bad_operand(op: &str, text: &str, needs: &str, span: Span) -> Diagnostic {
    let message = format!("`{op}` needs {needs}, and this is {text}");
    Diagnostic::new(codes::BAD_OPERAND, span, message).label(format!("this is {text}"))
}

pub(super) fn different_operands(
    op: &str,
    op_span: Span,
    left: (&Ty, &str, Span),
    right: (&Ty, &str, Span),
) -> Diagnostic {
    let message = format!("`{op}` joins two of the same type, not {} and {}", left.1, right.1);
    let diagnostic = Diagnostic::new(codes::TYPE_MISMATCH, op_span, message)
        .also(left.2, format!("this is {}", left.1))
        .also(right.2, format!("this is {}", right.1));
    match (left.0, right.0) {
        (Ty::Int(a), Ty::Int(b)) => {
            let wide = if a.holds_all_of(*b) { a } else { b };
            diagnostic.help(format!("convert one of them, as in `{}(..)`", wide.name()))
        }
        (Ty::Option(_), _) | (_, Ty::Option(_)) => {
            diagnostic.help("take the value out first: `else throw E(..)`, or `?? other`")
        }
        _ => diagnostic,
    }
}

pub(super) fn spec_only(what: &str, span: Span) -> Diagnostic {
    let message = format!("{what} exists in specifications only");
    Diagnostic::new(codes::SPEC_ONLY, span, message)
        .help("specifications are `requires`, `ensures`, `invariant`, `decreases` and `assume`")
}

pub(super) fn not_here(what: &str, where_it_is: &str, span: Span) -> Diagnostic {
    let message = format!("{what} means nothing in this clause");
    Diagnostic::new(codes::SPEC_ONLY, span, message).help(where_it_is)
}

/// A type of more parts than any that a person writes.
pub(super) fn huge(span: Span) -> Diagnostic {
    let message = "the type of this has thousands of parts, and more are not followed";
    Diagnostic::new(codes::ENDLESS_TYPE, span, message)
        .help("put the parts into a `struct`, which has a name")
}

/// Wrong in number, name or order.
pub(super) fn arguments(message: String, span: Span, declared: Span) -> Diagnostic {
    Diagnostic::new(codes::WRONG_ARGUMENTS, span, message).also(declared, "declared here")
}

pub(super) fn missing_return(name: &Name, result: &str, end: Span) -> Diagnostic {
    let message = format!("`{}` promises {result}, but a path ends without `return`", name.text);
    Diagnostic::new(codes::MISSING_RETURN, end, message)
        .label("this end can be reached")
        .also(name.span, format!("gives {result}"))
        .help("end every path with `return value` or `throw E(..)`")
}

pub(super) fn not_assignable(message: String, span: Span) -> Diagnostic {
    Diagnostic::new(codes::NOT_ASSIGNABLE, span, message).label("cannot be assigned")
}

pub(super) fn binds_variant(name: &Name, of: &str) -> Diagnostic {
    let word = &name.text;
    let message = format!("`{word}` is a variable here, and takes the place of `{of}.{word}`");
    Diagnostic::new(codes::HIDDEN_NAME, name.span, message)
        .label("a bare name fits every value")
        .help(format!("write `.{word}` for the variant, or choose another name"))
        .fix(format!("write `.{word}`"), name.span, format!(".{word}"))
}

pub(super) fn no_member(of: &str, name: &Name) -> Diagnostic {
    let message = format!("{of} has no member `{}`", name.text);
    Diagnostic::new(codes::NO_SUCH_MEMBER, name.span, message).label("not found")
}

pub(super) fn collection_value(span: Span) -> Diagnostic {
    Diagnostic::new(codes::COLLECTION_VALUE, span, "a collection in state is a place, not a value")
        .label("cannot be copied, passed or compared")
        .help("name one entry of it, as in `self.balances[who]`")
}
