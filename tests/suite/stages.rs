//! The stages in a row, as the command line runs them.
//!
//! In: named source bytes. Out: the typed tree and the diagnostics, or a module.
//! Holds always: nothing here decides anything; what a user gets from `deed`, a test gets from here.

use crate::repo;
use deed_abi::Abi;
use deed_base::{Diagnostics, MessageFormat, SourceId, SourceMap, render_all};
use deed_compiler::opt::OptLevel;
use deed_compiler::{BuildOptions, Built, build_checked, thir};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A source by the name that messages give it.
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// Every level of optimisation, each at least as good as the one before.
pub(crate) const LEVELS: [OptLevel; 4] =
    [OptLevel::None, OptLevel::Basic, OptLevel::Full, OptLevel::Most];

/// What the compiler made of a contract.
pub(crate) struct Compiled {
    pub(crate) built: Built,
    pub(crate) abi: Abi,
    /// The module's container.
    pub(crate) bytes: Vec<u8>,
}

/// What the front end made of some sources.
pub(crate) struct Front {
    pub(crate) map: SourceMap,
    pub(crate) ids: Vec<SourceId>,
    pub(crate) diagnostics: Diagnostics,
    pub(crate) package: thir::Package,
}

impl Source {
    /// A file of the repository.
    pub(crate) fn file(name: &str) -> Source {
        Source { name: name.to_string(), bytes: repo::read(name).into_bytes() }
    }
}

impl Front {
    /// Reads, parses and checks.
    pub(crate) fn of(sources: &[Source]) -> Front {
        let (mut map, mut diagnostics) = (SourceMap::new(), Diagnostics::new());
        let ids: Vec<SourceId> = sources
            .iter()
            .filter_map(|source| {
                deed_syntax::read_source(&source.name, &source.bytes, &mut map, &mut diagnostics)
            })
            .collect();
        let package = deed_compiler::check(&map, &ids, &mut diagnostics);
        Front { map, ids, diagnostics, package }
    }

    /// As [`Front::of`], and looks for what is needless or likely to be wrong.
    pub(crate) fn linted(sources: &[Source]) -> Front {
        let Front { map, ids, .. } = Front::of(sources);
        let mut diagnostics = Diagnostics::new();
        let package = deed_compiler::check_and_lint(&map, &ids, &mut diagnostics);
        Front { map, ids, diagnostics, package }
    }

    /// The contract, or the messages if there are errors. Its module must come back from its bytes.
    pub(crate) fn build(&self, opt: OptLevel) -> Result<Compiled, String> {
        self.build_one(opt, None)
    }

    /// As [`Front::build`], every contract there is.
    pub(crate) fn build_all(&self, opt: OptLevel) -> Result<Vec<Compiled>, String> {
        let names = self.package.contracts.values().map(|contract| contract.name.text.to_string());
        match names.len() {
            0 | 1 => Ok(vec![self.build(opt)?]),
            _ => names.map(|name| self.build_one(opt, Some(name))).collect(),
        }
    }

    fn build_one(&self, opt: OptLevel, contract: Option<String>) -> Result<Compiled, String> {
        let mut diagnostics = self.diagnostics.clone();
        let options = BuildOptions { opt, contract, ..BuildOptions::default() };
        let built = build_checked(&self.package, &self.map, &options, &mut diagnostics)
            .ok_or_else(|| render_all(&diagnostics.sorted(), &self.map, MessageFormat::Short))?;
        let bytes = deed_bytecode::encode(&built.module);
        match deed_bytecode::decode(&bytes) {
            Ok(module) if module == built.module => {}
            Ok(_) => return Err("its module decodes to another".to_string()),
            Err(error) => return Err(format!("its module does not decode: {error}")),
        }
        let abi = deed_abi::abi_of(&built.module).map_err(|error| error.to_string())?;
        Ok(Compiled { built, abi, bytes })
    }

    /// Makes the middle form of every contract, for what is wrong with it alone.
    pub(crate) fn lower(&mut self) {
        let contracts = self.package.contracts.ids().filter(|_| !self.diagnostics.has_errors());
        for contract in contracts.collect::<Vec<_>>() {
            deed_compiler::lower::lower(&self.package, contract, &mut self.diagnostics);
        }
    }

    /// All messages, a line each.
    pub(crate) fn messages(&self) -> String {
        render_all(&self.diagnostics.sorted(), &self.map, MessageFormat::Short)
    }
}

/// Runs `test` on each case and reports all that fail by name, panics included. `CASE` chooses those
/// whose name holds it.
#[track_caller]
pub(crate) fn each<T>(cases: Vec<(String, T)>, test: impl Fn(&str, T) -> Result<(), String>) {
    assert!(!cases.is_empty(), "no case was found");
    let chosen = std::env::var("CASE").unwrap_or_default();
    let mut complaints = Vec::new();
    for (name, case) in cases.into_iter().filter(|(name, _)| name.contains(&chosen)) {
        let ended = catch_unwind(AssertUnwindSafe(|| test(&name, case)));
        match ended {
            Ok(Ok(())) => {}
            Ok(Err(why)) => complaints.push(format!("{name}\n{}", indent(&why))),
            Err(_) => complaints.push(format!("{name}\n    panicked; its message stands above")),
        }
    }
    repo::report(&complaints);
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}
