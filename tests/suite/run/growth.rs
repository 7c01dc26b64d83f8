//! What the library does takes no more steps than it should: gas at `n`, `2n` and `4n`.
//!
//! In: `tests/growth/`, contracts whose functions take an `n`, each named after what of the library it
//! calls. Out: those whose gas grows faster than their names say, and public functions of the library that
//! none is named after though they take texts, bytes or collections. Gas follows the steps and is the same
//! on every machine, so no clock is asked.

use std::fmt::Write;

use super::chain::Chain;
use super::script::{Action, Call, Step};
use crate::golden::library::manual;
use crate::repo;
use crate::stages::{Front, Source};
use deed_compiler::doc::{Entry, ModuleDoc};
use deed_compiler::opt::OptLevel;

/// How many times as much `n` more may cost once `n` is twice as large: 2 for `n`, 2.25 for `n * log n`, a
/// level of a tree on top now and then; 4 for `n * n`.
const LINEAR: f64 = 3.0;
const SQUARE: f64 = 4.4;

#[test]
fn the_library_grows_as_it_says() {
    let (mut table, mut complaints) = (String::new(), 0);
    for file in repo::files("tests/growth", "deed") {
        let front = Front::of(&[Source::file(&file)]);
        let built = front.build_all(OptLevel::Full).unwrap_or_else(|why| panic!("{why}"));
        let mut chain = Chain::new(&built);
        for function in built[0].abi.functions.iter().filter(|function| function.name != "init") {
            let gas = [64, 128, 256].map(|n| used(&mut chain, &function.name, n) as f64);
            let growth = (gas[2] - gas[1]) / (gas[1] - gas[0]).max(1.0);
            let most = if function.name.ends_with("_squared") { SQUARE } else { LINEAR };
            // What hardly grows shows the sizes of blocks alone.
            let too_fast = growth > most && gas[2] > 2.0 * gas[0];
            let mark = if too_fast { "  too fast" } else { "" };
            complaints += usize::from(too_fast);
            let row = format!(
                "{:26}{:>10}{:>10}{:>10}{growth:>7.2}{mark}",
                function.name, gas[0], gas[1], gas[2]
            );
            writeln!(table, "{row}").expect("a string takes all");
        }
    }
    assert_eq!(complaints, 0, "\n{table}");
}

fn used(chain: &mut Chain<'_>, function: &str, n: u64) -> u64 {
    let args = vec![n.to_string()];
    let call = Call { args, gas: Some(500_000_000), ..Call::to(function) };
    let ended = chain.step(&Step { line: 0, action: Action::Call(call), events: Vec::new() });
    let ended = ended.unwrap_or_else(|why| panic!("{function}: {why}")).expect("a call");
    assert!(ended.status.starts_with("ok"), "{function}({n}): {}", ended.status);
    ended.gas
}

/// What takes bytes of a length that its scheme fixes, or does no more than a native.
const FIXED: [&str; 9] = [
    "std.crypto.bls",
    "std.crypto.der",
    "std.crypto.ecdsa",
    "std.crypto.ed25519",
    "std.crypto.hashes",
    "std.crypto.macs",
    "std.crypto.sm2",
    "std.crypto.sm4",
    "std.approvals",
];

#[test]
fn all_that_takes_collections_is_measured_and_told() {
    let files = repo::files("tests/growth", "deed");
    let text: String = files.iter().map(|file| repo::read(file)).collect();
    let stands = |name: &str, ends: &str| text.contains(&format!(" fn {name}{ends}"));
    let modules = manual().modules;
    let mut complaints = Vec::new();
    for module in modules.iter().filter(|it| !FIXED.contains(&&*it.path)) {
        for (name, function) in growing(module) {
            let cheap = stands(&name, "_each(") || stands(&name, "_made(");
            let dear = stands(&name, "(") || stands(&name, "_squared(");
            let told = [&module.text, &function.text]
                .iter()
                .any(|it| it.contains("step") || it.contains("hash"));
            if !cheap && !dear {
                complaints.push(format!("no function in `tests/growth` is named `{name}`"));
            }
            if dear && !told {
                complaints.push(format!("{}: `{name}` does not say what it takes", module.path));
            }
        }
    }
    repo::report(&complaints);
}

/// The functions of a module whose work may grow, and how they are to be named: `vec_map`, `to_hex`.
fn growing(module: &ModuleDoc) -> Vec<(String, &Entry)> {
    let mut all = Vec::new();
    for entry in module.entries.iter().filter(|entry| entry.kind != "interface") {
        let owner = entry.name.split(['<', ' ']).next().unwrap_or_default().to_lowercase();
        let prefix = if entry.members.is_empty() { String::new() } else { format!("{owner}_") };
        let functions =
            [entry].into_iter().chain(&entry.members).filter(|it| it.kind.ends_with("fn"));
        let of_many = functions.filter(|it| is_many(&entry.name) || is_many(&it.code));
        let growing = of_many.filter(|it| !it.text.contains("Costs what the native"));
        all.extend(growing.map(|it| (format!("{prefix}{}", it.name), it)));
    }
    all
}

/// Whether a type or a signature names what may be of any size.
fn is_many(text: &str) -> bool {
    let mut words = text.split(|it: char| !it.is_alphanumeric());
    let many = ["Vec", "Map", "Set", "string", "bytes", "Json", "Rlp", "AbiValue", "Workdays"];
    words.any(|word| many.contains(&word))
}
