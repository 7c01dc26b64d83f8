//! Generated programs end as the second evaluator says, at every level of optimisation.
//!
//! In: tapes of random bytes. Out: programs that end otherwise, shrunk to small ones.

use super::program::{Ended, Machine, Program, Ty, generate, print};
use crate::run::chain::{self, Chain};
use crate::run::script::{Action, Call, Step};
use crate::stages::{Front, LEVELS, Source};
use proptest::prelude::*;

/// Calls of each program, one after the other on the same state.
const CALLS: usize = 3;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: cases(),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn generated_programs_mean_one_thing(
        tape in prop::collection::vec(any::<u8>(), 0..300),
        args in prop::collection::vec(any::<u8>(), CALLS * 3),
    ) {
        let program = generate(&tape);
        let text = print(&program);
        let calls: Vec<Vec<i128>> = args.chunks(3).map(|bytes| arguments(&program, bytes)).collect();
        if let Err(why) = compare(&program, &text, &calls) {
            prop_assert!(false, "{why}\n\n{text}");
        }
    }
}

/// As many programs as `PROPTEST_CASES` asks for, else what a run can afford.
fn cases() -> u32 {
    let asked = std::env::var("PROPTEST_CASES").ok();
    asked.and_then(|cases| cases.parse().ok()).unwrap_or(192)
}

/// Arguments at and near the edges of the parameters' types.
fn arguments(program: &Program, bytes: &[u8]) -> Vec<i128> {
    let value = |(ty, byte): (&Ty, &u8)| {
        let ((least, greatest), near) = (ty.range(), i128::from(byte / 4));
        let value = if byte % 2 == 0 { least + near } else { greatest - near };
        let small = if byte % 4 == 2 { near } else { value };
        small.clamp(least, greatest)
    };
    program.entry.params.iter().zip(bytes).map(value).collect()
}

fn compare(program: &Program, text: &str, calls: &[Vec<i128>]) -> Result<(), String> {
    let front = Front::of(&[Source { name: "generated.deed".into(), bytes: text.into() }]);
    let built: Vec<_> = LEVELS.iter().map(|level| front.build(*level)).collect::<Result<_, _>>()?;
    let mut chains: Vec<_> =
        built.iter().map(|built| Chain::new(std::slice::from_ref(built))).collect();
    let mut machine = Machine::new(program);
    for args in calls {
        let (ended, events) = machine.run(args);
        let wanted = match ended {
            Ended::Ok(value) => format!("ok {}", show(program.entry.result, value)),
            Ended::Trap(kind) => format!("trap {kind}"),
            // The states have parted: what follows cannot be compared.
            Ended::TooLong => return Ok(()),
        };
        let events: Vec<String> =
            events.iter().map(|value| format!("Seen(value: {value})")).collect();
        let step = step(program, args);
        let mut before: Option<chain::Ended> = None;
        for (chain, level) in chains.iter_mut().zip(LEVELS) {
            let came = chain.step(&step)?.ok_or("no call was made")?;
            let status = came.status.split(" at ").next().unwrap_or_default();
            if status != wanted || came.events != events {
                let (status, seen) = (&came.status, &came.events);
                return Err(format!(
                    "{level:?} {args:?}: {wanted} {events:?}, but {status} {seen:?}"
                ));
            }
            if let Some(before) = before.filter(|before| !came.improves(before)) {
                return Err(format!("{level:?} {args:?}: {came:?}\n  but below: {before:?}"));
            }
            before = Some(came);
        }
    }
    Ok(())
}

fn step(program: &Program, args: &[i128]) -> Step {
    let args = program.entry.params.iter().zip(args).map(|(ty, value)| show(*ty, *value)).collect();
    Step { line: 0, action: Action::Call(Call { args, ..Call::to("run") }), events: Vec::new() }
}

fn show(ty: Ty, value: i128) -> String {
    if ty == Ty::Bool { (value != 0).to_string() } else { value.to_string() }
}
