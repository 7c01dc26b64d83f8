//! The outline of a file.
//!
//! In: its syntax tree. Out: what it declares, nested as it is written.

use deed_base::Span;
use deed_syntax::ast::{
    ContractDecl, EnumDecl, Field, FnDecl, FnKind, Ident, Item, ItemKind, Member, Module,
};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Contract,
    Init,
    Function,
    Method,
    Field,
    Constant,
    Error,
    Event,
    Struct,
    Enum,
    Variant,
    Interface,
    Trait,
    Test,
    Rule,
}

/// A declaration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Declaration {
    pub name: String,
    pub kind: Kind,
    /// A word about it: `entry`, `view`.
    pub detail: &'static str,
    pub span: Span,
    /// Of its name; within `span`.
    pub name_span: Span,
    pub children: Vec<Declaration>,
}

pub fn symbols(module: &Module) -> Vec<Declaration> {
    module.items.iter().filter_map(item).collect()
}

fn declaration(name: &Ident, kind: Kind, span: Span) -> Option<Declaration> {
    let (detail, children) = ("", Vec::new());
    let span = if span.source == name.span.source { span.to(name.span) } else { name.span };
    let (name, name_span) = (name.as_str().to_owned(), name.span);
    (!name.is_empty()).then_some(Declaration { name, kind, detail, span, name_span, children })
}

fn item(item: &Item) -> Option<Declaration> {
    let name = item.kind.name();
    let (kind, children) = match &item.kind {
        ItemKind::Fn(decl) => return function(decl, Kind::Function),
        ItemKind::Test(decl) => {
            let title = Ident::new(decl.title.value.as_str(), decl.title.span);
            return declaration(&title, Kind::Test, item.span);
        }
        ItemKind::Const(_) => (Kind::Constant, Vec::new()),
        ItemKind::Error(_) | ItemKind::Errors(_) => (Kind::Error, Vec::new()),
        ItemKind::Event(_) => (Kind::Event, Vec::new()),
        ItemKind::Rule(_) => (Kind::Rule, Vec::new()),
        ItemKind::Struct(decl) => {
            let methods = decl.methods.iter().filter_map(|m| function(m, Kind::Method));
            (Kind::Struct, fields(&decl.fields).chain(methods).collect())
        }
        ItemKind::Enum(decl) => (Kind::Enum, variants(decl)),
        ItemKind::Interface(decl) => {
            (Kind::Interface, decl.items.iter().filter_map(self::item).collect())
        }
        ItemKind::Trait(decl) => {
            let methods = decl.functions.iter().filter_map(|m| function(m, Kind::Method));
            (Kind::Trait, methods.collect())
        }
        ItemKind::Contract(decl) => (Kind::Contract, members(decl)),
        ItemKind::Impl(_) | ItemKind::Invalid => return None,
    };
    let declaration = declaration(name?, kind, item.span)?;
    Some(Declaration { children, ..declaration })
}

fn fields(fields: &[Field]) -> impl Iterator<Item = Declaration> {
    fields.iter().filter_map(|field| declaration(&field.name, Kind::Field, field.span))
}

fn variants(decl: &EnumDecl) -> Vec<Declaration> {
    let variants = decl.variants.iter();
    let variants = variants.filter_map(|v| declaration(&v.name, Kind::Variant, v.span));
    variants.chain(decl.methods.iter().filter_map(|m| function(m, Kind::Method))).collect()
}

fn members(decl: &ContractDecl) -> Vec<Declaration> {
    let mut found = Vec::new();
    for member in &decl.members {
        match member {
            Member::State(state) => found.extend(fields(&state.fields)),
            Member::Fn(decl) => found.extend(function(decl, Kind::Method)),
            Member::Item(inner) => found.extend(item(inner)),
            Member::Invariant(_) | Member::Policy(_) => {}
        }
    }
    found
}

fn function(decl: &FnDecl, kind: Kind) -> Option<Declaration> {
    let (kind, detail) = match decl.kind {
        FnKind::Init => (Kind::Init, ""),
        FnKind::Entry => (kind, "entry"),
        FnKind::View => (kind, "view"),
        FnKind::Spec => (kind, "spec"),
        FnKind::Test => (kind, "test"),
        FnKind::Native => (kind, "native"),
        FnKind::Scheduled(_) => (kind, "scheduled"),
        FnKind::Plain | FnKind::Migrate | FnKind::Upgrade => (kind, ""),
    };
    Some(Declaration { detail, ..declaration(&decl.name, kind, decl.span)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    fn outline(list: &[Declaration], depth: usize, out: &mut String) {
        for one in list {
            let indent = "  ".repeat(depth);
            out.push_str(&format!("{indent}{:?} {} {}\n", one.kind, one.name, one.detail));
            assert!(one.span.start <= one.name_span.start && one.name_span.end <= one.span.end);
            outline(&one.children, depth + 1, out);
        }
    }

    #[test]
    fn declarations_nest_as_they_are_written() {
        let at = Fixture::new(
            "
module m
const MAX: u64 = 1
error E(x: u64)
contract C {
    state { a: u64, b: u64 }
    event V(x: u64)
    init() { self.a = 1 }
    view fn f() -> u64 { return 1 }
    fn broken( {
}
enum K { A, B }",
        );
        let mut out = String::new();
        let module = at.analysis.module(at.source).expect("a tree");
        outline(&symbols(module), 0, &mut out);
        for line in
            ["Constant MAX", "Error E", "Contract C", "  Field a", "  Event V", "  Init init"]
        {
            assert!(out.contains(line), "`{line}` is missing in\n{out}");
        }
        assert!(out.contains("  Method f view"), "{out}");
    }
}
