//! `use`: names of other modules made known in this one.
//!
//! In: the modules and their own tables. Out: the tables with the imported names in them.
//! Holds always: an imported name is never re-exported.

use std::collections::HashMap;

use deed_base::{Diagnostic, Diagnostics, Span, catalogue as codes};
use deed_syntax::ast::{self, Ident, UseNames};

use super::collect::Plan;
use super::errors;
use super::scope::{Def, Entry, nearest};
use super::types::is_builtin;
use crate::arena::{Id, ModuleId};
use crate::library;

/// Adds to each module's table what it uses of the others.
pub(super) fn import<'m>(
    modules: impl Iterator<Item = &'m ast::Module>,
    plan: &mut Plan<'_>,
    d: &mut Diagnostics,
) {
    let paths: HashMap<String, ModuleId> =
        plan.modules.iter().map(|(id, module)| (module.path.clone(), id)).collect();
    // What a module exports is fixed before any import is added to it.
    let exports: Vec<Vec<(deed_base::Word, Entry)>> = plan
        .tables
        .modules
        .values()
        .map(|scope| scope.iter().map(|(name, entry)| (name.clone(), entry.clone())).collect())
        .collect();
    for (index, module) in modules.enumerate() {
        let into = ModuleId::from_index(index);
        for usage in &module.uses {
            let names = match paths.get(&usage.module.to_string()) {
                Some(from) => known(usage, &exports[from.index()], &paths, d),
                None => unknown_module(usage, &paths, d),
            };
            for (name, def) in names {
                let entry = Entry { def, span: name.span, public: false };
                if let Some(earlier) = plan.tables.modules[into].insert(name.name.clone(), entry) {
                    d.push(errors::duplicate(&name, earlier.span));
                }
            }
        }
    }
}

/// The names of a `use` of a module of this package.
fn known(
    usage: &ast::Use,
    exports: &[(deed_base::Word, Entry)],
    paths: &HashMap<String, ModuleId>,
    d: &mut Diagnostics,
) -> Vec<(Ident, Def)> {
    let UseNames::Names(names) = &usage.names else {
        let public = exports.iter().filter(|(_, entry)| entry.public);
        let mut all: Vec<_> = public
            .map(|(name, entry)| (Ident::new(name.clone(), usage.span), entry.def.clone()))
            .collect();
        all.sort_by(|a, b| a.0.name.cmp(&b.0.name));
        return all;
    };
    let mut found = Vec::new();
    for name in names {
        // `use std.time.{Time, days}`: what the language itself knows need not be imported.
        if is_builtin(name.name.as_str()) && name.alias.is_none() {
            continue;
        }
        let entry = exports.iter().find(|(word, _)| *word == name.name.name).map(|(_, e)| e);
        if let Some(entry) = entry.filter(|entry| !entry.public) {
            d.push(private(&name.name, &usage.module, entry.span));
        }
        if entry.is_none() {
            let words = exports.iter().filter(|(_, e)| e.public).map(|(word, _)| &**word);
            let of = format!("module `{}`", usage.module);
            d.push(match whole_module(usage, &name.name, paths) {
                Some(module) => names_no_item(usage, &module),
                None => errors::unknown_member(&of, "item", &name.name, words),
            });
        }
        let def = entry.map_or(Def::NotYet, |entry| entry.def.clone());
        found.push((name.local().clone(), def));
    }
    found
}

pub(super) fn private(name: &Ident, module: &ast::Path, declared: Span) -> Diagnostic {
    let message = format!("`{name}` is private to module `{module}`");
    Diagnostic::new(codes::PRIVATE_ITEM, name.span, message)
        .label("not visible from here")
        .also(declared, "declared here without `pub`")
        .help("write `pub` before its declaration to let other modules use it")
}

/// Reports a module that is not there; its names are known and mean nothing.
fn unknown_module(
    usage: &ast::Use,
    paths: &HashMap<String, ModuleId>,
    d: &mut Diagnostics,
) -> Vec<(Ident, Def)> {
    let first = match &usage.names {
        UseNames::Names(names) => names.first(),
        UseNames::All => None,
    };
    let module = first.and_then(|first| whole_module(usage, &first.name, paths));
    d.push(match module {
        Some(module) => names_no_item(usage, &module),
        None => not_there(usage, paths),
    });
    match &usage.names {
        UseNames::All => Vec::new(),
        UseNames::Names(names) => {
            names.iter().map(|name| (name.local().clone(), Def::NotYet)).collect()
        }
    }
}

fn not_there(usage: &ast::Use, paths: &HashMap<String, ModuleId>) -> Diagnostic {
    let path = usage.module.to_string();
    let library = path == "std" || path.starts_with("std.");
    let place = if library { "the library" } else { "this package" };
    let message = format!("there is no module `{path}` in {place}");
    let near = match library {
        true => nearest(&path, library::paths()),
        false => nearest(&path, paths.keys().map(String::as_str)),
    };
    let diagnostic =
        Diagnostic::new(codes::UNKNOWN_MODULE, usage.module.span, message).label("not found");
    match near {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(
            format!("write `{near}`"),
            usage.module.span,
            near,
        ),
        None => diagnostic,
    }
}

fn names_no_item(usage: &ast::Use, module: &str) -> Diagnostic {
    let message = format!("`{module}` is a module, and `use` names items of one");
    Diagnostic::new(codes::UNKNOWN_MODULE, usage.span, message)
        .label("no item is named")
        .help(format!("write `use {module}.{{first, second}}`, or `use {module}.*` for all"))
}

/// The module that is named where an item of it should be.
fn whole_module(
    usage: &ast::Use,
    name: &Ident,
    paths: &HashMap<String, ModuleId>,
) -> Option<String> {
    let module = format!("{}.{name}", usage.module);
    let there = paths.contains_key(&module) || library::paths().any(|path| path == module);
    there.then_some(module)
}
