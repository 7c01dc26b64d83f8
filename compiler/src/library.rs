//! The library that comes with the compiler: its modules, parsed once a process.
//!
//! In: what sources import. Out: syntax trees to compile beside them.
//! Holds always: the texts have no errors of their own (a test says so), and lie behind the
//! sources of every compilation, under ids that no [`deed_base::SourceMap`] gives away.

use std::collections::HashMap;
use std::sync::LazyLock;

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

static LIBRARY: LazyLock<Vec<LibraryModule>> = LazyLock::new(parse_all);

fn parse_all() -> Vec<LibraryModule> {
    let texts = MODULES.iter().map(|module| (format!("<{}>", module.path), module.text));
    let files = library_sources(texts);
    let mut d = Diagnostics::new();
    let trees = files.iter().map(|file| deed_syntax::parse(file, &mut d));
    let trees: Vec<ast::Module> = trees.collect();
    debug_assert!(!d.has_errors(), "the library does not parse: {:?}", d.iter().next());
    let modules = trees.into_iter().zip(MODULES);
    modules.map(|(tree, module)| LibraryModule { tree, prelude: module.prelude }).collect()
}

/// The modules that a compilation of `sources` needs: the prelude, and what they import, in the
/// order of the library.
pub(crate) fn needed(sources: &[ast::Module]) -> Vec<&'static LibraryModule> {
    let library: &'static [LibraryModule] = &LIBRARY;
    let by_path: HashMap<String, usize> =
        library.iter().enumerate().map(|(at, m)| (m.tree.path.to_string(), at)).collect();
    let mut wanted: Vec<bool> = library.iter().map(|module| module.prelude).collect();
    let imports = |tree: &ast::Module| -> Vec<usize> {
        tree.uses.iter().filter_map(|u| by_path.get(&u.module.to_string()).copied()).collect()
    };
    let mut open: Vec<usize> = sources.iter().flat_map(imports).collect();
    open.extend(
        (0..library.len()).filter(|at| wanted[*at]).flat_map(|at| imports(&library[at].tree)),
    );
    while let Some(at) = open.pop() {
        if !std::mem::replace(&mut wanted[at], true) {
            open.extend(imports(&library[at].tree));
        }
    }
    library.iter().zip(wanted).filter(|(_, wanted)| *wanted).map(|(module, _)| module).collect()
}

/// The syntax tree of every module of the library, and whether each is known without `use`.
pub fn library_modules() -> impl Iterator<Item = (&'static ast::Module, bool)> {
    let library: &'static [LibraryModule] = &LIBRARY;
    library.iter().map(|module| (&module.tree, module.prelude))
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
