//! The tables of the book about levels of optimisation: sizes of modules, gas and instructions of calls.
//!
//! In: the examples and kernels, built and run by `deed` at each level. Out: the pages with what stands
//! between `<!-- tables: NAME -->` and `<!-- end -->` written anew.
//! Holds always: nothing but what `deed` says of itself goes into a table.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::run;

const PAGE: &str = "docs/optimisation.md";
const LEVELS: [&str; 4] = ["0", "1", "2", "3"];

/// Packages and sources whose contracts are built.
const BUILT: [&str; 4] =
    ["examples/token", "examples/shared", "examples/receivable", "benches/src/levels.deed"];

/// What is run: a source, the arguments of its deployment, and calls.
const RUNS: [(&str, &str, &[&str]); 2] = [
    (
        "examples/token",
        "(@bank, 1000)",
        &[
            "mint(@bank, 50) from bank",
            "transfer(@alice, 100) from bank",
            "approve(@bob, 30) from alice",
            "transfer_from(@alice, @carol, 20) from bob",
            "balance_of(@alice)",
        ],
    ),
    (
        "benches/src/levels.deed",
        "()",
        &["sieve(1000)", "product(12)", "shapes(200)", "walk(300)", "earn(40)", "fib(12)"],
    ),
];

/// What is run as a whole: a name, and the arguments behind `deed run`.
const SCENARIO: (&str, [&str; 5]) = (
    "all of `examples/receivable/scenario.script`",
    [
        "examples/receivable",
        "--contract",
        "Receivables",
        "--script",
        "examples/receivable/scenario.script",
    ],
);

/// Builds `deed`, and writes the tables.
///
/// # Errors
/// A build or a run fails, or the page has no place for a table.
pub(crate) fn tables() -> Result<(), String> {
    run::succeed(run::cargo().args(["build", "--quiet", "--package", "deed"]))?;
    let page = run::root().join(PAGE);
    let text = fs::read_to_string(&page).map_err(|error| format!("{PAGE}: {error}"))?;
    let text = replace(&text, "sizes", &sizes()?)?;
    let text = replace(&text, "calls", &calls()?)?;
    fs::write(&page, text).map_err(|error| format!("{PAGE}: {error}"))
}

/// Puts a table between its marks.
fn replace(text: &str, name: &str, table: &str) -> Result<String, String> {
    let (start, end) = (format!("<!-- tables: {name} -->\n"), "<!-- end -->");
    let missing = || format!("{PAGE} has no place for the table `{name}`");
    let (before, rest) = text.split_once(&start).ok_or_else(missing)?;
    let (_, after) = rest.split_once(end).ok_or_else(missing)?;
    Ok(format!("{before}{start}{table}{end}{after}"))
}

/// The `deed` that was built beside this program.
fn deed(arguments: &[&str]) -> Result<String, String> {
    let own = std::env::current_exe().map_err(|error| format!("where is this program? {error}"))?;
    let mut command = Command::new(own.with_file_name("deed"));
    command.current_dir(run::root()).args(arguments);
    let output = command.output().map_err(|error| format!("could not run deed: {error}"))?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(format!("deed {}: {why}", arguments.join(" ")));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Bytes of each module without debug symbols, a row a contract.
fn sizes() -> Result<String, String> {
    let mut table = String::from("| contract | `-O 0` | `-O 1` | `-O 2` | `-O 3` |\n");
    table += "|---|---|---|---|---|\n";
    for path in BUILT {
        let mut rows: Vec<(String, Vec<u64>)> = Vec::new();
        for level in LEVELS {
            for (at, (name, bytes)) in modules(path, level)?.into_iter().enumerate() {
                if rows.len() <= at {
                    rows.push((name, Vec::new()));
                }
                rows[at].1.push(bytes);
            }
        }
        for (name, bytes) in rows {
            let bytes: Vec<String> = bytes.iter().map(u64::to_string).collect();
            table += &format!("| `{name}` | {} |\n", bytes.join(" | "));
        }
    }
    Ok(table)
}

/// The names and sizes of the modules that are built from a path, in the order of their names.
fn modules(path: &str, level: &str) -> Result<Vec<(String, u64)>, String> {
    let folder = PathBuf::from("target/tables").join(path).join(level);
    let output = folder.to_string_lossy().into_owned();
    deed(&["build", path, "-O", level, "--strip", "-o", &output])?;
    let fail = |error: std::io::Error| format!("{output}: {error}");
    let mut modules = Vec::new();
    for entry in fs::read_dir(run::root().join(&folder)).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if let Some(name) = name.strip_suffix(".deedc") {
            modules.push((name.to_owned(), entry.metadata().map_err(fail)?.len()));
        }
    }
    modules.sort();
    Ok(modules)
}

/// Gas and instructions of each call, a row a call, and last those of a scenario together.
fn calls() -> Result<String, String> {
    let mut table = String::from(
        "| call | gas at `-O 0`, `1`, `2`, `3` | instructions at `-O 0`, `1`, `2`, `3` |\n",
    );
    table += "|---|---|---|\n";
    for (path, init, calls) in RUNS {
        let mut arguments = vec![path, "--init", init];
        calls.iter().for_each(|call| arguments.extend(["--call", call]));
        let levels = at_levels(&arguments)?;
        let deployment = format!("init{init}");
        for (at, call) in [deployment.as_str()].iter().chain(calls).enumerate() {
            table += &row(&format!("`{call}`"), levels.iter().filter_map(|level| level.get(at)));
        }
    }
    let (name, arguments) = SCENARIO;
    let together = |all: &Vec<Cost>| {
        all.iter().fold(Cost::default(), |sum, one| Cost {
            gas: sum.gas + one.gas,
            instructions: sum.instructions + one.instructions,
        })
    };
    let sums: Vec<Cost> = at_levels(&arguments)?.iter().map(together).collect();
    Ok(table + &row(name, sums.iter()))
}

/// What a transaction took.
#[derive(Default)]
struct Cost {
    gas: u64,
    instructions: u64,
}

fn row<'a>(name: &str, levels: impl Iterator<Item = &'a Cost> + Clone) -> String {
    let of = |part: fn(&Cost) -> u64| {
        levels.clone().map(|cost| part(cost).to_string()).collect::<Vec<_>>().join(", ")
    };
    format!("| {name} | {} | {} |\n", of(|cost| cost.gas), of(|cost| cost.instructions))
}

/// What each transaction of `deed run` with these arguments takes, at each level.
fn at_levels(arguments: &[&str]) -> Result<Vec<Vec<Cost>>, String> {
    let stacks = "--gas-profile=target/tables/stacks.txt";
    let number = |line: &str, name: &str| -> Option<u64> {
        let (_, rest) = line.split_once(&format!("\"{name}\":\""))?;
        rest.split_once('"')?.0.parse().ok()
    };
    let cost = |line: &str| {
        let (gas, instructions) = (number(line, "gas_used")?, number(line, "instructions")?);
        Some(Cost { gas, instructions })
    };
    let level = |level: &&str| {
        let all = [&["run"], arguments, &["-O", level, "--json", stacks]].concat();
        let lines = deed(&all)?;
        let costs = lines.lines().map(cost).collect::<Option<Vec<Cost>>>();
        costs.ok_or_else(|| format!("{}: a report lacks a number", all.join(" ")))
    };
    LEVELS.iter().map(level).collect()
}
