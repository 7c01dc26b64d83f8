//! Tries of a test: one, or of a property many, each on other values.
//!
//! In: a test. Out: its verdict.
//! Holds always: the values of try `n` depend on the seed, the test's title and `n` alone.

use std::time::Instant;

use deed_abi::sample::{Source, smaller};
use deed_abi::{Param, Value as AbiValue, encode_all, to_json};
use deed_compiler::testing::TestCase;
use deed_runtime::{Call, Mode, Status};

use crate::Options;
use crate::host::{Stop, TestHost};
use crate::report::{Failing, Value, Verdict, merge};
use crate::world::World;

/// The gas of a test's own code; its calls have gas of their own.
const GAS: u64 = 100_000_000_000;

/// For each value that a property needs, so many may be left out by `assume`.
const MOST_ASSUMED: u32 = 20;

/// Shrinking stops after so many tries.
const MOST_SHRINKING: u32 = 2_000;

/// What became of one try.
enum Tried {
    Passed,
    Assumed,
    Failed(Failing),
}

pub(crate) fn run(world: &World, at: usize, options: &Options) -> Verdict {
    let start = Instant::now();
    let test = &world.program.tests[at];
    let mut verdict = Verdict {
        group: test.group.clone(),
        title: test.title.clone(),
        span: test.span,
        failure: None,
        runs: 0,
        assumed: 0,
        gas: Default::default(),
        lines: Default::default(),
        elapsed: Default::default(),
    };
    match test.params.is_empty() {
        true => {
            verdict.runs = 1;
            match once(world, test, &[], &mut verdict) {
                Tried::Failed(failing) => verdict.failure = Some(failing),
                Tried::Assumed => {
                    let message = "an `assume` does not hold, so nothing was tested";
                    verdict.failure = Some(Failing::new(message, Some(test.span)));
                }
                Tried::Passed => {}
            }
        }
        false => property(world, test, options, &mut verdict),
    }
    verdict.elapsed = start.elapsed();
    verdict
}

fn property(world: &World, test: &TestCase, options: &Options, verdict: &mut Verdict) {
    let types = &world.program.abi.types;
    for number in 0..u64::from(options.runs.max(1)) * u64::from(MOST_ASSUMED) {
        if verdict.runs >= options.runs.max(1) {
            return;
        }
        let mut source = Source::new(options.seed, &test.title, number);
        let values: Vec<AbiValue> =
            test.params.iter().map(|param| source.value(types, &param.ty, 0)).collect();
        match once(world, test, &values, verdict) {
            Tried::Passed => verdict.runs += 1,
            Tried::Assumed => verdict.assumed += 1,
            Tried::Failed(failing) => {
                verdict.runs += 1;
                let (values, failing) = shrunk(world, test, values, failing, verdict);
                verdict.failure =
                    Some(Failing { arguments: shown(world, test, &values), ..failing });
                return;
            }
        }
    }
    if verdict.runs == 0 {
        let message = "every value that was tried is left out by an `assume`";
        verdict.failure = Some(Failing::new(message, Some(test.span)));
    }
}

/// The smallest values found on which the test fails still.
fn shrunk(
    world: &World,
    test: &TestCase,
    mut values: Vec<AbiValue>,
    mut failing: Failing,
    verdict: &mut Verdict,
) -> (Vec<AbiValue>, Failing) {
    let mut left = MOST_SHRINKING;
    'again: while left > 0 {
        for (at, param) in test.params.iter().enumerate() {
            for candidate in smaller(&values[at], &param.ty) {
                left = left.saturating_sub(1);
                let mut tried = values.clone();
                tried[at] = candidate;
                if let Tried::Failed(why) = once(world, test, &tried, verdict) {
                    (values, failing) = (tried, why);
                    continue 'again;
                }
                if left == 0 {
                    break 'again;
                }
            }
        }
        break;
    }
    (values, failing)
}

fn shown(world: &World, test: &TestCase, values: &[AbiValue]) -> Vec<Value> {
    let types = &world.program.abi.types;
    let value = |(param, value): (&Param, &AbiValue)| {
        let value = to_json(types, &param.ty, value).ok()?;
        Some(Value { name: param.name.clone(), value })
    };
    test.params.iter().zip(values).filter_map(value).collect()
}

/// One try on a fresh ledger.
fn once(world: &World, test: &TestCase, values: &[AbiValue], verdict: &mut Verdict) -> Tried {
    let types = &world.program.abi.types;
    let pairs = test.params.iter().map(|param| &param.ty).zip(values);
    let args = match encode_all(types, pairs) {
        Ok(args) => args,
        Err(error) => {
            let message = format!("its values cannot be encoded: {error}");
            return Tried::Failed(Failing::new(message, Some(test.span)));
        }
    };
    let mut host = TestHost::new(world);
    let call = Call {
        contract: World::HERE,
        function: &test.function,
        args: &args,
        caller: World::HERE,
        value: 0,
        gas_limit: GAS,
        mode: Mode::Transaction,
    };
    let outcome = world.engine.call(&mut host, &call);
    let tried = match (host.stopped.take(), &outcome.status) {
        (Some(Stop::Assumed), _) => Tried::Assumed,
        (Some(Stop::Failed(failing)), _) => {
            Tried::Failed(Failing { trace: host.calls(), ..failing })
        }
        (None, Status::Ok(_)) => Tried::Passed,
        (None, status) => {
            let failing = Failing::new(own(world, status), Some(test.span));
            Tried::Failed(Failing { trace: host.calls(), ..failing })
        }
    };
    if matches!(tried, Tried::Passed) {
        merge(&mut verdict.gas, &host.gas);
        merge(&mut verdict.lines, &host.lines);
    }
    tried
}

/// What the test's own code ran into.
fn own(world: &World, status: &Status) -> String {
    match status {
        Status::Trap(trap) => {
            let module = world.loaded.as_ref();
            let place = module.and_then(|module| module.locate(trap.function, trap.pc));
            let at = place.map(|place| format!(" at {}:{}", place.file, place.line));
            format!("the test traps with {}{}", trap.kind.name(), at.unwrap_or_default())
        }
        Status::Error(thrown) => format!("the test throws {}", thrown.name),
        Status::OutOfGas => "the test runs out of gas".to_owned(),
        Status::Refused(refusal) => format!("the test cannot run: {refusal}"),
        Status::Fatal(reason) => format!("the test cannot run: {reason}"),
        Status::Ok(_) | Status::Aborted => "the test was not decided".to_owned(),
    }
}
