//! Names that a file could import, and the change that does so.
//!
//! In: the public items of the package's modules and of the library. Out: [`Export`]s, and an edit.

use deed_base::{SourceId, Span};
use deed_syntax::ast::{Item, ItemKind, Module};

use super::format::Change;
use crate::analysis::Analysis;

/// A public item of another module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Export {
    /// `std.money`
    pub module: String,
    pub name: String,
    pub kind: ExportKind,
    pub docs: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExportKind {
    Type,
    Interface,
    Contract,
    Error,
    Event,
    Constant,
    Function,
}

/// What other modules offer under names that begin with a prefix, whatever its letters' case.
pub fn exports(analysis: &Analysis, source: SourceId, prefix: &str) -> Vec<Export> {
    let own = analysis.all_modules().filter(|module| module.span.source != source);
    let library = deed_compiler::library_modules().filter(|(_, prelude)| !prelude);
    let mut found = Vec::new();
    for module in own.chain(library.map(|(module, _)| module)) {
        let path = module.path.to_string();
        let items = module.items.iter().filter_map(|item| export(item, &path));
        found.extend(items.filter(|export| begins(&export.name, prefix)));
    }
    found
}

fn begins(name: &str, prefix: &str) -> bool {
    let mut letters = name.chars().flat_map(char::to_lowercase);
    prefix.chars().flat_map(char::to_lowercase).all(|wanted| letters.next() == Some(wanted))
}

fn export(item: &Item, module: &str) -> Option<Export> {
    let (kind, public) = match &item.kind {
        ItemKind::Struct(_) | ItemKind::Enum(_) => (ExportKind::Type, item.public),
        ItemKind::Interface(_) | ItemKind::Trait(_) => (ExportKind::Interface, item.public),
        ItemKind::Contract(_) => (ExportKind::Contract, item.public),
        ItemKind::Error(_) | ItemKind::Errors(_) => (ExportKind::Error, item.public),
        ItemKind::Event(_) => (ExportKind::Event, item.public),
        ItemKind::Const(_) => (ExportKind::Constant, item.public),
        ItemKind::Fn(decl) => (ExportKind::Function, item.public || decl.public),
        _ => return None,
    };
    let name = item.kind.name()?.as_str().to_owned();
    let docs = item.doc.as_ref().map_or(String::new(), |doc| doc.text.trim().to_owned());
    public.then(|| Export { module: module.to_owned(), name, kind, docs })
}

/// The change that brings a name of another module into a file; none where the file has no header.
pub fn import(analysis: &Analysis, source: SourceId, module: &str, name: &str) -> Option<Change> {
    let tree: &Module = analysis.module(source)?;
    let line = format!("use {module}.{name}");
    let (at, text) = match tree.uses.last() {
        Some(last) => (last.span.end, format!("\n{line}")),
        None => (tree.path.last()?.span.end, format!("\n\n{line}")),
    };
    Some(Change { span: Span::new(source, at, at), text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    const LIB: (&str, &str) =
        ("lib.deed", "module a.lib\npub const LIMIT: u64 = 7\nconst HIDDEN: u64 = 1\n");

    fn imported(text: &str, prefix: &str) -> Option<String> {
        let at = Fixture::package(&[("main.deed", text), LIB]);
        let exports = exports(&at.analysis, at.source, prefix);
        let Export { module, name, .. } = exports.first()?;
        let change = import(&at.analysis, at.source, module, name)?;
        let mut text = text.to_owned();
        text.insert_str(change.span.start as usize, &change.text);
        Some(text)
    }

    #[test]
    fn public_names_are_imported_behind_the_other_imports() {
        let shown = imported("module main\n\nconst A: u64 = 1\n", "lim");
        let expected = "module main\n\nuse a.lib.LIMIT\n\nconst A: u64 = 1\n";
        assert_eq!(shown.as_deref(), Some(expected));
        let shown = imported("module main\nuse std.time.days\n", "Cny");
        assert_eq!(shown.as_deref(), Some("module main\nuse std.time.days\nuse std.money.Cny\n"));
        assert_eq!(imported("module main\n", "HID"), None);
    }
}
