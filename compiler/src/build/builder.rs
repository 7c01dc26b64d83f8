//! One contract after the other: those that a contract makes come before it, for it knows them by the
//! hash of their code.
//!
//! In: a checked package and the contract that is wanted. Out: it, and the modules that it needs.
//! Holds always: each contract is built once; contracts that make one another have no hash, and are
//! reported.

use deed_base::catalogue::{BAD_DEPLOY, TOO_LARGE};
use deed_base::{Diagnostic, Diagnostics, SourceMap, Span};
use deed_bytecode::{Invalid, Module, ValidateError, code_hash};

use super::{BuildOptions, Built, SpecChecks};
use crate::arena::ContractId;
use crate::codegen::{self, Codes, TooLarge};
use crate::mir;
use crate::opt::{OptLevel, optimise};
use crate::thir::Package;
use crate::{abi, lower};

/// Contracts that make contracts that make others: no more of them than this in a row.
const DEEPEST: usize = 32;

pub(super) struct Builder<'a> {
    package: &'a Package,
    sources: &'a SourceMap,
    opt: OptLevel,
    checks: SpecChecks,
    /// The contracts that are made by the one that is wanted.
    codes: Codes,
    made: Vec<Module>,
    /// Those that wait for what they make, the innermost last.
    open: Vec<ContractId>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(
        package: &'a Package,
        sources: &'a SourceMap,
        options: &BuildOptions,
    ) -> Self {
        let (codes, made, open) = (Codes::new(), Vec::new(), Vec::new());
        let (opt, checks) = (options.opt, options.checks.clone());
        Builder { package, sources, opt, checks, codes, made, open }
    }

    /// Builds the contract that is wanted; nothing where there are errors.
    pub(super) fn build(mut self, contract: ContractId, d: &mut Diagnostics) -> Option<Built> {
        let built = self.one(contract, d)?;
        Some(Built { made: self.made, ..built })
    }

    fn one(&mut self, contract: ContractId, d: &mut Diagnostics) -> Option<Built> {
        let before = lower::lower_with(self.package, contract, &self.checks, d);
        if d.has_errors() {
            return None;
        }
        debug_assert_eq!(mir::validate(&before).map_err(|invalid| invalid.to_string()), Ok(()));
        self.open.push(contract);
        for (made, span) in before.imports.iter().filter_map(|import| import.makes) {
            self.needed(made, span, d)?;
        }
        self.open.pop();
        let mut after = before.clone();
        optimise(&mut after, self.opt);
        let name_span = self.package.contracts[contract].name.span;
        let mut module = match codegen::generate(&after, self.sources, &self.codes) {
            Ok(module) => module,
            Err(error) => {
                d.push(too_large(name_span, &error));
                return None;
            }
        };
        let abi = abi::describe(self.package, contract, &before);
        module.abi = abi.to_bytes();
        match deed_bytecode::validate(module) {
            Ok(module) => {
                let (module, made) = (module.into_inner(), Vec::new());
                Some(Built { contract, before, after, module, abi, made })
            }
            Err(error) => {
                d.push(beyond_limits(name_span, &error));
                None
            }
        }
    }

    /// Builds a contract that the innermost open one makes at `span`.
    fn needed(&mut self, contract: ContractId, span: Span, d: &mut Diagnostics) -> Option<()> {
        if self.codes.contains_key(&contract) {
            return Some(());
        }
        if let Some(at) = self.open.iter().position(|open| *open == contract) {
            d.push(self.makes_itself(&self.open[at..], span));
            return None;
        }
        if self.open.len() >= DEEPEST {
            d.push(too_deep(span));
            return None;
        }
        let built = self.one(contract, d)?;
        self.codes.insert(contract, code_hash(&built.module));
        self.made.push(built.module);
        Some(())
    }

    /// The checker has seen to it, but for what traits and type arguments choose.
    fn makes_itself(&self, round: &[ContractId], span: Span) -> Diagnostic {
        let name = |id: &ContractId| format!("`{}`", self.package.contracts[*id].name.text);
        let names: Vec<String> = round.iter().chain(round.first()).map(name).collect();
        let message = match round {
            [one] => format!("{} would hold the hash of its own code", name(one)),
            _ => format!("{}: no code can be made first", names.join(" deploys ")),
        };
        Diagnostic::new(BAD_DEPLOY, span, message).help("let a third contract deploy both")
    }
}

fn too_deep(span: Span) -> Diagnostic {
    let message = format!("more than {DEEPEST} contracts in a row make the next one");
    Diagnostic::new(TOO_LARGE, span, message)
        .label("this one is too many")
        .help("let one contract make several others")
}

/// A module may break limits of the machine, and no other of its rules.
fn beyond_limits(span: Span, error: &ValidateError) -> Diagnostic {
    debug_assert!(
        matches!(error.what, Invalid::TooMany { .. } | Invalid::BadName { .. }),
        "the code generator broke a rule: {error}"
    );
    Diagnostic::new(TOO_LARGE, span, error.to_string())
        .label("this contract")
        .help("use fewer or shorter ones; several functions or contracts hold more than one")
}

pub(crate) fn too_large(span: Span, error: &TooLarge) -> Diagnostic {
    Diagnostic::new(TOO_LARGE, span, error.to_string())
        .label("this contract")
        .help("split it into several functions or contracts")
}
