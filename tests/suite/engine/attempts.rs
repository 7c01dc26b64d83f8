//! Attempts that fail leave nothing in memory, however often, on every tier.

use super::world::{Asked, World, call, engines, plain};
use crate::stages::LEVELS;
use serde_json::json;

#[test]
fn what_failed_attempts_held_is_let_go() {
    for level in LEVELS {
        let mut world = World::new("tests/engine/attempts.deed", level);
        let setup = Asked { contract: 0, function: "setup", args: &[], value: 0, gas: 1 << 40 };
        let [interpreter, compiled] = engines();
        let outcome = call(&interpreter, &mut world.memory, &setup);
        world.memory.apply(&outcome);
        let mut peaks = Vec::new();
        for rounds in [2u64, 200] {
            let args = world.args(0, "garbage", &[json!(rounds), json!(5000)]);
            let asked = Asked { function: "garbage", args: &args, ..setup };
            let [first, second] = [&interpreter, &compiled]
                .map(|engine| call(engine, &mut world.memory.clone(), &asked));
            assert_eq!(plain(&first), plain(&second), "{level:?}");
            let expected = json!([rounds.to_string(), "10007"]);
            assert_eq!(world.result(&asked, &first), expected, "{level:?}");
            peaks.push(first.peak_bytes);
        }
        assert_eq!(peaks[0], peaks[1], "{level:?}: a hundred times as many attempts take no more");
        let after = Asked { function: "after", ..setup };
        let outcome = call(&compiled, &mut world.memory, &after);
        let expected = json!("a note that was there before, nothing, nothing");
        assert_eq!(world.result(&after, &outcome), expected);
    }
}
