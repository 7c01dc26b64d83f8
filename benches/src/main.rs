//! Deed's engine beside native code and named peers, in one run.
//!
//! In: `--module FILE` (what `deed build` made of `kernels.deed`), `--rounds N`, `--json`, `--disasm
//! FUNCTION` (what machine code a kernel becomes). Out: a table of medians with their spread, as
//! multiples of native code, or the same as JSON. Every result is checked.

mod deed;
mod measure;
mod native;
#[cfg(feature = "peers")]
mod peers;

use std::cell::RefCell;
use std::hint::black_box;

use deed::Deed;
use deed_bytecode::Module;
use measure::{Entrant, Time, measure};
use serde_json::json;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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

struct Row {
    kernel: &'static str,
    times: Vec<(&'static str, Time)>,
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let after = |name: &str| args.iter().skip_while(|arg| *arg != name).nth(1);
    let Some(path) = after("--module") else { panic!("say which module: `--module FILE`") };
    let kernels = deed::kernels(path);
    if let Some(function) = after("--disasm") {
        println!("{}", deed::listing(module(function, &kernels), function));
        return;
    }
    let rounds = after("--rounds").and_then(|rounds| rounds.parse().ok()).unwrap_or(15);
    let wanted = |name: &str| after("--kernel").is_none_or(|only| only == name);
    let chosen = KERNELS.iter().filter(|it| wanted(it.0));
    let mut rows: Vec<Row> = chosen.map(|it| run(it, rounds, &kernels)).collect();
    if wanted("transfer") {
        rows.push(transfers(rounds, &kernels));
    }
    if args.iter().any(|arg| arg == "--json") { json(&rows) } else { table(&rows) }
}

fn module(kernel: &str, kernels: &Module) -> Module {
    match kernel {
        "sieve" => deed::sieve(),
        "matmul" => deed::matmul(),
        _ => kernels.clone(),
    }
}

fn run(&(kernel, args, expected): &Kernel, rounds: usize, kernels: &Module) -> Row {
    let module = module(kernel, kernels);
    let [mut jit, mut interp] = [true, false].map(|compiled| Deed::new(&module, compiled));
    let mut entrants = vec![
        Entrant { name: "native", run: Box::new(|| native(kernel, black_box(args))) },
        Entrant { name: "deed jit", run: Box::new(|| jit.view(kernel, args)) },
        Entrant { name: "deed interp", run: Box::new(|| interp.view(kernel, args)) },
    ];
    #[cfg(feature = "peers")]
    peers::join(&mut entrants, kernel, args);
    Row { kernel, times: measure(&mut entrants, expected, rounds) }
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
    Row { kernel: "transfer", times: measure(&mut entrants, 1, rounds) }
}

fn table(rows: &[Row]) {
    for Row { kernel, times } in rows {
        println!("{kernel}");
        let native = times[0].1.median;
        for (name, time) in times {
            let Time { median, low, high } = time;
            let rate = match *kernel {
                "transfer" => format!("{:.2} M calls/s", TRANSFERS as f64 / median / 1e6),
                "mix" => {
                    format!("{:.2} × native, {:.0} M operations/s", median / native, 11.0 / median)
                }
                _ => format!("{:.2} × native", median / native),
            };
            let [median, low, high] = [median, low, high].map(|time| time * 1e3);
            println!("  {name:12} {median:9.3} ms  ({low:.3} to {high:.3})  {rate}");
        }
    }
    for engine in ["deed jit", "wasmtime", "deed interp", "wasmi"] {
        let mean = mean(rows, engine);
        if mean.is_finite() {
            println!("geometric mean of the first four, {engine}: {mean:.2} × native");
        }
    }
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
