//! The interpreter's instructions follow each other by jumps (`deed_threaded`), which is the compiler's
//! doing: where one is a call, as with debug assertions, the run must notice what that leaves on the
//! host's stack.

use super::world::{Asked, World, call};
use crate::stages::LEVELS;
use deed_runtime::{Config, Engine};
use serde_json::{Value as Json, json};

/// Less than what a word a turn would take.
const STACK_BYTES: usize = 384 << 10;
const TURNS: u64 = 50_000;

#[test]
fn a_long_run_takes_no_more_stack_than_a_short_one() {
    let results = LEVELS.map(|level| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
        let mut world = World::new("tests/engine/loops.deed", level);
        world.init(0, &[]);
        let run = thread.spawn(move || spin(&mut world)).expect("a thread can be made");
        run.join().expect("the stack suffices")
    });
    assert!(results.iter().all(|result| *result == results[0]), "{results:?}");
}

fn spin(world: &mut World) -> Json {
    let args = world.args(0, "spin", &[json!(TURNS)]);
    let asked = Asked { contract: 0, function: "spin", args: &args, value: 0, gas: 1 << 50 };
    let outcome = call(&Engine::new(Config::default()), &mut world.memory, &asked);
    world.result(&asked, &outcome)
}
