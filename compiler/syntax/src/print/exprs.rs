//! Expressions.

use super::functions::{generic_args, type_sexp};
use super::items::name;
use super::patterns::{bytes, int, pattern};
use super::sexp::Sexp;
use super::stmts::block;
use crate::ast::*;

pub(super) fn expr(e: &Expr) -> Sexp {
    use ExprKind::*;
    match &e.kind {
        Int(value) => Sexp::atom(int(value)),
        Bool(value) => Sexp::atom(value.to_string()),
        Str(parts) => string(parts),
        Bytes(value) => bytes(value),
        Name { name: n, type_args } => with_types(name(n), type_args),
        SelfValue => Sexp::atom("self"),
        Implicit(n) => Sexp::atom(format!(".{n}")),
        Field(f) => with_types(Sexp::node(".", [expr(&f.base), name(&f.name)]), &f.type_args),
        Index(i) => Sexp::node("index", [expr(&i.base), expr(&i.index)]),
        Call(c) => call("call", c),
        Deploy(c) => call("deploy", c),
        Struct(s) => {
            let fields = s.fields.iter().map(|f| Sexp::List(vec![name(&f.name), expr(&f.value)]));
            Sexp::node("struct", [expr(&s.path)].into_iter().chain(fields))
        }
        Tuple(list) => Sexp::node("tuple", list.iter().map(expr)),
        Array(list) => Sexp::node("array", list.iter().map(expr)),
        Repeat { value, len } => Sexp::node("repeat", [expr(value), expr(len)]),
        Unary { op, operand } => Sexp::node(op.symbol(), [expr(operand)]),
        Binary(b) => Sexp::node(b.op.symbol(), [expr(&b.left), expr(&b.right)]),
        Range { start, end, inclusive } => {
            let end_of = |e: &Option<Box<Expr>>| e.as_deref().map_or(Sexp::atom("_"), expr);
            Sexp::node(if *inclusive { "..=" } else { ".." }, [end_of(start), end_of(end)])
        }
        Rest => Sexp::atom(".."),
        Invalid => Sexp::atom("<invalid>"),
        _ => control(e),
    }
}

fn control(e: &Expr) -> Sexp {
    use ExprKind::*;
    match &e.kind {
        Propagate(inner) => Sexp::node("?", [expr(inner)]),
        View(inner) => Sexp::node("view", [expr(inner)]),
        Await(inner) => Sexp::node("await", [expr(inner)]),
        Schedule(inner) => Sexp::node("schedule", [expr(inner)]),
        Return(value) => Sexp::node("return", value.iter().map(|v| expr(v))),
        Throw(inner) => Sexp::node("throw", [expr(inner)]),
        Reject(inner) => Sexp::node("reject", [expr(inner)]),
        Break => Sexp::node("break", []),
        Continue => Sexp::node("continue", []),
        Block(b) => block(b),
        If(i) => {
            let parts = [condition(&i.condition), block(&i.then)].into_iter();
            Sexp::node("if", parts.chain(i.otherwise.iter().map(|e| expr(e))))
        }
        Match(m) => {
            Sexp::node("match", [expr(&m.subject)].into_iter().chain(m.arms.iter().map(arm)))
        }
        Try(t) => {
            Sexp::node("try", [block(&t.body)].into_iter().chain(t.catches.iter().map(catch)))
        }
        Closure(c) => closure(c),
        Quantifier(q) => {
            let head = match q.kind {
                QuantifierKind::Forall => "forall",
                QuantifierKind::Exists => "exists",
            };
            Sexp::node(head, q.binders.iter().map(binder).chain([expr(&q.body)]))
        }
        Comprehension(c) => comprehension(c),
        _ => Sexp::atom("<invalid>"),
    }
}

fn string(parts: &[StrPart]) -> Sexp {
    match parts {
        [] => Sexp::quoted(""),
        [StrPart::Text(text)] => Sexp::quoted(text),
        parts => Sexp::node(
            "string",
            parts.iter().map(|part| match part {
                StrPart::Text(text) => Sexp::quoted(text),
                StrPart::Expr(e) => expr(e),
            }),
        ),
    }
}

fn with_types(inner: Sexp, args: &[GenericArg]) -> Sexp {
    match args.is_empty() {
        true => inner,
        false => Sexp::node("::", [inner].into_iter().chain(generic_args(args))),
    }
}

fn call(head: &str, c: &Call) -> Sexp {
    let args = c.args.iter().map(|a| {
        let value = match a.inout {
            true => Sexp::node("inout", [expr(&a.value)]),
            false => expr(&a.value),
        };
        match &a.name {
            Some(n) => Sexp::node(&format!("{n}:"), [value]),
            None => value,
        }
    });
    let options = c.options.iter().map(|o| Sexp::node(o.kind.word(), [expr(&o.value)]));
    Sexp::node(head, [expr(&c.callee)].into_iter().chain(args).chain(options))
}

pub(super) fn condition(c: &Condition) -> Sexp {
    match c {
        Condition::Expr(e) => expr(e),
        Condition::Let { pattern: p, value } => Sexp::node("let", [pattern(p), expr(value)]),
    }
}

fn arm(a: &Arm) -> Sexp {
    let guard = Sexp::optional("if", a.guard.as_ref().map(expr));
    Sexp::node("arm", [pattern(&a.pattern)].into_iter().chain(guard).chain([expr(&a.body)]))
}

fn catch(c: &Catch) -> Sexp {
    Sexp::node("catch", [pattern(&c.pattern), block(&c.body)])
}

fn closure(c: &ClosureExpr) -> Sexp {
    let params = c.params.iter().map(|p| {
        let ty = p.ty.as_deref().map(type_sexp);
        let head = match p.mode {
            ParamMode::View => "param",
            ParamMode::Inout => "inout",
            ParamMode::Take => "take",
        };
        Sexp::node(head, [pattern(&p.pattern)].into_iter().chain(ty))
    });
    let result = Sexp::optional("->", c.result.as_ref().map(type_sexp));
    Sexp::node("closure", params.chain(result).chain([expr(&c.body)]))
}

fn binder(b: &Binder) -> Sexp {
    let names = b.names.iter().map(name);
    let (head, domain) = match &b.domain {
        BinderDomain::In(e) => ("in", expr(e)),
        BinderDomain::Type(t) => ("of", type_sexp(t)),
    };
    Sexp::node(head, names.chain([domain]))
}

fn comprehension(c: &ComprehensionExpr) -> Sexp {
    let head = match c.kind {
        ComprehensionKind::Sum => "sum",
        ComprehensionKind::Count => "count",
    };
    let loops = c.loops.iter().map(|l| Sexp::node("for", [pattern(&l.pattern), expr(&l.source)]));
    let filter = Sexp::optional("if", c.filter.as_ref().map(expr));
    Sexp::node(head, [expr(&c.value)].into_iter().chain(loops).chain(filter))
}
