//! Actions of modules, items and members.

use deed_base::{Diagnostic, Span, catalogue};

use super::functions::plain_params;
use super::{FnItem, ParamEntry, function, path_of};
use crate::ast::*;
use crate::parser::context::{Context, Recovery};

/// What stands on the lines of a module.
pub(crate) enum Top {
    Header(Path, Span),
    Use(Box<Use>),
    Item(Box<Item>),
}

/// What stands within the braces of a struct, an enum or the state.
pub(crate) enum Entry {
    Field(Box<Field>),
    Variant(Box<Variant>),
    Fn(Box<FnDecl>),
    Invalid,
}

/// What an item is, before its modifiers are known.
pub(crate) enum ItemPart {
    Fn(Box<FnItem>),
    Other(ItemKind),
}

/// A word before a declaration.
#[derive(Clone, Copy)]
pub(crate) struct Mod {
    pub(crate) word: ModWord,
    pub(crate) span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ModWord {
    Pub,
    Async,
    Entry,
    View,
    Test,
    Ghost,
    Payable,
    Spec,
    Native,
    Reentrant,
    Traced,
    Counter,
    Index,
}

impl ModWord {
    pub(crate) fn text(self) -> &'static str {
        match self {
            ModWord::Pub => "pub",
            ModWord::Async => "async",
            ModWord::Entry => "entry",
            ModWord::View => "view",
            ModWord::Test => "test",
            ModWord::Ghost => "ghost",
            ModWord::Payable => "payable",
            ModWord::Spec => "spec",
            ModWord::Native => "native",
            ModWord::Reentrant => "reentrant",
            ModWord::Traced => "traced",
            ModWord::Counter => "counter",
            ModWord::Index => "index",
        }
    }
}

/// Reports modifiers that do not belong to a declaration, and repeated ones.
pub(crate) fn refuse_mods(cx: &Context<'_>, mods: &[Mod], allowed: &[ModWord], what: &str) {
    for (at, m) in mods.iter().enumerate() {
        let word = m.word.text();
        let message = if !allowed.contains(&m.word) {
            format!("`{word}` cannot stand before {what}")
        } else if mods[..at].iter().any(|earlier| earlier.word == m.word) {
            format!("`{word}` is written twice")
        } else {
            continue;
        };
        cx.report(Diagnostic::new(catalogue::BAD_MODIFIER, m.span, message).help("remove it"));
    }
}

pub(crate) fn use_item(
    cx: &Context<'_>,
    start: u32,
    (path, names): (Path, Option<UseNames>),
    end: u32,
) -> Use {
    let span = cx.span(start, end);
    match names {
        Some(names) => Use { module: path, names, span },
        None => {
            let (module, names) = split_last(path, None);
            Use { module, names, span }
        }
    }
}

/// `a.b.C as D`
pub(crate) fn alias_use(path: Path, alias: Ident) -> (Path, Option<UseNames>) {
    let (module, names) = split_last(path, Some(alias));
    (module, Some(names))
}

fn split_last(mut path: Path, alias: Option<Ident>) -> (Path, UseNames) {
    let names = path.segments.pop().map(|name| UseName { name, alias }).into_iter().collect();
    let span = path.span;
    let module = path_of(path.segments);
    let span = if module.segments.is_empty() { span.at_start() } else { module.span };
    (Path { span, ..module }, UseNames::Names(names))
}

pub(crate) fn item(cx: &Context<'_>, start: u32, mods: Vec<Mod>, part: ItemPart, end: u32) -> Item {
    let span = cx.span(start, end);
    match part {
        ItemPart::Fn(f) => {
            let f = function(cx, start, mods, *f, end);
            Item { doc: None, public: f.public, kind: ItemKind::Fn(f), span }
        }
        ItemPart::Other(kind) => {
            let what =
                if matches!(kind, ItemKind::Test(_)) { "a test" } else { "this declaration" };
            let allowed: &[ModWord] =
                if matches!(kind, ItemKind::Test(_)) { &[] } else { &[ModWord::Pub] };
            refuse_mods(cx, &mods, allowed, what);
            Item { doc: cx.doc(start), public: !mods.is_empty(), kind, span }
        }
    }
}

pub(crate) fn invalid_item(cx: &Context<'_>, start: u32, recovery: Recovery, end: u32) -> Item {
    // The doc of what could not be read is not misplaced.
    let doc = cx.doc(start);
    cx.syntax_error(recovery);
    Item { doc, public: false, kind: ItemKind::Invalid, span: cx.span(start, end) }
}

pub(crate) fn invalid_clause(
    cx: &Context<'_>,
    start: u32,
    recovery: Recovery,
    end: u32,
) -> RuleClause {
    cx.syntax_error(recovery);
    let span = cx.span(start, end);
    let invalid = Expr { kind: ExprKind::Invalid, span };
    RuleClause { kind: Box::new(RuleClauseKind::Assume(invalid)), span }
}

pub(crate) fn field_of(
    cx: &Context<'_>,
    start: u32,
    mods: Vec<Mod>,
    (name, ty, default): (Ident, Type, Option<Box<Expr>>),
    end: u32,
) -> Box<Field> {
    use ModWord::*;
    refuse_mods(cx, &mods, &[Pub, Traced, Counter, Index, Ghost], "a field");
    let has = |word: ModWord| mods.iter().any(|m| m.word == word);
    let attrs = FieldAttrs {
        public: has(Pub),
        traced: has(Traced),
        counter: has(Counter),
        index: has(Index),
        ghost: has(Ghost),
    };
    let default = default.map(|value| *value);
    Box::new(Field { doc: cx.doc(start), attrs, name, ty, default, span: cx.span(start, end) })
}

pub(crate) fn variant(
    cx: &Context<'_>,
    start: u32,
    name: Ident,
    fields: Vec<VariantField>,
    end: u32,
) -> Variant {
    Variant { doc: cx.doc(start), name, fields, span: cx.span(start, end) }
}

fn generics(params: Vec<GenericParam>) -> Generics {
    Generics { params, where_clause: Vec::new() }
}

/// The parts of a braced declaration: data first, then functions.
struct Parts {
    fields: Vec<Field>,
    variants: Vec<Variant>,
    functions: Vec<FnDecl>,
}

fn sort_entries(cx: &Context<'_>, entries: Vec<Entry>) -> Parts {
    let mut parts = Parts { fields: Vec::new(), variants: Vec::new(), functions: Vec::new() };
    for entry in entries {
        let span = match &entry {
            Entry::Field(f) => Some(f.span),
            Entry::Variant(v) => Some(v.span),
            Entry::Fn(_) | Entry::Invalid => None,
        };
        if let (Some(span), Some(_)) = (span, parts.functions.last()) {
            cx.report(
                Diagnostic::new(
                    catalogue::BAD_DECLARATION,
                    span,
                    "fields and variants stand above the functions",
                )
                .help("move it up, above the first `fn`"),
            );
        }
        match entry {
            Entry::Field(f) => parts.fields.push(*f),
            Entry::Variant(v) => parts.variants.push(*v),
            Entry::Fn(f) => parts.functions.push(*f),
            Entry::Invalid => {}
        }
    }
    parts
}

pub(crate) fn struct_item(
    cx: &Context<'_>,
    kind: StructKind,
    name: Ident,
    params: Vec<GenericParam>,
    entries: Vec<Entry>,
) -> ItemKind {
    let Parts { fields, functions: methods, .. } = sort_entries(cx, entries);
    let generics = generics(params);
    ItemKind::Struct(Box::new(StructDecl { kind, name, generics, fields, methods }))
}

pub(crate) fn enum_item(
    cx: &Context<'_>,
    name: Ident,
    params: Vec<GenericParam>,
    entries: Vec<Entry>,
) -> ItemKind {
    let Parts { variants, functions: methods, .. } = sort_entries(cx, entries);
    ItemKind::Enum(Box::new(EnumDecl { name, generics: generics(params), variants, methods }))
}

/// The functions among items; traits and impls hold nothing else.
fn only_functions(cx: &Context<'_>, items: Vec<Item>, what: &str) -> Vec<FnDecl> {
    let mut functions = Vec::with_capacity(items.len());
    for item in items {
        match item.kind {
            ItemKind::Fn(f) => functions.push(*f),
            ItemKind::Invalid => {}
            _ => cx.report(
                Diagnostic::new(
                    catalogue::BAD_DECLARATION,
                    item.span,
                    format!("{what} holds functions only"),
                )
                .help("move it out"),
            ),
        }
    }
    functions
}

pub(crate) fn trait_item(
    cx: &Context<'_>,
    name: Ident,
    params: Vec<GenericParam>,
    items: Vec<Item>,
) -> ItemKind {
    let functions = only_functions(cx, items, "a trait");
    ItemKind::Trait(Box::new(TraitDecl { name, generics: generics(params), functions }))
}

pub(crate) fn impl_item(
    cx: &Context<'_>,
    params: Vec<GenericParam>,
    (of_trait, target): (Option<Box<TypePath>>, Type),
    preds: Option<Vec<WherePredicate>>,
    items: Vec<Item>,
) -> ItemKind {
    let functions = only_functions(cx, items, "an `impl`");
    let generics = Generics { params, where_clause: preds.unwrap_or_default() };
    let of_trait = of_trait.map(|path| *path);
    ItemKind::Impl(Box::new(ImplDecl { generics, of_trait, target, functions }))
}

pub(crate) fn test_item(
    cx: &Context<'_>,
    title: Text,
    params: Option<Vec<ParamEntry>>,
    body: Block,
) -> ItemKind {
    ItemKind::Test(Box::new(TestDecl { title, params: plain_params(cx, params), body }))
}

pub(crate) fn rule_item(
    cx: &Context<'_>,
    name: Ident,
    params: Option<Vec<ParamEntry>>,
    clauses: Vec<RuleClause>,
) -> ItemKind {
    ItemKind::Rule(Box::new(RuleDecl { name, params: plain_params(cx, params), clauses }))
}

pub(crate) fn sequence(first: Expr, rest: Vec<Expr>, without: Option<Expr>) -> RuleClauseKind {
    RuleClauseKind::Sequence { steps: super::prepend(first, rest), without }
}

pub(crate) fn member_item(
    cx: &Context<'_>,
    start: u32,
    mods: Vec<Mod>,
    part: ItemPart,
    end: u32,
) -> Member {
    let item = item(cx, start, mods, part, end);
    match item.kind {
        ItemKind::Fn(f) => Member::Fn(f),
        kind => Member::Item(Item { kind, ..item }),
    }
}

pub(crate) fn state_block(
    cx: &Context<'_>,
    start: u32,
    mods: Vec<Mod>,
    entries: Vec<Entry>,
    end: u32,
) -> Member {
    refuse_mods(cx, &mods, &[], "`state`");
    let Parts { fields, functions, .. } = sort_entries(cx, entries);
    for f in functions {
        cx.report(
            Diagnostic::new(catalogue::BAD_DECLARATION, f.span, "`state` holds fields only")
                .help("move the function out, into the contract"),
        );
    }
    let block = StateBlock { doc: cx.doc(start), fields, span: cx.span(start, end) };
    Member::State(Box::new(block))
}

pub(crate) fn contract_invariant(
    cx: &Context<'_>,
    start: u32,
    mods: Vec<Mod>,
    step: bool,
    condition: Expr,
    end: u32,
) -> Member {
    refuse_mods(cx, &mods, &[], "`invariant`");
    let (doc, span) = (cx.doc(start), cx.span(start, end));
    Member::Invariant(Box::new(ContractInvariant { doc, step, condition, span }))
}

pub(crate) fn policy(
    cx: &Context<'_>,
    start: u32,
    mods: Vec<Mod>,
    level: Ident,
    by: Option<Expr>,
    end: u32,
) -> Member {
    refuse_mods(cx, &mods, &[], "`policy`");
    Member::Policy(Box::new(UpgradePolicy { level, by, span: cx.span(start, end) }))
}
