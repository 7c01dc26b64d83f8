//! Running sequences on the engine.
//!
//! In: steps. Out: the clause that failed, and at which step.
//! Holds always: every run begins with a fresh chain; the contract is built without optimisation, with
//! tests of the clauses in doubt and no others.

use std::collections::HashSet;
use std::sync::Arc;

use deed_abi::{Abi, AbiFunction, Value, encode_all};
use deed_base::{Diagnostics, SourceMap, Span, catalogue};
use deed_bytecode::{TrapKind, encode};
use deed_compiler::opt::OptLevel;
use deed_compiler::thir::Package;
use deed_compiler::{BuildOptions, Built, SpecChecks, build_checked};
use deed_ledger::{Execution, Genesis, Ledger, Message, account};
use deed_runtime::{Address, Config, Engine, Status};

use super::Goal;
use super::step::{ACTORS, Sent, Step};

/// The gas of a call: enough for a contract's own work, and little for a loop without end.
const GAS: u64 = 2_000_000;

/// The gas of all runs of one search, and what a transaction counts for beside its own: the work of
/// the chain around it.
const GAS_ALTOGETHER: u64 = 100_000_000;
const GAS_AROUND: u64 = 10_000;

/// What a search may use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Budget {
    gas: u64,
}

impl Default for Budget {
    fn default() -> Budget {
        Budget { gas: GAS_ALTOGETHER }
    }
}

impl Budget {
    pub(super) fn of(gas: u64) -> Budget {
        Budget { gas }
    }

    pub(super) fn gas(&self) -> u64 {
        self.gas
    }

    pub(super) fn is_used_up(&self) -> bool {
        self.gas == 0
    }

    fn take(&mut self, execution: &Execution) {
        self.gas = self.gas.saturating_sub(execution.outcome.gas_used + GAS_AROUND);
    }
}

pub(super) struct Trial {
    pub(super) abi: Abi,
    /// Where runs trap that reach the goals, as the engine names it.
    places: Vec<String>,
    /// One at least.
    pub(super) goals: Vec<Goal>,
    tested: Code,
    /// Without tests of clauses.
    untested: Option<Code>,
    engine: Arc<Engine>,
}

/// A contract's module, and those that it makes.
struct Code {
    module: Vec<u8>,
    made: Vec<Vec<u8>>,
}

/// A clause that failed, or another trap at the place of a goal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Reached {
    place: String,
    is_clause: bool,
    /// The function that was called from outside.
    function: String,
    /// The number of the step.
    pub(super) step: usize,
}

impl Trial {
    /// Nothing where there is no goal, or the contract cannot be built.
    pub(super) fn build(
        package: &Package,
        sources: &SourceMap,
        contract: &str,
        goals: &[Goal],
    ) -> Option<Trial> {
        if goals.is_empty() {
            return None;
        }
        let owed = owed_by_callers(package).map(|(_, span)| span);
        let checks = goals.iter().map(|goal| goal.clause).chain(owed).collect();
        let mut diagnostics = Diagnostics::new();
        let mut build = |checks: SpecChecks| {
            let contract = Some(contract.to_owned());
            let options = BuildOptions { opt: OptLevel::None, contract, checks };
            build_checked(package, sources, &options, &mut diagnostics)
        };
        let untested = build(SpecChecks::None).map(|built| Code::of(&built));
        let built = build(SpecChecks::Only(checks))?;
        let goals = testable(package, goals, &diagnostics);
        if goals.is_empty() {
            return None;
        }
        Some(Trial {
            tested: Code::of(&built),
            untested,
            abi: built.abi,
            places: goals.iter().map(|goal| sources.locate(goal.place)).collect(),
            goals,
            engine: Arc::new(Engine::new(Config::default())),
        })
    }

    /// The contract's module, and those that it makes.
    pub(super) fn modules(&self) -> impl Iterator<Item = &[u8]> {
        std::iter::once(&self.tested.module).chain(&self.tested.made).map(Vec::as_slice)
    }

    /// Where runs trap that reach the goals, in the order of the goals.
    pub(super) fn places(&self) -> &[String] {
        &self.places
    }

    /// Whether this is what a goal asks for. A function that is not called from outside breaks its promise
    /// inside of another.
    pub(super) fn is(&self, goal: usize, reached: &Reached) -> bool {
        let Goal { function, .. } = &self.goals[goal];
        if self.goals[goal].is_trap() == reached.is_clause {
            return false;
        }
        let outside = self.abi.functions.iter().any(|it| it.name == *function);
        self.places[goal] == reached.place && (!outside || reached.function == *function)
    }

    /// The first clause that fails, if one does.
    pub(super) fn run(&self, steps: &[Step], budget: &mut Budget) -> Option<Reached> {
        self.made(&self.tested, self.engine.clone(), steps, |step, function, execution| {
            budget.take(execution);
            let (place, is_clause) = trapped(execution)?;
            let reached = Reached { place, is_clause, function: function.to_owned(), step };
            (is_clause || self.is_any(&reached)).then_some(reached)
        })
    }

    fn is_any(&self, reached: &Reached) -> bool {
        (0..self.goals.len()).any(|goal| self.is(goal, reached))
    }

    /// What each transaction does to the contract without tests of clauses.
    pub(super) fn untested(&self, steps: &[Step]) -> Vec<Execution> {
        let Some(code) = &self.untested else { return Vec::new() };
        let engine = Arc::new(Engine::profiling(Config::default()));
        let mut executions = Vec::new();
        self.made(code, engine, steps, |_, _, execution| {
            executions.push(execution.clone());
            None::<()>
        });
        executions
    }

    /// Makes the steps on a fresh chain until `look` has seen enough, or the deployment fails.
    fn made<T>(
        &self,
        code: &Code,
        engine: Arc<Engine>,
        steps: &[Step],
        mut look: impl FnMut(usize, &str, &Execution) -> Option<T>,
    ) -> Option<T> {
        let mut ledger = Ledger::new(engine, Genesis::default());
        for module in &code.made {
            ledger.publish(module).ok()?;
        }
        let mut contract = Address::default();
        for (step, what) in steps.iter().enumerate() {
            let (function, execution) = match what {
                Step::Wait(seconds) => {
                    let later = ledger.time().saturating_add(*seconds);
                    let _ = ledger.warp_to(later);
                    continue;
                }
                Step::Deploy(sent) => ("init", self.deploy(&mut ledger, &code.module, sent)?),
                Step::Call { function, sent } => {
                    let function = &self.abi.functions[*function];
                    (function.name.as_str(), self.call(&mut ledger, &contract, function, sent)?)
                }
            };
            if let Some(seen) = look(step, function, &execution) {
                return Some(seen);
            }
            if let Step::Deploy(_) = what {
                if !execution.is_ok() {
                    return None;
                }
                contract = execution.contract;
            }
        }
        None
    }

    fn deploy(&self, ledger: &mut Ledger, module: &[u8], sent: &Sent) -> Option<Execution> {
        let args = self.init().map_or(Some(Vec::new()), |init| self.encoded(init, &sent.args))?;
        ledger.deploy(module, &message(sent, &args)).ok()
    }

    fn call(
        &self,
        ledger: &mut Ledger,
        contract: &Address,
        function: &AbiFunction,
        sent: &Sent,
    ) -> Option<Execution> {
        let args = self.encoded(function, &sent.args)?;
        ledger.mint(&account(ACTORS[sent.from]), sent.value).ok()?;
        ledger.call(contract, &function.name, &message(sent, &args)).ok()
    }

    pub(super) fn init(&self) -> Option<&AbiFunction> {
        self.abi.functions.iter().find(|function| function.name == "init")
    }

    fn encoded(&self, function: &AbiFunction, args: &[Value]) -> Option<Vec<u8>> {
        let types = function.params.iter().map(|param| &param.ty);
        encode_all(&self.abi.types, types.zip(args)).ok()
    }
}

impl Code {
    fn of(built: &Built) -> Code {
        Code { module: encode(&built.module), made: built.made.iter().map(encode).collect() }
    }
}

/// What callers of functions owe that no code tests, by the functions' names. A run that breaks one proves
/// nothing of what the function promises in return.
fn owed_by_callers(package: &Package) -> impl Iterator<Item = (&str, Span)> {
    package.functions.values().flat_map(|function| {
        let owed = function.spec.requires.iter().filter(|requires| requires.check.is_none());
        owed.map(|requires| (&*function.name.text, requires.clause.span))
    })
}

/// The goals that have a form that runs, as have the preconditions of their functions.
fn testable(package: &Package, goals: &[Goal], diagnostics: &Diagnostics) -> Vec<Goal> {
    let untested: HashSet<Span> = diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.code == catalogue::UNTESTED)
        .map(|diagnostic| diagnostic.primary.span)
        .collect();
    let blind: HashSet<&str> = owed_by_callers(package)
        .filter(|(_, span)| untested.contains(span))
        .map(|(name, _)| name)
        .collect();
    let runs = |goal: &&Goal| {
        let name = goal.function.rsplit('.').next().unwrap_or_default();
        !untested.contains(&goal.clause) && !blind.contains(name)
    };
    goals.iter().filter(runs).cloned().collect()
}

fn message<'a>(sent: &Sent, args: &'a [u8]) -> Message<'a> {
    Message { from: account(ACTORS[sent.from]), args, value: sent.value, gas_limit: GAS }
}

/// Where a call trapped, and whether it was at a clause; limits say nothing about it.
fn trapped(execution: &Execution) -> Option<(String, bool)> {
    use TrapKind::{Assert, Depth, Memory, OutOfGas};
    let Status::Trap(trap) = &execution.outcome.status else { return None };
    let place = execution.place.as_ref().map(ToString::to_string);
    let is_limit = matches!(trap.kind, Depth | Memory | OutOfGas);
    place.filter(|_| !is_limit).map(|place| (place, trap.kind == Assert))
}
