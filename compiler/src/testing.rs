//! Tests as code: a module that asks its host for everything a chain does.
//!
//! In: a checked package. Out: a [`TestProgram`] of its own tests: one entry a test, and a *site* for
//! each place where a test asks its host.
//! Holds always: import `test.3` of the module is site 3; its arguments are those that the kind of
//! the site says, in that order, and what it gives is what the call gives, or nothing where
//! something is expected of it.

use deed_abi::{Abi, AbiType, Param};
use deed_base::{Diagnostics, SourceMap, Span};
use deed_bytecode::{Module, TrapKind};

use crate::arena::{ContractId, TestId};
use crate::opt::{OptLevel, optimise};
use crate::thir::Package;
use crate::{abi, codegen, lower};

/// The capability that the module of tests needs.
pub const CAPABILITY: &str = "test";

/// The tests of a package.
#[derive(Clone, Debug, Default)]
pub struct TestProgram {
    pub module: Module,
    /// What the tests' parameters and the values at sites are made of.
    pub abi: Abi,
    pub tests: Vec<TestCase>,
    pub sites: Vec<Site>,
}

#[derive(Clone, Debug)]
pub struct TestCase {
    pub title: String,
    /// The module's path, and the contract's name if it stands in one.
    pub group: String,
    /// The name of the entry.
    pub function: String,
    /// With any, it is a property of all their values.
    pub params: Vec<Param>,
    /// Of its title.
    pub span: Span,
}

/// Where a test asks its host.
#[derive(Clone, PartialEq, Debug)]
pub struct Site {
    pub kind: SiteKind,
    pub span: Span,
}

#[derive(Clone, PartialEq, Debug)]
pub enum SiteKind {
    /// Of a name (`string`): its `Address`.
    Account,
    /// Of a name (`string`): the SM2 key (`bytes`) that it has in tests.
    PublicKey,
    /// Of a name (`string`) and a message (`bytes`): its signature (`bytes`).
    Sign,
    /// Of seconds (`u64`): to that time, or by so many.
    Warp { by: bool },
    /// Of a `bool`, and of the two sides of a comparison where it is one.
    Assert { sides: Option<Sides> },
    /// Of a `bool`.
    Assume,
    /// Of the fields that are demanded: says what is to come of the next call.
    Expect(Expectation),
    /// Of the target and what [`Given`] says, then of the arguments, encoded.
    Call { function: String, given: Given, expected: bool },
    /// Of what [`Given`] says, then of the arguments, encoded; gives the `Address`.
    Deploy { contract: ContractId, given: Given, expected: bool },
}

/// Which of these stand before the arguments: an `Address`, `u128` coins, `u64` gas.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Given {
    pub from: bool,
    pub value: bool,
    pub gas: bool,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Sides {
    /// `==` and the like.
    pub op: &'static str,
    pub ty: AbiType,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Expectation {
    /// An error or an event by its code; its fields, and whether each is demanded.
    Throw {
        name: String,
        code: [u8; 4],
        fields: Vec<Demand>,
    },
    Emit {
        name: String,
        code: [u8; 4],
        fields: Vec<Demand>,
    },
    Trap(TrapKind),
    OutOfGas,
}

/// A field of what is expected.
#[derive(Clone, PartialEq, Debug)]
pub struct Demand {
    pub name: String,
    pub ty: AbiType,
    /// Whether a value is demanded; it is an argument then.
    pub given: bool,
}

/// Builds the tests of a package; nothing where there are errors, or no tests.
pub fn build_tests(
    package: &Package,
    sources: &SourceMap,
    d: &mut Diagnostics,
) -> Option<TestProgram> {
    let own = |id: &TestId| !sources.get(package.tests[*id].title.span.source).dependency;
    let tests: Vec<TestId> = package.tests.ids().filter(own).collect();
    let first = package.tests[*tests.first()?].title.span;
    if d.has_errors() {
        return None;
    }
    let mut describer = abi::Describer::new(package);
    let (program, sites) = lower::lower_tests(package, &tests, &mut describer, d);
    if d.has_errors() {
        return None;
    }
    debug_assert_eq!(crate::mir::validate(&program).map_err(|e| e.to_string()), Ok(()));
    let cases = tests.iter().enumerate().map(|(at, id)| case(package, *id, at, &mut describer));
    let cases: Vec<TestCase> = cases.collect();
    let mut after = program;
    optimise(&mut after, OptLevel::Basic);
    let mut module = match codegen::generate(&after, sources, &codegen::Codes::new()) {
        Ok(module) => module,
        Err(error) => {
            d.push(crate::build::too_large(first, &error));
            return None;
        }
    };
    let entries = cases.iter().map(|case| (case.function.clone(), case.params.clone()));
    let abi = describer.tests(&entries.collect::<Vec<_>>());
    module.abi = abi.to_bytes();
    Some(TestProgram { module, abi, tests: cases, sites })
}

fn case(package: &Package, id: TestId, at: usize, describer: &mut abi::Describer<'_>) -> TestCase {
    let test = &package.tests[id];
    let function = &package.functions[test.function];
    let module = &package.modules[test.module].path;
    let group = match test.contract {
        Some(id) => format!("{module}.{}", package.contracts[id].name.text),
        None => module.clone(),
    };
    let params = function.params.iter().map(|param| {
        let local = &function.locals[param.local];
        Param { name: local.name.text.to_string(), ty: describer.ty(&local.ty) }
    });
    TestCase {
        title: test.title.text.to_string(),
        group,
        function: lower::test_name(at),
        params: params.collect(),
        span: test.title.span,
    }
}
