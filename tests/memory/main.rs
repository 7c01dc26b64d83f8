//! What calls take of the machine's memory, measured from outside.
//!
//! In: contracts of `cases.deed`, and calls of them whose input and state are a megabyte at least.
//! Out: a table (`cargo test --release -p deed-tests --test memory -- --nocapture`); a call that takes
//! more than its bound fails the test.
//!
//! Three numbers are taken of each: what the engine asks Rust's allocator for at its peak, what the
//! process has resident at its peak beyond what it had before (pages of heap values and stacks with
//! it), and what the outcome says. The input belongs to the caller and is not counted. The ratio is of
//! the larger of the last two to input, state, and what the program makes and keeps beside them.

#![expect(clippy::print_stdout, reason = "the table is what it is for")]

mod counting;
mod world;

use serde_json::{Value as Json, json};
use world::{Measured, World};

#[global_allocator]
static ALLOCATOR: counting::Counting = counting::Counting;

struct Case {
    name: &'static str,
    function: &'static str,
    args: Vec<Json>,
    /// A call before it, whose memory is not looked at.
    before: Option<(&'static str, Vec<Json>)>,
    /// Bytes that the program makes and keeps beside its input and the state, in their canonical encoding:
    /// what no engine could do without.
    made: u64,
}

fn numbers(count: u64) -> Json {
    (0..count).map(|n| (n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 8).to_string()).collect()
}

fn case(name: &'static str, function: &'static str, args: Vec<Json>) -> Case {
    Case { name, function, args, before: None, made: 0 }
}

/// The most that a call may take, in hundredths of its input, the state and what it makes: twice as much,
/// and a twentieth for the pages that every call takes.
const MOST: u64 = 205;

/// The encoding of so many numbers, as text.
fn data(count: u64) -> Json {
    let mut bytes = (count as u32).to_le_bytes().to_vec();
    bytes.extend((0..count).flat_map(u64::to_le_bytes));
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    json!(format!("0x{digits}"))
}

/// A million, or where nothing is optimised as many as take no longer, unless `DEED_MEMORY_MANY` says
/// how many.
fn many() -> u64 {
    let usual = if cfg!(debug_assertions) { 150_000 } else { 1_000_000 };
    std::env::var("DEED_MEMORY_MANY").ok().and_then(|many| many.parse().ok()).unwrap_or(usual)
}

fn cases() -> Vec<Case> {
    let text = |bytes: usize| json!("abcdefgh".repeat(bytes / 8));
    let texts: Json = (0..100_000).map(|n| format!("{n:096}")).collect();
    vec![
        case("sort 8 MB of u64", "sort", vec![numbers(1_000_000)]),
        Case {
            made: 500_000 * 8,
            ..case("4 MB in rows, three times", "rows", vec![numbers(500_000), json!(3)])
        },
        Case {
            made: many() / 4 * 8,
            ..case("maps in a map, three times", "maps", vec![numbers(many() / 4), json!(3)])
        },
        case("a text of 10 MB by pieces", "build", vec![text(1000), json!(10_000)]),
        case("10 MB decoded and encoded", "recode", vec![data(1_250_000)]),
        Case {
            before: Some(("build", vec![text(1000), json!(10_000)])),
            ..case("10 MB read, changed, written", "append", vec![text(8)])
        },
        Case {
            before: Some(("fill_texts", vec![texts])),
            ..case("10 MB in 100,000 texts, the same", "add", vec![text(8)])
        },
        case("a million options in and out", "wide", vec![numbers(many())]),
        Case {
            before: Some(("fill_tree", vec![numbers(many())])),
            ..case("a tree of a million leaves", "wider", vec![json!("7")])
        },
        Case {
            before: Some(("fill_entries", vec![numbers(many() / 2)])),
            ..case("half a million entries in a list", "enter", vec![json!("7")])
        },
        Case {
            before: Some(("fill_list", vec![numbers(many())])),
            ..case("a list of a million numbers", "longer", vec![json!("7")])
        },
        Case {
            made: 2 * 9 * many(),
            ..case("two such lists, made, compared, hashed", "deep", vec![numbers(many())])
        },
        case("10 GB of garbage, 1 MB live", "garbage", vec![numbers(131_200), json!(many() / 100)]),
    ]
}

#[test]
fn calls_take_little_more_than_their_input_and_state() {
    let mut beyond = Vec::new();
    println!(
        "{:<40} {:>12} {:>10} {:>12} {:>12} {:>12} {:>7} {:>9}",
        "call", "input+state", "made", "allocated", "resident", "peak_bytes", "ratio", "ms"
    );
    for case in cases() {
        let mut world = World::new();
        if let Some((function, args)) = &case.before {
            world.call(function, args);
        }
        let Measured { given, allocated, resident, told, time } =
            world.measured(case.function, &case.args);
        let (name, made) = (case.name, case.made);
        let ratio = resident.max(told) * 100 / (given + made);
        println!(
            "{name:<40} {given:>12} {made:>10} {allocated:>12} {resident:>12} {told:>12} {:>4}.{:02} {:>9}",
            ratio / 100,
            ratio % 100,
            time.as_millis()
        );
        assert!(given >= 1 << 20, "`{name}` is about {given} bytes only");
        if ratio > MOST {
            beyond.push(name);
        }
    }
    assert!(beyond.is_empty(), "these take more than they may: {beyond:?}");
}
