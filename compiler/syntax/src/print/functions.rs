//! Functions and types.

use super::exprs::expr;
use super::items::{doc, error_path, name};
use super::sexp::Sexp;
use super::stmts::block;
use crate::ast::*;

pub(super) fn function(f: &FnDecl) -> Sexp {
    let flags = [("pub", f.public), ("async", f.is_async), ("payable", f.payable)];
    let flags = flags.into_iter().filter_map(|(word, set)| Sexp::flag(word, set));
    let receiver =
        f.receiver.as_ref().map(|r| Sexp::node(mode(r.mode, "view"), [Sexp::atom("self")]));
    let parts = [name(&f.name)]
        .into_iter()
        .chain(flags)
        .chain(doc(&f.doc))
        .chain(schedule(&f.kind))
        .chain(generics(&f.generics))
        .chain(receiver)
        .chain(params(&f.params))
        .chain(Sexp::optional("->", f.result.as_ref().map(type_sexp)))
        .chain(f.throws.iter().map(throws))
        .chain(spec(&f.spec))
        .chain(f.body.as_ref().map(block));
    Sexp::node(kind(&f.kind), parts)
}

fn kind(kind: &FnKind) -> &'static str {
    match kind {
        FnKind::Plain => "fn",
        FnKind::Entry => "entry",
        FnKind::View => "view-fn",
        FnKind::Init => "init",
        FnKind::Spec => "spec-fn",
        FnKind::Test => "test-fn",
        FnKind::Native => "native-fn",
        FnKind::Scheduled(_) => "scheduled",
        FnKind::Migrate => "migrate",
        FnKind::Upgrade => "upgrade",
    }
}

fn schedule(kind: &FnKind) -> Vec<Sexp> {
    let FnKind::Scheduled(s) = kind else { return Vec::new() };
    let when = match &s.when {
        ScheduleWhen::Every(e) => Sexp::node("every", [expr(e)]),
        ScheduleWhen::Cron { pattern, zone } => Sexp::node(
            "cron",
            [Sexp::quoted(&pattern.value)].into_iter().chain(zone.as_deref().map(expr)),
        ),
    };
    let gas = Sexp::optional("gas", s.gas.as_ref().map(expr));
    let missed = Sexp::optional("missed", s.missed.as_ref().map(expr));
    [when].into_iter().chain(gas).chain(missed).collect()
}

fn mode(mode: ParamMode, view: &'static str) -> &'static str {
    match mode {
        ParamMode::View => view,
        ParamMode::Inout => "inout",
        ParamMode::Take => "take",
    }
}

pub(super) fn params(list: &[Param]) -> Vec<Sexp> {
    list.iter()
        .map(|p| Sexp::node(mode(p.mode, "param"), [name(&p.name), type_sexp(&p.ty)]))
        .collect()
}

fn throws(t: &Throws) -> Sexp {
    let when = t
        .when
        .as_ref()
        .map(|w| Sexp::node(if w.exactly { "exactly-when" } else { "when" }, [expr(&w.condition)]));
    Sexp::node("throws", [error_path(&t.error)].into_iter().chain(when))
}

fn spec(s: &FnSpec) -> Vec<Sexp> {
    let requires = s.requires.iter().map(|r| {
        let error = Sexp::optional("else", r.error.as_ref().map(expr));
        Sexp::node("requires", [expr(&r.condition)].into_iter().chain(error))
    });
    let ensures = s.ensures.iter().map(|e| Sexp::node("ensures", [expr(e)]));
    let modifies = s.modifies.iter().map(|list| Sexp::node("modifies", list.iter().map(expr)));
    let decreases = list_of("decreases", &s.decreases);
    let no_trap = s.no_trap.iter().map(|when| Sexp::node("no-trap", [expr(when)]));
    requires.chain(ensures).chain(modifies).chain(decreases).chain(no_trap).collect()
}

/// `(head e ..)`, or nothing for an empty list.
pub(super) fn list_of(head: &str, list: &[Expr]) -> Option<Sexp> {
    (!list.is_empty()).then(|| Sexp::node(head, list.iter().map(expr)))
}

pub(super) fn generics(g: &Generics) -> Option<Sexp> {
    let bounds = |list: &[TypePath]| list.iter().map(type_path).collect::<Vec<_>>();
    let params = g.params.iter().map(|p| match &p.kind {
        GenericParamKind::Type { linear, bounds: b } => Sexp::node(
            if *linear { "linear" } else { "type" },
            [name(&p.name)].into_iter().chain(bounds(b)),
        ),
        GenericParamKind::Const { ty } => Sexp::node("const", [name(&p.name), type_sexp(ty)]),
    });
    let preds = g
        .where_clause
        .iter()
        .map(|p| Sexp::node("where", [type_sexp(&p.ty)].into_iter().chain(bounds(&p.bounds))));
    let parts: Vec<Sexp> = params.chain(preds).collect();
    (!parts.is_empty()).then(|| Sexp::node("generics", parts))
}

pub(super) fn type_sexp(t: &Type) -> Sexp {
    match &t.kind {
        TypeKind::Path(p) => type_path(p),
        TypeKind::Tuple(list) => Sexp::node("tuple", list.iter().map(type_sexp)),
        TypeKind::Array { element, len } => Sexp::node("array", [type_sexp(element), expr(len)]),
        TypeKind::Fn { params, result } => {
            let params = params.iter().map(|p| match p.mode {
                ParamMode::View => type_sexp(&p.ty),
                m => Sexp::node(mode(m, "view"), [type_sexp(&p.ty)]),
            });
            let result = Sexp::optional("->", result.as_deref().map(type_sexp));
            Sexp::node("fn-type", params.chain(result))
        }
        TypeKind::Infer => Sexp::atom("_"),
        TypeKind::Invalid => Sexp::atom("<invalid>"),
    }
}

pub(super) fn type_path(p: &TypePath) -> Sexp {
    match p.args.is_empty() {
        true => Sexp::atom(p.path.to_string()),
        false => Sexp::node(&p.path.to_string(), generic_args(&p.args)),
    }
}

pub(super) fn generic_args(args: &[GenericArg]) -> Vec<Sexp> {
    let arg = |a: &GenericArg| {
        let inner = match &a.kind {
            GenericArgKind::Type(t) => type_sexp(t),
            GenericArgKind::Const(e) => expr(e),
        };
        match &a.default {
            Some(e) => Sexp::node("default", [inner, expr(e)]),
            None => inner,
        }
    };
    args.iter().map(arg).collect()
}
