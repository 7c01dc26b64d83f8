//! Finding one's way in syntax trees.
//!
//! In: the tree of a file. Out: its functions, its declarations, and what stands around a place.

use deed_base::Span;
use deed_syntax::ast::walk::{Child, children, module_bodies, stmt_children};
use deed_syntax::ast::{
    Block, ContractDecl, Expr, FnDecl, Item, ItemKind, Member, Module, Pattern, PatternKind, Stmt,
};
use deed_syntax::ast::{Ident, UseName, UseNames};

/// A node of code.
#[derive(Clone, Copy)]
pub enum Node<'a> {
    Expr(&'a Expr),
    Block(&'a Block),
    Stmt(&'a Stmt),
}

impl Node<'_> {
    pub fn span(&self) -> Span {
        match self {
            Node::Expr(expr) => expr.span,
            Node::Block(block) => block.span,
            Node::Stmt(stmt) => stmt.span,
        }
    }
}

/// Every node of a module's code, outside before inside.
pub fn each_node<'a>(module: &'a Module, f: &mut dyn FnMut(Node<'a>)) {
    module_bodies(module, &mut |child| {
        below(child, &mut |node| {
            f(node);
            true
        })
    });
}

/// The nodes of a module's code that hold all of a span, outside before inside.
pub fn around<'a>(module: &'a Module, span: Span) -> Vec<Node<'a>> {
    let mut found = Vec::new();
    let holds = |at: Span| at.source == span.source && at.start <= span.start && span.end <= at.end;
    module_bodies(module, &mut |child| {
        below(child, &mut |node| {
            let inside = holds(node.span());
            if inside {
                found.push(node);
            }
            inside
        })
    });
    found
}

/// A node and what is under it, as far as `f` says to go on.
pub fn below<'a>(child: Child<'a>, f: &mut dyn FnMut(Node<'a>) -> bool) {
    match child {
        Child::Expr(expr) => {
            if f(Node::Expr(expr)) {
                children(expr, &mut |child| below(child, f));
            }
        }
        Child::Block(block) => {
            if f(Node::Block(block)) {
                for stmt in &block.stmts {
                    if f(Node::Stmt(stmt)) {
                        stmt_children(stmt, &mut |child| below(child, f));
                    }
                }
            }
        }
    }
}

/// Every function of a module, with the contract that it stands in.
pub fn functions(module: &Module) -> Vec<(&FnDecl, Option<&ContractDecl>)> {
    let mut found = Vec::new();
    module.items.iter().for_each(|item| item_functions(item, None, &mut found));
    found
}

fn item_functions<'a>(
    item: &'a Item,
    contract: Option<&'a ContractDecl>,
    found: &mut Vec<(&'a FnDecl, Option<&'a ContractDecl>)>,
) {
    let mut all = |list: &'a [FnDecl]| found.extend(list.iter().map(|decl| (decl, contract)));
    match &item.kind {
        ItemKind::Fn(decl) => found.push((decl, contract)),
        ItemKind::Struct(decl) => all(&decl.methods),
        ItemKind::Enum(decl) => all(&decl.methods),
        ItemKind::Trait(decl) => all(&decl.functions),
        ItemKind::Impl(decl) => all(&decl.functions),
        ItemKind::Interface(decl) => {
            decl.items.iter().for_each(|item| item_functions(item, contract, found));
        }
        ItemKind::Contract(decl) => {
            for member in &decl.members {
                match member {
                    Member::Fn(function) => found.push((function, Some(decl))),
                    Member::Item(item) => item_functions(item, Some(decl), found),
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

/// Every contract of a module with its item.
pub fn contracts(module: &Module) -> impl Iterator<Item = (&Item, &ContractDecl)> {
    module.items.iter().filter_map(|item| match &item.kind {
        ItemKind::Contract(decl) => Some((item, &**decl)),
        _ => None,
    })
}

/// The places of declarations, as small as can be replaced by themselves: items, and of a contract
/// its members. Their doc comments belong to them.
pub fn declarations(module: &Module) -> Vec<Span> {
    let with = |doc: &Option<deed_syntax::ast::Doc>, span: Span| match doc {
        Some(doc) if doc.span.source == span.source => doc.span.to(span),
        _ => span,
    };
    let mut found = Vec::new();
    for item in &module.items {
        let ItemKind::Contract(decl) = &item.kind else {
            found.push(with(&item.doc, item.span));
            continue;
        };
        found.extend(decl.members.iter().map(|member| match member {
            Member::State(state) => with(&state.doc, state.span),
            Member::Invariant(invariant) => with(&invariant.doc, invariant.span),
            Member::Fn(function) => with(&function.doc, function.span),
            Member::Item(item) => with(&item.doc, item.span),
            Member::Policy(policy) => policy.span,
        }));
    }
    found
}

/// The names that a pattern binds.
pub fn bound<'a>(pattern: &'a Pattern, found: &mut Vec<&'a Ident>) {
    match &pattern.kind {
        PatternKind::Name(name) | PatternKind::Rest(Some(name)) => found.push(name),
        PatternKind::Tuple(parts) | PatternKind::Array(parts) => {
            parts.iter().for_each(|part| bound(part, found));
        }
        PatternKind::Call { args, .. } | PatternKind::ImplicitCall { args, .. } => {
            args.iter().for_each(|arg| bound(&arg.pattern, found));
        }
        PatternKind::Struct { fields, .. } => {
            fields.iter().for_each(|field| bound(&field.pattern, found));
        }
        PatternKind::Or(parts) => parts.iter().take(1).for_each(|part| bound(part, found)),
        _ => {}
    }
}

/// The imported name that stands at a place, or brings a word into the file.
pub fn imported(module: &Module, fits: impl Fn(&UseName) -> bool) -> Option<&UseName> {
    module.uses.iter().find_map(|usage| match &usage.names {
        UseNames::Names(names) => names.iter().find(|name| fits(name)),
        UseNames::All => None,
    })
}
