//! Modules, items and members.

use super::exprs::expr;
use super::functions::{function, generics, params, type_path, type_sexp};
use super::sexp::Sexp;
use super::stmts::block;
use crate::ast::*;

pub(super) fn name(ident: &Ident) -> Sexp {
    Sexp::atom(if ident.is_missing() { "<missing>" } else { ident.as_str() })
}

pub(super) fn path(path: &Path) -> Sexp {
    Sexp::atom(path.to_string())
}

pub(super) fn doc(doc: &Option<Doc>) -> Option<Sexp> {
    Sexp::optional("doc", doc.as_ref().map(|d| Sexp::quoted(&d.text)))
}

pub(super) fn module(m: &Module) -> Sexp {
    let header = [path(&m.path)].into_iter().chain(doc(&m.doc));
    Sexp::node("module", header.chain(m.uses.iter().map(use_sexp)).chain(m.items.iter().map(item)))
}

fn use_sexp(u: &Use) -> Sexp {
    let names = match &u.names {
        UseNames::All => vec![Sexp::atom("*")],
        UseNames::Names(list) => list
            .iter()
            .map(|n| match &n.alias {
                Some(alias) => Sexp::node("as", [name(&n.name), name(alias)]),
                None => name(&n.name),
            })
            .collect(),
    };
    Sexp::node("use", [path(&u.module)].into_iter().chain(names))
}

fn item(item: &Item) -> Sexp {
    let Sexp::List(mut parts) = item_kind(&item.kind) else { return Sexp::atom("<invalid>") };
    let at = parts.len().min(2);
    parts.splice(
        at..at,
        Sexp::flag("pub", item.public && !is_fn(item)).into_iter().chain(doc(&item.doc)),
    );
    Sexp::List(parts)
}

fn is_fn(item: &Item) -> bool {
    matches!(item.kind, ItemKind::Fn(_))
}

fn item_kind(kind: &ItemKind) -> Sexp {
    match kind {
        ItemKind::Const(d) => {
            Sexp::node("const", [name(&d.name), type_sexp(&d.ty), expr(&d.value)])
        }
        ItemKind::Fn(d) => function(d),
        ItemKind::Struct(d) => struct_sexp(d),
        ItemKind::Enum(d) => enum_sexp(d),
        ItemKind::Error(d) => named("error", &d.name, d.fields.iter().map(field)),
        ItemKind::Errors(d) => named("errors", &d.name, d.members.iter().map(error_path)),
        ItemKind::Event(d) => named("event", &d.name, d.fields.iter().map(field)),
        ItemKind::Interface(d) => named("interface", &d.name, d.items.iter().map(item)),
        ItemKind::Trait(d) => named(
            "trait",
            &d.name,
            generics(&d.generics).into_iter().chain(d.functions.iter().map(function)),
        ),
        ItemKind::Impl(d) => impl_sexp(d),
        ItemKind::Contract(d) => contract(d),
        ItemKind::Test(d) => {
            let head = [Sexp::quoted(&d.title.value)].into_iter().chain(params(&d.params));
            Sexp::node("test", head.chain([block(&d.body)]))
        }
        ItemKind::Rule(d) => named(
            "rule",
            &d.name,
            params(&d.params).into_iter().chain(d.clauses.iter().map(rule_clause)),
        ),
        ItemKind::Invalid => Sexp::atom("<invalid>"),
    }
}

fn named(head: &str, ident: &Ident, rest: impl IntoIterator<Item = Sexp>) -> Sexp {
    Sexp::node(head, [name(ident)].into_iter().chain(rest))
}

pub(super) fn field(f: &Field) -> Sexp {
    let a = f.attrs;
    let flags = [
        ("pub", a.public),
        ("traced", a.traced),
        ("counter", a.counter),
        ("index", a.index),
        ("ghost", a.ghost),
    ];
    let flags = flags.into_iter().filter_map(|(word, set)| Sexp::flag(word, set));
    let parts = flags.chain([name(&f.name), type_sexp(&f.ty)]);
    let default = Sexp::optional("default", f.default.as_ref().map(expr));
    Sexp::node("field", parts.chain(default).chain(doc(&f.doc)))
}

fn struct_sexp(d: &StructDecl) -> Sexp {
    let head = match d.kind {
        StructKind::Struct => "struct",
        StructKind::Asset => "asset",
    };
    let parts = generics(&d.generics).into_iter().chain(d.fields.iter().map(field));
    named(head, &d.name, parts.chain(d.methods.iter().map(function)))
}

fn enum_sexp(d: &EnumDecl) -> Sexp {
    let variant = |v: &Variant| {
        let fields = v.fields.iter().map(|f| match &f.name {
            Some(n) => Sexp::List(vec![name(n), type_sexp(&f.ty)]),
            None => type_sexp(&f.ty),
        });
        named("variant", &v.name, fields.chain(doc(&v.doc)))
    };
    let parts = generics(&d.generics).into_iter().chain(d.variants.iter().map(variant));
    named("enum", &d.name, parts.chain(d.methods.iter().map(function)))
}

pub(super) fn error_path(e: &ErrorPath) -> Sexp {
    Sexp::atom(if e.all { format!("{}.*", e.path) } else { e.path.to_string() })
}

fn impl_sexp(d: &ImplDecl) -> Sexp {
    let of = Sexp::optional("of", d.of_trait.as_ref().map(type_path));
    let parts = [type_sexp(&d.target)].into_iter().chain(of).chain(generics(&d.generics));
    Sexp::node("impl", parts.chain(d.functions.iter().map(function)))
}

fn contract(d: &ContractDecl) -> Sexp {
    let version = d.version.as_ref().map(|v| {
        let upgrades = v.upgrades.iter().map(|u| Sexp::atom(u.value.to_string()));
        Sexp::node("version", [Sexp::atom(v.number.value.to_string())].into_iter().chain(upgrades))
    });
    let implements =
        (!d.implements.is_empty()).then(|| Sexp::node("implements", d.implements.iter().map(path)));
    let parts = version.into_iter().chain(implements).chain(d.members.iter().map(member));
    named("contract", &d.name, parts)
}

fn member(m: &Member) -> Sexp {
    match m {
        Member::State(s) => {
            Sexp::node("state", doc(&s.doc).into_iter().chain(s.fields.iter().map(field)))
        }
        Member::Invariant(i) => {
            let parts = Sexp::flag("step", i.step).into_iter().chain(doc(&i.doc));
            Sexp::node("invariant", parts.chain([expr(&i.condition)]))
        }
        Member::Fn(f) => function(f),
        Member::Item(i) => item(i),
        Member::Policy(p) => named("policy", &p.level, p.by.iter().map(expr)),
    }
}

fn rule_clause(clause: &RuleClause) -> Sexp {
    let without = |e: &Option<Expr>| Sexp::optional("without", e.as_ref().map(expr));
    match &*clause.kind {
        RuleClauseKind::Assume(e) => Sexp::node("assume", [expr(e)]),
        RuleClauseKind::Never(e) => Sexp::node("never", [expr(e)]),
        RuleClauseKind::Sequence { steps, without: w } => {
            Sexp::node("sequence", steps.iter().map(expr).chain(without(w)))
        }
        RuleClauseKind::Only { functions, access, target } => {
            let word = match access {
                RuleAccess::Read => "read",
                RuleAccess::Write => "write",
                RuleAccess::Call => "call",
                RuleAccess::Emit => "emit",
            };
            let functions = Sexp::List(functions.iter().map(path).collect());
            Sexp::node("only", [functions, Sexp::atom(word), expr(target)])
        }
        RuleClauseKind::Flow { source, sink, without: w } => {
            Sexp::node("flow", [expr(source), expr(sink)].into_iter().chain(without(w)))
        }
    }
}
