//! The test runner: unit tests and properties, each try on a ledger of its own.
//!
//! In: a checked package and its sources. Out: a [`Summary`] with a verdict a test.
//! Holds always: the same package, seed and options give the same verdicts, however many run at a
//! time; a test sees nothing of another.
//!
//! A test runs as code, in a module that asks its host for whatever a chain does ([`host`]); what a
//! property is tried on is made from its parameters' types, and made smaller once it fails
//! ([`deed_abi::sample`]).

mod calls;
mod expect;
mod host;
mod property;
mod report;
mod trace;
mod world;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use deed_base::{Diagnostics, SourceMap};
use deed_compiler::thir::Package;

pub use report::{Failing, GasRow, Summary, Value, Verdict};

use world::World;

/// What to run, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// Only tests whose group or title holds this.
    pub filter: Option<String>,
    /// How many values a property is tried on.
    pub runs: u32,
    pub seed: u64,
    /// How many tests run at a time.
    pub threads: usize,
    /// The level of optimisation of the contracts.
    pub opt: u8,
    /// Whether the contracts test what their specifications promise.
    pub check_specs: bool,
    /// Whether verdicts tell of lines too, for which calls take a few times as long.
    pub profile: bool,
}

/// Runs the tests of a package; nothing where it cannot be built, which `d` says.
pub fn run(
    package: &Package,
    sources: &SourceMap,
    options: &Options,
    d: &mut Diagnostics,
) -> Option<Summary> {
    let world = World::build(package, sources, options, d)?;
    let chosen: Vec<usize> = world.chosen(options.filter.as_deref()).collect();
    let next = AtomicUsize::new(0);
    let verdicts = Mutex::new(Vec::with_capacity(chosen.len()));
    let work = || {
        while let Some(test) = chosen.get(next.fetch_add(1, Ordering::Relaxed)) {
            let verdict = property::run(&world, *test, options);
            verdicts.lock().unwrap_or_else(PoisonError::into_inner).push((*test, verdict));
        }
    };
    std::thread::scope(|scope| {
        (1..options.threads.min(chosen.len())).for_each(|_| drop(scope.spawn(work)));
        work();
    });
    let mut verdicts = verdicts.into_inner().unwrap_or_else(PoisonError::into_inner);
    verdicts.sort_by_key(|(test, _)| *test);
    let verdicts = verdicts.into_iter().map(|(_, verdict)| verdict).collect();
    Some(Summary { verdicts, skipped: world.count() - chosen.len(), seed: options.seed })
}
