//! Runs inside runs, as deep as they go: the host's stack stays small.

use super::world::{Asked, World, address, call, code_hash, engines};
use crate::stages::LEVELS;
use deed_runtime::{Limits, Status, TrapKind};
use serde_json::{Value as Json, json};

/// What the thread has that runs 65 runs inside one another, each with a thousand frames of its own.
/// The engine needs less than a hundredth of it a run; a host that needs more must give more.
const STACK_BYTES: usize = if cfg!(debug_assertions) { 2 << 20 } else { 512 << 10 };

#[test]
fn runs_inside_runs_take_little_of_the_hosts_stack() {
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
    let run = thread.spawn(deepest).expect("a thread can be made");
    run.join().expect("the stack suffices");
}

fn deepest() {
    let mut world = World::new("tests/engine/nested.deed", LEVELS[2]);
    let nesting = Limits::V1.nesting as usize;
    let (hash, bytes) = (code_hash(&world.contracts[0]), world.contracts[0].bytes.clone());
    world.init(0, &[]);
    let entries = world.memory.entries[&address(0)].clone();
    for number in 1..=nesting + 1 {
        world.memory.deploy(address(number), hash, bytes.clone());
        world.memory.entries.insert(address(number), entries.clone());
    }
    // `down` of one calls the next; the last has no one to call.
    let nodes = |count: usize| -> Json { (1..=count).map(|at| address(at).to_string()).collect() };
    for engine in engines() {
        for (function, count, expected) in [
            ("down", nesting, Ok(json!(nesting.to_string()))),
            ("down", nesting + 1, Err(TrapKind::Depth)),
            ("tried", nesting - 1, Ok(json!((nesting - 1).to_string()))),
            ("tried", nesting, Ok(json!("1000"))),
        ] {
            let args = world.args(0, function, &[json!(0), nodes(count)]);
            let asked = Asked { contract: 0, function, args: &args, value: 0, gas: 1 << 40 };
            let outcome = call(&engine, &mut world.memory.clone(), &asked);
            match (expected, &outcome.status) {
                (Ok(expected), Status::Ok(_)) => {
                    assert_eq!(world.result(&asked, &outcome), expected);
                }
                (Err(kind), Status::Trap(trap)) => assert_eq!(trap.kind, kind),
                (expected, status) => panic!("{function} {count}: {expected:?}, but {status:?}"),
            }
        }
    }
}
