//! Deed's engine beside native code and named peers, in one run.
//!
//! In: `--modules FOLDER` (what `deed build` made of `kernels.deed` and `contracts.deed`), `--rounds N`,
//! `--kernel NAME`, `--json`, `--disasm FUNCTION` (what machine code a kernel becomes). Out: a table of medians with their spread, as
//! multiples of native code, or the same as JSON. Every result is checked.

mod contracts;
mod deed;
mod measure;
mod native;
#[cfg(feature = "peers")]
mod peers;
mod start;

use std::cell::RefCell;
use std::hint::black_box;

use deed::Deed;
use deed_bytecode::Module;
use measure::{Entrant, Time, measure};
use serde_json::json;

#[global_allocator]
static ALLOCATOR: deed_allocator::Allocator = deed_allocator::Allocator;

const MIX: [u64; 5] = [1_000_000, 0xffff_ffff, 1_664_525, 1_013_904_223, 1 << 40];
const TRANSFERS: u64 = 10_000;

/// A kernel: its name, its arguments and its result.
type Kernel = (&'static str, &'static [u64], u64);

const KERNELS: [Kernel; 4] = [
    ("mix", &MIX, 812_045_097_067),
    ("fib", &[32], 2_178_309),
    ("sieve", &[1_000_000], 78_498),
    ("matmul", &[128], 4_283_284_625_757_632),
];

/// What the times of a row are to be seen beside.
enum Of {
    /// The first one, where that is native code.
    Native,
    /// So many operations in each.
    Operations(f64, &'static str),
    /// So many kilobytes.
    Kilobytes(f64),
    /// Nothing.
    Once,
}

struct Row {
    kernel: &'static str,
    of: Of,
    times: Vec<(&'static str, Time)>,
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let after = |name: &str| args.iter().skip_while(|arg| *arg != name).nth(1);
    let Some(folder) = after("--modules") else { panic!("say where: `--modules FOLDER`") };
    let read = |name: &str| deed::read(&format!("{folder}/{name}.deedc"));
    let kernels = read("Kernels");
    if let Some(function) = after("--disasm") {
        println!("{}", deed::listing(kernels, function));
        return;
    }
    let rounds = after("--rounds").and_then(|rounds| rounds.parse().ok()).unwrap_or(15);
    let wanted = |name: &str| after("--kernel").is_none_or(|only| only == name);
    let chosen = KERNELS.iter().filter(|it| wanted(it.0));
    let mut rows: Vec<Row> = chosen.map(|it| run(it, rounds, &kernels)).collect();
    if wanted("transfer") {
        rows.push(transfers(rounds, &kernels));
    }
    let modules = [read("Daily"), read("Sum")];
    let daily = contracts::daily(&modules[0], &modules[1]);
    for kernel in contracts::all().iter().filter(|it| wanted(it.name)) {
        let mut entrants = kernel.entrants(&daily);
        let expected = (entrants[0].run)();
        rows.push(Row {
            kernel: kernel.name,
            of: Of::Native,
            times: measure(&mut entrants, expected, rounds),
        });
    }
    if wanted("start") {
        rows.extend(start::rows(&modules[0], rounds));
    }
    if args.iter().any(|arg| arg == "--json") { json(&rows) } else { table(&rows) }
}

fn run(&(kernel, args, expected): &Kernel, rounds: usize, kernels: &Module) -> Row {
    let [mut jit, mut interp] = [true, false].map(|compiled| Deed::new(kernels, compiled));
    let mut entrants = vec![
        Entrant { name: "native", run: Box::new(|| native(kernel, black_box(args))) },
        Entrant { name: "deed jit", run: Box::new(|| jit.view(kernel, args)) },
        Entrant { name: "deed interp", run: Box::new(|| interp.view(kernel, args)) },
    ];
    #[cfg(feature = "peers")]
    peers::join(&mut entrants, kernel, args);
    let of = if kernel == "mix" { Of::Operations(11e6, "operations") } else { Of::Native };
    Row { kernel, of, times: measure(&mut entrants, expected, rounds) }
}

fn native(kernel: &str, args: &[u64]) -> u64 {
    match kernel {
        "mix" => native::mix(args[0], args[1], args[2], args[3], args[4]),
        "fib" => native::fib(args[0]),
        "sieve" => native::sieve(args[0]),
        _ => native::matmul(args[0]),
    }
}

fn transfers(rounds: usize, kernels: &Module) -> Row {
    let engines = [true, false].map(|compiled| {
        let mut deed = Deed::new(kernels, compiled);
        deed.fund();
        RefCell::new(deed)
    });
    let mut entrants: Vec<Entrant<'_>> = Vec::new();
    for (name, at) in [("deed jit", 0), ("deed interp", 1)] {
        let engine = &engines[at];
        entrants.push(Entrant { name, run: Box::new(|| engine.borrow_mut().transfer(TRANSFERS)) });
    }
    let of = Of::Operations(TRANSFERS as f64, "calls");
    Row { kernel: "transfer", of, times: measure(&mut entrants, 1, rounds) }
}

fn table(rows: &[Row]) {
    for Row { kernel, of, times } in rows {
        println!("{kernel}");
        let native = times.iter().find(|(name, _)| *name == "native").map(|it| it.1.median);
        for (name, time) in times {
            let Time { median, low, high } = time;
            let ratio = native.map(|native| format!("{:.2} × native", median / native));
            let rate = match of {
                Of::Native | Of::Once => None,
                Of::Operations(count, what) => {
                    Some(format!("{:.2} M {what}/s", count / median / 1e6))
                }
                Of::Kilobytes(count) => Some(format!("{:.1} µs a KB", median * 1e6 / count)),
            };
            let shown: Vec<String> = ratio.into_iter().chain(rate).collect();
            let [median, low, high] = [median, low, high].map(|time| time * 1e3);
            println!("  {name:12} {median:9.3} ms  ({low:.3} to {high:.3})  {}", shown.join(", "));
        }
    }
    for engine in ["deed jit", "wasmtime", "deed interp", "wasmi"] {
        let mean = mean(rows, engine);
        if mean.is_finite() {
            println!("geometric mean of the first four, {engine}: {mean:.2} × native");
        }
    }
    println!("\n{}", pasted(rows));
}

/// The rows as the table of `docs/performance.md`.
fn pasted(rows: &[Row]) -> String {
    let engines = ["native", "deed jit", "deed interp", "wasmtime", "wasmi", "revm"];
    let mut lines = vec![
        "| kernel | native | machine code | interpreter | wasmtime | wasmi | revm |".to_owned(),
        "|---|---|---|---|---|---|---|".to_owned(),
    ];
    for Row { kernel, of, times } in rows {
        let at =
            |engine: &str| times.iter().find(|(name, _)| *name == engine).map(|it| it.1.median);
        let cells = engines.map(|engine| match (at(engine), at("native"), of) {
            (None, ..) => String::new(),
            (Some(time), Some(_), _) if engine == "native" => format!("{:.3} ms", time * 1e3),
            (Some(time), Some(native), _) => format!("{:.2} ×", time / native),
            (Some(time), None, Of::Native) => format!("{:.2} ms", time * 1e3),
            (Some(time), None, Of::Operations(count, what)) => {
                format!("{:.2} M {what}/s", count / time / 1e6)
            }
            (Some(time), None, Of::Kilobytes(count)) => {
                format!("{:.1} µs a KB", time * 1e6 / count)
            }
            (Some(time), None, Of::Once) => format!("{:.0} µs", time * 1e6),
        });
        lines.push(format!("| `{kernel}` | {} |", cells.join(" | ")));
    }
    lines.join("\n")
}

fn mean(rows: &[Row], engine: &str) -> f64 {
    let of = |row: &Row| row.times.iter().find(|(name, _)| *name == engine).map(|it| it.1.median);
    let ratios = rows.iter().take(4).map(|row| of(row).unwrap_or(f64::NAN) / row.times[0].1.median);
    ratios.product::<f64>().powf(0.25)
}

fn json(rows: &[Row]) {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            let times = row.times.iter().map(|(name, time)| {
                json!({"engine": name, "median_s": time.median, "low_s": time.low, "high_s": time.high})
            });
            json!({"kernel": row.kernel, "times": times.collect::<Vec<_>>()})
        })
        .collect();
    println!("{}", json!(rows));
}
