//! The library that comes with the compiler: its modules, each parsed when it is first needed.
//!
//! In: what sources import. Out: syntax trees to compile beside them.
//! Holds always: the texts have no errors of their own (a test says so), and lie behind the
//! sources of every compilation, under ids that no [`deed_base::SourceMap`] gives away; a module that
//! nothing imports costs no more than the room of its text.

use std::sync::OnceLock;

use deed_base::{Diagnostics, library_sources};
use deed_stdlib::MODULES;
use deed_syntax::ast;

use crate::arena::FnId;
use crate::thir::{Function, Package};

/// A module of the library.
pub(crate) struct LibraryModule {
    pub(crate) tree: ast::Module,
    pub(crate) prelude: bool,
}

static LIBRARY: [OnceLock<LibraryModule>; MODULES.len()] =
    [const { OnceLock::new() }; MODULES.len()];

/// The module at this place of the list.
fn module(at: usize) -> &'static LibraryModule {
    LIBRARY[at].get_or_init(|| {
        let texts = MODULES.iter().map(|module| (format!("<{}>", module.path), module.text));
        let file = &library_sources(texts)[at];
        let mut d = Diagnostics::new();
        let tree = deed_syntax::parse(file, &mut d);
        debug_assert!(!d.has_errors(), "the library does not parse: {:?}", d.iter().next());
        LibraryModule { tree, prelude: MODULES[at].prelude }
    })
}

/// The modules that a compilation of `sources` needs: the prelude, and what they import, in the
/// order of the library.
pub(crate) fn needed(sources: &[&ast::Module]) -> Vec<&'static LibraryModule> {
    let imports = |tree: &ast::Module| -> Vec<usize> {
        let place = |path: String| MODULES.iter().position(|module| module.path == path);
        tree.uses.iter().filter_map(|import| place(import.module.to_string())).collect()
    };
    let mut found: [Option<&LibraryModule>; MODULES.len()] = [None; MODULES.len()];
    let mut open: Vec<usize> = (0..MODULES.len()).filter(|at| MODULES[*at].prelude).collect();
    open.extend(sources.iter().copied().flat_map(imports));
    while let Some(at) = open.pop() {
        if found[at].is_none() {
            let module = module(at);
            found[at] = Some(module);
            open.extend(imports(&module.tree));
        }
    }
    found.into_iter().flatten().collect()
}

/// The syntax tree of every module of the library, and whether each is known without `use`.
pub fn library_modules() -> impl Iterator<Item = (&'static ast::Module, bool)> {
    (0..MODULES.len()).map(module).map(|module| (&module.tree, module.prelude))
}

impl Package {
    /// A function of the library that the compiler itself makes calls of.
    pub(crate) fn library_function(&self, module: &str, name: &str) -> Option<FnId> {
        let is_meant = |function: &Function| {
            function.name.text == name && self.modules[function.module].path == module
        };
        self.functions.iter().find(|(_, function)| is_meant(function)).map(|(id, _)| id)
    }
}

/// The paths of all its modules.
pub(crate) fn paths() -> impl Iterator<Item = &'static str> {
    MODULES.iter().map(|module| module.path)
}
