//! Actions of functions.

use deed_base::{Diagnostic, Span, catalogue};

use super::{Mod, ModWord, refuse_mods};
use crate::ast::*;
use crate::parser::context::Context;

/// A function without its modifiers.
pub(crate) struct FnItem {
    /// Settled for `init` and the like; otherwise the modifiers say.
    pub(crate) kind: Option<FnKind>,
    pub(crate) name: Ident,
    pub(crate) generics: Vec<GenericParam>,
    pub(crate) params: Vec<ParamEntry>,
    pub(crate) result: Option<Type>,
    pub(crate) clauses: Vec<Clause>,
    pub(crate) body: Option<Block>,
}

impl FnItem {
    pub(crate) fn special(
        kind: FnKind,
        name: Ident,
        params: Vec<ParamEntry>,
        clauses: Vec<Clause>,
        body: Block,
    ) -> Box<Self> {
        let (kind, body) = (Some(kind), Some(body));
        Box::new(FnItem { kind, name, generics: Vec::new(), params, result: None, clauses, body })
    }
}

pub(crate) enum ParamEntry {
    Param(Param),
    Receiver(Receiver),
}

/// A clause between a function's head and its body.
pub(crate) enum Clause {
    Throws(Vec<Throws>),
    Where(Vec<WherePredicate>),
    Requires(Box<Requires>),
    Ensures(Expr),
    Modifies(Vec<Expr>),
    Decreases(Vec<Expr>),
    NoTrap(Expr),
}

pub(crate) fn upgrade(
    cx: &Context<'_>,
    start: u32,
    params: Vec<ParamEntry>,
    result: Option<Type>,
    clauses: Vec<Clause>,
    body: Block,
) -> Box<FnItem> {
    let name = Ident::new("upgrade", cx.span(start, start));
    let mut item = FnItem::special(FnKind::Upgrade, name, params, clauses, body);
    item.result = result;
    item
}

/// `every d gas n missed p fn ..`
pub(crate) fn scheduled(
    cx: &Context<'_>,
    start: u32,
    when: ScheduleWhen,
    suffixes: Vec<(bool, Expr)>,
    end: u32,
    mods: Vec<Mod>,
    mut f: Box<FnItem>,
) -> Box<FnItem> {
    let mut schedule = Schedule { when, gas: None, missed: None, span: cx.span(start, end) };
    for (is_gas, value) in suffixes {
        let slot = if is_gas { &mut schedule.gas } else { &mut schedule.missed };
        let span = value.span;
        if slot.replace(value).is_some() {
            let word = if is_gas { "gas" } else { "missed" };
            cx.report(
                Diagnostic::new(
                    catalogue::BAD_CALL_SUFFIX,
                    span,
                    format!("`{word}` is given twice"),
                )
                .help("remove one of them"),
            );
        }
    }
    refuse_mods(cx, &mods, &[], "a scheduled function");
    f.kind = Some(FnKind::Scheduled(Box::new(schedule)));
    f
}

/// A function with its modifiers and its doc.
pub(crate) fn function(
    cx: &Context<'_>,
    start: u32,
    mods: Vec<Mod>,
    f: FnItem,
    end: u32,
) -> Box<FnDecl> {
    use ModWord::*;
    refuse_mods(
        cx,
        &mods,
        &[Pub, Async, Payable, Entry, View, Spec, Test, Native, Ghost, Reentrant],
        "a function",
    );
    let has = |word: ModWord| mods.iter().any(|m| m.word == word);
    let kind = f.kind.unwrap_or_else(|| kind_of(cx, &mods));
    refuse_reentrant(cx, &mods);
    refuse_payable(cx, &mods, &kind);
    let (receiver, params) = split_params(cx, f.params);
    let mut decl = Box::new(FnDecl {
        doc: cx.doc(start),
        kind,
        public: has(Pub),
        is_async: has(Async),
        payable: has(Payable),
        name: f.name,
        generics: Generics { params: f.generics, where_clause: Vec::new() },
        receiver,
        params,
        result: f.result,
        throws: Vec::new(),
        spec: FnSpec::default(),
        body: f.body,
        span: cx.span(start, end),
    });
    f.clauses.into_iter().for_each(|clause| add_clause(&mut decl, clause));
    decl
}

/// The condition of a `no_trap` that stands alone.
pub(crate) fn always(span: Span) -> Expr {
    Expr { kind: ExprKind::Bool(true), span }
}

fn add_clause(decl: &mut FnDecl, clause: Clause) {
    match clause {
        Clause::Throws(list) => decl.throws.extend(list),
        Clause::Where(list) => decl.generics.where_clause.extend(list),
        Clause::Requires(requires) => decl.spec.requires.push(*requires),
        Clause::Ensures(e) => decl.spec.ensures.push(e),
        Clause::Modifies(list) => decl.spec.modifies.get_or_insert_default().extend(list),
        Clause::Decreases(list) => decl.spec.decreases.extend(list),
        Clause::NoTrap(when) => decl.spec.no_trap.push(when),
    }
}

/// The kind that the modifiers give; two of them contradict each other.
fn kind_of(cx: &Context<'_>, mods: &[Mod]) -> FnKind {
    let mut found: Option<(&Mod, FnKind)> = None;
    for m in mods {
        let kind = match m.word {
            ModWord::Entry => FnKind::Entry,
            ModWord::View => FnKind::View,
            ModWord::Spec | ModWord::Ghost => FnKind::Spec,
            ModWord::Test => FnKind::Test,
            ModWord::Native => FnKind::Native,
            _ => continue,
        };
        match &found {
            None => found = Some((m, kind)),
            Some((first, _)) if first.word == m.word => {}
            Some((first, _)) => cx.report(
                Diagnostic::new(
                    catalogue::BAD_MODIFIER,
                    m.span,
                    format!(
                        "a function cannot be both `{}` and `{}`",
                        first.word.text(),
                        m.word.text()
                    ),
                )
                .also(first.span, "the other one")
                .help("keep one of them"),
            ),
        }
    }
    found.map_or(FnKind::Plain, |(_, kind)| kind)
}

/// Coins come with entries alone.
fn refuse_payable(cx: &Context<'_>, mods: &[Mod], kind: &FnKind) {
    if matches!(kind, FnKind::Entry) {
        return;
    }
    if let Some(m) = mods.iter().find(|m| m.word == ModWord::Payable) {
        let message = "`payable` stands before `entry fn`: nothing else takes coins";
        cx.report(
            Diagnostic::new(catalogue::BAD_MODIFIER, m.span, message)
                .help("remove it, or make the function an `entry fn`"),
        );
    }
}

fn refuse_reentrant(cx: &Context<'_>, mods: &[Mod]) {
    if let Some(m) = mods.iter().find(|m| m.word == ModWord::Reentrant) {
        cx.report(
            Diagnostic::new(
                catalogue::LATER_VERSION,
                m.span,
                "`reentrant` is not in the language yet",
            )
            .help(
                "a contract on the call stack cannot be entered again; finish before you call out",
            ),
        );
    }
}

/// `self` comes first and once.
fn split_params(cx: &Context<'_>, entries: Vec<ParamEntry>) -> (Option<Receiver>, Vec<Param>) {
    let mut receiver = None;
    let mut params = Vec::with_capacity(entries.len());
    for (at, entry) in entries.into_iter().enumerate() {
        match entry {
            ParamEntry::Param(param) => params.push(param),
            ParamEntry::Receiver(r) if at == 0 => receiver = Some(r),
            ParamEntry::Receiver(r) => late_self(cx, r.span),
        }
    }
    (receiver, params)
}

fn late_self(cx: &Context<'_>, span: Span) {
    cx.report(
        Diagnostic::new(
            catalogue::BAD_DECLARATION,
            span,
            "`self` is the first parameter, and there is one",
        )
        .help("move it to the front"),
    );
}

/// The parameters of a test or a rule, which have no `self`.
pub(super) fn plain_params(cx: &Context<'_>, entries: Option<Vec<ParamEntry>>) -> Vec<Param> {
    let (receiver, params) = split_params(cx, entries.unwrap_or_default());
    if let Some(receiver) = receiver {
        cx.report(
            Diagnostic::new(catalogue::BAD_DECLARATION, receiver.span, "there is no `self` here")
                .help("remove it"),
        );
    }
    params
}
