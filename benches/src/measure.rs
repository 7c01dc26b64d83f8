//! Times on the processor, taken in turn so that what else the machine does falls on all alike.
//!
//! In: what to run. Out: the median of many runs and how far they spread.

use rustix::time::{ClockId, clock_gettime};

/// One engine's way to run a kernel; gives the result, to be checked.
pub(crate) struct Entrant<'a> {
    pub(crate) name: &'static str,
    pub(crate) run: Box<dyn FnMut() -> u64 + 'a>,
}

/// Seconds of one run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Time {
    pub(crate) median: f64,
    /// Half of all runs lie in these bounds.
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// Runs each entrant `rounds` times, in turn, and checks every result.
pub(crate) fn measure(
    entrants: &mut [Entrant<'_>],
    expected: u64,
    rounds: usize,
) -> Vec<(&'static str, Time)> {
    let mut times = vec![Vec::new(); entrants.len()];
    for round in 0..=rounds {
        for (entrant, times) in entrants.iter_mut().zip(&mut times) {
            let start = processor_time();
            let result = (entrant.run)();
            let elapsed = processor_time() - start;
            assert_eq!(result, expected, "{}", entrant.name);
            // The first round warms caches and compiles.
            if round > 0 {
                times.push(elapsed);
            }
        }
    }
    entrants.iter().map(|entrant| entrant.name).zip(times.into_iter().map(summary)).collect()
}

/// Seconds that this thread has had a processor: what other processes do is not counted.
fn processor_time() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

fn summary(mut times: Vec<f64>) -> Time {
    times.sort_by(f64::total_cmp);
    let at = |part: usize| times[(times.len() - 1) * part / 4];
    Time { median: at(2), low: at(1), high: at(3) }
}
