//! Room for recursion over nested sources.
//!
//! In: a pass that recurses as deep as its source nests, which the parser bounds. Out: its result.
//! Holds always: the pass has the same room whatever thread it is called from, so that a source that
//! passes on one machine does not overflow the stack of another.

use std::thread::{Builder, scope};

/// Enough for the parser's depth limit with the frames of an unoptimised build, several times over.
/// Only what is touched of it is ever backed by memory.
const STACK: usize = 64 * 1024 * 1024;

/// Runs a pass on a stack of [`STACK`] bytes; where no thread can be had, on the caller's.
pub(crate) fn with_room<R: Send>(pass: impl FnOnce() -> R + Send) -> R {
    let mut pass = Some(pass);
    let mut result = None;
    let run = || result = pass.take().map(|pass| pass());
    let finished =
        scope(|scope| Builder::new().stack_size(STACK).spawn_scoped(scope, run).map(|h| h.join()));
    match (finished, result, pass) {
        (Ok(Err(panic)), ..) => std::panic::resume_unwind(panic),
        (_, Some(result), _) => result,
        (_, None, Some(pass)) => pass(),
        (_, None, None) => unreachable!("a pass that was taken has run or panicked"),
    }
}

#[cfg(test)]
mod tests {
    use super::with_room;

    #[test]
    fn a_pass_has_more_room_than_its_caller() {
        fn deep(n: usize) -> usize {
            let frame = std::hint::black_box([n; 512]);
            if n == 0 { 0 } else { deep(n - 1) + frame[0] - n + 1 }
        }
        assert_eq!(with_room(|| deep(3_000)), 3_000);
    }
}
