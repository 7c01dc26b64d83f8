//! Room for recursion over nested sources.
//!
//! In: a pass that recurses as deep as its source nests, which the parser bounds. Out: its result.
//! Holds always: the pass has the same room whatever thread it is called from, so that a source that
//! passes on one machine does not overflow the stack of another. It stays on its caller's thread: trees
//! that are made on one thread and freed on another cost the allocator a detour for each of their blocks.

/// Enough for the parser's depth limit with the frames of an unoptimised build, several times over.
/// Only what is touched of it is ever backed by memory.
const STACK: usize = 64 * 1024 * 1024;

/// Runs a pass on a stack of [`STACK`] bytes.
pub(crate) fn with_room<R>(pass: impl FnOnce() -> R) -> R {
    stacker::grow(STACK, pass)
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

    #[test]
    #[should_panic(expected = "in the pass")]
    fn a_panic_reaches_the_caller() {
        with_room(|| panic!("in the pass"));
    }
}
