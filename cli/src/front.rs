//! The way from a path to a checked package.
//!
//! In: a path. Out: sources, trees, typed trees; what is wrong with them is printed on the way.
//! Holds always: after an error nothing of a later stage is given out.

use std::path::{Path, PathBuf};

use deed_base::{Diagnostics, SourceId, SourceMap};
use deed_compiler::{hir, resolve, thir};
use deed_package::{Layout, Lock, Manifest};
use deed_syntax::ast;

use crate::exit::{Exit, Failure};
use crate::files;
use crate::terminal::Terminal;
use crate::unsaved;

/// Sources that have been read.
pub(crate) struct Front {
    /// The folder that results are put into.
    pub(crate) root: PathBuf,
    pub(crate) manifest: Option<Manifest>,
    pub(crate) sources: SourceMap,
    pub(crate) files: Vec<SourceId>,
    /// Where each of the files lies.
    paths: Vec<PathBuf>,
}

impl Front {
    /// Reads a source, or a package with all that it depends on, which it locks.
    pub(crate) fn open(path: &Path, terminal: &Terminal) -> Result<Front, Failure> {
        let layout = deed_package::find(path)?;
        let mut diagnostics = Diagnostics::new();
        let mut sources = SourceMap::new();
        let (mut files, mut paths) = (Vec::new(), Vec::new());
        let mut read = deed_package::read_all(&layout)?;
        unsaved::lay_over(&mut read)?;
        for file in read {
            let d = &mut diagnostics;
            let id = deed_syntax::read_source(&file.name, &file.bytes, &mut sources, d);
            let Some(id) = id else { continue };
            files.push(id);
            paths.push(file.path);
            if file.dependency {
                sources.mark_dependency(id);
            }
        }
        let manifest = layout.manifest().cloned();
        let Layout { root, lock, .. } = layout;
        if let Some(Lock { path, text, .. }) = lock.filter(|lock| lock.stale) {
            files::write(&path, text.as_bytes())?;
        }
        let front = Front { root, manifest, sources, files, paths };
        front.settle(diagnostics, terminal)?;
        Ok(front)
    }

    /// The trees of all sources, in their order.
    pub(crate) fn parse(&self, terminal: &Terminal) -> Result<Vec<ast::Module>, Failure> {
        let mut diagnostics = Diagnostics::new();
        let files = self.files.iter().map(|id| self.sources.get(*id));
        let modules = files.map(|file| deed_syntax::parse(file, &mut diagnostics)).collect();
        self.settle(diagnostics, terminal)?;
        Ok(modules)
    }

    /// The package with its names bound.
    pub(crate) fn resolve(&self, terminal: &Terminal) -> Result<hir::Package, Failure> {
        let modules = self.parse(terminal)?;
        let mut diagnostics = Diagnostics::new();
        let package = resolve::resolve(&modules, &mut diagnostics);
        self.settle(diagnostics, terminal)?;
        Ok(package)
    }

    /// The package with its types.
    pub(crate) fn check(&self, terminal: &Terminal) -> Result<thir::Package, Failure> {
        let mut diagnostics = Diagnostics::new();
        let package = deed_compiler::check(&self.sources, &self.files, &mut diagnostics);
        self.settle(diagnostics, terminal)?;
        Ok(package)
    }

    /// What is needless in the package itself, or likely to be wrong.
    pub(crate) fn lint(&self) -> Result<Diagnostics, Failure> {
        let mut diagnostics = Diagnostics::new();
        deed_compiler::check_and_lint(&self.sources, &self.files, &mut diagnostics);
        if diagnostics.has_errors() {
            let (exit, sources) = (Exit::Failed, self.sources.clone());
            return Err(Failure::Sources { exit, sources, diagnostics });
        }
        Ok(diagnostics)
    }

    /// Where a source of the package lies.
    pub(crate) fn path(&self, source: SourceId) -> Option<&Path> {
        let at = self.files.iter().position(|id| *id == source)?;
        Some(&self.paths[at])
    }

    /// Goes on after warnings, which are printed, and stops after errors.
    pub(crate) fn settle(
        &self,
        diagnostics: Diagnostics,
        terminal: &Terminal,
    ) -> Result<(), Failure> {
        if diagnostics.has_errors() {
            let (exit, sources) = (Exit::Failed, self.sources.clone());
            return Err(Failure::Sources { exit, sources, diagnostics });
        }
        terminal.diagnostics(&diagnostics, &self.sources);
        Ok(())
    }

    /// The level of optimisation: from the command line, else `deed.toml`, else 2.
    pub(crate) fn opt(&self, chosen: Option<u8>) -> u8 {
        let manifest = self.manifest.as_ref().and_then(|manifest| manifest.build.opt);
        chosen.or(manifest.map(|level| level.0)).unwrap_or(2)
    }

    /// What the user calls it: the package with its version, or the source.
    pub(crate) fn title(&self) -> String {
        match &self.manifest {
            Some(manifest) => format!("{} {}", manifest.package.name.0, manifest.package.version.0),
            None => self.sources.files().map(|file| file.name.clone()).collect(),
        }
    }
}
