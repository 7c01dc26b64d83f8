//! Actions of expressions.

use deed_base::{Diagnostic, Span, catalogue};

use crate::ast::*;
use crate::parser::context::Context;

/// `(start, end)` of a token.
type Place = (u32, u32);

pub(crate) fn interpolation(
    cx: &Context<'_>,
    head: Place,
    first: Expr,
    rest: Vec<(Place, Expr)>,
    tail: Place,
) -> ExprKind {
    let mut parts: Vec<StrPart> = cx.text_part(head.0, head.1).into_iter().collect();
    parts.push(StrPart::Expr(first));
    for (middle, expr) in rest {
        parts.extend(cx.text_part(middle.0, middle.1));
        parts.push(StrPart::Expr(expr));
    }
    parts.extend(cx.text_part(tail.0, tail.1));
    ExprKind::Str(parts)
}

pub(crate) fn tuple_field(cx: &Context<'_>, base: Expr, start: u32, end: u32) -> ExprKind {
    let name = cx.ident(start, end);
    if matches!(base.kind, ExprKind::Int(_)) {
        cx.report(
            Diagnostic::new(
                catalogue::BAD_EXPRESSION,
                base.span.to(name.span),
                "there are no floating-point numbers",
            )
            .help("use a money type or `Decimal<P>`; both are exact"),
        );
    } else if !name.name.bytes().all(|b| b.is_ascii_digit()) {
        cx.report(
            Diagnostic::new(
                catalogue::BAD_EXPRESSION,
                name.span,
                "a tuple's field is a plain number",
            )
            .help("write `.0` for the first one"),
        );
    }
    ExprKind::Field(Box::new(FieldExpr { base, name, type_args: TypeArgs::default() }))
}

/// After a named argument a bare name is short for `name: name`, as in struct literals.
pub(crate) fn call(cx: &Context<'_>, callee: Expr, mut args: Vec<Arg>) -> ExprKind {
    let named = args.iter().position(|a| a.name.is_some()).unwrap_or(args.len());
    let first = args.get(named).map(|a| a.span);
    for arg in args.iter_mut().skip(named).filter(|a| a.name.is_none()) {
        match &arg.value.kind {
            ExprKind::Name { name, type_args } if type_args.is_empty() => {
                arg.name = Some(name.clone());
            }
            ExprKind::Rest => {}
            _ => late_argument(cx, arg.span, first.unwrap_or(arg.span)),
        }
    }
    ExprKind::Call(Box::new(Call { callee, args, options: Vec::new() }))
}

fn late_argument(cx: &Context<'_>, span: Span, named: Span) {
    cx.report(
        Diagnostic::new(
            catalogue::BAD_EXPRESSION,
            span,
            "an argument without a name follows one with a name",
        )
        .also(named, "the named one")
        .help("put arguments without names first, or name this one too"),
    );
}

/// `sum(value for .. if ..)`: only `sum` and `count` take such an argument.
pub(crate) fn comprehension(
    cx: &Context<'_>,
    callee: Expr,
    start: u32,
    (value, loops, filter): (Expr, Vec<ComprehensionLoop>, Option<Box<Expr>>),
    end: u32,
) -> ExprKind {
    let name = match &callee.kind {
        ExprKind::Name { name, .. } => name.as_str(),
        _ => "",
    };
    let kind = match name {
        "sum" => ComprehensionKind::Sum,
        "count" => ComprehensionKind::Count,
        _ => {
            cx.report(
                Diagnostic::new(
                    catalogue::BAD_EXPRESSION,
                    cx.span(start, end),
                    "only `sum(..)` and `count(..)` take `.. for .. in ..`",
                )
                .help("write a loop, or a closure"),
            );
            return ExprKind::Invalid;
        }
    };
    ExprKind::Comprehension(Box::new(ComprehensionExpr {
        kind,
        value,
        loops,
        filter: filter.map(|filter| *filter),
    }))
}

pub(crate) fn struct_expr(cx: &Context<'_>, path: Expr, fields: Vec<FieldInit>) -> ExprKind {
    if let ExprKind::Implicit(_) = path.kind {
        return variant_expr(path, fields);
    }
    if !is_path(&path) {
        cx.report(
            Diagnostic::new(
                catalogue::BAD_EXPRESSION,
                path.span,
                "the name of a struct or an asset must stand before `{`",
            )
            .help("errors, events and variants are made with `(..)`"),
        );
        return ExprKind::Invalid;
    }
    ExprKind::Struct(StructExpr { path: Box::new(path), fields })
}

/// `.By { dx: 1 }` is `.By(dx: 1)`.
fn variant_expr(callee: Expr, fields: Vec<FieldInit>) -> ExprKind {
    let arg = |FieldInit { name, value }: FieldInit| {
        let span = name.span.to(value.span);
        Arg { name: Some(name), inout: false, value, span }
    };
    let args = fields.into_iter().map(arg).collect();
    ExprKind::Call(Box::new(Call { callee, args, options: Vec::new() }))
}

fn is_path(mut expr: &Expr) -> bool {
    loop {
        match &expr.kind {
            ExprKind::Name { .. } => return true,
            ExprKind::Field(field) => expr = &field.base,
            _ => return false,
        }
    }
}

pub(crate) fn short_field(name: Ident) -> FieldInit {
    let kind = ExprKind::Name { name: name.clone(), type_args: TypeArgs::default() };
    FieldInit { value: Expr { kind, span: name.span }, name }
}

/// `deploy C(args) ..`
pub(crate) fn deploy(cx: &Context<'_>, expr: Expr) -> ExprKind {
    match expr.kind {
        ExprKind::Call(call) => ExprKind::Deploy(call),
        _ => {
            cx.report(
                Diagnostic::new(
                    catalogue::BAD_EXPRESSION,
                    expr.span,
                    "`deploy` takes a contract with the arguments of its `init`",
                )
                .help("write `deploy Name(..)`"),
            );
            ExprKind::Invalid
        }
    }
}

/// `call from who`, `call value c` and the like.
pub(crate) fn with_option(cx: &Context<'_>, mut expr: Expr, option: CallOption) -> Expr {
    let span = expr.span.to(option.span);
    let word = option.kind.word();
    match &mut expr.kind {
        ExprKind::Call(call) => {
            if let Some(first) = call.options.iter().find(|o| o.kind == option.kind) {
                let message = format!("`{word}` is given twice");
                cx.report(
                    Diagnostic::new(catalogue::BAD_CALL_SUFFIX, option.span, message)
                        .also(first.span, "the first one")
                        .help("remove one of them"),
                );
            }
            call.options.push(option);
        }
        _ => cx.report(
            Diagnostic::new(
                catalogue::BAD_CALL_SUFFIX,
                option.span,
                format!("`{word}` belongs to a call, and this is none"),
            )
            .also(expr.span, "not a call")
            .help(format!("put `{word} ..` right behind the call's `)`")),
        ),
    }
    Expr { kind: expr.kind, span }
}

/// The arms that could be read.
pub(crate) fn match_expr(subject: Expr, arms: Vec<Option<Box<Arm>>>) -> ExprKind {
    let arms = arms.into_iter().flatten().map(|arm| *arm).collect();
    ExprKind::Match(MatchExpr { subject: Box::new(subject), arms })
}

pub(crate) fn closure(
    params: Vec<ClosureParam>,
    result: Option<Type>,
    body: Expr,
) -> Box<ClosureExpr> {
    Box::new(ClosureExpr { params, result, body })
}

pub(crate) fn try_expr(
    cx: &Context<'_>,
    body: Block,
    catches: Vec<Catch>,
    finally: Option<Span>,
) -> ExprKind {
    if let Some(span) = finally {
        cx.report(
            Diagnostic::new(catalogue::LATER_VERSION, span, "`finally` is not in the language yet")
                .help("repeat what must happen after the `try` and in each handler"),
        );
    }
    ExprKind::Try(Box::new(TryExpr { body, catches }))
}
