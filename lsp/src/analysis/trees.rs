//! Syntax trees that outlive the analysis they were made for.
//!
//! In: the files of a package as they are read. Out: their trees, those of unchanged texts as they
//! were.
//! Holds always: a tree speaks of the source under whose number it was made, so it is lent only to the
//! file of the same number, path and bytes.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use deed_base::{Diagnostic, Diagnostics, SourceId, SourceMap};
use deed_syntax::ast;

use super::position::Lines;

/// A text that was read and parsed.
pub struct Tree {
    path: PathBuf,
    /// Empty if the bytes are no text.
    text: Arc<str>,
    pub lines: Arc<Lines>,
    /// Nothing if the bytes are no text.
    pub module: Option<Arc<ast::Module>>,
    /// What is wrong with the text or its syntax.
    pub said: Vec<Diagnostic>,
}

impl Tree {
    /// Reads and parses a file as the next of the sources. Needs a deep stack.
    pub fn read(name: &str, path: &Path, bytes: &[u8], sources: &mut SourceMap) -> Arc<Tree> {
        let (mut d, number) = (Diagnostics::new(), sources.files().count());
        let id = deed_syntax::read_source(name, bytes, sources, &mut d);
        let module = id.map(|id| Arc::new(deed_syntax::parse(sources.get(id), &mut d)));
        let text = sources.get(SourceId(number as u32)).text.clone();
        let (path, lines) = (path.to_owned(), Arc::new(Lines::new(&text)));
        Arc::new(Tree { path, text, lines, module, said: d.sorted() })
    }
}

/// The trees of a package, by the numbers of its sources.
#[derive(Default)]
pub struct Trees {
    list: Vec<Arc<Tree>>,
}

impl Trees {
    /// Takes a file in as the next of the sources, if nothing about it has changed.
    pub fn lend(
        &self,
        name: &str,
        path: &Path,
        bytes: &[u8],
        sources: &mut SourceMap,
    ) -> Option<Arc<Tree>> {
        let tree = self.list.get(sources.files().count())?;
        let is_same = tree.path == path && tree.text.as_bytes() == bytes;
        tree.module.as_ref().filter(|_| is_same)?;
        sources.add(name, tree.text.clone());
        Some(tree.clone())
    }

    pub fn push(&mut self, tree: Arc<Tree>) {
        self.list.push(tree);
    }

    /// Of all sources that are texts.
    pub fn modules(&self) -> impl Iterator<Item = &Arc<ast::Module>> {
        self.list.iter().filter_map(|tree| tree.module.as_ref())
    }

    /// The module of a file and those that it imports, directly or not, in the order of the sources:
    /// what its names and types depend on.
    pub fn needed_by(&self, path: &Path) -> Vec<Arc<ast::Module>> {
        let modules: Vec<_> = self.modules().collect();
        let by_path: HashMap<String, usize> =
            modules.iter().enumerate().map(|(at, module)| (module.path.to_string(), at)).collect();
        let own = self.list.iter().find(|tree| tree.path == path);
        let own = own.and_then(|tree| tree.module.as_ref());
        let mut found = BTreeSet::new();
        let mut open: Vec<usize> =
            own.iter().flat_map(|own| modules.iter().position(|it| Arc::ptr_eq(it, own))).collect();
        while let Some(at) = open.pop() {
            if found.insert(at) {
                let uses = modules[at].uses.iter().map(|it| it.module.to_string());
                open.extend(uses.filter_map(|path| by_path.get(&path).copied()));
            }
        }
        found.into_iter().map(|at| modules[at].clone()).collect()
    }
}
