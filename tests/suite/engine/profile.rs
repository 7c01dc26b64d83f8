//! Where gas goes, by lines: all of it is told, at every level of optimisation, whatever comes of a call.

use super::world::{Asked, SENDER, World, address, call, plain};
use crate::stages::LEVELS;
use deed_runtime::{Config, Engine, GasKind, LineGas, Status};
use serde_json::json;

const SOURCE: &str = "tests/engine/everything.deed";

#[test]
fn lines_add_up_to_the_receipt() {
    let (telling, silent) = (Engine::profiling(Config::default()), Engine::new(Config::default()));
    for level in LEVELS {
        let mut world = World::new(SOURCE, level);
        world.init(0, &[]);
        world.init(1, &[json!(address(0).to_string())]);
        world.mint(SENDER, 100);
        for (amount, value) in [(9, 20), (51, 20), (2000, 20), (9, 0), (9, 200)] {
            let args = world.args(1, "run", &[json!(amount)]);
            let asked = Asked { contract: 1, function: "run", args: &args, value, gas: 1 << 30 };
            let used = call(&silent, &mut world.memory.clone(), &asked).gas_used;
            for gas in (0..used).step_by(487).chain([used - 1, used, used + 1]) {
                let asked = Asked { gas, ..asked };
                let told = call(&telling, &mut world.memory.clone(), &asked);
                let quiet = call(&silent, &mut world.memory.clone(), &asked);
                assert_eq!(plain(&told), plain(&quiet));
                let profile = told.profile.as_ref().expect("this engine tells");
                assert_eq!(profile.total(), told.gas_used, "{level:?}, {amount}, gas {gas}");
                let lines: u64 = profile.lines().iter().map(|line| line.gas).sum();
                let kinds: u64 = profile.kinds().values().sum();
                let folded = profile.folded("all");
                let stacks =
                    folded.lines().filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok());
                assert_eq!([lines, kinds, stacks.sum::<u64>()], [told.gas_used; 3]);
            }
        }
    }
}

#[test]
fn each_kind_is_found_at_its_line() {
    let mut world = World::new(SOURCE, LEVELS[0]);
    world.init(0, &[]);
    world.init(1, &[json!(address(0).to_string())]);
    world.mint(SENDER, 100);
    let args = world.args(1, "run", &[json!(9)]);
    let asked = Asked { contract: 1, function: "run", args: &args, value: 20, gas: 1 << 30 };
    let outcome = call(&Engine::profiling(Config::default()), &mut world.memory, &asked);
    assert!(matches!(outcome.status, Status::Ok(_)));
    let profile = outcome.profile.expect("this engine tells");
    let text = crate::repo::read(SOURCE);
    let of = |part: &str| -> LineGas {
        let number =
            text.lines().position(|line| line.contains(part)).expect("it stands there") + 1;
        let mut lines = profile.lines().into_iter();
        let here = |line: &LineGas| line.at.as_ref().is_some_and(|at| at.line as usize == number);
        lines.find(here).unwrap_or_else(|| panic!("`{part}` used nothing"))
    };
    let kinds =
        |part: &str| -> Vec<GasKind> { of(part).kinds.into_iter().map(|(kind, _)| kind).collect() };
    use GasKind::{Calls, Code, Data, Memory, State};
    assert_eq!(kinds("self.last = sum"), [Code, State]);
    assert_eq!(kinds("emit Noted("), [Code, Memory, Data]);
    assert_eq!(kinds("let caught ="), [Code, Memory, State, Calls]);
    // What another contract uses is found at its own lines.
    assert_eq!(kinds("self.money -= amount"), [Code, State]);
    let folded = profile.folded("run(9)");
    let stack = "run(9);Everything.run;Vault.pay;tests/engine/everything.deed:";
    assert!(folded.contains(stack), "{folded}");
}
