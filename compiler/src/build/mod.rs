//! The whole way, as tools go it: from sources to a checked package, and on to a module.
//!
//! In: sources of one package. Out: [`check`] gives the typed tree, [`build`] a [`Built`] contract.
//! Holds always: a module is built only from a package without errors, passes validation, and
//! carries an ABI that agrees with its code; the same sources and options give the same bytes.

mod builder;

use std::collections::HashSet;

use deed_abi::Abi;
use deed_base::catalogue::NO_SUCH_CONTRACT;
use deed_base::{Diagnostic, Diagnostics, SourceId, SourceMap, Span};
use deed_bytecode::Module;
use deed_syntax::ast;

use self::builder::Builder;
pub(crate) use self::builder::too_large;
use crate::arena::ContractId;
use crate::doc::Manual;
use crate::mir::Program;
use crate::opt::OptLevel;
use crate::thir::Package;
use crate::{doc, lint, resolve, typeck};

/// What to build, and how.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BuildOptions {
    pub opt: OptLevel,
    /// The contract, by its name or full name; needed where the package has several.
    pub contract: Option<String>,
    pub checks: SpecChecks,
}

/// Which clauses of specifications the code tests; it traps where one does not hold.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum SpecChecks {
    #[default]
    None,
    All,
    /// Those that begin at these places.
    Only(HashSet<Span>),
}

impl SpecChecks {
    /// All or none.
    pub fn all_if(wanted: bool) -> SpecChecks {
        if wanted { SpecChecks::All } else { SpecChecks::None }
    }
}

/// A contract and the forms it had on its way.
#[derive(Clone, Debug)]
pub struct Built {
    pub contract: ContractId,
    /// As lowered, with specifications.
    pub before: Program,
    /// As optimised.
    pub after: Program,
    /// With its ABI and debug tables.
    pub module: Module,
    pub abi: Abi,
    /// The modules of the contracts that it makes and of those that they make, each behind those
    /// that it needs. They must be known to the chain where it runs.
    pub made: Vec<Module>,
}

/// Parses, resolves and checks the sources of one package.
pub fn check(sources: &SourceMap, ids: &[SourceId], d: &mut Diagnostics) -> Package {
    // The syntax trees go before the typed one comes, which is larger.
    let package = resolve::resolve(&parse(sources, ids, d), d);
    typeck::check_types_of(package, d)
}

/// As [`check`]; where there are no errors, it looks for what is needless or likely to be wrong.
pub fn check_and_lint(sources: &SourceMap, ids: &[SourceId], d: &mut Diagnostics) -> Package {
    let modules = parse(sources, ids, d);
    let package = check_modules(&modules, d);
    if !d.has_errors() {
        lint(&package, &modules, sources, d);
    }
    package
}

/// Checks the package, and describes what it offers to others.
pub fn document(sources: &SourceMap, ids: &[SourceId], d: &mut Diagnostics) -> Manual {
    let modules = parse(sources, ids, d);
    let package = check_modules(&modules, d);
    doc::describe(&package, &modules, sources)
}

fn parse(sources: &SourceMap, ids: &[SourceId], d: &mut Diagnostics) -> Vec<ast::Module> {
    ids.iter().map(|id| deed_syntax::parse(sources.get(*id), d)).collect()
}

fn check_modules(modules: &[ast::Module], d: &mut Diagnostics) -> Package {
    let package = resolve::resolve(modules, d);
    typeck::check_types_of(package, d)
}

/// Builds one contract of a package; nothing where there are errors.
pub fn build(
    sources: &SourceMap,
    ids: &[SourceId],
    options: &BuildOptions,
    d: &mut Diagnostics,
) -> Option<Built> {
    let package = check(sources, ids, d);
    build_checked(&package, sources, options, d)
}

/// As [`build`], from a package that was checked; nothing where `d` holds errors.
pub fn build_checked(
    package: &Package,
    sources: &SourceMap,
    options: &BuildOptions,
    d: &mut Diagnostics,
) -> Option<Built> {
    if d.has_errors() {
        return None;
    }
    let contract = choose(package, sources, options.contract.as_deref(), d)?;
    Builder::new(package, sources, options).build(contract, d)
}

/// The contracts of the package itself, not those of packages that it depends on.
pub fn own_contracts(package: &Package, sources: &SourceMap) -> Vec<ContractId> {
    let own = |id: &ContractId| !sources.get(package.contracts[*id].name.span.source).dependency;
    package.contracts.ids().filter(own).collect()
}

/// The contract that is meant.
fn choose(
    package: &Package,
    sources: &SourceMap,
    wanted: Option<&str>,
    d: &mut Diagnostics,
) -> Option<ContractId> {
    let full = |id: ContractId| {
        let contract = &package.contracts[id];
        package.full_name(contract.module, None, &contract.name.text)
    };
    let own = own_contracts(package, sources);
    let fits = |id: &ContractId| {
        wanted
            .is_none_or(|wanted| wanted == package.contracts[*id].name.text || wanted == full(*id))
    };
    let mut found: Vec<ContractId> = own.iter().copied().filter(fits).collect();
    if found.is_empty() && wanted.is_some() {
        found = package.contracts.ids().filter(fits).collect();
    }
    if let [one] = found[..] {
        return Some(one);
    }
    let names: Vec<String> = own.iter().map(|id| format!("`{}`", full(*id))).collect();
    let start = sources.files().next().map_or(Span::default(), |file| file.span().at_start());
    let (span, message) = match (wanted, found.first()) {
        (Some(wanted), None) => (start, format!("there is no contract `{wanted}` here")),
        (None, None) => (start, "there is no contract here".to_string()),
        (_, Some(first)) => {
            let span = package.contracts[*first].name.span;
            (span, format!("there are {} contracts to choose from", found.len()))
        }
    };
    let mut diagnostic = Diagnostic::new(NO_SUCH_CONTRACT, span, message);
    if !names.is_empty() {
        diagnostic = diagnostic.help(format!("name one of them: {}", names.join(", ")));
    }
    d.push(diagnostic);
    None
}
