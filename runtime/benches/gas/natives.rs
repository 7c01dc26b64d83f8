//! Natives, called by a contract on the interpreter, beside the crates that they wrap.
//!
//! In: nothing. Out: for each native the time of its crate and of a call from a contract, with much to
//! read where there is something to read, and how much longer that is; then what the crate's time is worth
//! in gas, at least and for 32 bytes, beside the prices of the table. What gas is worth says SHA-256: its
//! crate's time for 32 bytes is its price. In each round both sides and SHA-256 take turns, so that what
//! else the machine does falls on all; times are those that the thread had a processor for, and ratios are
//! medians of those of the rounds.

use std::hint::black_box;

use deed_bytecode::{Const, FunctionKind, Inst, Module, Native, NativeTy, Op, Type};

use crate::run::{Loop, Ready, looped, processor_time, simple_operations};
use crate::{arguments, crates};

const SHORT: &[u8; 32] = b"transfer 40 yuan to bob, at once";
const LONG: &[u8] = &[7; 1 << 14];
const ROUNDS: usize = 31;
/// How long a side is to take in a round, in nanoseconds.
const ROUND: f64 = 2e6;

/// What a call takes.
struct Times {
    /// The crate, in nanoseconds.
    alone: f64,
    /// A contract, as a multiple of the crate.
    called: f64,
    /// The crate, as a multiple of SHA-256 of 32 bytes.
    relative: f64,
    /// Pieces of 32 bytes of all arguments, or a part of them.
    chunks: f64,
    size: usize,
}

pub(crate) fn print() {
    println!("a simple operation of the interpreter: {:.2} ns", 1e9 / simple_operations());
    println!(
        "{:20} {:>7} {:>12} {:>7} {:>10} {:>10} {:>9} {:>9}",
        "native", "bytes", "crate, ns", "called", "worth", "price", "of 32 B", "price"
    );
    for native in Native::ALL.iter().copied() {
        let cost = native.info().cost;
        let short = measure(native, SHORT);
        let long = if cost.chunk > 0 { measure(native, LONG) } else { measure(native, SHORT) };
        let gas = Native::Sha256.info().cost.chunk as f64;
        let chunk = match cost.chunk {
            0 => 0.0,
            _ => (long.relative - short.relative) / (long.chunks - short.chunks) * gas,
        };
        let base = short.relative * gas - chunk * short.chunks;
        println!(
            "{:20} {:>7} {:>12.0} {:>7.2} {base:>10.0} {:>10} {chunk:>9.1} {:>9}",
            native.info().name,
            long.size,
            long.alone,
            long.called,
            cost.base,
            cost.chunk
        );
    }
}

fn measure(native: Native, data: &[u8]) -> Times {
    let held = arguments::of(native, data);
    let arguments: Vec<&[u8]> = held.iter().map(Vec::as_slice).collect();
    let turns = (ROUND / alone(native, &arguments, 3)).clamp(1.0, 1e5) as u64;
    let (name, module) = (native.info().name, contract(native, &held));
    let mut ready = Ready::of(&Loop { class: "", name, turns, copies: 1, module, others: vec![] });
    let [mut times, mut called, mut relative] = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS {
        let before = reference();
        let time = alone(native, &arguments, turns);
        let contract = (ready.run(turns).0 - ready.run(0).0) / turns as f64;
        times.push(time);
        called.push(contract / time);
        relative.push(time / before.midpoint(reference()));
    }
    let [alone, called, relative] = [times, called, relative].map(median);
    let size = arguments.iter().map(|argument| argument.len()).sum::<usize>();
    Times { alone, called, relative, chunks: size.div_ceil(32) as f64, size }
}

/// Nanoseconds of a call of the crate.
fn alone(native: Native, arguments: &[&[u8]], turns: u64) -> f64 {
    let start = processor_time();
    for _ in 0..turns {
        crates::run(native, black_box(arguments));
    }
    (processor_time() - start) / turns as f64
}

/// Nanoseconds of SHA-256 for 32 bytes of many.
fn reference() -> f64 {
    alone(Native::Sha256, &[LONG], 8) / (LONG.len() / 32) as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A contract whose `f` calls a native so many times on these arguments.
fn contract(native: Native, arguments: &[Vec<u8>]) -> Module {
    let params = native.info().params;
    looped(
        FunctionKind::View,
        |module| module.bytes(),
        |f, bytes| {
            let all = params.iter().zip(arguments);
            let held = all.map(|(ty, argument)| match ty.scalar() {
                Some(ty) => f.constant(Const::from_bytes(ty, argument).expect("as many as it has")),
                None => f.literal(*bytes, argument),
            });
            held.collect()
        },
        |f, bytes, held| {
            let types = |types: &[NativeTy]| -> Vec<Type> {
                types.iter().map(|ty| ty.scalar().map_or(*bytes, Type::Scalar)).collect()
            };
            // A native takes its arguments away.
            let own = types(params).into_iter().zip(held).map(|(ty, register)| match ty {
                Type::Scalar(_) => (*register, ty),
                _ => (f.dup(ty, *register), ty),
            });
            let own: Vec<(u16, Type)> = own.collect();
            let results = types(native.info().results);
            let base = f.gather(&own);
            let result = f.registers(&results);
            f.push(Inst::untyped(Op::Native, result, native as u16, base));
            if results[0] == *bytes {
                f.drop(*bytes, result);
            }
        },
        |f, bytes, held| {
            for (ty, register) in params.iter().zip(held) {
                if *ty == NativeTy::Bytes {
                    f.drop(*bytes, *register);
                }
            }
        },
    )
}
