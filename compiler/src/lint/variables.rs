//! Variables and parameters: never read, or `var` and never changed.
//!
//! Holds always: a variable that only a clause reads is used; an assigned one that nothing reads
//! is not.

use std::collections::BTreeSet;

use deed_base::{Diagnostic, Span, catalogue as codes};

use super::Cx;
use super::patterns::Patterns;
use crate::arena::LocalId;
use crate::thir::visit::{Node, each_clause, walk_expr, walk_function};
use crate::thir::{ExprKind, FnKind, Function, Local, ParamMode, Place, PlaceBase, StmtKind};

pub(super) fn check(cx: &mut Cx<'_>, function: &Function) {
    if function.body.is_none() {
        return;
    }
    let patterns = Patterns::of(cx, function);
    let uses = Uses::of(function, &patterns);
    for (id, local) in function.locals.iter() {
        if !cx.is_judged(&local.name) || local.name.text == "self" {
            continue;
        }
        if let Some(param) = function.params.iter().find(|param| param.local == id) {
            if !uses.read.contains(&id) && param.mode == ParamMode::View {
                unused_parameter(cx, function, local);
            }
        } else if !uses.read.contains(&id) {
            let short = patterns.short.contains(&id);
            unused_variable(cx, local, uses.written.contains(&id), short);
        } else if local.mutable && !uses.varies.contains(&id) {
            needless_var(cx, local);
        }
    }
}

/// What a function does with its variables.
#[derive(Default)]
struct Uses {
    read: BTreeSet<LocalId>,
    written: BTreeSet<LocalId>,
    /// What is written, and what the same `var` declares.
    varies: BTreeSet<LocalId>,
}

impl Uses {
    fn of(function: &Function, patterns: &Patterns) -> Uses {
        let mut uses = Uses::default();
        walk_function(function, &mut |node| uses.node(node));
        each_clause(function, &mut |clause| walk_expr(clause, &mut |node| uses.node(node)));
        uses.varies = uses.written.clone();
        let written = |group: &&Vec<LocalId>| group.iter().any(|id| uses.written.contains(id));
        uses.varies.extend(patterns.groups.iter().filter(written).flatten());
        uses
    }

    fn node(&mut self, node: Node<'_>) {
        match node {
            Node::Stmt(stmt) => match &stmt.kind {
                StmtKind::Assign { place, .. } | StmtKind::OpAssign { place, .. } => {
                    self.write(place);
                }
                _ => {}
            },
            Node::Expr(expr) => match &expr.kind {
                ExprKind::Read(place) | ExprKind::View { place, .. } => self.read(place),
                ExprKind::Inout(place) | ExprKind::MapCall { map: place, .. } => {
                    self.read(place);
                    self.write(place);
                }
                ExprKind::CallLocal { function, .. } => _ = self.read.insert(*function),
                _ => {}
            },
        }
    }

    fn read(&mut self, place: &Place) {
        if let PlaceBase::Local(local) = place.base {
            self.read.insert(local);
        }
    }

    fn write(&mut self, place: &Place) {
        if let PlaceBase::Local(local) = place.base {
            self.written.insert(local);
        }
    }
}

fn unused_variable(cx: &mut Cx<'_>, local: &Local, written: bool, short: bool) {
    let name = &local.name;
    let other = match short {
        true => format!("{}: _{}", name.text, name.text),
        false => format!("_{}", name.text),
    };
    let what = if written { "is assigned and never read" } else { "is never read" };
    let diagnostic =
        Diagnostic::new(codes::UNUSED_VARIABLE, name.span, format!("`{}` {what}", name.text))
            .help(format!("remove it, or write `{other}` if that is meant"));
    cx.d.push(match written {
        true => diagnostic,
        false => diagnostic.fix("begin its name with `_`", name.span, other),
    });
}

fn unused_parameter(cx: &mut Cx<'_>, function: &Function, local: &Local) {
    // Who implements an interface, or promises one, does not choose its parameters.
    if !matches!(function.kind, FnKind::Private | FnKind::Public) {
        return;
    }
    let name = &local.name;
    let message = format!("parameter `{}` is never read", name.text);
    cx.d.push(
        Diagnostic::new(codes::UNUSED_PARAMETER, name.span, message)
            .help("remove it with its arguments, or begin its name with `_`")
            .fix("begin its name with `_`", name.span, format!("_{}", name.text)),
    );
}

fn needless_var(cx: &mut Cx<'_>, local: &Local) {
    let name = &local.name;
    let message = format!("`{}` is never changed, so `let` declares it", name.text);
    let diagnostic = Diagnostic::new(codes::NEEDLESS_VAR, name.span, message).help("write `let`");
    cx.d.push(match keyword(cx, name.span) {
        Some(keyword) => diagnostic.fix("write `let`", keyword, "let"),
        None => diagnostic,
    });
}

/// The word `var` straight before a name; a pattern has it further off.
fn keyword(cx: &Cx<'_>, name: Span) -> Option<Span> {
    let before = cx.text(Span::new(name.source, 0, name.start));
    let rest = before.trim_end_matches(' ').strip_suffix("var")?;
    let start = rest.len() as u32;
    Some(Span::new(name.source, start, start + 3))
}
