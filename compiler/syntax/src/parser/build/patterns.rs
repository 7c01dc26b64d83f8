//! Actions of patterns.

use deed_base::{Diagnostic, Span, catalogue};

use super::path_of;
use crate::ast::*;
use crate::parser::context::Context;

pub(crate) fn path_pattern(mut segments: Vec<Ident>, last: Ident) -> PatternKind {
    segments.push(last);
    PatternKind::Path(Box::new(path_of(segments)))
}

pub(crate) fn struct_pattern(
    cx: &Context<'_>,
    path: Path,
    entries: Vec<(Option<FieldPattern>, Span)>,
) -> PatternKind {
    let (fields, rest) = fields(cx, entries);
    PatternKind::Struct { path: Box::new(path), fields, rest: rest.is_some() }
}

/// `.By { dx, .. }` is `.By(dx: dx, ..)`.
pub(crate) fn variant_pattern(
    cx: &Context<'_>,
    name: Ident,
    entries: Vec<(Option<FieldPattern>, Span)>,
) -> PatternKind {
    let (fields, rest) = fields(cx, entries);
    let arg = |field: FieldPattern| PatternArg { name: Some(field.name), pattern: field.pattern };
    let rest = rest.map(|span| Pattern { kind: PatternKind::Rest(None), span });
    let rest = rest.map(|pattern| PatternArg { name: None, pattern });
    let args = fields.into_iter().map(arg).chain(rest).collect();
    PatternKind::ImplicitCall { name: Box::new(name), args }
}

/// The fields, and where `..` stands, which it may once, at the end.
fn fields(
    cx: &Context<'_>,
    entries: Vec<(Option<FieldPattern>, Span)>,
) -> (Vec<FieldPattern>, Option<Span>) {
    let last = entries.len().saturating_sub(1);
    let mut fields = Vec::with_capacity(entries.len());
    let mut rest = None;
    for (at, (field, span)) in entries.into_iter().enumerate() {
        match field {
            Some(field) => fields.push(field),
            None if at == last => rest = Some(span),
            None => cx.report(
                Diagnostic::new(
                    catalogue::MISPLACED_CLAUSE,
                    span,
                    "`..` stands behind the last field of a pattern",
                )
                .help("move it to the end"),
            ),
        }
    }
    (fields, rest)
}

/// `(p)` is `p`; `(..)` is a tuple of any length.
pub(crate) fn paren_pattern(inner: Pattern) -> PatternKind {
    match inner.kind {
        PatternKind::Rest(_) => PatternKind::Tuple(vec![inner]),
        kind => kind,
    }
}

pub(crate) fn short_pattern(name: Ident) -> FieldPattern {
    let pattern = Pattern { span: name.span, kind: PatternKind::Name(name.clone()) };
    FieldPattern { name, pattern }
}
