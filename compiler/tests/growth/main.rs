//! What the front end does grows with its source, not with the square of it.
//!
//! In: sources of a shape that may be made longer, most of which nobody would write. Out: nothing; a
//! test fails where a source of four times the size takes more than four times the work and a quarter
//! (so that lists which double, and sorting, have room), or where the answer is another than it must be.
//! Work is what is asked of the allocator, in blocks and in bytes: the same in every run.

mod counting;
mod shapes;

use counting::{Work, work};
use deed_base::{Diagnostics, SourceMap};

#[global_allocator]
static ALLOCATOR: counting::Counting = counting::Counting;

/// The answer to a source: its codes, each once.
type Codes = Vec<&'static str>;

/// Sources of one shape.
struct Shape {
    name: &'static str,
    /// The codes that must come.
    codes: &'static [&'static str],
    /// The modules of a package of a size.
    texts: fn(usize) -> Vec<String>,
}

/// Checks a package.
fn check(texts: Vec<String>) -> (Work, Codes) {
    let mut sources = SourceMap::new();
    let name = |at: usize| format!("m{at}.deed");
    let ids: Vec<_> =
        texts.into_iter().enumerate().map(|(at, text)| sources.add(name(at), text)).collect();
    let mut d = Diagnostics::new();
    let work = work(|| drop(deed_compiler::check(&sources, &ids, &mut d)));
    let mut codes: Codes = d.iter().map(|d| d.code.id).collect();
    codes.sort_unstable();
    codes.dedup();
    (work, codes)
}

/// What is wrong with how the work grows, or with the answers.
fn complaint(shape: &Shape) -> Option<String> {
    const SMALL: usize = 500;
    let empty = check(vec!["module empty\n".to_owned()]).0;
    let [(small, _), (large, codes)] = [SMALL, 4 * SMALL].map(|size| check((shape.texts)(size)));
    if codes != shape.codes {
        return Some(format!("{}: {codes:?} and not {:?}", shape.name, shape.codes));
    }
    let grows = |of: fn(Work) -> u64| {
        let [small, large] = [small, large].map(|work| of(work).saturating_sub(of(empty)));
        large > 5 * small
    };
    let beyond = grows(|work| work.blocks) || grows(|work| work.bytes);
    beyond.then(|| format!("{}: {small:?}, and for four times as much {large:?}", shape.name))
}

#[test]
fn work_grows_with_the_source() {
    // What is made once a process is not of the first shape.
    check(vec!["module first\n".to_owned()]);
    let complaints: Vec<String> = shapes::all().iter().filter_map(complaint).collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn what_cannot_be_is_refused_at_any_size() {
    for size in [1_000, 10_000] {
        for (name, code, text) in shapes::refused(size) {
            let codes = check(vec![text]).1;
            assert!(codes.contains(&code), "{name}, {size}: {codes:?} and not {code}");
        }
    }
}
