//! From trees to a [`Manual`].

use std::collections::HashMap;

use deed_base::{SourceMap, Span};
use deed_syntax::ast::{
    ContractDecl, Doc, EnumDecl, FnDecl, FnKind, ImplDecl, Item, ItemKind, Member, Module,
    StructDecl, StructKind,
};

use super::facts::facts;
use super::{Entry, Manual, ModuleDoc};
use crate::arena::FnId;
use crate::thir::Package;

/// Describes what the modules of the package itself offer to others.
pub fn describe(package: &Package, modules: &[Module], sources: &SourceMap) -> Manual {
    let functions = package.functions.iter().map(|(id, f)| (f.name.span, id)).collect();
    let writer = Writer { package, sources, functions };
    let own = modules.iter().filter(|module| !sources.get(module.span.source).dependency);
    Manual { modules: own.map(|module| writer.module(module)).collect() }
}

struct Writer<'a> {
    package: &'a Package,
    sources: &'a SourceMap,
    /// Functions by the place of their name.
    functions: HashMap<Span, FnId>,
}

impl Writer<'_> {
    fn module(&self, module: &Module) -> ModuleDoc {
        let entries = module.items.iter().filter_map(|item| self.item(item, false));
        ModuleDoc {
            path: module.path.to_string(),
            text: text(module.doc.as_ref()),
            entries: entries.collect(),
        }
    }

    /// An item that others may use: `pub`, or part of what a contract shows.
    fn item(&self, item: &Item, shown: bool) -> Option<Entry> {
        let always = matches!(
            item.kind,
            ItemKind::Contract(_)
                | ItemKind::Interface(_)
                | ItemKind::Error(_)
                | ItemKind::Errors(_)
                | ItemKind::Event(_)
                | ItemKind::Impl(_)
                | ItemKind::Rule(_)
        );
        if !(item.public || always || shown) {
            return None;
        }
        let doc = item.doc.as_ref();
        let whole = || self.code(item.span);
        let plain = |kind, code| Some(self.entry(kind, item, code, Vec::new()));
        match &item.kind {
            ItemKind::Const(_) => plain("const", whole()),
            ItemKind::Error(_) => plain("error", whole()),
            ItemKind::Errors(_) => plain("errors", whole()),
            ItemKind::Event(_) => plain("event", whole()),
            ItemKind::Rule(_) => plain("rule", whole()),
            ItemKind::Fn(decl) => Some(self.function(decl, doc)),
            ItemKind::Struct(decl) => Some(self.record(decl, item)),
            ItemKind::Enum(decl) => Some(self.choice(decl, item)),
            ItemKind::Interface(decl) => {
                let members = decl.items.iter().filter_map(|item| self.item(item, true));
                Some(self.group("interface", decl.name.to_string(), item, members.collect()))
            }
            ItemKind::Trait(decl) => {
                let members = decl.functions.iter().map(|decl| self.function(decl, None));
                Some(self.group("trait", decl.name.to_string(), item, members.collect()))
            }
            ItemKind::Impl(decl) => Some(self.implementation(decl, item)),
            ItemKind::Contract(decl) => Some(self.contract(decl, item)),
            ItemKind::Test(_) | ItemKind::Invalid => None,
        }
    }

    fn entry(&self, kind: &'static str, item: &Item, code: String, members: Vec<Entry>) -> Entry {
        let name = item.kind.name().map(ToString::to_string).unwrap_or_default();
        let text = text(item.doc.as_ref());
        Entry { kind, name, code, text, facts: Vec::new(), members }
    }

    fn contract(&self, decl: &ContractDecl, item: &Item) -> Entry {
        let mut members = Vec::new();
        for member in &decl.members {
            match member {
                Member::State(block) => {
                    let (code, text) = (self.code(block.span), text(block.doc.as_ref()));
                    members.push(member_entry("state", code, text));
                }
                Member::Invariant(it) => {
                    let (code, text) = (self.code(it.span), text(it.doc.as_ref()));
                    members.push(member_entry("invariant", code, text));
                }
                Member::Fn(decl) if is_offered(decl) => members.push(self.function(decl, None)),
                Member::Policy(it) => {
                    members.push(member_entry("policy", self.code(it.span), String::new()));
                }
                Member::Item(item) => members.extend(self.item(item, false)),
                Member::Fn(_) => {}
            }
        }
        self.group("contract", decl.name.to_string(), item, members)
    }

    fn record(&self, decl: &StructDecl, item: &Item) -> Entry {
        let kind = match decl.kind {
            StructKind::Struct => "struct",
            StructKind::Asset => "asset",
        };
        let fields = decl.fields.iter().map(|it| self.part(it.doc.as_ref(), it.span));
        let code = braced(&self.head(item), fields);
        self.entry(kind, item, code, self.methods(&decl.methods))
    }

    fn choice(&self, decl: &EnumDecl, item: &Item) -> Entry {
        let variants = decl.variants.iter().map(|it| self.part(it.doc.as_ref(), it.span));
        let code = braced(&self.head(item), variants);
        self.entry("enum", item, code, self.methods(&decl.methods))
    }

    /// A field or variant, below what is said of it.
    fn part(&self, doc: Option<&Doc>, span: Span) -> String {
        let text = text(doc);
        let lines = text.lines().map(|line| format!("/// {line}").trim_end().to_owned() + "\n");
        lines.collect::<String>() + &self.code(span)
    }

    /// An item up to its `{`.
    fn head(&self, item: &Item) -> String {
        let code = self.code(item.span);
        code.split('{').next().unwrap_or_default().trim_end().to_owned()
    }

    fn implementation(&self, decl: &ImplDecl, item: &Item) -> Entry {
        let target = self.code(decl.target.span);
        let all = || decl.functions.iter().map(|decl| self.function(decl, None)).collect();
        let (name, members) = match &decl.of_trait {
            Some(of) => (format!("{} for {target}", self.code(of.span)), all()),
            None => (target, self.methods(&decl.functions)),
        };
        self.group("impl", name, item, members)
    }

    /// An item whose members follow: its head, where that says more than the heading.
    fn group(&self, kind: &'static str, name: String, item: &Item, members: Vec<Entry>) -> Entry {
        let head = self.head(item);
        let known = head.trim_start_matches("pub ") == format!("{kind} {name}");
        let code = if known { String::new() } else { head };
        Entry { name, ..self.entry(kind, item, code, members) }
    }

    fn methods(&self, methods: &[FnDecl]) -> Vec<Entry> {
        let offered = methods.iter().filter(|decl| decl.public);
        offered.map(|decl| self.function(decl, None)).collect()
    }

    fn function(&self, decl: &FnDecl, doc: Option<&Doc>) -> Entry {
        let head = match &decl.body {
            Some(body) => Span::new(decl.span.source, decl.span.start, body.span.start),
            None => decl.span,
        };
        let inferred = self.functions.get(&decl.name.span).map(|id| &self.package.functions[*id]);
        Entry {
            kind: kind(decl),
            // `init` and `migrate` have no other name.
            name: if kind(decl) == decl.name.as_str() {
                String::new()
            } else {
                decl.name.to_string()
            },
            code: self.code(head),
            text: text(decl.doc.as_ref().or(doc)),
            facts: inferred.map(|function| facts(self.package, function)).unwrap_or_default(),
            members: Vec::new(),
        }
    }

    /// The source at a place, with the indentation of its first line taken from every line.
    fn code(&self, span: Span) -> String {
        let source = self.sources.get(span.source);
        let before = source.text[..span.start as usize].rsplit('\n').next().unwrap_or("");
        let indent = before.len() - before.trim_start().len();
        let strip = |line: &str| {
            let spaces = line.len() - line.trim_start_matches(' ').len();
            line[spaces.min(indent)..].trim_end().to_owned()
        };
        let lines: Vec<String> = source.slice(span).lines().map(strip).collect();
        lines.join("\n").trim().to_owned()
    }
}

fn member_entry(kind: &'static str, code: String, text: String) -> Entry {
    let (facts, members) = (Vec::new(), Vec::new());
    Entry { kind, name: String::new(), code, text, facts, members }
}

/// `struct S { .. }` with a line for each part.
fn braced(head: &str, parts: impl Iterator<Item = String>) -> String {
    let lines: String =
        parts.map(|part| format!("    {}\n", part.replace('\n', "\n    "))).collect();
    format!("{head} {{\n{lines}}}")
}

fn text(doc: Option<&Doc>) -> String {
    doc.map(|doc| doc.text.trim().to_owned()).unwrap_or_default()
}

/// Whether a function of a contract is for others.
fn is_offered(decl: &FnDecl) -> bool {
    decl.public || !matches!(decl.kind, FnKind::Plain | FnKind::Spec | FnKind::Test)
}

fn kind(decl: &FnDecl) -> &'static str {
    match decl.kind {
        FnKind::Entry if decl.is_async => "async entry fn",
        FnKind::Entry => "entry fn",
        FnKind::View => "view fn",
        FnKind::Init => "init",
        FnKind::Spec => "spec fn",
        FnKind::Scheduled(_) => "scheduled fn",
        FnKind::Migrate => "migrate",
        FnKind::Upgrade => "upgrade",
        FnKind::Native | FnKind::Plain | FnKind::Test => "fn",
    }
}
