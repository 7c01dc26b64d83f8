//! How fast the front end is, in lines a second and bytes a line.
//!
//! In: a generated package of 100,000 lines. Out: a table a stage: time, throughput, allocations.
//! Throughput is counted in lines (as `items`), so `1 Mitem/s` is a million lines a second.
//!
//! `cargo bench -p deed-tests --bench front_end`

mod generate;

use deed_allocator::Allocator;
use deed_base::{Diagnostics, SourceId, SourceMap};
use deed_syntax::ast;
use divan::counter::ItemsCount;
use divan::{AllocProfiler, Bencher};

/// Counts over the allocator that the command line has.
#[global_allocator]
static ALLOC: AllocProfiler<Allocator> = AllocProfiler::new(Allocator);

/// Lines of the whole package.
const LINES: usize = 100_000;

fn main() {
    divan::main();
}

/// The sources, and how many lines they have.
fn package() -> (SourceMap, Vec<SourceId>, ItemsCount) {
    let (mut sources, mut ids) = (SourceMap::new(), Vec::new());
    let mut lines = 0;
    for (name, text) in generate::package(LINES) {
        lines += text.lines().count();
        ids.push(sources.add(name, text));
    }
    (sources, ids, ItemsCount::new(lines))
}

fn parse(sources: &SourceMap, ids: &[SourceId], d: &mut Diagnostics) -> Vec<ast::Module> {
    ids.iter().map(|id| deed_syntax::parse(sources.get(*id), d)).collect()
}

#[divan::bench(sample_count = 10)]
fn lex(bencher: Bencher<'_, '_>) {
    let (sources, ids, lines) = package();
    bencher.counter(lines).bench(|| {
        let mut d = Diagnostics::new();
        ids.iter().map(|id| deed_syntax::lex(sources.get(*id), &mut d).len()).sum::<usize>()
    });
}

#[divan::bench(name = "parse", sample_count = 10)]
fn parse_all(bencher: Bencher<'_, '_>) {
    let (sources, ids, lines) = package();
    bencher.counter(lines).bench(|| parse(&sources, &ids, &mut Diagnostics::new()));
}

#[divan::bench(sample_count = 10)]
fn resolve(bencher: Bencher<'_, '_>) {
    let (sources, ids, lines) = package();
    let modules = parse(&sources, &ids, &mut Diagnostics::new());
    bencher
        .counter(lines)
        .bench(|| deed_compiler::resolve::resolve(&modules, &mut Diagnostics::new()));
}

#[divan::bench(sample_count = 10)]
fn types_and_effects(bencher: Bencher<'_, '_>) {
    let (sources, ids, lines) = package();
    let modules = parse(&sources, &ids, &mut Diagnostics::new());
    let package = deed_compiler::resolve::resolve(&modules, &mut Diagnostics::new());
    bencher
        .counter(lines)
        .bench(|| deed_compiler::typeck::check_types(&package, &mut Diagnostics::new()));
}

/// Everything from text to a checked package.
#[divan::bench(sample_count = 10)]
fn check(bencher: Bencher<'_, '_>) {
    let (sources, ids, lines) = package();
    let mut d = Diagnostics::new();
    deed_compiler::check(&sources, &ids, &mut d);
    assert!(!d.has_errors(), "the generated package has errors: {:?}", d.sorted().first());
    bencher.counter(lines).bench(|| deed_compiler::check(&sources, &ids, &mut Diagnostics::new()));
}
