//! Types that grow without end: a generic function that calls itself with a larger type, a generic
//! struct that holds itself with one.
//!
//! In: the typed package. Out: messages.
//! Holds always: what passes needs finitely many instances, as far as calls are known; a call of a
//! trait's function is followed when it is lowered, with a limit.
//!
//! Each type parameter is a point. Where a type for one parameter mentions another, an arrow leads
//! from this to that one; it *grows* if it does more than to pass it on. Instances are endless where
//! a growing arrow lies on a circle.

use deed_base::{Diagnostic, Diagnostics, Span, catalogue as codes};

use crate::arena::{Id, TypeParamId};
use crate::thir::visit::{Node, walk_function};
use crate::thir::{Expr, ExprKind, Package};
use crate::ty::Ty;

struct Arrow {
    from: TypeParamId,
    to: TypeParamId,
    grows: bool,
    span: Span,
}

pub(super) fn check(package: &Package, d: &mut Diagnostics) {
    let arrows = arrows(package);
    if !arrows.iter().any(|arrow| arrow.grows) {
        return;
    }
    let circles = circles(package.type_params.len(), &arrows);
    let mut said: Vec<Span> = Vec::new();
    for arrow in arrows.iter().filter(|arrow| arrow.grows) {
        let around = circles[arrow.from.index()] == circles[arrow.to.index()];
        if around && !said.contains(&arrow.span) {
            said.push(arrow.span);
            d.push(endless(&package.type_params[arrow.to].name.text, arrow.span));
        }
    }
}

fn endless(param: &str, span: Span) -> Diagnostic {
    let message = format!("each `{param}` would need a larger one, without end");
    Diagnostic::new(codes::ENDLESS_TYPE, span, message)
        .label("the type grows here")
        .help("go round with the same type, or take the depth apart by an `enum`")
}

fn arrows(package: &Package) -> Vec<Arrow> {
    let mut arrows = Vec::new();
    // Only what has parameters itself can hand one on.
    for function in package.functions.values().filter(|f| !f.type_params.is_empty()) {
        walk_function(function, &mut |node| {
            let Node::Expr(Expr { kind, span, .. }) = node else { return };
            if let ExprKind::Call { function, type_args, .. }
            | ExprKind::Function { function, type_args } = kind
            {
                passed(&package.functions[*function].type_params, type_args, *span, &mut arrows);
            }
        });
    }
    for def in package.structs.values() {
        for field in def.fields.values() {
            held(&field.ty, field.name.span, package, &mut arrows);
        }
    }
    for def in package.enums.values() {
        for variant in def.variants.values() {
            for field in &variant.fields {
                held(&field.ty, variant.name.span, package, &mut arrows);
            }
        }
    }
    arrows
}

/// The arrows of the types that stand for parameters.
fn passed(params: &[TypeParamId], args: &[Ty], span: Span, arrows: &mut Vec<Arrow>) {
    for (to, arg) in params.iter().zip(args) {
        let whole = |part: &Ty| part == arg;
        arg.each(&mut |part| {
            if let Ty::Param(from) = part {
                arrows.push(Arrow { from: *from, to: *to, grows: !whole(part), span });
            }
        });
    }
}

/// The arrows of the generic types in a field.
fn held(ty: &Ty, span: Span, package: &Package, arrows: &mut Vec<Arrow>) {
    ty.each(&mut |part| match part {
        Ty::Struct(id, args) => passed(&package.structs[*id].type_params, args, span, arrows),
        Ty::Enum(id, args) => passed(&package.enums[*id].type_params, args, span, arrows),
        _ => {}
    });
}

/// For each parameter the number of its strongly connected component, after R. Tarjan, "Depth-first
/// search and linear graph algorithms" (1972), with a stack of our own.
fn circles(count: usize, arrows: &[Arrow]) -> Vec<usize> {
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); count];
    arrows.iter().for_each(|arrow| next[arrow.from.index()].push(arrow.to.index()));
    let mut order = vec![usize::MAX; count];
    let mut low = vec![usize::MAX; count];
    let mut circle = vec![usize::MAX; count];
    let mut open: Vec<usize> = Vec::new();
    let mut counter = 0;
    for root in 0..count {
        let mut way: Vec<(usize, usize)> = vec![(root, 0)];
        while let Some((at, step)) = way.pop() {
            if step == 0 {
                if order[at] != usize::MAX {
                    continue;
                }
                order[at] = counter;
                low[at] = counter;
                counter += 1;
                open.push(at);
            } else {
                let done = next[at][step - 1];
                if circle[done] == usize::MAX {
                    low[at] = low[at].min(low[done]);
                }
            }
            if let Some(to) = next[at].get(step).copied() {
                way.push((at, step + 1));
                if circle[to] == usize::MAX {
                    if order[to] == usize::MAX {
                        way.push((to, 0));
                    } else {
                        low[at] = low[at].min(order[to]);
                    }
                }
                continue;
            }
            if low[at] == order[at] {
                while let Some(member) = open.pop() {
                    circle[member] = at;
                    if member == at {
                        break;
                    }
                }
            }
        }
    }
    circle
}
