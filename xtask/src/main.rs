//! `cargo xtask`: sets up what a machine lacks, then demonstrates or tests.
//!
//! In: a task's name and its arguments. Out: the task's effect, told on standard error, and exit
//! code 0, 1 if the task failed, or 2 if there is no such task. It must not depend on the crates
//! it builds, so that it runs on a machine that cannot build them yet.

use std::env;
use std::process::ExitCode;

mod demo;
mod editors;
mod extension;
mod run;
mod setup;
mod tables;
mod zed;

const USAGE: &str = "\
usage: cargo xtask TASK

  setup         install what the build needs and this machine lacks
  demo          setup, build `deed`, and run a contract through every stage
  tables        write the tables of sizes, gas and instructions by level into the book
  test [ARGS]   setup, and run all tests (`cargo test --workspace ARGS`); without ARGS those of
                the extension before them
  bench lsp     how soon the language server answers on 10,000 and 100,000 lines, and what it holds
  bench [ARGS]  the engine beside native code and named peers: `--rounds N`, `--json`, and
                `--disasm FUNCTION`, the machine code of one of its kernels;
                `--gas`, what a gas of each class takes; `--natives`, those beside the crates that
                they wrap, and their prices; `--memory`, what calls take of memory
  extension     package the extension of Visual Studio Code, lsp/editors/vscode/deed.vsix;
                needs Node.js 20 with npm, installed if it can be
  editors [NAMES]
                try what the book says for emacs, neovim, helix and code (Visual Studio Code, served to
                Chromium) in the editors themselves, installed if they can be; and the grammar for
                tree-sitter, and what is for Zed, as far as that goes without it
  zed           put the extension of Zed together, with the grammar for tree-sitter, in target/editors/zed
  crash [KILLS] a process that commits blocks, killed so many times (200), and what is left
  mutants [all] [COUNT [SEED]]
                fully specified contracts, or all, with one mistake each, so many (300), and what the
                verifier says of them
  seeds         whether a verdict of `tests/verify` changes with the solver's seed
  sound         whether the verifier denies anything that happens in the scripts of `tests/run`
  times         what proofs take, by function, and of a contract with sixty functions
  fuzz [CASES]  programs by chance on both tiers, so many of each kind (10,000)
  fuzz front [CASES]
                noise, token soup and damaged sources through the front end, so many of each kind
  fuzz levels [CASES]
                programs by chance at every level of optimisation, so many of each kind
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["setup"] => setup::setup(),
        ["demo"] => setup::setup().and_then(|()| demo::demo()),
        ["bench", "--gas", arguments @ ..] => gas(arguments),
        ["bench", "--natives"] => gas(&["--natives"]),
        ["bench", "lsp"] => latencies(),
        ["bench", "--memory"] => setup::setup().and_then(|()| memory()),
        ["bench", arguments @ ..] => setup::setup().and_then(|()| bench(arguments)),
        ["crash"] => crash("200"),
        ["crash", kills] => crash(kills),
        ["fuzz"] => fuzz("10000"),
        ["fuzz", "front"] => fuzz_front("10000"),
        ["fuzz", "front", cases] => fuzz_front(cases),
        ["fuzz", "levels"] => fuzz_levels("10000"),
        ["fuzz", "levels", cases] => fuzz_levels(cases),
        ["fuzz", cases] => fuzz(cases),
        ["extension"] => extension::package(),
        ["editors", names @ ..] => editors::check(names),
        ["zed"] => zed::package(),
        ["mutants", "all", how @ ..] => mutants(true, how),
        ["mutants", how @ ..] => mutants(false, how),
        ["seeds"] => suite("the_verdicts_do_not_hang_on_the_seed", &[("DEED_SEEDS", "1")]),
        ["sound"] => suite("no_step_of_a_script_is_denied", &[("DEED_SOUND", "1")]),
        ["times"] => times(),
        ["tables"] => setup::setup().and_then(|()| tables::tables()),
        ["test"] => setup::setup().and_then(|()| {
            // Both run even if one fails.
            let extension = extension::test();
            test(&[]).and(extension)
        }),
        ["test", arguments @ ..] => setup::setup().and_then(|()| test(arguments)),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(if matches!(arguments[..], ["help" | "--help"]) {
                0
            } else {
                2
            });
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Builds the kernels with `deed`, then the peers, and measures.
fn bench(arguments: &[&str]) -> Result<(), String> {
    let deed = ["run", "--quiet", "--package", "deed", "--", "build"];
    for source in ["benches/src/kernels.deed", "benches/src/contracts.deed"] {
        let kernels = [source, "--output", "target/benches"];
        run::succeed(run::cargo().args(deed).args(kernels))?;
    }
    let bench = ["run", "--release", "--manifest-path", "benches/Cargo.toml", "--"];
    let module = ["--modules", "target/benches"];
    run::succeed(run::cargo().args(bench).args(module).args(arguments))
}

/// Kills a process that commits blocks, as often as wanted.
fn crash(kills: &str) -> Result<(), String> {
    let test = ["test", "--package", "deed-ledger", "--test", "crash"];
    run::succeed(run::cargo().args(test).env("DEED_CRASH_KILLS", kills))
}

/// Measures what a gas of each class takes on the interpreter, or what natives take.
fn gas(arguments: &[&str]) -> Result<(), String> {
    let bench = ["bench", "--quiet", "--package", "deed-runtime", "--bench", "gas", "--"];
    run::succeed(run::cargo().args(bench).args(arguments))
}

/// Measures what calls take of the machine's memory.
fn memory() -> Result<(), String> {
    let test = ["test", "--quiet", "--release", "--package", "deed-tests", "--test", "memory"];
    run::succeed(run::cargo().args(test).args(["--", "--nocapture"]))
}

/// Measures how soon the language server answers.
fn latencies() -> Result<(), String> {
    run::succeed(run::cargo().args(["build", "--release", "--quiet", "--package", "deed"]))?;
    let bench = ["bench", "--quiet", "--package", "deed-lsp", "--bench", "latencies"];
    let deed = run::root().join("target/release/deed");
    run::succeed(run::cargo().args(bench).env("DEED", deed))
}

/// Shows mistakes to the verifier, and tells which it noticed.
fn mutants(all: bool, how: &[&str]) -> Result<(), String> {
    let count = how.first().copied().unwrap_or("300");
    let seed = how.get(1).copied().unwrap_or("1");
    let mut set = vec![("DEED_MUTANTS", count), ("DEED_MUTANTS_SEED", seed)];
    set.extend(all.then_some(("DEED_MUTANTS_ALL", "1")));
    suite("mistakes_are_noticed", &set)
}

/// Measures what proofs take.
fn times() -> Result<(), String> {
    suite("sixty_functions", &[("DEED_PROOF_TIMES", "1")])
}

/// Runs one test of the suite that looks further where variables are set.
fn suite(test: &str, set: &[(&str, &str)]) -> Result<(), String> {
    let name = ["test", "--package", "deed-tests", "--test", "suite", test];
    let mut cargo = run::cargo();
    run::succeed(cargo.args(name).args(["--", "--nocapture"]).envs(set.iter().copied()))
}

/// Runs the tests that compare the tiers, with as many cases as wanted.
fn fuzz(cases: &str) -> Result<(), String> {
    let test = ["test", "--release", "--package", "deed-jit", "--test", "suite"];
    run::succeed(run::cargo().args(test).env("DEED_TIER_CASES", cases))
}

/// Runs the tests that damage sources, with as many cases as wanted.
fn fuzz_front(cases: &str) -> Result<(), String> {
    let test = ["test", "--release", "--package", "deed-compiler", "--test", "fuzz"];
    run::succeed(run::cargo().args(test).env("DEED_FRONT_CASES", cases))
}

/// Runs the tests that compare the levels of optimisation, with as many programs as wanted.
fn fuzz_levels(cases: &str) -> Result<(), String> {
    let test = ["test", "--release", "--package", "deed-tests", "--test", "suite", "generated"];
    let mut cargo = run::cargo();
    let test = cargo.args(test).args(["--", "--nocapture"]);
    run::succeed(test.env("PROPTEST_CASES", cases))
}

fn test(arguments: &[&str]) -> Result<(), String> {
    run::succeed(run::cargo().args(["test", "--workspace"]).args(arguments))
}
