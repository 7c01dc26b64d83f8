//! A host that fails in each way at every question: what comes of the call, and what it leaves.
//!
//! In: a call that asks for everything. Out: nothing; a failure that leaves a trace, ends the call
//! otherwise than its class says, or ends it otherwise on another tier, fails the test.

use super::world::{Asked, SENDER, World, address, call, engines, plain};
use crate::stages::LEVELS;
use deed_runtime::hosts::{Failing, Recording, Replaying};
use deed_runtime::{Config, Engine, HostError, Outcome, Status, TrapKind};
use serde_json::json;

const SOURCE: &str = "tests/engine/everything.deed";
const GAS: u64 = 1_000_000;

fn world(level: usize) -> (World, Vec<u8>) {
    let mut world = World::new(SOURCE, LEVELS[level]);
    world.init(0, &[]);
    world.init(1, &[json!(address(0).to_string())]);
    world.mint(SENDER, 100);
    let args = world.args(1, "run", &[json!(9)]);
    (world, args)
}

fn run(args: &[u8]) -> Asked<'_> {
    Asked { contract: 1, function: "run", args, value: 20, gas: GAS }
}

/// What each class of failure may end a call as.
fn fits(error: &HostError, outcome: &Outcome) -> bool {
    match (error, &outcome.status) {
        (HostError::Visible(kind), Status::Trap(trap)) => trap.kind == *kind,
        // An attempt has caught it; or there was no code to be had before anything ran.
        (HostError::Visible(_), Status::Ok(_)) => true,
        (HostError::Visible(kind), Status::Fatal(why)) => why.contains(kind.name()),
        (HostError::OutOfGas, Status::OutOfGas) => outcome.gas_used == GAS,
        (HostError::Aborted, Status::Aborted) => true,
        (HostError::Fatal(wanted), Status::Fatal(why)) => why == wanted,
        _ => false,
    }
}

#[test]
fn a_failure_at_any_question_leaves_no_trace() {
    for level in [0, 2] {
        let (world, args) = world(level);
        let asked = run(&args);
        let mut memory = world.memory.clone();
        let mut whole = Failing::new(&mut memory, usize::MAX, HostError::Aborted);
        let good = call(&Engine::new(Config::default()), &mut whole, &asked);
        assert!(matches!(good.status, Status::Ok(_)), "{:?}", good.status);
        let questions = whole.asked();
        assert!(questions > 15, "the call asks for much: {questions}");
        let kinds = [
            HostError::Visible(TrapKind::BadCallee),
            HostError::OutOfGas,
            HostError::Aborted,
            HostError::Fatal("the disk is full".into()),
        ];
        let mut caught = 0;
        for error in kinds {
            for at in 0..questions {
                let fails = |engine: &Engine| {
                    let mut memory = world.memory.clone();
                    call(engine, &mut Failing::new(&mut memory, at, error.clone()), &asked)
                };
                let first = fails(&Engine::new(Config::default()));
                // Machine code is made anew each time, since the code is asked for as well.
                if at % 3 == level % 3 {
                    let [_, compiled] = engines();
                    assert_eq!(plain(&first), plain(&fails(&compiled)), "{error} at {at}");
                }
                assert!(fits(&error, &first), "{error} at {at}: {:?}", first.status);
                let is_ok = matches!(first.status, Status::Ok(_));
                caught += usize::from(is_ok);
                let trace = (first.writes.len(), first.events.len(), first.created.len());
                assert!(is_ok || trace == (0, 0, 0), "{error} at {at} leaves {trace:?}");
            }
        }
        assert!(caught > 2, "some failures happen in attempts, which catch them: {caught}");
    }
}

#[test]
fn a_record_replays_without_the_chain() {
    let (mut world, args) = world(2);
    let engine = || Engine::new(Config::default());
    for gas in [GAS, 30_000, 1_000] {
        let asked = Asked { gas, ..run(&args) };
        let mut recording = Recording::new(&mut world.memory);
        let outcome = call(&engine(), &mut recording, &asked);
        let record = recording.finish();
        let mut replaying = Replaying::new(record.clone());
        assert_eq!(call(&engine(), &mut replaying, &asked), outcome);
        assert!(replaying.is_done());
        // Another call asks something else, which the record does not know.
        let other = world.args(1, "run", &[json!(10_000)]);
        let other = call(&engine(), &mut Replaying::new(record), &run(&other));
        assert!(other != outcome);
    }
}
